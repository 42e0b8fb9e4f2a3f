//! Signs of other languages.

use super::super::foreign;
use super::super::format::tokens::Kind;
use super::super::tree::{Expr, ExprKind};
use super::place::Place;
use super::slip::Slip;
use crate::functions;

/// A sign of two or more characters from this token on.
fn glued(place: &Place<'_>, at: usize, signs: &[&str]) -> bool {
    signs
        .iter()
        .enumerate()
        .all(|(i, sign)| place.is(at + i, sign) && (i == 0 || place.token(at + i).is_some_and(|t| t.glued)))
}

/// A word in place of a sign, with blanks where it would touch something.
fn in_place_of(place: &Place<'_>, from: usize, to: usize, word: &str) -> String {
    let touches = |c: Option<char>| c.is_some_and(|c| !c.is_whitespace());
    let before = place.source.get(..from).is_some_and(|s| touches(s.chars().next_back()));
    let after = place.source.get(to..).is_some_and(|s| touches(s.chars().next()));
    format!("{}{word}{}", if before { " " } else { "" }, if after { " " } else { "" })
}

/// Where a sign begins of which the error marks a later character.
fn first_of(place: &Place<'_>, signs: &[&str]) -> Option<usize> {
    (0..signs.len()).filter_map(|back| place.at.checked_sub(back)).find(|at| glued(place, *at, signs))
}

/// `&&`, `||`, `<>`, `===`, `!==`, `=>`, `**`, `?.`
pub(super) fn pairs(place: &Place<'_>) -> Option<Slip> {
    let swapped = |signs: &[&str], word: &str| {
        let at = first_of(place, signs)?;
        let (from, to) = (place.start(at), place.end(at + signs.len() - 1));
        let message = format!("`{}` is not of this language", signs.concat());
        let slip = Slip::new((from, to), message).help(format!("write `{word}`"));
        Some(slip.edit(from, to, in_place_of(place, from, to, word)))
    };
    if let Some(at) = first_of(place, &["|", "|"]) {
        if let Some(slip) = texts_joined(place, at, 2) {
            return Some(slip);
        }
        let or = swapped(&["|", "|"], "or").map(|s| s.help("write `or`; for a value in place of null `??`"));
        return or.map(|s| if place.token(at + 2).is_some() { s } else { s.guess() });
    }
    if let Some(at) = first_of(place, &["?", "."]) {
        let (from, to) = (place.start(at), place.end(at + 1));
        let slip = Slip::new((from, to), "`?.` is not of this language: a path through null is null anyway");
        return Some(slip.help("write `.`").edit(from, to, "."));
    }
    if let Some(at) = first_of(place, &["?", ":"]) {
        let (from, to) = (place.start(at), place.end(at + 1));
        return Some(Slip::new((from, to), "`?:` is not of this language").help("write `??`").edit(
            from,
            to,
            in_place_of(place, from, to, "??"),
        ));
    }
    if let Some(at) = first_of(place, &["*", "*"]) {
        let slip = Slip::new((place.start(at), place.end(at + 1)), "there are no powers in this language");
        return Some(slip.help("write the product: `a * a`"));
    }
    swapped(&["!=", "="], "!=")
        .or_else(|| swapped(&["==", "="], "=="))
        .or_else(|| swapped(&["&", "&"], "and"))
        .or_else(|| swapped(&["<", ">"], "!="))
        .or_else(|| {
            let at = first_of(place, &["=", ">"])?;
            let slip = Slip::new((place.start(at), place.end(at + 1)), "there are no functions to write in this language");
            Some(slip.help(
                "`list[each x where …]` keeps elements, `for x in list { … }` makes a value of each, `any x in list where …` asks",
            ))
        })
}

/// Whether what begins at one token and ends before another is a side of a comparison.
pub(super) fn is_compared(place: &Place<'_>, from: usize, to: usize) -> bool {
    let signs = ["==", "!=", "<", ">", "<=", ">=", "="];
    let sign = |at: usize| signs.iter().any(|s| place.is(at, s));
    let word = |at: usize, words: &[&str]| words.iter().any(|w| place.is_word(at, w));
    from.checked_sub(1).is_some_and(|b| sign(b) || word(b, &["contains", "with", "in"]))
        || sign(to)
        || word(to, &["is", "in", "not", "contains", "starts", "ends"])
}

