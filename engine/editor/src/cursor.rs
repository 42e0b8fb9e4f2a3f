//! What code wants at a place: read from the tokens before it, since the rule that is being typed does not parse.

use mapwright_language::syntax::blank_comments;
use mapwright_language::syntax::format::tokens::{Kind, Token, tokens};
use mapwright_language::syntax::is_reserved;

use crate::place::Code;

/// A token and its place in the code.
#[derive(Debug, Clone, Copy)]
pub(crate) struct At<'t> {
    pub token: Token<'t>,
    pub start: usize,
}

impl At<'_> {
    fn end(&self) -> usize {
        self.start + self.token.text.len()
    }

    fn word(&self, word: &str) -> bool {
        self.token.kind == Kind::Word && self.token.text == word
    }
}

/// What may be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// Nothing that is known: a new name, a number.
    Nothing,
    /// The left side of a rule; the field's path so far, from the target record on.
    Target(Vec<String>),
    /// An expression begins. `within`: it may be a target too, inside the `{ }` of this target.
    Start {
        /// see above
        within: Option<Vec<String>>,
    },
    /// A path begins, and nothing else may: a hole in a text.
    Path,
    /// A member of the path that ends before this token.
    Member(usize),
    /// A function behind `|`.
    Function,
    /// What goes on behind a value.
    Continue,
    /// `create` or `update`
    On,
    /// What comes after `is`; whether `not` came already.
    Empty(bool),
    /// A member of another record: `record(id, "Type").`
    MemberOf(String),
    /// What selects from a list.
    Selector,
    /// The text in quotes.
    Text(TextFor),
}

/// What a text in quotes is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum TextFor {
    /// A lookup's name.
    Lookup,
    /// A record type's name.
    RecordType,
    /// A field of a record type: `find("Customer", "…")`.
    FieldOf(String),
    /// The name of a time zone.
    Zone,
    /// Compared with the path between these tokens.
    Compared(usize, usize),
    /// A result of the rule for this target.
    Result(Vec<String>),
    /// Something else.
    Other,
}

/// What is known of the code before a place.
#[derive(Debug)]
pub(crate) struct Cursor<'t> {
    /// The tokens before the word at the place.
    pub tokens: Vec<At<'t>>,
    /// Where that word starts.
    pub start: usize,
    /// What may stand there.
    pub wanted: Wanted,
}

/// A round, square or curly bracket that is open.
struct Frame<'t> {
    open: Option<&'t str>,
    at: usize,
    /// `match` or `for`, and its token, while its `{` has not come.
    head: Option<usize>,
    /// The subject of the `match` whose arms these are.
    subject: Option<(usize, usize)>,
    /// The function whose arguments these are.
    function: Option<&'t str>,
    /// The target of the rule in it, once its `<-` came.
    target: Option<Vec<String>>,
    /// The last `,` or `:`, or the bracket itself.
    separator: &'t str,
}

