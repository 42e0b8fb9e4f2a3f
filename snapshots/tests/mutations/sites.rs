//! Where a mapping file can be changed: its expressions and their parts, with their places.

use mapwright_language::mapping_file::MappingFile;
use mapwright_language::syntax::tree::{Expr, ExprKind, FieldRule, ForBody, Selector, TextPart};

/// Seeded chance (xorshift), so that a run can be made again.
pub struct Chance(u64);

impl Chance {
    pub fn new(seed: u64) -> Chance {
        Chance(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % (end.max(1) as u64)).unwrap()
    }

    pub fn pick<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> {
        if of.is_empty() { None } else { of.get(self.below(of.len())) }
    }
}

/// All expressions of a file that stand in it as written: rules, lets, filters, errors.
pub fn expressions(file: &MappingFile) -> Vec<&Expr> {
    let mut roots: Vec<&Expr> = Vec::new();
    if let Some(rules) = &file.rules {
        roots.extend(rules.value.lets.iter().map(|l| &l.value));
        roots.extend(rules.value.rules.iter().map(|r| &r.value));
    }
    roots.extend(file.filter.iter().flat_map(|f| &f.value).map(|f| &f.that));
    roots.extend(file.errors.iter().flat_map(|e| &e.value).map(|e| &e.when));
    let mut all = Vec::new();
    roots.into_iter().for_each(|root| walk(root, &mut all));
    all
}

fn walk<'a>(expr: &'a Expr, into: &mut Vec<&'a Expr>) {
    into.push(expr);
    let mut rules = |rules: &'a [FieldRule]| rules.iter().for_each(|r| walk(&r.value, into));
    match &expr.kind {
        ExprKind::Record(fields) => rules(fields),
        ExprKind::For { list, condition, body, .. } => {
            if let ForBody::Record(fields) = body {
                rules(fields);
            }
            walk(list, into);
            condition.iter().for_each(|c| walk(c, into));
            match body {
                ForBody::Value(value) => walk(value, into),
                ForBody::Entry(key, value) => [key, value].into_iter().for_each(|e| walk(e, into)),
                ForBody::Record(_) => {}
            }
        }
        ExprKind::List(items) => items.iter().for_each(|e| walk(e, into)),
        ExprKind::Dictionary(entries) => entries.iter().for_each(|(k, v)| {
            walk(k, into);
            walk(v, into);
        }),
        ExprKind::Member(inner, _) | ExprKind::Negate(inner) | ExprKind::Not(inner) => walk(inner, into),
        ExprKind::Select(inner, selector) => {
            walk(inner, into);
            match selector {
                Selector::Each(_, by)
                | Selector::FirstWhere(_, by)
                | Selector::Unique(_, by)
                | Selector::Group(_, by) => {
                    walk(by, into);
                }
                Selector::Sort(_, keys) => keys.iter().for_each(|k| walk(&k.by, into)),
                _ => {}
            }
        }
        ExprKind::Call { arguments, .. } => arguments.iter().for_each(|e| walk(e, into)),
        ExprKind::Binary(_, a, b) | ExprKind::Otherwise(a, b) => [a, b].into_iter().for_each(|e| walk(e, into)),
        ExprKind::IsEmpty { subject, .. } => walk(subject, into),
        ExprKind::Quantified { list, condition, .. } => [list, condition].into_iter().for_each(|e| walk(e, into)),
        ExprKind::If { condition, then, otherwise } => {
            walk(condition, into);
            walk(then, into);
            otherwise.iter().for_each(|e| walk(e, into));
        }
        ExprKind::Match { subject, arms, otherwise } => {
            walk(subject, into);
            arms.iter().for_each(|arm| walk(&arm.result, into));
            otherwise.iter().for_each(|e| walk(e, into));
        }
        ExprKind::Text(parts) => parts.iter().for_each(|p| {
            if let TextPart::Hole(hole) = p {
                walk(hole, into);
            }
        }),
        _ => {}
    }
}
