//! Reports as people read them.

use mapwright_transfer::http::Account;
use mapwright_transfer::work::{Counts, Report};

use crate::terminal::{plural, table};

/// One table over all collections, then the reasons.
pub fn text(reports: &[Report]) -> String {
    let mut rows = vec![
        ["collection", "read", "written", "unchanged", "skipped", "refused", "parked", "failed"]
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
                report.collection, reason.outcome, reason.count, reason.reason
            ));
        }
        if report.left_in_place > 0 {
            text.push_str(&format!(
                "\n{}: {} gone at the source, left in place\n",
                report.collection,
                plural(usize::try_from(report.left_in_place).unwrap_or(0), "row")
            ));
        }
        if let Some(why) = &report.interrupted {
            text.push_str(&format!(
                "\n{} ended early: {why}\n  the same command goes on where this one stopped\n",
                report.collection
            ));
        }
    }
    text
}

fn row(name: &str, counts: &Counts) -> Vec<String> {
    let mut row = vec![name.to_owned()];
    row.extend(
        [counts.read, counts.written, counts.unchanged, counts.skipped, counts.refused, counts.parked, counts.failed]
            .map(|n| n.to_string()),
    );
    row
}

/// Calls made and quota used.
pub fn calls(reports: &[Report], bigcommerce: &Account) -> String {
    let ipaas: u64 = reports.iter().map(|r| r.calls.ipaas).sum();
    let counters = bigcommerce.counters();
    let used: u64 = counters.windows.iter().map(|w| u64::from(w.quota.saturating_sub(w.left))).sum();
    let allowed: u64 = counters.windows.iter().map(|w| u64::from(w.quota)).sum();
    let share = (used * 100).checked_div(allowed).map_or_else(String::new, |p| {
        format!(", {p}% of the quota of {}", plural(counters.windows.len(), "full window"))
    });
    format!(
        "calls: {} to BigCommerce{share}, {ipaas} to iPaaS.com; answered 429: {}\n",
        counters.calls, counters.refused
    )
}

/// Whether nothing was refused or failed, and nothing ended early.
pub fn well(reports: &[Report]) -> bool {
    reports.iter().all(|r| r.records.refused == 0 && r.records.failed == 0 && r.interrupted.is_none())
}

/// For machines.
pub fn json(reports: &[Report], bigcommerce: &Account) -> serde_json::Value {
    let counters = bigcommerce.counters();
    serde_json::json!({
        "collections": reports,
        "calls": { "bigcommerce": counters.calls, "ipaas": reports.iter().map(|r| r.calls.ipaas).sum::<u64>() },
        "answered_429": counters.refused,
    })
}
