//! Faults by chance, the lag, and the lists that the API cuts.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)] // a test that meets an error has failed

mod support;

use std::time::Duration;

use mapwright_sandbox::{Arrival, Ending, FaultKind, FaultRule, InProcess, Options, fault_list};
use reqwest::Method;
use serde_json::{Value, json};
use support::{options, stage};

fn in_process(options: Options) -> InProcess {
    InProcess::new(options).unwrap()
}

fn arrival(systems: &InProcess, method: &str, path: &str, body: &Value) -> Arrival {
    let c = systems.credentials();
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let path = if path.starts_with("/v") { format!("/stores/{}{path}", c.store_hash) } else { format!("/ipaas{path}") };
    let headers = [
        ("x-auth-token", c.access_token),
        ("authorization", format!("Bearer {}", c.ipaas_token)),
        ("content-type", "application/json".to_owned()),
    ];
    Arrival {
        method: method.to_owned(),
        path,
        query: query.to_owned(),
        headers: headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
        body: if body.is_null() { Vec::new() } else { body.to_string().into_bytes() },
    }
}

async fn ask(systems: &InProcess, method: &str, path: &str, body: Value) -> (u16, Value, Ending) {
    let departure = systems.answer(&arrival(systems, method, path, &body)).await;
    let text = String::from_utf8(departure.body).unwrap();
    let body = serde_json::from_str(&text).unwrap_or(if text.is_empty() { Value::Null } else { text.into() });
    (departure.status, body, departure.ending)
}

fn customer(email: &str) -> Value {
    json!([{"email": email, "first_name": "A", "last_name": "B"}])
}

#[tokio::test(start_paused = true)]
async fn faults_d5_a_write_is_read_only_after_the_lag_and_refused_at_once() {
    let systems = in_process(Options { lag: Duration::from_secs(2), ..options(0) });
    let (status, made, _) = ask(&systems, "POST", "/v3/customers", customer("a@example.com")).await;
    assert_eq!((status, made["data"][0]["email"].as_str()), (200, Some("a@example.com")));
    let found = async || ask(&systems, "GET", "/v3/customers?email:in=a@example.com", Value::Null).await.1;
    assert_eq!(found().await["data"], json!([]));
    assert_eq!(ask(&systems, "POST", "/v3/customers", customer("a@example.com")).await.0, 422);
    tokio::time::advance(Duration::from_millis(1999)).await;
    assert_eq!(found().await["data"], json!([]));
    tokio::time::advance(Duration::from_millis(1)).await;
    assert_eq!(found().await["data"][0]["id"], made["data"][0]["id"]);
}

