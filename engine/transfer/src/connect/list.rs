//! Lists, page by page. Records that are deleted or made meanwhile move the others from page to page; servers cut pages, leave
//! some empty, or hand out the same ones for ever. So every page has to hold on to what was read before, and at the end what was
//! read is compared with what the server announced: either everything was read that existed all the while, or the reader says
//! that it was not.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use mapwright_language::json::{Json, write};
use mapwright_language::schema::{FromId, List, Paging, RecordType};

use super::announced::Announced;
use super::answer::Refusal;
use super::body::bare;
use super::expected::{Verdict, judged};
use super::fill::{Places, and_query};
use super::links::LINKS;
use super::place::{Place, Window};
use super::wire::{CallError, Wire};

/// Why a list cannot be read on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ListError {
    /// No answer.
    Call(CallError),
    /// A refusal, or something that is no page.
    Refused(Refusal),
    /// It does not end: pages come that hold nothing new.
    Endless(String),
    /// The route's data do not fit.
    Route(String),
}

impl std::fmt::Display for ListError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            ListError::Call(error) => error.fmt(f),
            ListError::Refused(refusal) => refusal.fmt(f),
            ListError::Endless(message) | ListError::Route(message) => f.write_str(message),
        }
    }
}

impl std::error::Error for ListError {}

/// Why it may be that not all of a list was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shortfall {
    /// The server announced more than it handed out.
    Fewer {
        /// At least so many records there are.
        announced: u64,
        /// So many were read.
        read: u64,
    },
    /// Pages did not hold on to one another.
    Moved,
}

impl std::fmt::Display for Shortfall {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Shortfall::Fewer { announced, read } => {
                write!(f, "the list says that it has {announced} records, but only {read} could be read")
            }
            Shortfall::Moved => f.write_str("records moved from page to page while the list was read"),
        }
    }
}

/// How often a page is asked for again that is empty although there should be more.
const MOST_REPEATS: u8 = 2;
/// How many pages in a row may hold nothing new.
const MOST_STALE: u8 = 3;

/// Records that were read, by id, each with a number that changes when its content does.
pub type Seen = HashMap<Box<str>, u64>;

/// Reads a list.
pub struct Pages<'a> {
    list: &'a List,
    record: &'a RecordType,
    places: Places<'a>,
    changed_since: Option<String>,
    /// Everything before it was handed out.
    place: Place,
    /// A page did not begin with what was read before.
    back: Option<Back>,
    /// The way back from here found nothing that had moved.
    held_at: Option<u64>,
    /// The number of the next page, of a server that takes no notice of the size that is asked for.
    numbered: Option<u64>,
    /// Records may have moved past.
    unsure: bool,
    by_id: bool,
    most: u64,
    seen: Seen,
    /// Records of an earlier pass: of these only what changed is handed out.
    earlier: Seen,
    changed: Vec<Json>,
    /// Records that an earlier run had read, as far as this one knows no more of them.
    before: u64,
    announced: u64,
    repeats: u8,
    stale: u8,
    requests: u32,
    /// Of the request, without its query: that may hold personal values.
    path: String,
    done: bool,
}

/// A way back to a record that was read.
#[derive(Clone, Copy)]
struct Back {
    /// How many records are before the page to ask for.
    from: u64,
    /// How far the last step went.
    far: u64,
}

/// What a page held that is not known.
#[derive(Default)]
struct Fresh {
    /// To hand out.
    rows: Vec<Json>,
    /// How many records of it this pass had not read.
    new: u64,
}

/// A page as it came.
struct Page {
    rows: Vec<Json>,
    announced: Announced,
}

