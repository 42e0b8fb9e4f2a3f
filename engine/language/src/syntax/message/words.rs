//! Words: those of other languages, and this one's in the wrong place.

use super::super::format::tokens::Kind;
use super::super::print;
use super::super::tree::{Expr, ExprKind, Operator, TextPart};
use super::super::words::is_reserved;
use super::place::{Place, is_value};
use super::slip::Slip;

fn mark(place: &Place<'_>, at: usize) -> (usize, usize) {
    (place.start(at), place.end(at))
}

/// Whether the token before this one leads on to a value.
pub(super) fn expects_value(place: &Place<'_>, at: usize) -> bool {
    let Some(before) = at.checked_sub(1) else { return true };
    let Some(token) = place.token(before) else { return true };
    match token.kind {
        Kind::Sign => !token.closes() && !token.is("."),
        Kind::Word if before.checked_sub(1).is_some_and(|b| place.is(b, ".")) => false,
        Kind::Word => {
            (is_reserved(token.text) && !is_value(token.text))
                || (token.text == "empty" && before.checked_sub(2).is_some_and(|b| place.is_word(b, "or")))
        }
        _ => false,
    }
}

/// `is null`, `is not NULL`, `is in […]`, `is "x"`
pub(super) fn is_something(place: &Place<'_>) -> Option<Slip> {
    let at = place.at;
    let not = at.checked_sub(1).is_some_and(|b| place.is_word(b, "not"));
    let is = at.checked_sub(1 + usize::from(not)).filter(|i| place.is_word(*i, "is"))?;
    let message = "after `is` comes `empty` or `not empty`";
    let (start, end) = mark(place, at);
    let slip = Slip::new(mark(place, at), message);
    let token = place.token(at);
    let nothing = ["null", "none", "nil", "nothing", "undefined", "blank", "missing", "void"];
    if nothing.iter().any(|w| place.is_word(at, w)) {
        let help = if not {
            "write `is not empty`, or `!= null` for null alone"
        } else {
            "write `is empty`, or `== null` for null alone"
        };
        return Some(slip.help(help).edit(start, end, "empty").edit(
            place.start(is),
            place.end(at.saturating_sub(1)),
            if not { "is not" } else { "is" },
        ));
    }
    if place.is_word(at, "empty") || place.is_word(at, "not") {
        return None; // capitals
    }
    let words = ["in", "contains", "starts", "ends"];
    if words.iter().any(|w| place.is_word(at, w)) {
        let word = token?.text.to_ascii_lowercase();
        return Some(if not {
            if word == "in" {
                slip.help("write `not in`").edit(place.start(is), place.start(at.saturating_sub(1)), "")
            } else {
                slip.help(format!("write `not (a {word} …)`"))
            }
        } else {
            slip.help(format!("write `{word}` without `is`")).edit(place.start(is), place.start(at), "")
        });
    }
    let sign = if not { "!=" } else { "==" };
    let compared: &[(&[&str], &str)] = &[
        (&["equal", "to"], sign),
        (&["greater", "than"], if not { "<=" } else { ">" }),
        (&["less", "than"], if not { ">=" } else { "<" }),
    ];
    for (words, sign) in compared {
        if words.iter().enumerate().all(|(i, w)| place.is_word(at + i, w)) {
            return Some(slip.help(format!("write `{sign}`")).edit(place.start(is), place.end(at + 1), *sign));
        }
    }
    let slip = slip.help(format!("write `{sign}`, or `is {}empty`", if not { "not " } else { "" }));
    Some(match place.operand_after(at) {
        Some(_) => slip.edit(place.start(is), place.end(at.saturating_sub(1)), sign),
        None => slip,
    })
}

/// `a | trim is empty`
pub(super) fn piped_is(place: &Place<'_>) -> Option<Slip> {
    let at = place.at;
    if !place.is_word(at, "is") {
        return None;
    }
    let from = place.slot_start(at);
    (from..at).find(|i| place.is(*i, "|"))?;
    let whole = format!("({})", place.text(from, at));
    let slip = Slip::new((place.start(at), place.end(at)), "what is piped goes in parentheses before `is`");
    Some(slip.help(format!("write `{whole} is empty`")).edit(place.start(from), place.end(at.saturating_sub(1)), whole))
}

