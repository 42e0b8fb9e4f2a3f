//! The checker: one walk over a combined collection that resolves names, infers types and builds the plan.

use std::collections::HashSet;
use std::sync::Arc;

use crate::combine::Combined;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::plan::{BinderId, Lineage, Step, StepId};
use crate::source::Span;
use crate::syntax::tree::{Expr, ExprKind, Name};
use crate::value::Value;

use super::after::After;
use super::assume::Question;
use super::constants::Constants;
use super::facts::{Fact, Facts, not_null_when};
use super::scope::{BinderScope, Builder, Checked, LetState, LevelScope};
use super::types::{Kind, Type};
use super::usage::Usage;

/// What is known of the other collections.
pub(super) struct Others<'a> {
    /// All collections that may be children, combined.
    pub collections: &'a [Arc<Combined>],
    /// The built-in ones.
    pub builtin: &'a [Arc<Combined>],
    /// Which collections run after which.
    pub after: After,
    /// Pairs of record types that some collection maps onto each other: iPaaS.com's and BigCommerce's.
    pub pairs: &'a [(String, String)],
}

pub(super) struct Checker<'a> {
    pub builder: Builder<'a>,
    pub others: &'a Others<'a>,
    pub diagnostics: &'a mut Diagnostics,
    pub usage: &'a mut Usage,
    /// The collection that is checked is the last; those above it before.
    pub levels: Vec<LevelScope>,
    pub binders: Vec<BinderScope>,
    /// What the rule that is being checked reads.
    pub lineage: Lineage,
    /// iPaaS.com's record types that are written in this transfer: links to them may be promises.
    pub writes: Vec<String>,
    /// Collections being checked, from the root on: a circle among children is found here.
    pub path: Vec<String>,
    /// How deep expressions are nested here, those of lets that are checked on the way included.
    pub depth: usize,
    /// The greatest height of the lets used so far in the let that is being checked.
    pub height: usize,
    /// How many `for` bodies are around.
    pub loops: usize,
    /// A mapping filter is being checked: there is no position yet.
    pub in_filter: bool,
    /// What gives children one row, not a list.
    pub single_rows: Vec<StepId>,
    /// Places of what may be null.
    pub nulls: HashSet<Span>,
    /// What holds of the next collection's source record already: what the filters and errors above let through, where the
    /// record above is its source.
    pub inherited: Vec<Fact>,
    /// What the rule that is being checked fills is written on updates too.
    pub updates: bool,
    /// The plan has become too big, which has been said.
    pub too_big: bool,
    /// How often a let with a mistake of its own was met.
    pub met_again: usize,
    /// What is constant without being a literal.
    pub constants: Constants,
}

/// Deepest nesting of one expression with the lets that it is made of: the walks over it stay within a small stack.
const MOST_DEPTH: usize = 128;
/// How many lets deep a let may be made of others.
const MOST_HEIGHT: usize = 64;

/// Names that are never fields.
pub(super) const SPECIAL_NAMES: &[&str] =
    &["parent", "existing", "settings", "subscription", "now", "position", "custom"];

