//! Laws of the functions, and hostile arguments: whatever comes, there is a value or a failure, within bounds.
#![allow(clippy::unwrap_used, clippy::panic)] // a test ends where it goes wrong

use std::time::{Duration, Instant};

use mapwright_language::functions::{self, Function, Pattern, TypePattern};
use mapwright_language::value::Value;
use proptest::prelude::*;

fn text(text: &str) -> Value {
    Value::Text(text.into())
}

fn number(text: &str) -> Value {
    Value::Number(text.parse().unwrap())
}

fn call(name: &str, values: &[Value]) -> Result<Value, String> {
    (functions::by_name(name).unwrap().1.apply)(values)
}

fn text_of(name: &str, values: &[Value]) -> String {
    match call(name, values) {
        Ok(Value::Text(text)) => text.to_string(),
        other => panic!("{name}: {other:?}"),
    }
}

/// Cents as an amount.
fn cents(cents: i64) -> Value {
    Value::Number(rust_decimal::Decimal::new(cents, 2).normalize())
}

fn items(value: Result<Value, String>) -> Vec<rust_decimal::Decimal> {
    let Ok(Value::List(items)) = value else { panic!("{value:?}") };
    items.iter().map(|i| if let Value::Number(n) = i { *n } else { panic!("{i:?}") }).collect()
}

proptest! {
    #[test]
    fn parts_of_an_amount_add_up_to_it_and_none_is_a_cent_off(amount in -10_000_000_000i64..10_000_000_000, weights in prop::collection::vec(0i64..100_000, 1..40)) {
        prop_assume!(weights.iter().any(|w| *w > 0));
        let list = Value::List(weights.iter().map(|w| cents(*w)).collect());
        let parts = items(call("allocate", &[cents(amount), list, number("2")]));
        prop_assert_eq!(parts.iter().sum::<rust_decimal::Decimal>(), rust_decimal::Decimal::new(amount, 2));
        let total: i128 = weights.iter().map(|w| i128::from(*w)).sum();
        for (part, weight) in parts.iter().zip(&weights) {
            prop_assert!(part.scale() <= 2);
            // exact share times the total, in cents
            let exact = i128::from(amount) * i128::from(*weight);
            let got = (part * rust_decimal::Decimal::from(100)).normalize().mantissa() * total;
            prop_assert!((exact - got).abs() < total, "{} of {:?}", part, weights);
        }
        // equal weights never differ by more than a cent, and the first has it
        for (i, a) in weights.iter().enumerate() {
            for (j, b) in weights.iter().enumerate().skip(i) {
                if a == b {
                    prop_assert!(parts[i].abs() >= parts[j].abs());
                }
            }
        }
    }

    #[test]
    fn what_is_split_is_joined_again(parts in prop::collection::vec("[a-z ]{0,5}[a-z]", 1..20)) {
        let whole = parts.join(",");
        let split = call("split", &[text(&whole), text(",")]).unwrap();
        prop_assert_eq!(text_of("join", &[split, text(",")]), whole);
    }

    #[test]
    fn padding_gives_the_length_and_keeps_the_text(whole in ".{0,30}", length in 0u32..60) {
        for name in ["pad_left", "pad_right"] {
            let padded = text_of(name, &[text(&whole), number(&length.to_string()), text("#")]);
            prop_assert_eq!(padded.chars().count(), whole.chars().count().max(length as usize));
            prop_assert!(padded.contains(&whole));
        }
    }

    #[test]
    fn a_slug_is_its_own_slug(whole in ".{0,60}") {
        let slug = text_of("slug", &[text(&whole)]);
        prop_assert_eq!(&text_of("slug", &[text(&slug)]), &slug);
        prop_assert!(slug.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'), "{}", slug);
        prop_assert!(!slug.starts_with('-') && !slug.ends_with('-') && !slug.contains("--"), "{}", slug);
    }

    #[test]
    fn no_tag_is_left(html in "([<>/!?ab =\"'-]|<b>|</p>|<!--|-->|<script>|</script>|&lt;){0,40}") {
        let stripped = text_of("strip_html", &[text(&html)]);
        let tag = Pattern::new("<[a-zA-Z/!?]").unwrap();
        let run = functions::by_name("matches").unwrap().1.pattern.unwrap().run;
        prop_assert_eq!(run(&tag, &[text(&stripped), text("")]), Ok(Value::Bool(false)), "{} -> {}", html, stripped);
        // text without tags, blanks aside, is left as it is
        let plain = stripped.split_whitespace().collect::<Vec<_>>().join(" ");
        prop_assert_eq!(text_of("strip_html", &[text(&plain)]), plain);
    }

    #[test]
    fn what_is_written_in_another_alphabet_is_read_back(whole in ".{0,60}") {
        for (there, back) in [("url_encode", "url_decode"), ("base64_encode", "base64_decode"), ("escape_html", "unescape_html")] {
            let written = text_of(there, &[text(&whole)]);
            prop_assert_eq!(&text_of(back, &[text(&written)]), &whole, "{}", there);
        }
    }

    #[test]
    fn days_are_read_back_as_they_are_written(days in -700_000i64..2_900_000) {
        let day = jiff::civil::date(1970, 1, 1).checked_add(jiff::Span::new().days(days)).unwrap();
        for pattern in ["%Y-%m-%d", "%d.%m.%Y", "%B %-d, %Y", "%Y %j"] {
            if day.year() < 1 { continue }
            let written = text_of("format_date", &[Value::Date(day), text(pattern)]);
            prop_assert_eq!(call("parse_date", &[text(&written), text(pattern)]), Ok(Value::Date(day)), "{}", written);
        }
    }

    /// Whatever the arguments are, every function answers.
    #[test]
    fn nothing_panics(arguments in prop::collection::vec(any_value(), 0..5)) {
        let compat = functions::compat().filter_map(|c| functions::by_name(c.name)).map(|(_, f)| f);
        for function in functions::all().iter().copied().chain(compat).flat_map(Function::forms) {
            let _ = (function.apply)(&arguments);
            let constants: Vec<Option<Value>> = arguments.iter().map(|a| Some(a.clone()).filter(|a| *a != Value::Null)).collect();
            let _ = function.constants.map(|check| check(&constants));
        }
    }
}

fn any_value() -> impl Strategy<Value = Value> {
    let plain = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        prop_oneof![
            "-?[0-9]{1,28}",
            "-?[0-9]{1,14}\\.[0-9]{1,14}",
            "-?[0-9]",
            Just(String::from("-79228162514264337593543950335"))
        ]
        .prop_map(|n| number(&n)),
        prop_oneof![
            ".{0,20}",
            "[a-z%<&{/(\\[\"'.*+-]{0,12}",
            Just(String::from("UTC")),
            Just(String::from("%Y-%m-%d")),
            Just(String::from("US"))
        ]
        .prop_map(|t| text(&t)),
        (-9999i16..=9999, 1i8..=12).prop_map(|(y, m)| Value::Date(jiff::civil::date(y, m, 1))),
        Just(Value::Instant(jiff::Timestamp::MAX)),
        Just(Value::Instant(jiff::Timestamp::MIN)),
    ];
    let list = prop::collection::vec(plain.clone(), 0..4).prop_map(|v| Value::List(v.into()));
    let table = prop::collection::vec(("[a-c]", plain.clone()), 0..3)
        .prop_map(|v| Value::Dictionary(v.into_iter().map(|(k, v)| (k.into(), v)).collect()));
    prop_oneof![4 => plain, 2 => list, 1 => table]
}

