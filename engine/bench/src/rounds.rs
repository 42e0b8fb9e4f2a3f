//! Ways to do the same, in turns; what counts is the ratio within a round.

use std::time::{Duration, Instant};

use crate::equal::{Numbers, equal};

/// Rounds of a comparison.
const ROUNDS: usize = 15;

/// Another way.
pub struct Way<'a> {
    /// For people.
    pub name: &'a str,
    /// How its numbers compare with ours.
    pub numbers: Numbers,
    /// NDJSON in, NDJSON out.
    pub run: &'a dyn Fn(&[String]) -> String,
}

/// Smallest, middle and greatest of some figures.
#[derive(Debug, Clone, Copy)]
pub struct Spread {
    pub least: f64,
    pub median: f64,
    pub most: f64,
}

impl Spread {
    pub fn of(mut figures: Vec<f64>) -> Spread {
        figures.sort_by(f64::total_cmp);
        let at = |i: usize| figures.get(i).copied().unwrap_or(f64::NAN);
        Spread { least: at(0), median: at(figures.len() / 2), most: at(figures.len().saturating_sub(1)) }
    }

    /// As cells of a table: median, least, most.
    pub fn cells(&self) -> String {
        format!("{:.2} | {:.2} | {:.2}", self.median, self.least, self.most)
    }
}

/// Compares the engine with other ways, after making sure that all say the same. Prints rows of a table.
///
/// # Errors
/// A way says something else.
pub fn compare(
    what: &str,
    lines: &[String],
    engine: &dyn Fn(&[String]) -> String,
    ways: &[Way<'_>],
) -> Result<(), String> {
    let ours = engine(lines);
    for way in ways {
        equal(&ours, &(way.run)(lines), way.numbers).map_err(|e| format!("{what}, {}: {e}", way.name))?;
    }
    let bytes: usize = lines.iter().map(String::len).sum();
    let mut ratios: Vec<Vec<f64>> = ways.iter().map(|_| vec![]).collect();
    let mut speeds = Vec::new();
    for _ in 0..ROUNDS {
        let own = time(|| engine(lines));
        speeds.push(bytes as f64 / 1e6 / own.as_secs_f64());
        for (way, ratios) in ways.iter().zip(&mut ratios) {
            ratios.push(time(|| (way.run)(lines)).as_secs_f64() / own.as_secs_f64());
        }
    }
    let (speed, size) = (Spread::of(speeds).median, bytes as f64 / 1e6);
    println!("| **{} {what}**, {size:.1} MB, {speed:.0} MB/s | | | |", lines.len());
    for (way, ratios) in ways.iter().zip(ratios) {
        println!("| against {} | {} |", way.name, Spread::of(ratios).cells());
    }
    Ok(())
}

/// How long it takes.
pub fn time<T>(work: impl Fn() -> T) -> Duration {
    let start = Instant::now();
    std::hint::black_box(work());
    start.elapsed()
}