impl Checker<'_> {
    /// How many errors were met so far; one that a let has counts wherever the let is used.
    pub fn errors_so_far(&self) -> usize {
        self.diagnostics.errors() + self.met_again
    }

    /// A part without plan never goes unsaid: where nothing was reported since, this is.
    pub fn never_silent(&mut self, errors_before: usize, span: Span) {
        if self.errors_so_far() == errors_before {
            let _: Option<()> = self.error(
                "E0403",
                span,
                "this cannot be compiled: its types do not fit together",
                "write it in smaller parts with `let`",
            );
        }
    }

    /// One level deeper into an expression, as far as that is allowed.
    pub fn deeper<T>(&mut self, span: Span, body: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        if self.depth >= MOST_DEPTH {
            return self.error(
                "E0205",
                span,
                format!("this is nested more than {MOST_DEPTH} deep, the lets in it included"),
                "take it apart",
            );
        }
        self.depth += 1;
        let result = body(self);
        self.depth -= 1;
        result
    }

    /// Reports an error and gives nothing.
    pub fn refuse<T>(&mut self, diagnostic: Diagnostic) -> Option<T> {
        self.diagnostics.push(diagnostic);
        None
    }

    pub fn error<T>(
        &mut self,
        code: &'static str,
        span: Span,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Option<T> {
        self.refuse(Diagnostic::error(code, span, message).help(help))
    }

    pub fn warn(&mut self, code: &'static str, span: Span, message: impl Into<String>, help: impl Into<String>) {
        self.diagnostics.push(Diagnostic::warning(code, span, message).help(help));
    }

    pub fn step(&mut self, step: Step, span: Span) -> StepId {
        self.builder.step(step, span)
    }

    pub fn constant(&mut self, value: Value, span: Span) -> StepId {
        self.step(Step::Constant(value), span)
    }

    /// Notes a source path in the lineage, once it is used as a whole.
    pub fn touch(&mut self, checked: &Checked) {
        let Some(path) = &checked.path else { return };
        // what is there already is as personal as what comes
        if checked.field.as_ref().is_some_and(|f| f.personal || f.secret) {
            self.lineage.personal = true;
        }
        if path.starts_with("existing") {
            return;
        }
        if !self.lineage.sources.contains(path) {
            self.lineage.sources.push(path.clone());
        }
    }

    /// The type of a value that is one of two; none if they do not go together.
    pub fn join(&self, a: &Type, b: &Type) -> Option<Type> {
        super::types::join(a, b, &|a, b| self.paired(a, b))
    }

    /// A condition: a boolean, null counting as false.
    pub fn condition(&mut self, expr: &Expr) -> Option<StepId> {
        let checked = self.expression(expr)?;
        if !matches!(checked.ty.kind, Kind::Boolean | Kind::Nothing) {
            return self.error(
                "E0401",
                expr.span,
                format!("a condition is true or false, this is {}", checked.ty.words()),
                "compare it with something, or ask `is not empty`",
            );
        }
        if let Some(Step::Constant(value)) = self.builder.plan.steps.get(checked.step.0 as usize) {
            let word = if *value == Value::Bool(true) { "true" } else { "false" };
            self.warn(
                "W0401",
                expr.span,
                format!("this condition is always {word}"),
                "take it away, or say what decides",
            );
        }
        Some(checked.step)
    }

    /// With facts that hold inside.
    pub fn assuming<T>(&mut self, facts: Vec<Fact>, body: impl FnOnce(&mut Self) -> T) -> T {
        let before = self.levels.last().map_or(0, |l| l.facts.len());
        if let Some(level) = self.levels.last_mut() {
            level.facts.extend(facts);
        }
        let result = body(self);
        if let Some(level) = self.levels.last_mut() {
            level.facts.truncate(before);
        }
        result
    }

    /// With a binder in reach.
    pub fn binding<T>(
        &mut self,
        name: &Name,
        element: Checked,
        body: impl FnOnce(&mut Self, BinderId) -> Option<T>,
    ) -> Option<T> {
        self.name_is_free(name, "a binder")?;
        let id = self.fresh_binder();
        let step = self.step(Step::Binder(id), name.span);
        self.binders.push(BinderScope { name: name.text.clone(), checked: Checked { step, ..element } });
        let result = body(self, id);
        self.binders.pop();
        result
    }

    pub fn fresh_binder(&mut self) -> BinderId {
        let id = BinderId(self.builder.plan.binders);
        self.builder.plan.binders += 1;
        id
    }

    /// A let or binder may not have the name of something else in reach.
    pub fn name_is_free(&mut self, name: &Name, what: &str) -> Option<()> {
        let level = self.levels.last()?;
        let taken = if SPECIAL_NAMES.contains(&name.text.as_str()) {
            "a name of the language"
        } else if self.binders.iter().any(|b| b.name == name.text) {
            "another binder in reach"
        } else if what == "a binder" && level.let_places.contains_key(&name.text) {
            "a let of this collection"
        } else if self.builder.field_names(level.source).contains(&name.text) {
            "a source field"
        } else {
            return Some(());
        };
        self.error(
            "E0306",
            name.span,
            format!("{what} may not be named `{}`: that is {taken}", name.text),
            "take another name, so that readers know which is meant",
        )
    }

    /// A let, checked when it is first used.
    pub fn let_value(&mut self, name: &Name) -> Option<Option<Checked>> {
        let level = self.levels.last_mut()?;
        let at = *level.let_places.get(&name.text)?;
        if !level.used_lets.contains(&name.text) {
            level.used_lets.insert(name.text.clone());
        }
        let state = level.lets.get(at)?.1.clone();
        match state {
            LetState::Failed => {
                self.met_again += 1;
                Some(None)
            }
            LetState::Done { id, checked, lineage, height } => {
                self.height = self.height.max(height);
                self.merge_lineage(&lineage);
                let step = self.step(Step::Let(id), name.span);
                Some(Some(Checked { step, ..*checked }))
            }
            LetState::InProgress => {
                self.set_let(at, LetState::Failed);
                Some(self.error(
                    "E0307",
                    name.span,
                    format!("`{}` is defined by way of itself", name.text),
                    "break the circle of `let`s",
                ))
            }
            LetState::Unchecked => {
                self.set_let(at, LetState::InProgress);
                let definition = level_let(self.levels.last()?, &name.text)?;
                let outer = std::mem::take(&mut self.lineage);
                let binders = std::mem::take(&mut self.binders);
                let loops = std::mem::take(&mut self.loops);
                let outer_height = std::mem::take(&mut self.height);
                let facts = self.levels.last_mut().map(|l| std::mem::take(&mut l.facts)).unwrap_or_default();
                let checked = self.expression(&definition);
                if let Some(level) = self.levels.last_mut() {
                    level.facts = facts;
                }
                self.binders = binders;
                self.loops = loops;
                let height = self.height + 1;
                self.height = outer_height.max(height);
                let lineage = std::mem::replace(&mut self.lineage, outer);
                let Some(checked) = checked else {
                    self.set_let(at, LetState::Failed);
                    return Some(None);
                };
                if height > MOST_HEIGHT {
                    self.set_let(at, LetState::Failed);
                    let message =
                        format!("`{}` is made of lets that are made of lets, more than {MOST_HEIGHT} deep", name.text);
                    return Some(self.error("E0205", definition.span, message, "put some of them together"));
                }
                if checked.clears {
                    self.set_let(at, LetState::Failed);
                    return Some(self.error(
                        "E0404",
                        definition.span,
                        "`clear` is a result of a rule and cannot stand in a `let`",
                        "write it in the rule: `… ?? clear`",
                    ));
                }
                let level = self.levels.last_mut()?;
                let id = crate::plan::LetId(u32::try_from(level.planned_lets.len()).ok()?);
                level
                    .planned_lets
                    .push(crate::plan::PlannedLet { name: name.text.as_str().into(), value: checked.step });
                // a single value's sources are in the let's lineage; of a record, the fields that are read count
                let path = checked.path.clone().filter(|_| super::paths::is_record_like(&checked.ty.kind));
                let checked = Checked { path, key: Some(name.text.clone()), ..checked };
                self.merge_lineage(&lineage);
                self.set_let(at, LetState::Done { id, checked: Box::new(checked.clone()), lineage, height });
                let step = self.step(Step::Let(id), name.span);
                Some(Some(Checked { step, ..checked }))
            }
        }
    }

    fn set_let(&mut self, at: usize, state: LetState) {
        if let Some(entry) = self.levels.last_mut().and_then(|l| l.lets.get_mut(at)) {
            entry.1 = state;
        }
    }

    fn merge_lineage(&mut self, other: &Lineage) {
        let add = |into: &mut Vec<String>, from: &[String]| {
            for entry in from {
                if !into.contains(entry) {
                    into.push(entry.clone());
                }
            }
        };
        add(&mut self.lineage.sources, &other.sources);
        add(&mut self.lineage.lookups, &other.lookups);
        add(&mut self.lineage.links, &other.links);
        add(&mut self.lineage.settings, &other.settings);
        add(&mut self.lineage.functions, &other.functions);
        self.lineage.existing |= other.existing;
        self.lineage.now |= other.now;
        self.lineage.personal |= other.personal;
    }

    /// Whether a path is known not to be null here.
    pub fn is_known(&self, key: &str) -> bool {
        self.levels.last().is_some_and(|l| l.facts.says(key)) || self.above(key).is_some_and(|(l, rest)| l.says(rest))
    }

    /// Whether it is known not to be empty either.
    pub fn is_filled(&self, key: &str) -> bool {
        self.levels.last().is_some_and(|l| l.facts.says_filled(key))
            || self.above(key).is_some_and(|(l, rest)| l.says_filled(rest))
    }

    /// What the filters and errors of a collection above let through, and the path in its record.
    fn above<'k>(&self, key: &'k str) -> Option<(&Facts, &'k str)> {
        let mut up = 0;
        let mut rest = key;
        while let Some(inner) = rest.strip_prefix("parent.") {
            up += 1;
            rest = inner;
        }
        let level = self.levels.len().checked_sub(1 + up).filter(|_| up > 0).and_then(|i| self.levels.get(i));
        level.map(|level| (&level.passed, rest))
    }

    /// The facts that a condition gives, for branches.
    pub fn facts_of(&self, condition: &Expr, truth: bool) -> Vec<Fact> {
        self.levels.last().map(|l| not_null_when(&l.definitions, condition, truth)).unwrap_or_default()
    }

    /// Whether what holds here says that a let, which may be null by itself, is not.
    pub fn let_is_something(&self, name: &str) -> bool {
        let Some(level) = self.levels.last().filter(|l| l.facts.len() > 0) else { return false };
        let Some(definition) = level.definitions.get(name) else { return false };
        Question::is_something(&level.definitions, definition, &|key| self.is_known(key), &self.nulls)
    }
}

pub(super) fn level_let(level: &LevelScope, name: &str) -> Option<Expr> {
    level.definitions.get(name).cloned()
}

/// A text literal's text.
pub(super) fn literal_text(expr: &Expr) -> Option<String> {
    match &expr.kind {
        ExprKind::Text(parts) => {
            let mut text = String::new();
            for part in parts {
                match part {
                    crate::syntax::tree::TextPart::Text(t) => text.push_str(t),
                    crate::syntax::tree::TextPart::Hole(_) => return None,
                }
            }
            Some(text)
        }
        _ => None,
    }
}

/// The type of a text literal.
pub(super) fn literal_type(text: &str) -> Type {
    Type::of(Kind::Enum(Arc::from([text.to_owned()])))
}
