//! Behind the scene, without tokens and without quota.
//!
//! | call | does |
//! |---|---|
//! | `GET /_sandbox/stats` | counts, violations, windows |
//! | `GET /_sandbox/faults` | the kinds of faults by group, and what waits |
//! | `POST /_sandbox/faults`, `DELETE` | orders faults (one or a list), takes all back |
//! | `POST /_sandbox/lag` `{"millis": 2000}` | a write can be read after so long |
//! | `POST /_sandbox/quota` `{"quota": 75}` | another app wakes up: the quota shrinks within the window |
//! | `POST /_sandbox/consume` `{"requests": 40}` | another app uses units of this window |
//! | `POST /_sandbox/scopes` `["store_v2_products_read_only"]` | the token's scopes from now on |
//!
//! A fault is an order, `{"kind": "drop_after", "method": "POST", "path": "/v3/customers", "times": 1}`, or a rule that
//! strikes by chance, `"drop-after=5%@POST /v3/customers"`.
//!
//! | call | does |
//! |---|---|
//! | any method on `/_sandbox/stores/v2/...`, `/_sandbox/stores/v3/...` | BigCommerce as another app sees it |
//! | any method on `/_sandbox/ipaas/{api}/v2/...` | iPaaS.com as a person sees it |

use std::time::Duration;

use serde_json::{Map, Value, json};
use tokio::time::Instant;

use crate::{
    exchange::{Answer, Call},
    faults::{Fault, FaultGroup, FaultRule},
    systems::{Shared, lock},
};

/// Answers a call; `call.path` begins after `_sandbox`.
pub fn answer(shared: &Shared, call: &Call) -> Answer {
    let path: Vec<&str> = call.path.iter().map(String::as_str).collect();
    let body = call.body.clone().unwrap_or_default();
    match (call.method.as_str(), path.as_slice()) {
        ("GET", ["stats"]) => match serde_json::to_value(shared.statistics()) {
            Ok(statistics) => Answer::json(200, statistics),
            Err(error) => wrong(&error.to_string()),
        },
        ("GET", ["faults"]) => faults(shared),
        ("POST", ["faults"]) => match order(shared, body) {
            Ok(count) => Answer::json(200, json!({"ordered": count})),
            Err(why) => wrong(&why),
        },
        ("DELETE", ["faults"]) => {
            lock(&shared.faults).clear();
            Answer::empty(204)
        }
        ("POST", ["lag"]) => match number(&body, "millis") {
            Some(millis) => {
                *lock(&shared.lag) = Duration::from_millis(u64::from(millis));
                Answer::empty(204)
            }
            None => wrong("`millis` must be a whole number"),
        },
        ("POST", ["quota"]) => match number(&body, "quota") {
            Some(quota) => {
                lock(&shared.window).set_quota(quota, Instant::now().into_std());
                Answer::empty(204)
            }
            None => wrong("`quota` must be a whole number"),
        },
        ("POST", ["consume"]) => match number(&body, "requests") {
            Some(requests) => {
                let taken = lock(&shared.window).take(requests, Instant::now().into_std());
                Answer::json(200, json!({"taken": taken}))
            }
            None => wrong("`requests` must be a whole number"),
        },
        ("POST", ["scopes"]) => match serde_json::from_value(body) {
            Ok(scopes) => {
                shared.set_scopes(scopes);
                Answer::empty(204)
            }
            Err(error) => wrong(&error.to_string()),
        },
        (_, ["stores", ..]) => shared.bigcommerce(&call.below(1)),
        (_, ["ipaas", ..]) => shared.ipaas(&call.below(1)),
        _ => Answer::json(404, json!({"message": "the sandbox has no such control"})),
    }
}

/// The kinds by group, and what waits.
fn faults(shared: &Shared) -> Answer {
    let kinds: Map<String, Value> = FaultGroup::ALL
        .into_iter()
        .map(|group| {
            let kinds = group.kinds().into_iter().map(|kind| (kind.name().to_owned(), Value::from(kind.tells())));
            (group.name().to_owned(), Value::Object(kinds.collect()))
        })
        .collect();
    let faults = lock(&shared.faults);
    let (orders, rules) = faults.waiting();
    Answer::json(200, json!({"kinds": kinds, "orders": orders, "rules": rules}))
}

/// Takes orders and rules, one or a list; all of them or none.
fn order(shared: &Shared, body: Value) -> Result<usize, String> {
    let list = if let Value::Array(list) = body { list } else { vec![body] };
    let (mut orders, mut rules) = (Vec::<Fault>::new(), Vec::<FaultRule>::new());
    for one in list {
        match one {
            Value::String(text) => rules.push(text.parse().map_err(|error| format!("{error}"))?),
            one => orders.push(serde_json::from_value(one).map_err(|error| error.to_string())?),
        }
    }
    let count = orders.len() + rules.len();
    let mut faults = lock(&shared.faults);
    orders.into_iter().for_each(|fault| faults.order(fault));
    rules.into_iter().for_each(|rule| faults.rule(rule));
    Ok(count)
}

fn number(body: &Value, field: &str) -> Option<u32> {
    body.get(field).and_then(Value::as_u64).and_then(|number| u32::try_from(number).ok())
}

fn wrong(message: &str) -> Answer {
    Answer::json(400, json!({"message": message}))
}
