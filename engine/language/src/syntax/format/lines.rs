//! The lines of a rules block: which belong together, how deep each stands, what stands in it.

use crate::syntax::layout::comment_start;

use super::columns::{self, Line, Row};
use super::tokens::{Kind, Token, blank_between, tokens};

/// Lays out a block; its lines come back indented by `indent` blanks, each with its line break.
pub(super) fn format(block: &str, indent: usize) -> String {
    let margin = block.lines().find(|l| !l.trim().is_empty()).map_or(0, |l| l.len() - l.trim_start_matches(' ').len());
    let mut sources: Vec<Source<'_>> = Vec::new();
    for line in block.lines() {
        let source = Source::of(line, margin);
        let blank_again = source.is_blank() && sources.last().is_none_or(Source::is_blank);
        if !blank_again {
            sources.push(source);
        }
    }
    let lines = Layout::default().lines(&sources);
    let mut text = String::with_capacity(block.len() * 2);
    for line in columns::align(lines) {
        if !line.is_empty() {
            text.extend(std::iter::repeat_n(' ', indent));
            text.push_str(&line);
        }
        text.push('\n');
    }
    text
}

/// One line as it was written.
struct Source<'a> {
    tokens: Vec<Token<'a>>,
    comment: Option<&'a str>,
    /// Whether it stands at the block's margin.
    at_margin: bool,
}

impl<'a> Source<'a> {
    fn of(line: &'a str, margin: usize) -> Self {
        let inner = line.get(margin..).unwrap_or_default();
        let (code, comment) = match comment_start(inner) {
            Some(at) => (inner.get(..at).unwrap_or_default(), inner.get(at..).map(str::trim_end)),
            None => (inner, None),
        };
        Source { tokens: tokens(code), comment, at_margin: !inner.starts_with(' ') }
    }

    fn is_blank(&self) -> bool {
        self.tokens.is_empty() && self.comment.is_none()
    }

    fn starts_rule(&self) -> bool {
        self.at_margin && self.tokens.first().is_some_and(|t| !t.closes())
    }
}

/// An open bracket.
struct Open<'a> {
    sign: &'a str,
    /// Depth of the line that it stands in.
    indent: usize,
    /// Tells this bracket from others of the block.
    number: usize,
}

/// What is known while going through a block from top to bottom.
#[derive(Default)]
struct Layout<'a> {
    open: Vec<Open<'a>>,
    opened: usize,
    /// The last token of the rule so far.
    last: Option<Token<'a>>,
}

