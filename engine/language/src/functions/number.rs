//! Functions on numbers: exact, with the rounding in their name.

use rust_decimal::{Decimal, RoundingStrategy};

use crate::plan::Arithmetic;
use crate::value::{Value, arithmetic, number_from_text, rounded};

use super::NullRule::{Propagates, Sees};
use super::TypePattern::{Decimal as Number, Integer, List, Text};
use super::{Function, Parameter, Parameters, exactly};

const SUBJECT: Parameter = Parameter { name: "number", accepts: Number };

fn number(values: &[Value], at: usize) -> Decimal {
    match values.get(at) {
        Some(Value::Number(number)) => *number,
        _ => Decimal::ZERO,
    }
}

pub(super) static NUMBER: Function = Function {
    name: "number",
    about: "makes a number of a text; an empty text is null",
    parameters: exactly(&[Parameter { name: "text", accepts: Text }]),
    result: Number,
    may_be_null: true,
    fails: Some("the text is no number: digits, perhaps a minus and a decimal point"),
    nulls: Propagates,
    examples: &[
        ("\"12.50\" | number", "12.5"),
        ("\" \" | number", "null"),
        ("[\"twelve\"][first] | number otherwise 0", "0"),
    ],
    apply: |v| match v.first() {
        Some(Value::Text(text)) if text.trim().is_empty() => Ok(Value::Null),
        Some(Value::Text(text)) => {
            number_from_text(text.trim()).map(Value::Number).ok_or_else(|| String::from("is not a number"))
        }
        other => Ok(other.cloned().unwrap_or(Value::Null)),
    },
};

pub(super) static INTEGER: Function = Function {
    name: "integer",
    about: "makes a whole number of a text; an empty text is null",
    parameters: exactly(&[Parameter { name: "text", accepts: Text }]),
    result: Integer,
    may_be_null: true,
    fails: Some("the text is no whole number; one with decimals wants `number` and a rounding"),
    nulls: Propagates,
    examples: &[("\"12\" | integer", "12"), ("\"12.0\" | integer", "12"), ("\"\" | integer", "null")],
    apply: |v| match (NUMBER.apply)(v)? {
        Value::Number(number) if !number.is_integer() => Err(String::from("is not a whole number")),
        value => Ok(value),
    },
};

fn round_with(values: &[Value], strategy: RoundingStrategy) -> Result<Value, String> {
    let decimals = number(values, 1);
    match u32::try_from(decimals.trunc().mantissa()) {
        Ok(decimals @ 0..=28) => Ok(Value::Number(rounded(number(values, 0), decimals, strategy))),
        _ => Err(String::from("cannot be rounded to so many decimals: 0 to 28 are possible")),
    }
}

const fn rounding(
    name: &'static str,
    about: &'static str,
    examples: &'static [(&'static str, &'static str)],
    apply: fn(&[Value]) -> Result<Value, String>,
) -> Function {
    Function {
        name,
        about,
        parameters: exactly(&[SUBJECT, Parameter { name: "decimals", accepts: Integer }]),
        result: Number,
        may_be_null: false,
        fails: Some("the decimals are not 0 to 28"),
        nulls: Propagates,
        examples,
        apply,
    }
}

pub(super) static ROUND: Function = rounding(
    "round",
    "rounds to so many decimals; a half goes away from zero",
    &[("2.345 | round(2)", "2.35"), ("-2.5 | round(0)", "-3")],
    |v| round_with(v, RoundingStrategy::MidpointAwayFromZero),
);

pub(super) static ROUND_HALF_EVEN: Function = rounding(
    "round_half_even",
    "rounds to so many decimals; a half goes to the even neighbour",
    &[("2.345 | round_half_even(2)", "2.34"), ("2.355 | round_half_even(2)", "2.36")],
    |v| round_with(v, RoundingStrategy::MidpointNearestEven),
);

pub(super) static ROUND_DOWN: Function = rounding(
    "round_down",
    "cuts to so many decimals, toward zero",
    &[("2.99 | round_down(0)", "2"), ("-2.99 | round_down(0)", "-2")],
    |v| round_with(v, RoundingStrategy::ToZero),
);

