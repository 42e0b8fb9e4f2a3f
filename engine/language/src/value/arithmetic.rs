//! Exact arithmetic: right to the last digit, or a failure. 28 significant digits, never a wrap, never a binary float.

use rust_decimal::{Decimal, RoundingStrategy};

use crate::plan::Arithmetic;

/// Why there is no result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ArithmeticError {
    /// The result has more than 28 digits.
    Overflow,
    /// A division by zero.
    DivisionByZero,
}

impl std::fmt::Display for ArithmeticError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            ArithmeticError::Overflow => "the result has more than 28 digits",
            ArithmeticError::DivisionByZero => "a division by zero",
        })
    }
}

/// Most significant digits.
const MOST_DIGITS: u32 = 28;

/// `+ - *` exactly, `/` to 28 significant digits, half to even.
///
/// # Errors
/// Overflow, division by zero.
pub fn arithmetic(operator: Arithmetic, a: Decimal, b: Decimal) -> Result<Decimal, ArithmeticError> {
    let result = match operator {
        Arithmetic::Add => exact_sum(a, b),
        Arithmetic::Subtract => exact_sum(a, -b),
        Arithmetic::Multiply => exact_product(a, b),
        Arithmetic::Divide if b.is_zero() => return Err(ArithmeticError::DivisionByZero),
        Arithmetic::Divide => {
            a.checked_div(b).and_then(|q| q.round_sf_with_strategy(MOST_DIGITS, RoundingStrategy::MidpointNearestEven))
        }
    };
    result.filter(fits).map(|d| d.normalize()).ok_or(ArithmeticError::Overflow)
}

/// A sum, unless digits would be lost.
fn exact_sum(a: Decimal, b: Decimal) -> Option<Decimal> {
    let sum = a.checked_add(b)?;
    // rust_decimal rounds when the scales do not fit; taking one away again shows it
    (sum.checked_sub(b)? == a && sum.checked_sub(a)? == b).then_some(sum)
}

/// A product, unless digits would be lost.
fn exact_product(a: Decimal, b: Decimal) -> Option<Decimal> {
    let (a, b) = (a.normalize(), b.normalize());
    let product = a.checked_mul(b)?;
    let lossless = product.is_zero() && (a.is_zero() || b.is_zero())
        || a.scale() + b.scale() <= MOST_DIGITS && !a.is_zero() && !b.is_zero();
    let mantissa = a.mantissa().checked_mul(b.mantissa())?;
    let same = product.mantissa() == mantissa || product.normalize().mantissa() == strip_zeros(mantissa);
    (lossless && same || product.is_zero() && mantissa == 0).then_some(product)
}

fn strip_zeros(mut mantissa: i128) -> i128 {
    while mantissa != 0 && mantissa % 10 == 0 {
        mantissa /= 10;
    }
    mantissa
}

/// Whether a number has at most 28 significant digits.
#[allow(clippy::trivially_copy_pass_by_ref)] // the shape of `Option::filter`
fn fits(number: &Decimal) -> bool {
    strip_zeros(number.mantissa()).unsigned_abs() < 10u128.pow(MOST_DIGITS)
}

/// `-a`
#[must_use]
pub fn negate(a: Decimal) -> Decimal {
    if a.is_zero() { a } else { -a }
}

/// The digits of a JSON number or of a text that is one: `12`, `-1.50`, `1e3`. `None` when it is none or has more than 28
/// significant digits.
#[must_use]
pub fn number_from_text(text: &str) -> Option<Decimal> {
    if let Some(number) = short_number(text) {
        return Some(number);
    }
    let digits = text.strip_prefix('-').unwrap_or(text);
    if !digits.starts_with(|c: char| c.is_ascii_digit()) || text.len() > 64 || text.contains('_') {
        return None;
    }
    let number = if text.contains(['e', 'E']) {
        Decimal::from_scientific(text).ok()?
    } else {
        match Decimal::from_str_exact(text) {
            Ok(number) => number,
            // zeros at the end are no digits that could be lost
            Err(_) if text.contains('.') => {
                Decimal::from_str_exact(text.trim_end_matches('0').trim_end_matches('.')).ok()?
            }
            Err(_) => return None,
        }
    };
    let number = number.normalize();
    fits(&number).then_some(if number.is_zero() { Decimal::ZERO } else { number })
}

/// Most digits that fit a machine word.
const SHORT: usize = 18;

