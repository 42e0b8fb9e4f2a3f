//! Countries and regions: ISO 3166 codes and English names. Case, accents, dots and `&` in place of `and` do not count.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::value::Value;

use super::Function;
use super::TypePattern::Text;
use super::arguments::{made, text};
use super::function::{Parameter, of};
use super::letters;

const COUNTRY: Parameter = of("country", Text);

/// Two letters, three letters, name, further names.
static COUNTRIES: LazyLock<Vec<Vec<&'static str>>> = LazyLock::new(|| rows(include_str!("data/countries.tsv")));
/// Country, code, name, further names.
static REGIONS: LazyLock<Vec<Vec<&'static str>>> = LazyLock::new(|| rows(include_str!("data/regions.tsv")));

/// A country's place in the table by each of its codes and names.
static BY_NAME: LazyLock<HashMap<String, usize>> = LazyLock::new(|| {
    let rows = COUNTRIES.iter().enumerate();
    rows.flat_map(|(at, row)| row.iter().map(move |name| (key(name), at))).collect()
});
/// A region's place by its country and each of its codes and names.
static REGION_BY_NAME: LazyLock<HashMap<(&'static str, String), usize>> = LazyLock::new(|| {
    let mut places = HashMap::new();
    for (at, row) in REGIONS.iter().enumerate() {
        for name in row.iter().skip(1) {
            places.entry((row.first().copied().unwrap_or_default(), key(name))).or_insert(at);
        }
    }
    places
});

fn rows(table: &'static str) -> Vec<Vec<&'static str>> {
    table.lines().filter(|l| !l.starts_with('#')).map(|l| l.split('\t').collect()).collect()
}

/// What of a name counts: not the article of `The Bahamas` and `Bahamas (the)`.
fn key(name: &str) -> String {
    let plain = letters::plain(&name.replace('&', "and")).to_lowercase();
    let name = plain.trim();
    let name = name.strip_prefix("the ").unwrap_or(name);
    let name = name.strip_suffix("(the)").or_else(|| name.strip_suffix(", the")).unwrap_or(name);
    name.chars().filter(|c| c.is_alphanumeric()).collect()
}

/// Longest name that is looked for, in bytes.
const MOST_NAME_BYTES: usize = 200;

fn country(name: &str) -> Result<&'static [&'static str], String> {
    let at = if name.len() > MOST_NAME_BYTES { None } else { BY_NAME.get(&key(name)) };
    at.and_then(|at| COUNTRIES.get(*at)).map(Vec::as_slice).ok_or_else(|| String::from("is no country of ISO 3166"))
}

fn region(name: &str, of: &str) -> Result<&'static [&'static str], String> {
    let code = column(country(of).map_err(|_| format!("cannot be placed: `{}` is no country", shortened(of)))?, 0);
    if !REGIONS.iter().any(|row| row.first() == Some(&code)) {
        return Err(format!("cannot be told: the regions of {code} are not in the table"));
    }
    // `US-TX` is a code too
    let bare = name.trim().strip_prefix(code).and_then(|rest| rest.strip_prefix('-')).unwrap_or(name);
    let at = if name.len() > MOST_NAME_BYTES { None } else { REGION_BY_NAME.get(&(code, key(bare))) };
    at.and_then(|at| REGIONS.get(*at)).map(Vec::as_slice).ok_or_else(|| format!("is no region of {code}"))
}

fn shortened(text: &str) -> String {
    text.chars().take(40).collect()
}

