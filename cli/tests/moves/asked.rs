//! What can be asked for, and what is said of what cannot.

use crate::stage::Stage;

#[test]
fn ids_that_cannot_be_ids_are_refused_together_before_anything_is_sent() {
    let stage = Stage::new();
    let calls = stage.calls();
    let told = stage.run(&["sync", "product", "", "../../1", "1224?x=1#y", " ", "1\n2", "1,2", "1224"]);
    assert_eq!((told.code, told.out.as_str()), (Some(2), ""), "{told:#?}");
    for line in [
        "error: 6 ids cannot be used",
        "  `` is no id of iPaaS.com Product: it is empty",
        "  `../../1` is no id of iPaaS.com Product: it holds `/`",
        "  `1224?x=1#y` is no id of iPaaS.com Product: it holds `?`",
        "  ` ` is no id of iPaaS.com Product: it holds a blank",
        "  `1\\n2` is no id of iPaaS.com Product: it holds a control character",
        "  `1,2` is no id of iPaaS.com Product: it holds a comma; several ids are divided by blanks",
    ] {
        assert!(told.err.lines().any(|l| l == line), "{line}: {told:#?}");
    }
    let told = stage.run(&["sync", "customer", "--direction", "to", "7", "x7"]);
    assert!(
        told.err.contains("error: `x7` is no id of BigCommerce customer: ids there are whole numbers\n"),
        "{told:#?}"
    );
    let told = stage.run(&["sync", "product", "--direction", "to", "--deleted", "5/6"]);
    assert_eq!(told.code, Some(2), "{told:#?}");
    assert_eq!(stage.calls(), calls);
    assert_eq!(
        stage.run(&["status"]).out.lines().next().unwrap().split(';').next().unwrap(),
        "nothing was transferred yet"
    );
    // codes of payment methods are texts
    let told = stage.run(&["sync", "payment-method", "no_such_method"]);
    assert!(told.out.contains("BigCommerce payment method no_such_method is not there"), "{told:#?}");
}

#[test]
fn a_dry_run_shows_its_requests_to_people_and_machines() {
    let stage = Stage::new();
    let id = stage.products().remove(0);
    let text = stage.run(&["sync", "product", &id, "--dry-run"]);
    assert!(text.out.lines().any(|l| l.starts_with("  POST /catalog/products {\"name\":")), "{text:#?}");
    let json = stage.run(&["sync", "product", &id, "--dry-run", "--format", "json"]).json();
    let requests = json["would_send"].as_array().unwrap();
    let (count, plural) = (requests.len(), if requests.len() == 1 { "" } else { "s" });
    assert!(text.out.contains(&format!("\nwould send {count} request{plural}\n")), "{text:#?}");
    assert_eq!(
        (&requests[0]["method"], &requests[0]["api"], &requests[0]["path"]),
        (&"POST".into(), &"bigcommerce_v3".into(), &"/catalog/products".into())
    );
    assert!(requests[0]["body"]["name"].is_string(), "{json:#}");

    // one request
    let category = stage.run(&["initialize", "product-category", "--dry-run", "--format", "json"]).json();
    let category = category["would_send"][0]["body"][0].clone();
    assert!(category["name"].is_string(), "{category:#}");
    let written = stage.run(&["sync", "product", &id, "--format", "json"]).json();
    assert_eq!(written["would_send"], serde_json::Value::Null, "only a dry run has them");
    let c = stage.sandbox.credentials();
    let products = stage.get(&format!("{}/stores/{}/v3/catalog/products?limit=250", c.api_url, c.store_hash));
    let product = products["data"].as_array().unwrap().iter().find(|p| p["name"] == requests[0]["body"]["name"]);
    let path = format!("{}/stores/{}/v3/catalog/products/{}", c.api_url, c.store_hash, product.unwrap()["id"]);
    stage.runtime.block_on(async {
        let request = reqwest::Client::new().put(&path).header("X-Auth-Token", &c.access_token);
        let request = request.header("Content-Type", "application/json").body("{\"name\":\"by hand\"}");
        assert_eq!(request.send().await.unwrap().status(), 200);
    });
    let text = stage.run(&["sync", "product", &id, "--dry-run"]);
    assert!(text.out.contains("\nwould send 1 request\n  PUT /catalog/products/"), "{text:#?}");
}

