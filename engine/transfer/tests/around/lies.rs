//! A wire that answers some requests with something else than the truth, and all that it has been seen to say.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use mapwright_language::schema::Method;
use mapwright_transfer::connect::wire::{Answer, Request, Sending, Wire};
use mapwright_transfer::work::Engine;

use super::support::House;

/// What servers, gateways and caches answer in place of what was asked for: status and body. None of it is a record, "there
/// is none", or "done", whichever call it is an answer to.
pub const LIES: &[(u16, &str)] = &[
    (
        200,
        r#"{"status":404,"title":"The requested resource was not found.","type":"https://developer.bigcommerce.com/api-docs/getting-started/api-status-codes","errors":{}}"#,
    ),
    (200, r#"{"error":"temporarily unavailable"}"#),
    (200, r#"{"code":"INTL-1000","message":"Internal error."}"#),
    (200, r#"[{"status":500,"message":"Internal error."}]"#),
    (200, ""),
    (200, "{}"),
    (200, "null"),
    (200, "<html><body>We will be back soon</body></html>"),
    (200, r#"{"data":null}"#),
    (200, r#"{"data":{}}"#),
    (200, r#"{"data":[]}"#),
    (200, r#"{"data":{},"meta":{}}"#),
    (200, r#"{"data":null,"meta":{"pagination":{"total":0,"total_pages":0}}}"#),
    (200, r#"{"data":[],"meta":{"pagination":{"total":7,"total_pages":1}}}"#),
    (200, r#"{"data":{"id":999999,"name":"another","sku":"another"},"meta":{}}"#),
    (
        200,
        r#"{"data":[{"id":999999,"category_id":999999,"name":"another","sku":"another","email":"another@example.com"}],"meta":{"pagination":{"total":1,"total_pages":1}}}"#,
    ),
    (200, r#"{"id":"999999","name":"another","sku":"another"}"#),
    (204, ""),
    (404, ""),
    (404, "<html><head><title>404 Not Found</title></head><body><center>nginx</center></body></html>"),
    (404, r#"{"message":"no Route matched with those values"}"#),
    (404, r#"{"status":404,"error":"Not Found","path":"/"}"#),
    (404, r#"{"type":"https://tools.ietf.org/html/rfc9110#section-15.5.5","title":"Not Found","status":404}"#),
    (410, "gone"),
    (403, "<html>forbidden</html>"),
];

/// Answers requests of a method whose path holds a text; `done`: the other side does it all the same.
pub struct Lying {
    inner: Arc<dyn Wire>,
    method: Method,
    path: String,
    answer: (u16, String),
    done: bool,
    left: AtomicU32,
    /// What was sent of such requests and what was answered in truth, as often as it was.
    pub asked: Arc<Mutex<Vec<Request>>>,
}

/// What of a call is lied about.
#[derive(Clone, Copy)]
pub struct About<'a> {
    pub method: Method,
    pub path: &'a str,
    pub times: u32,
    pub done: bool,
}

/// An engine whose wire lies about one kind of call; and all requests of that kind.
pub fn lying(house: &House, about: About<'_>, answer: (u16, &str)) -> (Engine, Arc<Mutex<Vec<Request>>>) {
    let asked: Arc<Mutex<Vec<Request>>> = Arc::default();
    let copy = asked.clone();
    let engine = house.engine_over(|inner| {
        Arc::new(Lying {
            inner,
            method: about.method,
            path: about.path.to_owned(),
            answer: (answer.0, answer.1.to_owned()),
            done: about.done,
            left: AtomicU32::new(about.times),
            asked: copy,
        })
    });
    (engine, asked)
}

impl Wire for Lying {
    fn send<'a>(&'a self, request: &'a Request) -> Sending<'a> {
        Box::pin(async move {
            if request.method != self.method || !request.path.contains(&self.path) {
                return self.inner.send(request).await;
            }
            self.asked.lock().unwrap().push(request.clone());
            let lies = self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok();
            if !lies {
                return self.inner.send(request).await;
            }
            if self.done {
                let _ = self.inner.send(request).await;
            }
            let (status, body) = &self.answer;
            Ok(Answer { status: *status, body: body.as_bytes().to_vec(), ..Answer::default() })
        })
    }
}
