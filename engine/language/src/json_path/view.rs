//! Where a record says names and values as a list of pairs: a JSONPath sees an object of them, as the rest of the language does.

use std::collections::HashMap;

use crate::schema::{Catalog, Field, FieldKind, Fields, Wire};

/// The places of such lists in a record type, records inside included. Empty for most types.
#[derive(Debug, Clone, Default)]
pub(crate) struct View {
    nodes: Vec<Node>,
}

/// A value's part of the view.
#[derive(Debug, Clone, Default)]
struct Node {
    pairs: Option<(Box<str>, Box<str>)>,
    fields: Vec<(Box<str>, usize)>,
    each: Option<usize>,
}

impl View {
    /// The view of a record with these fields.
    pub fn of(fields: &Fields, catalog: &Catalog) -> View {
        let mut maker = Maker { view: View::default(), records: HashMap::new(), catalog };
        maker.record(fields);
        maker.view.pruned()
    }

    /// Where a walk begins, unless there is nothing to see.
    pub fn root(&self) -> Option<usize> {
        (!self.nodes.is_empty()).then_some(0)
    }

    /// The keys of names and values, if a list here is one of pairs.
    pub fn pairs(&self, at: Option<usize>) -> Option<(&str, &str)> {
        self.nodes.get(at?)?.pairs.as_ref().map(|(name, value)| (&**name, &**value))
    }

    /// Of an object's member.
    pub fn member(&self, at: Option<usize>, name: impl Fn() -> String) -> Option<usize> {
        let node = self.nodes.get(at?)?;
        if node.fields.is_empty() {
            return None;
        }
        let name = name();
        node.fields.iter().find(|(field, _)| **field == *name).map(|(_, at)| *at)
    }

    /// Of a list's elements.
    pub fn element(&self, at: Option<usize>) -> Option<usize> {
        self.nodes.get(at?)?.each
    }

    /// Without the parts below which there are no pairs.
    fn pruned(mut self) -> View {
        let mut shows: Vec<bool> = self.nodes.iter().map(|n| n.pairs.is_some()).collect();
        loop {
            let before = shows.clone();
            for (node, at) in self.nodes.iter().zip(0..) {
                let below = node.fields.iter().map(|(_, at)| *at).chain(node.each);
                let any = below.into_iter().any(|at| before.get(at).copied().unwrap_or(false));
                if let Some(shown) = shows.get_mut(at) {
                    *shown |= any;
                }
            }
            if shows == before {
                break;
            }
        }
        let shown = |at: usize| shows.get(at).copied().unwrap_or(false);
        if !shown(0) {
            return View::default();
        }
        for node in &mut self.nodes {
            node.fields.retain(|(_, at)| shown(*at));
            node.each = node.each.filter(|at| shown(*at));
        }
        self
    }
}

struct Maker<'a> {
    view: View,
    /// Record types that have a node already: they may hold themselves.
    records: HashMap<String, usize>,
    catalog: &'a Catalog,
}

impl Maker<'_> {
    fn node(&mut self) -> usize {
        self.view.nodes.push(Node::default());
        self.view.nodes.len() - 1
    }

    fn change(&mut self, at: usize, change: impl FnOnce(&mut Node)) {
        if let Some(node) = self.view.nodes.get_mut(at) {
            change(node);
        }
    }

    fn record(&mut self, fields: &Fields) -> usize {
        let at = self.node();
        self.fill(at, fields);
        at
    }

    fn fill(&mut self, at: usize, fields: &Fields) {
        let inner: Vec<(Box<str>, usize)> =
            fields.iter().filter_map(|(name, field)| Some((name.into(), self.field(field)?))).collect();
        self.change(at, |node| node.fields = inner);
    }

    /// The node of a field that may hold pairs.
    fn field(&mut self, field: &Field) -> Option<usize> {
        match (field.kind, &field.read) {
            (FieldKind::Dictionary, Some(Wire::Pairs(name, value))) => {
                let at = self.node();
                let pairs = (name.as_str().into(), value.as_str().into());
                self.change(at, |node| node.pairs = Some(pairs));
                Some(at)
            }
            (FieldKind::List, _) => {
                let of = self.field(field.of.as_deref()?)?;
                let at = self.node();
                self.change(at, |node| node.each = Some(of));
                Some(at)
            }
            (FieldKind::Record, _) => {
                if let Some(at) = field.record.as_ref().and_then(|name| self.records.get(name)) {
                    return Some(*at);
                }
                let catalog = self.catalog;
                let (fields, _) = catalog.fields(field)?;
                let at = self.node();
                if let Some(name) = &field.record {
                    self.records.insert(name.clone(), at);
                }
                self.fill(at, fields);
                Some(at)
            }
            _ => None,
        }
    }
}
