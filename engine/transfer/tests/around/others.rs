use mapwright_language::json::Json;
use mapwright_language::mapping_file::Direction::{From, To};
use mapwright_language::schema::Method;
use mapwright_transfer::work::{Engine, Selection};

use super::script::Script;
use super::{house, noted, products, text};

#[tokio::test]
async fn another_record_of_the_source_is_read_once_for_all_that_ask() {
    let layer = "collection: BC Products
extends: BC Products
rules: |
  mpn  <- record(categories[first].category_id, \"Product Category\").name
";
    let house = house(20, &[layer]).await;
    let (engine, sent) = noted(&house);
    let dry = Engine { dry_run: true, ..engine };
    let report = house.run(&dry, "Product", From, Selection::All).await;
    assert_eq!((report.records.failed, &report.interrupted), (0, &None), "{report:#?}");
    let first =
        |p: &Json| p.get("categories").and_then(|c| c.items().first()).map(|c| text(c, "category_id").to_owned());
    let mut wanted: Vec<String> = products(&house).await.iter().filter_map(first).collect();
    let asked = wanted.len();
    wanted.sort();
    wanted.dedup();
    assert!(asked > wanted.len(), "several products share a category");
    let mut read: Vec<String> = sent
        .requests()
        .iter()
        .filter(|r| r.method == Method::Get)
        .filter_map(|r| r.path.strip_prefix("/Catalog/Category/").map(str::to_owned))
        .collect();
    read.sort();
    assert_eq!(read, wanted, "each once");
    let said =
        dry.requests.lock().unwrap().iter().filter(|r| r.body.as_ref().is_some_and(|b| b.get("mpn").is_some())).count();
    assert!(said > 0);
}

#[tokio::test]
async fn a_record_that_is_not_there_is_a_failure_that_names_it() {
    let layer = "collection: BC Products
extends: BC Products
rules: |
  mpn  <- record(categories[first].category_id, \"Product Category\").name
";
    let house = house(4, &[layer]).await;
    let product = r#"{"id": "7", "sku": "TEE", "name": "Tee", "type": "Physical", "status": "Active", "external_ids": [],
      "categories": [{"id": "1", "category_id": 5, "category_name": "Shirts"}]}"#;
    let (engine, _) = Script::alone(&house, vec![("GET", String::from("/Catalog/Product/7"), product.to_owned())]);
    let report = house.run(&engine, "Product", From, Selection::Ids(vec![String::from("7")])).await;
    assert_eq!(
        report.reasons[0].reason,
        "`mpn`: there is no Product Category `5` (from `categories[*].category_id`, `record(Product Category).name`)",
        "{report:#?}"
    );
}

const ORDERS: &str = "collection: Orders
record: Transaction
direction: to
sync: add-update
bigcommerce: orders.order
find_by: transaction_number
rules: |
  transaction_number  <- \"{id}\"
  system_id           <- subscription.id
  type                <- \"Order\"
  status              <- \"Pending\"
  subtotal            <- subtotal_ex_tax ?? 0
  total               <- total_ex_tax ?? 0
  customer_id         <- staff_notes | find(\"Customer\", \"email_address\")
";

#[tokio::test]
async fn a_record_of_the_target_is_found_by_a_field_once_for_all_that_ask() {
    let house = house(4, &[ORDERS]).await;
    let order = |id: u32, mail: &str| {
        let body =
            format!(r#"{{"id": {id}, "staff_notes": "{mail}", "subtotal_ex_tax": "1.00", "total_ex_tax": "1.00"}}"#);
        ("GET", format!("/orders/{id}?include=fees"), body)
    };
    let customers = |mail: &str, ids: &[u32]| {
        let rows: Vec<String> =
            ids.iter().map(|id| format!(r#"{{"id": "{id}", "email_address": "{mail}@x.com"}}"#)).collect();
        ("GET", format!("/Customers?EmailAddress={mail}%40x.com&action=equals"), format!("[{}]", rows.join(",")))
    };
    let answers = vec![
        order(1, "ana@x.com"),
        order(2, "ana@x.com"),
        order(3, "twice@x.com"),
        order(4, "none@x.com"),
        customers("ana", &[8]),
        customers("twice", &[8, 9]),
        customers("none", &[]),
    ];
    let (engine, asked) = Script::alone(&house, answers);
    let dry = Engine { dry_run: true, ..engine };
    let ids = (1..=4).map(|id| id.to_string()).collect();
    let report = house.run(&dry, "Transaction", To, Selection::Ids(ids)).await;
    assert_eq!((report.records.written, report.records.failed), (2, 2), "{report:#?}");
    let mut reasons: Vec<&str> = report.reasons.iter().map(|g| &*g.reason).collect();
    reasons.sort_unstable();
    assert_eq!(
        reasons,
        [
            "`customer_id`: 2 records of Customer have a text of 11 characters (hidden) as their `email_address` (from `staff_notes`)",
            "`customer_id`: no Customer has a text of 10 characters (hidden) as its `email_address` (from `staff_notes`)",
        ]
    );
    let asked = asked.lock().unwrap();
    assert_eq!(asked.iter().filter(|a| a.contains("EmailAddress=ana")).count(), 1, "{asked:#?}");
    let customers: Vec<String> =
        dry.requests.lock().unwrap().iter().map(|r| text(r.body.as_ref().unwrap(), "customer_id").to_owned()).collect();
    assert_eq!(customers, ["8", "8"]);
}