/// A text of a mebibyte for every parameter that takes one.
#[test]
fn long_texts_are_done_with_soon() {
    for unit in ["a", "<", "&", "<a", "(", "%", "{", "\"", " ", "1", "é", "<!--", "\n", "[", "-"] {
        let long = text(&unit.repeat((1 << 20) / unit.len()));
        let compat = functions::compat().filter_map(|c| functions::by_name(c.name)).map(|(_, f)| f);
        for function in functions::all().iter().copied().chain(compat).flat_map(Function::forms) {
            let list = function.parameters.list;
            let text_at =
                |at: usize| matches!(list.get(at).map(|p| p.accepts), Some(TypePattern::Text | TypePattern::OneOf(_)));
            if !text_at(0) {
                continue;
            }
            let arguments: Vec<Value> = (0..list.len())
                .map(|at| match (at, list.get(at).map(|p| p.accepts)) {
                    (0, _) => long.clone(),
                    (_, Some(TypePattern::Integer)) => number("5"),
                    (_, Some(TypePattern::Decimal)) => number("2.5"),
                    _ => text("a"),
                })
                .collect();
            let began = Instant::now();
            let _ = (function.apply)(&arguments);
            assert!(began.elapsed() < Duration::from_secs(5), "{} of {unit:?}: {:?}", function.name, began.elapsed());
        }
    }
}

