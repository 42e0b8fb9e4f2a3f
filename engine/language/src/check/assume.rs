//! What an expression comes to where one thing in it is known: by that the checker finds out what a condition proves. A condition
//! that cannot be true of a field that is null says, where it is true, that the field is not null; in whatever words.

use std::cell::Cell;
use std::collections::HashSet;

use crate::functions::{self, NullRule, TypePattern};
use crate::source::Span;
use crate::syntax::tree::{Expr, ExprKind, Operator, Selector, TextPart};
use crate::value::{Value, compare, equal, is_empty};

use super::facts::{Definitions, key_of};

/// Most expressions that are looked at for one question.
const MOST_LOOKED_AT: u32 = 4_000;
/// How many lets deep it is looked.
const MOST_LETS: usize = 16;

/// What is known of a value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Known {
    /// It is this.
    Value(Value),
    /// It is something: not null.
    Something,
    /// It may be anything.
    Anything,
}

/// One question: the value of an expression under what is assumed.
pub(super) struct Question<'a> {
    definitions: &'a Definitions,
    /// This path or expression has this value.
    assumed: Option<(&'a str, Value)>,
    /// Whether a path is known not to be null.
    is_known: &'a dyn Fn(&str) -> bool,
    /// Places of what may be null, where that has been found out.
    nulls: Option<&'a HashSet<Span>>,
    left: Cell<u32>,
    /// The assumed value does not fit where it is used: nothing like it can be there.
    impossible: Cell<bool>,
}

impl<'a> Question<'a> {
    /// Whether a condition cannot come out as `truth` where a path has a value.
    pub fn excludes(definitions: &'a Definitions, condition: &Expr, truth: bool, key: &'a str, value: Value) -> bool {
        let question = Question {
            definitions,
            assumed: Some((key, value)),
            is_known: &|_| false,
            nulls: None,
            left: Cell::new(MOST_LOOKED_AT),
            impossible: Cell::new(false),
        };
        let found = question.of(condition, 0);
        question.impossible.get() || matches!(found, Known::Value(value) if (value == Value::Bool(true)) != truth)
    }

    /// Whether an expression is not null where these paths are not.
    pub fn is_something(
        definitions: &'a Definitions,
        expression: &Expr,
        is_known: &'a dyn Fn(&str) -> bool,
        nulls: &'a HashSet<Span>,
    ) -> bool {
        let (left, impossible) = (Cell::new(MOST_LOOKED_AT), Cell::new(false));
        let question = Question { definitions, assumed: None, is_known, nulls: Some(nulls), left, impossible };
        !matches!(question.of(expression, 0), Known::Anything | Known::Value(Value::Null))
    }

    fn of(&self, expression: &Expr, lets: usize) -> Known {
        if self.left.get() == 0 {
            return Known::Anything;
        }
        self.left.set(self.left.get() - 1);
        if let Some(key) = key_of(expression) {
            match &self.assumed {
                Some((assumed, value)) if *assumed == key => return Known::Value(value.clone()),
                Some((assumed, value)) if goes_on(&key, assumed) => return inside(value),
                _ if (self.is_known)(&key) => return Known::Something,
                _ => {}
            }
        }
        let found = self.by_kind(expression, lets);
        let never_null = self.nulls.is_some_and(|nulls| !nulls.contains(&expression.span));
        if found == Known::Anything && never_null { Known::Something } else { found }
    }

