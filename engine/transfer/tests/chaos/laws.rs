//! What has to hold whatever happens: of every report, and of the state that a process leaves.

use std::collections::BTreeMap;
use std::path::Path;

use mapwright_transfer::work::Report;
use serde_json::Value;

use super::world::World;

/// Every record that a run has read has one end, and nothing that must not be shown is in what it says.
pub fn of_report(world: &World, report: &Report, broken: &mut Vec<String>) {
    let mut all = vec![report];
    while let Some(one) = all.pop() {
        if !one.records.balance() || !one.children.values().all(|counts| counts.balance()) {
            broken.push(format!("a report does not balance: {one:?}"));
        }
        harmless(world, &serde_json::to_value(one).unwrap(), &format!("the report of {}", one.collection), broken);
        all.extend(one.before.iter().chain(&one.after));
    }
}

/// No token, no character that moves a cursor or turns the direction of reading.
fn harmless(world: &World, value: &Value, place: &str, broken: &mut Vec<String>) {
    match value {
        Value::String(text) => {
            let tokens = [&world.credentials.access_token, &world.credentials.ipaas_token];
            if tokens.iter().any(|token| text.contains(*token)) {
                broken.push(format!("{place} holds a token: {text:?}"));
            }
            if text.chars().any(moves) {
                broken.push(format!("{place} holds control characters: {text:?}"));
            }
        }
        Value::Array(rows) => rows.iter().for_each(|row| harmless(world, row, place, broken)),
        Value::Object(fields) => {
            for (name, value) in fields {
                harmless(world, &Value::from(name.as_str()), place, broken);
                harmless(world, value, place, broken);
            }
        }
        _ => {}
    }
}

fn moves(sign: char) -> bool {
    (sign.is_control() && sign != '\n' && sign != '\t')
        || matches!(sign, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// The state, read as the file that it is.
pub fn of_state(world: &World, broken: &mut Vec<String>) {
    let texts = outcomes(world.directory.path());
    for text in texts {
        harmless(world, &Value::from(text.as_str()), "an outcome", broken);
        if let Ok(details) = serde_json::from_str::<Value>(&text) {
            harmless(world, &details, "an outcome's details", broken);
        }
    }
    for entry in std::fs::read_dir(world.directory.path()).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        for token in [&world.credentials.access_token, &world.credentials.ipaas_token] {
            if bytes.windows(token.len()).any(|window| window == token.as_bytes()) {
                broken.push(String::from("the state holds a token"));
            }
        }
    }
}

fn open(directory: &Path) -> rusqlite::Connection {
    rusqlite::Connection::open_with_flags(directory.join("state.db"), rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY)
        .unwrap()
}

fn outcomes(directory: &Path) -> Vec<String> {
    let database = open(directory);
    let mut query = database.prepare("select record_id, coalesce(reason, ''), details from outcomes").unwrap();
    let rows = query.query_map([], |row| Ok([row.get::<_, String>(0)?, row.get(1)?, row.get(2)?])).unwrap();
    rows.flat_map(|row| row.unwrap()).collect()
}

/// Local links, and what was begun and never ended.
pub fn of_links(world: &World, broken: &mut Vec<String>) {
    let database = open(world.directory.path());
    let mut query = database.prepare("select record_type, ipaas_id, external_id from links").unwrap();
    let rows =
        query.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get(2)?))).unwrap();
    let mut outside: BTreeMap<(String, String), String> = BTreeMap::new();
    for row in rows {
        let (record, inside, external): (String, String, String) = row.unwrap();
        if let Some(other) = outside.insert((record.clone(), external.clone()), inside.clone()) {
            broken.push(format!("{record} {external} is linked with {other} and with {inside}"));
        }
    }
    let open: i64 = database.query_row("select count(*) from journal", [], |row| row.get(0)).unwrap();
    if open > 0 {
        broken.push(format!("{open} entries of the journal stay open"));
    }
}
