//! Servers that announce one thing and hand out another.

use mapwright_transfer::connect::list::ListError;

use super::server::{KINDS, Server, list_of, read_all, record};

#[test]
fn faults_d9_records_deleted_from_page_1_while_page_2_is_read() {
    for kind in KINDS {
        let record = record(kind);
        let server = Server::new(&record, 1..=600).between(|at, rows| {
            if at == 1 {
                rows.ids.retain(|id| ![3, 4, 5].contains(id));
            }
        });
        let outcome = read_all(&server, &record);
        assert_eq!((outcome.read.len(), outcome.says_so()), (600, false), "{kind}: {:?}", server.requests());
    }
}

#[test]
fn faults_d9_an_empty_page_where_more_was_announced_is_asked_for_again_and_then_said() {
    for kind in ["customers.customer", "Customer", "catalog.product"] {
        let record = record(kind);
        let size = u64::from(list_of(&record).limit);
        let once = Server::new(&record, 1..=size + 50).tamper(|at, _, page, _| {
            if at == 1 {
                page.clear()
            }
        });
        let outcome = read_all(&once, &record);
        assert_eq!((outcome.read.len() as u64, outcome.says_so()), (size + 50, false), "{kind}: {:?}", once.requests());

        let always = Server::new(&record, 1..=size + 50).tamper(|at, _, page, _| {
            if at >= 1 {
                page.clear()
            }
        });
        let outcome = read_all(&always, &record);
        assert!(outcome.says_so(), "{kind}: {outcome:?}");
        assert!(always.requests().len() < 20, "{kind}: {:?}", always.requests());
    }
    let record = record("customers.customer");
    let server = Server::new(&record, 1..=300).tamper(|_, path, page, _| {
        if !path.contains("page=1&") {
            page.clear();
        }
    });
    assert_eq!(
        read_all(&server, &record).said.unwrap().to_string(),
        "the list says that it has 300 records, but only 250 could be read"
    );
}

#[test]
fn faults_d9_a_page_count_of_0_or_1_beside_a_full_page_ends_no_list() {
    for kind in KINDS {
        let record = record(kind);
        for (pages, records) in [(0, None), (1, None), (0, Some(0)), (1, Some(1))] {
            let server = Server::new(&record, 1..=700).tamper(move |_, _, _, announced| {
                *announced = (records.unwrap_or(announced.0), pages);
            });
            let outcome = read_all(&server, &record);
            assert_eq!(outcome.read.len(), 700, "{kind}, {pages} pages, {records:?} records");
        }
    }
}

#[test]
fn faults_d9_pages_that_repeat_with_any_period_end() {
    for kind in KINDS {
        let record = record(kind);
        let size = u64::from(list_of(&record).limit);
        for period in 1..=4 {
            let server = Server::new(&record, 1..=size * 40).tamper(move |at, _, page, _| {
                let first = (at as u64 % period) * size + 1;
                *page = (first..first + size).collect();
            });
            let outcome = read_all(&server, &record);
            assert!(outcome.says_so(), "{kind}, period {period}: {outcome:?}");
            let calls = server.requests().len();
            assert!(calls <= 4 * period as usize + 12, "{kind}, period {period}: {calls} calls");
        }
    }
    let record = record("customers.group");
    let server = Server::new(&record, 1..=1000).tamper(|_, _, page, _| *page = (1..=250).collect());
    let Some(ListError::Endless(why)) = read_all(&server, &record).error else { panic!("it ended") };
    assert_eq!(
        why,
        "3 pages of /customer_groups in a row held only records that were read before: the list does not end"
    );
}

#[test]
fn faults_d9_a_server_that_knows_no_sizes_and_no_ids_is_read_by_its_pages() {
    for kind in KINDS {
        let record = record(kind);
        let size = u64::from(list_of(&record).limit);
        let server = Server::new(&record, 1..=size * 3).tamper(move |_, path, page, _| {
            let number = path.split(['?', '&']).find_map(|p| p.strip_prefix("page=").or(p.strip_prefix("pageNumber=")));
            let number: u64 = number.unwrap().parse().unwrap();
            *page = ((number - 1) * size + 1..=number * size).filter(|id| *id <= size * 3).collect();
        });
        assert_eq!(read_all(&server, &record).read.len() as u64, size * 3, "{kind}: {:?}", server.requests());
    }
}

#[test]
fn small_pages_are_read_to_the_end() {
    let record = record("customers.customer");
    let server = Server::new(&record, 1..=120).tamper(|_, path, page, announced| {
        let number = path.split(['?', '&']).find_map(|p| p.strip_prefix("page=")).unwrap();
        let number: u64 = number.parse().unwrap();
        *page = (1..=120).skip(((number - 1) * 50) as usize).take(50).collect();
        *announced = (120, 3);
    });
    let outcome = read_all(&server, &record);
    assert_eq!(outcome.read.len(), 120, "{:?}", server.requests());
}
