//! Records as they should not be: evaluation ends, never panics, gives the same result again, and loses nothing without a
//! reason. The corpus of the fuzz target `evaluate` is replayed here.
#![allow(clippy::unwrap_used, clippy::panic)] // a test ends where it goes wrong

use std::path::{Path, PathBuf};
use std::sync::Arc;

use mapwright_language::check::{Library, compile};
use mapwright_language::diagnostic::{Diagnostics, render};
use mapwright_language::evaluate::{ContextFile, Evaluation, Outcome, evaluate, full_json, target_json};
use mapwright_language::json::{self, Json};
use mapwright_language::mapping_file;
use mapwright_language::plan::Plan;
use mapwright_language::schema::Catalog;
use mapwright_language::source::Files;
use proptest::prelude::*;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn below(folder: &Path, wanted: impl Fn(&Path) -> bool) -> Vec<PathBuf> {
    let (mut open, mut found) = (vec![folder.to_owned()], vec![]);
    while let Some(folder) = open.pop() {
        for path in std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()) {
            if path.is_dir() {
                open.push(path);
            } else if wanted(&path) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn compiled(texts: Vec<(String, String)>) -> (Library, Files) {
    let (mut files, mut diagnostics) = (Files::default(), Diagnostics::default());
    let ids: Vec<_> = texts.into_iter().map(|(name, text)| files.add(name, text)).collect();
    let read: Vec<_> =
        ids.into_iter().filter_map(|id| mapping_file::read(&files, id, &mut diagnostics)).map(Arc::new).collect();
    let library = compile(&read, &[], Catalog::builtin(), &mut diagnostics);
    assert!(!diagnostics.has_errors(), "{}", render::plain(&files, &diagnostics));
    (library, files)
}

/// The collections that the project ships and the one of the corpus that uses every form and function.
fn collections() -> (Library, Files) {
    let mut paths = below(&root().join("mappings"), |p| p.extension().is_some_and(|e| e == "yaml"));
    paths.push(root().join("engine/fuzz/corpus/evaluate/every-form.txt"));
    compiled(paths.iter().map(|p| (p.display().to_string(), std::fs::read_to_string(p).unwrap())).collect())
}

/// Evaluates twice, once as created and once as updated, and looks at everything that comes out.
fn run(plan: &Plan, record: &[u8], existing: Option<&Json>, files: &Files) {
    let mut context = Json::Object(vec![]);
    if let Some(existing) = existing {
        context.set("existing", existing.clone());
    }
    for context in [ContextFile::default(), ContextFile::read(&context).unwrap()] {
        let first = evaluate(plan, record, &context.context());
        assert_eq!(first, evaluate(plan, record, &context.context()));
        let Evaluation::Done(outcome) = first else { panic!("the context answers everything") };
        json::read(json::write(&full_json(&plan.root, &outcome, files, context.time_zone())).as_bytes()).unwrap();
        match &outcome {
            Outcome::Failed(failures) => {
                assert!(failures.iter().all(|f| !f.message.is_empty()) && !failures.is_empty())
            }
            Outcome::Skipped(reason) | Outcome::Refused(reason) => assert!(!reason.text.is_empty()),
            Outcome::Parked(promises) => assert!(!promises.is_empty()),
            Outcome::Mapped(record) => {
                let target = target_json(&plan.root, record, context.time_zone());
                assert!(target.is_ok_and(|t| matches!(t, Json::Object(_))), "what is mapped can be written");
            }
        }
    }
}

const HOSTILE: [&str; 26] = [
    "null",
    "true",
    "[]",
    "{}",
    "\"\"",
    "\"   \"",
    "0",
    "-0",
    "-1",
    "1e400",
    "1e-400",
    "0.1e1",
    "-1.5E+3",
    "99999999999999999999999999999",
    "79228162514264337593543950335.5",
    "0.0000000000000000000000000001",
    "123456789012345678901234567890123456789012345678901234567890",
    "\"12,5\"",
    "\"\\u0000\"",
    "\"\\ud83d\\ude00é\"",
    "\"2024-02-30T25:61:00Z\"",
    "[[[[[[[[1]]]]]]]]",
    "[null,null]",
    "{\"id\":{\"id\":[]}}",
    "\"Active|x|y\"",
    "[1,\"1\",1.0]",
];

/// How many values a document holds.
fn size(json: &Json) -> usize {
    1 + json.items().iter().map(size).sum::<usize>() + json.entries().iter().map(|(_, v)| size(v)).sum::<usize>()
}

/// Changes the value with this number, counted from the outside in.
fn change(json: &mut Json, at: &mut usize, how: usize) {
    if *at == 0 {
        match json {
            Json::List(items) if how % 4 == 1 => items.extend(items.clone()),
            Json::List(items) if how % 4 == 2 => items.truncate(items.len() / 2),
            Json::Object(entries) if how % 4 == 1 => entries.reverse(),
            Json::Object(entries) if how % 4 == 2 => entries.truncate(entries.len() / 2),
            Json::Text(text) if how % 4 == 1 && text.len() < 1000 => *text = text.repeat(400).into(),
            Json::Text(text) if how % 4 == 2 => *text = format!("\u{a0}{text}\u{301}|").into(),
            other => *other = json::read(HOSTILE[how % HOSTILE.len()].as_bytes()).unwrap(),
        }
        *at = usize::MAX;
        return;
    }
    if *at == usize::MAX {
        return;
    }
    *at -= 1;
    match json {
        Json::List(items) => items.iter_mut().for_each(|item| change(item, at, how)),
        Json::Object(entries) => entries.iter_mut().for_each(|(_, value)| change(value, at, how)),
        _ => {}
    }
}

struct Case {
    plan: Arc<Plan>,
    record: Json,
}

/// Every snapshot case with the plan of its collection, product cases with the one that uses every form too.
fn cases(library: &Library) -> Vec<Case> {
    let plan = |name: &str| library.collection(name).and_then(|c| c.plan.clone()).unwrap();
    let mut cases = Vec::new();
    for path in below(&root().join("snapshots/cases"), |p| p.ends_with("record.json")) {
        let record = json::read(&std::fs::read(&path).unwrap()).unwrap();
        let context = json::read(&std::fs::read(path.with_file_name("context.json")).unwrap()).unwrap();
        let collection = context.get("collection").and_then(Json::text).unwrap();
        if collection == "BC Products" {
            cases.push(Case { plan: plan("Every Form"), record: record.clone() });
        }
        cases.push(Case { plan: plan(collection), record });
    }
    assert!(cases.len() > 40);
    cases
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_changed_record_has_a_result_and_always_the_same(
        case in any::<prop::sample::Index>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<usize>()), 1..6),
        cut in prop::option::weighted(0.1, any::<prop::sample::Index>()),
    ) {
        thread_local! {
            static ALL: (Vec<Case>, Files) = {
                let (library, files) = collections();
                (cases(&library), files)
            };
        }
        ALL.with(|(cases, files)| {
            let case = case.get(cases);
            let mut record = case.record.clone();
            for (at, how) in &changes {
                let mut at = at.index(size(&record));
                change(&mut record, &mut at, *how);
            }
            let mut text = json::write(&record).into_bytes();
            if let Some(cut) = cut {
                text.truncate(cut.index(text.len()));
            }
            run(&case.plan, &text, Some(&record), files);
        });
    }
}

