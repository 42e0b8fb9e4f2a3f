//! iPaaS.com's functions: all of them have an entry, each says how it is written here, and what is said of it holds.
#![allow(clippy::unwrap_used, clippy::panic)] // a test ends where it goes wrong

use std::sync::Arc;

use mapwright_language::check::compile;
use mapwright_language::diagnostic::{Diagnostics, Severity, render};
use mapwright_language::functions::{self, CompatForm};
use mapwright_language::mapping_file;
use mapwright_language::schema::Catalog;
use mapwright_language::source::Files;

/// Names of the 42 functions that are known of iPaaS.com: 31 of its SDK, 11 of its platform's articles.
const KNOWN: &[&str] = &[
    "Coalesce",
    "CoalesceToDateTime",
    "CoalesceToDecimal",
    "CoalesceToInt",
    "ConvertToLong",
    "ConvertToInt",
    "ConvertToDecimal",
    "ConvertToDouble",
    "TypesafeMultiplication",
    "TypesafeDivision",
    "First",
    "DateOnly",
    "LocalDateTimeFromDateTimeOffset",
    "DateTimeOffsetFromLocalDateTime",
    "CurrentDateTime",
    "MinimumDateTime",
    "MaximumDateTime",
    "CurrentDateTimeOffset",
    "IntListFromString",
    "StringListFromString",
    "Larger",
    "JSONToDictionary",
    "ReadFromStringDictionary",
    "SubstringAfterLastMatch",
    "RemovePrefix",
    "RegExMatch",
    "WildcardMatch",
    "Truncate",
    "IsEmpty",
    "IsNull",
    "GetXMLFromObject",
    "ValidateDataType",
    "FieldFromFirstMatch",
    "FirstMatch",
    "GetValue",
    "GetCustomFieldValue",
    "GetExternalId",
    "GetExternalIdAsync",
    "GetSpaceportId",
    "GetSpaceportIdAsync",
    "FindShippingMethodFromName",
    "CountryCodeRequired",
];
/// Those that cannot be called: two inner functions, and a look-up of a record type that there is none of.
const NOT_TO_BE_HAD: &[&str] = &["FindShippingMethodFromName", "GetXMLFromObject", "ValidateDataType"];

/// What the checker says of a rule over a product of iPaaS.com, and the file after the edits that are certain.
fn checked(rule: &str) -> (Diagnostics, String, String) {
    let text = format!(
        "collection: Example\nrecord: Product\ndirection: from\nsync: update\nbigcommerce: catalog.product\nlookups:\n  Shipping Methods:\n    unmatched: error\n    entries:\n      a: b\nrules: |\n  {rule}\n"
    );
    let (mut files, mut diagnostics) = (Files::default(), Diagnostics::default());
    let file = files.add("example.yaml", text.clone());
    let read = mapping_file::read(&files, file, &mut diagnostics).map(Arc::new);
    let _ = compile(read.as_slice(), &[], Catalog::builtin(), &mut diagnostics);
    let mut mended = text;
    let mut edits: Vec<_> = diagnostics.iter().filter_map(|d| d.edit.clone()).filter(|e| e.certain).collect();
    edits.sort_by_key(|e| std::cmp::Reverse(e.span.start));
    for edit in edits {
        mended.replace_range(edit.span.start as usize..edit.span.end as usize, &edit.replacement);
    }
    let shown = render::plain(&files, &diagnostics);
    (diagnostics, shown, mended)
}

fn errors(diagnostics: &Diagnostics) -> usize {
    diagnostics.iter().filter(|d| d.severity == Severity::Error).count()
}

#[test]
fn all_42_functions_of_ipaas_have_an_entry_and_nothing_else_has() {
    let mut names: Vec<&str> = functions::compat().map(|c| c.name).collect();
    let mut known = KNOWN.to_vec();
    names.sort_unstable();
    known.sort_unstable();
    assert_eq!(names, known);
    assert_eq!(known.len(), 42);
    for compat in functions::compat() {
        assert!(compat.name.starts_with(|c: char| c.is_ascii_uppercase()), "{}", compat.name);
        let function = matches!(compat.form, CompatForm::Function(_));
        assert_eq!(functions::by_name(compat.name).is_some(), function, "{}", compat.name);
        let none = matches!(compat.form, CompatForm::None(_));
        assert_eq!(none, NOT_TO_BE_HAD.contains(&compat.name), "{}", compat.name);
    }
    for function in functions::all() {
        assert!(
            function.name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_'),
            "{}",
            function.name
        );
    }
}

