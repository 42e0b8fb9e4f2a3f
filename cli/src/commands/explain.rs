//! `explain`: a collection's plan in words.

use std::path::Path;

use mapwright_language::check::Collection;
use mapwright_language::diagnostic::did_you_mean;
use mapwright_language::evaluate::{Evaluation, Outcome, evaluate, full_json};
use mapwright_language::json;
use mapwright_language::plan::{Plan, cost, explain, source_value};
use mapwright_language::schema::Catalog;
use mapwright_language::source::Files;
use mapwright_language::value::shown;

use crate::arguments::{Explain, Format};
use crate::project::{self, Mappings};
use crate::terminal::{Trouble, out, out_json, out_json_text, table};

use super::{Result, exit};

pub fn run(arguments: &Explain) -> Result {
    let mappings = project::mappings(arguments.project.project.as_deref())?;
    let collection = collection(&mappings, &arguments.collection)?;
    let Some(plan) = &collection.plan else {
        super::check::report(&mappings, Format::Text);
        return Err(
            Trouble::input(format!("`{}` has errors", collection.name)).help("mend what `mapwright check` reports")
        );
    };
    if arguments.cost {
        return with_cost(plan, arguments.format);
    }
    let wanted = explain::Wanted { field: arguments.field.clone(), source: arguments.source.clone() };
    let explained = explain::explain(plan, &mappings.files, &wanted);
    if explained.is_empty() {
        let name = &collection.name;
        let text = match (&arguments.field, &arguments.source) {
            (Some(field), Some(source)) => format!("no rule of `{name}` fills `{field}` from `{source}`"),
            (field, source) => {
                let what = field.as_ref().or(source.as_ref()).cloned().unwrap_or_default();
                format!("no rule of `{name}` has to do with `{what}`")
            }
        };
        let help = nearest(plan, &mappings.files, &wanted).map_or_else(
            || String::from("`mapwright explain COLLECTION` shows all rules"),
            |n| format!("did you mean `{n}`?"),
        );
        return Err(Trouble::input(text).help(help));
    }
    if let Some(path) = &arguments.record {
        return with_record(path, plan, &mappings, arguments);
    }
    match arguments.format {
        Format::Text => out(&explained.text()),
        Format::Json => out_json(&explained.json()),
    }
    Ok(exit(true))
}

/// A field of the collection that may be meant in place of one that no rule has to do with.
fn nearest(plan: &Plan, files: &Files, wanted: &explain::Wanted) -> Option<String> {
    let everything = explain::explain(plan, files, &explain::Wanted::default());
    let rules: Vec<_> = everything.collections.iter().flat_map(|c| &c.rules).collect();
    let targets: Vec<&str> = rules.iter().filter_map(|rule| rule.target.as_deref()).collect();
    let read = everything.collections.iter().flat_map(|c| c.reads.iter().chain(&c.rows_from)).map(String::as_str);
    let sources: Vec<&str> =
        rules.iter().flat_map(|rule| &rule.lineage.sources).map(String::as_str).chain(read).collect();
    [(&wanted.field, targets), (&wanted.source, sources)].into_iter().find_map(|(name, known)| {
        let name = name.as_deref().filter(|name| !known.contains(name))?;
        did_you_mean(name, known).map(str::to_owned)
    })
}

/// The calls that one record costs at most.
fn with_cost(plan: &Plan, format: Format) -> Result {
    let lines = cost::cost(plan, Catalog::builtin());
    match format {
        Format::Text => {
            let row = |line: &cost::CostLine| vec![line.what.clone(), line.times.words(), line.system.to_owned()];
            out(&table(&lines.iter().map(row).collect::<Vec<_>>()));
        }
        Format::Json => {
            let json = |line: &cost::CostLine| serde_json::json!({ "what": line.what, "times": line.times.words(), "system": line.system });
            out_json(&serde_json::Value::Array(lines.iter().map(json).collect()));
        }
    }
    Ok(exit(true))
}

/// The rules with the values of one record: what each field gets, and from which source values.
fn with_record(path: &Path, plan: &Plan, mappings: &Mappings, arguments: &Explain) -> Result {
    let text = project::read_text(path)?;
    let record = json::read(text.as_bytes()).map_err(|e| Trouble::input(format!("{}: {e}", path.display())))?;
    let context = &mappings.context;
    let Evaluation::Done(outcome) = evaluate(plan, text.as_bytes(), &context.context()) else {
        return Err(
            Trouble::input("something outside the record is needed").help("`mapwright map --context FILE` takes it")
        );
    };
    let Outcome::Mapped(mapped) = &outcome else {
        out_json_text(&json::pretty(&full_json(&plan.root, &outcome, &mappings.files, context.time_zone())));
        return Ok(exit(false));
    };
    let mut rows = Vec::new();
    let mut found = Vec::new();
    for field in &mapped.fields {
        let Some(rule) = plan.root.rules.get(field.rule as usize) else { continue };
        let wanted = arguments.field.as_ref().is_none_or(|f| *f == *rule.label);
        let reads = arguments.source.as_ref().is_none_or(|s| rule.lineage.sources.iter().any(|r| r == s));
        if !wanted || !reads {
            continue;
        }
        let value = shown(&field.value, false);
        let sources: Vec<String> =
            rule.lineage.sources.iter().map(|s| format!("{s} = {}", source_value(plan, &record, s))).collect();
        let (line, _) = mappings.files.line_column(rule.span);
        let place = mappings.files.get(rule.span.file).map_or_else(String::new, |f| format!("{}:{line}", f.name));
        found.push(serde_json::json!({ "field": &*rule.label, "value": &value, "sources": &sources, "place": &place }));
        rows.push(vec![rule.label.to_string(), value, sources.join(", "), place]);
    }
    match arguments.format {
        Format::Text => out(&table(&rows)),
        Format::Json => out_json(&serde_json::Value::Array(found)),
    }
    Ok(exit(true))
}

/// A collection by name.
pub fn collection<'a>(mappings: &'a Mappings, name: &str) -> std::result::Result<&'a Collection, Trouble> {
    mappings.library.collection(name).ok_or_else(|| {
        if mappings.diagnostics.has_errors() {
            super::check::report(mappings, Format::Text);
        }
        let near = did_you_mean(name, mappings.library.collections.iter().map(|c| c.name.as_str()));
        let help = near.map_or_else(
            || String::from("`mapwright check` reads all files; `mapwright defaults list` lists the built-in ones"),
            |n| format!("did you mean `{n}`?"),
        );
        Trouble::usage(format!("there is no collection `{name}`")).help(help)
    })
}
