//! Layers, parents and shared lookups: what a file does not say itself.
#![allow(clippy::unwrap_used, clippy::panic)] // a test ends where it goes wrong

use mapwright_editor::complete::complete;
use mapwright_editor::define::definition;
use mapwright_editor::hover::hover;
use mapwright_editor::rename::rename;
use mapwright_editor::{Input, Project};
use mapwright_language::source::FileId;

const BASE: &str = "\
collection: Base
record: Product
direction: from
sync: add-update
bigcommerce: catalog.product
find_by: sku
settings:
  shop_name: { type: text }
lookups:
  Type:
    unmatched: error
    entries:
      Physical: physical
rules: |
  let net = default_price
  name    <- \"{name} {settings.shop_name}\"
  sku     <- sku
  type    <- type | lookup(\"Type\")
  price   <- net ?? 0
  weight  <- weight ?? 0
";

const LAYER: &str = "\
collection: Layer
extends: Base
without:
  rules: [weight]
rules: |
  price   <- net ?? 1
  weight  <- 2
";

const OTHER: &str = "\
collection: Other
record: Product
direction: to
sync: add
bigcommerce: catalog.product
lookups:
  Type:
    from: Base
    reversed: true
    unmatched: error
rules: |
  name  <- name
  type  <- type | lookup(\"Type\")
";

fn project(layer: &str) -> Project {
    let input = |name: &str, text: &str| Input { name: name.into(), text: text.into() };
    Project::new(&[input("base", BASE), input("layer", layer), input("other", OTHER)], &[], false)
}

fn labels(project: &Project, file: u32, at: usize) -> Vec<String> {
    complete(project, FileId(file), at).1.into_iter().map(|i| i.label).collect()
}

fn behind(text: &str, marked: &str) -> usize {
    text.find(marked).unwrap_or_else(|| panic!("{marked}")) + marked.len()
}

#[test]
fn a_layer_is_completed_with_what_its_base_says() {
    for (typed, wanted) in [
        ("  description <- na", "name"),
        ("  description <- ne", "net"),
        ("  description <- settings.", "shop_name"),
        ("  description <- x | lookup(\"", "Type"),
        ("  is_vis", "is_visible"),
    ] {
        let text = format!("{LAYER}{typed}");
        let found = labels(&project(&text), 1, text.len());
        assert!(found.iter().any(|l| l == wanted), "{typed}: {found:?}");
    }
    let found = labels(&project(LAYER), 1, behind(LAYER, "rules: ["));
    assert!(found.contains(&String::from("weight")) && found.contains(&String::from("price")), "{found:?}");
    let found = labels(&project(LAYER), 1, behind(LAYER, "extends: "));
    assert_eq!(found.iter().filter(|l| *l == "Base").count(), 1, "{found:?}");
}

#[test]
fn definitions_lead_into_the_base() {
    let project = project(LAYER);
    let found = definition(&project, FileId(1), behind(LAYER, "price   <- n")).unwrap();
    assert_eq!((found.file, project.slice(found)), (FileId(0), "net"));
    let found = definition(&project, FileId(1), behind(LAYER, "extends: Ba")).unwrap();
    assert_eq!((found.file, project.slice(found)), (FileId(0), "Base"));
    let found = definition(&project, FileId(2), behind(OTHER, "lookup(\"T")).unwrap();
    assert_eq!((found.file, project.slice(found)), (FileId(0), "Type"), "a shared lookup");
}

#[test]
fn hover_knows_the_base() {
    let project = project(LAYER);
    let (text, _) = hover(&project, FileId(1), behind(LAYER, "price   <- n")).unwrap();
    assert!(text.contains("`let net`: decimal"), "{text}");
    let (text, _) = hover(&project, FileId(1), behind(LAYER, "extends: B")).unwrap();
    assert!(text.contains("**Base**: Product → catalog.product"), "{text}");
}

#[test]
fn new_names_reach_the_layers() {
    let project = project(LAYER);
    let edits = rename(&project, FileId(0), behind(BASE, "let n"), "amount", false).unwrap();
    let places: Vec<(u32, &str)> = edits.iter().map(|(span, _)| (span.file.0, project.slice(*span))).collect();
    assert_eq!(places, [(0, "net"), (0, "net"), (1, "net")]);
    let edits = rename(&project, FileId(1), behind(LAYER, "extends: B"), "Grund", false).unwrap();
    assert_eq!(edits.iter().map(|(s, _)| s.file.0).collect::<Vec<_>>(), [0, 1, 2]);
    // a lookup that others share has one name in all of them
    let edits = rename(&project, FileId(0), behind(BASE, "lookup(\"T"), "Kind", false).unwrap();
    let places: Vec<(u32, &str)> = edits.iter().map(|(span, _)| (span.file.0, project.slice(*span))).collect();
    assert_eq!(places, [(0, "Type"), (0, "\"Type\""), (2, "Type"), (2, "\"Type\"")]);
}

#[test]
fn what_follows_is_not_written_twice() {
    for (marked, label, inserted) in [
        ("  we", "weight", "weight"),
        ("without:\n  ru", "rules", "rules"),
        ("type <- type | look", "lookup", "lookup"),
    ] {
        let text = format!("{LAYER}  type <- type | lookup(\"Type\")\n");
        let at = if label == "weight" { text.rfind("  weight").unwrap() + 4 } else { behind(&text, marked) };
        let (_, items) = complete(&project(&text), FileId(1), at);
        let item = items.iter().find(|i| i.label == label).unwrap_or_else(|| panic!("{marked}"));
        assert_eq!(item.insert, inserted);
    }
    let (_, items) = complete(&project(&format!("{LAYER}  wid")), FileId(1), LAYER.len() + 5);
    assert_eq!(items.iter().find(|i| i.label == "width").map(|i| i.insert.as_str()), Some("width <- "));
}

#[test]
fn a_layer_of_a_built_in_collection_goes_on_extending_it() {
    let layer = "collection: Base\nextends: Base\nrules: |\n  price  <- net ?? 1\n";
    let input = |name: &str, text: &str| Input { name: name.into(), text: text.into() };
    let project = Project::new(&[input("layer", layer)], &[input("built-in", BASE)], false);
    let edits = rename(&project, FileId(0), behind(layer, "collection: B"), "Mine", false).unwrap();
    let places: Vec<u32> = edits.iter().map(|(span, _)| span.start).collect();
    assert_eq!(places, [12], "only its own name");
    let found = definition(&project, FileId(0), behind(layer, "extends: B")).unwrap();
    assert_eq!(found.file, FileId(1));
    // what the built-in collection names is not the project's to change
    let refused = rename(&project, FileId(0), behind(layer, "<- n"), "amount", false).unwrap_err();
    assert!(refused.contains("`net` cannot be named `amount`"), "{refused}");
}

#[test]
fn checks_are_over_the_target_record() {
    let text = format!("{BASE}checks:\n  - that: ");
    let project = Project::new(&[Input { name: "base".into(), text: text.as_str().into() }], &[], false);
    let found = labels(&project, 0, text.len());
    let has = |l: &str| found.iter().any(|x| x == l);
    assert!(has("is_visible") && !has("default_price") && !has("net"), "{found:?}");
}
