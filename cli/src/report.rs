//! Reports as people read them.

use std::sync::PoisonError;

use mapwright_language::json::write;
use mapwright_transfer::connect::wire::Request;
use mapwright_transfer::http::request::method_name;
use mapwright_transfer::subscription::Connection;
use mapwright_transfer::work::{Counts, Engine, Report};

use crate::terminal::{plural, table};

/// One table over all collections, then the reasons.
pub fn text(reports: &[Report]) -> String {
    let written = if reports.iter().any(|report| report.dry_run) { "would be written" } else { "written" };
    let mut rows = vec![
        ["collection", "read", written, "unchanged", "skipped", "refused", "parked", "failed"]
            .iter()
            .map(|s| (*s).to_owned())
            .collect::<Vec<_>>(),
    ];
    for report in reports {
        rows.push(row(&report.collection, &report.records));
        for (child, counts) in &report.children {
            rows.push(row(&format!("  {child}"), counts));
        }
    }
    let mut text = table(&rows);
    for report in reports {
        for reason in &report.reasons {
            let ids = reason.examples.join(", ");
            let more = if reason.count as usize > reason.examples.len() { ", …" } else { "" };
            text.push_str(&format!(
                "\n{} {}: {} (id {ids}{more})\n  {}\n",
                report.collection,
                reason.outcome,
                reason.count,
                reason.reason.replace("{id}", "…")
            ));
        }
        text.push_str(&rows_only_there(report));
        if report.read_again > 0 {
            let records = many(report.read_again, "record");
            text.push_str(&format!(
                "\n{}: {records} changed while the list was read, so they were transferred again and are counted twice\n",
                report.collection
            ));
        }
        text.push_str(&links_to_come(report));
        if let Some(why) = &report.incomplete {
            text.push_str(&format!(
                "\n{} may have left records out: {why}\n  run the same command again; what is in place is not written twice\n",
                report.collection
            ));
        }
        if let Some(why) = &report.interrupted {
            let not_tried = match report.not_tried {
                0 => String::new(),
                1 => String::from("1 record was not tried; "),
                n => format!("{n} records were not tried; "),
            };
            text.push_str(&format!(
                "\n{} ended early: {why}\n  {not_tried}the same command goes on where this one stopped\n",
                report.collection
            ));
        }
    }
    text
}

/// Records that were written without links, and those that were written again because the links are there.
fn links_to_come(report: &Report) -> String {
    let mut text = String::new();
    if report.without_links > 0 {
        let lacking: Vec<String> = report
            .lacking
            .iter()
            .map(|(record_type, ids)| format!("{record_type} {}", few(ids.iter().map(String::as_str))))
            .collect();
        let (records, were, they) = match report.without_links {
            _ if report.dry_run => (many(report.without_links, "record"), "would be", "to be"),
            1 => (String::from("1 record"), "was", "it is"),
            n => (format!("{n} records"), "were", "they are"),
        };
        text.push_str(&format!(
            "\n{}: {records} {were} written without {}, not linked yet; {they} written again once that is linked\n",
            report.collection,
            lacking.join(", ")
        ));
    }
    if report.for_links > 0 {
        let (records, were) = (many(report.for_links, "record"), if report.for_links == 1 { "was" } else { "were" });
        text.push_str(&format!(
            "\n{}: {records} {were} written again, because what they refer to is linked now\n",
            report.collection
        ));
    }
    text
}

/// A few ids, and how many more.
fn few<'a>(ids: impl ExactSizeIterator<Item = &'a str>) -> String {
    let all = ids.len();
    let shown: Vec<&str> = ids.take(5).collect();
    let more = if all > shown.len() { format!(" and {} more", all - shown.len()) } else { String::new() };
    format!("{}{more}", shown.join(", "))
}

/// Rows of records, such as addresses, that the target has and the source has no longer.
fn rows_only_there(report: &Report) -> String {
    let mut text = String::new();
    let (kept, removed) = (report.left_in_place, report.removed);
    if kept > 0 {
        let (rows, are) = (many(kept, "row"), if kept == 1 { "is" } else { "are" });
        text.push_str(&format!(
            "\n{}: the target has {rows} that {are} no longer at the source; nothing was deleted (`gone: remove` deletes such rows)\n",
            report.collection
        ));
    }
    if removed > 0 {
        let (rows, were) = (many(removed, "row"), if removed == 1 { "was" } else { "were" });
        text.push_str(&format!(
            "\n{}: {rows} that {were} no longer at the source, deleted from the target\n",
            report.collection
        ));
    }
    text
}

fn many(count: u64, word: &str) -> String {
    plural(usize::try_from(count).unwrap_or(usize::MAX), word)
}

/// What a dry run would send, for people.
pub fn requests_text(engine: &Engine) -> String {
    let requests = engine.requests.lock().unwrap_or_else(PoisonError::into_inner);
    let mut text = format!("\nwould send {}\n", plural(requests.len(), "request"));
    for request in requests.iter() {
        let body = request.body.as_ref().map(|body| format!(" {}", write(body))).unwrap_or_default();
        text.push_str(&format!("  {} {}{body}\n", method_name(request.method), request.path));
    }
    text
}

/// The same for machines.
pub fn requests_json(engine: &Engine) -> serde_json::Value {
    let requests = engine.requests.lock().unwrap_or_else(PoisonError::into_inner);
    let one = |request: &Request| {
        let body = request.body.as_ref().and_then(|body| serde_json::from_str(&write(body)).ok());
        serde_json::json!({
            "method": method_name(request.method),
            "api": request.api,
            "path": request.path,
            "body": body.unwrap_or(serde_json::Value::Null),
        })
    };
    requests.iter().map(one).collect()
}

fn row(name: &str, counts: &Counts) -> Vec<String> {
    let mut row = vec![name.to_owned()];
    row.extend(
        [counts.read, counts.written, counts.unchanged, counts.skipped, counts.refused, counts.parked, counts.failed]
            .map(|n| n.to_string()),
    );
    row
}

/// Calls made, each try counted, and quota used.
pub fn calls(connection: &Connection) -> String {
    let (counters, ipaas) = (connection.bigcommerce.counters(), connection.ipaas.counters());
    let used: u64 = counters.windows.iter().map(|w| u64::from(w.quota.saturating_sub(w.left))).sum();
    let allowed: u64 = counters.windows.iter().map(|w| u64::from(w.quota)).sum();
    let share = (used * 100).checked_div(allowed).map_or_else(String::new, |p| {
        format!(", {p}% of the quota of {}", plural(counters.windows.len(), "full window"))
    });
    format!(
        "calls: {} to BigCommerce{share}, {} to iPaaS.com; answered 429: {}\n",
        counters.calls,
        ipaas.calls,
        counters.refused + ipaas.refused
    )
}

/// Whether nothing was refused or failed, and nothing ended early.
pub fn well(reports: &[Report]) -> bool {
    reports
        .iter()
        .all(|r| r.records.refused == 0 && r.records.failed == 0 && r.interrupted.is_none() && r.incomplete.is_none())
}

/// For machines.
pub fn json(reports: &[Report], connection: &Connection) -> serde_json::Value {
    let (counters, ipaas) = (connection.bigcommerce.counters(), connection.ipaas.counters());
    serde_json::json!({
        "collections": reports,
        "calls": { "bigcommerce": counters.calls, "ipaas": ipaas.calls },
        "answered_429": counters.refused + ipaas.refused,
    })
}
