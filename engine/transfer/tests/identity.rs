//! Records of one type and one number that several collections work on: an order and its deposit ticket, an order and a refund,
//! an order's own payments. None touches what belongs to another.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)] // a test ends where it goes wrong

mod support;

use std::sync::Arc;

use mapwright_transfer::identity::SourceKey;
use mapwright_transfer::state::Outcome;
use mapwright_transfer::work::{Engine, Plans, Report, Selection, run};
use support::House;
use support::world::World;

const ORDERS: &str = "collection: Orders
record: Transaction
direction: to
sync: add-update
bigcommerce: orders.order
external_id: \"{id}\"
find_by: transaction_number
errors:
  - when: staff_notes == \"bad\"
    message: the order is bad
rules: |
  transaction_number  <- \"{id}\"
  system_id           <- subscription.id
  type                <- \"Order\"
  status              <- \"Pending\"
  subtotal            <- subtotal_ex_tax
  total               <- total_ex_tax
";
const TICKETS: &str = "collection: Tickets
extends: Orders
external_id: \"{id}-D\"
after: []
rules: |
  transaction_number     <- \"{id}-D\"
  transaction_parent_id  <- id | link(\"Transaction\")
  type                   <- \"Ticket\"
";
const REFUNDS: &str = "collection: Refunds
record: Transaction
direction: to
sync: add
bigcommerce: orders.refund
external_id: \"{id}|{order_id}\"
find_by: transaction_number
before:
  - record: Transaction
    id: order_id
errors:
  - when: reason == \"bad\"
    message: the refund is bad
rules: |
  transaction_number     <- \"{order_id}-R{id}\"
  system_id              <- subscription.id
  transaction_parent_id  <- order_id | link(\"Transaction\")
  type                   <- \"Return\"
  status                 <- \"Complete\"
  subtotal               <- total_amount
  total                  <- total_amount
";
const PAYMENTS: [&str; 2] = [
    "collection: Card
record: Transaction Payment
direction: to
sync: add-update
bigcommerce: orders.order
external_id: \"card|{parent_external_id}\"
rules: |
  amount  <- total_ex_tax
  method  <- \"card\"
",
    "collection: Credit
record: Transaction Payment
direction: to
sync: add-update
bigcommerce: orders.order
external_id: \"credit|{parent_external_id}\"
rules: |
  amount  <- store_credit_amount ?? 0
  method  <- \"credit\"
",
];

fn order(id: u32, notes: &str) -> String {
    format!(
        r#"{{"id": {id}, "subtotal_ex_tax": "20.00", "total_ex_tax": "20.00", "store_credit_amount": "5.00", "staff_notes": "{notes}"}}"#
    )
}

fn refund(id: u32, order: u32, reason: &str) -> String {
    format!(r#"{{"data": {{"id": {id}, "order_id": {order}, "total_amount": 1, "reason": "{reason}"}}}}"#)
}

struct Stage {
    house: House,
    world: Arc<World>,
}

impl Stage {
    async fn of(own: &[&str]) -> Stage {
        let mut house = House::of(0).await;
        house.library = support::collections::library_with(own);
        let world = Arc::new(World::new(&house.engine().system_id));
        for id in [10, 17] {
            world.answers(&format!("/orders/{id}?include=fees"), &order(id, ""));
        }
        world.answers("/orders/payment_actions/refunds/17", &refund(17, 10, ""));
        Stage { house, world }
    }

    fn engine(&self) -> Engine {
        let engine = self.house.engine_over(|_| Arc::new(support::world::To(self.world.clone())));
        Engine { plans: Arc::new(Plans::of(&self.house.library)), ..engine }
    }

    async fn run(&self, collection: &str, selection: Selection) -> Report {
        let plan = self.house.library.collection(collection).unwrap().plan.clone().unwrap();
        let report = run(&self.engine(), &plan, selection).await;
        assert!(report.records.balance(), "{report:#?}");
        report
    }

    fn outcome(&self, record: &SourceKey) -> Option<Outcome> {
        self.house.store.settled(record).unwrap().map(|settled| settled.outcome)
    }

    /// The transaction of this number: its id, and that of its parent.
    fn transaction(&self, number: &str) -> (String, Option<String>) {
        let all = self.world.all("Transaction");
        let found: Vec<_> = all.iter().filter(|t| t["transaction_number"] == number).collect();
        assert_eq!(found.len(), 1, "{number}: {all:#?}");
        let parent = &found[0]["transaction_parent_id"];
        let parent = parent.as_str().map(str::to_owned).or_else(|| parent.as_u64().map(|id| id.to_string()));
        (found[0]["id"].as_str().unwrap().to_owned(), parent)
    }
}

fn ids(ids: &[&str]) -> Selection {
    Selection::Ids(ids.iter().map(|id| (*id).to_owned()).collect())
}

#[tokio::test]
async fn identity_an_order_and_its_deposit_ticket_are_two_transactions_with_a_link_each() {
    let orders = format!("{ORDERS}after:\n  - use: Tickets\n");
    let stage = Stage::of(&[&orders, TICKETS]).await;
    let report = stage.run("Orders", ids(&["17"])).await;
    assert_eq!((report.records.written, report.after[0].records.written), (1, 1), "{report:#?}");
    let (order, none) = stage.transaction("17");
    let (ticket, parent) = stage.transaction("17-D");
    assert_eq!((none, parent.as_ref()), (None, Some(&order)));
    let links = || stage.world.links("Transaction");
    assert_eq!(links(), [("17".to_owned(), order.clone()), ("17-D".to_owned(), ticket.clone())]);
    // each has its own outcome, and the ticket is retried through its order
    let key = SourceKey::new("Orders", "17");
    let after = SourceKey::new("Tickets", "17").after(Some(key.clone()));
    assert_eq!((stage.outcome(&key), stage.outcome(&after)), (Some(Outcome::Written), Some(Outcome::Written)));
    assert_eq!(*after.runs_with(), key);
    assert_eq!(stage.house.store.last_transfers("Transaction", "17").unwrap().len(), 2);
    let _ = stage.world.writes();

    let report = stage.run("Orders", ids(&["17"])).await;
    assert_eq!((report.records.unchanged, report.after[0].records.unchanged), (1, 1), "{report:#?}");
    assert_eq!((stage.world.writes(), links().len()), (vec![], 2));
    // also where the state is lost, and only iPaaS.com knows the links
    let fresh = Stage { house: House::of(0).await, world: stage.world.clone() };
    let fresh = Stage { house: House { library: stage.house.library.clone(), ..fresh.house }, ..fresh };
    let report = fresh.run("Orders", ids(&["17"])).await;
    assert_eq!((report.records.unchanged, report.after[0].records.unchanged), (1, 1), "{report:#?}");
    assert_eq!((fresh.world.writes(), links().len()), (vec![], 2));
}

#[tokio::test]
async fn identity_an_order_that_waits_and_a_ticket_that_fails_are_accounted_for_apart() {
    let orders = format!("{ORDERS}after:\n  - use: Tickets\n");
    let tickets =
        TICKETS.replace("after: []\n", "after: []\nerrors:\n  - when: id == \"17\"\n    message: no ticket today\n");
    let stage = Stage::of(&[&orders, &tickets]).await;
    let report = stage.run("Orders", ids(&["17"])).await;
    assert_eq!((report.records.written, report.after[0].records.refused), (1, 1), "{report:#?}");
    let key = SourceKey::new("Orders", "17");
    let after = SourceKey::new("Tickets", "17").after(Some(key.clone()));
    assert_eq!((stage.outcome(&key), stage.outcome(&after)), (Some(Outcome::Written), Some(Outcome::Refused)));
    assert_eq!(stage.world.links("Transaction").len(), 1);
    // a run over what failed does not take the order, whose number the ticket has
    let report = stage.run("Orders", Selection::Again { parked: true, failed: true }).await;
    assert_eq!(report.records.read, 0, "{report:#?}");
}

#[tokio::test]
async fn identity_an_order_and_a_refund_of_one_number_do_not_touch_each_other() {
    let stage = Stage::of(&[ORDERS, REFUNDS]).await;
    // refund 17 is of order 10, which goes first; then order 17 goes its own way
    let report = stage.run("Refunds", ids(&["17"])).await;
    assert_eq!((report.records.written, report.before[0].records.written), (1, 1), "{report:#?}");
    let report = stage.run("Orders", ids(&["17"])).await;
    assert_eq!((report.records.written, report.created), (1, 1), "{report:#?}");
    let [ten, seventeen, refund] = ["10", "17", "10-R17"].map(|number| stage.transaction(number));
    assert_eq!(refund.1.as_ref(), Some(&ten.0));
    let expected = [("10".to_owned(), ten.0), ("17".to_owned(), seventeen.0), ("17|10".to_owned(), refund.0)];
    assert_eq!(stage.world.links("Transaction"), expected);
    // a refund of the order of its own number goes after that order, not after itself
    stage.world.answers("/orders/payment_actions/refunds/10", &self::refund(10, 10, ""));
    let report = stage.run("Refunds", ids(&["10"])).await;
    assert_eq!((report.records.written, report.before.len()), (1, 0), "{report:#?}");
    assert_eq!(stage.transaction("10-R10").1, Some(stage.transaction("10").0));
}

#[tokio::test]
async fn identity_outcomes_and_retries_of_an_order_and_a_refund_of_one_number_are_apart() {
    let stage = Stage::of(&[ORDERS, REFUNDS]).await;
    let (order_key, refund_key) = (SourceKey::new("Orders", "17"), SourceKey::new("Refunds", "17"));
    stage.world.answers("/orders/17?include=fees", &order(17, "bad"));
    let report = stage.run("Orders", ids(&["17"])).await;
    assert_eq!(report.records.refused, 1, "{report:#?}");
    let report = stage.run("Refunds", ids(&["17"])).await;
    assert_eq!(report.records.written, 1, "{report:#?}");
    assert_eq!(
        (stage.outcome(&order_key), stage.outcome(&refund_key)),
        (Some(Outcome::Refused), Some(Outcome::Written)),
        "the refund does not cover the order's outcome"
    );
    // what is tried again is the order, by the order's collection only
    let again = || Selection::Again { parked: true, failed: true };
    assert_eq!(stage.run("Refunds", again()).await.records.read, 0);
    assert_eq!(stage.run("Orders", again()).await.records.read, 1);
    stage.house.store.forget(std::slice::from_ref(&refund_key)).unwrap();
    assert_eq!((stage.outcome(&order_key), stage.outcome(&refund_key)), (Some(Outcome::Refused), None));
}

#[tokio::test]
async fn identity_rows_that_are_made_of_the_record_itself_have_links_of_their_own() {
    let children = "children:\n  payments:\n    - use: Card\n    - use: Credit\n";
    let orders = ORDERS.replace("rules: |", &format!("{children}rules: |"));
    let stage = Stage::of(&[&orders, PAYMENTS[0], PAYMENTS[1]]).await;
    let report = stage.run("Orders", ids(&["17"])).await;
    assert_eq!(report.records.written, 1, "{report:#?}");
    let amounts = || {
        let payments = stage.world.all("Transaction")[0]["payments"].clone();
        let of = |p: &serde_json::Value| (p["method"].as_str().unwrap().to_owned(), p["amount"].to_string());
        payments.as_array().unwrap().iter().map(of).collect::<Vec<_>>()
    };
    let [card, credit] = ["card", "credit"].map(str::to_owned);
    assert_eq!(amounts(), [(card.clone(), "20".to_owned()), (credit.clone(), "5".to_owned())]);
    let links: Vec<String> =
        stage.world.links("Transaction Payment").into_iter().map(|(external, _)| external).collect();
    assert_eq!(links, ["card|17", "credit|17"]);
    let _ = stage.world.writes();
    // each row is found again as itself, also when both change
    let changed = order(17, "")
        .replace("\"total_ex_tax\": \"20.00\"", "\"total_ex_tax\": \"5.00\"")
        .replace("\"5.00\", \"staff", "\"20.00\", \"staff");
    stage.world.answers("/orders/17?include=fees", &changed);
    let report = stage.run("Orders", ids(&["17"])).await;
    assert_eq!((report.records.written, report.created), (1, 0), "{report:#?}");
    assert_eq!(amounts(), [(card, "5".to_owned()), (credit, "20".to_owned())]);
    assert_eq!(stage.world.links("Transaction Payment").len(), 2);
}
