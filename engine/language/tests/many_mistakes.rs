//! Mistakes of every stage in one file are all reported in one run, each at its place.

use std::sync::Arc;

use mapwright_language::check::compile;
use mapwright_language::diagnostic::Diagnostics;
use mapwright_language::mapping_file;
use mapwright_language::schema::Catalog;
use mapwright_language::source::Files;

#[test]
fn several_mistakes_in_one_file_are_all_reported_in_one_run() {
    let (mut files, mut diagnostics) = (Files::default(), Diagnostics::default());
    let text = "collection: A
record: Product
direction: from
sync: add-update
bigcommerce: catalog.product
find_by: sku
filtre: status == \"Active\"
errors:
  - when: sku is empty && name is empty
    message: no SKU
rules: |
  name  <- nam
  sku   <- sku | trimm
  type  <- \"physical
price <- default_price
  depth <- depth / 0
  widht <- width
";
    let file = files.add("many.yaml", text);
    let read = mapping_file::read(&files, file, &mut diagnostics).unwrap();
    compile(&[Arc::new(read)], &[], Catalog::builtin(), &mut diagnostics);
    diagnostics.sort();
    let found: Vec<_> = diagnostics.iter().map(|d| (files.line_column(d.span), d.code)).collect();
    for expected in [
        ((7, 1), "E0120"),
        ((9, 24), "E0214"),
        ((12, 12), "E0301"),
        ((13, 18), "E0308"),
        ((14, 12), "E0202"),
        ((15, 1), "E0105"),
        ((16, 20), "E0409"),
        ((17, 3), "E0501"),
    ] {
        assert!(found.contains(&expected), "{expected:?} is not in {found:?}");
    }
}

#[test]
fn a_block_with_nothing_in_it_is_no_mistake_of_its_own() {
    for text in [
        "collection: A\nrules: |",
        "collection: A\nrules: |\n",
        "collection: A\nrules: |\n\n",
        "rules: |\ncollection: A\n",
    ] {
        let (mut files, mut diagnostics) = (Files::default(), Diagnostics::default());
        let file = files.add("empty.yaml", text);
        let read = mapping_file::read(&files, file, &mut diagnostics).unwrap();
        assert!(diagnostics.is_empty(), "{text:?}: {diagnostics:?}");
        assert!(read.rules.unwrap().value.rules.is_empty(), "{text:?}");
    }
}
