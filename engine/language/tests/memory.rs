//! How much memory a JSONPath over a great record takes. It prints the figures with `--nocapture`; where the system does not tell (it is
//! asked as Linux answers), nothing is compared.
#![allow(clippy::unwrap_used, clippy::print_stdout)] // a test ends where it goes wrong, and says what it measured
#![allow(clippy::disallowed_types, clippy::float_arithmetic)] // a figure for people, no value of a record

use std::fmt::Write as _;
use std::sync::Arc;

use mapwright_language::check::compile;
use mapwright_language::diagnostic::{Diagnostics, Severity};
use mapwright_language::evaluate::{ContextFile, Evaluation, Outcome, evaluate};
use mapwright_language::mapping_file;
use mapwright_language::schema::Catalog;
use mapwright_language::source::Files;

/// A figure of this process in bytes: `VmRSS` is the memory it has, `VmHWM` the most it had.
fn memory(figure: &str) -> Option<usize> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|l| l.starts_with(figure))?;
    Some(line.split_whitespace().nth(1)?.parse::<usize>().ok()? * 1024)
}

/// What `VmHWM` says counts from here on.
fn forget_the_most() -> Option<()> {
    std::fs::write("/proc/self/clear_refs", "5").ok()
}

/// The most memory that mapping a record takes beside the record itself, in multiples of its size.
fn multiple(path: &str, record: &str) -> f64 {
    let text = format!(
        "collection: R\nrecord: Product\ndirection: from\nsync: update\nbigcommerce: catalog.product\nrules: |\n  page_title <- ({path})[first]\n"
    );
    let (mut files, mut diagnostics) = (Files::default(), Diagnostics::default());
    let file = files.add("m.yaml", text);
    let read = mapping_file::read(&files, file, &mut diagnostics).map(Arc::new);
    let library = compile(read.as_slice(), &[], Catalog::builtin(), &mut diagnostics);
    assert!(diagnostics.iter().all(|d| d.severity != Severity::Error), "{path}");
    let plan = library.collection("R").and_then(|c| c.plan.clone()).unwrap();
    let context = ContextFile::default();
    let context = context.context();
    let before = forget_the_most().and_then(|()| memory("VmRSS"));
    let found = evaluate(&plan, record.as_bytes(), &context);
    let most = memory("VmHWM").zip(before).map_or(0, |(most, before)| most.saturating_sub(before));
    assert!(matches!(found, Evaluation::Done(Outcome::Mapped(_))), "{path}: {found:?}");
    #[allow(clippy::cast_precision_loss)] // a figure of a few digits
    let multiple = most as f64 / record.len() as f64;
    println!("{path}: {multiple:.2} times the {} bytes of the record", record.len());
    multiple
}

/// Which case a process is for.
const CASE: &str = "MAPWRIGHT_MEMORY_CASE";
const NAME: &str = "growth_a_json_path_takes_at_most_eight_times_the_record";

#[test]
fn growth_a_json_path_takes_at_most_eight_times_the_record() {
    // in one piece, so that no memory is left over from making it
    let variants = |row: &str, count: usize| {
        let mut record = String::with_capacity((row.len() + 16) * count + 64);
        record.push_str("{\"id\":1,\"variants\":[");
        for i in 0..count {
            record.push_str(if i > 0 { "," } else { "" });
            for (at, part) in row.split('#').enumerate() {
                if at > 0 {
                    write!(record, "{i}").unwrap();
                }
                record.push_str(part);
            }
        }
        record.push_str("]}");
        record
    };
    let usual =
        r#"{"id":#,"sku":"SKU-#","barcode":"0#","msrp":12.50,"weight":0.25,"options":[{"name":"Size","value":"XL"}]}"#;
    let cases = [
        ("$.variants[?@.sku == 'SKU-7'].barcode", usual, 150_000),
        ("$.variants[?@.msrp > 100].sku", usual, 150_000),
        ("$.variants[-1].options[0].value", usual, 150_000),
        ("$..options[?@.value == 'none']", usual, 150_000),
        ("$.variants[?@.sku == 'none'].sku", r#"{"id":#}"#, 400_000),
        ("$..[?@ == 7]", "1", 1_000_000),
        ("$.name", "[]", 1_000_000),
    ];
    // memory that was given back may stay with the process: each case has one of its own
    if let Some((path, row, count)) = std::env::var(CASE).ok().and_then(|i| cases.get(i.parse::<usize>().ok()?)) {
        let multiple = multiple(path, &variants(row, *count));
        assert!(multiple <= 7.0, "{path}: {multiple} times, and the record itself");
        return;
    }
    for i in 0..cases.len() {
        let mut process = std::process::Command::new(std::env::current_exe().unwrap());
        let ended = process.args(["--exact", NAME, "--nocapture"]).env(CASE, i.to_string()).output().unwrap();
        let said = String::from_utf8_lossy(&ended.stdout).into_owned();
        assert!(ended.status.success(), "{said}{}", String::from_utf8_lossy(&ended.stderr));
        said.lines().filter(|l| l.contains(" times ")).for_each(|line| println!("{line}"));
    }
}

#[test]
fn what_is_kept_is_seen() {
    if let Some(before) = forget_the_most().and_then(|()| memory("VmRSS")) {
        let kept = vec![1u8; 64 << 20];
        assert!(memory("VmHWM").unwrap() - before > 60 << 20, "{}", kept.len());
    }
}
