//! The files that are open in the editor, and the projects they belong to: what is open counts, else what is on disk.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use gen_lsp_types::{TextDocumentContentChangeEvent, Uri};
use mapwright_editor::{Input, Project};
use mapwright_language::source::FileId;

use crate::project::{PROJECT_FILE, expand};

use super::positions::Lines;
use super::uri;

/// An open file.
pub struct Document {
    pub path: Option<PathBuf>,
    pub version: i32,
    pub text: String,
}

/// Files that are compiled together.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Together {
    /// The mapping files of a project's directory.
    Project(PathBuf),
    /// One file outside of any project, among the built-in ones.
    Alone(String),
}

/// Files that were compiled together.
pub struct Group {
    pub project: Project,
    /// The addresses of the project's own files, by their number.
    pub uris: Vec<String>,
    /// Outside of any project.
    pub alone: bool,
    /// The project's directory.
    pub root: Option<PathBuf>,
}

impl Group {
    /// The number of a file.
    pub fn id(&self, uri: &str) -> Option<FileId> {
        self.uris.iter().position(|u| u == uri).and_then(|i| u32::try_from(i).ok()).map(FileId)
    }

    /// The address of a file; built-in ones have none.
    pub fn uri(&self, id: FileId) -> Option<Uri> {
        self.uris.get(id.0 as usize).map(|u| Uri(u.clone()))
    }
}

/// All of them.
#[derive(Default)]
pub struct Documents {
    open: BTreeMap<String, Document>,
    groups: BTreeMap<Together, Group>,
}

impl Documents {
    pub fn open(&mut self, uri: String, version: i32, text: String) {
        let path = uri::to_path(&uri);
        self.open.insert(uri.clone(), Document { path, version, text });
        self.forget(&uri);
    }

    /// Applies changes in their order.
    pub fn change(&mut self, uri: &str, version: i32, changes: Vec<TextDocumentContentChangeEvent>) {
        // before and after: a change can make it a mapping file, or no more
        self.forget(uri);
        let Some(document) = self.open.get_mut(uri) else { return };
        document.version = version;
        for change in changes {
            match change {
                TextDocumentContentChangeEvent::TextDocumentContentChangeWholeDocument(whole) => {
                    document.text = whole.text
                }
                TextDocumentContentChangeEvent::TextDocumentContentChangePartial(part) => {
                    let lines = Lines::new(&document.text);
                    let (start, end) = (lines.byte(part.range.start), lines.byte(part.range.end));
                    document.text.replace_range(start..end.max(start), &part.text);
                }
            }
        }
        self.forget(uri);
    }

    pub fn close(&mut self, uri: &str) {
        self.forget(uri);
        self.open.remove(uri);
    }

    /// Files on disk may have changed.
    pub fn forget_all(&mut self) {
        self.groups.clear();
    }

    /// An open file.
    pub fn document(&self, uri: &str) -> Option<&Document> {
        self.open.get(uri)
    }

    /// The files that an open file belongs with, compiled.
    pub fn group(&mut self, uri: &str) -> Option<&Group> {
        let together = self.together(uri)?;
        if !self.groups.contains_key(&together) {
            let group = self.compile(&together);
            self.groups.insert(together.clone(), group);
        }
        self.groups.get(&together)
    }

    /// Everything that is open, compiled.
    pub fn groups(&mut self) -> impl Iterator<Item = &Group> {
        let uris: Vec<String> = self.open.keys().cloned().collect();
        let wanted: Vec<Together> = uris.iter().filter_map(|u| self.together(u)).collect();
        self.groups.retain(|t, _| wanted.contains(t));
        for uri in &uris {
            let _ = self.group(uri);
        }
        self.groups.values()
    }

    fn forget(&mut self, uri: &str) {
        if let Some(together) = self.together(uri) {
            self.groups.remove(&together);
        }
    }

    /// Where a file belongs; `None`: it is no mapping file.
    fn together(&self, uri: &str) -> Option<Together> {
        let document = self.open.get(uri)?;
        let root = document.path.as_ref().and_then(|p| root(p));
        if let (Some(root), Some(path)) = (&root, &document.path)
            && (path.starts_with(root.join("mappings")) && is_yaml(path) || says_so(&document.text))
        {
            return Some(Together::Project(root.clone()));
        }
        (root.is_none() && says_so(&document.text)).then(|| Together::Alone(uri.to_owned()))
    }

    fn compile(&self, together: &Together) -> Group {
        let (mut own, mut uris): (Vec<Input>, Vec<String>) = (vec![], vec![]);
        let alone = matches!(together, Together::Alone(_));
        for (uri, document) in &self.open {
            if self.together(uri).as_ref() == Some(together) {
                let name = document.path.as_ref().map_or_else(|| uri.clone(), |p| p.display().to_string());
                own.push(Input { name: name.into(), text: document.text.as_str().into() });
                uris.push(uri.clone());
            }
        }
        if let Together::Project(root) = together {
            let open: Vec<&PathBuf> = self.open.values().filter_map(|d| d.path.as_ref()).collect();
            for path in expand(&[root.join("mappings")]).unwrap_or_default() {
                if open.contains(&&path) {
                    continue;
                }
                let Ok(bytes) = std::fs::read(&path) else { continue };
                let text = String::from_utf8_lossy(&bytes);
                // an editor that opens the file leaves the mark away, so that places are those of what it shows
                let text: Arc<str> = text.trim_start_matches('\u{feff}').into();
                own.push(Input { name: path.display().to_string().into(), text });
                uris.push(uri::from_path(&path));
            }
        }
        let builtin: Vec<Input> = mapwright_defaults::originals()
            .iter()
            .map(|o| Input { name: format!("built-in:{}", o.path).into(), text: o.text.into() })
            .collect();
        let root = match together {
            Together::Project(root) => Some(root.clone()),
            Together::Alone(_) => None,
        };
        Group { project: Project::new(&own, &builtin, alone), uris, alone, root }
    }
}

/// The project's directory that a file lies in.
fn root(path: &Path) -> Option<PathBuf> {
    path.ancestors().skip(1).find(|d| d.join(PROJECT_FILE).is_file()).map(Path::to_owned)
}

fn is_yaml(path: &Path) -> bool {
    path.extension().is_some_and(|e| e == "yaml" || e == "yml")
}

/// Whether a text outside of `mappings/` is a mapping file by its own words.
fn says_so(text: &str) -> bool {
    let key = |line: &str| line.starts_with("collection:") || line.starts_with("base:");
    text.trim_start_matches('\u{feff}').lines().any(key)
}
