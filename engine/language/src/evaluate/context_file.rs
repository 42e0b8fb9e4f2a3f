//! A context as a file: what `map --context`, snapshot cases and tests hand in beside a record.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::tz::TimeZone;

use crate::json::Json;
use crate::value::{Promise, Text, Value};

use super::context::{
    ChildKey, Context, FindAnswer, LinkAnswer, Outside, ParentContext, RecordAnswer, Search, Target, TargetState,
};

/// The owned pieces of a [`Context`]. In JSON: `collection` (of a snapshot case), `parent` (or `parents`, nearest first), `position`, `subscription: {id}`, `links:
/// {"Product Category": {"7": "70", "8": null}}` (null = known to be missing), `find: {"Customer": {"email_address":
/// {"a@example.com": "17"}}}` (a list = several), `records: {"Customer": {"17": {…}}}`, `settings`, `existing`, `now`,
/// `time_zone`.
#[derive(Debug, Clone)]
pub struct ContextFile {
    collection: Option<String>,
    subscription_id: Arc<str>,
    settings: BTreeMap<String, String>,
    now: jiff::Timestamp,
    time_zone: TimeZone,
    links: BTreeMap<(String, String), Option<String>>,
    /// What an unknown link answers.
    unknown: LinkAnswer,
    finds: BTreeMap<Search, Vec<Text>>,
    records: BTreeMap<(String, String), Json>,
    existing: Option<Json>,
    parents: Vec<ParentContext>,
    position: u64,
}

/// What is wrong with a context file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContextFileError(pub String);

impl std::fmt::Display for ContextFileError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ContextFileError {}

impl Default for ContextFile {
    /// No links known, nothing existing, a fixed time: the same input gives the same output.
    fn default() -> Self {
        ContextFile {
            collection: None,
            subscription_id: Arc::from("1"),
            settings: BTreeMap::new(),
            now: jiff::Timestamp::UNIX_EPOCH,
            time_zone: TimeZone::UTC,
            links: BTreeMap::new(),
            unknown: LinkAnswer::Promised,
            finds: BTreeMap::new(),
            records: BTreeMap::new(),
            existing: None,
            parents: vec![],
            position: 1,
        }
    }
}

const KEYS: &[&str] = &[
    "collection",
    "parent",
    "parents",
    "position",
    "subscription",
    "links",
    "find",
    "records",
    "settings",
    "existing",
    "now",
    "time_zone",
];

impl ContextFile {
    /// Reads a context from JSON.
    ///
    /// # Errors
    /// The first key that is unknown or has another form.
    pub fn read(json: &Json) -> Result<ContextFile, ContextFileError> {
        let wrong = |key: &str, what: &str| ContextFileError(format!("`{key}` of the context is {what}"));
        let Json::Object(entries) = json else {
            return Err(ContextFileError(String::from("a context is an object of keys")));
        };
        let mut context = ContextFile { unknown: LinkAnswer::Missing, ..ContextFile::default() };
        for (key, value) in entries {
            match &**key {
                "collection" => context.collection = value.text().map(str::to_owned),
                "parent" => context.parents = vec![ParentContext { record: Some(value.clone()), existing: None }],
                "parents" => {
                    context.parents = value
                        .items()
                        .iter()
                        .map(|p| ParentContext { record: Some(p.clone()), existing: None })
                        .collect()
                }
                "position" => {
                    context.position = value.id().and_then(|n| n.parse().ok()).ok_or_else(|| wrong(key, "a number"))?
                }
                "subscription" => {
                    context.subscription_id =
                        value.get("id").and_then(Json::id).ok_or_else(|| wrong(key, "an object with an `id`"))?.into()
                }
                "existing" => context.existing = (*value != Json::Null).then(|| value.clone()),
                "now" => {
                    context.now = value
                        .text()
                        .and_then(|t| t.parse().ok())
                        .ok_or_else(|| wrong(key, "a time such as 2026-01-31T00:00:00Z"))?
                }
                "time_zone" => {
                    context.time_zone = value
                        .text()
                        .and_then(|t| TimeZone::get(t).ok())
                        .ok_or_else(|| wrong(key, "a zone such as America/Chicago"))?
                }
                "settings" => {
                    for (name, setting) in value.entries() {
                        let text = match setting {
                            Json::Bool(b) => b.to_string(),
                            other => other.id().ok_or_else(|| wrong(key, "an object of names and values"))?.to_owned(),
                        };
                        context.settings.insert(name.to_string(), text);
                    }
                }
                "links" => {
                    for (record, ids) in value.entries() {
                        for (id, other) in ids.entries() {
                            context.links.insert((record.to_string(), id.to_string()), other.id().map(str::to_owned));
                        }
                    }
                }
                "find" => {
                    for (record_type, fields) in value.entries() {
                        for (field, values) in fields.entries() {
                            for (text, ids) in values.entries() {
                                let [record_type, field, value] = [record_type, field, text].map(|t| Arc::from(&**t));
                                let search = Search { record_type, field, value: Text::from(&*value) };
                                let one = std::slice::from_ref(ids);
                                let ids = if let Json::List(several) = ids { several.as_slice() } else { one };
                                let ids = ids.iter().filter_map(Json::id).map(Text::from).collect();
                                context.finds.insert(search, ids);
                            }
                        }
                    }
                }
                "records" => {
                    for (record_type, records) in value.entries() {
                        for (id, record) in records.entries() {
                            context.records.insert((record_type.to_string(), id.to_string()), record.clone());
                        }
                    }
                }
                other => {
                    return Err(ContextFileError(format!(
                        "`{other}` is no key of a context: its keys are {}",
                        KEYS.join(", ")
                    )));
                }
            }
        }
        Ok(context)
    }

