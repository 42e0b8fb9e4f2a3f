//! The evaluator that one would write first: it walks the syntax tree, looks every name up anew, and knows nothing of plans.

use std::collections::BTreeMap;

use mapwright_language::functions;
use mapwright_language::json::Json;
use mapwright_language::mapping_file::MappingFile;
use mapwright_language::plan::Arithmetic;
use mapwright_language::schema::{Catalog, Field, FieldKind, decode_json};
use mapwright_language::syntax::tree::{Expr, ExprKind, FieldRule, ForBody, Operator, Selector, TextPart};
use mapwright_language::value::{Value, arithmetic, compare, text_of};

/// A value with the names of its record's fields.
#[derive(Debug, Clone)]
pub enum Thing {
    Null,
    Clear,
    One(Value),
    List(Vec<Thing>),
    Record(BTreeMap<String, Thing>),
    Dictionary(BTreeMap<String, Thing>),
}

/// Something failed.
#[derive(Debug)]
pub struct Failed;

type Given = Result<Thing, Failed>;

pub struct Obvious<'a> {
    file: &'a MappingFile,
    source: Thing,
    binders: Vec<(String, Thing)>,
}

impl<'a> Obvious<'a> {
    pub fn new(file: &'a MappingFile, catalog: &Catalog, record: &Json) -> Self {
        let source = catalog.record("Thing").unwrap();
        let fields = source.fields.iter().map(|(name, field)| {
            let json = record.get(name).unwrap_or(&Json::Null);
            (name.to_owned(), named(decode_json(json, field, catalog, &jiff::tz::TimeZone::UTC), field, catalog))
        });
        Obvious { file, source: Thing::Record(fields.collect()), binders: vec![] }
    }

    /// The target, nothing if the record is skipped.
    pub fn outcome(mut self) -> Result<Option<Json>, Failed> {
        for filter in self.file.filter.iter().flat_map(|f| &f.value) {
            if !self.truth(&filter.that)? {
                return Ok(None);
            }
        }
        let mut entries = Vec::new();
        let mut failed = false;
        for rule in self.file.rules.iter().flat_map(|r| &r.value.rules) {
            match self.value(&rule.value) {
                Ok(Thing::Null) => {}
                // a list at the target has no gaps
                Ok(value) => entries.push((rule.target.path[0].text.as_str().into(), without_gaps(json(&value)))),
                Err(Failed) => failed = true,
            }
        }
        if failed { Err(Failed) } else { Ok(Some(Json::Object(entries))) }
    }

    fn truth(&mut self, expr: &Expr) -> Result<bool, Failed> {
        Ok(matches!(self.value(expr)?, Thing::One(Value::Bool(true))))
    }

    fn with<T>(&mut self, name: &str, value: Thing, body: impl FnOnce(&mut Self) -> T) -> T {
        self.binders.push((name.to_owned(), value));
        let result = body(self);
        self.binders.pop();
        result
    }

