//! JSONPath expressions: read while the file is checked, and followed through the source's schema. What they name tells the type of what
//! comes out, and which of the record's parts take calls of their own.

use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::json_path::{Query, Segment, Selector, View, parse};
use crate::plan::{JsonPathUse, ShapeId, Step};
use crate::schema::{Field, FieldKind, Fields};
use crate::source::Span;

use super::checker::Checker;
use super::scope::{Checked, ShapeSchema};
use super::types::{Kind, Type};

/// How deep records are searched for fields that take calls of their own.
const MOST_DEPTH: usize = 5;

/// What a path has come to, as the schema sees it.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub field: Arc<Field>,
    /// The fields that lead here from the root; none below a dictionary.
    way: Option<Vec<String>>,
}

/// What a path may find.
#[derive(Debug, Clone, Default)]
pub(super) struct Found {
    pub places: Vec<Place>,
    /// Also what the schema does not tell of.
    pub unknown: bool,
}

impl Found {
    pub(super) fn at(place: Place) -> Found {
        Found { places: vec![place], unknown: false }
    }
}

/// Reads a JSONPath.
pub(super) fn read(text: &str, span: Span, diagnostics: &mut Diagnostics) -> Option<Query> {
    match parse(text) {
        Ok(query) => Some(query),
        Err(why) => {
            diagnostics.push(
                Diagnostic::error("E0311", span, format!("`{text}` is no JSONPath: {why}"))
                    .help("most paths need none: `lines[first l where l.qty > 0].sku`"),
            );
            None
        }
    }
}

