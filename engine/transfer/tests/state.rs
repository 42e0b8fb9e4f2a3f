//! The state: what is written is read, what belongs together is one, and strangers are kept out.
#![allow(clippy::unwrap_used, clippy::panic)] // a test ends where it goes wrong

use std::path::Path;
use std::sync::{Arc, Mutex};

use mapwright_transfer::http::SavedLedger;
use mapwright_transfer::identity::SourceKey;
use mapwright_transfer::state::{Intention, Link, Outcome, Parked, Sent, Settled, StateError, Step, Steps, Store};

fn open(directory: &Path) -> Store {
    Store::open(directory, "sync products").unwrap()
}

fn link(ipaas: &str, external: &str) -> Link {
    Link {
        record_type: "Product".to_owned(),
        ipaas_id: ipaas.to_owned(),
        external_id: external.to_owned(),
        parent: None,
        sent: Sent::default(),
    }
}

fn intention(id: &str) -> Intention {
    Intention {
        record: SourceKey::new("BC Products", id),
        record_type: "Product".to_owned(),
        direction: "from".to_owned(),
        row: String::new(),
        request: "POST /catalog/products".to_owned(),
        there: Some(vec!["5".to_owned()]),
    }
}

fn settled(id: &str, outcome: Outcome, waits: &[&str]) -> Settled {
    Settled {
        record: SourceKey::new("BC Products", id),
        record_type: "Product".to_owned(),
        direction: "from".to_owned(),
        outcome,
        reason: Some("because".to_owned()),
        details: "{}".to_owned(),
        requests: 2,
        run: None,
        waits_for: waits
            .iter()
            .map(|id| Parked { record_type: "Product Category".to_owned(), id: (*id).to_owned() })
            .collect(),
        at: String::new(),
    }
}

#[test]
fn links_survive_and_are_found_by_either_id() {
    let directory = tempfile::tempdir().unwrap();
    let mut with_sent = link("1", "77");
    with_sent.sent.to_bigcommerce = Some("f".to_owned());
    with_sent.sent.write_only.insert("quantity".to_owned(), "5".to_owned());
    let child = Link { record_type: "Product Variant".to_owned(), parent: Some("1".to_owned()), ..link("9", "101|77") };
    open(directory.path()).save_links(&[with_sent.clone(), link("2", "78"), child.clone()]).unwrap();
    let store = open(directory.path());
    assert_eq!(store.link_of_ipaas("Product", "1").unwrap(), Some(with_sent.clone()));
    assert_eq!(store.link_of_external("Product", "77").unwrap(), Some(with_sent));
    assert_eq!(store.link_of_external("Product", "1").unwrap(), None);
    assert_eq!(store.link_of_external("Product Variant", "101|77").unwrap(), Some(child));
    store.save_links(&[link("1", "90")]).unwrap();
    assert_eq!(store.link_of_external("Product", "77").unwrap(), None);
    assert!(store.remove_link("Product", "1").unwrap());
    assert!(!store.remove_link("Product", "1").unwrap());
}

#[test]
fn the_journal_closes_together_with_the_link() {
    let directory = tempfile::tempdir().unwrap();
    let numbers = open(directory.path()).open_entries(&[intention("1"), intention("2")]).unwrap();
    let store = open(directory.path());
    let found = store.open_journal().unwrap();
    assert_eq!(found.iter().map(|entry| entry.entry).collect::<Vec<_>>(), numbers);
    assert_eq!(found[1].intention, intention("2"));
    store.close_entries(&numbers[..1], &[link("1", "77")]).unwrap();
    store.close_entries(&numbers[1..], &[]).unwrap();
    assert!(store.open_journal().unwrap().is_empty());
    assert!(store.link_of_ipaas("Product", "1").unwrap().is_some());
    assert!(store.link_of_ipaas("Product", "2").unwrap().is_none());
    // A number is never given twice: a late close cannot hit another's entry.
    assert!(store.open_entries(&[intention("3")]).unwrap()[0] > numbers[1]);
}

