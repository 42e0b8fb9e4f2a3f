//! How null gets to where a value is needed: from which source field, or from what finds or gives nothing, and through which
//! functions and lets.

use crate::functions::{self, NullRule};
use crate::mapping_file::Unmatched;
use crate::source::Span;
use crate::syntax::print;
use crate::syntax::tree::{Expr, ExprKind, Operator, Selector, TextPart};

use super::checker::{Checker, level_let, literal_text};
use super::facts::path_key;

/// How many lets deep it is looked for.
const MOST_LETS: usize = 16;

/// Where a null comes from.
struct Cause {
    /// `\`weight\` may be null`
    what: String,
    span: Span,
    /// Functions and lets on the way, the first one that it meets first.
    through: Vec<String>,
}

impl Cause {
    fn new(what: impl Into<String>, span: Span) -> Option<Cause> {
        Some(Cause { what: what.into(), span, through: vec![] })
    }

    fn through(mut self, what: String) -> Cause {
        self.through.push(what);
        self
    }
}

impl Checker<'_> {
    /// How a null gets into a value, in words, and the place in it that is to blame.
    pub fn null_path(&self, value: &Expr) -> Option<(String, Span)> {
        let cause = self.cause(value, 0)?;
        let text = match cause.through.as_slice() {
            [] => cause.what,
            through => format!("{}, and comes here through {}", cause.what, through.join(", ")),
        };
        Some((text, cause.span))
    }

    fn cause(&self, value: &Expr, lets: usize) -> Option<Cause> {
        let of = |value: &Expr| self.cause(value, lets);
        match &value.kind {
            ExprKind::Null => Cause::new("this is null", value.span),
            ExprKind::Name { name, quoted: false } if lets < MOST_LETS => {
                if !self.nulls.contains(&value.span) {
                    return None;
                }
                let definition = self.levels.last().and_then(|level| level_let(level, &name.text));
                match definition.and_then(|definition| self.cause(&definition, lets + 1)) {
                    Some(cause) => {
                        Some(Cause { span: value.span, ..cause.through(format!("the let `{}`", name.text)) })
                    }
                    None => Cause::new(format!("`{}` may be null", name.text), value.span),
                }
            }
            _ if path_key(value).is_some() && !matches!(value.kind, ExprKind::Binary(..)) => self.path(value, lets),
            ExprKind::Member(..) => self.path(value, lets),
            ExprKind::Select(inner, Selector::FirstWhere(..)) => of(inner).or_else(|| {
                Cause::new(format!("`{}` is null where none is found", print::expression(value)), value.span)
            }),
            ExprKind::Call { function, arguments, .. } if self.nulls.contains(&value.span) => {
                if function.text == "lookup" {
                    let named = |cause: Cause| cause.through(String::from("`lookup`"));
                    return arguments
                        .first()
                        .and_then(of)
                        .map(named)
                        .or_else(|| self.nothing(arguments, function.span));
                }
                match arguments.iter().find_map(of) {
                    Some(cause) => Some(cause.through(format!("`{}`", function.text))),
                    None => Cause::new(by_itself(&function.text), function.span),
                }
            }
            ExprKind::Binary(Operator::OrIfNull | Operator::OrIfEmpty, _, b) | ExprKind::Otherwise(_, b) => of(b),
            ExprKind::Binary(_, a, b) => of(a).or_else(|| of(b)),
            ExprKind::Text(parts) => {
                parts.iter().find_map(|p| if let TextPart::Hole(hole) = p { of(hole) } else { None })
            }
            ExprKind::If { then, otherwise: None, .. } => {
                of(then).or_else(|| Cause::new("without `else` it is null behind this", then.span))
            }
            ExprKind::If { then, otherwise, .. } => of(then).or_else(|| otherwise.as_deref().and_then(of)),
            ExprKind::Match { subject, arms, otherwise } => {
                let arm = arms.iter().find_map(|arm| of(&arm.result)).or_else(|| otherwise.as_deref().and_then(of));
                // without an arm for it a null subject gives null
                arm.or_else(|| of(subject).filter(|_| otherwise.is_none()).map(|c| c.through(String::from("`match`"))))
            }
            ExprKind::For { list, .. } => of(list),
            ExprKind::Select(inner, _) | ExprKind::Negate(inner) => of(inner),
            _ => None,
        }
    }

    /// A path: the part of it that is null first.
    fn path(&self, value: &Expr, lets: usize) -> Option<Cause> {
        if !self.nulls.contains(&value.span) {
            return None;
        }
        let inner = match &value.kind {
            ExprKind::Member(inner, _) | ExprKind::Select(inner, _) => self.cause(inner, lets),
            _ => None,
        };
        if let Some(inner) = inner {
            return Some(Cause { span: value.span, ..inner });
        }
        let shown = print::expression(value);
        match &value.kind {
            ExprKind::Select(_, Selector::First | Selector::Last | Selector::Index(_)) => {
                Cause::new(format!("`{shown}` is null where the list has none"), value.span)
            }
            _ => Cause::new(format!("`{shown}` may be null"), value.span),
        }
    }

    /// A lookup that gives nothing for a value without entry.
    fn nothing(&self, arguments: &[Expr], span: Span) -> Option<Cause> {
        let name = literal_text(arguments.get(1)?)?;
        let level = self.levels.last()?;
        let mut lookups = level.combined.file.lookups.iter().flat_map(|l| &l.value);
        let mut lookup = lookups.find(|l| l.name.value == name)?.clone();
        self.shared(&mut lookup);
        matches!(lookup.unmatched.as_ref().map(|u| &u.value), Some(Unmatched::Nothing))
            .then(|| Cause::new(format!("the lookup `{name}` gives nothing for a value without entry"), span))?
    }
}

/// A function that gives null though no argument is null.
fn by_itself(name: &str) -> String {
    match functions::by_name(name) {
        Some((_, function)) if function.nulls == NullRule::Elements => format!("`{name}` is null where an element is"),
        _ => format!("`{name}` may give null by itself"),
    }
}
