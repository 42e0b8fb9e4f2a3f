//! Mapping files of a test, compiled over the built-in record types.

use std::sync::Arc;

use mapwright_language::check::{Library, compile};
use mapwright_language::diagnostic::{Diagnostics, render};
use mapwright_language::evaluate::{ContextFile, Evaluation, Outcome, evaluate};
use mapwright_language::json;
use mapwright_language::mapping_file;
use mapwright_language::schema::Catalog;
use mapwright_language::source::Files;

/// Files that were compiled together.
pub struct Project {
    pub library: Library,
    pub files: Files,
    pub diagnostics: Diagnostics,
}

impl Project {
    pub fn of(texts: &[&str]) -> Project {
        let (mut files, mut diagnostics) = (Files::default(), Diagnostics::default());
        let ids: Vec<_> =
            texts.iter().zip(1..).map(|(text, at)| files.add(format!("file-{at}.yaml"), (*text).to_owned())).collect();
        let read: Vec<_> =
            ids.into_iter().filter_map(|id| mapping_file::read(&files, id, &mut diagnostics)).map(Arc::new).collect();
        let library = compile(&read, &[], Catalog::builtin(), &mut diagnostics);
        Project { library, files, diagnostics }
    }

    /// A collection `R` that updates products of the store, with these keys and rules.
    pub fn product(keys: &str, rules: &str) -> Project {
        Project::of(&[&product(keys, rules)])
    }

    pub fn codes(&self) -> Vec<&'static str> {
        self.diagnostics.iter().map(|d| d.code).collect()
    }

    pub fn report(&self) -> String {
        render::plain(&self.files, &self.diagnostics)
    }

    /// Panics with what was said if anything was.
    pub fn clean(self) -> Project {
        assert!(self.diagnostics.is_empty(), "{}", self.report());
        self
    }

    /// The collection `R` over a record.
    pub fn map(&self, record: &str, context: &str) -> Outcome {
        let plan = self.library.collection("R").and_then(|c| c.plan.clone()).unwrap();
        let context = ContextFile::read(&json::read(context.as_bytes()).unwrap()).unwrap();
        match evaluate(&plan, record.as_bytes(), &context.context()) {
            Evaluation::Done(outcome) => outcome,
            other => panic!("the context answers everything, and this asks {other:?}"),
        }
    }
}

/// The text of a collection `R` that updates products of the store.
pub fn product(keys: &str, rules: &str) -> String {
    let rules: String = rules.lines().map(|line| format!("  {line}\n")).collect();
    format!(
        "collection: R\nrecord: Product\ndirection: from\nsync: update\nbigcommerce: catalog.product\n{keys}rules: |\n{rules}"
    )
}
