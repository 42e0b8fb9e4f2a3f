//! One rule or entry changes, all else stays: comments, line endings, the mark at the start.
#![allow(clippy::unwrap_used, clippy::panic)] // a test ends where it goes wrong

use mapwright_editor::change::{remove_rule, set_entry, set_rule, unset_entry};

const FILE: &str = "\
# at the top
collection: A  # its name
record: Product
direction: from
sync: add-update
bigcommerce: catalog.product
lookups:
  Product Type:
    unmatched: error
    # what can be touched
    entries:
      Physical: physical  # a thing
      Virtual: digital
  Flow:
    unmatched: nothing
    entries: { a: b, c: d }
  Empty:
    unmatched: nothing
rules: |
  # the name
  name         <- name  # as it is
  price        <- default_price  # both
  description  <- if description is empty
    # nothing there
    then name
    else description
  weight       <- weight ?? 0  on create
  weight       <- weight       on update  # later
";

/// All comments of a text, in their order.
fn comments(text: &str) -> Vec<String> {
    let mut found: Vec<String> =
        text.lines().filter_map(|l| l.find('#').map(|i| l[i..].trim_end().to_owned())).collect();
    found.sort();
    found
}

/// The lines that only one of the texts has: `-` and `+`.
fn difference(old: &str, new: &str) -> String {
    let plain =
        |t: &str| -> Vec<String> { t.lines().map(|l| l.split_whitespace().collect::<Vec<_>>().join(" ")).collect() };
    let (old, new) = (plain(old), plain(new));
    let minus = old.iter().filter(|l| !new.contains(l)).map(|l| format!("-{l}\n"));
    let plus = new.iter().filter(|l| !old.contains(l)).map(|l| format!("+{l}\n"));
    minus.chain(plus).collect()
}

fn check(change: impl Fn(&str) -> Result<String, mapwright_editor::change::ChangeError>, expected: &str) {
    let new = change(FILE).unwrap();
    assert_eq!(difference(FILE, &new), expected);
    assert_eq!(comments(FILE), comments(&new), "comments\n{new}");
    assert_eq!(mapwright_language::syntax::format::format_file(&new).unwrap(), new, "laid out");
    let windows = change(&FILE.replace('\n', "\r\n")).unwrap();
    assert_eq!(windows, new.replace('\n', "\r\n"), "CRLF");
    let marked = change(&format!("\u{feff}{FILE}")).unwrap();
    assert_eq!(marked, format!("\u{feff}{new}"), "BOM");
}

#[test]
fn a_rule_is_replaced_where_it_stands() {
    check(
        |t| set_rule(t, "price <- default_price | round(2)"),
        "-price <- default_price # both\n+price <- default_price | round(2) # both\n",
    );
    check(
        |t| set_rule(t, "weight <- weight ?? 1 on create"),
        "-weight <- weight ?? 0 on create\n+weight <- weight ?? 1 on create\n",
    );
}

#[test]
fn a_rule_that_is_not_there_is_added_at_the_end() {
    check(|t| set_rule(t, "sku <- sku"), "+sku <- sku\n");
    let new = set_rule(FILE, "sku <- sku").unwrap();
    assert!(new.ends_with("on update  # later\n  sku          <- sku\n"), "{new}");
}

#[test]
fn comments_inside_a_replaced_rule_go_above_it() {
    let new = set_rule(FILE, "description <- description").unwrap();
    assert!(new.contains("  # nothing there\n  description  <- description\n"), "{new}");
    check(
        |t| set_rule(t, "description <- description"),
        "-description <- if description is empty\n-then name\n-else description\n+description <- description\n",
    );
}

#[test]
fn halves_go_as_in_layers() {
    check(
        |t| set_rule(t, "weight <- weight"),
        "-weight <- weight ?? 0 on create\n-weight <- weight on update # later\n+weight <- weight\n+# later\n",
    );
    check(
        |t| set_rule(t, "price <- 0 on create"),
        "-price <- default_price # both\n+price <- default_price on update # both\n+price <- 0 on create\n",
    );
}

#[test]
fn a_let_stands_before_the_rules() {
    let new = set_rule(FILE, "let net = default_price - 1").unwrap();
    assert!(new.contains("rules: |\n  let net = default_price - 1\n"), "{new}");
    let again = set_rule(&new, "let net = default_price - 2").unwrap();
    assert_eq!(difference(&new, &again), "-let net = default_price - 1\n+let net = default_price - 2\n");
    assert_eq!(difference(&new, &remove_rule(&new, "let net").unwrap()), "-let net = default_price - 1\n");
}

#[test]
fn a_removed_rule_leaves_its_comments() {
    check(|t| remove_rule(t, "price"), "-price <- default_price # both\n+# both\n");
    check(|t| remove_rule(t, "weight on create"), "-weight <- weight ?? 0 on create\n");
    check(
        |t| remove_rule(t, "weight"),
        "-weight <- weight ?? 0 on create\n-weight <- weight on update # later\n+# later\n",
    );
}