impl<'a> Pages<'a> {
    /// From a place on, everything or what changed since a time.
    #[must_use]
    pub fn new(list: &'a List, record: &'a RecordType, changed_since: Option<jiff::Timestamp>, place: Place) -> Self {
        let seen = place.recent.iter().map(|id| (id.as_str().into(), 0)).collect();
        Pages {
            by_id: list.from_id.is_some(),
            most: u64::from(list.limit),
            before: place.offset.saturating_sub(place.recent.len() as u64),
            list,
            record,
            places: Places::default(),
            changed_since: changed_since.map(|t| t.to_string()),
            place,
            back: None,
            held_at: None,
            numbered: None,
            unsure: false,
            seen,
            earlier: Seen::new(),
            changed: vec![],
            announced: 0,
            repeats: 0,
            stale: 0,
            requests: 0,
            path: String::new(),
            done: false,
        }
    }

    /// All of it, from the beginning.
    #[must_use]
    pub fn all(list: &'a List, record: &'a RecordType) -> Self {
        Pages::new(list, record, None, Place::default())
    }

    /// Of a record: what stands for the placeholders of the call.
    #[must_use]
    pub fn with(mut self, places: Places<'a>) -> Self {
        self.places = places;
        self
    }

    /// Without records that an earlier pass read and that are as they were then.
    #[must_use]
    pub fn unlike(mut self, earlier: Seen) -> Self {
        self.earlier = earlier;
        self
    }

    /// Where it is: what was handed out is before it. None: it has come to the end.
    #[must_use]
    pub fn place(&self) -> Option<&Place> {
        (!self.done).then_some(&self.place)
    }

    /// What was read so far.
    #[must_use]
    pub fn into_seen(self) -> Seen {
        self.seen
    }

    /// Records that were read twice and had changed in between, as they were the second time.
    pub fn take_changed(&mut self) -> Vec<Json> {
        std::mem::take(&mut self.changed)
    }

    /// Whether it took more than one page: then records may have changed while it was read.
    #[must_use]
    pub fn took_time(&self) -> bool {
        self.requests > 1
    }

    /// At the end: why it may be that not all of it was read.
    #[must_use]
    pub fn shortfall(&self) -> Option<Shortfall> {
        let read = self.place.offset.min(self.before + self.seen.len() as u64);
        if self.announced > read {
            Some(Shortfall::Fewer { announced: self.announced, read })
        } else {
            self.unsure.then_some(Shortfall::Moved)
        }
    }

    /// The next records, none of them twice; none: that was all.
    ///
    /// # Errors
    /// See [`ListError`].
    pub async fn next(&mut self, wire: &dyn Wire) -> Result<Option<Vec<Json>>, ListError> {
        while !self.done {
            let found = match self.list.from_id.as_ref().filter(|_| self.by_id) {
                Some(from_id) => self.next_by_id(wire, from_id).await?,
                None => self.next_window(wire).await?,
            };
            let Some(fresh) = found else { continue };
            self.stale = if fresh.new == 0 { self.stale + 1 } else { 0 };
            if !self.done && self.stale >= MOST_STALE {
                // what an empty page hides shows in the count
                self.done = self.shortfall().is_some() && self.repeats > 0;
                if !self.done {
                    return Err(ListError::Endless(format!(
                        "{MOST_STALE} pages of {} in a row held only records that were read before: the list does not end",
                        self.path
                    )));
                }
            }
            if !fresh.rows.is_empty() {
                return Ok(Some(fresh.rows));
            }
        }
        Ok(None)
    }

