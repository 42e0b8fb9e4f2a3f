//! Where a place in a mapping file lies: at a key, in a value, or in code. Found line by line from the text alone, since a file that
//! is being typed is often no YAML.

/// The place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    /// The keys around it, from the outside in; with a value or code its own key last.
    pub path: Vec<String>,
    /// What stands there.
    pub part: Part,
}

/// What stands at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// A key, or an entry of a list, that starts at this byte.
    Key(usize),
    /// A plain value that starts at this byte.
    Value(usize),
    /// Code from this byte to that one.
    Code(Code, usize, usize),
    /// A comment, or nothing to say about.
    Nothing,
}

/// Kinds of code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Code {
    /// One rule or let of the rules block.
    Rule,
    /// An expression of the envelope.
    Expression,
    /// Text with `{path}` in it.
    Template,
}

/// A line's key: where it starts counts as its indentation.
struct Entry<'t> {
    indent: usize,
    /// Byte in the line where the key starts.
    start: usize,
    key: Option<&'t str>,
    /// Byte in the line where the value starts.
    value: usize,
}

/// What a byte of a text lies in.
pub(crate) fn place(text: &str, at: usize) -> Place {
    let mut stack: Vec<(usize, String)> = Vec::new();
    let mut block: Option<Block> = None;
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let content = line.trim_end_matches(['\n', '\r']);
        let end = start + line.len();
        let here = at < end || (end == text.len() && !line.ends_with('\n'));
        let bom = if start == 0 && content.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        let bare = content.get(bom..).unwrap_or_default();
        let indent = bare.len() - bare.trim_start_matches(' ').len();
        let blank = bare.trim().is_empty();
        if let Some(open) = &block {
            let depth = if blank && here { at.saturating_sub(start) } else { indent };
            if blank && !here || depth > open.key {
                if here {
                    return in_block(text, at, start, &stack, open);
                }
                start = end;
                continue;
            }
            block = None;
        }
        if here {
            return in_line(text, at, start + bom, bare, stack);
        }
        if !blank && !bare.trim_start().starts_with('#') {
            let entry = entry(bare);
            stack.retain(|(i, _)| *i < entry.indent);
            if let Some(key) = entry.key {
                stack.push((entry.indent, key.to_owned()));
                if opens_block(bare.get(entry.value..).unwrap_or_default()) {
                    block = Some(Block { key: indent, start: end });
                }
            }
        }
        start = end;
    }
    // behind the last line break
    match &block {
        Some(open) if at.saturating_sub(start) > open.key => in_block(text, at, start, &stack, open),
        _ => in_line(text, at, start, "", stack),
    }
}

/// A `|` block that is open.
struct Block {
    /// Indentation of its key's line.
    key: usize,
    /// Byte of its first line.
    start: usize,
}

fn opens_block(value: &str) -> bool {
    let value = value.split(" #").next().unwrap_or(value).trim();
    matches!(value, "|" | "|-" | "|+" | ">" | ">-" | ">+")
}

fn entry(line: &str) -> Entry<'_> {
    let mut start = line.len() - line.trim_start_matches(' ').len();
    while let Some(rest) = line.get(start..).and_then(|r| r.strip_prefix('-')).filter(|r| r.starts_with(' ')) {
        start += 1 + (rest.len() - rest.trim_start_matches(' ').len());
    }
    let rest = line.get(start..).unwrap_or_default();
    let quoted = rest.chars().next().filter(|c| matches!(c, '"' | '\''));
    let from = quoted.and_then(|q| rest.get(1..)?.find(q)).map_or(0, |i| i + 2);
    let after = rest.get(from..).unwrap_or_default();
    let colon = after.find(": ").or_else(|| after.trim_end().ends_with(':').then(|| after.trim_end().len() - 1));
    match colon.map(|c| c + from) {
        Some(colon) => {
            let key = rest.get(..colon).unwrap_or_default().trim().trim_matches(['"', '\'']);
            let after = rest.get(colon + 1..).unwrap_or_default();
            let value = start + colon + 1 + (after.len() - after.trim_start_matches(' ').len());
            Entry { indent: start, start, key: Some(key), value }
        }
        None => Entry { indent: start, start, key: None, value: line.len() },
    }
}