impl Checker<'_> {
    /// A JSONPath: always a list.
    pub fn json_path(&mut self, text: &str, span: Span) -> Option<Checked> {
        let query = read(text, span, self.diagnostics)?;
        let source = self.levels.last()?.source;
        let received = self.levels.last().is_some_and(|level| level.received);
        let schema = match self.builder.schema(source) {
            Some(ShapeSchema::Fields { fields, .. }) if received && self.grouped_type(source).is_none() => {
                fields.clone()
            }
            _ => {
                return self.error(
                    "E0312",
                    span,
                    "a JSONPath looks through a record as it was received, and this one is made by the mapping",
                    "name its fields: `items[*].sku`",
                );
            }
        };
        let root = Field { kind: FieldKind::Record, fields: Some((*schema).clone()), ..Field::default() };
        let root = Place { field: Arc::new(root), way: Some(vec![]) };
        let found = self.follow(&query.segments, Found::at(root.clone()), &root, span)?;
        let (field, shape) = self.result_of(&found, source);
        self.lineage.personal |= found.places.iter().any(|p| p.field.personal || p.field.secret);
        let catalog = self.builder.catalog;
        if let Some(shape) = self.builder.plan.shapes.get_mut(source.0 as usize) {
            shape.whole = true;
        }
        let of = self.builder.type_of(&field, shape).nullable(true);
        let at = u32::try_from(self.builder.plan.json_paths.len()).ok()?;
        self.builder.plan.json_paths.push(JsonPathUse {
            text: text.into(),
            query: Arc::new(query),
            view: Arc::new(View::of(&schema, catalog)),
            field,
            shape,
        });
        if !self.lineage.sources.iter().any(|s| s == text) {
            self.lineage.sources.push(text.to_owned());
        }
        let step = self.step(Step::JsonPath(at), span);
        Some(Checked::new(step, Type::of(Kind::List(Box::new(of)))))
    }

    /// What segments find, from some places on.
    pub(super) fn follow(&mut self, segments: &[Segment], from: Found, root: &Place, span: Span) -> Option<Found> {
        let mut found = from;
        for segment in segments {
            if segment.descendant {
                self.warn(
                    "W0301",
                    span,
                    "`..` looks everywhere, so the whole record is read",
                    "name the path to what you want",
                );
                for place in &found.places {
                    self.calls_below(place, 0);
                }
                // conditions on what stands anywhere are of no known type
                for selector in &segment.selectors {
                    if let Selector::Filter(condition) = selector {
                        self.filter(condition, &Found { places: vec![], unknown: true }, root, span)?;
                    }
                }
                found = Found { places: vec![], unknown: true };
                continue;
            }
            let mut next = Found { unknown: found.unknown, ..Found::default() };
            for selector in &segment.selectors {
                let before = next.places.len();
                for place in &found.places {
                    self.taken(place, selector, &mut next);
                }
                let reached: Vec<Place> = next.places.get(before..).unwrap_or_default().to_vec();
                if reached.is_empty() && !found.unknown && !next.unknown {
                    self.finds_nothing(selector, &found, span);
                }
                if let Selector::Filter(condition) = selector {
                    let elements = Found { places: reached, unknown: next.unknown };
                    self.filter(condition, &elements, root, span)?;
                }
            }
            if next.places.is_empty() {
                next.unknown = true;
            }
            found = next;
        }
        Some(found)
    }

    fn finds_nothing(&mut self, selector: &Selector, from: &Found, span: Span) {
        let name = match selector {
            Selector::Name(name) => format!("`{name}`"),
            _ => String::from("something"),
        };
        let is_record = from.places.iter().any(|p| p.field.kind == FieldKind::Record);
        let message = if is_record && matches!(selector, Selector::Name(_)) {
            format!("this JSONPath names {name}, which is not a field of the source")
        } else {
            format!("this JSONPath asks for {name} of a value that has no such parts, so it finds nothing")
        };
        self.warn("W0302", span, message, "`mapwright schema` lists the fields");
    }

    /// What one selector takes of one place.
    fn taken(&mut self, place: &Place, selector: &Selector, into: &mut Found) {
        let field = &place.field;
        let below = |field: &Field, name: Option<&str>| Place {
            field: Arc::new(field.clone()),
            way: match name {
                Some(name) => place.way.clone().map(|mut way| {
                    way.push(name.to_owned());
                    way
                }),
                None => place.way.clone(),
            },
        };
        let catalog = self.builder.catalog;
        match (field.kind, selector) {
            (FieldKind::Any, _) => into.unknown = true,
            (
                FieldKind::List,
                Selector::Wildcard | Selector::Index(_) | Selector::Slice { .. } | Selector::Filter(_),
            ) => {
                into.places.extend(field.of.as_deref().map(|of| below(of, None)));
            }
            (FieldKind::Dictionary, Selector::Name(_) | Selector::Wildcard | Selector::Filter(_)) => {
                into.places.extend(field.of.as_deref().map(|of| Place { way: None, ..below(of, None) }));
            }
            (FieldKind::Record, Selector::Name(name)) => {
                let Some((fields, _)) = catalog.fields(field) else { return };
                if let Some(inner) = fields.get(name) {
                    let place = below(inner, Some(name));
                    self.call_of(&place);
                    into.places.push(place);
                }
            }
            (FieldKind::Record, Selector::Wildcard | Selector::Filter(_)) => {
                let Some((fields, _)) = catalog.fields(field) else { return };
                for (name, inner) in fields.iter() {
                    let place = below(inner, Some(name));
                    self.call_of(&place);
                    into.places.push(place);
                }
                // a record may hold more than its schema says
                into.unknown = true;
            }
            _ => {}
        }
    }

    /// Asks for a field that takes a call of its own.
    fn call_of(&mut self, place: &Place) {
        if place.field.read_by.is_some() {
            self.slot_at(place);
        }
    }

    /// The shape of the records at a place, demanded as any path demands it.
    fn slot_at(&mut self, place: &Place) -> Option<ShapeId> {
        let mut shape = self.levels.last()?.source;
        let mut inner = None;
        for name in place.way.as_ref()? {
            let (slot, ..) = self.builder.slot(shape, name)?;
            inner = self.builder.plan.shapes.get(shape.0 as usize)?.slots.get(slot.0 as usize)?.shape;
            shape = inner?;
        }
        inner
    }

    /// Asks for all fields below a place that take calls of their own.
    fn calls_below(&mut self, place: &Place, depth: usize) {
        if depth > MOST_DEPTH {
            return;
        }
        let mut field = &*place.field;
        while let (FieldKind::List, Some(of)) = (field.kind, &field.of) {
            field = of;
        }
        let catalog = self.builder.catalog;
        let Some((fields, _)) = catalog.fields(field).filter(|_| field.kind == FieldKind::Record) else { return };
        for (name, inner) in fields.iter() {
            let Some(mut way) = place.way.clone() else { return };
            way.push(name.to_owned());
            let place = Place { field: Arc::new(inner.clone()), way: Some(way) };
            self.call_of(&place);
            self.calls_below(&place, depth + 1);
        }
    }

    /// The field that what is found is read as, and the shape of records in it. Fields of several kinds come as texts.
    fn result_of(&mut self, found: &Found, source: ShapeId) -> (Arc<Field>, Option<ShapeId>) {
        let any = || (Arc::new(Field { kind: FieldKind::Any, nullable: true, ..Field::default() }), None);
        let Some(first) = found.places.first().filter(|_| !found.unknown) else { return any() };
        let codec = codec_of(&first.field);
        let Some(field) =
            found.places.iter().skip(1).try_fold(codec, |codec, place| together(codec, codec_of(&place.field)))
        else {
            return any();
        };
        let mut inner = &field;
        while let (FieldKind::List, Some(of)) = (inner.kind, &inner.of) {
            inner = of;
        }
        let shape = if inner.kind != FieldKind::Record {
            None
        } else if first.way.as_ref().is_some_and(Vec::is_empty) {
            Some(source)
        } else if calls_within(inner, self.builder.catalog, 0) {
            self.slot_at(first)
        } else {
            let title = format!("{} record", self.builder.title(source));
            self.builder.inner_shape(&first.field, &title)
        };
        (Arc::new(field), shape)
    }
}

