//! `status`: who works, the quota, what waits, what failed, and one record's last transfer. It only looks, so it needs nobody's
//! leave: also while another process transfers.

use mapwright_language::schema::Catalog;
use mapwright_transfer::identity::SourceKey;
use mapwright_transfer::state::{Look, Outcome, Settled};

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
        let record = Catalog::builtin().find(typed).map_or_else(|| typed.clone(), |r| r.name.clone());
        let found = store.last_transfers(&record, id).map_err(failed)?;
        if found.is_empty() {
            return Err(Trouble::input(format!("{record} {id} was never transferred by this project"))
                .help("ids are the source system's"));
        }
        match arguments.format {
            Format::Json => out_json(&serde_json::json!(found.iter().map(json).collect::<Vec<_>>())),
            Format::Text => found.iter().for_each(|s| out(&describe(s))),
        }
        return Ok(exit(true));
    }
    let counts = store.outcome_counts().map_err(failed)?;
    let mut listed = Vec::new();
    for outcome in [Outcome::Parked, Outcome::Refused, Outcome::Failed, Outcome::Skipped] {
        listed.extend(store.settled_as(outcome).map_err(failed)?);
    }
    let open = store.open_journal().map_err(failed)?;
    let quotas = quota::all(store.ledgers().map_err(failed)?, jiff::Timestamp::now());
    if arguments.format == Format::Json {
        let counts: Vec<_> = counts
            .iter()
            .map(|(r, d, o, n)| serde_json::json!({ "record": r, "direction": d, "outcome": o.name(), "count": n }))
            .collect();
        let json = serde_json::json!({ "counts": counts, "records": listed.iter().map(json).collect::<Vec<_>>(), "open_writes": open.len(),
            "working": look.holder, "quota": quotas.iter().map(Quota::json).collect::<Vec<_>>() });
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
            let json = serde_json::json!({ "counts": [], "records": [], "open_writes": 0, "working": look.holder, "quota": [] });
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

fn describe(settled: &Settled) -> String {
    let mut text = format!(
        "{} {} ({} iPaaS.com): {} at {}\n  by {}\n",
        settled.record_type,
        settled.record.id,
        settled.direction,
        settled.outcome.name(),
        settled.at,
        by(&settled.record)
    );
    if let Some(reason) = &settled.reason {
        text.push_str(&format!("  {reason}\n"));
    }
    for wait in &settled.waits_for {
        text.push_str(&format!("  waits for {} {}\n", wait.record_type, wait.id));
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
