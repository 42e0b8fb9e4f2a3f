//! A project: the directory of one subscription, and its mapping files compiled. Outside a project the built-in collections
//! stand in for it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use mapwright_language::check::{Library, compile};
use mapwright_language::diagnostic::Diagnostics;
use mapwright_language::mapping_file::{self, MappingFile};
use mapwright_language::schema::Catalog;
use mapwright_language::source::{FileId, Files};

use crate::terminal::Trouble;

/// The file that makes a directory a project.
pub const PROJECT_FILE: &str = "mapwright.yaml";

/// Mapping files, read and compiled.
pub struct Mappings {
    pub files: Files,
    pub library: Library,
    pub diagnostics: Diagnostics,
    /// How many files were read.
    pub count: usize,
}

/// The project's directory: the one that was named, or the nearest one above that holds `mapwright.yaml` (or at least `mappings/`).
pub fn directory(named: Option<&Path>) -> Result<Option<PathBuf>, Trouble> {
    if let Some(named) = named {
        if !named.is_dir() {
            return Err(Trouble::usage(format!("{} is no directory", named.display()))
                .help("`--project` names the directory that holds `mapwright.yaml`"));
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

/// All mapping files of a project; outside one the built-in collections.
pub fn mappings(named: Option<&Path>) -> Result<Mappings, Trouble> {
    match directory(named)? {
        Some(project) => {
            let paths = yaml_files(&project.join("mappings"))?;
            from_paths(&paths, Some(&project))
        }
        None => Ok(builtin()),
    }
}

/// The built-in collections.
pub fn builtin() -> Mappings {
    let mut files = Files::default();
    let mut diagnostics = Diagnostics::default();
    let read = read_builtin(&mut files, &mut diagnostics);
    let count = read.len();
    let library = compile(&read, &[], Catalog::builtin(), &mut diagnostics);
    Mappings { files, library, diagnostics, count }
}

fn read_builtin(files: &mut Files, diagnostics: &mut Diagnostics) -> Vec<Arc<MappingFile>> {
    let ids: Vec<FileId> =
        mapwright_defaults::originals().iter().map(|o| files.add(format!("built-in:{}", o.path), o.text)).collect();
    ids.into_iter().filter_map(|id| mapping_file::read(files, id, diagnostics)).map(Arc::new).collect()
}

/// These files; the built-in ones are there for `extends`.
pub fn from_paths(paths: &[PathBuf], base: Option<&Path>) -> Result<Mappings, Trouble> {
    let mut files = Files::default();
    let mut diagnostics = Diagnostics::default();
    let mut active = Vec::new();
    for path in paths {
        let text = read_text(path)?;
        let name = base.and_then(|b| path.strip_prefix(b).ok()).unwrap_or(path).display().to_string();
        let id = files.add(name, text);
        active.extend(mapping_file::read(&files, id, &mut diagnostics).map(Arc::new));
    }
    let mut silent = Diagnostics::default();
    let originals = read_builtin(&mut files, &mut silent);
    let library = compile(&active, &originals, Catalog::builtin(), &mut diagnostics);
    Ok(Mappings { files, library, diagnostics, count: paths.len() })
}

/// Only these files, among the others of their project, or among the built-in ones outside a project: parents, children
/// and bases are found there, and what is wrong with those is not said here.
pub fn only(paths: &[PathBuf], named: Option<&Path>) -> Result<Mappings, Trouble> {
    let mut files = Files::default();
    let mut diagnostics = Diagnostics::default();
    let (mut ids, mut active) = (Vec::new(), Vec::new());
    for path in paths {
        let id = files.add(path.display().to_string(), read_text(path)?);
        ids.push(id);
        active.extend(mapping_file::read(&files, id, &mut diagnostics).map(Arc::new));
    }
    let mut silent = Diagnostics::default();
    let originals = read_builtin(&mut files, &mut silent);
    if let Some(project) = directory(named)? {
        let known: Vec<_> = paths.iter().filter_map(|p| p.canonicalize().ok()).collect();
        for path in yaml_files(&project.join("mappings"))? {
            if !path.canonicalize().is_ok_and(|p| known.contains(&p)) {
                let id = files.add(path.display().to_string(), read_text(&path)?);
                active.extend(mapping_file::read(&files, id, &mut diagnostics).map(Arc::new));
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
    Ok(Mappings { files, library, diagnostics: wanted, count: paths.len() })
}

/// A file's text; what is no UTF-8 is said with its place.
pub fn read_text(path: &Path) -> Result<String, Trouble> {
    let bytes = std::fs::read(path).map_err(|e| Trouble::input(format!("{}: {e}", path.display())))?;
    String::from_utf8(bytes).map_err(|e| {
        let at = e.utf8_error().valid_up_to();
        let line = e.as_bytes().iter().take(at).filter(|b| **b == b'\n').count() + 1;
        Trouble::input(format!("{}:{line}: the file is not UTF-8 text", path.display())).help("save it as UTF-8")
    })
}

/// Files as they are, directories with all `.yaml` files below them.
pub fn expand(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Trouble> {
    let mut found = Vec::new();
    for path in paths {
        if path.is_dir() {
            found.extend(yaml_files(path)?);
        } else if path.is_file() {
            found.push(path.clone());
        } else {
            return Err(Trouble::usage(format!("{}: there is no such file or directory", path.display())));
        }
    }
    Ok(found)
}

/// All `.yaml` files below a directory, sorted.
fn yaml_files(directory: &Path) -> Result<Vec<PathBuf>, Trouble> {
    let mut found = Vec::new();
    let mut open = vec![directory.to_owned()];
    while let Some(folder) = open.pop() {
        let entries = std::fs::read_dir(&folder).map_err(|e| Trouble::input(format!("{}: {e}", folder.display())))?;
        for entry in entries {
            let path = entry.map_err(|e| Trouble::input(format!("{}: {e}", folder.display())))?.path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|e| e == "yaml" || e == "yml") {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}
