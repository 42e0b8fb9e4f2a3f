//! Functions on numbers: exact, with the rounding in their name.

use rust_decimal::{Decimal, RoundingStrategy};

use crate::plan::Arithmetic;
use crate::value::{Value, arithmetic, number_from_text, rounded};

use super::Function;
use super::NullRule::Elements;
use super::TypePattern::{self, Decimal as Number, Integer, List, Text, Variable};
use super::arguments::{counted, is_known, list, made, number, text};
use super::function::{Apply, Parameter, of};

const SUBJECT: Parameter = of("number", Number);
/// Of whole numbers a whole number, of others a decimal.
const N: TypePattern = Variable('N');
const WITH_DECIMALS: &[Parameter] = &[SUBJECT, of("decimals", Integer)];
const WITH_LIMIT: &[Parameter] = &[of("number", N), of("limit", N)];
const NUMBERS: &[Parameter] = &[of("numbers", List(&N))];
const SEVERAL: &[Parameter] = &[of("number", N), of("other", N)];

/// A text as number; null for an empty one. An exponent is for machines: in a text that people write, `12E4` is a code.
fn read(text: &str) -> Result<Value, String> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(Value::Null);
    }
    let number = if text.contains(['e', 'E']) { None } else { number_from_text(text) };
    number.map(Value::Number).ok_or_else(|| String::from("is not a number"))
}

/// What may part off thousands, beside the other of `.` and `,`.
const BETWEEN_GROUPS: [char; 5] = [' ', '\u{a0}', '\u{202f}', '\'', '’'];

/// A number in which `sign` parts off the decimals, and the other of `.` and `,`, a blank or an apostrophe parts off thousands: groups
/// of three digits, all parted by the same sign.
fn read_with(text: &str, sign: &str) -> Result<Value, String> {
    let (sign, other) = match sign {
        "," => (',', '.'),
        "." => ('.', ','),
        _ => return Err(String::from("can be read with `.` or `,` before the decimals")),
    };
    let text = text.trim();
    if text.is_empty() {
        return Ok(Value::Null);
    }
    let (minus, digits) = text.strip_prefix('-').map_or(("", text), |digits| ("-", digits));
    let (whole, decimals) = match digits.split_once(sign) {
        Some((whole, decimals)) => (whole, Some(decimals)),
        None => (digits, None),
    };
    let between = whole.chars().find(|c| *c == other || BETWEEN_GROUPS.contains(c));
    let groups: Vec<&str> = between.map_or_else(|| vec![whole], |between| whole.split(between).collect());
    let are_digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if !groups.iter().all(|group| are_digits(group)) || !decimals.is_none_or(are_digits) {
        return Err(String::from("is not a number"));
    }
    if between.is_some()
        && (groups.first().is_some_and(|group| group.len() > 3) || groups.iter().skip(1).any(|group| group.len() != 3))
    {
        return Err(format!(
            "is not a number: thousands are groups of three digits, and `{sign}` comes before the decimals"
        ));
    }
    let decimals = decimals.map_or_else(String::new, |decimals| format!(".{decimals}"));
    read(&format!("{minus}{}{decimals}", groups.concat()))
}

fn round_with(values: &[Value], strategy: RoundingStrategy) -> Result<Value, String> {
    match u32::try_from(number(values, 1).trunc().mantissa()) {
        Ok(decimals @ 0..=28) => Ok(Value::Number(rounded(number(values, 0), decimals, strategy))),
        _ => Err(String::from("cannot be rounded to so many decimals: 0 to 28 are possible")),
    }
}

const fn rounding(
    name: &'static str,
    about: &'static str,
    examples: &'static [(&'static str, &'static str)],
    apply: Apply,
) -> Function {
    Function::new(name, about, WITH_DECIMALS, Number, examples, apply).fails("the decimals are not 0 to 28").constants(
        |c| {
            let decimals = c.get(1).cloned().flatten();
            let sample = [Value::Number(Decimal::ONE), decimals.unwrap_or(Value::Number(Decimal::ZERO))];
            round_with(&sample, RoundingStrategy::ToZero).map(|_| ())
        },
    )
}

const fn limit(
    name: &'static str,
    about: &'static str,
    examples: &'static [(&'static str, &'static str)],
    apply: Apply,
) -> Function {
    Function::new(name, about, WITH_LIMIT, N, examples, apply)
}

