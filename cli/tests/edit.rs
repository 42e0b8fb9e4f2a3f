//! `edit`, `test --add` and `schema --envelope`, run as a script runs them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // tests

use std::path::Path;
use std::process::Command;

struct Ran {
    code: i32,
    out: String,
    err: String,
}

fn mapwright(directory: &Path, arguments: &[&str]) -> Ran {
    let output = Command::new(env!("CARGO_BIN_EXE_mapwright"))
        .args(arguments)
        .current_dir(directory)
        .env("NO_COLOR", "1")
        .output()
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ran { code: output.status.code().unwrap(), out: text(&output.stdout), err: text(&output.stderr) }
}

const FILE: &str = "\
# at the top
collection: Mine
record: Product
direction: from
sync: add-update
bigcommerce: catalog.product
find_by: sku
lookups:
  Product Type:
    unmatched: error
    entries:
      Physical: physical  # a thing
rules: |
  name    <- name             # as it is
  sku     <- sku
  type    <- type | lookup(\"Product Type\")  on create
  price   <- default_price ?? 0
  weight  <- weight ?? 0
";

fn project() -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(directory.path().join("mappings")).unwrap();
    std::fs::write(directory.path().join("mapwright.yaml"), "name: x\n").unwrap();
    std::fs::write(directory.path().join("mappings/mine.yaml"), FILE).unwrap();
    directory
}

fn file(directory: &Path) -> String {
    std::fs::read_to_string(directory.join("mappings/mine.yaml")).unwrap()
}

