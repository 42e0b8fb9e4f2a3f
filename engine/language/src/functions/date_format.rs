//! Days and points in time as text, in a pattern. The signs are those of `strftime` that depend on no language and no
//! place: names of days and months are English.

use jiff::civil::{Date, DateTime};
use jiff::fmt::strtime::{self, BrokenDownTime};
use jiff::tz::TimeZone;

use crate::value::Value;

use super::Function;
use super::TypePattern::{Date as Day, Instant, Text};
use super::arguments::{grown, text};
use super::date::{known_zone, zone};
use super::function::{Parameter, of};

const PATTERN: Parameter = of("pattern", Text);
const ZONE: Parameter = of("zone", Text);

/// Longest pattern, in bytes.
const MOST_PATTERN_BYTES: usize = 200;

/// What the signs of a day mean, and of a time.
pub const DATE_SIGNS: &[(&str, &str)] = &[
    ("%Y", "year, 2024"),
    ("%y", "year in two digits; read, 69 to 99 are 1969 to 1999"),
    ("%m", "month, 01 to 12"),
    ("%-m", "month without the 0"),
    ("%d", "day, 01 to 31"),
    ("%-d", "day without the 0"),
    ("%B", "January"),
    ("%b", "Jan"),
    ("%A", "Monday"),
    ("%a", "Mon"),
    ("%j", "day of the year, 001 to 366"),
    ("%%", "a percent sign"),
];
/// What the signs of a time mean.
pub const TIME_SIGNS: &[(&str, &str)] = &[
    ("%H", "hour, 00 to 23"),
    ("%-H", "hour without the 0"),
    ("%I", "hour, 01 to 12"),
    ("%-I", "the same without the 0"),
    ("%p", "AM or PM"),
    ("%M", "minute"),
    ("%S", "second"),
    ("%z", "offset, +0530"),
    ("%:z", "offset, +05:30"),
];

/// Whether a pattern has only signs that are known here.
fn understood(pattern: &str, times: bool) -> Result<(), String> {
    if pattern.len() > MOST_PATTERN_BYTES {
        return Err(format!("needs a pattern of at most {MOST_PATTERN_BYTES} bytes"));
    }
    let mut rest = pattern;
    while let Some(at) = rest.find('%') {
        let from = rest.get(at..).unwrap_or_default();
        let signs = DATE_SIGNS.iter().chain(if times { TIME_SIGNS } else { &[] });
        let Some((sign, _)) = signs.into_iter().find(|(sign, _)| from.starts_with(sign)) else {
            let wrong: String =
                from.chars().take(if from.starts_with("%-") || from.starts_with("%:") { 3 } else { 2 }).collect();
            let help =
                if !times && TIME_SIGNS.iter().any(|(sign, _)| *sign == wrong) { ", which a day has not" } else { "" };
            return Err(format!(
                "cannot be written or read with `{wrong}`{help}: `mapwright functions format_date` lists the signs"
            ));
        };
        rest = from.get(sign.len()..).unwrap_or_default();
    }
    if !pattern.contains('%') {
        return Err(String::from("needs a pattern with signs such as `%Y-%m-%d`"));
    }
    Ok(())
}

fn parse(text: &str, pattern: &str, times: bool) -> Result<BrokenDownTime, String> {
    understood(pattern, times)?;
    if text.len() > MOST_PATTERN_BYTES {
        return Err(String::from("is too long for a date"));
    }
    strtime::parse(pattern, text.trim()).map_err(|_| format!("does not read as `{pattern}`"))
}

fn day_of(text: &str, pattern: &str) -> Result<Date, String> {
    parse(text, pattern, false)?.to_date().map_err(|_| format!("names no day that `{pattern}` can tell"))
}

fn instant_of(text: &str, pattern: &str, zone: &TimeZone) -> Result<Value, String> {
    let read = parse(text, pattern, true)?;
    if pattern.contains("%z") || pattern.contains("%:z") {
        return read
            .to_timestamp()
            .map(Value::Instant)
            .map_err(|_| format!("names no point in time that `{pattern}` can tell"));
    }
    let day = read.to_date().map_err(|_| format!("names no day that `{pattern}` can tell"))?;
    // what the pattern leaves out is 0
    let time = read.to_time().unwrap_or_default();
    let zoned = DateTime::from_parts(day, time).to_zoned_datetime(zone.clone());
    zoned.map(|z| Value::Instant(z.timestamp())).map_err(|_| String::from("is beyond the years that can be told"))
}

