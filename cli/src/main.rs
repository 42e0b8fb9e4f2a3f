//! `mapwright`: the command line. Parse, dispatch, exit code; every command has a file of its own.

mod arguments;
mod commands;
mod die;
mod file_trouble;
mod kept;
mod lsp;
mod mapping_paths;
mod progress;
mod project;
mod quota;
mod report;
mod settings_file;
mod signals;
mod subscription;
mod terminal;
mod whole_file;

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    signals::let_writes_fail();
    let arguments = match arguments::Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            let _ = error.print();
            return if error.use_stderr() { ExitCode::from(terminal::WRONG_USE) } else { ExitCode::SUCCESS };
        }
    };
    let (format, one_line) = (arguments.command.format(), arguments.command.lines());
    match commands::run(arguments.command) {
        Ok(code) => code,
        Err(error) => {
            if format == arguments::Format::Json {
                error.tell(one_line);
            } else {
                terminal::complain(&error);
            }
            ExitCode::from(error.code)
        }
    }
}
