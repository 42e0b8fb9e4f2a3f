//! `initialize`, `sync`: a selection of records through the collections that are meant.

use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use mapwright_language::check::{Collection, Library};
use mapwright_language::schema::Catalog;
use mapwright_transfer::connect::ids::fits;
use mapwright_transfer::http::Priority;
use mapwright_transfer::subscription::Connection;
use mapwright_transfer::work::{Engine, Report, Selection, direction_word, run};

use crate::arguments::{Format, Initialize, Sync};
use crate::progress::Progress;
use crate::project::{self, Mappings};
use crate::report;
use crate::signals;
use crate::subscription::{self, Session};
use crate::terminal::{Trouble, note, out, out_json};

use super::collections::{Wanted, chosen, of_argument, sound};
use super::order;
use super::{Result, exit};

pub fn initialize(arguments: &Initialize) -> Result {
    let given = Given {
        project: arguments.project.project.as_deref(),
        dry_run: arguments.dry_run,
        format: arguments.format,
        command: "initialize",
    };
    let Some(record) = &arguments.record else {
        return transfer(|mappings| Ok(every(mappings, arguments)), Which::Selection(Selection::All), &given);
    };
    let wanted = Wanted { record, direction: arguments.direction, deletes: false };
    transfer(|mappings| chosen(mappings, &wanted), Which::Selection(Selection::All), &given)
}

pub fn sync(arguments: &Sync) -> Result {
    let which = match &arguments.changed_since {
        Some(time) => Which::ChangedSince(time),
        None if arguments.ids.is_empty() => {
            return Err(Trouble::usage("say which records: ids of the source system, or `--changed-since TIME`")
                .help("all records of a type: `mapwright initialize TYPE`"));
        }
        None if arguments.deleted => Which::Selection(Selection::Deleted(arguments.ids.clone())),
        None => Which::Selection(Selection::Ids(arguments.ids.clone())),
    };
    let wanted = Wanted { record: &arguments.record, direction: arguments.direction, deletes: arguments.deleted };
    let given = Given {
        project: arguments.project.project.as_deref(),
        dry_run: arguments.dry_run,
        format: arguments.format,
        command: "sync",
    };
    transfer(|mappings| chosen(mappings, &wanted), which, &given)
}

/// All collections in the order of their links, which is said before anything is sent.
fn every<'m>(mappings: &'m Mappings, arguments: &Initialize) -> Vec<&'m Collection> {
    let direction = arguments.direction.map(of_argument);
    let steps = order::of(&mappings.library, direction);
    if arguments.format == Format::Text {
        note(order::text(&steps).trim_end());
    }
    steps.into_iter().map(|step| step.collection).collect()
}

struct Given<'a> {
    project: Option<&'a Path>,
    dry_run: bool,
    format: Format,
    command: &'a str,
}

enum Which<'a> {
    Selection(Selection),
    /// As typed: what it means depends on the subscription's time zone.
    ChangedSince(&'a str),
}

/// A collection and the records that go through it.
pub struct Move<'a> {
    pub collection: &'a Collection,
    pub selection: Selection,
}

fn transfer(
    meant: impl for<'m> FnOnce(&'m Mappings) -> std::result::Result<Vec<&'m Collection>, Trouble>,
    which: Which<'_>,
    given: &Given<'_>,
) -> Result {
    signals::catch();
    let directory = project::required(given.project)?;
    let mappings = project::mappings(Some(&directory))?;
    sound(&mappings)?;
    let collections = meant(&mappings)?;
    let selection = match which {
        Which::Selection(selection) => selection,
        Which::ChangedSince(time) => {
            Selection::ChangedSince(changed_since(time, &subscription::read(&directory)?.zone())?)
        }
    };
    for collection in &collections {
        possible(collection, &selection)?;
    }
    let session = Session::open(&directory, given.command)?;
    let moves = collections.into_iter().map(|collection| Move { collection, selection: selection.clone() }).collect();
    let (reports, engine) = carried_out(&session, &mappings.library, moves, given)?;
    match given.format {
        Format::Json => {
            let mut json = report::json(&reports, &session.connection);
            if let Some(object) = json.as_object_mut().filter(|_| given.dry_run) {
                object.insert(String::from("would_send"), report::requests_json(&engine));
            }
            out_json(&json);
        }
        Format::Text => {
            out(&report::text(&reports));
            if given.dry_run {
                out(&report::requests_text(&engine));
            }
            note(report::calls(&session.connection).trim_end());
        }
    }
    Ok(exit(report::well(&reports)))
}

fn carried_out(
    session: &Session,
    library: &Library,
    moves: Vec<Move<'_>>,
    given: &Given<'_>,
) -> std::result::Result<(Vec<Report>, Engine), Trouble> {
    let priority = if given.command == "initialize" { Priority::Bulk } else { Priority::Live };
    let progress = Arc::new(Progress::new());
    let mut engine = session.engine(progress.clone(), priority, library);
    engine.dry_run = given.dry_run;
    let reports = runtime()?.block_on(all(&engine, &session.connection, &moves, progress));
    engine.observer = Arc::new(mapwright_transfer::work::Unobserved);
    session.close();
    Ok((reports, engine))
}

