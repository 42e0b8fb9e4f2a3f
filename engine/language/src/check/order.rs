//! `list[sort x by …]`, `list[unique x by …]`, `list[group x by …]`: a list in another order, without duplicates, in groups.

use std::sync::Arc;

use crate::plan::{ShapeId, SortStep, Step};
use crate::schema::{Field, FieldKind, Fields, RecordType};
use crate::source::Span;
use crate::syntax::tree::{Expr, ExprKind, Name, SortKey};

use super::checker::Checker;
use super::facts::Fact;
use super::scope::{Checked, ShapeSchema};
use super::types::{Kind, Type};

/// Names of a group's two fields.
pub(super) const GROUP_KEY: &str = "key";
pub(super) const GROUP_ITEMS: &str = "items";

impl Checker<'_> {
    pub fn sorted(&mut self, list: Checked, name: &Name, keys: &[SortKey], span: Span) -> Option<Checked> {
        let element = self.element_of(&list, span)?;
        let (binder, keys) = self.binding(name, element, |checker, binder| {
            let keys: Vec<Option<SortStep>> = keys.iter().map(|key| checker.sort_key(key)).collect();
            Some((binder, keys.into_iter().collect::<Option<Vec<_>>>()?))
        })?;
        let step = self.step(Step::Sort { list: list.step, binder, keys }, span);
        Some(Checked { step, key: None, spread: false, ..list })
    }

    fn sort_key(&mut self, key: &SortKey) -> Option<SortStep> {
        let by = self.plain(&key.by)?;
        if !by.ty.kind.has_order() {
            return self.error(
                "E0406",
                key.by.span,
                format!("{} has no order", by.ty.words()),
                "sort by a number, a text or a time",
            );
        }
        Some(SortStep { by: by.step, descending: key.descending })
    }

    pub fn unique(&mut self, list: Checked, name: &Name, by: &Expr, span: Span) -> Option<Checked> {
        let element = self.element_of(&list, span)?;
        let (binder, by) = self.binding(name, element, |checker, binder| Some((binder, checker.row_key(by)?.step)))?;
        let step = self.step(Step::Unique { list: list.step, binder, by }, span);
        Some(Checked { step, key: None, spread: false, ..list })
    }

    /// By what rows are told apart; a record by all its fields.
    fn row_key(&mut self, by: &Expr) -> Option<Checked> {
        let key = self.plain(by)?;
        self.compared_whole(&key.ty.kind, by.span)?;
        Some(key)
    }

    /// A list of records `key` and `items`.
    pub fn grouped(&mut self, list: Checked, name: &Name, by: &Expr, span: Span) -> Option<Checked> {
        let element = self.element_of(&list, span)?;
        let of = element.ty.clone();
        let (binder, by) = self.binding(name, element, |checker, binder| Some((binder, checker.row_key(by)?)))?;
        let shape = self.builder.shape_of_literal(vec![
            (GROUP_KEY.to_owned(), by.ty.clone()),
            (GROUP_ITEMS.to_owned(), Type::of(Kind::List(Box::new(of)))),
        ]);
        let step = self.step(Step::Group { list: list.step, binder, by: by.step }, span);
        let ty = Type::of(Kind::List(Box::new(Type::of(Kind::Record(shape))))).nullable(list.ty.nullable);
        // a group has at least the row that it was made for
        let known = vec![Fact::filled(GROUP_ITEMS)];
        Some(Checked { promise: list.promise, known, ..Checked::new(step, ty) })
    }

    /// The shape of a group as JSON, for a child over groups that is run by itself.
    pub fn shape_of_group(&mut self, record: &RecordType, by: &Expr) -> ShapeId {
        let field = |kind: FieldKind| Field { kind, nullable: true, ..Field::default() };
        let key = match &by.kind {
            ExprKind::Member(_, name) => record.fields.get(&name.text).cloned(),
            _ => None,
        };
        let row = Field { record: Some(record.name.clone()), ..field(FieldKind::Record) };
        let items = Field { of: Some(Box::new(row)), nullable: false, ..field(FieldKind::List) };
        let fields = vec![
            (GROUP_KEY.to_owned(), key.unwrap_or_else(|| field(FieldKind::Text))),
            (GROUP_ITEMS.to_owned(), items),
        ];
        self.builder.shape_of_fields(Fields(fields), &format!("a group of {}", record.title))
    }

    /// The record type of a group's items, if the shape is that of a group.
    pub fn grouped_type(&self, shape: ShapeId) -> Option<Arc<str>> {
        let ty = match self.builder.schema(shape)? {
            ShapeSchema::Literal(fields) => match fields.as_slice() {
                [(key, _), (items, ty)] if key == GROUP_KEY && items == GROUP_ITEMS => ty.clone(),
                _ => return None,
            },
            // read from JSON, when a child over groups is run by itself
            ShapeSchema::Fields { fields, .. } => {
                let items = fields.get(GROUP_ITEMS).filter(|_| fields.get(GROUP_KEY).is_some())?;
                return items.of.as_ref()?.record.as_deref().map(Arc::from);
            }
        };
        let Kind::List(of) = ty.kind else { return None };
        let Kind::Record(inner) = of.kind else { return None };
        self.builder.plan.shapes.get(inner.0 as usize)?.record_type.clone()
    }

    /// An element of a list, for a binder.
    pub fn element_of(&mut self, list: &Checked, span: Span) -> Option<Checked> {
        let of = self.list_only(list, span)?;
        let path = list.path.as_ref().map(|p| format!("{p}[*]"));
        Some(Checked { path, known: list.known.clone(), promise: list.promise, ..Checked::new(list.step, of) })
    }
}
