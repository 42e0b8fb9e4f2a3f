//! What a condition tells about null: the paths that are not null where it is true, and where it is false.

use std::collections::HashMap;
use std::sync::Arc;

use crate::combine::Combined;
use crate::mapping_file::MappingFile;
use crate::syntax::print;
use crate::syntax::tree::{Expr, ExprKind, Operator, Selector, TextPart};
use crate::value::Value;

use super::assume::Question;

/// Most paths of one condition of which it is asked what it tells.
const MOST_PATHS: usize = 64;
/// How many lets deep paths are looked for.
const MOST_LETS: usize = 16;

/// Something that is not null.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fact {
    /// The path as it is written, or `=` and the text of an expression.
    pub key: String,
    /// It is not empty either: no blank text, no list without elements.
    pub filled: bool,
}

impl Fact {
    /// A list that has elements.
    pub fn filled(key: &str) -> Fact {
        Fact { key: key.to_owned(), filled: true }
    }
}

/// Facts that hold at a place, the innermost last: each is found in the same time, however many there are.
#[derive(Debug, Clone, Default)]
pub(super) struct Facts {
    all: Vec<Fact>,
    /// How many facts say that a key is not null, and that it is not empty.
    known: HashMap<String, (u32, u32)>,
}

impl Facts {
    pub fn len(&self) -> usize {
        self.all.len()
    }

    pub fn iter(&self) -> impl Iterator<Item = &Fact> {
        self.all.iter()
    }

    pub fn extend(&mut self, facts: impl IntoIterator<Item = Fact>) {
        for fact in facts {
            for key in ways(&fact.key) {
                self.known.entry(key.to_owned()).or_default().0 += 1;
            }
            self.known.entry(fact.key.clone()).or_default().1 += u32::from(fact.filled);
            self.all.push(fact);
        }
    }

    /// Only the first so many hold.
    pub fn truncate(&mut self, len: usize) {
        for fact in self.all.split_off(len.min(self.all.len())) {
            for key in ways(&fact.key) {
                if let Some((known, _)) = self.known.get_mut(key) {
                    *known = known.saturating_sub(1);
                }
            }
            if let Some((_, filled)) = self.known.get_mut(&fact.key) {
                *filled = filled.saturating_sub(u32::from(fact.filled));
            }
        }
    }

    /// Whether a path is not null.
    pub fn says(&self, key: &str) -> bool {
        self.known.get(key).is_some_and(|(known, _)| *known > 0)
    }

    /// Whether it is not empty.
    pub fn says_filled(&self, key: &str) -> bool {
        self.known.get(key).is_some_and(|(_, filled)| *filled > 0)
    }
}

/// A path and what it goes through: `a`, `a.b` of `a.b`.
fn ways(key: &str) -> impl Iterator<Item = &str> {
    let whole = key.starts_with('=') || key.contains(" ?? ");
    let ends = key.match_indices(['.', '[']).map(|(at, _)| at).filter(move |at| !whole && *at > 0);
    ends.chain([key.len()]).filter_map(|end| key.get(..end))
}

/// The lets of a collection by name.
#[derive(Debug, Clone)]
pub(super) struct Definitions {
    combined: Arc<Combined>,
    places: HashMap<String, usize>,
}

impl Definitions {
    pub fn of(combined: &Arc<Combined>) -> Arc<Definitions> {
        let mut places = HashMap::new();
        for (at, l) in combined.file.rules.iter().flat_map(|r| &r.value.lets).enumerate() {
            places.entry(l.name.text.clone()).or_insert(at);
        }
        Arc::new(Definitions { combined: combined.clone(), places })
    }

    /// The collection's file.
    pub fn file(&self) -> &MappingFile {
        &self.combined.file
    }

    /// The expression of a let.
    pub fn get(&self, name: &str) -> Option<&Expr> {
        let at = *self.places.get(name)?;
        self.combined.file.rules.as_ref()?.value.lets.get(at).map(|l| &l.value)
    }
}

/// What is not null when the condition is `truth`.
pub(super) fn not_null_when(definitions: &Definitions, condition: &Expr, truth: bool) -> Vec<Fact> {
    let mut facts = Vec::new();
    collect(definitions, condition, truth, &mut facts);
    facts
}

/// What holds of every record that a collection's filters and errors let through.
pub(super) fn of_collection(definitions: &Definitions) -> Vec<Fact> {
    let file = &definitions.combined.file;
    let filters = file.filter.iter().flat_map(|f| &f.value).flat_map(|f| not_null_when(definitions, &f.that, true));
    let errors = file.errors.iter().flat_map(|e| &e.value).flat_map(|e| not_null_when(definitions, &e.when, false));
    filters.chain(errors).collect()
}

