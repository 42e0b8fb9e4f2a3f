//! Calls: functions by their signatures, and `lookup`, `link`, `linked`.

use std::sync::Arc;

use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::functions::{self, Function, FunctionId, NullRule, TypePattern};
use crate::mapping_file::{Lookup, Unmatched};
use crate::plan::{LookupTable, PlannedUnmatched, Step, StepId};
use crate::source::Span;
use crate::syntax::tree::{Expr, Name};
use crate::value::Value;

use super::checker::{Checker, literal_text};
use super::scope::Checked;
use super::types::{Kind, Type, join};

/// Types that a signature's variables stand for.
type Bound = Vec<(char, Type)>;

impl Checker<'_> {
    pub fn call(&mut self, name: &Name, arguments: &[Expr], each: bool, span: Span) -> Option<Checked> {
        match name.text.as_str() {
            "lookup" => return self.lookup(name, arguments, each, span),
            "link" => return self.link(name, arguments, each, span),
            "linked" => return self.linked(name, arguments, span),
            "find" | "record" => {
                return self.error("E0123", name.span, format!("`{}` is not in this version of the language", name.text), "take it away; the changelog says when it comes");
            }
            "each" => return self.error("E0201", name.span, "`each` stands before one function", "one after the other: `| each trim | each upper`"),
            _ => {}
        }
        let Some((id, function)) = functions::by_name(&name.text) else {
            let known = functions::all().iter().map(|f| f.name).chain(["lookup", "link", "linked"]);
            let mut diagnostic = Diagnostic::error("E0308", name.span, format!("there is no function `{}`", name.text));
            diagnostic = match did_you_mean(&name.text, known) {
                Some(near) => diagnostic.note(format!("did you mean `{near}`?")).edit(name.span, near),
                None => diagnostic.help("`mapwright functions` lists them"),
            };
            for argument in arguments {
                let _ = self.expression(argument);
            }
            return self.refuse(diagnostic);
        };
        self.function(id, function, name, arguments, each, span)
    }

    fn function(&mut self, id: FunctionId, function: &'static Function, name: &Name, arguments: &[Expr], each: bool, span: Span) -> Option<Checked> {
        let parameters = function.parameters;
        let most = if parameters.variadic { usize::MAX } else { parameters.list.len() };
        if arguments.len() < parameters.required || arguments.len() > most {
            let wanted = match (parameters.required, most) {
                (required, usize::MAX) => format!("at least {required}"),
                (required, most) if required == most => required.to_string(),
                (required, most) => format!("{required} to {most}"),
            };
            return self.error(
                "E0411",
                span,
                format!("`{}` takes {wanted} arguments, what is piped in included, and has {}", name.text, arguments.len()),
                format!("its form is `{}`", form(function)),
            );
        }
        let mut bound: Bound = Vec::new();
        let mut steps = Vec::new();
        let mut nullable = false;
        let mut list_nullable = false;
        let mut failed = false;
        for (i, argument) in arguments.iter().enumerate() {
            let Some(checked) = self.plain(argument) else {
                failed = true;
                continue;
            };
            let Some(parameter) = parameters.list.get(i).or(parameters.list.last()) else { continue };
            let mut ty = checked.ty.clone();
            if i == 0 && each {
                let Some(of) = self.list_only(&checked, argument.span) else {
                    failed = true;
                    continue;
                };
                list_nullable = ty.nullable;
                ty = of;
            }
            nullable |= ty.nullable;
            let subject = Checked { ty, ..checked };
            match self.argument(&subject, &parameter.accepts, &mut bound, each && i == 0, argument.span) {
                Ok(step) => steps.push(step),
                Err(()) => {
                    failed = true;
                    let message = format!("`{}` takes {} as `{}`, this is {}", name.text, pattern_words(&parameter.accepts), parameter.name, subject.ty.words());
                    let help = match (&parameter.accepts, &subject.ty.kind) {
                        (TypePattern::Integer | TypePattern::Decimal, k) if k.is_textual() => String::from("a text becomes a number with `| number`"),
                        (TypePattern::Integer, Kind::Decimal) => String::from("a decimal becomes whole with `| round(0)`"),
                        (TypePattern::List(_), _) if i == 0 => String::from("this function wants a list"),
                        (_, Kind::List(_)) if i == 0 => format!("for every element: `| each {}`", name.text),
                        _ => format!("its form is `{}`", form(function)),
                    };
                    self.diagnostics.push(Diagnostic::error("E0403", argument.span, message).help(help));
                }
            }
        }
        if failed {
            return None;
        }
        if !self.lineage.functions.iter().any(|f| *f == name.text) {
            self.lineage.functions.push(name.text.clone());
        }
        let result = self.result_type(&function.result, &bound);
        let nullable = match function.nulls {
            NullRule::Propagates => nullable || function.may_be_null,
            NullRule::Sees => function.may_be_null,
        };
        let mut ty = result.nullable(nullable);
        // rounding to no decimals gives whole numbers
        if function.name.starts_with("round") && ty.kind == Kind::Decimal && steps.get(1).is_none_or(|s| self.is_zero(*s)) {
            ty.kind = Kind::Integer;
        }
        let step = self.step(Step::Call { function: id, arguments: steps, each }, span);
        let ty = if each { Type::of(Kind::List(Box::new(ty))).nullable(list_nullable) } else { ty };
        Some(Checked::new(step, ty))
    }

    fn is_zero(&self, step: StepId) -> bool {
        matches!(self.builder.plan.steps.get(step.0 as usize), Some(Step::Constant(Value::Number(n))) if n.is_zero())
    }

    /// Fits an argument to a parameter: the step to hand over, converted where it converts by itself.
    fn argument(&mut self, checked: &Checked, pattern: &TypePattern, bound: &mut Bound, each: bool, span: Span) -> Result<StepId, ()> {
        let kind = &checked.ty.kind;
        match pattern {
            _ if *kind == Kind::Nothing => Ok(checked.step),
            TypePattern::Text => match kind {
                k if k.is_textual() => Ok(checked.step),
                k if k.is_number() && !each => Ok(self.number_to_text(checked.step, span)),
                _ => Err(()),
            },
            TypePattern::Integer => if *kind == Kind::Integer { Ok(checked.step) } else { Err(()) },
            TypePattern::Decimal => if kind.is_number() { Ok(checked.step) } else { Err(()) },
            TypePattern::Boolean => if *kind == Kind::Boolean { Ok(checked.step) } else { Err(()) },
            TypePattern::Instant => if *kind == Kind::Instant { Ok(checked.step) } else { Err(()) },
            TypePattern::Date => if *kind == Kind::Date { Ok(checked.step) } else { Err(()) },
            TypePattern::Variable(variable) => {
                bind(bound, *variable, &checked.ty)?;
                Ok(checked.step)
            }
            TypePattern::List(of) => match kind {
                Kind::List(element) => {
                    let element = Checked { ty: (**element).clone(), ..checked.clone() };
                    // elements are handed over as they are: only types that need no conversion fit
                    let fits = match (of, &element.ty.kind) {
                        (TypePattern::Text, k) => k.is_textual() || *k == Kind::Nothing,
                        _ => self.argument(&element, of, bound, true, span).is_ok(),
                    };
                    if fits { Ok(checked.step) } else { Err(()) }
                }
                _ => Err(()),
            },
            TypePattern::Dictionary(of) => match kind {
                Kind::Dictionary(element) => {
                    let element = Checked { ty: (**element).clone(), ..checked.clone() };
                    self.argument(&element, of, bound, true, span).map(|_| checked.step)
                }
                _ => Err(()),
            },
        }
    }

    fn result_type(&self, pattern: &TypePattern, bound: &Bound) -> Type {
        let kind = match pattern {
            TypePattern::Text => Kind::Text,
            TypePattern::Integer => Kind::Integer,
            TypePattern::Decimal => Kind::Decimal,
            TypePattern::Boolean => Kind::Boolean,
            TypePattern::Instant => Kind::Instant,
            TypePattern::Date => Kind::Date,
            TypePattern::Variable(variable) => {
                return bound.iter().find(|(v, _)| v == variable).map_or(Type::of(Kind::Nothing), |(_, t)| t.clone());
            }
            TypePattern::List(of) => Kind::List(Box::new(self.result_type(of, bound))),
            TypePattern::Dictionary(of) => Kind::Dictionary(Box::new(self.result_type(of, bound))),
        };
        Type::of(kind)
    }

    fn lookup(&mut self, name: &Name, arguments: &[Expr], each: bool, span: Span) -> Option<Checked> {
        let [key, table] = arguments else {
            return self.error("E0411", span, "`lookup` takes a value and a lookup's name", "write `status | lookup(\"Order Status\")`");
        };
        let Some(table_name) = literal_text(table) else {
            return self.error("E0411", table.span, "a lookup's name is a text as it stands", "write `status | lookup(\"Order Status\")`");
        };
        let level = self.levels.last_mut()?;
        let lookups = level.combined.file.lookups.clone().map(|l| l.value).unwrap_or_default();
        let Some(lookup) = lookups.iter().find(|l| l.name.value == table_name).cloned() else {
            let mut diagnostic = Diagnostic::error("E0309", table.span, format!("this collection has no lookup `{table_name}`"));
            diagnostic = match did_you_mean(&table_name, lookups.iter().map(|l| l.name.value.as_str())) {
                Some(near) => diagnostic.note(format!("did you mean `{near}`?")),
                None => diagnostic.help(format!("add it: `lookups:` with `{table_name}:` and below it `unmatched` and `entries`")),
            };
            let _ = self.expression(key);
            return self.refuse(diagnostic);
        };
        level.used_lookups.push(table_name.clone());
        let key_checked = self.plain(key)?;
        let subject = if each { self.list_only(&key_checked, key.span)? } else { key_checked.ty.clone() };
        let key_step = if each { Some(key_checked.step) } else { self.as_text(&key_checked, key.span) };
        self.check_keys(&lookup, &subject);
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
        let path = key_checked.path.filter(|_| !each);
        let ty = if each { Type::of(Kind::List(Box::new(ty))).nullable(key_checked.ty.nullable) } else { ty };
        Some(Checked { path: path.map(|_| table_name), ..Checked::new(step, ty) })
    }

    /// Keys that the source's own values do not have.
    fn check_keys(&mut self, lookup: &Lookup, subject: &Type) {
        let Kind::Enum(values) = &subject.kind else { return };
        for (key, _) in &lookup.entries {
            let matches = |v: &String| if lookup.ignore_case { v.eq_ignore_ascii_case(&key.value) } else { *v == key.value };
            if values.iter().any(matches) {
                continue;
            }
            let mut diagnostic = Diagnostic::error("E0606", key.span, format!("`{}` is not a value that this lookup is ever asked for", key.value));
            if let Some(near) = did_you_mean(&key.value, values.iter().map(String::as_str)) {
                diagnostic = diagnostic.note(format!("did you mean `{near}`?")).edit(key.span, near);
            }
            let list = values.iter().map(|v| format!("`{v}`")).collect::<Vec<_>>().join(", ");
            self.diagnostics.push(diagnostic.help(format!("the field's values are {list}")));
        }
    }

    /// The table for the plan and the type of what comes out.
    fn table(&mut self, lookup: &Lookup, subject: &Type) -> Option<(LookupTable, Type)> {
        let mut values: Vec<String> = Vec::new();
        let mut add = |value: &str| {
            if !values.iter().any(|v| v == value) {
                values.push(value.to_owned());
            }
        };
        lookup.entries.iter().for_each(|(_, v)| add(&v.value));
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
            None => return None,
        };
        let kind = match (&subject.kind, pass) {
            (_, false) => Kind::Enum(values.into()),
            (Kind::Enum(_), true) => join(&Type::of(Kind::Enum(values.into())), &subject.clone().nullable(false))?.kind,
            (_, true) => Kind::Text,
        };
        let entries = lookup.entries.iter().map(|(k, v)| (Arc::from(k.value.as_str()), Value::Text(v.value.as_str().into()))).collect();
        let table = LookupTable { name: lookup.name.value.as_str().into(), ignore_case: lookup.ignore_case, entries, unmatched };
        Some((table, Type { kind, nullable }))
    }

    /// The record type of a link, and whether it is written in this same transfer.
    fn link_type(&mut self, expr: &Expr) -> Option<Arc<str>> {
        let Some(typed) = literal_text(expr) else {
            return self.error("E0411", expr.span, "a record type is a text as it stands", "write `category_id | link(\"Product Category\")`");
        };
        let catalog = self.builder.catalog;
        let linkable: Vec<_> = catalog.iter().filter(|r| r.table.is_some()).collect();
        if let Some(record) = linkable.iter().find(|r| r.name == typed) {
            return Some(record.name.as_str().into());
        }
        let mut diagnostic = match catalog.record(&typed) {
            Some(record) => Diagnostic::error("E0310", expr.span, format!("records of type `{}` have no links in iPaaS.com", record.name)),
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
        Some((record_type?, parts))
    }

    fn link(&mut self, name: &Name, arguments: &[Expr], each: bool, span: Span) -> Option<Checked> {
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
        let path = first.path.clone();
        let id = parts.iter().map(|p| p.step).collect();
        let step = self.step(Step::Link { record_type: record_type.clone(), id, each }, span);
        let ty = Type::of(Kind::Id(Some(format!("link:{record_type}").into()))).nullable(nullable);
        let list_nullable = first.ty.nullable;
        let ty = if each { Type::of(Kind::List(Box::new(ty))).nullable(list_nullable) } else { ty };
        Some(Checked { promise, path: path.map(|_| format!("link:{record_type}")), ..Checked::new(step, ty) })
    }

    fn check_link_subject(&mut self, subject: &Type, record_type: &str, span: Span) -> Option<()> {
        match &subject.kind {
            Kind::Id(Some(of)) if of.starts_with("link:") => {
                self.error("E0412", span, "this is an id of the other system already", "link ids of the source")
            }
            Kind::Id(Some(of)) if **of != *record_type && !self.paired(&format!("link:{record_type}"), of) => {
                let of = of.to_string();
                self.error("E0412", span, format!("an id of {of} is looked up as `{record_type}`"), format!("link it as what it is, or read an id of {record_type}"))
            }
            Kind::Id(_) | Kind::Text | Kind::Integer | Kind::Any | Kind::Nothing | Kind::Enum(_) => Some(()),
            other => {
                let words = other.words();
                self.error("E0412", span, format!("a link is found by an id, this is {words}"), "for every element of a list: `| each link(…)`")
            }
        }
    }

    fn linked(&mut self, name: &Name, arguments: &[Expr], span: Span) -> Option<Checked> {
        let (record_type, parts) = self.link_arguments(name, arguments, span)?;
        let subject = parts.first()?.ty.clone();
        self.check_link_subject(&subject, &record_type, span)?;
        self.effect("linked", &record_type, name.span);
        let id = parts.iter().map(|p| p.step).collect();
        let step = self.step(Step::Linked { record_type, id }, span);
        Some(Checked::new(step, Type::of(Kind::Boolean)))
    }
}