#[test]
fn every_collection_meets_every_hostile_value() {
    let (library, files) = collections();
    for collection in &library.collections {
        let Some(plan) = &collection.plan else { continue };
        for text in
            HOSTILE.iter().copied().chain(["", "{", "nul", "{\"id\":1,\"id\":2}", "\u{feff}{}", "{\"a\":1}}", "[{}]"])
        {
            run(plan, text.as_bytes(), json::read(text.as_bytes()).ok().as_ref(), &files);
        }
        for depth in [50, 200, 5_000, 200_000] {
            run(plan, format!("{{\"id\":{}", "[".repeat(depth)).as_bytes(), None, &files);
            run(plan, format!("{{\"options\":{}1{}}}", "[".repeat(depth), "]".repeat(depth)).as_bytes(), None, &files);
        }
    }
}

#[test]
fn the_corpus_of_the_evaluator() {
    // a mapping file, a line `===`, a record; the file without that line is a mapping file for all product cases
    let folder = root().join("engine/fuzz/corpus/evaluate");
    let paths = below(&folder, |_| true);
    assert!(paths.len() >= 3);
    for path in paths {
        let text = std::fs::read_to_string(&path).unwrap();
        let Some((mapping, record)) = text.split_once("\n===\n") else { continue };
        let (library, files) = compiled(vec![(path.display().to_string(), mapping.to_owned())]);
        let plan = library.collections.first().and_then(|c| c.plan.clone()).unwrap();
        run(&plan, record.as_bytes(), json::read(record.as_bytes()).ok().as_ref(), &files);
    }
}

#[test]
fn the_collection_with_every_form_maps_an_ordinary_product() {
    let (library, _) = collections();
    let plan = library.collection("Every Form").and_then(|c| c.plan.clone()).unwrap();
    let record = std::fs::read(root().join("snapshots/cases/catalog/product-from/typical/record.json")).unwrap();
    let context = ContextFile::default();
    let Evaluation::Done(Outcome::Mapped(mapped)) = evaluate(&plan, &record, &context.context()) else {
        panic!("it should be mapped")
    };
    let target = target_json(&plan.root, &mapped, context.time_zone()).unwrap();
    insta::assert_snapshot!(json::pretty(&target), @r#"
    {
      "name": "T-shirt \"Größe\"\tTEE Acme",
      "sku": "TEE",
      "type": "physical",
      "price": 122.5,
      "weight": 0.2,
      "cost_price": 7.125,
      "retail_price": 0,
      "sale_price": 24.5,
      "inventory_warning_level": 0,
      "order_quantity_minimum": 5,
      "order_quantity_maximum": 12,
      "sort_order": -15,
      "is_visible": true,
      "is_featured": true,
      "search_keywords": "T-shirt \"Größe\", <p>Cotton</p>",
      "meta_description": "Blue",
      "warranty": "TEE-S-BLUE",
      "bin_picking_number": "blue",
      "categories": [
        {
          "promise": "Product Category 7"
        },
        {
          "promise": "Product Category 8"
        }
      ],
      "upc": "4006381333931"
    }
    "#);
}
