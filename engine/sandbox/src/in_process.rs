//! Both systems without a port: a test hands requests over inside its process. With tokio's clock paused, lags, stalls
//! and rate windows then cost no time.

use std::time::Duration;

use crate::{
    control,
    credentials::Credentials,
    error::Error,
    exchange::{Answer, Call},
    faults::FaultRule,
    message::{Arrival, Departure},
    options::Options,
    statistics::Statistics,
    systems::{Shared, lock},
};

/// The two systems in this process.
pub struct InProcess {
    shared: Shared,
}

impl InProcess {
    /// Makes them, inside a tokio runtime, whose clock they keep. Errors: the state cannot be used.
    pub fn new(options: Options) -> Result<InProcess, Error> {
        let port = options.port;
        Ok(InProcess { shared: Shared::new(options, port)? })
    }

    /// What a client needs to call the two systems; the port in its addresses is that of the options.
    pub fn credentials(&self) -> Credentials {
        self.shared.credentials.clone()
    }

    /// Answers a request, with all that a fault does to it.
    pub async fn answer(&self, arrival: &Arrival) -> Departure {
        self.shared.answer(arrival).await
    }

    /// A call behind the scene; its path begins after `/_sandbox`.
    pub fn control(&self, call: &Call) -> Answer {
        control::answer(&self.shared, call)
    }

    /// From now on a write can be read after so long.
    pub fn lag(&self, lag: Duration) {
        *lock(&self.shared.lag) = lag;
    }

    /// Adds a fault that strikes by chance.
    pub fn rule(&self, rule: FaultRule) {
        lock(&self.shared.faults).rule(rule);
    }

    /// Ends all faults and the lag.
    pub fn calm(&self) {
        lock(&self.shared.faults).clear();
        self.lag(Duration::ZERO);
    }

    /// What was asked and answered since the start.
    pub fn statistics(&self) -> Statistics {
        self.shared.statistics()
    }
}