    fn value(&mut self, expr: &Expr) -> Given {
        Ok(match &expr.kind {
            ExprKind::Null => Thing::Null,
            ExprKind::Clear => Thing::Clear,
            ExprKind::Bool(b) => Thing::One(Value::Bool(*b)),
            ExprKind::Number(n) => Thing::One(Value::Number(n.normalize())),
            ExprKind::Text(parts) => {
                let mut text = String::new();
                for part in parts {
                    match part {
                        TextPart::Text(t) => text.push_str(t),
                        TextPart::Hole(hole) => match self.value(hole)? {
                            Thing::One(value) => text.push_str(&text_of(&value).ok_or(Failed)?),
                            _ => return Ok(Thing::Null),
                        },
                    }
                }
                Thing::One(Value::Text(text.into()))
            }
            ExprKind::List(items) => Thing::List(items.iter().map(|i| self.value(i)).collect::<Result<_, _>>()?),
            ExprKind::Record(fields) => self.record(fields)?,
            ExprKind::Name { name, .. } => {
                if let Some((_, value)) = self.binders.iter().rev().find(|(n, _)| *n == name.text) {
                    return Ok(value.clone());
                }
                member(&self.source, if name.text == "custom" { "custom_fields" } else { &name.text })
            }
            ExprKind::Member(inner, name) => {
                let spread = spreads(inner);
                let of = self.value(inner)?;
                match of {
                    Thing::List(items) if spread => Thing::List(opened(items.iter().map(|i| member(i, &name.text)))),
                    other => member(&other, &name.text),
                }
            }
            ExprKind::Select(inner, selector) => {
                let value = self.value(inner)?;
                self.select(value, selector)?
            }
            ExprKind::Call { function, arguments, each, .. } => {
                let values: Vec<Thing> = arguments.iter().map(|a| self.value(a)).collect::<Result<_, _>>()?;
                let (_, function) = functions::by_name(&function.text).unwrap();
                if *each {
                    let Thing::List(items) = &values[0] else { return Ok(Thing::Null) };
                    let rest = &values[1..];
                    let all = items.iter().map(|item| {
                        let arguments: Vec<Thing> = std::iter::once(item.clone()).chain(rest.iter().cloned()).collect();
                        call(function, &arguments)
                    });
                    return all.collect::<Result<_, _>>().map(Thing::List);
                }
                call(function, &values)?
            }
            ExprKind::Negate(inner) => match self.value(inner)? {
                Thing::One(Value::Number(n)) => Thing::One(Value::Number(-n)),
                _ => Thing::Null,
            },
            ExprKind::Not(inner) => Thing::One(Value::Bool(!self.truth(inner)?)),
            ExprKind::Binary(operator, a, b) => self.binary(*operator, a, b)?,
            ExprKind::IsEmpty { subject, negated } => Thing::One(Value::Bool(empty(&self.value(subject)?) != *negated)),
            ExprKind::Quantified { every, binder, list, condition } => {
                let Thing::List(items) = self.value(list)? else { return Ok(Thing::One(Value::Bool(false))) };
                for item in items {
                    if self.with(&binder.text, item, |s| s.truth(condition))? != *every {
                        return Ok(Thing::One(Value::Bool(!*every)));
                    }
                }
                Thing::One(Value::Bool(*every))
            }
            ExprKind::If { condition, then, otherwise } => {
                if self.truth(condition)? {
                    return self.value(then);
                }
                otherwise.as_ref().map_or(Ok(Thing::Null), |o| self.value(o))?
            }
            ExprKind::Match { subject, arms, otherwise } => {
                let subject = self.value(subject)?;
                for arm in arms {
                    for pattern in &arm.patterns {
                        let pattern = self.value(pattern)?;
                        if equal(&subject, &pattern) {
                            return self.value(&arm.result);
                        }
                    }
                }
                otherwise.as_ref().map_or(Ok(Thing::Null), |o| self.value(o))?
            }
            ExprKind::For { binder, list, condition, body } => {
                let Thing::List(items) = self.value(list)? else { return Ok(Thing::Null) };
                let mut made = Vec::new();
                for item in items {
                    let value = self.with(&binder.text, item, |s| {
                        if let Some(condition) = condition
                            && !s.truth(condition)?
                        {
                            return Ok(None);
                        }
                        match body {
                            ForBody::Value(value) => s.value(value).map(Some),
                            ForBody::Record(fields) => s.record(fields).map(Some),
                            ForBody::Entry(..) => Err(Failed),
                        }
                    })?;
                    made.extend(value);
                }
                Thing::List(made)
            }
            ExprKind::Otherwise(a, b) => match self.value(a) {
                Ok(Thing::Null) | Err(Failed) => self.value(b)?,
                Ok(value) => value,
            },
            ExprKind::Dictionary(_) | ExprKind::JsonPath(_) => panic!("not made here"),
        })
    }

