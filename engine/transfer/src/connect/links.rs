//! Links: pairs of ids kept by iPaaS.com's external-id API (ipaas-platform 5.2, the same under every data API). Every
//! record that is read anyway tells its links, so that nothing is asked twice.

use std::sync::Arc;

use mapwright_language::json::{Json, read};
use mapwright_language::schema::{Api, Catalog, Method, Repeat};

use super::answer::Refusal;
use super::expected::{Verdict, refused};
use super::fill::encode;
use super::records::api_of;
use super::wire::{Answer, CallError, Request, Wire};

/// A link: BigCommerce's id, which may have several parts, and iPaaS.com's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// `101|55`: the record's own id first, then where it lives.
    pub external: Arc<str>,
    /// iPaaS.com's id.
    pub internal: Arc<str>,
}

/// Why a link could not be looked up or saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LinkError {
    /// No answer.
    Call(CallError),
    /// A refusal.
    Refused(Refusal),
    /// The answer is not what was asked for: why.
    Unlike(String),
    /// The record type has no links.
    NoTable(String),
}

impl std::fmt::Display for LinkError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            LinkError::Call(error) => error.fmt(f),
            LinkError::Refused(refusal) => refusal.fmt(f),
            LinkError::Unlike(why) => f.write_str(why),
            LinkError::NoTable(record_type) => write!(f, "`{record_type}` has no links in iPaaS.com"),
        }
    }
}

impl std::error::Error for LinkError {}

/// The links of one subscription.
#[derive(Clone)]
pub struct LinkClient {
    /// Sends the calls.
    pub wire: Arc<dyn Wire>,
    /// Names of tables.
    pub catalog: Arc<Catalog>,
    /// The subscription's id in iPaaS.com.
    pub system_id: Arc<str>,
}

impl LinkClient {
    fn table(&self, record_type: &str) -> Result<(Api, String), LinkError> {
        let no = || LinkError::NoTable(record_type.to_owned());
        let table = self.catalog.record(record_type).and_then(|r| r.table.clone()).ok_or_else(no)?;
        Ok((api_of(&self.catalog, record_type).ok_or_else(no)?, table))
    }

    /// Whether records of a type can be linked.
    #[must_use]
    pub fn has_links(&self, record_type: &str) -> bool {
        self.table(record_type).is_ok()
    }

    /// BigCommerce's id of an iPaaS.com record.
    ///
    /// # Errors
    /// See [`LinkError`].
    pub async fn external_of(&self, record_type: &str, internal: &str) -> Result<Option<Link>, LinkError> {
        let (api, table) = self.table(record_type)?;
        let path = segments(&["External", "LookupExternal", internal, &self.system_id, &table]);
        let found = self.look_up(api, path, "/External/LookupExternal").await?;
        Ok(found.map(|external| Link { external: external.into(), internal: internal.into() }))
    }

    /// iPaaS.com's id of a BigCommerce record.
    ///
    /// # Errors
    /// See [`LinkError`].
    pub async fn internal_of(&self, record_type: &str, external: &str) -> Result<Option<Link>, LinkError> {
        let (api, table) = self.table(record_type)?;
        let path = segments(&["External", "LookupSpaceport", &self.system_id, &table, external]);
        let found = self.look_up(api, path, "/External/LookupSpaceport").await?;
        Ok(found.map(|internal| Link { external: external.into(), internal: internal.into() }))
    }

    async fn look_up(&self, api: Api, path: String, template: &str) -> Result<Option<String>, LinkError> {
        let request = Request {
            api,
            method: Method::Get,
            path,
            template: template.to_owned(),
            body: None,
            repeat: Repeat::Safe,
            concurrency: None,
            scope: None,
        };
        let answer = self.wire.send(&request).await.map_err(LinkError::Call)?;
        if let Some(outcome) = not_a_success(api, &answer) {
            return outcome.map(|()| None);
        }
        // a bare JSON text (ipaas-platform 5.2); ids of iPaaS.com have no blanks, external ids may be made of words
        let blanks = template.ends_with("LookupExternal");
        let told = read(&answer.body).ok().and_then(|json| json.id().map(str::to_owned));
        let told = told.filter(|id| is_id(id) && (blanks || !id.contains(char::is_whitespace)));
        let told = told
            .filter(|_| answer.status == 200)
            .ok_or_else(|| LinkError::Unlike(format!("the answer to a link look-up is no id ({})", answer.status)))?;
        // a link that points to a record that is gone there
        Ok(Some(told).filter(|id| !id.starts_with(DELETED)))
    }

