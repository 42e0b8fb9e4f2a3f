//! Printing and layout: what is printed reads back to the same tree, what is laid out says the same and keeps its comments.
#![allow(clippy::unwrap_used, clippy::panic)] // a test ends where it goes wrong

mod trees;

use std::sync::Arc;

use mapwright_language::combine::{combine, flatten};
use mapwright_language::diagnostic::{Diagnostics, render};
use mapwright_language::mapping_file::{self, MappingFile};
use mapwright_language::source::{FileId, Files};
use mapwright_language::syntax::format::format_file;
use mapwright_language::syntax::tree::{Expr, Rule, Rules};
use mapwright_language::syntax::{foreign, print};
use proptest::prelude::*;
use trees::rules;

/// A tree as text without its places.
fn shape(tree: &impl std::fmt::Debug) -> String {
    let text = format!("{tree:?}");
    let mut parts = text.split("Span {");
    let mut out = String::from(parts.next().unwrap_or_default());
    for part in parts {
        out.push_str(part.split_once('}').map_or("", |(_, rest)| rest));
    }
    out
}

fn read(text: &str) -> Result<MappingFile, String> {
    let mut files = Files::default();
    let file = files.add("case.yaml", text);
    let mut diagnostics = Diagnostics::default();
    let read = mapping_file::read(&files, file, &mut diagnostics);
    if diagnostics.has_errors() {
        return Err(format!("{text}\n{}", render::plain(&files, &diagnostics)));
    }
    read.ok_or_else(|| text.to_owned())
}

fn with_rules(rules: &str) -> String {
    let block: String =
        rules.lines().map(|l| if l.is_empty() { String::from("\n") } else { format!("  {l}\n") }).collect();
    format!("collection: Case\nrules: |\n{block}")
}

fn rules_of(text: &str) -> Result<Rules, String> {
    Ok(read(text)?.rules.ok_or("no rules")?.value)
}

fn formatted(rules: &str) -> String {
    let text = format_file(&with_rules(rules)).unwrap();
    let block = text.split_once("rules: |\n").unwrap().1;
    block.lines().map(|l| format!("{}\n", l.strip_prefix("  ").unwrap_or(l))).collect()
}

/// Bends the layout of printed rules: other blanks, line breaks, comments, wherever the language lets them stand.
fn bent(printed: &str, choices: &[u8]) -> (String, Vec<String>) {
    let mut out = String::new();
    let mut comments = Vec::new();
    let mut choice = choices.iter().cycle();
    for line in printed.lines() {
        let (mut quote, mut escaped, mut path) = (None, false, 0usize);
        for c in line.chars() {
            match quote {
                Some(q) => {
                    out.push(c);
                    if c == q && !escaped {
                        quote = None;
                    }
                    escaped = !escaped && q == '"' && c == '\\';
                    continue;
                }
                None if matches!(c, '"' | '\'' | '`') => quote = Some(c),
                None if c == '$' => path = 1,
                None if c == ' ' => path = 0,
                None => {}
            }
            if c != ' ' || path > 0 {
                out.push(c);
                continue;
            }
            match choice.next().unwrap() % 8 {
                0 => out.push_str("   "),
                1 => out.push_str("\n     "),
                2 => {
                    let comment = format!("# c{} it's {{ (", comments.len());
                    out.push_str(&format!(" {comment}\n  "));
                    comments.push(comment);
                }
                _ => out.push(' '),
            }
        }
        match choice.next().unwrap() % 6 {
            0 => out.push_str("\n\n\n"),
            1 => {
                let comment = format!("# own {}", comments.len());
                out.push_str(&format!("\n{comment}\n"));
                comments.push(comment);
            }
            2 => {
                let comment = format!("#behind {}", comments.len());
                out.push_str(&format!(" {comment}\n"));
                comments.push(comment);
            }
            _ => out.push('\n'),
        }
    }
    (out, comments)
}

