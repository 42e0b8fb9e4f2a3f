//! Behind the scene, without tokens and without quota.
//!
//! | call | does |
//! |---|---|
//! | `GET /_sandbox/stats` | counts, violations, windows |
//! | `POST /_sandbox/faults`, `DELETE` | orders faults (one or a list), takes all back |
//! | `POST /_sandbox/quota` `{"quota": 75}` | another app wakes up: the quota shrinks within the window |
//! | `POST /_sandbox/consume` `{"requests": 40}` | another app uses units of this window |
//! | `POST /_sandbox/scopes` `["store_v2_products_read_only"]` | the token's scopes from now on |
//! | any method on `/_sandbox/stores/v2/...`, `/_sandbox/stores/v3/...` | BigCommerce as another app sees it |
//! | any method on `/_sandbox/ipaas/{api}/v2/...` | iPaaS.com as a person sees it |

use std::time::Instant;

use serde_json::{Value, json};

use crate::{
    exchange::{Answer, Call},
    faults::Fault,
    server::{Shared, lock},
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
        ("POST", ["faults"]) => {
            let list = if body.is_array() { body } else { Value::Array(vec![body]) };
            match serde_json::from_value::<Vec<Fault>>(list) {
                Ok(list) => {
                    let count = list.len();
                    list.into_iter().for_each(|fault| shared.order(fault));
                    Answer::json(200, json!({"ordered": count}))
                }
                Err(error) => wrong(&error.to_string()),
            }
        }
        ("DELETE", ["faults"]) => {
            lock(&shared.faults).clear();
            Answer::empty(204)
        }
        ("POST", ["quota"]) => match number(&body, "quota") {
            Some(quota) => {
                lock(&shared.window).set_quota(quota, Instant::now());
                Answer::empty(204)
            }
            None => wrong("`quota` must be a whole number"),
        },
        ("POST", ["consume"]) => match number(&body, "requests") {
            Some(requests) => {
                let taken = lock(&shared.window).take(requests, Instant::now());
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
        (_, ["stores", ..]) => shared.bigcommerce(&below(call)),
        (_, ["ipaas", ..]) => shared.ipaas(&below(call)),
        _ => Answer::json(404, json!({"message": "the sandbox has no such control"})),
    }
}

fn below(call: &Call) -> Call {
    let mut call = call.clone();
    call.path.remove(0);
    call
}

fn number(body: &Value, field: &str) -> Option<u32> {
    body.get(field).and_then(Value::as_u64).and_then(|number| u32::try_from(number).ok())
}

fn wrong(message: &str) -> Answer {
    Answer::json(400, json!({"message": message}))
}
