//! A project's subscription: `mapwright.yaml` and what lies in `.mapwright/`.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use mapwright_language::source::typed;
use mapwright_transfer::http::{Network, Priority};
use mapwright_transfer::state::{Credentials, Store};
use mapwright_transfer::subscription::{Connection, Subscription, Tokens};
use mapwright_transfer::work::{Engine, Observer};

use crate::project::{self, PROJECT_FILE};
use crate::terminal::{FAILED, Trouble};

/// The directory of a project's state.
pub fn state_directory(project: &Path) -> PathBuf {
    project.join(".mapwright")
}

/// Reads a project's `mapwright.yaml`.
pub fn read(project: &Path) -> Result<Subscription, Trouble> {
    let path = project.join(PROJECT_FILE);
    let text = project::read_text(&path)?;
    let subscription: Subscription = typed(&text).map_err(|e| Trouble::input(format!("{}: {e}", path.display())))?;
    if let Err(errors) = subscription.check() {
        let list = errors.iter().map(|e| format!("\n  {e}")).collect::<String>();
        return Err(Trouble::input(format!("{}: {} wrong{list}", path.display(), errors.len()))
            .help("mend the file, or use `mapwright subscription set`"));
    }
    Ok(subscription)
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
    let beside = path.with_extension("yaml.new");
    std::fs::write(&beside, text)
        .and_then(|()| std::fs::rename(&beside, &path))
        .map_err(|e| Trouble::input(format!("{}: {e}", path.display())))
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

    /// An engine that works on it.
    pub fn engine(&self, observer: Arc<dyn Observer>, priority: Priority) -> Engine {
        self.connection.engine(self.store.clone(), observer, priority, jiff::Timestamp::now())
    }

    /// Keeps what is known of the quota's window, so that the next process does not overrun it.
    pub fn close(&self) -> Result<(), Trouble> {
        let kept = self.connection.remember(&self.store, jiff::Timestamp::now());
        kept.map_err(|e| Trouble { message: e.to_string(), help: None, code: FAILED })
    }
}
