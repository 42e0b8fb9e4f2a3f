//! `Coalesce`, the conversions and the arithmetic.

use rust_decimal::{Decimal, RoundingStrategy};

use crate::plan::Arithmetic;
use crate::value::{Value, arithmetic, number_from_text, rounded};

use super::super::Function;
use super::super::NullRule::Sees;
use super::super::TypePattern::{self, Boolean, Decimal as Number, Integer, OneOf, Text, Variable};
use super::super::function::{Apply, Parameter, of};
use super::Compat;

/// What .NET makes a number of.
const NUMERIC: TypePattern = OneOf(&[Text, Number, Boolean]);
const VALUE: Parameter = of("value", NUMERIC);

const CULTURE: &str = "texts are read with a point before the decimals, not as the server's culture says";

/// `Convert.ToDecimal`: null stays none.
fn decimal(value: Option<&Value>) -> Result<Option<Decimal>, String> {
    match value {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Number(number)) => Ok(Some(*number)),
        Some(Value::Bool(b)) => Ok(Some(Decimal::from(u8::from(*b)))),
        Some(Value::Text(text)) => {
            number_from_text(text.trim()).map(Some).ok_or_else(|| String::from("is not a number"))
        }
        Some(_) => Err(String::from("cannot be made a number")),
    }
}

/// Within the whole numbers of .NET.
fn within(number: Decimal, least: i64, most: i64) -> Result<Value, String> {
    if number < Decimal::from(least) || number > Decimal::from(most) {
        return Err(format!("is not between {least} and {most}"));
    }
    Ok(Value::Number(number.normalize()))
}

/// `Convert.ToInt32` and `ToInt64`: null is 0, halves go to the even neighbour, a text holds a whole number.
fn whole(v: &[Value], least: i64, most: i64) -> Result<Value, String> {
    let number = decimal(v.first())?.unwrap_or_default();
    if matches!(v.first(), Some(Value::Text(text)) if text.contains(['.', 'e', 'E'])) {
        return Err(String::from("is not a whole number"));
    }
    within(rounded(number, 0, RoundingStrategy::MidpointNearestEven), least, most)
}

fn first_of(v: &[Value]) -> Option<&Value> {
    v.iter().find(|value| **value != Value::Null)
}

const fn convert(
    name: &'static str,
    about: &'static str,
    result: TypePattern,
    examples: &'static [(&'static str, &'static str)],
    apply: Apply,
) -> Function {
    Function::new(name, about, &[VALUE], result, examples, apply).nulls(Sees)
}

static COALESCE: Function = Function::new(
    "Coalesce",
    "the first argument that is not null; \"\", 0 and false are values",
    &[of("value", Variable('T'))],
    Variable('T'),
    &[("Coalesce(null, \"\", \"b\")", "\"\""), ("Coalesce(null, 2, 3)", "2"), ("Coalesce(null, null)", "null")],
    |v| Ok(first_of(v).cloned().unwrap_or(Value::Null)),
)
.variadic()
.nulls(Sees)
.may_be_null();

static COALESCE_TO_DECIMAL: Function = convert(
    "CoalesceToDecimal",
    "the first argument that is not null, as number; 0 if all are null",
    Number,
    &[
        ("CoalesceToDecimal(null, \"1.50\", 3)", "1.5"),
        ("CoalesceToDecimal(null)", "0"),
        ("CoalesceToDecimal(true)", "1"),
    ],
    |v| Ok(Value::Number(decimal(first_of(v))?.unwrap_or_default())),
)
.variadic()
.fails("the text is no number");

static COALESCE_TO_INT: Function = convert(
    "CoalesceToInt",
    "the first argument that is not null, as the whole number that is not above it; 0 if all are null",
    Integer,
    &[("CoalesceToInt(null, 82.8)", "82"), ("CoalesceToInt(\"-0.5\")", "-1"), ("CoalesceToInt(null)", "0")],
    |v| within(decimal(first_of(v))?.unwrap_or_default().floor(), i32::MIN.into(), i32::MAX.into()),
)
.variadic()
.fails("the text is no number, or the result is beyond 32 bits");

static TO_INT: Function = convert(
    "ConvertToInt",
    "a whole number, halves to the even neighbour; 0 of null",
    Integer,
    &[
        ("ConvertToInt(2.5)", "2"),
        ("ConvertToInt(3.5)", "4"),
        ("ConvertToInt(\"7\")", "7"),
        ("ConvertToInt(null)", "0"),
    ],
    |v| whole(v, i32::MIN.into(), i32::MAX.into()),
)
.fails("the text is no whole number, or the result is beyond 32 bits");

static TO_LONG: Function = convert(
    "ConvertToLong",
    "a whole number, halves to the even neighbour; 0 of null",
    Integer,
    &[("ConvertToLong(2.5)", "2"), ("ConvertToLong(\"8000000000\")", "8000000000"), ("ConvertToLong(null)", "0")],
    |v| whole(v, i64::MIN, i64::MAX),
)
.fails("the text is no whole number, or the result is beyond 64 bits");

