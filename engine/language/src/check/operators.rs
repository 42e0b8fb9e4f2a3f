//! Operators: what may stand on their sides, and what comes out.

use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::plan::{Arithmetic, Comparison, Conversion, Step, StepId, TextTest};
use crate::schema::Field;
use crate::source::Span;
use crate::syntax::tree::{Expr, ExprKind, Operator};
use crate::syntax::{foreign, print};
use crate::value::Value;

use super::checker::Checker;
use super::scope::Checked;
use super::types::{Kind, Type};

impl Checker<'_> {
    pub fn binary(&mut self, operator: Operator, a: &Expr, b: &Expr, span: Span) -> Option<Checked> {
        match operator {
            Operator::Add | Operator::Subtract | Operator::Multiply | Operator::Divide => {
                self.arithmetic(operator, a, b, span)
            }
            Operator::Equal | Operator::NotEqual => self.equality(operator == Operator::NotEqual, a, b, span),
            Operator::Less | Operator::LessOrEqual | Operator::Greater | Operator::GreaterOrEqual => {
                self.order(operator, a, b, span)
            }
            Operator::In | Operator::NotIn => self.membership(a, b, operator == Operator::NotIn, span),
            Operator::Contains => self.contains(a, b, span),
            Operator::StartsWith => self.text_test(TextTest::StartsWith, a, b, span),
            Operator::EndsWith => self.text_test(TextTest::EndsWith, a, b, span),
            Operator::And | Operator::Or => {
                let left = self.condition(a);
                let facts = self.facts_of(a, operator == Operator::And);
                let right = self.assuming(facts, |checker| checker.condition(b));
                let (left, right) = (left?, right?);
                let step = if operator == Operator::And { Step::And(left, right) } else { Step::Or(left, right) };
                let step = self.step(step, span);
                Some(Checked::new(step, Type::of(Kind::Boolean)))
            }
            Operator::OrIfNull | Operator::OrIfEmpty => {
                let left = self.plain_or_promise(a)?;
                self.or_else_warning(operator, &left, a.span, span);
                let right = self.expression(b)?;
                let nullable = right.ty.nullable;
                let holds = match (operator, &left.ty.kind) {
                    (Operator::OrIfEmpty, Kind::Record(_)) => Some(self.emptiness(&left, true, span)),
                    _ => None,
                };
                let mut value = self.either(left, right, span, |a, b| match holds {
                    Some(condition) => Step::If { condition, then: a, otherwise: b },
                    None if operator == Operator::OrIfNull => Step::OrIfNull(a, b),
                    None => Step::OrIfEmpty(a, b),
                })?;
                value.ty.nullable = nullable;
                let (first, second) = (super::facts::path_key(a), super::facts::path_key(b));
                if let (Operator::OrIfNull, Some(first), Some(second)) = (operator, first, second)
                    && self.is_known(&format!("{first} ?? {second}"))
                {
                    value.ty.nullable = false;
                }
                Some(value)
            }
        }
    }

    pub fn or_else_warning(&mut self, operator: Operator, left: &Checked, span: Span, whole: Span) {
        if operator == Operator::OrIfNull && !left.ty.nullable {
            let rest = Span { start: span.end, ..whole };
            let message = "this is never null, so what comes after `??` is never used";
            self.diagnostics.push(Diagnostic::warning("W0403", span, message).help("take the `??` away").fix(rest, ""));
        }
    }

    /// A value that may be a promise but not `clear`.
    pub fn plain_or_promise(&mut self, expr: &Expr) -> Option<Checked> {
        let checked = self.expression(expr)?;
        if checked.clears {
            return self.error(
                "E0404",
                expr.span,
                "`clear` is a result of a rule and no value",
                "it stands alone, in a branch, after `??`, `or if empty` or `otherwise`",
            );
        }
        self.touch(&checked);
        Some(checked)
    }

    fn arithmetic(&mut self, operator: Operator, a: &Expr, b: &Expr, span: Span) -> Option<Checked> {
        let (left, right) = (self.plain(a), self.plain(b));
        let (left, right) = (left?, right?);
        for (side, checked) in [(a, &left), (b, &right)] {
            if !checked.ty.kind.is_number() && checked.ty.kind != Kind::Nothing {
                let text = checked.ty.kind.is_textual();
                let help = if text && operator == Operator::Add {
                    "texts are put together in a text: `\"{first_name} {last_name}\"`; a text becomes a number with `| number`"
                } else if text {
                    "a text becomes a number with `| number`"
                } else {
                    "arithmetic is for numbers"
                };
                let message = format!("`{}` is for numbers, this is {}", sign(operator), checked.ty.words());
                let mut error = Diagnostic::error("E0403", side.span, message).help(help);
                let literal = [a, b].iter().any(|e| matches!(e.kind, ExprKind::Text(_)));
                let joined =
                    foreign::joined(&[a.clone(), b.clone()], span).filter(|_| operator == Operator::Add && literal);
                if let Some(text) = joined.filter(|t| matches!(t.kind, ExprKind::Text(_))) {
                    let text = print::expression(&text);
                    error = error.help(format!("texts are put together in a text: `{text}`")).fix(span, text);
                }
                return self.refuse(error);
            }
        }
        let kind = if operator != Operator::Divide && left.ty.kind == Kind::Integer && right.ty.kind == Kind::Integer {
            Kind::Integer
        } else {
            Kind::Decimal
        };
        let operator = match operator {
            Operator::Add => Arithmetic::Add,
            Operator::Subtract => Arithmetic::Subtract,
            Operator::Multiply => Arithmetic::Multiply,
            _ => Arithmetic::Divide,
        };
        if operator == Arithmetic::Divide
            && self.constant_of(&right) == Some(Value::Number(rust_decimal::Decimal::ZERO))
        {
            return self.error("E0409", b.span, "this divides by zero", "divide by something else");
        }
        let digits = self.digits_of(operator, &left, &right);
        let step = self.step(Step::Arithmetic(operator, left.step, right.step), span);
        let ty = Type { kind, nullable: left.ty.nullable || right.ty.nullable };
        Some(Checked { digits, ..Checked::new(step, ty) })
    }

    fn equality(&mut self, negated: bool, a: &Expr, b: &Expr, span: Span) -> Option<Checked> {
        let (left, right) = (self.plain(a), self.plain(b));
        let (left, right) = (left?, right?);
        let null_literal = |e: &Expr| matches!(e.kind, ExprKind::Null);
        if null_literal(a) || null_literal(b) {
            let other = if null_literal(b) { &left } else { &right };
            if !other.ty.nullable {
                let word = if negated { "true" } else { "false" };
                self.warn(
                    "W0401",
                    span,
                    format!("this is never null, so the comparison is always {word}"),
                    "take it away, or ask `is empty`",
                );
            }
        } else {
            self.comparable(&left, &right, span)?;
            self.compared_whole(&left.ty.kind, span)?;
            self.two_literals(&left, &right, span);
        }
        let step = self.step(Step::Equal { left: left.step, right: right.step, negated }, span);
        Some(Checked::new(step, Type::of(Kind::Boolean)))
    }

    /// Two literals side by side: whatever the record, the result is the same.
    fn two_literals(&mut self, left: &Checked, right: &Checked, span: Span) {
        let literal = |checked: &Checked| match self.builder.plan.steps.get(checked.step.0 as usize) {
            Some(Step::Constant(value)) => Some(value.clone()),
            _ => None,
        };
        let (Some(left), Some(right)) = (literal(left), literal(right)) else { return };
        // two texts that differ have been said to
        if !matches!((&left, &right), (Value::Text(a), Value::Text(b)) if a != b) {
            let message = "two literals are compared, with the same result for every record";
            self.warn("W0401", span, message, "compare with a field");
        }
    }

    /// Whether two values may be compared; what can never be equal is an error.
    pub fn comparable(&mut self, left: &Checked, right: &Checked, span: Span) -> Option<()> {
        self.none_value(left, right, span)?;
        self.none_value(right, left, span)?;
        self.nearly_usual(left, right, span);
        self.nearly_usual(right, left, span);
        match (&left.ty.kind, &right.ty.kind) {
            (Kind::Nothing, _) | (_, Kind::Nothing) => Some(()),
            (Kind::Enum(values), Kind::Enum(others)) => {
                if values.iter().any(|v| others.contains(v)) {
                    return Some(());
                }
                let (one, many) = if others.len() == 1 { (others, values) } else { (values, others) };
                let word = one.first().cloned().unwrap_or_default();
                if many.len() == 1 {
                    self.warn("W0401", span, "two different texts are compared: never equal", "compare with a field");
                    return Some(());
                }
                let mut diagnostic = Diagnostic::error(
                    "E0405",
                    span,
                    format!("`{word}` is not a value of this field, so the two are never equal"),
                );
                diagnostic = match did_you_mean(&word, many.iter().map(String::as_str)) {
                    Some(near) => diagnostic.note(format!("did you mean `{near}`?")),
                    None => diagnostic,
                };
                let list = many.iter().map(|v| format!("`{v}`")).collect::<Vec<_>>().join(", ");
                self.refuse(diagnostic.help(format!("its values are {list}")))
            }
            (Kind::Id(Some(a)), Kind::Id(Some(b))) => {
                let plain = |n: &str| n.strip_prefix("link:").unwrap_or(n).to_owned();
                if plain(a) == plain(b) || self.paired(a, b) {
                    return Some(());
                }
                let (a, b) = (plain(a), plain(b));
                self.error(
                    "E0406",
                    span,
                    format!("an id of {a} is compared with an id of {b}"),
                    "ids of different record types are never the same thing",
                )
            }
            (Kind::List(a), Kind::List(b)) => {
                let (a, b) = (Checked::new(left.step, (**a).clone()), Checked::new(right.step, (**b).clone()));
                self.comparable(&a, &b, span)
            }
            (a, b) if a == b || (a.is_number() && b.is_number()) => Some(()),
            (a, b) if a.is_textual() && b.is_textual() => Some(()),
            (a, b) => {
                let (a, b) = (a.words(), b.words());
                let help = match (&left.ty.kind, &right.ty.kind) {
                    (Kind::Instant, Kind::Date) | (Kind::Date, Kind::Instant) => {
                        "make a date of the instant: `… | date(\"America/Chicago\")`"
                    }
                    (Kind::Instant, x) | (x, Kind::Instant) if x.is_textual() => {
                        "write a point in time as `instant(\"2024-01-31T00:00:00Z\")`"
                    }
                    (Kind::Date, x) | (x, Kind::Date) if x.is_textual() => "write a day as `date(\"2024-01-31\")`",
                    (x, y) if (x.is_textual() && y.is_number()) || (x.is_number() && y.is_textual()) => {
                        "make both numbers with `| number`, or both texts in quotes"
                    }
                    _ => "compare values of one type",
                };
                self.error("E0406", span, format!("{a} is compared with {b}"), help)
            }
        }
    }

    /// A literal that is nearly one of a text field's usual values.
    fn nearly_usual(&mut self, field: &Checked, literal: &Checked, span: Span) {
        let Some(field) = field.field.clone().filter(|f| !f.usual.is_empty()) else { return };
        if let Some(Value::Text(text)) = self.constant_of(literal) {
            self.usual(&field, &text, span);
        }
    }

    /// Warns of a text that is nearly one of a field's usual values.
    pub fn usual(&mut self, field: &Field, text: &str, span: Span) {
        if field.usual.iter().any(|v| v == text) {
            return;
        }
        if let Some(near) = did_you_mean(text, field.usual.iter().map(String::as_str)) {
            let message = format!("`{text}` is not one of the values that this field usually has");
            let list = field.usual.iter().map(|v| format!("`{v}`")).collect::<Vec<_>>().join(", ");
            self.diagnostics.push(
                Diagnostic::warning("W0404", span, message)
                    .note(format!("did you mean `{near}`?"))
                    .help(format!("others may stand; the usual ones are {list}")),
            );
        }
    }

    /// Comparing a field with its own none-value: inside, that value is null.
    fn none_value(&mut self, field: &Checked, other: &Checked, span: Span) -> Option<()> {
        let Some(schema) = field.field.clone().filter(|f| !f.none.is_empty()) else { return Some(()) };
        let Some(constant) = self.constant_of(other) else { return Some(()) };
        let Some(text) = crate::value::text_of(&constant) else { return Some(()) };
        let none = schema.none.iter().any(|n| n.as_str().map_or_else(|| n.to_string(), str::to_owned) == *text);
        if !none {
            return Some(());
        }
        let shown = if text.is_empty() { String::from("\"\"") } else { text.to_string() };
        self.error(
            "E0410",
            span,
            format!(
                "`{shown}` is what this field holds when it holds nothing: here it is null already, and never `{shown}`"
            ),
            "write `is empty` or `is not empty`",
        )
    }

    fn order(&mut self, operator: Operator, a: &Expr, b: &Expr, span: Span) -> Option<Checked> {
        let (left, right) = (self.plain(a), self.plain(b));
        let (left, right) = (left?, right?);
        for side in [a, b] {
            if matches!(side.kind, ExprKind::Null) {
                return self.error(
                    "E0406",
                    side.span,
                    "null has no order, so this is false for every record",
                    "ask `is empty` or `is not empty`",
                );
            }
        }
        // a text is above or below one of a few texts even where it is none of them
        if left.ty.kind.is_textual() && right.ty.kind.is_textual() {
            self.none_value(&left, &right, span)?;
            self.none_value(&right, &left, span)?;
        } else {
            self.comparable(&left, &right, span)?;
        }
        for (side, checked) in [(a, &left), (b, &right)] {
            if !checked.ty.kind.has_order() {
                return self.error(
                    "E0406",
                    side.span,
                    format!("{} has no order", checked.ty.words()),
                    "`<` and its kin are for numbers, texts and times",
                );
            }
        }
        self.two_literals(&left, &right, span);
        let comparison = match operator {
            Operator::Less => Comparison::Less,
            Operator::LessOrEqual => Comparison::LessOrEqual,
            Operator::Greater => Comparison::Greater,
            _ => Comparison::GreaterOrEqual,
        };
        let step = self.step(Step::Compare(comparison, left.step, right.step), span);
        Some(Checked::new(step, Type::of(Kind::Boolean)))
    }

    fn membership(&mut self, element: &Expr, list: &Expr, negated: bool, span: Span) -> Option<Checked> {
        let element_checked = self.plain(element)?;
        // each literal of a list is judged by itself
        if let ExprKind::List(items) = &list.kind {
            for item in items {
                let literal = self.plain(item)?;
                self.comparable(&element_checked, &literal, item.span)?;
            }
        }
        let list_checked = self.plain(list)?;
        if matches!(list_checked.ty.kind, Kind::Text) {
            return self.error(
                "E0402",
                list.span,
                "`in` looks into a list, and this is a text",
                "for a part of a text write `text contains part`",
            );
        }
        let of = self.list_only(&list_checked, list.span)?;
        self.compared_whole(&of.kind, span)?;
        if !matches!(list.kind, ExprKind::List(_)) {
            self.comparable(&element_checked, &Checked::new(list_checked.step, of), span)?;
        }
        let step = self.step(Step::Member { element: element_checked.step, list: list_checked.step, negated }, span);
        Some(Checked::new(step, Type::of(Kind::Boolean)))
    }

    fn contains(&mut self, whole: &Expr, part: &Expr, span: Span) -> Option<Checked> {
        let whole_checked = self.plain(whole)?;
        if matches!(whole_checked.ty.kind, Kind::List(_)) {
            return self.membership(part, whole, false, span);
        }
        self.text_test(TextTest::Contains, whole, part, span)
    }

    fn text_test(&mut self, test: TextTest, a: &Expr, b: &Expr, span: Span) -> Option<Checked> {
        let (left, right) = (self.plain(a), self.plain(b));
        let (left, right) = (left?, right?);
        for (side, checked) in [(a, &left), (b, &right)] {
            if checked.ty.kind.is_number() {
                let message = format!("`{}` looks into a text, this is {}", word(test), checked.ty.words());
                return self.error("E0403", side.span, message, "numbers are compared with `<`, `==` and their kin");
            }
        }
        self.part_of_some_value(test, &left, &right, b.span)?;
        let left = self.as_text(&left, a.span);
        let right = self.as_text(&right, b.span);
        let step = self.step(Step::TextTest(test, left?, right?), span);
        Some(Checked::new(step, Type::of(Kind::Boolean)))
    }

    /// A text that none of a field's few values begins or ends with, or holds.
    fn part_of_some_value(&mut self, test: TextTest, whole: &Checked, part: &Checked, span: Span) -> Option<()> {
        let (Kind::Enum(values), Some(Value::Text(text))) = (&whole.ty.kind, self.constant_of(part)) else {
            return Some(());
        };
        let fits = |value: &String| match test {
            TextTest::StartsWith => value.starts_with(&*text),
            TextTest::EndsWith => value.ends_with(&*text),
            TextTest::Contains => value.contains(&*text),
        };
        if values.iter().any(fits) {
            return Some(());
        }
        let list = values.iter().map(|v| format!("`{v}`")).collect::<Vec<_>>().join(", ");
        let message = format!("none of this field's values {} `{text}`, so this is never true", word(test));
        self.error("E0405", span, message, format!("its values are {list}"))
    }

    /// Whether two id types mean the same record: one by link, one by the system's own name.
    pub fn paired(&self, a: &str, b: &str) -> bool {
        let (linked, other) = match (a.strip_prefix("link:"), b.strip_prefix("link:")) {
            (Some(linked), None) => (linked, b),
            (None, Some(linked)) => (linked, a),
            _ => return false,
        };
        let pairs: Vec<&(String, String)> = self.others.pairs.iter().filter(|(ipaas, _)| ipaas == linked).collect();
        linked == other || pairs.is_empty() || pairs.iter().any(|(_, bigcommerce)| bigcommerce == other)
    }

    /// A number as text.
    pub fn number_to_text(&mut self, step: StepId, span: Span) -> StepId {
        self.step(Step::Convert(Conversion::NumberToText, step), span)
    }
}

fn word(test: TextTest) -> &'static str {
    match test {
        TextTest::StartsWith => "starts with",
        TextTest::EndsWith => "ends with",
        TextTest::Contains => "contains",
    }
}

fn sign(operator: Operator) -> &'static str {
    match operator {
        Operator::Add => "+",
        Operator::Subtract => "-",
        Operator::Multiply => "*",
        _ => "/",
    }
}
