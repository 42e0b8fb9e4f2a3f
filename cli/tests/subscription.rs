//! `subscription` and what it keeps, by the real program: secrets stay where they belong, mistakes have a place, and what is
//! refused changes nothing.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // tests

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const TOKEN: &str = "canary0bigcommerce0token0471108";
const IPAAS: &str = "canary0ipaas0token0081547110815";

/// What a command did.
struct Ran {
    code: i32,
    stdout: String,
    stderr: String,
}

impl Ran {
    /// It failed and said all of this, and no token.
    fn refused(self, said: &[&str]) -> Ran {
        assert!(self.code == 1 || self.code == 2, "exit {}\n{}{}", self.code, self.stdout, self.stderr);
        self.said(said)
    }

    fn well(self) -> Ran {
        assert_eq!(self.code, 0, "{}{}", self.stdout, self.stderr);
        self
    }

    fn said(self, said: &[&str]) -> Ran {
        let all = format!("{}{}", self.stdout, self.stderr);
        for part in said {
            assert!(all.contains(part), "`{part}` is not in\n{all}");
        }
        assert!(!all.contains("canary"), "{all}");
        self
    }
}

fn command(directory: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mapwright"));
    command.current_dir(directory).args(arguments).stdin(Stdio::null()).env("NO_COLOR", "1");
    for name in
        ["TOKEN", "IPAAS_TOKEN", "TOKEN_FILE", "IPAAS_TOKEN_FILE", "NAME", "STORE_HASH", "CLIENT_ID", "SYSTEM_ID"]
    {
        command.env_remove(format!("MAPWRIGHT_{name}"));
    }
    command
}

fn finish(mut command: Command) -> Ran {
    let output = command.output().unwrap();
    Ran {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

fn run(directory: &Path, arguments: &[&str]) -> Ran {
    finish(command(directory, arguments))
}

const CREATE: &[&str] =
    &["subscription", "create", "shop", "--name", "My store", "--store-hash", "abc123", "--system-id", "4711"];

/// A project `shop` with both tokens kept, below a directory that holds the token files.
struct Place {
    directory: tempfile::TempDir,
}

impl Place {
    fn empty() -> Place {
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join("bc"), TOKEN).unwrap();
        std::fs::write(directory.path().join("ip"), IPAAS).unwrap();
        Place { directory }
    }

    fn new() -> Place {
        let place = Place::empty();
        let tokens = ["--token-file", "bc", "--ipaas-token-file", "ip"];
        run(place.path(), &[CREATE, &tokens].concat()).well().said(&["made shop/mapwright.yaml"]);
        place
    }

    fn path(&self) -> &Path {
        self.directory.path()
    }

    fn shop(&self) -> PathBuf {
        self.path().join("shop")
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        run(&self.shop(), arguments)
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.shop().join(name), text).unwrap();
    }

    fn settings(&self) -> String {
        std::fs::read_to_string(self.shop().join("mapwright.yaml")).unwrap()
    }
}

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
    place.run(&["check"]).well();
    set("prefix=A").well();
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
    place.write("mapwright.yaml", &format!("{}settings:\n  prefiks: A\n", place.settings()));
    place.run(&["check"]).well().said(&["warning[W0101]", "mapwright.yaml:9:3", "did you mean `prefix`?"]);
    place.run(&["check", "--strict"]).refused(&["`prefiks`"]);
    place.run(&["subscription", "show"]).well().said(&["setting prefiks"]);
}

/// A transfer that waits for an answer, and so keeps the project; it is ended when dropped.
struct Transfer(std::process::Child);

