//! `edit`: one rule or one lookup entry changes, all else stays.

use std::path::{Path, PathBuf};

use mapwright_editor::change::{ChangeError, new_errors, remove_rule, set_entry, set_rule, unset_entry};
use mapwright_editor::{Input, Project};
use mapwright_language::diagnostic::{did_you_mean, render};
use mapwright_language::source::FileId;

use crate::arguments::Edit;
use crate::project;
use crate::terminal::{Trouble, is_terminal, note, note_rendered, out_exactly};
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
    compiles(&path, &shown, (&old, &new), arguments)?;
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

/// The changed file is compiled among the others of its project, and refused with the checker's message where that brings an error.
fn compiles(path: &Path, shown: &str, (old, new): (&str, &str), arguments: &Edit) -> std::result::Result<(), Trouble> {
    let input = |name: &str, text: &str| Input { name: name.into(), text: text.into() };
    let builtin: Vec<Input> =
        mapwright_defaults::originals().iter().map(|o| input(&format!("built-in:{}", o.path), o.text)).collect();
    let (mut own, mut at) = (Vec::new(), None);
    let wanted = path.canonicalize().ok();
    if let Some(directory) = project::directory(arguments.project.project.as_deref())? {
        for file in project::expand(&[directory.join("mappings")]).unwrap_or_default() {
            let same = wanted.is_some() && file.canonicalize().ok() == wanted;
            let name = if same { shown.to_owned() } else { file.display().to_string() };
            let text = if same { old.to_owned() } else { project::read_text(&file).unwrap_or_default() };
            at = at.or(same.then_some(own.len()));
            own.push(input(&name, &text));
        }
    }
    // a file outside a project is looked at among the built-in ones
    let alone = at.is_none();
    if alone {
        own = vec![input(shown, old)];
    }
    let file = FileId(u32::try_from(at.unwrap_or(0)).unwrap_or(0));
    let before = Project::new(&own, &builtin, alone);
    let after = before.with(&[(file, new.to_owned())], alone);
    let errors = new_errors(&before, &after);
    let Some(first) = errors.iter().next() else { return Ok(()) };
    let rendered = if is_terminal() { render::styled } else { render::plain };
    note_rendered(&rendered(&after.files, &errors));
    Err(Trouble::input(format!("{shown} is left as it is: with this change {}", first.message))
        .help("mend the change; what is reported above is the file with it"))
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
