//! What one mapping file says, with a place for everything: YAML's tree turned into the envelope's keys, expressions and
//! templates already parsed. Nothing is resolved, nothing is inherited yet. A key that was wrong has been reported and is
//! left out here, so that later stages go on with what survived.

use crate::source::Span;
use crate::syntax::tree::{Expr, Rules, Template};

use super::setting::Setting;

/// A value and its place in the file.
#[derive(Debug, Clone, PartialEq)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Its place.
    pub span: Span,
}

/// One mapping file (language.md section 1). `None` = the key is not there, so a layer does not touch it.
#[derive(Debug, Clone, PartialEq)]
pub struct MappingFile {
    /// `collection:` or `base:`
    pub name: Spanned<String>,
    /// whether it is a `base:`
    pub is_base: bool,
    /// `active`
    pub active: Option<Spanned<bool>>,
    /// `extends`
    pub extends: Option<Spanned<String>>,
    /// `record`
    pub record: Option<Spanned<String>>,
    /// `direction`
    pub direction: Option<Spanned<Direction>>,
    /// `sync`
    pub sync: Option<Spanned<SyncType>>,
    /// `bigcommerce`
    pub bigcommerce: Option<Spanned<String>>,
    /// `external_id`
    pub external_id: Option<Spanned<ExternalId>>,
    /// `starts_on`
    pub starts_on: Option<Spanned<Vec<Spanned<String>>>>,
    /// `find_by`: one or several
    pub find_by: Option<Spanned<Vec<Spanned<String>>>>,
    /// `collision`
    pub collision: Option<Spanned<Collision>>,
    /// `before`
    pub before: Option<Spanned<Vec<Before>>>,
    /// `after`
    pub after: Option<Spanned<Vec<After>>>,
    /// `nulls`
    pub nulls: Option<Spanned<Nulls>>,
    /// `filter`
    pub filter: Option<Spanned<Vec<Filter>>>,
    /// `errors`
    pub errors: Option<Spanned<Vec<ErrorFilter>>>,
    /// `checks`
    pub checks: Option<Spanned<Vec<Check>>>,
    /// `settings`
    pub settings: Option<Spanned<Vec<Setting>>>,
    /// `lookups`
    pub lookups: Option<Spanned<Vec<Lookup>>>,
    /// `children`
    pub children: Option<Spanned<Vec<ChildSlot>>>,
    /// `without`
    pub without: Option<Spanned<Without>>,
    /// `rules`
    pub rules: Option<Spanned<Rules>>,
    /// Keys every collection needs that are there and could not be read, which has been said.
    pub unread: Vec<&'static str>,
}

/// Seen from iPaaS.com.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// `to`: BigCommerce to iPaaS.com
    To,
    /// `from`: iPaaS.com to BigCommerce
    From,
}

/// `sync`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SyncType {
    /// only while not linked
    Add,
    /// only once linked
    Update,
    /// both
    AddUpdate,
    /// deletes; no rules
    Delete,
    /// an update that a delete sets off
    UpdateOnDelete,
}

impl SyncType {
    /// As it is written.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            SyncType::Add => "add",
            SyncType::Update => "update",
            SyncType::AddUpdate => "add-update",
            SyncType::Delete => "delete",
            SyncType::UpdateOnDelete => "update-on-delete",
        }
    }
}

/// `external_id`
#[derive(Debug, Clone, PartialEq)]
pub enum ExternalId {
    /// A template over BigCommerce's record.
    Template(Template),
    /// `none`: a row that is known by its content.
    None,
}

/// `nulls`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nulls {
    /// a null of a plain copy leaves the field alone
    Leave,
    /// a null of a plain copy empties the field on update
    Clear,
}

/// `collision`: what happens when an unlinked record is found at the target by `find_by` (ipaas-platform 4.4).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Collision {
    /// it is updated and linked; one that is linked to another record already is a failure
    #[default]
    UpdateAndLink,
    /// as before, and a link to another record moves to this one
    RemapAndLink,
    /// it is updated and stays unlinked
    UpdateWithoutLink,
    /// a failure
    Error,
}

impl Collision {
    /// As it is written.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Collision::UpdateAndLink => "update-and-link",
            Collision::RemapAndLink => "remap-and-link",
            Collision::UpdateWithoutLink => "update-without-link",
            Collision::Error => "error",
        }
    }
}

