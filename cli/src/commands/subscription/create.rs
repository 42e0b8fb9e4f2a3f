//! `subscription create`: a project directory, whole or not at all.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use mapwright_transfer::state::Credentials;
use mapwright_transfer::subscription::{BIGCOMMERCE_TOKEN, IPAAS_TOKEN, Subscription as Settings};

use crate::arguments::SubscriptionCreate;
use crate::commands::{Result, exit};
use crate::file_trouble::{told, trouble};
use crate::project::{self, PROJECT_FILE};
use crate::terminal::{Trouble, note};
use crate::{kept, subscription};

use super::token_file;

pub fn create(create: &SubscriptionCreate) -> Result {
    let directory = &create.directory;
    free(directory)?;
    let (subscription, credentials) = asked_for(create)?;
    let made = Made::begin(directory);
    std::fs::create_dir_all(directory).map_err(|e| trouble(directory, &e))?;
    let state = kept::state_directory(directory);
    let _lock = subscription::lock(directory, "subscription create")?;
    credentials.write(&state).map_err(|e| Trouble::input(e.to_string()))?;
    git_ignore(directory)?;
    let installed = if create.default_mappings {
        Some(mapwright_defaults::install(directory).map_err(|e| told(&e))?)
    } else {
        let mappings = directory.join("mappings");
        std::fs::create_dir_all(&mappings).map_err(|e| trouble(&mappings, &e))?;
        None
    };
    // this file makes it a project, so it comes last
    subscription::write(directory, &subscription)?;
    made.keep();
    note(&format!("made {}", directory.join(PROJECT_FILE).display()));
    if let Some(installed) = installed {
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
    }
    Ok(exit(true))
}

/// Whether a project can be made there; a directory with other things in it will do.
fn free(directory: &Path) -> std::result::Result<(), Trouble> {
    let there = |path: &Path| std::fs::symlink_metadata(path).is_ok();
    if there(directory) && !directory.is_dir() {
        return Err(Trouble::usage(format!("{} is a file, and a project is a directory", directory.display()))
            .help("name another directory, or move the file away"));
    }
    if there(&directory.join(PROJECT_FILE)) {
        return Err(Trouble::usage(format!("{} is a project already", directory.display()))
            .help("change it with `mapwright subscription set`, or take another directory"));
    }
    for name in [".mapwright", "mappings"] {
        let path = directory.join(name);
        if there(&path) && !path.is_dir() {
            return Err(Trouble::usage(format!("{} is a file, and a project has a directory there", path.display()))
                .help("move it away, or take another directory"));
        }
    }
    let state = kept::state_directory(directory).join("state.db");
    if there(&state) {
        return Err(Trouble::usage(format!("{} is there already: the links of another subscription", state.display()))
            .help("put its mapwright.yaml back, or move `.mapwright` away, or take another directory"));
    }
    Ok(())
}

/// Settings and tokens, found right.
fn asked_for(create: &SubscriptionCreate) -> std::result::Result<(Settings, Credentials), Trouble> {
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
    let mut secrets = kept::secrets(&create.directory);
    if let Some(path) = &create.token_file {
        let file = token_file::read("--token-file", path)?;
        token_file::of_this_store(&file, &subscription)?;
        secrets.add(&file.token);
        credentials.set(BIGCOMMERCE_TOKEN, file.token);
        subscription.client_id = subscription.client_id.or(file.client_id);
    }
    if let Some(path) = &create.ipaas_token_file {
        let file = token_file::read("--ipaas-token-file", path)?;
        secrets.add(&file.token);
        credentials.set(IPAAS_TOKEN, file.token);
    }
    let given = [
        ("--name", Some(&subscription.name)),
        ("--store-hash", Some(&subscription.store_hash)),
        ("--api-url", Some(&subscription.api_url)),
        ("--client-id", subscription.client_id.as_ref()),
        ("--ipaas-url", Some(&subscription.ipaas_url)),
        ("--system-id", Some(&subscription.system_id)),
    ];
    if let Some((flag, _)) = given.iter().find(|(_, v)| v.is_some_and(|v| secrets.stand_in(v))) {
        return Err(Trouble::usage(format!(
            "`{flag}` is or holds one of the tokens, and mapwright.yaml holds no secrets"
        ))
        .help("look whether two values were mixed up"));
    }
    if let Err(errors) = subscription.check() {
        let list = errors.iter().map(|e| format!("\n  {e}")).collect::<String>();
        return Err(Trouble::usage(format!("the subscription cannot be made:{list}")));
    }
    Ok((subscription, credentials))
}

/// The tokens stay out of version control. A file that is there is the user's.
fn git_ignore(directory: &Path) -> std::result::Result<(), Trouble> {
    let path = directory.join(".gitignore");
    match std::fs::read_to_string(&path) {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
            std::fs::write(&path, ".mapwright/\n").map_err(|e| trouble(&path, &e))
        }
        Ok(text) if text.lines().any(|l| l.trim().trim_matches('/') == ".mapwright") => Ok(()),
        _ => {
            note(&format!("add a line `.mapwright/` to {}: tokens are kept there", path.display()));
            Ok(())
        }
    }
}

/// What was not there before: taken away again unless it is kept.
struct Made(Vec<PathBuf>);

impl Made {
    fn begin(directory: &Path) -> Made {
        let missing = |path: &Path| std::fs::symlink_metadata(path).is_err();
        let outermost = directory.ancestors().take_while(|d| !d.as_os_str().is_empty() && missing(d)).last();
        Made(match outermost {
            Some(outermost) => vec![outermost.to_owned()],
            None => {
                let parts = [".mapwright", ".gitignore", "mappings"].map(|name| directory.join(name));
                parts.into_iter().filter(|p| missing(p)).collect()
            }
        })
    }

    fn keep(mut self) {
        self.0.clear();
    }
}

impl Drop for Made {
    fn drop(&mut self) {
        for path in &self.0 {
            let _ = if path.is_dir() { std::fs::remove_dir_all(path) } else { std::fs::remove_file(path) };
        }
    }
}
