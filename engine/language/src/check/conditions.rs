//! Conditions as what they demand of each path: enough to prove that two of them are never true together, to name a record for
//! which both are, or to say that it cannot be told.

use std::collections::{BTreeMap, HashSet};

use rust_decimal::Decimal;

use crate::schema::{Field, FieldKind, Fields};
use crate::syntax::print;
use crate::syntax::tree::{Expr, ExprKind, Operator};

use super::checker::literal_text;
use super::facts::{Definitions, path_key};

/// Most alternatives that are looked at.
const MOST_WAYS: usize = 128;
/// How many lets deep a condition is looked into.
const MOST_LETS: usize = 16;

/// What two conditions say together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Together {
    /// Never both true.
    Never,
    /// Both are true of such a record.
    Both(Vec<String>),
    /// It depends on something that cannot be looked into.
    Unknown,
}

/// A constant of a comparison.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Constant {
    Number(Decimal),
    Text(String),
    Bool(bool),
}

/// What one comparison demands.
#[derive(Debug, Clone)]
enum Test {
    In(Vec<Constant>),
    NotIn(Vec<Constant>),
    Null,
    NotNull,
    Empty,
    NotEmpty,
    /// Not null, and above (or at) this.
    Above(Decimal, bool),
    /// Not null, and below (or at) this.
    Below(Decimal, bool),
    /// The same, or null: what is left when the opposite is not true.
    NotAbove(Decimal, bool),
    NotBelow(Decimal, bool),
}

/// One demand: of a path, or of something that is only compared by its text.
#[derive(Debug, Clone)]
struct Demand {
    key: String,
    test: Test,
    /// The key is not a path: all that is known is whether it is true.
    opaque: bool,
}

/// Alternatives, each a list of demands that hold together.
type Ways = Vec<Vec<Demand>>;

/// Whether the filters of two collections over the same rows can both be true.
pub(super) fn together(a: &Definitions, b: &Definitions, source: &Fields) -> Together {
    let filters = |of: &Definitions| -> Option<Ways> {
        let mut ways: Ways = vec![vec![]];
        for filter in of.file().filter.iter().flat_map(|f| &f.value) {
            ways = and(ways, Reader { definitions: of, lets: 0 }.ways(&filter.that, true)?)?;
        }
        Some(ways)
    };
    let Some(ways) = filters(a).and_then(|a| and(a, filters(b)?)) else { return Together::Unknown };
    let mut unknown = false;
    for way in ways {
        match satisfied(&lefts(&way), source) {
            None => {}
            Some(_) if way.iter().any(|d| d.opaque) => unknown = true,
            Some(record) => return Together::Both(record),
        }
    }
    if unknown { Together::Unknown } else { Together::Never }
}

/// The ways through a collection's filters and past its errors, worked out once.
#[derive(Debug, Default)]
pub(super) struct Passed {
    /// What each way leaves of each path; none where that cannot be told.
    ways: Option<Vec<BTreeMap<String, Left>>>,
}

impl Passed {
    pub fn of(definitions: &Definitions, source: &Fields) -> Passed {
        let reader = Reader { definitions, lets: 0 };
        let file = definitions.file();
        let filters = file.filter.iter().flat_map(|f| &f.value).map(|f| (&f.that, true));
        let errors = file.errors.iter().flat_map(|e| &e.value).map(|e| (&e.when, false));
        let mut passed: Vec<BTreeMap<String, Left>> = vec![BTreeMap::new()];
        for (condition, truth) in filters.chain(errors) {
            let Some(ways) = reader.ways(condition, truth).filter(|w| w.len() * passed.len() <= MOST_WAYS) else {
                return Passed { ways: None };
            };
            // most conditions are true in one way only: what is known grows where it lies
            if let [way] = ways.as_slice() {
                passed.iter_mut().for_each(|known| take_all(known, way));
                continue;
            }
            let with = |known: &BTreeMap<String, Left>, way: &Vec<Demand>| {
                let mut known = known.clone();
                take_all(&mut known, way);
                known
            };
            passed = passed.iter().flat_map(|known| ways.iter().map(move |way| with(known, way))).collect();
        }
        passed.retain(|known| satisfied(known, source).is_some());
        Passed { ways: Some(passed) }
    }

