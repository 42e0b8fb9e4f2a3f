//! Running a case and comparing it with what was accepted.

use mapwright_language::check::Library;
use mapwright_language::evaluate::{self, ContextFile, Evaluation, full_json};
use mapwright_language::json::{self, Json};
use mapwright_language::source::Files;

use super::case::{Case, CaseError};

/// What became of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// As accepted.
    Same,
    /// Nothing was accepted yet.
    New,
    /// Different from what was accepted.
    Changed(Vec<Change>),
}

/// A file that would change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// `target.json`, `lineage.json` or `warnings.json`.
    pub file: &'static str,
    /// The lines that differ, as a unified diff.
    pub diff: String,
}

/// The files of a result: the target (or the outcome, if there is none), its lineage, and what checks warned of.
struct Found {
    target: Json,
    lineage: Option<Json>,
    warnings: Option<Json>,
}

impl Found {
    fn files(&self) -> [(&'static str, Option<&Json>); 3] {
        [
            ("target.json", Some(&self.target)),
            ("lineage.json", self.lineage.as_ref()),
            ("warnings.json", self.warnings.as_ref()),
        ]
    }
}

fn evaluate_case(case: &Case, library: &Library, files: &Files, project: &ContextFile) -> Result<Found, CaseError> {
    let context = case.context(project)?;
    let wrong = |text: String| CaseError(format!("{}: {text}", case.name));
    let name =
        context.collection().ok_or_else(|| wrong(String::from("context.json does not name the `collection`")))?;
    let collection = library.collection(name).ok_or_else(|| wrong(format!("there is no collection `{name}`")))?;
    let plan =
        collection.plan.as_ref().ok_or_else(|| wrong(format!("`{name}` has errors: `mapwright check` shows them")))?;
    let record = case.record()?;
    match evaluate::evaluate(plan, &record, &context.context()) {
        Evaluation::Needs { .. } => Err(wrong(String::from("the context leaves something open"))),
        Evaluation::Done(outcome) => {
            let full = full_json(&plan.root, &outcome, files, context.time_zone());
            let take = |key: &str| full.get(key).cloned();
            Ok(match take("target") {
                Some(target) => Found {
                    target,
                    lineage: take("lineage").map(without_lines),
                    warnings: take("warnings").map(without_lines),
                },
                None => Found { target: without_lines(full), lineage: None, warnings: None },
            })
        }
    }
}

/// Places name the file but not the line: a line more in a mapping file changes no snapshot.
fn without_lines(json: Json) -> Json {
    match json {
        Json::Text(text) => {
            let cut = text.find(".yaml:").map(|at| at + ".yaml".len());
            let short = match cut {
                Some(at) if text.ends_with(')') => format!("{})", text.get(..at).unwrap_or_default()),
                Some(at) => text.get(..at).unwrap_or_default().to_owned(),
                None => text.to_string(),
            };
            Json::Text(short.replace("built-in:", "mappings/").into())
        }
        Json::List(items) => Json::List(items.into_iter().map(without_lines).collect()),
        Json::Object(entries) => Json::Object(entries.into_iter().map(|(k, v)| (k, without_lines(v))).collect()),
        other => other,
    }
}

/// Runs a case.
///
/// # Errors
/// The case cannot be read, or its collection does not compile.
pub fn run(case: &Case, library: &Library, files: &Files, project: &ContextFile) -> Result<Outcome, CaseError> {
    let found = evaluate_case(case, library, files, project)?;
    if case.accepted("target.json").is_none() {
        return Ok(Outcome::New);
    }
    let mut changes = Vec::new();
    for (file, now) in found.files() {
        let before = case.accepted(file).unwrap_or_default();
        let now = now.map(json::pretty).unwrap_or_default();
        if before != now {
            let diff = similar::TextDiff::from_lines(before.as_str(), now.as_str())
                .unified_diff()
                .context_radius(2)
                .header("accepted", "now")
                .to_string();
            changes.push(Change { file, diff });
        }
    }
    Ok(if changes.is_empty() { Outcome::Same } else { Outcome::Changed(changes) })
}

/// Takes the result of a case as right.
///
/// # Errors
/// The case cannot be read or written, or its collection does not compile.
pub fn accept(case: &Case, library: &Library, files: &Files, project: &ContextFile) -> Result<(), CaseError> {
    let found = evaluate_case(case, library, files, project)?;
    found.files().into_iter().try_for_each(|(file, json)| case.write(file, json))
}
