//! `sandbox`: a local BigCommerce and iPaaS.com.

use std::time::Duration;

use mapwright_sandbox::{Options, Sandbox as LocalSystems, fault_list};

use crate::arguments::{Sandbox, SandboxCommand};
use crate::terminal::{Trouble, note, out};

use super::{Result, exit};

/// Longest lag, seconds: the sandbox remembers no more of its past.
const LONGEST_LAG: f64 = 600.0;

pub fn run(arguments: &Sandbox) -> Result {
    if let Some(SandboxCommand::Faults) = arguments.command {
        out(&fault_list());
        return Ok(exit(true));
    }
    if !(0.0..=LONGEST_LAG).contains(&arguments.lag) {
        return Err(
            Trouble::usage(format!("a lag of {} seconds is not possible", arguments.lag)).help("0 to 600 seconds")
        );
    }
    if !(0.1..=3600.0).contains(&arguments.window) {
        return Err(Trouble::usage(format!("a window of {} seconds is not possible", arguments.window))
            .help("0.1 to 3600 seconds"));
    }
    let options = Options {
        seed: arguments.seed,
        records: arguments.records as usize,
        quota: arguments.quota,
        window: Duration::from_secs_f64(arguments.window),
        state: arguments.state.clone(),
        port: arguments.port,
        rules: arguments.faults.clone(),
        lag: Duration::from_secs_f64(arguments.lag),
        ..Options::default()
    };
    super::transfer::runtime()?.block_on(async {
        let running = LocalSystems::start(options).await.map_err(|e| Trouble::input(e.to_string()))?;
        let c = running.credentials();
        out(&format!(
            "BigCommerce: {}/stores/{}\niPaaS.com:   {}\n\nThe tokens are the sandbox's own and good for nothing else. Try:\n\n  \
             printf %s {} > bigcommerce.token; printf %s {} > ipaas.token\n  \
             mapwright subscription create my-store --name \"My store\" --store-hash {} --api-url {} \\\n    \
             --ipaas-url {} --system-id {} --token-file bigcommerce.token --ipaas-token-file ipaas.token --default-mappings\n",
            c.api_url, c.store_hash, c.ipaas_url, c.access_token, c.ipaas_token, c.store_hash, c.api_url, c.ipaas_url, c.system_id
        ));
        note("running until Ctrl-C");
        let _ = tokio::signal::ctrl_c().await;
        running.stop().await;
        Ok(exit(true))
    })
}
