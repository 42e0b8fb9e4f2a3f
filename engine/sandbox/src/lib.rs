//! A local BigCommerce and iPaaS.com in one process: stateful, the same records for the same seed, with the real limits
//! and quirks. It shares no code with the engine, so that a mistake of the engine does not cancel itself out here.
//!
//! BigCommerce is served under `/stores/{hash}/v2|v3`, iPaaS.com under `/ipaas/{api}/v2`, both on 127.0.0.1 alone.
//! `/_sandbox/...` looks behind the scene; `control.rs` lists its calls.
//!
//! Products hold their prices as iPaaS.com's public model does (binary doubles), so a price of more than 15 digits
//! does not come back to the last digit, as it would not from the real systems.

#![recursion_limit = "256"]

mod bigcommerce;
mod connection;
mod control;
mod credentials;
mod error;
mod exchange;
mod faults;
mod generate;
mod in_process;
mod ipaas;
mod message;
mod options;
mod server;
mod statistics;
mod store;
mod systems;
mod validate;
mod window;

use std::{sync::Arc, time::Duration};

use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};

use crate::{
    connection::{Loopback, Scissors},
    systems::{Shared, lock},
};
pub use crate::{
    credentials::Credentials,
    error::Error,
    exchange::{Body, Call},
    faults::{Fault, FaultGroup, FaultKind, FaultRule, RuleError, fault_list},
    in_process::InProcess,
    message::{Arrival, Departure, Ending},
    options::Options,
    statistics::Statistics,
    validate::{Requests, Violation},
    window::WindowUse,
};

/// The sandbox that is not running yet.
pub struct Sandbox;

impl Sandbox {
    /// Starts both systems on 127.0.0.1, inside the running tokio runtime. Records are generated when the state holds
    /// none. Errors: the port is taken, the state cannot be used.
    pub async fn start(options: Options) -> Result<Running, Error> {
        let listener = TcpListener::bind(("127.0.0.1", options.port)).await.map_err(Error::Port)?;
        let port = listener.local_addr().map_err(Error::Port)?.port();
        let shared = Arc::new(Shared::new(options, port)?);
        let service = server::router(shared.clone()).into_make_service_with_connect_info::<Scissors>();
        let (stop, stopped) = oneshot::channel::<()>();
        let task = tokio::spawn(async move {
            let ended = async {
                // An error means that the sandbox was dropped: it stops then too.
                let _ = stopped.await;
            };
            axum::serve(Loopback(listener), service).with_graceful_shutdown(ended).await
        });
        Ok(Running { port, shared, stop: Some(stop), task })
    }
}

/// A running sandbox; dropping it stops it.
pub struct Running {
    /// Port on 127.0.0.1.
    pub port: u16,
    shared: Arc<Shared>,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<std::io::Result<()>>,
}

impl Running {
    /// What a client needs to call the two systems.
    pub fn credentials(&self) -> Credentials {
        self.shared.credentials.clone()
    }

    /// What was asked and answered since the start.
    pub fn statistics(&self) -> Statistics {
        self.shared.statistics()
    }

    /// Orders a fault.
    pub fn order(&self, fault: Fault) {
        lock(&self.shared.faults).order(fault);
    }

    /// Number of operations whose requests are checked against BigCommerce's schemas.
    pub fn checked_operations(&self) -> usize {
        self.shared.requests.len()
    }

    /// Ends calls that run, closes the connections and the state.
    pub async fn stop(mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        // A client that does not close its connection must not keep the sandbox alive.
        let _ = tokio::time::timeout(Duration::from_secs(2), &mut self.task).await;
        self.task.abort();
    }

    /// Waits until the sandbox stops by itself, which only an error makes it do.
    pub async fn wait(&mut self) {
        let _ = (&mut self.task).await;
    }
}
