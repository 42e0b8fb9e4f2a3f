//! `status`: who works, the quota, what waits, what failed, and one record's last transfer. It only looks, so it needs nobody's
//! leave: also while another process transfers.

use std::collections::BTreeSet;

use jiff::tz::TimeZone;
use mapwright_language::diagnostic::did_you_mean;
use mapwright_language::schema::{Catalog, System};
use mapwright_transfer::identity::SourceKey;
use mapwright_transfer::state::{Look, Outcome, Run, Settled};

use crate::arguments::{Format, Status};
use crate::kept::state_directory;
use crate::project;
use crate::quota::{self, Quota};
use crate::terminal::{Trouble, out, out_json, plural, table};

use super::{Result, exit};

/// Records listed per outcome.
const MOST_LISTED: usize = 50;

pub fn run(arguments: &Status) -> Result {
    let directory = project::subscribed(arguments.project.project.as_deref())?;
    let failed = |e: mapwright_transfer::state::StateError| Trouble::input(e.to_string());
    let look = Look::at(&state_directory(&directory)).map_err(failed)?;
    let Some(store) = &look.store else { return fresh(&look, arguments) };
    if let (Some(typed), Some(id)) = (&arguments.record, &arguments.id) {
        let record = type_of(typed, store)?;
        let found = store.last_transfers(&record, id).map_err(failed)?;
        if found.is_empty() {
            return Err(Trouble::input(format!("{record} {id} was never transferred by this project"))
                .help("ids are the source system's"));
        }
        match arguments.format {
            Format::Json => out_json(&serde_json::json!(found.iter().map(json).collect::<Vec<_>>())),
            Format::Text => {
                let zone = crate::subscription::read(&directory).map_or(TimeZone::UTC, |s| s.zone());
                found.iter().for_each(|s| out(&describe(s, &zone)));
            }
        }
        return Ok(exit(true));
    }
    let only = arguments.record.as_deref().map(|typed| type_of(typed, store)).transpose()?;
    let meant = |record_type: &str| only.as_deref().is_none_or(|only| only == record_type);
    let mut counts = store.outcome_counts().map_err(failed)?;
    counts.retain(|(record_type, ..)| meant(record_type));
    if let Some(only) = only.as_deref().filter(|_| counts.is_empty()) {
        return Err(Trouble::input(format!("no {only} was ever transferred by this project"))
            .help(format!("`mapwright initialize \"{only}\"` transfers all of them")));
    }
    let runs = store.runs(MOST_RUNS).map_err(failed)?;
    let zone = crate::subscription::read(&directory).map_or(TimeZone::UTC, |s| s.zone());
    let mut listed = Vec::new();
    for outcome in [Outcome::Parked, Outcome::Refused, Outcome::Failed, Outcome::Skipped] {
        listed.extend(store.settled_as(outcome).map_err(failed)?.into_iter().filter(|s| meant(&s.record_type)));
    }
    let open = store.open_journal().map_err(failed)?;
    let quotas = quota::all(store.ledgers().map_err(failed)?, jiff::Timestamp::now());
    if arguments.format == Format::Json {
        let counts: Vec<_> = counts
            .iter()
            .map(|(r, d, o, n)| serde_json::json!({ "record": r, "direction": d, "outcome": o.name(), "count": n }))
            .collect();
        let json = serde_json::json!({ "counts": counts, "records": listed.iter().map(json).collect::<Vec<_>>(), "open_writes": open.len(),
            "working": look.holder, "runs": runs.iter().map(|run| run_json(run, look.holder.is_some())).collect::<Vec<_>>(), "quota": quotas.iter().map(Quota::json).collect::<Vec<_>>() });
        out_json(&json);
        return Ok(exit(true));
    }
    out(&working(&look));
    if counts.is_empty() {
        out(NOTHING_YET);
    }
    let rows: Vec<Vec<String>> = counts
        .iter()
        .map(|(r, d, o, n)| vec![r.clone(), format!("{d} iPaaS.com"), o.name().to_owned(), n.to_string()])
        .collect();
    out(&table(&rows));
    if only.is_none() {
        out(&last_runs(&runs, look.holder.is_some(), &zone));
    }
    if !quotas.is_empty() {
        out("\n");
    }
    quotas.iter().for_each(|quota| out(&quota.text()));
    if !open.is_empty() {
        let writes = plural(open.len(), "write");
        out(&if look.holder.is_some() {
            format!("\n{writes} under way\n")
        } else {
            format!("\n{writes} under way when a run ended: looked up before anything is sent again\n")
        });
    }
    for record in listed.iter().take(MOST_LISTED) {
        out(&format!(
            "\n{} {} ({} iPaaS.com) {}: {}\n  by {}\n",
            record.record_type,
            record.record.id,
            record.direction,
            record.outcome.name(),
            record.reason.clone().unwrap_or_default(),
            by(&record.record)
        ));
    }
    if listed.len() > MOST_LISTED {
        out(&format!("\n… and {} more\n", listed.len() - MOST_LISTED));
    }
    Ok(exit(true))
}

