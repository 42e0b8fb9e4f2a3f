//! The kinds of mistakes, and how each is made.

use mapwright_language::mapping_file::{Direction, MappingFile};
use mapwright_language::schema::{Catalog, Field, FieldKind, RecordType};
use mapwright_language::source::Span;
use mapwright_language::syntax::tree::{Expr, ExprKind, Operator, Rule};

use super::sites::{Chance, expressions};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    NoSuchField,
    OtherType,
    SameType,
    WrongLiteral,
    DroppedRule,
    MisspeltValue,
    Null,
    WrongArity,
    Swapped,
    WrongLookup,
    LookupEntry,
    WrongChild,
    Target,
    Function,
    Envelope,
    Operator,
}

pub const KINDS: &[(Kind, &str)] = &[
    (Kind::NoSuchField, "a path that does not exist"),
    (Kind::OtherType, "a path of another type"),
    (Kind::SameType, "a path of the same type"),
    (Kind::WrongLiteral, "a literal of a wrong type"),
    (Kind::DroppedRule, "a needed rule left out"),
    (Kind::MisspeltValue, "a value misspelt"),
    (Kind::Null, "null introduced"),
    (Kind::WrongArity, "wrong number of arguments"),
    (Kind::Swapped, "two fields of other types swapped"),
    (Kind::WrongLookup, "a lookup that is not there"),
    (Kind::LookupEntry, "an entry of a lookup misspelt"),
    (Kind::WrongChild, "a wrong child"),
    (Kind::Target, "a target misspelt or read-only"),
    (Kind::Function, "a function misspelt"),
    (Kind::Envelope, "a key or word misspelt"),
    (Kind::Operator, "an operator that does not fit"),
];

pub fn name(kind: Kind) -> &'static str {
    KINDS.iter().find(|(k, _)| *k == kind).map_or("", |(_, name)| name)
}

/// A changed text and what was changed.
pub struct Mutation {
    pub text: String,
    pub what: String,
}

