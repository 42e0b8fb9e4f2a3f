//! `test --add`: a case of a real record, with stand-ins for what is personal or secret in it.

use std::path::{Component, Path};

use mapwright_editor::stand_in::stand_in;
use mapwright_language::check::Collection;
use mapwright_language::json::{self, Json};
use mapwright_language::schema::Catalog;
use mapwright_snapshots::{Case, Outcome, accept, run as run_case};

use crate::arguments::Test;
use crate::project;
use crate::terminal::{Trouble, note, out, out_json_text, plural};

use super::{Result, exit};

pub fn run(arguments: &Test, collection: &str) -> Result {
    let directory = project::required(arguments.project.project.as_deref())?;
    let mappings = project::mappings(Some(&directory))?;
    let collection = super::explain::collection(&mappings, collection)?;
    let Some(path) = &arguments.record else {
        return Err(Trouble::usage("`--add` needs a record").help("name a file with one record: `--record FILE`"));
    };
    let text = project::read_text(path)?;
    let wrong = |what: &str| Trouble::input(format!("{}: {what}", path.display()));
    let record = json::read(text.as_bytes()).map_err(|e| wrong(&e.to_string()))?;
    if !matches!(record, Json::Object(_)) {
        return Err(wrong("this is not one record").help("a record is a JSON object `{ … }`"));
    }
    let Some(kind) = Catalog::builtin().record(collection.source_type()) else {
        return Err(Trouble::input(format!("`{}` has errors", collection.name)).help("`mapwright check` shows them"));
    };
    let made = stand_in(&record, kind);
    let name = match &arguments.name {
        Some(name) => name.clone(),
        None => free_name(&directory, collection, path),
    };
    let folder = folder(&directory, &name)?;
    std::fs::create_dir_all(&folder).map_err(|e| Trouble::input(format!("{}: {e}", folder.display())))?;
    let write = |file: &str, json: &Json| {
        let path = folder.join(file);
        std::fs::write(&path, json::pretty(json)).map_err(|e| Trouble::input(format!("{}: {e}", path.display())))
    };
    write("record.json", &made.record)?;
    let mut context = Json::default();
    context.set("collection", Json::Text(collection.name.as_str().into()));
    write("context.json", &context)?;
    out(&format!("made {name}: {} replaced by stand-ins\n", plural(made.replaced, "personal value")));
    if !made.left_out.is_empty() {
        note(&format!("left out, since {} does not have it: {}", kind.title, made.left_out.join(", ")));
    }
    if !collection.is_root {
        note("  help: it is a child collection: put the record above it under `parent` of context.json");
    }
    try_it(&Case { name, folder }, &mappings)
}

/// Runs the case. What comes out is accepted: there is nothing yet that it could differ from.
fn try_it(case: &Case, mappings: &project::Mappings) -> Result {
    match run_case(case, &mappings.library, &mappings.files, &mappings.context) {
        Ok(Outcome::New) => match accept(case, &mappings.library, &mappings.files, &mappings.context) {
            Ok(()) => {
                let target = case.folder.join("target.json");
                out_json_text(&project::read_text(&target)?);
                note(&format!("accepted {}: look at it in {}", case.name, target.display()));
                Ok(exit(true))
            }
            Err(error) => Err(Trouble::input(error.to_string())),
        },
        Ok(_) => Ok(exit(true)),
        Err(error) => {
            Err(Trouble::input(error.to_string()).help("the case is there: mend this, then `mapwright test`"))
        }
    }
}

/// The collection's name and the file's, in small letters; with a number if that is taken.
fn free_name(directory: &Path, collection: &Collection, record: &Path) -> String {
    let plain = |text: &str| -> String {
        let dashed: String = text.chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).collect();
        dashed.to_lowercase().split('-').filter(|p| !p.is_empty()).collect::<Vec<_>>().join("-")
    };
    let file = record.file_stem().map(|s| plain(&s.to_string_lossy())).filter(|s| !s.is_empty());
    let base = format!("{}/{}", plain(&collection.name), file.unwrap_or_else(|| String::from("record")));
    let taken = |name: &str| directory.join("snapshots").join(name).exists();
    let numbered = (2..10_000).map(|n| format!("{base}-{n}"));
    std::iter::once(base.clone()).chain(numbered).find(|n| !taken(n)).unwrap_or(base)
}

/// The case's folder, below `snapshots` and free.
fn folder(directory: &Path, name: &str) -> std::result::Result<std::path::PathBuf, Trouble> {
    let inside = Path::new(name).components().all(|c| matches!(c, Component::Normal(_)));
    if name.is_empty() || !inside {
        return Err(Trouble::usage(format!("`{name}` cannot be a case's name"))
            .help("it is a folder below `snapshots`, such as `product/mug`"));
    }
    let folder = directory.join("snapshots").join(name);
    if folder.exists() {
        return Err(Trouble::usage(format!("there is a case `{name}` already")).help("give another name with `--name`"));
    }
    Ok(folder)
}
