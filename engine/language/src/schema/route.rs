//! How a record type is reached: data, so that `transfer` holds no endpoint. Costs are in calls.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::json::Json;

/// All that is known of reaching one record type. A record that is only ever written inside its parent has none of
/// the calls.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Route {
    /// One record by its id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read: Option<Call>,
    /// All records, page by page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub list: Option<List>,
    /// By target field: a call that finds the records with `{value}` in that field.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub find: BTreeMap<String, Call>,
    /// Makes one (or a batch).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub create: Option<Call>,
    /// Changes one (or a batch).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub update: Option<Call>,
    /// Removes one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delete: Option<Call>,
    /// Fields that together tell its records apart where an answer holds several: what was sent finds its answer by them,
    /// never by position.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub known_by: Vec<String>,
    /// An update replaces the whole record: what no rule writes is carried over from what was read.
    #[serde(default, skip_serializing_if = "is_false")]
    pub replaces_whole: bool,
    /// Where children go, in the order of writing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub slots: Vec<Slot>,
    /// Place in the recommended load order (ipaas-platform 5.6): lower first.
    #[serde(default)]
    pub load_order: u16,
    /// Why a part of the route is believed though no public source shows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inferred: Option<String>,
}

#[allow(clippy::trivially_copy_pass_by_ref)] // serde hands a reference
fn is_false(value: &bool) -> bool {
    !*value
}

/// One HTTP call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Call {
    /// Which base URL.
    pub api: Api,
    /// The method.
    pub method: Method,
    /// Path below the base URL; `{id}`, `{parent.id}`, `{parent.parent.id}`, `{value}`, percent-encoded when filled.
    pub path: String,
    /// Query parameters; values may hold the same placeholders.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub query: BTreeMap<String, String>,
    /// How the record stands in the request body.
    #[serde(default)]
    pub body: Body,
    /// Values that the write adds to each record: key → `{id}`, `{parent.id}`, or a constant.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub adds: BTreeMap<String, serde_json::Value>,
    /// Most records in one call; 1 = no batch.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub batch: u32,
    /// What the answer looks like, and where it has the record(s).
    #[serde(default)]
    pub answer: Answer,
    /// Of a list: what "there is nothing" looks like beside an empty list. All lists of V2 answer 204 then (bigcommerce-api
    /// 3.1); that needs no mention.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also_none: Vec<NoneForm>,
    /// Whether it may be sent again when its answer was lost.
    #[serde(default)]
    pub repeat: Repeat,
    /// At most so many of these calls at a time per account (bigcommerce-api 2.3); absent: the executor's default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub concurrency: Option<u32>,
    /// OAuth scope it needs (bigcommerce-api 1.4).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
}

impl Call {
    /// Whether "there is nothing" may look like this.
    #[must_use]
    pub fn may_answer(&self, form: NoneForm) -> bool {
        let lists = matches!(self.answer, Answer::BareList) && self.api == Api::BigcommerceV2;
        self.also_none.contains(&form) || (form == NoneForm::NoContent && lists)
    }
}

fn one() -> u32 {
    1
}

#[allow(clippy::trivially_copy_pass_by_ref)] // serde hands a reference
fn is_one(value: &u32) -> bool {
    *value == 1
}

/// The base URLs of a subscription.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Api {
    /// `{api_url}/stores/{hash}/v2`
    BigcommerceV2,
    /// `{api_url}/stores/{hash}/v3`
    BigcommerceV3,
    /// `{ipaas_url}/products/v2`
    IpaasProducts,
    /// `{ipaas_url}/customers/v2`
    IpaasCustomers,
    /// `{ipaas_url}/transactions/v2`
    IpaasTransactions,
    /// `{ipaas_url}/giftcards/v2`
    IpaasGiftcards,
    /// `{ipaas_url}/subscriptions/v2`
    IpaasSubscriptions,
}

/// HTTP methods.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
#[allow(missing_docs)]
pub enum Method {
    Get,
    Post,
    Put,
    Delete,
}

/// How records stand in a request body.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Body {
    /// No body.
    #[default]
    Nothing,
    /// The record itself.
    One,
    /// An array of records.
    Array,
    /// An object with an array of records under this key (and `reason` etc. from `Call::adds` go into the *records*;
    /// what goes beside the array stands in the second value).
    Under(String, BTreeMap<String, String>),
}

