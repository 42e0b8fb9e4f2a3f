//! `retry`: those that were asked for, and no others.

use mapwright_sandbox::{Fault, FaultKind};
use mapwright_transfer::identity::SourceKey;
use mapwright_transfer::state::{Outcome, Settled, Store};

use crate::stage::Stage;

/// Three products whose creation the store refused.
fn failed(stage: &Stage) -> Vec<String> {
    let ids: Vec<String> = stage.products().into_iter().take(3).collect();
    stage.sandbox.order(Fault {
        kind: FaultKind::StatusBefore,
        method: String::from("POST"),
        path: String::from("/v3/catalog/products"),
        skip: 0,
        times: 3,
        status: 422,
        millis: 0,
    });
    let mut arguments = vec!["sync", "product"];
    arguments.extend(ids.iter().map(String::as_str));
    let told = stage.run(&arguments);
    assert_eq!((told.code, told.row("BC Products")), (Some(1), vec![3, 0, 0, 0, 0, 0, 3]), "{told:#?}");
    ids
}

fn outcome(stage: &Stage, id: &str) -> (String, String) {
    let told = stage.run(&["status", "product", id, "--format", "json"]).json();
    (told[0]["outcome"].as_str().unwrap().to_owned(), told[0]["reason"].as_str().unwrap_or_default().to_owned())
}

#[test]
fn only_the_ids_that_were_asked_for_are_tried_again() {
    let stage = Stage::new();
    let ids = failed(&stage);
    let before = outcome(&stage, &ids[1]);
    assert_eq!(before.0, "failed");
    // waits for a customer category
    let parked = stage.run(&["initialize", "customer", "--direction", "from"]).row("BC Customer From iPaaS")[5];
    assert!(parked > 0);

    // one bad id spoils nothing: it is named, and the others are tried
    for wrong in ["17", "../../1"] {
        let told = stage.run(&["retry", &ids[0], wrong]);
        assert_eq!(told.code, Some(1), "{told:#?}");
        assert!(told.err.contains(&format!("error: `{wrong}` is neither parked nor failed\n")), "{told:#?}");
        assert!(told.err.contains("help: `mapwright status`"), "{told:#?}");
        if wrong == "17" {
            assert_eq!(told.row("BC Products"), [1, 1, 0, 0, 0, 0, 0], "{told:#?}");
            assert!(!told.out.contains("Customer"), "only what had something to do: {told:#?}");
        } else {
            assert!(told.out.is_empty(), "nothing was to do: {told:#?}");
        }
    }
    assert_eq!(outcome(&stage, &ids[0]).0, "written");
    assert_eq!(outcome(&stage, &ids[1]), before, "it was not touched");

    // `--parked` and `--failed` restrict
    let told = stage.run(&["retry", "--parked", &ids[1]]);
    assert_eq!(told.code, Some(1), "{told:#?}");
    assert!(told.err.contains(&format!("error: `{}` is not parked\n", ids[1])), "{told:#?}");
    assert_eq!(outcome(&stage, &ids[1]), before);
    let told = stage.run(&["retry", "--failed", &ids[1], "--format", "json"]);
    assert_eq!(told.code, Some(0), "{told:#?}");
    let json = told.json();
    assert_eq!(json["collections"].as_array().unwrap().len(), 1);
    assert_eq!(json["collections"][0]["records"]["written"], 1);
    assert_eq!(json["neither_parked_nor_failed"], serde_json::json!([]));

    // without ids all of them
    let told = stage.run(&["retry", "--parked"]);
    assert_eq!((told.code, told.row("BC Customer From iPaaS")[0]), (Some(0), parked), "{told:#?}");
    assert!(!told.out.contains("BC Products"), "{told:#?}");
}

#[test]
fn what_failed_can_be_forgotten_and_nothing_is_sent_for_it() {
    let stage = Stage::new();
    let ids = failed(&stage);
    let calls = stage.calls();
    let told = stage.run(&["retry", "--forget", &ids[0]]);
    assert_eq!((told.code, told.out.as_str()), (Some(0), "forgot 1 record\n"), "{told:#?}");
    assert!(!stage.run(&["status"]).out.contains(&ids[0]));
    let told = stage.run(&["retry", "--forget", "--failed", "--format", "json"]);
    assert_eq!(told.json(), serde_json::json!({ "forgotten": 2, "neither_parked_nor_failed": [] }));
    let told = stage.run(&["retry", "--failed"]);
    assert_eq!(told.out, "nothing to try again: nothing failed and nothing was refused\n", "{told:#?}");
    let told = stage.run(&["retry", "--forget", &ids[0]]);
    assert_eq!(told.code, Some(1), "{told:#?}");
    assert_eq!(stage.calls(), calls);
}

#[test]
fn an_id_that_several_collections_hold_is_tried_by_all_of_them() {
    let stage = Stage::new();
    let id = stage.products().remove(0);
    let store = Store::open(&stage.path().join(".mapwright"), "test").unwrap();
    let settled = |record: &str, direction: &str| Settled {
        record: SourceKey::new(format!("an earlier collection of {record}"), id.as_str()),
        record_type: record.to_owned(),
        direction: direction.to_owned(),
        outcome: Outcome::Failed,
        reason: Some(String::from("as an earlier version left it")),
        details: String::from("{}"),
        requests: 0,
        run: None,
        waits_for: vec![],
        at: String::new(),
    };
    store.settle(&[settled("Product", "from"), settled("Customer", "to"), settled("Location", "to")]).unwrap();
    drop(store);
    let told = stage.run(&["retry", &id]);
    assert_eq!(told.code, Some(1), "{told:#?}");
    assert_eq!(told.row("BC Products"), [1, 1, 0, 0, 0, 0, 0], "{told:#?}");
    assert_eq!(told.row("BC Customer")[0], 1, "{told:#?}");
    assert!(told.out.contains(&format!("BigCommerce customer {id} is not there")), "the id is filled in: {told:#?}");
    assert!(told.err.contains("no collection of this project transfers Location"), "{told:#?}");
    // what a collection of the project took over is accounted for by that one alone
    let all = stage.run(&["status", "product", &id, "--format", "json"]).json();
    assert_eq!((all.as_array().unwrap().len(), &all[0]["collection"]), (1, &"BC Products".into()), "{all:#}");
}