    fn record(&mut self, fields: &[FieldRule]) -> Given {
        let mut made = BTreeMap::new();
        for field in fields {
            made.insert(field.target.path[0].text.clone(), self.value(&field.value)?);
        }
        Ok(Thing::Record(made))
    }

    fn select(&mut self, value: Thing, selector: &Selector) -> Given {
        if let (Thing::Dictionary(entries), Selector::Key(key)) = (&value, selector) {
            return Ok(entries.get(key).cloned().unwrap_or(Thing::Null));
        }
        let Thing::List(items) = value else { return Ok(Thing::Null) };
        let at = |i: i64| {
            let i = if i < 0 { items.len() as i64 + i } else { i };
            usize::try_from(i).ok().and_then(|i| items.get(i)).cloned().unwrap_or(Thing::Null)
        };
        Ok(match selector {
            Selector::Index(i) => at(*i),
            Selector::First => at(0),
            Selector::Last => at(-1),
            Selector::All => Thing::List(items),
            Selector::Key(_) => Thing::Null,
            Selector::Each(binder, condition) => {
                let mut kept = Vec::new();
                for item in items {
                    if self.with(&binder.text, item.clone(), |s| s.truth(condition))? {
                        kept.push(item);
                    }
                }
                Thing::List(kept)
            }
            Selector::FirstWhere(binder, condition) => {
                for item in items {
                    if self.with(&binder.text, item.clone(), |s| s.truth(condition))? {
                        return Ok(item);
                    }
                }
                Thing::Null
            }
            Selector::Sort(binder, keys) => {
                // insertion, one by one, behind all that are not greater
                let mut sorted: Vec<(Vec<Thing>, Thing)> = Vec::new();
                for item in items {
                    let by = keys
                        .iter()
                        .map(|key| self.with(&binder.text, item.clone(), |s| s.value(&key.by)))
                        .collect::<Result<Vec<_>, _>>()?;
                    let place = sorted
                        .iter()
                        .position(|(other, _)| {
                            let differing = keys.iter().enumerate().find(|(i, _)| !equal(&by[*i], &other[*i]));
                            differing.is_some_and(|(i, key)| match (&by[i], &other[i]) {
                                (Thing::Null, _) => false,
                                (_, Thing::Null) => true,
                                (Thing::One(a), Thing::One(b)) => {
                                    let order = compare(a, b).unwrap();
                                    if key.descending { order.is_gt() } else { order.is_lt() }
                                }
                                _ => false,
                            })
                        })
                        .unwrap_or(sorted.len());
                    sorted.insert(place, (by, item));
                }
                Thing::List(sorted.into_iter().map(|(_, item)| item).collect())
            }
            Selector::Unique(binder, by) => {
                let mut kept: Vec<(Thing, Thing)> = Vec::new();
                for item in items {
                    let key = self.with(&binder.text, item.clone(), |s| s.value(by))?;
                    if !kept.iter().any(|(k, _)| equal(k, &key)) {
                        kept.push((key, item));
                    }
                }
                Thing::List(kept.into_iter().map(|(_, item)| item).collect())
            }
            Selector::Group(binder, by) => {
                let mut groups: Vec<(Thing, Vec<Thing>)> = Vec::new();
                for item in items {
                    let key = self.with(&binder.text, item.clone(), |s| s.value(by))?;
                    match groups.iter_mut().find(|(k, _)| equal(k, &key)) {
                        Some((_, items)) => items.push(item),
                        None => groups.push((key, vec![item])),
                    }
                }
                let record = |(key, items)| {
                    Thing::Record(BTreeMap::from([
                        (String::from("key"), key),
                        (String::from("items"), Thing::List(items)),
                    ]))
                };
                Thing::List(groups.into_iter().map(record).collect())
            }
        })
    }

