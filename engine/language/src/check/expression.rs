//! Expressions without an expected target: types from the inside out.

use crate::diagnostic::Diagnostic;
use crate::plan::{Step, StepId};
use crate::source::Span;
use crate::syntax::print;
use crate::syntax::tree::{Arm, Expr, ExprKind, FieldRule, ForBody, Name, TextPart};
use crate::value::Value;

use super::checker::{Checker, literal_text, literal_type};
use super::facts::{Fact, key_of};
use super::scope::Checked;
use super::types::{Kind, Type};

/// What `for` makes of one element.
pub(super) enum Row {
    /// An element of the list that comes out.
    Value(Option<Checked>),
    /// A key and a value of the dictionary that comes out.
    Entry(Option<(StepId, Checked)>),
}

impl Checker<'_> {
    /// Checks an expression.
    pub fn expression(&mut self, expr: &Expr) -> Option<Checked> {
        let checked = self.deeper(expr.span, |checker| checker.one_expression(expr))?;
        let checked = self.folded(checked)?;
        if !checked.ty.nullable {
            return Some(checked);
        }
        // what was tested by these same words is not null here
        let tested = self.levels.last().is_some_and(|l| l.facts.len() > 0)
            && key_of(expr).is_some_and(|key| key.starts_with('=') && self.is_known(&key));
        if tested {
            let ty = checked.ty.clone().nullable(false);
            return Some(Checked { ty, ..checked });
        }
        self.nulls.insert(expr.span);
        Some(checked)
    }

    fn one_expression(&mut self, expr: &Expr) -> Option<Checked> {
        let span = expr.span;
        match &expr.kind {
            ExprKind::Null => {
                let step = self.constant(Value::Null, span);
                Some(Checked::new(step, Type::of(Kind::Nothing).nullable(true)))
            }
            ExprKind::Clear => {
                let step = self.constant(Value::Clear, span);
                Some(Checked { clears: true, ..Checked::new(step, Type::of(Kind::Nothing)) })
            }
            ExprKind::Bool(b) => {
                let step = self.constant(Value::Bool(*b), span);
                Some(Checked::new(step, Type::of(Kind::Boolean)))
            }
            ExprKind::Number(number) => {
                let kind = if number.is_integer() { Kind::Integer } else { Kind::Decimal };
                let step = self.constant(Value::Number(number.normalize()), span);
                Some(Checked::new(step, Type::of(kind)))
            }
            ExprKind::Text(parts) => self.text(expr, parts, false),
            ExprKind::List(items) => self.list(items, span),
            ExprKind::Record(rules) => self.record(rules, span),
            ExprKind::Dictionary(entries) => self.dictionary(entries, span),
            ExprKind::Name { name, quoted } => self.name(name, *quoted),
            ExprKind::Member(inner, name) => self.member_expression(inner, name),
            ExprKind::Select(inner, selector) => self.select(inner, selector, span),
            ExprKind::JsonPath(text) => self.json_path(text, span),
            ExprKind::Call { function, arguments, each, .. } => self.call(function, arguments, *each, span),
            ExprKind::Negate(inner) => {
                let value = self.plain(inner)?;
                if !value.ty.kind.is_number() && value.ty.kind != Kind::Nothing {
                    return self.error(
                        "E0403",
                        span,
                        format!("a minus stands before a number, this is {}", value.ty.words()),
                        "text becomes a number with `| number`",
                    );
                }
                let digits = self.digits(&value);
                let step = self.step(Step::Negate(value.step), span);
                Some(Checked { digits, ..Checked::new(step, value.ty) })
            }
            ExprKind::Not(inner) => {
                let condition = self.condition(inner)?;
                let step = self.step(Step::Not(condition), span);
                Some(Checked::new(step, Type::of(Kind::Boolean)))
            }
            ExprKind::Binary(operator, a, b) => self.binary(*operator, a, b, span),
            ExprKind::IsEmpty { subject, negated } => {
                let subject = self.expression(subject)?;
                self.no_promise(&subject, span)?;
                self.touch(&subject);
                let step = self.emptiness(&subject, *negated, span);
                Some(Checked::new(step, Type::of(Kind::Boolean)))
            }
            ExprKind::Quantified { every, binder, list, condition } => {
                let list = self.expression(list)?;
                self.touch(&list);
                let of = self.list_only(&list, span)?;
                let path = list.path.as_ref().map(|p| format!("{p}[*]"));
                let known = list.known.clone();
                let element = Checked { path, known, promise: list.promise, ..Checked::new(list.step, of) };
                let (binder, condition) =
                    self.binding(binder, element, |checker, id| Some((id, checker.condition(condition)?)))?;
                let step = self.step(Step::Quantified { every: *every, list: list.step, binder, condition }, span);
                Some(Checked::new(step, Type::of(Kind::Boolean)))
            }
            ExprKind::If { condition, then, otherwise } => {
                self.choice(condition, then, otherwise.as_deref(), span, |checker, branch| checker.expression(branch))
            }
            ExprKind::Match { subject, arms, otherwise } => {
                self.match_value(subject, arms, otherwise.as_deref(), span, |checker, branch| {
                    checker.expression(branch)
                })
            }
            ExprKind::For { binder, list, condition, body } => {
                self.for_each(binder, list, condition.as_deref(), body, span)
            }
            ExprKind::Otherwise(first, second) => {
                let first = self.expression(first)?;
                let second = self.expression(second)?;
                self.either(first, second, span, Step::Otherwise)
            }
        }
    }

    /// An expression that is not `clear` and no promise: what operators and functions take.
    pub fn plain(&mut self, expr: &Expr) -> Option<Checked> {
        let checked = self.expression(expr)?;
        if checked.clears {
            return self.error(
                "E0404",
                expr.span,
                "`clear` is a result of a rule and no value",
                "it stands alone, in a branch, after `??`, `or if empty` or `otherwise`",
            );
        }
        self.no_promise(&checked, expr.span)?;
        self.touch(&checked);
        Some(checked)
    }

    pub fn no_promise(&mut self, checked: &Checked, span: Span) -> Option<()> {
        if checked.promise {
            return self.error(
                "E0407",
                span,
                "this link is to a record that is written in the same transfer: its id is not known yet and can only be copied",
                "use the source's own field here, or copy the link as it is",
            );
        }
        Some(())
    }

    /// A text: a constant, or a template.
    pub fn text(&mut self, expr: &Expr, parts: &[TextPart], lenient: bool) -> Option<Checked> {
        if let Some(text) = literal_text(expr) {
            let step = self.constant(Value::Text(text.as_str().into()), expr.span);
            return Some(Checked::new(step, literal_type(&text)));
        }
        self.template(parts, expr.span, lenient)
    }

    /// The pieces of a text with holes. In a message a null hole prints `(none)` and lists may stand.
    pub fn template(&mut self, parts: &[TextPart], span: Span, lenient: bool) -> Option<Checked> {
        let mut steps = Vec::new();
        let mut nullable = false;
        for (at, part) in parts.iter().enumerate() {
            match part {
                TextPart::Text(text) => steps.push(self.constant(Value::Text(text.as_str().into()), span)),
                TextPart::Hole(hole) => {
                    let value = self.plain(hole)?;
                    let fits = match &value.ty.kind {
                        Kind::Record(_) | Kind::Dictionary(_) => false,
                        Kind::List(_) => lenient,
                        _ => true,
                    };
                    if !fits {
                        return self.error(
                            "E0403",
                            hole.span,
                            format!("a hole in a text takes a single value, this is {}", value.ty.words()),
                            "join a list first: `list | join(\", \")`, named with `let`",
                        );
                    }
                    let before = at.checked_sub(1).and_then(|b| parts.get(b));
                    if matches!(before, Some(TextPart::Text(text)) if text.ends_with('$')) && !value.ty.kind.is_number()
                    {
                        self.dollar_before_hole(hole);
                    }
                    nullable |= value.ty.nullable;
                    steps.push(value.step);
                }
            }
        }
        let step = self.step(Step::Template { parts: steps, lenient }, span);
        Some(Checked::new(step, Type::of(Kind::Text).nullable(nullable && !lenient)))
    }

    /// `"${name}"`: what JavaScript writes. Before a number it is a dollar sign, most likely.
    fn dollar_before_hole(&mut self, hole: &Expr) {
        let name = print::expression(hole);
        let message = format!("the `$` before `{{{name}}}` stays in the text");
        let sign =
            Span { start: hole.span.start.saturating_sub(2), end: hole.span.start.saturating_sub(1), ..hole.span };
        let help = format!("a hole is `{{{name}}}` alone; for a dollar sign put a blank after it: `$ {{{name}}}`");
        self.diagnostics.push(Diagnostic::warning("W0202", hole.span, message).help(help).edit(sign, ""));
    }

    fn list(&mut self, items: &[Expr], span: Span) -> Option<Checked> {
        let mut steps = Vec::new();
        let mut of = Type::of(Kind::Nothing);
        let mut promise = false;
        for item in items {
            let value = self.expression(item)?;
            if value.clears {
                return self.error(
                    "E0404",
                    item.span,
                    "`clear` cannot stand in a list",
                    "it is the result of a whole rule",
                );
            }
            self.touch(&value);
            promise |= value.promise;
            let Some(joined) = self.join(&of, &value.ty) else {
                return self.error(
                    "E0403",
                    item.span,
                    format!("this list holds {}, and this is {}", of.words(), value.ty.words()),
                    "a list has elements of one type",
                );
            };
            of = joined;
            steps.push(value.step);
        }
        let step = self.step(Step::List(steps), span);
        Some(Checked { promise, ..Checked::new(step, Type::of(Kind::List(Box::new(of)))) })
    }

    fn record(&mut self, rules: &[FieldRule], span: Span) -> Option<Checked> {
        let mut steps = Vec::new();
        let mut fields: Vec<(String, Type)> = Vec::new();
        for rule in rules {
            let [name] = rule.target.path.as_slice() else {
                return self.error(
                    "E0501",
                    rule.target.span,
                    "a record of its own has plain fields only",
                    "nest another `{ }`",
                );
            };
            if fields.iter().any(|(n, _)| *n == name.text) {
                return self.error(
                    "E0502",
                    name.span,
                    format!("`{}` is filled twice", name.text),
                    "keep one of the two",
                );
            }
            let value = self.plain(&rule.value)?;
            fields.push((name.text.clone(), value.ty));
            steps.push(value.step);
        }
        let shape = self.builder.shape_of_literal(fields);
        let step = self.step(Step::Record(steps), span);
        Some(Checked::new(step, Type::of(Kind::Record(shape))))
    }

    fn dictionary(&mut self, entries: &[(Expr, Expr)], span: Span) -> Option<Checked> {
        let mut steps: Vec<(StepId, StepId)> = Vec::new();
        let mut of = Type::of(Kind::Nothing);
        for (key, value) in entries {
            let key_step = self.dictionary_key(key)?;
            let value_checked = self.plain(value)?;
            let Some(joined) = self.join(&of, &value_checked.ty) else {
                return self.error(
                    "E0403",
                    value.span,
                    format!("this dictionary holds {}, and this is {}", of.words(), value_checked.ty.words()),
                    "its values have one type",
                );
            };
            of = joined;
            steps.push((key_step, value_checked.step));
        }
        let step = self.step(Step::Dictionary(steps), span);
        Some(Checked::new(step, Type::of(Kind::Dictionary(Box::new(of)))))
    }

    fn dictionary_key(&mut self, key: &Expr) -> Option<StepId> {
        let checked = self.plain(key)?;
        let step = self.as_text(&checked, key.span)?;
        Some(step)
    }

    /// `if`, with what the condition tells about null in each branch.
    pub fn choice(
        &mut self,
        condition: &Expr,
        then: &Expr,
        otherwise: Option<&Expr>,
        span: Span,
        mut branch: impl FnMut(&mut Self, &Expr) -> Option<Checked>,
    ) -> Option<Checked> {
        let condition_step = self.condition(condition);
        self.decided(condition);
        let facts = self.facts_of(condition, true);
        let first = self.assuming(facts, |checker| branch(checker, then));
        let second = match otherwise {
            Some(otherwise) => {
                let facts = self.facts_of(condition, false);
                self.assuming(facts, |checker| branch(checker, otherwise))
            }
            None => {
                let step = self.constant(Value::Null, span);
                Some(Checked::new(step, Type::of(Kind::Nothing).nullable(true)))
            }
        };
        let condition = condition_step?;
        self.either(first?, second?, span, |then, otherwise| Step::If { condition, then, otherwise })
    }

    /// A condition that the filters and errors of the collection have decided already.
    fn decided(&mut self, condition: &Expr) {
        // a constant has been reported as one
        let Some(level) = self.levels.last().filter(|_| !matches!(condition.kind, ExprKind::Bool(_))) else { return };
        let Some(known) = level.ways.certain(&level.definitions, condition, &level.source_type.fields) else { return };
        let (word, branch) = if known { ("always", "`else`") } else { ("never", "`then`") };
        self.warn(
            "W0406",
            condition.span,
            format!("this is {word} true of a record that the filters and errors let through"),
            format!("the {branch} branch is not reached: take it away, or look at `filter` and `errors`"),
        );
    }

    /// One of two values.
    pub fn either(
        &mut self,
        a: Checked,
        b: Checked,
        span: Span,
        step: impl FnOnce(StepId, StepId) -> Step,
    ) -> Option<Checked> {
        self.touch(&a);
        self.touch(&b);
        let Some(ty) = self.join(&a.ty, &b.ty) else {
            return self.error(
                "E0403",
                span,
                format!("one way gives {}, the other {}", a.ty.words(), b.ty.words()),
                "both ways must give one type",
            );
        };
        let made = step(a.step, b.step);
        let nullable = match &made {
            Step::OrIfNull(..) | Step::OrIfEmpty(..) | Step::Otherwise(..) => b.ty.nullable,
            _ => ty.nullable,
        };
        let digits = super::digits::most(self.digits(&a), self.digits(&b));
        let made = self.step(made, span);
        Some(Checked {
            digits,
            promise: a.promise || b.promise,
            clears: a.clears || b.clears,
            ..Checked::new(made, ty.nullable(nullable))
        })
    }

    /// `match`
    pub fn match_value(
        &mut self,
        subject: &Expr,
        arms: &[Arm],
        otherwise: Option<&Expr>,
        span: Span,
        mut branch: impl FnMut(&mut Self, &Expr) -> Option<Checked>,
    ) -> Option<Checked> {
        let subject_checked = self.plain(subject)?;
        let known = |not_null: bool| -> Vec<Fact> {
            let key = key_of(subject).filter(|_| not_null);
            key.map(|key| Fact { key, filled: false }).into_iter().collect()
        };
        let mut planned: Vec<(Vec<Value>, StepId)> = Vec::new();
        let mut seen: Vec<Value> = Vec::new();
        let mut result: Option<Checked> = None;
        let mut failed = false;
        for arm in arms {
            let mut patterns = Vec::new();
            for pattern in &arm.patterns {
                let Some(value) = self.pattern(pattern, &subject_checked) else {
                    failed = true;
                    continue;
                };
                if seen.contains(&value) {
                    self.warn(
                        "W0402",
                        pattern.span,
                        "an arm before has this literal already: this one is never reached",
                        "take it away",
                    );
                }
                seen.push(value.clone());
                patterns.push(value);
            }
            // a literal that is met is not null
            let facts = known(!patterns.contains(&Value::Null));
            let Some(value) = self.assuming(facts, |checker| branch(checker, &arm.result)) else {
                failed = true;
                continue;
            };
            planned.push((patterns, value.step));
            result = self.joined(result, value, arm.result.span);
            failed |= result.is_none();
        }
        let planned_else = match otherwise {
            Some(otherwise) => {
                let facts = known(seen.contains(&Value::Null));
                let value = self.assuming(facts, |checker| branch(checker, otherwise))?;
                let step = value.step;
                result = self.joined(result, value, otherwise.span);
                Some(step)
            }
            None => {
                self.covers(&subject_checked, &seen, span)?;
                None
            }
        };
        if failed {
            return None;
        }
        let null_unmatched = subject_checked.ty.nullable && otherwise.is_none() && !seen.contains(&Value::Null);
        let step =
            self.step(Step::Match { subject: subject_checked.step, arms: planned, otherwise: planned_else }, span);
        let result = result?;
        let nullable = result.ty.nullable || null_unmatched;
        Some(Checked {
            step,
            path: None,
            key: None,
            field: None,
            spread: false,
            ty: result.ty.nullable(nullable),
            ..result
        })
    }

    fn joined(&mut self, before: Option<Checked>, value: Checked, span: Span) -> Option<Checked> {
        self.touch(&value);
        let Some(before) = before else { return Some(value) };
        let Some(ty) = self.join(&before.ty, &value.ty) else {
            return self.error(
                "E0403",
                span,
                format!("an arm before gives {}, this one {}", before.ty.words(), value.ty.words()),
                "all arms must give one type",
            );
        };
        let digits = super::digits::most(self.digits(&before), self.digits(&value));
        Some(Checked {
            digits,
            promise: before.promise || value.promise,
            clears: before.clears || value.clears,
            ..Checked::new(value.step, ty)
        })
    }

    fn pattern(&mut self, pattern: &Expr, subject: &Checked) -> Option<Value> {
        if matches!(pattern.kind, ExprKind::Null) {
            return Some(Value::Null);
        }
        let literal = self.expression(pattern)?;
        self.comparable(subject, &literal, pattern.span)?;
        match self.builder.plan.steps.get(literal.step.0 as usize) {
            Some(Step::Constant(value)) => Some(value.clone()),
            _ => None,
        }
    }

    fn covers(&mut self, subject: &Checked, seen: &[Value], span: Span) -> Option<()> {
        let missing: Vec<String> = match &subject.ty.kind {
            Kind::Enum(values) => values
                .iter()
                .filter(|v| !seen.iter().any(|s| matches!(s, Value::Text(t) if **t == ***v)))
                .cloned()
                .collect(),
            Kind::Boolean => {
                [true, false].into_iter().filter(|b| !seen.contains(&Value::Bool(*b))).map(|b| b.to_string()).collect()
            }
            _ => {
                return self.error(
                    "E0408",
                    span,
                    "this `match` has no `else`, and not every value has an arm",
                    "add `else: …` as the last arm",
                );
            }
        };
        if missing.is_empty() {
            return Some(());
        }
        let list = missing.iter().map(|m| format!("`{m}`")).collect::<Vec<_>>().join(", ");
        self.error(
            "E0408",
            span,
            format!("this `match` has no arm for {list}"),
            "add the arms, or `else: …` as the last one",
        )
    }

    /// `for`
    fn for_each(
        &mut self,
        name: &Name,
        list: &Expr,
        condition: Option<&Expr>,
        body: &ForBody,
        span: Span,
    ) -> Option<Checked> {
        self.for_with(name, list, condition, span, |checker| match body {
            ForBody::Value(value) => Row::Value(checker.plain(value)),
            ForBody::Record(rules) => Row::Value(checker.record(rules, span)),
            ForBody::Entry(key, value) => {
                let key = checker.dictionary_key(key);
                let value = checker.plain(value);
                Row::Entry(key.zip(value))
            }
        })
    }

    /// `for` with a body of the caller's: a value, or a key and a value.
    pub fn for_with(
        &mut self,
        name: &Name,
        list: &Expr,
        condition: Option<&Expr>,
        span: Span,
        body: impl FnOnce(&mut Self) -> Row,
    ) -> Option<Checked> {
        let list_checked = self.plain(list)?;
        let of = match list_checked.ty.kind.clone() {
            Kind::Dictionary(of) => {
                let shape = self
                    .builder
                    .shape_of_literal(vec![(String::from("key"), Type::of(Kind::Text)), (String::from("value"), *of)]);
                Type::of(Kind::Record(shape))
            }
            _ => self.list_only(&list_checked, list.span)?,
        };
        let path = list_checked.path.as_ref().map(|p| format!("{p}[*]"));
        let element = Checked { path, known: list_checked.known.clone(), ..Checked::new(list_checked.step, of) };
        let facts = condition.map(|c| self.facts_of(c, true)).unwrap_or_default();
        let (binder, condition, made) = self.binding(name, element, |checker, binder| {
            let condition = match condition {
                Some(condition) => Some(checker.condition(condition)?),
                None => None,
            };
            checker.loops += 1;
            let made = checker.assuming(facts, body);
            checker.loops -= 1;
            Some((binder, condition, made))
        })?;
        let nullable = list_checked.ty.nullable;
        match made {
            Row::Value(value) => {
                let value = value?;
                let step = self.step(Step::For { list: list_checked.step, binder, condition, body: value.step }, span);
                Some(Checked {
                    digits: self.digits(&value),
                    promise: value.promise,
                    ..Checked::new(step, Type::of(Kind::List(Box::new(value.ty))).nullable(nullable))
                })
            }
            Row::Entry(entry) => {
                let (key, value) = entry?;
                let step = self.step(
                    Step::ForEntries { list: list_checked.step, binder, condition, key, value: value.step },
                    span,
                );
                Some(Checked::new(step, Type::of(Kind::Dictionary(Box::new(value.ty))).nullable(nullable)))
            }
        }
    }

    /// The same value as text, where it converts by itself.
    pub fn as_text(&mut self, checked: &Checked, span: Span) -> Option<StepId> {
        match checked.ty.kind {
            Kind::Text | Kind::Enum(_) | Kind::Id(_) | Kind::Any | Kind::Nothing => Some(checked.step),
            Kind::Integer | Kind::Decimal => {
                Some(self.step(Step::Convert(crate::plan::Conversion::NumberToText, checked.step), span))
            }
            _ => {
                let words = checked.ty.words();
                self.error(
                    "E0403",
                    span,
                    format!("a text is expected here, this is {words}"),
                    "put it into a text: `\"{…}\"`",
                )
            }
        }
    }
}
