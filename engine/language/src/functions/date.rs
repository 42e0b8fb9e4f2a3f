//! Functions on points in time and days.

use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use rust_decimal::Decimal;

use crate::value::{Value, instant_from_text};

use super::Function;
use super::NullRule::Propagates;
use super::TypePattern::{Date, Decimal as Number, Instant, Integer, Text, Variable};
use super::arguments::{between, counted, number, text};
use super::function::{Parameter, of};

const DAY: Parameter = of("day", Date);
const AT: Parameter = of("instant", Instant);
const ZONE: Parameter = of("zone", Text);

/// Days and months that are added at most: more than from one end of the calendar to the other.
const MOST_DAYS: i64 = 7_300_000;
const MOST_MONTHS: i64 = 239_900;

/// A time zone by its name.
pub(super) fn zone(name: &str) -> Result<TimeZone, String> {
    TimeZone::get(name).map_err(|_| format!("cannot be placed in the zone `{name}`, which is unknown"))
}

/// A constant zone in this place is a known one.
pub(super) fn known_zone(constants: &[Option<Value>], at: usize) -> Result<(), String> {
    match constants.get(at) {
        Some(Some(Value::Text(name))) => zone(name).map(|_| ()),
        _ => Ok(()),
    }
}

fn day(v: &[Value], at: usize) -> Result<jiff::civil::Date, String> {
    match v.get(at) {
        Some(Value::Date(day)) => Ok(*day),
        _ => Err(String::from("is no day")),
    }
}

fn at(v: &[Value], at: usize) -> Result<Timestamp, String> {
    match v.get(at) {
        Some(Value::Instant(at)) => Ok(*at),
        _ => Err(String::from("is no point in time")),
    }
}

fn out_of_time<E>(_: E) -> String {
    String::from("would be moved beyond the years -9999 to 9999")
}

/// A day so many days or months away; `most` is beyond the calendar.
fn add_to_day(v: &[Value], most: i64, span: fn(i64) -> Span) -> Result<Value, String> {
    let count = between(v, 1, -most, most, "a number")?;
    day(v, 0)?.checked_add(span(count)).map(Value::Date).map_err(out_of_time)
}

/// Seconds, perhaps with a fraction, as nanoseconds.
fn nanoseconds(seconds: Decimal) -> Option<i128> {
    let nanoseconds = seconds.checked_mul(Decimal::from(1_000_000_000))?.normalize();
    nanoseconds.is_integer().then(|| nanoseconds.mantissa())
}

fn seconds(at: Timestamp) -> Decimal {
    Decimal::try_from_i128_with_scale(at.as_nanosecond(), 9).unwrap_or_default()
}

fn from_seconds(seconds: Decimal) -> Result<Value, String> {
    let nanoseconds = nanoseconds(seconds).ok_or_else(|| String::from("is no number of seconds"))?;
    Timestamp::from_nanosecond(nanoseconds).map(Value::Instant).map_err(out_of_time)
}

