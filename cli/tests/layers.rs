//! Layers over built-in collections, in and outside a project.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // tests

use std::path::Path;
use std::process::{Command, Stdio};

/// The manual's example.
const LAYER: &str = "collection: BC Products\nextends: BC Products\nwithout:\n  rules: [is_featured]\nrules: |\n  brand_name  <- custom[\"Manufacturer\"]\n";
const RECORD: &str = include_str!("../../snapshots/cases/catalog/product-from/typical/record.json");

fn run(directory: &Path, arguments: &[&str]) -> (Option<i32>, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mapwright"));
    command.current_dir(directory).args(arguments).env("NO_COLOR", "1").stdin(Stdio::null());
    let output = command.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

fn project(files: &[(&str, &str)]) -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    std::fs::write(path.join("mapwright.yaml"), "name: a\nstore_hash: b\nsystem_id: 1\n").unwrap();
    std::fs::write(path.join("record.json"), RECORD).unwrap();
    std::fs::create_dir(path.join("mappings")).unwrap();
    for (name, text) in files {
        std::fs::write(path.join("mappings").join(name), text).unwrap();
    }
    directory
}

fn mapped(directory: &Path) -> serde_json::Value {
    let (code, out, err) = run(directory, &["map", "BC Products", "--input", "record.json"]);
    assert_eq!(code, Some(0), "{err}");
    serde_json::from_str(&out).unwrap()
}

#[test]
fn a_layer_takes_the_built_in_children_over() {
    let builtin = tempfile::tempdir().unwrap();
    std::fs::write(builtin.path().join("record.json"), RECORD).unwrap();
    let expected = mapped(builtin.path());
    assert!(expected["options"].as_array().is_some_and(|o| !o.is_empty()), "{expected:#}");

    let project = project(&[("products.yaml", LAYER)]);
    let (code, _, err) = run(project.path(), &["check", "--strict"]);
    assert_eq!((code, err.trim()), (Some(0), "1 collection in 1 file checked: no diagnostic"));
    let layered = mapped(project.path());
    for children in ["options", "variants", "inventory"] {
        assert_eq!(layered[children], expected[children], "{children}");
    }
    // and outside a project
    std::fs::write(builtin.path().join("products.yaml"), LAYER).unwrap();
    let (code, _, err) = run(builtin.path(), &["check", "--strict", "products.yaml"]);
    assert_eq!((code, err.trim()), (Some(0), "1 collection in 1 file checked: no diagnostic"));
    // they run below the layer, and not for themselves
    let (code, _, err) = run(project.path(), &["explain", "BC Product Options From iPaaS"]);
    assert_eq!(code, Some(2), "{err}");
}

#[test]
fn the_projects_own_child_goes_before_the_built_in_one() {
    let own = "collection: BC Product Options From iPaaS\nextends: BC Product Options From iPaaS\nrules: |\n  sort_order <- 77\n";
    let with_own = project(&[("products.yaml", LAYER), ("options.yaml", own)]);
    let options = mapped(with_own.path())["options"].as_array().unwrap().clone();
    assert!(!options.is_empty() && options.iter().all(|o| o["sort_order"] == 77), "{options:#?}");
    assert!(options.iter().all(|o| !o["option_values"].as_array().unwrap().is_empty()), "{options:#?}");
    // one that cannot be read is not passed over
    let broken = project(&[("products.yaml", LAYER), ("options.yaml", "collection: [")]);
    let (code, out, err) = run(broken.path(), &["map", "BC Products", "--input", "record.json"]);
    assert_eq!((code, out.as_str()), (Some(1), ""), "{err}");
}

#[test]
fn a_child_that_a_file_names_itself_is_its_own_affair() {
    let copy = include_str!("../../mappings/catalog/product-from.yaml");
    let project = project(&[("products.yaml", copy)]);
    let (code, _, err) = run(project.path(), &["check"]);
    assert_eq!(code, Some(1));
    assert!(err.contains("error[E0605]: there is no collection `BC Product Options From iPaaS`"), "{err}");
    assert!(err.contains("help: it is a built-in one: `mapwright defaults install`"), "{err}");
    let (code, ..) = run(project.path(), &["defaults", "install"]);
    assert_eq!(code, Some(0));
    std::fs::remove_file(project.path().join("mappings/products.yaml")).unwrap();
    let (code, _, err) = run(project.path(), &["check"]);
    assert_eq!(code, Some(0), "{err}");
}
