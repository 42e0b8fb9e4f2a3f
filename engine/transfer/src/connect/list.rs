//! Lists, page by page: constant memory, and a server that hands out the same page for ever is found out.

use mapwright_language::json::{Json, read};
use mapwright_language::schema::{List, Paging, RecordType};

use super::answer::Refusal;
use super::body::bare;
use super::expected::{Verdict, judged};
use super::fill::{Places, and_query};
use super::wire::{Answer, CallError, Wire};

/// Why a list cannot be read on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ListError {
    /// No answer.
    Call(CallError),
    /// A refusal, or something that is no page.
    Refused(Refusal),
    /// The route's data do not fit.
    Route(String),
}

impl std::fmt::Display for ListError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            ListError::Call(error) => error.fmt(f),
            ListError::Refused(refusal) => refusal.fmt(f),
            ListError::Route(message) => f.write_str(message),
        }
    }
}

impl std::error::Error for ListError {}

/// Reads a list.
pub struct Pages<'a> {
    list: &'a List,
    record: &'a RecordType,
    places: Places<'a>,
    changed_since: Option<String>,
    next: Option<u32>,
    last: Vec<String>,
}

impl<'a> Pages<'a> {
    /// From page `first` (from 1), everything or what changed since a time.
    #[must_use]
    pub fn new(list: &'a List, record: &'a RecordType, changed_since: Option<jiff::Timestamp>, first: u32) -> Self {
        let changed_since = changed_since.map(|t| t.to_string());
        Pages { list, record, places: Places::default(), changed_since, next: Some(first.max(1)), last: vec![] }
    }

    /// Of a record: what stands for the placeholders of the call.
    #[must_use]
    pub fn with(mut self, places: Places<'a>) -> Self {
        self.places = places;
        self
    }

    /// The number of the page that comes next; none: there is no more.
    #[must_use]
    pub fn at(&self) -> Option<u32> {
        self.next
    }

    /// The next page's records; none: that was all.
    ///
    /// # Errors
    /// See [`ListError`].
    pub async fn next(&mut self, wire: &dyn Wire) -> Result<Option<Vec<Json>>, ListError> {
        let Some(page) = self.next else { return Ok(None) };
        let mut request = bare(&self.list.call, self.places).map_err(ListError::Route)?;
        let (number, size) = match self.list.paging {
            Paging::V2 | Paging::V3 => ("page", "limit"),
            Paging::Ipaas => ("pageNumber", "pageSize"),
            Paging::None => ("", ""),
        };
        if !number.is_empty() {
            and_query(&mut request.path, number, &page.to_string());
            and_query(&mut request.path, size, &self.list.limit.to_string());
        }
        if let (Some(key), Some(time)) = (&self.list.changed_since, &self.changed_since) {
            and_query(&mut request.path, key, time);
        }
        let answer = wire.send(&request).await.map_err(ListError::Call)?;
        let call = &self.list.call;
        let refused = |refusal: Refusal| Err(ListError::Refused(refusal.to(call, &request.path)));
        let found = match judged(call, self.record, &answer) {
            // beyond the last page an empty one is whole whatever is announced
            Verdict::Believed(found)
                if found.rows.is_empty() && !found.whole && (found.announced.is_none() || page == 1) =>
            {
                let message = format!("the answer to {} is empty, and does not say that there is nothing", call.path);
                return refused(Refusal { status: answer.status, message, fields: vec![] });
            }
            Verdict::Believed(found) => found.rows,
            Verdict::NotThere(refusal) | Verdict::Refused(refusal) | Verdict::Unlike(refusal) => {
                return refused(refusal);
            }
        };
        self.next = if found.is_empty() || !self.more(page, found.len(), &answer) { None } else { page.checked_add(1) };
        let ids: Vec<String> = found
            .iter()
            .map(|row| self.record.id.as_deref().and_then(|id| row.get(id)?.id()).unwrap_or_default().to_owned())
            .collect();
        if self.record.id.is_some() && !ids.is_empty() && ids == self.last {
            let message =
                format!("page {page} of {} has the same records as the page before: the list does not end", call.path);
            let refused = Refusal { status: answer.status, message, fields: vec![] };
            return Err(ListError::Refused(refused.to(call, &request.path)));
        }
        self.last = ids;
        Ok(if found.is_empty() { None } else { Some(found) })
    }

    fn more(&self, page: u32, found: usize, answer: &Answer) -> bool {
        let full = found >= self.list.limit as usize;
        match self.list.paging {
            Paging::None => false,
            Paging::V2 => full,
            Paging::V3 => {
                let total = total_pages(answer);
                total.map_or(full, |total| page < total)
            }
            Paging::Ipaas => {
                let header = answer.pagination.as_deref().and_then(|h| read(h.as_bytes()).ok());
                let total = header.and_then(|h| {
                    h.entries().iter().find(|(k, _)| k.eq_ignore_ascii_case("total_pages")).and_then(|(_, v)| number(v))
                });
                total.map_or(full, |total| page < total)
            }
        }
    }
}

/// How many pages BigCommerce's V3 says there are.
#[must_use]
pub fn total_pages(answer: &Answer) -> Option<u32> {
    read(&answer.body).ok().and_then(|b| number(b.get("meta")?.get("pagination")?.get("total_pages")?))
}

fn number(json: &Json) -> Option<u32> {
    json.id()?.parse().ok()
}
