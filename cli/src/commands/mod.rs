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
mod lsp;
mod map;
mod retry;
mod sandbox;
mod schema;
mod status;
mod subscription;
mod test;
mod test_add;
mod transfer;

use std::process::ExitCode;

use crate::arguments::{Command, Format};
use crate::terminal::{FAILED, Trouble, out};

/// What a command gives.
pub type Result = std::result::Result<ExitCode, Trouble>;

/// All well, or not.
pub fn exit(well: bool) -> ExitCode {
    if well { ExitCode::SUCCESS } else { ExitCode::from(FAILED) }
}

/// What ends a command, for machines: `{"error": {"message", "help", "exit_code"}}` on standard output in place of its result.
fn told(format: Format, result: Result) -> Result {
    match result {
        Err(trouble) if format == Format::Json => {
            let error =
                serde_json::json!({ "message": trouble.message, "help": trouble.help, "exit_code": trouble.code });
            out(&format!("{:#}\n", serde_json::json!({ "error": error })));
            Ok(ExitCode::from(trouble.code))
        }
        other => other,
    }
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
        Command::Initialize(arguments) => told(arguments.format, transfer::initialize(&arguments)),
        Command::Sync(arguments) => told(arguments.format, transfer::sync(&arguments)),
        Command::Retry(arguments) => told(arguments.format, retry::run(&arguments)),
        Command::Status(arguments) => told(arguments.format, status::run(&arguments)),
        Command::Sandbox(arguments) => sandbox::run(&arguments),
        Command::Lsp(_) => lsp::run(),
        Command::Edit(arguments) => edit::run(&arguments),
    }
}