fn bind(bound: &mut Bound, variable: char, ty: &Type) -> Result<(), ()> {
    match bound.iter_mut().find(|(v, _)| *v == variable) {
        Some((_, before)) => {
            *before = join(before, ty).ok_or(())?;
            Ok(())
        }
        None => {
            bound.push((variable, ty.clone().nullable(false)));
            Ok(())
        }
    }
}

/// A function's form: `truncate(text, length)`.
pub fn form(function: &Function) -> String {
    let mut parameters: Vec<String> = function
        .parameters
        .list
        .iter()
        .enumerate()
        .map(|(i, p)| if i < function.parameters.required { p.name.to_owned() } else { format!("{}?", p.name) })
        .collect();
    if function.parameters.variadic {
        parameters.push(String::from("…"));
    }
    format!("{}({})", function.name, parameters.join(", "))
}

/// A parameter's type in words.
pub fn pattern_words(pattern: &TypePattern) -> String {
    match pattern {
        TypePattern::Text => String::from("text"),
        TypePattern::Integer => String::from("integer"),
        TypePattern::Decimal => String::from("number"),
        TypePattern::Boolean => String::from("true or false"),
        TypePattern::Instant => String::from("instant"),
        TypePattern::Date => String::from("date"),
        TypePattern::Variable(_) => String::from("any value"),
        TypePattern::List(of) => format!("list of {}", pattern_words(of)),
        TypePattern::Dictionary(of) => format!("dictionary of {}", pattern_words(of)),
    }
}
