//! `cargo run --release -p mapwright-bench`: the product collection, NDJSON in to NDJSON out, against the same rules written by
//! hand over `serde_json::Value`, in the same run. With `-- load`: 2,000 products into a sandbox with a window of 2 s.

#![allow(clippy::print_stdout)] // its output is its purpose

mod by_engine;
mod by_hand;
mod load;
mod records;

use std::time::{Duration, Instant};

const ROUNDS: usize = 15;
const RECORDS: usize = 2_000;

fn main() -> Result<(), String> {
    if std::env::args().any(|a| a == "load") {
        return load::run();
    }
    let lines = records::generate(RECORDS);
    let bytes: usize = lines.iter().map(String::len).sum();
    let engine = by_engine::Engine::new()?;
    let (ours, theirs) = (engine.all(&lines), by_hand::all(&lines));
    equal_by_value(&ours, &theirs)?;
    let mut ratios = Vec::new();
    let (mut engine_time, mut hand_time) = (Duration::MAX, Duration::MAX);
    for _ in 0..ROUNDS {
        let hand = time(|| by_hand::all(&lines).len());
        let own = time(|| engine.all(&lines).len());
        engine_time = engine_time.min(own);
        hand_time = hand_time.min(hand);
        ratios.push(hand.as_secs_f64() / own.as_secs_f64());
    }
    ratios.sort_by(f64::total_cmp);
    let at = |i: usize| ratios.get(i).copied().unwrap_or(0.0);
    let speed = |time: Duration| {
        format!(
            "{:.0} records/s, {:.0} MB/s",
            RECORDS as f64 / time.as_secs_f64(),
            bytes as f64 / 1e6 / time.as_secs_f64()
        )
    };
    println!(
        "BC Products with options, variants and stock: {RECORDS} records, {:.1} MB, outputs equal by value",
        bytes as f64 / 1e6
    );
    println!("by hand over serde_json::Value: {}", speed(hand_time));
    println!("engine:                         {}", speed(engine_time));
    println!("ratio: {:.2} (median of {ROUNDS} rounds, {:.2} to {:.2})", at(ROUNDS / 2), at(0), at(ROUNDS - 1));
    Ok(())
}

fn time(work: impl Fn() -> usize) -> Duration {
    let start = Instant::now();
    std::hint::black_box(work());
    start.elapsed()
}

/// Both outputs line by line, numbers as decimals, order of keys aside.
fn equal_by_value(ours: &str, theirs: &str) -> Result<(), String> {
    if ours.lines().count() != theirs.lines().count() {
        return Err(format!("{} lines against {}", ours.lines().count(), theirs.lines().count()));
    }
    for (a, b) in ours.lines().zip(theirs.lines()) {
        let parse = |t: &str| mapwright_language::json::read(t.as_bytes()).map(sorted).map_err(|e| e.to_string());
        if parse(a)? != parse(b)? {
            return Err(format!("the outputs differ:\n{a}\n{b}"));
        }
    }
    Ok(())
}

fn sorted(json: mapwright_language::json::Json) -> mapwright_language::json::Json {
    use mapwright_language::json::Json;
    match json {
        Json::Object(entries) => {
            let mut entries: Vec<_> = entries.into_iter().map(|(k, v)| (k, sorted(v))).collect();
            entries.sort_by(|a, b| a.0.cmp(&b.0));
            Json::Object(entries)
        }
        Json::List(items) => Json::List(items.into_iter().map(sorted).collect()),
        Json::Number(digits) => {
            let number = mapwright_language::value::number_from_text(&digits);
            number.map_or(Json::Number(digits), |n| Json::Number(mapwright_language::value::number_text(n).into()))
        }
        other => other,
    }
}
