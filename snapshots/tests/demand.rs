//! A plan says what it reads of a record: hiding everything else changes nothing, and hiding what it reads does.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // tests

use std::path::Path;
use std::sync::Arc;

use mapwright_language::check::{Library, compile};
use mapwright_language::diagnostic::Diagnostics;
use mapwright_language::evaluate::{ContextFile, Evaluation, evaluate};
use mapwright_language::json::{self, Json};
use mapwright_language::mapping_file;
use mapwright_language::plan::{Plan, ShapeId};
use mapwright_language::schema::Catalog;
use mapwright_language::source::Files;
use mapwright_snapshots::find;

fn defaults() -> Library {
    let (mut files, mut diagnostics) = (Files::default(), Diagnostics::default());
    let read: Vec<_> = mapwright_defaults::originals()
        .iter()
        .map(|o| files.add(o.path, o.text))
        .collect::<Vec<_>>()
        .into_iter()
        .filter_map(|id| mapping_file::read(&files, id, &mut diagnostics))
        .map(Arc::new)
        .collect();
    compile(&read, &[], Catalog::builtin(), &mut diagnostics)
}

/// The record with the demanded fields only.
fn demanded(json: &Json, shape: ShapeId, plan: &Plan) -> Json {
    let Some(shape) = plan.shapes.get(shape.0 as usize) else { return json.clone() };
    if shape.whole {
        return json.clone();
    }
    let Json::Object(entries) = json else { return json.clone() };
    let kept = entries.iter().filter_map(|(key, value)| {
        let slot = shape.slots.iter().find(|s| *s.name == **key)?;
        let inside = |value: &Json| slot.shape.map_or_else(|| value.clone(), |inner| demanded(value, inner, plan));
        let value = match value {
            Json::List(items) => Json::List(items.iter().map(inside).collect()),
            other => inside(other),
        };
        Some((key.clone(), value))
    });
    Json::Object(kept.collect())
}

/// One top-level field hidden.
fn without(json: &Json, name: &str) -> Json {
    let Json::Object(entries) = json else { return json.clone() };
    Json::Object(entries.iter().filter(|(key, _)| &**key != name).cloned().collect())
}

/// Records like these with fields left out, null and odd, seeded.
fn variations(record: &Json, seed: u64) -> Vec<Json> {
    let mut state = seed | 1;
    let mut below = |end: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % end.max(1) as u64).unwrap()
    };
    let Json::Object(entries) = record else { return vec![record.clone()] };
    (0..20)
        .map(|_| {
            let varied = entries.iter().filter_map(|(key, value)| match below(8) {
                0 => None,
                1 => Some((key.clone(), Json::Null)),
                2 => Some((key.clone(), Json::Text("odd".into()))),
                _ => Some((key.clone(), value.clone())),
            });
            Json::Object(varied.collect())
        })
        .collect()
}

#[test]
fn what_is_not_demanded_is_not_missed() {
    let library = defaults();
    let cases = find(&Path::new(env!("CARGO_MANIFEST_DIR")).join("cases"), None).unwrap();
    let (mut compared, mut hidden_mattered, mut left_out) = (0, 0, 0);
    for (i, case) in cases.iter().enumerate() {
        let bytes = case.record().unwrap();
        let context: ContextFile = case.context(&ContextFile::default()).unwrap();
        let Some(plan) = context.collection().and_then(|c| library.collection(c)?.plan.clone()) else { continue };
        let Ok(record) = json::read(&bytes) else { continue };
        let outcome = |record: &Json| evaluate(&plan, json::write(record).as_bytes(), &context.context());
        let mut records = variations(&record, i as u64 + 1);
        records.push(record);
        for record in records {
            let whole = outcome(&record);
            let pruned = demanded(&record, plan.root.source, &plan);
            left_out += json::write(&record).len() - json::write(&pruned).len();
            assert_eq!(whole, outcome(&pruned), "{}: {}", case.name, json::write(&record));
            compared += 1;
            // and the demand is not too wide to say anything: most of what is read matters to somebody
            if matches!(whole, Evaluation::Done(_)) {
                let slots = &plan.shapes[plan.root.source.0 as usize].slots;
                hidden_mattered += slots.iter().filter(|s| outcome(&without(&record, &s.name)) != whole).count();
            }
        }
    }
    assert!(compared > 800, "{compared}");
    assert!(left_out > 10_000, "{left_out} bytes were left out");
    assert!(hidden_mattered > compared, "{hidden_mattered} of {compared}");
}
