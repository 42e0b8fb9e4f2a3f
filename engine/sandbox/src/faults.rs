//! Faults on order: a test says which calls shall go wrong and how.

use serde::{Deserialize, Serialize};

use crate::exchange::{Answer, Body, Call};

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// The answer is replaced by `status` (500, 502, 503, 504...) although the write was done. 502 is an HTML page.
    StatusAfter,
    /// `status` is answered and nothing is done.
    StatusBefore,
    /// The connection is dropped and nothing is done.
    DropBefore,
    /// The connection is dropped although the write was done.
    DropAfter,
    /// The answer comes `millis` later.
    Stall,
    /// The answer's body ends in the middle.
    Truncate,
    /// 429 without any rate header, nothing is done: the load of the platform.
    BareTooMany,
    /// 200 with the body of an error; nothing is done.
    ErrorBody,
}

/// One order: the next `times` calls that match go wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// What goes wrong.
    pub kind: FaultKind,
    /// Method; empty matches all.
    #[serde(default)]
    pub method: String,
    /// Part of the path with system and version, such as `/v3/catalog/products` or `/ipaas/products`; empty matches all.
    #[serde(default)]
    pub path: String,
    /// Matching calls that pass before the first fault.
    #[serde(default)]
    pub skip: u32,
    /// Calls that go wrong.
    #[serde(default = "once")]
    pub times: u32,
    /// Status of the kinds that answer one.
    #[serde(default = "internal")]
    pub status: u16,
    /// Length of a stall, ms.
    #[serde(default)]
    pub millis: u64,
}

fn once() -> u32 {
    1
}

fn internal() -> u16 {
    500
}

/// The orders that wait.
#[derive(Debug, Default)]
pub struct Faults {
    waiting: Vec<Fault>,
}

impl Faults {
    /// Orders from the start.
    pub fn new(waiting: Vec<Fault>) -> Faults {
        Faults { waiting }
    }

    /// One more order.
    pub fn add(&mut self, fault: Fault) {
        self.waiting.push(fault);
    }

    /// Takes all orders back.
    pub fn clear(&mut self) {
        self.waiting.clear();
    }

    /// What shall go wrong with this call; uses the order up.
    pub fn next(&mut self, system: &str, call: &Call) -> Option<Fault> {
        let path = format!("{system}/{}", call.path.join("/"));
        let matching = self.waiting.iter_mut().find(|fault| {
            (fault.method.is_empty() || fault.method.eq_ignore_ascii_case(&call.method))
                && path.contains(&fault.path)
                && fault.times > 0
        })?;
        if matching.skip > 0 {
            matching.skip -= 1;
            return None;
        }
        matching.times -= 1;
        let fault = matching.clone();
        self.waiting.retain(|fault| fault.times > 0);
        Some(fault)
    }
}

/// The answer of a gateway or of a store that is down.
pub fn outage(status: u16) -> Answer {
    let body = match status {
        502 => Body::Html(
            "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>".to_owned(),
        ),
        _ => Body::Json(
            serde_json::json!({"status": status, "title": "The service cannot answer at the moment.", "errors": {}}),
        ),
    };
    Answer { status, headers: Vec::new(), body }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_passes_over_calls_then_acts_as_often_as_told() {
        let text = r#"{"kind": "drop_after", "method": "post", "path": "/v3/customers", "skip": 1, "times": 2}"#;
        let mut faults = Faults::new(vec![serde_json::from_str(text).unwrap()]);
        let call = |method: &str| Call {
            method: method.to_owned(),
            path: vec!["v3".to_owned(), "customers".to_owned()],
            query: vec![],
            body: None,
        };
        let mut next = |method| faults.next("bigcommerce", &call(method)).is_some();
        assert_eq!(
            [next("GET"), next("POST"), next("POST"), next("POST"), next("POST")],
            [false, false, true, true, false]
        );
    }
}
