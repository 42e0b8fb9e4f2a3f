//! A project's subscription: `mapwright.yaml` and what lies in `.mapwright/`.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use mapwright_language::check::Library;
use mapwright_language::diagnostic::{Diagnostics, render};
use mapwright_language::source::Files;
use mapwright_transfer::http::{Network, Priority};
use mapwright_transfer::state::lock::DirectoryLock;
use mapwright_transfer::state::{Credentials, StateError, Store, private_file};
use mapwright_transfer::subscription::{Connection, Subscription, Tokens};
use mapwright_transfer::work::{Engine, Observer, Plans, READ_LAG, Settling};

use crate::file_trouble::trouble;
use crate::kept::state_directory;
use crate::project::{self, PROJECT_FILE};
use crate::terminal::{Trouble, is_terminal, note, note_rendered};
use crate::whole_file;

/// Reads a project's `mapwright.yaml`; what is wrong with it is printed, all at once.
pub fn read(project: &Path) -> Result<Subscription, Trouble> {
    let (mut files, mut diagnostics) = (Files::default(), Diagnostics::default());
    let read = project::settings(project, &mut files, &mut diagnostics).ok_or_else(|| project::none_in(project))?;
    read.subscription.ok_or_else(|| {
        let rendered = if is_terminal() { render::styled } else { render::plain };
        note_rendered(&rendered(&files, &diagnostics));
        let path = project.join(PROJECT_FILE);
        Trouble::input(format!("{}: {}", path.display(), render::summary(&diagnostics)))
            .help("mend what is reported above; `mapwright check` shows it again")
    })
}

/// Keeps other processes out of a project's state and settings, until dropped.
pub fn lock(project: &Path, command: &str) -> Result<DirectoryLock, Trouble> {
    let state = state_directory(project);
    private_file::directory(&state).map_err(|e| trouble(&state, &e))?;
    DirectoryLock::take(&state, command).map_err(|e| {
        let locked = matches!(e, StateError::Locked { .. });
        let why = Trouble::input(e.to_string());
        if locked { why.help("wait until it has ended, or end it; then try again") } else { why }
    })
}

/// Writes a project's `mapwright.yaml`, whole.
pub fn write(project: &Path, subscription: &Subscription) -> Result<(), Trouble> {
    let path = project.join(PROJECT_FILE);
    let mut text = String::from(
        "# One subscription: a store connected to an iPaaS.com company. No secrets here; they are in .mapwright/.\n",
    );
    let mut line = |name: &str, value: &str| text.push_str(&format!("{name}: {}\n", quoted(value)));
    line("name", &subscription.name);
    line("store_hash", &subscription.store_hash);
    line("api_url", &subscription.api_url);
    if let Some(id) = &subscription.client_id {
        line("client_id", id);
    }
    line("ipaas_url", &subscription.ipaas_url);
    line("system_id", &subscription.system_id);
    line("time_zone", &subscription.time_zone);
    if let Some(throttle) = subscription.throttle {
        text.push_str(&format!("throttle: {{ calls: {}, seconds: {} }}\n", throttle.calls, throttle.seconds));
    }
    if !subscription.settings.is_empty() {
        text.push_str("settings:\n");
        for (name, value) in &subscription.settings {
            text.push_str(&format!("  {name}: {}\n", quoted(value)));
        }
    }
    whole_file::replace(&path, &text).map_err(|e| trouble(&path, &e))
}

/// A YAML text that is read back as it is: JSON's quotes are YAML's.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// A connection and its state, opened for one command.
pub struct Session {
    pub connection: Connection,
    pub store: Arc<Store>,
}

impl Session {
    /// Opens a project's state (which keeps other processes out) and connects. Nothing is sent yet.
    pub fn open(project: &Path, command: &str) -> Result<Session, Trouble> {
        let subscription = read(project)?;
        let state = state_directory(project);
        let kept = Credentials::read(&state).map_err(|e| Trouble::input(e.to_string()))?;
        let tokens = Tokens::gather(&kept, &|name| std::env::var(name).ok()).map_err(Trouble::input)?;
        let mut store = Store::open(&state, command).map_err(|e| Trouble::input(e.to_string()))?;
        if let Some(steps) = crate::die::from_environment() {
            store = store.with_steps(steps);
        }
        let network = Network::new(concat!("Mapwright/", env!("CARGO_PKG_VERSION"))).map_err(Trouble::input)?;
        let seed = u64::from(std::process::id());
        let connection =
            Connection::new(&subscription, &tokens, Arc::new(network), None, seed).map_err(Trouble::input)?;
        connection.recall(&store, jiff::Timestamp::now());
        Ok(Session { connection, store: Arc::new(store) })
    }

    /// An engine that works on it, with the plans of a project.
    pub fn engine(&self, observer: Arc<dyn Observer>, priority: Priority, library: &Library) -> Engine {
        let mut engine = self.connection.engine(self.store.clone(), observer, priority, jiff::Timestamp::now());
        engine.plans = Arc::new(Plans::of(library));
        engine.settling = Arc::new(Settling::new(read_lag()));
        engine
    }

    /// Keeps what is known of the quota's window, so that the next process does not overrun it. Where that fails, the run's
    /// report matters more: it is only said.
    pub fn close(&self) {
        if let Err(error) = self.connection.remember(&self.store, jiff::Timestamp::now()) {
            note(&format!("what is known of the quota could not be kept: {error}"));
        }
    }
}

/// How long writes may stay unseen: tests that kill the process cannot wait so long, and set `MAPWRIGHT_TEST_READ_LAG_MS`.
fn read_lag() -> Duration {
    let set = std::env::var("MAPWRIGHT_TEST_READ_LAG_MS").ok().and_then(|ms| ms.parse().ok());
    set.map_or(READ_LAG, Duration::from_millis)
}
