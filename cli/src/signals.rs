//! Ctrl-C and SIGTERM: the first finishes what is in flight, the second ends at once.

use std::sync::Arc;
use std::time::Duration;

use mapwright_transfer::http::Executor;
use mapwright_transfer::work::Stop;

use crate::terminal::{FAILED, note};

/// What waits for the quota, or reads, is given up after this; what writes ends by itself.
const PATIENCE: Duration = Duration::from_secs(2);

/// Asks for the end of a run when somebody wants it; ends the process when they want it twice.
pub async fn watch(stop: Stop, executor: Arc<Executor>) {
    one().await;
    note("finishing what is in flight; the same command goes on later. Once more to end at once");
    stop.ask();
    let again = tokio::time::timeout(PATIENCE, one()).await;
    if again.is_err() {
        executor.stop();
        one().await;
    }
    note("ended at once; what was under way is looked up before anything is sent again");
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