    /// A page that begins with the greatest id that was read. None: ask again.
    async fn next_by_id(&mut self, wire: &dyn Wire, from_id: &FromId) -> Result<Option<Fresh>, ListError> {
        let mut query: Vec<(&str, String)> = from_id.sort.iter().map(|(key, value)| (&**key, value.clone())).collect();
        query.extend(self.place.id.iter().map(|id| (&*from_id.least, id.clone())));
        let page = self.ask(wire, &query, Window { page: 1, size: self.most }).await?;
        let ids: Vec<Option<u64>> = page.rows.iter().map(|row| self.id(row)?.parse().ok()).collect();
        let last: Option<u64> = self.place.id.as_ref().and_then(|id| id.parse().ok());
        if !ids.is_sorted() || ids.iter().any(|id| id.is_none() || *id < last) {
            // this server does not list from an id on, or in another order: then by pages that overlap
            self.by_id = false;
            self.place.offset = 0;
            return Ok(None);
        }
        let (count, total) = (page.rows.len() as u64, page.announced.least(self.most));
        // the record that was read last, if it is still there, is among those that are announced
        let again =
            page.rows.first().and_then(|row| self.id(row)).is_some_and(|id| self.place.id.as_deref() == Some(id));
        let here = self.place.offset - u64::from(again);
        self.announced = if count == 0 { self.announced.max(here + total) } else { here + total };
        if count == 0 && (total > 0 || self.place.id.is_some()) && self.asked_again() {
            return Ok(None);
        }
        let greatest = ids.last().copied().flatten().map(|id| id.to_string());
        let fresh = self.fresh(page.rows);
        self.place.offset += fresh.new;
        self.place.id = greatest.or(self.place.id.take());
        self.done = count == 0 || (count < self.most && total <= count);
        Ok(Some(fresh))
    }

    /// A page that begins with records that were read. None: ask again.
    async fn next_window(&mut self, wire: &dyn Wire) -> Result<Option<Fresh>, ListError> {
        let from = self.back.map_or(self.place.offset, |back| back.from);
        let window = match self.numbered {
            Some(page) => Window { page, size: self.most },
            None => Window::after(from, self.most),
        };
        let page = self.ask(wire, &[], window).await?;
        let (count, least) = (page.rows.len() as u64, page.announced.least(window.size));
        self.announced = if count == 0 { self.announced.max(least) } else { least };
        if self.list.paging == Paging::None {
            self.done = true;
            let fresh = self.fresh(page.rows);
            (self.place.offset, self.announced) = (fresh.new, 0);
            return Ok(Some(fresh));
        }
        let overlaps = self.numbered.is_none() && window.page > 1 && window.start() < self.place.offset;
        if count == 0 && (least > window.start() || overlaps) && self.asked_again() {
            return Ok(None);
        }
        if count > window.size || self.numbered.is_some() {
            return Ok(Some(self.by_number(page, window.page)));
        }
        if overlaps && !page.rows.iter().any(|row| self.seen.contains_key(&*self.key(row))) {
            if self.held_at != Some(self.place.offset) {
                // records before it were deleted, and those that follow moved up: the way back grows with every step
                let far = self.back.map_or(self.most / 2, |back| back.far.saturating_mul(2)).max(1);
                self.back = Some(Back { from: window.start().saturating_sub(far), far });
                return Ok(None);
            }
            self.unsure = true;
        }
        // a server that hands out smaller pages than it was asked for
        if window.page == 1 && count > 0 && count < window.size && least > count {
            self.most = count.max(2);
        }
        let end = window.start() + count;
        let whole = page.announced.records == Some(end) && page.announced.pages == Some(window.page);
        self.done = count == 0 || (least <= end && (count < window.size || whole));
        let (was_back, before) = (self.back.take().is_some(), self.place.offset);
        let fresh = self.fresh(page.rows);
        if count > 0 {
            self.place.offset = end;
        }
        self.held_at = (was_back && fresh.new == 0 && end == before).then_some(end);
        Ok(Some(fresh))
    }

    /// Of a server that takes no notice of the size that was asked for: pages by number, as they come.
    fn by_number(&mut self, page: Page, number: u64) -> Fresh {
        let count = page.rows.len() as u64;
        let fresh = self.fresh(page.rows);
        self.place.offset += fresh.new;
        let last = page.announced.pages.is_some_and(|pages| number >= pages) && self.announced <= self.place.offset;
        self.done = count == 0 || last;
        self.numbered = Some(number.saturating_add(1));
        fresh
    }

    /// Whether a page that should hold something is asked for once more.
    fn asked_again(&mut self) -> bool {
        self.repeats += 1;
        self.repeats <= MOST_REPEATS
    }