pub(super) static FUNCTIONS: &[Function] = &[
    Function::new(
        "date",
        "the day of a text (`\"2024-01-31\"`), or of an instant in a time zone",
        &[of("value", Variable('T')), ZONE],
        Date,
        &[
            ("\"2024-01-31\" | date", "date(\"2024-01-31\")"),
            ("instant(\"2024-01-31T02:00:00Z\") | date(\"America/Chicago\")", "date(\"2024-01-30\")"),
        ],
        |v| match (v.first(), v.get(1)) {
            (Some(Value::Date(day)), _) => Ok(Value::Date(*day)),
            (Some(Value::Text(text)), None) => {
                text.trim().parse().map(Value::Date).map_err(|_| String::from("is not a day such as 2024-01-31"))
            }
            (Some(Value::Instant(at)), Some(Value::Text(name))) => {
                Ok(Value::Date(at.to_zoned_datetime(zone(name)?).date()))
            }
            (Some(Value::Instant(_)), _) => {
                Err(String::from("has a different day in every zone: say which, `date(\"America/Chicago\")`"))
            }
            _ => Err(String::from("is neither a text nor an instant")),
        },
    )
    .last_is_optional()
    .fails("the text is no day, an instant comes without zone, or the zone is unknown")
    .constants(|c| known_zone(c, 1)),
    Function::new(
        "instant",
        "the point in time of a text with an offset",
        &[of("text", Text)],
        Instant,
        &[("instant(\"2024-01-31T00:00:00Z\")", "instant(\"2024-01-31T00:00:00Z\")")],
        |v| match v.first() {
            Some(Value::Text(text)) => {
                let offset = text.ends_with(['Z', 'z']) || text.get(10..).is_some_and(|t| t.contains(['+', '-']));
                let at = if offset || text.contains(", ") { instant_from_text(text, &TimeZone::UTC) } else { None };
                at.map(Value::Instant)
                    .ok_or_else(|| String::from("is not a date and time with offset, such as 2024-01-31T00:00:00Z"))
            }
            other => Ok(other.cloned().unwrap_or(Value::Null)),
        },
    )
    .fails("the text is no date and time with offset")
    .nulls(Propagates),
    Function::new(
        "start_of_day",
        "the point in time at which a day begins in a time zone",
        &[DAY, ZONE],
        Instant,
        &[
            ("date(\"2024-01-31\") | start_of_day(\"America/Chicago\")", "instant(\"2024-01-31T06:00:00Z\")"),
            ("date(\"2024-07-01\") | start_of_day(\"America/Chicago\")", "instant(\"2024-07-01T05:00:00Z\")"),
        ],
        |v| {
            let start = day(v, 0)?.to_datetime(jiff::civil::Time::midnight()).to_zoned_datetime(zone(text(v, 1))?);
            start.map(|z| Value::Instant(z.timestamp())).map_err(out_of_time)
        },
    )
    .fails("the zone is unknown")
    .constants(|c| known_zone(c, 1)),
    Function::new(
        "add_days",
        "a day so many days later, or earlier for a negative number",
        &[DAY, of("days", Integer)],
        Date,
        &[("date(\"2024-02-28\") | add_days(2)", "date(\"2024-03-01\")")],
        |v| add_to_day(v, MOST_DAYS, |n| Span::new().days(n)),
    )
    .fails("the day would be beyond the year 9999 or before -9999"),
    Function::new(
        "add_months",
        "the same day so many months later, or the month's last day where it has no such day",
        &[DAY, of("months", Integer)],
        Date,
        &[
            ("date(\"2024-01-31\") | add_months(1)", "date(\"2024-02-29\")"),
            ("date(\"2024-01-31\") | add_months(-12)", "date(\"2023-01-31\")"),
        ],
        |v| add_to_day(v, MOST_MONTHS, |n| Span::new().months(n)),
    )
    .fails("the day would be beyond the year 9999 or before -9999"),
    Function::new(
        "add_seconds",
        "a point in time so many seconds later, or earlier for a negative number",
        &[AT, of("seconds", Number)],
        Instant,
        &[("instant(\"2024-01-31T23:59:30Z\") | add_seconds(45.5)", "instant(\"2024-02-01T00:00:15.5Z\")")],
        |v| {
            let sum = seconds(at(v, 0)?).checked_add(number(v, 1));
            from_seconds(sum.ok_or_else(|| out_of_time(()))?)
        },
    )
    .fails("the result is beyond the year 9999 or before -9999, or has more than nine decimals of a second"),
    Function::new(
        "days_between",
        "how many days from the first to the second; negative if that is earlier",
        &[DAY, of("other", Date)],
        Integer,
        &[("days_between(date(\"2024-02-28\"), date(\"2024-03-01\"))", "2")],
        |v| {
            let days = day(v, 1)?.since(day(v, 0)?).map_err(out_of_time)?.get_days();
            Ok(Value::Number(days.into()))
        },
    ),
    Function::new(
        "seconds_between",
        "how many seconds from the first to the second; negative if that is earlier",
        &[AT, of("other", Instant)],
        Number,
        &[("seconds_between(instant(\"2024-01-31T00:00:00Z\"), instant(\"2024-01-31T00:01:00.5Z\"))", "60.5")],
        |v| counted(seconds(at(v, 1)?) - seconds(at(v, 0)?)),
    ),
    Function::new("year", "the year of a day", &[DAY], Integer, &[("year(date(\"2024-01-31\"))", "2024")], |v| {
        Ok(Value::Number(day(v, 0)?.year().into()))
    }),
    Function::new(
        "month",
        "the month of a day, 1 to 12",
        &[DAY],
        Integer,
        &[("month(date(\"2024-01-31\"))", "1")],
        |v| Ok(Value::Number(day(v, 0)?.month().into())),
    ),
    Function::new(
        "day_of_month",
        "the day within its month, 1 to 31",
        &[DAY],
        Integer,
        &[("day_of_month(date(\"2024-01-31\"))", "31")],
        |v| Ok(Value::Number(day(v, 0)?.day().into())),
    ),
    Function::new(
        "weekday",
        "the day of the week: 1 is Monday, 7 is Sunday",
        &[DAY],
        Integer,
        &[("weekday(date(\"2024-01-31\"))", "3")],
        |v| Ok(Value::Number(day(v, 0)?.weekday().to_monday_one_offset().into())),
    ),
    Function::new(
        "from_unix",
        "the point in time so many seconds after the first of January 1970, UTC",
        &[of("seconds", Number)],
        Instant,
        &[("1706659200 | from_unix", "instant(\"2024-01-31T00:00:00Z\")")],
        |v| from_seconds(number(v, 0)),
    )
    .fails("the time is beyond the year 9999 or before -9999"),
    Function::new(
        "unix_seconds",
        "the whole seconds from the first of January 1970, UTC, to a point in time",
        &[AT],
        Integer,
        &[("instant(\"2024-01-31T00:00:00Z\") | unix_seconds", "1706659200")],
        |v| Ok(Value::Number(at(v, 0)?.as_nanosecond().div_euclid(1_000_000_000).into())),
    ),
];
