//! Signatures against types: what a parameter takes, what its variables stand for, and how both are said.

use crate::functions::{Function, FunctionId, NullRule, TypePattern};
use crate::source::Span;

use super::checker::Checker;
use super::scope::Checked;
use super::types::{Kind, Type};

/// The variable that stands for integer or decimal: of integers an integer comes out.
pub(super) const NUMBER: char = 'N';

/// Types that a signature's variables stand for.
pub(super) type Bound = Vec<(char, Type)>;

/// The type of a result.
pub(super) fn result_type(pattern: &TypePattern, bound: &Bound) -> Type {
    let kind = match pattern {
        TypePattern::Text => Kind::Text,
        TypePattern::Integer => Kind::Integer,
        TypePattern::Decimal => Kind::Decimal,
        TypePattern::Boolean => Kind::Boolean,
        TypePattern::Instant => Kind::Instant,
        TypePattern::Date => Kind::Date,
        TypePattern::Variable(variable) => {
            // of nothing at all a sum is 0
            let unbound = if *variable == NUMBER { Kind::Integer } else { Kind::Nothing };
            return bound.iter().find(|(v, _)| v == variable).map_or(Type::of(unbound), |(_, t)| t.clone());
        }
        TypePattern::List(of) => Kind::List(Box::new(result_type(of, bound))),
        TypePattern::Dictionary(of) => Kind::Dictionary(Box::new(result_type(of, bound))),
        TypePattern::OneOf(of) => of.first().map_or(Kind::Nothing, |p| result_type(p, bound).kind),
    };
    Type::of(kind)
}

impl Checker<'_> {
    /// Notes what a variable stands for; an error if that does not go with what it stood for before. `within`: the type of
    /// elements, which may be null one by one.
    pub fn bind(&self, bound: &mut Bound, variable: char, ty: &Type, within: bool) -> Result<(), ()> {
        match bound.iter_mut().find(|(v, _)| *v == variable) {
            Some((_, before)) => {
                *before = self.join(before, ty).ok_or(())?;
                Ok(())
            }
            None => {
                bound.push((variable, ty.clone().nullable(within && ty.nullable)));
                Ok(())
            }
        }
    }
}

/// `max(number, other, …)` or `max(numbers)`
pub(super) fn forms_in_words(forms: &[(FunctionId, &'static Function)]) -> String {
    forms.iter().map(|(_, f)| format!("`{}`", form(f))).collect::<Vec<_>>().join(" or ")
}

/// Whether a form's parameters take arguments of these types.
pub(super) fn takes_types(function: &Function, checked: &[(Checked, Span)]) -> bool {
    let list = function.parameters.list;
    checked
        .iter()
        .enumerate()
        .all(|(i, (c, _))| list.get(i).or(list.last()).is_none_or(|p| takes_kind(&p.accepts, &c.ty.kind)))
}

/// Whether a parameter takes a type, conversions that lose nothing included.
pub(super) fn takes_kind(pattern: &TypePattern, kind: &Kind) -> bool {
    match (pattern, kind) {
        (_, Kind::Nothing) => true,
        (TypePattern::Text, k) => k.is_textual() || k.is_number(),
        (TypePattern::Integer, k) => *k == Kind::Integer,
        (TypePattern::Decimal | TypePattern::Variable(NUMBER), k) => k.is_number(),
        (TypePattern::Boolean, k) => *k == Kind::Boolean,
        (TypePattern::Instant, k) => *k == Kind::Instant,
        (TypePattern::Date, k) => *k == Kind::Date,
        (TypePattern::Variable(_), _) => true,
        (TypePattern::List(of), Kind::List(element)) | (TypePattern::Dictionary(of), Kind::Dictionary(element)) => {
            takes_kind(of, &element.kind)
        }
        (TypePattern::OneOf(patterns), k) => patterns.iter().any(|p| match p {
            TypePattern::Text => k.is_textual(),
            p => takes_kind(p, k),
        }),
        (TypePattern::List(_) | TypePattern::Dictionary(_), _) => false,
    }
}

/// Whether a call's result may be null.
pub(super) fn may_be_null(function: &Function, checked: &[(Checked, Span)]) -> bool {
    let nullable = |ty: &Type| ty.nullable || ty.kind == Kind::Nothing;
    let arguments = checked.iter().any(|(c, _)| nullable(&c.ty));
    let within = checked.iter().any(|(c, _)| matches!(&c.ty.kind, Kind::List(of) if of.nullable));
    match function.nulls {
        NullRule::Propagates => arguments || function.may_be_null,
        NullRule::Elements => arguments || within || function.may_be_null,
        NullRule::Sees => function.may_be_null,
    }
}

/// A function's form: `truncate(text, length)`.
pub fn form(function: &Function) -> String {
    let mut parameters: Vec<String> = function
        .parameters
        .list
        .iter()
        .enumerate()
        .map(|(i, p)| if i < function.parameters.required { p.name.to_owned() } else { format!("{}?", p.name) })
        .collect();
    if function.parameters.variadic {
        parameters.push(String::from("…"));
    }
    format!("{}({})", function.name, parameters.join(", "))
}

/// A parameter's type in words.
pub fn pattern_words(pattern: &TypePattern) -> String {
    match pattern {
        TypePattern::Text => String::from("a text"),
        TypePattern::Integer => String::from("a whole number"),
        TypePattern::Decimal | TypePattern::Variable(NUMBER) => String::from("a number"),
        TypePattern::Boolean => String::from("true or false"),
        TypePattern::Instant => String::from("a point in time"),
        TypePattern::Date => String::from("a day"),
        TypePattern::Variable(_) => String::from("any value"),
        TypePattern::List(of) => format!("a list of {}", several(of)),
        TypePattern::Dictionary(of) => format!("a dictionary of {}", several(of)),
        TypePattern::OneOf(patterns) => one_of(patterns.iter().map(pattern_words)),
    }
}

/// `a text, a number or a day`
fn one_of(words: impl Iterator<Item = String>) -> String {
    let mut words: Vec<String> = words.collect();
    let last = words.pop().unwrap_or_default();
    if words.is_empty() { last } else { format!("{} or {last}", words.join(", ")) }
}

fn several(pattern: &TypePattern) -> String {
    String::from(match pattern {
        TypePattern::List(of) => return format!("lists of {}", several(of)),
        TypePattern::OneOf(patterns) if patterns.len() > 3 => return String::from("plain values"),
        TypePattern::OneOf(patterns) => return one_of(patterns.iter().map(several)),
        TypePattern::Text => "texts",
        TypePattern::Integer => "whole numbers",
        TypePattern::Decimal | TypePattern::Variable(NUMBER) => "numbers",
        TypePattern::Boolean => "true and false",
        TypePattern::Instant => "points in time",
        TypePattern::Date => "days",
        TypePattern::Variable(_) => "any values",
        TypePattern::Dictionary(_) => "dictionaries",
    })
}
