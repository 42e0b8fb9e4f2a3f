//! The manual's chapter of functions is made from the table that the checker reads. `MAPWRIGHT_UPDATE=1 cargo test -p
//! mapwright-language --test functions_chapter` writes it anew.
#![allow(clippy::unwrap_used, clippy::panic)] // a test ends where it goes wrong

use std::fmt::Write as _;

use mapwright_language::check::form;
use mapwright_language::functions::{self, CompatForm, DATE_SIGNS, Function, SPECIAL, TIME_SIGNS};

const MANUAL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../grammar/README.md");
const BEGIN: &str = "<!-- made from the table of functions: begin -->\n";
const END: &str = "<!-- made from the table of functions: end -->\n";

/// Code in a cell of a table.
fn code(text: &str) -> String {
    let ticks = if text.contains('`') { "``" } else { "`" };
    format!("{ticks}{}{ticks}", text.replace('|', "\\|"))
}

fn row(function: &Function) -> String {
    let about = function.about.replace('|', "\\|");
    let fails = function.fails.map(|f| format!(". Fails: {}", f.replace('|', "\\|"))).unwrap_or_default();
    let example = function.examples.first().map(|(e, r)| format!("{} is {}", code(e), code(r))).unwrap_or_default();
    format!("| {} | {about}{fails} | {example} |\n", code(&form(function)))
}

fn chapter() -> String {
    let mut text = String::from(BEGIN);
    for family in functions::families() {
        write!(text, "\n### {}\n\n| form | what it gives | example |\n|---|---|---|\n", family.name).unwrap();
        family.functions.iter().flat_map(Function::forms).for_each(|f| text.push_str(&row(f)));
        if family.functions.iter().any(|f| f.name == "format_date") {
            text.push_str("\n| sign | stands for |\n|---|---|\n");
            for (sign, means) in DATE_SIGNS.iter().chain(TIME_SIGNS) {
                writeln!(text, "| `{sign}` | {means} |").unwrap();
            }
        }
    }
    text.push_str("\n### What looks outside the record\n\n| form | what it gives | example |\n|---|---|---|\n");
    for special in SPECIAL {
        let fails = special.fails.map(|f| format!(". Fails: {f}")).unwrap_or_default();
        let example = special.examples.first().map(|e| code(e)).unwrap_or_default();
        writeln!(text, "| {} | {}{fails} | {example} |", code(special.form), special.about).unwrap();
    }
    text.push_str("\n### iPaaS.com's functions\n\n| iPaaS.com's | here | what its name keeps | what is not kept |\n|---|---|---|---|\n");
    for compat in functions::compat() {
        let differs = match compat.form {
            CompatForm::None(why) => format!("not to be had: {why}"),
            _ => compat.differs.map_or_else(|| String::from("the same"), str::to_owned),
        };
        let cells = [differs, compat.not_kept.unwrap_or_default().to_owned()].map(|c| c.replace("||", "\\|\\|"));
        writeln!(text, "| {} | {} | {} | {} |", code(&compat.written()), code(compat.native), cells[0], cells[1])
            .unwrap();
    }
    text.push_str(END);
    text
}

#[test]
fn the_chapter_is_what_the_table_says() {
    let manual = std::fs::read_to_string(MANUAL).unwrap();
    let (before, rest) = manual.split_once(BEGIN).unwrap();
    let (found, after) = rest.split_once(END).unwrap();
    let wanted = chapter();
    if std::env::var_os("MAPWRIGHT_UPDATE").is_some() {
        std::fs::write(MANUAL, format!("{before}{wanted}{after}")).unwrap();
        return;
    }
    let found = format!("{BEGIN}{found}{END}");
    for (line, (found, wanted)) in found.lines().zip(wanted.lines()).enumerate() {
        assert_eq!(found, wanted, "line {line} of the chapter; MAPWRIGHT_UPDATE=1 writes it anew");
    }
    assert_eq!(found, wanted);
}

/// Every function is in one family, and the chapter names each.
#[test]
fn no_function_is_left_out() {
    let chapter = chapter();
    let mut names: Vec<&str> = functions::all().iter().map(|f| f.name).collect();
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count, "a name stands twice");
    for name in names {
        assert!(chapter.contains(&format!("`{name}(")), "{name}");
    }
    for compat in functions::compat() {
        assert!(chapter.contains(&format!("`{}(", compat.name)), "{}", compat.name);
    }
}
