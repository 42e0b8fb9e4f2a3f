//! What the budget does, case by case, in times that are passed in.
#![allow(clippy::unwrap_used, clippy::panic)] // a test ends where it goes wrong

use std::time::Duration;

use mapwright_transfer::http::budget::Leave;
use mapwright_transfer::http::rate_headers::RateHeaders;
use mapwright_transfer::http::{Incoming, Pace, RequestBudget, SavedLedger};

const NONE: RateHeaders = RateHeaders { window: None, reset: None, quota: None, left: None, retry_after: None };

fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

/// Headers of a window of 30 s and 150 calls.
fn told(left: u32, reset: u64) -> RateHeaders {
    RateHeaders {
        window: Some(ms(30_000)),
        reset: Some(ms(reset)),
        quota: Some(150),
        left: Some(left),
        retry_after: None,
    }
}

/// A call that goes now.
fn go(budget: &mut RequestBudget, now: u64) -> u64 {
    match budget.ask(ms(now), false) {
        Leave::Go(call) => call,
        other => panic!("it should go at {now} ms: {other:?}"),
    }
}

/// One that has sent its probe at 0 and heard at 200 ms of a window that ends at 20.1 s.
fn known(left: u32) -> RequestBudget {
    let mut budget = RequestBudget::new(Pace::Headers, 16, 3);
    let probe = go(&mut budget, 0);
    budget.answered(probe, ms(200), 200, &told(left, 20_000));
    budget
}

#[test]
fn one_probe_goes_into_an_unknown_window() {
    let mut budget = RequestBudget::new(Pace::Headers, 16, 3);
    let probe = go(&mut budget, 0);
    assert_eq!(budget.ask(ms(10), false), Leave::At(ms(5_000)));
    budget.not_sent(probe);
    let probe = go(&mut budget, 20);
    // An answer that stays away does not stop everything.
    assert_eq!(budget.ask(ms(30), false), Leave::At(ms(5_020)));
    let second = go(&mut budget, 5_020);
    assert!(second > probe);
}

#[test]
fn the_end_of_a_window_lies_where_all_answers_agree() {
    let mut budget = known(149);
    let bounds = |budget: &RequestBudget| budget.window().map(|w| (w.earliest_end, w.latest_end)).unwrap();
    assert_eq!(bounds(&budget), (ms(20_000), ms(20_201)));
    let call = go(&mut budget, 1_000);
    budget.answered(call, ms(1_100), 200, &told(148, 19_050));
    assert_eq!(bounds(&budget), (ms(20_050), ms(20_151)));
    // Nothing goes while the window may have ended, and one guard longer.
    assert_eq!(budget.ask(ms(20_060), false), Leave::At(ms(20_201)));
}

#[test]
fn answers_out_of_order_leave_the_smaller_number() {
    let mut budget = known(100);
    let (first, second) = (go(&mut budget, 300), go(&mut budget, 310));
    budget.answered(second, ms(500), 200, &told(98, 19_700));
    budget.answered(first, ms(520), 200, &told(99, 19_710));
    assert_eq!(budget.window().unwrap().left, 98);
}

#[test]
fn a_late_answer_of_the_window_before_says_nothing_of_this_one() {
    let mut budget = known(100);
    let late = go(&mut budget, 19_000);
    let probe = go(&mut budget, 20_300);
    budget.answered(probe, ms(20_500), 200, &told(149, 29_700));
    budget.answered(late, ms(20_600), 200, &told(0, 200));
    assert_eq!(budget.window().unwrap().left, 149);
}

#[test]
fn what_is_in_flight_is_not_free() {
    let mut budget = known(2);
    let (first, _) = (go(&mut budget, 300), go(&mut budget, 301));
    assert_eq!(budget.ask(ms(302), false), Leave::At(ms(20_251)));
    // A lost answer has used one all the same.
    budget.lost(first, ms(400));
    assert_eq!(budget.ask(ms(401), false), Leave::At(ms(20_251)));
}

