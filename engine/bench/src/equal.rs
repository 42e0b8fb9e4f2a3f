//! Whether two outputs say the same.

use mapwright_language::json::{self, Json};
use mapwright_language::value::{number_from_text, number_text};

/// How numbers are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Numbers {
    /// As decimals.
    Exact,
    /// To nine digits behind the point: the other side has binary floats only.
    Rounded,
}

/// Line by line, order of keys aside.
///
/// # Errors
/// The first lines that differ.
pub fn equal(ours: &str, theirs: &str, numbers: Numbers) -> Result<(), String> {
    if ours.lines().count() != theirs.lines().count() {
        return Err(format!("{} lines against {}", ours.lines().count(), theirs.lines().count()));
    }
    for (a, b) in ours.lines().zip(theirs.lines()) {
        let parse = |text: &str| json::read(text.as_bytes()).map(|j| plain(j, numbers)).map_err(|e| e.to_string());
        if let Some(place) = differ(&parse(a)?, &parse(b)?, String::new()) {
            return Err(format!("the outputs differ at {place}"));
        }
    }
    Ok(())
}

/// Where two documents differ first, and how.
fn differ(ours: &Json, theirs: &Json, place: String) -> Option<String> {
    match (ours, theirs) {
        (Json::Object(a), Json::Object(b)) => {
            let keys = a.iter().map(|(key, _)| key).chain(b.iter().map(|(key, _)| key));
            keys.into_iter().find_map(|key| {
                let inside = |json: &Json| json.get(key).cloned().unwrap_or_default();
                differ(&inside(ours), &inside(theirs), format!("{place}.{key}"))
            })
        }
        (Json::List(a), Json::List(b)) if a.len() == b.len() => {
            a.iter().zip(b).enumerate().find_map(|(at, (a, b))| differ(a, b, format!("{place}[{at}]")))
        }
        _ if ours == theirs => None,
        _ => Some(format!("{place}: {} and {}", json::write(ours), json::write(theirs))),
    }
}

fn plain(json: Json, numbers: Numbers) -> Json {
    match json {
        Json::Object(entries) => {
            let mut entries: Vec<_> = entries.into_iter().map(|(k, v)| (k, plain(v, numbers))).collect();
            entries.sort_by(|a, b| a.0.cmp(&b.0));
            Json::Object(entries)
        }
        Json::List(items) => Json::List(items.into_iter().map(|item| plain(item, numbers)).collect()),
        Json::Number(digits) => match numbers {
            Numbers::Exact => {
                let number = number_from_text(&digits);
                number.map_or(Json::Number(digits), |n| Json::Number(number_text(n).into()))
            }
            Numbers::Rounded => {
                let rounded = digits.parse::<f64>().map(|n| format!("{n:.9}"));
                rounded.map_or(Json::Number(digits), |n| Json::Number(n.into()))
            }
        },
        other => other,
    }
}
