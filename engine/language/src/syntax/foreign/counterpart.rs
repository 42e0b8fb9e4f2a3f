//! A call as another language has it, and the same in this one.

use super::super::print;
use super::super::tree::{Expr, ExprKind, TextPart};
use super::fill::{Put, fill};
use super::form::{Form, Parameter, Shape, folded, forms};
use super::moved::{Moved, call, plain_call};
use super::strftime;
use crate::diagnostic::Diagnostic;
use crate::functions;
use crate::source::Span;

/// What stands for a form of another language.
#[derive(Debug, Clone)]
pub struct Counterpart {
    /// The languages that have it; none for a name of this language in other letters.
    pub languages: Option<&'static str>,
    /// The same here, with the author's own arguments.
    pub expr: Option<Expr>,
    /// How it is written here, in general.
    pub here: String,
    /// Whether it is the same, so that it may be put in its place.
    pub same: bool,
    /// What differs.
    pub remark: Option<&'static str>,
}

impl Counterpart {
    /// Where it is known from, in a few words beside the place.
    #[must_use]
    pub fn note(&self) -> Option<String> {
        match self.languages {
            None => Some(format!("did you mean `{}`?", self.here)),
            Some("other languages") => None,
            Some(languages) => Some(format!("as in {languages}")),
        }
    }

    /// Says how it is written here, without an edit.
    #[must_use]
    pub fn explain(&self, diagnostic: Diagnostic) -> Diagnostic {
        let remark = self.remark.map(|r| format!("; {r}")).unwrap_or_default();
        let diagnostic = match self.note() {
            Some(note) => diagnostic.note(note),
            None => diagnostic,
        };
        match &self.expr {
            Some(expr) => diagnostic.help(format!("write `{}`{remark}", print::expression(expr))),
            None => diagnostic.help(format!("here: `{}`{remark}", self.here)),
        }
    }
}

/// An argument as it was given.
#[derive(Debug, Clone)]
pub enum Given {
    /// A value.
    Value(Expr),
    /// `x => e`
    Function(String, Expr),
}

/// `f(a, b)`, where no function of this language has that very name.
#[must_use]
pub fn of_call(name: &str, arguments: &[Expr], span: Span) -> Option<Counterpart> {
    let given: Vec<Given> = arguments.iter().cloned().map(Given::Value).collect();
    find(None, name, &given, Some(false), span).or_else(|| renamed(name, arguments, false, span))
}

/// `s.f(a, b)`; the subject is the first of what is given. `property`: without parentheses.
#[must_use]
pub fn of_method(name: &str, given: &[Given], property: bool, span: Span) -> Option<Counterpart> {
    let found = if property { property_of(name, given, span) } else { None };
    found.or_else(|| find(None, name, given, Some(true), span)).or_else(|| renamed(name, &values(given)?, true, span))
}

/// `A.f(a, b)`, `A.p`; `None` where `A` is nothing that another language has.
#[must_use]
pub fn of_static(of: &str, name: &str, given: Option<&[Given]>, span: Span) -> Option<Counterpart> {
    let whole = folded(&format!("{of}.{name}"));
    let Some(given) = given else {
        let form = forms().iter().find(|f| matches!(f.shape, Shape::Constant(path) if folded(path) == whole))?;
        return Some(made(form, form.template.as_ref().map(|t| fill(t, &[], span))));
    };
    let known = |f: &&Form| matches!(&f.shape, Shape::Call { of: Some(head), .. } if folded(head) == folded(of));
    forms().iter().find(known)?;
    find(Some(of), name, given, None, span)
        .or_else(|| find(None, name, given, Some(false), span))
        .or_else(|| renamed(name, &values(given)?, false, span))
}

/// A word that stands for a value: `NULL`, `True`, `CURRENT_DATE`; with whether nothing else can be meant.
#[must_use]
pub fn word(name: &str) -> Option<(&'static str, bool)> {
    let form = forms().iter().find(|f| match f.shape {
        Shape::Sign => matches!(f.here, "true" | "false" | "null") && f.written.eq_ignore_ascii_case(name),
        Shape::Constant(path) => path == name,
        _ => false,
    });
    match form {
        Some(form) => Some((form.here, !matches!(form.languages, "YAML"))),
        None if name.eq_ignore_ascii_case("clear") => Some(("clear", true)),
        None => None,
    }
}

fn values(given: &[Given]) -> Option<Vec<Expr>> {
    let value = |g: &Given| match g {
        Given::Value(value) => Some(value.clone()),
        Given::Function(..) => None,
    };
    given.iter().map(value).collect()
}

fn property_of(name: &str, given: &[Given], span: Span) -> Option<Counterpart> {
    let [Given::Value(subject)] = given else { return None };
    let fits = |f: &&Form| matches!(&f.shape, Shape::Property { name: own, .. } if folded(own) == folded(name));
    let exact = |f: &&Form| matches!(&f.shape, Shape::Property { name: own, .. } if *own == name);
    let form = forms().iter().find(exact).or_else(|| forms().iter().find(fits))?;
    let Shape::Property { subject: of, .. } = form.shape else { return None };
    Some(made(form, form.template.as_ref().map(|t| fill(t, &[(of, Put::Value(subject))], span))))
}

