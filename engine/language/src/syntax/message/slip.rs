//! What people bring from other languages, and the commonest slips.

use super::place::Place;
use super::{calls, choices, signs, texts, words};

/// Something that is written otherwise here.
#[derive(Debug, Clone)]
pub(super) struct Slip {
    /// The bytes that are marked.
    pub mark: (usize, usize),
    /// What is wrong.
    pub message: String,
    /// What to do; `None`: what the edits make is shown.
    pub help: Option<String>,
    /// A few words beside the place.
    pub note: Option<String>,
    /// What to write in place of which bytes, from left to right.
    pub edits: Vec<(usize, usize, String)>,
    /// Whether it can only be meant so.
    pub certain: bool,
}

impl Slip {
    pub fn new(mark: (usize, usize), message: impl Into<String>) -> Slip {
        Slip { mark, message: message.into(), help: None, note: None, edits: vec![], certain: true }
    }

    pub fn help(mut self, help: impl Into<String>) -> Slip {
        self.help = Some(help.into());
        self
    }

    pub fn note(mut self, note: Option<String>) -> Slip {
        self.note = note;
        self
    }

    pub fn edit(mut self, from: usize, to: usize, text: impl Into<String>) -> Slip {
        self.edits.push((from, to, text.into()));
        self.edits.sort();
        self
    }

    /// The edits may be what is meant, and something else may be.
    pub fn guess(mut self) -> Slip {
        self.certain = false;
        self
    }

    /// The text with the edits made.
    pub fn apply(&self, source: &str) -> Option<String> {
        if self.edits.is_empty() {
            return None;
        }
        let (mut made, mut from) = (String::with_capacity(source.len() + 16), 0);
        for (start, end, text) in &self.edits {
            made.push_str(source.get(from..*start)?);
            made.push_str(text);
            from = *end;
        }
        made.push_str(source.get(from..)?);
        Some(made)
    }
}

/// The slips in the order in which they are looked for: the more particular first.
const SLIPS: &[fn(&Place<'_>) -> Option<Slip>] = &[
    texts::curly_quotes,
    texts::prefixed,
    choices::case,
    choices::switch,
    choices::ternary,
    choices::condition_behind,
    choices::elseif,
    words::piped_is,
    words::is_something,
    words::like,
    words::between,
    words::capitals,
    words::alone_in_its_place,
    words::on,
    words::sorting,
    words::second_binder,
    words::list_in_parentheses,
    words::otherwise,
    words::lets,
    words::superfluous,
    words::other_words,
    signs::dates,
    signs::named_arguments,
    signs::comments,
    signs::pairs,
    signs::single,
    signs::numbers,
    signs::slice,
    calls::method,
    calls::function,
    choices::missing_then,
    texts::apostrophe,
    texts::regex,
    words::arms,
    texts::side_by_side,
    words::reserved,
    signs::colon,
];

/// The slip at a place.
pub(super) fn slip(place: &Place<'_>) -> Option<Slip> {
    SLIPS.iter().find_map(|look| look(place))
}
