//! The law: whatever comes and goes while a list is read, every record that was there all the while is read, once, or the reader
//! says that it may not have been. A reader that trusts page numbers breaks it.

use std::collections::BTreeSet;

use mapwright_language::schema::{Paging, RecordType};
use mapwright_transfer::connect::wire::{Request, Wire};
use proptest::prelude::*;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use super::server::{KINDS, Rows, Server, list_of, read_all, record};

/// Deletes and adds records between requests; which ones, the seed says.
fn restless(record: &RecordType, seed: u64, count: u64, newest_first: bool) -> (Server, BTreeSet<u64>) {
    let mut random = StdRng::seed_from_u64(seed);
    let most = random.random_range(1..=40);
    let mut ids: Vec<u64> = (1000..1000 + count).collect();
    if newest_first {
        ids.reverse();
    }
    // which records stay is known beforehand: the others may go at any time
    let stay: BTreeSet<u64> = ids.iter().copied().filter(|_| random.random_bool(0.5)).collect();
    let kept = stay.clone();
    let mut next = 1_000_000;
    let server = Server::new(record, ids).between(move |_, rows: &mut Rows| {
        for _ in 0..random.random_range(0..=most) {
            let at = random.random_range(0..rows.ids.len().max(1));
            if rows.ids.get(at).is_some_and(|id| !kept.contains(id)) {
                rows.ids.remove(at);
            }
        }
        for _ in 0..random.random_range(0..=most / 2) {
            next += 1;
            if newest_first { rows.ids.insert(0, next) } else { rows.ids.push(next) }
        }
    });
    (server, stay)
}

/// Whether the reader kept the law.
fn kept(record: &RecordType, seed: u64, count: u64, newest_first: bool) -> Result<(), String> {
    let (server, stay) = restless(record, seed, count, newest_first);
    let outcome = read_all(&server, record);
    let read: BTreeSet<u64> = outcome.read.iter().copied().collect();
    if read.len() != outcome.read.len() {
        return Err(String::from("a record was handed out twice"));
    }
    let lost: Vec<&u64> = stay.difference(&read).collect();
    if lost.is_empty() || outcome.says_so() {
        Ok(())
    } else {
        Err(format!("{} records without a word, {lost:?}", lost.len()))
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn faults_d9_every_record_that_was_there_all_the_while_is_read(seed: u64, count in 0u64..1500, newest_first: bool) {
        for kind in KINDS {
            let record = record(kind);
            // what is asked for by id comes in its order
            let newest_first = newest_first && list_of(&record).from_id.is_none();
            prop_assert_eq!(kept(&record, seed, count, newest_first), Ok(()), "{}", kind);
        }
    }

    #[test]
    fn a_quiet_list_is_read_whole_with_few_calls_and_nothing_is_said(count in 0u64..3000) {
        for kind in KINDS {
            let record = record(kind);
            let server = Server::new(&record, 1..=count);
            let outcome = read_all(&server, &record);
            prop_assert!(!outcome.says_so(), "{}: {:?}", kind, outcome);
            prop_assert_eq!(outcome.read, (1..=count).collect::<Vec<_>>(), "{}", kind);
            let full = count.div_ceil(u64::from(list_of(&record).limit)).max(1);
            let calls = server.requests().len() as u64;
            prop_assert!(calls <= full + full.div_ceil(10) + 1, "{}: {} calls for {} pages", kind, calls, full);
        }
    }
}

/// The control: the same servers, read by page numbers. If this lost nothing, the law above would prove nothing.
#[test]
fn page_numbers_alone_lose_records() {
    let record = record("customers.customer");
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let broken = (0..20).filter(|seed| {
        let (server, stay) = restless(&record, *seed, 900, false);
        let mut read = BTreeSet::new();
        runtime.block_on(async {
            for page in 1.. {
                let request = request(&format!("/customers?page={page}&limit=250"));
                let answer = server.send(&request).await.unwrap();
                let body: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
                let rows = body["data"].as_array().unwrap();
                read.extend(rows.iter().filter_map(|row| row["id"].as_u64()));
                if rows.len() < 250 {
                    break;
                }
            }
        });
        !stay.is_subset(&read)
    });
    assert!(broken.count() >= 10, "these servers are too quiet to try the law");
    assert_eq!(list_of(&record).paging, Paging::V3);
}

fn request(path: &str) -> Request {
    Request {
        api: mapwright_language::schema::Api::BigcommerceV3,
        method: mapwright_language::schema::Method::Get,
        path: path.to_owned(),
        template: path.to_owned(),
        body: None,
        repeat: mapwright_language::schema::Repeat::Safe,
        concurrency: None,
        scope: None,
    }
}