/// An entry of `before`: a record that must be linked first.
#[derive(Debug, Clone, PartialEq)]
pub struct Before {
    /// iPaaS.com's record type
    pub record: Spanned<String>,
    /// its id in the source system; null: nothing to do
    pub id: Expr,
    /// the expression's own text
    pub text: String,
    /// the whole entry
    pub span: Span,
}

/// An entry of `after`: a collection that runs once the record is transferred, with the record as `parent`.
#[derive(Debug, Clone, PartialEq)]
pub struct After {
    /// the collection
    pub collection: Spanned<String>,
    /// what it runs over; none: the record itself
    pub each: Option<Expr>,
    /// the text of `each`
    pub each_text: Option<String>,
    /// the whole entry
    pub span: Span,
}

/// An entry of `checks`: what must hold of the finished target record.
#[derive(Debug, Clone, PartialEq)]
pub struct Check {
    /// not true = refused, or a warning
    pub that: Expr,
    /// the expression's own text, its merge key
    pub text: String,
    /// the message
    pub message: Template,
    /// `otherwise: warn`: the record goes on
    pub warns: bool,
    /// the whole entry
    pub span: Span,
}

/// `that` + `because`, or a bare expression
#[derive(Debug, Clone, PartialEq)]
pub struct Filter {
    /// not true = skipped
    pub that: Expr,
    /// the expression's own text, its merge key and its reason where `because` is missing
    pub text: String,
    /// the recorded reason
    pub because: Option<Template>,
    /// the whole entry
    pub span: Span,
}

/// `when` + `message`
#[derive(Debug, Clone, PartialEq)]
pub struct ErrorFilter {
    /// true = refused
    pub when: Expr,
    /// the expression's own text, its merge key
    pub text: String,
    /// the message
    pub message: Template,
    /// the whole entry
    pub span: Span,
}

/// One table of `lookups`
#[derive(Debug, Clone, PartialEq)]
pub struct Lookup {
    /// its name
    pub name: Spanned<String>,
    /// the subscriber should look at it
    pub review: bool,
    /// what has no entry; missing = reported, once layers are combined
    pub unmatched: Option<Spanned<Unmatched>>,
    /// keys compare without case
    pub ignore_case: bool,
    /// source value → target value, both as their text
    pub entries: Vec<(Spanned<String>, Spanned<String>)>,
    /// pattern with `*` → target value, asked in this order where no entry has the value
    pub patterns: Vec<(Spanned<String>, Spanned<String>)>,
    /// `from: COLLECTION`
    pub from: Option<Spanned<String>>,
    /// `reversed: true`
    pub reversed: bool,
    /// the whole
    pub span: Span,
}

/// `unmatched`
#[derive(Debug, Clone, PartialEq)]
pub enum Unmatched {
    /// a failure
    Error,
    /// null
    Nothing,
    /// the source value
    Pass,
    /// this value
    Value(Spanned<String>),
}

/// One slot of `children`
#[derive(Debug, Clone, PartialEq)]
pub struct ChildSlot {
    /// the slot of the target's route
    pub slot: Spanned<String>,
    /// the collections that fill it, in order
    pub uses: Vec<ChildUse>,
}

/// `use` + `each` + `gone`
#[derive(Debug, Clone, PartialEq)]
pub struct ChildUse {
    /// the child collection
    pub collection: Spanned<String>,
    /// what it runs over; none: the parent itself
    pub each: Option<Expr>,
    /// the text of `each`, part of the merge key
    pub each_text: Option<String>,
    /// `gone: remove`
    pub remove_gone: bool,
    /// in a layer: the child of the base whose place it takes
    pub instead_of: Option<Spanned<String>>,
    /// the whole entry
    pub span: Span,
}

/// `without`
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Without {
    /// targets as written (`name`, `custom["X"]`)
    pub rules: Vec<Spanned<String>>,
    /// child collections
    pub children: Vec<Spanned<String>>,
    /// lookups
    pub lookups: Vec<Spanned<String>>,
    /// conditions of filters
    pub filter: Vec<Spanned<String>>,
    /// conditions of errors
    pub errors: Vec<Spanned<String>>,
    /// conditions of checks
    pub checks: Vec<Spanned<String>>,
}