fn collect(definitions: &Definitions, condition: &Expr, truth: bool, facts: &mut Vec<Fact>) {
    match &condition.kind {
        ExprKind::Not(inner) => collect(definitions, inner, !truth, facts),
        ExprKind::Binary(Operator::And, a, b) if truth => {
            collect(definitions, a, true, facts);
            collect(definitions, b, true, facts);
        }
        ExprKind::Binary(Operator::Or, a, b) if !truth => {
            collect(definitions, a, false, facts);
            collect(definitions, b, false, facts);
        }
        _ => {
            let mut keys = Vec::new();
            keys_of(definitions, condition, 0, &mut keys);
            for key in keys {
                let excludes = |value: Value| Question::excludes(definitions, condition, truth, &key, value);
                if !excludes(Value::Null) {
                    continue;
                }
                let filled = [Value::Text("".into()), Value::Text(" ".into()), Value::List([].into())];
                let filled = filled.into_iter().all(excludes);
                facts.push(Fact { key, filled });
            }
        }
    }
}

/// All paths and calls in an expression, those of the lets in it too.
fn keys_of(definitions: &Definitions, expression: &Expr, lets: usize, keys: &mut Vec<String>) {
    if keys.len() >= MOST_PATHS {
        return;
    }
    if let Some(key) = key_of(expression).filter(|key| !keys.contains(key)) {
        keys.push(key);
    }
    let mut of = |inner: &Expr| keys_of(definitions, inner, lets, keys);
    match &expression.kind {
        ExprKind::Name { name, quoted: false } if lets < MOST_LETS => {
            if let Some(definition) = definitions.get(&name.text) {
                keys_of(definitions, definition, lets + 1, keys);
            }
        }
        ExprKind::Member(inner, _)
        | ExprKind::Select(inner, _)
        | ExprKind::Negate(inner)
        | ExprKind::Not(inner)
        | ExprKind::IsEmpty { subject: inner, .. }
        | ExprKind::Quantified { list: inner, .. }
        | ExprKind::For { list: inner, .. } => of(inner),
        ExprKind::Binary(_, a, b) | ExprKind::Otherwise(a, b) => {
            of(a);
            of(b);
        }
        ExprKind::Call { arguments, .. } | ExprKind::List(arguments) => arguments.iter().for_each(of),
        ExprKind::If { condition, then, otherwise } => {
            of(condition);
            of(then);
            otherwise.iter().for_each(|o| of(o));
        }
        ExprKind::Text(parts) => parts.iter().for_each(|part| {
            if let TextPart::Hole(hole) = part {
                of(hole);
            }
        }),
        _ => {}
    }
}

/// What narrowing goes by: a path, or the text of a call or selection that gives the same value wherever it is written.
pub(super) fn key_of(value: &Expr) -> Option<String> {
    path_key(value).or_else(|| {
        let computed = matches!(value.kind, ExprKind::Call { .. } | ExprKind::Select(..) | ExprKind::Member(..));
        computed.then(|| format!("={}", print::expression(value)))
    })
}

/// A plain path as its text: what narrowing goes by. `(a ?? b) is not empty` tells of the two together, not of either alone.
pub(super) fn path_key(value: &Expr) -> Option<String> {
    match &value.kind {
        ExprKind::Binary(Operator::OrIfNull, a, b) => Some(format!("{} ?? {}", path_key(a)?, path_key(b)?)),
        ExprKind::Name { name, .. } => Some(name.text.clone()),
        ExprKind::Member(inner, name) => Some(format!("{}.{}", path_key(inner)?, name.text)),
        ExprKind::Select(inner, Selector::Key(key)) => Some(format!("{}[\"{key}\"]", path_key(inner)?)),
        ExprKind::Select(inner, selector) => Some(format!("{}{}", path_key(inner)?, element_key(selector)?)),
        _ => None,
    }
}

/// How one element of a list is written in a path's key: `[0]` is `[first]`, and `[-1]` is `[last]`.
pub(super) fn element_key(selector: &Selector) -> Option<String> {
    match selector {
        Selector::First | Selector::Index(0) => Some(String::from("[first]")),
        Selector::Last | Selector::Index(-1) => Some(String::from("[last]")),
        Selector::Index(index) => Some(format!("[{index}]")),
        _ => None,
    }
}

/// Whether one of these facts, about what is inside a value, says that `name` in it is not null.
pub(super) fn says(facts: &[Fact], name: &str) -> bool {
    facts.iter().any(|fact| ways(&fact.key).any(|key| key == name))
}

/// Of facts those below `name`, as they are written there: `c` of `a.b.c` below `a.b`; "" is `name` itself.
pub(super) fn about(name: &str, facts: &[Fact]) -> Vec<Fact> {
    let below = |fact: &Fact| {
        let rest = fact.key.strip_prefix(name).filter(|_| !fact.key.contains(" ?? "))?;
        let key = if rest.is_empty() || rest.starts_with('[') { rest } else { rest.strip_prefix('.')? };
        Some(Fact { key: key.to_owned(), filled: fact.filled })
    };
    facts.iter().filter_map(below).collect()
}
