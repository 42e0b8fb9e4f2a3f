//! The executor and its budget against a simulated server, in virtual time, from seeds.
//!
//! The long run: `cargo test --release -p mapwright-transfer --test simulation -- --ignored --nocapture`.

#![allow(clippy::unwrap_used, clippy::print_stdout)] // a test ends where it goes wrong; the long run prints its table

mod server;

use std::sync::Arc;
use std::time::Duration;

use mapwright_language::schema::{Api, Method, Repeat};
use mapwright_transfer::http::{Account, Executor, Pace, Priority, Request, RequestBudget};
use secrecy::SecretString;
use server::{Headers, Others, Server, Tally, World};

fn request(number: usize) -> Request {
    Request {
        api: Api::BigcommerceV3,
        method: Method::Get,
        path: "/catalog/products".to_owned(),
        // The limit per route is not what is measured here.
        template: format!("/catalog/{number}"),
        body: None,
        repeat: Repeat::Safe,
        concurrency: None,
        priority: Priority::Bulk,
    }
}

/// Runs saturated for so many windows, and gives what the server saw.
fn saturated(world: World, windows: u32) -> Tally {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    runtime.block_on(async move {
        let (window, seed) = (world.window, world.seed);
        let server = Server::new(world);
        let account = Account::bigcommerce("https://api.example.com", "abc", SecretString::from("t"))
            .unwrap()
            .with_budget(RequestBudget::new(Pace::Headers, 64, seed));
        let executor = Arc::new(Executor::new(server.clone(), vec![Arc::new(account)], seed));
        for number in 0..64 {
            let executor = executor.clone();
            tokio::spawn(async move {
                loop {
                    let _ = executor.send(&request(number)).await;
                }
            });
        }
        tokio::time::sleep(window * windows).await;
        server.tally()
    })
}

/// Share of the quota used in whole windows; the first two are for learning.
fn utilisation(tally: &Tally) -> f64 {
    let whole = tally.windows.get(2..).unwrap_or_default();
    let (quota, used) =
        whole.iter().fold((0_u64, 0_u64), |(q, u), (quota, used)| (q + u64::from(*quota), u + u64::from(*used)));
    used as f64 / quota as f64
}

const HALF_MINUTE: Duration = Duration::from_secs(30);

#[test]
fn alone_nothing_is_refused_and_the_quota_is_used() {
    for (quota, window, least, windows) in [
        (20, HALF_MINUTE, 0.95, 30),
        (150, HALF_MINUTE, 0.98, 20),
        (450, HALF_MINUTE, 0.98, 8),
        (3000, HALF_MINUTE, 0.98, 5),
        (150, Duration::from_secs(2), 0.95, 30),
    ] {
        for seed in 0..4 {
            let tally = saturated(World::alone(quota, window, seed), windows);
            assert_eq!(tally.ours_refused, 0, "quota {quota}, {window:?}, seed {seed}");
            let used = utilisation(&tally);
            assert!(used >= least, "quota {quota}, {window:?}, seed {seed}: {used}");
        }
    }
}

#[test]
fn with_others_no_refusal_could_have_been_avoided() {
    for others in [Others::Steady(0.4), Others::Bursts(0.4), Others::OnOff(0.7), Others::Greedy] {
        for seed in 0..4 {
            let tally = saturated(World { others, ..World::alone(150, HALF_MINUTE, seed) }, 20);
            assert_eq!(tally.avoidable, 0, "{others:?}, seed {seed}: {tally:?}");
            let used = utilisation(&tally);
            assert!(used >= 0.95, "{others:?}, seed {seed}: {used}");
            // One call a window, which may be one too many, and a few while learning.
            let most = if others == Others::Greedy { 25 } else { 12 };
            assert!(tally.ours_refused <= most, "{others:?}, seed {seed}: {}", tally.ours_refused);
        }
    }
}

#[test]
fn a_quota_that_changes_is_followed() {
    let changes = vec![(HALF_MINUTE * 5, 450), (HALF_MINUTE * 10, 150), (HALF_MINUTE * 15, 20)];
    for seed in 0..4 {
        let world = World { quota_changes: changes.clone(), ..World::alone(150, HALF_MINUTE, seed) };
        let tally = saturated(world, 20);
        assert!(tally.ours_refused <= 3, "seed {seed}: {}", tally.ours_refused);
        assert_eq!(tally.avoidable, 0, "seed {seed}");
        assert!(utilisation(&tally) >= 0.97, "seed {seed}: {}", utilisation(&tally));
    }
}