#[test]
fn a_rule_and_an_entry_change_and_nothing_else() {
    let directory = project();
    let here = directory.path();
    let ran = mapwright(here, &["edit", "Mine", "--rule", "price <- default_price | round(2)  otherwise 0"]);
    assert_eq!((ran.code, ran.out.as_str()), (0, ""), "{}", ran.err);
    let ran = mapwright(
        here,
        &[
            "edit",
            "mappings/mine.yaml",
            "--lookup",
            "Product Type",
            "--set",
            "Physical=digital",
            "--set",
            "Virtual = digital",
        ],
    );
    assert_eq!(ran.code, 0, "{}", ran.err);
    let expected = FILE
        .replace("Physical: physical  # a thing\n", "Physical: digital  # a thing\n      Virtual: digital\n")
        .replace("default_price ?? 0", "default_price | round(2) otherwise 0");
    let formatted = mapwright_language::syntax::format::format_file(&expected).unwrap();
    assert_eq!(file(here), formatted);
    let more = file(here).replace("rules: |\n", "rules: |\n  upc <- barcode  # kept\n");
    std::fs::write(here.join("mappings/mine.yaml"), more).unwrap();
    let ran =
        mapwright(here, &["edit", "Mine", "--remove-rule", "upc", "--lookup", "Product Type", "--unset", "Virtual"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(!file(here).contains("<- barcode") && file(here).contains("# kept"), "{}", file(here));
    // nothing is left beside the file
    assert_eq!(std::fs::read_dir(here.join("mappings")).unwrap().count(), 1);
}

#[test]
fn what_went_and_what_came_is_said() {
    let directory = project();
    let here = directory.path();
    let halves = "price   <- default_price ?? 0  on create\n  price   <- default_price  on update";
    std::fs::write(here.join("mappings/mine.yaml"), FILE.replace("price   <- default_price ?? 0", halves)).unwrap();
    let ran = mapwright(here, &["edit", "Mine", "--rule", "price <- default_price | round(2) otherwise 0"]);
    let blanks = |text: &str| text.split(' ').filter(|w| !w.is_empty()).collect::<Vec<_>>().join(" ");
    let said: Vec<String> = ran.err.lines().map(blanks).collect();
    assert_eq!(
        said,
        [
            "mappings/mine.yaml: changed",
            "- price <- default_price ?? 0 on create",
            "- price <- default_price on update",
            "+ price <- default_price | round(2) otherwise 0",
        ]
    );
    let ran = mapwright(here, &["edit", "Mine", "--lookup", "Product Type", "--unset", "Physical"]);
    assert!(ran.err.contains("\n  - Physical: physical  # a thing\n"), "{}", ran.err);
}

#[test]
fn a_dry_run_shows_a_diff_and_writes_nothing() {
    let directory = project();
    let ran = mapwright(directory.path(), &["edit", "Mine", "--rule", "sku <- \"{sku}\"", "--dry-run"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.starts_with("--- mappings/mine.yaml\n+++ mappings/mine.yaml (changed)\n"), "{}", ran.out);
    assert!(ran.out.contains("-  sku     <- sku\n") && ran.out.contains("+  sku     <- \"{sku}\"\n"), "{}", ran.out);
    assert_eq!(file(directory.path()), FILE);
}

#[test]
fn line_endings_and_permissions_stay() {
    let directory = project();
    let path = directory.path().join("mappings/mine.yaml");
    std::fs::write(&path, FILE.replace('\n', "\r\n")).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
    }
    let ran = mapwright(directory.path(), &["edit", "Mine", "--rule", "width <- width"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let text = file(directory.path());
    assert_eq!(text.matches('\n').count(), text.matches("\r\n").count());
    assert!(text.contains("width <- width") || text.contains("width   <- width\r\n"), "{text}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
    }
}

#[test]
fn what_goes_wrong_is_said_and_the_file_is_untouched() {
    let directory = project();
    let here = directory.path();
    for (arguments, code, said) in [
        (&["edit", "Mine"][..], 2, "--rule"),
        (&["edit", "Mine", "--set", "a=b"], 2, "--lookup"),
        (&["edit", "Mine", "--rule", "price <- ("], 1, "the rule cannot be read (line 1"),
        (&["edit", "Mine", "--rule", "garbage"], 1, "this line starts neither a rule nor a `let`"),
        (&["edit", "Mine", "--remove-rule", "pric"], 1, "did you mean `price`?"),
        (&["edit", "Mine", "--lookup", "Product Type", "--set", "a"], 1, "write `--set SOURCE=target`"),
        (&["edit", "Mien", "--rule", "price <- 1"], 2, "did you mean `Mine`?"),
        (&["edit", "gone.yaml", "--rule", "price <- 1"], 2, "gone.yaml: there is no such file"),
        // the first change could be made, the second not: none is
        (&["edit", "Mine", "--rule", "price <- 1", "--lookup", "Product Type", "--unset", "x"], 1, "has no entry `x`"),
    ] {
        let ran = mapwright(here, arguments);
        assert_eq!(ran.code, code, "{arguments:?}: {}", ran.err);
        assert!(ran.err.contains(said), "{arguments:?}: {}", ran.err);
        assert_eq!(file(here), FILE, "{arguments:?}");
    }
    let twice = format!("{FILE}  price <- msrp\n");
    std::fs::write(here.join("mappings/mine.yaml"), &twice).unwrap();
    let ran = mapwright(here, &["edit", "Mine", "--rule", "price <- 1"]);
    assert!(ran.code == 1 && ran.err.contains("`price` is filled more than once, again in line 19"), "{}", ran.err);
    assert_eq!(file(here), twice);
}

/// The built-in collections as a project.
fn built_in(here: &Path) {
    std::fs::write(here.join("mapwright.yaml"), "name: x\nstore_hash: abc123\nsystem_id: 1\n").unwrap();
    for original in mapwright_defaults::originals() {
        let path = here.join("mappings").join(original.path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, original.text).unwrap();
    }
}

#[cfg(unix)]
#[test]
fn the_examples_of_the_help_leave_sound_files() {
    let directory = tempfile::tempdir().unwrap();
    let here = directory.path();
    built_in(here);
    let help = mapwright(here, &["edit", "--help"]).out;
    let examples: Vec<&str> = help.lines().filter_map(|l| l.strip_prefix("  mapwright edit ")).collect();
    assert!(examples.len() > 3, "{help}");
    for example in examples {
        let arguments = example.split("    ").next().unwrap();
        let command = format!("{} edit {arguments}", env!("CARGO_BIN_EXE_mapwright"));
        let output = Command::new("sh").args(["-c", &command]).current_dir(here).output().unwrap();
        assert!(output.status.success(), "{command}: {}", String::from_utf8_lossy(&output.stderr));
        let check = mapwright(here, &["check", "--strict"]);
        assert_eq!(check.code, 0, "{command}: {}", check.err);
    }
}

#[test]
fn a_case_of_a_real_record_holds_nobodys_name() {
    let directory = tempfile::tempdir().unwrap();
    let here = directory.path();
    built_in(here);
    let record = r#"{"id": 11, "email": "ada.l@firm.org", "first_name": "Ada", "last_name": "Lovelace", "company": "", "phone": "+44 0171 5",
        "date_created": "2024-01-31T10:20:30Z", "date_modified": "2024-02-01T00:00:00Z",
        "addresses": [{"id": 21, "customer_id": 11, "first_name": "Ada", "last_name": "Lovelace", "address1": "1 Long Street", "city": "Köln",
        "postal_code": "50667", "country_code": "DE", "phone": "0171"}], "unheard": "Ada"}"#;
    std::fs::write(here.join("Real One.json"), record).unwrap();
    let ran = mapwright(here, &["test", "--add", "BC Customer", "--record", "Real One.json"]);
    assert_eq!(ran.code, 0, "{}\n{}", ran.out, ran.err);
    assert!(ran.out.starts_with("made bc-customer/real-one: "), "{}", ran.out);
    assert!(ran.err.contains("left out, since BigCommerce customer does not have it: unheard"), "{}", ran.err);
    let folder = here.join("snapshots/bc-customer/real-one");
    for name in ["record.json", "context.json", "target.json"] {
        let text = std::fs::read_to_string(folder.join(name)).unwrap();
        for personal in ["Ada", "Lovelace", "firm.org", "Long Street", "Köln", "50667", "0171"] {
            assert!(!text.contains(personal), "{personal} in {name}: {text}");
        }
    }
    let ran = mapwright(here, &["test"]);
    assert!(ran.code == 0 && ran.err.contains("1 case: 1 same"), "{}{}", ran.out, ran.err);

    // a second one of the same file gets a name of its own; a name that is taken, or leads elsewhere, is refused
    let ran = mapwright(here, &["test", "--add", "BC Customer", "--record", "Real One.json"]);
    assert!(ran.out.starts_with("made bc-customer/real-one-2: "), "{}", ran.out);
    for (name, said) in [
        ("bc-customer/real-one", "there is a case"),
        ("../x", "cannot be a case's name"),
        ("", "cannot be a case's name"),
    ] {
        let ran = mapwright(here, &["test", "--add", "BC Customer", "--record", "Real One.json", "--name", name]);
        assert!(ran.code == 2 && ran.err.contains(said), "{name}: {}", ran.err);
    }
    std::fs::write(here.join("list.json"), "[1]").unwrap();
    let ran = mapwright(here, &["test", "--add", "BC Customer", "--record", "list.json"]);
    assert!(ran.code == 1 && ran.err.contains("this is not one record"), "{}", ran.err);
}

#[test]
fn the_schema_of_the_envelope_is_printed() {
    let directory = tempfile::tempdir().unwrap();
    let ran = mapwright(directory.path(), &["schema", "--envelope"]);
    let schema: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(schema, mapwright_editor::schema::envelope());
}

#[test]
fn language_17_a_change_that_brings_a_mistake_is_refused_with_the_checkers_message() {
    let directory = project();
    let here = directory.path();
    let before = file(here);
    for (arguments, said) in [
        (&["--rule", "price <- defualt_price ?? 0"][..], "`defualt_price` is not a field"),
        (&["--rule", "price <- name"], "this field takes a number"),
        (&["--rule", "weight <- weight"], "`weight` is needed when a record is created"),
        (&["--rule", "nonsense <- name"], "`nonsense` is not a field"),
        (&["--remove-rule", "price"], "needs `price` when it is created"),
        (&["--lookup", "Product Type", "--set", "Virtual=digitl"], "`digitl` is not a value of this field"),
    ] {
        for dry in [&[][..], &["--dry-run"]] {
            let ran = mapwright(here, &[&["edit", "Mine"], arguments, dry].concat());
            assert_eq!(ran.code, 1, "{arguments:?}: {}{}", ran.out, ran.err);
            assert!(ran.err.contains(said) && ran.err.contains("is left as it is"), "{arguments:?}: {}", ran.err);
            assert_eq!(file(here), before, "{arguments:?}");
        }
    }
    // what was wrong before does not stand in the way of another change
    std::fs::write(here.join("mappings/mine.yaml"), before.replace("weight ?? 0", "wieght ?? 0")).unwrap();
    let ran = mapwright(here, &["edit", "Mine", "--rule", "price <- msrp ?? 0"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    // a file outside a project is compiled by itself
    let alone = tempfile::tempdir().unwrap();
    std::fs::write(alone.path().join("alone.yaml"), FILE).unwrap();
    let ran = mapwright(alone.path(), &["edit", "alone.yaml", "--rule", "price <- name"]);
    assert!(ran.code == 1 && ran.err.contains("takes a number"), "{}", ran.err);
}