    /// Whether no record can pass.
    pub fn nothing(&self) -> bool {
        self.ways.as_ref().is_some_and(Vec::is_empty)
    }

    /// What is certain of a condition of every record that passes: that it is true, or that it is not. None: it depends on the
    /// record, or cannot be told.
    pub fn certain(&self, definitions: &Definitions, condition: &Expr, source: &Fields) -> Option<bool> {
        let passed = self.ways.as_ref()?;
        let reader = Reader { definitions, lets: 0 };
        let possible = |truth: bool| -> Option<bool> {
            let ways = reader.ways(condition, truth)?;
            if ways.len() * passed.len() > MOST_WAYS {
                return None;
            }
            let meets = |known: &BTreeMap<String, Left>, way: &Vec<Demand>| {
                lefts(way).iter().all(|(path, more)| match known.get(path) {
                    Some(known) => known.with(more).sample(source.get(path), Some(known)).is_some(),
                    None => more.sample(source.get(path), None).is_some(),
                })
            };
            Some(passed.iter().any(|known| ways.iter().any(|way| meets(known, way))))
        };
        match (possible(true)?, possible(false)?) {
            (false, true) => Some(false),
            (true, false) => Some(true),
            _ => None,
        }
    }
}

fn and(a: Ways, b: Ways) -> Option<Ways> {
    if a.len() * b.len() > MOST_WAYS {
        return None;
    }
    if let [only] = b.as_slice() {
        let mut a = a;
        a.iter_mut().for_each(|way| way.extend(only.iter().cloned()));
        return Some(a);
    }
    let both = |one: &Vec<Demand>| {
        let one = one.clone();
        b.iter().map(move |other| one.iter().chain(other).cloned().collect()).collect::<Vec<_>>()
    };
    Some(a.iter().flat_map(both).collect())
}

struct Reader<'a> {
    definitions: &'a Definitions,
    lets: usize,
}

impl Reader<'_> {
    /// The ways in which a condition is true (or not true).
    fn ways(&self, condition: &Expr, truth: bool) -> Option<Ways> {
        match &condition.kind {
            ExprKind::Bool(value) => Some(if *value == truth { vec![vec![]] } else { vec![] }),
            ExprKind::Not(inner) => self.ways(inner, !truth),
            ExprKind::Binary(Operator::And, a, b) | ExprKind::Binary(Operator::Or, a, b) => {
                let (a, b) = (self.ways(a, truth)?, self.ways(b, truth)?);
                let conjunction = matches!(condition.kind, ExprKind::Binary(Operator::And, ..)) == truth;
                if conjunction { and(a, b) } else { Some(a.into_iter().chain(b).collect()) }
            }
            _ => {
                if let Some(definition) = self.definition(condition) {
                    return Reader { lets: self.lets + 1, ..*self }.ways(&definition, truth);
                }
                let demand = self.demand(condition, truth).unwrap_or_else(|| Demand {
                    key: self.text(condition),
                    test: if truth {
                        Test::In(vec![Constant::Bool(true)])
                    } else {
                        Test::NotIn(vec![Constant::Bool(true)])
                    },
                    opaque: !is_plain(condition),
                });
                Some(vec![vec![demand]])
            }
        }
    }

    fn definition(&self, name: &Expr) -> Option<Expr> {
        let ExprKind::Name { name, quoted: false } = &name.kind else { return None };
        self.definitions.get(&name.text).filter(|_| self.lets < MOST_LETS).cloned()
    }

    /// An expression's text. With lets in it, it means this only in its own file.
    fn text(&self, expression: &Expr) -> String {
        let text = print::expression(expression);
        let mut words = text.split(|c: char| !c.is_alphanumeric() && c != '_');
        if words.any(|word| self.definitions.get(word).is_some()) {
            format!("{}: {text}", self.definitions.file().name.value)
        } else {
            text
        }
    }

    /// What a subject is known by: its path, or the text of what it is computed from.
    fn subject(&self, subject: &Expr, test: Test) -> Demand {
        let definition = self.definition(subject);
        let subject = definition.as_ref().unwrap_or(subject);
        match path_key(subject) {
            Some(key) => Demand { key, test, opaque: false },
            None => Demand { key: self.text(subject), test, opaque: true },
        }
    }

    fn demand(&self, condition: &Expr, truth: bool) -> Option<Demand> {
        let of = |subject: &Expr, test: Test| Some(self.subject(subject, test));
        match &condition.kind {
            ExprKind::IsEmpty { subject, negated } => {
                of(subject, if *negated == truth { Test::NotEmpty } else { Test::Empty })
            }
            ExprKind::Binary(operator, a, b) => {
                let equal = match operator {
                    Operator::Equal => truth,
                    Operator::NotEqual => !truth,
                    Operator::In | Operator::NotIn => {
                        let ExprKind::List(items) = &b.kind else { return None };
                        let constants = items.iter().map(constant).collect::<Option<Vec<_>>>()?;
                        let is_in = (*operator == Operator::In) == truth;
                        return of(a, if is_in { Test::In(constants) } else { Test::NotIn(constants) });
                    }
                    _ => return self.order(*operator, a, b, truth),
                };
                let (subject, value) = if is_constant(a) { (b, a) } else { (a, b) };
                if matches!(value.kind, ExprKind::Null) {
                    return of(subject, if equal { Test::Null } else { Test::NotNull });
                }
                let constant = vec![constant(value)?];
                of(subject, if equal { Test::In(constant) } else { Test::NotIn(constant) })
            }
            _ => None,
        }
    }

    fn order(&self, operator: Operator, a: &Expr, b: &Expr, truth: bool) -> Option<Demand> {
        let (subject, value, turned) = if is_constant(a) { (b, a, true) } else { (a, b, false) };
        let Constant::Number(limit) = constant(value)? else { return None };
        let (above, or_equal) = match operator {
            Operator::Greater => (!turned, false),
            Operator::GreaterOrEqual => (!turned, true),
            Operator::Less => (turned, false),
            Operator::LessOrEqual => (turned, true),
            _ => return None,
        };
        let test = match (above, truth) {
            (true, true) => Test::Above(limit, or_equal),
            (false, true) => Test::Below(limit, or_equal),
            (true, false) => Test::NotAbove(limit, or_equal),
            (false, false) => Test::NotBelow(limit, or_equal),
        };
        Some(self.subject(subject, test))
    }
}