#[test]
fn outcomes_replace_each_other_and_parked_ones_know_what_they_wait_for() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path());
    store
        .settle(&[
            settled("1", Outcome::Parked, &["7", "8"]),
            settled("2", Outcome::Parked, &["8"]),
            settled("3", Outcome::Failed, &[]),
        ])
        .unwrap();
    let ids = |found: Vec<Settled>| found.into_iter().map(|it| it.record.id.to_string()).collect::<Vec<_>>();
    assert_eq!(ids(store.settled_as(Outcome::Parked).unwrap()), ["1", "2"]);
    assert_eq!(ids(store.settled_as(Outcome::Failed).unwrap()), ["3"]);
    assert_eq!(store.settled(&SourceKey::new("BC Products", "1")).unwrap().unwrap().waits_for.len(), 2);
    store.settle(&[settled("1", Outcome::Written, &[])]).unwrap();
    assert_eq!(ids(store.settled_as(Outcome::Parked).unwrap()), ["2"]);
    let counts: Vec<_> =
        store.outcome_counts().unwrap().into_iter().map(|(_, _, outcome, count)| (outcome.name(), count)).collect();
    assert_eq!(counts, [("failed", 1), ("parked", 1), ("written", 1)]);
}

#[test]
fn runs_checkpoints_and_ledgers_survive() {
    let directory = tempfile::tempdir().unwrap();
    let ledger = SavedLedger {
        quota: 150,
        window_ms: 30_000,
        left: 3,
        ends_at_ms: 5,
        hold_until_ms: 0,
        seen_at_ms: 0,
        answered_429: 0,
    };
    let first = {
        let store = open(directory.path());
        store.save_checkpoint("initialize products", "{\"page\":4}").unwrap();
        store.save_ledger("store abc", &ledger).unwrap();
        store.begin_run("initialize products").unwrap()
    };
    let store = open(directory.path());
    let second = store.begin_run("sync").unwrap();
    store.end_run(second, "{}").unwrap();
    let runs = store.runs(10).unwrap();
    assert_eq!(
        runs.iter().map(|run| (run.run, run.ended_at.is_some())).collect::<Vec<_>>(),
        [(second, true), (first, false)]
    );
    assert_eq!(store.checkpoint("initialize products").unwrap().as_deref(), Some("{\"page\":4}"));
    store.remove_checkpoint("initialize products").unwrap();
    assert_eq!(store.checkpoint("initialize products").unwrap(), None);
    assert_eq!(store.ledger("store abc").unwrap(), Some(ledger));
    assert_eq!(store.ledger("store other").unwrap(), None);
}

#[test]
fn one_process_at_a_time_and_the_other_is_told_who() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path());
    let error = Store::open(directory.path(), "status").unwrap_err();
    assert_eq!(error.to_string(), format!("the project is in use by process {} (sync products)", std::process::id()));
    drop(store);
    assert!(Store::open(directory.path(), "status").is_ok());
}

#[test]
fn files_of_others_are_left_alone() {
    let open_with = |prepare: &dyn Fn(&Path)| {
        let directory = tempfile::tempdir().unwrap();
        prepare(&directory.path().join("state.db"));
        Store::open(directory.path(), "x").unwrap_err()
    };
    let sql =
        |text: &'static str| move |path: &Path| rusqlite::Connection::open(path).unwrap().execute_batch(text).unwrap();
    let cases: [(StateError, &str); 4] = [
        (
            open_with(&|path| std::fs::write(path, "not a database, but long enough to be looked at as one").unwrap()),
            "`state.db` is damaged or not a database",
        ),
        (open_with(&sql("CREATE TABLE other (a)")), "`state.db` belongs to another program"),
        (
            open_with(&sql("CREATE TABLE other (a); PRAGMA application_id = 1296126039; PRAGMA user_version = 99")),
            "`state.db` was written by a newer version of this program (schema 99, this one has 2)",
        ),
        (open_with(&|path| std::fs::create_dir(path).unwrap()), "state.db`: Is a directory"),
    ];
    for (error, message) in cases {
        assert!(error.to_string().contains(message), "{error}");
    }
}

