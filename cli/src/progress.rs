//! Progress of a run on standard error: a bar on a terminal; elsewhere a line now and then, none when it is over soon.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};
use mapwright_transfer::work::{Event, Observer};

use crate::terminal::{is_terminal, note};

/// A line at least so often, as long as something happens.
const EVERY: Duration = Duration::from_secs(10);
/// And at least every so many records.
const RECORDS: u64 = 1_000;
/// Shorter waits are shown on a bar only.
const LONG_WAIT: Duration = Duration::from_secs(5);

/// Shows how far a run is.
pub struct Progress {
    bar: Option<ProgressBar>,
    state: Mutex<State>,
}

struct State {
    collection: String,
    began: Instant,
    told: Instant,
    told_records: u64,
    /// When it was last said that an answer does not come.
    silence: Option<Instant>,
    records: u64,
    written: u64,
    bad: u64,
    /// The collections before, as [`Self::summary`] gives them.
    finished: Vec<String>,
}

impl State {
    fn new(collection: &str) -> State {
        let now = Instant::now();
        State {
            collection: collection.to_owned(),
            began: now,
            told: now,
            told_records: 0,
            silence: None,
            records: 0,
            written: 0,
            bad: 0,
            finished: Vec::new(),
        }
    }

    fn summary(&self) -> String {
        format!("{}: {} records, {}", self.collection, self.records, self.counts())
    }

    fn counts(&self) -> String {
        format!("{} written, {} refused or failed", self.written, self.bad)
    }

    /// A line, if it is time for one.
    fn line(&mut self, now: Instant) -> Option<String> {
        if now.duration_since(self.told) < EVERY && self.records - self.told_records < RECORDS {
            return None;
        }
        (self.told, self.told_records) = (now, self.records);
        let seconds = now.duration_since(self.began).as_secs();
        Some(format!("{}: {} records, {}, {seconds} s", self.collection, self.records, self.counts()))
    }
}

impl Progress {
    /// For standard error.
    pub fn new() -> Progress {
        let bar = is_terminal().then(|| {
            let bar = ProgressBar::new_spinner();
            if let Ok(style) = ProgressStyle::with_template("{spinner} {prefix}  {pos} records  {msg}  {elapsed}") {
                bar.set_style(style);
            }
            bar.enable_steady_tick(Duration::from_millis(120));
            bar
        });
        Progress { bar, state: Mutex::new(State::new("")) }
    }
}

impl Progress {
    /// What the run has done up to now: `BC Products: 35 records, 20 written, 3 refused or failed`.
    pub fn so_far(&self) -> String {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let before: String = state.finished.iter().map(|line| format!("{line}; ")).collect();
        before + &state.summary()
    }
}

impl Observer for Progress {
    fn see(&self, event: Event<'_>) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        match event {
            Event::Started { collection } => {
                let mut finished = std::mem::take(&mut state.finished);
                if state.records > 0 {
                    finished.push(state.summary());
                }
                *state = State { finished, ..State::new(collection) };
                if let Some(bar) = &self.bar {
                    bar.set_position(0);
                    bar.set_prefix(collection.to_owned());
                }
            }
            Event::Done { ended, .. } => {
                state.records += 1;
                match ended.word() {
                    "written" => state.written += 1,
                    "refused" | "failed" => state.bad += 1,
                    _ => {}
                }
                match &self.bar {
                    Some(bar) => {
                        bar.inc(1);
                        bar.set_message(state.counts());
                    }
                    None => state.line(Instant::now()).iter().for_each(|line| note(line)),
                }
            }
            Event::Waiting { account, wait } => {
                let text = format!("waiting {} s for the quota of {account}", wait.as_secs_f64().ceil());
                match &self.bar {
                    Some(bar) => bar.set_message(format!("{}, {text}", state.counts())),
                    None if wait >= LONG_WAIT => note(&text),
                    None => {}
                }
            }
            Event::Unanswered { account, since } => {
                let text = format!("no answer from {account} for {} s", since.as_secs());
                match &self.bar {
                    Some(bar) => bar.set_message(format!("{}, {text}", state.counts())),
                    // several calls may wait at once: one line says it
                    None if state.silence.is_none_or(|told| told.elapsed() >= EVERY / 2) => {
                        state.silence = Some(Instant::now());
                        note(&text);
                    }
                    None => {}
                }
            }
            Event::Finished { .. } => {
                if let Some(bar) = &self.bar {
                    bar.set_message("");
                }
            }
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_comes_every_ten_seconds_or_thousand_records_and_not_before() {
        let mut state = State::new("BC Products");
        let begin = state.began;
        let at = |seconds: u64| begin + Duration::from_secs(seconds);
        state.records = 999;
        assert_eq!(state.line(at(9)), None);
        assert_eq!(state.line(at(10)).unwrap(), "BC Products: 999 records, 0 written, 0 refused or failed, 10 s");
        assert_eq!(state.line(at(11)), None);
        state.records = 1_999;
        state.written = 7;
        assert_eq!(state.line(at(12)).unwrap(), "BC Products: 1999 records, 7 written, 0 refused or failed, 12 s");
    }
}
