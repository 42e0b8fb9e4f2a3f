//! Calls that may create, and answers that are lost: what was done is read again and linked, never done twice, rows inside a record
//! included; reads that lag behind are waited for.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)] // a test ends where it goes wrong

mod support;

use std::sync::Arc;
use std::time::Duration;

use mapwright_language::check::Library;
use mapwright_language::mapping_file::Direction;
use mapwright_language::schema::Method;
use mapwright_transfer::connect::wire::{Request, Sending, Wire};
use mapwright_transfer::identity::SourceKey;
use mapwright_transfer::state::Store;
use mapwright_transfer::work::{Engine, Plans, READ_LAG, Report, Selection, Settling, Unobserved, run};
use serde_json::{Value, json};
use support::collections::{library_with, plan};
use support::world::{Kind, To, World};
use tokio::time::Instant;

const STREETS: [&str; 3] = ["1 Main Street", "2 Main Street", "3 Main Street"];

/// A customer of the store with so many addresses.
fn customer(addresses: usize) -> String {
    let rows: Vec<Value> = STREETS[..addresses]
        .iter()
        .zip(501..)
        .map(|(street, id)| {
            json!({"id": id, "customer_id": 7, "first_name": "Ada", "last_name": "L", "company": "", "phone": "", "address1": street, "address2": "",
                "city": "Bath", "state_or_province": "", "postal_code": "BA1", "country_code": "GB"})
        })
        .collect();
    json!({"data": [{"id": 7, "email": "ada@example.com", "first_name": "Ada", "last_name": "L", "company": "", "notes": "",
        "customer_group_id": 0, "date_created": "2026-01-01T00:00:00Z", "addresses": rows}]})
    .to_string()
}

/// A project and the two systems; time is tokio's.
struct Stage {
    world: Arc<World>,
    store: Arc<Store>,
    library: Library,
    _directory: tempfile::TempDir,
}

impl Stage {
    fn of(own: &[&str], change: impl FnOnce(&mut World)) -> Stage {
        let mut world = World::new("4711");
        change(&mut world);
        let directory = tempfile::tempdir().unwrap();
        let store = Arc::new(Store::open(directory.path(), "test").unwrap());
        let stage = Stage { world: Arc::new(world), store, library: library_with(own), _directory: directory };
        stage.has(1);
        stage
    }

    /// The customer has so many addresses in the store.
    fn has(&self, addresses: usize) {
        for path in
            ["/customers?id:in=7&include=addresses", "/customers?id:in=7&include=addresses,attributes,formfields"]
        {
            self.world.answers(path, &customer(addresses));
        }
    }

    /// A process.
    fn engine(&self) -> Engine {
        let wire: Arc<dyn Wire> = Arc::new(To(self.world.clone()));
        self.engine_over(wire)
    }

    fn engine_over(&self, wire: Arc<dyn Wire>) -> Engine {
        let engine = support::unconnected(wire, self.store.clone(), Arc::new(Unobserved));
        Engine { plans: Arc::new(Plans::of(&self.library)), ..engine }
    }

    async fn with(&self, engine: &Engine) -> Report {
        let plan = plan(&self.library, "Customer", Direction::To);
        let report = run(engine, &plan, Selection::Ids(vec![String::from("7")])).await;
        assert!(report.records.balance(), "{report:#?}");
        report
    }

    /// A process that moves the customer.
    async fn moved(&self) -> Report {
        self.with(&self.engine()).await
    }

    /// A process that is killed at a call.
    async fn killed(&self) {
        assert!(tokio::time::timeout(Duration::from_secs(5), self.moved()).await.is_err(), "it is killed");
    }

    fn customers(&self) -> Vec<Value> {
        self.world.all("Customer")
    }

    /// Streets of the only customer, in order.
    fn streets(&self) -> Vec<String> {
        let all = self.customers();
        assert_eq!(all.len(), 1, "{all:#?}");
        let addresses = all[0]["addresses"].as_array().unwrap();
        let mut streets: Vec<String> = addresses.iter().map(|a| a["address_1"].as_str().unwrap().to_owned()).collect();
        streets.sort();
        streets
    }

    /// All is there once and linked, and nothing is left to do.
    async fn assert_settled(&self, addresses: usize) {
        assert_eq!(self.streets().len(), addresses, "{:?}", self.streets());
        assert_eq!(self.world.links("Customer").len(), 1);
        let links: Vec<String> = self.world.links("Address").into_iter().map(|(external, _)| external).collect();
        let expected: Vec<String> = (501..).take(addresses).map(|id| format!("{id}|7")).collect();
        assert_eq!(links, expected);
        assert_eq!(self.store.open_journal().unwrap(), []);
        tokio::time::sleep(READ_LAG).await;
        let _ = self.world.writes();
        let report = self.moved().await;
        assert_eq!((report.records.unchanged, self.world.writes()), (1, vec![]), "{report:#?}");
    }
}

fn written(report: &Report) -> bool {
    (report.records.written, report.records.read) == (1, 1)
}

/// It is in place, whichever process put it there.
fn in_place(report: &Report) -> bool {
    (report.records.written + report.records.unchanged, report.records.read) == (1, 1)
}

