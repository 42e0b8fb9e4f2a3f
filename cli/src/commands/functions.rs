//! `functions`: the language's functions, from the table that the checker reads.

use mapwright_language::check::{form, pattern_words};
use mapwright_language::diagnostic::did_you_mean;
use mapwright_language::functions::{self, Compat, CompatForm, DATE_SIGNS, Function, SPECIAL, SpecialForm, TIME_SIGNS};

use mapwright_language::syntax::foreign::{self, Form};

use crate::arguments::{Format, Functions};
use crate::terminal::{Trouble, out, out_json, table};

use super::{Result, exit};

/// What a name stands for.
enum Found {
    Foreign(&'static Form),
    Own(&'static Function),
    Special(&'static SpecialForm),
    Compat(&'static Compat),
}

pub fn run(arguments: &Functions) -> Result {
    let found = match &arguments.name {
        None => everything().collect(),
        Some(name) => find(name)?,
    };
    match (arguments.format, &arguments.name) {
        (Format::Json, _) => {
            let list: Vec<serde_json::Value> = found
                .iter()
                .map(|f| match f {
                    Found::Own(function) => json(function),
                    Found::Special(special) => special_json(special),
                    Found::Compat(compat) => compat_json(compat),
                    Found::Foreign(form) => foreign_json(form),
                })
                .collect();
            out_json(&serde_json::Value::Array(list));
        }
        (Format::Text, None) => out(&list()),
        (Format::Text, Some(_)) => out(&described(&found)),
    }
    Ok(exit(true))
}

fn everything() -> impl Iterator<Item = Found> {
    let own = functions::all().iter().map(|f| Found::Own(f));
    own.chain(SPECIAL.iter().map(Found::Special)).chain(functions::compat().map(Found::Compat))
}

/// The functions of a name; else the forms of other languages that have it, and what they are here.
fn find(name: &str) -> std::result::Result<Vec<Found>, Trouble> {
    if let Some(found) = everything().find(|f| name_of(f) == name) {
        return Ok(vec![found]);
    }
    let forms = foreign::search(name);
    if !forms.is_empty() {
        return Ok(forms.into_iter().map(Found::Foreign).collect());
    }
    let names: Vec<&str> = everything().map(|f| name_of(&f)).collect();
    if let Some(same) = everything().find(|f| name_of(f).replace('_', "").eq_ignore_ascii_case(&name.replace('_', "")))
    {
        return Ok(vec![same]);
    }
    let help = did_you_mean(name, names)
        .map_or_else(|| String::from("`mapwright functions` lists them"), |n| format!("did you mean `{n}`?"));
    Err(Trouble::usage(format!("there is no function `{name}`")).help(help))
}

/// What is known of a name: forms of other languages first, then the functions that they are here, each once.
fn described(found: &[Found]) -> String {
    let mut rows = Vec::new();
    let mut parts: Vec<String> = Vec::new();
    let mut shown: Vec<&str> = Vec::new();
    for one in found {
        match one {
            Found::Own(function) => parts.push(describe(function)),
            Found::Special(special) => parts.push(describe_special(special)),
            Found::Compat(compat) => parts.push(describe_compat(compat)),
            Found::Foreign(form) => {
                let near = if form.same { "" } else { "near: " };
                let remark = form.remark.map(|r| format!("  ({r})")).unwrap_or_default();
                rows.push(vec![
                    form.languages.to_owned(),
                    form.written.to_owned(),
                    format!("{near}{}{remark}", form.here),
                ]);
                let used = functions::all().iter().filter(|f| uses(form.here, f.name));
                for function in used.filter(|f| !shown.contains(&f.name)).collect::<Vec<_>>() {
                    shown.push(function.name);
                    parts.push(describe(function));
                }
            }
        }
    }
    if !rows.is_empty() {
        rows.insert(0, vec![String::from("there"), String::new(), String::from("here")]);
        parts.insert(0, table(&rows));
    }
    parts.join("\n")
}

fn foreign_json(form: &Form) -> serde_json::Value {
    serde_json::json!({
        "languages": form.languages,
        "written": form.written,
        "here": form.here,
        "same": form.same,
        "remark": form.remark,
    })
}

fn name_of(found: &Found) -> &'static str {
    match found {
        Found::Own(function) => function.name,
        Found::Special(special) => special.name,
        Found::Compat(compat) => compat.name,
        Found::Foreign(form) => form.written,
    }
}

/// All of them, family by family.
fn list() -> String {
    let mut text = String::new();
    for family in functions::families() {
        let rows = family.functions.iter().flat_map(Function::forms).map(|f| vec![form(f), f.about.to_owned()]);
        text.push_str(&format!("{}\n{}\n", family.name, table(&rows.collect::<Vec<_>>())));
    }
    let special: Vec<_> = SPECIAL.iter().map(|s| vec![s.form.to_owned(), s.about.to_owned()]).collect();
    text.push_str(&format!("What looks outside the record\n{}\n", table(&special)));
    let compat: Vec<_> = functions::compat().map(|c| vec![c.written(), format!("here: {}", c.native)]).collect();
    text.push_str(&format!("iPaaS.com's functions, by their own names\n{}", table(&compat)));
    text
}

fn describe(function: &'static Function) -> String {
    let mut text = function.forms().map(describe_form).collect::<Vec<_>>().join("\n");
    if function.name.starts_with("format_") || function.name.starts_with("parse_") && function.name != "parse_number" {
        let times: &[(&str, &str)] = if function.name.ends_with("instant") { TIME_SIGNS } else { &[] };
        let signs: Vec<_> =
            DATE_SIGNS.iter().chain(times).map(|(s, is)| vec![format!("  {s}"), (*is).to_owned()]).collect();
        text.push_str(&format!("\n  signs of a pattern:\n{}", table(&signs)));
    }
    let same: Vec<&str> = functions::compat().filter(|c| uses(c.native, function.name)).map(|c| c.name).collect();
    if !same.is_empty() {
        text.push_str(&format!("\n  iPaaS.com's: {}\n", same.join(", ")));
    }
    text
}

/// Whether a name stands in an expression as a word of its own.
fn uses(expression: &str, name: &str) -> bool {
    expression.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').any(|word| word == name)
}

fn describe_form(function: &Function) -> String {
    let mut text = format!("{}\n\n  {}\n", form(function), function.about);
    for parameter in function.parameters.list {
        text.push_str(&format!("  {}: {}\n", parameter.name, pattern_words(&parameter.accepts)));
    }
    text.push_str(&format!(
        "  gives: {}{}\n",
        pattern_words(&function.result),
        if function.may_be_null { ", or null" } else { "" }
    ));
    if let Some(fails) = function.fails {
        text.push_str(&format!("  fails: {fails}\n"));
    }
    for (expression, result) in function.examples {
        text.push_str(&format!("\n  {expression}\n  = {result}\n"));
    }
    text
}

fn describe_compat(compat: &Compat) -> String {
    let mut text = match compat.form {
        CompatForm::Function(function) => function.forms().map(describe_form).collect::<Vec<_>>().join("\n"),
        CompatForm::Expression { form, examples } => {
            let examples: String = examples.iter().map(|e| format!("\n  {e}\n")).collect();
            format!("{form}\n\n  iPaaS.com's, read as an expression of this language\n{examples}")
        }
        CompatForm::None(why) => format!("{}\n\n  not to be had here: {why}\n", compat.written()),
    };
    text.push_str(&format!("\n  here: {}\n", compat.native));
    if !matches!(compat.form, CompatForm::None(_)) {
        text.push_str(&format!(
            "  iPaaS.com's name keeps: {}\n",
            compat.differs.unwrap_or("nothing else, it is the same")
        ));
    }
    if let Some(lost) = compat.not_kept {
        text.push_str(&format!("  not kept: {lost}\n"));
    }
    text
}

fn compat_json(compat: &Compat) -> serde_json::Value {
    let mut json = match compat.form {
        CompatForm::Function(function) => json(function),
        _ => serde_json::json!({ "name": compat.name, "form": compat.written() }),
    };
    if let Some(object) = json.as_object_mut() {
        let none = match compat.form {
            CompatForm::None(why) => Some(why),
            _ => None,
        };
        object.insert(String::from("native"), compat.native.into());
        object.insert(String::from("differs"), compat.differs.into());
        object.insert(String::from("not_kept"), compat.not_kept.into());
        object.insert(String::from("not_to_be_had"), none.into());
    }
    json
}

fn describe_special(special: &SpecialForm) -> String {
    let mut text = format!("{}\n\n  {}\n  gives: {}\n", special.form, special.about, special.gives);
    if let Some(fails) = special.fails {
        text.push_str(&format!("  fails: {fails}\n"));
    }
    for example in special.examples {
        text.push_str(&format!("\n  {example}\n"));
    }
    text
}

fn special_json(special: &SpecialForm) -> serde_json::Value {
    serde_json::json!({
        "name": special.name,
        "form": special.form,
        "about": special.about,
        "result": special.gives,
        "fails": special.fails,
        "examples": special.examples,
    })
}

fn json(function: &Function) -> serde_json::Value {
    serde_json::json!({
        "name": function.name,
        "form": form(function),
        "about": function.about,
        "parameters": function.parameters.list.iter().map(|p| serde_json::json!({ "name": p.name, "type": pattern_words(&p.accepts) })).collect::<Vec<_>>(),
        "result": pattern_words(&function.result),
        "may_be_null": function.may_be_null,
        "fails": function.fails,
        "examples": function.examples.iter().map(|(e, r)| serde_json::json!({ "expression": e, "result": r })).collect::<Vec<_>>(),
    })
}