/// A constant pattern is understood, and reads back what it writes.
fn known_pattern(constants: &[Option<Value>], times: bool, reads: bool) -> Result<(), String> {
    let Some(Some(Value::Text(pattern))) = constants.get(1) else { return Ok(()) };
    understood(pattern, times)?;
    if !reads {
        return Ok(());
    }
    let sample =
        jiff::civil::date(2024, 1, 31).at(0, 0, 0, 0).to_zoned_datetime(TimeZone::UTC).map_err(|e| e.to_string())?;
    let written = strtime::format(&**pattern, &sample).map_err(|e| e.to_string())?;
    match (times, instant_of(&written, pattern, &TimeZone::UTC), day_of(&written, pattern)) {
        (true, Ok(_), _) | (false, _, Ok(_)) => Ok(()),
        _ => Err(format!("cannot be told by `{pattern}`: year, month and day are needed")),
    }
}

pub(super) static FUNCTIONS: &[Function] = &[
    Function::new(
        "format_date",
        "a day as text in a pattern such as `%d.%m.%Y`; names are English",
        &[of("day", Day), PATTERN],
        Text,
        &[
            ("date(\"2024-01-31\") | format_date(\"%m/%d/%Y\")", "\"01/31/2024\""),
            ("date(\"2024-01-05\") | format_date(\"%B %-d, %Y\")", "\"January 5, 2024\""),
        ],
        |v| {
            let (Some(Value::Date(day)), pattern) = (v.first(), text(v, 1)) else { return Ok(Value::Null) };
            understood(pattern, false)?;
            strtime::format(pattern, *day).map_err(|_| format!("cannot be written as `{pattern}`")).and_then(|t| grown(&t))
        },
    )
    .fails("the pattern has signs that are unknown")
    .constants(|c| known_pattern(c, false, false)),
    Function::new(
        "format_instant",
        "a point in time as text in a pattern, as the clocks of a time zone show it",
        &[of("instant", Instant), PATTERN, ZONE],
        Text,
        &[(
            "instant(\"2024-01-31T18:05:00Z\") | format_instant(\"%Y-%m-%d %I:%M %p %z\", \"America/Chicago\")",
            "\"2024-01-31 12:05 PM -0600\"",
        )],
        |v| {
            let (Some(Value::Instant(at)), pattern) = (v.first(), text(v, 1)) else { return Ok(Value::Null) };
            understood(pattern, true)?;
            let local = at.to_zoned_datetime(zone(text(v, 2))?);
            strtime::format(pattern, &local).map_err(|_| format!("cannot be written as `{pattern}`")).and_then(|t| grown(&t))
        },
    )
    .fails("the pattern has signs that are unknown, or the zone is unknown")
    .constants(|c| known_pattern(c, true, false).and_then(|()| known_zone(c, 2))),
    Function::new(
        "parse_date",
        "the day that stands in a text in a pattern such as `%d.%m.%Y`; an empty text is null",
        &[of("text", Text), PATTERN],
        Day,
        &[
            ("\"31.01.2024\" | parse_date(\"%d.%m.%Y\")", "date(\"2024-01-31\")"),
            ("\"Jan 5, 2024\" | parse_date(\"%b %d, %Y\")", "date(\"2024-01-05\")"),
            ("\"\" | parse_date(\"%d.%m.%Y\")", "null"),
        ],
        |v| {
            if text(v, 0).trim().is_empty() { Ok(Value::Null) } else { day_of(text(v, 0), text(v, 1)).map(Value::Date) }
        },
    )
    .null_of_empty()
    .fails("the text does not read so, or there is no such day")
    .constants(|c| known_pattern(c, false, true)),
    Function::new(
        "parse_instant",
        "the point in time that stands in a text in a pattern, in a time zone unless the pattern has `%z`; an empty text is null. An hour that clocks show twice is the first, one that they skip is moved on",
        &[of("text", Text), PATTERN, ZONE],
        Instant,
        &[
            (
                "\"01/31/2024 12:05\" | parse_instant(\"%m/%d/%Y %H:%M\", \"America/Chicago\")",
                "instant(\"2024-01-31T18:05:00Z\")",
            ),
            (
                "\"2024-01-31 12:05 +0100\" | parse_instant(\"%Y-%m-%d %H:%M %z\", \"UTC\")",
                "instant(\"2024-01-31T11:05:00Z\")",
            ),
        ],
        |v| {
            let zone = zone(text(v, 2))?;
            if text(v, 0).trim().is_empty() { Ok(Value::Null) } else { instant_of(text(v, 0), text(v, 1), &zone) }
        },
    )
    .null_of_empty()
    .fails("the text does not read so, there is no such day or time, or the zone is unknown")
    .constants(|c| known_pattern(c, true, true).and_then(|()| known_zone(c, 2))),
];