    fn binary(&mut self, operator: Operator, a: &Expr, b: &Expr) -> Given {
        use Operator as O;
        match operator {
            O::And => return Ok(Thing::One(Value::Bool(self.truth(a)? && self.truth(b)?))),
            O::Or => return Ok(Thing::One(Value::Bool(self.truth(a)? || self.truth(b)?))),
            O::OrIfNull => {
                return match self.value(a)? {
                    Thing::Null => self.value(b),
                    value => Ok(value),
                };
            }
            O::OrIfEmpty => {
                return match self.value(a)? {
                    value if empty(&value) => self.value(b),
                    value => Ok(value),
                };
            }
            _ => {}
        }
        let (left, right) = (self.value(a)?, self.value(b)?);
        let truth = |b: bool| Ok(Thing::One(Value::Bool(b)));
        let order = || match (&left, &right) {
            (Thing::One(a), Thing::One(b)) => compare(a, b),
            _ => None,
        };
        let texts = || match (&left, &right) {
            (Thing::One(a), Thing::One(b)) => text_of(a).zip(text_of(b)),
            _ => None,
        };
        match operator {
            O::Add | O::Subtract | O::Multiply | O::Divide => match (&left, &right) {
                (Thing::One(Value::Number(a)), Thing::One(Value::Number(b))) => {
                    let step = match operator {
                        O::Add => Arithmetic::Add,
                        O::Subtract => Arithmetic::Subtract,
                        O::Multiply => Arithmetic::Multiply,
                        _ => Arithmetic::Divide,
                    };
                    arithmetic(step, *a, *b).map(|n| Thing::One(Value::Number(n))).map_err(|_| Failed)
                }
                _ => Ok(Thing::Null),
            },
            O::Equal => truth(equal(&left, &right)),
            O::NotEqual => truth(!equal(&left, &right)),
            O::Less => truth(order().is_some_and(std::cmp::Ordering::is_lt)),
            O::LessOrEqual => truth(order().is_some_and(std::cmp::Ordering::is_le)),
            O::Greater => truth(order().is_some_and(std::cmp::Ordering::is_gt)),
            O::GreaterOrEqual => truth(order().is_some_and(std::cmp::Ordering::is_ge)),
            O::In | O::NotIn => {
                let Thing::List(items) = &right else { return truth(operator == O::NotIn) };
                let inside = !matches!(left, Thing::Null) && items.iter().any(|i| equal(i, &left));
                truth(inside == (operator == O::In))
            }
            O::StartsWith => truth(texts().is_some_and(|(a, b)| a.starts_with(&*b))),
            O::EndsWith => truth(texts().is_some_and(|(a, b)| a.ends_with(&*b))),
            O::Contains => truth(texts().is_some_and(|(a, b)| a.contains(&*b))),
            O::And | O::Or | O::OrIfNull | O::OrIfEmpty => Err(Failed),
        }
    }
}

/// Whether further members are taken of every element.
fn spreads(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Select(_, Selector::All | Selector::Each(..)) => true,
        ExprKind::Member(inner, _) => spreads(inner),
        _ => false,
    }
}

/// Lists among values are opened, and what is null beside them is left out.
fn opened(values: impl Iterator<Item = Thing>) -> Vec<Thing> {
    let values: Vec<Thing> = values.collect();
    if !values.iter().any(|v| matches!(v, Thing::List(_))) {
        return values;
    }
    values
        .into_iter()
        .flat_map(|v| match v {
            Thing::List(inner) => inner,
            Thing::Null => vec![],
            other => vec![other],
        })
        .collect()
}

fn member(of: &Thing, name: &str) -> Thing {
    match of {
        Thing::Record(fields) => fields.get(name).cloned().unwrap_or(Thing::Null),
        _ => Thing::Null,
    }
}

