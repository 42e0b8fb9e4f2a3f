//! Every function's examples say what the function does: each is compiled and evaluated, and compared with the result beside it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // tests

use std::sync::Arc;

use mapwright_language::check::compile;
use mapwright_language::diagnostic::{Diagnostics, Severity, render};
use mapwright_language::evaluate::{ContextFile, Evaluation, Outcome, evaluate, target_json};
use mapwright_language::functions::{self, CompatForm, Function};
use mapwright_language::json;
use mapwright_language::mapping_file;
use mapwright_language::schema::Catalog;
use mapwright_language::source::Files;

/// Whether an expression has the value of another, as the language itself sees it.
fn holds(expression: &str, result: &str) -> Result<bool, String> {
    let comparison =
        if result == "null" { format!("({expression}) is empty") } else { format!("({expression}) == ({result})") };
    let text = format!(
        "collection: Example\nrecord: Product\ndirection: from\nsync: update\nbigcommerce: catalog.product\nrules: |\n  is_visible <- {comparison}\n"
    );
    let mut files = Files::default();
    let file = files.add("example.yaml", text);
    let mut diagnostics = Diagnostics::default();
    let read = mapping_file::read(&files, file, &mut diagnostics).map(Arc::new);
    let library = compile(&read.into_iter().collect::<Vec<_>>(), &[], Catalog::builtin(), &mut diagnostics);
    if diagnostics.has_errors() {
        return Err(render::plain(&files, &diagnostics));
    }
    let plan = library.collection("Example").unwrap().plan.clone().unwrap();
    let context = ContextFile::default();
    match evaluate(&plan, b"{}", &context.context()) {
        Evaluation::Done(Outcome::Mapped(record)) => {
            let target = target_json(&plan.root, &record, context.time_zone()).unwrap();
            Ok(target.get("is_visible") == Some(&json::Json::Bool(true)))
        }
        other => Err(format!("{other:?}")),
    }
}

#[test]
fn every_example_has_its_result() {
    let (mut count, mut wrong) = (0, vec![]);
    let compat = functions::compat().filter_map(|c| match c.form {
        CompatForm::Function(function) => Some(function),
        _ => None,
    });
    for function in functions::all().iter().copied().chain(compat).flat_map(Function::forms) {
        assert!(!function.examples.is_empty(), "`{}` has no example", function.name);
        for (expression, result) in function.examples {
            match holds(expression, result) {
                Ok(true) => count += 1,
                other => wrong.push(format!("`{expression}` is not `{result}`: {other:?}")),
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(count > functions::all().len());
    assert_eq!(holds("1 + 1", "3"), Ok(false), "a comparison that is always true proves nothing");
}

#[test]
fn every_example_of_a_special_form_is_compiled() {
    for form in functions::SPECIAL {
        assert!(!form.examples.is_empty() && functions::by_name(form.name).is_none(), "{}", form.name);
        for example in form.examples {
            let target = match form.name {
                "lookup" => "availability",
                "linked" => "is_visible",
                "link" => "categories",
                _ => "name",
            };
            let example =
                if form.name == "find" { format!("\"{{it}}\"\n  let it = {example}") } else { (*example).to_owned() };
            let text = format!(
                "collection: Example\nrecord: Product\ndirection: from\nsync: update\nbigcommerce: catalog.product\nlookups:\n  Status:\n    unmatched: error\n    entries: {{ Active: available }}\nrules: |\n  {target} <- {example}\n"
            );
            let (mut files, mut diagnostics) = (Files::default(), Diagnostics::default());
            let file = files.add("example.yaml", text);
            let read = mapping_file::read(&files, file, &mut diagnostics).map(Arc::new);
            let _ = compile(read.as_slice(), &[], Catalog::builtin(), &mut diagnostics);
            assert!(
                diagnostics.iter().all(|d| d.severity != Severity::Error),
                "{}",
                render::plain(&files, &diagnostics)
            );
        }
    }
}

#[test]
fn a_function_is_found_by_its_name_and_by_its_id() {
    for function in functions::all() {
        let (id, found) = functions::by_name(function.name).unwrap();
        assert!(std::ptr::eq(found, *function), "{} stands twice", function.name);
        assert!(std::ptr::eq(functions::by_id(id).unwrap(), *function));
        assert!(function.parameters.required <= function.parameters.list.len(), "{}", function.name);
    }
    assert!(functions::by_name("nothing").is_none());
}