impl<'a> Layout<'a> {
    fn lines(mut self, sources: &[Source<'a>]) -> Vec<Line> {
        let mut lines = Vec::with_capacity(sources.len());
        for (at, source) in sources.iter().enumerate() {
            if source.is_blank() {
                lines.push(Line::Blank);
                continue;
            }
            let next = sources.iter().skip(at + 1).find(|s| !s.tokens.is_empty());
            let ends_rule = next.is_none_or(Source::starts_rule);
            if source.tokens.is_empty() {
                let indent = match next {
                    Some(next) if !next.starts_rule() => self.comment_indent(next),
                    _ => 0,
                };
                lines.push(Line::Comment { indent, text: source.comment.unwrap_or_default().to_owned() });
                continue;
            }
            lines.push(Line::Code(self.row(source, ends_rule)));
        }
        lines
    }

    /// A comment stands as deep as the line below it, or as what stands in the bracket that is closed there.
    fn comment_indent(&self, next: &Source<'_>) -> usize {
        let closes = next.tokens.first().is_some_and(Token::closes);
        if closes { self.open.last().map_or(2, |o| o.indent + 2) } else { self.indent(next) }
    }

    fn indent(&self, source: &Source<'_>) -> usize {
        let Some(first) = source.tokens.first() else { return 0 };
        let Some(open) = self.open.last() else { return 2 };
        if first.closes() {
            return open.indent;
        }
        let starts_item = self.last.is_some_and(|l| l.is(",") || l.opens())
            || (open.sign == "{" && target_length(&source.tokens).is_some());
        if starts_item { open.indent + 2 } else { open.indent + 4 }
    }

    fn row(&mut self, source: &Source<'a>, ends_rule: bool) -> Row {
        if source.starts_rule() {
            self.open.clear();
            self.last = None;
        }
        let starts_rule = self.last.is_none();
        let indent = if starts_rule { 0 } else { self.indent(source) };
        let group = self.open.last().map_or(0, |o| o.number);
        let tokens = with_commas(&source.tokens, self.open.last().map(|o| o.sign));
        let arrow = self.arrow_to_align(&tokens, starts_rule);

        let mut row = Row { indent, group, comment: source.comment.map(str::to_owned), ..Row::default() };
        let on = on_start(&tokens, ends_rule);
        let mut part = Part::Head;
        let mut before: Option<Token<'a>> = None;
        let mut left: Option<Token<'a>> = None;
        for (at, token) in tokens.iter().enumerate() {
            let outside = self.open.is_empty();
            let word = token.kind == Kind::Word && at > 0 && !left.is_some_and(|l| l.is("."));
            if outside && word && token.text == "otherwise" && !starts_target(&tokens, at) && part != Part::On {
                if part == Part::Otherwise {
                    row.otherwise.push(' ');
                }
                part = Part::Otherwise;
            } else if outside && Some(at) == on {
                part = Part::On;
            } else if Some(at) == arrow {
                part = Part::Value;
            }
            let into = match part {
                Part::Head => &mut row.head,
                Part::Value => &mut row.value,
                Part::Otherwise => &mut row.otherwise,
                Part::On => &mut row.on,
            };
            if left.is_some_and(|l| !into.is_empty() && blank_between(before.as_ref(), &l, token)) {
                into.push(' ');
            }
            into.push_str(token.text);
            self.track(token, indent);
            (before, left) = (left, Some(*token));
        }
        self.last = left.or(self.last);
        row
    }

    /// The arrow that is aligned: of the rule that a line starts with, if the line has no other on that level.
    fn arrow_to_align(&self, tokens: &[Token<'_>], starts_rule: bool) -> Option<usize> {
        let inner = self.open.last().is_some_and(|o| o.sign == "{");
        if !starts_rule && !inner {
            return None;
        }
        let length = target_length(tokens)?;
        let mut depth = 0usize;
        for token in tokens.iter().skip(length + 1) {
            match token {
                t if t.opens() => depth += 1,
                t if t.closes() => depth = depth.saturating_sub(1),
                t if t.is("<-") && depth == 0 => return None,
                _ => {}
            }
        }
        Some(length)
    }

    fn track(&mut self, token: &Token<'a>, indent: usize) {
        if token.opens() {
            self.opened += 1;
            self.open.push(Open { sign: token.text, indent, number: self.opened });
        } else if token.closes() {
            self.open.pop();
        }
    }
}

/// The parts of a line that stand in columns.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Head,
    Value,
    Otherwise,
    On,
}

/// Where `on create` or `on update` starts, as the last two tokens of a rule; alone on its line it is no column.
fn on_start(tokens: &[Token<'_>], ends_rule: bool) -> Option<usize> {
    let at = tokens.len().checked_sub(2).filter(|at| *at > 0 && ends_rule)?;
    match tokens.get(at..) {
        Some([on, when]) if on.kind == Kind::Word && on.text == "on" && matches!(when.text, "create" | "update") => {
            Some(at)
        }
        _ => None,
    }
}

/// Whether a rule of `{ }` starts with this token (`otherwise <- x` there is a target).
fn starts_target(tokens: &[Token<'_>], at: usize) -> bool {
    tokens.get(at..).is_some_and(|rest| target_length(rest).is_some())
}

/// How many tokens stand before `<-`, if the tokens start with a target.
fn target_length(tokens: &[Token<'_>]) -> Option<usize> {
    let mut at = 0;
    loop {
        let name = tokens.get(at).filter(|t| t.is_name())?;
        at += 1;
        if name.kind == Kind::Word && name.text == "custom" && tokens.get(at).is_some_and(|t| t.is("[")) {
            if !(tokens.get(at + 1)?.kind == Kind::Text && tokens.get(at + 2)?.is("]")) {
                return None;
            }
            at += 3;
        }
        match tokens.get(at) {
            Some(t) if t.is("<-") => return Some(at),
            Some(t) if t.is(".") => at += 1,
            _ => return None,
        }
    }
}

/// Puts a comma before every rule of `{ }` that follows another on its line without one.
fn with_commas<'a>(tokens: &[Token<'a>], around: Option<&'a str>) -> Vec<Token<'a>> {
    let mut out: Vec<Token<'a>> = Vec::with_capacity(tokens.len());
    let mut open: Vec<&str> = around.into_iter().collect();
    for (at, token) in tokens.iter().enumerate() {
        if let Some(last) = out.last().copied() {
            let follows = !(last.is(",") || last.is(".") || last.opens());
            if open.last() == Some(&"{") && follows && starts_target(tokens, at) {
                out.push(Token { text: ",", kind: Kind::Sign, glued: true });
            }
        }
        if token.opens() {
            open.push(token.text);
        } else if token.closes() {
            open.pop();
        }
        out.push(*token);
    }
    out
}
