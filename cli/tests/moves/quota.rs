//! The quota over processes that end as they like.

use std::time::Duration;

use mapwright_sandbox::Options;

use crate::stage::{Stage, told};

#[test]
fn after_a_kill_the_next_run_overruns_no_window() {
    let stage = Stage::with(Options { records: 40, quota: 30, window: Duration::from_secs(3), ..Options::default() });
    let mut random: u64 = 0x9E37_79B9_7F4A_7C15;
    for round in 0..12 {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        // live work is not paced: it uses a window up as fast as it can, and is killed in the middle or at its end
        let mut child = stage.start(&["sync", "product", "--changed-since", "2000-01-01"]);
        std::thread::sleep(Duration::from_millis(400 + (random >> 33) % 1_200));
        let _ = child.kill();
        let _ = child.wait();
        let statistics = stage.sandbox.statistics();
        assert_eq!(statistics.too_many, 0, "round {round}: {:?}", statistics.windows);
    }
    let used: Vec<_> = stage.sandbox.statistics().windows;
    let full = serde_json::to_value(&used).unwrap().to_string();
    assert!(used.len() > 3, "the quota was felt: {full}");
    let status = stage.run(&["status", "--format", "json"]).json();
    assert_eq!(
        (&status["quota"][1]["limit"], &status["quota"][1]["answered_429"]),
        (&30.into(), &0.into()),
        "{status:#}"
    );
}

#[test]
fn a_long_wait_for_the_quota_is_told_where_there_is_no_terminal() {
    let stage = Stage::with(Options { records: 6, quota: 14, window: Duration::from_secs(7), ..Options::default() });
    let child = stage.start(&["sync", "product", "--changed-since", "2000-01-01"]);
    let told = told(child);
    let waits: Vec<&str> = told.err.lines().filter(|l| l.starts_with("waiting ")).collect();
    assert!(!waits.is_empty(), "{told:#?}");
    for wait in waits {
        let seconds: u64 = wait.split(' ').nth(1).unwrap().parse().unwrap();
        assert!((5..=9).contains(&seconds), "{wait}");
        assert!(wait.ends_with(" s for the quota of store jtqhsnhk"), "{wait}");
    }
    assert!(told.err.lines().any(|l| l.starts_with("BC Products: ")), "a line every ten seconds: {told:#?}");
    assert_eq!(stage.sandbox.statistics().too_many, 0);
}