#[test]
fn bulk_keeps_an_even_pace_and_catches_up() {
    let mut budget = known(100);
    go(&mut budget, 200);
    let Leave::At(due) = budget.ask(ms(200), true) else { panic!("it should wait for its share") };
    // 19.8 s less the way back, for 99 calls.
    assert!(due > ms(390) && due <= ms(400), "{due:?}");
    // Late by ten seconds: what is left of the window is for all of them.
    go(&mut budget, 10_200);
    let Leave::At(next) = budget.ask(ms(10_200), true) else { panic!("it should wait for its share") };
    assert!(next <= ms(10_300), "{next:?}");
}

#[test]
fn after_a_429_the_longest_time_that_was_told_counts() {
    for (reset, retry_after, until) in [(8_000, None, 8_350), (8_000, Some(12), 12_350), (12_000, Some(3), 12_350)] {
        let mut budget = known(100);
        let call = go(&mut budget, 200);
        let headers = RateHeaders { retry_after: retry_after.map(Duration::from_secs), ..told(35, reset) };
        budget.answered(call, ms(300), 429, &headers);
        assert_eq!(budget.ask(ms(301), false), Leave::At(ms(until)), "{reset} {retry_after:?}");
        // Then one goes alone.
        go(&mut budget, until + 1);
        assert!(!matches!(budget.ask(ms(until + 1), false), Leave::Go(_)));
    }
}

#[test]
fn after_a_429_that_tells_nothing_the_wait_grows_and_fewer_go_together() {
    let mut budget = RequestBudget::new(Pace::Free, 16, 3);
    let mut now = 0;
    for least in [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000] {
        // A fellow that was on its way counts as the same refusal.
        let (call, fellow) = (go(&mut budget, now), budget.ask(ms(now), false));
        budget.answered(call, ms(now + 10), 429, &NONE);
        if let Leave::Go(fellow) = fellow {
            budget.answered(fellow, ms(now + 20), 429, &NONE);
        }
        let Leave::At(until) = budget.ask(ms(now + 30), false) else { panic!("it should wait") };
        let wait = until - ms(now + 10);
        assert!(wait >= ms(least) && wait <= ms(least + least / 2 + 10), "{least}: {wait:?}");
        now = u64::try_from(until.as_millis()).unwrap() + 1;
    }
    // It has come back: slowly more again.
    let mut rounds = 0;
    loop {
        let mut calls = Vec::new();
        while let Leave::Go(call) = budget.ask(ms(now), false) {
            calls.push(call);
        }
        if calls.len() == 16 {
            break;
        }
        now += 250;
        calls.into_iter().for_each(|call| budget.answered(call, ms(now), 200, &NONE));
        rounds += 1;
        assert!(rounds <= 20);
    }
    assert!(rounds >= 10, "{rounds}");
}

#[test]
fn a_503_holds_the_account() {
    let mut budget = known(100);
    let call = go(&mut budget, 200);
    budget.answered(call, ms(300), 503, &RateHeaders { retry_after: Some(Duration::from_secs(30)), ..NONE });
    assert_eq!(budget.ask(ms(301), false), Leave::At(ms(30_350)));
    let mut budget = known(100);
    let call = go(&mut budget, 200);
    budget.answered(call, ms(300), 503, &NONE);
    let Leave::At(until) = budget.ask(ms(301), false) else { panic!("it should wait") };
    assert!(until >= ms(2_300) && until <= ms(3_300), "{until:?}");
}

#[test]
fn others_are_left_their_share() {
    let mut budget = known(149);
    let mut left = 149;
    let mut now = 10_000;
    // Others use nine for each of ours.
    while let Leave::Go(call) = budget.ask(ms(now), false) {
        left -= 10;
        budget.answered(call, ms(now + 100), 200, &told(left, 20_100 - now - 50));
        now += 100;
    }
    assert!(left > 20, "{left}");
}