/// A record type as typed, among those of which something was transferred and all that are known.
fn type_of(typed: &str, store: &mapwright_transfer::state::Store) -> std::result::Result<String, Trouble> {
    let catalog = Catalog::builtin();
    if let Some(record) = catalog.find(typed) {
        return Ok(record.name.clone());
    }
    let counts = store.outcome_counts().map_err(|e| Trouble::input(e.to_string()))?;
    if let Some((known, ..)) = counts.iter().find(|(known, ..)| known == typed) {
        return Ok(known.clone());
    }
    let help = did_you_mean(typed, catalog.names(System::Ipaas)).map_or_else(
        || String::from("types are iPaaS.com's: `mapwright schema` lists them"),
        |near| format!("did you mean `{near}`?"),
    );
    Err(Trouble::usage(format!("there is no record type `{}`", typed.escape_debug())).help(help))
}

/// Runs that are looked through for those that ended early.
const MOST_RUNS: u32 = 50;

/// The last run, and of every command the last one if it ended early.
fn last_runs(runs: &[Run], working: bool, zone: &TimeZone) -> String {
    let mut text = String::new();
    let mut seen = BTreeSet::new();
    for (at, run) in runs.iter().enumerate() {
        let early = ended_early(run, working && at == 0);
        let newest_of_its_kind = seen.insert(&run.command);
        let ended = run.ended_at.as_ref().map_or_else(String::new, |at| format!(", ended {}", local(at, zone)));
        match early {
            Some(why) if newest_of_its_kind => text.push_str(&format!(
                "\n{} began {}{ended}, and ended early: {why}\n  the same command goes on where this one stopped\n",
                run.command,
                local(&run.began_at, zone)
            )),
            _ if at == 0 => {
                text.push_str(&format!("\nlast run: {} began {}{ended}\n", run.command, local(&run.began_at, zone)))
            }
            _ => {}
        }
    }
    text
}

/// Why a run ended before its end, if it did.
fn ended_early(run: &Run, working: bool) -> Option<String> {
    let Some(summary) = &run.summary else {
        return (!working).then(|| String::from("the process was ended from outside"));
    };
    let summary: serde_json::Value = serde_json::from_str(summary).ok()?;
    let why = summary.get("interrupted").or(summary.get("incomplete"))?.as_str()?;
    match summary.get("not_tried").and_then(serde_json::Value::as_u64) {
        None | Some(0) => Some(why.to_owned()),
        Some(left) => {
            Some(format!("{why}; {} not tried", plural(usize::try_from(left).unwrap_or(usize::MAX), "record")))
        }
    }
}

fn run_json(run: &Run, working: bool) -> serde_json::Value {
    serde_json::json!({ "command": run.command, "began_at": run.began_at, "ended_at": run.ended_at,
        "ended_early": ended_early(run, working) })
}

/// A time as people read it: in the project's time zone, to the second.
fn local(time: &str, zone: &TimeZone) -> String {
    time.parse::<jiff::Timestamp>().map_or_else(
        |_| time.to_owned(),
        |t| t.to_zoned_datetime(zone.clone()).strftime("%Y-%m-%d %H:%M:%S %Z").to_string(),
    )
}

/// Before the first transfer.
const NOTHING_YET: &str = "nothing was transferred yet; `mapwright initialize TYPE` transfers all records of a type (`mapwright schema` lists the types)\n";

fn working(look: &Look) -> String {
    look.holder.as_ref().map_or_else(String::new, |holder| format!("{holder} is working\n"))
}

/// Nothing was ever kept.
fn fresh(look: &Look, arguments: &Status) -> Result {
    if let (Some(record), Some(id)) = (&arguments.record, &arguments.id) {
        return Err(Trouble::input(format!("{record} {id} was never transferred by this project"))
            .help("nothing was transferred yet; `mapwright initialize TYPE` transfers all records of a type"));
    }
    match arguments.format {
        Format::Json => {
            let json = serde_json::json!({ "counts": [], "records": [], "open_writes": 0, "working": look.holder, "runs": [], "quota": [] });
            out_json(&json);
        }
        Format::Text => out(&format!("{}{NOTHING_YET}", working(look))),
    }
    Ok(exit(true))
}

/// The collection that transfers a record, with the record that it runs after.
fn by(record: &SourceKey) -> String {
    match &record.after {
        None => format!("`{}`", record.collection),
        Some(after) => format!("`{}`, after {} of {}", record.collection, after.id, by(after)),
    }
}

fn describe(settled: &Settled, zone: &TimeZone) -> String {
    let mut text = format!(
        "{} {} ({} iPaaS.com): {} at {}\n  by {}\n",
        settled.record_type,
        settled.record.id,
        settled.direction,
        settled.outcome.name(),
        local(&settled.at, zone),
        by(&settled.record)
    );
    if let Some(reason) = &settled.reason {
        text.push_str(&format!("  {reason}\n"));
    }
    text
}

fn json(settled: &Settled) -> serde_json::Value {
    serde_json::json!({
        "record": settled.record_type, "id": *settled.record.id, "collection": *settled.record.collection,
        "after": settled.record.after.as_ref().map(|a| serde_json::json!({ "collection": *a.collection, "id": *a.id })),
        "direction": settled.direction, "outcome": settled.outcome.name(),
        "reason": settled.reason, "at": settled.at,
        "waits_for": settled.waits_for.iter().map(|w| serde_json::json!({ "record": w.record_type, "id": w.id })).collect::<Vec<_>>(),
    })
}
