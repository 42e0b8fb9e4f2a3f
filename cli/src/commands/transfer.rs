//! `initialize`, `sync`, `retry`: a selection of records through the collections that are meant.

use std::path::Path;
use std::sync::Arc;

use mapwright_language::check::Collection;
use mapwright_language::diagnostic::{Severity, did_you_mean};
use mapwright_language::mapping_file::{Direction, SyncType};
use mapwright_language::schema::{Catalog, System};
use mapwright_transfer::http::Priority;
use mapwright_transfer::work::{Engine, Report, Selection, run};

use crate::arguments::{self, Format, Initialize, Retry, Sync};
use crate::progress::Progress;
use crate::project::{self, Mappings};
use crate::report;
use crate::subscription::Session;
use crate::terminal::{Trouble, note, out};

use super::{Result, exit};

pub fn initialize(arguments: &Initialize) -> Result {
    let wanted = Wanted { record: Some(&arguments.record), direction: arguments.direction, deletes: false };
    let given = Given {
        project: arguments.project.project.as_deref(),
        dry_run: arguments.dry_run,
        format: arguments.format,
        command: "initialize",
    };
    transfer(&wanted, &Selection::All, &given)
}

pub fn sync(arguments: &Sync) -> Result {
    let selection = match &arguments.changed_since {
        Some(time) => Selection::ChangedSince(time.parse().map_err(|_| {
            Trouble::usage(format!("`{time}` is no time"))
                .help("write it with date, time and offset: 2026-01-31T00:00:00Z")
        })?),
        None if arguments.ids.is_empty() => {
            return Err(Trouble::usage("say which records: ids of the source system, or `--changed-since TIME`")
                .help("all records of a type: `mapwright initialize TYPE`"));
        }
        None if arguments.deleted => Selection::Deleted(arguments.ids.clone()),
        None => Selection::Ids(arguments.ids.clone()),
    };
    let wanted = Wanted { record: Some(&arguments.record), direction: arguments.direction, deletes: arguments.deleted };
    let given = Given {
        project: arguments.project.project.as_deref(),
        dry_run: arguments.dry_run,
        format: arguments.format,
        command: "sync",
    };
    transfer(&wanted, &selection, &given)
}

pub fn retry(arguments: &Retry) -> Result {
    if !arguments.parked && !arguments.failed && arguments.ids.is_empty() {
        return Err(Trouble::usage("say what to try again: ids, `--parked` or `--failed`")
            .help("`mapwright status` lists what waits and what failed"));
    }
    let selection = Selection::Again {
        parked: arguments.parked || !arguments.ids.is_empty(),
        failed: arguments.failed || !arguments.ids.is_empty(),
    };
    let wanted = Wanted { record: None, direction: None, deletes: false };
    let given = Given {
        project: arguments.project.project.as_deref(),
        dry_run: false,
        format: arguments.format,
        command: "retry",
    };
    transfer(&wanted, &selection, &given)
}

struct Wanted<'a> {
    /// As typed; none: all types.
    record: Option<&'a str>,
    direction: Option<arguments::Direction>,
    deletes: bool,
}

struct Given<'a> {
    project: Option<&'a Path>,
    dry_run: bool,
    format: Format,
    command: &'a str,
}

