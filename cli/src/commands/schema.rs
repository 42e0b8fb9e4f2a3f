//! `schema`: the record types of both systems, and the fields of one.

use mapwright_editor::{field_marks, field_type};
use mapwright_language::diagnostic::did_you_mean;
use mapwright_language::schema::{Catalog, FieldKind, Fields, RecordType, Route, System};

use crate::arguments::{Format, Schema};
use crate::terminal::{Trouble, out, out_json, table};

use super::{Result, exit};

pub fn run(arguments: &Schema) -> Result {
    if arguments.envelope {
        out_json(&mapwright_editor::schema::envelope());
        return Ok(exit(true));
    }
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
            Format::Json => out_json(&serde_json::json!(catalog.iter().map(|r| &r.name).collect::<Vec<_>>())),
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
        Format::Json => out_json(&serde_json::to_value(&**record).unwrap_or_default()),
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
        rows.push(vec![path.clone(), field_type(field), field_marks(field), field.about.clone().unwrap_or_default()]);
        let inner = field.of.as_deref().unwrap_or(field);
        if let Some(inner_fields) = &inner.fields {
            let step = if field.kind == FieldKind::List { "[*]." } else { "." };
            fields(inner_fields, &format!("{path}{step}"), rows);
        }
    }
}