/// All ids that cannot be ids of the source's records, before anything is sent.
fn possible(collection: &Collection, selection: &Selection) -> std::result::Result<(), Trouble> {
    let (Selection::Ids(ids) | Selection::Deleted(ids)) = selection else { return Ok(()) };
    let Some(source) = Catalog::builtin().record(collection.source_type()) else { return Ok(()) };
    let wrong: Vec<String> = ids.iter().filter_map(|id| fits(source, id).err()).collect();
    match wrong.as_slice() {
        [] => Ok(()),
        [one] => Err(Trouble::usage(one.clone()).help("ids are those of the source system; nothing was sent")),
        several => {
            let list: String = several.iter().map(|why| format!("\n  {why}")).collect();
            Err(Trouble::usage(format!("{} ids cannot be used{list}", several.len()))
                .help("ids are those of the source system; nothing was sent"))
        }
    }
}

/// A time with offset; without one, and a date alone (its midnight), in the subscription's time zone.
fn changed_since(text: &str, zone: &TimeZone) -> std::result::Result<Timestamp, Trouble> {
    let no = |why: &str| {
        Trouble::usage(format!("`{}` {why}", text.escape_debug())).help(
            "write a date (2026-01-31: its midnight in the subscription's time zone), or a time with offset: 2026-01-31T00:00:00Z",
        )
    };
    let pieces = jiff::fmt::temporal::Pieces::parse(text).map_err(|_| no("is no time"))?;
    if let Some(offset) = pieces.to_numeric_offset() {
        // UTC-12:00 to UTC+14:00 are in use
        if !(-12 * 3600..=14 * 3600).contains(&offset.seconds()) {
            return Err(no(&format!("has the offset {offset}, and there is none beyond -12:00 and +14:00")));
        }
        return text.parse().map_err(|_| no("is no time"));
    }
    let time = pieces.time().unwrap_or_else(jiff::civil::Time::midnight);
    let local = pieces.date().to_datetime(time);
    zone.to_timestamp(local).map_err(|_| no("is no time"))
}

/// The runtime that everything runs on.
pub fn runtime() -> std::result::Result<tokio::runtime::Runtime, Trouble> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(|e| Trouble {
        message: format!("the runtime cannot be started: {e}"),
        help: None,
        code: 70,
    })
}

/// One collection after the other. Where a run ends for a reason that is not its own (somebody wants the end, an account
/// takes no more calls), those behind it are not begun, and say so.
pub async fn all(engine: &Engine, connection: &Connection, moves: &[Move<'_>], progress: Arc<Progress>) -> Vec<Report> {
    let watch = tokio::spawn(signals::watch(engine.stop.clone(), connection.executor.clone(), progress));
    let mut reports = Vec::new();
    let mut over: Option<String> = None;
    for Move { collection, selection } in moves {
        let Some(plan) = &collection.plan else { continue };
        if let Some(why) = &over {
            gather(&mut reports, not_begun(engine, collection, selection, why));
            continue;
        }
        for line in run(engine, plan, selection.clone()).await.lines() {
            gather(&mut reports, line);
        }
        let closed = [&connection.bigcommerce, &connection.ipaas].into_iter().find_map(|account| account.closed());
        over = closed.map(|closed| closed.why);
        if engine.stop.is_asked() {
            over.get_or_insert_with(|| String::from("interrupted"));
        }
    }
    watch.abort();
    reports
}

/// One report per collection: records that had to go first for others are counted with those that were asked for.
fn gather(reports: &mut Vec<Report>, line: Report) {
    match reports.iter_mut().find(|r| r.collection == line.collection) {
        Some(known) => {
            known.join(line);
            known.sort();
        }
        None => reports.push(line),
    }
}

fn not_begun(engine: &Engine, collection: &Collection, selection: &Selection, why: &str) -> Report {
    let not_tried = match selection {
        Selection::Ids(ids) | Selection::Deleted(ids) => ids.len() as u64,
        _ => 0,
    };
    Report {
        collection: collection.name.clone(),
        direction: direction_word(collection.direction),
        dry_run: engine.dry_run,
        not_tried,
        interrupted: Some(format!("not begun: {why}")),
        ..Report::default()
    }
}

/// What a retry had to do, for [`super::retry`].
pub fn again(session: &Session, library: &Library, moves: Vec<Move<'_>>) -> std::result::Result<Vec<Report>, Trouble> {
    let given = Given { project: None, dry_run: false, format: Format::Text, command: "retry" };
    carried_out(session, library, moves, &given).map(|(reports, _)| reports)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)] // a test ends where it goes wrong
    use super::*;

    #[test]
    fn times_are_read_with_an_offset_that_exists_or_in_the_subscriptions_time_zone() {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        for (text, expected) in [
            ("2026-01-31T00:00:00Z", "2026-01-31T00:00:00Z"),
            ("2026-01-31T00:00:00+14:00", "2026-01-30T10:00:00Z"),
            ("2026-01-31", "2026-01-30T23:00:00Z"),
            ("2026-07-01T12:00", "2026-07-01T10:00:00Z"),
        ] {
            assert_eq!(changed_since(text, &zone).unwrap().to_string(), expected, "{text}");
        }
        for (text, why) in [
            ("2026-01-31T00:00:00+25:00", "`2026-01-31T00:00:00+25:00` has the offset +25, and there is none beyond"),
            ("2026-01-31T00:00:00-13:00", "offset -13"),
            ("2026-02-30", "`2026-02-30` is no time"),
            ("yesterday", "`yesterday` is no time"),
            ("", "`` is no time"),
        ] {
            let trouble = changed_since(text, &zone).unwrap_err();
            assert!(trouble.message.contains(why), "{text}: {}", trouble.message);
            assert_eq!(trouble.code, 2);
        }
    }
}