    /// Which collection a snapshot case is of.
    #[must_use]
    pub fn collection(&self) -> Option<&str> {
        self.collection.as_deref()
    }

    /// The same settings for every record.
    #[must_use]
    pub fn with_settings(mut self, settings: BTreeMap<String, String>) -> Self {
        self.settings.extend(settings);
        self
    }

    /// The zone, for writing.
    #[must_use]
    pub fn time_zone(&self) -> &TimeZone {
        &self.time_zone
    }

    /// The context to evaluate with.
    #[must_use]
    pub fn context(&self) -> Context<'_> {
        Context {
            subscription_id: self.subscription_id.clone(),
            settings: &self.settings,
            now: self.now,
            time_zone: self.time_zone.clone(),
            outside: self,
            target: self,
            parents: &self.parents,
            position: self.position,
            most_steps: 1_000_000,
        }
    }
}

impl Outside for ContextFile {
    fn link(&self, record_type: &str, id: &str) -> LinkAnswer {
        match self.links.get(&(record_type.to_owned(), id.to_owned())) {
            Some(Some(other)) => LinkAnswer::Linked(other.as_str().into()),
            Some(None) => LinkAnswer::Missing,
            None => self.unknown.clone(),
        }
    }

    fn tried(&self, _record: &Promise) -> bool {
        true
    }

    fn find(&self, search: &Search) -> FindAnswer {
        FindAnswer::Found(self.finds.get(search).cloned().unwrap_or_default())
    }

    fn record(&self, record_type: &str, id: &str) -> RecordAnswer {
        self.records
            .get(&(record_type.to_owned(), id.to_owned()))
            .map_or(RecordAnswer::Missing, |record| RecordAnswer::Read(record.clone()))
    }
}

impl Target for ContextFile {
    fn root(&self, _find_by: &[(Arc<str>, Value)]) -> TargetState {
        match &self.existing {
            Some(existing) => TargetState::Existing(Some(existing.clone())),
            None => TargetState::Creating,
        }
    }

    fn child(&self, key: &ChildKey<'_>) -> TargetState {
        // the rows of a slot as the existing record holds them, matched by the target values that find a child
        let rows = self.existing.as_ref().and_then(|e| e.get(key.slot)).map(Json::items).unwrap_or_default();
        let found = rows.iter().find(|row| {
            !key.find_by.is_empty()
                && key.find_by.iter().all(|(name, value)| {
                    let wanted = crate::value::text_of(value);
                    row.get(name).and_then(Json::id) == wanted.as_deref()
                })
        });
        found.map_or(TargetState::Creating, |row| TargetState::Existing(Some(row.clone())))
    }
}