#[tokio::test(start_paused = true)]
async fn every_kind_of_fault_does_what_its_name_says_and_leaves_the_next_call_alone() {
    let mut told = Vec::new();
    for kind in FaultKind::all() {
        let systems = in_process(Options { seed: 3, ..options(30) });
        // something to lie about
        for email in ["a@example.com", "b@example.com"] {
            ask(&systems, "POST", "/v3/customers", customer(email)).await;
        }
        systems.rule(FaultRule::new(kind.name(), 1000));
        let one = ask(&systems, "GET", "/v2/customer_groups/1", Value::Null).await;
        let list = ask(&systems, "GET", "/v3/customers?page=2&limit=1", Value::Null).await;
        let third = ask(&systems, "GET", "/products/v2/Catalog/Products?pageNumber=3&pageSize=2", Value::Null).await;
        let create = ask(&systems, "POST", "/v3/customers", customer("c@example.com")).await;
        let played = systems.statistics().faults_by_kind;
        assert_eq!(played.get(kind.name()), Some(&4), "{kind:?} {played:?}");
        systems.calm();
        let made = ask(&systems, "GET", "/v3/customers?email:in=c@example.com", Value::Null).await.1;
        let made = made["data"].as_array().unwrap().len();
        let short = |(status, body, ending): &(u16, Value, Ending)| {
            let body: String = body.to_string().chars().take(110).collect();
            format!("{status} {ending:?} {body}")
        };
        told.push(format!(
            "{}\n  one: {}\n  list: {}\n  third: {}\n  create: {}\n  made: {made}",
            kind.name(),
            short(&one),
            short(&list),
            short(&third),
            short(&create)
        ));
    }
    // what is left to chance comes from the seed, so all of it is always the same; times of generated records are not
    let told = told.join("\n");
    for (kind, part) in [
        ("drop-after", "made: 1"),
        ("drop-before", "made: 0"),
        ("status-before", "made: 0"),
        ("status-after", "made: 1"),
        ("truncate", "create: 200 Cut"),
        ("outage", "one: 503"),
        ("error-body", r#"one: 200 Whole {"status":503"#),
        ("empty-body", "one: 200 Whole null"),
        ("empty-object", "list: 200 Whole {}"),
        ("null-data", r#"create: 200 Whole {"data":null"#),
        ("no-content", "create: 204"),
        ("html-not-found", r#"one: 404 Whole "<html>"#),
        ("json-not-found", r#"list: 404 Whole {"message""#),
        ("gateway-page", r#"list: 502 Whole "<html>"#),
        ("empty-page", r#"list: 200 Whole {"data":[]"#),
        ("bare-too-many", "create: 429"),
        ("token-in-error", "made: 0"),
        ("control-characters", "one: 422"),
    ] {
        let block = told.split('\n').skip_while(|line| *line != kind).take(6).collect::<Vec<_>>().join("\n");
        assert!(block.contains(part), "{kind} {part}\n{block}");
    }
}

#[tokio::test]
async fn faults_are_ordered_by_chance_while_it_runs_and_taken_back() {
    let stage = stage(options(0)).await;
    let ordered = stage.control(Method::POST, "/faults", json!(["status-before=100%@GET /v3/customers"])).await;
    assert_eq!(ordered.body, json!({"ordered": 1}));
    let listed = stage.control(Method::GET, "/faults", Value::Null).await.body;
    assert_eq!(listed["rules"][0]["per_mille"], 1000);
    assert_eq!(listed["kinds"]["network"]["stall"], "the answer comes late");
    assert!(stage.bc(Method::GET, "/v3/customers", Value::Null).await.status >= 500);
    assert_eq!(stage.bc(Method::GET, "/v3/catalog/products", Value::Null).await.status, 200);
    assert_eq!(stage.control(Method::DELETE, "/faults", Value::Null).await.status, 204);
    assert_eq!(stage.bc(Method::GET, "/v3/customers", Value::Null).await.status, 200);
    let wrong = stage.control(Method::POST, "/faults", json!(["drop-after=10%", "dropped"])).await;
    assert_eq!((wrong.status, wrong.body["message"].as_str().unwrap().contains("`dropped`")), (400, true));
    let none = stage.control(Method::GET, "/faults", Value::Null).await.body;
    assert_eq!(none["rules"], json!([]), "all of a list or none of it");
    assert_eq!(stage.control(Method::POST, "/lag", json!({"millis": 60_000})).await.status, 204);
    stage.write(Method::POST, "/v3/customers", customer("late@example.com")).await;
    assert_eq!(stage.get("/v3/customers").await["data"], json!([]));
}

#[tokio::test]
async fn a_body_drips_and_comes_whole() {
    let stage = stage(options(0)).await;
    let fault = json!({"kind": "drip", "method": "GET", "path": "/v2/payments", "millis": 1});
    stage.control(Method::POST, "/faults", fault).await;
    assert!(stage.get("/v2/payments/methods").await.is_array());
    assert_eq!(stage.sandbox.statistics().faults, 1);
}

#[tokio::test]
async fn field_l_a_customer_shows_ten_of_its_addresses_and_counts_them_all() {
    let stage = stage(options(0)).await;
    let made = stage.write(Method::POST, "/v3/customers", customer("many@example.com")).await;
    let id = made[0]["id"].as_u64().unwrap();
    for batch in [0..10, 10..14] {
        let rows: Vec<Value> = batch
            .map(|n| {
                json!({"customer_id": id, "first_name": "A", "last_name": "B", "address1": format!("{n} Main St"),
                    "city": "Berlin", "country_code": "DE", "state_or_province": "Berlin", "postal_code": "10115"})
            })
            .collect();
        stage.write(Method::POST, "/v3/customers/addresses", rows.into()).await;
    }
    let read = stage.get(&format!("/v3/customers?id:in={id}&include=addresses")).await;
    assert_eq!(read["data"][0]["address_count"], 14);
    assert_eq!(read["data"][0]["addresses"].as_array().unwrap().len(), 10);
    let all = stage.get(&format!("/v3/customers/addresses?customer_id:in={id}")).await;
    assert_eq!(all["data"].as_array().unwrap().len(), 14);
}

#[test]
fn the_list_of_faults_names_every_kind_in_its_group() {
    let list = fault_list();
    assert_eq!(list.lines().filter(|line| line.starts_with("  ")).count(), FaultKind::all().count());
    assert!(list.starts_with("network\n  drop-before "), "{list}");
}
