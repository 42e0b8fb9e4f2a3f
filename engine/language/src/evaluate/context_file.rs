//! A context as a file: what `map --context`, snapshot cases and tests hand in beside a record.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::tz::TimeZone;

use crate::json::Json;
use crate::value::{Promise, Text, Value};

use super::context::{
    ChildKey, Context, FindAnswer, LinkAnswer, Outside, ParentContext, RecordAnswer, Search, Target, TargetState,
};

/// The owned pieces of a [`Context`]. In JSON: `collection` (of a snapshot case), `parent` (or `parents`, nearest first), `existing`,
/// `existing_parents` (nearest first), `position`, `subscription: {id}`, `links: {"Product Category": {"7": "70", "8": null}}` (null = known
/// to be missing), `find: {"Customer": {"email_address": {"a@example.com": "17"}}}` (a list = several), `records: {"Customer": {"17":
/// {…}}}`, `settings`, `now`, `time_zone`.
#[derive(Debug, Clone)]
pub struct ContextFile {
    collection: Option<String>,
    subscription_id: Arc<str>,
    settings: BTreeMap<String, String>,
    now: jiff::Timestamp,
    time_zone: TimeZone,
    links: Links,
    /// What an unknown link answers.
    unknown: LinkAnswer,
    finds: BTreeMap<Search, Vec<Text>>,
    records: BTreeMap<(String, String), Json>,
    existing: Option<Json>,
    parents: Vec<ParentContext>,
    position: u64,
}

/// Ids by record type and id; none where it is known that there is no link.
type Links = BTreeMap<(String, String), Option<String>>;

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

/// The keys of a context file.
const KEYS: &[&str] = &[
    "collection",
    "parent",
    "parents",
    "existing",
    "existing_parents",
    "position",
    "subscription",
    "links",
    "find",
    "records",
    "settings",
    "now",
    "time_zone",
];

impl ContextFile {
    /// What a subscription knows of itself: its id, its settings, its time zone.
    #[must_use]
    pub fn of_subscription(id: &str, settings: BTreeMap<String, String>, time_zone: TimeZone) -> ContextFile {
        ContextFile { subscription_id: id.into(), settings, time_zone, ..ContextFile::default() }
    }

    /// Reads a context from JSON.
    ///
    /// # Errors
    /// As [`ContextFile::with`].
    pub fn read(json: &Json) -> Result<ContextFile, ContextFileError> {
        ContextFile::default().with(json)
    }

    /// The same with what JSON says; links that it does not name are missing.
    ///
    /// # Errors
    /// Every key that is unknown or has another form.
    pub fn with(self, json: &Json) -> Result<ContextFile, ContextFileError> {
        let Json::Object(entries) = json else {
            return Err(ContextFileError(String::from("a context is an object of keys")));
        };
        let mut context = ContextFile { unknown: LinkAnswer::Missing, ..self };
        let mut wrong = Vec::new();
        for (key, value) in entries {
            let expected = match context.take(key, value) {
                Ok(()) => continue,
                Err(Some(expected)) => format!("`{key}` of the context has to be {expected}"),
                Err(None) => format!("`{key}` is no key of a context: its keys are {}", KEYS.join(", ")),
            };
            wrong.push(expected);
        }
        if wrong.is_empty() { Ok(context) } else { Err(ContextFileError(wrong.join("; "))) }
    }

