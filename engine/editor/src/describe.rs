//! Fields, functions and record types in words.

use mapwright_language::check::{form, pattern_words};
use mapwright_language::functions::Function;
use mapwright_language::schema::{Field, FieldKind, ReadBy, RecordType};

use crate::thing::Thing;

/// A field's type: `decimal`, `a | b`, `list of id of Product`.
#[must_use]
pub fn field_type(field: &Field) -> String {
    match field.kind {
        FieldKind::Enum => field.values.join(" | "),
        FieldKind::Id => field.record.as_ref().map_or_else(|| String::from("id"), |r| format!("id of {r}")),
        FieldKind::List => format!("list of {}", field.of.as_ref().map_or_else(String::new, |of| field_type(of))),
        FieldKind::Record => field.record.clone().unwrap_or_else(|| String::from("record")),
        FieldKind::Dictionary => String::from("dictionary"),
        other => format!("{other:?}").to_lowercase(),
    }
}

/// What else the schema says of a field: `needed, may be null, at most 50 characters`.
#[must_use]
pub fn field_marks(field: &Field) -> String {
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
    mark(field.needed_on_update, "sent with every change");
    mark(field.rows.is_some(), "one row per name; rows of other names stay");
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

/// A thing's type in a few words.
pub(crate) fn thing_type(thing: Thing) -> String {
    match thing {
        Thing::Record(record) => record.title.clone(),
        Thing::Field { field, .. } => field_type(field),
        Thing::Entry(..) => String::from("an entry: key and value"),
        Thing::Group(..) => String::from("a group: key and items"),
        Thing::Settings => String::from("settings"),
        Thing::Subscription => String::from("the subscription"),
        Thing::Words(words) => words.to_owned(),
    }
}

/// A thing as Markdown.
pub(crate) fn thing(name: &str, thing: Thing) -> String {
    let mut text = format!("`{name}`: {}", thing_type(thing));
    match thing {
        Thing::Field { field, owner, .. } => {
            text.push_str(&format!("\n\nof {}", owner.title));
            let marks = field_marks(field);
            if !marks.is_empty() {
                text.push_str(&format!("; {marks}"));
            }
            if let Some(about) = &field.about {
                text.push_str(&format!("\n\n{about}"));
            }
            if let Some(why) = &field.inferred {
                text.push_str(&format!("\n\ninferred: {why}"));
            }
        }
        Thing::Record(record) => text = record_type(record),
        _ => {}
    }
    text
}

/// A record type as Markdown.
pub(crate) fn record_type(record: &RecordType) -> String {
    let mut text =
        format!("**{}** (`{}`): {} fields\n\nfrom {}", record.title, record.name, record.fields.0.len(), record.source);
    if !record.route.slots.is_empty() {
        let slots: Vec<String> = record.route.slots.iter().map(|s| format!("`{}` ({})", s.name, s.record)).collect();
        text.push_str(&format!("\n\nchildren: {}", slots.join(", ")));
    }
    text
}

/// A function as Markdown: signature, sentence, what fails, examples.
pub(crate) fn function(function: &Function) -> String {
    let mut text = format!("`{}`: {}\n\n{}\n", form(function), pattern_words(&function.result), function.about);
    for parameter in function.parameters.list {
        text.push_str(&format!("\n- `{}`: {}", parameter.name, pattern_words(&parameter.accepts)));
    }
    if function.may_be_null {
        text.push_str("\n\nmay give null");
    }
    if let Some(fails) = function.fails {
        text.push_str(&format!("\n\nfails: {fails}"));
    }
    for (expression, result) in function.examples {
        text.push_str(&format!("\n\n    {expression}\n    = {result}"));
    }
    text
}

/// The functions that look outside the record, which are no entries of the registry.
pub(crate) const OUTSIDE: &[(&str, &str, &str)] = &[
    ("lookup", "x | lookup(\"Name\")", "the target value for x in that lookup of this file"),
    (
        "link",
        "x | link(\"Record Type\")",
        "the id by which the other system knows record x; without one the record waits",
    ),
    ("linked", "linked(x, \"Record Type\")", "whether the other system knows record x"),
];