fn in_line(text: &str, at: usize, start: usize, line: &str, mut stack: Vec<(usize, String)>) -> Place {
    let column = at.saturating_sub(start).min(line.len());
    let before = line.get(..column).unwrap_or_default();
    let nothing = Place { path: vec![], part: Part::Nothing };
    if before.trim_start().starts_with('#') || before.contains(" #") {
        return nothing;
    }
    let entry = if line.trim().is_empty() {
        Entry { indent: column, start: column, key: None, value: column }
    } else {
        entry(line)
    };
    stack.retain(|(i, _)| *i < entry.indent);
    let mut path: Vec<String> = stack.into_iter().map(|(_, key)| key).collect();
    let Some(key) = entry.key.filter(|_| column >= entry.value || column > entry.start + line_key_end(line, &entry))
    else {
        if column < entry.start {
            return nothing;
        }
        return Place { path, part: Part::Key(start + entry.start) };
    };
    path.push(key.to_owned());
    if let Some(code) = code_of(&path) {
        let value = line.get(entry.value..).unwrap_or_default();
        let quote = usize::from(value.starts_with(['\'', '"']));
        let end = value.split(" #").next().unwrap_or(value).trim_end().len().max(column.saturating_sub(entry.value));
        let end = (start + entry.value + end).min(text.len());
        let from = start + entry.value + quote;
        // `external_id: none`, and the opening sign of a block, are no code
        let part = if at < from || opens_block(value) { Part::Nothing } else { Part::Code(code, from, end) };
        return Place { path, part };
    }
    in_value(path, start, entry.value.min(column), before)
}

/// Length of the key with its quotes.
fn line_key_end(line: &str, entry: &Entry<'_>) -> usize {
    let key = line.get(entry.start..entry.value).unwrap_or_default().trim_end();
    key.strip_suffix(':').unwrap_or(key).len()
}

/// A plain value, or a place within `{ }` or `[ ]` of YAML.
fn in_value(mut path: Vec<String>, start: usize, value: usize, before: &str) -> Place {
    let flow = before.get(value..).unwrap_or_default();
    let Some(open) = flow.chars().next().filter(|c| matches!(c, '{' | '[')) else {
        let quote = usize::from(flow.starts_with(['"', '\'']));
        return Place { path, part: Part::Value(start + value + quote) };
    };
    let from = flow.rfind(['{', '[', ',']).map_or(0, |i| i + 1);
    let piece = flow.get(from..).unwrap_or_default();
    let from = value + from + (piece.len() - piece.trim_start().len());
    let piece = piece.trim_start();
    match piece.split_once(':') {
        Some((key, rest)) if open == '{' => {
            path.push(key.trim().to_owned());
            let from = from + key.len() + 1 + (rest.len() - rest.trim_start().len());
            Place { path, part: Part::Value(start + from) }
        }
        _ if open == '{' => Place { path, part: Part::Key(start + from) },
        _ => Place { path, part: Part::Value(start + from) },
    }
}

fn in_block(text: &str, at: usize, line_start: usize, stack: &[(usize, String)], block: &Block) -> Place {
    let path: Vec<String> = stack.iter().map(|(_, key)| key.clone()).collect();
    let Some(code) = code_of(&path) else { return Place { path, part: Part::Nothing } };
    let line = text.get(line_start..).and_then(|l| l.lines().next()).unwrap_or_default();
    let column = at.saturating_sub(line_start).min(line.len());
    // the piece with `x` behind the place: a comment is blanked out by the splitter, a place in one is not in code
    let typed = [line.get(..column).unwrap_or_default(), "x"].concat();
    if mapwright_language::syntax::blank_comments(&typed).ends_with(' ') {
        return Place { path, part: Part::Nothing };
    }
    if code != Code::Rule {
        let end = line_start + line.len();
        return Place { path, part: Part::Code(code, block.start, end.max(at)) };
    }
    let (from, to) = piece(text, line_start, line_start + column, block);
    Place { path, part: Part::Code(code, from, to) }
}

/// The rule around a place: from the nearest line above that stands at the block's margin to the next one that does.
fn piece(text: &str, line_start: usize, at: usize, block: &Block) -> (usize, usize) {
    let indent = |line: &str| line.len() - line.trim_start_matches(' ').len();
    let mut lines: Vec<(usize, &str)> = Vec::new();
    let mut start = block.start;
    for line in text.get(block.start..).unwrap_or_default().split_inclusive('\n') {
        let bare = line.trim_end();
        if start > line_start && !bare.is_empty() && indent(bare) <= block.key {
            break;
        }
        lines.push((start, line.trim_end_matches(['\n', '\r'])));
        start += line.len();
    }
    let is_comment = |line: &str| line.trim_start().starts_with('#');
    let margin =
        lines.iter().map(|(_, l)| *l).find(|l| !l.trim().is_empty() && !is_comment(l)).map_or(block.key + 2, indent);
    let starts = |line: &str| {
        !line.trim().is_empty() && indent(line) <= margin && !line.trim_start().starts_with(['}', ')', ']'])
    };
    let Some(here) = lines.iter().position(|(start, _)| *start == line_start) else { return (at, at) };
    let line = |i: usize| lines.get(i).map_or("", |(_, line)| *line);
    let empty = line(here).trim().is_empty();
    if empty && at - line_start <= margin {
        return (at, at);
    }
    let mut first = here;
    while first > 0 && (!starts(line(first)) || is_comment(line(first))) {
        first -= 1;
    }
    let mut last = here;
    while !empty && last + 1 < lines.len() && !line(last + 1).trim().is_empty() && !starts(line(last + 1)) {
        last += 1;
    }
    let from = lines.get(first).map_or(at, |(start, l)| start + indent(l).min(margin));
    let to = lines.get(last).map_or(at, |(start, l)| start + l.trim_end().len());
    (from.min(at), to.max(at))
}