impl<'t> Cursor<'t> {
    /// Reads code up to a place. `clean` has its comments blanked out and outlives this.
    pub fn new(clean: &'t str, code: Code) -> Cursor<'t> {
        if code == Code::Template {
            return Self::in_text(clean, 0, Wanted::Nothing);
        }
        let mut tokens = places(clean);
        let last = tokens.last().copied();
        if let Some(text) = last.filter(|l| l.token.kind == Kind::Text && is_open(l.token.text)) {
            tokens.pop();
            let wanted = Wanted::Text(text_for(&tokens, code));
            if text.token.text.starts_with('"') {
                return Self::in_text_with(clean, text.start + 1, wanted, tokens);
            }
            return Cursor { start: text.start + 1, tokens, wanted };
        }
        let typed =
            last.filter(|l| l.end() == clean.len() && matches!(l.token.kind, Kind::Word | Kind::Quoted | Kind::Number));
        if typed.is_some() {
            tokens.pop();
        }
        let start = typed.map_or(clean.len(), |t| t.start);
        let wanted = match typed {
            Some(number) if number.token.kind == Kind::Number => Wanted::Nothing,
            _ => wanted(clean, &tokens, start, code),
        };
        Cursor { start, tokens, wanted }
    }

    /// In a text with holes: a hole holds a path.
    fn in_text(clean: &'t str, from: usize, otherwise: Wanted) -> Cursor<'t> {
        Self::in_text_with(clean, from, otherwise, vec![])
    }

    fn in_text_with(clean: &'t str, from: usize, otherwise: Wanted, tokens: Vec<At<'t>>) -> Cursor<'t> {
        let text = clean.get(from..).unwrap_or_default();
        let hole = text.rfind('{').filter(|h| {
            let escapes = text.get(..*h).unwrap_or_default().chars().rev().take_while(|c| *c == '\\').count();
            escapes % 2 == 0 && !text.get(*h..).unwrap_or_default().contains('}')
        });
        let Some(hole) = hole else { return Cursor { start: from, tokens, wanted: otherwise } };
        let base = from + hole + 1;
        let inner = Cursor::new(clean.get(base..).unwrap_or_default(), Code::Expression);
        let wanted = match inner.wanted {
            Wanted::Start { .. } => Wanted::Path,
            Wanted::Member(at) => Wanted::Member(at + tokens.len()),
            Wanted::Selector => Wanted::Selector,
            _ => Wanted::Nothing,
        };
        let inside = inner.tokens.into_iter().map(|t| At { token: t.token, start: t.start + base });
        Cursor { start: inner.start + base, tokens: tokens.into_iter().chain(inside).collect(), wanted }
    }
}

/// Code with its comments blanked out, byte for byte as long.
pub(crate) fn clean(code: &str) -> String {
    blank_comments(&code.replace('\t', " "))
}

/// All tokens with their places.
pub(crate) fn places(clean: &str) -> Vec<At<'_>> {
    let base = clean.as_ptr() as usize;
    tokens(clean).into_iter().map(|token| At { start: token.text.as_ptr() as usize - base, token }).collect()
}

/// Whether a text lacks its closing quote.
fn is_open(text: &str) -> bool {
    let Some(quote) = text.chars().next() else { return false };
    let mut escaped = false;
    for c in text.chars().skip(1) {
        if c == quote && !escaped {
            return false;
        }
        escaped = !escaped && quote == '"' && c == '\\';
    }
    true
}

fn frames<'t>(tokens: &[At<'t>]) -> Vec<Frame<'t>> {
    let new =
        |open, at, separator| Frame { open, at, head: None, subject: None, function: None, target: None, separator };
    let mut frames = vec![new(None, 0, "")];
    for (i, at) in tokens.iter().enumerate() {
        let token = at.token;
        let after_dot = i > 0 && tokens.get(i - 1).is_some_and(|t| t.token.is("."));
        if token.opens() {
            let mut frame = new(Some(token.text), i, token.text);
            let before = i.checked_sub(1).and_then(|b| tokens.get(b));
            if token.is("(") {
                frame.function =
                    before.filter(|b| b.token.kind == Kind::Word && !is_reserved(b.token.text)).map(|b| b.token.text);
            }
            if token.is("{")
                && let Some(head) = frames.last_mut().and_then(|f| f.head.take())
                && tokens.get(head).is_some_and(|t| t.word("match"))
            {
                frame.subject = Some((head + 1, i));
            }
            frames.push(frame);
        } else if token.closes() {
            if frames.len() > 1 {
                frames.pop();
            }
        } else if let Some(frame) = frames.last_mut() {
            if token.is("<-") {
                frame.target = Some(target_before(tokens, i));
            } else if token.is(",") || token.is(":") {
                frame.separator = token.text;
                if token.is(",") && frame.open.is_some() {
                    frame.target = None;
                }
            } else if !after_dot && (at.word("match") || at.word("for")) {
                frame.head = Some(i);
            }
        }
    }
    frames
}