/// `a LIKE "b%"`
pub(super) fn like(place: &Place<'_>) -> Option<Slip> {
    let at = place.at;
    let is_like = |i: usize| ["like", "ilike", "rlike"].iter().any(|w| place.is_word(i, w));
    let at = if is_like(at) { at } else { at.checked_sub(1).filter(|i| is_like(*i))? };
    let not = at.checked_sub(1).filter(|b| place.is_word(*b, "not"));
    let subject_end = not.unwrap_or(at);
    let slip = Slip::new(mark(place, at), format!("`{}` is not of this language", place.text(at, at + 1)));
    let general = "write `starts with`, `ends with` or `contains`, without `%`";
    let Some(subject) = place.operand_before(subject_end) else { return Some(slip.help(general)) };
    let pattern = place.token(at + 1).filter(|t| t.kind == Kind::Text && t.text.len() >= 2);
    let Some(pattern) = pattern.and_then(|t| t.text.get(1..t.text.len() - 1)) else { return Some(slip.help(general)) };
    let bare = pattern.trim_matches('%');
    if bare.contains(['%', '{', '\\']) || bare.is_empty() {
        return Some(
            slip.help("for patterns there is `matches` with a regular expression: `name | matches(\"^A.*Z$\")`"),
        );
    }
    let operator = match (pattern.starts_with('%'), pattern.ends_with('%')) {
        (true, true) => Operator::Contains,
        (true, false) => Operator::EndsWith,
        (false, true) => Operator::StartsWith,
        (false, false) => Operator::Equal,
    };
    let left = place.expression(subject, subject_end)?;
    let span = left.span;
    let right = Expr { kind: ExprKind::Text(vec![TextPart::Text(bare.to_owned())]), span };
    let mut expr = Expr { kind: ExprKind::Binary(operator, Box::new(left), Box::new(right)), span };
    if not.is_some() {
        expr = Expr { kind: ExprKind::Not(Box::new(expr)), span };
    }
    // a comparison stands without parentheses beside `and`; `not` goes before all of it
    let written = if not.is_some() { place.written(&expr, subject, at + 2) } else { print::expression(&expr) };
    Some(slip.edit(place.start(subject), place.end(at + 1), written))
}

/// `a BETWEEN b AND c`
pub(super) fn between(place: &Place<'_>) -> Option<Slip> {
    let at = (place.at.saturating_sub(3)..=place.at).rev().find(|i| place.is_word(*i, "between"))?;
    let slip = Slip::new(mark(place, at), format!("`{}` is not of this language", place.text(at, at + 1)));
    let general = "write `a >= 1 and a <= 2`";
    let and = place.operand_after(at + 1).filter(|i| place.is_word(*i, "and"));
    let (Some(subject), Some(and)) = (place.operand_before(at), and) else { return Some(slip.help(general)) };
    let end = place.operand_after(and + 1)?;
    let value = |from, to| place.expression(from, to).map(Box::new);
    let left = value(subject, at)?;
    let span = left.span;
    let part = |operator, right| Some(Expr { kind: ExprKind::Binary(operator, left.clone(), right), span });
    let low = part(Operator::GreaterOrEqual, value(at + 1, and)?)?;
    let high = part(Operator::LessOrEqual, value(and + 1, end)?)?;
    let expr = Expr { kind: ExprKind::Binary(Operator::And, Box::new(low), Box::new(high)), span };
    Some(slip.edit(place.start(subject), place.end(end.saturating_sub(1)), place.written(&expr, subject, end)))
}

/// Words of the language in capitals, as SQL writes them.
const IN_CAPITALS: [&str; 22] = [
    "and",
    "or",
    "not",
    "if",
    "then",
    "else",
    "is",
    "in",
    "null",
    "true",
    "false",
    "match",
    "otherwise",
    "on",
    "for",
    "where",
    "empty",
    "contains",
    "starts",
    "ends",
    "with",
    "descending",
];

