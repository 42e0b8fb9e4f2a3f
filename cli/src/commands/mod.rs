//! The commands: each calls, prints and gives an exit code.

mod check;
mod defaults;
mod explain;
mod functions;
mod map;
mod schema;
mod test;

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
        Command::Check(arguments) => check::run(&arguments),
        Command::Explain(arguments) => explain::run(&arguments),
        Command::Map(arguments) => map::run(&arguments),
        Command::Test(arguments) => test::run(&arguments),
        Command::Functions(arguments) => functions::run(&arguments),
        Command::Schema(arguments) => schema::run(&arguments),
        Command::Defaults(arguments) => defaults::run(&arguments),
        _ => Err(Trouble::usage("not wired yet")),
    }
}
