//! What stands in a record where a plan reads: the values beside the paths of `explain`.

use crate::json::{Json, write};
use crate::schema::{FieldKind, Wire};
use crate::value::harmless_line;

use super::Plan;

/// Characters of a value that are shown.
const MOST_SHOWN: usize = 60;

/// A step of a source path.
enum Part<'a> {
    Name(&'a str),
    Each,
    Key(&'a str),
}

/// What a record has at a source path of its plan's lineage, as JSON and shortened; of a list the values of its elements. `nothing`
/// where the record has none; `…` where the path alone does not tell, as a JSONPath or a path to the record above.
#[must_use]
pub fn source_value(plan: &Plan, record: &Json, path: &str) -> String {
    let Some(parts) = parts(path) else { return String::from("…") };
    let lists = parts.iter().any(|p| matches!(p, Part::Each));
    let mut found = vec![record];
    for part in &parts {
        found = match part {
            Part::Name(name) => found.into_iter().filter_map(|at| field(plan, at, name)).collect(),
            Part::Each => found.into_iter().flat_map(Json::items).collect(),
            Part::Key(key) => found.into_iter().filter_map(|at| entry(plan, at, key)).collect(),
        };
    }
    let texts: Vec<String> = found.into_iter().map(write).collect();
    match (lists, texts.as_slice()) {
        (false, []) => String::from("nothing"),
        (false, _) => shortened(&texts.join(", ")),
        (true, _) => shortened(&format!("[{}]", texts.join(", "))),
    }
}

fn shortened(text: &str) -> String {
    if text.chars().count() <= MOST_SHOWN {
        return harmless_line(text).into_owned();
    }
    format!("{}…", harmless_line(&text.chars().take(MOST_SHOWN).collect::<String>()))
}

/// `None` for what is no path within this record.
fn parts(path: &str) -> Option<Vec<Part<'_>>> {
    let mut parts = Vec::new();
    let mut rest = path;
    if path.starts_with('$') || path == "parent" || path.starts_with("parent.") {
        return None;
    }
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix("[*]") {
            parts.push(Part::Each);
            rest = after;
        } else if let Some(inside) = rest.strip_prefix("[\"") {
            let (key, after) = inside.split_once("\"]")?;
            parts.push(Part::Key(key));
            rest = after;
        } else {
            rest = rest.strip_prefix('.').unwrap_or(rest);
            let end = rest.find(['.', '[']).unwrap_or(rest.len());
            let (name, after) = rest.split_at_checked(end).filter(|(name, _)| !name.is_empty())?;
            parts.push(Part::Name(name));
            rest = after;
        }
    }
    Some(parts)
}

/// A field of a record; `custom` is the field that holds the record's names and values.
fn field<'a>(plan: &Plan, record: &'a Json, name: &str) -> Option<&'a Json> {
    record.get(name).or_else(|| {
        let slots = plan.shapes.iter().flat_map(|s| &s.slots).filter(|s| s.field.kind == FieldKind::Dictionary);
        slots.filter(|_| name == "custom").find_map(|slot| record.get(&slot.name))
    })
}

/// An entry of names and values, whether they come as an object or as a list of pairs.
fn entry<'a>(plan: &Plan, dictionary: &'a Json, key: &str) -> Option<&'a Json> {
    if let Json::Object(_) = dictionary {
        return dictionary.get(key);
    }
    let fields = plan.shapes.iter().flat_map(|s| &s.slots).filter_map(|slot| slot.field.read.as_ref());
    let pairs = fields.filter_map(|read| if let Wire::Pairs(name, value) = read { Some((name, value)) } else { None });
    pairs.into_iter().find_map(|(name, value)| {
        let item = dictionary.items().iter().rev().find(|item| item.get(name).and_then(Json::text) == Some(key))?;
        item.get(value)
    })
}
