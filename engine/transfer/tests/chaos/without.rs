//! Negative controls: what a safeguard does is undone from outside, and the laws have to break.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex};

use mapwright_language::schema::Method;
use mapwright_transfer::connect::wire::{Answer, Request, Sending, Wire};
use serde_json::Value;

/// A safeguard that is switched off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Safeguard {
    /// What was begun is noted first.
    Journal,
    /// What is not known to be undone is not sent again as it is.
    NoBlindRepeat,
    /// Only the documented "not found" counts, and only when it is seen twice.
    NotFoundTwice,
    /// Rows of a batch's answer are matched by what they say.
    MatchedByContent,
}

impl Safeguard {
    /// The faults that it is made for: a kind or group, the method of the calls, and of a thousand how many go wrong.
    pub fn met_by(self) -> (&'static str, &'static str, u32) {
        match self {
            Safeguard::Journal => ("drop-after", "POST", 300),
            // rows that an update adds have no key that the other side would refuse
            Safeguard::NoBlindRepeat => ("drop-after", "PUT", 300),
            Safeguard::NotFoundTwice => ("lies", "GET", 300),
            Safeguard::MatchedByContent => ("shuffled-rows", "POST", 1000),
        }
    }
}

/// Every process begins without knowing what the last one began.
pub fn forget_the_journal(directory: &Path) {
    let file = directory.join("state.db");
    if file.exists() {
        rusqlite::Connection::open(file).unwrap().execute("delete from journal", []).unwrap();
    }
}

/// A wire that undoes a safeguard which looks at answers.
pub fn around(inner: Arc<dyn Wire>, without: Option<Safeguard>) -> Arc<dyn Wire> {
    match without {
        Some(Safeguard::NotFoundTwice) => Arc::new(Believing { inner, gone: Mutex::default() }),
        Some(Safeguard::MatchedByContent) => Arc::new(ByPosition { inner }),
        _ => inner,
    }
}

/// Takes every odd answer to the read of one record for the documented "not found", and says it again.
struct Believing {
    inner: Arc<dyn Wire>,
    gone: Mutex<BTreeMap<String, Answer>>,
}

impl Wire for Believing {
    fn send<'a>(&'a self, request: &'a Request) -> Sending<'a> {
        Box::pin(async move {
            let last = request.path.split('?').next().and_then(|path| path.rsplit('/').next()).unwrap_or_default();
            let link = request.path.contains("/External/");
            let one = request.method == Method::Get && !link && last.parse::<u64>().is_ok();
            if one && let Some(answer) = self.gone.lock().unwrap().get(&request.path) {
                return Ok(answer.clone());
            }
            let answer = self.inner.send(request).await?;
            let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
            let record = body.get("data").unwrap_or(&body);
            if one && record.get("id").is_none() {
                let not_found = br#"{"status":404,"title":"The requested resource was not found.","type":"https://developer.bigcommerce.com/api-docs/getting-started/api-status-codes","errors":{}}"#;
                let answer = Answer { status: 404, body: not_found.to_vec(), ..answer };
                self.gone.lock().unwrap().insert(request.path.clone(), answer.clone());
                return Ok(answer);
            }
            Ok(answer)
        })
    }
}

/// Makes each row of a batch's answer say what the request's row at that place said.
struct ByPosition {
    inner: Arc<dyn Wire>,
}

impl Wire for ByPosition {
    fn send<'a>(&'a self, request: &'a Request) -> Sending<'a> {
        Box::pin(async move {
            let mut answer = self.inner.send(request).await?;
            let sent = request.body.as_ref().map(mapwright_language::json::write).unwrap_or_default();
            let sent: Value = serde_json::from_str(&sent).unwrap_or_default();
            let mut body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
            if let (Value::Array(sent), Some(Value::Array(rows))) = (sent, body.get_mut("data"))
                && request.method == Method::Post
                && sent.len() == rows.len()
            {
                for (row, sent) in rows.iter_mut().zip(sent) {
                    for (name, value) in sent.as_object().into_iter().flatten() {
                        row[name.as_str()] = value.clone();
                    }
                }
                answer.body = body.to_string().into_bytes();
            }
            Ok(answer)
        })
    }
}