/// `AND`, `IS NOT`, `THEN`
pub(super) fn capitals(place: &Place<'_>) -> Option<Slip> {
    let in_capitals = |i: &usize| {
        place.token(*i).is_some_and(|t| {
            let lower = t.text.to_ascii_lowercase();
            let member = i.checked_sub(1).is_some_and(|b| place.is(b, "."));
            t.kind == Kind::Word && t.text != lower && !member && IN_CAPITALS.contains(&lower.as_str())
        })
    };
    let at = [place.at.checked_sub(1), Some(place.at)].into_iter().flatten().find(in_capitals)?;
    let (start, end) = mark(place, at);
    let word = place.text(at, at + 1);
    let lower = word.to_ascii_lowercase();
    let slip = Slip::new((start, end), format!("`{word}` is written in small letters"));
    Some(slip.help(format!("write `{lower}`")).edit(start, end, lower))
}

/// `on insert`, `on create or update`
pub(super) fn on(place: &Place<'_>) -> Option<Slip> {
    let at = place.at;
    if place.is_word(at, "on") && place.is_word(0, "let") {
        let slip = Slip::new(mark(place, at), "`on` belongs to a rule, not to a `let`");
        return Some(slip.help("put it at the rules that use this `let`"));
    }
    let start = (at.saturating_sub(4)..=at).rev().find(|i| place.is_word(*i, "on"))?;
    if start == 0 || expects_value(place, start) {
        return None;
    }
    let ends = place.source.trim_end().len();
    let words: Vec<String> = (start + 1..place.count())
        .filter_map(|i| place.token(i))
        .filter(|t| t.kind == Kind::Word)
        .map(|t| t.text.to_ascii_lowercase())
        .collect();
    let when = |w: &str| -> Option<&'static str> {
        match w {
            "create" | "insert" | "new" | "add" | "added" | "creation" | "created" | "first" => Some("create"),
            "update" | "change" | "modify" | "edit" | "existing" | "updated" | "changed" => Some("update"),
            _ => None,
        }
    };
    let found: Vec<&str> = words.iter().filter_map(|w| when(w)).collect();
    let both = words.iter().any(|w| matches!(w.as_str(), "upsert" | "always" | "both" | "any"))
        || found.contains(&"create") && found.contains(&"update");
    let known = words
        .iter()
        .all(|w| when(w).is_some() || matches!(w.as_str(), "or" | "and" | "on" | "upsert" | "always" | "both" | "any"));
    if !known || words.is_empty() {
        return None;
    }
    let from = place.source.get(..place.start(start))?.trim_end().len();
    if both {
        let slip = Slip::new((place.start(start), ends), "a rule without `on` runs for new records and for known ones");
        return Some(slip.help("leave `on …` out").edit(from, ends, ""));
    }
    let [word] = found.as_slice() else { return None };
    let slip = Slip::new(
        (place.start(start + 1), ends),
        format!("after `on` comes `create` or `update`, not `{}`", words.first()?),
    );
    Some(slip.help(format!("write `on {word}`")).edit(place.start(start + 1), ends, *word))
}

/// `[sort x by x.a desc]`
pub(super) fn sorting(place: &Place<'_>) -> Option<Slip> {
    let at = place.at;
    let open = place.open_before(at).filter(|o| place.is(*o, "[") && place.is_word(*o + 1, "sort"))?;
    let _ = open;
    let (start, end) = mark(place, at);
    if ["desc", "descend", "down", "dsc"].iter().any(|w| place.is_word(at, w)) {
        let slip = Slip::new((start, end), format!("`{}` is written out here", place.text(at, at + 1)));
        return Some(slip.help("write `descending`").edit(start, end, "descending"));
    }
    if ["asc", "ascending", "ascend", "up"].iter().any(|w| place.is_word(at, w)) {
        let slip = Slip::new((start, end), "the least comes first anyway")
            .help(format!("leave `{}` out", place.text(at, at + 1)));
        return Some(slip.edit(place.end(at.saturating_sub(1)), end, ""));
    }
    None
}