fn transfer(wanted: &Wanted<'_>, selection: &Selection, given: &Given<'_>) -> Result {
    let directory = project::required(given.project)?;
    let mappings = project::mappings(Some(&directory))?;
    if mappings.diagnostics.iter().any(|d| d.severity == Severity::Error) {
        super::check::report(&mappings, Format::Text);
        return Err(Trouble::input("the mapping files have errors, so nothing is transferred")
            .help("mend what is reported above"));
    }
    let collections = chosen(&mappings, wanted)?;
    let session = Session::open(&directory, given.command)?;
    let progress = Arc::new(Progress::new());
    let mut engine =
        session.engine(progress.clone(), if given.command == "initialize" { Priority::Bulk } else { Priority::Live });
    engine.dry_run = given.dry_run;
    let runtime = runtime()?;
    let reports = runtime.block_on(all(&engine, &collections, selection));
    drop(engine.observer.clone());
    drop(progress);
    session.close()?;
    let bigcommerce = &session.connection.bigcommerce;
    match given.format {
        Format::Json => out(&format!("{:#}\n", report::json(&reports, bigcommerce))),
        Format::Text => {
            out(&report::text(&reports));
            if given.dry_run {
                out(&would_send(&engine));
            }
            note(report::calls(&reports, bigcommerce).trim_end());
        }
    }
    Ok(exit(report::well(&reports)))
}

/// What a dry run would send.
fn would_send(engine: &Engine) -> String {
    let requests = engine.requests.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let mut text = format!("\nwould send {} requests\n", requests.len());
    for request in requests.iter() {
        let body = request.body.as_ref().map(mapwright_language::json::write).unwrap_or_default();
        text.push_str(&format!("  {:?} {} {body}\n", request.method, request.path));
    }
    text
}

/// The runtime that everything runs on.
pub fn runtime() -> std::result::Result<tokio::runtime::Runtime, Trouble> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(|e| Trouble {
        message: format!("the runtime cannot be started: {e}"),
        help: None,
        code: 70,
    })
}

/// One collection after the other; Ctrl-C finishes what is in flight.
pub async fn all(engine: &Engine, collections: &[&Collection], selection: &Selection) -> Vec<Report> {
    let stop = engine.stop.clone();
    let watch = tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            note("finishing what is in flight; the same command goes on later");
            stop.ask();
        }
    });
    let mut reports = Vec::new();
    for collection in collections {
        if engine.stop.is_asked() {
            break;
        }
        if let Some(plan) = &collection.plan {
            reports.push(run(engine, plan, selection.clone()).await);
        }
    }
    watch.abort();
    reports
}

/// The root collections that are meant, in the order in which types are loaded.
fn chosen<'a>(mappings: &'a Mappings, wanted: &Wanted<'_>) -> std::result::Result<Vec<&'a Collection>, Trouble> {
    let catalog = Catalog::builtin();
    let record = match wanted.record {
        None => None,
        Some(typed) => match catalog.find(typed).filter(|r| r.system == System::Ipaas) {
            Some(record) => Some(record.name.clone()),
            None => {
                let near = did_you_mean(typed, catalog.names(System::Ipaas));
                let help = near.map_or_else(
                    || String::from("types are iPaaS.com's: `mapwright schema` lists them"),
                    |n| format!("did you mean `{n}`?"),
                );
                return Err(Trouble::usage(format!("there is no record type `{typed}`")).help(help));
            }
        },
    };
    let direction =
        wanted.direction.map(|d| if d == arguments::Direction::To { Direction::To } else { Direction::From });
    let mut found: Vec<&Collection> = mappings
        .library
        .collections
        .iter()
        .filter(|c| {
            c.is_root && record.as_ref().is_none_or(|r| *r == c.record) && direction.is_none_or(|d| d == c.direction)
        })
        .filter(|c| (c.sync == SyncType::Delete) == wanted.deletes)
        .collect();
    if let Some(record) = &record {
        if found.is_empty() {
            return Err(Trouble::input(format!("no collection of this project transfers {record} that way"))
                .help("`mapwright check` reads the project's collections"));
        }
        if direction.is_none()
            && found.iter().any(|c| c.direction != Direction::To)
            && found.iter().any(|c| c.direction != Direction::From)
        {
            return Err(Trouble::usage(format!("{record} goes both ways"))
                .help("say which: `--direction to` or `--direction from` iPaaS.com"));
        }
    }
    let order = |c: &Collection| catalog.record(c.source_type()).map_or(u16::MAX, |r| r.route.load_order);
    found.sort_by_key(|c| order(c));
    Ok(found)
}
