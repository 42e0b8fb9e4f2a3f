//! `functions`: the language's functions, from the table that the checker reads.

use mapwright_language::check::{form, pattern_words};
use mapwright_language::diagnostic::did_you_mean;
use mapwright_language::functions::{self, Function, SPECIAL, SpecialForm};

use crate::arguments::{Format, Functions};
use crate::terminal::{Trouble, out, table};

use super::{Result, exit};

pub fn run(arguments: &Functions) -> Result {
    let all = functions::all();
    let special = |name: &str| SPECIAL.iter().filter(|s| s.name == name).collect();
    let (chosen, forms): (Vec<&Function>, Vec<&SpecialForm>) = match &arguments.name {
        None => (all.to_vec(), SPECIAL.iter().collect()),
        Some(name) => match functions::by_name(name) {
            Some((_, function)) => (vec![function], vec![]),
            None if SPECIAL.iter().any(|s| s.name == name) => (vec![], special(name)),
            None => {
                let near = did_you_mean(name, all.iter().map(|f| f.name).chain(SPECIAL.iter().map(|s| s.name)));
                let help = near.map_or_else(
                    || String::from("`mapwright functions` lists them"),
                    |n| format!("did you mean `{n}`?"),
                );
                return Err(Trouble::usage(format!("there is no function `{name}`")).help(help));
            }
        },
    };
    match (arguments.format, &arguments.name) {
        (Format::Json, _) => {
            let list: Vec<serde_json::Value> =
                chosen.iter().map(|f| json(f)).chain(forms.iter().map(|s| special_json(s))).collect();
            out(&format!("{:#}\n", serde_json::Value::Array(list)));
        }
        (Format::Text, None) => {
            let functions = chosen.iter().map(|f| vec![form(f), f.about.to_owned()]);
            let forms = forms.iter().map(|s| vec![s.form.to_owned(), s.about.to_owned()]);
            out(&table(&functions.chain(forms).collect::<Vec<_>>()));
        }
        (Format::Text, Some(_)) => {
            chosen.iter().for_each(|f| out(&describe(f)));
            forms.iter().for_each(|s| out(&describe_special(s)));
        }
    }
    Ok(exit(true))
}

fn describe(function: &Function) -> String {
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
