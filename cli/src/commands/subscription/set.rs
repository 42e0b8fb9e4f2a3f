//! `subscription set`: settings, and other tokens.

use std::path::Path;

use mapwright_language::diagnostic::did_you_mean;
use mapwright_language::mapping_file::SettingError;
use mapwright_transfer::state::Credentials;
use mapwright_transfer::subscription::{
    BIGCOMMERCE_TOKEN, IPAAS_TOKEN, Secrets, Subscription as Settings, names_a_secret,
};

use crate::arguments::SubscriptionSet;
use crate::commands::{Result, exit};
use crate::project;
use crate::settings_file::declared_settings;
use crate::terminal::{Trouble, note};
use crate::{kept, subscription};

use super::token_file;

/// A longer name is not shown: somebody may have pasted something else.
const MOST_SHOWN: usize = 40;

pub fn set(set: &SubscriptionSet) -> Result {
    let directory = project::subscribed(set.project.project.as_deref())?;
    let _lock = subscription::lock(&directory, "subscription set")?;
    let mut subscription = subscription::read(&directory)?;
    let state = kept::state_directory(&directory);
    let mut credentials = Credentials::read(&state).map_err(|e| Trouble::input(e.to_string()))?;
    let mut secrets = kept::secrets(&directory);
    let mut tokens = Vec::new();
    let bigcommerce = set.token_file.as_deref().map(|p| token_file::read("--token-file", p)).transpose()?;
    if let Some(file) = &bigcommerce {
        secrets.add(&file.token);
        credentials.set(BIGCOMMERCE_TOKEN, file.token.clone());
        subscription.client_id = file.client_id.clone().or(subscription.client_id);
        tokens.push("BigCommerce's token");
    }
    if let Some(path) = &set.ipaas_token_file {
        let file = token_file::read("--ipaas-token-file", path)?;
        secrets.add(&file.token);
        credentials.set(IPAAS_TOKEN, file.token);
        tokens.push("iPaaS.com's token");
    }
    for (i, change) in set.values.iter().enumerate() {
        let Some((name, value)) = change.split_once('=') else {
            return Err(Trouble::usage(format!("change {} is no `name=value`: there is no `=` in it", i + 1))
                .help("an empty value takes a setting away: `name=`"));
        };
        let name = name.trim();
        // a prefix may well end with a blank
        let value = if Settings::OWN.contains(&name) { value.trim() } else { value };
        allowed(name, value, &directory, &subscription, &secrets)?;
        subscription.set(name, value).map_err(|e| Trouble::usage(e.to_string()))?;
    }
    if let Some(file) = &bigcommerce {
        token_file::of_this_store(file, &subscription)?;
    }
    // nothing was written until all of it was found right
    if !tokens.is_empty() {
        credentials.write(&state).map_err(|e| Trouble::input(e.to_string()))?;
        note(&format!("{} kept in {}", tokens.join(" and "), state.display()));
    }
    subscription::write(&directory, &subscription)?;
    Ok(exit(true))
}

/// Whether a setting may be given: no secret, and one that is known or that a mapping file declares.
fn allowed(
    name: &str,
    value: &str,
    directory: &Path,
    subscription: &Settings,
    secrets: &Secrets,
) -> std::result::Result<(), Trouble> {
    let keeping = "`mapwright subscription set --token-file FILE` keeps BigCommerce's token, `--ipaas-token-file FILE` iPaaS.com's; or give them by the environment";
    let shown = if secrets.stand_in(name) || name.chars().count() > MOST_SHOWN {
        String::from("a setting of that name")
    } else {
        format!("`{name}`")
    };
    if names_a_secret(name) {
        return Err(Trouble::usage(format!("{shown} looks like a secret, and mapwright.yaml holds none")).help(keeping));
    }
    if secrets.stand_in(value) {
        return Err(Trouble::usage(format!(
            "the value of {shown} is or holds a token of this subscription, and mapwright.yaml holds no secrets"
        ))
        .help(keeping));
    }
    // what is there can be taken away, whoever asks for it
    let there = value.is_empty() && subscription.settings.contains_key(name);
    if there || Settings::OWN.contains(&name) {
        return Ok(());
    }
    let mappings = project::mappings_alone(directory)?;
    let declared = declared_settings(&mappings.library);
    let asked: Vec<_> = declared.iter().filter(|d| d.setting.name.value == name).collect();
    if !asked.is_empty() {
        // an empty value takes it away
        let wrong = asked.iter().find_map(|d| d.setting.kind.value.read(Some(value), false).err());
        return match wrong {
            Some(SettingError::Not(kind)) => {
                let what = SettingError::Not(kind);
                Err(Trouble::usage(format!("the setting {shown} {what}, this is `{}`", value.escape_debug()))
                    .help(kind.form()))
            }
            _ => Ok(()),
        };
    }
    let listed = |names: &[&str]| names.iter().map(|n| format!("`{n}`")).collect::<Vec<_>>().join(", ");
    let custom: Vec<&str> = declared.iter().map(|d| d.setting.name.value.as_str()).collect();
    let mut help = match did_you_mean(name, Settings::OWN.iter().copied().chain(custom.iter().copied())) {
        Some(near) => format!("did you mean `{near}`? "),
        None => String::new(),
    };
    help.push_str(&format!("the settings are {}; ", listed(Settings::OWN)));
    help.push_str(&if custom.is_empty() {
        String::from("the mapping files of this project declare no others")
    } else {
        format!("the mapping files of this project declare {}", listed(&custom))
    });
    if mappings.diagnostics.has_errors() {
        help.push_str(", as far as they can be read: mend what `mapwright check` reports");
    }
    Err(Trouble::usage(format!("there is no setting {}", shown.trim_start_matches("a setting "))).help(help))
}
