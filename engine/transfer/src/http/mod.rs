//! Every request to either system passes here. The way of one request:
//!
//! [`Request`] → the route's own limit on concurrent calls → a turn of the account's [`RequestBudget`] → [`Transport`]
//! → [`Answer`] or [`CallError`], and back to the budget with what the answer's headers said of the quota.
//!
//! [`Network`] is the only place of the workspace that opens a connection (a test reads the sources to prove it).

pub mod account;
pub mod budget;
pub mod call_error;
pub mod counters;
pub mod executor;
pub mod foreign;
pub mod network;
pub mod rate_headers;
pub mod request;
pub mod transport;
pub mod turns;
pub mod veil;
pub mod watch;
pub mod window;

pub use account::{Account, AddressError};
pub use budget::{Pace, RequestBudget, SavedLedger};
pub use call_error::{CallError, Class};
pub use counters::{Counters, WindowUse};
pub use executor::{Call, Calls, Executor};
pub use network::Network;
pub use request::{Answer, Priority, Request};
pub use transport::{Exchange, ExchangeError, Incoming, KEPT_HEADERS, Outgoing, Transport};
pub use watch::Watch;
