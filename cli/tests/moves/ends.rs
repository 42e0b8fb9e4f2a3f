//! Runs that cannot go on: they stop, leave the rest as it is, and go on later.

use std::time::Duration;

use mapwright_sandbox::Options;

use crate::stage::{Stage, told as end_of, until};

/// An address of this machine where nobody listens.
fn nowhere() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().to_string()
}

#[test]
fn a_store_that_cannot_be_reached_ends_the_run_and_touches_no_record() {
    let stage = Stage::new();
    let ids: Vec<String> = stage.products().into_iter().take(3).collect();
    let mut arguments = vec!["sync", "product"];
    arguments.extend(ids.iter().map(String::as_str));
    let written = stage.run(&arguments);
    assert_eq!(written.row("BC Products")[..2], [3, 3], "{written:#?}");
    let before = stage.run(&["status", "--format", "json"]).json()["counts"].clone();

    let (api, nowhere) = (stage.sandbox.credentials().api_url, nowhere());
    stage.set("api_url", &format!("http://{nowhere}"));
    let told = stage.run(&arguments);
    assert_eq!((told.code, told.row("BC Products")), (Some(1), vec![0; 7]), "{told:#?}");
    let reason = format!("BC Products ended early: BigCommerce is not reachable at {nowhere}: no connection: ");
    assert!(told.out.contains(&reason), "{told:#?}");
    assert!(told.out.contains("\n  3 records were not tried; the same command goes on where"), "{told:#?}");
    assert_eq!(stage.run(&["status", "--format", "json"]).json()["counts"], before, "no record was touched");
    let all = stage.run(&["initialize", "customer-category", "--format", "json"]).json();
    assert!(all["collections"][0]["not_tried"].as_u64().unwrap() > 0, "{all:#}");
    assert_eq!(all["collections"][0]["records"]["failed"], 0, "{all:#}");

    stage.set("api_url", &api);
    let told = stage.run(&arguments);
    assert_eq!((told.code, told.row("BC Products")[2]), (Some(0), 3), "{told:#?}");
}

#[test]
fn what_stands_behind_a_closed_account_is_not_begun() {
    let stage = Stage::new();
    let parked = stage.run(&["initialize", "customer", "--direction", "from"]);
    assert!(parked.row("BC Customer From iPaaS")[5] > 0, "{parked:#?}");
    let id = stage.products().remove(0);
    let store = mapwright_transfer::state::Store::open(&stage.path().join(".mapwright"), "test").unwrap();
    let one = store.settled_as(mapwright_transfer::state::Outcome::Parked).unwrap().remove(0);
    let product = mapwright_transfer::state::Settled {
        record: mapwright_transfer::identity::SourceKey::new("BC Products", id),
        record_type: String::from("Product"),
        ..one
    };
    store.settle(&[product]).unwrap();
    drop(store);
    stage.set("api_url", &format!("http://{}", nowhere()));
    let told = stage.run(&["retry", "--parked"]);
    assert_eq!(told.code, Some(1), "{told:#?}");
    assert_eq!(told.out.matches(" ended early: BigCommerce is not reachable at ").count(), 1, "{told:#?}");
    assert_eq!(told.out.matches(" ended early: not begun: BigCommerce is not reachable at ").count(), 1, "{told:#?}");
}

#[test]
fn a_refused_token_ends_the_run_and_says_how_to_replace_it() {
    let stage = Stage::new();
    let id = stage.products().remove(0);
    for (variable, system, other, option) in [
        ("MAPWRIGHT_TOKEN", "BigCommerce", ", or `store_hash` names another store", "--token-file"),
        ("MAPWRIGHT_IPAAS_TOKEN", "iPaaS.com", "", "--ipaas-token-file"),
    ] {
        let told = end_of(stage.command(&["sync", "product", &id]).env(variable, "revoked").spawn().unwrap());
        assert_eq!((told.code, told.row("BC Products")), (Some(1), vec![0; 7]), "{told:#?}");
        let expected = format!(
            "{system} refuses the token (401): it was replaced or revoked{other}; a new one is set with `mapwright subscription set {option} FILE`\n  \
             1 record was not tried; the same command goes on"
        );
        assert!(told.out.contains(&expected), "{told:#?}");
    }
    assert_eq!(stage.run(&["sync", "product", &id]).row("BC Products")[..2], [1, 1]);
}

