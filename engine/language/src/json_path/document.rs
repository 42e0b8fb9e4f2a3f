//! An index over a record's text: where every value begins and where what follows it stands. Eight bytes a value, however much it
//! holds, so that a great record needs little more than its own text.

use std::borrow::Cow;

use crate::json::MOST_JSON_DEPTH;
use crate::value::Text;

use super::text::{end_of, json_text};
use super::view::View;

/// Index of a value in a [`Document`].
pub(crate) type NodeId = u32;

/// A record's text and its index.
#[derive(Debug)]
pub(crate) struct Document {
    text: Text,
    nodes: Vec<Node>,
    /// Lists of pairs that are seen as objects.
    objects: Vec<NodeId>,
    /// Values of keys that come again: the last one counts.
    shadowed: Vec<NodeId>,
    /// Lists of pairs in which a name is missing.
    broken: Vec<NodeId>,
}

/// A value, or the name of the member that follows.
#[derive(Debug, Clone, Copy)]
struct Node {
    /// Where it begins; [`NOWHERE`] for a null that is not written down.
    start: u32,
    /// The node behind it and all that it holds.
    next: u32,
}

const NOWHERE: u32 = u32::MAX;

/// What a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Null,
    Bool(bool),
    Number,
    Text,
    List,
    Object,
}

impl Document {
    /// Reads a text that is JSON.
    ///
    /// # Errors
    /// The text is no JSON, is nested too deep, or longer than 4 GiB.
    pub fn read(text: Text, view: &View) -> Result<Document, String> {
        if u32::try_from(text.len()).is_err() {
            return Err(String::from("is longer than 4 GiB, which is more than a JSONPath looks through"));
        }
        let nodes = Vec::with_capacity(values(&text));
        let document = Document { text: text.clone(), nodes, objects: vec![], shadowed: vec![], broken: vec![] };
        let mut reader = Reader { text: &text, view, document };
        let start = reader.blank(0);
        reader.value(start, view.root(), 0)?;
        let mut document = reader.document;
        for places in [&mut document.objects, &mut document.shadowed, &mut document.broken] {
            places.sort_unstable();
        }
        Ok(document)
    }

    /// How many values and names it has.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// The record's text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Where a value stands in the text; none for a null that is not written down.
    pub fn start(&self, id: NodeId) -> Option<usize> {
        self.nodes.get(id as usize).filter(|n| n.start != NOWHERE).map(|n| n.start as usize)
    }

    pub(super) fn kind(&self, id: NodeId) -> Kind {
        let Some(start) = self.start(id) else { return Kind::Null };
        match self.text.as_bytes().get(start) {
            Some(b'{') => Kind::Object,
            Some(b'[') if self.objects.binary_search(&id).is_ok() => Kind::Object,
            Some(b'[') => Kind::List,
            Some(b'"') => Kind::Text,
            Some(b't') => Kind::Bool(true),
            Some(b'f') => Kind::Bool(false),
            Some(b'n') | None => Kind::Null,
            Some(_) => Kind::Number,
        }
    }

    /// Whether it is a list of pairs in which a name is missing.
    pub(super) fn is_broken(&self, id: NodeId) -> bool {
        !self.broken.is_empty() && self.broken.binary_search(&id).is_ok()
    }

    /// The characters of a text, or of a member's name.
    pub(super) fn string(&self, id: NodeId) -> Cow<'_, str> {
        self.start(id).map_or(Cow::Borrowed(""), |start| json_text(&self.text, start))
    }

    /// The digits of a number.
    pub(super) fn digits(&self, id: NodeId) -> &str {
        let rest = self.start(id).and_then(|start| self.text.get(start..)).unwrap_or_default();
        let end = rest.find(|c: char| !c.is_ascii_digit() && !matches!(c, '-' | '+' | '.' | 'e' | 'E'));
        rest.get(..end.unwrap_or(rest.len())).unwrap_or_default()
    }

    fn next(&self, id: NodeId) -> NodeId {
        self.nodes.get(id as usize).map_or(NodeId::MAX, |n| n.next)
    }

    /// The elements of a list.
    pub(super) fn elements(&self, id: NodeId) -> impl Iterator<Item = NodeId> + use<'_> {
        let end = self.next(id);
        std::iter::successors(Some(id + 1), |at| Some(self.next(*at))).take_while(move |at| *at < end)
    }

    /// The members of an object: names and values.
    pub(super) fn members(&self, id: NodeId) -> impl Iterator<Item = (NodeId, NodeId)> + use<'_> {
        let end = self.next(id);
        std::iter::successors(Some(id + 1), |name| Some(self.next(name + 1)))
            .take_while(move |name| *name < end)
            .map(|name| (name, name + 1))
            .filter(|(_, value)| self.shadowed.is_empty() || self.shadowed.binary_search(value).is_err())
    }

    /// What a list or an object holds.
    pub(super) fn children(&self, id: NodeId) -> Box<dyn Iterator<Item = NodeId> + '_> {
        match self.kind(id) {
            Kind::List => Box::new(self.elements(id)),
            Kind::Object => Box::new(self.members(id).map(|(_, value)| value)),
            _ => Box::new(std::iter::empty()),
        }
    }
}

