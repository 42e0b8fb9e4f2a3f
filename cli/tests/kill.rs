//! The real process, killed at every step of the journal and at random moments: nothing is made twice, nothing is lost.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // tests

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use mapwright_sandbox::{Options, Running, Sandbox};

const BINARY: &str = env!("CARGO_BIN_EXE_mapwright");

struct Stage {
    runtime: tokio::runtime::Runtime,
    sandbox: Running,
    directory: tempfile::TempDir,
}

fn stage(seed: u64) -> Stage {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let options = Options { seed, records: 12, quota: 100_000, window: Duration::from_secs(1), ..Options::default() };
    let sandbox = runtime.block_on(Sandbox::start(options)).unwrap();
    let directory = tempfile::tempdir().unwrap();
    let c = sandbox.credentials();
    std::fs::write(directory.path().join("bc"), &c.access_token).unwrap();
    std::fs::write(directory.path().join("ip"), &c.ipaas_token).unwrap();
    let made = Command::new(BINARY)
        .current_dir(directory.path())
        .args([
            "subscription",
            "create",
            ".",
            "--name",
            "Test",
            "--default-mappings",
            "--token-file",
            "bc",
            "--ipaas-token-file",
            "ip",
        ])
        .args([
            "--store-hash",
            &c.store_hash,
            "--api-url",
            &c.api_url,
            "--ipaas-url",
            &c.ipaas_url,
            "--system-id",
            &c.system_id.to_string(),
        ])
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    Stage { runtime, sandbox, directory }
}

const TYPES: &[&[&str]] = &[
    &["customer-category"],
    &["product-category"],
    &["customer", "--direction", "to"],
    &["customer", "--direction", "from"],
    &["product"],
    &["payment-method"],
];

fn initialize(directory: &Path, of: &[&str], die_at: Option<u64>) -> std::process::Child {
    let mut command = Command::new(BINARY);
    command
        .current_dir(directory)
        .env("MAPWRIGHT_TEST_READ_LAG_MS", "20")
        .arg("initialize")
        .args(of)
        .args(["--format", "json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    if let Some(n) = die_at {
        command.env("MAPWRIGHT_TEST_DIE_AT", n.to_string());
    }
    command.spawn().unwrap()
}

/// Runs everything to its end and counts what is written: a second time nothing.
fn settle(stage: &Stage) {
    for of in TYPES {
        let output = initialize(stage.directory.path(), of, None).wait_with_output().unwrap();
        assert!(output.status.code().is_some_and(|c| c < 2), "{}", String::from_utf8_lossy(&output.stderr));
    }
    for of in TYPES {
        let output = initialize(stage.directory.path(), of, None).wait_with_output().unwrap();
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        for collection in report["collections"].as_array().unwrap() {
            let records = &collection["records"];
            assert_eq!(records["written"], 0, "{of:?} wrote again: {collection:#}");
            let sum: u64 = ["written", "unchanged", "skipped", "refused", "parked", "failed"]
                .iter()
                .map(|k| records[k].as_u64().unwrap())
                .sum();
            assert_eq!(records["read"].as_u64().unwrap(), sum);
        }
    }
    nothing_twice(stage);
}

/// Natural keys are unique on both sides.
fn nothing_twice(stage: &Stage) {
    let c = stage.sandbox.credentials();
    let store = format!("{}/stores/{}", c.api_url, c.store_hash);
    let lists = [
        (format!("{store}/v3/catalog/products?limit=250"), "sku"),
        (format!("{store}/v3/catalog/variants?limit=250"), "sku"),
        (format!("{store}/v3/customers?limit=250"), "email"),
        (format!("{store}/v2/customer_groups?limit=250"), "name"),
        (format!("{}/customers/v2/Customers?pageSize=100", c.ipaas_url), "email_address"),
        (format!("{}/transactions/v2/PaymentMethods?pageSize=100", c.ipaas_url), "name"),
    ];
    for (url, key) in lists {
        let rows: serde_json::Value = stage.runtime.block_on(async {
            let client = reqwest::Client::new();
            let request = client.get(&url).header("X-Auth-Token", &c.access_token).bearer_auth(&c.ipaas_token);
            serde_json::from_slice(&request.send().await.unwrap().bytes().await.unwrap()).unwrap_or_default()
        });
        let rows = rows.get("data").unwrap_or(&rows).as_array().cloned().unwrap_or_default();
        let mut keys: Vec<String> =
            rows.iter().filter_map(|r| r[key].as_str()).filter(|k| !k.is_empty()).map(str::to_lowercase).collect();
        let before = keys.len();
        keys.sort();
        keys.dedup();
        assert_eq!(before, keys.len(), "{url}: a `{key}` stands twice");
    }
}

#[test]
fn killed_at_every_step_of_the_journal() {
    let stage = stage(7);
    let mut deaths = 0;
    for of in TYPES {
        let mut n = 1;
        loop {
            let output = initialize(stage.directory.path(), of, Some(n)).wait_with_output().unwrap();
            if output.status.code().is_some() {
                break;
            }
            deaths += 1;
            // each run goes on from what the one before left; the step where it dies moves on
            n += 1;
            assert!(n < 2_000, "{of:?} does not come to an end");
        }
    }
    assert!(deaths > 20, "only {deaths} deaths: the steps are not reached");
    settle(&stage);
}

#[test]
fn killed_at_random_moments() {
    let stage = stage(8);
    let mut random: u64 = 0x9E37_79B9_7F4A_7C15;
    let moments = std::env::var("MAPWRIGHT_KILLS").ok().and_then(|n| n.parse().ok()).unwrap_or(50);
    for i in 0..moments {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let mut child = initialize(stage.directory.path(), TYPES[i % TYPES.len()], None);
        std::thread::sleep(Duration::from_millis((random >> 33) % 160));
        let _ = child.kill();
        let _ = child.wait();
    }
    settle(&stage);
}
