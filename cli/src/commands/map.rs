//! `map`: records in, mapped records out; no network.

use std::io::{BufRead as _, BufReader, BufWriter, Read, Write as _};

use mapwright_language::evaluate::{
    ContextFile, Evaluation, Failure, FailureKind, Need, Outcome, evaluate, full_json, warnings, write_target,
};
use mapwright_language::json::{self, Json, JsonError};
use mapwright_language::mapping_file::SettingError;
use mapwright_language::plan::Plan;
use mapwright_language::source::{Files, Span};

use crate::arguments::{Format, Map};
use crate::project::{self, Mappings};
use crate::terminal::{Trouble, lost, note, out_json_text};

use super::{Result, exit, input};

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
        None => mappings.context.clone(),
        Some(path) => {
            let text = project::read_text(path)?;
            let json = json::read(text.as_bytes()).map_err(|e| Trouble::input(format!("{}: {e}", path.display())))?;
            mappings.context.clone().with(&json).map_err(|e| Trouble::input(format!("{}: {e}", path.display())))?
        }
    };
    settings(plan, &context, &mappings, arguments)?;
    let mapper = Mapper { plan, files: &mappings.files, context: &context, full: arguments.format == Format::Json };
    let input: Box<dyn Read> = match &arguments.input {
        Some(path) => Box::new(std::fs::File::open(path).map_err(|e| {
            Trouble::usage(format!("{}: {e}", path.display()))
                .help("`--input` names a file with one record, or an array of records")
        })?),
        None => Box::new(std::io::stdin()),
    };
    if arguments.ndjson { mapper.lines(input) } else { mapper.document(input) }
}

/// The settings that the rules read are there and of their types, before any record is.
fn settings(
    plan: &Plan,
    context: &ContextFile,
    mappings: &Mappings,
    arguments: &Map,
) -> std::result::Result<(), Trouble> {
    for setting in &plan.settings {
        let given = context.setting(&setting.name);
        let Err(error) = setting.kind.read(given, setting.required) else { continue };
        let (this, help) = match (error, given) {
            (SettingError::Not(kind), Some(given)) => (format!(", this is `{}`", given.escape_debug()), kind.form()),
            _ => (
                String::new(),
                "set it with `mapwright subscription set`, or hand it in: `{\"settings\": {…}}` in `--context FILE`",
            ),
        };
        let own = given.is_none() || given == mappings.context.setting(&setting.name);
        let place = match (&arguments.context, mappings.settings.place_of(&setting.name)) {
            (Some(path), _) if !own => format!("{}: ", path.display()),
            (_, Some(span)) => format!("{}: ", mappings.place(span)),
            _ => String::new(),
        };
        return Err(Trouble::input(format!("{place}the setting `{}` {error}{this}", setting.name)).help(help));
    }
    Ok(())
}

/// A record up to so many bytes is looked at for its kind: of a greater one the tree would cost too much.
const MOST_LOOKED_AT: usize = 4 << 20;

struct Mapper<'a> {
    plan: &'a Plan,
    files: &'a Files,
    context: &'a ContextFile,
    full: bool,
}

