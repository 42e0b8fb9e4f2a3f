//! The tokens around the place where a rule stops making sense, and the operands beside it.

use super::super::format::tokens::{Kind, Token, tokens};
use super::super::parse;
use super::super::print;
use super::super::tree::Expr;
use super::super::words::is_reserved;
use super::repair;

/// A text and the token that does not fit.
pub(super) struct Place<'a> {
    /// The rule or expression.
    pub source: &'a str,
    /// Its tokens.
    tokens: Vec<(usize, Token<'a>)>,
    /// The one that does not fit; their number where the text ends too early.
    pub at: usize,
}

impl<'a> Place<'a> {
    pub fn new(source: &'a str, byte: usize) -> Place<'a> {
        let base = source.as_ptr() as usize;
        let tokens: Vec<_> = tokens(source).into_iter().map(|t| (t.text.as_ptr() as usize - base, t)).collect();
        let at = tokens.iter().position(|(start, t)| start + t.text.len() > byte).unwrap_or(tokens.len());
        Place { source, tokens, at }
    }

    pub fn count(&self) -> usize {
        self.tokens.len()
    }

    pub fn token(&self, at: usize) -> Option<Token<'a>> {
        self.tokens.get(at).map(|(_, t)| *t)
    }

    /// The token so many before the place (1: the one before it).
    pub fn before(&self, back: usize) -> Option<Token<'a>> {
        self.token(self.at.checked_sub(back)?)
    }

    /// The token so many after the place (0: the one that does not fit).
    pub fn after(&self, ahead: usize) -> Option<Token<'a>> {
        self.token(self.at + ahead)
    }

    /// First byte of a token, or the end of the text.
    pub fn start(&self, at: usize) -> usize {
        self.tokens.get(at).map_or(self.source.trim_end().len(), |(start, _)| *start)
    }

    /// Byte after a token.
    pub fn end(&self, at: usize) -> usize {
        self.tokens.get(at).map_or(self.source.trim_end().len(), |(start, t)| start + t.text.len())
    }

    /// What is written from one token up to another, which is left out.
    pub fn text(&self, from: usize, to: usize) -> &'a str {
        let (start, end) = (self.start(from), to.checked_sub(1).map_or(0, |last| self.end(last)));
        self.source.get(start..end).unwrap_or_default()
    }

    pub fn is(&self, at: usize, sign: &str) -> bool {
        self.token(at).is_some_and(|t| t.is(sign))
    }

    /// A word, in whatever letters.
    pub fn is_word(&self, at: usize, word: &str) -> bool {
        self.token(at).is_some_and(|t| t.kind == Kind::Word && t.text.eq_ignore_ascii_case(word))
    }

    pub fn kind(&self, at: usize) -> Option<Kind> {
        self.token(at).map(|t| t.kind)
    }

    /// The bracket that belongs to the one at this token.
    pub fn partner(&self, at: usize) -> Option<usize> {
        let token = self.token(at)?;
        let step = |i: usize| if token.opens() { i.checked_add(1) } else { i.checked_sub(1) };
        let (mut depth, mut i) = (0usize, at);
        loop {
            let here = self.token(i)?;
            if here.opens() == token.opens() && (here.opens() || here.closes()) {
                depth += 1;
            } else if here.opens() || here.closes() {
                depth -= 1;
            }
            if depth == 0 {
                return Some(i);
            }
            i = step(i)?;
        }
    }

    /// The innermost bracket that is open before a token.
    pub fn open_before(&self, at: usize) -> Option<usize> {
        let mut depth = 0usize;
        for i in (0..at.min(self.count())).rev() {
            let token = self.token(i)?;
            if token.closes() {
                depth += 1;
            } else if token.opens() {
                match depth.checked_sub(1) {
                    None => return Some(i),
                    Some(less) => depth = less,
                }
            }
        }
        None
    }

    /// First token of the operand (a path, a literal, a call, a parenthesis) that ends before this token.
    pub fn operand_before(&self, end: usize) -> Option<usize> {
        let mut i = end.checked_sub(1)?;
        loop {
            let token = self.token(i)?;
            if token.closes() {
                i = self.partner(i)?;
                let glued = self.token(i).is_some_and(|t| t.glued);
                let callee = i.checked_sub(1).and_then(|b| self.token(b));
                if glued && callee.is_some_and(|c| (c.is_name() && !is_reserved(c.text)) || c.closes()) {
                    i -= 1;
                    continue;
                }
                if self.is(i, "{") {
                    return None;
                }
            } else if token.kind == Kind::Sign {
                return None;
            }
            match i.checked_sub(2).filter(|_| self.is(i - 1, ".")) {
                Some(before) => i = before,
                None => break,
            }
        }
        let reserved = self.token(i).is_some_and(|t| t.kind == Kind::Word && is_reserved(t.text));
        let value = self.token(i).is_some_and(|t| matches!(t.text, "true" | "false" | "null" | "clear"));
        (!reserved || value).then_some(i)
    }

    /// Token after the operand that begins with this one.
    pub fn operand_after(&self, start: usize) -> Option<usize> {
        let token = self.token(start)?;
        let mut i = if token.opens() {
            self.partner(start)? + 1
        } else if token.kind == Kind::Sign
            || (token.kind == Kind::Word && is_reserved(token.text) && !is_value(token.text))
        {
            return None;
        } else {
            start + 1
        };
        loop {
            if self.is(i, ".") && self.token(i + 1).is_some_and(|t| t.is_name()) {
                i += 2;
            } else if (self.is(i, "(") || self.is(i, "[")) && self.token(i).is_some_and(|t| t.glued) {
                i = self.partner(i)? + 1;
            } else {
                return Some(i);
            }
        }
    }

    /// First token of what stands in one place (an argument, a branch, a whole value) before this token.
    pub fn slot_start(&self, at: usize) -> usize {
        let mut i = at;
        while let Some(before) = i.checked_sub(1) {
            let Some(token) = self.token(before) else { break };
            if token.closes() {
                match self.partner(before) {
                    Some(open) => i = open,
                    None => break,
                }
                continue;
            }
            let word = token.kind == Kind::Word && !i.checked_sub(2).is_some_and(|b| self.is(b, "."));
            let parts = ["<-", ",", ":", "=", ";", "?"].iter().any(|s| token.is(s))
                || (word
                    && ["then", "else", "if", "otherwise", "where", "by", "when", "elseif", "elif"]
                        .iter()
                        .any(|w| self.is_word(before, w)));
            if token.opens() || parts {
                break;
            }
            i = before;
        }
        i
    }

    /// Token after what stands in one place from this token on.
    pub fn slot_end(&self, from: usize) -> usize {
        let mut i = from;
        while let Some(token) = self.token(i) {
            if token.opens() {
                match self.partner(i) {
                    Some(close) => i = close + 1,
                    None => return self.count(),
                }
                continue;
            }
            let parts = [",", ":", ";"].iter().any(|s| token.is(s))
                || ["then", "else", "otherwise", "on", "elseif", "elif"].iter().any(|w| self.is_word(i, w));
            if token.closes() || parts {
                return i;
            }
            i += 1;
        }
        self.count()
    }

    /// Whether these tokens fill a place alone, so that any expression may stand there without parentheses.
    pub fn is_slot(&self, from: usize, to: usize) -> bool {
        let opens = match from.checked_sub(1).and_then(|b| self.token(b)) {
            None => true,
            Some(token) => {
                ["<-", ",", ":", "=", "(", "{"].iter().any(|s| token.is(s))
                    || (token.is("[") && !token.glued)
                    || (token.kind == Kind::Word && token.text == "otherwise")
            }
        };
        let closes = match self.token(to) {
            None => true,
            Some(token) => {
                [",", ")", "]", "}", ";"].iter().any(|s| token.is(s))
                    || (token.kind == Kind::Word && matches!(token.text, "otherwise" | "on"))
            }
        };
        opens && closes
    }

    /// Whether these tokens are a whole condition or branch, where pipes alone need parentheses.
    fn is_branch(&self, from: usize, to: usize) -> bool {
        let words = |at: usize, words: &[&str]| words.iter().any(|w| self.is_word(at, w));
        let opens = from.checked_sub(1).is_some_and(|b| {
            words(b, &["if", "then", "else", "where", "otherwise"]) || self.is_slot(from, self.count())
        });
        let closes = match self.token(to) {
            None => true,
            Some(token) => {
                words(to, &["then", "else", "otherwise", "on"]) || token.closes() || token.is(",") || token.is("{")
            }
        };
        opens && closes
    }

    /// An expression as it is written in the place of these tokens.
    pub fn written(&self, expr: &Expr, from: usize, to: usize) -> String {
        if self.is_slot(from, to) {
            print::expression(expr)
        } else if self.is_branch(from, to) {
            print::chain(expr)
        } else {
            print::operand(expr)
        }
    }

    /// What these tokens mean; their own slips are mended.
    pub fn expression(&self, from: usize, to: usize) -> Option<Expr> {
        expression_of(self.text(from, to))
    }

    /// The tokens between two brackets, cut at each of these signs.
    pub fn parts(&self, open: usize, close: usize, sign: &str) -> Vec<(usize, usize)> {
        let (mut parts, mut from, mut i) = (Vec::new(), open + 1, open + 1);
        while i < close {
            if self.token(i).is_some_and(|t| t.opens()) {
                i = self.partner(i).unwrap_or(close);
            } else if self.is(i, sign) {
                parts.push((from, i));
                from = i + 1;
            }
            i += 1;
        }
        if from < close {
            parts.push((from, close));
        }
        parts
    }
}

/// What a text means as an expression; its slips are mended.
pub(super) fn expression_of(text: &str) -> Option<Expr> {
    parse::plain_expression(text).or_else(|| parse::plain_expression(&repair::expression(text)?))
}

pub(super) fn is_value(word: &str) -> bool {
    matches!(word, "true" | "false" | "null" | "clear")
}
