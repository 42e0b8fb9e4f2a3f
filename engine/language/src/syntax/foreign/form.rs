//! The table: one form of another language, and the same here.

use std::sync::LazyLock;

use super::super::parse;
use super::super::tree::Expr;
use super::moved::Moved;

/// A form of another language.
#[derive(Debug, Clone)]
pub struct Form {
    /// The languages that have it, as people call them.
    pub languages: &'static str,
    /// As it is written there.
    pub written: &'static str,
    /// As it is written here: an expression in which the arguments stand by name.
    pub here: &'static str,
    /// What differs, or what else there is.
    pub remark: Option<&'static str>,
    /// Whether it is the same, so that one may be put in place of the other.
    pub same: bool,
    /// Its parts.
    pub shape: Shape,
    /// How the arguments move where a template cannot say it.
    pub(super) moved: Option<Moved>,
    /// `here`, parsed.
    pub(super) template: Option<Expr>,
}

/// The parts of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shape {
    /// `f(a)`, `s.f(a)`, `A.f(a)`
    Call {
        /// `A`
        of: Option<&'static str>,
        /// `f`
        name: &'static str,
        /// The arguments; the subject of a method is the first.
        parameters: Vec<Parameter>,
        /// `s.f(a)`
        method: bool,
    },
    /// `s.p`
    Property {
        /// `s`
        subject: &'static str,
        /// `p`
        name: &'static str,
    },
    /// `A.p`, or one word in capitals
    Constant(&'static str),
    /// A sign or word: the parser knows it, the table only explains it.
    Sign,
}

/// One argument of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Parameter {
    /// `a`
    Name(&'static str),
    /// `x => e`
    Function(&'static str, &'static str),
    /// A word that has to stand there: `StringComparison.OrdinalIgnoreCase`.
    Fixed(&'static str),
    /// `…`
    Rest,
}

static FORMS: LazyLock<Vec<Form>> = LazyLock::new(|| {
    let lines = include_str!("forms.tsv").lines();
    lines.filter(|l| !l.trim().is_empty() && !l.starts_with('#')).filter_map(read).collect()
});

/// All forms, in the order of the table.
#[must_use]
pub fn forms() -> &'static [Form] {
    &FORMS
}

fn read(line: &'static str) -> Option<Form> {
    let mut columns = line.split('\t');
    let (languages, written, here) = (columns.next()?, columns.next()?, columns.next()?);
    let last = columns.next();
    let how = last.and_then(|l| l.strip_prefix('[')).and_then(|l| l.strip_suffix(']'));
    let (same, here) = here.strip_prefix('~').map_or((true, here), |here| (false, here));
    let shape = shape(written, here);
    let template = if shape == Shape::Sign { None } else { parse::plain_expression(here) };
    let remark = if how.is_some() { None } else { last };
    Some(Form { languages, written, here, remark, same, shape, moved: how.and_then(Moved::named), template })
}

/// The parts of a written form; `here` says which names are arguments.
fn shape(written: &'static str, here: &str) -> Shape {
    let word = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let path = |text: &str| text.split('.').all(word);
    let used = |name: &str| here.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).any(|w| w == name);
    if let Some((head, arguments)) = written.strip_suffix(')').and_then(|w| w.split_once('(')).filter(|(h, _)| path(h))
    {
        let mut parameters: Vec<Parameter> =
            arguments.split(',').map(str::trim).filter(|a| !a.is_empty()).map(parameter).collect();
        return match head.rsplit_once('.') {
            None => Shape::Call { of: None, name: head, parameters, method: false },
            Some((subject, name)) if used(subject) => {
                parameters.insert(0, Parameter::Name(subject));
                Shape::Call { of: None, name, parameters, method: true }
            }
            Some((of, name)) => Shape::Call { of: Some(of), name, parameters, method: false },
        };
    }
    match written.rsplit_once('.').filter(|_| path(written)) {
        Some((subject, name)) if used(subject) => Shape::Property { subject, name },
        Some(_) => Shape::Constant(written),
        None if written.len() > 4 && word(written) && written.chars().all(|c| c.is_ascii_uppercase() || c == '_') => {
            Shape::Constant(written)
        }
        None => Shape::Sign,
    }
}

fn parameter(text: &'static str) -> Parameter {
    match text.split_once("=>") {
        Some((binder, body)) => Parameter::Function(binder.trim(), body.trim()),
        None if text == "…" => Parameter::Rest,
        None if text.contains('.') => Parameter::Fixed(text),
        None => Parameter::Name(text),
    }
}

/// How names are compared: `ToUpper`, `to_upper` and `TOUPPER` are one.
pub(super) fn folded(name: &str) -> String {
    name.chars().filter(|c| *c != '_').flat_map(char::to_lowercase).collect()
}

/// The forms that somebody may look for by this word or sign.
#[must_use]
pub fn search(wanted: &str) -> Vec<&'static Form> {
    let bare = wanted.trim().trim_end_matches("()").trim_start_matches('.');
    let key = folded(bare);
    if key.is_empty() {
        return vec![];
    }
    let letters = bare.chars().any(char::is_alphanumeric);
    let found = |form: &&Form| match &form.shape {
        Shape::Call { of, name, .. } => {
            folded(name) == key || of.is_some_and(|of| folded(&format!("{of}.{name}")) == key)
        }
        Shape::Property { name, .. } => folded(name) == key,
        Shape::Constant(name) => folded(name) == key || name.rsplit('.').next().is_some_and(|n| folded(n) == key),
        Shape::Sign if letters => {
            let words = form.written.split(|c: char| !(c.is_alphanumeric() || c == '_'));
            words.filter(|w| w.len() > 1).any(|w| folded(w) == key)
        }
        Shape::Sign => form.written.split_whitespace().any(|w| w == bare) || form.written.starts_with(bare),
    };
    forms().iter().filter(found).collect()
}
