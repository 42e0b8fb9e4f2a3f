//! A mapping file, a line `===`, a record: evaluation ends, never panics, gives the same result again. The first collection
//! that compiles runs over the record, as if it were created and as if it were there.
#![no_main]

use std::sync::Arc;

use libfuzzer_sys::fuzz_target;
use mapwright_language::check::compile;
use mapwright_language::diagnostic::Diagnostics;
use mapwright_language::evaluate::{ContextFile, Evaluation, evaluate, full_json};
use mapwright_language::json::{self, Json};
use mapwright_language::mapping_file;
use mapwright_language::schema::Catalog;
use mapwright_language::source::Files;

fuzz_target!(|text: &str| {
    let Some((mapping, record)) = text.split_once("\n===\n") else { return };
    let (mut files, mut diagnostics) = (Files::default(), Diagnostics::default());
    let file = files.add("file.yaml", mapping);
    let Some(read) = mapping_file::read(&files, file, &mut diagnostics) else { return };
    let library = compile(&[Arc::new(read)], &[], Catalog::builtin(), &mut diagnostics);
    let Some(plan) = library.collections.first().and_then(|c| c.plan.clone()) else { return };
    let mut there = Json::Object(vec![]);
    if let Ok(record) = json::read(record.as_bytes()) {
        there.set("existing", record);
    }
    for context in [Ok(ContextFile::default()), ContextFile::read(&there)].into_iter().flatten() {
        let first = evaluate(&plan, record.as_bytes(), &context.context());
        assert_eq!(first, evaluate(&plan, record.as_bytes(), &context.context()));
        if let Evaluation::Done(outcome) = first {
            let _ = full_json(&plan.root, &outcome, &files, context.time_zone());
        }
    }
});
