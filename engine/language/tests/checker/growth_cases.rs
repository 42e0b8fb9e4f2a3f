//! Mapping files that are long in one way each. The test and the bench measure how the time to check them grows.

/// A case: its name, a size that takes some milliseconds, and the files of a size.
pub type Case = (&'static str, usize, fn(usize) -> Vec<String>);

pub const CASES: &[Case] = &[
    ("filters", 200, |n| {
        vec![product(&list("filter", n, |i| format!("that: sku != \"{i}\"\n    because: no")), "name <- name")]
    }),
    ("filters on paths", 200, |n| {
        vec![product(
            &list("filter", n, |i| format!("that: custom[\"f{i}\"] is not empty\n    because: no")),
            "name <- name",
        )]
    }),
    ("errors", 200, |n| {
        vec![product(&list("errors", n, |i| format!("when: sku == \"{i}\"\n    message: no")), "name <- name")]
    }),
    ("errors and branches", 100, |n| {
        let errors = list("errors", n, |i| format!("when: sku == \"{i}\"\n    message: no"));
        let rules = lines(n, |i| format!("custom[\"f{i}\"] <- if sku != \"x{i}\" then name else sku"));
        vec![product(&errors, &rules)]
    }),
    ("checks", 200, |n| {
        vec![product(&list("checks", n, |i| format!("that: name != \"{i}\"\n    message: no")), "name <- name")]
    }),
    ("rules for one target", 200, |n| vec![product("", &lines(n, |_| String::from("name <- name")))]),
    ("rules", 200, |n| vec![product("", &lines(n, |i| format!("custom[\"f{i}\"] <- sku | trim")))]),
    ("rules with a mistake", 200, |n| vec![product("", &lines(n, |i| format!("custom[\"f{i}\"] <- skuu")))]),
    ("a chain of lets", 200, |n| {
        let lets =
            lines(n, |i| if i == 0 { String::from("let a0 = sku") } else { format!("let a{i} = a{} | trim", i - 1) });
        vec![product("", &format!("{lets}\nname <- a{}", n - 1))]
    }),
    ("a chain of constants", 200, |n| {
        let lets =
            lines(n, |i| if i % 50 == 0 { format!("let a{i} = {i}") } else { format!("let a{i} = a{} + 1", i - 1) });
        vec![product("", &format!("{lets}\nweight <- a{}", n - 1))]
    }),
    ("lets that are used", 200, |n| {
        let lets = lines(n, |i| format!("let a{i} = custom[\"f{i}\"]"));
        let rules = lines(n, |i| format!("custom[\"f{i}\"] <- if a{i} is not empty then a{i} else sku"));
        vec![product("", &format!("{lets}\n{rules}"))]
    }),
    ("lets that nothing uses", 200, |n| {
        vec![product("", &format!("{}\nname <- name", lines(n, |i| format!("let a{i} = sku"))))]
    }),
    ("a lookup without case", 400, |n| {
        vec![product(&lookup(n, "    ignore_case: true\n"), "search_keywords <- sku | lookup(\"L\")")]
    }),
    ("a lookup", 400, |n| vec![product(&lookup(n, ""), "search_keywords <- sku | lookup(\"L\")")]),
    ("lookups", 100, |n| {
        let tables: String =
            (0..n).map(|i| format!("  L{i}:\n    unmatched: nothing\n    entries: {{ a: b{i} }}\n")).collect();
        let rules = lines(n, |i| format!("custom[\"f{i}\"] <- sku | lookup(\"L{i}\")"));
        vec![product(&format!("lookups:\n{tables}"), &rules)]
    }),
    ("settings", 100, |n| {
        let settings: String = (0..n).map(|i| format!("  s{i}: {{ type: text, required: true }}\n")).collect();
        vec![product(&format!("settings:\n{settings}"), &lines(n, |i| format!("custom[\"f{i}\"] <- settings.s{i}")))]
    }),
    ("a chain of `after`", 40, |n| (0..n).map(|i| after(i, n)).collect()),
];

fn lines(n: usize, line: impl Fn(usize) -> String) -> String {
    (0..n).map(line).collect::<Vec<_>>().join("\n")
}

fn list(key: &str, n: usize, entry: impl Fn(usize) -> String) -> String {
    let entries: String = (0..n).map(|i| format!("  - {}\n", entry(i))).collect();
    format!("{key}:\n{entries}")
}

fn lookup(n: usize, more: &str) -> String {
    let entries: String = (0..n).map(|i| format!("      k{i}: v{i}\n")).collect();
    format!("lookups:\n  L:\n    unmatched: nothing\n{more}    entries:\n{entries}")
}

fn after(at: usize, n: usize) -> String {
    let after = if at + 1 < n { format!("after:\n  - use: C{}\n", at + 1) } else { String::new() };
    format!(
        "collection: C{at}\nrecord: Product\ndirection: from\nsync: update\nbigcommerce: catalog.product\n{after}rules: |\n  name <- name\n"
    )
}

/// The text of a collection that updates products of the store.
fn product(keys: &str, rules: &str) -> String {
    let rules: String = rules.lines().map(|line| format!("  {line}\n")).collect();
    format!(
        "collection: R\nrecord: Product\ndirection: from\nsync: update\nbigcommerce: catalog.product\n{keys}rules: |\n{rules}"
    )
}
