//! `demo`: the whole story on built-in defaults, in a directory of its own. A second run finds everything unchanged.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use mapwright_language::check::Collection;
use mapwright_language::mapping_file::Direction;
use mapwright_language::schema::Catalog;
use mapwright_sandbox::{Credentials, Options, Sandbox};
use mapwright_transfer::http::Priority;
use mapwright_transfer::work::{Report, Selection};
use secrecy::SecretString;

use crate::arguments::{Demo, Format};
use crate::kept;
use crate::progress::Progress;
use crate::project::{self, Mappings};
use crate::report;
use crate::subscription::{self, Session};
use crate::terminal::{Trouble, note, out, out_json, plural};

use super::collections::after_deletion;
use super::transfer::Move;
use super::{Result, exit};

/// Where everything of the demo lies.
const DIRECTORY: &str = ".mapwright/demo";
/// The window is scaled down from 30 seconds, so that the demo takes half a minute.
const WINDOW: Duration = Duration::from_secs(2);

pub fn run(arguments: &Demo) -> Result {
    let directory = Path::new(DIRECTORY);
    if arguments.fresh && directory.exists() {
        std::fs::remove_dir_all(directory).map_err(|e| Trouble::input(format!("{}: {e}", directory.display())))?;
    }
    crate::signals::catch();
    let first = !directory.join(project::PROJECT_FILE).exists();
    std::fs::create_dir_all(directory).map_err(|e| Trouble::input(format!("{}: {e}", directory.display())))?;
    super::transfer::runtime()?.block_on(story(directory, first, arguments))
}

async fn story(directory: &Path, first: bool, arguments: &Demo) -> Result {
    let options = Options {
        records: arguments.records as usize,
        window: WINDOW,
        state: Some(directory.join("sandbox")),
        ..Options::default()
    };
    let sandbox = Sandbox::start(options)
        .await
        .map_err(|e| Trouble::input(e.to_string()).help("`mapwright demo --fresh` starts over"))?;
    connect(directory, &sandbox.credentials())?;
    let installed = mapwright_defaults::install(directory).map_err(|e| Trouble::input(e.to_string()))?;
    let mappings = project::mappings(Some(directory))?;
    note(&format!(
        "{} a subscription with {} in {}",
        if first { "made" } else { "found" },
        plural(installed.written.len() + installed.same.len() + installed.kept.len(), "mapping file"),
        directory.display()
    ));
    super::check::report(&mappings, Format::Text);
    if mappings.diagnostics.has_errors() {
        return Err(
            Trouble::input("the mapping files of the demo have errors").help("`mapwright demo --fresh` starts over")
        );
    }
    let session = Session::open(directory, "demo")?;
    let reports = transfer(&session, &mappings).await;
    session.close();
    let statistics = sandbox.statistics();
    sandbox.stop().await;
    if arguments.format == Format::Json {
        out_json(&report::json(&reports, &session.connection));
    } else {
        out("\n");
        out(&report::text(&reports));
        out("\n");
        out(&report::calls(&session.connection));
        let written: u64 = reports.iter().map(|r| r.records.written).sum();
        if written == 0 {
            out("nothing was written: all that can be transferred is in place already\n");
        }
        out(&format!(
            "\nlook around: the project is {DIRECTORY} (mappings/, mapwright.yaml)\n  mapwright status --project {DIRECTORY}\n  mapwright explain \"BC Products\" --project {DIRECTORY}\n"
        ));
    }
    if statistics.violation_count > 0 {
        note(&format!(
            "{} requests broke BigCommerce's request schemas; please report this",
            statistics.violation_count
        ));
    }
    let stopped = reports.iter().any(|r| r.interrupted.is_some());
    Ok(exit(!stopped && statistics.violation_count == 0))
}

/// Initialization in the order in which types are loaded, then everything once more for what waited.
async fn transfer(session: &Session, mappings: &Mappings) -> Vec<Report> {
    let catalog = Catalog::builtin();
    let mut collections: Vec<&Collection> =
        mappings.library.collections.iter().filter(|c| c.is_root && !after_deletion(c.sync)).collect();
    // what the store knows of a record goes first, so that nothing is left to be written back the next time
    collections.sort_by_key(|c| {
        (catalog.record(c.source_type()).map_or(u16::MAX, |r| r.route.load_order), c.direction == Direction::From)
    });
    let progress = Arc::new(Progress::new());
    let engine = session.engine(progress.clone(), Priority::Bulk, &mappings.library);
    let moves: Vec<_> =
        collections.into_iter().map(|collection| Move { collection, selection: Selection::All }).collect();
    super::transfer::all(&engine, &session.connection, &moves, progress).await
}

/// The project's settings and tokens follow the sandbox, whose port is a new one each time.
fn connect(directory: &Path, credentials: &Credentials) -> std::result::Result<(), Trouble> {
    let subscription = mapwright_transfer::subscription::Subscription {
        name: String::from("Demo"),
        store_hash: credentials.store_hash.clone(),
        api_url: credentials.api_url.clone(),
        client_id: Some(credentials.client_id.clone()),
        ipaas_url: credentials.ipaas_url.clone(),
        system_id: credentials.system_id.clone(),
        time_zone: String::from("UTC"),
        throttle: None,
        settings: std::collections::BTreeMap::new(),
    };
    let mut tokens = mapwright_transfer::state::Credentials::default();
    tokens.set(
        mapwright_transfer::subscription::BIGCOMMERCE_TOKEN,
        SecretString::from(credentials.access_token.as_str()),
    );
    tokens.set(mapwright_transfer::subscription::IPAAS_TOKEN, SecretString::from(credentials.ipaas_token.as_str()));
    tokens.write(&kept::state_directory(directory)).map_err(|e| Trouble::input(e.to_string()))?;
    subscription::write(directory, &subscription)
}
