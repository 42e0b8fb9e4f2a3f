//! A mapped record as JSON: the target alone, or everything that is known of it.

use std::fmt::Write as _;
use std::sync::Arc;

use jiff::tz::TimeZone;

use crate::json::{Json, read, write_text};
use crate::plan::{Level, Lineage, PlannedRule};
use crate::schema::{EncodeError, encode};
use crate::source::Files;
use crate::value::Value;

use super::outcome::{Failure, FailureKind, MappedField, MappedRecord, Outcome, Reason};

/// Writes the target of a mapped record, children under their slots.
///
/// # Errors
/// A value of another kind than its field, which `check` excludes.
pub fn write_target(
    level: &Level,
    record: &MappedRecord,
    zone: &TimeZone,
    out: &mut String,
) -> Result<(), EncodeError> {
    out.push('{');
    let mut first = true;
    for (at, field) in record.fields.iter().enumerate() {
        let Some(rule) = level.rules.get(field.rule as usize) else { continue };
        let [head, ..] = rule.target.as_slice() else { continue };
        let nested = rule.target.len() > 1;
        // the first rule of a nested target writes all that share its head
        let head_of = |f: &MappedField| level.rules.get(f.rule as usize).and_then(|r| r.target.first()).cloned();
        if nested && record.fields.iter().take(at).any(|f| head_of(f).as_ref() == Some(head)) {
            continue;
        }
        comma(&mut first, out);
        write_text(head, out);
        out.push(':');
        if nested {
            let all: Vec<(&PlannedRule, &[Arc<str>], &Value)> = record
                .fields
                .iter()
                .filter_map(|f| level.rules.get(f.rule as usize).map(|r| (r, f)))
                .filter(|(r, _)| r.target.first() == Some(head))
                .map(|(r, f)| (r, r.target.get(1..).unwrap_or_default(), &f.value))
                .collect();
            write_nested(&all, zone, out)?;
        } else {
            encode(&field.value, &rule.field, &rule.shape, zone, out)?;
        }
    }
    let mut slots: Vec<&Arc<str>> = Vec::new();
    for child in &level.children {
        if !slots.contains(&&child.slot) {
            slots.push(&child.slot);
        }
    }
    for slot in slots {
        let children: Vec<_> = record
            .children
            .iter()
            .filter_map(|c| level.children.get(c.child as usize).map(|p| (p, &c.record)))
            .filter(|(p, _)| p.slot == *slot)
            .collect();
        let single = level.children.iter().any(|c| c.slot == *slot && c.single);
        if children.is_empty() {
            continue;
        }
        comma(&mut first, out);
        write_text(slot, out);
        out.push_str(if single { ":" } else { ":[" });
        for (i, (planned, child)) in children.into_iter().enumerate() {
            if i > 0 {
                if single {
                    break;
                }
                out.push(',');
            }
            write_target(&planned.level, child, zone, out)?;
        }
        if !single {
            out.push(']');
        }
    }
    out.push('}');
    Ok(())
}

fn comma(first: &mut bool, out: &mut String) {
    if !std::mem::take(first) {
        out.push(',');
    }
}

fn write_nested(
    all: &[(&PlannedRule, &[Arc<str>], &Value)],
    zone: &TimeZone,
    out: &mut String,
) -> Result<(), EncodeError> {
    // custom fields: one dictionary, written as its field wants it
    if let Some((rule, ..)) = all.iter().find(|(r, path, _)| r.custom && path.len() == 1) {
        let entries =
            all.iter().filter_map(|(_, path, value)| Some((path.first()?.clone(), (*value).clone()))).collect();
        return encode(&Value::Dictionary(entries), &rule.field, &rule.shape, zone, out);
    }
    out.push('{');
    let mut written: Vec<&Arc<str>> = Vec::new();
    let mut first = true;
    for (rule, path, value) in all {
        let [head, rest @ ..] = path else { continue };
        if written.contains(&head) {
            continue;
        }
        written.push(head);
        comma(&mut first, out);
        write_text(head, out);
        out.push(':');
        if rest.is_empty() {
            encode(value, &rule.field, &rule.shape, zone, out)?;
        } else {
            let inner: Vec<_> = all
                .iter()
                .filter(|(_, p, _)| p.first() == Some(head))
                .map(|(r, p, v)| (*r, p.get(1..).unwrap_or_default(), *v))
                .collect();
            write_nested(&inner, zone, out)?;
        }
    }
    out.push('}');
    Ok(())
}

/// The target as a document.
///
/// # Errors
/// As [`write_target`].
pub fn target_json(level: &Level, record: &MappedRecord, zone: &TimeZone) -> Result<Json, EncodeError> {
    let mut text = String::new();
    write_target(level, record, zone, &mut text)?;
    read(text.as_bytes()).map_err(|e| EncodeError(e.to_string()))
}

fn text(value: &str) -> Json {
    Json::Text(value.into())
}

fn texts<'a>(values: impl IntoIterator<Item = &'a String>) -> Json {
    Json::List(values.into_iter().map(|v| text(v)).collect())
}

fn object(entries: Vec<(&str, Json)>) -> Json {
    Json::Object(entries.into_iter().map(|(k, v)| (k.into(), v)).collect())
}