#[test]
fn patterns_are_bounded_in_size_and_in_work() {
    for bomb in ["(a{1,500}){1,500}", "(?:x{100}){100}{100}", &"(".repeat(5000), &"a?".repeat(2000), "\\pL{1000}"] {
        assert!(Pattern::new(bomb).is_err(), "{bomb}");
    }
    let evil = Pattern::new("^(a+)+$").unwrap();
    let run = |name: &str| functions::by_name(name).unwrap().1.pattern.unwrap().run;
    let subject = text(&format!("{}!", "a".repeat(1 << 20)));
    let began = Instant::now();
    assert_eq!(run("matches")(&evil, &[subject, text("")]), Ok(Value::Bool(false)));
    // a pattern whose every search looks at all that is left: its matches are counted, and too many are a failure
    let far = Pattern::new(".*[^A-Z]|[A-Z]").unwrap();
    let subject = text(&"A".repeat(1 << 20));
    let failed = run("extract_all")(&far, &[subject, text("")]);
    assert!(failed.as_ref().is_err_and(|why| why.contains("too much work")), "{failed:?}");
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
    // much text and many matches are fine together up to that
    let words = Pattern::new("[a-z]+").unwrap();
    let Ok(Value::List(found)) = run("extract_all")(&words, &[text(&"ab ".repeat(7_000)), text("")]) else { panic!() };
    assert_eq!(found.len(), 7_000);
}

#[test]
fn texts_do_not_grow_without_end() {
    let long = text(&"&".repeat(4 << 20));
    for (name, arguments) in [
        ("escape_html", vec![long.clone()]),
        ("replace", vec![long.clone(), text("&"), text("12345")]),
        ("join", vec![Value::List(vec![long.clone(); 5].into()), text("")]),
    ] {
        let grown = call(name, &arguments);
        assert!(grown.as_ref().is_err_and(|why| why.contains("16 MiB")), "{name}");
    }
    let run = functions::by_name("replace_pattern").unwrap().1.pattern.unwrap().run;
    let pattern = Pattern::new("a").unwrap();
    let grown = run(&pattern, &[text(&"a".repeat(20_000)), text("a"), text(&"b".repeat(2_000))]);
    assert!(grown.as_ref().is_err_and(|why| why.contains("16 MiB")), "{grown:?}");
}

#[test]
fn hashes_are_those_of_the_standards() {
    let million = text(&"a".repeat(1_000_000));
    assert_eq!(text_of("md5", &[text("message digest")]), "f96b697d7cb7938d525a2f31aaf161d0");
    assert_eq!(
        text_of("sha256", std::slice::from_ref(&million)),
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
    );
    assert!(
        text_of("sha512", std::slice::from_ref(&million))
            .starts_with("e718483d0ce769644e2e42c7bc15b4638e1f98b13b2044285632a803afa973eb")
    );
}

#[test]
fn every_country_and_region_is_found_by_each_of_its_names() {
    let countries = include_str!("../src/functions/data/countries.tsv");
    let rows: Vec<Vec<&str>> =
        countries.lines().filter(|l| !l.starts_with('#')).map(|l| l.split('\t').collect()).collect();
    assert_eq!(rows.len(), 249);
    for row in &rows {
        for name in row {
            assert_eq!(text_of("country_code", &[text(name)]), row[0], "{name}");
            assert_eq!(text_of("country_code", &[text(&name.to_uppercase())]), row[0], "{name}");
        }
        assert_eq!(text_of("country_name", &[text(row[1])]), row[2]);
    }
    let regions = include_str!("../src/functions/data/regions.tsv");
    let rows: Vec<Vec<&str>> =
        regions.lines().filter(|l| !l.starts_with('#')).map(|l| l.split('\t').collect()).collect();
    let count = |country: &str| rows.iter().filter(|r| r[0] == country).count();
    assert_eq!((count("US"), count("CA"), count("AU")), (60, 13, 8));
    for row in rows {
        for name in &row[1..] {
            assert_eq!(text_of("region_code", &[text(name), text(row[0])]), row[1], "{name}");
        }
    }
}

#[test]
fn units_are_exact_there_and_back() {
    for (name, units) in [
        ("convert_weight", &["mg", "g", "kg", "t", "oz", "lb"][..]),
        ("convert_length", &["mm", "cm", "m", "km", "in", "ft", "yd"]),
        ("convert_volume", &["ml", "l", "fl_oz", "pt", "qt", "gal"]),
    ] {
        for from in units {
            for to in units {
                let there = call(name, &[number("7"), text(from), text(to)]).unwrap();
                let Ok(Value::Number(back)) = call(name, &[there, text(to), text(from)]) else { panic!("{from} {to}") };
                assert_eq!(back.round_dp(20).normalize(), "7".parse().unwrap(), "{from} {to}");
            }
        }
    }
    assert_eq!(call("convert_weight", &[number("16"), text("oz"), text("lb")]), Ok(number("1")));
    assert_eq!(call("convert_length", &[number("3"), text("ft"), text("yd")]), Ok(number("1")));
    assert_eq!(call("convert_volume", &[number("128"), text("fl_oz"), text("gal")]), Ok(number("1")));
}
