//! Calls that look outside the record: `lookup`, `link`, `linked`.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::mapping_file::{Direction, ExternalId, Lookup, MappingFile, Spanned, Unmatched};
use crate::plan::{LookupTable, PlannedUnmatched, Step};
use crate::source::Span;
use crate::syntax::tree::{Expr, Name, TextPart};
use crate::value::{Value, fits, number_from_text, number_text};

use super::checker::{Checker, literal_text};
use super::scope::Checked;
use super::types::{Kind, LINKED, Type};

/// How many parts the external ids of a collection have.
fn external_parts(file: &MappingFile) -> usize {
    let Some(Spanned { value: ExternalId::Template(template), .. }) = &file.external_id else { return 1 };
    let bars = |part: &TextPart| if let TextPart::Text(text) = part { text.matches('|').count() } else { 0 };
    1 + template.parts.iter().map(bars).sum::<usize>()
}

impl Checker<'_> {
    pub fn lookup(&mut self, name: &Name, arguments: &[Expr], each: bool, span: Span) -> Option<Checked> {
        let [key, table] = arguments else {
            return self.error(
                "E0411",
                span,
                "`lookup` takes a value and a lookup's name",
                "write `status | lookup(\"Order Status\")`",
            );
        };
        let Some(table_name) = literal_text(table) else {
            return self.error(
                "E0411",
                table.span,
                "a lookup's name is a text as it stands",
                "write `status | lookup(\"Order Status\")`",
            );
        };
        let level = self.levels.last_mut()?;
        let combined = level.combined.clone();
        let lookups = combined.file.lookups.as_ref().map_or(&[][..], |l| l.value.as_slice());
        let Some(mut lookup) = lookups.iter().find(|l| l.name.value == table_name).cloned() else {
            let mut diagnostic =
                Diagnostic::error("E0309", table.span, format!("this collection has no lookup `{table_name}`"));
            diagnostic = match did_you_mean(&table_name, lookups.iter().map(|l| l.name.value.as_str())) {
                Some(near) => diagnostic.note(format!("did you mean `{near}`?")),
                None => diagnostic
                    .help(format!("add it: `lookups:` with `{table_name}:` and below it `unmatched` and `entries`")),
            };
            let _ = self.expression(key);
            return self.refuse(diagnostic);
        };
        level.used_lookups.push(table_name.clone());
        let key_checked = self.plain(key)?;
        let subject = if each { self.list_only(&key_checked, key.span)? } else { key_checked.ty.clone() };
        let key_step = if each { Some(key_checked.step) } else { self.as_text(&key_checked, key.span) };
        self.shared(&mut lookup);
        self.check_keys(&lookup, &subject);
        if let Some(field) = key_checked.field.clone().filter(|f| !f.usual.is_empty()) {
            let same = |usual: &String, key: &str| lookup.ignore_case && usual.to_lowercase() == key.to_lowercase();
            for (key, _) in lookup.entries.iter().filter(|(key, _)| !field.usual.iter().any(|u| same(u, &key.value))) {
                self.usual(&field, &key.value, key.span);
            }
        }
        if !self.lineage.lookups.contains(&table_name) {
            self.lineage.lookups.push(table_name.clone());
        }
        self.effect("lookup", &table_name, name.span);
        let (planned, ty) = self.table(&lookup, &subject)?;
        let at = self.builder.plan.lookups.iter().position(|t| *t == planned).unwrap_or_else(|| {
            self.builder.plan.lookups.push(planned);
            self.builder.plan.lookups.len() - 1
        });
        let step = self.step(Step::Lookup { table: u32::try_from(at).ok()?, key: key_step?, each }, span);
        let ty = if each { Type::of(Kind::List(Box::new(ty))).nullable(key_checked.ty.nullable) } else { ty };
        Some(Checked::new(step, ty))
    }

    /// Keys that the source's own values do not have.
    fn check_keys(&mut self, lookup: &Lookup, subject: &Type) {
        if lookup.ignore_case {
            let mut seen: HashMap<String, &str> = HashMap::new();
            for (key, _) in &lookup.entries {
                match seen.entry(key.value.to_lowercase()) {
                    Entry::Vacant(new) => drop(new.insert(&key.value)),
                    Entry::Occupied(first) => {
                        let message = format!(
                            "`{}` is `{}` already when case does not count: this entry is never reached",
                            key.value,
                            first.get()
                        );
                        self.warn("W0601", key.span, message, "take it away");
                    }
                }
            }
        }
        for (i, (pattern, _)) in lookup.patterns.iter().enumerate() {
            // a pattern that an earlier one takes everything from: the stars of both read as characters
            let hides =
                |(p, _): &&(Spanned<String>, Spanned<String>)| fits(&p.value, &pattern.value, lookup.ignore_case);
            if let Some((first, _)) = lookup.patterns.iter().take(i).find(hides) {
                let message =
                    format!("`{}` takes all that `{}` could fit: this is never reached", first.value, pattern.value);
                self.warn("W0601", pattern.span, message, "put the narrower pattern first");
            }
        }
        if subject.kind.is_number() {
            return self.number_keys(lookup, subject.kind == Kind::Integer);
        }
        let Kind::Enum(values) = &subject.kind else { return };
        let entries = lookup.entries.iter().map(|(key, _)| (key, false));
        for (key, pattern) in entries.chain(lookup.patterns.iter().map(|(key, _)| (key, true))) {
            let matches = |v: &String| match (pattern, lookup.ignore_case) {
                (true, ignore_case) => fits(&key.value, v, ignore_case),
                (false, true) => v.to_lowercase() == key.value.to_lowercase(),
                (false, false) => *v == key.value,
            };
            if values.iter().any(matches) {
                continue;
            }
            let mut diagnostic = Diagnostic::error(
                "E0606",
                key.span,
                format!("`{}` is not a value that this lookup is ever asked for", key.value),
            );
            if let Some(near) = did_you_mean(&key.value, values.iter().map(String::as_str)) {
                diagnostic = diagnostic.note(format!("did you mean `{near}`?")).edit(key.span, near);
            }
            let list = values.iter().map(|v| format!("`{v}`")).collect::<Vec<_>>().join(", ");
            self.diagnostics.push(diagnostic.help(format!("the field's values are {list}")));
        }
    }

    /// Keys that no number reads as: a number is looked up as its shortest text.
    fn number_keys(&mut self, lookup: &Lookup, whole: bool) {
        let what = if whole { "a whole number" } else { "a number" };
        for (key, _) in &lookup.entries {
            let number = number_from_text(key.value.trim()).map(|n| n.normalize());
            let fitting = number.filter(|n| !whole || n.is_integer()).map(|n| number_text(n).to_string());
            if fitting.as_deref() == Some(key.value.as_str()) {
                continue;
            }
            let message =
                format!("`{}` is not a value that this lookup is ever asked for: {what} is looked up", key.value);
            let diagnostic = Diagnostic::error("E0606", key.span, message);
            self.diagnostics.push(match fitting {
                Some(near) => diagnostic.note(format!("did you mean `{near}`?")).edit(key.span, format!("'{near}'")),
                None => diagnostic.help(format!("write {what} in its shortest form: `'4'`, not `'4.0'` or `'04'`")),
            });
        }
        for (pattern, _) in &lookup.patterns {
            if pattern.value.chars().any(|c| !c.is_ascii_digit() && !"*.-".contains(c)) {
                let message = format!(
                    "`{}` fits no value that this lookup is ever asked for: {what} is looked up",
                    pattern.value
                );
                self.diagnostics
                    .push(Diagnostic::error("E0606", pattern.span, message).help("take it away, or look up a text"));
            }
        }
    }

    /// The table for the plan and the type of what comes out.
    fn table(&mut self, lookup: &Lookup, subject: &Type) -> Option<(LookupTable, Type)> {
        let mut values: Vec<String> = Vec::new();
        let mut seen: HashSet<String> = HashSet::new();
        let mut add = |value: &str| {
            if seen.insert(value.to_owned()) {
                values.push(value.to_owned());
            }
        };
        lookup.entries.iter().chain(&lookup.patterns).for_each(|(_, v)| add(&v.value));
        let mut nullable = subject.nullable;
        let mut pass = false;
        let unmatched = match lookup.unmatched.as_ref().map(|u| &u.value) {
            Some(Unmatched::Error) => PlannedUnmatched::Error,
            Some(Unmatched::Nothing) => {
                nullable = true;
                PlannedUnmatched::Nothing
            }
            Some(Unmatched::Pass) => {
                pass = true;
                PlannedUnmatched::Pass
            }
            Some(Unmatched::Value(value)) => {
                add(&value.value);
                PlannedUnmatched::Value(Value::Text(value.value.as_str().into()))
            }
            // reported once for the collection
            None => PlannedUnmatched::Error,
        };
        let kind = match (&subject.kind, pass) {
            (_, false) => Kind::Enum(values.into()),
            (Kind::Enum(_), true) => {
                self.join(&Type::of(Kind::Enum(values.into())), &subject.clone().nullable(false))?.kind
            }
            (_, true) => Kind::Text,
        };
        let pair = |(k, v): &(Spanned<String>, Spanned<String>)| {
            (Arc::from(k.value.as_str()), Value::Text(v.value.as_str().into()))
        };
        let entries = lookup.entries.iter().map(pair).collect();
        let patterns = lookup.patterns.iter().map(pair).collect();
        let table = LookupTable::new(&lookup.name.value, lookup.ignore_case, unmatched, entries, patterns);
        Some((table, Type { kind, nullable }))
    }

    /// The record type of a link, and whether it is written in this same transfer.
    fn link_type(&mut self, expr: &Expr) -> Option<Arc<str>> {
        let Some(typed) = literal_text(expr) else {
            return self.error(
                "E0411",
                expr.span,
                "a record type is a text as it stands",
                "write `category_id | link(\"Product Category\")`",
            );
        };
        let catalog = self.builder.catalog;
        let linkable: Vec<_> = catalog.iter().filter(|r| r.table.is_some()).collect();
        if let Some(record) = linkable.iter().find(|r| r.name == typed) {
            return Some(record.name.as_str().into());
        }
        let mut diagnostic = match catalog.record(&typed) {
            Some(record) => Diagnostic::error(
                "E0310",
                expr.span,
                format!("records of type `{}` have no links in iPaaS.com", record.name),
            ),
            None => Diagnostic::error("E0310", expr.span, format!("`{typed}` is no record type of iPaaS.com")),
        };
        diagnostic = match did_you_mean(&typed, linkable.iter().map(|r| r.name.as_str())) {
            Some(near) => diagnostic.note(format!("did you mean `{near}`?")),
            None => diagnostic.help("`mapwright schema` lists the record types"),
        };
        self.refuse(diagnostic)
    }

    /// The arguments of `link` and `linked`: id parts around the record type.
    fn link_arguments(&mut self, name: &Name, arguments: &[Expr], span: Span) -> Option<(Arc<str>, Vec<Checked>)> {
        let form = format!("write `category_id | {}(\"Product Category\")`", name.text);
        let (Some(first), Some(second)) = (arguments.first(), arguments.get(1)) else {
            return self.error("E0411", span, format!("`{}` takes an id and a record type", name.text), form);
        };
        if literal_text(first).is_some() && literal_text(second).is_none() {
            return self.error("E0411", first.span, format!("`{}` takes the id first", name.text), form);
        }
        let record_type = self.link_type(second);
        let mut parts = Vec::new();
        for part in std::iter::once(first).chain(arguments.iter().skip(2)) {
            parts.push(self.plain(part)?);
        }
        let record_type = record_type?;
        self.id_parts(&record_type, parts.len(), span)?;
        Some((record_type, parts))
    }

    /// An id of iPaaS.com is one value; one of BigCommerce has as many parts as an external id of the project.
    fn id_parts(&mut self, record_type: &str, given: usize, span: Span) -> Option<()> {
        let direction = self.levels.last()?.combined.file.direction.as_ref()?.value;
        let mut known: Vec<usize> = match direction {
            Direction::From => vec![1],
            Direction::To => self
                .others
                .collections
                .iter()
                .filter(|c| c.file.record.as_ref().is_some_and(|r| r.value == record_type))
                .map(|c| external_parts(&c.file))
                .collect(),
        };
        known.sort_unstable();
        known.dedup();
        if known.is_empty() || known.contains(&given) || given == 1 {
            return Some(());
        }
        let wanted = known.iter().map(usize::to_string).collect::<Vec<_>>().join(" or ");
        let s = if known == [1] { "" } else { "s" };
        self.error(
            "E0411",
            span,
            format!("the id of {record_type} has {wanted} part{s}, and here are {given}"),
            "what comes after the record type are further parts of the external id",
        )
    }

    pub fn link(&mut self, name: &Name, arguments: &[Expr], each: bool, span: Span) -> Option<Checked> {
        let (record_type, parts) = self.link_arguments(name, arguments, span)?;
        let first = parts.first()?;
        let subject = if each { self.list_only(first, span)? } else { first.ty.clone() };
        self.check_link_subject(&subject, &record_type, span)?;
        let nullable = parts.iter().skip(1).any(|p| p.ty.nullable) || subject.nullable;
        if !self.lineage.links.iter().any(|l| **l == *record_type) {
            self.lineage.links.push(record_type.to_string());
        }
        self.effect("link", &record_type, name.span);
        let promise = self.writes.iter().any(|w| **w == *record_type);
        let id = parts.iter().map(|p| p.step).collect();
        let step = self.step(Step::Link { record_type: record_type.clone(), id, each }, span);
        let ty = Type::of(Kind::Id(Some(format!("{LINKED}{record_type}").into()))).nullable(nullable);
        let list_nullable = first.ty.nullable;
        let ty = if each { Type::of(Kind::List(Box::new(ty))).nullable(list_nullable) } else { ty };
        Some(Checked { promise, ..Checked::new(step, ty) })
    }

    /// Whether an id of that record type may be linked as `record_type`: one of iPaaS.com only as what it is, one of
    /// BigCommerce as what some collection makes of it.
    pub fn means(&self, record_type: &str, of: &str) -> bool {
        let ours = self.builder.catalog.record(of).is_some_and(|r| r.system == crate::schema::System::Ipaas);
        !ours && self.paired(&format!("{LINKED}{record_type}"), of)
    }

    pub fn check_link_subject(&mut self, subject: &Type, record_type: &str, span: Span) -> Option<()> {
        match &subject.kind {
            Kind::Id(Some(of)) if of.starts_with(LINKED) => {
                self.error("E0412", span, "this is an id of the other system already", "link ids of the source")
            }
            Kind::Id(Some(of)) if **of != *record_type && !self.means(record_type, of) => {
                let of = of.to_string();
                self.error(
                    "E0412",
                    span,
                    format!("an id of {of} is looked up as `{record_type}`"),
                    format!("link it as what it is, or read an id of {record_type}"),
                )
            }
            Kind::Id(_) | Kind::Text | Kind::Integer | Kind::Any | Kind::Nothing | Kind::Enum(_) => Some(()),
            other => {
                let words = other.words();
                self.error(
                    "E0412",
                    span,
                    format!("a link is found by an id, this is {words}"),
                    "for every element of a list: `| each link(…)`",
                )
            }
        }
    }

    pub fn linked(&mut self, name: &Name, arguments: &[Expr], span: Span) -> Option<Checked> {
        let (record_type, parts) = self.link_arguments(name, arguments, span)?;
        let subject = parts.first()?.ty.clone();
        self.check_link_subject(&subject, &record_type, span)?;
        self.effect("linked", &record_type, name.span);
        let id = parts.iter().map(|p| p.step).collect();
        let step = self.step(Step::Linked { record_type, id }, span);
        Some(Checked::new(step, Type::of(Kind::Boolean)))
    }
}
