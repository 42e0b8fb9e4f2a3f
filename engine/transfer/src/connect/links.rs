//! Links: pairs of ids kept by iPaaS.com's external-id API (ipaas-platform 5.2, the same under every data API). Every
//! record that is read anyway tells its links, so that nothing is asked twice.

use std::sync::Arc;

use mapwright_language::json::{Json, read};
use mapwright_language::schema::{Api, Catalog, Method, Repeat};

use super::answer::{Refusal, refusal};
use super::fill::encode;
use super::records::api_of;
use super::wire::{CallError, Request, Wire};

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
    /// The record type has no links.
    NoTable(String),
}

impl std::fmt::Display for LinkError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            LinkError::Call(error) => error.fmt(f),
            LinkError::Refused(refusal) => refusal.fmt(f),
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
        match answer.status {
            404 | 204 => Ok(None),
            200..300 => {
                let text = read(&answer.body).ok().and_then(|json| json.id().map(str::to_owned));
                let text = text.ok_or_else(|| {
                    let message = String::from("the answer to a link look-up is no text");
                    LinkError::Refused(Refusal { status: answer.status, message, fields: vec![] })
                })?;
                // a link that points to a record that is gone there
                Ok(Some(text).filter(|t| !t.is_empty() && !t.starts_with("DELETED:")))
            }
            _ => Err(LinkError::Refused(refusal(&answer))),
        }
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

    /// Saves a link.
    ///
    /// # Errors
    /// See [`LinkError`].
    pub async fn save(&self, record_type: &str, link: &Link) -> Result<(), LinkError> {
        let request = self.saving(record_type, link)?;
        let answer = self.wire.send(&request).await.map_err(LinkError::Call)?;
        if (200..300).contains(&answer.status) { Ok(()) } else { Err(LinkError::Refused(refusal(&answer))) }
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

    /// Removes it; one that is not there is none.
    ///
    /// # Errors
    /// See [`LinkError`].
    pub async fn remove(&self, record_type: &str, external: &str) -> Result<(), LinkError> {
        let request = self.removing(record_type, external)?;
        let answer = self.wire.send(&request).await.map_err(LinkError::Call)?;
        match answer.status {
            200..300 | 404 | 410 => Ok(()),
            _ => Err(LinkError::Refused(refusal(&answer))),
        }
    }
}

/// The link that a record of iPaaS.com tells of itself. Outer none: it does not tell its links at all.
#[must_use]
#[allow(clippy::option_option)] // unknown, not linked, linked
pub fn told_by(row: &Json, id_field: &str, system_id: &str) -> Option<Option<Link>> {
    let links = row.get("external_ids")?;
    let internal = row.get(id_field)?.id()?;
    let own = links.items().iter().find(|l| l.get("system_id").and_then(Json::id) == Some(system_id));
    let external =
        own.and_then(|l| l.get("external_id")?.text()).filter(|e| !e.is_empty() && !e.starts_with("DELETED:"));
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
