//! A server of lists: pages by number or from an id on, as BigCommerce's V2 and V3 and iPaaS.com hand them out. What happens
//! between two requests, and what is done to an answer, is the test's.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use mapwright_language::json::Json;
use mapwright_language::schema::{Catalog, List, Paging, RecordType};
use mapwright_transfer::connect::list::{ListError, Pages, Shortfall};
use mapwright_transfer::connect::place::Place;
use mapwright_transfer::connect::wire::{Answer, Request, Sending, Wire};
use serde_json::json;

/// What the server holds; `edition` changes a record's content.
#[derive(Debug, Clone, Default)]
pub struct Rows {
    pub ids: Vec<u64>,
    pub edited: BTreeSet<u64>,
}

/// Between requests.
pub type Between = Box<dyn FnMut(usize, &mut Rows) + Send>;
/// What is done to an answer: the request's number and query, the page, the numbers announced (records, pages).
pub type Tamper = Box<dyn FnMut(usize, &str, &mut Vec<u64>, &mut (u64, u64)) + Send>;

pub struct Server {
    paging: Paging,
    id: String,
    inner: Mutex<Inner>,
}

struct Inner {
    rows: Rows,
    between: Between,
    tamper: Tamper,
    requests: Vec<String>,
}

impl Server {
    pub fn new(record: &RecordType, ids: impl IntoIterator<Item = u64>) -> Server {
        let rows = Rows { ids: ids.into_iter().collect(), ..Rows::default() };
        let inner = Inner { rows, between: Box::new(|_, _| ()), tamper: Box::new(|_, _, _, _| ()), requests: vec![] };
        Server { paging: list_of(record).paging, id: record.id.clone().unwrap(), inner: Mutex::new(inner) }
    }

    pub fn between(self, between: impl FnMut(usize, &mut Rows) + Send + 'static) -> Server {
        self.inner.lock().unwrap().between = Box::new(between);
        self
    }

    pub fn tamper(self, tamper: impl FnMut(usize, &str, &mut Vec<u64>, &mut (u64, u64)) + Send + 'static) -> Server {
        self.inner.lock().unwrap().tamper = Box::new(tamper);
        self
    }

    pub fn requests(&self) -> Vec<String> {
        self.inner.lock().unwrap().requests.clone()
    }

    pub fn ids(&self) -> Vec<u64> {
        self.inner.lock().unwrap().rows.ids.clone()
    }

    fn answer(&self, request: &Request) -> Answer {
        let mut inner = self.inner.lock().unwrap();
        let inner = &mut *inner;
        let at = inner.requests.len();
        if at > 0 {
            (inner.between)(at, &mut inner.rows);
        }
        inner.requests.push(request.path.clone());
        let query = |name: &str| {
            let found = request.path.split(['?', '&']).find_map(|part| part.strip_prefix(name)?.strip_prefix('='));
            found.and_then(|text| text.parse::<u64>().ok())
        };
        let (number, size) = if self.paging == Paging::Ipaas { ("pageNumber", "pageSize") } else { ("page", "limit") };
        let (number, size) = (query(number).unwrap_or(1), query(size).unwrap_or(50));
        let least = query("id%3Amin").or(query("id:min")).or(query("min_id")).unwrap_or(0);
        let ids: Vec<u64> = inner.rows.ids.iter().copied().filter(|id| *id >= least).collect();
        let mut page: Vec<u64> = ids.iter().copied().skip(((number - 1) * size) as usize).take(size as usize).collect();
        let mut announced = (ids.len() as u64, (ids.len() as u64).div_ceil(size));
        (inner.tamper)(at, &request.path, &mut page, &mut announced);
        let (records, pages) = announced;
        let row =
            |id: &u64| json!({ (&*self.id): id, "name": if inner.rows.edited.contains(id) { "new" } else { "old" } });
        let rows: Vec<_> = page.iter().map(row).collect();
        match self.paging {
            Paging::V3 => {
                let meta = json!({ "pagination": { "total": records, "count": rows.len(), "per_page": size,
                    "current_page": number, "total_pages": pages } });
                let body = json!({ "data": rows, "meta": meta });
                Answer { status: 200, body: body.to_string().into_bytes(), ..Answer::default() }
            }
            Paging::Ipaas => Answer {
                status: 200,
                pagination: Some(format!(r#"{{"current_Page":{number},"total_Pages":{pages}}}"#)),
                body: json!(rows).to_string().into_bytes(),
                ..Answer::default()
            },
            _ if rows.is_empty() => Answer { status: 204, ..Answer::default() },
            _ => Answer { status: 200, body: json!(rows).to_string().into_bytes(), ..Answer::default() },
        }
    }
}

impl Wire for Server {
    fn send<'a>(&'a self, request: &'a Request) -> Sending<'a> {
        let answer = self.answer(request);
        Box::pin(async move { Ok(answer) })
    }
}

pub fn record(name: &str) -> Arc<RecordType> {
    Catalog::builtin().record(name).unwrap().clone()
}

pub fn list_of(record: &RecordType) -> &List {
    record.route.list.as_ref().unwrap()
}

/// What a reader made of a list.
#[derive(Debug)]
pub struct Outcome {
    pub read: Vec<u64>,
    pub said: Option<Shortfall>,
    pub error: Option<ListError>,
    pub place: Place,
}

impl Outcome {
    /// Whether the run would say that not all was read.
    pub fn says_so(&self) -> bool {
        self.said.is_some() || self.error.is_some()
    }
}

pub fn id_of(record: &RecordType, row: &Json) -> u64 {
    row.get(record.id.as_deref().unwrap()).unwrap().id().unwrap().parse().unwrap()
}

/// Reads a list to its end, or so many of its pages.
pub fn read(server: &Server, record: &RecordType, from: Place, most: usize) -> Outcome {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let mut pages = Pages::new(list_of(record), record, None, from.clone());
        let mut outcome = Outcome { read: vec![], said: None, error: None, place: from };
        for _ in 0..most {
            match pages.next(server).await {
                Ok(Some(rows)) => outcome.read.extend(rows.iter().map(|row| id_of(record, row))),
                Ok(None) => break,
                Err(error) => {
                    outcome.error = Some(error);
                    break;
                }
            }
        }
        outcome.place = pages.place().cloned().unwrap_or_default();
        outcome.said = if pages.place().is_none() { pages.shortfall() } else { None };
        outcome
    })
}

pub fn read_all(server: &Server, record: &RecordType) -> Outcome {
    read(server, record, Place::default(), 10_000)
}

/// One record type for each way in which lists are handed out: V3 by pages and from an id on, V2 likewise, iPaaS.com.
pub const KINDS: [&str; 5] = ["customers.customer", "catalog.product", "customers.group", "orders.order", "Customer"];