/// A flat chain of values and operators, `#` standing for a name: often no expression, and sometimes one.
fn chains() -> impl Strategy<Value = String> {
    let value = prop::sample::select(vec![
        "#",
        "#",
        "#.b",
        "not #",
        "# is empty",
        "# is not empty",
        "-#",
        "(# + #)",
        "#[first x where # > x]",
        "(# | f(#))",
        "(if # then # else #)",
        "# | f(#)",
        "[#, #]",
    ]);
    let operator = prop::sample::select(vec![
        "+",
        "-",
        "*",
        "/",
        "==",
        "!=",
        "<",
        ">=",
        "in",
        "not in",
        "starts with",
        "and",
        "or",
        "??",
        "or if empty",
        "otherwise",
        "not",
        "",
    ]);
    (value.clone(), prop::collection::vec((operator, value), 0..4)).prop_map(|(first, rest)| {
        let chain =
            rest.into_iter().fold(first.to_owned(), |chain, (operator, value)| format!("{chain} {operator} {value}"));
        let (mut text, mut count) = (String::new(), 0);
        for c in chain.chars() {
            if c == '#' {
                text.push_str(&format!("n{count}"));
                count += 1;
            } else {
                text.push(c);
            }
        }
        text
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, failure_persistence: None, ..ProptestConfig::default() })]

    /// What is read says all that is written: no part of an expression is dropped without a word.
    #[test]
    fn every_name_that_is_written_is_read(chain in chains()) {
        if let Ok(rules) = rules_of(&with_rules(&format!("target <- {chain}\n"))) {
            let printed = print::rules(&rules);
            let names = |text: &str| {
                let mut names: Vec<String> = text
                    .split(|c: char| !c.is_alphanumeric())
                    .filter(|w| w.starts_with('n') && w.len() > 1 && w[1..].bytes().all(|b| b.is_ascii_digit()))
                    .map(str::to_owned)
                    .collect();
                names.sort();
                names
            };
            prop_assert_eq!(names(&chain), names(&printed), "{} became {}", chain, printed);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_printed_reads_back_to_the_same_tree(tree in rules()) {
        let printed = print::rules(&tree);
        let read = rules_of(&with_rules(&printed)).map_err(TestCaseError::fail)?;
        prop_assert_eq!(shape(&read), shape(&tree), "{}", printed);
    }

    /// `explain` and messages show a part of a rule by its place: what stands there is that part, parentheses included.
    #[test]
    fn newcomer_10_what_stands_at_the_place_of_a_part_reads_as_that_part(tree in rules()) {
        let text = with_rules(&print::rules(&tree));
        let read = rules_of(&text).map_err(TestCaseError::fail)?;
        let values = read.rules.iter().map(|r| &r.value).chain(read.lets.iter().map(|l| &l.value));
        let mut parts: Vec<Expr> = Vec::new();
        for value in values {
            foreign::rebuild(value, &mut |part: Expr| {
                parts.push(part.clone());
                part
            });
        }
        for part in parts {
            let shown = &text[part.span.start as usize..part.span.end as usize];
            let again = rules_of(&with_rules(&format!("a <- {shown}\n"))).map_err(TestCaseError::fail)?;
            let part = Rules { rules: vec![Rule { value: part, ..again.rules[0].clone() }], ..again.clone() };
            prop_assert_eq!(shape(&again), shape(&part), "{}", shown);
        }
    }

    #[test]
    fn layout_changes_no_meaning_keeps_every_comment_and_comes_to_rest(
        tree in rules(),
        choices in prop::collection::vec(any::<u8>(), 1..40),
    ) {
        let (rules, comments) = bent(&print::rules(&tree), &choices);
        // a formatter that gives up would leave these blanks
        let text = with_rules(&format!("# first line   \n{rules}"));
        if let Ok(before) = rules_of(&text) {
            let once = format_file(&text).unwrap();
            let after = rules_of(&once).map_err(TestCaseError::fail)?;
            prop_assert_eq!(shape(&after), shape(&before), "{}\n{}", text, once);
            for comment in &comments {
                prop_assert_eq!(once.matches(comment.as_str()).count(), text.matches(comment.as_str()).count(), "{}\n{}", text, once);
            }
            prop_assert!(!once.lines().any(|l| l.ends_with(' ')), "{}", once);
            let twice = format_file(&once).unwrap();
            prop_assert_eq!(&twice, &once, "from {}", text);
        }
    }
}

#[test]
fn bending_is_mostly_possible() {
    // the property above looks only at texts that parse; this says that most do
    use proptest::strategy::ValueTree as _;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let parsed = (0..200)
        .filter(|i| {
            let tree = rules().new_tree(&mut runner).unwrap().current();
            rules_of(&with_rules(&bent(&print::rules(&tree), &[*i as u8, 3, 9, 2, 7, 1]).0)).is_ok()
        })
        .count();
    assert!(parsed > 150, "{parsed} of 200");
}

#[test]
fn rules_stand_in_columns() {
    let rules = "\
# of the whole
name<- name   # first
price   <- default_price  ??  0 on create
long_name <-   a|link( \"A\" )otherwise b|link(\"B\")   otherwise 0   # third
let x=[ a,b ] [ 0 ]
items <- for l in lines where l . qty>0 { id <- l.id qty <-   -l . qty, custom[\"A\"] <- {}  opts <- { \"k\" :1,(a):f( ) } }


alone <- if x is not empty then {
      first <- ship.first
      longer <- ship.last,    # inner
      # before the end
    } else {
    a <- b
      + c
 }
sum <- a
 + f(
  b,
     c
 )
  # in between
  otherwise -1
  # behind
# end
";
    insta::assert_snapshot!(formatted(rules), @r##"
    # of the whole
    name       <- name                                                 # first
    price      <- default_price ?? 0  on create
    long_name  <- a | link("A")  otherwise b | link("B")  otherwise 0  # third
    let x = [a, b][0]
    items      <- for l in lines where l.qty > 0 { id <- l.id, qty <- -l.qty, custom["A"] <- {}, opts <- { "k": 1, (a): f() } }

    alone  <- if x is not empty then {
      first   <- ship.first
      longer  <- ship.last,  # inner
      # before the end
    } else {
      a  <- b
        + c
    }
    sum    <- a
      + f(
        b,
        c
      )
      # in between
      otherwise -1
    # behind
    # end
    "##);
}

#[test]
fn the_envelope_and_line_endings_stay() {
    let text = "\u{feff}collection:   Case   # c\r\nfilter:  'a  ==  1'\r\nrules: |-  # r\r\n      a<- b\r\n\r\n      ccc <- d # x\r\n\r\nrecord: Product\r\n";
    let once = format_file(text).unwrap();
    assert_eq!(
        once,
        "\u{feff}collection:   Case   # c\r\nfilter:  'a  ==  1'\r\nrules: |-  # r\r\n  a  <- b\r\n\r\n  ccc  <- d  # x\r\n\r\nrecord: Product\r\n"
    );
    for unchanged in
        ["collection: Case\n", "collection: Case\nrules: 'a  <-  b'\n", "collection: Case\nrules: |2\n    a<- b\n", ""]
    {
        assert_eq!(format_file(unchanged).unwrap_or_default(), unchanged);
    }
}

#[test]
fn a_file_with_syntax_errors_is_refused_with_its_diagnostics() {
    let text = with_rules("a <- b +\nc <- d");
    let error = format_file(&text).unwrap_err();
    let mut files = Files::default();
    files.add("case.yaml", text.as_str());
    assert!(render::plain(&files, &error.0).contains("case.yaml:3"), "{}", render::plain(&files, &error.0));
    assert!(format_file("a: [b\n").is_err());
}

#[test]
fn a_rule_at_the_limit_of_its_length_is_left_as_it_is() {
    let long = format!("a <- \"{}\"", "x".repeat(4096 - 7));
    let text = with_rules(&format!("{long}\na_longer_name <- b"));
    assert_eq!(format_file(&text).unwrap(), text);
}

/// Every mapping file that the project ships, as `(path, text)`.
fn shipped() -> Vec<(String, String)> {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../mappings");
    let mut found = Vec::new();
    for folder in std::fs::read_dir(root).unwrap().map(|e| e.unwrap().path()).filter(|p| p.is_dir()) {
        for file in std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()) {
            found.push((file.display().to_string(), std::fs::read_to_string(&file).unwrap()));
        }
    }
    found.sort();
    assert!(found.len() > 10);
    found
}

#[test]
fn the_default_collections_are_laid_out() {
    for (path, text) in shipped() {
        let once = format_file(&text).unwrap();
        if std::env::var_os("UPDATE_MAPPINGS").is_some() {
            std::fs::write(&path, &once).unwrap();
            continue;
        }
        assert_eq!(once, text, "{path}: `mapwright fmt` would change it");
    }
}

#[test]
fn a_flattened_collection_reads_back_to_the_same_without_layers() {
    let all: Vec<Arc<MappingFile>> = shipped().iter().map(|(_, text)| Arc::new(read(text).unwrap())).collect();
    for file in &all {
        // their places do not tell the files apart here, so `extends` looks among the others only
        let others: Vec<_> = all.iter().filter(|o| o.name.value != file.name.value).cloned().map(elsewhere).collect();
        let mut diagnostics = Diagnostics::default();
        let combined = combine(file, &others, &mut diagnostics);
        assert!(!diagnostics.has_errors());
        assert_eq!(combined.extends.is_some(), file.extends.is_some());
        let flat = flatten(&combined);
        let again = read(&flat).unwrap();
        assert_eq!(shape(&again), shape(&combined.file), "{flat}");
        assert_eq!(flatten(&combine(&again, &[], &mut diagnostics)), flat);
    }
}

fn elsewhere(mut file: Arc<MappingFile>) -> Arc<MappingFile> {
    Arc::make_mut(&mut file).name.span.file = FileId(1);
    file
}

#[test]
fn awkward_envelopes_survive_flattening() {
    let text = r##"collection: "Odd: name # 1"
active: false
record: '- Product'
external_id: "{id}|\\{x\\} \\\\ \u00e9 \"q\" {custom['Brand']}"
find_by: [a, 'b,c']
nulls: clear
filter:
  - that: |
      a == "two  blanks"
        and b is empty  # why
    because: "no {a}: it's \\{odd\\}"
  - 'c == ''x: y'' or d'
errors: []
settings:
  mail: { type: email, required: true, about: "who: 'x' # y" }
lookups:
  Empty: {}
  From:
    from: Other
    reversed: true
  Table:
    review: true
    ignore_case: true
    unmatched: { value: "a, b" }
    entries:
      "": none
      'NO': "yes"
      "a: b": "# c"
      " x ": "line\nbreak"
children:
  none: []
  lines:
    - use: Child
      each: 'lines[each l where l.name == "a: b"]'
      gone: remove
    - use: Child
rules: |
  a <- b  # gone in the flat file
"##;
    let file = read(text).unwrap();
    let combined = combine(&file, &[], &mut Diagnostics::default());
    let flat = flatten(&combined);
    let again = read(&flat).unwrap();
    let strip = |file: &MappingFile| {
        let mut file = file.clone();
        for filter in file.filter.iter_mut().flat_map(|f| &mut f.value) {
            filter.text = print::expression(&filter.that);
        }
        shape(&file)
    };
    assert_eq!(strip(&again), strip(&file), "{flat}");
    insta::assert_snapshot!(flat, @r##"
    collection: "Odd: name # 1"
    active: false
    record: "- Product"
    external_id: "{id}|\\{x} \\\\ é \"q\" {custom['Brand']}"
    find_by: [a, "b,c"]
    nulls: clear
    filter:
      - that: a == "two  blanks" and b is empty
        because: "no {a}: it's \\{odd}"
      - that: 'c == ''x: y'' or d'
    errors: []
    settings:
      mail:
        type: email
        required: true
        about: "who: 'x' # y"
    lookups:
      Empty: {}
      From:
        reversed: true
        from: Other
      Table:
        review: true
        ignore_case: true
        unmatched: { value: "a, b" }
        entries:
          "": none
          NO: yes
          "a: b": "# c"
          " x ": "line\nbreak"
    children:
      none: []
      lines:
        - use: Child
          each: 'lines[each l where l.name == "a: b"]'
          gone: remove
        - use: Child
    rules: |
      a  <- b
    "##);
}