fn code_of(path: &[String]) -> Option<Code> {
    match path.last().map(String::as_str)? {
        "rules" if path.len() == 1 => Some(Code::Rule),
        "filter" if path.len() == 1 => Some(Code::Expression),
        "that" | "when" | "each" if path.len() > 1 => Some(Code::Expression),
        "id" if path.first().is_some_and(|p| p == "before") => Some(Code::Expression),
        "message" | "because" if path.len() > 1 => Some(Code::Template),
        "external_id" if path.len() == 1 => Some(Code::Template),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The place of `‸` in a text.
    fn at(text: &str) -> (String, String) {
        let at = text.find('‸').unwrap();
        let text = text.replace('‸', "");
        let place = place(&text, at);
        let part = match place.part {
            Part::Key(from) => format!("key {}", &text[from..at]),
            Part::Value(from) => format!("value {}", &text[from..at]),
            Part::Code(code, from, to) => format!("{code:?} {}", &text[from..to]),
            Part::Nothing => String::from("nothing"),
        };
        (place.path.join("/"), part)
    }

    fn check(text: &str, path: &str, part: &str) {
        assert_eq!(at(text), (path.to_owned(), part.to_owned()), "{text}");
        let windows = text.replace('\n', "\r\n");
        assert_eq!(at(&windows), (path.to_owned(), part.replace('\n', "\r\n")), "CRLF {text}");
    }

    #[test]
    fn keys_and_values() {
        check("coll‸", "", "key coll");
        check("\u{feff}coll‸", "", "key coll");
        check("collection: A\nsync: ad‸\n", "sync", "value ad");
        check("lookups:\n  Type:\n    unm‸", "lookups/Type", "key unm");
        check("lookups:\n  \"a: b\":\n    unmatched: ‸", "lookups/a: b/unmatched", "value ");
        check("children:\n  options:\n    - use: BC P‸\n      each: options\n", "children/options/use", "value BC P");
        check("children:\n  options:\n    - use: A\n      ea‸", "children/options", "key ea");
        check("settings:\n  zone: { type: te‸ }\n", "settings/zone/type", "value te");
        check("settings:\n  zone: { type: text, req‸", "settings/zone", "key req");
        check("find_by: [sku, na‸]", "find_by", "value na");
        check("find_by:\n  - na‸", "find_by", "key na");
        check("record: Product\n‸", "", "key ");
        check("record: Product  # P‸\n", "", "nothing");
        check("‸", "", "key ");
    }

    #[test]
    fn code_in_the_envelope() {
        check("filter: kit.‸", "filter", "Expression kit.");
        check("filter:\n  - that: 'kit.co‸mponents is empty'\n", "filter/that", "Expression kit.components is empty'");
        check("errors:\n  - when: a\n    message: \"no {sk‸} here\"\n", "errors/message", "Template no {sk} here\"");
    }

    #[test]
    fn rules_are_found_one_by_one() {
        let block = "rules: |\n  name <- na‸me\n  price <- price\n";
        check(block, "rules", "Rule name <- name");
        check("rules: |\n  name <- name\n  pri‸\n", "rules", "Rule pri");
        check("rules: |\n  name <- name\n  ‸", "rules", "Rule ");
        check("rules: |\n  name <- name\n  ‸\n  sku <- sku\n", "rules", "Rule ");
        check(
            "rules: |\n  a <- if b\n    then ‸c\n    else d\n  e <- f\n",
            "rules",
            "Rule a <- if b\n    then c\n    else d",
        );
        check("rules: |\n  a <- {\n    b <- ‸\n  }\n  e <- f\n", "rules", "Rule a <- {\n    b <- \n  }");
        check("rules: |\n  a <- b  # com‸ment\n", "rules", "nothing");
        check("rules: |\n  a <- b\n# x\nfind_by: s‸", "find_by", "value s");
    }
}