impl Transfer {
    fn of(shop: &Path) -> Transfer {
        let child = command(shop, &["initialize", "customer-category"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let holder = format!("process {} (initialize)", child.id());
        let transfer = Transfer(child);
        for _ in 0..1000 {
            if std::fs::read_to_string(shop.join(".mapwright/lock")).is_ok_and(|text| text == holder) {
                return transfer;
            }
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        panic!("the transfer does not begin");
    }
}

impl Drop for Transfer {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn a_project_in_use_is_left_alone() {
    // takes connections and never answers
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", silent.local_addr().unwrap());
    let place = Place::new();
    let urls = [format!("api_url={address}"), format!("ipaas_url={address}")];
    place.run(&["subscription", "set", &urls[0], &urls[1]]).well();
    place.run(&["defaults", "install"]).well();
    let (before, credentials) = (place.settings(), place.shop().join(".mapwright/credentials.json"));
    let transfer = Transfer::of(&place.shop());
    let holder = format!("the project is in use by process {} (initialize)", transfer.0.id());
    place.run(&["subscription", "set", "name=Other"]).refused(&[&holder, "help: wait until it has ended"]);
    place.run(&["subscription", "set", "--token-file", "../ip"]).refused(&[&holder]);
    place.run(&["subscription", "remove", "--yes"]).refused(&[&holder]);
    assert_eq!(place.settings(), before);
    assert!(credentials.is_file());
    drop(transfer);
    place.run(&["subscription", "set", "name=Other"]).well();
    place.run(&["subscription", "remove", "--yes"]).well();
    assert!(!credentials.exists());
}

#[test]
fn removing_says_what_it_deletes_and_then_what_it_deleted() {
    let place = Place::new();
    place.run(&["status"]).well();
    std::fs::create_dir(place.shop().join("snapshots")).unwrap();
    let parts = [
        ".mapwright/credentials.json: the tokens",
        ".mapwright/state.db: links, outcomes, the journal of intended writes",
        "mapwright.yaml: the settings",
    ];
    place.run(&["subscription", "remove"]).refused(&parts).said(&[
        "this deletes",
        "say `--yes`",
        "mapping files and snapshots stay",
    ]);
    assert!(place.shop().join(".mapwright/state.db").is_file());
    place.run(&["subscription", "remove", "--yes"]).well().said(&parts).said(&["deleted ", "is forgotten"]);
    let mut left: Vec<_> = std::fs::read_dir(place.shop()).unwrap().map(|e| e.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, [".gitignore", "mappings", "snapshots"]);
    // and it can be made again
    run(place.path(), CREATE).well();
}

#[test]
fn what_is_no_project_is_not_removed_or_changed() {
    let place = Place::empty();
    std::fs::create_dir_all(place.path().join("other/.mapwright")).unwrap();
    std::fs::write(place.path().join("other/.mapwright/state.db"), "mine").unwrap();
    for arguments in
        [&["subscription", "remove", "--yes"][..], &["subscription", "set", "name=a"], &["subscription", "show"]]
    {
        run(place.path(), &[arguments, &["--project", "other"]].concat())
            .refused(&["other is no project: there is no mapwright.yaml in it", "mapwright subscription create other"]);
        run(place.path(), arguments).refused(&["this is no project"]);
    }
    for arguments in [&["status"][..], &["check"], &["initialize", "product"]] {
        run(place.path(), &[arguments, &["--project", "other"]].concat()).refused(&["other is no project"]);
    }
    assert_eq!(std::fs::read_to_string(place.path().join("other/.mapwright/state.db")).unwrap(), "mine");
}

#[test]
fn an_emptied_state_is_not_taken_for_a_new_one() {
    let place = Place::new();
    place.run(&["status"]).well();
    let path = place.shop().join(".mapwright/state.db");
    for (bytes, why) in [("", "`state.db` is empty"), ("garbage", "`state.db` is damaged or not a database")] {
        std::fs::write(&path, bytes).unwrap();
        for arguments in [&["status"][..], &["retry", "--parked"]] {
            place.run(arguments).refused(&[why, "put a copy of it back", "move all `state.db*` away"]);
        }
        assert_eq!(std::fs::read_to_string(&path).unwrap(), bytes);
    }
}

#[test]
fn another_token_is_kept_and_none_is_shown() {
    let place = Place::new();
    let kept = || std::fs::read_to_string(place.shop().join(".mapwright/credentials.json")).unwrap();
    std::fs::write(place.path().join("new"), "canary-new-token").unwrap();
    place.run(&["subscription", "set", "--token-file", "../new"]).well().said(&["BigCommerce's token kept in"]);
    assert!(kept().contains("canary-new-token") && kept().contains(IPAAS) && !kept().contains(TOKEN));
    std::fs::write(
        place.path().join("file"),
        "ACCESS TOKEN: canary-3\nCLIENT ID: c9\nAPI PATH: https://api.bigcommerce.com/stores/abc123/v3/\n",
    )
    .unwrap();
    place
        .run(&["subscription", "set", "name=Other", "--token-file", "../file", "--ipaas-token-file", "../new"])
        .well()
        .said(&["BigCommerce's token and iPaaS.com's token kept"]);
    assert!(kept().contains("canary-3") && !kept().contains(IPAAS));
    assert!(place.settings().contains("name: \"Other\"") && place.settings().contains("client_id: \"c9\""));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(place.shop().join(".mapwright/credentials.json")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    // one thing is wrong: nothing is changed
    let before = (kept(), place.settings());
    place
        .run(&["subscription", "set", "--token-file", "../bc", "nonsense=1"])
        .refused(&["there is no setting `nonsense`"]);
    place
        .run(&["subscription", "set", "--token-file", "../bc", &format!("name={TOKEN}")])
        .refused(&["the value of `name` is or holds a token"]);
    place
        .run(&["subscription", "set", "store_hash=other", "--token-file", "../file"])
        .refused(&["is of the store `abc123`"]);
    place.run(&["subscription", "set"]).refused(&["NAME=VALUE"]);
    assert_eq!((kept(), place.settings()), before);
    place
        .run(&["subscription", "set", "--help"])
        .well()
        .said(&["mapwright subscription set --token-file bigcommerce.token"]);
    place.run(&["subscription", "remove", "--help"]).well().said(&["mapwright subscription remove --yes"]);
}

#[test]
fn a_token_on_the_command_line_is_neither_taken_nor_shown() {
    let place = Place::empty();
    let create = |more: &[&str]| run(place.path(), &[CREATE, more].concat());
    let advice = "takes the path of a file that holds the token, never the token itself";
    create(&["--token-file", TOKEN])
        .refused(&["the file named by `--token-file` cannot be read: there is no such file", advice]);
    create(&["--ipaas-token-file", IPAAS]).refused(&["the file named by `--ipaas-token-file` cannot be read", advice]);
    create(&["--token-file", "."]).refused(&["it is a directory", advice]);
    let mut environment = command(place.path(), CREATE);
    environment.env("MAPWRIGHT_TOKEN_FILE", TOKEN);
    finish(environment).refused(&["cannot be read"]);
    let mut help = command(place.path(), &["subscription", "create", "--help"]);
    help.env("MAPWRIGHT_TOKEN_FILE", TOKEN);
    finish(help).well().said(&["MAPWRIGHT_TOKEN_FILE"]);
    for (flag, instead, variable) in [
        ("--token", "`--token-file FILE`", "`MAPWRIGHT_TOKEN`"),
        ("--access-token", "`--token-file FILE`", "`MAPWRIGHT_TOKEN`"),
        ("--ipaas-token", "`--ipaas-token-file FILE`", "`MAPWRIGHT_IPAAS_TOKEN`"),
    ] {
        let said = ["tokens are never given on the command line", instead, variable];
        create(&[flag, TOKEN]).refused(&said);
        create(&[&format!("{flag}={TOKEN}")]).refused(&said);
        run(place.path(), &["subscription", "create", flag, TOKEN]).refused(&said);
        run(place.path(), &["subscription", "set", flag, TOKEN]).refused(&said);
    }
    create(&["--token-file", "bc", "--client-id", TOKEN]).refused(&["`--client-id` is or holds one of the tokens"]);
    assert!(!place.shop().exists());
}

#[test]
fn show_says_where_each_token_comes_from() {
    let place = Place::empty();
    run(place.path(), &[CREATE, &["--token-file", "bc"]].concat()).well();
    let show = |token: &str, ipaas: &str, format: &str| {
        let mut command = command(&place.shop(), &["subscription", "show", "--format", format]);
        command.env("MAPWRIGHT_TOKEN", token).env("MAPWRIGHT_IPAAS_TOKEN", ipaas);
        finish(command).well()
    };
    show("", " ", "text").said(&[
        "BigCommerce token  kept\n",
        "iPaaS.com token    missing: set `MAPWRIGHT_IPAAS_TOKEN`, or keep it with `mapwright subscription set --ipaas-token-file FILE`",
        "there are no mapping files in",
        "`mapwright defaults install` writes the built-in ones",
    ]);
    show("canary", "canary", "text")
        .said(&["BigCommerce token  from the environment\n", "iPaaS.com token    from the environment\n"]);
    let json: serde_json::Value = serde_json::from_str(&show("", "", "json").stdout).unwrap();
    assert_eq!((&json["bigcommerce_token"], &json["ipaas_token"]), (&"kept".into(), &"missing".into()));
    run(&place.shop(), &["defaults", "install"]).well();
    assert!(!show("", "", "text").stderr.contains("there are no mapping files"));
}

/// Everything below a directory, with the size of files.
fn listing(directory: &Path) -> Vec<(PathBuf, u64)> {
    let mut found = Vec::new();
    let mut open = vec![directory.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let (path, metadata) = entry.map(|e| (e.path(), e.metadata().unwrap())).unwrap();
            if metadata.is_dir() {
                open.push(path.clone());
            }
            found.push((path, if metadata.is_dir() { 0 } else { metadata.len() }));
        }
    }
    found.sort();
    found
}

#[test]
fn where_no_project_can_be_made_nothing_is_left_behind() {
    type Prepare = fn(&Path);
    let cases: [(Prepare, &[&str], &[&str]); 8] = [
        (
            |p| std::fs::write(p, "mine").unwrap(),
            &[],
            &["shop is a file, and a project is a directory", "help: name another directory"],
        ),
        (
            |p| directory_with(p, "mapwright.yaml", "mine"),
            &[],
            &["shop is a project already", "mapwright subscription set"],
        ),
        (|p| std::fs::create_dir_all(p.join("mapwright.yaml")).unwrap(), &[], &["shop is a project already"]),
        (|p| directory_with(p, ".mapwright", "mine"), &[], &["shop/.mapwright is a file", "help: move it away"]),
        (|p| directory_with(p, "mappings", "mine"), &[], &["shop/mappings is a file", "help: move it away"]),
        (
            |p| directory_with(p, ".mapwright/state.db", "links"),
            &[],
            &[
                "shop/.mapwright/state.db is there already: the links of another subscription",
                "put its mapwright.yaml back",
            ],
        ),
        // found out half-way
        (
            |p| directory_with(p, "mappings/catalog", "mine"),
            &["--default-mappings"],
            &["shop/mappings/catalog", "help: move what is there away"],
        ),
        (
            |p| std::fs::create_dir_all(p.join("mappings/payments/payment-method-to.yaml")).unwrap(),
            &["--default-mappings"],
            &["payment-method-to.yaml: it is a directory", "help: move the directory away"],
        ),
    ];
    for (prepare, more, said) in cases {
        let place = Place::empty();
        prepare(&place.shop());
        let before = listing(place.path());
        run(place.path(), &[CREATE, more, &["--token-file", "bc"]].concat()).refused(said);
        let left: Vec<_> = listing(place.path());
        if more.is_empty() {
            assert_eq!(left, before);
        } else {
            // default mappings that were written into a directory of the user's stay; a second try finds them
            assert!(!place.shop().join("mapwright.yaml").exists() && !place.shop().join(".mapwright").exists());
            assert!(before.iter().all(|b| left.contains(b)));
        }
    }
    let place = Place::empty();
    let mut below_a_file = CREATE.to_vec();
    below_a_file[2] = "bc/shop";
    run(place.path(), &below_a_file)
        .refused(&["bc/shop: a part of the path is a file", "help: move what is there away"]);
    run(place.path(), &["defaults", "install", "bc"])
        .refused(&["a part of the path is a file", "help: move what is there away"]);
}

fn directory_with(directory: &Path, name: &str, text: &str) {
    let path = directory.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

#[test]
fn a_directory_with_other_things_in_it_will_do() {
    let place = Place::empty();
    directory_with(&place.shop(), "README.md", "mine");
    directory_with(&place.shop(), ".gitignore", "target\n");
    run(place.path(), CREATE).well().said(&["add a line `.mapwright/` to shop/.gitignore"]);
    assert_eq!(std::fs::read_to_string(place.shop().join(".gitignore")).unwrap(), "target\n");
    assert_eq!(std::fs::read_to_string(place.shop().join("README.md")).unwrap(), "mine");
}

#[cfg(unix)]
#[test]
fn a_directory_that_cannot_be_written_is_said() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = Place::empty();
    std::fs::create_dir(place.shop()).unwrap();
    std::fs::set_permissions(place.shop(), std::fs::Permissions::from_mode(0o555)).unwrap();
    // the superuser writes everywhere
    let everywhere = std::fs::write(place.shop().join("probe"), "").is_ok();
    let made = run(place.path(), CREATE);
    let install = run(place.path(), &["defaults", "install", "shop"]);
    std::fs::set_permissions(place.shop(), std::fs::Permissions::from_mode(0o755)).unwrap();
    if everywhere {
        made.well();
        install.well();
        return;
    }
    made.refused(&["shop/.mapwright: permission denied", "help: look at the rights"]);
    install.refused(&["permission denied", "help: look at the rights"]);
    assert_eq!(listing(&place.shop()), vec![]);
}
