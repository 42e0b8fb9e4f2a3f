//! Calls of functions that another language has: `LEFT(name, 3)` parses, and no function of this language has that name.

use std::collections::HashSet;

use super::super::grammar::Text;
use super::super::parse;
use super::super::print;
use super::super::tree::{Expr, ExprKind, ForBody, Name};
use super::super::words::is_reserved;
use super::counterpart::{Counterpart, of_call, of_static};
use super::fill::rebuild;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::functions;
use crate::source::Span;

/// Reports the calls in an expression that are written otherwise here, and gives the expression as it is meant, so that
/// nothing else is said of them.
pub fn calls(expr: Expr, text: Text<'_>, diagnostics: &mut Diagnostics) -> Expr {
    let mut slots: HashSet<Span> = HashSet::from([expr.span]);
    let mut found: Vec<(Span, Name, Counterpart)> = Vec::new();
    let meant = rebuild(&expr, &mut |expr: Expr| {
        note_slots(&expr, &mut slots);
        if let Some(value) = value_of(&expr, diagnostics) {
            return value;
        }
        let ExprKind::Call { function, arguments, each: false, .. } = &expr.kind else { return expr };
        if is_known(&function.text) {
            return expr;
        }
        let counterpart = of_call(&function.text, arguments, expr.span).filter(|c| c.same);
        let Some((counterpart, meant)) = counterpart.and_then(|c| Some((c.clone(), c.expr?))) else { return expr };
        // what is inside goes with it
        found.retain(|(inner, ..)| !(expr.span.start <= inner.start && inner.end <= expr.span.end));
        found.push((expr.span, function.clone(), counterpart));
        meant
    });
    for (span, name, counterpart) in found {
        let note = counterpart.note();
        let Some(expr) = counterpart.expr else { continue };
        let written = if slots.contains(&span) { print::expression(&expr) } else { print::operand(&expr) };
        let remark = counterpart.remark.map(|r| format!("; {r}")).unwrap_or_default();
        let mut diagnostic = Diagnostic::error("E0308", name.span, format!("there is no function `{}`", name.text))
            .help(format!("write `{written}`{remark}"));
        diagnostic.note = note;
        let (start, end) = text.bytes(span);
        if text.is_free_of_comments(start, end) {
            diagnostic = diagnostic.fix(span, written);
        }
        diagnostics.push(diagnostic);
    }
    meant
}

/// `DateTime.Now`, `` `text ${name}` ``: what reads as a path or a name, and is neither.
fn value_of(expr: &Expr, diagnostics: &mut Diagnostics) -> Option<Expr> {
    match &expr.kind {
        ExprKind::Member(inner, name) => {
            let ExprKind::Name { name: of, quoted: false } = &inner.kind else { return None };
            let counterpart = of_static(&of.text, &name.text, None, expr.span)?;
            let value = counterpart.expr.clone()?;
            let written = print::operand(&value);
            let message = format!("`{}.{}` is not of this language", of.text, name.text);
            let error = counterpart.explain(Diagnostic::error("E0214", expr.span, message)).fix(expr.span, written);
            diagnostics.push(error);
            Some(value)
        }
        ExprKind::Name { name, quoted: true } if name.text.contains("${") => {
            let written = format!("\"{}\"", name.text.replace("${", "{").replace('"', "\\\""));
            let value = parse::plain_expression(&written)?;
            let error = Diagnostic::error("E0214", expr.span, "backticks hold names: a text stands in `\"…\"`")
                .help(format!("write `{written}`"));
            diagnostics.push(error.fix(expr.span, written));
            Some(placed(&value, expr.span))
        }
        _ => None,
    }
}

/// A tree whose parts all stand at one place.
fn placed(value: &Expr, span: Span) -> Expr {
    rebuild(value, &mut |expr: Expr| Expr { span, ..expr })
}

fn is_known(name: &str) -> bool {
    functions::by_name(name).is_some()
        || functions::compat_by_name(name).is_some()
        || functions::SPECIAL.iter().any(|s| s.name == name)
        // a word of the language in backticks is meant as it is
        || is_reserved(name)
        || name == "each"
}

/// Places in which any expression may stand without parentheses.
fn note_slots(expr: &Expr, slots: &mut HashSet<Span>) {
    match &expr.kind {
        ExprKind::Call { arguments, piped, .. } => {
            slots.extend(arguments.iter().skip(usize::from(*piped)).map(|a| a.span));
        }
        ExprKind::List(items) => slots.extend(items.iter().map(|i| i.span)),
        ExprKind::Record(rules) => slots.extend(rules.iter().map(|r| r.value.span)),
        ExprKind::Dictionary(entries) => slots.extend(entries.iter().map(|(_, v)| v.span)),
        ExprKind::For { body: ForBody::Value(value), .. } => {
            slots.insert(value.span);
        }
        ExprKind::Otherwise(a, b) => slots.extend([a.span, b.span]),
        _ => {}
    }
}
