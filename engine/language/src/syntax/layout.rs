//! A rules block is split by its layout before anything is parsed, so that each rule is parsed alone and every broken one is
//! reported. Comments are blanked out, byte for byte, so that places stay true.

/// One rule's text within the block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// Byte in the block where it starts.
    pub start: usize,
    /// Its text, comments blanked out, without blanks at the end.
    pub text: String,
    /// Whether it starts as a rule or let does.
    pub starts_well: bool,
}

/// Splits a block. Its own indentation has been taken away already.
#[must_use]
pub fn split(block: &str) -> Vec<Piece> {
    split_at(block, 0)
}

/// How far the lines of a block are indented when its first line alone is not: a slip of the first line.
pub(super) fn deeper_margin(block: &str) -> Option<usize> {
    let clean = blank_comments(block);
    let mut lines = clean.lines().filter(|l| !l.trim().is_empty());
    // a rule as it is whole: a target alone may have its `<-` on the next line
    lines.next().filter(|l| !l.starts_with(' ') && is_rule(l))?;
    let others: Vec<(usize, bool)> = lines.map(|l| (l.len() - l.trim_start().len(), is_rule(l))).collect();
    let margin = others.iter().map(|(indent, _)| *indent).min().filter(|m| *m > 0)?;
    let rules = others.iter().filter(|(indent, rule)| *indent == margin && *rule).count();
    // inside `{` the rules of a record stand deeper
    let open = clean.lines().find(|l| !l.trim().is_empty())?.trim_end().ends_with(['{', '(', '[', ',']);
    (rules >= 2 && !open).then_some(margin)
}

/// Whether a line starts with a target and its `<-`, or is a `let` with its `=`.
fn is_rule(line: &str) -> bool {
    let line = line.trim();
    let target = arrow_at(line).and_then(|at| line.get(..at)).map(str::trim);
    target.is_some_and(|t| {
        !t.is_empty() && !t.contains('{') && (t.starts_with("custom[") || !t.contains(char::is_whitespace))
    }) || (is_let(line) && line.contains('='))
}

/// Splits a block whose rules start at this indentation, or left of it.
pub(super) fn split_at(block: &str, margin: usize) -> Vec<Piece> {
    let clean = blank_comments(block);
    let mut pieces: Vec<Piece> = Vec::new();
    let mut at = 0;
    for line in clean.split_inclusive('\n') {
        let bare = line.trim();
        if !bare.is_empty() {
            let deeper = line.len() - line.trim_start_matches(' ').len() > margin;
            let closes = bare.starts_with(['}', ')', ']']);
            match pieces.last_mut() {
                Some(last) if deeper || closes => {
                    let gap = clean.get(last.start + last.text.len()..at).unwrap_or_default();
                    last.text.push_str(gap);
                    last.text.push_str(line.trim_end());
                }
                _ => pieces.push(Piece {
                    start: at + (line.len() - line.trim_start().len()),
                    text: bare.to_owned(),
                    starts_well: starts_well(bare),
                }),
            }
        }
        at += line.len();
    }
    pieces
}

/// `target <-` or `let name =`; a target alone on its line counts too (its `<-` may stand on the next).
fn starts_well(line: &str) -> bool {
    is_let(line) || arrow(line) || is_target(line)
}

/// Whether a rule's text is a `let`; `let <- …` is a rule for a target of that name.
pub(super) fn is_let(text: &str) -> bool {
    text.strip_prefix("let").is_some_and(|rest| rest.starts_with([' ', '\n']) && !rest.trim_start().starts_with("<-"))
}

fn is_target(line: &str) -> bool {
    let head = line.split(['[', '.']).next().unwrap_or(line);
    !head.is_empty()
        && head.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && (line == head || line.starts_with("custom[") || line.starts_with(&format!("{head}.")))
}

/// Whether a `<-` stands outside quotes.
pub(super) fn arrow(line: &str) -> bool {
    arrow_at(line).is_some()
}

/// Byte of the first `<-` outside quotes.
pub(super) fn arrow_at(line: &str) -> Option<usize> {
    let mut quote = None;
    let mut escaped = false;
    let bytes = line.as_bytes();
    for (i, &b) in bytes.iter().enumerate() {
        match quote {
            Some(q) => {
                if !escaped && b == q {
                    quote = None;
                }
                escaped = !escaped && q == b'"' && b == b'\\';
            }
            None if matches!(b, b'"' | b'\'' | b'`') => quote = Some(b),
            None if b == b'<' && bytes.get(i + 1) == Some(&b'-') => return Some(i),
            None => {}
        }
    }
    None
}

/// `#` at a line's start or after a blank, outside quotes, starts a comment up to the end of the line.
#[must_use]
pub fn blank_comments(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        match comment_start(line) {
            Some(at) => {
                let ending = if line.ends_with('\n') { "\n" } else { "" };
                clean.push_str(line.get(..at).unwrap_or_default());
                clean.extend(std::iter::repeat_n(' ', line.len() - at - ending.len()));
                clean.push_str(ending);
            }
            None => clean.push_str(line),
        }
    }
    clean
}

/// Byte where a line's comment starts.
pub(super) fn comment_start(line: &str) -> Option<usize> {
    let mut quote = None;
    let mut escaped = false;
    let mut before = b' ';
    for (i, &b) in line.as_bytes().iter().enumerate() {
        match quote {
            Some(q) => {
                if !escaped && b == q {
                    quote = None;
                }
                escaped = !escaped && q == b'"' && b == b'\\';
            }
            None if matches!(b, b'"' | b'\'' | b'`') => quote = Some(b),
            None if b == b'#' && matches!(before, b' ' | b'\n') => return Some(i),
            None => {}
        }
        before = b;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn starts(block: &str) -> Vec<String> {
        split(block).into_iter().map(|p| format!("{}{}", if p.starts_well { "" } else { "?" }, p.text)).collect()
    }

    #[test]
    fn deeper_lines_and_closing_brackets_continue() {
        assert_eq!(
            starts("a <- b  # c\n  + c\n# d\ne <- if x then {\n  f <- g\n} else h\n"),
            ["a <- b     \n  + c", "e <- if x then {\n  f <- g\n} else h"]
        );
    }

    #[test]
    fn a_line_that_starts_nothing_is_a_piece_of_its_own() {
        assert_eq!(starts("a <- b\nc: d\n  e\nf <- 'a # b'\n"), ["a <- b", "?c: d\n  e", "f <- 'a # b'"]);
    }
}