pub(super) static ROUND_UP: Function = rounding(
    "round_up",
    "rounds to so many decimals, away from zero",
    &[("2.01 | round_up(0)", "3"), ("-2.01 | round_up(0)", "-3")],
    |v| round_with(v, RoundingStrategy::AwayFromZero),
);

pub(super) static ABS: Function = Function {
    name: "abs",
    about: "takes the sign away",
    parameters: exactly(&[SUBJECT]),
    result: Number,
    may_be_null: false,
    fails: None,
    nulls: Propagates,
    examples: &[("abs(-1.5)", "1.5")],
    apply: |v| Ok(Value::Number(number(v, 0).abs())),
};

const fn limit(
    name: &'static str,
    about: &'static str,
    examples: &'static [(&'static str, &'static str)],
    apply: fn(&[Value]) -> Result<Value, String>,
) -> Function {
    Function {
        name,
        about,
        // of integers an integer, of decimals a decimal
        parameters: exactly(&[
            Parameter { name: "number", accepts: super::TypePattern::Variable('N') },
            Parameter { name: "limit", accepts: super::TypePattern::Variable('N') },
        ]),
        result: super::TypePattern::Variable('N'),
        may_be_null: false,
        fails: None,
        nulls: Propagates,
        examples,
        apply,
    }
}

pub(super) static AT_LEAST: Function = limit(
    "at_least",
    "the number, or the limit if the number is below it",
    &[("-3 | at_least(0)", "0"), ("7 | at_least(0)", "7")],
    |v| Ok(Value::Number(number(v, 0).max(number(v, 1)))),
);

pub(super) static AT_MOST: Function =
    limit("at_most", "the number, or the limit if the number is above it", &[("12 | at_most(10)", "10")], |v| {
        Ok(Value::Number(number(v, 0).min(number(v, 1))))
    });

/// The numbers of a list, or of several arguments; `None` if one is null.
fn numbers(values: &[Value]) -> Option<Vec<Decimal>> {
    let items: &[Value] = match values {
        [Value::List(items)] => items,
        other => other,
    };
    items.iter().map(|v| if let Value::Number(n) = v { Some(*n) } else { None }).collect()
}

const fn over_list(
    name: &'static str,
    about: &'static str,
    may_be_null: bool,
    fails: Option<&'static str>,
    examples: &'static [(&'static str, &'static str)],
    apply: fn(&[Value]) -> Result<Value, String>,
) -> Function {
    Function {
        name,
        about,
        parameters: exactly(&[Parameter { name: "numbers", accepts: List(&Number) }]),
        result: Number,
        may_be_null,
        fails,
        nulls: Sees,
        examples,
        apply,
    }
}

const fn of_several(
    name: &'static str,
    about: &'static str,
    examples: &'static [(&'static str, &'static str)],
    apply: fn(&[Value]) -> Result<Value, String>,
) -> Function {
    Function {
        name,
        about,
        parameters: Parameters {
            list: &[SUBJECT, Parameter { name: "other", accepts: Number }],
            required: 2,
            variadic: true,
        },
        result: Number,
        may_be_null: false,
        fails: None,
        nulls: Propagates,
        examples,
        apply,
    }
}

pub(super) static MIN: Function =
    of_several("min", "the least of several numbers", &[("min(3, 1.5, 2)", "1.5")], |v| {
        Ok(numbers(v).and_then(|n| n.into_iter().min()).map_or(Value::Null, Value::Number))
    });

pub(super) static MAX: Function =
    of_several("max", "the greatest of several numbers", &[("max(3, 1.5, 2)", "3")], |v| {
        Ok(numbers(v).and_then(|n| n.into_iter().max()).map_or(Value::Null, Value::Number))
    });

pub(super) static SUM: Function = over_list(
    "sum",
    "adds the numbers of a list; null if one is null, 0 for none",
    true,
    Some("the sum has more than 28 digits"),
    &[("sum([1, 2.5])", "3.5"), ("sum([])", "0"), ("sum([1, null])", "null")],
    |v| {
        let Some(numbers) = numbers(v) else { return Ok(Value::Null) };
        let mut sum = Decimal::ZERO;
        for number in numbers {
            sum = arithmetic(Arithmetic::Add, sum, number).map_err(|e| e.to_string())?;
        }
        Ok(Value::Number(sum))
    },
);
