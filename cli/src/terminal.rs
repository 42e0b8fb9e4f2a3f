//! What people see: data on standard output, everything else on standard error; colours only where a terminal is.

use std::borrow::Cow;
use std::io::{IsTerminal as _, Write as _};

use mapwright_language::value::{harmless_json, harmless_line, harmless_lines};

/// Input has errors, records were refused or failed, or a run ended early.
pub const FAILED: u8 = 1;
/// Wrong use.
pub const WRONG_USE: u8 = 2;

/// Why a command ends early: one sentence, what to do, and the exit code.
#[derive(Debug)]
pub struct Trouble {
    pub message: String,
    pub help: Option<String>,
    pub code: u8,
}

impl Trouble {
    /// The input is wrong.
    pub fn input(message: impl Into<String>) -> Trouble {
        Trouble { message: message.into(), help: None, code: FAILED }
    }

    /// The command is used wrongly.
    pub fn usage(message: impl Into<String>) -> Trouble {
        Trouble { message: message.into(), help: None, code: WRONG_USE }
    }

    /// For machines: `{"error": {"message", "help", "exit_code"}}` on standard output in place of the command's result, or behind
    /// what it gave until then (`map --ndjson`: a line more).
    pub fn tell(&self, one_line: bool) {
        let error = serde_json::json!({ "message": self.message, "help": self.help, "exit_code": self.code });
        let error = serde_json::json!({ "error": error });
        out_json_text(&if one_line { format!("{error}\n") } else { format!("{error:#}\n") });
    }

    /// What to do.
    pub fn help(mut self, help: impl Into<String>) -> Trouble {
        self.help = Some(help.into());
        self
    }
}

/// Text to standard output, made harmless: names, ids and answers come from outside.
pub fn out(text: &str) {
    out_exactly(&harmless_lines(text));
}

/// A value for machines, indented, made harmless.
pub fn out_json(json: &serde_json::Value) {
    out_json_text(&format!("{json:#}\n"));
}

/// JSON text, made harmless without changing what it says.
pub fn out_json_text(json: &str) {
    out_exactly(&harmless_json(json));
}

/// What goes into a file again, to standard output as it is; where it cannot be written, the command has failed.
pub fn out_exactly(text: &str) {
    let mut stdout = anstream::stdout().lock();
    if let Err(error) = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        drop(stdout);
        lost(&error);
    }
}

/// Ends the program when its output cannot be written: quietly where the reader has gone away (`| head`), else with an error,
/// since a result that is lost (a full disk) must not look like success.
pub fn lost(error: &std::io::Error) -> ! {
    if error.kind() == std::io::ErrorKind::BrokenPipe {
        std::process::exit(0);
    }
    complain(
        &Trouble::input(format!("the output cannot be written: {error}"))
            .help("what was to be printed is lost; run the command again"),
    );
    std::process::exit(i32::from(FAILED));
}

/// A line to standard error, made harmless.
pub fn note(text: &str) {
    let _ = writeln!(anstream::stderr(), "{}", harmless_lines(text));
}

/// Rendered diagnostics to standard error: they are harmless, and their colours stay.
pub fn note_rendered(text: &str) {
    let _ = write!(anstream::stderr(), "{text}");
}

/// An error that ends the command.
pub fn complain(trouble: &Trouble) {
    let red = anstyle::AnsiColor::Red.on_default().bold();
    let _ = writeln!(anstream::stderr(), "{red}error{red:#}: {}", harmless_lines(&trouble.message));
    if let Some(help) = &trouble.help {
        note(&format!("  help: {help}"));
    }
}

/// Whether standard error is a terminal: progress bars and colours.
pub fn is_terminal() -> bool {
    std::io::stderr().is_terminal()
}

/// A table with aligned columns: words to the left, numbers to the right.
pub fn table(rows: &[Vec<String>]) -> String {
    let rows: Vec<Vec<Cow<'_, str>>> =
        rows.iter().map(|row| row.iter().map(|cell| harmless_line(cell)).collect()).collect();
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns)
        .map(|c| rows.iter().filter_map(|r| r.get(c)).map(|t| t.chars().count()).max().unwrap_or(0))
        .collect();
    let mut text = String::new();
    for row in &rows {
        let mut line = String::new();
        for (c, (cell, width)) in row.iter().zip(&widths).enumerate() {
            if c > 0 {
                line.push_str("  ");
            }
            let gap = width.saturating_sub(cell.chars().count());
            let number = !cell.is_empty() && cell.chars().all(|ch| ch.is_ascii_digit() || ch == '.' || ch == '%');
            if number {
                line.extend(std::iter::repeat_n(' ', gap));
                line.push_str(cell);
            } else {
                line.push_str(cell);
                line.extend(std::iter::repeat_n(' ', gap));
            }
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// `1 file`, `2 files`
pub fn plural(count: usize, word: &str) -> String {
    if count == 1 { format!("1 {word}") } else { format!("{count} {word}s") }
}