    fn by_kind(&self, expression: &Expr, lets: usize) -> Known {
        let of = |e: &Expr| self.of(e, lets);
        match &expression.kind {
            ExprKind::Null => Known::Value(Value::Null),
            ExprKind::Bool(value) => Known::Value(Value::Bool(*value)),
            ExprKind::Number(number) => Known::Value(Value::Number(number.normalize())),
            ExprKind::Text(parts) => self.text(parts, lets),
            ExprKind::List(items) => list(items.iter().map(of).collect()),
            ExprKind::Name { name, quoted: false } if lets < MOST_LETS => {
                self.definitions.get(&name.text).map_or(Known::Anything, |definition| self.of(definition, lets + 1))
            }
            ExprKind::Member(inner, _) => null_or_anything(&of(inner)),
            ExprKind::Select(inner, selector) => selected(&of(inner), selector),
            ExprKind::Call { function, arguments, each, .. } => {
                self.call(&function.text, &arguments.iter().map(of).collect::<Vec<_>>(), *each)
            }
            ExprKind::Negate(inner) => match of(inner) {
                Known::Value(Value::Number(number)) => Known::Value(Value::Number(-number)),
                other => null_or_something(&[other]),
            },
            ExprKind::Not(inner) => match truth(&of(inner)) {
                Some(value) => Known::Value(Value::Bool(!value)),
                None => Known::Something,
            },
            ExprKind::Binary(operator, a, b) => self.binary(*operator, a, b, lets),
            ExprKind::IsEmpty { subject, negated } => match of(subject) {
                Known::Value(value) => Known::Value(Value::Bool(is_empty(&value) != *negated)),
                _ => Known::Something,
            },
            ExprKind::Quantified { every, list, .. } => match of(list) {
                Known::Value(Value::Null) => Known::Value(Value::Bool(false)),
                Known::Value(value) if is_empty(&value) => Known::Value(Value::Bool(*every)),
                _ => Known::Something,
            },
            ExprKind::If { condition, then, otherwise } => {
                let nothing = || Known::Value(Value::Null);
                match truth(&of(condition)) {
                    Some(true) => of(then),
                    Some(false) => otherwise.as_deref().map_or_else(nothing, of),
                    None => either(of(then), otherwise.as_deref().map_or_else(nothing, of)),
                }
            }
            ExprKind::For { list, .. } => match of(list) {
                Known::Value(value) if is_empty(&value) => Known::Value(value),
                other => null_or_something(&[other]),
            },
            ExprKind::Otherwise(a, b) => match of(a) {
                Known::Value(Value::Null) => of(b),
                Known::Value(value) => Known::Value(value),
                other => either(other, of(b)),
            },
            ExprKind::Record(_) | ExprKind::Dictionary(_) | ExprKind::JsonPath(_) => Known::Something,
            ExprKind::Match { .. } | ExprKind::Clear | ExprKind::Name { .. } => Known::Anything,
        }
    }

    fn text(&self, parts: &[TextPart], lets: usize) -> Known {
        let mut text = String::new();
        let mut found = Vec::new();
        for part in parts {
            match part {
                TextPart::Text(piece) => text.push_str(piece),
                TextPart::Hole(hole) => found.push(self.of(hole, lets)),
            }
        }
        if found.is_empty() { Known::Value(Value::Text(text.into())) } else { null_or_something(&found) }
    }

