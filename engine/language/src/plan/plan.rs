//! The plan's data. `check` builds it, `evaluate` runs it, `explain` reads it. No behaviour here.

use std::sync::Arc;

use crate::functions::{FunctionId, Pattern};
use crate::mapping_file::{Collision, Direction, SettingKind, SyncType};
use crate::schema::Field;
use crate::source::Span;
use crate::syntax::tree::On;
use crate::value::Value;

use super::lookup_table::LookupTable;

/// Index of a step in [`Plan::steps`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StepId(pub u32);
/// Index of a shape in [`Plan::shapes`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ShapeId(pub u32);
/// Index of a slot in a [`Shape`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SlotId(pub u32);
/// A let, in [`Level::lets`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LetId(pub u32);
/// A binder: an index into the evaluation frame; `check` gives nested binders growing numbers, `Plan::binders` is their count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BinderId(pub u32);

/// What is read of a record above.
#[derive(Debug, Clone, Copy)]
pub struct PlannedParent {
    /// Of its source record.
    pub source: ShapeId,
    /// Of its existing target record, if that is asked for.
    pub existing: Option<ShapeId>,
}

/// A root collection and all its children, compiled.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The root collection; children hang below it.
    pub root: Level,
    /// The records above, nearest first, when a child collection is compiled by itself: `Step::Source(1)` and
    /// `Step::Existing(1)` are of the first of them (`Context::parents`).
    pub parents: Vec<PlannedParent>,
    /// All steps of all levels; a step refers only to earlier ones (lets and children by their own ids).
    pub steps: Vec<Step>,
    /// Place of each step, same index.
    pub spans: Vec<Span>,
    /// Record shapes: the *demanded* fields only, so that reading a record skips everything else.
    pub shapes: Vec<Shape>,
    /// How many binders a frame needs.
    pub binders: u32,
    /// Lookup tables used.
    pub lookups: Vec<LookupTable>,
    /// Parsed JSONPaths used.
    pub json_paths: Vec<JsonPathUse>,
    /// Settings used.
    pub settings: Vec<PlannedSetting>,
    /// What it looks at outside the record, for `explain`.
    pub effects: Vec<EffectUse>,
}

/// A setting that rules read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedSetting {
    /// Its name.
    pub name: Arc<str>,
    /// What its values are.
    pub kind: SettingKind,
    /// Without it nothing is transferred.
    pub required: bool,
}

/// One collection within a plan.
#[derive(Debug, Clone)]
pub struct Level {
    /// Its name.
    pub collection: Arc<str>,
    /// Where its file says its name: the place of what no rule is to blame for.
    pub span: Span,
    /// iPaaS.com's record type.
    pub record: Arc<str>,
    /// Seen from iPaaS.com.
    pub direction: Direction,
    /// When it runs.
    pub sync: SyncType,
    /// `active: false` = every record is skipped and says so.
    pub active: bool,
    /// Record type of the source (schema name).
    pub source_type: Arc<str>,
    /// Record type of the target (schema name).
    pub target_type: Arc<str>,
    /// Shape of the source record.
    pub source: ShapeId,
    /// Slot of the source record's own id, if its record type has one: always demanded, since links go by it.
    pub id_slot: Option<usize>,
    /// Shape of the existing target record, as far as `existing` is used or compared.
    pub existing: Option<ShapeId>,
    /// Lets, evaluated at most once per record and only when needed.
    pub lets: Vec<PlannedLet>,
    /// In the file's order; all without `existing` run first.
    pub filters: Vec<PlannedFilter>,
    /// Error filters.
    pub errors: Vec<PlannedError>,
    /// Rules in the file's order.
    pub rules: Vec<PlannedRule>,
    /// Groups of targets that go together: all have a value, or none.
    pub together: Vec<Vec<Arc<str>>>,
    /// Target fields that recognise an unlinked record.
    pub find_by: Vec<Arc<str>>,
    /// What happens when one is found.
    pub collision: Collision,
    /// Records that must be linked before this one is mapped.
    pub before: Vec<PlannedBefore>,
    /// Collections that run once this record is transferred.
    pub after: Vec<PlannedAfter>,
    /// What must hold of the finished target record.
    pub checks: Vec<PlannedCheck>,
    /// The finished target record, as far as `checks` ask for it.
    pub finished: Option<ShapeId>,
    /// External id.
    pub external_id: PlannedExternalId,
    /// Children, slot by slot in the order of the route, uses in the order of the file.
    pub children: Vec<PlannedChild>,
}

