//! A regular expression, compiled once, when the file is checked; its size and its work are bounded.

use regex::{Regex, RegexBuilder};

use super::arguments::MOST_ELEMENTS;

/// Longest pattern, in bytes.
const MOST_PATTERN_BYTES: usize = 1000;
/// Most memory that a compiled pattern takes, in bytes.
const MOST_COMPILED_BYTES: usize = 1 << 18;
/// Most matches times bytes of text: each match may have looked at all that is left.
const MOST_WORK: usize = 1 << 29;

/// A compiled regular expression; equal to another if it is written alike.
#[derive(Debug, Clone)]
pub struct Pattern(Regex);

impl PartialEq for Pattern {
    fn eq(&self, other: &Pattern) -> bool {
        self.0.as_str() == other.0.as_str()
    }
}

impl Pattern {
    /// Compiles it.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn new(text: &str) -> Result<Pattern, String> {
        if text.len() > MOST_PATTERN_BYTES {
            return Err(format!("has {} bytes, and a pattern has at most {MOST_PATTERN_BYTES}", text.len()));
        }
        let built = RegexBuilder::new(text).size_limit(MOST_COMPILED_BYTES).dfa_size_limit(1 << 20).build();
        built.map(Pattern).map_err(|error| match error {
            regex::Error::CompiledTooBig(_) => {
                String::from("becomes too big: take repetitions such as `{1000}` out of it")
            }
            error => {
                // the last line of the message says what, the lines above show the pattern
                let all = error.to_string();
                let last = all.lines().last().unwrap_or_default();
                format!("is not understood: {}", last.trim().trim_start_matches("error: "))
            }
        })
    }

    /// Whether it fits somewhere.
    pub(super) fn is_in(&self, text: &str) -> bool {
        self.0.is_match(text)
    }

    /// The first place where it fits.
    pub(super) fn first<'t>(&self, text: &'t str) -> Option<regex::Captures<'t>> {
        self.0.captures(text)
    }

    /// Places of matches, as long as there are not too many for so long a text.
    pub(super) fn all<'t>(&self, text: &'t str) -> Result<Vec<regex::Captures<'t>>, String> {
        let most = (MOST_WORK / text.len().max(1)).min(MOST_ELEMENTS);
        let found: Vec<_> = self.0.captures_iter(text).take(most.saturating_add(1)).collect();
        if found.len() > most {
            return Err(format!("has {} bytes and more than {most} matches, which is too much work", text.len()));
        }
        Ok(found)
    }
}
