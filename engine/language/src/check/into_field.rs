//! Expressions with an expected target field: records and lists are filled by the target's own schema, single values are
//! fitted to their field, and what the field cannot hold is said before anything runs.

use std::sync::Arc;

use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::functions::Format;
use crate::plan::{OutShape, SlotId, Step, StepId};
use crate::schema::{Field, FieldKind, Fields};
use crate::source::Span;
use crate::syntax::tree::{Expr, ExprKind, FieldRule, ForBody, Operator};
use crate::value::Value;

use super::checker::Checker;
use super::expression::Row;
use super::scope::{Checked, ShapeSchema};
use super::types::{Kind, LINKED, Type};

impl Checker<'_> {
    /// Checks an expression that goes into `field`. Elements without a value are left out of a list whose elements may not be null,
    /// even where the source's schema says that there are none.
    pub fn fill(&mut self, expr: &Expr, field: &Arc<Field>) -> Option<Checked> {
        let filled = self.deeper(expr.span, |checker| checker.one_fill(expr, field))?;
        let has_gaps = field.kind == FieldKind::List && field.of.as_ref().is_some_and(|of| !of.may_be_null());
        let (Kind::List(of), true) = (&filled.ty.kind, has_gaps) else { return Some(filled) };
        let ty = Type { kind: Kind::List(Box::new(of.as_ref().clone().nullable(false))), nullable: filled.ty.nullable };
        let step = self.step(Step::Limit(field.clone(), filled.step), expr.span);
        Some(Checked { step, ty, ..filled })
    }

    fn one_fill(&mut self, expr: &Expr, field: &Arc<Field>) -> Option<Checked> {
        let span = expr.span;
        match &expr.kind {
            ExprKind::Clear => self.clear(field, span),
            ExprKind::Record(rules) if field.kind == FieldKind::Record => self.record_into(rules, field, span),
            ExprKind::List(items) if field.kind == FieldKind::List => self.list_into(items, field, span),
            ExprKind::For { binder, list, condition, body: ForBody::Record(rules) }
                if field.kind == FieldKind::List =>
            {
                let of = Arc::new(field.of.as_deref()?.clone());
                self.for_with(binder, list, condition.as_deref(), span, |checker| {
                    Row::Value(checker.record_into(rules, &of, span))
                })
            }
            ExprKind::For { binder, list, condition, body: ForBody::Value(value) } if field.kind == FieldKind::List => {
                let of = Arc::new(field.of.as_deref()?.clone());
                self.for_with(binder, list, condition.as_deref(), span, |checker| Row::Value(checker.fill(value, &of)))
            }
            ExprKind::If { condition, then, otherwise } => {
                self.choice(condition, then, otherwise.as_deref(), span, |checker, branch| checker.fill(branch, field))
            }
            ExprKind::Match { subject, arms, otherwise } => {
                self.match_value(subject, arms, otherwise.as_deref(), span, |checker, branch| {
                    checker.fill(branch, field)
                })
            }
            ExprKind::Binary(operator @ (Operator::OrIfNull | Operator::OrIfEmpty), a, b) => {
                let left = self.fill_no_clear(a, field)?;
                self.or_else_warning(*operator, &left, a.span, expr.span);
                let right = self.fill(b, field)?;
                self.either(left, right, span, |a, b| {
                    if *operator == Operator::OrIfNull { Step::OrIfNull(a, b) } else { Step::OrIfEmpty(a, b) }
                })
            }
            ExprKind::Otherwise(a, b) => {
                let left = self.fill_no_clear(a, field)?;
                let right = self.fill(b, field)?;
                self.either(left, right, span, Step::Otherwise)
            }
            _ => {
                let checked = self.expression(expr)?;
                self.touch(&checked);
                self.too_many_digits(expr, &checked, field);
                let fitted = self.fit(checked, field, span)?;
                Some(Checked { ty: self.fitted_type(&fitted.ty, field), ..fitted })
            }
        }
    }

    /// What a value is once it fits its field. An id is the field's, however it was come by (a link, a field of what is there, a
    /// constant), so that two ways to fill it go together.
    fn fitted_type(&self, ty: &Type, field: &Field) -> Type {
        if field.kind != FieldKind::Id || ty.kind == Kind::Nothing {
            return ty.clone();
        }
        self.builder.type_of(field, None).nullable(ty.nullable)
    }

    fn fill_no_clear(&mut self, expr: &Expr, field: &Arc<Field>) -> Option<Checked> {
        if matches!(expr.kind, ExprKind::Clear) {
            return self.error(
                "E0404",
                expr.span,
                "`clear` stands on the left, where a value is expected",
                "write it behind: `value ?? clear`",
            );
        }
        self.fill(expr, field)
    }

    fn clear(&mut self, field: &Field, span: Span) -> Option<Checked> {
        let can = field.clear.is_some()
            || !field.none.is_empty()
            || field.nullable
            || matches!(field.kind, FieldKind::List | FieldKind::Text);
        if !can {
            return self.error(
                "E0413",
                span,
                "this field cannot be emptied there",
                "give it a value, or leave it alone with `null`",
            );
        }
        let step = self.constant(Value::Clear, span);
        Some(Checked { clears: true, ..Checked::new(step, Type::of(Kind::Nothing)) })
    }

    /// `"true"`, `"no"`: the word that a text stands for.
    fn truth_as_text(&self, step: StepId) -> Option<&'static str> {
        let Some(Step::Constant(Value::Text(text))) = self.builder.plan.steps.get(step.0 as usize) else { return None };
        match text.to_lowercase().as_str() {
            "true" | "yes" => Some("true"),
            "false" | "no" => Some("false"),
            _ => None,
        }
    }

    /// A record by its target's fields: one slot for each, in the schema's order.
    fn record_into(&mut self, rules: &[FieldRule], field: &Arc<Field>, span: Span) -> Option<Checked> {
        let fields = self.builder.catalog.fields(field).map(|(f, _)| f.clone())?;
        let title = field.record.clone().unwrap_or_else(|| String::from("this record"));
        let mut slots: Vec<Option<StepId>> = vec![None; fields.0.len()];
        let mut failed = false;
        let mut promise = false;
        for rule in rules {
            let Some((at, inner)) = self.record_target(rule, &fields, &title) else {
                failed = true;
                let _ = self.expression(&rule.value);
                continue;
            };
            let Some(value) = self.fill(&rule.value, &inner) else {
                failed = true;
                continue;
            };
            if value.clears {
                return self.error(
                    "E0404",
                    rule.value.span,
                    "`clear` cannot stand inside a record",
                    "leave the field out",
                );
            }
            if inner.required && value.ty.nullable {
                self.needed_may_be_null(rule.target.path.first().map_or("", |n| n.text.as_str()), &rule.value, &inner);
            }
            self.whole_list(rule.target.path.first().map_or("", |n| n.text.as_str()), &rule.value, &inner);
            promise |= value.promise;
            match slots.get_mut(at) {
                Some(slot @ None) => *slot = Some(value.step),
                _ => {
                    failed = true;
                    let name = &rule.target;
                    self.diagnostics.push(
                        Diagnostic::error("E0502", name.span, "this field is filled twice").help("keep one of the two"),
                    );
                }
            }
        }
        for ((name, inner), slot) in fields.iter().zip(&slots) {
            if inner.required && slot.is_none() && !failed {
                self.diagnostics.push(
                    Diagnostic::error("E0503", span, format!("`{name}` of {title} is needed, and nothing fills it"))
                        .help(format!("add `{name} <- …` in the braces")),
                );
                failed = true;
            }
        }
        if failed {
            return None;
        }
        let null = self.constant(Value::Null, span);
        let steps = slots.into_iter().map(|s| s.unwrap_or(null)).collect();
        let step = self.step(Step::Record(steps), span);
        // the shape behind it is the target's own: all such records go together
        let shape = self.target_shape(field);
        Some(Checked { promise, ..Checked::new(step, Type::of(Kind::Record(shape))) })
    }

    /// One shape per target record, so that two branches have one type.
    fn target_shape(&mut self, field: &Arc<Field>) -> crate::plan::ShapeId {
        let key = format!("target:{:p}", Arc::as_ptr(field));
        let known = field.record.as_ref().map_or(key, |r| format!("target:{r}"));
        if let Some(at) = self.builder.plan.shapes.iter().position(|s| s.record_type.as_deref() == Some(known.as_str()))
        {
            return crate::plan::ShapeId(u32::try_from(at).unwrap_or(0));
        }
        let shape = self.builder.shape_of_literal(vec![]);
        if let Some(entry) = self.builder.plan.shapes.get_mut(shape.0 as usize) {
            entry.record_type = Some(known.as_str().into());
        }
        shape
    }

    fn record_target(&mut self, rule: &FieldRule, fields: &Fields, title: &str) -> Option<(usize, Arc<Field>)> {
        let ([name], None) = (rule.target.path.as_slice(), &rule.target.custom) else {
            return self.error(
                "E0501",
                rule.target.span,
                "inside `{ }` a target is a single name",
                "nest another `{ }`",
            );
        };
        let Some(at) = fields.0.iter().position(|(n, _)| *n == name.text) else {
            let mut diagnostic =
                Diagnostic::error("E0501", name.span, format!("`{}` is not a field of {title}", name.text));
            diagnostic = match did_you_mean(&name.text, fields.iter().map(|(n, _)| n)) {
                Some(near) => diagnostic.note(format!("did you mean `{near}`?")).edit(name.span, near),
                None => diagnostic.help(format!(
                    "its fields are {}",
                    fields.iter().map(|(n, _)| format!("`{n}`")).collect::<Vec<_>>().join(", ")
                )),
            };
            return self.refuse(diagnostic);
        };
        let field = Arc::new(fields.0.get(at)?.1.clone());
        if field.read_only {
            return self.only_read(name, title, &field);
        }
        Some((at, field))
    }

    fn list_into(&mut self, items: &[Expr], field: &Arc<Field>, span: Span) -> Option<Checked> {
        let of = Arc::new(field.of.as_deref()?.clone());
        let mut steps = Vec::new();
        let mut ty: Option<Type> = None;
        let mut promise = false;
        let mut failed = false;
        for item in items {
            let Some(value) = self.fill(item, &of) else {
                failed = true;
                continue;
            };
            if value.clears {
                return self.error(
                    "E0404",
                    item.span,
                    "`clear` cannot stand in a list",
                    "it is the result of a whole rule",
                );
            }
            promise |= value.promise;
            steps.push(value.step);
            ty = Some(match ty {
                Some(before) => self.join(&before, &value.ty).unwrap_or(before),
                None => value.ty,
            });
        }
        if failed {
            return None;
        }
        let step = self.step(Step::List(steps), span);
        let of = ty.unwrap_or_else(|| Type::of(Kind::Nothing));
        Some(Checked { promise, ..Checked::new(step, Type::of(Kind::List(Box::new(of)))) })
    }

    /// Fits a value to its field: conversions that lose nothing, and the field's limits as a last step.
    pub fn fit(&mut self, checked: Checked, field: &Arc<Field>, span: Span) -> Option<Checked> {
        if checked.clears {
            // a constant `clear` inside something that was checked without its field
            self.clear(field, span)?;
        }
        let step = self.fit_kind(&checked, field, span)?;
        self.unlikely(&checked, field, span);
        self.provable_limits(&checked, field, span)?;
        let element = field.of.as_deref().filter(|of| field.kind == FieldKind::List && has_limits(of));
        if let (Some(of), Kind::List(_)) = (element, &checked.ty.kind) {
            let binder = self.fresh_binder();
            let one = self.step(Step::Binder(binder), span);
            let body = self.step(Step::Limit(Arc::new(of.clone()), one), span);
            let step = self.step(Step::For { list: step, binder, condition: None, body }, span);
            return Some(Checked { step, ..checked });
        }
        let entry = field.of.as_deref().filter(|of| field.kind == FieldKind::Dictionary && has_limits(of));
        if let (Some(of), Kind::Dictionary(_)) = (entry, &checked.ty.kind) {
            let step = self.limited_entries(step, of, span);
            return Some(Checked { step, ..checked });
        }
        let limited = has_limits(field);
        let step = if limited { self.step(Step::Limit(field.clone(), step), span) } else { step };
        Some(Checked { step, ..checked })
    }

    /// What fits and is hardly meant: nearly a usual value, or something about a person that is no text.
    fn unlikely(&mut self, checked: &Checked, field: &Field, span: Span) {
        if let Some(Value::Text(text)) = self.constant_of(checked) {
            self.usual(field, &text, span);
        } else if let Kind::Enum(values) = &checked.ty.kind {
            for value in values.iter() {
                if let Some(entry) = self.lookup_entry(value) {
                    self.usual(field, value, entry);
                }
            }
        }
        let kind = &checked.ty.kind;
        let typed = kind.is_number()
            || matches!(kind, Kind::Id(Some(_)))
            || matches!(kind, Kind::Enum(values) if values.len() > 1 && checked.field.is_some());
        if field.personal && field.kind == FieldKind::Text && typed && self.constant_of(checked).is_none() {
            let message = format!("this field says something about a person, and {} is put there", checked.ty.words());
            self.warn("W0405", span, message, "put it into a text if that is meant: `\"{…}\"`");
        }
    }

    /// The limits of a dictionary's values.
    fn limited_entries(&mut self, dictionary: StepId, of: &Field, span: Span) -> StepId {
        let binder = self.fresh_binder();
        let entry = self.step(Step::Binder(binder), span);
        let key = self.step(Step::Field(entry, SlotId(0)), span);
        let value = self.step(Step::Field(entry, SlotId(1)), span);
        let value = self.step(Step::Limit(Arc::new(of.clone()), value), span);
        self.step(Step::ForEntries { list: dictionary, binder, condition: None, key, value }, span)
    }

    fn fit_kind(&mut self, checked: &Checked, field: &Arc<Field>, span: Span) -> Option<StepId> {
        let kind = &checked.ty.kind;
        let same = Some(checked.step);
        match (field.kind, kind) {
            (_, Kind::Nothing) => same,
            (FieldKind::Text, k) if k.is_textual() => same,
            (FieldKind::Any, k) if k.is_textual() || matches!(k, Kind::List(_)) => same,
            (FieldKind::Text | FieldKind::Any, k) if k.is_number() => Some(self.number_to_text(checked.step, span)),
            (FieldKind::Enum, Kind::Enum(values)) => {
                let wrong: Vec<&String> = values.iter().filter(|v| !field.values.contains(v)).collect();
                // each entry of a lookup has its own place
                let all = wrong.iter().all(|v| self.lookup_entry(v).is_some());
                for value in wrong.iter().take(if all { wrong.len() } else { 1 }) {
                    let _: Option<()> = self.not_in_enum(value, field, span);
                }
                same.filter(|_| wrong.is_empty())
            }
            (FieldKind::Enum, Kind::Text | Kind::Any) => same,
            (FieldKind::Integer, Kind::Integer) | (FieldKind::Decimal, Kind::Integer | Kind::Decimal) => same,
            (FieldKind::Integer, Kind::Decimal) => self.error(
                "E0414",
                span,
                "this field takes a whole number, and this may have decimals",
                "say how to round: `| round(0)`, `| round_down(0)`, `| round_up(0)`",
            ),
            (FieldKind::Integer | FieldKind::Decimal, k) if k.is_textual() => self.error(
                "E0414",
                span,
                format!("this field takes a number, this is {}", checked.ty.words()),
                number_help(checked, field),
            ),
            (FieldKind::Boolean, Kind::Boolean)
            | (FieldKind::Instant, Kind::Instant)
            | (FieldKind::Date, Kind::Date) => same,
            (FieldKind::Id, Kind::Id(of)) => self.fit_id(of.as_deref(), field, checked.step, span),
            (FieldKind::Id, Kind::Text | Kind::Enum(_) | Kind::Any) => same,
            (FieldKind::Id, Kind::Integer) if self.constant_of(checked).is_some() => {
                Some(self.number_to_text(checked.step, span))
            }
            (FieldKind::List, Kind::List(of)) => {
                let inner = Arc::new(field.of.as_deref()?.clone());
                let element = Checked::new(checked.step, (**of).clone());
                let step = self.fit_kind(&element, &inner, span)?;
                if step == checked.step {
                    return same;
                }
                // every element is converted
                let binder = self.fresh_binder();
                let one = self.step(Step::Binder(binder), span);
                let body = self.fit_kind(&Checked::new(one, (**of).clone()), &inner, span)?;
                Some(self.step(Step::For { list: checked.step, binder, condition: None, body }, span))
            }
            (FieldKind::Dictionary, Kind::Dictionary(of)) => {
                let inner = Arc::new(field.of.as_deref()?.clone());
                let element = Checked::new(checked.step, (**of).clone());
                if self.fit_kind(&element, &inner, span)? == checked.step {
                    return same;
                }
                let binder = self.fresh_binder();
                let entry = self.step(Step::Binder(binder), span);
                let key = self.step(Step::Field(entry, SlotId(0)), span);
                let value = self.step(Step::Field(entry, SlotId(1)), span);
                let value = self.fit_kind(&Checked::new(value, (**of).clone()), &inner, span)?;
                Some(self.step(Step::ForEntries { list: checked.step, binder, condition: None, key, value }, span))
            }
            (FieldKind::Record, Kind::Record(shape)) if self.is_target_shape(*shape) => same,
            (FieldKind::Instant, k) if k.is_textual() => self.error(
                "E0414",
                span,
                "this field takes a point in time, this is text",
                "write `… | instant`; a text must carry its offset",
            ),
            (FieldKind::Date, k) if k.is_textual() => self.error(
                "E0414",
                span,
                "this field takes a day, this is text",
                "write `… | date`, or `date(\"2024-01-31\")`",
            ),
            (FieldKind::Text | FieldKind::Any, Kind::Instant | Kind::Date) => self.error(
                "E0414",
                span,
                format!("this field takes {}, this is {}", field_words(field), checked.ty.words()),
                "put it into a text: `\"{made_at}\"` prints the standard form",
            ),
            (FieldKind::Text | FieldKind::Enum | FieldKind::Any, Kind::Boolean) => self.error(
                "E0414",
                span,
                format!("this field takes {}, this is true or false", field_words(field)),
                "say the two texts: `if … then \"yes\" else \"no\"`",
            ),
            (FieldKind::Boolean, k) if k.is_textual() && self.truth_as_text(checked.step).is_some() => {
                let word = self.truth_as_text(checked.step).unwrap_or("true");
                let error = Diagnostic::error("E0414", span, "this field takes true or false, this is a text");
                self.refuse(error.help(format!("write `{word}`, without quotes")).fix(span, word))
            }
            (FieldKind::Boolean, k) if k.is_textual() => self.error(
                "E0414",
                span,
                "this field takes true or false, this is a text",
                "compare it: `… == \"yes\"`",
            ),
            (FieldKind::Instant, Kind::Date) => self.error(
                "E0414",
                span,
                "this field takes a point in time, this is a day",
                "a day becomes a point in time with a zone",
            ),
            (FieldKind::Date, Kind::Instant) => self.error(
                "E0414",
                span,
                "this field takes a day, this is a point in time",
                "write `… | date(\"America/Chicago\")`, with the zone of the day",
            ),
            (FieldKind::Record, Kind::Record(shape)) => {
                let (message, help) = match self.builder.schema(*shape) {
                    Some(ShapeSchema::Literal(_)) => (
                        "this record was made outside the rule, and does not go into a target record as it is",
                        "write the record in the rule itself: `target <- { a <- …, b <- … }`; its values may have names with `let`",
                    ),
                    _ => (
                        "a source record does not go into a target record as it is",
                        "say field by field: `{ a <- x.a, b <- x.b }`",
                    ),
                };
                self.error("E0414", span, message, help)
            }
            _ => {
                let help = if field.kind == FieldKind::List {
                    "a list of one: `[value]`"
                } else if matches!(kind, Kind::List(_)) {
                    "say which element: `[first]`, or join it: `| join(\", \")`"
                } else {
                    "give the field what it takes"
                };
                self.error(
                    "E0414",
                    span,
                    format!("this field takes {}, this is {}", field_words(field), checked.ty.words()),
                    help,
                )
            }
        }
    }

    fn is_target_shape(&self, shape: crate::plan::ShapeId) -> bool {
        self.builder
            .plan
            .shapes
            .get(shape.0 as usize)
            .and_then(|s| s.record_type.as_deref())
            .is_some_and(|r| r.starts_with("target:"))
    }

    fn not_in_enum<T>(&mut self, value: &str, field: &Field, span: Span) -> Option<T> {
        let entry = self.lookup_entry(value);
        let place = entry.unwrap_or(span);
        let mut diagnostic = Diagnostic::error("E0415", place, format!("`{value}` is not a value of this field"));
        if let Some(near) = did_you_mean(value, field.values.iter().map(String::as_str)) {
            diagnostic = diagnostic.note(format!("did you mean `{near}`?"));
            if entry.is_some() {
                diagnostic = diagnostic.edit(place, near);
            }
        }
        if entry.is_some() {
            diagnostic = diagnostic.label(span, "the field that it would fill");
        }
        let list = field.values.iter().map(|v| format!("`{v}`")).collect::<Vec<_>>().join(", ");
        self.refuse(diagnostic.help(format!("its values are {list}")))
    }

    /// Where a lookup used in this place has an entry with that target value.
    fn lookup_entry(&self, value: &str) -> Option<Span> {
        let level = self.levels.last()?;
        let lookups = level.combined.file.lookups.as_ref()?;
        let used = |name: &str| self.lineage.lookups.iter().any(|l| l == name);
        lookups
            .value
            .iter()
            .filter(|l| used(&l.name.value))
            .flat_map(|l| &l.entries)
            .find(|(_, v)| v.value == value)
            .map(|(_, v)| v.span)
    }

    fn fit_id(&mut self, of: Option<&str>, field: &Field, step: StepId, span: Span) -> Option<StepId> {
        let (Some(of), Some(wanted)) = (of, field.record.as_deref()) else { return Some(step) };
        if of == wanted || self.paired(of, wanted) {
            return Some(step);
        }
        let (shown, linked) = match of.strip_prefix(LINKED) {
            Some(linked) => (linked, true),
            None => (of, false),
        };
        let help = if linked {
            format!("link to a record type that becomes {wanted}")
        } else {
            String::from("an id of one system means nothing to the other: `… | link(\"RECORD TYPE\")`")
        };
        self.error("E0416", span, format!("this field takes an id of {wanted}, this is an id of {shown}"), help)
    }

    /// Limits that a constant or a type breaks for certain.
    fn provable_limits(&mut self, checked: &Checked, field: &Field, span: Span) -> Option<()> {
        let Some(constant) = self.constant_of(checked) else { return Some(()) };
        self.limits_of(&constant, field, span)
    }

    fn limits_of(&mut self, constant: &Value, field: &Field, span: Span) -> Option<()> {
        match constant {
            Value::List(items) => {
                let Some(of) = field.of.as_deref() else { return Some(()) };
                return items.iter().try_for_each(|item| self.limits_of(item, of, span));
            }
            Value::Dictionary(entries) => {
                let Some(of) = field.of.as_deref() else { return Some(()) };
                return entries.iter().try_for_each(|(_, value)| self.limits_of(value, of, span));
            }
            Value::Text(text) => {
                let format = field.format.as_deref().and_then(Format::named);
                if let Some((wrong, mend)) = format.and_then(|format| format.wrong(text)) {
                    return self.error("E0417", span, format!("`{text}` {wrong}"), mend);
                }
                let length = text.chars().count();
                if let Some(most) = field.max_length.filter(|m| length > *m as usize) {
                    return self.error(
                        "E0417",
                        span,
                        format!("this text has {}, the field takes {most}", characters(length)),
                        format!("cut it: `| truncate({most})`"),
                    );
                }
                if let Some(least) = field.min_length.filter(|m| length < *m as usize) {
                    return self.error(
                        "E0417",
                        span,
                        format!("this text has {}, the field wants at least {least}", characters(length)),
                        "write a longer text",
                    );
                }
            }
            Value::Number(number) => {
                let bound = |text: &Option<String>| text.as_deref().and_then(crate::value::number_from_text);
                if let Some(least) = bound(&field.min).filter(|m| number < m) {
                    return self.error(
                        "E0417",
                        span,
                        format!("{number} is below the least that the field takes, {least}"),
                        "write a number within the limits",
                    );
                }
                if let Some(decimals) = field.decimals.filter(|d| number.normalize().scale() > *d) {
                    return self.error(
                        "E0417",
                        span,
                        format!("{number} has more decimals than the field keeps, {decimals}"),
                        "write fewer decimals",
                    );
                }
                if let Some(most) = bound(&field.max).filter(|m| number > m) {
                    return self.error(
                        "E0417",
                        span,
                        format!("{number} is above the most that the field takes, {most}"),
                        "write a number within the limits",
                    );
                }
            }
            _ => {}
        }
        Some(())
    }

    /// How records in a value of this field are named when written.
    pub fn out_shape(&self, field: &Field, depth: usize) -> OutShape {
        if depth > 8 {
            return OutShape::Plain;
        }
        match field.kind {
            FieldKind::List => match &field.of {
                Some(of) => match self.out_shape(of, depth + 1) {
                    OutShape::Plain => OutShape::Plain,
                    inner => OutShape::List(Box::new(inner)),
                },
                None => OutShape::Plain,
            },
            FieldKind::Record => match self.builder.catalog.fields(field) {
                Some((fields, _)) => OutShape::Record(
                    fields.iter().map(|(n, f)| (n.into(), Arc::new(f.clone()), self.out_shape(f, depth + 1))).collect(),
                ),
                None => OutShape::Plain,
            },
            _ => OutShape::Plain,
        }
    }
}