/// A let.
#[derive(Debug, Clone)]
pub struct PlannedLet {
    /// Its name.
    pub name: Arc<str>,
    /// Its value.
    pub value: StepId,
}

/// A mapping filter.
#[derive(Debug, Clone)]
pub struct PlannedFilter {
    /// Not true = skipped.
    pub that: StepId,
    /// The reason, a text step (holes that are null print `(none)`).
    pub because: StepId,
    /// Whether it looks at `existing`.
    pub uses_existing: bool,
    /// The condition's place.
    pub span: Span,
    /// What the condition reads.
    pub lineage: Lineage,
}

/// An error filter.
#[derive(Debug, Clone)]
pub struct PlannedError {
    /// True = refused.
    pub when: StepId,
    /// The message, a text step.
    pub message: StepId,
    /// The condition's place.
    pub span: Span,
    /// What the condition reads.
    pub lineage: Lineage,
}

/// A record that must be linked first.
#[derive(Debug, Clone)]
pub struct PlannedBefore {
    /// iPaaS.com's record type.
    pub record_type: Arc<str>,
    /// Its id in the source system; null: nothing to do.
    pub id: StepId,
    /// The entry's place.
    pub span: Span,
    /// What the id is read from.
    pub lineage: Lineage,
}

/// A collection that runs afterwards.
#[derive(Debug, Clone)]
pub struct PlannedAfter {
    /// Its name.
    pub collection: Arc<str>,
    /// The source field with the records that it runs over; empty: the record itself.
    pub path: Vec<Arc<str>>,
    /// The entry's place.
    pub span: Span,
}

/// A check of the finished target record.
#[derive(Debug, Clone)]
pub struct PlannedCheck {
    /// Not true = refused, or a warning.
    pub that: StepId,
    /// The message, a text step.
    pub message: StepId,
    /// The record goes on.
    pub warns: bool,
    /// The condition's place.
    pub span: Span,
    /// The target fields that the condition reads.
    pub lineage: Lineage,
}

/// A rule.
#[derive(Debug, Clone)]
pub struct PlannedRule {
    /// `["price"]`, `["address", "city"]`; a custom field is `["custom_fields", "Brand"]` with `custom` set.
    pub target: Vec<Arc<str>>,
    /// Whether the last part of `target` is a name in the record's custom dictionary.
    pub custom: bool,
    /// The target as the user writes it: `custom["Brand"]`.
    pub label: Arc<str>,
    /// The target field's schema (codec, limits).
    pub field: Arc<Field>,
    /// What the value is, so that records in it can be named: see [`OutShape`].
    pub shape: OutShape,
    /// The value; conversions, limits and `nulls: clear` are steps already.
    pub value: StepId,
    /// When it runs.
    pub on: Option<On>,
    /// Its place.
    pub span: Span,
    /// Where the value comes from.
    pub lineage: Lineage,
}

/// How a value's records are named when written.
#[derive(Debug, Clone, PartialEq)]
pub enum OutShape {
    /// No record in it.
    Plain,
    /// A list of these.
    List(Box<OutShape>),
    /// Slots in order: the target's key, its field's schema, the slot's own shape.
    Record(Vec<(Arc<str>, Arc<Field>, OutShape)>),
}

