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

/// How a product of iPaaS.com fares under two rules' worth of text.
fn evaluated(rules: &str, record: &str) -> Evaluation {
    let text = format!(
        "collection: Example\nrecord: Product\ndirection: from\nsync: update\nbigcommerce: catalog.product\nrules: |\n{rules}"
    );
    let (mut files, mut diagnostics) = (Files::default(), Diagnostics::default());
    let file = files.add("example.yaml", text);
    let read = mapping_file::read(&files, file, &mut diagnostics).map(Arc::new);
    let library = compile(read.as_slice(), &[], Catalog::builtin(), &mut diagnostics);
    assert!(diagnostics.is_empty(), "{}", render::plain(&files, &diagnostics));
    let plan = library.collection("Example").unwrap().plan.clone().unwrap();
    evaluate(&plan, record.as_bytes(), &ContextFile::default().context())
}

#[test]
fn a_dictionary_is_charged_by_its_size() {
    let entries = |count: usize| (0..count).map(|i| format!("\\\"k{i}\\\":{i}")).collect::<Vec<_>>().join(",");
    let rules = "  let table = description | json_dictionary\n  search_keywords <- (for c in categories { table | value_of(\"k1\") }) | join(\",\")\n";
    for (count, fits) in [(30, true), (3000, false)] {
        let categories = vec!["{\"category_id\":1}"; count].join(",");
        let record = format!("{{\"description\":\"{{{}}}\",\"categories\":[{categories}]}}", entries(count));
        match evaluated(rules, &record) {
            Evaluation::Done(Outcome::Mapped(_)) => assert!(fits),
            Evaluation::Done(Outcome::Failed(failures)) => {
                assert!(!fits && failures.iter().any(|f| f.message.contains("steps of work")), "{failures:?}");
            }
            other => panic!("{other:?}"),
        }
    }
}

/// A pattern is compiled once for all elements and records, and gives what it gives for constants.
#[test]
fn patterns_run_over_records_and_elements() {
    let rules = "  name <- (sku | extract(\"^[A-Z]+\")) ?? \"none\"\n  search_keywords <- description | split(\",\") | each replace_pattern('[0-9]{2}', \"#\") | join(\",\")\n";
    let Evaluation::Done(Outcome::Mapped(record)) =
        evaluated(rules, "{\"sku\":\"AB-1\",\"description\":\"a12,b3456\"}")
    else {
        panic!()
    };
    let shown = format!("{record:?}");
    assert!(shown.contains("\"AB\"") && shown.contains("a#,b##"), "{shown}");
}

/// Each equation holds.
fn all_hold(equations: &[(&str, &str)]) {
    for (expression, result) in equations {
        assert_eq!(holds(expression, result), Ok(true), "{expression} == {result}");
    }
}

#[test]
fn language_22_letters_and_places_are_those_of_unicode_iso_and_cldr() {
    all_hold(&[
        ("\"İstanbul ﬁne\" | slug", "\"istanbul-fine\""),
        ("\"ﬀ Ⅸ Ａ ǅ\" | slug", "\"ff-ix-a-dz\""),
        ("\"e\u{301}\u{323}\" | without_accents", "\"e\""),
        ("\"Ελλάδα, Київ, 日本\" | without_accents", "\"Ελλάδα, Київ, 日本\""),
        ("\"Chhattisgarh\" | region_code(\"IN\")", "\"CG\""),
        ("\"TG\" | region_code(\"IN\")", "\"TS\""),
        ("\"OD\" | region_name(\"IN\")", "\"Odisha\""),
        ("\"Netherlands (the)\" | country_code", "\"NL\""),
        ("\"Türkiye\" | country_code", "\"TR\""),
        ("\"Bolivia (Plurinational State of)\" | country_code", "\"BO\""),
        ("\"Macao SAR China\" | country_code", "\"MO\""),
        ("\"Distrito Federal\" | region_code(\"MX\")", "\"CMX\""),
    ]);
}

#[test]
fn language_23_times_and_blanks_are_read_as_their_standards_say() {
    all_hold(&[
        ("([\"2024-01-01T10:20:30+24:00\"][first] | instant otherwise now) == now", "true"),
        ("\"2024-01-01T10:20:30+23:00\" | instant", "\"2023-12-31T11:20:30Z\" | instant"),
        ("\"a&nbsp;b&#160;c&#xA0;d\" | unescape_html", "\"a b c d\""),
    ]);
}