impl Mapper<'_> {
    /// One record gives one; an array gives an array.
    fn document(&self, mut input: Box<dyn Read>) -> Result {
        let mut bytes = Vec::new();
        input.read_to_end(&mut bytes).map_err(|e| Trouble::input(format!("the input cannot be read: {e}")))?;
        let no_json = |e: JsonError| {
            Trouble::input(format!("the input cannot be read as JSON: {e}"))
                .help("records one per line are read with `--ndjson`")
        };
        let start = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&bytes).trim_ascii_start();
        // one record is mapped from its text: a tree of a great one would take many times its size
        if !start.starts_with(b"[") {
            json::well_formed(&bytes).map_err(no_json)?;
            let small = bytes.len() <= MOST_LOOKED_AT;
            let looks_well = !small || json::read(&bytes).is_ok_and(|json| self.looks_well(&json, "record"));
            let (text, well) = self.one(&bytes, "record");
            let well = well && looks_well;
            if let Some(text) = text {
                out_json_text(&pretty(text));
            }
            return Ok(exit(well));
        }
        let json = json::read(&bytes).map_err(no_json)?;
        let records = json.items();
        let (mut mapped, mut all_well) = (Vec::new(), true);
        for (i, record) in records.iter().enumerate() {
            all_well &= self.looks_well(record, &format!("record {}", i + 1));
            let (text, well) = self.one(json::write(record).as_bytes(), &format!("record {}", i + 1));
            all_well &= well;
            mapped.extend(text.and_then(|t| json::read(t.as_bytes()).ok()));
        }
        out_json_text(&json::pretty(&Json::List(mapped)));
        Ok(exit(all_well))
    }

    /// Whether a record has fields that the collection reads; that it has hardly any, or shows a list in part, is said.
    fn looks_well(&self, record: &Json, name: &str) -> bool {
        for what in input::cut(self.plan, record) {
            note(&format!("{name}: {what}"));
        }
        let wrong = input::wrong_kind(self.plan, record);
        if let Some((why, help)) = &wrong {
            note(&format!("{name}: {why}\n  help: {help}"));
        }
        wrong.is_none()
    }

    /// One record per line, in constant memory.
    fn lines(&self, input: Box<dyn Read>) -> Result {
        let mut reader = BufReader::with_capacity(1 << 16, input);
        let mut writer = BufWriter::with_capacity(1 << 16, std::io::stdout().lock());
        let mut line = Vec::new();
        let (mut number, mut all_well) = (0u64, true);
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
                let _ = writer.flush();
                return Err(Trouble::input(format!("line {number} is longer than {MOST_LINE_BYTES} bytes"))
                    .help("the lines before it are mapped; `--ndjson` wants one record per line"));
            }
            if line.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            let (text, well) = self.one(line.trim_ascii(), &format!("line {number}"));
            all_well &= well;
            // lines that are blank or give nothing would shift all that follow
            let text = text.map(|text| if self.full { numbered(number, &text) } else { text });
            if let Some(text) = text
                && let Err(error) = writer.write_all(text.as_bytes()).and_then(|()| writer.write_all(b"\n"))
            {
                lost(&error);
            }
        }
        if let Err(error) = writer.flush() {
            lost(&error);
        }
        Ok(exit(all_well))
    }

    /// What a record gives: the text to print, and whether it was mapped, skipped or parked (rather than refused or failed).
    /// What gives no target is said on standard error, under the record's `name`.
    fn one(&self, record: &[u8], name: &str) -> (Option<String>, bool) {
        let outcome = match evaluate(self.plan, record, &self.context.context()) {
            Evaluation::Needs { needs, .. } => {
                let needs: Vec<String> = needs.iter().map(need).collect();
                note(&format!("{name} is not mapped: it needs {}", needs.join(", ")));
                note("  help: hand in what stands outside the record with `--context FILE`");
                return (None, false);
            }
            Evaluation::Done(outcome) => outcome,
        };
        let well = !matches!(outcome, Outcome::Refused(_) | Outcome::Failed(_));
        if self.full {
            let full = full_json(&self.plan.root, &outcome, self.files, self.context.time_zone());
            return (Some(json::write(&full)), well);
        }
        match &outcome {
            Outcome::Mapped(record) => {
                let mut warned = Vec::new();
                warnings(record, &mut warned);
                for reason in warned {
                    note(&format!("{name} warned: {} ({})", reason.text, self.place(reason.span)));
                }
                let mut text = String::new();
                match write_target(&self.plan.root, record, self.context.time_zone(), &mut text) {
                    Ok(()) => return (Some(text), true),
                    Err(error) => {
                        note(&format!("{name} cannot be written: {error}"));
                        return (None, false);
                    }
                }
            }
            Outcome::Skipped(reason) => note(&format!("{name} skipped: {} ({})", reason.text, self.place(reason.span))),
            Outcome::Refused(reason) => note(&format!("{name} refused: {} ({})", reason.text, self.place(reason.span))),
            Outcome::Parked(waits) => {
                let waits: Vec<String> = waits.iter().map(|w| format!("{} {}", w.record_type, w.id)).collect();
                note(&format!("{name} parked: it waits for {}", waits.join(", ")));
            }
            Outcome::Failed(failures) => {
                // the limit of work ends every rule that is left: once is enough
                let limit = |failure: &Failure| failure.kind == FailureKind::Limit;
                for (at, failure) in failures.iter().enumerate() {
                    let same = |other: &&Failure| limit(other) && limit(failure) && other.message == failure.message;
                    if failures.iter().take(at).any(|other| same(&other)) {
                        continue;
                    }
                    let more = match failures.iter().skip(at + 1).filter(same).count() {
                        0 => String::new(),
                        1 => String::from(", and 1 more like it"),
                        more => format!(", and {more} more like it"),
                    };
                    let field = failure.field.as_deref().map_or_else(String::new, |f| format!("{f}: "));
                    let row = if failure.row.is_empty() { String::new() } else { format!("{}: ", failure.row) };
                    let place = self.place(failure.span);
                    note(&format!("{name} failed: {row}{field}{} ({place}{more})", failure.message));
                }
            }
        }
        (None, well)
    }

    fn place(&self, span: Span) -> String {
        let (line, column) = self.files.line_column(span);
        self.files.get(span.file).map_or_else(String::new, |f| format!("{}:{line}:{column}", f.name))
    }
}

fn need(need: &Need) -> String {
    match need {
        Need::Link(link) | Need::Before(link) => format!("the link of {} {}", link.record_type, link.id),
        Need::Find(search) => {
            format!("the {} whose `{}` is `{}` (`find`)", search.record_type, search.field, search.value)
        }
        Need::Record { record_type, id } => format!("{record_type} {id} (`records`)"),
        Need::Existing => String::from("the record that is there already (`existing`)"),
    }
}

/// An object with the number of its line before all else.
fn numbered(line: u64, object: &str) -> String {
    object.strip_prefix('{').map_or_else(|| object.to_owned(), |rest| format!("{{\"line\":{line},{rest}"))
}

fn pretty(text: String) -> String {
    json::read(text.as_bytes()).map_or(text, |j| json::pretty(&j))
}
