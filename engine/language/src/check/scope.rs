//! What names mean while a collection is checked: record shapes and their schemas, lets, binders, the records above.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::combine::Combined;
use crate::plan::{LetId, Lineage, Plan, Shape, ShapeId, ShapeSlot, SlotId, Step, StepId};
use crate::schema::{Catalog, Field, FieldKind, Fields, RecordType};
use crate::source::Span;

use super::conditions::Passed;
use super::facts::{Definitions, Fact, Facts, of_collection};
use super::types::{Kind, Type};

/// What a checked expression is.
#[derive(Debug, Clone)]
pub(super) struct Checked {
    /// Its step.
    pub step: StepId,
    /// Its type.
    pub ty: Type,
    /// The path of source fields it is, for lineage: `inventory[*].cost`.
    pub path: Option<String>,
    /// The path as it is written, for narrowing: `i.cost`.
    pub key: Option<String>,
    /// A list whose further members are taken of every element (`[*]`, `[each …]`).
    pub spread: bool,
    /// May be a promise: only copied.
    pub promise: bool,
    /// The schema field it is read from, with its none-values.
    pub field: Option<Arc<Field>>,
    /// `clear` may come out.
    pub clears: bool,
    /// Paths inside it (inside each of its elements) that are not null: what `[each x where x.a is not empty]` says of `a`.
    pub known: Vec<Fact>,
    /// The most decimals that it, or each of its elements, may have: what is calculated.
    pub digits: Option<u32>,
}

impl Checked {
    pub fn new(step: StepId, ty: Type) -> Checked {
        Checked {
            step,
            ty,
            path: None,
            key: None,
            spread: false,
            promise: false,
            field: None,
            clears: false,
            known: vec![],
            digits: None,
        }
    }
}

/// The schema behind a shape.
#[derive(Debug, Clone)]
pub(super) enum ShapeSchema {
    /// Fields of a record type or of a record inside one.
    Fields { fields: Arc<Fields>, custom: Option<String>, title: String },
    /// A record written in the mapping: names and types.
    Literal(Vec<(String, Type)>),
}

/// A let while its collection is checked.
#[derive(Debug, Clone)]
pub(super) enum LetState {
    Unchecked,
    InProgress,
    /// `height`: how many lets deep it is made of others.
    Done {
        id: LetId,
        checked: Box<Checked>,
        lineage: Lineage,
        height: usize,
    },
    Failed,
}

/// A binder in reach.
#[derive(Debug, Clone)]
pub(super) struct BinderScope {
    pub name: String,
    pub checked: Checked,
}

/// One level of records: the collection being checked, or one above it.
pub(super) struct LevelScope {
    pub combined: Arc<Combined>,
    pub source: ShapeId,
    pub source_type: Arc<RecordType>,
    pub target: Arc<RecordType>,
    pub existing: Option<ShapeId>,
    pub lets: Vec<(String, LetState)>,
    pub planned_lets: Vec<crate::plan::PlannedLet>,
    pub used_lets: HashSet<String>,
    pub used_lookups: Vec<String>,
    pub used_settings: Vec<String>,
    /// What is known not to be null here.
    pub facts: Facts,
    /// What the filters and errors of the collection let through: what holds of its record in the collections below.
    pub passed: Facts,
    /// The ways through its filters and errors.
    pub ways: Arc<Passed>,
    /// Its lets by name.
    pub definitions: Arc<Definitions>,
    /// Its record is read as it was received; a finished record is made by the rules.
    pub received: bool,
    /// Where each of `lets` is.
    pub let_places: HashMap<String, usize>,
}

impl LevelScope {
    /// A level of which nothing was looked at yet.
    pub fn new(
        combined: Arc<Combined>,
        source: ShapeId,
        source_type: Arc<RecordType>,
        target: Arc<RecordType>,
    ) -> Self {
        let definitions = Definitions::of(&combined);
        let mut passed = Facts::default();
        passed.extend(of_collection(&definitions));
        LevelScope {
            combined,
            source,
            source_type,
            target,
            existing: None,
            lets: vec![],
            planned_lets: vec![],
            used_lets: HashSet::new(),
            used_lookups: vec![],
            used_settings: vec![],
            facts: Facts::default(),
            passed,
            ways: Arc::default(),
            definitions,
            received: true,
            let_places: HashMap::new(),
        }
    }
}

/// The plan under construction, with the schemas behind its shapes.
pub(super) struct Builder<'a> {
    pub catalog: &'a Catalog,
    pub plan: Plan,
    pub schemas: Vec<ShapeSchema>,
}