/// `names` are those of all collections.
pub fn mutate(kind: Kind, file: &MappingFile, text: &str, names: &[String], chance: &mut Chance) -> Option<Mutation> {
    let change = Change { file, text };
    match kind {
        Kind::NoSuchField => {
            let (expr, name) = change.field_paths(chance)?;
            let near = misspelt(&name, chance)?;
            (change.source()?.fields.get(&near).is_none()).then_some(())?;
            change.replaced(expr.span, &near)
        }
        Kind::OtherType | Kind::SameType => {
            let (expr, name) = change.field_paths(chance)?;
            let source = change.source()?;
            let own = source.fields.get(&name)?;
            let others: Vec<String> = source
                .fields
                .iter()
                .filter(|(n, f)| *n != name && (class(f) == class(own)) == (kind == Kind::SameType))
                .map(|(n, _)| n.to_owned())
                .collect();
            change.replaced(expr.span, chance.pick(&others)?)
        }
        Kind::WrongLiteral => {
            let rule = change.rule(chance)?;
            let target = change.target()?.fields.get(&rule.target.path.first()?.text)?.kind;
            (rule.target.path.len() == 1 && rule.target.custom.is_none()).then_some(())?;
            let literal = match target {
                FieldKind::Integer | FieldKind::Decimal | FieldKind::Boolean => "\"twelve\"",
                FieldKind::Text | FieldKind::Enum => "[1, 2]",
                FieldKind::Instant | FieldKind::Date => "true",
                FieldKind::List | FieldKind::Record | FieldKind::Dictionary => "7",
                FieldKind::Id | FieldKind::Any => return None,
            };
            change.replaced(rule.value.span, literal)
        }
        Kind::DroppedRule => {
            let rule = change.rule(chance)?;
            let target = change.target()?;
            let field = target.fields.get(&rule.target.path.first()?.text)?;
            let creates = matches!(
                change.file.sync.as_ref()?.value,
                mapwright_language::mapping_file::SyncType::Add | mapwright_language::mapping_file::SyncType::AddUpdate
            );
            (field.required && creates && rule.on != Some(mapwright_language::syntax::tree::On::Update))
                .then_some(())?;
            let line_end = text[rule.span.end as usize..].find('\n').map_or(text.len(), |i| rule.span.end as usize + i);
            let span = Span { end: u32::try_from(line_end).ok()?, ..rule.span };
            change.replaced(span, "")
        }
        Kind::MisspeltValue => {
            let texts: Vec<&Expr> =
                change.compared().into_iter().filter(|e| matches!(&e.kind, ExprKind::Text(_))).collect();
            let literal = chance.pick(&texts)?;
            let written = change.of(literal.span)?.trim_matches(['"', '\'']).to_owned();
            change.replaced(literal.span, &format!("\"{}\"", misspelt(&written, chance)?))
        }
        Kind::Null => {
            let creates = matches!(
                change.file.sync.as_ref()?.value,
                mapwright_language::mapping_file::SyncType::Add | mapwright_language::mapping_file::SyncType::AddUpdate
            );
            let rule = change.rule(chance)?;
            let field = change.target()?.fields.get(&rule.target.path.first()?.text)?;
            (creates && field.required && rule.on != Some(mapwright_language::syntax::tree::On::Update))
                .then_some(())?;
            if let ExprKind::Binary(Operator::OrIfNull, a, _) = &rule.value.kind {
                let kept = change.of(a.span)?.to_owned();
                return change.replaced(rule.value.span, &kept);
            }
            change.replaced(rule.value.span, "null")
        }
        Kind::WrongArity => {
            let calls: Vec<&Expr> = change.calls();
            let call = chance.pick(&calls)?;
            let written = change.of(call.span)?.to_owned();
            let more = match written.strip_suffix(')') {
                Some(open) => format!("{open}, 1, 2, 3)"),
                None => format!("{written}(1, 2, 3, 4)"),
            };
            change.replaced(call.span, &more.replace("(, ", "("))
        }
        Kind::Swapped => {
            let (a, b) = (change.rule(chance)?, change.rule(chance)?);
            let target = change.target()?;
            let class_of = |r: &Rule| {
                target.fields.get(&r.target.path.first()?.text).filter(|_| r.target.path.len() == 1).map(class)
            };
            let (ka, kb) = (class_of(a)?, class_of(b)?);
            // what a text takes, a number may become by itself
            (ka != kb && ![ka, kb].contains(&"text") && a.span.start < b.span.start).then_some(())?;
            let (va, vb) = (change.of(a.value.span)?.to_owned(), change.of(b.value.span)?.to_owned());
            let second = change.replaced(b.value.span, &va)?;
            let change = Change { file, text: &second.text };
            change.replaced(a.value.span, &vb)
        }
        Kind::WrongLookup => {
            let calls: Vec<&Expr> = change.named_calls("lookup");
            let call = chance.pick(&calls)?;
            let ExprKind::Call { arguments, .. } = &call.kind else { return None };
            let name = arguments.get(1)?;
            let written = change.of(name.span)?.trim_matches('"').to_owned();
            change.replaced(name.span, &format!("\"{}\"", misspelt(&written, chance)?))
        }
        Kind::LookupEntry => {
            let lookups = &file.lookups.as_ref()?.value;
            let lookup = chance.pick(lookups)?;
            let (key, value) = chance.pick(&lookup.entries)?;
            // on the side that an enum stands on
            let keys = change.file.direction.as_ref()?.value == Direction::From;
            let entry = if keys && chance.below(2) == 0 { key } else { value };
            let near = misspelt(&entry.value, chance)?;
            change.replaced(entry.span, &near)
        }
        Kind::WrongChild => {
            let slots = &file.children.as_ref()?.value;
            let slot = chance.pick(slots)?;
            let child = chance.pick(&slot.uses)?;
            match chance.below(4) {
                0 => change.replaced(slot.slot.span, &misspelt(&slot.slot.value, chance)?),
                1 => change.replaced(child.collection.span, &misspelt(&child.collection.value, chance)?),
                2 => {
                    let each = child.each.as_ref()?;
                    change.replaced(each.span, "name")
                }
                _ => {
                    let others: Vec<&String> = names.iter().filter(|n| **n != child.collection.value).collect();
                    change.replaced(child.collection.span, chance.pick(&others)?)
                }
            }
        }
        Kind::Target => {
            let rule = change.rule(chance)?;
            let name = rule.target.path.first()?;
            let target = change.target()?;
            if chance.below(2) == 0 {
                let read_only: Vec<String> =
                    target.fields.iter().filter(|(_, f)| f.read_only).map(|(n, _)| n.to_owned()).collect();
                return change.replaced(name.span, chance.pick(&read_only)?);
            }
            change.replaced(name.span, &misspelt(&name.text, chance)?)
        }
        Kind::Function => {
            let calls: Vec<&Expr> = change.calls();
            let call = chance.pick(&calls)?;
            let ExprKind::Call { function, .. } = &call.kind else { return None };
            change.replaced(function.span, &misspelt(&function.text, chance)?)
        }
        Kind::Envelope => {
            let lines: Vec<&str> = text.lines().take_while(|l| !l.starts_with("rules:")).collect();
            let keys: Vec<&&str> =
                lines.iter().filter(|l| l.contains(':') && !l.starts_with([' ', '#', '-'])).collect();
            let line = **chance.pick(&keys)?;
            let at = text.find(line)?;
            let (key, rest) = line.split_once(':')?;
            let value = rest.split(" #").next()?.trim();
            let words = ["sync", "direction", "record", "bigcommerce", "extends"];
            let place = |start: usize, length: usize| Span {
                file: file.name.span.file,
                start: u32::try_from(start).unwrap(),
                end: u32::try_from(start + length).unwrap(),
            };
            if words.contains(&key) && chance.below(2) == 0 {
                let start = at + line.find(value)?;
                return change.replaced(place(start, value.len()), &misspelt(value, chance)?);
            }
            change.replaced(place(at, key.len()), &misspelt(key, chance)?)
        }
        Kind::Operator => {
            let binaries: Vec<&Expr> =
                expressions(file).into_iter().filter(|e| matches!(e.kind, ExprKind::Binary(..))).collect();
            let ExprKind::Binary(operator, a, b) = &chance.pick(&binaries)?.kind else { return None };
            let sign = match operator {
                Operator::Equal | Operator::NotEqual => "+",
                Operator::And | Operator::Or | Operator::OrIfNull => "*",
                _ => "starts with",
            };
            let between = Span { start: a.span.end, end: b.span.start, ..a.span };
            let written = change.of(between)?.to_owned();
            (!written.contains([')', '('])).then_some(())?;
            change.replaced(between, &format!(" {sign} "))
        }
    }
}

