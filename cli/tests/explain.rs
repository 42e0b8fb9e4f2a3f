//! `mapwright explain`: what a record has where the rules read, and what is said when nothing fits.

#![allow(clippy::unwrap_used, clippy::panic)] // tests

use std::process::Command;

fn explain(folder: &std::path::Path, arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_mapwright"))
        .current_dir(folder)
        .args(arguments)
        .args(["--project", "."])
        .output()
        .unwrap();
    String::from_utf8([output.stdout, output.stderr].concat()).unwrap()
}

fn project() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("mappings")).unwrap();
    std::fs::write(
        folder.path().join("mappings/example.yaml"),
        "collection: Example\nrecord: Product\ndirection: from\nsync: update\nbigcommerce: catalog.product\nrules: |\n  name <- name\n  brand_name <- custom[\"Brand\"]\n  bin_picking_number <- options[*].values[*].value | join(\"/\")\n  weight <- weight\n",
    )
    .unwrap();
    std::fs::write(
        folder.path().join("record.json"),
        r#"{"name":"Tee","custom_fields":[{"custom_field_name":"Brand","value":"Acme"}],"options":[{"values":[{"value":"S"},{"value":"M"}]},{"values":[{"value":"Red"}]}]}"#,
    )
    .unwrap();
    folder
}

#[test]
fn the_values_of_a_record_stand_beside_the_paths() {
    let folder = project();
    let text = explain(folder.path(), &["explain", "Example", "--record", "record.json"]);
    for wanted in
        [r#"name = "Tee""#, r#"custom["Brand"] = "Acme""#, r#"options[*].values[*].value = ["S", "M", "Red"]"#]
    {
        assert!(text.contains(wanted), "{wanted}\n{text}");
    }
}

#[test]
fn both_names_are_said_when_no_rule_has_both() {
    let folder = project();
    let text = explain(folder.path(), &["explain", "Example", "name", "--source", "weight"]);
    assert!(text.contains("no rule of `Example` fills `name` from `weight`"), "{text}");
}

#[test]
fn the_calls_that_a_record_costs_are_told() {
    let run = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_mapwright")).args(arguments).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let text = run(&["explain", "BC Products", "--cost"]);
    for (what, times) in [
        ("or list iPaaS.com Product", "1 per 100 records"),
        ("link Product Category", "1 per different value"),
        ("or find BigCommerce product by sku", "1 per record"),
        ("read what is there of the variants", "1 per page"),
        ("or update BigCommerce product variant, if something differs", "1 per 50 rows"),
    ] {
        let line = text.lines().find(|l| l.starts_with(what)).unwrap_or_else(|| panic!("{what} is not in\n{text}"));
        assert!(line.contains(times), "{line}");
    }
    // what a collection does not read costs nothing
    assert!(!run(&["explain", "BC Payment Method To IPaaS", "--cost"]).lines().any(|l| l.starts_with("link ")));
    let json: serde_json::Value =
        serde_json::from_str(&run(&["explain", "BC Products", "--cost", "--format", "json"])).unwrap();
    assert_eq!(json.as_array().unwrap().len(), text.lines().count());
}

#[test]
fn a_field_that_no_rule_has_is_answered_with_the_nearest() {
    for (arguments, near) in [
        (&["explain", "BC Products", "pricee"][..], "price"),
        (&["explain", "BC Products", "--source", "skuu"], "sku"),
        (&["explain", "BC Products", "price", "--source", "default_pric"], "default_price"),
    ] {
        let output =
            Command::new(env!("CARGO_BIN_EXE_mapwright")).args(arguments).env("NO_COLOR", "1").output().unwrap();
        let text = String::from_utf8(output.stderr).unwrap();
        assert!(text.contains(&format!("did you mean `{near}`?")), "{text}");
    }
    // both are there, no rule has both
    let arguments = ["explain", "BC Products", "price", "--source", "sku"];
    let output = Command::new(env!("CARGO_BIN_EXE_mapwright")).args(arguments).env("NO_COLOR", "1").output().unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(!text.contains("did you mean") && text.contains("shows all rules"), "{text}");
}
