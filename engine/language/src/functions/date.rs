//! Functions on points in time and days.

use jiff::tz::TimeZone;

use crate::value::{Value, instant_from_text};

use super::NullRule::Propagates;
use super::TypePattern::{Date, Instant, Text, Variable};
use super::{Function, Parameter, Parameters, exactly};

pub(super) static DATE: Function = Function {
    name: "date",
    about: "the day of a text (`\"2024-01-31\"`), or of an instant in a time zone",
    parameters: Parameters {
        list: &[Parameter { name: "value", accepts: Variable('T') }, Parameter { name: "zone", accepts: Text }],
        required: 1,
        variadic: false,
    },
    result: Date,
    may_be_null: false,
    fails: Some("the text is no day, an instant comes without zone, or the zone is unknown"),
    nulls: Propagates,
    examples: &[
        ("\"2024-01-31\" | date", "date(\"2024-01-31\")"),
        ("instant(\"2024-01-31T02:00:00Z\") | date(\"America/Chicago\")", "date(\"2024-01-30\")"),
    ],
    apply: |v| match (v.first(), v.get(1)) {
        (Some(Value::Date(day)), _) => Ok(Value::Date(*day)),
        (Some(Value::Text(text)), None) => {
            text.trim().parse().map(Value::Date).map_err(|_| String::from("is not a day such as 2024-01-31"))
        }
        (Some(Value::Instant(at)), Some(Value::Text(zone))) => {
            let zone =
                TimeZone::get(zone).map_err(|_| format!("cannot be placed in the zone `{zone}`, which is unknown"))?;
            Ok(Value::Date(at.to_zoned_datetime(zone).date()))
        }
        (Some(Value::Instant(_)), _) => {
            Err(String::from("has a different day in every zone: say which, `date(\"America/Chicago\")`"))
        }
        _ => Err(String::from("is neither a text nor an instant")),
    },
};

pub(super) static INSTANT: Function = Function {
    name: "instant",
    about: "the point in time of a text with an offset",
    parameters: exactly(&[Parameter { name: "text", accepts: Text }]),
    result: Instant,
    may_be_null: false,
    fails: Some("the text is no date and time with offset"),
    nulls: Propagates,
    examples: &[("instant(\"2024-01-31T00:00:00Z\")", "instant(\"2024-01-31T00:00:00Z\")")],
    apply: |v| match v.first() {
        Some(Value::Text(text)) => {
            let offset = text.ends_with(['Z', 'z']) || text.get(10..).is_some_and(|t| t.contains(['+', '-']));
            let at = if offset || text.contains(", ") { instant_from_text(text, &TimeZone::UTC) } else { None };
            at.map(Value::Instant)
                .ok_or_else(|| String::from("is not a date and time with offset, such as 2024-01-31T00:00:00Z"))
        }
        other => Ok(other.cloned().unwrap_or(Value::Null)),
    },
};
