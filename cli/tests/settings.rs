//! `subscription set` and `mapwright.yaml`: secrets stay where they belong, mistakes have a place, and what is refused changes nothing.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // tests

mod support;

use support::{IPAAS, Place, TOKEN, command, finish};

/// A collection that asks for a setting.
const WITH_SETTING: &str = "\
collection: Groups
record: Customer Category
direction: from
sync: add-update
bigcommerce: customers.group
find_by: name
settings:
  prefix: { type: text, required: true, about: before each name }
errors:
  - when: name is empty
    message: \"no name\"
rules: |
  name <- \"{settings.prefix}{name}\"
  is_default <- false  on create
  category_access.type <- \"all\"  on create
";

#[test]
fn a_setting_is_known_or_asked_for_by_a_mapping_file() {
    let place = Place::new();
    let before = place.settings();
    let set = |change: &str| place.run(&["subscription", "set", change]);
    set("storehash=xyz").refused(&[
        "there is no setting `storehash`",
        "did you mean `store_hash`?",
        "`time_zone`",
        "declare no others",
    ]);
    set("prefix=A").refused(&["there is no setting `prefix`"]);
    assert_eq!(place.settings(), before);
    place.write("mappings/groups.yaml", WITH_SETTING);
    place.run(&["check"]).refused(&["error[E0132]: the setting `prefix` is required"]);
    set("prefix=A").well();
    place.run(&["check"]).well();
    assert!(place.settings().contains("  prefix: \"A\"\n"));
    set("prefx=A").refused(&["did you mean `prefix`?", "declare `prefix`"]);
    set("time_zone=Europe/Berlin").well();
    set("time_zone=Berlin").refused(&["`time_zone`: is a name such as `Europe/Berlin` or `UTC`"]);
    set("canaryWithoutEqualsSign").refused(&["change 1 is no `name=value`"]);
    // a setting that no file asks for any more can still be taken away
    std::fs::remove_file(place.shop().join("mappings/groups.yaml")).unwrap();
    set("prefix=").well();
    assert!(!place.settings().contains("prefix"));
}

#[test]
fn a_secret_is_no_setting() {
    let place = Place::new();
    // even where a mapping file asks for it
    place.write("mappings/groups.yaml", &WITH_SETTING.replace("prefix", "access_key"));
    let before = place.settings();
    for name in ["access_key", "api_key", "apikey", "private_key", "pwd", "bearer", "client_secret", "my_credentials"] {
        place
            .run(&["subscription", "set", &format!("{name}=canary")])
            .refused(&[&format!("`{name}` looks like a secret"), "--token-file FILE"]);
    }
    let whole = format!("client_id={TOKEN}");
    let within = format!("name=Bearer {IPAAS}!");
    for change in [&whole, &within] {
        place.run(&["subscription", "set", change]).refused(&["holds a token of this subscription"]);
    }
    // pasted in place of a name
    place.run(&["subscription", "set", &format!("{TOKEN}=")]).refused(&["looks like a secret"]);
    let mut environment = command(&place.shop(), &["subscription", "set", "name=canary-of-the-environment"]);
    environment.env("MAPWRIGHT_TOKEN", "canary-of-the-environment");
    finish(environment).refused(&["the value of `name` is or holds a token"]);
    assert_eq!(place.settings(), before);
}

#[test]
fn a_secret_that_was_written_into_the_file_is_found_and_not_shown() {
    let place = Place::new();
    let start = place.settings();
    let cases = [
        (format!("{start}access_key: canary1\n"), "mapwright.yaml:8:1", "`access_key` looks like a secret"),
        (format!("{start}settings:\n  api_key: \"canary1\"\n"), "mapwright.yaml:9:3", "`api_key` looks like a secret"),
        (
            format!("{start}settings: {{ shop: 1, apiKey: canary1 }}\n"),
            "mapwright.yaml:8:22",
            "`apiKey` looks like a secret",
        ),
        (
            format!("{start}client_id: x{TOKEN}x\n"),
            "mapwright.yaml:8:12",
            "the value of `client_id` is or holds a token",
        ),
        (format!("{start}acces: {TOKEN}\n"), "mapwright.yaml:8:8", "the value of `acces` is or holds a token"),
        (
            format!("{start}settings:\n  shop: '{IPAAS}'\n"),
            "mapwright.yaml:9:9",
            "the value of `shop` is or holds a token",
        ),
        (
            start.replace("https://api.ipaas.com", "https://me:canary1@api.ipaas.com"),
            "mapwright.yaml:5:12",
            "`ipaas_url`",
        ),
        (format!("{start}password: |\n  canary1\n  canary2\nnonsense: [\n"), "mapwright.yaml:", "error[E0"),
    ];
    for (text, at, message) in cases {
        place.write("mapwright.yaml", &text);
        for command in
            [&["check"][..], &["subscription", "show"], &["subscription", "set", "name=x"], &["initialize", "product"]]
        {
            place.run(command).refused(&[at, message]);
        }
        place.run(&["check", "--format", "json"]).refused(&["\"E0"]);
        assert_eq!(place.settings(), text);
    }
}

