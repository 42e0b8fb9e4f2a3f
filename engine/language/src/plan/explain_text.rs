//! A plan in words, laid out for a terminal.

use crate::mapping_file::Collision;

use super::explain::{Explained, ExplainedCollection, ExplainedPart};

/// Longest line that a list of fields is filled to, in characters.
const WIDTH: usize = 100;

impl Explained {
    /// For people.
    #[must_use]
    pub fn text(&self) -> String {
        text(self)
    }
}

fn text(explained: &Explained) -> String {
    let mut out = String::new();
    for collection in &explained.collections {
        if !out.is_empty() {
            out.push('\n');
        }
        one(collection, explained.partial, &mut out);
    }
    if !explained.effects.is_empty() {
        out.push('\n');
        filled("", "looks at outside the record", &explained.effects, &mut out);
    }
    out
}

fn one(collection: &ExplainedCollection, partial: bool, out: &mut String) {
    let pad = "  ".repeat(collection.depth);
    let slot = collection.slot.as_ref().map(|s| format!("{s}: ")).unwrap_or_default();
    let asleep = if collection.active { "" } else { "   (active: false, never runs)" };
    line(
        &pad,
        &format!(
            "{slot}{}   {} → {}, {}{asleep}",
            collection.name,
            collection.source,
            collection.target,
            collection.sync.word()
        ),
        out,
    );
    let pad = format!("{pad}  ");
    if !collection.rows_from.is_empty() {
        filled(&pad, "one for each of", &collection.rows_from, out);
    }
    if !partial {
        filled(&pad, "reads", &collection.reads, out);
        let external_id = collection.external_id.as_deref().unwrap_or("none, known by its content");
        line(&pad, &format!("external id: {external_id}"), out);
        if !collection.find_by.is_empty() {
            filled(&pad, "found, while there is no link, by", &collection.find_by, out);
            if collection.collision != Collision::default() {
                line(&pad, &format!("when one is found: {}", collection.collision.word()), out);
            }
        }
    }
    parts(&pad, "transferred first", &collection.before, out);
    parts(&pad, "skipped unless", &collection.filters, out);
    parts(&pad, "refused when", &collection.errors, out);
    parts(&pad, "rules", &collection.rules, out);
    parts(&pad, "checked when finished", &collection.checks, out);
    if !collection.after.is_empty() {
        filled(&pad, "runs afterwards", &collection.after, out);
    }
}

fn parts(pad: &str, title: &str, parts: &[ExplainedPart], out: &mut String) {
    if parts.is_empty() {
        return;
    }
    line(pad, &format!("{title}:"), out);
    for part in parts {
        line(pad, &format!("  {}", part.text), out);
        let mut notes: Vec<String> = Vec::new();
        let lineage = &part.lineage;
        if !lineage.sources.is_empty() {
            notes.push(format!("from {}", lineage.sources.join(", ")));
        }
        notes.extend(lineage.lookups.iter().map(|l| format!("lookup {l}")));
        notes.extend(lineage.links.iter().map(|l| format!("link {l}")));
        notes.extend(lineage.settings.iter().map(|s| format!("setting {s}")));
        notes.extend(lineage.existing.then(|| String::from("what exists in the target")));
        notes.extend(lineage.now.then(|| String::from("the present time")));
        if notes.is_empty() {
            notes.push(String::from("from no field"));
        }
        line(pad, &format!("      {}   {}", notes.join("; "), part.place), out);
    }
}

/// A title and a list of names, broken at the width.
fn filled(pad: &str, title: &str, names: &[String], out: &mut String) {
    if names.is_empty() {
        line(pad, &format!("{title}: nothing"), out);
        return;
    }
    let mut current = format!("{title}:");
    let mut fresh = true;
    for (i, name) in names.iter().enumerate() {
        let comma = if i + 1 < names.len() { "," } else { "" };
        if !fresh && current.chars().count() + name.chars().count() + 2 > WIDTH {
            line(pad, &current, out);
            current = String::from("  ");
        }
        current.push(' ');
        current.push_str(name);
        current.push_str(comma);
        fresh = false;
    }
    line(pad, &current, out);
}

fn line(pad: &str, text: &str, out: &mut String) {
    out.push_str(pad);
    out.push_str(text);
    out.push('\n');
}
