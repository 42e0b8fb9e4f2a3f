//! `map`: records in, mapped records out; no network.

use std::io::{BufRead as _, BufReader, BufWriter, Read, Write as _};

use mapwright_language::evaluate::{ContextFile, Evaluation, Outcome, evaluate, full_json, write_target};
use mapwright_language::json::{self, Json};
use mapwright_language::plan::Plan;
use mapwright_language::source::Files;

use crate::arguments::{Format, Map};
use crate::project;
use crate::terminal::{Trouble, note, out};

use super::{Result, exit};

/// Longest line of `--ndjson` in bytes.
const MOST_LINE_BYTES: usize = 16 << 20;

pub fn run(arguments: &Map) -> Result {
    let mappings = project::mappings(arguments.project.project.as_deref())?;
    let collection = super::explain::collection(&mappings, &arguments.collection)?;
    let Some(plan) = &collection.plan else {
        super::check::report(&mappings, Format::Text);
        return Err(
            Trouble::input(format!("`{}` has errors", collection.name)).help("mend what `mapwright check` reports")
        );
    };
    let context = match &arguments.context {
        None => ContextFile::default(),
        Some(path) => {
            let text = project::read_text(path)?;
            let json = json::read(text.as_bytes()).map_err(|e| Trouble::input(format!("{}: {e}", path.display())))?;
            ContextFile::read(&json).map_err(|e| Trouble::input(format!("{}: {e}", path.display())))?
        }
    };
    let mapper = Mapper { plan, files: &mappings.files, context: &context, full: arguments.format == Format::Json };
    let input: Box<dyn Read> = match &arguments.input {
        Some(path) => {
            Box::new(std::fs::File::open(path).map_err(|e| Trouble::input(format!("{}: {e}", path.display())))?)
        }
        None => Box::new(std::io::stdin()),
    };
    if arguments.ndjson { mapper.lines(input) } else { mapper.document(input) }
}

struct Mapper<'a> {
    plan: &'a Plan,
    files: &'a Files,
    context: &'a ContextFile,
    full: bool,
}

impl Mapper<'_> {
    /// One record, or an array of them.
    fn document(&self, mut input: Box<dyn Read>) -> Result {
        let mut bytes = Vec::new();
        input.read_to_end(&mut bytes).map_err(|e| Trouble::input(format!("the input cannot be read: {e}")))?;
        let json = json::read(&bytes).map_err(|e| Trouble::input(format!("the input is no JSON: {e}")))?;
        let records = if let Json::List(records) = &json { records.as_slice() } else { std::slice::from_ref(&json) };
        let mut well = true;
        for record in records {
            let (text, ok) = self.one(json::write(record).as_bytes());
            well &= ok;
            if let Some(text) = text {
                let pretty = json::read(text.as_bytes()).map_or(text, |j| json::pretty(&j));
                out(&pretty);
            }
        }
        Ok(exit(well))
    }

    /// One record per line, in constant memory.
    fn lines(&self, input: Box<dyn Read>) -> Result {
        let mut reader = BufReader::with_capacity(1 << 16, input);
        let mut writer = BufWriter::with_capacity(1 << 16, std::io::stdout().lock());
        let mut line = Vec::new();
        let (mut number, mut well) = (0u64, true);
        loop {
            line.clear();
            let read = (&mut reader).take(MOST_LINE_BYTES as u64 + 1).read_until(b'\n', &mut line);
            match read {
                Err(error) => {
                    return Err(Trouble::input(format!("the input cannot be read after line {number}: {error}")));
                }
                Ok(0) => break,
                Ok(_) => number += 1,
            }
            if line.len() > MOST_LINE_BYTES {
                return Err(Trouble::input(format!("line {number} is longer than {MOST_LINE_BYTES} bytes")));
            }
            if line.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            let (text, ok) = self.one(&line);
            if !ok {
                well = false;
                note(&format!("line {number} has no mapped record"));
            }
            if let Some(text) = text
                && writer.write_all(text.as_bytes()).and_then(|()| writer.write_all(b"\n")).is_err()
            {
                return Ok(exit(well));
            }
        }
        let _ = writer.flush();
        Ok(exit(well))
    }

    /// What a record gives: the text to print, and whether it was mapped, skipped or parked (rather than refused or failed).
    fn one(&self, record: &[u8]) -> (Option<String>, bool) {
        match evaluate(self.plan, record, &self.context.context()) {
            Evaluation::Needs { .. } => {
                note("something outside the record is needed: hand it in with --context");
                (None, false)
            }
            Evaluation::Done(outcome) => {
                let well = !matches!(outcome, Outcome::Refused(_) | Outcome::Failed(_));
                let full = || json::write(&full_json(&self.plan.root, &outcome, self.files, self.context.time_zone()));
                if self.full {
                    return (Some(full()), well);
                }
                match &outcome {
                    Outcome::Mapped(record) => {
                        let mut text = String::new();
                        match write_target(&self.plan.root, record, self.context.time_zone(), &mut text) {
                            Ok(()) => (Some(text), true),
                            Err(error) => {
                                note(&error.to_string());
                                (None, false)
                            }
                        }
                    }
                    _ => {
                        note(&full());
                        (None, well)
                    }
                }
            }
        }
    }
}
