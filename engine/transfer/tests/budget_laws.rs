//! Laws of the budget that hold for any server, however mad.
#![allow(clippy::unwrap_used, clippy::panic)] // a test ends where it goes wrong

use std::time::Duration;

use mapwright_transfer::http::rate_headers::RateHeaders;
use mapwright_transfer::http::{Pace, RequestBudget, SavedLedger, budget::Leave};
use proptest::prelude::*;

#[derive(Debug, Clone)]
enum Event {
    Ask { paced: bool },
    Answer { which: usize, status: u16, headers: RateHeaders },
    Lost { which: usize },
    NotSent { which: usize },
    Pass { ms: u64 },
}

fn headers() -> impl Strategy<Value = RateHeaders> {
    let time = || prop::option::of((0_u64..70_000).prop_map(Duration::from_millis));
    (time(), time(), prop::option::of(1_u32..200), prop::option::of(0_u32..300), time())
        .prop_map(|(window, reset, quota, left, retry_after)| RateHeaders { window, reset, quota, left, retry_after })
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        4 => any::<bool>().prop_map(|paced| Event::Ask { paced }),
        3 => (any::<usize>(), prop::sample::select(vec![200, 200, 404, 429, 500, 503]), headers())
            .prop_map(|(which, status, headers)| Event::Answer { which, status, headers }),
        1 => any::<usize>().prop_map(|which| Event::Lost { which }),
        1 => any::<usize>().prop_map(|which| Event::NotSent { which }),
        3 => (0_u64..20_000).prop_map(|ms| Event::Pass { ms }),
    ]
}

proptest! {
    #[test]
    fn any_server(events in prop::collection::vec(event(), 0..200), pace in 0..3_u8) {
        let pace = [Pace::Headers, Pace::Limit { calls: 10, per: Duration::from_secs(1) }, Pace::Free][usize::from(pace)];
        let mut budget = RequestBudget::new(pace, 8, 7);
        let mut now = Duration::ZERO;
        let mut flying: Vec<u64> = Vec::new();
        for event in events {
            match event {
                Event::Pass { ms } => now += Duration::from_millis(ms),
                Event::Ask { paced } => {
                    let held = budget.hold_until() > now;
                    let empty = budget.window().is_some_and(|w| now < w.earliest_end && (w.left as usize) <= flying.len());
                    match budget.ask(now, paced) {
                        Leave::Go(call) => {
                            prop_assert!(!held && !empty);
                            flying.push(call);
                            prop_assert!(flying.len() <= 8);
                        }
                        Leave::At(time) => {
                            // There is always a time at which it goes on, and it is not far.
                            prop_assert!(time > now && time <= now + Duration::from_secs(3700));
                        }
                        Leave::AfterAnswer => prop_assert!(!flying.is_empty()),
                    }
                }
                Event::Answer { which, status, headers } if !flying.is_empty() => {
                    budget.answered(flying.swap_remove(which % flying.len()), now, status, &headers);
                }
                Event::Lost { which } if !flying.is_empty() => budget.lost(flying.swap_remove(which % flying.len()), now),
                Event::NotSent { which } if !flying.is_empty() => budget.not_sent(flying.swap_remove(which % flying.len())),
                _ => {}
            }
        }
        // Whatever happened: with all answers in, a call goes within two holds.
        for call in flying.drain(..) {
            budget.lost(call, now);
        }
        let mut steps = 0;
        while let Leave::At(time) = budget.ask(now, true) {
            now = time;
            steps += 1;
            prop_assert!(steps < 500);
        }
    }

    #[test]
    fn what_was_saved_never_blocks_for_longer_than_a_window(
        quota in any::<u32>(), window_ms in any::<u64>(), left in any::<u32>(), ends_at_ms in any::<i64>(),
        hold_until_ms in any::<i64>(), wall in any::<i64>(),
    ) {
        let mut budget = RequestBudget::new(Pace::Headers, 8, 7);
        let saved = SavedLedger { quota, window_ms, left, ends_at_ms, hold_until_ms, seen_at_ms: 0, answered_429: 0 };
        budget.restore(&saved, Duration::ZERO, wall);
        prop_assert!(budget.hold_until() <= Duration::from_millis(window_ms.clamp(100, 3_600_000)) + Duration::from_millis(50));
    }
}

#[test]
fn an_empty_window_is_waited_for_after_a_restart() {
    let told = |left| RateHeaders {
        window: Some(Duration::from_secs(30)),
        reset: Some(Duration::from_secs(20)),
        quota: Some(150),
        left: Some(left),
        retry_after: None,
    };
    let after_restart = |left| {
        let mut before = RequestBudget::new(Pace::Headers, 8, 7);
        let Leave::Go(call) = before.ask(Duration::ZERO, true) else { panic!("the probe must go") };
        before.answered(call, Duration::from_secs(1), 200, &told(left));
        let saved = before.saved(Duration::from_secs(1), 1_000_000).unwrap();
        let mut budget = RequestBudget::new(Pace::Headers, 8, 7);
        // Five seconds later by the wall clock.
        budget.restore(&saved, Duration::ZERO, 1_005_000);
        budget.ask(Duration::ZERO, true)
    };
    assert_eq!(after_restart(0), Leave::At(Duration::from_millis(15_051)));
    assert_eq!(after_restart(9), Leave::Go(0));
}