static TO_DECIMAL: Function = convert(
    "ConvertToDecimal",
    "a number; 0 of null, 1 of true",
    Number,
    &[("ConvertToDecimal(\"12.50\")", "12.5"), ("ConvertToDecimal(null)", "0")],
    |v| Ok(Value::Number(decimal(v.first())?.unwrap_or_default())),
)
.fails("the text is no number");

static TO_DOUBLE: Function = convert(
    "ConvertToDouble",
    "a number; 0 of null, 1 of true",
    Number,
    &[("ConvertToDouble(\"0.1\") + 0.2", "0.3"), ("ConvertToDouble(null)", "0")],
    |v| Ok(Value::Number(decimal(v.first())?.unwrap_or_default())),
)
.fails("the text is no number");

static MULTIPLICATION: Function = Function::new(
    "TypesafeMultiplication",
    "the product of two numbers; 0 if one is null",
    &[of("a", NUMERIC), of("b", NUMERIC)],
    Number,
    &[("TypesafeMultiplication(19.99, \"3\")", "59.97"), ("TypesafeMultiplication(null, 3)", "0")],
    |v| match (decimal(v.first())?, decimal(v.get(1))?) {
        (Some(a), Some(b)) => arithmetic(Arithmetic::Multiply, a, b).map(Value::Number).map_err(|e| e.to_string()),
        _ => Ok(Value::Number(Decimal::ZERO)),
    },
)
.nulls(Sees)
.fails("a text is no number, or the product has more than 28 digits");

static DIVISION: Function = Function::new(
    "TypesafeDivision",
    "the quotient of two numbers; 0 if the first is null",
    &[of("numerator", NUMERIC), of("denominator", NUMERIC)],
    Number,
    &[
        ("TypesafeDivision(7, 2)", "3.5"),
        ("TypesafeDivision(null, 0)", "0"),
        ("(TypesafeDivision(1, [0][first]) otherwise 5)", "5"),
    ],
    |v| match (decimal(v.first())?, decimal(v.get(1))?) {
        (None, _) => Ok(Value::Number(Decimal::ZERO)),
        (Some(_), None) => Err(String::from("cannot be divided by null")),
        (Some(a), Some(b)) => arithmetic(Arithmetic::Divide, a, b).map(Value::Number).map_err(|e| e.to_string()),
    },
)
.nulls(Sees)
.fails("a text is no number, or the denominator is null or 0");

static LARGER: Function = Function::new(
    "Larger",
    "the greater of two numbers; null counts for nothing, and two nulls give 0",
    &[of("a", NUMERIC), of("b", NUMERIC)],
    Number,
    &[("Larger(-3, 0)", "0"), ("Larger(null, -3)", "-3"), ("Larger(null, null)", "0")],
    |v| {
        let (a, b) = (decimal(v.first())?, decimal(v.get(1))?);
        Ok(Value::Number(match (a, b) {
            (Some(a), Some(b)) => a.max(b),
            (a, b) => a.or(b).unwrap_or_default(),
        }))
    },
)
.nulls(Sees)
.fails("a text is no number");

pub(super) static TABLE: &[Compat] = &[
    Compat::function(&COALESCE, "a ?? b")
        .differs("all arguments are evaluated; `??` looks at the next one only if it is needed"),
    Compat::function(&COALESCE_TO_DECIMAL, "(a | number) ?? 0")
        .differs("gives 0 where all are null, and takes true and false for 1 and 0; an empty text fails")
        .not_kept(CULTURE),
    Compat::function(&COALESCE_TO_INT, "(a ?? 0) | floor")
        .differs("gives 0 where all are null, and refuses what is beyond 32 bits")
        .not_kept("texts are read with a point before the decimals, and -0.1 + 0.1 is exactly 0: no binary floats"),
    Compat::function(&TO_LONG, "a | round_half_even(0)")
        .differs("gives 0 for null, and refuses what is beyond 64 bits; a text becomes a number with `integer`"),
    Compat::function(&TO_INT, "a | round_half_even(0)")
        .differs("gives 0 for null, and refuses what is beyond 32 bits; a text becomes a number with `integer`"),
    Compat::function(&TO_DECIMAL, "a | number")
        .differs("gives 0 for null; an empty text fails, with `number` it is null")
        .not_kept(CULTURE),
    Compat::function(&TO_DOUBLE, "a | number")
        .differs("gives 0 for null; an empty text fails, with `number` it is null")
        .not_kept("numbers are exact decimals, never binary floats; texts are read with a point before the decimals"),
    Compat::function(&MULTIPLICATION, "a * b")
        .differs("gives 0 where one is null; `*` gives null")
        .not_kept("the product is exact, no binary float"),
    Compat::function(&DIVISION, "a / b")
        .differs("gives 0 where the first is null and fails where the second is; `/` gives null")
        .not_kept("the quotient has 28 digits, no binary float"),
    Compat::function(&LARGER, "max(a, b)")
        .differs("leaves null out, and gives 0 for two nulls; `max` gives null, `at_least(0)` is often what is meant"),
];
