//! What stands at a place: for hover, definitions and renaming.

use std::ops::Range;

use mapwright_language::functions::{self, Function};
use mapwright_language::schema::{Catalog, RecordType};
use mapwright_language::source::FileId;
use mapwright_language::syntax::MOST_RULE_BYTES;

use crate::chain;
use crate::cursor::{Cursor, TextFor, Wanted, clean};
use crate::describe;
use crate::envelope::{self, Value};
use crate::place::{Part, Place, place};
use crate::project::Project;
use crate::scope::{GIVEN, Scope};
use crate::thing::Thing;

/// What it is.
#[derive(Debug, Clone)]
pub(crate) enum What {
    /// A source or target field, or what is behind a binder.
    Thing(Thing),
    /// A let of this collection.
    Let,
    /// A lookup of this collection.
    Lookup,
    /// A collection or base.
    Collection,
    /// A record type.
    RecordType(&'static RecordType),
    /// A function of the registry.
    Function(&'static Function),
    /// A function that looks outside: its form and a sentence.
    Outside(&'static str, &'static str),
    /// A name that is given, a key or a word of the envelope: a sentence.
    Sentence(&'static str),
}

/// A symbol, its name and its place in the file.
#[derive(Debug, Clone)]
pub(crate) struct Symbol {
    pub what: What,
    pub name: String,
    pub range: Range<usize>,
}

/// What stands at a byte of a file, and what is in reach there.
pub(crate) fn symbol<'p>(project: &'p Project, file: FileId, at: usize) -> Option<(Symbol, Scope<'p>)> {
    let place = place(project.text(file), at);
    let scope = Scope::new(project, file, at).at(&place.path);
    let found = at_place(project.text(file), at, &place, &scope)?;
    Some((found, scope))
}

fn at_place(text: &str, at: usize, place: &Place, scope: &Scope<'_>) -> Option<Symbol> {
    let path: Vec<&str> = place.path.iter().map(String::as_str).collect();
    match place.part {
        Part::Nothing => None,
        Part::Key(start) => at_key(text, start, at, &path),
        Part::Value(start) => at_value(text, start, at, &path, scope),
        // a longer rule is refused by the reader, too
        Part::Code(_, from, _) if at - from > MOST_RULE_BYTES => None,
        Part::Code(code, from, to) => {
            let end = word_end(text, at).min(to.max(at));
            let clean = clean(text.get(from..end)?);
            let cursor = Cursor::new(&clean, code);
            let start = from + cursor.start;
            if let Wanted::Text(what) = &cursor.wanted {
                let end = text_end(text, start, to);
                return in_text(what, text.get(start..end)?.to_owned(), start..end);
            }
            if start > at || start >= end {
                return None;
            }
            let name = text.get(start..end)?.trim_matches('`').to_owned();
            let called = text.get(end..).is_some_and(|rest| rest.starts_with('('));
            let what = at_name(&cursor, &name, called, scope)?;
            Some(Symbol { what, name, range: start..end })
        }
    }
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn word_end(text: &str, at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    at + rest.find(|c: char| !is_name(c)).unwrap_or(rest.len())
}

/// Where the text in quotes ends that starts at a byte.
fn text_end(text: &str, start: usize, most: usize) -> usize {
    let quote = text.get(..start).and_then(|t| t.chars().next_back()).unwrap_or('"');
    let rest = text.get(start..most.max(start)).unwrap_or_default();
    start + rest.find([quote, '\n', '\r']).unwrap_or(rest.len())
}

fn in_text(what: &TextFor, name: String, range: Range<usize>) -> Option<Symbol> {
    let what = match what {
        TextFor::Lookup => What::Lookup,
        TextFor::RecordType => What::RecordType(Catalog::builtin().record(&name)?),
        _ => return None,
    };
    Some(Symbol { what, name, range })
}

fn at_name(cursor: &Cursor<'_>, name: &str, called: bool, scope: &Scope<'_>) -> Option<What> {
    let function = || {
        let outside = describe::OUTSIDE.iter().find(|(n, ..)| *n == name);
        functions::by_name(name)
            .map(|(_, f)| What::Function(f))
            .or_else(|| outside.map(|(_, form, about)| What::Outside(form, about)))
    };
    let filled = |path: &[String]| {
        let at = path.iter().try_fold(Thing::Record(scope.target?), |thing, name| thing.member(name))?;
        at.member(name).map(What::Thing)
    };
    match &cursor.wanted {
        Wanted::Target(path) => filled(path),
        Wanted::Member(end) => chain::before(&cursor.tokens, *end, scope)?.member(name).map(What::Thing),
        Wanted::Path => value_name(cursor, name, scope),
        Wanted::Function => function(),
        Wanted::Start { .. } if called => function(),
        Wanted::Start { within } => value_name(cursor, name, scope).or_else(|| filled(within.as_ref()?)),
        // the name of a let where it is defined
        Wanted::Nothing if scope.lets().iter().any(|l| l.name.text == name) => Some(What::Let),
        _ => None,
    }
}

fn value_name(cursor: &Cursor<'_>, name: &str, scope: &Scope<'_>) -> Option<What> {
    let bound = chain::binders(&cursor.tokens, cursor.tokens.len(), scope);
    if let Some((_, thing)) = bound.into_iter().find(|(n, _)| n == name) {
        return thing.map(What::Thing).or(Some(What::Sentence("stands for one element after the other")));
    }
    if scope.lets().iter().any(|l| l.name.text == name) {
        return Some(What::Let);
    }
    if let Some((_, about)) = GIVEN.iter().find(|(n, _)| *n == name) {
        return Some(What::Sentence(about));
    }
    scope.named(name).map(What::Thing)
}

fn at_key(text: &str, start: usize, at: usize, path: &[&str]) -> Option<Symbol> {
    let line = text.get(start..)?.lines().next()?;
    let quoted = line.starts_with(['"', '\'']);
    let skip = usize::from(quoted);
    let key = if quoted {
        line.get(1..)?.split(['"', '\'']).next()?
    } else {
        line.split(": ").next()?.trim_end().trim_end_matches(':')
    };
    let range = start + skip..start + skip + key.len();
    if at > range.end {
        return None;
    }
    let symbol = |what| Some(Symbol { what, name: key.to_owned(), range: range.clone() });
    if path == ["lookups"] {
        return symbol(What::Lookup);
    }
    if path == ["without", "lookups"] {
        return symbol(What::Lookup);
    }
    if path == ["without", "children"] {
        return symbol(What::Collection);
    }
    let (_, found) = envelope::at(path.iter().copied().chain([key]))?;
    symbol(What::Sentence(found?.about))
}

fn at_value(text: &str, start: usize, at: usize, path: &[&str], scope: &Scope<'_>) -> Option<Symbol> {
    let line = text.get(start..)?.lines().next()?;
    let quote = text.get(..start)?.chars().next_back().filter(|c| matches!(c, '"' | '\''));
    let end = match quote {
        Some(quote) => line.find(quote).unwrap_or(line.len()),
        None => {
            let plain = line.split(" #").next()?;
            plain.find([',', ']', '}']).unwrap_or(plain.trim_end().len())
        }
    };
    let name = line.get(..end)?.trim_end().to_owned();
    let range = start..start + name.len();
    if at > range.end || name.is_empty() {
        return None;
    }
    let (value, _) = envelope::at(path.iter().copied())?;
    let what = match value {
        Value::Collection => What::Collection,
        Value::Text if matches!(path, ["collection" | "base"]) => What::Collection,
        Value::Record(_) => What::RecordType(Catalog::builtin().record(&name)?),
        Value::TargetFields => What::Thing(Thing::Record(scope.target?).member(&name)?),
        Value::Words(words) | Value::WordsOrKeys(words, _) => {
            What::Sentence(words.iter().find(|(w, _)| *w == name).map(|(_, about)| *about)?)
        }
        Value::Texts if path == ["without", "lookups"] => What::Lookup,
        Value::Texts if path == ["without", "children"] => What::Collection,
        _ => return None,
    };
    Some(Symbol { what, name, range })
}
