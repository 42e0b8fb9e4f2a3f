//! What a query finds in a document (RFC 9535, sections 2.3 and 2.5). Every value that is looked at is counted, so that no query works
//! without end.

use std::collections::HashMap;

use super::document::{Document, Kind, NodeId};
use super::query::{Query, Segment, Selector};
use super::regexp::Pattern;

/// Why a query has no result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Stopped {
    /// It took more work than it may.
    Budget,
    /// It came to a list of names and values in which a name is missing.
    Broken,
}

/// A query at work.
pub(crate) struct Search<'d> {
    pub(super) document: &'d Document,
    /// How many values it may still look at.
    left: usize,
    /// Patterns that were found in the record.
    pub(super) patterns: HashMap<String, Option<Pattern>>,
}

impl<'d> Search<'d> {
    /// Over a document, with so many values to look at.
    pub fn new(document: &'d Document, most: usize) -> Self {
        Search { document, left: most, patterns: HashMap::new() }
    }

    /// How many values it may still look at.
    pub fn left(&self) -> usize {
        self.left
    }

    pub(super) fn spend(&mut self, values: usize) -> Result<(), Stopped> {
        match self.left.checked_sub(values) {
            Some(left) => {
                self.left = left;
                Ok(())
            }
            None => {
                self.left = 0;
                Err(Stopped::Budget)
            }
        }
    }

    /// The values that a query finds; `current` is what `@` stands for.
    pub fn find(&mut self, query: &Query, current: NodeId) -> Result<Vec<NodeId>, Stopped> {
        let mut nodes = vec![if query.absolute { 0 } else { current }];
        for segment in &query.segments {
            let mut found = Vec::new();
            for node in nodes {
                self.segment(segment, node, &mut found)?;
            }
            nodes = found;
        }
        Ok(nodes)
    }

    /// Whether it finds anything.
    pub(super) fn finds(&mut self, query: &Query, current: NodeId) -> Result<bool, Stopped> {
        Ok(!self.find(query, current)?.is_empty())
    }

    fn segment(&mut self, segment: &Segment, node: NodeId, found: &mut Vec<NodeId>) -> Result<(), Stopped> {
        for selector in &segment.selectors {
            self.select(selector, node, found)?;
        }
        if segment.descendant {
            self.usable(node)?;
            for child in self.document.children(node) {
                self.segment(segment, child, found)?;
            }
        }
        Ok(())
    }

    fn usable(&self, node: NodeId) -> Result<(), Stopped> {
        if self.document.is_broken(node) { Err(Stopped::Broken) } else { Ok(()) }
    }

    fn push(&mut self, node: NodeId, found: &mut Vec<NodeId>) -> Result<(), Stopped> {
        // a value that is found takes memory
        self.spend(8)?;
        found.push(node);
        Ok(())
    }

    fn select(&mut self, selector: &Selector, node: NodeId, found: &mut Vec<NodeId>) -> Result<(), Stopped> {
        self.spend(1)?;
        self.usable(node)?;
        let document = self.document;
        let kind = document.kind(node);
        match (selector, kind) {
            (Selector::Name(name), Kind::Object) => {
                let mut looked = 0;
                let member =
                    document.members(node).inspect(|_| looked += 1).find(|(n, _)| document.string(*n) == **name);
                self.spend(looked)?;
                if let Some((_, value)) = member {
                    self.push(value, found)?;
                }
            }
            (Selector::Wildcard, Kind::List | Kind::Object) => {
                for child in document.children(node) {
                    self.push(child, found)?;
                }
            }
            (Selector::Index(index), Kind::List) => {
                let count = self.count(node)?;
                let at = if *index < 0 { count.checked_add(*index) } else { Some(*index) };
                let at = at.and_then(|at| usize::try_from(at).ok());
                if let Some(element) = at.and_then(|at| document.elements(node).nth(at)) {
                    self.push(element, found)?;
                }
            }
            (Selector::Slice { start, end, step }, Kind::List) => {
                let elements: Vec<NodeId> = document.elements(node).collect();
                self.spend(elements.len())?;
                for at in slice(*start, *end, *step, i64::try_from(elements.len()).unwrap_or(i64::MAX)) {
                    if let Some(element) = usize::try_from(at).ok().and_then(|at| elements.get(at)) {
                        self.push(*element, found)?;
                    }
                }
            }
            (Selector::Filter(condition), Kind::List | Kind::Object) => {
                for child in document.children(node) {
                    if self.holds(condition, child)? {
                        self.push(child, found)?;
                    }
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn count(&mut self, node: NodeId) -> Result<i64, Stopped> {
        let count = self.document.elements(node).count();
        self.spend(count)?;
        Ok(i64::try_from(count).unwrap_or(i64::MAX))
    }
}

/// The places that a slice takes (RFC 9535, section 2.3.4.2.2).
fn slice(start: Option<i64>, end: Option<i64>, step: i64, length: i64) -> impl Iterator<Item = i64> {
    let normal = |i: i64| if i >= 0 { i } else { length.saturating_add(i) };
    let (first, last) = if step >= 0 {
        let (start, end) = (normal(start.unwrap_or(0)), normal(end.unwrap_or(length)));
        (start.clamp(0, length), end.clamp(0, length))
    } else {
        let start = normal(start.unwrap_or(length - 1)).clamp(-1, length - 1);
        let end = end.map_or(-1, |end| normal(end).clamp(-1, length - 1));
        (start, end)
    };
    let inside = move |at: &i64| if step > 0 { *at < last } else { *at > last };
    let first = (step != 0).then_some(first);
    std::iter::successors(first, move |at| at.checked_add(step)).take_while(inside)
}