/// The common case: an optional minus, digits, and perhaps a point and more digits, few enough for a machine word. `None`: it
/// is another case, or no number.
fn short_number(text: &str) -> Option<Decimal> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text),
    };
    if digits.len() > SHORT || !digits.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let (mut mantissa, mut scale, mut point) = (0u64, 0u32, false);
    for byte in digits.bytes() {
        match byte {
            b'0'..=b'9' => {
                mantissa = mantissa * 10 + u64::from(byte - b'0');
                scale += u32::from(point);
            }
            b'.' if !point => point = true,
            _ => return None,
        }
    }
    // a point wants a digit behind it
    if point && scale == 0 {
        return None;
    }
    while scale > 0 && mantissa % 10 == 0 {
        mantissa /= 10;
        scale -= 1;
    }
    if mantissa == 0 {
        return Some(Decimal::ZERO);
    }
    let number = i64::try_from(mantissa).ok()?;
    Some(Decimal::new(if negative { -number } else { number }, scale))
}

/// Rounded to so many decimals.
#[must_use]
pub fn rounded(number: Decimal, decimals: u32, strategy: RoundingStrategy) -> Decimal {
    number.round_dp_with_strategy(decimals, strategy).normalize()
}

#[cfg(test)]
mod tests {
    use std::str::FromStr as _;

    use super::*;

    fn d(text: &str) -> Decimal {
        Decimal::from_str(text).unwrap()
    }

    #[test]
    fn sums_and_products_are_exact_or_fail() {
        use Arithmetic::{Add, Divide, Multiply, Subtract};
        assert_eq!(arithmetic(Add, d("0.1"), d("0.2")), Ok(d("0.3")));
        assert_eq!(arithmetic(Multiply, d("19.99"), d("3")), Ok(d("59.97")));
        assert_eq!(arithmetic(Multiply, d("0"), d("-3")), Ok(d("0")));
        assert_eq!(arithmetic(Divide, d("7"), d("2")), Ok(d("3.5")));
        assert_eq!(arithmetic(Divide, d("1"), d("3")).unwrap().to_string(), "0.3333333333333333333333333333");
        assert_eq!(arithmetic(Divide, d("1"), d("0")), Err(ArithmeticError::DivisionByZero));
        let big = d("9999999999999999999999999999");
        assert_eq!(arithmetic(Add, big, d("1")).unwrap(), d("10000000000000000000000000000"));
        assert_eq!(arithmetic(Add, big, d("0.01")), Err(ArithmeticError::Overflow));
        assert_eq!(arithmetic(Multiply, big, d("10.1")), Err(ArithmeticError::Overflow));
        assert_eq!(arithmetic(Subtract, d("0.0000000000000000000000000001"), big), Err(ArithmeticError::Overflow));
        assert_eq!(
            arithmetic(Multiply, d("0.000000000000001"), d("0.000000000000001")),
            Err(ArithmeticError::Overflow)
        );
    }

    #[test]
    fn numbers_are_read_with_all_their_digits_or_not_at_all() {
        assert_eq!(number_from_text("12.50"), Some(d("12.5")));
        assert_eq!(number_from_text("-0.0"), Some(d("0")));
        assert_eq!(number_from_text("1e3"), Some(d("1000")));
        assert_eq!(number_from_text("69.840000000000000000000000000000000"), Some(d("69.84")));
        for bad in ["", "-", "1_000", ".5", "1e400", "12345678901234567890123456789.1", "abc", "0x1F", "1,5", "NaN"] {
            assert_eq!(number_from_text(bad), None, "{bad}");
        }
    }

    #[test]
    fn short_numbers_are_read_as_long_ones_are() {
        for text in [
            "0",
            "-0",
            "0.0",
            "00",
            "007",
            "1",
            "-1",
            "12.50",
            "0.05",
            "-0.050",
            "123456789012345678",
            "0.12345678901234567",
            "1.",
            ".5",
            "1..2",
            "1.2.3",
            "-",
            "",
            "1 ",
            " 1",
            "+1",
            "1_0",
            "1e3",
            "1E-2",
            "٣",
            "--1",
        ] {
            let long = format!("{}{}", text, if text.contains('.') { "0".repeat(20) } else { String::new() });
            let slow = Decimal::from_str_exact(text).ok().map(|n| n.normalize());
            let found = number_from_text(text);
            if text.bytes().all(|b| b.is_ascii_digit() || b == b'.' || b == b'-')
                && !text.ends_with('.')
                && !text.starts_with('.')
            {
                assert_eq!(
                    found,
                    slow.filter(|_| !text.is_empty()).map(|n| if n.is_zero() { Decimal::ZERO } else { n }),
                    "{text}"
                );
            }
            if found.is_some() && text.contains('.') {
                assert_eq!(found, number_from_text(&long), "{text} {long}");
            }
        }
        assert_eq!(number_from_text(".5"), None);
    }
}
