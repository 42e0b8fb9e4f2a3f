//! The commands: each calls, prints and gives an exit code.

mod check;
mod collections;
mod defaults;
mod demo;
mod edit;
mod explain;
mod fix;
mod flatten;
mod fmt;
mod functions;
mod input;
mod lsp;
mod map;
mod order;
mod retry;
mod sandbox;
mod schema;
mod status;
mod subscription;
mod test;
mod test_add;
mod transfer;

use std::process::ExitCode;

use crate::arguments::Command;
use crate::terminal::{FAILED, Trouble};

/// What a command gives.
pub type Result = std::result::Result<ExitCode, Trouble>;

/// All well, or not.
pub fn exit(well: bool) -> ExitCode {
    if well { ExitCode::SUCCESS } else { ExitCode::from(FAILED) }
}

/// Runs a command.
pub fn run(command: Command) -> Result {
    match command {
        Command::Demo(arguments) => demo::run(&arguments),
        Command::Check(arguments) => check::run(&arguments),
        Command::Fmt(arguments) => fmt::run(&arguments),
        Command::Map(arguments) => map::run(&arguments),
        Command::Explain(arguments) => explain::run(&arguments),
        Command::Flatten(arguments) => flatten::run(&arguments),
        Command::Test(arguments) => test::run(&arguments),
        Command::Functions(arguments) => functions::run(&arguments),
        Command::Schema(arguments) => schema::run(&arguments),
        Command::Subscription(arguments) => subscription::run(&arguments),
        Command::Defaults(arguments) => defaults::run(&arguments),
        Command::Initialize(arguments) => transfer::initialize(&arguments),
        Command::Sync(arguments) => transfer::sync(&arguments),
        Command::Retry(arguments) => retry::run(&arguments),
        Command::Status(arguments) => status::run(&arguments),
        Command::Sandbox(arguments) => sandbox::run(&arguments),
        Command::Lsp(_) => lsp::run(),
        Command::Edit(arguments) => edit::run(&arguments),
    }
}
