//! Values side by side (RFC 9535, section 2.3.5.2.2).

use std::borrow::Cow;
use std::cmp::Ordering;

use super::document::{Document, Kind, NodeId};
use super::number;
use super::query::{Literal, Operator};

/// One value of a comparison.
#[derive(Debug, Clone)]
pub(super) enum Operand<'d> {
    /// A query found nothing, or a function has no result: it equals nothing but itself.
    Nothing,
    Null,
    Bool(bool),
    /// Its digits.
    Number(Cow<'d, str>),
    Text(Cow<'d, str>),
    /// A list or an object.
    Node(NodeId),
}

impl<'d> Operand<'d> {
    pub fn of_literal(literal: &'d Literal) -> Self {
        match literal {
            Literal::Null => Operand::Null,
            Literal::Bool(b) => Operand::Bool(*b),
            Literal::Number(digits) => Operand::Number(Cow::Borrowed(digits)),
            Literal::Text(text) => Operand::Text(Cow::Borrowed(text)),
        }
    }

    pub fn of_node(document: &'d Document, id: NodeId) -> Self {
        match document.kind(id) {
            Kind::Null => Operand::Null,
            Kind::Bool(b) => Operand::Bool(b),
            Kind::Number => Operand::Number(Cow::Borrowed(document.digits(id))),
            Kind::Text => Operand::Text(document.string(id)),
            Kind::List | Kind::Object => Operand::Node(id),
        }
    }

    pub fn of_count(count: usize) -> Self {
        Operand::Number(Cow::Owned(count.to_string()))
    }
}

/// Whether a comparison holds.
pub(super) fn holds(document: &Document, operator: Operator, a: &Operand<'_>, b: &Operand<'_>) -> bool {
    let equal = || equal(document, a, b);
    match operator {
        Operator::Equal => equal(),
        Operator::NotEqual => !equal(),
        Operator::Less => order(a, b).is_some_and(Ordering::is_lt),
        Operator::Greater => order(a, b).is_some_and(Ordering::is_gt),
        Operator::LessOrEqual => order(a, b).is_some_and(Ordering::is_lt) || equal(),
        Operator::GreaterOrEqual => order(a, b).is_some_and(Ordering::is_gt) || equal(),
    }
}

/// Numbers and texts have an order, among themselves.
fn order(a: &Operand<'_>, b: &Operand<'_>) -> Option<Ordering> {
    match (a, b) {
        (Operand::Number(a), Operand::Number(b)) => Some(number::order(a, b)),
        // by code points, as their bytes are in UTF-8
        (Operand::Text(a), Operand::Text(b)) => Some(a.cmp(b)),
        _ => None,
    }
}

fn equal(document: &Document, a: &Operand<'_>, b: &Operand<'_>) -> bool {
    match (a, b) {
        (Operand::Nothing, Operand::Nothing) | (Operand::Null, Operand::Null) => true,
        (Operand::Bool(a), Operand::Bool(b)) => a == b,
        (Operand::Number(a), Operand::Number(b)) => number::order(a, b).is_eq(),
        (Operand::Text(a), Operand::Text(b)) => a == b,
        (Operand::Node(a), Operand::Node(b)) => same(document, *a, *b),
        _ => false,
    }
}

/// Whether two lists or objects hold the same.
fn same(document: &Document, a: NodeId, b: NodeId) -> bool {
    if a == b {
        return true;
    }
    let one = |a: NodeId, b: NodeId| equal(document, &Operand::of_node(document, a), &Operand::of_node(document, b));
    match (document.kind(a), document.kind(b)) {
        (Kind::List, Kind::List) => {
            let (mut left, mut right) = (document.elements(a), document.elements(b));
            loop {
                match (left.next(), right.next()) {
                    (None, None) => return true,
                    (Some(a), Some(b)) if one(a, b) => {}
                    _ => return false,
                }
            }
        }
        (Kind::Object, Kind::Object) => {
            let sorted = |id: NodeId| {
                let mut members: Vec<(Cow<'_, str>, NodeId)> =
                    document.members(id).map(|(name, value)| (document.string(name), value)).collect();
                members.sort_by(|(a, _), (b, _)| a.cmp(b));
                members
            };
            let (a, b) = (sorted(a), sorted(b));
            a.len() == b.len() && a.iter().zip(&b).all(|((k, v), (l, w))| k == l && one(*v, *w))
        }
        _ => false,
    }
}
