//! What can be set before the sandbox starts.

use std::{path::PathBuf, time::Duration};

use crate::faults::{Fault, FaultRule};

/// Settings of one sandbox.
#[derive(Debug, Clone)]
pub struct Options {
    /// Seed of the generated records; the same seed gives the same records.
    pub seed: u64,
    /// Number of generated iPaaS.com products; the other kinds follow in proportion. 0 leaves both systems without
    /// products, customers and categories.
    pub records: usize,
    /// Requests that BigCommerce takes in one window.
    pub quota: u32,
    /// Length of the rate window of BigCommerce.
    pub window: Duration,
    /// Requests that iPaaS.com takes in one such window; `None`: it does not throttle.
    pub ipaas_quota: Option<u32>,
    /// Folder that holds the state (`sandbox.sqlite`); `None` keeps it in memory. Records are generated only into an
    /// empty state.
    pub state: Option<PathBuf>,
    /// Port on 127.0.0.1; 0 takes a free one.
    pub port: u16,
    /// Time that each request takes before it is answered.
    pub latency: Duration,
    /// Delay after which an accepted inventory adjustment can be read.
    pub inventory_delay: Duration,
    /// Time after which a write can be read, on both sides. Writes themselves see each other at once.
    pub lag: Duration,
    /// Faults that are waiting from the start, see [`Fault`].
    pub faults: Vec<Fault>,
    /// Faults that strike by chance, drawn from the seed.
    pub rules: Vec<FaultRule>,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            seed: 1,
            records: 100,
            quota: 150,
            window: Duration::from_secs(30),
            ipaas_quota: None,
            state: None,
            port: 0,
            latency: Duration::ZERO,
            inventory_delay: Duration::ZERO,
            lag: Duration::ZERO,
            faults: Vec::new(),
            rules: Vec::new(),
        }
    }
}