/// Where a value comes from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lineage {
    /// Source fields as paths: `sku`, `inventory[*].cost`, `parent.sku`, `custom["Brand"]`.
    pub sources: Vec<String>,
    /// Lookups by name.
    pub lookups: Vec<String>,
    /// Record types linked.
    pub links: Vec<String>,
    /// Settings.
    pub settings: Vec<String>,
    /// Functions, in the order of use.
    pub functions: Vec<String>,
    /// Reads `existing`.
    pub existing: bool,
    /// Reads `now`.
    pub now: bool,
    /// A source field is about a person or secret: values are not shown in failures.
    pub personal: bool,
}

/// External id of a level.
#[derive(Debug, Clone)]
pub enum PlannedExternalId {
    /// Parts: texts and paths over BigCommerce's record (field names) or `parent_external_id`, in order.
    Template(Vec<ExternalPart>),
    /// Known by its content.
    None,
}

/// One piece of an external id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExternalPart {
    /// These characters.
    Text(String),
    /// This field of BigCommerce's record; a `|` in it is escaped.
    Field(Vec<String>),
    /// The parent's external id.
    Parent,
}

/// One use of a child collection.
#[derive(Debug, Clone)]
pub struct PlannedChild {
    /// Slot of the target's route.
    pub slot: Arc<str>,
    /// What it runs over, evaluated in the parent's scope; none: the parent record itself.
    pub each: Option<StepId>,
    /// Source fields of the parent that `each` reads.
    pub sources: Vec<String>,
    /// `gone: remove`
    pub remove_gone: bool,
    /// The slot holds one record, not a list (a record field of the target).
    pub single: bool,
    /// The child collection.
    pub level: Level,
}

/// A record's demanded fields.
#[derive(Debug, Clone, Default)]
pub struct Shape {
    /// Schema name of the record type, if it has one.
    pub record_type: Option<Arc<str>>,
    /// The slots in order.
    pub slots: Vec<ShapeSlot>,
    /// A bit for the length (modulo 64) of every slot's name: most keys that are not demanded are told by it.
    pub lengths: u64,
    /// The record's text is kept too, behind the slots: a JSONPath looks through it.
    pub whole: bool,
}

impl Shape {
    /// Demands one more field.
    pub fn add(&mut self, slot: ShapeSlot) {
        self.lengths |= length_bit(&slot.name);
        self.slots.push(slot);
    }

    /// Whether a key may be one of a demanded field.
    #[must_use]
    pub fn may_have(&self, key: &str) -> bool {
        self.lengths & length_bit(key) != 0
    }
}

fn length_bit(name: &str) -> u64 {
    1 << (name.len() % 64)
}

/// One demanded field.
#[derive(Debug, Clone)]
pub struct ShapeSlot {
    /// JSON key.
    pub name: Arc<str>,
    /// Its schema: kind, codec, what counts as nothing.
    pub field: Arc<Field>,
    /// Shape of the records in it (the field itself, or its list's elements).
    pub shape: Option<ShapeId>,
}

