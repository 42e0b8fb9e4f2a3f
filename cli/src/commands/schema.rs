//! `schema`: the record types of both systems, and the fields of one.

use mapwright_language::diagnostic::did_you_mean;
use mapwright_language::schema::{Catalog, Field, FieldKind, Fields, ReadBy, RecordType, Route, System};

use crate::arguments::{Format, Schema};
use crate::terminal::{Trouble, out, table};

use super::{Result, exit};

pub fn run(arguments: &Schema) -> Result {
    let catalog = Catalog::builtin();
    let Some(typed) = &arguments.record else {
        let rows: Vec<Vec<String>> = catalog
            .iter()
            .map(|r| {
                vec![
                    if r.system == System::Ipaas { "iPaaS.com" } else { "BigCommerce" }.to_owned(),
                    r.name.clone(),
                    format!("{} fields", r.fields.0.len()),
                ]
            })
            .collect();
        match arguments.format {
            Format::Text => out(&table(&rows)),
            Format::Json => {
                out(&format!("{:#}\n", serde_json::json!(catalog.iter().map(|r| &r.name).collect::<Vec<_>>())))
            }
        }
        return Ok(exit(true));
    };
    let Some(record) = catalog.find(typed) else {
        let near = did_you_mean(typed, catalog.iter().map(|r| r.name.as_str()));
        let help = near.map_or_else(
            || String::from("`mapwright schema` lists the record types"),
            |n| format!("did you mean `{n}`?"),
        );
        return Err(Trouble::usage(format!("there is no record type `{typed}`")).help(help));
    };
    match arguments.format {
        Format::Json => out(&format!("{:#}\n", serde_json::to_value(&**record).unwrap_or_default())),
        Format::Text => out(&describe(record)),
    }
    Ok(exit(true))
}

fn describe(record: &RecordType) -> String {
    let mut rows = Vec::new();
    fields(&record.fields, "", &mut rows);
    let mut text = format!("{} ({})\nfrom {}\n\n{}", record.title, record.name, record.source, table(&rows));
    if !record.route.slots.is_empty() {
        let slots: Vec<String> = record.route.slots.iter().map(|s| format!("{} ({})", s.name, s.record)).collect();
        text.push_str(&format!("\nchildren: {}\n", slots.join(", ")));
    }
    text.push_str(&format!("\ncalls: {}\n", calls(&record.route)));
    text
}

/// What its route can do; a record that stands inside another has no call of its own.
fn calls(route: &Route) -> String {
    let mut calls = Vec::new();
    let mut call = |there: bool, name: &str| {
        if there {
            calls.push(name.to_owned());
        }
    };
    call(route.read.is_some(), "read");
    call(route.list.is_some(), "list");
    for field in route.find.keys() {
        call(true, &format!("find by {field}"));
    }
    call(route.create.is_some(), "create");
    call(route.update.is_some(), if route.replaces_whole { "update (replaces the whole record)" } else { "update" });
    call(route.delete.is_some(), "delete");
    if calls.is_empty() {
        String::from("none, it comes and goes with the record that it belongs to")
    } else {
        calls.join(", ")
    }
}

fn fields(fields_of: &Fields, prefix: &str, rows: &mut Vec<Vec<String>>) {
    for (name, field) in fields_of.iter() {
        let path = format!("{prefix}{name}");
        rows.push(vec![path.clone(), kind(field), marks(field), field.about.clone().unwrap_or_default()]);
        let inner = field.of.as_deref().unwrap_or(field);
        if let Some(inner_fields) = &inner.fields {
            let step = if field.kind == FieldKind::List { "[*]." } else { "." };
            fields(inner_fields, &format!("{path}{step}"), rows);
        }
    }
}

fn kind(field: &Field) -> String {
    match field.kind {
        FieldKind::Enum => field.values.join(" | "),
        FieldKind::Id => field.record.as_ref().map_or_else(|| String::from("id"), |r| format!("id of {r}")),
        FieldKind::List => format!("list of {}", field.of.as_ref().map_or_else(String::new, |of| kind(of))),
        FieldKind::Record => field.record.clone().unwrap_or_else(|| String::from("record")),
        FieldKind::Dictionary => String::from("dictionary"),
        other => format!("{other:?}").to_lowercase(),
    }
}

fn marks(field: &Field) -> String {
    let mut marks = Vec::new();
    let mut mark = |set: bool, word: &str| {
        if set {
            marks.push(word.to_owned());
        }
    };
    mark(field.required, "needed");
    mark(field.nullable || !field.none.is_empty(), "may be null");
    mark(field.read_only, "read only");
    mark(field.write_only, "write only");
    mark(field.create_only, "on create only");
    mark(field.replaces, "replaced as a whole");
    mark(field.personal, "personal");
    mark(field.secret, "secret");
    match &field.read_by {
        None => {}
        Some(ReadBy::Call(_)) => marks.push(String::from("read by a call of its own")),
        Some(ReadBy::Id(id)) => marks.push(format!("read by its id in {id}")),
    }
    if let Some(most) = field.max_length {
        marks.push(format!("at most {most} characters"));
    }
    if field.inferred.is_some() {
        marks.push(String::from("inferred"));
    }
    marks.join(", ")
}