/// How many values and names a text holds: each stands behind one of `[ { , :`, but for the first.
fn values(text: &str) -> usize {
    let (mut count, mut inside, mut escaped) = (1, false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = inside,
            b'"' => inside = !inside,
            b'[' | b'{' | b',' | b':' if !inside => count += 1,
            _ => {}
        }
    }
    count
}

struct Reader<'t> {
    text: &'t str,
    view: &'t View,
    document: Document,
}

impl Reader<'_> {
    fn byte(&self, at: usize) -> Option<u8> {
        self.text.as_bytes().get(at).copied()
    }

    /// Behind blanks.
    fn blank(&self, mut at: usize) -> usize {
        while matches!(self.byte(at), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            at += 1;
        }
        at
    }

    #[allow(clippy::cast_possible_truncation)] // a text of at most 4 GiB has fewer nodes than bytes
    fn add(&mut self, start: u32) -> NodeId {
        let id = self.document.nodes.len() as NodeId;
        self.document.nodes.push(Node { start, next: id + 1 });
        id
    }

    #[allow(clippy::cast_possible_truncation)] // as above
    fn close(&mut self, id: NodeId) {
        let next = self.document.nodes.len() as NodeId;
        if let Some(node) = self.document.nodes.get_mut(id as usize) {
            node.next = next;
        }
    }

    /// One value; where it ends.
    #[allow(clippy::cast_possible_truncation)] // as above
    fn value(&mut self, at: usize, view: Option<usize>, depth: usize) -> Result<usize, String> {
        if depth > MOST_JSON_DEPTH {
            return Err(format!("is nested more than {MOST_JSON_DEPTH} deep"));
        }
        match (self.byte(at), self.view.pairs(view)) {
            (Some(b'['), Some((name, value))) => {
                let (name, value) = (name.to_owned(), value.to_owned());
                self.pairs(at, &name, &value, depth)
            }
            (Some(b'['), None) => {
                let id = self.add(at as u32);
                let of = self.view.element(view);
                let end = self.items(at, |reader, item| reader.value(item, of, depth + 1))?;
                self.close(id);
                Ok(end)
            }
            (Some(b'{'), _) => self.object(at, view, depth),
            (Some(_), _) => {
                self.add(at as u32);
                self.skip(at, depth)
            }
            (None, _) => Err(no_json()),
        }
    }

    /// The items of a list; where it ends.
    fn items(
        &mut self,
        at: usize,
        mut item: impl FnMut(&mut Self, usize) -> Result<usize, String>,
    ) -> Result<usize, String> {
        let mut at = self.blank(at + 1);
        if self.byte(at) == Some(b']') {
            return Ok(at + 1);
        }
        loop {
            at = item(self, at)?;
            at = self.blank(at);
            match self.byte(at) {
                Some(b',') => at = self.blank(at + 1),
                Some(b']') => return Ok(at + 1),
                _ => return Err(no_json()),
            }
        }
    }

    /// The members of an object, by the places of their names and values; where it ends.
    fn entries(
        &mut self,
        at: usize,
        mut entry: impl FnMut(&mut Self, usize, usize) -> Result<usize, String>,
    ) -> Result<usize, String> {
        let mut at = self.blank(at + 1);
        if self.byte(at) == Some(b'}') {
            return Ok(at + 1);
        }
        loop {
            if self.byte(at) != Some(b'"') {
                return Err(no_json());
            }
            let colon = self.blank(end_of(self.text, at));
            if self.byte(colon) != Some(b':') {
                return Err(no_json());
            }
            let value = self.blank(colon + 1);
            at = entry(self, at, value)?;
            at = self.blank(at);
            match self.byte(at) {
                Some(b',') => at = self.blank(at + 1),
                Some(b'}') => return Ok(at + 1),
                _ => return Err(no_json()),
            }
        }
    }

    #[allow(clippy::cast_possible_truncation)] // as above
    fn object(&mut self, at: usize, view: Option<usize>, depth: usize) -> Result<usize, String> {
        let id = self.add(at as u32);
        let mut names: Vec<NodeId> = Vec::new();
        let end = self.entries(at, |reader, name, value| {
            names.push(reader.add(name as u32));
            let inner = reader.view.member(view, || json_text(reader.text, name).into_owned());
            reader.value(value, inner, depth + 1)
        })?;
        self.close(id);
        self.shadow(names);
        Ok(end)
    }

    /// Of names that come again the last counts.
    fn shadow(&mut self, mut names: Vec<NodeId>) {
        let document = &mut self.document;
        let shadowed: Vec<NodeId> = if names.len() <= 8 {
            let again = |(i, name): (usize, &NodeId)| {
                names.iter().skip(i + 1).any(|later| document.string(*later) == document.string(*name))
            };
            names.iter().enumerate().filter(|one| again(*one)).map(|(_, name)| name + 1).collect()
        } else {
            names.sort_by(|a, b| document.string(*a).cmp(&document.string(*b)).then(a.cmp(b)));
            let pairs = names.iter().zip(names.iter().skip(1));
            pairs.filter(|(a, b)| document.string(**a) == document.string(**b)).map(|(a, _)| a + 1).collect()
        };
        document.shadowed.extend(shadowed);
    }

    /// A list of names and values, as the object that it means.
    #[allow(clippy::cast_possible_truncation)] // as above
    fn pairs(&mut self, at: usize, name: &str, value: &str, depth: usize) -> Result<usize, String> {
        let id = self.add(at as u32);
        let (mut names, mut broken) = (Vec::new(), false);
        let end = self.items(at, |reader, item| {
            let (mut key, mut found) = (None, None);
            if reader.byte(item) != Some(b'{') {
                broken = true;
                return reader.skip(item, depth + 1);
            }
            let end = reader.entries(item, |reader, at, inner| {
                match json_text(reader.text, at) {
                    field if field == name => key = Some(inner),
                    field if field == value => found = Some(inner),
                    _ => {}
                }
                reader.skip(inner, depth + 2)
            })?;
            match key.filter(|key| reader.byte(*key) == Some(b'"')) {
                Some(key) => {
                    names.push(reader.add(key as u32));
                    match found {
                        Some(found) => reader.value(found, None, depth + 1).map(|_| ())?,
                        None => {
                            reader.add(NOWHERE);
                        }
                    }
                }
                None => broken = true,
            }
            Ok(end)
        })?;
        self.close(id);
        self.document.objects.push(id);
        if broken {
            self.document.broken.push(id);
        }
        self.shadow(names);
        Ok(end)
    }

    /// Where a value ends that is not looked into.
    fn skip(&mut self, at: usize, depth: usize) -> Result<usize, String> {
        if depth > MOST_JSON_DEPTH {
            return Err(format!("is nested more than {MOST_JSON_DEPTH} deep"));
        }
        match self.byte(at) {
            Some(b'"') => Ok(end_of(self.text, at)),
            Some(b'[') => self.items(at, |reader, item| reader.skip(item, depth + 1)),
            Some(b'{') => self.entries(at, |reader, _, value| reader.skip(value, depth + 1)),
            Some(b'-' | b'0'..=b'9' | b'a'..=b'z') => {
                let rest = self.text.as_bytes().get(at..).unwrap_or_default();
                let word = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'+' | b'.');
                Ok(at + rest.iter().take_while(|b| word(b)).count())
            }
            _ => Err(no_json()),
        }
    }
}

fn no_json() -> String {
    String::from("is no JSON")
}