/// `a || b`, `a & b` between texts: one text of all that the sign joins.
fn texts_joined(place: &Place<'_>, at: usize, length: usize) -> Option<Slip> {
    let sign = place.token(at)?;
    let (mut from, mut to) = (place.operand_before(at)?, place.operand_after(at + length)?);
    let mut parts = vec![(from, at), (at + length, to)];
    let joins = |i: usize| (0..length).all(|n| place.is(i + n, sign.text));
    while joins(to) {
        let end = place.operand_after(to + length)?;
        parts.push((to + length, end));
        to = end;
    }
    while let Some(before) = from.checked_sub(length).filter(|i| joins(*i)) {
        let start = place.operand_before(before)?;
        parts.insert(0, (start, before));
        from = start;
    }
    // `a == "x" || b == "y"`: no text ends at the sign
    if is_compared(place, from, to) {
        return None;
    }
    let is_text = |(from, to): &(usize, usize)| to - from == 1 && place.kind(*from) == Some(Kind::Text);
    if length == 2 && !parts.iter().any(is_text) {
        return None;
    }
    let slip = Slip::new(
        (place.start(at), place.end(at + length - 1)),
        format!("`{}` does not put texts together here", sign.text.repeat(length)),
    );
    let values: Option<Vec<Expr>> = parts.iter().map(|(from, to)| place.expression(*from, *to)).collect();
    let span = crate::source::Span { file: crate::source::FileId(0), start: 0, end: 0 };
    Some(match values.and_then(|v| foreign::joined(&v, span)) {
        Some(text) => slip.edit(place.start(from), place.end(to.saturating_sub(1)), place.written(&text, from, to)),
        None => slip.help("a text with holes: `\"{first_name} {last_name}\"`"),
    })
}

/// `!`, `=`, `&`, `%`, `^`, `;`, `@`, `<-` inside an expression, `#` without a blank before it.
pub(super) fn single(place: &Place<'_>) -> Option<Slip> {
    let at = place.at;
    let token = place.token(at)?;
    let (from, to) = (place.start(at), place.end(at));
    let mark = (from, to);
    if token.is("&") {
        return texts_joined(place, at, 1)
            .or_else(|| Some(Slip::new(mark, "`&` is not of this language").help("write `and`; texts: `\"{a}{b}\"`")));
    }
    if token.is("!") || token.is("!=") && place.before(1).is_none_or(|t| t.is("(") || t.is("<-")) {
        let slip = Slip::new(mark, "`!` is not of this language").help("write `not …`");
        let Some(end) = place.operand_after(at + 1) else { return Some(slip) };
        let not = format!("not {}", place.text(at + 1, end));
        let compared = place.token(end).is_some_and(|t| ["==", "!=", "<", ">", "<=", ">="].iter().any(|s| t.is(s)));
        let not = if compared { format!("({not})") } else { not };
        return Some(slip.help(format!("write `{not}`")).edit(from, place.end(end.saturating_sub(1)), not));
    }
    if token.is("<-") {
        let slip = Slip::new(mark, "`<-` starts a rule and cannot stand inside an expression");
        return Some(slip.help("a comparison with a negative number: `a < -1`"));
    }
    if token.is("=") {
        // `=IF(…)`: how a formula of Excel begins
        if place.before(1).is_none_or(|t| t.is("<-")) {
            let slip = Slip::new(mark, "a formula begins without `=` here").help("take the `=` away");
            return Some(slip.edit(from, place.start(at + 1), ""));
        }
        if place.is(at + 1, "~") && place.token(at + 1).is_some_and(|t| t.glued) {
            let slip = Slip::new((from, place.end(at + 1)), "`=~` is not of this language");
            return Some(slip.help("write `name | matches(\"^A\")`"));
        }
        let slip = Slip::new(mark, "`=` compares nothing").help("write `==`");
        return Some(slip.edit(from, to, in_place_of(place, from, to, "==")));
    }
    if token.is("%") {
        let percent = place.before(1).filter(|t| t.kind == Kind::Number && token.glued);
        let ends = place.operand_after(at + 1);
        if let Some(number) = percent.filter(|_| ends.is_none()) {
            let slip = Slip::new((place.start(at.saturating_sub(1)), to), "`%` is not of this language");
            let share = number.text.parse::<rust_decimal::Decimal>().ok()? / rust_decimal::Decimal::ONE_HUNDRED;
            let share = share.normalize().to_string();
            return Some(slip.help(format!("write `{share}`")).edit(place.start(at.saturating_sub(1)), to, share));
        }
        let slip = Slip::new(mark, "`%` is not of this language")
            .help("what is left after a division: `a | remainder(b)`; 10 % is 0.10");
        let (Some(left), Some(right)) = (place.operand_before(at), ends) else { return Some(slip) };
        return Some(remainder(place, slip, left, at, right).unwrap_or(Slip::new(mark, "`%` is not of this language")));
    }
    if token.is("^") {
        return Some(Slip::new(mark, "there are no powers in this language").help("write the product: `a * a`"));
    }
    if token.is(";") {
        let slip = Slip::new(mark, "a rule ends with its line").help("take the `;` away");
        return Some(if place.after(1).is_none() {
            slip.edit(from, to, "")
        } else {
            slip.help("one rule a line, without `;`")
        });
    }
    if token.is("#") {
        return Some(
            Slip::new(mark, "a `#` that starts a comment has a blank before it")
                .help("put a blank before it; a name with `#` goes in backticks")
                .edit(from, from, "  ")
                .guess(),
        );
    }
    if token.is("@") && place.kind(at + 1) == Some(Kind::Word) {
        let slip = Slip::new(mark, "a field is written without `@`").help("take the `@` away");
        return Some(slip.edit(from, to, ""));
    }
    None
}

