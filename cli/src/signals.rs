//! Ctrl-C and SIGTERM: the first finishes what is in flight, the second ends at once; both say what was done.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use mapwright_transfer::http::Executor;
use mapwright_transfer::work::Stop;

use crate::progress::Progress;
use crate::terminal::{FAILED, note};

/// What waits for the quota, or reads, is given up after this; what writes ends by itself.
const PATIENCE: Duration = Duration::from_secs(2);

/// Whether a signal came before anything watched for it.
static EARLY: OnceLock<Arc<AtomicBool>> = OnceLock::new();

/// From now on a signal ends a run in order, also one that comes while mapping files are still being read.
pub fn catch() {
    let early = EARLY.get_or_init(Arc::default);
    #[cfg(unix)]
    for signal in [libc::SIGINT, libc::SIGTERM] {
        // where it cannot be caught, it ends the process as it always did
        let _ = signal_hook::flag::register(signal, early.clone());
    }
    #[cfg(not(unix))]
    let _ = early;
}

/// A file that reaches the limit of its size is an error of the write, not the silent end of the process.
pub fn let_writes_fail() {
    #[cfg(unix)]
    let _ = signal_hook::flag::register(libc::SIGXFSZ, Arc::default());
}

/// Asks for the end of a run when somebody wants it; ends the process when they want it twice, and says what was `done`.
pub async fn watch(stop: Stop, executor: Arc<Executor>, done: Arc<Progress>) {
    if !EARLY.get().is_some_and(|early| early.load(Ordering::SeqCst)) {
        one().await;
    }
    note("finishing what is in flight; the same command goes on later. Once more to end at once");
    stop.ask();
    let again = tokio::time::timeout(PATIENCE, one()).await;
    if again.is_err() {
        executor.stop();
        one().await;
    }
    note(&format!(
        "ended at once, after {}; what was under way is looked up before anything is sent again",
        done.so_far()
    ));
    std::process::exit(i32::from(FAILED));
}

#[cfg(unix)]
async fn one() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
        }
        Err(_) => drop(tokio::signal::ctrl_c().await),
    }
}

#[cfg(not(unix))]
async fn one() {
    drop(tokio::signal::ctrl_c().await);
}
