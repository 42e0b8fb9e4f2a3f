//! Orders of the store, which the sandbox does not play: fields with calls of their own, and groups as child rows.

use mapwright_language::json::Json;
use mapwright_language::mapping_file::Direction::To;
use mapwright_transfer::work::{Engine, Report, Selection};

use super::script::{ECHO, Script};
use super::{house, text};

fn collection(rules: &str) -> String {
    let rules: String = rules.lines().map(|line| format!("  {}\n", line.trim())).collect();
    format!(
        "collection: Orders
record: Transaction
direction: to
sync: add-update
bigcommerce: orders.order
find_by: transaction_number
rules: |
  transaction_number  <- \"{{id}}\"
  system_id           <- subscription.id
  type                <- \"Order\"
  status              <- \"Pending\"
  subtotal            <- subtotal_ex_tax ?? 0
  total               <- total_ex_tax ?? 0
{rules}"
    )
}

const ORDER: &str = r#"{"id": 100, "subtotal_ex_tax": "20.00", "total_ex_tax": "20.00",
  "products": {"url": "https://x/orders/100/products", "resource": "/orders/100/products"}}"#;

fn rows(from: u32, count: u32) -> String {
    let rows: Vec<String> = (from..from + count)
        .map(|id| {
            format!(r#"{{"id": {id}, "order_id": 100, "quantity": 1, "sku": "S{id}", "gift_certificate_id": null}}"#)
        })
        .collect();
    format!("[{}]", rows.join(","))
}

fn page(path: &str, number: u32, body: String) -> (&'static str, String, String) {
    let and = if path.contains('?') { '&' } else { '?' };
    ("GET", format!("{path}{and}page={number}&limit=250"), body)
}

/// A dry run over order 100: the report, what was read beside the order, and the bodies that would go.
async fn moved(own: &[&str], mut answers: Vec<(&'static str, String, String)>) -> (Report, Vec<String>, Vec<Json>) {
    let house = house(2, own).await;
    answers.push(("GET", String::from("/orders/100?include=fees"), ORDER.to_owned()));
    let (engine, asked) = Script::alone(&house, answers);
    let dry = Engine { dry_run: true, ..engine };
    let report = house.run(&dry, "Transaction", To, Selection::Ids(vec![String::from("100")])).await;
    let asked = asked.lock().unwrap().clone();
    let beside = |a: &&String| a.contains("gift") || a.starts_with("GET /orders/10") && !a.contains("/100?");
    let bodies = dry.requests.lock().unwrap().iter().filter_map(|r| r.body.clone()).collect();
    (report, asked.iter().filter(beside).cloned().collect(), bodies)
}

#[tokio::test]
async fn nothing_is_read_that_no_rule_asks_for() {
    let (report, asked, _) = moved(&[&collection("email_address <- staff_notes")], vec![]).await;
    assert_eq!((report.records.written, asked), (1, vec![]), "{report:#?}");
}

#[tokio::test]
async fn a_field_that_a_rule_asks_for_is_read_page_by_page() {
    let answers = vec![
        page("/orders/100/products", 1, rows(1, 250)),
        (
            "GET",
            // the page begins with the last row of the one before
            String::from("/orders/100/products?page=2&limit=249"),
            rows(250, 4),
        ),
    ];
    let rules = "total_qty <- products[*].quantity | sum\nemail_address <- products[last].sku";
    let (report, asked, bodies) = moved(&[&collection(rules)], answers).await;
    assert_eq!(report.records.written, 1, "{report:#?}");
    assert_eq!(asked, ["GET /orders/100/products?page=1&limit=250", "GET /orders/100/products?page=2&limit=249"]);
    assert_eq!((text(&bodies[0], "total_qty"), text(&bodies[0], "email_address")), ("253", "S253"));
}

#[tokio::test]
async fn several_fields_and_fields_of_their_rows_are_read_and_no_others() {
    let lines = r#"[{"id": 1, "quantity": 1, "sku": "A", "gift_certificate_id": 77}, {"id": 2, "quantity": 1, "sku": "B", "gift_certificate_id": 77},
      {"id": 3, "quantity": 1, "sku": "C", "gift_certificate_id": null}]"#;
    let answers = vec![
        page("/orders/100/products", 1, lines.to_owned()),
        // V2 answers 204 where there is none
        page("/orders/100/coupons", 1, String::new()),
        ("GET", String::from("/gift_certificates/77"), r#"{"id": 77, "code": "GIFT"}"#.to_owned()),
    ];
    let rules = "email_address <- products[*].gift_certificate.code | join(\",\")\ntotal_qty <- coupons | count";
    let (report, asked, bodies) = moved(&[&collection(rules)], answers).await;
    assert_eq!(report.records.written, 1, "{report:#?}");
    let mut asked = asked;
    asked.sort();
    assert_eq!(
        asked,
        [
            "GET /gift_certificates/77",
            "GET /orders/100/coupons?page=1&limit=250",
            "GET /orders/100/products?page=1&limit=250",
        ]
    );
    assert_eq!(text(&bodies[0], "email_address"), "GIFT,GIFT");
}

#[tokio::test]
async fn a_field_that_cannot_be_read_is_named() {
    let broken = vec![page("/orders/100/products", 1, String::from("{"))];
    let (report, ..) = moved(&[&collection("email_address <- products[first].sku")], broken).await;
    assert_eq!(report.records.failed, 1, "{report:#?}");
    let reason = &report.reasons[0].reason;
    let why = "`products` could not be read: the answer to /orders/100/products is not readable: ";
    assert!(reason.starts_with(why), "{reason}");
    // a list that does not end
    let same = [(1, 250), (2, 249), (3, 248), (4, 247)];
    let path = |(number, limit)| format!("/orders/100/products?page={number}&limit={limit}");
    let same = same.map(|(number, limit)| ("GET", path((number, limit)), rows(1, limit))).to_vec();
    let (report, ..) = moved(&[&collection("email_address <- products[first].sku")], same).await;
    let why = "`products` could not be read: 3 pages of /orders/100/products in a row held only records that were read before: the list does not end";
    assert_eq!(report.reasons[0].reason, why);
}

#[tokio::test]
async fn an_order_of_a_refund_of_an_order_comes_to_an_end() {
    let refunds =
        r#"{"data": [{"id": 5, "order_id": 10, "total_amount": 1}, {"id": 6, "order_id": 10, "total_amount": 1}]}"#;
    let answers = vec![
        ("GET", String::from("/orders/100/payment_actions/refunds"), refunds.to_owned()),
        ("GET", String::from("/orders/10?include=fees"), r#"{"id": 10, "staff_notes": "first"}"#.to_owned()),
    ];
    let rules = "email_address <- refunds[first].order.staff_notes";
    let (report, asked, bodies) = moved(&[&collection(rules)], answers).await;
    assert_eq!(report.records.written, 1, "{report:#?}");
    assert_eq!(asked, ["GET /orders/100/payment_actions/refunds", "GET /orders/10?include=fees"], "each once");
    assert_eq!(text(&bodies[0], "email_address"), "first");
}

#[tokio::test]
async fn another_order_that_a_rule_reads_is_read_with_the_fields_that_it_asks_for() {
    let refunds = r#"{"data": [{"id": 5, "order_id": 10, "total_amount": 1}]}"#;
    let answers = vec![
        ("GET", String::from("/orders/100/payment_actions/refunds"), refunds.to_owned()),
        ("GET", String::from("/orders/10?include=fees"), r#"{"id": 10, "staff_notes": "first"}"#.to_owned()),
        page("/orders/10/products", 1, rows(1, 2)),
    ];
    // the same order by a field and by `record`, which reads more of it
    let rules = "email_address <- refunds[first].order.staff_notes
        total_qty <- record(refunds[first].order_id, \"orders.order\").products | count";
    let (report, asked, bodies) = moved(&[&collection(rules)], answers).await;
    assert_eq!(report.records.written, 1, "{report:#?}");
    assert_eq!(
        asked,
        [
            "GET /orders/100/payment_actions/refunds",
            "GET /orders/10?include=fees",
            "GET /orders/10/products?page=1&limit=250"
        ]
    );
    assert_eq!((text(&bodies[0], "email_address"), text(&bodies[0], "total_qty")), ("first", "2"));
}

const TAXES: &str = "collection: Order Taxes
record: Transaction Tax
direction: to
sync: add-update
bigcommerce: orders.tax
external_id: \"{key}|{parent_external_id}\"
rules: |
  authority  <- key
  amount     <- items[*].line_amount | sum
  tax_percent  <- items[first].rate ?? 7  on create
";

#[tokio::test]
async fn groups_are_child_rows_with_external_ids_of_their_keys() {
    let orders = collection("").replace(
        "rules: |",
        "children:\n  taxes:\n    - use: Order Taxes\n      each: taxes[group t by t.name]\nrules: |",
    );
    let house = house(2, &[&orders, TAXES]).await;
    let taxes = r#"[{"id": 1, "name": "VAT", "line_amount": "1.50"}, {"id": 2, "name": "City", "line_amount": "0.25"}, {"id": 3, "name": "VAT", "line_amount": "2.00"}]"#;
    let made = r#"{"id": "900", "transaction_number": "100", "external_ids": [], "taxes": [
      {"id": "901", "authority": "VAT", "amount": 3.5, "external_ids": []}, {"id": "902", "authority": "City", "amount": 0.25, "external_ids": []}]}"#;
    let there = made
        .replacen(r#""external_ids": []"#, r#""external_ids": [{"system_id": SYSTEM, "external_id": "100"}]"#, 1)
        .replacen(
            r#""amount": 3.5, "external_ids": []"#,
            r#""amount": 3.5, "external_ids": [{"system_id": SYSTEM, "external_id": "VAT|100"}]"#,
            1,
        )
        .replacen(
            r#""amount": 0.25, "external_ids": []"#,
            r#""amount": 0.2, "external_ids": [{"system_id": SYSTEM, "external_id": "City|100"}]"#,
            1,
        )
        .replace("SYSTEM", &house.engine().system_id);
    let answers = |body: &str| {
        vec![
            ("GET", String::from("/orders/100?include=fees"), ORDER.to_owned()),
            page("/orders/100/taxes?details=true", 1, taxes.to_owned()),
            ("GET", String::from("/Transactions?TransactionNumber=100&action=equals"), String::from("[]")),
            ("POST", String::from("/Transaction"), made.to_owned()),
            ("POST", String::from("/External/UpdateExternalId"), String::from(ECHO)),
            ("GET", String::from("/Transaction/900"), body.to_owned()),
            ("PUT", String::from("/Transaction/900"), body.to_owned()),
        ]
    };
    let only = || Selection::Ids(vec![String::from("100")]);
    let (engine, asked) = Script::alone(&house, answers(&there));
    let report = house.run(&engine, "Transaction", To, only()).await;
    assert_eq!((report.records.written, report.children["Order Taxes"].written), (1, 2), "{report:#?}");
    assert_eq!(asked.lock().unwrap().iter().filter(|a| a.contains("UpdateExternalId")).count(), 3, "{asked:#?}");
    // the state has the links, by which the rows are found again: only what differs goes
    let kept = |id: &str| house.store.link_of_ipaas("Transaction Tax", id).unwrap().map(|l| l.external_id);
    assert_eq!((kept("901"), kept("902")), (Some("VAT|100".into()), Some("City|100".into())));
    let dry = Engine { dry_run: true, ..Script::alone(&house, answers(&there)).0 };
    let report = house.run(&dry, "Transaction", To, only()).await;
    let taxes = &report.children["Order Taxes"];
    assert_eq!((taxes.written, taxes.unchanged), (1, 1), "{report:#?} {:#?}", dry.requests.lock().unwrap());
    let body = dry.requests.lock().unwrap()[0].body.clone().unwrap();
    let sent: Vec<(&str, &str)> =
        body.get("taxes").unwrap().items().iter().map(|t| (text(t, "id"), text(t, "amount"))).collect();
    assert_eq!(sent, [("902", "0.25")]);
    // it is there: rules for new ones do not run
    assert_eq!(body.get("taxes").unwrap().items()[0].get("tax_percent"), None);
}
