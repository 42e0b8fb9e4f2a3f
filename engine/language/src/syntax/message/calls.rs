//! Methods and functions of other languages.

use super::super::foreign::{self, Counterpart, Given};
use super::super::format::tokens::Kind;
use super::place::{Place, expression_of};
use super::slip::Slip;
use crate::diagnostic::did_you_mean;
use crate::functions;
use crate::source::{FileId, Span};

const NOWHERE: Span = Span { file: FileId(0), start: 0, end: 0 };

/// `name.ToUpper()`, `string.IsNullOrEmpty(name)`, `lines.map(l => l.sku)`
pub(super) fn method(place: &Place<'_>) -> Option<Slip> {
    // the place may lie within the arguments: `options.map(o => …)` stops at `=>`, and the call is the slip
    let open = if place.is(place.at, "(") { place.at } else { return within(place) };
    call(place, open)
}

fn within(place: &Place<'_>) -> Option<Slip> {
    let open = place.open_before(place.at).filter(|o| place.is(*o, "("))?;
    call(place, open)
}

fn call(place: &Place<'_>, open: usize) -> Option<Slip> {
    let name_at = open.checked_sub(1)?;
    let name = place.token(name_at).filter(|t| t.kind == Kind::Word)?;
    place.token(open).filter(|t| t.glued)?;
    let dot = name_at.checked_sub(1).filter(|i| place.is(*i, "."))?;
    let close = place.partner(open)?;
    let from = place.operand_before(dot)?;
    let subject_text = place.text(from, dot);
    let given: Option<Vec<Given>> =
        place.parts(open, close, ",").iter().map(|(from, to)| given(place, *from, *to)).collect();
    let mark = (place.start(name_at), place.end(name_at));
    let constant = foreign_constant(subject_text);
    let statics = given.as_ref().and_then(|g| foreign::of_static(subject_text, name.text, Some(g), NOWHERE));
    let counterpart = statics.or_else(|| {
        let subject = constant.or_else(|| expression_of(subject_text))?;
        let mut all = vec![Given::Value(subject)];
        all.extend(given.clone()?);
        foreign::of_method(name.text, &all, false, NOWHERE)
    });
    let slip = Slip::new(mark, "values have no methods: functions are applied from left to right with `|`");
    let Some(counterpart) = counterpart else {
        let known = functions::all().iter().map(|f| f.name);
        let near = did_you_mean(name.text, known);
        let arguments = if close == open + 1 { "" } else { "(…)" };
        return Some(match near {
            Some(near) => slip.help(format!("write `{subject_text} | {near}{arguments}`")),
            None => slip.help(format!("write `{subject_text} | function{arguments}`; `mapwright functions` lists them, `mapwright functions {}` searches", name.text)),
        });
    };
    Some(counterpart_slip(place, slip, counterpart, from, close + 1))
}

fn counterpart_slip(place: &Place<'_>, slip: Slip, counterpart: Counterpart, from: usize, to: usize) -> Slip {
    let slip = slip.note(counterpart.note());
    let remark = counterpart.remark.map(|r| format!("; {r}")).unwrap_or_default();
    match &counterpart.expr {
        Some(expr) if counterpart.same => {
            let written = place.written(expr, from, to);
            let slip = if remark.is_empty() { slip } else { slip.help(format!("write `{written}`{remark}")) };
            slip.edit(place.start(from), place.end(to.saturating_sub(1)), written)
        }
        _ => slip.help(format!("here: `{}`{remark}", counterpart.here)),
    }
}

fn foreign_constant(text: &str) -> Option<super::super::tree::Expr> {
    let (of, name) = text.rsplit_once('.')?;
    foreign::of_static(of, name, None, NOWHERE)?.expr
}

/// An argument: a value, or `x => e`.
fn given(place: &Place<'_>, from: usize, to: usize) -> Option<Given> {
    let arrow = (from..to.min(from + 4))
        .find(|i| place.is(*i, "=") && place.is(*i + 1, ">") && place.token(*i + 1).is_some_and(|t| t.glued));
    if let Some(arrow) = arrow {
        let binder = place.text(from, arrow).trim_matches(['(', ')', ' ']);
        if !super::super::words::is_word(binder) {
            return None;
        }
        return Some(Given::Function(binder.to_owned(), place.expression(arrow + 2, to)?));
    }
    let token = place.token(from)?;
    if to == from + 1 && token.kind == Kind::Text && expression_of(token.text).is_none() {
        return Some(Given::Value(foreign::plain_text(token.text, NOWHERE)));
    }
    Some(Given::Value(place.expression(from, to)?))
}

/// A function whose arguments do not read: `String.Format("{0}", a)` came before, `Format("{0}", a)` and `if(a, b, c)` come here.
pub(super) fn function(place: &Place<'_>) -> Option<Slip> {
    let open =
        if place.is(place.at, "(") { place.at } else { place.open_before(place.at).filter(|o| place.is(*o, "("))? };
    let name_at = open.checked_sub(1)?;
    let name = place.token(name_at).filter(|t| t.kind == Kind::Word)?;
    place.token(open).filter(|t| t.glued)?;
    if name_at.checked_sub(1).is_some_and(|i| place.is(i, ".")) || functions::by_name(name.text).is_some() {
        return None;
    }
    let close = place.partner(open)?;
    let arguments: Option<Vec<Given>> =
        place.parts(open, close, ",").iter().map(|(from, to)| given(place, *from, *to)).collect();
    let values: Vec<_> = arguments?
        .into_iter()
        .filter_map(|g| match g {
            Given::Value(value) => Some(value),
            Given::Function(..) => None,
        })
        .collect();
    let counterpart = foreign::of_call(name.text, &values, NOWHERE)?;
    let slip = Slip::new((place.start(name_at), place.end(name_at)), format!("there is no function `{}`", name.text));
    Some(counterpart_slip(place, slip, counterpart, name_at, close + 1))
}
