//! JSONPath expressions: parsed while the file is checked; what the library gets wrong (RFC 9535 suite, measured) is refused.

use jsonpath_rust::parser::model::{Filter, JpQuery, Segment, Selector};

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::plan::ShapeId;
use crate::source::Span;

use super::checker::Checker;
use super::types::{Kind, Type};

/// Parses a JSONPath.
pub(super) fn parse(text: &str, span: Span, diagnostics: &mut Diagnostics) -> Option<JpQuery> {
    let query = match jsonpath_rust::parser::parse_json_path(text) {
        Ok(query) => query,
        Err(error) => {
            let reason = error.to_string();
            let first = reason
                .lines()
                .find(|l| l.contains("expected"))
                .map_or("it does not follow RFC 9535", |l| l.trim().trim_start_matches(['=', ' ']));
            diagnostics.push(
                Diagnostic::error("E0311", span, format!("`{text}` is no JSONPath: {first}"))
                    .help("most paths need none: `lines[first l where l.qty > 0].sku`"),
            );
            return None;
        }
    };
    let union_below = query
        .segments
        .iter()
        .any(|s| matches!(s, Segment::Descendant(inner) if matches!(**inner, Segment::Selectors(_))));
    let nested = query.segments.iter().any(has_nested_filter);
    if union_below || nested {
        let what = if nested { "a filter inside a filter" } else { "a choice of several (`[a, b]`) behind `..`" };
        diagnostics.push(
            Diagnostic::error("E0312", span, format!("{what} is not possible in a JSONPath here"))
                .help("take two paths, or a selection with a binder: `list[each x where …]`"),
        );
        return None;
    }
    Some(query)
}

fn has_nested_filter(segment: &Segment) -> bool {
    let selector = |s: &Selector| matches!(s, Selector::Filter(filter) if filter_text(filter).matches('?').count() > 0);
    match segment {
        Segment::Descendant(inner) => has_nested_filter(inner),
        Segment::Selector(one) => selector(one),
        Segment::Selectors(many) => many.iter().any(selector),
    }
}

fn filter_text(filter: &Filter) -> String {
    filter.to_string()
}

impl Checker<'_> {
    /// Demands what a JSONPath reads, and tells the type of its elements.
    pub fn json_path_demand(&mut self, query: &JpQuery, source: ShapeId, span: Span) -> Type {
        let mut ty = Type::of(Kind::Record(source));
        for segment in &query.segments {
            let next = match segment {
                Segment::Descendant(_) => {
                    self.warn(
                        "W0301",
                        span,
                        "`..` looks everywhere, so the whole record is read",
                        "name the path to what you want",
                    );
                    self.demand_all(source, 0);
                    return Type::of(Kind::Any).nullable(true);
                }
                Segment::Selector(selector) => self.walk(&ty, selector),
                Segment::Selectors(many) => many.first().and_then(|s| {
                    let first = self.walk(&ty, s);
                    for other in many.iter().skip(1) {
                        let _ = self.walk(&ty, other);
                    }
                    first
                }),
            };
            match next {
                Some(next) => ty = next,
                None => {
                    self.warn(
                        "W0302",
                        span,
                        "this JSONPath names something that the source does not have, so it finds nothing",
                        "`mapwright schema` lists the fields",
                    );
                    return Type::of(Kind::Any).nullable(true);
                }
            }
        }
        if let Kind::Record(shape) = ty.kind {
            self.demand_all(shape, 0);
        }
        ty.nullable(true)
    }

    fn walk(&mut self, ty: &Type, selector: &Selector) -> Option<Type> {
        match (&ty.kind, selector) {
            (Kind::Record(shape), Selector::Name(name)) => {
                let name = name.trim_matches(['\'', '"']);
                self.demand(*shape, name)
            }
            (Kind::List(of), Selector::Wildcard | Selector::Index(_) | Selector::Slice(..)) => Some((**of).clone()),
            (Kind::List(of), Selector::Filter(_)) => {
                if let Kind::Record(shape) = of.kind {
                    self.demand_all(shape, 0);
                }
                Some((**of).clone())
            }
            (Kind::Dictionary(of), Selector::Name(_) | Selector::Wildcard) => Some((**of).clone()),
            (Kind::Record(shape), Selector::Wildcard) => {
                self.demand_all(*shape, 0);
                Some(Type::of(Kind::Any))
            }
            (Kind::Any, _) => Some(Type::of(Kind::Any)),
            _ => None,
        }
    }

    /// Demands a field; what comes of a personal one is not shown in failures.
    fn demand(&mut self, shape: ShapeId, name: &str) -> Option<Type> {
        let (_, ty, field) = self.builder.slot(shape, name)?;
        self.lineage.personal |= field.is_some_and(|f| f.personal || f.secret);
        Some(ty)
    }

    /// Demands every field of a shape, records inside included.
    fn demand_all(&mut self, shape: ShapeId, depth: usize) {
        if depth > 5 {
            return;
        }
        for name in self.builder.field_names(shape) {
            let Some(ty) = self.demand(shape, &name) else { continue };
            let mut kind = ty.kind;
            while let Kind::List(of) = kind {
                kind = of.kind;
            }
            if let Kind::Record(inner) = kind {
                self.demand_all(inner, depth + 1);
            }
        }
    }
}