/// The numbers of a list, or of several arguments; `None` if one is null.
fn numbers(values: &[Value]) -> Option<Vec<Decimal>> {
    let items: &[Value] = match values {
        [Value::List(items)] => items,
        other => other,
    };
    items.iter().map(|v| if let Value::Number(n) = v { Some(*n) } else { None }).collect()
}

fn least(v: &[Value]) -> Result<Value, String> {
    Ok(numbers(v).and_then(|n| n.into_iter().min()).map_or(Value::Null, Value::Number))
}

fn greatest(v: &[Value]) -> Result<Value, String> {
    Ok(numbers(v).and_then(|n| n.into_iter().max()).map_or(Value::Null, Value::Number))
}

fn sum(v: &[Value]) -> Result<Value, String> {
    let Some(numbers) = numbers(v) else { return Ok(Value::Null) };
    let mut sum = Decimal::ZERO;
    for number in numbers {
        sum = arithmetic(Arithmetic::Add, sum, number).map_err(|e| e.to_string())?;
    }
    Ok(Value::Number(sum))
}

const fn over_list(
    name: &'static str,
    about: &'static str,
    result: TypePattern,
    examples: &'static [(&'static str, &'static str)],
    apply: Apply,
) -> Function {
    Function::new(name, about, NUMBERS, result, examples, apply).nulls(Elements)
}

const fn of_several(
    name: &'static str,
    about: &'static str,
    examples: &'static [(&'static str, &'static str)],
    apply: Apply,
) -> Function {
    Function::new(name, about, SEVERAL, N, examples, apply).variadic()
}

static LEAST_OF_LIST: Function = over_list(
    "min",
    "the least number of a list; null if one is null or there is none",
    N,
    &[("[3, 1.5, 2] | min", "1.5"), ("min([])", "null"), ("min([1, null])", "null")],
    least,
)
.null_of_empty();

static GREATEST_OF_LIST: Function = over_list(
    "max",
    "the greatest number of a list; null if one is null or there is none",
    N,
    &[("[3, 1.5, 2] | max", "3"), ("max([])", "null")],
    greatest,
)
.null_of_empty();