    fn binary(&self, operator: Operator, a: &Expr, b: &Expr, lets: usize) -> Known {
        let of = |e: &Expr| self.of(e, lets);
        let boolean = |value: bool| Known::Value(Value::Bool(value));
        match operator {
            Operator::And | Operator::Or => {
                let decides = operator == Operator::Or;
                match (truth(&of(a)), truth(&of(b))) {
                    (Some(one), _) | (_, Some(one)) if one == decides => boolean(decides),
                    (Some(_), Some(_)) => boolean(!decides),
                    _ => Known::Something,
                }
            }
            Operator::OrIfNull => match of(a) {
                Known::Value(Value::Null) => of(b),
                Known::Anything if matches!(of(b), Known::Something) => Known::Something,
                Known::Anything => either(Known::Something, of(b)),
                other => other,
            },
            Operator::OrIfEmpty => match of(a) {
                Known::Value(value) if is_empty(&value) => of(b),
                Known::Value(value) => Known::Value(value),
                _ => either(Known::Something, of(b)),
            },
            Operator::Equal | Operator::NotEqual => match (of(a), of(b)) {
                (Known::Value(a), Known::Value(b)) => boolean(equal(&a, &b) == (operator == Operator::Equal)),
                (Known::Value(Value::Null), Known::Something) | (Known::Something, Known::Value(Value::Null)) => {
                    boolean(operator == Operator::NotEqual)
                }
                _ => Known::Something,
            },
            Operator::Less | Operator::LessOrEqual | Operator::Greater | Operator::GreaterOrEqual => {
                match (of(a), of(b)) {
                    (Known::Value(Value::Null), _) | (_, Known::Value(Value::Null)) => boolean(false),
                    (Known::Value(a), Known::Value(b)) => {
                        boolean(compare(&a, &b).is_some_and(|order| match operator {
                            Operator::Less => order.is_lt(),
                            Operator::LessOrEqual => order.is_le(),
                            Operator::Greater => order.is_gt(),
                            _ => order.is_ge(),
                        }))
                    }
                    _ => Known::Something,
                }
            }
            Operator::In | Operator::NotIn => member(&of(a), &of(b), operator == Operator::NotIn),
            Operator::Contains | Operator::StartsWith | Operator::EndsWith => part_of(operator, &of(a), &of(b)),
            Operator::Add | Operator::Subtract | Operator::Multiply | Operator::Divide => {
                null_or_something(&[of(a), of(b)])
            }
        }
    }

    fn call(&self, name: &str, arguments: &[Known], each: bool) -> Known {
        let Some((first, function)) = functions::by_name(name) else {
            // a look-up of null is null, and so is the link of null
            return match arguments.first() {
                Some(Known::Value(Value::Null)) if matches!(name, "lookup" | "link" | "find") => {
                    Known::Value(Value::Null)
                }
                Some(Known::Value(Value::Null)) if name == "linked" => Known::Value(Value::Bool(false)),
                _ => Known::Anything,
            };
        };
        let null = arguments.iter().any(|a| *a == Known::Value(Value::Null));
        if null && (function.nulls != NullRule::Sees || each && arguments.first() == Some(&Known::Value(Value::Null))) {
            return Known::Value(Value::Null);
        }
        let forms: Vec<_> = functions::forms_of(first).filter(|(_, f)| f.takes(arguments.len())).collect();
        let ([(_, function)], false) = (forms.as_slice(), each) else { return Known::Anything };
        let values: Option<Vec<Value>> =
            arguments.iter().map(|a| if let Known::Value(value) = a { Some(value.clone()) } else { None }).collect();
        if let Some(values) = values.filter(|_| function.pattern.is_none()) {
            let parameters = function.parameters.list;
            let of = |at: usize| parameters.get(at).or(parameters.last());
            if !values.iter().enumerate().all(|(at, value)| of(at).is_some_and(|p| takes(&p.accepts, value))) {
                // a sample of another type than the field's is never there
                let sample = self.assumed.as_ref().is_some_and(|(_, value)| values.contains(value));
                self.impossible.set(self.impossible.get() || sample);
                return Known::Anything;
            }
            return (function.apply)(&values).map_or(Known::Anything, Known::Value);
        }
        let all = arguments.iter().all(|a| !matches!(a, Known::Anything | Known::Value(Value::Null)));
        if all && !function.may_be_null && function.nulls == NullRule::Propagates {
            return Known::Something;
        }
        Known::Anything
    }
}