    /// The request that saves a link.
    ///
    /// # Errors
    /// The record type has no links.
    pub fn saving(&self, record_type: &str, link: &Link) -> Result<Request, LinkError> {
        let (api, table) = self.table(record_type)?;
        let id = self
            .system_id
            .parse::<u64>()
            .map_or_else(|_| Json::Text((&*self.system_id).into()), |n| Json::Number(n.to_string().into()));
        let text = |t: &str| Json::Text(t.into());
        let body = Json::Object(vec![
            ("table_name".into(), text(&table)),
            ("system_id".into(), id),
            ("external_id".into(), text(&link.external)),
            ("internal_id".into(), text(&link.internal)),
        ]);
        // saying the same pair twice changes nothing
        let template = String::from("/External/UpdateExternalId");
        Ok(Request {
            api,
            method: Method::Post,
            path: template.clone(),
            template,
            body: Some(body),
            repeat: Repeat::Safe,
            concurrency: None,
            scope: None,
        })
    }

    /// Saves a link. It is saved when iPaaS.com answers the link itself; after any other answer it is looked up.
    ///
    /// # Errors
    /// See [`LinkError`].
    pub async fn save(&self, record_type: &str, link: &Link) -> Result<(), LinkError> {
        let request = self.saving(record_type, link)?;
        let answer = self.wire.send(&request).await.map_err(LinkError::Call)?;
        let why = match not_a_success(request.api, &answer) {
            Some(Err(LinkError::Unlike(why))) => why,
            Some(Err(refused)) => return Err(refused),
            Some(Ok(())) => return Err(LinkError::Unlike(String::from("iPaaS.com does not know the record"))),
            None if tells(&answer.body, link) => return Ok(()),
            None => String::from("the answer is not the link that was sent"),
        };
        match self.external_of(record_type, &link.internal).await {
            Ok(Some(saved)) if saved == *link => Ok(()),
            Err(error @ LinkError::Call(_)) => Err(error),
            _ => Err(LinkError::Unlike(format!("{why} ({}), and it is not there when it is looked up", answer.status))),
        }
    }
}

impl LinkClient {
    /// The request that removes what a BigCommerce record is linked to.
    ///
    /// # Errors
    /// The record type has no links.
    pub fn removing(&self, record_type: &str, external: &str) -> Result<Request, LinkError> {
        let (api, table) = self.table(record_type)?;
        Ok(Request {
            api,
            method: Method::Delete,
            path: segments(&["External", &self.system_id, &table, external]),
            template: String::from("/External"),
            body: None,
            repeat: Repeat::Safe,
            concurrency: None,
            scope: None,
        })
    }

    /// Removes it; one that is not there is none. After an answer that says neither it is looked up.
    ///
    /// # Errors
    /// See [`LinkError`].
    pub async fn remove(&self, record_type: &str, external: &str) -> Result<(), LinkError> {
        let request = self.removing(record_type, external)?;
        let answer = self.wire.send(&request).await.map_err(LinkError::Call)?;
        let why = match not_a_success(request.api, &answer) {
            Some(Err(LinkError::Unlike(why))) => why,
            Some(outcome) => return outcome,
            None if answer.body.trim_ascii().is_empty() && answer.status == 204 => return Ok(()),
            None => String::from("the answer is not that of a removal"),
        };
        match self.internal_of(record_type, external).await {
            Ok(None) => Ok(()),
            Err(error @ LinkError::Call(_)) => Err(error),
            _ => {
                Err(LinkError::Unlike(format!("{why} ({}), and it is still there when it is looked up", answer.status)))
            }
        }
    }

