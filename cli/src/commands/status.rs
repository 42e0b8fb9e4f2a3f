//! `status`: what waits, what failed, and one record's last transfer.

use mapwright_language::schema::Catalog;
use mapwright_transfer::state::{Outcome, Settled, Store};

use crate::arguments::{Format, Status};
use crate::project;
use crate::subscription::state_directory;
use crate::terminal::{Trouble, out, table};

use super::{Result, exit};

/// Records listed per outcome.
const MOST_LISTED: usize = 50;

pub fn run(arguments: &Status) -> Result {
    let directory = project::required(arguments.project.project.as_deref())?;
    let store = Store::open(&state_directory(&directory), "status").map_err(|e| Trouble::input(e.to_string()))?;
    let failed = |e: mapwright_transfer::state::StateError| Trouble::input(e.to_string());
    if let (Some(typed), Some(id)) = (&arguments.record, &arguments.id) {
        let record = Catalog::builtin().find(typed).map_or_else(|| typed.clone(), |r| r.name.clone());
        let mut found = Vec::new();
        for direction in ["from", "to"] {
            found.extend(store.settled(&record, direction, id).map_err(failed)?);
        }
        if found.is_empty() {
            return Err(Trouble::input(format!("{record} {id} was never transferred by this project"))
                .help("ids are the source system's"));
        }
        match arguments.format {
            Format::Json => out(&format!("{:#}\n", serde_json::json!(found.iter().map(json).collect::<Vec<_>>()))),
            Format::Text => found.iter().for_each(|s| out(&describe(s))),
        }
        return Ok(exit(true));
    }
    let counts = store.outcome_counts().map_err(failed)?;
    let mut listed = Vec::new();
    for outcome in [Outcome::Parked, Outcome::Refused, Outcome::Failed] {
        listed.extend(store.settled_as(outcome).map_err(failed)?);
    }
    let open = store.open_journal().map_err(failed)?;
    if arguments.format == Format::Json {
        let counts: Vec<_> = counts
            .iter()
            .map(|(r, d, o, n)| serde_json::json!({ "record": r, "direction": d, "outcome": o.name(), "count": n }))
            .collect();
        let json = serde_json::json!({ "counts": counts, "records": listed.iter().map(json).collect::<Vec<_>>(), "open_writes": open.len() });
        out(&format!("{json:#}\n"));
        return Ok(exit(true));
    }
    let rows: Vec<Vec<String>> = counts
        .iter()
        .map(|(r, d, o, n)| vec![r.clone(), format!("{d} iPaaS.com"), o.name().to_owned(), n.to_string()])
        .collect();
    out(&table(&rows));
    if !open.is_empty() {
        out(&format!(
            "\n{} writes were under way when a run ended; they are looked up before anything is sent again\n",
            open.len()
        ));
    }
    for record in listed.iter().take(MOST_LISTED) {
        out(&format!(
            "\n{} {} {}: {}\n",
            record.record_type,
            record.record_id,
            record.outcome.name(),
            record.reason.clone().unwrap_or_default()
        ));
    }
    if listed.len() > MOST_LISTED {
        out(&format!("\n… and {} more\n", listed.len() - MOST_LISTED));
    }
    Ok(exit(true))
}

fn describe(settled: &Settled) -> String {
    let mut text = format!(
        "{} {} ({} iPaaS.com): {} at {}\n",
        settled.record_type,
        settled.record_id,
        settled.direction,
        settled.outcome.name(),
        settled.at
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
        "record": settled.record_type, "id": settled.record_id, "direction": settled.direction, "outcome": settled.outcome.name(),
        "reason": settled.reason, "at": settled.at,
        "waits_for": settled.waits_for.iter().map(|w| serde_json::json!({ "record": w.record_type, "id": w.id })).collect::<Vec<_>>(),
    })
}
