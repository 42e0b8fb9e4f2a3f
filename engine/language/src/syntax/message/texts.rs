//! Texts as other languages write them.

use super::super::foreign;
use super::super::format::tokens::Kind;
use super::place::Place;
use super::slip::Slip;

/// “text”, ‘text’, «text»
pub(super) fn curly_quotes(place: &Place<'_>) -> Option<Slip> {
    let (start, end) = (place.start(place.at), place.end(place.at));
    let first = place.source.get(start..end)?.chars().next()?;
    let (closing, plain): (&[char], &str) = match first {
        '“' | '”' | '„' | '‟' | '«' | '»' | '″' => (&['”', '“', '»', '«', '‟', '″', '"'], "\""),
        '‘' | '’' | '‚' | '‛' => (&['’', '‘', '\''], "'"),
        _ => return None,
    };
    let slip = Slip::new((start, end), format!("`{first}` is not a quote here: texts go in straight quotes"));
    let rest = place.source.get(end..)?;
    let line = rest.split('\n').next().unwrap_or_default();
    let help = format!("write `{plain}…{plain}`");
    let Some((inside, close)) =
        line.char_indices().find(|(_, c)| closing.contains(c)).map(|(i, c)| (line.get(..i).unwrap_or_default(), c))
    else {
        return Some(slip.help(help));
    };
    if inside.contains(plain) {
        return Some(slip.help(help));
    }
    let from = end + inside.len();
    Some(slip.edit(start, end, plain).edit(from, from + close.len_utf8(), plain))
}

/// `$"…"`, `f"…"`, `@"…"`
pub(super) fn prefixed(place: &Place<'_>) -> Option<Slip> {
    let text = [place.at, place.at + 1]
        .into_iter()
        .find(|i| place.kind(*i) == Some(Kind::Text) && place.token(*i).is_some_and(|t| t.glued))?;
    let prefix = text.checked_sub(1)?;
    let sign = place.token(prefix)?;
    if !matches!(sign.text, "$" | "@" | "f" | "F" | "r" | "R" | "b" | "N" | "u") {
        return None;
    }
    let more = prefix.checked_sub(1).filter(|i| sign.glued && matches!(place.text(*i, *i + 1), "$" | "@"));
    let from = more.unwrap_or(prefix);
    let mark = (place.start(from), place.end(prefix));
    let slip = Slip::new(
        mark,
        format!("a text has no `{}` before it: one in `\"…\"` has holes anyway", place.text(from, prefix + 1)),
    );
    Some(slip.edit(mark.0, mark.1, ""))
}

/// `'it's'`
pub(super) fn apostrophe(place: &Place<'_>) -> Option<Slip> {
    let at = place.at;
    let token = place.token(at)?;
    let text = at.checked_sub(1).and_then(|b| place.token(b))?;
    if !(token.glued && text.kind == Kind::Text && text.text.starts_with('\'')) {
        return None;
    }
    let start = place.start(at.saturating_sub(1));
    let line = place.source.get(start..)?.split('\n').next()?;
    let slip = Slip::new(
        (place.end(at.saturating_sub(1)) - 1, place.end(at.saturating_sub(1))),
        "a text in '…' cannot hold a `'`",
    );
    let slip = slip.help("put the text in `\"…\"`, and write `\\\"` and `\\{` for those characters");
    let quotes: Vec<usize> = line.match_indices('\'').map(|(i, _)| i).collect();
    Some(match quotes.as_slice() {
        [_, _, last] if !line.contains(['"', '{', '\\']) => {
            let inside = line.get(1..*last)?;
            slip.help(format!("write `\"{inside}\"`")).edit(start, start + last + 1, format!("\"{inside}\""))
        }
        _ => slip,
    })
}

/// `/abc/.test(name)`
pub(super) fn regex(place: &Place<'_>) -> Option<Slip> {
    let at = place.at;
    if !place.is(at, "/") || !super::words::expects_value(place, at) {
        return None;
    }
    let (start, line) = (place.start(at), place.source.get(place.start(at)..)?.split('\n').next()?);
    let slip = Slip::new((start, place.end(at)), "`/` cannot stand here")
        .help("a regular expression is a text, in quotes: `name | matches('^[A-Z]+$')`");
    let close = line.get(1..)?.find('/').map(|i| i + 1);
    let pattern = close.and_then(|c| line.get(1..c)).filter(|p| !p.is_empty() && !p.contains(['\'', ' ']));
    let call = close.and_then(|c| line.get(c + 1..)).and_then(|r| r.strip_prefix(".test("));
    let subject = call.and_then(|r| r.split_once(')')).filter(|(s, _)| !s.contains('('));
    let (Some(pattern), Some((subject, rest))) = (pattern, subject) else { return Some(slip) };
    let end = start + line.len() - rest.len();
    let alone = rest.trim().is_empty() && place.is(at.saturating_sub(1), "<-");
    let written =
        if alone { format!("{subject} | matches('{pattern}')") } else { format!("matches({subject}, '{pattern}')") };
    Some(Slip { help: None, ..slip }.edit(start, end, written))
}

/// `"A" name`
pub(super) fn side_by_side(place: &Place<'_>) -> Option<Slip> {
    let at = place.at;
    let here = place.kind(at)?;
    let before = at.checked_sub(1)?;
    if ["end", "endif", "fi"].iter().any(|word| place.is_word(at, word)) {
        let end = place.end(at);
        let slip = Slip::new((place.start(at), end), "an `if` ends with its last value").help("take the word away");
        return Some(slip.edit(place.end(before), end, ""));
    }
    let is_text = |kind: Option<Kind>| kind == Some(Kind::Text);
    if !(is_text(Some(here)) || is_text(place.kind(before))) || super::words::expects_value(place, at) {
        return None;
    }
    let (from, mut to) = (place.operand_before(at)?, place.operand_after(at)?);
    let mut parts = vec![(from, at), (at, to)];
    while let Some(end) = place.operand_after(to).filter(|_| !place.is_word(to, "on")) {
        parts.push((to, end));
        to = end;
    }
    // `a == "x" b == "y"`: what is missing is no part of a text
    if super::signs::is_compared(place, from, to) {
        let slip = Slip::new((place.start(at), place.end(at)), "two values stand side by side");
        return Some(slip.help("conditions are joined with `and` or `or`; a text has holes: `\"A {name}\"`"));
    }
    let values: Option<Vec<_>> = parts.iter().map(|(from, to)| place.expression(*from, *to)).collect();
    let values = values?;
    let span = values.first()?.span;
    let joined = foreign::joined(&values, span)?;
    let slip = Slip::new((place.start(at), place.end(at)), "two values stand side by side");
    Some(slip.edit(place.start(from), place.end(to.saturating_sub(1)), place.written(&joined, from, to)))
}
