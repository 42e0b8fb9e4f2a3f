//! A sandbox, a subscription to it, and the built-in collections.
#![allow(dead_code, unreachable_pub)] // each test program uses a part of it

pub mod collections;
pub mod nothing;
pub mod world;

use std::sync::Arc;
use std::time::Duration;

use mapwright_language::check::Library;
use mapwright_language::mapping_file::Direction;
use mapwright_sandbox::{Options, Running, Sandbox};
use mapwright_transfer::connect::executing::Executing;
use mapwright_transfer::connect::wire::Wire;
use mapwright_transfer::http::{Network, Priority};
use mapwright_transfer::state::Store;
use mapwright_transfer::subscription::{Connection, Subscription, Tokens};
use mapwright_transfer::work::{Engine, Plans, Report, Selection, Settling, Unobserved, run};
use secrecy::SecretString;

use collections::{library, plan};

/// A subscription to a running sandbox, with a state of its own.
pub struct House {
    pub sandbox: Running,
    pub connection: Connection,
    pub store: Arc<Store>,
    pub library: Library,
    pub directory: tempfile::TempDir,
}

impl House {
    /// A sandbox of some products and a window that nobody has to wait for.
    pub async fn of(records: usize) -> House {
        House::with(Options { records, quota: 10_000, window: Duration::from_secs(2), ..Options::default() }).await
    }

    pub async fn with(options: Options) -> House {
        let sandbox = Sandbox::start(options).await.unwrap();
        let access = sandbox.credentials().clone();
        let subscription = Subscription {
            name: String::from("test"),
            store_hash: access.store_hash.clone(),
            api_url: access.api_url.clone(),
            client_id: None,
            ipaas_url: access.ipaas_url.clone(),
            system_id: access.system_id.clone(),
            time_zone: String::from("UTC"),
            throttle: None,
            settings: std::collections::BTreeMap::new(),
        };
        let tokens = Tokens {
            bigcommerce: SecretString::from(access.access_token.clone()),
            ipaas: SecretString::from(access.ipaas_token.clone()),
        };
        let connection =
            Connection::new(&subscription, &tokens, Arc::new(Network::new("mapwright-test").unwrap()), None, 1)
                .unwrap();
        let directory = tempfile::tempdir().unwrap();
        let store = Arc::new(Store::open(directory.path(), "test").unwrap());
        House { sandbox, connection, store, library: library(), directory }
    }

    pub fn engine(&self) -> Engine {
        let engine = self.connection.engine(self.store.clone(), Arc::new(Unobserved), Priority::Bulk, now());
        self.own(engine)
    }

    /// With this project's plans, and pauses that nobody has to wait for.
    fn own(&self, engine: Engine) -> Engine {
        Engine {
            plans: Arc::new(Plans::of(&self.library)),
            settling: soon(),
            confirm_after: Duration::from_millis(5),
            ..engine
        }
    }

    /// An engine over another wire, made from the real one.
    pub fn engine_over(&self, around: impl FnOnce(Arc<dyn Wire>) -> Arc<dyn Wire>) -> Engine {
        let inner: Arc<dyn Wire> =
            Arc::new(Executing { executor: self.connection.executor.clone(), priority: Priority::Bulk });
        let engine = self.connection.engine_over(around(inner), self.store.clone(), Arc::new(Unobserved), now());
        self.own(engine)
    }

    pub async fn all(&self, record: &str, direction: Direction) -> Report {
        self.run(&self.engine(), record, direction, Selection::All).await
    }

    pub async fn run(&self, engine: &Engine, record: &str, direction: Direction, selection: Selection) -> Report {
        let report = run(engine, &plan(&self.library, record, direction), selection).await;
        assert!(report.records.balance(), "{report:#?}");
        assert!(report.children.values().all(|c| c.balance()), "{report:#?}");
        report
    }

    /// A dry run would send nothing, and a real one does not.
    pub async fn assert_nothing_to_do(&self, record: &str, direction: Direction) {
        let dry = Engine { dry_run: true, ..self.engine() };
        let _ = self.run(&dry, record, direction, Selection::All).await;
        assert_eq!(*dry.requests.lock().unwrap(), [], "{record} {direction:?}");
        let report = self.all(record, direction).await;
        assert!(report.interrupted.is_none(), "{report:#?}");
        assert_eq!((report.records.written, report.records.failed), (0, 0), "{report:#?}");
        assert!(report.children.values().all(|c| c.written == 0 && c.failed == 0), "{report:#?}");
        self.assert_clean();
    }

    /// Nothing that was sent broke a schema, and nothing was refused for the quota.
    pub fn assert_clean(&self) {
        let statistics = self.sandbox.statistics();
        assert_eq!(statistics.violation_count, 0, "{:#?}", statistics.violations);
        assert_eq!(statistics.too_many, 0);
    }
}

/// The sandbox shows at once what was written.
fn soon() -> Arc<Settling> {
    Arc::new(Settling::new(Duration::from_millis(20)))
}

pub fn now() -> jiff::Timestamp {
    "2026-01-31T12:00:00Z".parse().unwrap()
}

/// An engine over a wire that leads nowhere else: no socket, no sandbox, and tokio's time may be paused.
pub fn unconnected(
    wire: Arc<dyn Wire>,
    store: Arc<Store>,
    observer: Arc<dyn mapwright_transfer::work::Observer>,
) -> Engine {
    let subscription = Subscription {
        name: String::from("test"),
        store_hash: String::from("abc"),
        api_url: String::from("http://127.0.0.1:1"),
        client_id: None,
        ipaas_url: String::from("http://127.0.0.1:1"),
        system_id: String::from("4711"),
        time_zone: String::from("UTC"),
        throttle: None,
        settings: std::collections::BTreeMap::new(),
    };
    let token = || SecretString::from(String::from("none"));
    let tokens = Tokens { bigcommerce: token(), ipaas: token() };
    let transport = Arc::new(Network::new("mapwright-test").unwrap());
    let connection = Connection::new(&subscription, &tokens, transport, None, 1).unwrap();
    connection.engine_over(wire, store, observer, now())
}
