//! `subscription`: its lock, its tokens, its state, and what is left when it is removed.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // tests

mod support;

use std::path::Path;
use std::process::Stdio;

use support::{CREATE, IPAAS, Place, TOKEN, command, finish, run};

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
    // opens the state, and finds nothing to do
    place.run(&["retry", "--parked"]);
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
