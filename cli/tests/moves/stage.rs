//! A sandbox, and a project of the binary that is subscribed to it.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use mapwright_sandbox::{Options, Running, Sandbox};

const BINARY: &str = env!("CARGO_BIN_EXE_mapwright");

pub struct Stage {
    pub runtime: tokio::runtime::Runtime,
    pub sandbox: Running,
    pub directory: tempfile::TempDir,
}

/// What a command gave.
#[derive(Debug)]
pub struct Told {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Told {
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap_or_else(|e| panic!("{e}: {self:#?}"))
    }

    /// `read` to `failed` of a collection in the table.
    pub fn row(&self, collection: &str) -> Vec<u64> {
        let line = self.out.lines().find_map(|line| line.strip_prefix(collection));
        let line = line.unwrap_or_else(|| panic!("no row of {collection}: {self:#?}"));
        line.split_whitespace().map(|n| n.parse().unwrap()).collect()
    }
}

impl Stage {
    pub fn new() -> Stage {
        Stage::with(Options { records: 12, quota: 100_000, window: Duration::from_secs(1), ..Options::default() })
    }

    pub fn with(options: Options) -> Stage {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let sandbox = runtime.block_on(Sandbox::start(options)).unwrap();
        let directory = tempfile::tempdir().unwrap();
        let c = sandbox.credentials();
        std::fs::write(directory.path().join("bc"), &c.access_token).unwrap();
        std::fs::write(directory.path().join("ip"), &c.ipaas_token).unwrap();
        let stage = Stage { runtime, sandbox, directory };
        let made = stage.run(&[
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
            "--store-hash",
            &c.store_hash,
            "--api-url",
            &c.api_url,
            "--ipaas-url",
            &c.ipaas_url,
            "--system-id",
            &c.system_id.to_string(),
        ]);
        assert_eq!(made.code, Some(0), "{made:#?}");
        stage
    }

    pub fn path(&self) -> &Path {
        self.directory.path()
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(BINARY);
        command.current_dir(self.path()).args(arguments).env("NO_COLOR", "1").env("MAPWRIGHT_TEST_READ_LAG_MS", "20");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    pub fn start(&self, arguments: &[&str]) -> Child {
        self.command(arguments).spawn().unwrap()
    }

    pub fn run(&self, arguments: &[&str]) -> Told {
        told(self.start(arguments))
    }

    /// Ids of iPaaS.com products that go into the store and are not there yet.
    pub fn products(&self) -> Vec<String> {
        let dry = self.run(&["initialize", "product", "--dry-run", "--format", "json"]).json();
        let skus: Vec<String> = dry["would_send"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|r| r["path"] == "/catalog/products")
            .map(|r| r["body"]["sku"].as_str().unwrap().to_owned())
            .collect();
        let c = self.sandbox.credentials();
        let all = self.get(&format!("{}/products/v2/Catalog/Products?pageNumber=1&pageSize=100", c.ipaas_url));
        let goes = |p: &&serde_json::Value| skus.iter().any(|sku| p["sku"] == sku.as_str());
        all.as_array().unwrap().iter().filter(goes).map(|p| p["id"].as_str().unwrap().to_owned()).collect()
    }

    pub fn get(&self, url: &str) -> serde_json::Value {
        let c = self.sandbox.credentials();
        self.runtime.block_on(async {
            let request = reqwest::Client::new().get(url);
            let request = request.header("X-Auth-Token", &c.access_token).bearer_auth(&c.ipaas_token);
            serde_json::from_slice(&request.send().await.unwrap().bytes().await.unwrap()).unwrap()
        })
    }

    /// Calls that the sandbox was asked so far.
    pub fn calls(&self) -> u64 {
        let statistics = self.sandbox.statistics();
        statistics.requests("bigcommerce") + statistics.requests("ipaas")
    }

    /// Replaces a line of `mapwright.yaml`.
    pub fn set(&self, name: &str, value: &str) {
        let path = self.path().join("mapwright.yaml");
        let text = std::fs::read_to_string(&path).unwrap();
        let with = |line: &str| match line.starts_with(&format!("{name}:")) {
            true => format!("{name}: \"{value}\"\n"),
            false => format!("{line}\n"),
        };
        std::fs::write(&path, text.lines().map(with).collect::<String>()).unwrap();
    }
}

pub fn told(child: Child) -> Told {
    let output = child.wait_with_output().unwrap();
    Told {
        code: output.status.code(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Waits until something holds.
pub fn until(mut holds: impl FnMut() -> bool) {
    let begin = Instant::now();
    while !holds() {
        assert!(begin.elapsed() < Duration::from_secs(60), "it does not come");
        std::thread::sleep(Duration::from_millis(10));
    }
}