/// `a % b`, `a MOD b`
pub(super) fn remainder(place: &Place<'_>, slip: Slip, left: usize, at: usize, right: usize) -> Option<Slip> {
    let (a, b) = (place.expression(left, at)?, place.expression(at + 1, right)?);
    let span = a.span;
    let expr = foreign::piped_call("remainder", vec![a, b], span);
    let slip = Slip { help: None, ..slip };
    Some(slip.edit(place.start(left), place.end(right - 1), place.written(&expr, left, right)))
}

/// `.5`, `1e3`, `1,5`, `1,000`, `12a`
pub(super) fn numbers(place: &Place<'_>) -> Option<Slip> {
    let at = place.at;
    let token = place.token(at)?;
    let (from, to) = (place.start(at), place.end(at));
    let next_is_number = place.token(at + 1).is_some_and(|t| t.kind == Kind::Number && t.glued);
    if token.is(".") && next_is_number && !(token.glued && place.before(1).is_some_and(|b| b.kind == Kind::Number)) {
        let slip = Slip::new((from, place.end(at + 1)), "a number starts with a digit");
        let number = format!("0{}", place.text(at, at + 2));
        return Some(slip.help(format!("write `{number}`")).edit(from, from, "0"));
    }
    let after_number = place.before(1).is_some_and(|b| b.kind == Kind::Number);
    if token.is(",") && token.glued && after_number && next_is_number && place.open_before(at).is_none() {
        let digits = place.token(at + 1).map_or(0, |t| t.text.len());
        let whole = place.text(at.saturating_sub(1), at + 2);
        let slip = Slip::new((from, to), "a number has a point before its decimals, and no thousands sign");
        // `1.234,5`, `1,234.5`: of two signs the later one is before the decimals
        if whole.contains('.') {
            let decimals = whole.rfind(['.', ',']).unwrap_or_default();
            let bare = |part: Option<&str>| part.unwrap_or_default().replace(['.', ','], "");
            let number = format!("{}.{}", bare(whole.get(..decimals)), bare(whole.get(decimals..)));
            let slip = slip.help(format!("write `{number}`"));
            return Some(slip.edit(place.start(at.saturating_sub(1)), place.end(at + 1), number));
        }
        let (decimal, thousands) = (whole.replace(',', "."), whole.replace(',', ""));
        return Some(if digits == 3 {
            slip.help(format!("write `{thousands}`, or `{decimal}`")).edit(from, to, "").guess()
        } else {
            slip.help(format!("write `{decimal}`")).edit(from, to, ".")
        });
    }
    let written: String =
        place.source.get(from..)?.chars().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_')).collect();
    if written.starts_with(|c: char| c.is_ascii_digit()) {
        let mark = (from, from + written.len());
        let exponent = written.split_once(['e', 'E']).and_then(|(n, e)| Some((n, e.parse::<u32>().ok()?)));
        if let Some((number, power)) = exponent.filter(|(n, p)| n.bytes().all(|b| b.is_ascii_digit()) && *p < 20) {
            let plain = format!("{number}{}", "0".repeat(power as usize));
            let slip = Slip::new(mark, "a number has no exponent").help(format!("write `{plain}`"));
            return Some(slip.edit(mark.0, mark.1, plain));
        }
        if written.contains(['e', 'E']) {
            return Some(Slip::new(mark, "a number has no exponent").help("write `1000` for 1e3"));
        }
        if written.contains('_') || written.chars().any(|c| c.is_ascii_alphabetic()) || written.matches('.').count() > 1
        {
            let slip = Slip::new(mark, format!("`{written}` is not a number"));
            return Some(slip.help("numbers are `12`, `12.50`, `-1`; a text goes in quotes"));
        }
    }
    None
}

