//! How the time to check a file grows with its length: within three times of linear, so that no file that is allowed takes minutes.

use std::sync::Arc;
use std::time::{Duration, Instant};

use mapwright_language::check::compile;
use mapwright_language::diagnostic::Diagnostics;
use mapwright_language::mapping_file;
use mapwright_language::schema::Catalog;
use mapwright_language::source::Files;

use crate::growth_cases::CASES;
use crate::project::product;

/// How much longer the longer file is.
const TIMES: usize = 6;
/// How often it is tried.
const TRIES: usize = 3;
/// More than this, in percent of linear, is too much.
const MOST_PERCENT: u128 = 300;

/// The least time that checking these files takes.
fn time(texts: &[String]) -> Duration {
    let once = || {
        let before = Instant::now();
        let (mut files, mut diagnostics) = (Files::default(), Diagnostics::default());
        let ids: Vec<_> = texts.iter().enumerate().map(|(i, t)| files.add(format!("{i}.yaml"), t.as_str())).collect();
        let read: Vec<_> =
            ids.into_iter().filter_map(|id| mapping_file::read(&files, id, &mut diagnostics)).map(Arc::new).collect();
        let library = compile(&read, &[], Catalog::builtin(), &mut diagnostics);
        std::hint::black_box((library, diagnostics));
        before.elapsed()
    };
    once().min(once())
}

#[test]
fn growth_checking_takes_a_time_in_proportion_to_the_length() {
    let mut report = String::new();
    for (name, size, files) in CASES {
        let (short, long) = (files(*size), files(size * TIMES));
        let once = || time(&long).as_nanos() * 100 / time(&short).as_nanos().max(1) / TIMES as u128;
        // what else runs on the machine can only make it longer: the least of some tries counts
        let ratio = (0..TRIES).map(|_| once()).find(|ratio| *ratio <= MOST_PERCENT).unwrap_or_else(once);
        println!("{name}: {ratio} % of linear");
        if ratio > MOST_PERCENT {
            report.push_str(&format!("{name}: {ratio} % of linear\n"));
        }
    }
    assert!(report.is_empty(), "{report}");
}

#[test]
fn growth_a_chain_of_twenty_thousand_lets_ends_in_a_message() {
    let lets: Vec<String> = (1..20_000).map(|i| format!("let a{i} = a{}", i - 1)).collect();
    let text = product("", &format!("let a0 = sku\n{}\nname <- a19999", lets.join("\n")));
    assert!(text.len() <= 1 << 20, "{}", text.len());
    let project = crate::project::Project::of(&[&text]);
    assert!(project.codes().contains(&"E0205"), "{:?}", project.codes().first());
    assert!(project.diagnostics.errors() < 10, "{} errors", project.diagnostics.errors());
}