    /// Takes in one key; what it should be where it is something else, nothing where it is no key.
    fn take(&mut self, key: &str, value: &Json) -> Result<(), Option<&'static str>> {
        match key {
            "collection" => self.collection = Some(value.text().ok_or("a collection's name")?.to_owned()),
            "parent" => {
                self.parents(std::slice::from_ref(value), |parent, record| parent.record = Some(record.clone()))
            }
            "parents" => {
                let records = list(value).ok_or("a list of source records, nearest first")?;
                self.parents(records, |parent, record| parent.record = Some(record.clone()));
            }
            "existing" => self.existing = there(value),
            "existing_parents" => {
                let records = list(value).ok_or("a list of target records, nearest first, null where one is new")?;
                self.parents(records, |parent, record| parent.existing = there(record));
            }
            "position" => self.position = value.id().and_then(|n| n.parse().ok()).ok_or("a whole number")?,
            "subscription" => {
                self.subscription_id = value.get("id").and_then(Json::id).ok_or("an object with an `id`")?.into();
            }
            "now" => {
                self.now = value.text().and_then(|t| t.parse().ok()).ok_or("a time such as 2026-01-31T00:00:00Z")?;
            }
            "time_zone" => {
                self.time_zone =
                    value.text().and_then(|t| TimeZone::get(t).ok()).ok_or("a zone such as America/Chicago")?;
            }
            "settings" => self.settings.extend(settings(value).ok_or("an object of names and values")?),
            "links" => {
                let expected = r#"an object of ids by record type: {"Product Category": {"7": "70", "8": null}}"#;
                self.links.extend(links(value).ok_or(expected)?);
            }
            "find" => {
                let expected =
                    r#"an object of ids by record type, field and value: {"Customer": {"email": {"a@b.c": "17"}}}"#;
                self.finds.extend(finds(value).ok_or(expected)?);
            }
            "records" => {
                let expected = r#"an object of records by record type and id: {"Customer": {"17": {…}}}"#;
                self.records.extend(records(value).ok_or(expected)?);
            }
            _ => return Err(None),
        }
        Ok(())
    }

    /// Gives every parent its part, nearest first.
    fn parents(&mut self, records: &[Json], give: impl Fn(&mut ParentContext, &Json)) {
        if self.parents.len() < records.len() {
            self.parents.resize_with(records.len(), ParentContext::default);
        }
        self.parents.iter_mut().zip(records).for_each(|(parent, record)| give(parent, record));
    }

    /// Which collection a snapshot case is of.
    #[must_use]
    pub fn collection(&self) -> Option<&str> {
        self.collection.as_deref()
    }

    /// The zone, for writing.
    #[must_use]
    pub fn time_zone(&self) -> &TimeZone {
        &self.time_zone
    }

    /// The value of a setting, as it is given.
    #[must_use]
    pub fn setting(&self, name: &str) -> Option<&str> {
        self.settings.get(name).map(String::as_str)
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

fn list(value: &Json) -> Option<&[Json]> {
    matches!(value, Json::List(_)).then(|| value.items())
}

fn object(value: &Json) -> Option<impl Iterator<Item = (String, &Json)>> {
    matches!(value, Json::Object(_)).then(|| value.entries().iter().map(|(key, value)| (key.to_string(), value)))
}

/// A record that may be null: there is none.
fn there(value: &Json) -> Option<Json> {
    (*value != Json::Null).then(|| value.clone())
}

fn settings(value: &Json) -> Option<Vec<(String, String)>> {
    object(value)?
        .map(|(name, value)| match value {
            Json::Bool(b) => Some((name, b.to_string())),
            other => Some((name, other.id()?.to_owned())),
        })
        .collect()
}

fn links(value: &Json) -> Option<Links> {
    let mut links = Links::new();
    for (record, ids) in object(value)? {
        for (id, other) in object(ids)? {
            let other = if *other == Json::Null { None } else { Some(other.id()?.to_owned()) };
            links.insert((record.clone(), id), other);
        }
    }
    Some(links)
}

/// Per record type, field and value the ids that are found: one, or a list of several.
fn finds(value: &Json) -> Option<Vec<(Search, Vec<Text>)>> {
    let mut finds = Vec::new();
    for (record_type, fields) in object(value)? {
        for (field, values) in object(fields)? {
            for (text, ids) in object(values)? {
                let [record_type, field] = [&record_type, &field].map(|t| Arc::from(&**t));
                let search = Search { record_type, field, value: Text::from(text) };
                let one = std::slice::from_ref(ids);
                let ids: Option<Vec<Text>> =
                    list(ids).unwrap_or(one).iter().map(|id| Some(Text::from(id.id()?))).collect();
                finds.push((search, ids?));
            }
        }
    }
    Some(finds)
}

fn records(value: &Json) -> Option<Vec<((String, String), Json)>> {
    let mut found = Vec::new();
    for (record_type, records) in object(value)? {
        found.extend(object(records)?.map(|(id, record)| ((record_type.clone(), id), record.clone())));
    }
    Some(found)
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