#[test]
fn windows_that_move_are_found_again() {
    for seed in 0..4 {
        let world = World { phase_jump: Some(Duration::from_secs(200)), ..World::alone(150, HALF_MINUTE, seed) };
        let tally = saturated(world, 20);
        assert_eq!(tally.ours_refused, 0, "seed {seed}");
        assert!(utilisation(&tally) >= 0.94, "seed {seed}: {}", utilisation(&tally));
    }
}

#[test]
fn without_usable_headers_the_documented_quota_is_kept() {
    for headers in [Headers::Missing, Headers::Garbage] {
        for seed in 0..4 {
            let world = World { headers, ..World::alone(150, HALF_MINUTE, seed) };
            let tally = saturated(world, 20);
            assert!(
                tally.ours_refused * 100 <= tally.ours,
                "{headers:?} {seed}: {} of {}",
                tally.ours_refused,
                tally.ours
            );
            assert!(utilisation(&tally) >= 0.5, "{headers:?} {seed}: {}", utilisation(&tally));
        }
    }
}

#[test]
fn refusals_without_headers_are_backed_off_from() {
    for seed in 0..4 {
        let world =
            World { headers: Headers::MissingOn429, others: Others::Greedy, ..World::alone(150, HALF_MINUTE, seed) };
        let tally = saturated(world, 20);
        // At 1, 2, 4, 8, 16 s with jitter: six a window at most.
        assert!(tally.ours_refused <= 120, "seed {seed}: {}", tally.ours_refused);
    }
}

#[test]
fn lost_answers_cost_no_refusals() {
    for seed in 0..4 {
        let world = World { lost_per_mille: 30, ..World::alone(150, HALF_MINUTE, seed) };
        let tally = saturated(world, 20);
        assert_eq!(tally.ours_refused, 0, "seed {seed}");
        assert!(utilisation(&tally) >= 0.9, "seed {seed}: {}", utilisation(&tally));
    }
}

#[test]
#[ignore = "minutes long; prints the table of figures"]
fn long_run() {
    let two = Duration::from_secs(2);
    let worlds: Vec<(String, World, u32)> = vec![
        ("Q=20".to_owned(), World::alone(20, HALF_MINUTE, 0), 60),
        ("Q=150".to_owned(), World::alone(150, HALF_MINUTE, 0), 60),
        ("Q=450".to_owned(), World::alone(450, HALF_MINUTE, 0), 60),
        ("Q=3000".to_owned(), World::alone(3000, HALF_MINUTE, 0), 20),
        ("Q=150 in 2 s".to_owned(), World::alone(150, two, 0), 60),
        ("Q=150 in 2 s, near".to_owned(), World { one_way_ms: 2.0, ..World::alone(150, two, 0) }, 60),
    ]
    .into_iter()
    .chain(
        [
            Others::Steady(0.1),
            Others::Steady(0.4),
            Others::Steady(0.8),
            Others::Bursts(0.4),
            Others::OnOff(0.7),
            Others::Greedy,
        ]
        .map(|others| (format!("Q=150, {others:?}"), World { others, ..World::alone(150, HALF_MINUTE, 0) }, 60)),
    )
    .collect();
    println!(
        "{:<24} {:>9} {:>9} {:>9} {:>6} {:>6} {:>9}",
        "world", "requests", "r/10,000", "avoidable", "U", "U min", "others r"
    );
    for (name, world, windows) in worlds {
        let mut sum = Tally::default();
        let (mut used, mut least) = (0.0, 2.0_f64);
        let seeds = 40;
        for seed in 0..seeds {
            let tally = saturated(World { seed, ..world.clone() }, windows);
            sum.ours += tally.ours;
            sum.ours_refused += tally.ours_refused;
            sum.avoidable += tally.avoidable;
            sum.others += tally.others;
            sum.others_refused += tally.others_refused;
            let share = utilisation(&tally);
            used += share;
            least = least.min(share);
        }
        let rate = |part: u64, whole: u64| part as f64 * 10_000.0 / whole.max(1) as f64;
        println!(
            "{name:<24} {:>9} {:>9.2} {:>9} {:>6.3} {:>6.3} {:>9.1}",
            sum.ours,
            rate(sum.ours_refused, sum.ours),
            sum.avoidable,
            used / seeds as f64,
            least,
            rate(sum.others_refused, sum.others),
        );
    }
}