    /// Whether a link is told from the other side too: before something is deleted for it.
    ///
    /// # Errors
    /// See [`LinkError`].
    pub async fn is_told_both_ways(&self, record_type: &str, link: &Link) -> Result<bool, LinkError> {
        let there = self.external_of(record_type, &link.internal).await?;
        let back = self.internal_of(record_type, &link.external).await?;
        Ok(there.as_ref() == Some(link) && back.as_ref() == Some(link))
    }
}

/// How the external id of a link begins whose record is gone (ipaas-platform 5.2).
const DELETED: &str = "DELETED:";

/// What an answer says that is no success: "not there", a refusal, or nothing that means anything.
fn not_a_success(api: Api, answer: &Answer) -> Option<Result<(), LinkError>> {
    if (200..300).contains(&answer.status) {
        return None;
    }
    Some(match refused(api, answer) {
        Verdict::NotThere(_) | Verdict::Believed(_) => Ok(()),
        Verdict::Refused(refusal) => Err(LinkError::Refused(refusal)),
        Verdict::Unlike(refusal) => Err(LinkError::Unlike(refusal.to_string())),
    })
}

/// Whether a text can be an id in a link at all, and is no sentence and no page.
fn is_id(text: &str) -> bool {
    !text.is_empty() && text.len() <= 500 && !text.starts_with(['<', '{', '[']) && !text.contains(char::is_control)
}

/// Whether the answer to a link is the link.
fn tells(body: &[u8], link: &Link) -> bool {
    let Ok(json) = read(body) else { return false };
    let is = |key: &str, value: &str| json.get(key).and_then(Json::id) == Some(value);
    is("external_id", &link.external) && is("internal_id", &link.internal)
}

/// The field in which a record of iPaaS.com tells its links.
pub const LINKS: &str = "external_ids";

/// The link that a record of iPaaS.com tells of itself. Outer none: it does not tell its links at all.
#[must_use]
#[allow(clippy::option_option)] // unknown, not linked, linked
pub fn told_by(row: &Json, id_field: &str, system_id: &str) -> Option<Option<Link>> {
    let links = row.get(LINKS)?;
    let internal = row.get(id_field)?.id()?;
    let own = links.items().iter().find(|l| l.get("system_id").and_then(Json::id) == Some(system_id));
    let external = own.and_then(|l| l.get("external_id")?.text()).filter(|e| !e.is_empty() && !e.starts_with(DELETED));
    Some(external.map(|external| Link { external: external.into(), internal: internal.into() }))
}

/// The record's own id in an external id: the part before the first `|` that is not escaped.
#[must_use]
pub fn own_id(external: &str) -> String {
    let mut out = String::new();
    let mut characters = external.chars();
    while let Some(c) = characters.next() {
        match c {
            '\\' => out.extend(characters.next()),
            '|' => break,
            c => out.push(c),
        }
    }
    out
}

fn segments(parts: &[&str]) -> String {
    let mut path = String::new();
    for part in parts {
        path.push('/');
        encode(part, &mut path);
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_own_id_is_the_first_part() {
        for (external, own) in [("101|55", "101"), ("7", "7"), (r"a\|b|c", "a|b"), ("", "")] {
            assert_eq!(own_id(external), own);
        }
    }

    #[test]
    fn a_record_tells_its_link() {
        let row = |text: &str| read(text.as_bytes()).unwrap();
        let linked = row(
            r#"{"id":"9","external_ids":[{"system_id":1,"external_id":"x"},{"system_id":4711,"external_id":"55"}]}"#,
        );
        assert_eq!(told_by(&linked, "id", "4711"), Some(Some(Link { external: "55".into(), internal: "9".into() })));
        assert_eq!(told_by(&row(r#"{"id":"9","external_ids":[]}"#), "id", "4711"), Some(None));
        let gone = row(r#"{"id":"9","external_ids":[{"system_id":"4711","external_id":"DELETED:55"}]}"#);
        assert_eq!(told_by(&gone, "id", "4711"), Some(None));
        assert_eq!(told_by(&row(r#"{"id":"9"}"#), "id", "4711"), None);
    }
}
