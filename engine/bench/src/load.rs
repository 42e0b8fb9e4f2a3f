//! 2,000 products into a sandbox whose window is 2 s: no answer 429, and what of the quota is used while there is work.

use std::sync::Arc;
use std::time::{Duration, Instant};

use mapwright_language::check::compile;
use mapwright_language::diagnostic::Diagnostics;
use mapwright_language::mapping_file;
use mapwright_language::schema::Catalog;
use mapwright_language::source::Files;
use mapwright_sandbox::{Options, Sandbox};
use mapwright_transfer::http::{Network, Priority};
use mapwright_transfer::state::Store;
use mapwright_transfer::subscription::{Connection, Subscription, Tokens};
use mapwright_transfer::work::{Selection, Unobserved, run as transfer};
use secrecy::SecretString;

const PRODUCTS: usize = 2_000;
const WINDOW: Duration = Duration::from_secs(2);

/// Runs it and prints the figures.
pub fn run() -> Result<(), String> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(|e| e.to_string())?.block_on(load())
}

async fn load() -> Result<(), String> {
    let sandbox = Sandbox::start(Options { records: PRODUCTS, window: WINDOW, ..Options::default() })
        .await
        .map_err(|e| e.to_string())?;
    let c = sandbox.credentials();
    let subscription = Subscription {
        name: String::from("Load"),
        store_hash: c.store_hash.clone(),
        api_url: c.api_url.clone(),
        client_id: None,
        ipaas_url: c.ipaas_url.clone(),
        system_id: c.system_id.clone(),
        time_zone: String::from("UTC"),
        throttle: None,
        settings: std::collections::BTreeMap::new(),
    };
    let tokens = Tokens {
        bigcommerce: SecretString::from(c.access_token.as_str()),
        ipaas: SecretString::from(c.ipaas_token.as_str()),
    };
    let directory = tempfile::tempdir().map_err(|e| e.to_string())?;
    let store = Arc::new(Store::open(directory.path(), "bench").map_err(|e| e.to_string())?);
    let connection = Connection::new(&subscription, &tokens, Arc::new(Network::new("Mapwright-bench")?), None, 1)?;
    let engine = connection.engine(store, Arc::new(Unobserved), Priority::Bulk, jiff::Timestamp::now());
    let mut files = Files::default();
    let mut diagnostics = Diagnostics::default();
    let ids: Vec<_> = mapwright_defaults::originals().iter().map(|o| files.add(o.path, o.text)).collect();
    let read: Vec<_> =
        ids.into_iter().filter_map(|id| mapping_file::read(&files, id, &mut diagnostics)).map(Arc::new).collect();
    let library = compile(&read, &[], Catalog::builtin(), &mut diagnostics);
    let start = Instant::now();
    for name in ["BC Product Category From iPaaS", "BC Products"] {
        let plan =
            library.collection(name).and_then(|c| c.plan.clone()).ok_or_else(|| format!("{name} does not compile"))?;
        let report = transfer(&engine, &plan, Selection::All).await;
        println!("{name}: {:?}", report.records);
        if let Some(why) = report.interrupted {
            return Err(why);
        }
    }
    let took = start.elapsed();
    let counters = connection.bigcommerce.counters();
    // the first and the last window are only partly within the run
    let full: Vec<_> = counters.windows.iter().skip(1).collect();
    let full = full.get(..full.len().saturating_sub(1)).unwrap_or_default();
    let used: u64 = full.iter().map(|w| u64::from(w.quota.saturating_sub(w.left))).sum();
    let allowed: u64 = full.iter().map(|w| u64::from(w.quota)).sum();
    let statistics = sandbox.statistics();
    println!(
        "{} calls to BigCommerce in {:.1} s; answered 429: {} (told by the sandbox: {})",
        counters.calls,
        took.as_secs_f64(),
        counters.refused,
        statistics.too_many
    );
    println!("quota used in {} full windows: {:.1} %", full.len(), used as f64 * 100.0 / allowed.max(1) as f64);
    println!("requests that broke BigCommerce's schemas: {}", statistics.violation_count);
    sandbox.stop().await;
    Ok(())
}
