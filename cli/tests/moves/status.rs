//! `status` looks, and needs nobody's leave.

use std::time::Duration;

use mapwright_sandbox::Options;

use crate::stage::{Stage, told, until};

#[test]
fn it_is_read_while_another_process_transfers() {
    let stage = Stage::with(Options {
        records: 30,
        quota: 5_000,
        window: Duration::from_secs(2),
        latency: Duration::from_millis(40),
        ..Options::default()
    });
    let mut child = stage.start(&["initialize", "product"]);
    until(|| stage.sandbox.statistics().requests("bigcommerce") > 12);
    let text = stage.run(&["status"]);
    let json = stage.run(&["status", "--format", "json"]);
    assert!(child.try_wait().unwrap().is_none(), "it works still");
    let working = format!("process {} (initialize)", child.id());
    assert_eq!(text.code, Some(0), "{text:#?}");
    assert!(text.out.starts_with(&format!("{working} is working\n")), "{text:#?}");
    assert_eq!(json.json()["working"], working.as_str(), "{json:#?}");
    // a second process that would write is kept out
    let second = stage.run(&["sync", "product", "1"]);
    assert!(second.err.contains(&format!("the project is in use by {working}")), "{second:#?}");
    let first = told(child);
    assert!(first.out.contains("BC Products"), "{first:#?}");

    let text = stage.run(&["status"]);
    assert!(!text.out.contains("working"), "{text:#?}");
    let line = text.out.lines().find(|l| l.starts_with("quota of store jtqhsnhk: at least ")).unwrap();
    assert!(line.contains(" of 5000 calls left when last seen at 20"), "{line}");
    assert!(line.ends_with("; answered 429 so far: 0"), "{line}");
    assert!(text.out.contains("quota of iPaaS.com: it tells none; answered 429 so far: 0\n"), "{text:#?}");
    let quotas = stage.run(&["status", "--format", "json"]).json()["quota"].clone();
    assert_eq!((&quotas[0]["account"], &quotas[0]["limit"]), (&"iPaaS.com".into(), &serde_json::Value::Null));
    let quota = &quotas[1];
    assert_eq!((&quota["limit"], &quota["window_seconds"]), (&5_000.into(), &2.into()), "{quota:#}");
    assert!(quota["left"].as_u64().unwrap() < 5_000 && quota["seen_at"].is_string(), "{quota:#}");
}

#[test]
fn a_fresh_project_says_how_to_begin() {
    let stage = Stage::new();
    let told = stage.run(&["status"]);
    assert_eq!(told.code, Some(0));
    assert!(told.out.starts_with("nothing was transferred yet; `mapwright initialize TYPE` "), "{told:#?}");
    let json = stage.run(&["status", "--format", "json"]).json();
    assert_eq!((&json["counts"], &json["working"]), (&serde_json::json!([]), &serde_json::Value::Null));
    assert!(!stage.path().join(".mapwright/state.db").exists(), "it only looks");
    // opened, and nothing done yet
    drop(mapwright_transfer::state::Store::open(&stage.path().join(".mapwright"), "test").unwrap());
    let told = stage.run(&["status"]);
    assert!(told.out.starts_with("nothing was transferred yet; "), "{told:#?}");
}

#[test]
fn what_was_skipped_is_listed_too_and_each_record_with_its_direction() {
    let stage = Stage::new();
    let customers = stage.run(&["initialize", "customer", "--direction", "from"]);
    let row = customers.row("BC Customer From iPaaS");
    assert!(row[5] > 0 && row[4] > 0, "{customers:#?}");
    assert_eq!(customers.code, Some(1), "a record was refused: {customers:#?}");
    let records = stage.run(&["status", "--format", "json"]).json()["records"].clone();
    let parked = records.as_array().unwrap().iter().find(|r| r["outcome"] == "parked").unwrap();
    let again = stage.run(&["sync", "customer", "--direction", "from", parked["id"].as_str().unwrap()]);
    assert_eq!(
        (again.code, again.row("BC Customer From iPaaS")[5]),
        (Some(0), 1),
        "what waits is no failure: {again:#?}"
    );
    let products = stage.run(&["initialize", "product"]).row("BC Products");
    assert!(products[3] > 0, "{products:?}");
    let told = stage.run(&["status"]);
    let listed =
        |what: &str| told.out.lines().filter(|l| l.contains(&format!(" (from iPaaS.com) {what}: "))).count() as u64;
    assert_eq!((listed("parked"), listed("skipped")), (row[5] + products[5], row[3] + products[3]), "{told:#?}");
}

#[test]
fn newcomer_1_the_last_run_and_runs_that_ended_early_are_remembered() {
    let stage = Stage::new();
    stage.set("time_zone", "Europe/Berlin");
    let _ = stage.run(&["initialize", "product-category", "--direction", "from"]);
    let told = stage.run(&["status"]);
    let line = told.out.lines().find(|line| line.starts_with("last run: ")).unwrap_or_else(|| panic!("{told:#?}"));
    assert!(line.contains(" began 20") && line.contains(" CE") && line.contains(", ended 20"), "{line}");
    assert!(!line.contains('.') && !line.contains('Z'), "to the second, in the project's time zone: {line}");
    // a token that is refused ends the next one early
    let mut command = stage.command(&["initialize", "product"]);
    let refused = command.env("MAPWRIGHT_TOKEN", "wrong").env("MAPWRIGHT_IPAAS_TOKEN", "wrong");
    let refused = crate::stage::told(refused.spawn().unwrap());
    assert_eq!(refused.code, Some(1), "{refused:#?}");
    let told = stage.run(&["status"]);
    assert!(told.out.contains(", and ended early: "), "{told:#?}");
    let runs = stage.run(&["status", "--format", "json"]).json()["runs"].clone();
    assert!(runs[0]["ended_early"].is_string() && runs[1]["ended_early"].is_null(), "{runs:#}");
}

#[test]
fn newcomer_7_a_type_alone_is_listed_and_an_unknown_one_is_guessed() {
    let stage = Stage::new();
    let all = [&["initialize", "product-category"][..], &["initialize", "product"]];
    all.iter().for_each(|command| assert!(stage.run(command).code.is_some()));
    let told = stage.run(&["status", "product"]);
    assert_eq!(told.code, Some(0), "{told:#?}");
    assert!(told.out.contains("Product ") && !told.out.contains("Product Category  "), "{told:#?}");
    for arguments in [&["status", "prodct"][..], &["status", "prodct", "1"]] {
        let told = stage.run(arguments);
        assert_eq!(told.code, Some(2), "{told:#?}");
        assert!(
            told.err.contains("there is no record type `prodct`") && told.err.contains("did you mean `Product`?"),
            "{told:#?}"
        );
    }
    let told = stage.run(&["status", "transaction"]);
    assert!(told.err.contains("no Transaction was ever transferred by this project"), "{told:#?}");
}