/// `for l, i in lines`
pub(super) fn second_binder(place: &Place<'_>) -> Option<Slip> {
    let at = place.at;
    place.token(at).filter(|t| t.is(","))?;
    at.checked_sub(2).filter(|i| place.is_word(*i, "for"))?;
    let second = place.token(at + 1).filter(|t| t.kind == Kind::Word)?;
    let slip = Slip::new((place.start(at), place.end(at + 1)), "`for` has one name, that of the element")
        .help(format!("leave `, {}` out; `position` is 1 for the first element, 2 for the second", second.text));
    let used = (at + 2..place.count())
        .filter_map(|i| place.token(i))
        .any(|t| t.text == second.text || t.text.contains(&format!("{{{}}}", second.text)));
    Some(if used { slip } else { slip.edit(place.start(at), place.end(at + 1), "") })
}

/// `in ("A", "B")`
pub(super) fn list_in_parentheses(place: &Place<'_>) -> Option<Slip> {
    let at = place.at;
    let open = if place.is(at, "(") { at } else { place.open_before(at).filter(|o| place.is(*o, "("))? };
    open.checked_sub(1).filter(|i| place.is_word(*i, "in"))?;
    let close = place.partner(open)?;
    let slip = Slip::new((place.start(open), place.end(close)), "a list stands in `[ ]`");
    let inside = place.text(open + 1, close);
    Some(slip.help(format!("write `in [{inside}]`")).edit(place.start(open), place.end(open), "[").edit(
        place.start(close),
        place.end(close),
        "]",
    ))
}

/// `otherwise` inside an expression.
pub(super) fn otherwise(place: &Place<'_>) -> Option<Slip> {
    let at = place.at;
    let at = if place.is_word(at, "otherwise") {
        at
    } else {
        at.checked_sub(1).filter(|i| place.is_word(*i, "otherwise"))?
    };
    let before = at.checked_sub(1);
    if before.is_some_and(|b| place.is_word(b, "create") || place.is_word(b, "update")) {
        let slip = Slip::new(mark(place, at), "`otherwise` stands before `on`");
        let on = at.checked_sub(2).filter(|i| place.is_word(*i, "on"))?;
        let when = place.text(on, at);
        let rest = place.text(at, place.count());
        return Some(slip.help(format!("write `{rest} {when}`")).edit(
            place.start(on),
            place.source.trim_end().len(),
            format!("{rest}  {when}"),
        ));
    }
    if expects_value(place, at) {
        return None;
    }
    let slip = Slip::new(mark(place, at), "`otherwise` ends a rule, a let or an expression in parentheses");
    let (from, to) = (place.slot_start(at), place.slot_end(at + 1));
    if to <= at + 1 {
        let slip = Slip::new(mark(place, at), "a value is missing after `otherwise`");
        return Some(slip.help("write what stands in: `otherwise 0`, `otherwise null`"));
    }
    let whole = place.text(from, to);
    // the value goes up to the first operator behind it
    let short = place.operand_after(at + 1).filter(|end| *end < to);
    let to = short.unwrap_or(to);
    let inside = place.text(from, to);
    let slip = slip.edit(place.start(from), place.end(to.saturating_sub(1)), format!("({inside})"));
    Some(if inside == whole { slip } else { slip.help(format!("write `({inside})`")).guess() })
}

/// `let` in braces, `let if = …`, `let a <- b`
pub(super) fn lets(place: &Place<'_>) -> Option<Slip> {
    let at = place.at;
    if at > 1 && place.is_word(at.saturating_sub(1), "let") {
        let slip = Slip::new(mark(place, at), "a `let` stands at the margin, like a rule");
        return Some(slip.help("move it before the rules; inside `for` write the value out"));
    }
    if !place.is_word(0, "let") {
        return None;
    }
    if at == 1 {
        let word = place.text(1, 2);
        let slip = Slip::new(mark(place, at), format!("`{word}` cannot be the name of a `let`"));
        return Some(slip.help("a name has letters, digits and `_`, and is no word of the language"));
    }
    let sign = place.token(at).filter(|_| at == 2)?;
    let colon = sign.is(":") && place.is(3, "=");
    let end = if colon { 3 } else { 2 };
    if sign.is("<-") || sign.is(":") || sign.is("==") {
        let (start, _) = mark(place, 2);
        let slip = Slip::new((start, place.end(end)), "a `let` gives a name with `=`").help("write `=`");
        return Some(slip.edit(start, place.end(end), "="));
    }
    None
}

