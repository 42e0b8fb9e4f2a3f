//! `cargo run --release`: the engine against the same rules written by hand and in other languages, within one run; then how
//! checking and parsing grow. `load` instead: 2,000 products into a sandbox with a window of 2 s.

#![recursion_limit = "256"] // records in `json!`
#![allow(clippy::print_stdout)] // its output is its purpose

mod by_structs;
mod by_value;
mod engine;
mod equal;
mod load;
mod records;
mod rounds;

use engine::Engine;
use equal::Numbers;
use rounds::{Way, compare};

fn main() -> Result<(), String> {
    if std::env::args().any(|a| a == "load") {
        return load::run();
    }
    let (products, orders) = (Engine::products()?, Engine::orders()?);
    compare(
        "products",
        &records::products::generate(2_000),
        &|lines| products.all(lines),
        &[
            Way { name: "by hand, serde_json::Value", numbers: Numbers::Exact, run: &by_value::products::all },
            Way { name: "by hand, typed structs", numbers: Numbers::Exact, run: &by_structs::products::all },
        ],
    )?;
    compare(
        "orders of 40 lines",
        &records::orders::generate(200),
        &|lines| orders.all(lines),
        &[
            Way { name: "by hand, serde_json::Value", numbers: Numbers::Exact, run: &by_value::orders::all },
            Way { name: "by hand, typed structs", numbers: Numbers::Exact, run: &by_structs::orders::all },
        ],
    )
}
