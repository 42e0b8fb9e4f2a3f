//! What a condition tells about null: the paths that are not null where it is true, and where it is false.

use crate::mapping_file::MappingFile;
use crate::syntax::tree::{Expr, ExprKind, Operator, Selector};

/// Paths that are not null when the condition is `truth`.
pub(super) fn not_null_when(condition: &Expr, truth: bool) -> Vec<String> {
    let mut facts = Vec::new();
    collect(condition, truth, &mut facts);
    facts
}

/// What holds of every record that a collection's filters and errors let through.
pub(super) fn of_collection(file: &MappingFile) -> Vec<String> {
    let filters = file.filter.iter().flat_map(|f| &f.value).flat_map(|f| not_null_when(&f.that, true));
    let errors = file.errors.iter().flat_map(|e| &e.value).flat_map(|e| not_null_when(&e.when, false));
    filters.chain(errors).collect()
}

fn collect(condition: &Expr, truth: bool, facts: &mut Vec<String>) {
    match &condition.kind {
        ExprKind::Not(inner) => collect(inner, !truth, facts),
        ExprKind::IsEmpty { subject, negated } if *negated == truth => facts.extend(path_key(subject)),
        ExprKind::Binary(Operator::And, a, b) if truth => {
            collect(a, true, facts);
            collect(b, true, facts);
        }
        ExprKind::Binary(Operator::Or, a, b) if !truth => {
            collect(a, false, facts);
            collect(b, false, facts);
        }
        ExprKind::Binary(Operator::NotEqual, a, b) if truth && is_null(b) => facts.extend(path_key(a)),
        ExprKind::Binary(Operator::Equal, a, b) if !truth && is_null(b) => facts.extend(path_key(a)),
        ExprKind::Binary(Operator::Equal, a, b) if truth && is_literal(b) => facts.extend(path_key(a)),
        ExprKind::Binary(
            Operator::Less
            | Operator::LessOrEqual
            | Operator::Greater
            | Operator::GreaterOrEqual
            | Operator::StartsWith
            | Operator::EndsWith
            | Operator::Contains
            | Operator::In,
            a,
            b,
        ) if truth => {
            facts.extend(path_key(a));
            facts.extend(path_key(b));
        }
        _ => {}
    }
}

fn is_null(value: &Expr) -> bool {
    matches!(value.kind, ExprKind::Null)
}

fn is_literal(value: &Expr) -> bool {
    matches!(value.kind, ExprKind::Text(_) | ExprKind::Number(_) | ExprKind::Bool(_))
}

/// A plain path as its text: what narrowing goes by. `(a ?? b) is not empty` tells of the two together, not of either alone.
pub(super) fn path_key(value: &Expr) -> Option<String> {
    match &value.kind {
        ExprKind::Binary(Operator::OrIfNull, a, b) => Some(format!("{} ?? {}", path_key(a)?, path_key(b)?)),
        ExprKind::Name { name, .. } => Some(name.text.clone()),
        ExprKind::Member(inner, name) => Some(format!("{}.{}", path_key(inner)?, name.text)),
        ExprKind::Select(inner, Selector::Key(key)) => Some(format!("{}[\"{key}\"]", path_key(inner)?)),
        ExprKind::Select(inner, selector) => Some(format!("{}{}", path_key(inner)?, element_key(selector)?)),
        _ => None,
    }
}

/// Whether a fact (a path that is not null) says that `key` is not null either: the path itself, and what it goes through.
pub(super) fn says(fact: &str, key: &str) -> bool {
    let Some(rest) = fact.strip_prefix(key) else { return false };
    rest.is_empty() || (rest.starts_with(['.', '[']) && !fact.contains(" ?? "))
}

/// How one element of a list is written in a path's key.
pub(super) fn element_key(selector: &Selector) -> Option<String> {
    match selector {
        Selector::First => Some(String::from("[first]")),
        Selector::Last => Some(String::from("[last]")),
        Selector::Index(index) => Some(format!("[{index}]")),
        _ => None,
    }
}

/// Of paths that are not null those below `name`, as they are written there: `c` of `a.b.c` below `a.b`; "" is `name` itself.
pub(super) fn about(name: &str, facts: &[String]) -> Vec<String> {
    let below = |fact: &String| {
        let rest = fact.strip_prefix(name).filter(|_| !fact.contains(" ?? "))?;
        if rest.is_empty() || rest.starts_with('[') {
            return Some(rest.to_owned());
        }
        rest.strip_prefix('.').map(str::to_owned)
    };
    facts.iter().filter_map(below).collect()
}
