//! `subscription create`: a project is made whole or not at all.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // tests

mod support;

use std::path::{Path, PathBuf};

use support::{CREATE, Place, run};

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