fn is_plain(condition: &Expr) -> bool {
    path_key(condition).is_some()
}

fn is_constant(value: &Expr) -> bool {
    matches!(value.kind, ExprKind::Null) || constant(value).is_some()
}

fn constant(value: &Expr) -> Option<Constant> {
    match &value.kind {
        ExprKind::Number(number) => Some(Constant::Number(number.normalize())),
        ExprKind::Bool(value) => Some(Constant::Bool(*value)),
        ExprKind::Negate(inner) => match constant(inner)? {
            Constant::Number(number) => Some(Constant::Number(-number)),
            _ => None,
        },
        _ => literal_text(value).map(Constant::Text),
    }
}

/// What all demands on one path leave.
#[derive(Debug, Clone, Default)]
struct Left {
    not_null: bool,
    null: bool,
    not_empty: bool,
    empty: bool,
    only: Option<Vec<Constant>>,
    never: HashSet<Constant>,
    low: Option<(Decimal, bool)>,
    high: Option<(Decimal, bool)>,
}

impl Left {
    fn take(&mut self, test: &Test) {
        match test {
            Test::In(values) => {
                self.not_null = true;
                let kept = match self.only.take() {
                    Some(before) => before.into_iter().filter(|v| values.contains(v)).collect(),
                    None => values.clone(),
                };
                self.only = Some(kept);
            }
            Test::NotIn(values) => self.never.extend(values.iter().cloned()),
            Test::Null => self.null = true,
            Test::NotNull => self.not_null = true,
            Test::Empty => self.empty = true,
            Test::NotEmpty => {
                self.not_null = true;
                self.not_empty = true;
            }
            Test::Above(limit, or_equal) => {
                self.not_null = true;
                self.above(*limit, *or_equal);
            }
            Test::Below(limit, or_equal) => {
                self.not_null = true;
                self.below(*limit, *or_equal);
            }
            Test::NotAbove(limit, or_equal) => self.below(*limit, !or_equal),
            Test::NotBelow(limit, or_equal) => self.above(*limit, !or_equal),
        }
    }