/// A step.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// A literal.
    Constant(Value),
    /// The source record: 0 = this level's, 1 = `parent`, 2 = `parent.parent`, …
    Source(u8),
    /// The existing target record of this level (`parent.existing` = 1); null while there is none.
    Existing(u8),
    /// A let of this level (or of the level `up`).
    Let(LetId),
    /// A binder.
    Binder(BinderId),
    /// `position`: of the child among what was kept; inside `for`, among what `where` kept.
    Position,
    /// A setting of the subscription.
    Setting(u32),
    /// `subscription.id`
    SubscriptionId,
    /// `now`
    Now,

    /// A record's field.
    Field(StepId, SlotId),
    /// A dictionary's entry, null if missing.
    Key(StepId, Arc<str>),
    /// A dictionary's entry by a computed key.
    KeyOf(StepId, StepId),
    /// `[0]`, `[-1]`, `[first]`, `[last]`
    Element(StepId, i64),
    /// `list[*].b`: the step `body` for every element bound to the binder; lists that come out are opened (`flatten`).
    Project {
        /// the list
        list: StepId,
        /// the element
        binder: BinderId,
        /// what to take of it
        body: StepId,
        /// whether `body` gives lists that are to be opened
        flatten: bool,
    },
    /// `list[each x where …]`
    Keep {
        /// the list
        list: StepId,
        /// x
        binder: BinderId,
        /// the condition
        condition: StepId,
    },
    /// `list[sort x by …]`: stable, null last
    Sort {
        /// the list
        list: StepId,
        /// x
        binder: BinderId,
        /// what is compared, the first that differs decides
        keys: Vec<SortStep>,
    },
    /// `list[unique x by …]`: the first of each key
    Unique {
        /// the list
        list: StepId,
        /// x
        binder: BinderId,
        /// the key
        by: StepId,
    },
    /// `list[group x by …]`: records of key and items, in the order of each key's first row
    Group {
        /// the list
        list: StepId,
        /// x
        binder: BinderId,
        /// the key
        by: StepId,
    },
    /// `list[first x where …]`
    FirstWhere {
        /// the list
        list: StepId,
        /// x
        binder: BinderId,
        /// the condition
        condition: StepId,
    },
    /// `any x in …`, `every x in …`
    Quantified {
        /// `every`
        every: bool,
        /// the list
        list: StepId,
        /// x
        binder: BinderId,
        /// the condition
        condition: StepId,
    },
    /// `for x in list where … { body }`: list of values or records; of a dictionary the binder is a record `key`, `value`.
    For {
        /// the list
        list: StepId,
        /// x
        binder: BinderId,
        /// `where`
        condition: Option<StepId>,
        /// one value per element
        body: StepId,
    },
    /// `for x in list { k: v }`
    ForEntries {
        /// the list
        list: StepId,
        /// x
        binder: BinderId,
        /// `where`
        condition: Option<StepId>,
        /// k
        key: StepId,
        /// v
        value: StepId,
    },
    /// A JSONPath on the root source record of this level.
    JsonPath(u32),

    /// `[a, b]`
    List(Vec<StepId>),
    /// `{ a <- x }`: one value per slot; names are in the [`OutShape`].
    Record(Vec<StepId>),
    /// `{ "k": v }`
    Dictionary(Vec<(StepId, StepId)>),
    /// A text with holes; one null hole makes it null, or prints `(none)` if `lenient` (messages, reasons).
    Template {
        /// pieces: constants and steps
        parts: Vec<StepId>,
        /// of a message
        lenient: bool,
    },

    /// `-a`
    Negate(StepId),
    /// `not a`
    Not(StepId),
    /// `+ - * /`
    Arithmetic(Arithmetic, StepId, StepId),
    /// `== !=`
    Equal {
        /// left
        left: StepId,
        /// right
        right: StepId,
        /// `!=`
        negated: bool,
    },
    /// `< <= > >=`
    Compare(Comparison, StepId, StepId),
    /// `starts with`, `ends with`, `contains` of texts
    TextTest(TextTest, StepId, StepId),
    /// `a in list`, `list contains a`
    Member {
        /// a
        element: StepId,
        /// the list
        list: StepId,
        /// `not in`
        negated: bool,
    },
    /// `is empty`
    IsEmpty {
        /// what
        subject: StepId,
        /// `is not empty`
        negated: bool,
    },
    /// `is empty` of a record: whether none of these fields of it, which are all that count, holds anything
    HoldsNothing {
        /// the record
        subject: StepId,
        /// its fields
        slots: Vec<SlotId>,
        /// `is not empty`
        negated: bool,
    },
    /// `a and b`
    And(StepId, StepId),
    /// `a or b`
    Or(StepId, StepId),
    /// `a ?? b`
    OrIfNull(StepId, StepId),
    /// `a or if empty b`
    OrIfEmpty(StepId, StepId),
    /// `a otherwise b`: b if a failed or is null
    Otherwise(StepId, StepId),
    /// `if`
    If {
        /// c
        condition: StepId,
        /// a
        then: StepId,
        /// b (null when it was left out)
        otherwise: StepId,
    },
    /// `match`
    Match {
        /// x
        subject: StepId,
        /// literals → result
        arms: Vec<(Vec<Value>, StepId)>,
        /// else; none: cannot happen (`check` proved it) or is null for a null subject
        otherwise: Option<StepId>,
    },

    /// A pure function; with `each`, on every element of the first argument.
    Call {
        /// which
        function: FunctionId,
        /// arguments, optional ones left out
        arguments: Vec<StepId>,
        /// `| each`
        each: bool,
    },
    /// A pure function with its regular expression (the second argument, a constant) compiled.
    CallWithPattern {
        /// which
        function: FunctionId,
        /// the pattern
        pattern: Box<Pattern>,
        /// arguments, the pattern's text too
        arguments: Vec<StepId>,
        /// `| each`
        each: bool,
    },
    /// A conversion that `check` inserted.
    Convert(Conversion, StepId),
    /// The target's limits: too long, too many digits, not one of the enum, below the minimum: a failure.
    Limit(Arc<Field>, StepId),
    /// `lookup`
    Lookup {
        /// in [`Plan::lookups`]
        table: u32,
        /// the key
        key: StepId,
        /// `| each lookup`
        each: bool,
    },
    /// `link`: id of the other system; missing = the record waits.
    Link {
        /// iPaaS.com's record type
        record_type: Arc<str>,
        /// id parts, usually one
        id: Vec<StepId>,
        /// `| each link`
        each: bool,
    },
    /// `find`: the target system's id of the one record that has this value in this field; none or several is a failure
    Find {
        /// record type of the target system (schema name)
        record_type: Arc<str>,
        /// its field
        field: Arc<str>,
        /// the value
        value: StepId,
    },
    /// `record`: another record of the source system; none of that id is a failure
    OtherRecord {
        /// record type of the source system (schema name)
        record_type: Arc<str>,
        /// its id
        id: StepId,
        /// what is demanded of it
        shape: ShapeId,
    },
    /// `linked`: whether there is one (or will be, in this transfer).
    Linked {
        /// iPaaS.com's record type
        record_type: Arc<str>,
        /// id parts
        id: Vec<StepId>,
    },
}