/// `return a`, `new Date()`
pub(super) fn superfluous(place: &Place<'_>) -> Option<Slip> {
    let word = place.at.checked_sub(1)?;
    if !["return", "new", "await", "select", "var", "const"].iter().any(|w| place.is_word(word, w))
        || !expects_value(place, word)
    {
        return None;
    }
    place.operand_after(place.at)?;
    let text = place.text(word, word + 1);
    let slip =
        Slip::new(mark(place, word), format!("`{text}` is not of this language")).help(format!("leave `{text}` out"));
    let slip = slip.edit(place.start(word), place.start(place.at), "");
    Some(if place.is_word(word, "var") || place.is_word(word, "const") || place.is_word(word, "select") {
        slip.guess()
    } else {
        slip
    })
}

/// `a mod b`, `when a then b`, `a default b`, `a exists`, `or if` without `empty`, `each` before a parenthesis, `a as b`
pub(super) fn other_words(place: &Place<'_>) -> Option<Slip> {
    let at = place.at;
    let here = mark(place, at);
    if place.is_word(at, "mod") && !expects_value(place, at) {
        let slip = Slip::new(here, format!("`{}` is not of this language", place.text(at, at + 1)));
        let (left, right) = (place.operand_before(at)?, place.operand_after(at + 1)?);
        return super::signs::remainder(place, slip, left, at, right);
    }
    // `when a then b`, `unless a then b`
    if let Some(word) = at.checked_sub(1).filter(|w| expects_value(place, *w)) {
        let text = place.text(word, word + 1);
        let slip = Slip::new(mark(place, word), format!("`{text}` is not of this language"));
        if place.is_word(word, "when") {
            return Some(slip.help("write `if`").edit(place.start(word), place.end(word), "if"));
        }
        if place.is_word(word, "unless") {
            return Some(slip.help("write `if not (…) then …`"));
        }
    }
    if place.is_word(at, "default") && !expects_value(place, at) {
        let slip = Slip::new(here, "`default` is not of this language");
        return Some(
            slip.help("write `??` for a value in place of null, `or if empty` for one in place of `\"\"` too"),
        );
    }
    if ["exists", "isempty", "notnull", "isnull"].iter().any(|w| place.is_word(at, w)) && !expects_value(place, at) {
        let empty = place.is_word(at, "isempty") || place.is_word(at, "isnull");
        let form = if empty { "is empty" } else { "is not empty" };
        let slip = Slip::new(here, format!("`{}` is not of this language", place.text(at, at + 1)));
        return Some(slip.help(format!("write `{form}`")).edit(here.0, here.1, form));
    }
    let joined = ["startswith", "endswith", "notin", "includes", "contain", "containing", "equals"];
    if let Some(word) = joined.iter().find(|w| place.is_word(at, w)).filter(|_| !expects_value(place, at)) {
        let form = match *word {
            "startswith" => "starts with",
            "endswith" => "ends with",
            "notin" => "not in",
            "equals" => "==",
            _ => "contains",
        };
        let slip = Slip::new(here, format!("`{}` is written `{form}` here", place.text(at, at + 1)));
        return Some(slip.help(format!("write `{form}`")).edit(here.0, here.1, form));
    }
    if place.is_word(at, "as") && !expects_value(place, at) {
        let slip = Slip::new(here, "`as` is not of this language");
        return Some(
            slip.help("a `let` gives a name to a part; types change with `| number`, `| date`, or in a text `\"{a}\"`"),
        );
    }
    let after_or_if =
        at.checked_sub(2).is_some_and(|b| place.is_word(b, "or")) && place.is_word(at.saturating_sub(1), "if");
    if after_or_if && !place.is_word(at, "empty") {
        let slip = Slip::new(here, "after `or if` comes `empty`");
        return Some(slip.help("`a or if empty b` is b where a is empty; an `if` beside `or` goes in parentheses"));
    }
    if place.is(at, "(") && at.checked_sub(1).is_some_and(|b| place.is_word(b, "each")) {
        let slip = Slip::new(here, "`each` stands before one function");
        return Some(slip.help("one after the other: `| each trim | each upper`"));
    }
    None
}

