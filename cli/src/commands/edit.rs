//! `edit`: one rule or one lookup entry changes, all else stays.

use std::path::{Path, PathBuf};

use mapwright_editor::change::{ChangeError, remove_rule, set_entry, set_rule, unset_entry};
use mapwright_language::diagnostic::did_you_mean;

use crate::arguments::Edit;
use crate::project;
use crate::terminal::{Trouble, note, out_exactly};
use crate::whole_file;

use super::{Result, exit};

pub fn run(arguments: &Edit) -> Result {
    let path = file(arguments)?;
    let here = std::env::current_dir().unwrap_or_default();
    let shown = path.strip_prefix(&here).unwrap_or(&path).display().to_string();
    let old = project::read_text(&path)?;
    let new = change(arguments, &old).map_err(|error| {
        let trouble = Trouble::input(format!("{shown}: {}", error.message));
        match error.help {
            Some(help) => trouble.help(help),
            None => trouble,
        }
    })?;
    if new == old {
        note(&format!("{shown}: nothing to change"));
        return Ok(exit(true));
    }
    if arguments.dry_run {
        let diff = similar::TextDiff::from_lines(old.as_str(), new.as_str())
            .unified_diff()
            .context_radius(2)
            .header(&shown, &format!("{shown} (changed)"))
            .to_string();
        out_exactly(&diff);
        return Ok(exit(true));
    }
    whole_file::replace(&path, &new).map_err(|e| Trouble::input(format!("{}: {e}", path.display())))?;
    note(&format!("{shown}: changed"));
    lines(&old, &new).iter().for_each(|line| note(line));
    Ok(exit(true))
}

/// The lines that went and those that came; where only blanks differ, since columns moved, nothing is said.
fn lines(old: &str, new: &str) -> Vec<String> {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let bare = |lines: &[&str]| lines.iter().map(|l| l.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    let (bare_old, bare_new): (Vec<String>, Vec<String>) = (bare(&old), bare(&new));
    let mut said = Vec::new();
    for change in similar::capture_diff_slices(similar::Algorithm::Myers, &bare_old, &bare_new) {
        if change.tag() == similar::DiffTag::Equal {
            continue;
        }
        let parts = [('-', old.get(change.old_range())), ('+', new.get(change.new_range()))];
        for (sign, lines) in parts {
            said.extend(lines.unwrap_or_default().iter().map(|line| format!("  {sign} {}", line.trim())));
        }
    }
    said
}

fn change(arguments: &Edit, old: &str) -> std::result::Result<String, ChangeError> {
    let mut text = old.to_owned();
    for target in &arguments.remove_rule {
        text = remove_rule(&text, target)?;
    }
    for rule in &arguments.rule {
        text = set_rule(&text, rule)?;
    }
    if let Some(lookup) = &arguments.lookup {
        for key in &arguments.unset {
            text = unset_entry(&text, lookup, key)?;
        }
        for entry in &arguments.set {
            let (key, value) = entry.split_once('=').ok_or_else(|| ChangeError {
                message: format!("`{entry}` is no entry"),
                help: Some(String::from("write `--set SOURCE=target`")),
            })?;
            text = set_entry(&text, lookup, key.trim(), value.trim())?;
        }
    }
    Ok(text)
}

/// The file that is meant: a path, or the file of a collection of the project.
fn file(arguments: &Edit) -> std::result::Result<PathBuf, Trouble> {
    let named = Path::new(&arguments.file);
    if named.is_file() {
        return Ok(named.to_owned());
    }
    let yaml = named.extension().is_some_and(|e| e == "yaml" || e == "yml");
    let directory = project::directory(arguments.project.project.as_deref())?;
    let Some(directory) = directory.filter(|_| !yaml) else {
        let trouble = Trouble::usage(format!("{}: there is no such file", arguments.file));
        return Err(trouble.help("name a mapping file, or inside a project a collection"));
    };
    let paths = project::expand(&[directory.join("mappings")])?;
    let mut names = Vec::new();
    for path in paths {
        let text = project::read_text(&path)?;
        if let Some(name) = mapwright_editor::name_of(&text) {
            if name == arguments.file {
                return Ok(path);
            }
            names.push(name);
        }
    }
    let near = did_you_mean(&arguments.file, names.iter().map(String::as_str));
    let help = near.map_or_else(|| String::from("`mapwright check` lists them"), |n| format!("did you mean `{n}`?"));
    Err(Trouble::usage(format!("there is no file and no collection `{}`", arguments.file)).help(help))
}