/// The names before a `<-`.
fn target_before(tokens: &[At<'_>], arrow: usize) -> Vec<String> {
    let mut path = Vec::new();
    let mut at = arrow;
    while let Some(name) = at.checked_sub(1).and_then(|i| tokens.get(i)).filter(|t| t.token.is_name()) {
        path.insert(0, name.token.text.trim_matches('`').to_owned());
        at -= 1;
        match at.checked_sub(1).and_then(|i| tokens.get(i)) {
            Some(dot) if dot.token.is(".") => at -= 1,
            _ => break,
        }
    }
    path
}

/// The target that the innermost open braces fill.
fn target_of(frames: &[Frame<'_>]) -> Vec<String> {
    frames.iter().filter_map(|f| f.target.clone()).flatten().collect()
}

fn text_for(tokens: &[At<'_>], code: Code) -> TextFor {
    let frames = frames(tokens);
    let Some(frame) = frames.last() else { return TextFor::Other };
    let last = tokens.len().checked_sub(1).and_then(|i| tokens.get(i));
    match frame.function {
        Some("lookup") => return TextFor::Lookup,
        // the type is the first text of the call, the field of `find` the second
        Some("find") => {
            let first = tokens.get(frame.at..).unwrap_or_default().iter().find(|t| t.token.kind == Kind::Text);
            return first
                .map_or(TextFor::RecordType, |t| TextFor::FieldOf(t.token.text.trim_matches(['"', '\'']).to_owned()));
        }
        Some("link" | "linked" | "record") => return TextFor::RecordType,
        Some(name @ ("date" | "start_of_day")) => {
            let piped = frame.at.checked_sub(2).and_then(|i| tokens.get(i)).is_some_and(|t| t.token.is("|"));
            return if piped || last.is_some_and(|l| l.token.is(",")) || name == "start_of_day" {
                TextFor::Zone
            } else {
                TextFor::Other
            };
        }
        Some("format_instant" | "parse_instant") => {
            // the pattern comes first, then the zone
            let texts =
                tokens.get(frame.at..).unwrap_or_default().iter().filter(|t| t.token.kind == Kind::Text).count();
            return if texts > 0 { TextFor::Zone } else { TextFor::Other };
        }
        Some(_) => return TextFor::Other,
        None => {}
    }
    if last.is_some_and(|l| l.token.is("==") || l.token.is("!=")) {
        return TextFor::Compared(0, tokens.len() - 1);
    }
    if frame.open == Some("[") {
        // `x in ["…"]` compares; `custom["…"]` is a key
        let before = frame.at.checked_sub(1).and_then(|i| tokens.get(i));
        match before {
            Some(word) if word.word("in") => {
                let not = frame.at.checked_sub(2).filter(|i| tokens.get(*i).is_some_and(|t| t.word("not")));
                return TextFor::Compared(0, not.unwrap_or(frame.at - 1));
            }
            Some(path) if path.token.is_name() || path.token.closes() => return TextFor::Other,
            _ => {}
        }
    }
    if let Some((from, to)) = frame.subject.filter(|_| frame.separator != ":") {
        return TextFor::Compared(from, to);
    }
    let leads_to_text = last.is_none_or(|l| {
        ["<-", ":", "(", "[", ",", "??"].iter().any(|s| l.token.is(s))
            || ["then", "else", "otherwise", "empty"].iter().any(|w| l.word(w))
    });
    if code == Code::Rule && leads_to_text { TextFor::Result(target_of(&frames)) } else { TextFor::Other }
}

fn wanted(clean: &str, tokens: &[At<'_>], start: usize, code: Code) -> Wanted {
    let frames = frames(tokens);
    let (Some(frame), top) = (frames.last(), frames.first()) else { return Wanted::Nothing };
    let begun = tokens.iter().any(|t| t.token.is("<-"));
    let is_let = tokens.first().is_some_and(|t| t.word("let")) && !tokens.get(1).is_some_and(|t| t.token.is("<-"));
    if code == Code::Rule && is_let && !tokens.iter().any(|t| t.token.is("=")) {
        return Wanted::Nothing;
    }
    if code == Code::Rule && !is_let && !begun && frames.len() == 1 {
        return target(tokens);
    }
    let Some(last) = tokens.last() else { return Wanted::Start { within: None } };
    let token = last.token;
    let before = tokens.len().checked_sub(2).and_then(|i| tokens.get(i));
    if token.is(".") {
        return match record_before(tokens) {
            Some(record) => Wanted::MemberOf(record),
            None => Wanted::Member(tokens.len() - 1),
        };
    }
    if last.word("is") {
        return Wanted::Empty(false);
    }
    if last.word("not") && before.is_some_and(|b| b.word("is")) {
        return Wanted::Empty(true);
    }
    if token.is("|") || last.word("each") && before.is_some_and(|b| b.token.is("|")) {
        return Wanted::Function;
    }
    if last.word("on") && frames.len() == 1 && top.is_some_and(|t| t.target.is_some()) {
        return Wanted::On;
    }
    if token.is("[") && token.glued && before.is_some_and(|b| b.token.is_name() || b.token.closes()) {
        return Wanted::Selector;
    }
    let braces = frame.open == Some("{") && frame.subject.is_none() && code == Code::Rule;
    let within = || Some(target_of(&frames)).filter(|_| braces);
    if braces && (token.is("{") || token.is(",")) {
        return Wanted::Start { within: within() };
    }
    if ends_value(last, before) {
        let broken = clean.get(last.end()..start).is_some_and(|gap| gap.contains('\n'));
        // a new line in braces starts the next rule
        return if broken && braces { Wanted::Start { within: outer(&frames) } } else { Wanted::Continue };
    }
    Wanted::Start { within: None }
}

/// The record type of `record(id, "Type").` before its dot.
fn record_before(tokens: &[At<'_>]) -> Option<String> {
    let close = tokens.len().checked_sub(2).filter(|i| tokens.get(*i).is_some_and(|t| t.token.is(")")))?;
    let record = tokens.get(close.checked_sub(1)?).filter(|t| t.token.kind == Kind::Text)?;
    let mut depth = 0usize;
    for i in (0..=close).rev() {
        let token = tokens.get(i)?.token;
        if token.closes() {
            depth += 1;
        } else if token.opens() {
            depth -= 1;
            if depth == 0 {
                let called = i.checked_sub(1).and_then(|n| tokens.get(n)).is_some_and(|t| t.word("record"));
                return called.then(|| record.token.text.trim_matches(['"', '\'']).to_owned());
            }
        }
    }
    None
}

/// The target around the innermost braces, the rule in them left aside.
fn outer(frames: &[Frame<'_>]) -> Option<Vec<String>> {
    Some(target_of(frames.get(..frames.len().checked_sub(1)?)?))
}

/// At the left side of a rule.
fn target(tokens: &[At<'_>]) -> Wanted {
    let path: Vec<String> =
        tokens.iter().filter(|t| t.token.is_name()).map(|t| t.token.text.trim_matches('`').to_owned()).collect();
    let dots = tokens.iter().filter(|t| t.token.is(".")).count();
    if path.len() + dots == tokens.len() && path.len() == dots { Wanted::Target(path) } else { Wanted::Nothing }
}

/// Whether a value is complete with this token.
fn ends_value(last: &At<'_>, before: Option<&At<'_>>) -> bool {
    const LEAD_ON: &[&str] = &["by", "with", "contains", "each", "starts", "ends"];
    match last.token.kind {
        Kind::Word if before.is_some_and(|b| b.token.is(".")) => true,
        Kind::Word => match last.token.text {
            "true" | "false" | "null" | "clear" | "is" => true,
            word => !is_reserved(word) && !LEAD_ON.contains(&word),
        },
        Kind::Sign => last.token.closes(),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(code: &str) -> Wanted {
        Cursor::new(&clean(code), Code::Rule).wanted
    }

    fn path(names: &[&str]) -> Vec<String> {
        names.iter().map(|n| (*n).to_owned()).collect()
    }

    #[test]
    fn a_rule_that_is_being_typed() {
        assert_eq!(rule("pri"), Wanted::Target(vec![]));
        assert_eq!(rule("address.ci"), Wanted::Target(path(&["address"])));
        assert_eq!(rule("price <- "), Wanted::Start { within: None });
        assert_eq!(rule("price <- def"), Wanted::Start { within: None });
        assert_eq!(rule("price <- kit."), Wanted::Member(3));
        assert_eq!(rule("price <- name | tr"), Wanted::Function);
        assert_eq!(rule("price <- names | each tr"), Wanted::Function);
        assert_eq!(rule("price <- name "), Wanted::Continue);
        assert_eq!(rule("price <- name on cr"), Wanted::On);
        assert_eq!(rule("price <- inventory["), Wanted::Selector);
        assert_eq!(rule("price <- if name is "), Wanted::Empty(false));
        assert_eq!(rule("price <- if name is not em"), Wanted::Empty(true));
        assert_eq!(rule("price <- record(id, \"Customer\").em"), Wanted::MemberOf(String::from("Customer")));
        assert_eq!(rule("price <- lower(name).em"), Wanted::Member(6));
        assert_eq!(rule("let x"), Wanted::Nothing);
        assert_eq!(rule("let x = "), Wanted::Start { within: None });
        assert_eq!(rule("price <- 12"), Wanted::Nothing);
    }

    #[test]
    fn targets_inside_braces() {
        assert_eq!(rule("a <- { "), Wanted::Start { within: Some(path(&["a"])) });
        assert_eq!(rule("a <- { b <- { c <- d, e"), Wanted::Start { within: Some(path(&["a", "b"])) });
        assert_eq!(rule("a <- for x in y {\n  b <- c\n  d"), Wanted::Start { within: Some(path(&["a"])) });
        assert_eq!(rule("a <- { b <- "), Wanted::Start { within: None });
    }

    #[test]
    fn texts_in_quotes() {
        assert_eq!(rule("a <- b | lookup(\"Pr"), Wanted::Text(TextFor::Lookup));
        assert_eq!(rule("a <- b | link(\""), Wanted::Text(TextFor::RecordType));
        assert_eq!(rule("a <- b | find(\""), Wanted::Text(TextFor::RecordType));
        assert_eq!(rule("a <- b | find(\"Customer\", \"em"), Wanted::Text(TextFor::FieldOf(String::from("Customer"))));
        assert_eq!(rule("a <- b | date(\""), Wanted::Text(TextFor::Zone));
        assert_eq!(rule("a <- b | format_instant(\"%Y\", \""), Wanted::Text(TextFor::Zone));
        assert_eq!(rule("a <- status == \""), Wanted::Text(TextFor::Compared(0, 3)));
        assert_eq!(rule("a <- match b { \"x\": 1, \""), Wanted::Text(TextFor::Compared(3, 4)));
        assert_eq!(rule("a <- match b { \"x\": \""), Wanted::Text(TextFor::Result(path(&["a"]))));
        assert_eq!(rule("a <- if b then \""), Wanted::Text(TextFor::Result(path(&["a"]))));
        assert_eq!(rule("a <- \"{na"), Wanted::Path);
        assert_eq!(rule("a <- \"{kit.na"), Wanted::Member(3));
        assert_eq!(rule("a <- \"\\{na"), Wanted::Text(TextFor::Result(path(&["a"]))));
        assert_eq!(rule("a <- custom[\"Br"), Wanted::Text(TextFor::Other));
    }
}
