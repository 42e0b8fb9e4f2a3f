//! A sandbox in this process, and a project that is subscribed to it.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use mapwright_language::check::Library;
use mapwright_language::schema::Catalog;
use mapwright_sandbox::{Body, Call, Credentials, InProcess, Options};
use serde_json::Value;

use super::collections::library;

/// The time between a request and its answer.
const LATENCY: Duration = Duration::from_millis(20);

/// The built-in collections, compiled once.
pub fn compiled() -> &'static Library {
    static LIBRARY: OnceLock<Library> = OnceLock::new();
    LIBRARY.get_or_init(library)
}

/// Record types whose lists come in pages of so many records that these few fill several.
pub fn small_pages() -> Arc<Catalog> {
    static CATALOG: OnceLock<Arc<Catalog>> = OnceLock::new();
    let made = || {
        let texts: Vec<(&str, String)> = Catalog::files()
            .iter()
            .map(|(name, text)| {
                (*name, text.replace("\"limit\": 250", "\"limit\": 4").replace("\"limit\": 100", "\"limit\": 4"))
            })
            .collect();
        Arc::new(Catalog::read(texts.iter().map(|(name, text)| (*name, text.as_str()))).unwrap())
    };
    CATALOG.get_or_init(made).clone()
}

pub struct World {
    pub systems: Arc<InProcess>,
    pub credentials: Credentials,
    pub directory: tempfile::TempDir,
}

/// In memory where the system has such a place: thousands of small commits would wait for a disk.
fn directory() -> tempfile::TempDir {
    let memory = std::path::Path::new("/dev/shm");
    if memory.is_dir() { tempfile::tempdir_in(memory).unwrap() } else { tempfile::tempdir().unwrap() }
}

impl World {
    /// The world of a seed; with the same seed always the same records.
    pub fn new(seed: u64) -> World {
        let records = if seed % 5 == 4 { 10 } else { 5 };
        let options = Options {
            seed,
            records,
            quota: 10_000,
            window: Duration::from_secs(30),
            port: 4711,
            latency: LATENCY,
            ..Options::default()
        };
        let systems = InProcess::new(options).unwrap();
        let credentials = systems.credentials();
        World { systems: Arc::new(systems), credentials, directory: directory() }
    }

    /// A call behind the scene, `path` with its query from `stores/` or `ipaas/`; what is refused ends the test.
    pub fn behind(&self, method: &str, path: &str, body: Value) -> Value {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let call = Call {
            method: method.to_owned(),
            path: path.split('/').map(str::to_owned).collect(),
            query: query
                .split('&')
                .filter_map(|q| q.split_once('='))
                .map(|(k, v)| (k.to_owned(), v.to_owned()))
                .collect(),
            body: if body.is_null() { None } else { Some(body) },
        };
        let answer = self.systems.control(&call);
        assert!(answer.status < 300, "{method} {path}: {answer:?}");
        match answer.body {
            Body::Json(value) => value,
            _ => Value::Null,
        }
    }

    /// All records of a list of the store or of iPaaS.com, but for those that were deleted.
    pub fn list(&self, path: &str) -> Vec<Value> {
        let sign = if path.contains('?') { '&' } else { '?' };
        let mut all = Vec::new();
        for page in 1.. {
            let paging = if path.starts_with("ipaas") {
                format!("pageNumber={page}&pageSize=100")
            } else {
                format!("page={page}&limit={}", if path.contains("options") { 10 } else { 250 })
            };
            let answer = self.behind("GET", &format!("{path}{sign}{paging}"), Value::Null);
            let rows = match answer {
                Value::Array(rows) => rows,
                Value::Null => Vec::new(),
                mut object => object["data"].take().as_array().cloned().unwrap(),
            };
            if rows.is_empty() {
                break;
            }
            all.extend(rows);
        }
        all
    }
}