/// The arms of `match`, which commas part.
pub(super) fn arms(place: &Place<'_>) -> Option<Slip> {
    let at = place.at;
    let open = place.open_before(at).filter(|o| place.is(*o, "{"))?;
    (0..open).rev().find(|i| place.is_word(*i, "match"))?;
    let here = mark(place, at);
    if place.is_word(at, "or") && place.kind(at.saturating_sub(1)) == Some(Kind::Text) {
        let slip = Slip::new(here, "the literals of an arm are parted by commas").help("write `\"a\", \"b\": 1`");
        return Some(slip.edit(place.end(at.saturating_sub(1)), here.1, ","));
    }
    if place.is(at, "=") && place.is(at + 1, ">") || place.is_word(at, "then") {
        let end = if place.is(at, "=") { place.end(at + 1) } else { here.1 };
        let slip = Slip::new((here.0, end), "an arm of `match` has `:` before its value");
        return Some(slip.help("write `:`").edit(place.end(at.saturating_sub(1)), end, ":"));
    }
    let literal = matches!(place.kind(at), Some(Kind::Text | Kind::Number))
        || place.is_word(at, "else")
        || place.is_word(at, "null");
    if literal && !expects_value(place, at) {
        let slip = Slip::new(here, "the arms of `match` are parted by commas");
        return Some(slip.help("put a comma at the end of the arm before").edit(
            place.end(at.saturating_sub(1)),
            place.end(at.saturating_sub(1)),
            ",",
        ));
    }
    None
}

/// A word of the language with nothing beside it that it could belong to: a field of that name, most likely.
pub(super) fn alone_in_its_place(place: &Place<'_>) -> Option<Slip> {
    let at = place.at.checked_sub(1)?;
    let word = place.token(at).filter(|t| t.kind == Kind::Word && is_reserved(t.text) && !is_value(t.text))?;
    if at == 0 || !expects_value(place, at) {
        return None;
    }
    let ends = match place.token(place.at) {
        None => true,
        Some(token) => token.closes() || [",", "|", ".", "??", "==", "!=", "+", "*", "/"].iter().any(|s| token.is(s)),
    };
    if !ends || word.text == "otherwise" && place.is(at.saturating_sub(1), "|") {
        return None;
    }
    let (start, end) = mark(place, at);
    let slip =
        Slip::new((start, end), format!("`{}` is a word of the language and cannot be used on its own", word.text));
    Some(
        slip.help(format!("a field of that name goes in backticks: `` `{}` ``", word.text))
            .edit(start, end, format!("`{}`", word.text))
            .guess(),
    )
}

/// A word of the language where a value has to come.
pub(super) fn reserved(place: &Place<'_>) -> Option<Slip> {
    let at = place.at;
    let word = place.token(at).filter(|t| t.kind == Kind::Word && is_reserved(t.text))?;
    if !expects_value(place, at)
        || matches!(word.text, "if" | "match" | "for" | "not") && place.is_word(at.saturating_sub(1), "in")
    {
        return None;
    }
    let (start, end) = mark(place, at);
    let slip = Slip::new((start, end), format!("`{}` is a word of the language and no value", word.text));
    Some(
        slip.help(format!("a field of that name goes in backticks: `` `{}` ``", word.text))
            .edit(start, end, format!("`{}`", word.text))
            .guess(),
    )
}