/// The form that fits best: methods before functions for a method, then letter for letter before any case.
fn find(of: Option<&str>, name: &str, given: &[Given], method: Option<bool>, span: Span) -> Option<Counterpart> {
    let key = folded(name);
    let mut best: Option<(usize, &'static Form)> = None;
    let mut misfit = None;
    for form in forms() {
        let Shape::Call { of: head, name: own, parameters, method: is_method } = &form.shape else { continue };
        let same_head = match (of, head) {
            (Some(of), Some(head)) => folded(of) == folded(head),
            (None, None) => true,
            _ => false,
        };
        if folded(own) != key || !same_head {
            continue;
        }
        if !fits(parameters, given) {
            misfit = misfit.or(Some(form));
            continue;
        }
        let rank = usize::from(*own == name) + 2 * usize::from(method == Some(*is_method));
        if best.is_none_or(|(most, _)| rank > most) {
            best = Some((rank, form));
        }
    }
    match best {
        Some((_, form)) => Some(made(form, expression(form, given, span))),
        None => misfit.map(|form| Counterpart { same: false, ..made(form, None) }),
    }
}

fn made(form: &'static Form, expr: Option<Expr>) -> Counterpart {
    let same = form.same && expr.is_some();
    let expr = expr.filter(|_| form.same);
    Counterpart { languages: Some(form.languages), expr, here: form.here.to_owned(), same, remark: form.remark }
}

fn fits(parameters: &[Parameter], given: &[Given]) -> bool {
    let open = parameters.contains(&Parameter::Rest);
    let named = parameters.len() - usize::from(open);
    if given.len() < named || (!open && given.len() > named) {
        return false;
    }
    parameters.iter().zip(given).all(|(parameter, given)| match (parameter, given) {
        (Parameter::Function(..), Given::Function(..)) => true,
        (Parameter::Function(..), _) | (_, Given::Function(..)) => false,
        (Parameter::Fixed(word), Given::Value(value)) => {
            let last = word.rsplit('.').next();
            matches!(&value.kind, ExprKind::Member(_, name) if Some(name.text.as_str()) == last)
        }
        _ => true,
    })
}

fn expression(form: &Form, given: &[Given], span: Span) -> Option<Expr> {
    let Shape::Call { parameters, .. } = &form.shape else { return None };
    if let Some(moved) = form.moved.filter(|m| *m != Moved::DropLast) {
        return moved.make(&values(given)?, span);
    }
    let patterns: Vec<Option<Expr>> = parameters.iter().zip(given).map(|(p, g)| pattern(p, g)).collect();
    let mut puts = Vec::new();
    for ((parameter, given), pattern) in parameters.iter().zip(given).zip(&patterns) {
        match (parameter, given) {
            (Parameter::Name(name), Given::Value(value)) => {
                puts.push((*name, Put::Value(pattern.as_ref().unwrap_or(value))));
            }
            (Parameter::Function(_, body), Given::Function(binder, value)) => {
                puts.push((*body, Put::Body(binder, value)));
            }
            _ => {}
        }
    }
    Some(fill(form.template.as_ref()?, &puts, span))
}

/// A date pattern in the signs of this language.
fn pattern(parameter: &Parameter, given: &Given) -> Option<Expr> {
    let (Parameter::Name("pattern"), Given::Value(value)) = (parameter, given) else { return None };
    let ExprKind::Text(parts) = &value.kind else { return None };
    let [TextPart::Text(text)] = parts.as_slice() else { return None };
    let text = strftime(text)?;
    Some(Expr { kind: ExprKind::Text(vec![TextPart::Text(text)]), span: value.span })
}

/// A function of this language, or of iPaaS.com, in other letters: `Upper`, `TRIM`, `StripHtml`.
fn renamed(name: &str, arguments: &[Expr], method: bool, span: Span) -> Option<Counterpart> {
    let key = folded(name);
    let own = functions::all().iter().find(|f| folded(f.name) == key);
    let fits = own.is_some_and(|f| f.forms().any(|form| form.takes(arguments.len())));
    let special = functions::SPECIAL.iter().map(|s| s.name).find(|n| folded(n) == key);
    let compat = || functions::compat().map(|c| c.name).find(|n| folded(n) == key);
    let real = own.map(|f| f.name).or(special).or_else(compat)?;
    if real == name && !method {
        return None;
    }
    let expr = if method { call(real, arguments.to_vec(), span) } else { plain_call(real, arguments.to_vec(), span) };
    let expr = (fits || own.is_none()).then_some(expr);
    Some(Counterpart { languages: None, same: expr.is_some(), expr, here: real.to_owned(), remark: None })
}