/// `// note`, `-- note`, `/* note */`
pub(super) fn comments(place: &Place<'_>) -> Option<Slip> {
    let at = [["/", "/"], ["-", "-"]].iter().find_map(|signs| first_of(place, signs));
    let block = first_of(place, &["/", "*"]);
    let at = at.or(block)?;
    let (from, to) = (place.start(at), place.end(at + 1));
    let line_end = place.source.get(from..)?.find('\n').map_or(place.source.len(), |i| from + i);
    let slip = Slip::new((from, to), format!("`{}` starts no comment here", place.text(at, at + 2)));
    let note = place.source.get(to..line_end)?.trim();
    let note = if block.is_some() { note.strip_suffix("*/")?.trim_end() } else { note };
    let blanks = if place.source.get(..from).is_some_and(|s| s.ends_with("  ")) { "" } else { " " };
    Some(slip.help(format!("write `# {note}`")).edit(from, line_end, format!("{blanks}# {note}")))
}

/// `2024-01-01T00:00:00Z`, `#2024-01-01#`
pub(super) fn dates(place: &Place<'_>) -> Option<Slip> {
    let at = place.start(place.at);
    let (from, to, written) = written_date(place.source, at)?;
    let slip = Slip::new((from, to), "a date is written as a text, with the function that reads it");
    let alone = place.source.get(..from).is_some_and(|b| b.trim_end().ends_with("<-"));
    // compared with a point in time, a day is not what is meant
    let certain = alone || written.starts_with("instant");
    let slip = slip.help(format!("write `{written}`")).edit(from, to, written);
    Some(if certain { slip } else { slip.guess() })
}

/// A date that is written without quotes around a byte: where it stands, and how it is written here.
pub(in super::super) fn written_date(source: &str, at: usize) -> Option<(usize, usize, String)> {
    let digits = |text: &str, count: usize| text.len() >= count && text.bytes().take(count).all(|b| b.is_ascii_digit());
    let is_date = |text: &str| {
        digits(text, 4)
            && text.get(4..5) == Some("-")
            && text.get(5..).is_some_and(|t| digits(t, 2))
            && text.get(7..8) == Some("-")
            && text.get(8..).is_some_and(|t| digits(t, 2))
            && !text.get(10..).is_some_and(|t| t.starts_with(|c: char| c.is_ascii_digit()))
    };
    let from = (at.saturating_sub(20)..=at).rev().filter(|i| source.is_char_boundary(*i)).find(|i| {
        let inside =
            source.get(..*i).and_then(|b| b.chars().next_back()).is_some_and(|c| c.is_alphanumeric() || c == '-');
        !inside && source.get(*i..).is_some_and(is_date)
    })?;
    let rest = source.get(from + 10..)?;
    let time: usize = if rest.starts_with('T') {
        rest.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, ':' | '.' | '+' | '-'))).unwrap_or(rest.len())
    } else {
        0
    };
    let to = from + 10 + time;
    if at > to {
        return None;
    }
    let text = source.get(from..to)?;
    let written = match time {
        0 => format!("date(\"{text}\")"),
        _ if text.ends_with('Z') || rest.get(..time)?.contains(['+', '-']) => format!("instant(\"{text}\")"),
        _ => format!("instant(\"{text}Z\")"),
    };
    Some((from, to, written))
}