#[test]
fn the_native_form_of_each_is_read_by_the_grammar() {
    for compat in functions::compat() {
        let (mut files, mut diagnostics) = (Files::default(), Diagnostics::default());
        let file = files.add("a.yaml", format!("collection: A\nrules: |\n  a <- {}\n", compat.native));
        let _ = mapping_file::read(&files, file, &mut diagnostics);
        assert!(diagnostics.is_empty(), "{}", render::plain(&files, &diagnostics));
    }
}

#[test]
fn every_call_by_a_name_of_ipaas_is_said_to_be_one() {
    let mut count = 0;
    for compat in functions::compat() {
        let examples: Vec<&str> = match compat.form {
            CompatForm::Function(function) => function.forms().flat_map(|f| f.examples).map(|(e, _)| *e).collect(),
            CompatForm::Expression { examples, .. } => examples.to_vec(),
            CompatForm::None(_) => continue,
        };
        assert!(!examples.is_empty(), "{}", compat.name);
        for example in examples {
            let (diagnostics, shown, _) = checked(&format!("is_visible <- [{example}] is empty"));
            let hint =
                diagnostics.iter().find(|d| d.code == "H0301" && d.message.contains(&format!("`{}`", compat.name)));
            let hint = hint.unwrap_or_else(|| panic!("{example}: {shown}"));
            assert_eq!(errors(&diagnostics), 0, "{shown}");
            assert!(hint.message.contains(compat.native), "{}", hint.message);
            let help = hint.help.clone().unwrap();
            assert_eq!(help == "it does the same", compat.differs.is_none(), "{help}");
            assert_eq!(hint.edit.is_some(), compat.rename.is_some(), "{example}");
            count += 1;
        }
    }
    assert!(count >= 70, "only {count}");
}

#[test]
fn what_is_the_same_is_renamed_by_the_edit_and_still_compiles() {
    for (rule, mended) in [
        ("name <- SubstringAfterLastMatch(sku, \"-\") ?? \"x\"", "name <- after_last(sku, \"-\") ?? \"x\""),
        (
            "name <- sku | SubstringAfterLastMatch(\"-\") otherwise \"x\"",
            "name <- sku | after_last(\"-\") otherwise \"x\"",
        ),
        ("name <- JSONToDictionary(description)[\"a\"]", "name <- json_dictionary(description)[\"a\"]"),
    ] {
        let (before, shown, text) = checked(rule);
        assert_eq!(errors(&before), 0, "{shown}");
        assert!(text.contains(mended), "{text}");
        let (after, shown, _) = checked(mended);
        assert!(after.iter().all(|d| d.code != "H0301") && errors(&after) == 0, "{shown}");
    }
    assert_eq!(functions::compat().filter(|c| c.rename.is_some()).count(), 2);
}

#[test]
fn what_is_not_to_be_had_says_what_to_write() {
    for compat in functions::compat().filter(|c| matches!(c.form, CompatForm::None(_))) {
        let (diagnostics, shown, _) = checked(&format!("name <- {}(name)", compat.name));
        let error = diagnostics.iter().find(|d| d.code == "E0315").unwrap_or_else(|| panic!("{shown}"));
        assert!(error.help.clone().unwrap().contains(compat.native), "{shown}");
    }
}

/// Conditions are read by a reader of their own: nothing that is written there brings it down.
#[test]
fn conditions_that_make_no_sense_end_in_a_message() {
    let deep = format!("{}Cost > 1", "(".repeat(40));
    let nots = "!".repeat(3000);
    for condition in [
        "",
        "Cost >",
        "> 1",
        "Cost > 1 1",
        "Cost > 'x",
        "Cost ? 1",
        "(Cost > 1",
        "Cost > 1)",
        "A..B = 1",
        "--1 = 2",
        &deep,
        &nots,
    ] {
        let (diagnostics, shown, _) = checked(&format!("cost_price <- FirstMatch(inventory, \"{condition}\").cost"));
        assert!(diagnostics.iter().any(|d| d.code == "E0411"), "{condition}: {shown}");
    }
    // the longest that a rule holds ends in a condition or in a message
    let long = vec!["Cost > 1"; 300].join(" && ");
    let (diagnostics, shown, _) = checked(&format!("cost_price <- FirstMatch(inventory, \"{long}\").cost"));
    assert!(diagnostics.iter().all(|d| ["H0301", "E0205"].contains(&d.code)), "{shown}");
}
