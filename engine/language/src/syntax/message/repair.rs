//! A rule with its slips mended, one after the other, until it reads.

use pest::Parser as _;
use pest::error::Error;

use super::super::grammar::{Grammar, Rule};
use super::super::layout::blank_comments;
use super::place::Place;
use super::slip::{Slip, slip};
use super::{position, word_at};

/// Most slips of one rule that are mended in one go.
const MOST: usize = 24;

/// The text after this slip and all that follow it; `None` where one of them has no certain edit.
pub(super) fn whole(source: &str, rule: Rule, first: &Slip) -> Option<String> {
    let mut text = first.apply(source).filter(|_| first.certain)?;
    for _ in 0..MOST {
        let Err(error) = Grammar::parse(rule, &blank_comments(&text)) else { return Some(text) };
        text = mended(&text, &error)?;
    }
    None
}

/// An expression with its slips mended.
pub(super) fn expression(text: &str) -> Option<String> {
    // bounded: what is inside brackets of what is inside brackets is looked at again from there
    if text.len() > 400 {
        return None;
    }
    let mut text = text.to_owned();
    for _ in 0..MOST {
        let Err(error) = Grammar::parse(Rule::whole_expression, &text) else { return Some(text) };
        text = mended(&text, &error)?;
    }
    None
}

fn mended(text: &str, error: &Error<Rule>) -> Option<String> {
    let place = Place::new(text, word_at(text, position(error)));
    let slip = slip(&place).filter(|s| s.certain)?;
    slip.apply(text).filter(|t| t != text)
}

/// A stretch widened to the blanks around it, so that an edit shows whole words.
pub(super) fn whole_words<'a>(
    before: &str,
    after: &'a str,
    (start, end): (usize, usize),
    length: usize,
) -> (usize, usize, &'a str) {
    let left = before.get(..start).map_or(0, |b| b.len() - b.trim_end_matches(|c: char| !c.is_whitespace()).len());
    let right = before.get(end..).map_or(0, |b| b.len() - b.trim_start_matches(|c: char| !c.is_whitespace()).len());
    (start - left, end + right, after.get(start - left..start + length + right).unwrap_or_default())
}

/// The one stretch in which two texts differ: its bytes in the first, and what stands there in the second.
pub(super) fn difference<'a>(before: &str, after: &'a str) -> (usize, usize, &'a str) {
    let same = before.bytes().zip(after.bytes()).take_while(|(a, b)| a == b).count();
    let start = (0..=same).rev().find(|i| before.is_char_boundary(*i) && after.is_char_boundary(*i)).unwrap_or(0);
    let most = before.len().min(after.len()) - start;
    let same = before.bytes().rev().zip(after.bytes().rev()).take(most).take_while(|(a, b)| a == b).count();
    let end = (0..=same)
        .rev()
        .find(|i| before.is_char_boundary(before.len() - i) && after.is_char_boundary(after.len() - i))
        .unwrap_or(0);
    (start, before.len() - end, after.get(start..after.len() - end).unwrap_or_default())
}