#[test]
fn what_ends_a_command_is_json_where_that_is_asked_for() {
    let stage = Stage::new();
    for (arguments, code, message) in [
        (&["sync", "product", "a/b"][..], 2, "`a/b` is no id of iPaaS.com Product: it holds `/`"),
        (&["initialize", "prodct"], 2, "there is no record type `prodct`"),
        (&["initialize", "customer"], 2, "Customer goes both ways"),
        (&["sync", "product"], 2, "say which records: ids of the source system, or `--changed-since TIME`"),
        (&["retry"], 2, "say what to try again: ids, `--parked` or `--failed`"),
        (&["status", "product", "7"], 1, "product 7 was never transferred by this project"),
        (&["initialize", "location"], 1, "no collection of this project transfers Location"),
    ] {
        let mut arguments = arguments.to_vec();
        let text = stage.run(&arguments);
        assert_eq!((text.code, text.out.as_str()), (Some(code), ""), "{text:#?}");
        assert!(text.err.starts_with(&format!("error: {message}\n  help: ")), "{text:#?}");
        arguments.extend(["--format", "json"]);
        let told = stage.run(&arguments);
        assert_eq!(told.code, Some(code), "{told:#?}");
        let error = &told.json()["error"];
        assert_eq!((&error["message"], &error["exit_code"]), (&message.into(), &code.into()), "{told:#?}");
        assert!(error["help"].is_string(), "{told:#?}");
    }
}

#[test]
fn a_type_that_nothing_transfers_names_what_there_is() {
    let stage = Stage::new();
    let told = stage.run(&["initialize", "product", "--direction", "to"]);
    assert_eq!(told.code, Some(1));
    assert!(told.err.starts_with("error: no collection of this project transfers Product to iPaaS.com\n"), "{told:#?}");
    assert!(told.err.contains("`BC Products`: Product from iPaaS.com\n"), "{told:#?}");
    assert!(told.err.contains("`BC Product Delete To iPaaS`: Product to iPaaS.com, deletes\n"), "{told:#?}");
    std::fs::remove_dir_all(stage.path().join("mappings")).unwrap();
    std::fs::create_dir(stage.path().join("mappings")).unwrap();
    let told = stage.run(&["initialize", "product"]);
    assert!(told.err.contains("help: it has no mapping files: `mapwright defaults install`"), "{told:#?}");
}

#[test]
fn a_scope_that_is_missing_is_named() {
    let stage = Stage::new();
    let id = stage.products().remove(0);
    let c = stage.sandbox.credentials();
    let scopes = |body: &'static str| {
        stage.runtime.block_on(async {
            let url = format!("{}/_sandbox/scopes", c.api_url);
            let sent = reqwest::Client::new().post(url).header("Content-Type", "application/json").body(body);
            assert_eq!(sent.send().await.unwrap().status(), 204);
        });
    };
    scopes(r#"["store_v2_products_read_only"]"#);
    let told = stage.run(&["sync", "product", &id]);
    assert!(told.out.contains("; the token lacks the scope `store_v2_products`, or"), "{told:#?}");
    assert!(told.out.contains("(403)"), "{told:#?}");
    scopes(r#"["store_inventory"]"#);
    let told = stage.run(&["sync", "product", &id]);
    assert!(told.out.contains("lacks the scope `store_v2_products` or `store_v2_products_read_only`, or"), "{told:#?}");
}

#[test]
fn times_have_an_offset_that_exists_or_the_subscriptions_time_zone() {
    let stage = Stage::new();
    let told = stage.run(&["sync", "product", "--changed-since", "2026-01-31T00:00:00+25:00"]);
    assert_eq!(told.code, Some(2), "{told:#?}");
    assert!(told.err.contains("has the offset +25, and there is none beyond -12:00 and +14:00"), "{told:#?}");
    stage.set("time_zone", "Europe/Berlin");
    let told = stage.run(&["sync", "product", "--changed-since", "2000-01-31"]);
    assert!(told.row("BC Products")[0] > 0, "{told:#?}");
    let told = stage.run(&["sync", "product", "--changed-since", "9000-01-31"]);
    assert_eq!((told.code, told.row("BC Products")[0]), (Some(0), 0), "{told:#?}");
}
