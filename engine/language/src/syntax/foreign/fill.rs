//! Arguments put into a template: on the tree, so that the printer sets the parentheses.

use super::super::tree::{Expr, ExprKind, FieldRule, ForBody, Name, Operator, Selector, SortKey, TextPart};
use crate::source::Span;

/// What stands in for a name of a template.
pub(super) enum Put<'a> {
    /// An argument.
    Value(&'a Expr),
    /// The body of a function of one argument; its binder takes the place of the template's.
    Body(&'a str, &'a Expr),
}

/// The template with its names replaced. Its own parts take the place `span`, arguments keep theirs.
pub(super) fn fill(template: &Expr, puts: &[(&str, Put<'_>)], span: Span) -> Expr {
    let binder = puts.iter().find_map(|(_, put)| match put {
        Put::Body(binder, _) => Some(*binder),
        Put::Value(_) => None,
    });
    rebuild(template, &mut |mut expr: Expr| {
        expr.span = span;
        if let (ExprKind::Name { name, .. }, Some(binder)) = (&mut expr.kind, binder)
            && name.text == "x"
        {
            binder.clone_into(&mut name.text);
        }
        if let ExprKind::Name { name, .. } = &expr.kind
            && let Some((_, put)) = puts.iter().find(|(of, _)| *of == name.text)
        {
            return match put {
                Put::Value(value) => (*value).clone(),
                Put::Body(own, body) => renamed(body, own, binder.unwrap_or(own)),
            };
        }
        if let Some(binder) = binder {
            rename_binder(&mut expr.kind, binder);
        }
        calculated(expr)
    })
}

/// A difference of two written numbers is the number.
fn calculated(mut expr: Expr) -> Expr {
    if let ExprKind::Binary(Operator::Subtract, left, right) = &expr.kind
        && let (ExprKind::Number(left), ExprKind::Number(right)) = (&left.kind, &right.kind)
        && let Some(difference) = left.checked_sub(*right)
    {
        expr.kind = ExprKind::Number(difference);
    }
    expr
}

/// Two functions in one form share a binder.
fn renamed(body: &Expr, from: &str, to: &str) -> Expr {
    rebuild(body, &mut |mut expr: Expr| {
        if let ExprKind::Name { name, .. } = &mut expr.kind
            && name.text == from
        {
            to.clone_into(&mut name.text);
        }
        expr
    })
}

fn rename_binder(kind: &mut ExprKind, to: &str) {
    let set = |name: &mut Name| to.clone_into(&mut name.text);
    match kind {
        ExprKind::Quantified { binder, .. } | ExprKind::For { binder, .. } => set(binder),
        ExprKind::Select(
            _,
            Selector::Each(binder, _)
            | Selector::FirstWhere(binder, _)
            | Selector::Sort(binder, _)
            | Selector::Unique(binder, _)
            | Selector::Group(binder, _),
        ) => set(binder),
        _ => {}
    }
}

/// A tree made again from its leaves: `with` sees every expression after those in it.
pub fn rebuild(expr: &Expr, with: &mut impl FnMut(Expr) -> Expr) -> Expr {
    let kind = match &expr.kind {
        kind @ (ExprKind::Null
        | ExprKind::Clear
        | ExprKind::Bool(_)
        | ExprKind::Number(_)
        | ExprKind::JsonPath(_)
        | ExprKind::Name { .. }) => kind.clone(),
        ExprKind::Text(parts) => ExprKind::Text(
            parts
                .iter()
                .map(|part| match part {
                    TextPart::Hole(path) => TextPart::Hole(rebuild(path, with)),
                    TextPart::Text(text) => TextPart::Text(text.clone()),
                })
                .collect(),
        ),
        ExprKind::List(items) => ExprKind::List(items.iter().map(|i| rebuild(i, with)).collect()),
        ExprKind::Record(rules) => ExprKind::Record(rebuild_rules(rules, with)),
        ExprKind::Dictionary(entries) => {
            ExprKind::Dictionary(entries.iter().map(|(k, v)| (rebuild(k, with), rebuild(v, with))).collect())
        }
        ExprKind::Member(inner, name) => ExprKind::Member(boxed(inner, with), name.clone()),
        ExprKind::Select(inner, selector) => ExprKind::Select(boxed(inner, with), rebuild_selector(selector, with)),
        ExprKind::Call { function, arguments, piped, each } => ExprKind::Call {
            function: function.clone(),
            arguments: arguments.iter().map(|a| rebuild(a, with)).collect(),
            piped: *piped,
            each: *each,
        },
        ExprKind::Negate(inner) => ExprKind::Negate(boxed(inner, with)),
        ExprKind::Not(inner) => ExprKind::Not(boxed(inner, with)),
        ExprKind::Binary(operator, a, b) => ExprKind::Binary(*operator, boxed(a, with), boxed(b, with)),
        ExprKind::IsEmpty { subject, negated } => {
            ExprKind::IsEmpty { subject: boxed(subject, with), negated: *negated }
        }
        ExprKind::Quantified { every, binder, list, condition } => ExprKind::Quantified {
            every: *every,
            binder: binder.clone(),
            list: boxed(list, with),
            condition: boxed(condition, with),
        },
        ExprKind::If { condition, then, otherwise } => ExprKind::If {
            condition: boxed(condition, with),
            then: boxed(then, with),
            otherwise: otherwise.as_deref().map(|o| boxed(o, with)),
        },
        ExprKind::Match { subject, arms, otherwise } => {
            let subject = boxed(subject, with);
            let mut arms = arms.clone();
            for arm in &mut arms {
                arm.result = rebuild(&arm.result, with);
            }
            ExprKind::Match { subject, arms, otherwise: otherwise.as_deref().map(|o| boxed(o, with)) }
        }
        ExprKind::For { binder, list, condition, body } => ExprKind::For {
            binder: binder.clone(),
            list: boxed(list, with),
            condition: condition.as_deref().map(|c| boxed(c, with)),
            body: match body {
                ForBody::Record(rules) => ForBody::Record(rebuild_rules(rules, with)),
                ForBody::Value(value) => ForBody::Value(boxed(value, with)),
                ForBody::Entry(key, value) => ForBody::Entry(boxed(key, with), boxed(value, with)),
            },
        },
        ExprKind::Otherwise(a, b) => ExprKind::Otherwise(boxed(a, with), boxed(b, with)),
    };
    with(Expr { kind, span: expr.span })
}

fn boxed(expr: &Expr, with: &mut impl FnMut(Expr) -> Expr) -> Box<Expr> {
    Box::new(rebuild(expr, with))
}

fn rebuild_rules(rules: &[FieldRule], with: &mut impl FnMut(Expr) -> Expr) -> Vec<FieldRule> {
    rules.iter().map(|r| FieldRule { target: r.target.clone(), value: rebuild(&r.value, with) }).collect()
}

fn rebuild_selector(selector: &Selector, with: &mut impl FnMut(Expr) -> Expr) -> Selector {
    match selector {
        Selector::Each(binder, e) => Selector::Each(binder.clone(), boxed(e, with)),
        Selector::FirstWhere(binder, e) => Selector::FirstWhere(binder.clone(), boxed(e, with)),
        Selector::Unique(binder, e) => Selector::Unique(binder.clone(), boxed(e, with)),
        Selector::Group(binder, e) => Selector::Group(binder.clone(), boxed(e, with)),
        Selector::Sort(binder, keys) => {
            let key = |k: &SortKey, with: &mut _| SortKey { by: rebuild(&k.by, with), descending: k.descending };
            Selector::Sort(binder.clone(), keys.iter().map(|k| key(k, with)).collect())
        }
        other => other.clone(),
    }
}
