//! A project: the directory of one subscription, and its mapping files compiled. Outside a project the built-in collections
//! stand in for it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use mapwright_language::check::{Library, compile};
use mapwright_language::diagnostic::Diagnostics;
use mapwright_language::evaluate::ContextFile;
use mapwright_language::mapping_file::{self, MappingFile};
use mapwright_language::schema::Catalog;
use mapwright_language::source::{FileId, Files, Span};

use crate::kept;
use crate::mapping_paths::{read_mapping, yaml_files};
use crate::settings_file::{self, SettingsFile};
use crate::terminal::{Trouble, note};

pub use crate::mapping_paths::{expand, mapping_text, read_text};

/// The file that makes a directory a project.
pub const PROJECT_FILE: &str = "mapwright.yaml";

/// Mapping files, read and compiled.
pub struct Mappings {
    pub files: Files,
    pub library: Library,
    pub diagnostics: Diagnostics,
    /// How many files were read.
    pub count: usize,
    /// What the project's subscription knows of itself, for records that are mapped without a transfer.
    pub context: ContextFile,
    /// `mapwright.yaml`; nothing outside a project.
    pub settings: SettingsFile,
    /// Where those that a person may change lie.
    pub paths: Vec<(FileId, PathBuf)>,
}

impl Mappings {
    /// A place as `file:line:column`.
    pub fn place(&self, span: Span) -> String {
        let (line, column) = self.files.line_column(span);
        self.files.get(span.file).map_or_else(String::new, |f| format!("{}:{line}:{column}", f.name))
    }
}

/// The project's directory: the one that was named, or the nearest one above that holds `mapwright.yaml` (or at least `mappings/`).
pub fn directory(named: Option<&Path>) -> Result<Option<PathBuf>, Trouble> {
    if let Some(named) = named {
        if !named.is_dir() {
            return Err(Trouble::usage(format!("{} is no directory", named.display()))
                .help("`--project` names the directory that holds `mapwright.yaml`"));
        }
        // mapping files alone are enough to look at them
        if !named.join(PROJECT_FILE).is_file() && !named.join("mappings").is_dir() {
            return Err(none_in(named));
        }
        return Ok(Some(named.to_owned()));
    }
    let here =
        std::env::current_dir().map_err(|e| Trouble::usage(format!("the current directory cannot be read: {e}")))?;
    Ok(here.ancestors().find(|d| d.join(PROJECT_FILE).is_file()).map(Path::to_owned))
}

/// The project's directory, or why there is none.
pub fn required(named: Option<&Path>) -> Result<PathBuf, Trouble> {
    directory(named)?.ok_or_else(|| {
        Trouble::usage(format!("this is no project: there is no {PROJECT_FILE} here or above"))
            .help("make one with `mapwright subscription create DIR …`, or name it with `--project DIR`")
    })
}

/// The project's directory, which holds a subscription.
pub fn subscribed(named: Option<&Path>) -> Result<PathBuf, Trouble> {
    let found = required(named)?;
    if found.join(PROJECT_FILE).is_file() { Ok(found) } else { Err(none_in(&found)) }
}

/// This directory is no project.
pub fn none_in(directory: &Path) -> Trouble {
    Trouble::usage(format!("{} is no project: there is no {PROJECT_FILE} in it", directory.display()))
        .help(format!("make one with `mapwright subscription create {} …`", directory.display()))
}

/// `mapwright.yaml` of a project, if it has one.
pub fn settings(project: &Path, files: &mut Files, diagnostics: &mut Diagnostics) -> Option<SettingsFile> {
    let path = project.join(PROJECT_FILE);
    if !path.is_file() {
        return None;
    }
    let secrets = kept::secrets(project);
    Some(match mapping_text(&path) {
        Ok(text) => settings_file::read(files, PROJECT_FILE, &text, &secrets, diagnostics),
        Err(unreadable) => {
            let shown = settings_file::hidden(&unreadable.shown, &secrets);
            unreadable.showing(shown).report(PROJECT_FILE.to_owned(), files, diagnostics);
            SettingsFile::default()
        }
    })
}

/// All mapping files of a project and its settings; outside one the built-in collections.
pub fn mappings(named: Option<&Path>) -> Result<Mappings, Trouble> {
    let Some(project) = directory(named)? else { return Ok(builtin()) };
    let (mut files, mut diagnostics) = (Files::default(), Diagnostics::default());
    let settings = settings(&project, &mut files, &mut diagnostics);
    let paths = mapping_files(&project)?;
    if paths.is_empty() {
        let here = std::env::current_dir().is_ok_and(|here| here == project);
        let place = if here { String::new() } else { format!(" {}", project.display()) };
        note(&format!(
            "there are no mapping files in {}: `mapwright defaults install{place}` writes the built-in ones, to be edited",
            project.join("mappings").display()
        ));
    }
    let mut mappings = compiled(files, diagnostics, &paths, &project);
    if let Some(settings) = settings {
        if let Some(subscription) = &settings.subscription {
            let (id, zone) = (&subscription.system_id, subscription.zone());
            mappings.context = ContextFile::of_subscription(id, subscription.settings.clone(), zone);
        }
        // with a mistake of its own it may hold anything
        if settings.subscription.is_some() {
            settings.against(&mappings.library, &mut mappings.diagnostics);
            mappings.diagnostics.sort();
        }
        mappings.settings = settings;
    }
    Ok(mappings)
}