#[tokio::test(start_paused = true)]
async fn faults_d2_an_update_that_adds_rows_is_not_repeated_before_the_record_is_read_again() {
    for kind in [Kind::LostAfter, Kind::LostBefore] {
        for tidies in [false, true] {
            let stage = Stage::of(&[], |world| world.tidies = tidies);
            assert!(written(&stage.moved().await));
            stage.has(3);
            stage.world.trouble(Method::Put, "/Customer/", kind);
            let _ = stage.world.writes();
            let report = stage.moved().await;
            assert!(written(&report), "{report:#?}");
            let puts = stage.world.writes().len();
            // what was done shows, and is linked; rows that the other system put in order have no field left to send but that
            let expected = match (kind == Kind::LostBefore, tidies) {
                (true, _) => 2,
                (false, false) => 1,
                (false, true) => puts,
            };
            assert_eq!(puts, expected, "{tidies}");
            if !tidies {
                stage.assert_settled(3).await;
            }
            assert_eq!(stage.streets().len(), 3, "{:?}", stage.streets());
            assert_eq!(
                stage.world.links("Address").len(),
                3,
                "{:#?} {:?} {report:#?}",
                stage.customers(),
                stage.world.links("Address")
            );
        }
    }
}

#[tokio::test(start_paused = true)]
async fn faults_d2_a_process_that_is_killed_in_an_update_that_adds_rows_leaves_the_next_one_to_find_them() {
    for kind in [Kind::KilledAfter, Kind::KilledBefore] {
        for lag in [0, 2, 20] {
            let stage = Stage::of(&[], |world| world.lag = Duration::from_secs(lag));
            assert!(written(&stage.moved().await));
            tokio::time::sleep(READ_LAG).await;
            stage.has(3);
            stage.world.trouble(Method::Put, "/Customer/", kind);
            stage.killed().await;
            assert!(!stage.store.open_journal().unwrap().is_empty(), "it was noted");
            let report = stage.moved().await;
            assert_eq!(report.records.read, report.records.written + report.records.unchanged, "{lag} {report:#?}");
            stage.assert_settled(3).await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn faults_d2_rows_that_came_with_an_unanswered_create_are_found_again() {
    for kind in [Kind::LostAfter, Kind::LostBefore, Kind::KilledAfter, Kind::KilledBefore] {
        for (lag, tidies) in [(0, false), (3, false), (3, true)] {
            let stage = Stage::of(&[], |world| {
                world.lag = Duration::from_secs(lag);
                world.tidies = tidies;
            });
            stage.has(3);
            stage.world.trouble(Method::Post, "/Customer", kind);
            if matches!(kind, Kind::KilledAfter | Kind::KilledBefore) {
                stage.killed().await;
            }
            let report = stage.moved().await;
            assert_eq!(report.records.failed + report.records.parked, 0, "{lag} {report:#?}");
            assert_eq!((stage.streets().len(), stage.world.links("Address").len()), (3, 3), "{lag} {tidies}");
            assert_eq!(stage.store.open_journal().unwrap(), []);
        }
    }
}

/// The executor as it was: an update is sent again when its answer was lost.
struct Trusting(Arc<dyn Wire>);

impl Wire for Trusting {
    fn send<'a>(&'a self, request: &'a Request) -> Sending<'a> {
        Box::pin(async move {
            let repeat = mapwright_language::schema::Repeat::Safe;
            self.0.send(&Request { repeat, ..request.clone() }).await
        })
    }
}

#[tokio::test(start_paused = true)]
async fn faults_d2_without_the_safeguard_there_are_duplicates() {
    let stage = Stage::of(&[], |_| {});
    assert!(written(&stage.moved().await));
    stage.has(3);
    stage.world.trouble(Method::Put, "/Customer/", Kind::LostAfter);
    let engine = stage.engine_over(Arc::new(Trusting(Arc::new(To(stage.world.clone())))));
    let _ = stage.with(&engine).await;
    assert_eq!(stage.streets().len(), 5, "the harness sees them");
}

#[tokio::test(start_paused = true)]
async fn faults_d5_what_a_lost_create_made_is_looked_for_until_reads_show_it() {
    for (lag, kind) in [(0, Kind::LostAfter), (2, Kind::LostAfter), (29, Kind::LostAfter), (2, Kind::LostBefore)] {
        let stage = Stage::of(&[], |world| world.lag = Duration::from_secs(lag));
        stage.world.trouble(Method::Post, "/Customer", kind);
        let began = Instant::now();
        let report = stage.moved().await;
        assert!(written(&report) && report.created == 1, "{lag} {report:#?}");
        let creates = stage.world.writes().iter().filter(|w| w.starts_with("POST /Customer")).count();
        assert_eq!(creates, 1 + usize::from(kind == Kind::LostBefore), "{lag}");
        let took = began.elapsed();
        if kind == Kind::LostAfter {
            assert!(took <= Duration::from_secs(2 * lag + 1).min(READ_LAG + Duration::from_secs(2)), "{lag} {took:?}");
        } else {
            assert!(took >= READ_LAG, "it waits for the whole lag before it creates again: {took:?}");
        }
        tokio::time::sleep(READ_LAG).await;
        stage.assert_settled(1).await;
    }
}

#[tokio::test(start_paused = true)]
async fn faults_d5_without_the_wait_there_are_duplicates() {
    let stage = Stage::of(&[], |world| world.lag = Duration::from_secs(2));
    stage.world.trouble(Method::Post, "/Customer", Kind::LostAfter);
    let engine = Engine { settling: Arc::new(Settling::new(Duration::ZERO)), ..stage.engine() };
    let _ = stage.with(&engine).await;
    assert_eq!(stage.customers().len(), 2, "the harness sees them");
}

#[tokio::test(start_paused = true)]
async fn faults_d5_the_next_process_waits_for_what_an_earlier_one_had_under_way() {
    for kind in [Kind::KilledAfter, Kind::KilledBefore] {
        let stage = Stage::of(&[], |world| world.lag = Duration::from_secs(20));
        stage.world.trouble(Method::Post, "/Customer", kind);
        stage.killed().await;
        let report = stage.moved().await;
        assert!(in_place(&report), "{report:#?}");
        tokio::time::sleep(READ_LAG).await;
        stage.assert_settled(1).await;
    }
}

#[tokio::test(start_paused = true)]
async fn faults_d5_a_record_that_was_just_written_is_not_taken_for_gone_or_empty() {
    let stage = Stage::of(&[], |world| world.lag = Duration::from_secs(2));
    stage.has(2);
    assert!(written(&stage.moved().await));
    // reads show nothing of it yet: neither the customer nor its addresses are made again, in this process or the next
    let engine = stage.engine();
    for again in 0..2 {
        let report = if again == 0 { stage.with(&engine).await } else { stage.moved().await };
        assert_eq!((report.records.failed, report.records.parked), (0, 0), "{report:#?}");
        assert_eq!(stage.streets().len(), 2);
    }
    stage.has(3);
    assert!(written(&stage.moved().await));
    assert_eq!(stage.moved().await.records.failed, 0);
    stage.assert_settled(3).await;
}

#[tokio::test(start_paused = true)]
async fn faults_d5_a_duplicate_of_what_we_may_have_made_is_looked_up_and_linked() {
    let refusing = "collection: BC Customer\nextends: BC Customer\ncollision: error\n";
    for own in [&[][..], &[refusing]] {
        // a network sends the create twice: the answer is that of the second
        let stage = Stage::of(own, |world| {
            world.unique = true;
            world.lag = Duration::from_secs(2);
        });
        stage.world.trouble(Method::Post, "/Customer", Kind::Twice);
        let report = stage.moved().await;
        assert!(written(&report), "{report:#?}");
        tokio::time::sleep(READ_LAG).await;
        stage.assert_settled(1).await;
        // an earlier process made it, long ago and unseen
        let stage = Stage::of(own, |world| {
            world.unique = true;
            world.lag = Duration::from_secs(45);
        });
        stage.world.trouble(Method::Post, "/Customer", Kind::KilledAfter);
        stage.killed().await;
        let report = stage.moved().await;
        assert!(in_place(&report), "{report:#?}");
        tokio::time::sleep(2 * READ_LAG).await;
        stage.assert_settled(1).await;
    }
}

#[tokio::test(start_paused = true)]
async fn faults_d5_a_duplicate_that_is_not_found_is_refused_and_closed() {
    let stage = Stage::of(&[], |_| {});
    stage.world.trouble(Method::Post, "/Customer", Kind::Refused(422, "email is already in use"));
    let report = stage.moved().await;
    assert_eq!(report.records.failed, 1, "{report:#?}");
    assert_eq!(report.reasons[0].reason, "email is already in use (422)");
    assert_eq!((stage.store.open_journal().unwrap(), stage.customers()), (vec![], vec![]));
    // other refusals are told at once
    let stage = Stage::of(&[], |_| {});
    stage.world.trouble(Method::Post, "/Customer", Kind::Refused(422, "last_name is missing"));
    let began = Instant::now();
    assert_eq!(stage.moved().await.records.failed, 1);
    assert!(began.elapsed() < Duration::from_secs(1));
    assert_eq!(stage.store.open_journal().unwrap(), []);
}

#[tokio::test(start_paused = true)]
async fn faults_d5_whoever_wants_the_end_does_not_wait_for_reads() {
    let stage = Stage::of(&[], |world| world.lag = Duration::from_secs(20));
    stage.world.trouble(Method::Post, "/Customer", Kind::LostAfter);
    let engine = stage.engine();
    let stop = engine.stop.clone();
    let began = Instant::now();
    let (report, ()) = tokio::join!(stage.with(&engine), async {
        tokio::time::sleep(Duration::from_secs(3)).await;
        stop.ask();
    });
    assert_eq!(report.records.parked, 1, "{report:#?}");
    assert!(began.elapsed() < Duration::from_secs(5));
    assert!(!stage.store.open_entries_of(&SourceKey::new("BC Customer", "7")).unwrap().is_empty());
    assert!(in_place(&stage.moved().await));
    assert_eq!(stage.customers().len(), 1);
}
