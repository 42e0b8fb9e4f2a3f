//! One rule or `let` of a file: set, added, removed. As with layers, a rule without `on` takes the place of both halves, and a half
//! splits a rule without `on`.

use mapwright_language::combine::target_label;
use mapwright_language::diagnostic::{Diagnostics, Severity, did_you_mean};
use mapwright_language::source::{FileId, Files, Offsets, Scalar, ScalarStyle, Span};
use mapwright_language::syntax::tree::{On, Rules};
use mapwright_language::syntax::{self};

use super::lines::{comments, ending, indentation, insert_below, line_start, replace, take_away};
use super::{ChangeError, entry, finish, read, refuse};

/// What a rule fills or a let names, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Name {
    label: String,
    is_let: bool,
    on: Option<On>,
}

impl Name {
    fn same(&self, other: &Name) -> bool {
        self.label == other.label && self.is_let == other.is_let
    }
}

impl std::fmt::Display for Name {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let on = match self.on {
            None => "",
            Some(On::Create) => " on create",
            Some(On::Update) => " on update",
        };
        write!(f, "{}{}{on}", if self.is_let { "let " } else { "" }, self.label)
    }
}

/// Sets a rule (`price <- default_price | round(2)`) or a let (`let net = price - discount`): the one with its target and `on` is
/// replaced; where there is none, it is added.
///
/// # Errors
/// The rule is not exactly one, the file cannot be read, or it fills the target more than once.
pub fn set_rule(text: &str, rule: &str) -> Result<String, ChangeError> {
    let rule = rule.trim();
    let (new, _) = one(rule)?;
    let before = read(text)?;
    let there = names(before.file.rules.as_ref().map(|r| &r.value));
    let same: Vec<&(Name, Span)> = there.iter().filter(|(name, _)| name.same(&new)).collect();
    for (i, (name, span)) in same.iter().enumerate() {
        if same.iter().take(i).any(|(other, _)| other.on == name.on) {
            let line = text.get(..span.start as usize).unwrap_or_default().matches('\n').count() + 1;
            return Err(refuse(
                format!("`{name}` is filled more than once, again in line {line}: which one is meant is not clear"),
                "take one of them away first, with an editor",
            ));
        }
    }
    let exact = same.iter().find(|(name, _)| name.on == new.on);
    let changed = match (exact, new.on) {
        (Some((_, span)), _) => put(text, *span, rule),
        // a rule without `on` takes the place of both halves
        (None, None) if !same.is_empty() => {
            let mut changed = text.to_owned();
            for (i, (_, span)) in same.iter().enumerate().rev() {
                changed = if i == 0 {
                    put(&changed, *span, rule)
                } else {
                    take_away(&changed, span.start as usize, last(*span))
                };
            }
            changed
        }
        // half of a rule without `on`: the other half stays
        (None, Some(on)) if !same.is_empty() => {
            let (name, span) =
                same.first().map_or((&new, Span { file: FileId(0), start: 0, end: 0 }), |(n, s)| (n, *s));
            let added = insert_below(text, last(span), &indented(text, span.start as usize, rule));
            match name.on {
                None => {
                    let other = if on == On::Create { "  on update" } else { "  on create" };
                    replace(&added, span.end as usize, span.end as usize, other)
                }
                Some(_) => added,
            }
        }
        _ => add(text, &before, &there, &new, rule)?,
    };
    finish(&changed)
}

/// Removes the rule for a target (`price`, `price on create`) or a let (`let net`). Without `on` both halves go.
///
/// # Errors
/// The file cannot be read, or has no such rule.
pub fn remove_rule(text: &str, target: &str) -> Result<String, ChangeError> {
    let target = target.trim();
    let (bare, on) = match (target.strip_suffix(" on create"), target.strip_suffix(" on update")) {
        (Some(bare), _) => (bare, " on create"),
        (_, Some(bare)) => (bare, " on update"),
        _ => (target, ""),
    };
    let whole = if bare.starts_with("let ") { format!("{bare} = null") } else { format!("{bare} <- null{on}") };
    let (wanted, _) = one(&whole)
        .map_err(|_| refuse(format!("`{target}` is no target"), "write it as it stands left of `<-`, or `let NAME`"))?;
    let before = read(text)?;
    let there = names(before.file.rules.as_ref().map(|r| &r.value));
    let hit: Vec<Span> = there
        .iter()
        .filter(|(name, _)| name.same(&wanted) && (wanted.on.is_none() || name.on == wanted.on))
        .map(|(_, span)| *span)
        .collect();
    if hit.is_empty() {
        let known: Vec<String> = there.iter().map(|(name, _)| name.to_string()).collect();
        let help = match did_you_mean(target, known.iter().map(String::as_str)) {
            Some(near) => format!("did you mean `{near}`?"),
            None => String::from("name what stands left of `<-`; a rule of a base is left out with `without`"),
        };
        return Err(refuse(format!("the file has no rule for `{target}`"), help));
    }
    let mut changed = text.to_owned();
    for span in hit.iter().rev() {
        changed = take_away(&changed, span.start as usize, last(*span));
    }
    finish(&changed)
}