/// What an answer has to look like to be believed, and where it has the records. Anything else means nothing: it is not
/// "empty", "gone" or "done".
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// `{"data": {…}}`: one record.
    #[default]
    Data,
    /// `{"data": […], "meta": {…}}`: records, in any order.
    DataList,
    /// The same, and `meta.pagination` says how many there are: then what is not among them is not there.
    Pages,
    /// The body is the record.
    Bare,
    /// The body is a list of records.
    BareList,
    /// Rows below the `data[]` of pages: for each element one row per element of this key (`locations`); `read_at` with `^`
    /// reaches the element.
    Rows(String),
    /// No body (a deletion's 204).
    Empty,
    /// `{"KEY": "…"}`: a receipt for all that was sent (inventory answers `transaction_id`).
    Receipt(String),
    /// `{"meta": {"total", "success", "failed"}}`: how many of those that were sent were done.
    Tally,
}

/// What a list answers where there is nothing, beside an empty list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoneForm {
    /// 204 without a body.
    NoContent,
    /// The API's own 404.
    NotFound,
}

/// May it be sent again after an unknown outcome? (bigcommerce-api 3.6)
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Repeat {
    /// Reads, PUT and DELETE by id, absolute adjustments.
    #[default]
    Safe,
    /// A second send could make a second record: look it up first.
    LookUpFirst,
}

/// A list call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct List {
    /// The call; paging parameters are added by `paging`.
    pub call: Call,
    /// How pages are asked for.
    pub paging: Paging,
    /// Records per page to ask for.
    pub limit: u32,
    /// Query parameter for "changed since" (RFC 3339 value); absent: there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed_since: Option<String>,
    /// How it is asked for from an id on; absent: the API has no such parameter, and its pages are read so that they overlap.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_id: Option<FromId>,
}

/// A list in the order of its ids, from one of them on: a record that is deleted meanwhile moves no other out of sight.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FromId {
    /// Query parameter for the least id.
    pub least: String,
    /// Query parameters for the order by id.
    pub sort: BTreeMap<String, String>,
}

/// Paging (bigcommerce-api 3.1, ipaas-platform 5.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Paging {
    /// `page`, `limit`; bare array; 204 = end.
    V2,
    /// `page`, `limit`; `meta.pagination`.
    V3,
    /// `pageNumber`, `pageSize`; header `X-Pagination`; bare array.
    Ipaas,
    /// Everything in one answer.
    None,
}

/// A place for children.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Slot {
    /// Its name in `children:`.
    pub name: String,
    /// The record type that fills it.
    pub record: String,
    /// How a child gets there.
    pub write: SlotWrite,
    /// How the children that are there are read.
    pub read: Read,
    /// Whether the slot is written only while the parent is created.
    #[serde(default, skip_serializing_if = "is_false")]
    pub create_only: bool,
    /// A row without an id of its own: it is the same where these fields are, whatever its others say (a variant's option value
    /// is known by the ids of option and value; its label is theirs).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub same_by: Vec<String>,
}

/// How a child reaches its parent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SlotWrite {
    /// In the parent's body, under the slot's name.
    Inside,
    /// In the parent's body when the parent is created, by calls of its own later.
    InsideOnCreate,
    /// By calls of its own, after the parent.
    Own,
}

/// Where the existing children of a slot are found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Read {
    /// In this field of the parent as read (`include=` brings it).
    InParent(String),
    /// By a call of its own with the parent's id.
    Call(Box<Call>),
    /// They cannot be read.
    Nothing,
}

/// A list of which a record's own answer holds only the first rows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cut {
    /// So many rows at most.
    pub at: u32,
    /// The field of the same record that says how many there are; absent: nothing says it, and a list of `at` rows may be cut.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<String>,
    /// The call that reads all of them; `{id}` is the id of the record that has the field.
    pub read_by: Box<List>,
}

impl Cut {
    /// How many rows the record shows of how many there are, if it does not show all or may not; inner none: nothing says how many.
    #[must_use]
    pub fn found(&self, name: &str, record: &Json) -> Option<(usize, Option<usize>)> {
        let shown = record.get(name).map_or(0, |rows| rows.items().len());
        let count = self.count.as_ref().and_then(|field| record.get(field)?.id()?.parse::<usize>().ok());
        let cut = count.map_or(shown >= self.at as usize, |count| count > shown);
        // a record without the list was not asked for it
        (cut && record.get(name).is_some()).then_some((shown, count))
    }
}

/// How a field is read that its record's answer lacks. What no rule asks for costs no call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReadBy {
    /// By a call of its own, page by page; `{id}` is the id of the record that has the field. A list takes all rows, a
    /// record the first.
    Call(Box<List>),
    /// It is the record whose id stands in this field of the same record, read as that record's own route says.
    Id(String),
}
