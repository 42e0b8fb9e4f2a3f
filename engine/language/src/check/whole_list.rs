//! Lists that a system replaces as a whole: a rule that leaves elements out takes away there what it does not send.
//!
//! What has no link cannot be sent at all, and `[each x where linked(x.id, "T")]` says so where everybody reads it: that is the
//! form for leaving it out, and no reason for a hint. Nor is a rule that is for new records only, or one that looks at what is
//! there (`existing`).

use crate::diagnostic::Diagnostic;
use crate::schema::{Field, FieldKind};
use crate::source::Span;
use crate::syntax::tree::{Expr, ExprKind, Operator, Selector};

use super::checker::{Checker, level_let};

/// How many lets deep a value is looked into.
const MOST_LETS: usize = 16;

/// Where elements are left out, and how.
struct LeftOut {
    span: Span,
    how: &'static str,
}

impl Checker<'_> {
    /// Hints at a value that may be a part of a list where the target's list is replaced as a whole.
    pub fn whole_list(&mut self, target: &str, value: &Expr, field: &Field) {
        if !field.replaces || field.kind != FieldKind::List || !self.updates || self.lineage.existing {
            return;
        }
        let Some(left_out) = self.left_out(value, 0) else { return };
        let mut diagnostic = Diagnostic::hint(
            "H0501",
            value.span,
            format!("`{target}` is replaced as a whole, and this may be a part of the list"),
        );
        diagnostic = diagnostic.label(left_out.span, left_out.how);
        self.diagnostics.push(diagnostic.help(
            "what is not sent is taken away there: that is right if it is meant; else send the whole list, or write the rule `on create`",
        ));
    }

    fn left_out(&self, value: &Expr, lets: usize) -> Option<LeftOut> {
        let of = |value: &Expr| self.left_out(value, lets);
        match &value.kind {
            ExprKind::Name { name, quoted: false } if lets < MOST_LETS => {
                let definition = level_let(self.levels.last()?, &name.text)?;
                let found = self.left_out(&definition, lets + 1)?;
                Some(LeftOut {
                    span: if found.span.file == value.span.file { found.span } else { value.span },
                    ..found
                })
            }
            ExprKind::Select(list, Selector::Each(_, condition)) => self.kept(list, condition, lets),
            ExprKind::For { list, condition: Some(condition), .. } => self.kept(list, condition, lets),
            ExprKind::Select(list, _) | ExprKind::For { list, .. } | ExprKind::Member(list, _) => of(list),
            // a list of one element of another list
            ExprKind::List(items) => items.iter().find_map(|item| self.one_of_several(item, lets)),
            ExprKind::Call { function, arguments, .. } if matches!(function.text.as_str(), "take" | "skip") => {
                Some(LeftOut { span: function.span, how: "the other elements are left out here" })
                    .or_else(|| arguments.first().and_then(of))
            }
            ExprKind::Call { arguments, .. } => arguments.iter().find_map(of),
            ExprKind::If { then, otherwise, .. } => of(then).or_else(|| otherwise.as_deref().and_then(of)),
            ExprKind::Match { arms, otherwise, .. } => {
                arms.iter().find_map(|arm| of(&arm.result)).or_else(|| otherwise.as_deref().and_then(of))
            }
            ExprKind::Binary(Operator::OrIfNull | Operator::OrIfEmpty, a, b) => of(a).or_else(|| of(b)),
            ExprKind::Otherwise(a, b) if matches!(b.kind, ExprKind::List(_)) => {
                of(a).or(Some(LeftOut { span: b.span, how: "this takes the place of all elements when one fails" }))
            }
            ExprKind::Otherwise(a, b) => of(a).or_else(|| of(b)),
            _ => None,
        }
    }

    fn kept(&self, list: &Expr, condition: &Expr, lets: usize) -> Option<LeftOut> {
        if keeps_all(condition) {
            return self.left_out(list, lets);
        }
        Some(LeftOut { span: condition.span, how: "elements for which this is not true are left out" })
    }

    fn one_of_several(&self, item: &Expr, lets: usize) -> Option<LeftOut> {
        let of = |value: &Expr| self.one_of_several(value, lets);
        match &item.kind {
            ExprKind::Select(_, Selector::First | Selector::Last | Selector::Index(_) | Selector::FirstWhere(..)) => {
                Some(LeftOut { span: item.span, how: "this is one element of its list" })
            }
            ExprKind::Name { name, quoted: false } if lets < MOST_LETS => {
                let definition = level_let(self.levels.last()?, &name.text)?;
                let found = self.one_of_several(&definition, lets + 1)?;
                Some(LeftOut { span: if found.span.file == item.span.file { found.span } else { item.span }, ..found })
            }
            ExprKind::Select(inner, _) | ExprKind::Member(inner, _) => of(inner),
            ExprKind::Call { arguments, .. } => arguments.first().and_then(of),
            ExprKind::Binary(Operator::OrIfNull | Operator::OrIfEmpty, a, _) | ExprKind::Otherwise(a, _) => of(a),
            _ => None,
        }
    }
}

/// A condition that keeps all that can be sent: what has a link, what is not empty.
fn keeps_all(condition: &Expr) -> bool {
    match &condition.kind {
        ExprKind::Call { function, .. } => function.text == "linked",
        ExprKind::Binary(Operator::And, a, b) => keeps_all(a) && keeps_all(b),
        ExprKind::IsEmpty { negated: true, .. } => true,
        _ => false,
    }
}