    fn above(&mut self, limit: Decimal, or_equal: bool) {
        let narrower = self.low.is_none_or(|(low, _)| limit > low || (limit == low && !or_equal));
        if narrower {
            self.low = Some((limit, or_equal));
        }
    }

    fn below(&mut self, limit: Decimal, or_equal: bool) {
        let narrower = self.high.is_none_or(|(high, _)| limit < high || (limit == high && !or_equal));
        if narrower {
            self.high = Some((limit, or_equal));
        }
    }

    /// What is left where both hold, but for the values that the first never has: those are asked of it.
    fn with(&self, more: &Left) -> Left {
        let only = match (&self.only, &more.only) {
            (Some(a), Some(b)) => Some(a.iter().filter(|v| b.contains(v)).cloned().collect()),
            (a, b) => a.clone().or_else(|| b.clone()),
        };
        let mut both = Left {
            not_null: self.not_null || more.not_null,
            null: self.null || more.null,
            not_empty: self.not_empty || more.not_empty,
            empty: self.empty || more.empty,
            only,
            never: more.never.clone(),
            low: self.low,
            high: self.high,
        };
        if let Some((limit, or_equal)) = more.low {
            both.above(limit, or_equal);
        }
        if let Some((limit, or_equal)) = more.high {
            both.below(limit, or_equal);
        }
        both
    }

    fn takes(&self, value: &Constant) -> bool {
        let blank = matches!(value, Constant::Text(text) if text.trim().is_empty());
        if self.never.contains(value) || (self.not_empty && blank) || (self.empty && !blank) || self.null {
            return false;
        }
        match value {
            Constant::Number(number) => {
                self.low.is_none_or(|(low, or_equal)| *number > low || (or_equal && *number == low))
                    && self.high.is_none_or(|(high, or_equal)| *number < high || (or_equal && *number == high))
            }
            _ => true,
        }
    }

    /// A value that is left, in words: none if there is none. `below` has further values that never are.
    fn sample(&self, field: Option<&Field>, below: Option<&Left>) -> Option<String> {
        let takes = |value: &Constant| self.takes(value) && !below.is_some_and(|b| b.never.contains(value));
        let say = |value: &Constant| match value {
            Constant::Number(number) => number.to_string(),
            Constant::Text(text) => format!("\"{text}\""),
            Constant::Bool(value) => value.to_string(),
        };
        let known: Option<Vec<Constant>> = match (&self.only, field.map(|f| f.kind)) {
            (Some(only), _) => Some(only.clone()),
            (None, Some(FieldKind::Enum)) => Some(field?.values.iter().map(|v| Constant::Text(v.clone())).collect()),
            (None, Some(FieldKind::Boolean)) => Some(vec![Constant::Bool(true), Constant::Bool(false)]),
            (None, _) => None,
        };
        if let Some(found) = known.iter().flatten().find(|v| takes(v)) {
            return Some(say(found));
        }
        if !self.not_null {
            return Some(String::from("null"));
        }
        if known.is_some() || self.null || self.empty {
            return None;
        }
        if self.low.is_none() && self.high.is_none() {
            return Some(String::from("any other value"));
        }
        let (low, high) = (self.low.map(|l| l.0), self.high.map(|h| h.0));
        let middle = match (low, high) {
            (Some(low), Some(high)) => (low + high) / Decimal::TWO,
            (Some(low), None) => low + Decimal::ONE,
            (None, high) => high.unwrap_or_default() - Decimal::ONE,
        };
        let candidates = low.into_iter().chain(high).chain([middle]);
        candidates.map(|n| Constant::Number(n.normalize())).find(|v| takes(v)).map(|v| say(&v))
    }
}

/// What the demands of one way leave of each path.
fn lefts(way: &[Demand]) -> BTreeMap<String, Left> {
    let mut paths = BTreeMap::new();
    take_all(&mut paths, way);
    paths
}

fn take_all(paths: &mut BTreeMap<String, Left>, way: &[Demand]) {
    for demand in way {
        paths.entry(demand.key.clone()).or_default().take(&demand.test);
    }
}

/// A record that meets all demands, as `path = value`; none if there can be none.
fn satisfied(paths: &BTreeMap<String, Left>, source: &Fields) -> Option<Vec<String>> {
    paths.iter().map(|(path, left)| Some(format!("{path} = {}", left.sample(source.get(path), None)?))).collect()
}
