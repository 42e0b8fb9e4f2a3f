//! Faults on order: a test says which calls shall go wrong and how.

use serde::{Deserialize, Serialize};

use super::kind::FaultKind;

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
    /// Length of a stall or an outage, pause between two bytes of a drip; ms.
    #[serde(default)]
    pub millis: u64,
}

fn once() -> u32 {
    1
}

fn internal() -> u16 {
    500
}

/// The order that a call uses up.
pub(super) fn take(orders: &mut Vec<Fault>, method: &str, path: &str) -> Option<Fault> {
    let matching = orders.iter_mut().find(|fault| {
        (fault.method.is_empty() || fault.method.eq_ignore_ascii_case(method))
            && path.contains(&fault.path)
            && fault.times > 0
    })?;
    if matching.skip > 0 {
        matching.skip -= 1;
        return None;
    }
    matching.times -= 1;
    let fault = matching.clone();
    orders.retain(|fault| fault.times > 0);
    Some(fault)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_passes_over_calls_then_acts_as_often_as_told() {
        let text = r#"{"kind": "drop_after", "method": "post", "path": "/v3/customers", "skip": 1, "times": 2}"#;
        let mut orders = vec![serde_json::from_str(text).unwrap()];
        let mut next = |method| take(&mut orders, method, "/stores/v3/customers").is_some();
        assert_eq!(
            [next("GET"), next("POST"), next("POST"), next("POST"), next("POST")],
            [false, false, true, true, false]
        );
    }
}