#[test]
fn mistakes_of_the_settings_are_told_at_once_and_everywhere_alike() {
    let place = Place::new();
    place.write(
        "mapwright.yaml",
        "name: My store\nstorehash: abc123\nsystem_id: -1\ntime_zone: [UTC]\nname: twice\nthrottle: { calls: many, second: 1 }\n",
    );
    let said = [
        "error[E0120]: `storehash` is not a key of `mapwright.yaml`",
        "mapwright.yaml:2:1",
        "did you mean `store_hash`?",
        "error[E0128]: a subscription needs the key `store_hash`",
        "error[E0121]: `time_zone` is a text, this is a list",
        "mapwright.yaml:4:12",
        "error[E0111]: the key `name` stands here twice",
        "mapwright.yaml:5:1",
        "error[E0130]: `calls` of `throttle` is a whole number",
        "mapwright.yaml:6:20",
        "error[E0120]: `second` is not a key of `throttle`",
        "help: write `throttle: { calls: 500, seconds: 60 }`",
    ];
    place.run(&["check"]).refused(&said);
    place.run(&["subscription", "show"]).refused(&said);
    place.run(&["sync", "product", "1"]).refused(&said);
    let fields = "name: a\nstore_hash: ABC\nsystem_id: -1\ntime_zone: Berlin\n";
    place.write("mapwright.yaml", fields);
    place.run(&["check"]).refused(&[
        "mapwright.yaml:2:13",
        "`store_hash` consists of",
        "mapwright.yaml:3:12",
        "mapwright.yaml:4:12",
    ]);
    for empty in ["", "# nothing\n"] {
        place.write("mapwright.yaml", empty);
        place.run(&["check"]).refused(&["error[E0104]", "mapwright.yaml:1:1", "`store_hash` and `system_id`"]);
        place.run(&["subscription", "show"]).refused(&["error[E0104]"]);
    }
    place.write("mapwright.yaml", "name: &a x\nstore_hash: abc123\nsystem_id: 1\n");
    place.run(&["check"]).refused(&["error[E0108]", "help: `mapwright.yaml` has none"]);
    // what is written as nothing is left out, and a text is what is written
    place.write(
        "mapwright.yaml",
        "\u{feff}name: yes\r\nstore_hash: 007\r\nsystem_id: 12\r\nclient_id:\r\nthrottle: ~\r\nsettings:\r\n",
    );
    place
        .run(&["subscription", "show"])
        .well()
        .said(&["name               yes\n", "007 at https://api.bigcommerce.com"]);
    // named files are judged without the settings
    place.write("mappings/groups.yaml", WITH_SETTING);
    place.run(&["check", "mappings/groups.yaml"]).well();
}

#[test]
fn a_setting_that_nobody_asks_for_is_a_warning() {
    let place = Place::new();
    place.write("mappings/groups.yaml", WITH_SETTING);
    place.write("mapwright.yaml", &format!("{}settings:\n  prefix: A\n  prefiks: A\n", place.settings()));
    place.run(&["check"]).well().said(&["warning[W0101]", "mapwright.yaml:10:3", "did you mean `prefix`?"]);
    place.run(&["check", "--strict"]).refused(&["`prefiks`"]);
    place.run(&["subscription", "show"]).well().said(&["setting prefiks"]);
}