fn column(row: &[&'static str], at: usize) -> &'static str {
    row.get(at).copied().unwrap_or_default()
}

/// A constant country whose regions are wanted.
fn known_country(constants: &[Option<Value>]) -> Result<(), String> {
    match constants.get(1) {
        Some(Some(Value::Text(of))) => match region("-", of) {
            Err(why) if why.starts_with("cannot") => Err(why),
            _ => Ok(()),
        },
        _ => Ok(()),
    }
}

/// Whether a text is the two letters of a country, as ISO 3166 writes them.
pub fn is_country_code(text: &str) -> bool {
    COUNTRIES.iter().any(|row| row.first() == Some(&text))
}

/// The two letters of a country.
pub(super) fn code(name: &str) -> Result<Value, String> {
    country(name).and_then(|row| made(column(row, 0)))
}

/// An empty text is null, as nothing is known of it.
fn of_text(v: &[Value], find: fn(&str, &str) -> Result<&'static str, String>) -> Result<Value, String> {
    if text(v, 0).trim().is_empty() { Ok(Value::Null) } else { find(text(v, 0), text(v, 1)).and_then(made) }
}

const NO_COUNTRY: &str = "there is no such country";
const NO_REGION: &str = "there is no such country or region; there are those of Australia, Brazil, Canada, India, Mexico, New Zealand and the United States";

pub(super) static FUNCTIONS: &[Function] = &[
    Function::new(
        "country_code",
        "the two letters of a country, by its code or English name; an empty text is null",
        &[COUNTRY],
        Text,
        &[
            ("\"United States\" | country_code", "\"US\""),
            ("\"deu\" | country_code", "\"DE\""),
            ("\"Cote d'Ivoire\" | country_code", "\"CI\""),
            ("\"Bahamas (the)\" | country_code", "\"BS\""),
            ("\"The Bahamas\" | country_code", "\"BS\""),
            ("\"Åland\" | country_code", "\"AX\""),
            ("\"Hong Kong SAR China\" | country_code", "\"HK\""),
            ("\"Congo - Kinshasa\" | country_code", "\"CD\""),
            ("[\"Atlantis\"][first] | country_code otherwise \"US\"", "\"US\""),
        ],
        |v| of_text(v, |name, _| Ok(column(country(name)?, 0))),
    )
    .null_of_empty()
    .fails(NO_COUNTRY),
    Function::new(
        "country_code3",
        "the three letters of a country, by its code or English name; an empty text is null",
        &[COUNTRY],
        Text,
        &[("\"US\" | country_code3", "\"USA\"")],
        |v| of_text(v, |name, _| Ok(column(country(name)?, 1))),
    )
    .null_of_empty()
    .fails(NO_COUNTRY),
    Function::new(
        "country_name",
        "the English name of a country, by its code or another name; an empty text is null",
        &[COUNTRY],
        Text,
        &[("\"US\" | country_name", "\"United States\""), ("\"GBR\" | country_name", "\"United Kingdom\"")],
        |v| of_text(v, |name, _| Ok(column(country(name)?, 2))),
    )
    .null_of_empty()
    .fails(NO_COUNTRY),
    Function::new(
        "region_code",
        "the code of a state or province within its country, by its code or name; an empty text is null",
        &[of("region", Text), COUNTRY],
        Text,
        &[
            ("\"Texas\" | region_code(\"US\")", "\"TX\""),
            ("\"quebec\" | region_code(\"Canada\")", "\"QC\""),
            ("\"US-TX\" | region_code(\"USA\")", "\"TX\""),
            ("\"Odisha\" | region_code(\"IN\")", "\"OD\""),
            ("\"OR\" | region_code(\"IN\")", "\"OD\""),
            ("\"Yukon Territory\" | region_code(\"CA\")", "\"YT\""),
            ("\"U.S. Virgin Islands\" | region_code(\"US\")", "\"VI\""),
            ("\"Manawatū-Whanganui\" | region_code(\"NZ\")", "\"MWT\""),
            ("\"Estado de México\" | region_code(\"MX\")", "\"MEX\""),
        ],
        |v| of_text(v, |name, of| Ok(column(region(name, of)?, 1))),
    )
    .null_of_empty()
    .fails(NO_REGION)
    .constants(known_country),
    Function::new(
        "region_name",
        "the name of a state or province, by its code or name; an empty text is null",
        &[of("region", Text), COUNTRY],
        Text,
        &[("\"NSW\" | region_name(\"AU\")", "\"New South Wales\"")],
        |v| of_text(v, |name, of| Ok(column(region(name, of)?, 2))),
    )
    .null_of_empty()
    .fails(NO_REGION)
    .constants(known_country),
];
