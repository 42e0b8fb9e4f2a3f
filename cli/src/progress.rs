//! Progress of a run: a bar on a terminal, nothing in a pipe (the report says it all).

use std::sync::Mutex;

use indicatif::{ProgressBar, ProgressStyle};
use mapwright_transfer::work::{Event, Observer};

use crate::terminal::is_terminal;

/// Shows how far a run is.
pub struct Progress {
    bar: Option<ProgressBar>,
    counts: Mutex<[u64; 2]>,
}

impl Progress {
    /// For standard error.
    pub fn new() -> Progress {
        let bar = is_terminal().then(|| {
            let bar = ProgressBar::new_spinner();
            if let Ok(style) = ProgressStyle::with_template("{spinner} {prefix}  {pos} records  {msg}  {elapsed}") {
                bar.set_style(style);
            }
            bar.enable_steady_tick(std::time::Duration::from_millis(120));
            bar
        });
        Progress { bar, counts: Mutex::new([0, 0]) }
    }
}

impl Observer for Progress {
    fn see(&self, event: Event<'_>) {
        let Some(bar) = &self.bar else { return };
        match event {
            Event::Started { collection } => {
                bar.set_position(0);
                bar.set_prefix(collection.to_owned());
                *self.counts.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = [0, 0];
            }
            Event::Done { ended, .. } => {
                bar.inc(1);
                let mut counts = self.counts.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                let at = match ended.word() {
                    "written" => 0,
                    "refused" | "failed" => 1,
                    _ => return,
                };
                if let Some(count) = counts.get_mut(at) {
                    *count += 1;
                }
                bar.set_message(format!("{} written, {} refused or failed", counts[0], counts[1]));
            }
            Event::Finished { .. } => bar.set_message(""),
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