#[test]
fn entries_of_a_lookup() {
    check(
        |t| set_entry(t, "Product Type", "Physical", "digital"),
        "-Physical: physical # a thing\n+Physical: digital # a thing\n",
    );
    check(|t| set_entry(t, "Product Type", "yes: no", "a: b"), "+\"yes: no\": \"a: b\"\n");
    check(|t| set_entry(t, "Flow", "e", "f"), "-entries: { a: b, c: d }\n+entries: { a: b, c: d, e: f }\n");
    check(|t| set_entry(t, "Flow", "a", "x"), "-entries: { a: b, c: d }\n+entries: { a: x, c: d }\n");
    check(|t| set_entry(t, "Empty", "a", "x"), "+a: x\n");
    check(|t| unset_entry(t, "Product Type", "Physical"), "-Physical: physical # a thing\n+# a thing\n");
    check(|t| unset_entry(t, "Flow", "a"), "-entries: { a: b, c: d }\n+entries: { c: d }\n");
    check(|t| unset_entry(t, "Flow", "c"), "-entries: { a: b, c: d }\n+entries: { a: b }\n");
}

#[test]
fn all_entries_can_go_and_come_back() {
    let mut text = FILE.to_owned();
    for key in ["Physical", "Virtual"] {
        text = unset_entry(&text, "Product Type", key).unwrap();
    }
    let text = set_entry(&text, "Product Type", "New", "new").unwrap();
    assert!(text.contains("    entries:\n      New: new\n"), "{text}");
    let flow = unset_entry(&unset_entry(FILE, "Flow", "a").unwrap(), "Flow", "c").unwrap();
    let flow = set_entry(&flow, "Flow", "x", "y").unwrap();
    assert!(flow.contains("entries: { x: y }"), "{flow}");
}

#[test]
fn files_without_rules() {
    let bare = "collection: A\nrecord: Product";
    assert_eq!(set_rule(bare, "name <- name").unwrap(), "collection: A\nrecord: Product\nrules: |\n  name  <- name\n");
    for head in ["rules:", "rules: |", "rules: |  # all of them"] {
        let new = set_rule(&format!("collection: A\n{head}\nrecord: Product\n"), "name <- name").unwrap();
        assert!(new.contains("|") && new.contains("\n  name  <- name\nrecord: Product\n"), "{new}");
    }
}

#[test]
fn what_cannot_be_done_is_refused() {
    let refused = |result: Result<String, mapwright_editor::change::ChangeError>| {
        let error = result.unwrap_err();
        format!("{} / {}", error.message, error.help.unwrap_or_default())
    };
    let twice = format!("{FILE}  price <- msrp\n");
    assert!(refused(set_rule(&twice, "price <- 1")).contains("`price` is filled more than once, again in line 29"));
    assert!(refused(set_rule(FILE, "price <- ")).starts_with("the rule cannot be read (line 1, column"));
    assert!(refused(set_rule(FILE, "a <- b\nc <- d")).starts_with("there is more than one rule"));
    assert!(refused(set_rule(FILE, "  # nothing")).starts_with("there is no rule"));
    assert!(refused(set_rule("collection: A\nrules: |\n  a <- (\n", "b <- c")).contains("line 3"));
    assert!(refused(set_rule("collection: [", "b <- c")).starts_with("the file has mistakes"));
    assert!(refused(set_rule("", "b <- c")).starts_with("the file has mistakes"));
    assert!(refused(set_rule("collection: A\nrules: a <- b\n", "b <- c")).contains("no `|` block"));
    assert_eq!(refused(remove_rule(FILE, "prise")), "the file has no rule for `prise` / did you mean `price`?");
    assert!(refused(remove_rule(FILE, "a <- b")).contains("is no target"));
    assert_eq!(
        refused(set_entry(FILE, "Produkt Type", "a", "b")),
        "the file has no lookup `Produkt Type` / did you mean `Product Type`?"
    );
    assert!(refused(set_entry(FILE, "Flow", "a\nb", "c")).starts_with("an entry stands on one line"));
    assert_eq!(
        refused(unset_entry(FILE, "Product Type", "Physikal")),
        "the lookup `Product Type` has no entry `Physikal` / did you mean `Physical`?"
    );
}

/// The rules of a text, printed, in order.
fn rules(text: &str) -> Vec<String> {
    use mapwright_language::{diagnostic::Diagnostics, mapping_file, source::Files, syntax::print};
    let mut files = Files::default();
    let id = files.add("", text);
    let file = mapping_file::read(&files, id, &mut Diagnostics::default()).unwrap();
    file.rules.iter().flat_map(|r| &r.value.rules).map(print::rule).collect()
}

#[test]
fn every_rule_of_every_default_collection_goes_alone() {
    let mut count = 0;
    for original in mapwright_defaults::originals() {
        let before = rules(original.text);
        for rule in &before {
            count += 1;
            let same = set_rule(original.text, rule).unwrap();
            assert_eq!(rules(&same), before, "set {rule}");
            assert_eq!(comments(&same), comments(original.text), "set {rule}");
            let (target, rest) = rule.split_once(" <- ").unwrap();
            let on = ["  on create", "  on update"].into_iter().find(|on| rest.ends_with(on)).unwrap_or_default();
            let without = remove_rule(original.text, &format!("{target}{}", on.replace("  ", " "))).unwrap();
            let left: Vec<String> = before.iter().filter(|r| *r != rule).cloned().collect();
            assert_eq!(rules(&without), left, "remove {rule}");
            assert_eq!(comments(&without), comments(original.text), "remove {rule}");
        }
    }
    assert!(count > 50, "only {count}");
}