pub(super) static FUNCTIONS: &[Function] = &[
    Function::new(
        "number",
        "makes a number of a text; an empty text is null",
        &[of("text", Text)],
        Number,
        &[
            ("\"12.50\" | number", "12.5"),
            ("\" \" | number", "null"),
            ("[\"twelve\"][first] | number otherwise 0", "0"),
        ],
        |v| match v.first() {
            Some(Value::Text(text)) => read(text),
            other => Ok(other.cloned().unwrap_or(Value::Null)),
        },
    )
    .null_of_empty()
    .fails("the text is no number: digits, perhaps a minus and a decimal point"),
    Function::new(
        "integer",
        "makes a whole number of a text; an empty text is null",
        &[of("text", Text)],
        Integer,
        &[("\"12\" | integer", "12"), ("\"12.0\" | integer", "12"), ("\"\" | integer", "null")],
        |v| match read(text(v, 0))? {
            Value::Number(number) if !number.is_integer() => Err(String::from("is not a whole number")),
            value => Ok(value),
        },
    )
    .null_of_empty()
    .fails("the text is no whole number; one with decimals wants `number` and a rounding"),
    Function::new(
        "parse_number",
        "makes a number of a text with `,` or `.` before the decimals; thousands may be parted by the other one, a blank or an apostrophe, in groups of three",
        &[of("text", Text), of("sign", Text)],
        Number,
        &[("\"1.234,50\" | parse_number(\",\")", "1234.5"), ("\"1,234.50\" | parse_number(\".\")", "1234.5")],
        |v| read_with(text(v, 0), text(v, 1)),
    )
    .null_of_empty()
    .fails("the text is no such number, or the sign is neither `,` nor `.`")
    .constants(|c| match c.get(1) {
        Some(Some(Value::Text(sign))) => read_with("1", sign).map(|_| ()),
        _ => Ok(()),
    }),
    rounding(
        "round",
        "rounds to so many decimals; a half goes away from zero",
        &[("2.345 | round(2)", "2.35"), ("-2.5 | round(0)", "-3")],
        |v| round_with(v, RoundingStrategy::MidpointAwayFromZero),
    ),
    rounding(
        "round_half_even",
        "rounds to so many decimals; a half goes to the even neighbour",
        &[("2.345 | round_half_even(2)", "2.34"), ("2.355 | round_half_even(2)", "2.36")],
        |v| round_with(v, RoundingStrategy::MidpointNearestEven),
    ),
    rounding(
        "round_down",
        "cuts to so many decimals, toward zero",
        &[("2.99 | round_down(0)", "2"), ("-2.99 | round_down(0)", "-2")],
        |v| round_with(v, RoundingStrategy::ToZero),
    ),
    rounding(
        "round_up",
        "rounds to so many decimals, away from zero",
        &[("2.01 | round_up(0)", "3"), ("-2.01 | round_up(0)", "-3")],
        |v| round_with(v, RoundingStrategy::AwayFromZero),
    ),
    Function::new(
        "floor",
        "the greatest whole number that is not above a number",
        &[SUBJECT],
        Integer,
        &[("82.8 | floor", "82"), ("-0.5 | floor", "-1")],
        |v| counted(number(v, 0).floor()),
    ),
    Function::new(
        "ceiling",
        "the least whole number that is not below a number",
        &[SUBJECT],
        Integer,
        &[("82.1 | ceiling", "83"), ("-0.5 | ceiling", "0")],
        |v| counted(number(v, 0).ceil()),
    ),
    Function::new("abs", "takes the sign away", &[of("number", N)], N, &[("abs(-1.5)", "1.5")], |v| {
        Ok(Value::Number(number(v, 0).abs()))
    }),
    Function::new(
        "remainder",
        "what is left of a number after division, with the number's sign",
        &[of("number", N), of("divisor", N)],
        N,
        &[("7 | remainder(3)", "1"), ("-7.5 | remainder(2)", "-1.5")],
        |v| match number(v, 0).checked_rem(number(v, 1)) {
            Some(rest) => counted(rest),
            None => Err(String::from("cannot be divided by 0")),
        },
    )
    .fails("the divisor is 0")
    .constants(|c| match c.get(1) {
        Some(Some(Value::Number(n))) if n.is_zero() => Err(String::from("cannot be divided by 0")),
        _ => Ok(()),
    }),
    limit(
        "at_least",
        "the number, or the limit if the number is below it",
        &[("-3 | at_least(0)", "0"), ("7 | at_least(0)", "7")],
        |v| Ok(Value::Number(number(v, 0).max(number(v, 1)))),
    ),
    limit(
        "at_most",
        "the number, or the limit if the number is above it",
        &[("12 | at_most(10)", "10")],
        |v| Ok(Value::Number(number(v, 0).min(number(v, 1)))),
    ),
    of_several("min", "the least of several numbers", &[("min(3, 1.5, 2)", "1.5")], least).or(&LEAST_OF_LIST),
    of_several("max", "the greatest of several numbers", &[("max(3, 1.5, 2)", "3")], greatest).or(&GREATEST_OF_LIST),
    over_list(
        "sum",
        "adds the numbers of a list; null if one is null, 0 for none",
        N,
        &[("sum([1, 2.5])", "3.5"), ("sum([])", "0"), ("sum([1, null])", "null")],
        sum,
    )
    .fails("the sum has more than 28 digits"),
    over_list(
        "average",
        "the sum of a list divided by its count, to 28 digits; null if one is null or there is none",
        Number,
        &[("average([1, 2])", "1.5"), ("average([])", "null")],
        |v| match (sum(v)?, list(v, 0).len()) {
            (Value::Number(sum), count @ 1..) => {
                arithmetic(Arithmetic::Divide, sum, count.into()).map(Value::Number).map_err(|e| e.to_string())
            }
            _ => Ok(Value::Null),
        },
    )
    .null_of_empty()
    .fails("the sum has more than 28 digits"),
    Function::new(
        "with_decimals",
        "a number as text with exactly so many decimals",
        &[SUBJECT, of("decimals", Integer)],
        Text,
        &[("12.5 | with_decimals(2)", "\"12.50\""), ("7 | with_decimals(0)", "\"7\"")],
        |v| {
            let decimals = match u32::try_from(number(v, 1).trunc().mantissa()) {
                Ok(decimals @ 0..=28) => decimals,
                _ => return Err(String::from("cannot have so many decimals: 0 to 28 are possible")),
            };
            let subject = number(v, 0).normalize();
            if subject.scale() > decimals {
                return Err(String::from("has more decimals: say how to round them first, `round(2)`"));
            }
            made(&format!("{subject:.*}", decimals as usize))
        },
    )
    .fails("the number has more decimals than that, or the decimals are not 0 to 28")
    .constants(|c| {
        if !is_known(c, 1) {
            return Ok(());
        }
        let decimals = c.get(1).cloned().flatten().unwrap_or(Value::Null);
        round_with(&[Value::Number(Decimal::ONE), decimals], RoundingStrategy::ToZero).map(|_| ())
    }),
];