#[test]
fn an_emptied_or_foreign_file_is_refused_and_not_touched() {
    let empty_database = {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("x.db");
        rusqlite::Connection::open(&path).unwrap().execute_batch("VACUUM").unwrap();
        std::fs::read(path).unwrap()
    };
    let header_and_garbage = [b"SQLite format 3\0".as_slice(), &[0xA7; 5000]].concat();
    let cases: [(&[u8], &str); 5] = [
        (b"", "`state.db` is empty"),
        (b"x", "`state.db` is damaged or not a database"),
        (&[0; 8192], "`state.db` is damaged or not a database"),
        (&header_and_garbage, "`state.db` is damaged or not a database"),
        (&empty_database, "`state.db` holds no table"),
    ];
    for (bytes, message) in cases {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("state.db");
        open(directory.path()).save_links(&[link("1", "77")]).unwrap();
        std::fs::write(&path, bytes).unwrap();
        for _ in 0..2 {
            let error = Store::open(directory.path(), "x").unwrap_err().to_string();
            assert!(error.contains(message) && error.contains("put a copy of it back"), "{error}");
            assert_eq!(std::fs::read(&path).unwrap(), bytes);
        }
        // what the message advises
        std::fs::remove_file(&path).unwrap();
        assert_eq!(open(directory.path()).link_of_ipaas("Product", "1").unwrap(), None);
    }
}

#[test]
fn a_log_without_its_database_is_not_overwritten() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("state.db-wal"), "a log").unwrap();
    let error = Store::open(directory.path(), "x").unwrap_err().to_string();
    assert!(error.contains("`state.db` is missing, though its log"), "{error}");
    assert_eq!(std::fs::read(directory.path().join("state.db-wal")).unwrap(), b"a log");
}

#[test]
fn a_crash_while_it_is_made_leaves_nothing_in_the_way() {
    let directory = tempfile::tempdir().unwrap();
    for (name, bytes) in [("state.db.new", &b"half"[..]), ("state.db.new-journal", b"half"), ("state.db.new-wal", b"")]
    {
        std::fs::write(directory.path().join(name), bytes).unwrap();
    }
    open(directory.path()).save_links(&[link("1", "77")]).unwrap();
    assert!(open(directory.path()).link_of_ipaas("Product", "1").unwrap().is_some());
    let names: Vec<_> = std::fs::read_dir(directory.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert!(!names.iter().any(|n| n.to_string_lossy().contains("new")), "{names:?}");
}

#[cfg(unix)]
#[test]
fn only_the_owner_may_read() {
    use std::os::unix::fs::PermissionsExt;
    let parent = tempfile::tempdir().unwrap();
    let directory = parent.path().join(".mapwright");
    let store = open(&directory);
    store.save_links(&[link("1", "2")]).unwrap();
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&directory), 0o700);
    for entry in std::fs::read_dir(&directory).unwrap() {
        let path = entry.unwrap().path();
        assert_eq!(mode(&path), 0o600, "{}", path.display());
    }
}

#[test]
fn every_step_is_told_before_and_after() {
    #[derive(Default)]
    struct Told(Mutex<Vec<Step>>);
    impl Steps for Told {
        fn step(&self, step: Step) {
            self.0.lock().unwrap().push(step);
        }
    }
    let directory = tempfile::tempdir().unwrap();
    let told = Arc::new(Told::default());
    let store = open(directory.path()).with_steps(told.clone());
    let numbers = store.open_entries(&[intention("1")]).unwrap();
    store.close_entries(&numbers, &[link("1", "2")]).unwrap();
    store.save_links(&[link("3", "4")]).unwrap();
    store.remove_link("Product", "3").unwrap();
    store.settle(&[settled("1", Outcome::Written, &[])]).unwrap();
    store.save_checkpoint("a", "b").unwrap();
    assert_eq!(*told.0.lock().unwrap(), Step::ALL);
}

