//! Units of measure. The factors are the exact ones of the definitions (a pound is 453.59237 g, an inch 2.54 cm); a result with
//! more than 28 digits is rounded there, half to even.

use rust_decimal::Decimal;

use crate::plan::Arithmetic;
use crate::value::{Value, arithmetic};

use super::Function;
use super::TypePattern::{Decimal as Number, Text};
use super::arguments::{number, text};
use super::function::of;

/// Name, and the digits and decimals of how much it is of the first unit of its kind.
type Unit = (&'static str, i64, u32);

/// In grams.
const WEIGHTS: &[Unit] = &[
    ("mg", 1, 3),
    ("g", 1, 0),
    ("kg", 1000, 0),
    ("t", 1_000_000, 0),
    ("oz", 28_349_523_125, 9),
    ("lb", 45_359_237, 5),
];
/// In centimetres.
const LENGTHS: &[Unit] =
    &[("mm", 1, 1), ("cm", 1, 0), ("m", 100, 0), ("km", 100_000, 0), ("in", 254, 2), ("ft", 3048, 2), ("yd", 9144, 2)];
/// In millilitres; gallons, fluid ounces and the like are those of the United States.
const VOLUMES: &[Unit] = &[
    ("ml", 1, 0),
    ("l", 1000, 0),
    ("fl_oz", 295_735_295_625, 10),
    ("pt", 473_176_473, 6),
    ("qt", 946_352_946, 6),
    ("gal", 3_785_411_784, 6),
];

fn factor(units: &[Unit], name: &str) -> Result<Decimal, String> {
    let found = units.iter().find(|(unit, _, _)| unit.eq_ignore_ascii_case(name.trim()));
    found.map(|(_, digits, scale)| Decimal::new(*digits, *scale)).ok_or_else(|| {
        let known = units.iter().map(|(unit, _, _)| format!("`{unit}`")).collect::<Vec<_>>().join(", ");
        let name: String = name.chars().take(40).collect();
        format!("cannot be converted: `{name}` is none of {known}")
    })
}

fn convert(v: &[Value], units: &[Unit]) -> Result<Value, String> {
    let (from, to) = (factor(units, text(v, 1))?, factor(units, text(v, 2))?);
    let number = number(v, 0);
    if from == to {
        return Ok(Value::Number(number));
    }
    let too_great = || String::from("has too many digits to be converted");
    // the product is exact wherever 28 digits hold it
    let product = arithmetic(Arithmetic::Multiply, number, from).ok().or_else(|| number.checked_mul(from));
    let result = arithmetic(Arithmetic::Divide, product.ok_or_else(too_great)?, to);
    result.map(Value::Number).map_err(|_| too_great())
}

fn known_units(constants: &[Option<Value>], units: &[Unit]) -> Result<(), String> {
    for constant in constants.iter().skip(1).flatten() {
        if let Value::Text(name) = constant {
            factor(units, name)?;
        }
    }
    Ok(())
}

const FAILS: &str = "a unit is none of these, or the result has more than 28 digits before the point";

pub(super) static FUNCTIONS: &[Function] = &[
    Function::new(
        "convert_weight",
        "a weight in another unit: mg, g, kg, t, oz, lb",
        &[of("number", Number), of("from", Text), of("to", Text)],
        Number,
        &[
            ("2 | convert_weight(\"lb\", \"g\")", "907.18474"),
            ("500 | convert_weight(\"g\", \"kg\")", "0.5"),
            ("24 | convert_weight(\"oz\", \"lb\")", "1.5"),
        ],
        |v| convert(v, WEIGHTS),
    )
    .fails(FAILS)
    .constants(|c| known_units(c, WEIGHTS)),
    Function::new(
        "convert_length",
        "a length in another unit: mm, cm, m, km, in, ft, yd",
        &[of("number", Number), of("from", Text), of("to", Text)],
        Number,
        &[
            ("10 | convert_length(\"in\", \"cm\")", "25.4"),
            ("6 | convert_length(\"ft\", \"in\")", "72"),
            ("30 | convert_length(\"cm\", \"in\") | round(2)", "11.81"),
        ],
        |v| convert(v, LENGTHS),
    )
    .fails(FAILS)
    .constants(|c| known_units(c, LENGTHS)),
    Function::new(
        "convert_volume",
        "a volume in another unit: ml, l, and of the United States fl_oz, pt, qt, gal",
        &[of("number", Number), of("from", Text), of("to", Text)],
        Number,
        &[("1 | convert_volume(\"gal\", \"l\")", "3.785411784"), ("2 | convert_volume(\"pt\", \"qt\")", "1")],
        |v| convert(v, VOLUMES),
    )
    .fails(FAILS)
    .constants(|c| known_units(c, VOLUMES)),
];
