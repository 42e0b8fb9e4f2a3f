//! Dates and times. There is no server's time zone: what it decided there is UTC here.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::value::{Value, date_from_text, instant_from_text, number_text};

use super::super::Function;
use super::super::NullRule::Sees;
use super::super::TypePattern::{Date, Decimal as Number, Instant, OneOf, Text};
use super::super::function::{Apply, Parameter, of};
use super::Compat;

/// The first of January of the year 1.
fn minimum() -> Timestamp {
    jiff::civil::date(1, 1, 1).at(0, 0, 0, 0).to_zoned_datetime(TimeZone::UTC).map_or(Timestamp::MIN, |z| z.timestamp())
}

/// Whether a value is the least time of .NET.
pub(super) fn is_minimum(value: &Value) -> bool {
    matches!(value, Value::Instant(at) if *at == minimum())
}

fn from_seconds(text: &str) -> Option<Timestamp> {
    let digits = (9..=10).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    text.parse().ok().filter(|_| digits).and_then(|seconds| Timestamp::from_second(seconds).ok())
}

fn utc(at: Timestamp) -> jiff::civil::Date {
    at.to_zoned_datetime(TimeZone::UTC).date()
}

fn day_of(value: &Value) -> Value {
    let of_text = |text: &str| {
        let text = text.trim();
        from_seconds(text)
            .map(utc)
            .or_else(|| date_from_text(text))
            .or_else(|| instant_from_text(text, &TimeZone::UTC).map(utc))
            .map_or(Value::Null, Value::Date)
    };
    match value {
        Value::Date(day) => Value::Date(*day),
        Value::Instant(at) => Value::Date(utc(*at)),
        Value::Text(text) => of_text(text),
        Value::Number(number) => of_text(&number_text(*number)),
        _ => Value::Null,
    }
}

static DATE_ONLY: Function = Function::new(
    "DateOnly",
    "the day of a value: of a time in UTC, of a text as it stands, of nine or ten digits as Unix seconds; null for everything else",
    &[of("input", OneOf(&[Text, Number, Date, Instant]))],
    Date,
    &[
        ("DateOnly(instant(\"2024-01-31T23:00:00Z\"))", "date(\"2024-01-31\")"),
        ("DateOnly(\"1706659200\")", "date(\"2024-01-31\")"),
        ("DateOnly(\"2024-01-31T23:00:00-06:00\")", "date(\"2024-01-31\")"),
        ("DateOnly(\"0\")", "null"),
        ("DateOnly(\"soon\")", "null"),
    ],
    |v| Ok(v.first().map_or(Value::Null, day_of)),
)
.may_be_null();

static COALESCE: Function = Function::new(
    "CoalesceToDateTime",
    "the first argument that is not null, as point in time; the first of January of the year 1 if all are null",
    &[of("value", OneOf(&[Text, Date, Instant]))],
    Instant,
    &[
        ("CoalesceToDateTime(null, \"2024-01-31T10:00:00\")", "instant(\"2024-01-31T10:00:00Z\")"),
        ("CoalesceToDateTime(date(\"2024-01-31\"))", "instant(\"2024-01-31T00:00:00Z\")"),
        ("CoalesceToDateTime(null) == MinimumDateTime()", "true"),
    ],
    |v| {
        let midnight =
            |day: jiff::civil::Date| day.at(0, 0, 0, 0).to_zoned_datetime(TimeZone::UTC).ok().map(|z| z.timestamp());
        let at = match v.iter().find(|value| **value != Value::Null) {
            None => Some(minimum()),
            Some(Value::Instant(at)) => Some(*at),
            Some(Value::Date(day)) => midnight(*day),
            Some(Value::Text(text)) => instant_from_text(text, &TimeZone::UTC)
                .or_else(|| date_from_text(text).filter(|_| text.trim().len() == 10).and_then(midnight)),
            Some(_) => None,
        };
        at.map(Value::Instant).ok_or_else(|| String::from("is no date and time such as 2024-01-31T10:00:00"))
    },
)
.variadic()
.nulls(Sees)
.fails("the text is no date and time");

const POINT_IN_TIME: &[Parameter] = &[of("input", Instant)];

const fn as_it_is(
    name: &'static str,
    about: &'static str,
    examples: &'static [(&'static str, &'static str)],
    apply: Apply,
) -> Function {
    Function::new(name, about, POINT_IN_TIME, Instant, examples, apply).nulls(Sees).fails("the value is null")
}

static TO_LOCAL: Function = as_it_is(
    "LocalDateTimeFromDateTimeOffset",
    "the point in time as it is; null of the least one",
    &[
        ("LocalDateTimeFromDateTimeOffset(instant(\"2024-01-31T10:00:00Z\"))", "instant(\"2024-01-31T10:00:00Z\")"),
        ("LocalDateTimeFromDateTimeOffset(MinimumDateTime())", "null"),
    ],
    |v| match v.first() {
        Some(value) if is_minimum(value) => Ok(Value::Null),
        Some(Value::Instant(at)) => Ok(Value::Instant(*at)),
        _ => Err(String::from("is no point in time")),
    },
)
.may_be_null();

static FROM_LOCAL: Function = as_it_is(
    "DateTimeOffsetFromLocalDateTime",
    "the point in time as it is",
    &[("DateTimeOffsetFromLocalDateTime(instant(\"2024-01-31T10:00:00Z\"))", "instant(\"2024-01-31T10:00:00Z\")")],
    |v| match v.first() {
        Some(Value::Instant(at)) => Ok(Value::Instant(*at)),
        _ => Err(String::from("is no point in time")),
    },
);

static MINIMUM: Function = Function::new(
    "MinimumDateTime",
    "the first of January of the year 1",
    &[],
    Instant,
    &[("MinimumDateTime() < instant(\"0001-01-01T00:00:01Z\")", "true")],
    |_| Ok(Value::Instant(minimum())),
);

static MAXIMUM: Function = Function::new(
    "MaximumDateTime",
    "the last point in time that there is: 9999-12-30T22:00:00.999999999Z",
    &[],
    Instant,
    &[("MaximumDateTime() > instant(\"9999-12-30T21:59:59Z\")", "true")],
    |_| Ok(Value::Instant(Timestamp::MAX)),
);

pub(super) static TABLE: &[Compat] = &[
    Compat::function(&COALESCE, "a ?? b")
        .differs("gives the year 1 where all are null")
        .not_kept("texts are read as ISO 8601 or RFC 2822, without offset as UTC, not as the server's culture and zone say"),
    Compat::function(&DATE_ONLY, "x | date(\"America/Chicago\")")
        .differs("takes the day in UTC, reads nine or ten digits as Unix seconds (`from_unix`), and gives null for what is no date")
        .not_kept("a text that is a date gives its day: there it fails, by mistake; a time has no offset of its own here, so its day is the one in UTC"),
    Compat::function(&TO_LOCAL, "x")
        .differs("gives null for the least time, and fails for null")
        .not_kept("there is no server's time zone: times are points in time, and `format_instant` shows them in a zone"),
    Compat::function(&FROM_LOCAL, "x")
        .differs("fails for null")
        .not_kept("there is no server's time zone: times without offset have been read in the subscription's `time_zone`"),
    Compat::function(&MINIMUM, "instant(\"0001-01-01T00:00:00Z\")"),
    Compat::function(&MAXIMUM, "instant(\"9999-12-30T22:00:00Z\")")
        .not_kept("the last hours of the year 9999 are beyond the calendar"),
];
