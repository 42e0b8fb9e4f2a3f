//! `cargo run --release`: the engine against the same rules written by hand and in other languages, within one run; then how
//! checking, parsing and memory grow. What it prints is the table of the README. `load` instead: 2,000 products into a sandbox
//! with a window of 2 s.

#![recursion_limit = "256"] // records in `json!`
#![allow(clippy::print_stdout)] // its output is its purpose

mod by_jaq;
mod by_structs;
mod by_value;
mod by_vrl;
mod engine;
mod equal;
mod growth;
mod load;
mod records;
mod rounds;

use by_jaq::Jaq;
use by_vrl::Vrl;
use engine::Engine;
use equal::Numbers::{Exact, Rounded};
use rounds::{Spread, Way, compare};

fn main() -> Result<(), String> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [] => everything(),
        ["load"] => load::run(),
        ["stream", records] => growth::stream(records.parse().map_err(|_| String::from("`stream` takes a number"))?),
        _ => Err(String::from("nothing else is known than `load`")),
    }
}

fn everything() -> Result<(), String> {
    let (products, orders) = (Engine::products()?, Engine::orders()?);
    let (jaq_products, jaq_orders) = (Jaq::new(&program("products.jq")?)?, Jaq::new(&program("orders.jq")?)?);
    let (vrl_products, vrl_orders) = (Vrl::new(&program("products.vrl")?)?, Vrl::new(&program("orders.vrl")?)?);
    let product_lines = records::products::generate(2_000);
    let order_lines = records::orders::generate(200);
    println!("| NDJSON to NDJSON, one thread | how many times as fast | least | most |\n|---|---|---|---|");
    compare(
        "products",
        &product_lines,
        &|lines| products.all(lines),
        &[
            Way { name: "by hand over `serde_json::Value`", numbers: Exact, run: &by_value::products::all },
            Way { name: "by hand over typed structs", numbers: Exact, run: &by_structs::products::all },
            Way { name: "VRL", numbers: Rounded, run: &|lines| vrl_products.all(lines) },
            Way { name: "jaq", numbers: Rounded, run: &|lines| jaq_products.all(lines) },
        ],
    )?;
    compare(
        "orders of 40 lines",
        &order_lines,
        &|lines| orders.all(lines),
        &[
            Way { name: "by hand over `serde_json::Value`", numbers: Exact, run: &by_value::orders::all },
            Way { name: "by hand over typed structs", numbers: Exact, run: &by_structs::orders::all },
            Way { name: "VRL", numbers: Rounded, run: &|lines| vrl_orders.all(lines) },
            Way { name: "jaq", numbers: Rounded, run: &|lines| jaq_orders.all(lines) },
        ],
    )?;
    // what the machine gives shows with the rules written by hand
    let by_hand = growth::threads(&by_structs::orders::all, &order_lines);
    println!("| two threads against one: orders, by hand over typed structs | {} |", by_hand.cells());
    for (what, engine, lines) in [("products", &products, &product_lines), ("orders", &orders, &order_lines)] {
        let ours = growth::threads(&|lines| engine.all(lines), lines);
        println!("| two threads against one: {what}, the engine | {} |", ours.cells());
    }
    let Spread { least, median, most } = growth::check()?;
    println!("\n| other figures | |\n|---|---|");
    println!("| `check` of 100 collections with 1,500 rules | {median:.0} ms ({least:.0} to {most:.0}) |");
    for (what, figures) in growth::parsing() {
        let figures: Vec<String> = figures.iter().map(|f| format!("{f:.0}")).collect();
        println!("| parsing each further {what} | {} ns |", figures.join(", "));
    }
    let (few, many) = (growth::memory(1_000)?, growth::memory(50_000)?);
    println!("| most memory while 1,000 and 50,000 products are mapped line by line | {few:.1} MB, {many:.1} MB |");
    Ok(())
}

/// A program of another language.
fn program(name: &str) -> Result<String, String> {
    let path = format!("{}/src/programs/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).map_err(|e| format!("{path}: {e}"))
}
