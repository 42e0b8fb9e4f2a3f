//! Filters of a JSONPath: comparisons whose sides are never of one kind in the record as it is received are refused.

use crate::json_path::{Argument, Comparable, Condition, Function, Literal, Query};
use crate::schema::{Field, FieldKind, Wire};
use crate::source::Span;

use super::checker::Checker;
use super::json_path::{Found, Place};

/// What stands in JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stands {
    Number,
    Text,
    Bool,
    List,
    Object,
    /// Several of them, or nobody knows.
    Any,
}

impl Stands {
    fn words(self) -> &'static str {
        match self {
            Stands::Number => "a number",
            Stands::Text => "a text",
            Stands::Bool => "true or false",
            Stands::List => "a list",
            Stands::Object => "an object",
            Stands::Any => "a value",
        }
    }
}

/// How a field stands in answers.
fn received(field: &Field) -> Stands {
    match (field.kind, &field.read) {
        (_, Some(Wire::NumberOrText)) => Stands::Any,
        (FieldKind::Text | FieldKind::Enum | FieldKind::Instant | FieldKind::Date, _) => Stands::Text,
        (FieldKind::Integer | FieldKind::Decimal | FieldKind::Boolean, Some(Wire::Text | Wire::TextDecimals(_))) => {
            Stands::Text
        }
        (FieldKind::Integer | FieldKind::Decimal, _) => Stands::Number,
        (FieldKind::Boolean, _) => Stands::Bool,
        (FieldKind::List, _) => Stands::List,
        (FieldKind::Record, _) => Stands::Object,
        (FieldKind::Dictionary, Some(Wire::Pairs(..))) => Stands::Object,
        // ids are numbers in one system and texts in the other
        (FieldKind::Id | FieldKind::Any | FieldKind::Dictionary, _) => Stands::Any,
    }
}

impl Checker<'_> {
    /// Follows the paths of a condition over these elements.
    pub(super) fn filter(&mut self, condition: &Condition, of: &Found, root: &Place, span: Span) -> Option<()> {
        match condition {
            Condition::Or(all) | Condition::And(all) => all.iter().try_for_each(|one| self.filter(one, of, root, span)),
            Condition::Not(inner) => self.filter(inner, of, root, span),
            Condition::Exists(query) => self.inner_query(query, of, root, span).map(|_| ()),
            Condition::Call(function) => self.function_in_filter(function, of, root, span).map(|_| ()),
            Condition::Compare(comparison) => {
                let left = self.stands(&comparison.left, of, root, span)?;
                let right = self.stands(&comparison.right, of, root, span)?;
                match (left, right) {
                    (Some(a), Some(b)) if a != b && a != Stands::Any && b != Stands::Any => {
                        let (a, b) = (a.words(), b.words());
                        self.error(
                            "E0406",
                            span,
                            format!("in this JSONPath {a} is compared with {b}, as the record is received"),
                            "a filter sees what was received; `list[each x where …]` sees numbers and times",
                        )
                    }
                    _ => Some(()),
                }
            }
        }
    }

    fn inner_query(&mut self, query: &Query, of: &Found, root: &Place, span: Span) -> Option<Found> {
        let from = if query.absolute { Found::at(root.clone()) } else { of.clone() };
        self.follow(&query.segments, from, root, span)
    }

    /// What a side of a comparison is; nothing for null.
    #[allow(clippy::option_option)] // a mistake; null; what it is
    fn stands(&mut self, side: &Comparable, of: &Found, root: &Place, span: Span) -> Option<Option<Stands>> {
        match side {
            Comparable::Literal(Literal::Null) => Some(None),
            Comparable::Literal(Literal::Bool(_)) => Some(Some(Stands::Bool)),
            Comparable::Literal(Literal::Number(_)) => Some(Some(Stands::Number)),
            Comparable::Literal(Literal::Text(_)) => Some(Some(Stands::Text)),
            Comparable::Query(query) => {
                let found = self.inner_query(query, of, root, span)?;
                Some(Some(common(&found)))
            }
            Comparable::Call(function) => self.function_in_filter(function, of, root, span).map(Some),
        }
    }

    fn function_in_filter(&mut self, function: &Function, of: &Found, root: &Place, span: Span) -> Option<Stands> {
        match function {
            Function::Length(side) => self.stands(side, of, root, span).map(|_| Stands::Number),
            Function::Count(query) => self.inner_query(query, of, root, span).map(|_| Stands::Number),
            Function::Value(query) => self.inner_query(query, of, root, span).map(|found| common(&found)),
            Function::Fits { text, pattern, .. } => {
                let stands = self.stands(text, of, root, span)?;
                if let Some(stands) = stands.filter(|s| !matches!(s, Stands::Text | Stands::Any)) {
                    return self.error(
                        "E0406",
                        span,
                        format!("in this JSONPath a pattern is asked of {}, as the record is received", stands.words()),
                        "patterns fit texts only",
                    );
                }
                if let Argument::Found(side) = pattern {
                    self.stands(side, of, root, span)?;
                }
                Some(Stands::Bool)
            }
        }
    }
}

/// What all that is found is.
fn common(found: &Found) -> Stands {
    let mut all = found.places.iter().map(|p| received(&p.field));
    match all.next() {
        Some(first) if !found.unknown && all.all(|other| other == first) => first,
        _ => Stands::Any,
    }
}
