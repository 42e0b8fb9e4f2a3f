//! Whether everything that a new record needs is filled.

use std::collections::HashSet;

use crate::diagnostic::Diagnostic;
use crate::mapping_file::{MappingFile, SyncType};
use crate::plan::PlannedRule;
use crate::schema::{Field, FieldKind};
use crate::source::Span;
use crate::syntax::tree::{Expr, On, Rule};

use super::checker::Checker;
use super::level::LevelTypes;

impl Checker<'_> {
    /// Every field that a new record needs is filled: by a rule, a child slot, or the route itself.
    pub fn coverage(&mut self, types: &LevelTypes, planned: &[PlannedRule]) {
        if !matches!(types.sync, SyncType::Add | SyncType::AddUpdate) {
            return;
        }
        let Some(level) = self.levels.last() else { return };
        let file = level.combined.file.clone();
        let added: Vec<&String> = types.target.route.create.iter().flat_map(|c| c.adds.keys()).collect();
        let slots: Vec<&str> = file.children.iter().flat_map(|c| &c.value).map(|s| s.slot.value.as_str()).collect();
        self.coverage_inside(types, &file);
        let planned: HashSet<Span> = planned.iter().map(|p| p.span).collect();
        for (name, field) in types.target.fields.iter() {
            if !field.required || field.read_only || added.iter().any(|a| *a == name) || slots.contains(&name) {
                continue;
            }
            if is_unread(&file, name) {
                continue;
            }
            let rules: Vec<&Rule> = file
                .rules
                .iter()
                .flat_map(|r| &r.value.rules)
                .filter(|r| r.target.path.first().is_some_and(|n| n.text == name))
                .collect();
            if rules.iter().any(|r| r.on != Some(On::Update)) {
                continue;
            }
            let broken = rules.iter().any(|r| !planned.contains(&r.span));
            if broken {
                continue;
            }
            let span = file.rules.as_ref().map_or(file.name.span, |_| file.name.span);
            let mut diagnostic = Diagnostic::error(
                "E0503",
                span,
                format!("{} needs `{name}` when it is created, and nothing fills it", types.target.title),
            );
            if let Some(rule) = rules.first() {
                diagnostic = diagnostic.label(rule.span, "filled on update only");
            }
            self.diagnostics.push(diagnostic.help(format!("add `{name} <- …`")));
        }
    }

    /// A record that is filled field by field has all that it needs.
    fn coverage_inside(&mut self, types: &LevelTypes, file: &MappingFile) {
        for (name, field) in types.target.fields.iter().filter(|(_, f)| f.kind == FieldKind::Record) {
            let inside = |rule: &&Rule| {
                rule.target.path.first().is_some_and(|n| n.text == name)
                    && rule.target.path.len() > 1
                    && rule.on != Some(On::Update)
            };
            if is_unread(file, name) {
                continue;
            }
            let rules: Vec<&Rule> = file.rules.iter().flat_map(|r| &r.value.rules).filter(inside).collect();
            let (Some(first), Some((fields, _))) = (rules.first(), self.builder.catalog.fields(field)) else {
                continue;
            };
            let filled = |inner: &str| rules.iter().any(|r| r.target.path.get(1).is_some_and(|n| n.text == inner));
            let missing: Vec<String> = fields
                .iter()
                .filter(|(n, f)| f.required && !f.read_only && !filled(n))
                .map(|(n, _)| n.to_owned())
                .collect();
            for inner in missing {
                let diagnostic = Diagnostic::error(
                    "E0503",
                    first.target.span,
                    format!("`{name}` needs `{inner}` when it is created, and nothing fills it"),
                );
                self.diagnostics.push(diagnostic.help(format!("add `{name}.{inner} <- …`")));
            }
        }
    }

    /// A value for a field that a new record needs must not be null.
    pub fn needed_may_be_null(&mut self, target: &str, value: &Expr, field: &Field) {
        let path = self.null_path(value);
        let mut diagnostic = Diagnostic::error(
            "E0503",
            value.span,
            format!("`{target}` is needed when a record is created, and this may be null"),
        );
        if let Some((path, span)) = path {
            diagnostic = diagnostic.label(span, path);
        }
        let first = field
            .values
            .first()
            .map(|v| format!("say what stands in: `?? \"{v}\"`, or refuse such records with `errors`"));
        let help = match field.kind {
            FieldKind::Enum if first.is_some() => first.as_deref().unwrap_or_default(),
            FieldKind::Integer | FieldKind::Decimal => {
                "say what stands in: `?? 0`, or refuse such records with `errors`"
            }
            FieldKind::List => "say what stands in: `?? []`, or refuse such records with `errors`",
            FieldKind::Id if !field.none.is_empty() || field.nullable => {
                "say what stands in: `?? clear`, or refuse such records with `errors`"
            }
            _ => "say what stands in: `?? \"…\"`, or refuse such records with `errors`",
        };
        self.diagnostics.push(diagnostic.help(help));
    }
}

/// Whether a rule for that field stands there with a syntax error.
fn is_unread(file: &MappingFile, name: &str) -> bool {
    file.rules.iter().any(|r| r.value.unread.targets.iter().any(|t| t == name))
}