/// What the first version of the schema made and left.
const FIRST: &str = "
CREATE TABLE links (
    record_type TEXT NOT NULL, ipaas_id TEXT NOT NULL, external_id TEXT NOT NULL, parent TEXT,
    sent TEXT NOT NULL, saved_at TEXT NOT NULL,
    PRIMARY KEY (record_type, ipaas_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX links_external ON links (record_type, external_id);
CREATE TABLE journal (
    entry INTEGER PRIMARY KEY AUTOINCREMENT, record_type TEXT NOT NULL, direction TEXT NOT NULL, record_id TEXT NOT NULL,
    collection TEXT NOT NULL, natural_key TEXT NOT NULL, request TEXT NOT NULL, opened_at TEXT NOT NULL
) STRICT;
CREATE TABLE outcomes (
    record_type TEXT NOT NULL, direction TEXT NOT NULL, record_id TEXT NOT NULL,
    outcome TEXT NOT NULL, reason TEXT, details TEXT NOT NULL, requests INTEGER NOT NULL, run INTEGER, at TEXT NOT NULL,
    PRIMARY KEY (record_type, direction, record_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX outcomes_by_outcome ON outcomes (outcome);
CREATE TABLE parked (
    record_type TEXT NOT NULL, direction TEXT NOT NULL, record_id TEXT NOT NULL,
    waits_for_type TEXT NOT NULL, waits_for_id TEXT NOT NULL,
    PRIMARY KEY (record_type, direction, record_id, waits_for_type, waits_for_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX parked_waits ON parked (waits_for_type, waits_for_id);
CREATE TABLE checkpoints (name TEXT PRIMARY KEY, value TEXT NOT NULL, saved_at TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE runs (
    run INTEGER PRIMARY KEY AUTOINCREMENT, command TEXT NOT NULL, began_at TEXT NOT NULL, ended_at TEXT, summary TEXT
) STRICT;
CREATE TABLE ledgers (account TEXT PRIMARY KEY, ledger TEXT NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO links VALUES ('Product', '1', '77', NULL, '{}', '2026-01-31T12:00:00Z');
INSERT INTO journal VALUES (41, 'Product', 'from', '5', 'BC Products', 'options/8', 'POST /catalog/products/77/options', '2026-01-31T12:00:00Z');
INSERT INTO outcomes VALUES
    ('Product', 'from', '5', 'parked', 'waits', '{\"collection\":\"BC Products\"}', 2, 1, '2026-01-31T12:00:00Z'),
    ('Transaction', 'to', '17', 'written', NULL, '{\"collection\":\"Orders\"}', 2, 1, '2026-01-31T12:00:00Z'),
    ('Transaction', 'to', '17 (`Tickets`)', 'failed', 'no', '{\"collection\":\"Tickets\",\"after\":{\"collection\":\"Orders\",\"id\":\"17\"}}', 2, 1, '2026-01-31T12:00:00Z'),
    ('Customer', 'to', '5', 'refused', 'no', '{}', 2, 1, '2026-01-31T12:00:00Z'),
    ('Location', 'to', '5', 'refused', 'no', 'damaged', 2, 1, '2026-01-31T12:00:00Z');
INSERT INTO parked VALUES ('Product', 'from', '5', 'Product Category', '7');
INSERT INTO checkpoints VALUES ('initialize BC Products', '3', '2026-01-31T12:00:00Z');
PRAGMA application_id = 1296126039; PRAGMA user_version = 1;
";

#[test]
fn identity_a_state_of_the_first_version_opens_with_all_that_it_holds() {
    for looked_at_first in [false, true] {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("state.db");
        rusqlite::Connection::open(&path).unwrap().execute_batch(FIRST).unwrap();
        if looked_at_first {
            let look = mapwright_transfer::state::Look::at(directory.path()).unwrap();
            assert_eq!(look.store.unwrap().settled_as(Outcome::Refused).unwrap().len(), 2);
        }
        let store = open(directory.path());
        let [product, order] = [("BC Products", "5"), ("Orders", "17")].map(|(c, id)| SourceKey::new(c, id));
        let ticket = SourceKey::new("Tickets", "17").after(Some(order.clone()));
        let parked = store.settled(&product).unwrap().unwrap();
        assert_eq!((parked.outcome, parked.waits_for.len()), (Outcome::Parked, 1));
        let outcome = |key: &SourceKey| store.settled(key).unwrap().map(|it| it.outcome);
        assert_eq!((outcome(&order), outcome(&ticket)), (Some(Outcome::Written), Some(Outcome::Failed)));
        // two records of one number, of which it was not known what transferred them
        let refused: Vec<_> =
            store.settled_as(Outcome::Refused).unwrap().into_iter().map(|it| it.record_type).collect();
        assert_eq!(refused, ["Customer", "Location"]);
        let entries = store.open_entries_of(&product).unwrap();
        assert_eq!((entries[0].entry, entries[0].intention.row.as_str()), (41, "options/8"));
        assert!(store.link_of_ipaas("Product", "1").unwrap().is_some());
        assert_eq!(store.checkpoint("initialize BC Products").unwrap().as_deref(), Some("3"));
        assert!(store.open_entries(&[intention("9")]).unwrap()[0] > 41, "numbers are not given twice");
        drop(store);
        assert_eq!(open(directory.path()).open_journal().unwrap().len(), 2, "it opens again");
    }
}

#[test]
fn identity_what_one_collection_knows_of_a_record_is_not_what_another_knows() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path());
    let mut order = settled("17", Outcome::Failed, &[]);
    let mut refund = settled("17", Outcome::Parked, &["10"]);
    order.record = SourceKey::new("Orders", "17");
    refund.record = SourceKey::new("Refunds", "17");
    let (mut first, mut second) = (settled("1", Outcome::Failed, &[]), settled("1", Outcome::Failed, &[]));
    first.record = SourceKey::new("Lines", "1").after(Some(SourceKey::new("Orders", "17")));
    second.record = SourceKey::new("Lines", "1").after(Some(SourceKey::new("Orders", "18")));
    store.settle(&[order.clone(), refund.clone(), first.clone(), second]).unwrap();
    assert_eq!(store.settled_as(Outcome::Failed).unwrap().len(), 3);
    assert_eq!(store.ids_settled_as(Outcome::Failed, "Orders").unwrap(), ["17"]);
    assert_eq!(store.ids_settled_as(Outcome::Failed, "Lines").unwrap(), [""; 0], "they run with their orders");
    assert_eq!(store.last_transfers("Product", "17").unwrap().len(), 2);
    let mut entry = intention("17");
    entry.record = refund.record.clone();
    store.open_entries(&[entry]).unwrap();
    assert_eq!(store.open_entries_of(&order.record).unwrap(), []);
    assert_eq!(store.open_entries_of(&refund.record).unwrap().len(), 1);
    assert_eq!(store.forget(&[order.record.clone(), first.record]).unwrap(), 2);
    assert_eq!(store.settled(&refund.record).unwrap().unwrap().waits_for.len(), 1);
    // the collection is called otherwise now
    store.pass_on(&refund.record, "Returns").unwrap();
    let renamed = SourceKey::new("Returns", "17");
    assert_eq!(store.settled(&refund.record).unwrap(), None);
    assert_eq!(store.settled(&renamed).unwrap().unwrap().waits_for.len(), 1);
    assert_eq!(store.open_entries_of(&renamed).unwrap().len(), 1);
}