/// Everything about an outcome: what it is, why, the target, where each field comes from, which links it waits for.
#[must_use]
pub fn full_json(level: &Level, outcome: &Outcome, files: &Files, zone: &TimeZone) -> Json {
    let mut entries: Vec<(&str, Json)> = Vec::new();
    match outcome {
        Outcome::Skipped(reason) => {
            entries.push(("outcome", text("skipped")));
            entries.push(("reason", reason_json(reason, files)));
        }
        Outcome::Refused(reason) => {
            entries.push(("outcome", text("refused")));
            entries.push(("reason", reason_json(reason, files)));
        }
        Outcome::Failed(failures) => {
            entries.push(("outcome", text("failed")));
            entries.push(("failures", Json::List(failures.iter().map(|f| failure_json(f, files)).collect())));
        }
        Outcome::Parked(promises) => {
            entries.push(("outcome", text("parked")));
            let waits =
                promises.iter().map(|p| object(vec![("record", text(&p.record_type)), ("id", text(&p.id))])).collect();
            entries.push(("waits_for", Json::List(waits)));
        }
        Outcome::Mapped(record) => {
            entries.push(("outcome", text("mapped")));
            match target_json(level, record, zone) {
                Ok(target) => entries.push(("target", target)),
                Err(error) => entries.push(("error", text(&error.0))),
            }
            entries.push(("lineage", lineage_json(level, record, files)));
            let mut skipped = Vec::new();
            skipped_children(record, &mut skipped, files);
            if !skipped.is_empty() {
                entries.push(("skipped_children", Json::List(skipped)));
            }
            let mut warned = Vec::new();
            warnings(record, &mut warned);
            if !warned.is_empty() {
                let warned = warned.into_iter().map(|reason| reason_json(reason, files)).collect();
                entries.push(("warnings", Json::List(warned)));
            }
        }
    }
    object(entries)
}

fn skipped_children(record: &MappedRecord, into: &mut Vec<Json>, files: &Files) {
    for (slot, reason) in &record.skipped_children {
        into.push(object(vec![("slot", text(slot)), ("reason", reason_json(reason, files))]));
    }
    for child in &record.children {
        skipped_children(&child.record, into, files);
    }
}

/// The warnings of a record and its children.
pub fn warnings<'r>(record: &'r MappedRecord, into: &mut Vec<&'r Reason>) {
    into.extend(&record.warnings);
    record.children.iter().for_each(|child| warnings(&child.record, into));
}

fn place(span: crate::source::Span, files: &Files) -> Json {
    let (line, column) = files.line_column(span);
    let name = files.get(span.file).map_or_else(String::new, |f| f.name.to_string());
    text(&format!("{name}:{line}:{column}"))
}

fn reason_json(reason: &Reason, files: &Files) -> Json {
    object(vec![
        ("text", text(&reason.text)),
        ("collection", text(&reason.collection)),
        ("place", place(reason.span, files)),
    ])
}

/// A failure as JSON.
#[must_use]
pub fn failure_json(failure: &Failure, files: &Files) -> Json {
    let kind = match failure.kind {
        FailureKind::Source => "source",
        FailureKind::Function => "function",
        FailureKind::Arithmetic => "arithmetic",
        FailureKind::Lookup => "lookup",
        FailureKind::Setting => "setting",
        FailureKind::Target => "target",
        FailureKind::Limit => "limit",
    };
    let mut entries = vec![("kind", text(kind)), ("collection", text(&failure.collection))];
    if let Some(field) = &failure.field {
        entries.push(("field", text(field)));
    }
    if !failure.row.is_empty() {
        entries.push(("row", text(&failure.row)));
    }
    entries.push(("message", text(&failure.message)));
    if !failure.sources.is_empty() {
        entries.push(("sources", texts(&failure.sources)));
    }
    entries.push(("place", place(failure.span, files)));
    object(entries)
}

/// Where each written field comes from; children by slot, each collection once.
fn lineage_json(level: &Level, record: &MappedRecord, files: &Files) -> Json {
    let mut fields: Vec<(Box<str>, Json)> = Vec::new();
    for field in &record.fields {
        let Some(rule) = level.rules.get(field.rule as usize) else { continue };
        fields.push((rule.label.as_ref().into(), text(&lineage_text(&rule.lineage, rule, files))));
    }
    for (at, child) in level.children.iter().enumerate() {
        let Some(first) = record.children.iter().find(|c| c.child as usize == at) else { continue };
        fields.push((
            format!("{} ({})", child.slot, child.level.collection).into(),
            lineage_json(&child.level, &first.record, files),
        ));
    }
    Json::Object(fields)
}

/// A rule's lineage in a line.
fn lineage_text(lineage: &Lineage, rule: &PlannedRule, files: &Files) -> String {
    let mut parts = Vec::new();
    if !lineage.sources.is_empty() {
        parts.push(lineage.sources.join(", "));
    }
    let mut named = |word: &str, names: &[String]| {
        if !names.is_empty() {
            parts.push(format!("{word} {}", names.join(", ")));
        }
    };
    named("lookup", &lineage.lookups);
    named("link", &lineage.links);
    named("setting", &lineage.settings);
    named("through", &lineage.functions);
    if lineage.existing {
        parts.push(String::from("what is there"));
    }
    if lineage.now {
        parts.push(String::from("now"));
    }
    if parts.is_empty() {
        parts.push(String::from("constant"));
    }
    let (line, _) = files.line_column(rule.span);
    let mut text = parts.join("; ");
    let name = files.get(rule.span.file).map_or_else(String::new, |f| f.name.to_string());
    let _ = write!(text, " ({name}:{line})");
    text
}
