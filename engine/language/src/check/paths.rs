//! Names, members and selections.

use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::mapping_file::SettingKind;
use crate::plan::{EffectUse, PlannedSetting, ShapeId, Step};
use crate::source::Span;
use crate::syntax::foreign;
use crate::syntax::tree::{Expr, Name, Selector};

use super::checker::Checker;
use super::facts::{Fact, about, element_key, says};
use super::scope::{Checked, ShapeSchema};
use super::types::{Kind, Type};

impl Checker<'_> {
    /// A name where a value stands: a binder, a let, one of the language's names, or a source field.
    pub fn name(&mut self, name: &Name, quoted: bool) -> Option<Checked> {
        if !quoted {
            if let Some(binder) = self.binders.iter().rev().find(|b| b.name == name.text) {
                let mut checked = binder.checked.clone();
                checked.key = Some(name.text.clone());
                if self.is_known(&name.text) {
                    checked.ty.nullable = false;
                }
                return Some(checked);
            }
            if let Some(found) = self.let_value(name) {
                let mut checked = found?;
                if checked.ty.nullable && (self.is_known(&name.text) || self.let_is_something(&name.text)) {
                    checked.ty.nullable = false;
                }
                return Some(checked);
            }
            if let Some(special) = self.special(name) {
                return special;
            }
        }
        let source = self.levels.last()?.source;
        let step = self.step(Step::Source(0), name.span);
        let record = Checked::new(step, Type::of(Kind::Record(source)));
        self.member(record, name, true)
    }

    /// `parent`, `existing`, `now` and their kin. `None` = not one of them.
    #[allow(clippy::option_option)] // not one of them; one of them but wrong; one of them
    fn special(&mut self, name: &Name) -> Option<Option<Checked>> {
        match name.text.as_str() {
            "parent" => Some(self.parent(name, 1)),
            "existing" => Some(self.existing(name, 0)),
            "now" => {
                self.lineage.now = true;
                self.effect("now", "", name.span);
                let step = self.step(Step::Now, name.span);
                Some(Some(Checked::new(step, Type::of(Kind::Instant))))
            }
            "position" => {
                let child = self.levels.len() > 1;
                if self.loops == 0 && (!child || self.in_filter) {
                    let (message, help) = if self.in_filter {
                        ("a filter decides what is counted, so there is no position yet", "count in a rule")
                    } else {
                        (
                            "there is no position here: this is one record",
                            "`position` stands in child collections and inside `for`",
                        )
                    };
                    return Some(self.error("E0314", name.span, message, help));
                }
                let step = self.step(Step::Position, name.span);
                Some(Some(Checked::new(step, Type::of(Kind::Integer))))
            }
            "subscription" | "settings" => Some(self.error(
                "E0301",
                name.span,
                format!("`{}` cannot be used on its own", name.text),
                if name.text == "settings" {
                    "write `settings.NAME` of a setting that `settings:` declares"
                } else {
                    "write `subscription.id`"
                },
            )),
            "custom" => {
                let source = self.levels.last()?.source;
                let step = self.step(Step::Source(0), name.span);
                Some(self.custom_of(Checked::new(step, Type::of(Kind::Record(source))), name))
            }
            _ => None,
        }
    }

    pub fn effect(&mut self, kind: &'static str, of: &str, span: Span) {
        let used = EffectUse { kind, of: of.to_owned(), span };
        if !self.builder.plan.effects.iter().any(|e| e.kind == kind && e.of == of) {
            self.builder.plan.effects.push(used);
        }
    }

    fn parent(&mut self, name: &Name, up: usize) -> Option<Checked> {
        let at = self.levels.len().checked_sub(1 + up);
        let Some(level) = at.and_then(|i| self.levels.get(i)) else {
            return self.error(
                "E0302",
                name.span,
                "there is no record above this one",
                "`parent` stands in child collections only, and no collection of the project has this one under `children`",
            );
        };
        let source = level.source;
        let step = self.step(Step::Source(u8::try_from(up).ok()?), name.span);
        let path = vec!["parent"; up].join(".");
        Some(Checked {
            key: Some(path.clone()),
            path: Some(path),
            ..Checked::new(step, Type::of(Kind::Record(source)))
        })
    }

    fn existing(&mut self, name: &Name, up: usize) -> Option<Checked> {
        let at = self.levels.len().checked_sub(1 + up)?;
        let target = self.levels.get(at)?.target.clone();
        let shape = match self.levels.get(at)?.existing {
            Some(shape) => shape,
            None => {
                let shape = self.builder.shape_of_record(&target);
                self.levels.get_mut(at)?.existing = Some(shape);
                shape
            }
        };
        self.lineage.existing = true;
        self.effect("existing", &target.name, name.span);
        let step = self.step(Step::Existing(u8::try_from(up).ok()?), name.span);
        let key = ["parent."].repeat(up).concat() + "existing";
        let nullable = !self.is_known(&key);
        Some(Checked {
            path: Some(String::from("existing")),
            key: Some(key),
            ..Checked::new(step, Type::of(Kind::Record(shape)).nullable(nullable))
        })
    }

    /// `.name` as it is written, with `parent.parent`, `parent.existing`, `settings.x`, `subscription.id` looked at first.
    pub fn member_expression(&mut self, inner: &Expr, name: &Name) -> Option<Checked> {
        use crate::syntax::tree::ExprKind;
        if let ExprKind::Name { name: head, quoted: false } = &inner.kind {
            match head.text.as_str() {
                "settings" => return self.setting(name),
                "subscription" if name.text == "id" => {
                    self.effect("subscription", "", name.span);
                    let step = self.step(Step::SubscriptionId, name.span);
                    return Some(Checked::new(step, Type::of(Kind::Id(None))));
                }
                "subscription" => {
                    return self.error(
                        "E0301",
                        name.span,
                        "a subscription has only an `id` here",
                        "write `subscription.id`",
                    );
                }
                _ => {}
            }
        }
        if let Some(up) = parents(inner) {
            match name.text.as_str() {
                "parent" => return self.parent(name, up + 1),
                "existing" => return self.existing(name, up),
                _ => {}
            }
        }
        let record = self.expression(inner)?;
        self.member(record, name, false)
    }

    fn setting(&mut self, name: &Name) -> Option<Checked> {
        let level = self.levels.last_mut()?;
        let combined = level.combined.clone();
        let declared = combined.file.settings.as_ref().map_or(&[][..], |s| s.value.as_slice());
        let Some(setting) = declared.iter().find(|s| s.name.value == name.text) else {
            let mut diagnostic =
                Diagnostic::error("E0305", name.span, format!("this collection declares no setting `{}`", name.text));
            diagnostic = match did_you_mean(&name.text, declared.iter().map(|s| s.name.value.as_str())) {
                Some(near) => diagnostic.note(format!("did you mean `{near}`?")).edit(name.span, near),
                None => diagnostic
                    .help(format!("declare it: `settings:` with `{}: {{ type: text, required: true }}`", name.text)),
            };
            return self.refuse(diagnostic);
        };
        level.used_settings.push(name.text.clone());
        let kind = match setting.kind.value {
            SettingKind::Integer => Kind::Integer,
            SettingKind::Decimal => Kind::Decimal,
            SettingKind::Boolean => Kind::Boolean,
            SettingKind::Text | SettingKind::Email => Kind::Text,
        };
        let ty = Type::of(kind).nullable(!setting.required);
        if !self.lineage.settings.contains(&name.text) {
            self.lineage.settings.push(name.text.clone());
        }
        self.effect("settings", &name.text, name.span);
        let used =
            PlannedSetting { name: name.text.as_str().into(), kind: setting.kind.value, required: setting.required };
        let settings = &mut self.builder.plan.settings;
        let at = settings.iter().position(|s| *s == used).unwrap_or_else(|| {
            settings.push(used);
            settings.len() - 1
        });
        let step = self.step(Step::Setting(u32::try_from(at).ok()?), name.span);
        Some(Checked::new(step, ty))
    }

    /// A field of a record, or of every record of a list that was opened.
    pub fn member(&mut self, record: Checked, name: &Name, first: bool) -> Option<Checked> {
        if record.spread {
            return self.project(record, name.span, |checker, element| checker.member(element, name, false));
        }
        match record.ty.kind.clone() {
            Kind::Record(shape) => {
                if name.text == "custom" && !self.builder.field_names(shape).contains(&name.text) {
                    return self.custom_of(record, name);
                }
                self.field(record, shape, name, first)
            }
            Kind::List(_) => self.error(
                "E0402",
                name.span,
                format!("`.{}` needs a record, but this is a list", name.text),
                "say of which element: `[first]`, `[*]`, `[first x where …]`, `[each x where …]`",
            ),
            Kind::Dictionary(_) => {
                self.error("E0402", name.span, "a dictionary is read by key", format!("write `[\"{}\"]`", name.text))
            }
            other => self.error(
                "E0402",
                name.span,
                format!("`.{}` needs a record, but this is {}", name.text, other.words()),
                "fields belong to records; a part of a text is taken with a function, which `mapwright functions` lists",
            ),
        }
    }

    fn field(&mut self, record: Checked, shape: ShapeId, name: &Name, first: bool) -> Option<Checked> {
        let Some((slot, ty, field)) = self.builder.slot(shape, &name.text) else {
            return self.unknown_field(shape, name, first);
        };
        if field.as_ref().is_some_and(|f| f.write_only) {
            let title = self.builder.title(shape);
            return self.error(
                "E0303",
                name.span,
                format!("`{}` of {title} can only be written: answers do not carry it", name.text),
                "read another field",
            );
        }
        let step = self.step(Step::Field(record.step, slot), name.span);
        let inside = |outer: &Option<String>| match outer {
            Some(outer) => Some(format!("{outer}.{}", name.text)),
            None => first.then(|| name.text.clone()),
        };
        let (path, key) = (inside(&record.path), inside(&record.key));
        let known = key.as_ref().is_some_and(|k| self.is_known(k));
        let filled = says(&record.known, &name.text);
        let nullable = ((ty.nullable && !filled) || record.ty.nullable) && !known;
        let inner = about(&name.text, &record.known);
        let promise = record.promise;
        let checked = Checked { path, key, field, known: inner, promise, ..Checked::new(step, ty.nullable(nullable)) };
        if !is_record_like(&checked.ty.kind) {
            self.touch(&checked);
        }
        Some(checked)
    }

    fn unknown_field<T>(&mut self, shape: ShapeId, name: &Name, first: bool) -> Option<T> {
        let title = self.builder.title(shape);
        let mut known = self.builder.field_names(shape);
        if first {
            known.extend(self.levels.last().into_iter().flat_map(|l| l.lets.iter().map(|(n, _)| n.clone())));
            known.extend(self.binders.iter().map(|b| b.name.clone()));
        }
        let mut diagnostic =
            Diagnostic::error("E0301", name.span, format!("`{}` is not a field of {title}", name.text));
        if let Some((word, certain)) = foreign::word(&name.text).filter(|_| first) {
            let diagnostic =
                Diagnostic::error("E0301", name.span, format!("`{}` is not a field of {title}", name.text))
                    .note(format!("this language writes `{word}`"));
            return self.refuse(if certain {
                diagnostic.fix(name.span, word)
            } else {
                diagnostic.edit(name.span, word)
            });
        }
        let near = diagnostic.clone().did_you_mean(name.span, &name.text, known.iter().map(String::as_str));
        diagnostic = match near {
            Some(near) => near,
            None => {
                let custom = matches!(self.builder.schema(shape), Some(ShapeSchema::Fields { custom: Some(_), .. }));
                let kind = match self.builder.plan.shapes.get(shape.0 as usize).and_then(|s| s.record_type.clone()) {
                    Some(record) => {
                        format!("`mapwright schema {}` lists its fields", record.to_lowercase().replace(' ', "-"))
                    }
                    None => format!(
                        "its fields are {}",
                        known.iter().map(|k| format!("`{k}`")).collect::<Vec<_>>().join(", ")
                    ),
                };
                diagnostic.help(if custom { format!("{kind}; a custom field is `custom[\"Name\"]`") } else { kind })
            }
        };
        self.refuse(diagnostic)
    }

    /// The dictionary of all custom fields.
    fn custom_of(&mut self, record: Checked, name: &Name) -> Option<Checked> {
        let Kind::Record(shape) = record.ty.kind else {
            return self.error(
                "E0402",
                name.span,
                "`custom` needs a record, and this is something else",
                "custom fields belong to records",
            );
        };
        let Some(ShapeSchema::Fields { custom: Some(custom), .. }) = self.builder.schema(shape).cloned() else {
            let title = self.builder.title(shape);
            return self.error("E0304", name.span, format!("{title} has no custom fields"), "read one of its fields");
        };
        let (slot, _, field) = self.builder.slot(shape, &custom)?;
        let step = self.step(Step::Field(record.step, slot), name.span);
        let inside = |outer: &Option<String>| {
            Some(outer.as_ref().map_or_else(|| String::from("custom"), |o| format!("{o}.custom")))
        };
        let (path, key) = (inside(&record.path), inside(&record.key));
        let element = Type::of(Kind::Text).nullable(true);
        let ty = Type::of(Kind::Dictionary(Box::new(element))).nullable(record.ty.nullable);
        Some(Checked { path, key, field, known: about("custom", &record.known), ..Checked::new(step, ty) })
    }

    /// Applies something to every element of an opened list.
    pub fn project(
        &mut self,
        list: Checked,
        span: Span,
        body: impl FnOnce(&mut Self, Checked) -> Option<Checked>,
    ) -> Option<Checked> {
        let Kind::List(of) = list.ty.kind.clone() else { return None };
        let binder = self.fresh_binder();
        let step = self.step(Step::Binder(binder), span);
        let path = list.path.as_ref().map(|p| format!("{p}[*]"));
        let element = Checked { path, known: list.known.clone(), promise: list.promise, ..Checked::new(step, *of) };
        let inner = body(self, element)?;
        let (element_type, flatten) = match inner.ty.kind.clone() {
            Kind::List(deeper) => (*deeper, true),
            _ => (inner.ty.clone(), false),
        };
        let step = self.step(Step::Project { list: list.step, binder, body: inner.step, flatten }, span);
        let digits = self.digits(&inner);
        let path = inner.path.map(|p| p.trim_end_matches("[*]").to_owned());
        let ty = Type::of(Kind::List(Box::new(element_type))).nullable(list.ty.nullable);
        let (field, known, promise) = (inner.field, inner.known, inner.promise);
        Some(Checked { path, spread: true, field, known, digits, promise, ..Checked::new(step, ty) })
    }

    /// `value[…]`
    pub fn select(&mut self, inner: &Expr, selector: &Selector, span: Span) -> Option<Checked> {
        let value = self.expression(inner)?;
        match selector {
            Selector::Key(key) => self.key(value, key, span),
            Selector::Index(i) => self.element(value, *i, selector, span),
            Selector::First => self.element(value, 0, selector, span),
            Selector::Last => self.element(value, -1, selector, span),
            Selector::All => {
                let list =
                    if value.spread && matches!(&value.ty.kind, Kind::List(of) if matches!(of.kind, Kind::List(_))) {
                        self.project(value, span, |_, element| Some(element))?
                    } else {
                        value
                    };
                self.list_only(&list, span)?;
                Some(Checked { key: None, spread: true, ..list })
            }
            Selector::Each(name, condition) => {
                let facts = about(&name.text, &self.facts_of(condition, true));
                let (mut list, binder, condition) = self.filtered(value, name, condition, span)?;
                let step = self.step(Step::Keep { list: list.step, binder, condition }, span);
                narrow_elements(&mut list, facts);
                Some(Checked { step, key: None, spread: true, ..list })
            }
            Selector::FirstWhere(name, condition) => {
                let facts = about(&name.text, &self.facts_of(condition, true));
                let (mut list, binder, condition) = self.filtered(value, name, condition, span)?;
                let step = self.step(Step::FirstWhere { list: list.step, binder, condition }, span);
                narrow_elements(&mut list, facts);
                let Kind::List(of) = list.ty.kind else { return None };
                let path = list.path.map(|p| format!("{p}[*]"));
                let promise = list.promise;
                Some(Checked { path, known: list.known, promise, ..Checked::new(step, of.nullable(true)) })
            }
            Selector::Sort(name, keys) => self.sorted(value, name, keys, span),
            Selector::Unique(name, by) => self.unique(value, name, by, span),
            Selector::Group(name, by) => self.grouped(value, name, by, span),
        }
    }

    fn filtered(
        &mut self,
        list: Checked,
        name: &Name,
        condition: &Expr,
        span: Span,
    ) -> Option<(Checked, crate::plan::BinderId, crate::plan::StepId)> {
        let element = self.element_of(&list, span)?;
        let (binder, step) =
            self.binding(name, element, |checker, binder| Some((binder, checker.condition(condition)?)))?;
        Some((list, binder, step))
    }

    /// The element type, if it is a list.
    pub fn list_only(&mut self, value: &Checked, span: Span) -> Option<Type> {
        match &value.ty.kind {
            Kind::List(of) => Some((**of).clone()),
            Kind::Nothing => Some(Type::of(Kind::Nothing).nullable(true)),
            other => {
                let words = other.words();
                self.error(
                    "E0402",
                    span,
                    format!("this needs a list, but this is {words}"),
                    "`[*]`, `[0]`, `[first]`, `[each …]` belong to lists",
                )
            }
        }
    }

    fn element(&mut self, value: Checked, index: i64, selector: &Selector, span: Span) -> Option<Checked> {
        let of = self.list_only(&value, span)?;
        let step = self.step(Step::Element(value.step, index), span);
        let path = value.path.map(|p| format!("{p}[*]"));
        let key = value.key.as_ref().zip(element_key(selector)).map(|(key, element)| format!("{key}{element}"));
        // of a list that is not empty there is a first and a last one, which may be null itself
        let end = matches!(index, 0 | -1);
        let filled = end
            && (value.key.as_ref().is_some_and(|key| self.is_filled(key))
                || value.known.iter().any(|fact| fact.key.is_empty() && fact.filled));
        let nullable = !key.as_ref().is_some_and(|k| self.is_known(k)) && (!filled || of.nullable);
        let promise = value.promise;
        Some(Checked { path, key, known: value.known, promise, ..Checked::new(step, of.nullable(nullable)) })
    }

    fn key(&mut self, value: Checked, key: &str, span: Span) -> Option<Checked> {
        if value.spread && matches!(&value.ty.kind, Kind::List(of) if matches!(of.kind, Kind::Dictionary(_))) {
            return self.project(value, span, |checker, element| checker.key(element, key, span));
        }
        match &value.ty.kind {
            Kind::Dictionary(of) => {
                let ty = (**of).clone().nullable(true);
                let path = value.path.as_ref().map(|p| format!("{p}[\"{key}\"]"));
                let written = value.key.as_ref().map(|k| format!("{k}[\"{key}\"]"));
                let filled = says(&value.known, &format!("[\"{key}\"]")) && !value.ty.nullable;
                let known = filled || written.as_ref().is_some_and(|k| self.is_known(k));
                let step = self.step(Step::Key(value.step, key.into()), span);
                let field = value.field.as_ref().and_then(|f| f.of.as_deref().cloned()).map(std::sync::Arc::new);
                let checked = Checked { path, key: written, field, ..Checked::new(step, ty.nullable(!known)) };
                self.touch(&checked);
                Some(checked)
            }
            other => {
                let words = other.words();
                self.error(
                    "E0402",
                    span,
                    format!("a key needs a dictionary, but this is {words}"),
                    "fields are read with `.name`, elements with `[0]` or `[first]`",
                )
            }
        }
    }
}

/// `parent` = 1, `parent.parent` = 2, …
fn parents(expr: &Expr) -> Option<usize> {
    use crate::syntax::tree::ExprKind;
    match &expr.kind {
        ExprKind::Name { name, quoted: false } if name.text == "parent" => Some(1),
        ExprKind::Member(inner, name) if name.text == "parent" => parents(inner).map(|n| n + 1),
        _ => None,
    }
}

/// Records and lists of them count as read only where they are used as a whole.
pub(super) fn is_record_like(kind: &Kind) -> bool {
    match kind {
        Kind::Record(_) => true,
        Kind::List(of) => is_record_like(&of.kind),
        _ => false,
    }
}

/// A condition that all elements meet: what it says of them, and of each as a whole.
fn narrow_elements(list: &mut Checked, facts: Vec<Fact>) {
    if let (true, Kind::List(of)) = (facts.iter().any(|fact| fact.key.is_empty()), &mut list.ty.kind) {
        of.nullable = false;
    }
    list.known.extend(facts.into_iter().filter(|fact| !fact.key.is_empty()));
}