/// `round(digits: 2)`, `split(separator = ",")`, Liquid's `| append: "x"`
pub(super) fn named_arguments(place: &Place<'_>) -> Option<Slip> {
    let at = place.at;
    let token = place.token(at).filter(|t| t.is(":") || t.is("="))?;
    let name = place.before(1).filter(|t| t.kind == Kind::Word)?;
    let before = at.checked_sub(2)?;
    if token.is(":") && place.is(before, "|") {
        let end = (at + 1..place.count())
            .find(|i| {
                place.is(*i, "|") || place.is(*i, ")") || place.is_word(*i, "otherwise") || place.is_word(*i, "on")
            })
            .unwrap_or(place.count());
        let arguments = place.text(at + 1, end);
        let slip = Slip::new((place.start(at), place.end(at)), "the arguments of a function stand in parentheses");
        return Some(slip.edit(place.start(at), place.end(end.saturating_sub(1)), format!("({arguments})")));
    }
    let open = place.open_before(at).filter(|open| place.is(*open, "("))?;
    let callee = place.token(open.checked_sub(1)?).filter(|c| c.kind == Kind::Word)?;
    if !(before == open || place.is(before, ",")) {
        return None;
    }
    let known = functions::by_name(callee.text);
    // `IF(a = "x", …)` compares
    if token.is("=") && known.is_none() {
        return None;
    }
    let close = place.partner(open)?;
    let arguments = place.parts(open, close, ",");
    let position = arguments.iter().position(|(from, _)| *from == at.saturating_sub(1))?;
    let piped = open.checked_sub(2).is_some_and(|i| place.is(i, "|"));
    let own = known.and_then(|(_, f)| f.parameters.list.get(position + usize::from(piped)));
    let certain = own.is_some_and(|p| p.name == name.text) || arguments.len() == 1 && own.is_some();
    let slip = Slip::new(
        (place.start(at.saturating_sub(1)), place.end(at)),
        "arguments have no names here, they are told apart by their order",
    );
    let rest = place.text(at + 1, close);
    let slip = slip.help(format!("write `{}({rest})`", callee.text)).edit(
        place.start(at.saturating_sub(1)),
        place.start(at + 1),
        "",
    );
    Some(if certain { slip } else { slip.help("leave the name out, and mind the order").guess() })
}

/// `list[1:3]`
pub(super) fn slice(place: &Place<'_>) -> Option<Slip> {
    let at = place.at;
    place.token(at).filter(|t| t.is(":"))?;
    let open = place.open_before(at).filter(|o| place.is(*o, "[") && place.token(*o).is_some_and(|t| t.glued))?;
    let close = place.partner(open)?;
    let number = |from: usize, to: usize| -> Option<Option<usize>> {
        match place.text(from, to).trim() {
            _ if from >= to => Some(None),
            digits => digits.parse().ok().map(Some),
        }
    };
    let slip = Slip::new((place.start(open), place.end(close)), "a part of a list is taken with `skip` and `take`");
    let Some(subject_start) = place.operand_before(open) else { return Some(slip) };
    let (Some(from), Some(to)) = (number(open + 1, at), number(at + 1, close)) else {
        return Some(slip.help("write `list | skip(1) | take(2)`"));
    };
    let mut expr: Expr = place.expression(subject_start, open)?;
    let span = expr.span;
    let digits = |n: usize| Expr { kind: ExprKind::Number(n.into()), span };
    let skipped = from.unwrap_or(0);
    if skipped > 0 {
        expr = foreign::piped_call("skip", vec![expr, digits(skipped)], span);
    }
    if let Some(to) = to {
        expr = foreign::piped_call("take", vec![expr, digits(to.saturating_sub(skipped))], span);
    }
    let end = close + 1;
    Some(slip.edit(place.start(subject_start), place.end(close), place.written(&expr, subject_start, end)))
}

/// `:` where none belongs.
pub(super) fn colon(place: &Place<'_>) -> Option<Slip> {
    place.token(place.at).filter(|t| t.is(":"))?;
    let mark = (place.start(place.at), place.end(place.at));
    let slip = Slip::new(mark, "`:` is only used in `match` and in dictionaries");
    Some(slip.help("a rule is `a <- b`; a choice is `if … then … else …`"))
}