fn characters(count: usize) -> String {
    if count == 1 { String::from("1 character") } else { format!("{count} characters") }
}

/// How a text becomes the number of a field: words have to be looked up, digits can be read.
fn number_help(checked: &Checked, field: &Field) -> String {
    let words = match (&checked.ty.kind, &checked.field) {
        (Kind::Enum(values), _) => values.iter().any(|v| crate::value::number_from_text(v).is_none()),
        (_, Some(from)) => !from.usual.is_empty(),
        _ => false,
    };
    if !words {
        return String::from("a text becomes a number with `| number`");
    }
    let about = field.about.as_deref().map(|about| format!("; the field's numbers: {about}")).unwrap_or_default();
    format!("these are words: a lookup gives their numbers, `| lookup(\"Name\") | number`{about}")
}

fn has_limits(field: &Field) -> bool {
    field.max_length.is_some()
        || field.min_length.is_some()
        || field.min.is_some()
        || field.max.is_some()
        || field.decimals.is_some()
        || field.kind == FieldKind::Enum
        || field.format.as_deref().is_some_and(|format| Format::named(format).is_some())
}

fn several(field: &Field) -> String {
    let words = match field.kind {
        FieldKind::Text | FieldKind::Enum => "texts",
        FieldKind::Integer => "whole numbers",
        FieldKind::Decimal => "numbers",
        FieldKind::Boolean => "true and false",
        FieldKind::Instant => "points in time",
        FieldKind::Date => "days",
        FieldKind::Id => return field.record.as_ref().map_or_else(|| String::from("ids"), |r| format!("ids of {r}")),
        FieldKind::List => "lists",
        FieldKind::Record => "records",
        FieldKind::Dictionary => "dictionaries",
        FieldKind::Any => "texts or lists",
    };
    words.to_owned()
}

/// A field's type in words.
pub(super) fn field_words(field: &Field) -> String {
    match field.kind {
        FieldKind::Text => String::from("a text"),
        FieldKind::Integer => String::from("a whole number"),
        FieldKind::Decimal => String::from("a number"),
        FieldKind::Boolean => String::from("true or false"),
        FieldKind::Instant => String::from("a point in time"),
        FieldKind::Date => String::from("a day"),
        FieldKind::Enum => String::from("one of a few texts"),
        FieldKind::Id => field.record.as_ref().map_or_else(|| String::from("an id"), |r| format!("an id of {r}")),
        FieldKind::List => {
            format!("a list of {}", field.of.as_ref().map_or_else(|| String::from("values"), |of| several(of)))
        }
        FieldKind::Record => String::from("a record `{ … }`"),
        FieldKind::Dictionary => String::from("a dictionary"),
        FieldKind::Any => String::from("a text or a list"),
    }
}
