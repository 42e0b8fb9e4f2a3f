//! Progress, for whoever shows it.

use super::outcome::Ended;

/// Something that happened.
#[derive(Debug, Clone, Copy)]
pub enum Event<'a> {
    /// A run over a collection begins.
    Started {
        /// The collection.
        collection: &'a str,
    },
    /// A record's transfer ended.
    Done {
        /// The record, in the source system.
        id: &'a str,
        /// How.
        ended: &'a Ended,
    },
    /// Calls to a system wait for its quota. Told once per wait, also by what is not part of a run.
    Waiting {
        /// `BigCommerce` or `iPaaS.com`, as the account is called.
        account: &'a str,
        /// How long, unless an answer says otherwise.
        wait: std::time::Duration,
    },
    /// A call has been without an answer for long. Told again and again while that lasts.
    Unanswered {
        /// As for `Waiting`.
        account: &'a str,
        /// How long.
        since: std::time::Duration,
    },
    /// The run is over.
    Finished {
        /// The collection.
        collection: &'a str,
    },
}

/// Somebody who watches. Called from several tasks.
pub trait Observer: Send + Sync {
    /// Takes notice; must not block.
    fn see(&self, event: Event<'_>);
}

/// Nobody watches.
#[derive(Debug, Clone, Copy, Default)]
pub struct Unobserved;

impl Observer for Unobserved {
    fn see(&self, _: Event<'_>) {}
}