fn call(function: &functions::Function, values: &[Thing]) -> Given {
    let plain: Vec<Value> = values.iter().map(value_of).collect();
    if function.nulls == functions::NullRule::Propagates && plain.iter().any(|v| matches!(v, Value::Null)) {
        return Ok(Thing::Null);
    }
    (function.apply)(&plain).map(|v| thing_of(&v)).map_err(|_| Failed)
}

fn value_of(thing: &Thing) -> Value {
    match thing {
        Thing::One(value) => value.clone(),
        Thing::List(items) => Value::List(items.iter().map(value_of).collect()),
        _ => Value::Null,
    }
}

fn thing_of(value: &Value) -> Thing {
    match value {
        Value::Null => Thing::Null,
        Value::Clear => Thing::Clear,
        Value::List(items) => Thing::List(items.iter().map(thing_of).collect()),
        other => Thing::One(other.clone()),
    }
}

/// A decoded value with its records' names.
fn named(value: Value, field: &Field, catalog: &Catalog) -> Thing {
    match (&value, field.kind) {
        (Value::List(items), FieldKind::List) => {
            let of = field.of.as_deref().unwrap();
            Thing::List(items.iter().map(|i| named(i.clone(), of, catalog)).collect())
        }
        (Value::Record(slots), FieldKind::Record) => {
            let (fields, _) = catalog.fields(field).unwrap();
            let entries = fields.iter().zip(slots.iter());
            Thing::Record(entries.map(|((n, f), v)| (n.to_owned(), named(v.clone(), f, catalog))).collect())
        }
        (Value::Dictionary(entries), _) => {
            Thing::Dictionary(entries.iter().map(|(k, v)| (k.to_string(), thing_of(v))).collect())
        }
        _ => thing_of(&value),
    }
}

fn equal(a: &Thing, b: &Thing) -> bool {
    match (a, b) {
        (Thing::Null, Thing::Null) => true,
        (Thing::One(a), Thing::One(b)) => a == b,
        (Thing::List(a), Thing::List(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| equal(a, b)),
        _ => false,
    }
}

fn empty(value: &Thing) -> bool {
    match value {
        Thing::Null | Thing::Clear => true,
        Thing::One(Value::Text(text)) => text.trim().is_empty(),
        Thing::List(items) => items.is_empty(),
        Thing::Dictionary(entries) => entries.is_empty(),
        Thing::Record(fields) => fields.values().all(|v| matches!(v, Thing::Null)),
        Thing::One(_) => false,
    }
}

fn json(value: &Thing) -> Json {
    match value {
        Thing::Null | Thing::Clear => Json::Null,
        Thing::One(Value::Bool(b)) => Json::Bool(*b),
        Thing::One(Value::Number(n)) => Json::Number(n.normalize().to_string().into()),
        Thing::One(value) => Json::Text(text_of(value).unwrap_or_default().as_str().into()),
        Thing::List(items) => Json::List(items.iter().map(json).collect()),
        Thing::Record(fields) => Json::Object(
            fields
                .iter()
                .filter(|(_, v)| !matches!(v, Thing::Null))
                .map(|(n, v)| (n.as_str().into(), json(v)))
                .collect(),
        ),
        Thing::Dictionary(entries) => Json::Object(entries.iter().map(|(n, v)| (n.as_str().into(), json(v))).collect()),
    }
}

/// Equal, numbers by their value, the order of keys aside.
pub fn same(a: &Json, b: &Json) -> bool {
    match (a, b) {
        (Json::Number(a), Json::Number(b)) => {
            mapwright_language::value::number_from_text(a) == mapwright_language::value::number_from_text(b)
        }
        (Json::List(a), Json::List(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Json::Object(a), Json::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(k, v)| b.iter().any(|(other, w)| k == other && same(v, w)))
        }
        (a, b) => a == b,
    }
}

fn without_gaps(json: Json) -> Json {
    match json {
        Json::List(items) => Json::List(items.into_iter().filter(|item| *item != Json::Null).collect()),
        json => json,
    }
}