impl Builder<'_> {
    /// Adds a step.
    pub fn step(&mut self, step: Step, span: Span) -> StepId {
        let id = StepId(u32::try_from(self.plan.steps.len()).unwrap_or(u32::MAX));
        self.plan.steps.push(step);
        self.plan.spans.push(span);
        id
    }

    /// A shape for a record type.
    pub fn shape_of_record(&mut self, record: &RecordType) -> ShapeId {
        let schema = ShapeSchema::Fields {
            fields: Arc::new(record.fields.clone()),
            custom: record.custom.clone(),
            title: record.title.clone(),
        };
        self.shape(Some(record.name.as_str().into()), schema)
    }

    /// A shape for a record written in the mapping.
    pub fn shape_of_literal(&mut self, fields: Vec<(String, Type)>) -> ShapeId {
        self.shape(None, ShapeSchema::Literal(fields))
    }

    /// A shape for a record that is gone: only its id is left.
    pub fn shape_of_deleted(&mut self, record: &RecordType) -> ShapeId {
        let id = record.id.as_ref().and_then(|id| Some((id.clone(), record.fields.get(id)?.clone())));
        let title = format!("a deleted {}", record.title);
        self.shape_of_fields(Fields(id.into_iter().collect()), &title)
    }

    /// A shape for a record that no record type describes.
    pub fn shape_of_fields(&mut self, fields: Fields, title: &str) -> ShapeId {
        self.shape(None, ShapeSchema::Fields { fields: Arc::new(fields), custom: None, title: title.to_owned() })
    }

    /// Says which field of a shape holds custom fields.
    pub fn custom_of_shape(&mut self, shape: ShapeId, field: Option<String>) {
        if let Some(ShapeSchema::Fields { custom, .. }) = self.schemas.get_mut(shape.0 as usize) {
            *custom = field;
        }
    }

    fn shape(&mut self, record_type: Option<Arc<str>>, schema: ShapeSchema) -> ShapeId {
        let id = ShapeId(u32::try_from(self.plan.shapes.len()).unwrap_or(u32::MAX));
        self.plan.shapes.push(Shape { record_type, ..Shape::default() });
        self.schemas.push(schema);
        id
    }

    pub fn schema(&self, shape: ShapeId) -> Option<&ShapeSchema> {
        self.schemas.get(shape.0 as usize)
    }

    /// Names of a shape's fields.
    pub fn field_names(&self, shape: ShapeId) -> Vec<String> {
        match self.schema(shape) {
            Some(ShapeSchema::Fields { fields, .. }) => fields.iter().map(|(n, _)| n.to_owned()).collect(),
            Some(ShapeSchema::Literal(fields)) => fields.iter().map(|(n, _)| n.clone()).collect(),
            None => vec![],
        }
    }

    /// The schema of a shape's field, without demanding it; none of a record written in the mapping.
    pub fn field(&self, shape: ShapeId, name: &str) -> Option<&Field> {
        match self.schema(shape)? {
            ShapeSchema::Fields { fields, .. } => fields.get(name),
            ShapeSchema::Literal(_) => None,
        }
    }

    /// For messages: `iPaaS.com Product`.
    pub fn title(&self, shape: ShapeId) -> String {
        match self.schema(shape) {
            Some(ShapeSchema::Fields { title, .. }) => title.clone(),
            _ => String::from("this record"),
        }
    }

    /// The slot of a field, demanded from now on; its type and schema.
    pub fn slot(&mut self, shape: ShapeId, name: &str) -> Option<(SlotId, Type, Option<Arc<Field>>)> {
        match self.schemas.get(shape.0 as usize)?.clone() {
            ShapeSchema::Literal(fields) => {
                let at = fields.iter().position(|(n, _)| n == name)?;
                Some((SlotId(u32::try_from(at).ok()?), fields.get(at)?.1.clone(), None))
            }
            ShapeSchema::Fields { fields, title, .. } => {
                let slots = &self.plan.shapes.get(shape.0 as usize)?.slots;
                if let Some(at) = slots.iter().position(|s| &*s.name == name) {
                    let slot = slots.get(at)?.clone();
                    let ty = self.type_of(&slot.field, slot.shape);
                    return Some((SlotId(u32::try_from(at).ok()?), ty, Some(slot.field)));
                }
                let field = Arc::new(fields.get(name)?.clone());
                let inner = self.inner_shape(&field, &format!("{title} {name}"));
                let demanded = self.plan.shapes.get_mut(shape.0 as usize)?;
                let at = demanded.slots.len();
                demanded.add(ShapeSlot { name: name.into(), field: field.clone(), shape: inner });
                let ty = self.type_of(&field, inner);
                Some((SlotId(u32::try_from(at).ok()?), ty, Some(field)))
            }
        }
    }

    /// The shape of the records in a field.
    pub fn inner_shape(&mut self, field: &Field, title: &str) -> Option<ShapeId> {
        let mut inner = field;
        while let (FieldKind::List, Some(of)) = (inner.kind, &inner.of) {
            inner = of;
        }
        if inner.kind != FieldKind::Record {
            return None;
        }
        let (fields, record) = self.catalog.fields(inner)?;
        let (fields, record) = (Arc::new(fields.clone()), record.cloned());
        let schema = ShapeSchema::Fields {
            fields,
            custom: record.as_ref().and_then(|r| r.custom.clone()),
            title: record.as_ref().map_or_else(|| title.to_owned(), |r| r.title.clone()),
        };
        Some(self.shape(record.map(|r| r.name.as_str().into()), schema))
    }

    /// The type of a field.
    pub fn type_of(&self, field: &Field, shape: Option<ShapeId>) -> Type {
        let kind = match field.kind {
            FieldKind::Text => Kind::Text,
            FieldKind::Integer => Kind::Integer,
            FieldKind::Decimal => Kind::Decimal,
            FieldKind::Boolean => Kind::Boolean,
            FieldKind::Instant => Kind::Instant,
            FieldKind::Date => Kind::Date,
            FieldKind::Enum => Kind::Enum(field.values.clone().into()),
            FieldKind::Id => Kind::Id(field.record.as_deref().map(Into::into)),
            FieldKind::List => match &field.of {
                Some(of) => Kind::List(Box::new(self.type_of(of, shape))),
                None => Kind::Any,
            },
            FieldKind::Record => shape.map_or(Kind::Any, Kind::Record),
            FieldKind::Dictionary => match &field.of {
                Some(of) => Kind::Dictionary(Box::new(self.type_of(of, None))),
                None => Kind::Any,
            },
            FieldKind::Any => Kind::Any,
        };
        Type { kind, nullable: field.nullable || !field.none.is_empty() }
    }
}
