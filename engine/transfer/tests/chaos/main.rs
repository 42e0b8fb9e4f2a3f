//! Chaos: the default collections in both directions against systems that lag, lie, break off and go down, with the
//! process killed at random calls and records changed meanwhile. Afterwards all is calm, and what both sides hold has to
//! be what an undisturbed world holds.
//!
//! Everything comes from a seed and runs in one process with the clock paused. `MAPWRIGHT_CHAOS=1000` runs so many seeds,
//! `MAPWRIGHT_CHAOS_SEED=17` one, and tells its story; with `MAPWRIGHT_CHAOS_TRACE=customers/v2` also the calls whose path
//! has that in it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test ends where it goes wrong
#![allow(clippy::print_stdout)] // a trace, where one is asked for

#[path = "../support/collections.rs"]
mod collections;

mod changes;
mod laws;
mod net;
mod picture;
mod process;
mod story;
mod without;
mod world;

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use mapwright_sandbox::FaultKind;
use story::{Kind, Told, tell};
use without::Safeguard;

/// Seeds of the suite.
const SEEDS: u64 = 20;

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// Tells these seeds on as many threads as there are processors.
fn all(seeds: std::ops::Range<u64>, kind: Kind, until_broken: bool) -> Vec<Told> {
    let (next, told) = (AtomicU64::new(seeds.start), Mutex::new(Vec::new()));
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::SeqCst);
                    if seed >= seeds.end {
                        return;
                    }
                    let one = tell(seed, kind);
                    let broken = !one.broken.is_empty();
                    told.lock().unwrap().push(one);
                    if broken && until_broken {
                        next.store(seeds.end, Ordering::SeqCst);
                    }
                }
            });
        }
    });
    let mut told = told.into_inner().unwrap();
    told.sort_by_key(|told| told.seed);
    told
}

#[test]
fn chaos_leaves_what_an_undisturbed_world_has() {
    let seeds = match number("MAPWRIGHT_CHAOS_SEED") {
        Some(seed) => seed..seed + 1,
        None => 0..number("MAPWRIGHT_CHAOS").unwrap_or(SEEDS),
    };
    let one = seeds.end - seeds.start == 1;
    let told = all(seeds, Kind::default(), false);
    let mut faults: BTreeMap<&str, u64> = BTreeMap::new();
    let (mut kills, mut calls) = (0, 0);
    for told in &told {
        kills += told.kills;
        calls += told.calls;
        for (kind, count) in &told.faults {
            *faults.entry(kind).or_default() += count;
        }
    }
    let total: u64 = faults.values().sum();
    println!("{} seeds, {calls} calls, {total} faults, {kills} kills\n{faults:#?}", told.len());
    let broken: Vec<String> =
        told.iter().filter(|told| !told.broken.is_empty() || one).map(ToString::to_string).collect();
    println!("{}", broken.join("\n"));
    let broken: Vec<&Told> = told.iter().filter(|told| !told.broken.is_empty()).collect();
    assert!(broken.is_empty(), "{} of {} seeds broke a law, see above", broken.len(), told.len());
    if !one {
        let missing: Vec<&str> =
            FaultKind::all().map(FaultKind::name).filter(|name| !faults.contains_key(name)).collect();
        assert_eq!(missing, [""; 0], "these kinds were never played");
        assert!(kills > 0);
    }
}

/// With the safeguard nothing breaks although the faults that it is made for come often; without it some seed breaks.
fn holds_and_breaks_without(safeguard: Safeguard) {
    let seeds = 100..104;
    let kind = Kind { tries: Some(safeguard), off: false };
    let broken: Vec<String> = all(seeds.clone(), kind, false)
        .iter()
        .filter(|told| !told.broken.is_empty())
        .map(ToString::to_string)
        .collect();
    assert!(broken.is_empty(), "with {safeguard:?} on:\n{}", broken.join("\n"));
    let without = all(seeds.start..seeds.end + 12, Kind { off: true, ..kind }, true);
    assert!(without.iter().any(|told| !told.broken.is_empty()), "{safeguard:?} is off, and no law breaks");
}

#[test]
fn chaos_breaks_a_law_without_the_journal() {
    holds_and_breaks_without(Safeguard::Journal);
}

#[test]
fn chaos_breaks_a_law_when_lost_writes_are_sent_again_as_they_are() {
    holds_and_breaks_without(Safeguard::NoBlindRepeat);
}

#[test]
fn chaos_breaks_a_law_when_not_found_is_believed_at_once() {
    holds_and_breaks_without(Safeguard::NotFoundTwice);
}

#[test]
fn chaos_breaks_a_law_when_rows_of_an_answer_are_matched_by_position() {
    holds_and_breaks_without(Safeguard::MatchedByContent);
}
