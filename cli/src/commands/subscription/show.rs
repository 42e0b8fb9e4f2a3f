//! `subscription show`: everything but the tokens themselves.

use std::path::Path;

use mapwright_transfer::state::Credentials;
use mapwright_transfer::subscription::{BIGCOMMERCE_TOKEN, BIGCOMMERCE_VARIABLE, IPAAS_TOKEN, IPAAS_VARIABLE};

use crate::arguments::Format;
use crate::commands::{Result, exit};
use crate::project;
use crate::terminal::{Trouble, out, out_json, table};
use crate::{kept, subscription};

pub fn show(directory: &Path, format: Format) -> Result {
    let subscription = subscription::read(directory)?;
    let credentials =
        Credentials::read(&kept::state_directory(directory)).map_err(|e| Trouble::input(e.to_string()))?;
    let mappings = project::mappings(Some(directory))?;
    let mut scopes: Vec<String> = Vec::new();
    let catalog = mapwright_language::schema::Catalog::builtin();
    for collection in &mappings.library.collections {
        for record in [collection.source_type(), collection.target_type()] {
            let route = catalog.record(record).map(|r| &r.route);
            let calls = route
                .into_iter()
                .flat_map(|r| r.read.iter().chain(r.list.iter().map(|l| &l.call)).chain(&r.create).chain(&r.update));
            scopes.extend(calls.filter_map(|c| c.scope.clone()));
        }
    }
    scopes.sort();
    scopes.dedup();
    let bigcommerce = Source::of(&credentials, BIGCOMMERCE_TOKEN, BIGCOMMERCE_VARIABLE);
    let ipaas = Source::of(&credentials, IPAAS_TOKEN, IPAAS_VARIABLE);
    let roots: Vec<&str> = mappings.library.collections.iter().filter(|c| c.is_root).map(|c| c.name.as_str()).collect();
    if format == Format::Json {
        let json = serde_json::json!({ "subscription": subscription, "bigcommerce_token": bigcommerce.word(), "ipaas_token": ipaas.word(), "scopes": scopes, "collections": roots });
        out_json(&json);
        return Ok(exit(true));
    }
    let mut rows = vec![
        vec![String::from("name"), subscription.name.clone()],
        vec![String::from("store"), format!("{} at {}", subscription.store_hash, subscription.api_url)],
        vec![String::from("iPaaS.com"), format!("system {} at {}", subscription.system_id, subscription.ipaas_url)],
        vec![String::from("time zone"), subscription.time_zone.clone()],
        vec![String::from("BigCommerce token"), bigcommerce.said("--token-file", BIGCOMMERCE_VARIABLE)],
        vec![String::from("iPaaS.com token"), ipaas.said("--ipaas-token-file", IPAAS_VARIABLE)],
        vec![String::from("scopes needed"), scopes.join(", ")],
    ];
    rows.extend(subscription.settings.iter().map(|(n, v)| vec![format!("setting {n}"), v.clone()]));
    rows.extend(roots.iter().map(|r| vec![String::from("collection"), (*r).to_owned()]));
    out(&table(&rows));
    Ok(exit(true))
}

/// Where a token comes from. The environment goes before what is kept.
enum Source {
    Environment,
    Kept,
    Missing,
}

impl Source {
    fn of(credentials: &Credentials, name: &str, variable: &str) -> Source {
        use secrecy::ExposeSecret as _;
        if std::env::var(variable).is_ok_and(|v| !v.trim().is_empty()) {
            Source::Environment
        } else if credentials.get(name).is_some_and(|t| !t.expose_secret().is_empty()) {
            Source::Kept
        } else {
            Source::Missing
        }
    }

    fn word(&self) -> &'static str {
        match self {
            Source::Environment => "from the environment",
            Source::Kept => "kept",
            Source::Missing => "missing",
        }
    }

    fn said(&self, flag: &str, variable: &str) -> String {
        match self {
            Source::Missing => {
                format!("missing: set `{variable}`, or keep it with `mapwright subscription set {flag} FILE`")
            }
            known => known.word().to_owned(),
        }
    }
}