#[test]
fn reservations_are_few_and_never_promise_more_than_is_left() {
    let mut budget = known(149);
    let mut floor = u32::MAX;
    let (mut kept, mut sent) = (0, 0);
    let mut now = 300;
    while let Leave::Go(call) = budget.ask(ms(now), false) {
        sent += 1;
        if let Some(saved) = budget.reserve(ms(now), 1_000_000) {
            (floor, kept) = (saved.left, kept + 1);
            assert_eq!(saved.ends_at_ms, 1_000_000 + 20_201 - i64::try_from(now).unwrap());
        }
        assert!(floor <= 149 - sent, "{floor} promised, {sent} sent");
        budget.answered(call, ms(now), 200, &told(149 - sent, 20_200 - now));
        now += 10;
    }
    assert_eq!((sent, floor), (149, 0));
    assert!(kept <= 9, "{kept} reservations in one window");
}

#[test]
fn a_probe_after_a_kill_counts_against_what_was_kept() {
    let saved = |left| SavedLedger {
        quota: 150,
        window_ms: 30_000,
        left,
        ends_at_ms: 1_010_000,
        hold_until_ms: 0,
        seen_at_ms: 0,
        answered_429: 0,
    };
    let mut budget = RequestBudget::new(Pace::Headers, 16, 3);
    budget.restore(&saved(1), ms(0), 1_000_000);
    let _ = go(&mut budget, 0);
    let kept = budget.reserve(ms(0), 1_000_000).unwrap();
    assert_eq!(kept.left, 0);
    // killed before the probe was answered: the next process waits for the window's end
    let mut budget = RequestBudget::new(Pace::Headers, 16, 3);
    budget.restore(&kept, ms(0), 1_000_000);
    assert_eq!(budget.ask(ms(1), false), Leave::At(ms(10_050)));
}

#[test]
fn faults_d10_a_reset_beyond_its_own_window_is_not_believed() {
    let headers = |pairs: &[(&str, &str)]| {
        let headers = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        RateHeaders::read(&Incoming { status: 200, headers, body: bytes::Bytes::new() })
    };
    let contradictory = headers(&[
        ("x-rate-limit-time-window-ms", "30000"),
        ("x-rate-limit-time-reset-ms", "3599999"),
        ("x-rate-limit-requests-quota", "150"),
        ("x-rate-limit-requests-left", "0"),
    ]);
    // the same without a length: the one that is known, or documented, bounds it
    let unbounded = headers(&[("x-rate-limit-time-reset-ms", "3599999"), ("x-rate-limit-requests-left", "0")]);
    for lie in [contradictory, unbounded] {
        let mut budget = known(149);
        let call = go(&mut budget, 300);
        budget.answered(call, ms(400), 200, &lie);
        assert!(matches!(budget.ask(ms(500), false), Leave::Go(_)), "{lie:?}");
        let mut fresh = RequestBudget::new(Pace::Headers, 16, 3);
        let probe = go(&mut fresh, 0);
        fresh.answered(probe, ms(200), 200, &lie);
        assert!(matches!(fresh.ask(ms(300), false), Leave::Go(_)), "{lie:?}");
        assert!(fresh.saved(ms(300), 1_000_000).is_none_or(|saved| saved.ends_at_ms < 1_031_000), "{lie:?}");
    }
}

#[test]
fn faults_d10_a_hold_without_a_window_is_kept_for_the_next_process() {
    for pace in [Pace::Headers, Pace::Free, Pace::Limit { calls: 10, per: ms(1_000) }] {
        let mut budget = RequestBudget::new(pace, 16, 3);
        let call = go(&mut budget, 0);
        budget.answered(call, ms(100), 429, &RateHeaders { retry_after: Some(ms(40_000)), ..NONE });
        let kept = budget.reserve(ms(100), 1_000_000).unwrap();
        assert_eq!(budget.reserve(ms(101), 1_000_001), None, "it is kept once");
        let mut next = RequestBudget::new(pace, 16, 3);
        next.restore(&kept, ms(0), 1_010_000);
        let Leave::At(until) = next.ask(ms(0), false) else { panic!("it must wait: {pace:?}") };
        assert!(until >= ms(30_000) && until <= ms(30_200), "{until:?}");
        // a clock that was set back by a day does not stop everything
        let mut next = RequestBudget::new(pace, 16, 3);
        next.restore(&kept, ms(0), 1_000_000 - 86_400_000);
        assert!(matches!(next.ask(ms(0), false), Leave::Go(_)));
    }
}