/// Whether a value may stand where a parameter takes this.
fn takes(pattern: &TypePattern, value: &Value) -> bool {
    match (pattern, value) {
        (_, Value::Null) | (TypePattern::Variable('T'), _) => true,
        (TypePattern::Text, value) => matches!(value, Value::Text(_)),
        (TypePattern::Integer | TypePattern::Decimal | TypePattern::Variable(_), value) => {
            matches!(value, Value::Number(_))
        }
        (TypePattern::Boolean, value) => matches!(value, Value::Bool(_)),
        (TypePattern::Instant, value) => matches!(value, Value::Instant(_)),
        (TypePattern::Date, value) => matches!(value, Value::Date(_)),
        (TypePattern::List(of), Value::List(items)) => items.iter().all(|item| takes(of, item)),
        (TypePattern::Dictionary(of), Value::Dictionary(entries)) => entries.iter().all(|(_, v)| takes(of, v)),
        (TypePattern::OneOf(patterns), value) => patterns.iter().any(|p| takes(p, value)),
        _ => false,
    }
}

/// Whether a path goes on from another: `a.b`, `a[first]` from `a`.
fn goes_on(key: &str, from: &str) -> bool {
    key.strip_prefix(from).is_some_and(|rest| rest.starts_with(['.', '[']))
}

/// What a path inside a value is.
fn inside(value: &Value) -> Known {
    if is_empty(value) { Known::Value(Value::Null) } else { Known::Anything }
}

/// A condition's truth, null counting as false.
fn truth(found: &Known) -> Option<bool> {
    match found {
        Known::Value(value) => Some(*value == Value::Bool(true)),
        _ => None,
    }
}

fn list(items: Vec<Known>) -> Known {
    let values: Option<Vec<Value>> =
        items.into_iter().map(|item| if let Known::Value(value) = item { Some(value) } else { None }).collect();
    values.map_or(Known::Something, |values| Known::Value(Value::List(values.into())))
}

fn null_or_anything(inner: &Known) -> Known {
    if *inner == Known::Value(Value::Null) { Known::Value(Value::Null) } else { Known::Anything }
}

/// Null where one of these is, something where all are something.
fn null_or_something(parts: &[Known]) -> Known {
    if parts.contains(&Known::Value(Value::Null)) {
        Known::Value(Value::Null)
    } else if parts.contains(&Known::Anything) {
        Known::Anything
    } else {
        Known::Something
    }
}

fn either(a: Known, b: Known) -> Known {
    if a == b {
        return a;
    }
    let null = |k: &Known| matches!(k, Known::Anything | Known::Value(Value::Null));
    if null(&a) || null(&b) { Known::Anything } else { Known::Something }
}

fn selected(list: &Known, selector: &Selector) -> Known {
    let one = matches!(
        selector,
        Selector::First | Selector::Last | Selector::Index(_) | Selector::FirstWhere(..) | Selector::Key(_)
    );
    match list {
        Known::Value(value) if is_empty(value) && one => Known::Value(Value::Null),
        Known::Value(value) if is_empty(value) => Known::Value(value.clone()),
        _ if one => Known::Anything,
        other => null_or_something(std::slice::from_ref(other)),
    }
}

fn member(element: &Known, list: &Known, negated: bool) -> Known {
    let found = match (element, list) {
        (Known::Value(Value::Null), _) | (_, Known::Value(Value::Null)) => false,
        (_, Known::Value(Value::List(items))) if items.is_empty() => false,
        (Known::Value(element), Known::Value(Value::List(items))) => items.iter().any(|item| equal(item, element)),
        _ => return Known::Something,
    };
    Known::Value(Value::Bool(found != negated))
}

fn part_of(operator: Operator, whole: &Known, part: &Known) -> Known {
    let found = match (whole, part) {
        (Known::Value(Value::Null), _) | (_, Known::Value(Value::Null)) => false,
        (Known::Value(Value::List(_)), _) => return member(part, whole, false),
        (Known::Value(Value::Text(whole)), Known::Value(Value::Text(part))) => match operator {
            Operator::StartsWith => whole.starts_with(&**part),
            Operator::EndsWith => whole.ends_with(&**part),
            _ => whole.contains(&**part),
        },
        _ => return Known::Something,
    };
    Known::Value(Value::Bool(found))
}
