//! The real program, run in a directory of its own, and what it said. Every test program uses a part of this.

#![allow(dead_code)]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

pub const TOKEN: &str = "canary0bigcommerce0token0471108";
pub const IPAAS: &str = "canary0ipaas0token0081547110815";

/// What a command did.
pub struct Ran {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Ran {
    /// It failed and said all of this, and no token.
    pub fn refused(self, said: &[&str]) -> Ran {
        assert!(self.code == 1 || self.code == 2, "exit {}\n{}{}", self.code, self.stdout, self.stderr);
        self.said(said)
    }

    pub fn well(self) -> Ran {
        assert_eq!(self.code, 0, "{}{}", self.stdout, self.stderr);
        self
    }

    pub fn said(self, said: &[&str]) -> Ran {
        let all = format!("{}{}", self.stdout, self.stderr);
        for part in said {
            assert!(all.contains(part), "`{part}` is not in\n{all}");
        }
        assert!(!all.contains("canary"), "{all}");
        self
    }
}

pub fn command(directory: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mapwright"));
    command.current_dir(directory).args(arguments).stdin(Stdio::null()).env("NO_COLOR", "1");
    for name in
        ["TOKEN", "IPAAS_TOKEN", "TOKEN_FILE", "IPAAS_TOKEN_FILE", "NAME", "STORE_HASH", "CLIENT_ID", "SYSTEM_ID"]
    {
        command.env_remove(format!("MAPWRIGHT_{name}"));
    }
    command
}

pub fn finish(mut command: Command) -> Ran {
    let output = command.output().unwrap();
    Ran {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

pub fn run(directory: &Path, arguments: &[&str]) -> Ran {
    finish(command(directory, arguments))
}

pub const CREATE: &[&str] =
    &["subscription", "create", "shop", "--name", "My store", "--store-hash", "abc123", "--system-id", "4711"];

/// A project `shop` with both tokens kept, below a directory that holds the token files.
pub struct Place {
    pub directory: tempfile::TempDir,
}

impl Place {
    pub fn empty() -> Place {
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join("bc"), TOKEN).unwrap();
        std::fs::write(directory.path().join("ip"), IPAAS).unwrap();
        Place { directory }
    }

    pub fn new() -> Place {
        let place = Place::empty();
        let tokens = ["--token-file", "bc", "--ipaas-token-file", "ip"];
        run(place.path(), &[CREATE, &tokens].concat()).well().said(&["made shop/mapwright.yaml"]);
        place
    }

    pub fn path(&self) -> &Path {
        self.directory.path()
    }

    pub fn shop(&self) -> PathBuf {
        self.path().join("shop")
    }

    pub fn run(&self, arguments: &[&str]) -> Ran {
        run(&self.shop(), arguments)
    }

    pub fn write(&self, name: &str, text: &str) {
        std::fs::write(self.shop().join(name), text).unwrap();
    }

    pub fn settings(&self) -> String {
        std::fs::read_to_string(self.shop().join("mapwright.yaml")).unwrap()
    }
}
