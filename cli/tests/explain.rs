//! `mapwright explain`: what a record has where the rules read, and what is said when nothing fits.

#![allow(clippy::unwrap_used)] // tests

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