struct Change<'a> {
    file: &'a MappingFile,
    text: &'a str,
}

impl<'a> Change<'a> {
    fn of(&self, span: Span) -> Option<&'a str> {
        self.text.get(span.start as usize..span.end as usize)
    }

    fn replaced(&self, span: Span, by: &str) -> Option<Mutation> {
        let old = self.of(span)?;
        let text = format!("{}{by}{}", &self.text[..span.start as usize], &self.text[span.end as usize..]);
        Some(Mutation { text, what: format!("`{old}` becomes `{by}`") })
    }

    fn source(&self) -> Option<&'static RecordType> {
        self.record(Direction::From)
    }

    fn target(&self) -> Option<&'static RecordType> {
        self.record(Direction::To)
    }

    /// iPaaS.com's record with this direction, else BigCommerce's.
    fn record(&self, ipaas: Direction) -> Option<&'static RecordType> {
        let name = if self.file.direction.as_ref()?.value == ipaas {
            &self.file.record.as_ref()?.value
        } else {
            &self.file.bigcommerce.as_ref()?.value
        };
        Catalog::builtin().record(name).map(|r| &**r)
    }

    /// A path that is one field of the source record.
    fn field_paths(&self, chance: &mut Chance) -> Option<(&'a Expr, String)> {
        let source = self.source()?;
        let paths: Vec<(&Expr, String)> = expressions(self.file)
            .into_iter()
            .filter_map(|e| match &e.kind {
                ExprKind::Name { name, .. } if source.fields.get(&name.text).is_some() => Some((e, name.text.clone())),
                _ => None,
            })
            .collect();
        chance.pick(&paths).cloned()
    }

    fn rule(&self, chance: &mut Chance) -> Option<&'a Rule> {
        chance.pick(&self.file.rules.as_ref()?.value.rules)
    }

    fn calls(&self) -> Vec<&'a Expr> {
        expressions(self.file).into_iter().filter(|e| matches!(e.kind, ExprKind::Call { .. })).collect()
    }

    fn named_calls(&self, wanted: &str) -> Vec<&'a Expr> {
        let named = |e: &&Expr| matches!(&e.kind, ExprKind::Call { function, .. } if function.text == wanted);
        self.calls().into_iter().filter(named).collect()
    }

    /// Literals that are compared with something, or the value of a rule whose target has a few values.
    fn compared(&self) -> Vec<&'a Expr> {
        let mut found = Vec::new();
        for expr in expressions(self.file) {
            match &expr.kind {
                ExprKind::Binary(Operator::Equal | Operator::NotEqual, _, b) => found.push(&**b),
                ExprKind::Binary(Operator::In | Operator::NotIn, _, list) => {
                    if let ExprKind::List(items) = &list.kind {
                        found.extend(items);
                    }
                }
                _ => {}
            }
        }
        let target = self.target();
        for rule in self.file.rules.iter().flat_map(|r| &r.value.rules) {
            let field = rule.target.path.first().and_then(|n| target?.fields.get(&n.text));
            if field.is_some_and(|f| f.kind == FieldKind::Enum) {
                found.push(&rule.value);
                if let ExprKind::If { then, otherwise, .. } = &rule.value.kind {
                    found.push(then);
                    found.extend(otherwise.as_deref());
                }
            }
        }
        found
    }
}

/// What goes into what by itself.
fn class(field: &Field) -> &'static str {
    match field.kind {
        FieldKind::Text | FieldKind::Any => "text",
        FieldKind::Enum => "enum",
        FieldKind::Integer => "integer",
        FieldKind::Decimal => "decimal",
        FieldKind::Boolean => "boolean",
        FieldKind::Instant => "instant",
        FieldKind::Date => "date",
        FieldKind::Id => "id",
        FieldKind::List => "list",
        FieldKind::Record => "record",
        FieldKind::Dictionary => "dictionary",
    }
}

/// A word with one slip of the finger.
fn misspelt(word: &str, chance: &mut Chance) -> Option<String> {
    let chars: Vec<char> = word.chars().collect();
    if chars.len() < 3 {
        return None;
    }
    let at = 1 + chance.below(chars.len() - 2);
    let mut out = chars.clone();
    match chance.below(3) {
        0 => drop(out.remove(at)),
        1 => out.swap(at, at + 1),
        _ => out.insert(at, chars[at]),
    }
    let text: String = out.into_iter().collect();
    (text != word && !text.contains("  ")).then_some(text)
}