#[test]
fn a_record_that_is_mapped_sees_what_the_project_has_set() {
    let place = Place::new();
    place.write("mappings/groups.yaml", WITH_SETTING);
    place.write("record.json", r#"{ "id": "1", "name": "Gold" }"#);
    place.run(&["subscription", "set", "prefix=A "]).well();
    let mapped = ["map", "Groups", "--input", "record.json"];
    place.run(&mapped).well().said(&[r#""name": "A Gold""#]);
    // what the context says goes before
    place.write("context.json", r#"{ "settings": { "prefix": "B-" } }"#);
    place.run(&[&mapped[..], &["--context", "context.json"]].concat()).well().said(&[r#""name": "B-Gold""#]);
    std::fs::create_dir_all(place.shop().join("snapshots/gold")).unwrap();
    place.write("snapshots/gold/record.json", r#"{ "id": "1", "name": "Gold" }"#);
    place.write("snapshots/gold/context.json", r#"{ "collection": "Groups" }"#);
    place.run(&["test", "--accept"]).well();
    place.run(&["subscription", "set", "prefix=C-"]).well();
    place.run(&["test"]).said(&[r#"-  "name": "A Gold""#, r#"+  "name": "C-Gold""#]);
}

#[test]
fn a_text_that_is_not_closed_is_said_in_the_words_of_this_file() {
    let place = Place::new();
    for (text, at, help) in [
        ("name: \"My store\nstore_hash: abc123\nsystem_id: 1\n", "1:7", "close it with `\"`"),
        ("name: \"My store\nstore_hash: \"abc123\"\nsystem_id: \"1\"\n", "1:7", "close it with `\"`"),
        ("name: 'My store\nstore_hash: abc123\nsystem_id: 1\n", "1:7", "close it with `'`"),
        ("name: @My store\nstore_hash: abc123\nsystem_id: 1\n", "1:7", "put the text in '…'"),
    ] {
        place.write("mapwright.yaml", text);
        let told = place.run(&["check"]).refused(&[&format!("mapwright.yaml:{at}"), &format!("help: {help}")]);
        let all = format!("{}{}", told.stdout, told.stderr);
        assert!(!all.contains("expression") && !all.contains("block"), "{all}");
    }
}

/// A collection that asks for a setting of every type.
const TYPED: &str = "\
collection: Groups
record: Customer Category
direction: from
sync: add-update
bigcommerce: customers.group
find_by: name
settings:
  warehouse: { type: integer, required: true }
  default_group: { type: boolean }
  margin: { type: decimal }
  contact: { type: email }
errors:
  - when: name is empty
    message: \"no name\"
rules: |
  name <- \"{name} {settings.warehouse} {settings.margin} {settings.contact}\" or if empty name
  is_default <- settings.default_group
  category_access.type <- \"all\"  on create
";

#[test]
fn language_12_settings_are_of_their_types_before_anything_is_sent() {
    let place = Place::new();
    let start = place.settings();
    place.write("mappings/groups.yaml", TYPED);
    place.write("record.json", r#"{ "id": "1", "name": "Gold" }"#);
    let map = ["map", "Groups", "--input", "record.json"];
    for (settings, at, message) in [
        ("  warehouse: \"1.5\"\n", "9:14", "the setting `warehouse` takes a whole number, this is `1.5`"),
        ("  warehouse: 1e3\n", "9:14", "the setting `warehouse` takes a whole number, this is `1e3`"),
        (
            "  warehouse: 3\n  default_group: yes\n",
            "10:18",
            "the setting `default_group` takes `true` or `false`, this is `yes`",
        ),
        ("  warehouse: 3\n  margin: 10%\n", "10:11", "the setting `margin` takes a number, this is `10%`"),
        (
            "  warehouse: 3\n  contact: the office\n",
            "10:12",
            "the setting `contact` takes an e-mail address, this is `the office`",
        ),
        ("  margin: 1\n", "8:1", "the setting `warehouse` is required, and the subscription does not set it"),
    ] {
        place.write("mapwright.yaml", &format!("{start}settings:\n{settings}"));
        let at = format!("mapwright.yaml:{at}");
        for command in [
            &["check"][..],
            &["initialize", "Customer Category"],
            &["sync", "Customer Category", "1"],
            &["sync", "Customer Category", "1", "--dry-run"],
            &["retry", "--failed"],
            &map,
        ] {
            let ran = place.run(command).refused(&[&at, message]);
            assert!(!ran.stderr.contains("connect"), "{command:?} sent something: {}", ran.stderr);
        }
    }
    place.write(
        "mapwright.yaml",
        &format!("{start}settings:\n  warehouse: 3\n  default_group: false\n  margin: 0.25\n  contact: a@b.c\n"),
    );
    place.run(&["check"]).well();
    place.run(&map).well().said(&[r#""name": "Gold 3 0.25 a@b.c""#, r#""is_default": false"#]);
}

#[test]
fn language_12_settings_of_a_context_and_of_the_command_line_are_read_alike() {
    let place = Place::new();
    place.write("mappings/groups.yaml", TYPED);
    place.write("record.json", r#"{ "id": "1", "name": "Gold" }"#);
    let map = ["map", "Groups", "--input", "record.json", "--context", "context.json"];
    place.write("context.json", r#"{ "settings": { "warehouse": "x" } }"#);
    place.run(&map).refused(&["context.json: the setting `warehouse` takes a whole number, this is `x`"]);
    place.write(
        "context.json",
        r#"{ "settings": { "warehouse": 7, "default_group": true, "margin": 0.5, "contact": "a@b.c" } }"#,
    );
    place.run(&map).well().said(&[r#""name": "Gold 7 0.5 a@b.c""#, r#""is_default": true"#]);
    for (change, what) in
        [("warehouse=1.5", "a whole number"), ("default_group=on", "`true` or `false`"), ("margin=a lot", "a number")]
    {
        place.run(&["subscription", "set", change]).refused(&[what, "write "]);
    }
    place.run(&["subscription", "set", "warehouse=15", "default_group=true"]).well();
    place.run(&["check"]).well();
}

#[test]
fn language_12_a_required_setting_under_another_name_is_one_slip() {
    let place = Place::new();
    place.write("mappings/groups.yaml", TYPED);
    place.write("mapwright.yaml", &format!("{}settings:\n  warehous: 3\n", place.settings()));
    let ran = place.run(&["check"]).refused(&["error[E0132]", "mapwright.yaml:9:3", "did you mean `warehouse`?"]);
    assert!(!ran.stderr.contains("W0101"), "{}", ran.stderr);
    // what does not run needs nothing
    place.write("mappings/groups.yaml", &TYPED.replacen("find_by", "active: false\nfind_by", 1));
    place.run(&["check"]).well();
}
