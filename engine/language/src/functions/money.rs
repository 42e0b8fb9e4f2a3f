//! Amounts spread over lines, to the last cent.

use rust_decimal::Decimal;

use crate::value::Value;

use super::Function;
use super::NullRule::Elements;
use super::TypePattern::{Decimal as Number, Integer, List};
use super::arguments::{between, list, number};
use super::function::{Parameter, of};

const AMOUNT: Parameter = of("amount", Number);
const DECIMALS: Parameter = of("decimals", Integer);

/// Most parts of an even split.
const MOST_PARTS: i64 = 10_000;

/// So many units of a decimal place: the whole number behind a decimal.
fn units(number: Decimal, decimals: u32) -> Option<u128> {
    let number = number.normalize();
    let missing = decimals.checked_sub(number.scale())?;
    number.mantissa().unsigned_abs().checked_mul(10u128.checked_pow(missing)?)
}

fn gcd(mut a: u128, mut b: u128) -> u128 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

/// Whole numbers in the same proportion as these.
fn proportions(weights: &[Decimal]) -> Option<Vec<u128>> {
    let places = weights.iter().map(|w| w.normalize().scale()).max().unwrap_or(0);
    let whole: Vec<u128> = weights.iter().map(|w| units(*w, places)).collect::<Option<_>>()?;
    let divisor = whole.iter().copied().fold(0, gcd).max(1);
    Some(whole.into_iter().map(|w| w / divisor).collect())
}

/// An amount in parts that are to one another as the weights, each a multiple of a decimal place, that add up to the amount. What
/// rounding down leaves goes, one unit each, to the parts that lost most by it, the first among equals.
fn allocate(amount: Decimal, weights: &[Decimal], decimals: u32) -> Result<Value, String> {
    let too_many = || String::from("cannot be spread: amount and weights have too many digits together");
    if amount.normalize().scale() > decimals {
        return Err(format!("has more than {decimals} decimals: round it first, `round({decimals})`"));
    }
    if weights.iter().any(|w| w.is_sign_negative() && !w.is_zero()) {
        return Err(String::from("cannot be spread: a weight is below 0"));
    }
    let weights = proportions(weights).ok_or_else(too_many)?;
    let total = weights.iter().try_fold(0u128, |sum, w| sum.checked_add(*w)).ok_or_else(too_many)?;
    let whole = units(amount, decimals).ok_or_else(too_many)?;
    if total == 0 {
        if whole != 0 {
            return Err(String::from("cannot be spread: there is no weight above 0"));
        }
        return Ok(Value::List(weights.iter().map(|_| Value::Number(Decimal::ZERO)).collect()));
    }
    let products: Vec<u128> =
        weights.iter().map(|w| whole.checked_mul(*w)).collect::<Option<_>>().ok_or_else(too_many)?;
    let mut parts: Vec<u128> = products.iter().map(|p| p / total).collect();
    let given: u128 = parts.iter().sum();
    let left = usize::try_from(whole - given).unwrap_or(0);
    let mut order: Vec<usize> = (0..parts.len()).collect();
    order.sort_by_key(|i| std::cmp::Reverse(products.get(*i).map_or(0, |p| p % total)));
    for i in order.into_iter().take(left) {
        if let Some(part) = parts.get_mut(i) {
            *part += 1;
        }
    }
    let decimal = |part: u128| {
        let part = Decimal::try_from_i128_with_scale(i128::try_from(part).ok()?, decimals).ok()?.normalize();
        Some(Value::Number(if amount.is_sign_negative() && !part.is_zero() { -part } else { part }))
    };
    parts.into_iter().map(decimal).collect::<Option<Vec<_>>>().map(|p| Value::List(p.into())).ok_or_else(too_many)
}

fn decimals(v: &[Value], at: usize) -> Result<u32, String> {
    between(v, at, 0, 28, "decimals").map(|d| u32::try_from(d).unwrap_or(0))
}

fn known_decimals(constants: &[Option<Value>]) -> Result<(), String> {
    match constants.get(2) {
        Some(Some(Value::Number(n))) => decimals(&[Value::Number(*n)], 0).map(|_| ()),
        _ => Ok(()),
    }
}

pub(super) static FUNCTIONS: &[Function] = &[
    Function::new(
        "allocate",
        "spreads an amount over lines in proportion to their weights: the parts add up to the amount exactly; what rounding leaves goes to the largest remainders, the first among equals; null if a weight is null",
        &[AMOUNT, of("weights", List(&Number)), DECIMALS],
        List(&Number),
        &[
            ("10 | allocate([1, 1, 1], 2)", "[3.34, 3.33, 3.33]"),
            ("-10 | allocate([50, 30, 20], 2)", "[-5, -3, -2]"),
            ("0.05 | allocate([70, 30], 2)", "[0.04, 0.01]"),
        ],
        |v| {
            let Some(Value::Number(amount)) = v.first() else { return Ok(Value::Null) };
            if v.get(2).is_none_or(|d| *d == Value::Null) || !matches!(v.get(1), Some(Value::List(_))) {
                return Ok(Value::Null);
            }
            let weights: Option<Vec<Decimal>> =
                list(v, 1).iter().map(|w| if let Value::Number(w) = w { Some(*w) } else { None }).collect();
            match weights {
                Some(weights) => allocate(*amount, &weights, decimals(v, 2)?),
                None => Ok(Value::Null),
            }
        },
    )
    .nulls(Elements)
    .fails("a weight is below 0, no weight is above 0, or the amount has more decimals than that")
    .constants(known_decimals),
    Function::new(
        "split_evenly",
        "cuts an amount into so many parts that are as equal as the decimals allow and add up to it; the first ones are the larger ones",
        &[AMOUNT, of("parts", Integer).between(1, MOST_PARTS), DECIMALS],
        List(&Number),
        &[("100 | split_evenly(3, 2)", "[33.34, 33.33, 33.33]")],
        |v| {
            let parts = between(v, 1, 1, MOST_PARTS, "a number of parts")?;
            let weights: Vec<Decimal> = (0..parts).map(|_| Decimal::ONE).collect();
            allocate(number(v, 0), &weights, decimals(v, 2)?)
        },
    )
    .fails("the parts are not 1 to 10000, or the amount has more decimals than that")
    .constants(known_decimals),
];
