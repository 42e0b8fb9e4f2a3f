//! What evaluating a record gives.

use std::sync::Arc;

use crate::source::Span;
use crate::value::{Promise, Text, Value};

use super::context::Search;

/// The result of one run of a plan over one record.
#[derive(Debug, Clone, PartialEq)]
pub enum Evaluation {
    /// Something outside must be looked up first; run again with it in the context.
    Needs {
        /// What. Never empty.
        needs: Vec<Need>,
        /// Values of the `find_by` fields, so that the existing record can be found.
        find_by: Vec<(Arc<str>, Value)>,
    },
    /// Done.
    Done(Outcome),
}

/// Something to look up.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Need {
    /// A link.
    Link(Promise),
    /// A record that is to be transferred before this one.
    Before(Promise),
    /// Records of the target system by a field.
    Find(Search),
    /// Another record of the source system.
    Record {
        /// Schema name of its type.
        record_type: Arc<str>,
        /// Its id.
        id: Text,
    },
    /// Whether the root record exists at the target (`Target::root` said `Unknown`).
    Existing,
}

/// The outcome of one record.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// A filter was not true (or the collection is not active).
    Skipped(Reason),
    /// An error filter was true; the message.
    Refused(Reason),
    /// Rules failed: all of them, of the record and its children.
    Failed(Vec<Failure>),
    /// It waits for links.
    Parked(Vec<Promise>),
    /// The mapped record.
    Mapped(MappedRecord),
}

/// Why, and which line says so.
#[derive(Debug, Clone, PartialEq)]
pub struct Reason {
    /// For people.
    pub text: String,
    /// The condition's place.
    pub span: Span,
    /// The collection.
    pub collection: Arc<str>,
}

/// A failure of one rule, for the operator.
#[derive(Debug, Clone, PartialEq)]
pub struct Failure {
    /// Which kind.
    pub kind: FailureKind,
    /// The collection.
    pub collection: Arc<str>,
    /// Target field as the user writes it; none in a filter, error or child list.
    pub field: Option<Arc<str>>,
    /// What happened: `"abc" is not a number`. Values are cut at 60 characters; of personal or secret fields only kind
    /// and length are given.
    pub message: String,
    /// Source fields that the rule, filter, error or child list reads.
    pub sources: Vec<String>,
    /// Place of the step that failed; of the collection if the record could not be read.
    pub span: Span,
    /// Path of the child it happened in: `variants[3]`, `options[1].option_values[2]`; empty in the root.
    pub row: String,
}

/// Kinds of failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FailureKind {
    /// The record does not have the form its schema promises.
    Source,
    /// A function could not do its work.
    Function,
    /// Arithmetic: overflow, division by zero.
    Arithmetic,
    /// A lookup without entry.
    Lookup,
    /// A setting that the subscription lacks, or that is not of its type.
    Setting,
    /// A value that the target does not take.
    Target,
    /// A limit of the engine.
    Limit,
}

/// A mapped record with its children.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct MappedRecord {
    /// Fields that have a value or `clear`; a null leaves its field out.
    pub fields: Vec<MappedField>,
    /// Children by slot, kept ones only, in the order of the plan.
    pub children: Vec<MappedChild>,
    /// Child rows that a filter dropped: counted, with the reason.
    pub skipped_children: Vec<(Arc<str>, Reason)>,
    /// Checks that were not true and only warn.
    pub warnings: Vec<Reason>,
}

/// One field of a mapped record.
#[derive(Debug, Clone, PartialEq)]
pub struct MappedField {
    /// Index into the level's rules (target, codec, lineage).
    pub rule: u32,
    /// The value.
    pub value: Value,
}

/// One child.
#[derive(Debug, Clone, PartialEq)]
pub struct MappedChild {
    /// Index into the parent level's children.
    pub child: u32,
    /// The source row's own id, if its record type has one.
    pub source_id: Option<Text>,
    /// Its place among the rows of `each`, from 0.
    pub index: u32,
    /// The key of the group that it stands for, where `each` makes groups; inner none: rows without key.
    #[allow(clippy::option_option)] // no group, a group without key, a key
    pub group: Option<Option<Text>>,
    /// The child itself.
    pub record: MappedRecord,
}
