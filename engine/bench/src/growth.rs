//! How things grow: two threads against one, checking many collections, parsing longer rules, memory for more records.

use std::sync::Arc;

use mapwright_language::check::compile;
use mapwright_language::diagnostic::{Diagnostics, Severity};
use mapwright_language::mapping_file;
use mapwright_language::schema::Catalog;
use mapwright_language::source::Files;

use crate::engine::Engine;
use crate::records;
use crate::rounds::{Spread, time};

const ROUNDS: usize = 11;
/// How often the lines are mapped by each thread.
const PASSES: usize = 5;

/// Two threads with half of the lines each, against one with all; several times over, so that starting a thread is nothing.
pub fn threads(run: &(dyn Fn(&[String]) -> String + Sync), lines: &[String]) -> Spread {
    let work = |lines: &[String]| (0..PASSES).map(|_| run(lines).len()).sum::<usize>();
    let ratio = || {
        let one = time(|| work(lines)).as_secs_f64();
        let two = time(|| {
            let (first, second) = lines.split_at(lines.len() / 2);
            std::thread::scope(|scope| {
                let other = scope.spawn(|| work(second));
                (work(first), other.join().unwrap_or_default())
            })
        });
        one / two.as_secs_f64()
    };
    Spread::of((0..ROUNDS).map(|_| ratio()).collect())
}

/// Milliseconds for reading and checking a hundred collections with 1,500 rules.
///
/// # Errors
/// They have errors, and so are not what is to be measured.
pub fn check() -> Result<Spread, String> {
    let texts: Vec<String> = (0..100).map(collection).collect();
    let run = || {
        let (mut files, mut diagnostics) = (Files::default(), Diagnostics::default());
        let ids: Vec<_> = texts.iter().enumerate().map(|(i, t)| files.add(format!("{i}.yaml"), t.as_str())).collect();
        let read: Vec<_> =
            ids.into_iter().filter_map(|id| mapping_file::read(&files, id, &mut diagnostics)).map(Arc::new).collect();
        let library = compile(&read, &[], Catalog::builtin(), &mut diagnostics);
        (library.collections.iter().filter(|c| c.plan.is_some()).count(), diagnostics)
    };
    let (plans, diagnostics) = run();
    if plans != 100 || diagnostics.iter().any(|d| d.severity == Severity::Error) {
        return Err(format!("{plans} of 100 collections compile"));
    }
    Ok(Spread::of((0..ROUNDS).map(|_| time(run).as_secs_f64() * 1e3).collect()))
}

/// A collection with fifteen rules of all kinds.
fn collection(number: usize) -> String {
    format!(
        r#"collection: Products {number}
record: Product
direction: from
sync: add-update
bigcommerce: catalog.product
find_by: sku
filter:
  - that: kit.components is empty
    because: kits do not exist in BigCommerce
errors:
  - when: sku is empty or name is empty
    message: "product {{id}} has no SKU or no name"
lookups:
  Product Type:
    unmatched: error
    entries: {{ Physical: physical, Virtual: digital }}
rules: |
  let active = status == "Active"

  name                 <- name
  sku                  <- sku
  type                 <- type | lookup("Product Type")
  description          <- description
  price                <- default_price ?? 0
  sale_price           <- sale_price ?? clear
  retail_price         <- msrp
  cost_price           <- inventory[first i where i.cost > 0].cost
  weight               <- weight ?? 0
  is_visible           <- active
  availability         <- if active then "available" else "disabled"
  inventory_tracking   <- match tracking_method {{ "Variant": "variant", "Product": "product", else: "none" }}
  brand_name           <- custom["Brand"]
  meta_keywords        <- custom["Meta Keywords"] | split(",") | each trim
  categories           <- categories[each c where linked(c.category_id, "Product Category")].category_id | each link("Product Category")
"#
    )
}

/// Nanoseconds for each part more, while a text grows from one to two, four and eight times as many.
pub fn parsing() -> Vec<(&'static str, Vec<f64>)> {
    let nested = |n: usize| format!("  mpn <- {}sku{}\n", "(".repeat(n), ")".repeat(n));
    let piped = |n: usize| format!("  mpn <- sku{}\n", " | trim".repeat(n));
    let summed = |n: usize| format!("  weight <- weight{}\n", " + 1".repeat(n));
    let long = |n: usize| (0..n).map(|i| format!("  custom[\"f{i}\"] <- sku | trim\n")).collect::<String>();
    vec![
        ("bracket, 8 to 64 deep", each_more(nested, 8)),
        ("pipe, 60 to 480 in a rule", each_more(piped, 60)),
        ("term, 100 to 800 in a rule", each_more(summed, 100)),
        ("rule, 1,000 to 8,000 in a file", each_more(long, 1_000)),
    ]
}

fn each_more(text: impl Fn(usize) -> String, first: usize) -> Vec<f64> {
    let steps = [first, first * 2, first * 4, first * 8];
    let times = steps.map(|n| nanoseconds(&text(n)));
    let pairs = steps.iter().zip(&times).zip(steps.iter().zip(&times).skip(1));
    pairs.map(|((n, before), (m, after))| (after - before) / (m - n) as f64).collect()
}

/// The least time for reading a file with these rules.
fn nanoseconds(rules: &str) -> f64 {
    let head =
        "collection: T\nrecord: Product\ndirection: from\nsync: update\nbigcommerce: catalog.product\nrules: |\n";
    let text = format!("{head}{rules}");
    let times = (1_000_000 / text.len()).clamp(1, 300);
    let read = || {
        for _ in 0..times {
            let (mut files, mut diagnostics) = (Files::default(), Diagnostics::default());
            let id = files.add("t.yaml", text.as_str());
            std::hint::black_box(mapping_file::read(&files, id, &mut diagnostics));
        }
    };
    Spread::of((0..9).map(|_| time(read).as_secs_f64() * 1e9 / times as f64).collect()).least
}

/// Most memory of a process that maps so many products line by line, in MB; measured in a process of its own.
///
/// # Errors
/// The process cannot be run.
pub fn memory(records: usize) -> Result<f64, String> {
    let program = std::env::current_exe().map_err(|e| e.to_string())?;
    let run = std::process::Command::new(program).args(["stream", &records.to_string()]).output();
    let said = String::from_utf8_lossy(&run.map_err(|e| e.to_string())?.stdout).into_owned();
    said.trim().parse::<f64>().map_err(|_| format!("`stream` said `{said}`"))
}

/// Maps so many products line by line, and prints the most memory that took.
pub fn stream(records: usize) -> Result<(), String> {
    let engine = Engine::products()?;
    let lines = records::products::generate(100);
    let mut out = String::new();
    for line in lines.iter().cycle().take(records) {
        out.clear();
        engine.one(line, &mut out);
        std::hint::black_box(&out);
    }
    let status = std::fs::read_to_string("/proc/self/status").map_err(|e| e.to_string())?;
    let most = status.lines().find_map(|l| l.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.parse::<f64>().ok());
    println!("{:.1}", most.unwrap_or(f64::NAN) / 1e3);
    Ok(())
}