#[cfg(unix)]
#[test]
fn sigterm_finishes_what_is_in_flight_like_ctrl_c_and_a_second_one_ends_at_once() {
    let signal = |name: &str, child: &std::process::Child| {
        let sent = std::process::Command::new("kill").args([name, &child.id().to_string()]).status().unwrap();
        assert!(sent.success());
    };
    for name in ["-TERM", "-INT"] {
        let stage = Stage::with(Options {
            records: 30,
            quota: 100_000,
            window: Duration::from_secs(1),
            latency: Duration::from_millis(60),
            ..Options::default()
        });
        let child = stage.start(&["initialize", "product"]);
        until(|| stage.sandbox.statistics().requests("bigcommerce") > 12);
        signal(name, &child);
        let told = end_of(child);
        assert_eq!(told.code, Some(1), "{told:#?}");
        assert!(told.out.contains("BC Products ended early: interrupted\n"), "{told:#?}");
        assert!(told.err.contains("finishing what is in flight; the same command goes on later"), "{told:#?}");
        let status = stage.run(&["status", "--format", "json"]).json();
        assert_eq!(status["open_writes"], 0, "what was in flight is finished: {status:#}");
        let again = stage.run(&["initialize", "product"]);
        assert_eq!((again.code, again.row("BC Products")[6]), (Some(1), 0), "refused ones only: {again:#?}");
    }

    // nobody waits for the end of a window of the quota
    let stage = Stage::with(Options { quota: 10, window: Duration::from_secs(60), ..Options::default() });
    let child = stage.start(&["sync", "product", "--changed-since", "2000-01-01"]);
    until(|| stage.sandbox.statistics().requests("bigcommerce") >= 10);
    let begin = std::time::Instant::now();
    signal("-TERM", &child);
    let told = end_of(child);
    assert!(begin.elapsed() < Duration::from_secs(20), "{told:#?}");
    assert_eq!(told.code, Some(1), "{told:#?}");
    assert!(told.out.contains("BC Products ended early: "), "{told:#?}");

    // a call that never ends, and somebody who cannot wait for it
    let stage = Stage::with(Options { latency: Duration::from_secs(30), ..Options::default() });
    let child = stage.start(&["initialize", "product"]);
    // its first call is under way: a machine with much to do takes a while to start it
    std::thread::sleep(Duration::from_secs(4));
    signal("-TERM", &child);
    std::thread::sleep(Duration::from_millis(300));
    let begin = std::time::Instant::now();
    signal("-TERM", &child);
    let told = end_of(child);
    assert!(begin.elapsed() < Duration::from_secs(5), "{told:#?}");
    assert_eq!(told.code, Some(1), "{told:#?}");
    assert!(told.err.contains("ended at once"), "{told:#?}");
}

/// A server that takes every connection, reads, and answers so; nothing at all where there is no answer.
fn server(answer: Option<&'static str>) -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    std::thread::spawn(move || {
        let mut kept = Vec::new();
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let _ = std::io::Read::read(&mut stream, &mut [0; 8192]);
            if let Some(answer) = answer {
                let _ = std::io::Write::write_all(&mut stream, answer.as_bytes());
            } else {
                kept.push(stream);
            }
        }
    });
    address
}

#[test]
fn every_try_is_counted_and_every_429_whoever_answers_it() {
    let stage = Stage::new();
    let trouble = server(Some("HTTP/1.1 500 Oh\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"));
    stage.set("ipaas_url", &format!("http://{trouble}/ipaas"));
    let told = stage.run(&["initialize", "product"]);
    assert!(told.out.contains("(tried 4 times)"), "{told:#?}");
    assert!(told.err.contains("calls: 0 to BigCommerce, 4 to iPaaS.com; answered 429: 0"), "{told:#?}");
    let busy = server(Some("HTTP/1.1 429 Busy\r\ncontent-length: 0\r\nretry-after: 1\r\nconnection: close\r\n\r\n"));
    stage.set("ipaas_url", &format!("http://{busy}/ipaas"));
    let json = stage.run(&["initialize", "product", "--format", "json"]).json();
    assert_eq!(json["calls"]["ipaas"], json["answered_429"], "{json:#}");
    assert!(json["answered_429"].as_u64().unwrap() > 1, "{json:#}");
}

#[test]
fn a_server_that_never_answers_is_named_and_one_signal_ends_the_wait() {
    let stage = Stage::new();
    stage.set("ipaas_url", &format!("http://{}/ipaas", server(None)));
    let child = stage.start(&["initialize", "product"]);
    std::thread::sleep(Duration::from_secs(14));
    let begin = std::time::Instant::now();
    assert!(std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    let told = end_of(child);
    assert!(begin.elapsed() < Duration::from_secs(10), "{told:#?}");
    assert_eq!(told.code, Some(1), "{told:#?}");
    assert!(told.err.contains("no answer from iPaaS.com for 10 s"), "{told:#?}");
    assert!(told.out.contains("stopped before it was answered"), "{told:#?}");
}

/// A limit on the size of files stands for the disk.
#[cfg(unix)]
#[test]
fn faults_d11_a_full_disk_loses_no_report() {
    let stage = Stage::new();
    let id = stage.products().remove(0);
    assert_eq!(stage.run(&["sync", "product", &id]).code, Some(0));
    // room for the log's index (32 KiB), none for the log
    let mut shell = std::process::Command::new("sh");
    shell.current_dir(stage.path()).env("NO_COLOR", "1").env("MAPWRIGHT_TEST_READ_LAG_MS", "20");
    shell.args(["-c", "ulimit -f 66; exec \"$0\" initialize product", env!("CARGO_BIN_EXE_mapwright")]);
    shell.stdin(std::process::Stdio::null()).stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
    let told = end_of(shell.spawn().unwrap());
    assert_eq!(told.code, Some(1), "it ends as a failure, and is not killed: {told:#?}");
    assert!(told.out.contains("BC Products ended early: "), "the report is there: {told:#?}");
    assert!(told.out.contains("the same command goes on where this one stopped"), "{told:#?}");
    let again = stage.run(&["initialize", "product"]);
    assert!(!again.out.contains("ended early") && again.row("BC Products")[6] == 0, "nothing is broken: {again:#?}");
}