    async fn ask(&mut self, wire: &dyn Wire, query: &[(&str, String)], window: Window) -> Result<Page, ListError> {
        let call = &self.list.call;
        let mut request = bare(call, self.places).map_err(ListError::Route)?;
        let (number, size) = match self.list.paging {
            Paging::V2 | Paging::V3 => ("page", "limit"),
            Paging::Ipaas => ("pageNumber", "pageSize"),
            Paging::None => ("", ""),
        };
        query.iter().for_each(|(key, value)| and_query(&mut request.path, key, value));
        if !number.is_empty() {
            and_query(&mut request.path, number, &window.page.to_string());
            and_query(&mut request.path, size, &window.size.to_string());
        }
        if let (Some(key), Some(time)) = (&self.list.changed_since, &self.changed_since) {
            and_query(&mut request.path, key, time);
        }
        self.requests += 1;
        request.path.split('?').next().unwrap_or_default().clone_into(&mut self.path);
        let answer = wire.send(&request).await.map_err(ListError::Call)?;
        let refused = |refusal: Refusal| Err(ListError::Refused(refusal.to(call, &request.path)));
        let rows = match judged(call, self.record, &answer) {
            Verdict::Believed(found) if found.rows.is_empty() && !found.whole && found.announced.is_none() => {
                let message = format!("the answer to {} is empty, and does not say that there is nothing", call.path);
                return refused(Refusal { status: answer.status, message, fields: vec![] });
            }
            Verdict::Believed(found) => found.rows,
            Verdict::NotThere(refusal) | Verdict::Refused(refusal) | Verdict::Unlike(refusal) => {
                return refused(refusal);
            }
        };
        if !rows.is_empty() {
            self.repeats = 0;
        }
        Ok(Page { rows, announced: Announced::of(self.list.paging, &answer) })
    }

    /// The records of a page that were not handed out before.
    fn fresh(&mut self, rows: Vec<Json>) -> Fresh {
        let mut fresh = Fresh::default();
        let mut nameless = Vec::new();
        for row in rows {
            let (key, content) = (self.key(&row), content(&row));
            match self.seen.get(&key).copied() {
                None => {
                    if self.id(&row).is_some() {
                        self.place.past(&key);
                        self.seen.insert(key.clone(), content);
                    } else {
                        // two records of one page that have no id may look alike
                        nameless.push(key.clone());
                    }
                    fresh.new += 1;
                    if self.earlier.get(&key) != Some(&content) {
                        fresh.rows.push(row);
                    }
                }
                // 0: read by an earlier run, which kept no more than the id
                Some(before) if before != content && before != 0 => {
                    self.seen.insert(key, content);
                    self.changed.push(row);
                }
                Some(_) => {}
            }
        }
        self.seen.extend(nameless.into_iter().map(|key| (key, 1)));
        fresh
    }

    fn id<'r>(&self, row: &'r Json) -> Option<&'r str> {
        self.record.id.as_deref().and_then(|id| row.get(id)?.id()).filter(|id| !id.is_empty())
    }

    /// What a record is known by: its id, else its content.
    fn key(&self, row: &Json) -> Box<str> {
        self.id(row).map_or_else(|| format!("without id: {:x}", content(row)).into(), Into::into)
    }
}

/// A number that changes when a record's content does; never 0. Links are left out: transfers make them while they read.
fn content(row: &Json) -> u64 {
    fn walk(json: &Json, hasher: &mut DefaultHasher) {
        match json {
            Json::Object(entries) => entries.iter().filter(|(key, _)| &**key != LINKS).for_each(|(key, value)| {
                key.hash(hasher);
                walk(value, hasher);
            }),
            Json::List(items) => {
                items.len().hash(hasher);
                items.iter().for_each(|item| walk(item, hasher));
            }
            plain => write(plain).hash(hasher),
        }
    }
    let mut hasher = DefaultHasher::new();
    walk(row, &mut hasher);
    hasher.finish().max(1)
}
