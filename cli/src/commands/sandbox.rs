//! `sandbox`: a local BigCommerce and iPaaS.com.

use std::time::Duration;

use mapwright_sandbox::{Options, Sandbox as LocalSystems};

use crate::arguments::Sandbox;
use crate::terminal::{Trouble, note, out};

use super::{Result, exit};

pub fn run(arguments: &Sandbox) -> Result {
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