/// Whether records hold fields that take calls of their own.
fn calls_within(field: &Field, catalog: &crate::schema::Catalog, depth: usize) -> bool {
    let mut field = field;
    while let (FieldKind::List, Some(of)) = (field.kind, &field.of) {
        field = of;
    }
    if field.kind != FieldKind::Record || depth > MOST_DEPTH {
        return false;
    }
    let any = |fields: &Fields| {
        fields.iter().any(|(_, inner)| inner.read_by.is_some() || calls_within(inner, catalog, depth + 1))
    };
    catalog.fields(field).is_some_and(|(fields, _)| any(fields))
}

/// What of a field says how its values are read.
fn codec_of(field: &Field) -> Field {
    Field {
        kind: field.kind,
        of: field.of.as_ref().map(|of| Box::new(codec_of(of))),
        record: field.record.clone(),
        fields: field.fields.clone(),
        values: field.values.clone(),
        read: field.read.clone(),
        none: field.none.clone(),
        personal: field.personal,
        secret: field.secret,
        nullable: true,
        ..Field::default()
    }
}

/// Two codecs as one, if they read values alike.
fn together(a: Field, b: Field) -> Option<Field> {
    let plain = |f: &Field| Field { personal: false, secret: false, ..f.clone() };
    let (personal, secret) = (a.personal || b.personal, a.secret || b.secret);
    if plain(&a) == plain(&b) {
        return Some(Field { personal, secret, ..a });
    }
    // a text and one of a few texts are texts
    let text = |f: &Field| matches!(f.kind, FieldKind::Text | FieldKind::Enum);
    let alike = text(&a) && text(&b) && a.read == b.read && a.none == b.none;
    let number = |f: &Field| matches!(f.kind, FieldKind::Integer | FieldKind::Decimal);
    let numbers = number(&a) && number(&b) && a.read == b.read && a.none == b.none;
    match (alike, numbers) {
        (true, _) => Some(Field { kind: FieldKind::Text, values: vec![], personal, secret, ..a }),
        (_, true) => Some(Field { kind: FieldKind::Decimal, personal, secret, ..a }),
        _ => None,
    }
}