/// The mapping files of a project without its settings.
pub fn mappings_alone(project: &Path) -> Result<Mappings, Trouble> {
    Ok(compiled(Files::default(), Diagnostics::default(), &mapping_files(project)?, project))
}

/// The paths of a project's mapping files.
fn mapping_files(project: &Path) -> Result<Vec<PathBuf>, Trouble> {
    yaml_files(&project.join("mappings"))
}

/// The built-in collections.
pub fn builtin() -> Mappings {
    let mut files = Files::default();
    let mut diagnostics = Diagnostics::default();
    let read = read_builtin(&mut files, &mut diagnostics);
    let count = read.len();
    let library = compile(&read, &[], Catalog::builtin(), &mut diagnostics);
    Mappings {
        files,
        library,
        diagnostics,
        count,
        context: ContextFile::default(),
        settings: SettingsFile::default(),
        paths: vec![],
    }
}

fn read_builtin(files: &mut Files, diagnostics: &mut Diagnostics) -> Vec<Arc<MappingFile>> {
    let ids: Vec<FileId> =
        mapwright_defaults::originals().iter().map(|o| files.add(format!("built-in:{}", o.path), o.text)).collect();
    ids.into_iter().filter_map(|id| mapping_file::read(files, id, diagnostics)).map(Arc::new).collect()
}

/// These files; the built-in ones are there for `extends`.
fn compiled(mut files: Files, mut diagnostics: Diagnostics, paths: &[PathBuf], base: &Path) -> Mappings {
    let (mut active, mut ids) = (Vec::new(), Vec::new());
    for path in paths {
        let name = path.strip_prefix(base).unwrap_or(path).display().to_string();
        let (id, file) = read_mapping(&mut files, path, name, &mut diagnostics);
        active.extend(file);
        ids.push((id, path.clone()));
    }
    let mut silent = Diagnostics::default();
    let originals = read_builtin(&mut files, &mut silent);
    let library = compile(&active, &originals, Catalog::builtin(), &mut diagnostics);
    Mappings {
        files,
        library,
        diagnostics,
        count: paths.len(),
        context: ContextFile::default(),
        settings: SettingsFile::default(),
        paths: ids,
    }
}

/// Only these files, among the others of their project, or among the built-in ones outside a project: parents, children
/// and bases are found there, and what is wrong with those is not said here.
pub fn only(paths: &[PathBuf], named: Option<&Path>) -> Result<Mappings, Trouble> {
    let mut files = Files::default();
    let mut diagnostics = Diagnostics::default();
    let (mut ids, mut active) = (Vec::new(), Vec::new());
    for path in paths {
        let (id, file) = read_mapping(&mut files, path, path.display().to_string(), &mut diagnostics);
        ids.push(id);
        active.extend(file);
    }
    let mut silent = Diagnostics::default();
    let originals = read_builtin(&mut files, &mut silent);
    if let Some(project) = directory(named)? {
        let known: Vec<_> = paths.iter().filter_map(|p| p.canonicalize().ok()).collect();
        for path in mapping_files(&project)? {
            if !path.canonicalize().is_ok_and(|p| known.contains(&p)) {
                active.extend(read_mapping(&mut files, &path, path.display().to_string(), &mut diagnostics).1);
            }
        }
    } else {
        let names: Vec<String> = active.iter().map(|f| f.name.value.clone()).collect();
        active.extend(originals.iter().filter(|o| !names.contains(&o.name.value)).cloned());
    }
    let mut library = compile(&active, &originals, Catalog::builtin(), &mut diagnostics);
    library.collections.retain(|c| ids.contains(&c.file));
    let mut wanted = Diagnostics::default();
    diagnostics.iter().filter(|d| ids.contains(&d.span.file)).for_each(|d| wanted.push(d.clone()));
    let paths: Vec<(FileId, PathBuf)> = ids.into_iter().zip(paths.iter().cloned()).collect();
    Ok(Mappings {
        files,
        library,
        diagnostics: wanted,
        count: paths.len(),
        context: ContextFile::default(),
        settings: SettingsFile::default(),
        paths,
    })
}
