//! How many decimals a number may have: known of constants, of fields whose schema says so, and of what is calculated with them.
//! Where it is not known nothing is said.

use rust_decimal::Decimal;

use crate::diagnostic::Diagnostic;
use crate::plan::Arithmetic;
use crate::schema::{Field, FieldKind};
use crate::source::Span;
use crate::syntax::tree::{Expr, ExprKind};
use crate::value::Value;

use super::checker::Checker;
use super::scope::Checked;
use super::types::Kind;

/// The decimals of what need not come to an end, such as a third.
pub(super) const ENDLESS: u32 = 28;

impl Checker<'_> {
    /// The most decimals that a value may have; `None` = not known.
    pub fn digits(&self, checked: &Checked) -> Option<u32> {
        if checked.ty.kind == Kind::Integer {
            return Some(0);
        }
        match self.constant_of(checked) {
            Some(Value::Number(number)) => Some(number.normalize().scale()),
            _ => checked.digits.or_else(|| checked.field.as_ref().filter(|_| checked.ty.kind.is_number())?.decimals),
        }
    }

    /// Of a sum, a product, a quotient.
    pub fn digits_of(&self, operator: Arithmetic, left: &Checked, right: &Checked) -> Option<u32> {
        let (a, b) = (self.digits(left), self.digits(right));
        match operator {
            Arithmetic::Add | Arithmetic::Subtract => most(a, b),
            Arithmetic::Multiply if a == Some(ENDLESS) || b == Some(ENDLESS) => Some(ENDLESS),
            Arithmetic::Multiply => Some((a? + b?).min(ENDLESS)),
            Arithmetic::Divide => match self.constant_of(right) {
                Some(Value::Number(by)) => match decimals_of_inverse(by) {
                    Some(more) => Some((a? + more).min(ENDLESS)),
                    None => Some(ENDLESS),
                },
                _ => Some(ENDLESS),
            },
        }
    }

    /// Of a call.
    pub fn digits_of_call(&self, function: &str, arguments: &[(Checked, Span)]) -> Option<u32> {
        let first = arguments.first().map(|(first, _)| first);
        match function {
            "round" | "round_down" | "round_up" | "round_half_even" => {
                let Some((decimals, _)) = arguments.get(1) else { return Some(0) };
                match self.constant_of(decimals)? {
                    Value::Number(number) => u32::try_from(number).ok(),
                    _ => None,
                }
            }
            "average" => Some(ENDLESS),
            "abs" => self.digits(first?),
            "sum" => match &first?.ty.kind {
                Kind::List(of) if of.kind == Kind::Integer => Some(0),
                _ => first?.digits,
            },
            "min" | "max" | "at_least" | "at_most" => {
                let mut digits = arguments.iter().map(|(argument, _)| self.digits(argument));
                let start = digits.next()?;
                digits.fold(start, most)
            }
            _ => None,
        }
    }

    /// Warns of a number that may have more decimals than its field keeps: such a record would be refused.
    pub fn too_many_digits(&mut self, value: &Expr, checked: &Checked, field: &Field) {
        // a constant has been counted for certain
        if field.kind != FieldKind::Decimal || self.constant_of(checked).is_some() {
            return;
        }
        let (Some(keeps), Some(digits)) = (field.decimals, self.digits(checked)) else { return };
        if digits <= keeps {
            return;
        }
        let may = if digits == ENDLESS { String::from("may have any number of") } else { format!("may have {digits}") };
        let piped = matches!(value.kind, ExprKind::Binary(..) | ExprKind::If { .. });
        let form = if piped { format!("`(…) | round({keeps})`") } else { format!("`… | round({keeps})`") };
        self.diagnostics.push(
            Diagnostic::warning("W0407", value.span, format!("this {may} decimals, and the field keeps {keeps}"))
                .help(format!("say how to round: {form}; records with more decimals are refused")),
        );
    }
}

/// Of one of two; what is known to be endless may be endless.
pub(super) fn most(a: Option<u32>, b: Option<u32>) -> Option<u32> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.max(b)),
        (Some(ENDLESS), None) | (None, Some(ENDLESS)) => Some(ENDLESS),
        _ => None,
    }
}

/// How many decimals 1 divided by a number has, if it comes to an end.
fn decimals_of_inverse(by: Decimal) -> Option<u32> {
    let by = by.normalize();
    let mut mantissa = by.mantissa().unsigned_abs();
    let mut count = |factor: u128| {
        let mut times = 0;
        while mantissa != 0 && mantissa.is_multiple_of(factor) {
            mantissa /= factor;
            times += 1;
        }
        times
    };
    let (twos, fives): (u32, u32) = (count(2), count(5));
    (mantissa == 1).then(|| twos.max(fives).saturating_sub(by.scale()))
}