/// The last byte of a span.
fn last(span: Span) -> usize {
    (span.end as usize).saturating_sub(1).max(span.start as usize)
}

/// Reads exactly one rule or let.
fn one(text: &str) -> Result<(Name, Span), ChangeError> {
    let text = text.replace("\r\n", "\n");
    let scalar = Scalar {
        text: text.clone(),
        offsets: Offsets::identity(0, text.len()),
        style: ScalarStyle::Literal,
        in_flow: false,
        folded: false,
    };
    let mut files = Files::default();
    let file = files.add("", text.as_str());
    let mut diagnostics = Diagnostics::default();
    let rules = syntax::rules(&scalar, file, &mut diagnostics);
    if let Some(error) = diagnostics.iter().find(|d| d.severity == Severity::Error) {
        let (line, column) = files.line_column(error.span);
        let help = [&error.note, &error.help].into_iter().flatten().cloned().collect::<Vec<_>>().join("; ");
        let message = format!("the rule cannot be read (line {line}, column {column}): {}", error.message);
        return Err(ChangeError { message, help: (!help.is_empty()).then_some(help) });
    }
    let mut all = names(Some(&rules));
    match (all.pop(), all.is_empty()) {
        (Some(only), true) => Ok(only),
        (None, _) => {
            Err(refuse("there is no rule in this text", "write `target <- expression` or `let name = expression`"))
        }
        _ => Err(refuse("there is more than one rule in this text", "change one at a time")),
    }
}

/// All rules and lets in the order of the file.
fn names(rules: Option<&Rules>) -> Vec<(Name, Span)> {
    let mut all: Vec<(Name, Span)> = Vec::new();
    if let Some(rules) = rules {
        all.extend(rules.lets.iter().map(|l| (Name { label: l.name.text.clone(), is_let: true, on: None }, l.span)));
        all.extend(
            rules.rules.iter().map(|r| (Name { label: target_label(&r.target), is_let: false, on: r.on }, r.span)),
        );
    }
    all.sort_by_key(|(_, span)| *span);
    all
}

/// A rule's lines under the margin of the line of a byte.
fn indented(text: &str, at: usize, rule: &str) -> String {
    under(&indentation(text, at), rule, ending(text))
}

fn under(indent: &str, rule: &str, ending: &str) -> String {
    let lines =
        rule.lines().map(|l| if l.trim().is_empty() { String::new() } else { format!("{indent}{}", l.trim_end()) });
    lines.collect::<Vec<_>>().join(ending)
}

/// The rule in place of another; comments inside the old one go above it.
fn put(text: &str, span: Span, rule: &str) -> String {
    let (start, end) = (span.start as usize, span.end as usize);
    let mut indent = indentation(text, start);
    // a literal block holds blanks only before a rule
    indent.truncate(start - line_start(text, start));
    let kept: String = comments(text.get(start..end).unwrap_or_default())
        .iter()
        .map(|c| format!("{c}{}{indent}", ending(text)))
        .collect();
    let lines = indented(text, start, rule);
    replace(text, start, end, &format!("{kept}{}", lines.trim_start()))
}

/// The rule below the others; a let below the other lets, or above the rules.
fn add(
    text: &str,
    before: &super::Before,
    there: &[(Name, Span)],
    new: &Name,
    rule: &str,
) -> Result<String, ChangeError> {
    let line = ending(text);
    let Some((key, value)) = entry(&before.tree, "rules") else {
        let open = if text.ends_with('\n') { "" } else { line };
        return Ok(format!("{text}{open}rules: |{line}{}{line}", under("  ", rule, line)));
    };
    let scalar = value.scalar();
    let empty = scalar.is_none_or(|s| s.text.trim().is_empty());
    if !empty && scalar.is_some_and(|s| s.style != ScalarStyle::Literal) {
        return Err(refuse("the rules of this file stand in no `|` block", "write `rules: |`, and the rules below it"));
    }
    let after = if new.is_let { there.iter().rfind(|(n, _)| n.is_let) } else { there.last() };
    if let Some((_, span)) = after {
        return Ok(insert_below(text, last(*span), &indented(text, span.start as usize, rule)));
    }
    let key_line = key.span.start as usize;
    if let Some((_, first)) = there.first() {
        return Ok(insert_below(text, key_line, &indented(text, first.start as usize, rule)));
    }
    if scalar.is_some_and(|s| s.style == ScalarStyle::Literal) {
        return Ok(insert_below(text, key_line, &under("  ", rule, line)));
    }
    // `rules:` with nothing behind it
    let colon = text
        .get(key.span.end as usize..)
        .and_then(|t| t.find(':'))
        .map_or(key.span.end as usize, |i| key.span.end as usize + i + 1);
    let opened = replace(text, colon, colon, " |");
    Ok(insert_below(&opened, key_line, &under("  ", rule, line)))
}
