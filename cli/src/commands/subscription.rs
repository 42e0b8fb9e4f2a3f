//! `subscription`: one store connected to one iPaaS.com company.

use std::collections::BTreeMap;
use std::path::Path;

use mapwright_transfer::state::Credentials;
use mapwright_transfer::subscription::{BIGCOMMERCE_TOKEN, CredentialFile, IPAAS_TOKEN, Subscription as Settings};

use crate::arguments::{Format, Subscription, SubscriptionCreate, SubscriptionSet};
use crate::project::{self, PROJECT_FILE};
use crate::subscription as kept;
use crate::terminal::{Trouble, note, out, table};

use super::{Result, exit};

pub fn run(arguments: &Subscription) -> Result {
    match arguments {
        Subscription::Create(create) => self::create(create),
        Subscription::Show(show) => {
            let directory = project::required(show.project.project.as_deref())?;
            self::show(&directory, show.format)
        }
        Subscription::Set(set) => self::set(set),
        Subscription::Remove(remove) => {
            let directory = project::required(remove.project.project.as_deref())?;
            if !remove.yes {
                return Err(Trouble::usage("this forgets credentials, links and the journal of intended writes")
                    .help("say `--yes` if that is meant; mapping files stay"));
            }
            let state = kept::state_directory(&directory);
            for path in [&state, &directory.join(PROJECT_FILE)] {
                let removed = if path.is_dir() { std::fs::remove_dir_all(path) } else { std::fs::remove_file(path) };
                match removed {
                    Err(e) if e.kind() != std::io::ErrorKind::NotFound => {
                        return Err(Trouble::input(format!("{}: {e}", path.display())));
                    }
                    _ => {}
                }
            }
            note("the subscription is forgotten; its mapping files are still there");
            Ok(exit(true))
        }
    }
}

fn create(create: &SubscriptionCreate) -> Result {
    let directory = &create.directory;
    if directory.join(PROJECT_FILE).exists() {
        return Err(Trouble::usage(format!("{} is a project already", directory.display()))
            .help("change it with `mapwright subscription set`, or take another directory"));
    }
    let mut subscription = Settings {
        name: create.name.clone(),
        store_hash: create.store_hash.clone(),
        api_url: create.api_url.trim_end_matches('/').to_owned(),
        client_id: create.client_id.clone(),
        ipaas_url: create.ipaas_url.trim_end_matches('/').to_owned(),
        system_id: create.system_id.clone(),
        time_zone: String::from("UTC"),
        throttle: None,
        settings: BTreeMap::new(),
    };
    let mut credentials = Credentials::default();
    if let Some(path) = &create.token_file {
        let file = CredentialFile::read(&project::read_text(path)?)
            .map_err(|e| Trouble::input(format!("{}: {e}", path.display())))?;
        credentials.set(BIGCOMMERCE_TOKEN, file.token);
        subscription.client_id = subscription.client_id.or(file.client_id);
    }
    if let Some(path) = &create.ipaas_token_file {
        let file = CredentialFile::read(&project::read_text(path)?)
            .map_err(|e| Trouble::input(format!("{}: {e}", path.display())))?;
        credentials.set(IPAAS_TOKEN, file.token);
    }
    if let Err(errors) = subscription.check() {
        let list = errors.iter().map(|e| format!("\n  {e}")).collect::<String>();
        return Err(Trouble::usage(format!("the subscription cannot be made:{list}")));
    }
    std::fs::create_dir_all(directory).map_err(|e| Trouble::input(format!("{}: {e}", directory.display())))?;
    credentials.write(&kept::state_directory(directory)).map_err(|e| Trouble::input(e.to_string()))?;
    write_beside(directory, ".gitignore", ".mapwright/\n")?;
    kept::write(directory, &subscription)?;
    note(&format!("made {}", directory.join(PROJECT_FILE).display()));
    if create.default_mappings {
        let installed = mapwright_defaults::install(directory).map_err(|e| Trouble::input(e.to_string()))?;
        note(&format!(
            "wrote {} mapping files below {}",
            installed.written.len(),
            directory.join("mappings").display()
        ));
        let mappings = project::mappings(Some(directory))?;
        let reviews: Vec<String> = mappings
            .library
            .collections
            .iter()
            .flat_map(|c| c.reviews().map(|l| format!("`{l}` of {}", c.name)))
            .collect();
        if !reviews.is_empty() {
            note(&format!("look at these lookups before the first transfer: {}", reviews.join(", ")));
        }
    } else {
        std::fs::create_dir_all(directory.join("mappings")).map_err(|e| Trouble::input(e.to_string()))?;
    }
    Ok(exit(true))
}

/// A file that is only written where there is none.
fn write_beside(directory: &Path, name: &str, text: &str) -> std::result::Result<(), Trouble> {
    let path = directory.join(name);
    if path.exists() {
        return Ok(());
    }
    std::fs::write(&path, text).map_err(|e| Trouble::input(format!("{}: {e}", path.display())))
}

fn show(directory: &Path, format: Format) -> Result {
    let subscription = kept::read(directory)?;
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
    let has = |name: &str| if credentials.get(name).is_some() { "kept" } else { "from the environment" };
    let roots: Vec<&str> = mappings.library.collections.iter().filter(|c| c.is_root).map(|c| c.name.as_str()).collect();
    if format == Format::Json {
        let json = serde_json::json!({ "subscription": subscription, "bigcommerce_token": has(BIGCOMMERCE_TOKEN), "ipaas_token": has(IPAAS_TOKEN), "scopes": scopes, "collections": roots });
        out(&format!("{json:#}\n"));
        return Ok(exit(true));
    }
    let mut rows = vec![
        vec![String::from("name"), subscription.name.clone()],
        vec![String::from("store"), format!("{} at {}", subscription.store_hash, subscription.api_url)],
        vec![String::from("iPaaS.com"), format!("system {} at {}", subscription.system_id, subscription.ipaas_url)],
        vec![String::from("time zone"), subscription.time_zone.clone()],
        vec![String::from("BigCommerce token"), has(BIGCOMMERCE_TOKEN).to_owned()],
        vec![String::from("iPaaS.com token"), has(IPAAS_TOKEN).to_owned()],
        vec![String::from("scopes needed"), scopes.join(", ")],
    ];
    rows.extend(subscription.settings.iter().map(|(n, v)| vec![format!("setting {n}"), v.clone()]));
    rows.extend(roots.iter().map(|r| vec![String::from("collection"), (*r).to_owned()]));
    out(&table(&rows));
    Ok(exit(true))
}

fn set(set: &SubscriptionSet) -> Result {
    let directory = project::required(set.project.project.as_deref())?;
    let mut subscription = kept::read(&directory)?;
    for change in &set.values {
        let Some((name, value)) = change.split_once('=') else {
            return Err(Trouble::usage(format!("`{change}` is no `name=value`"))
                .help("an empty value takes a setting away: `name=`"));
        };
        if name.contains("token") || name.contains("secret") {
            return Err(Trouble::usage(format!("`{name}` looks like a secret, and this file holds none"))
                .help("tokens come from `--token-file` at creation, or from the environment"));
        }
        subscription.set(name.trim(), value.trim()).map_err(|e| Trouble::usage(e.to_string()))?;
    }
    kept::write(&directory, &subscription)?;
    Ok(exit(true))
}