/// One key of a sort.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SortStep {
    /// What is compared.
    pub by: StepId,
    /// `descending`
    pub descending: bool,
}

/// Exact arithmetic; overflow and division by zero are failures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Arithmetic {
    Add,
    Subtract,
    Multiply,
    Divide,
}

/// Order; false with null.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Comparison {
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// Text tests; false with null.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum TextTest {
    StartsWith,
    EndsWith,
    Contains,
}

/// Conversions that lose nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Conversion {
    /// number → text, without trailing zeros
    NumberToText,
    /// instant → text, RFC 3339
    InstantToText,
    /// date → text, ISO
    DateToText,
    /// a null in place of an empty element and so on is never made here: nothing else converts by itself
    BooleanToText,
}

/// A JSONPath in use.
#[derive(Debug, Clone)]
pub struct JsonPathUse {
    /// As written.
    pub text: Arc<str>,
    /// Parsed once.
    pub(crate) query: Arc<crate::json_path::Query>,
    /// Where the record has lists of names and values.
    pub(crate) view: Arc<crate::json_path::View>,
    /// What is found is read as this field; of unknown or several kinds: as text.
    pub field: Arc<Field>,
    /// Shape of the records in what is found.
    pub shape: Option<ShapeId>,
}

/// Something outside the record, for `explain` and cost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EffectUse {
    /// `link`, `linked`, `lookup`, `settings`, `existing`, `now`, `subscription`
    pub kind: &'static str,
    /// record type, table, setting
    pub of: String,
    /// where
    pub span: Span,
}
