//! Functions that cut texts, put them together and replace parts of them.

use crate::value::{Value, text_of};

use super::Function;
use super::NullRule::Sees;
use super::TypePattern::{List, Text};
use super::arguments::{MOST_TEXT_BYTES, is_known, made, text, too_long};
use super::function::{Apply, Parameter, of};

const SUBJECT: Parameter = of("text", Text);
const SUBJECT_AND_PART: &[Parameter] = &[SUBJECT, of("part", Text)];

const fn with_part(
    name: &'static str,
    about: &'static str,
    examples: &'static [(&'static str, &'static str)],
    apply: Apply,
) -> Function {
    Function::new(name, about, SUBJECT_AND_PART, Text, examples, apply)
}

/// One half of a text that was cut in two; null if the part is empty or does not occur.
#[allow(clippy::unnecessary_wraps)] // the shape of `Function::apply`
fn half(part: &str, cut: Option<&str>) -> Result<Value, String> {
    Ok(cut.filter(|_| !part.is_empty()).map_or(Value::Null, |half| Value::Text(half.into())))
}

/// A constant second argument may not be empty.
fn second_is_not_empty(constants: &[Option<Value>]) -> Result<(), String> {
    match constants.get(1) {
        Some(Some(Value::Text(part))) if is_known(constants, 1) && part.is_empty() => {
            Err(String::from("cannot be cut or replaced at an empty text"))
        }
        _ => Ok(()),
    }
}

pub(super) static FUNCTIONS: &[Function] = &[
    Function::new(
        "split",
        "cuts a text at every separator",
        &[SUBJECT, of("separator", Text)],
        List(&Text),
        &[("\"a,b,,c\" | split(\",\")", "[\"a\", \"b\", \"\", \"c\"]"), ("\"\" | split(\",\")", "[]")],
        |v| {
            let (whole, separator) = (text(v, 0), text(v, 1));
            if separator.is_empty() {
                return Err(String::from("cannot be cut at an empty separator"));
            }
            if whole.is_empty() {
                return Ok(Value::List([].into()));
            }
            Ok(Value::List(whole.split(separator).map(|part| Value::Text(part.into())).collect()))
        },
    )
    .fails("the separator is empty")
    .constants(second_is_not_empty),
    Function::new(
        "lines",
        "cuts a text at its line breaks; a break at the end starts no further line",
        &[SUBJECT],
        List(&Text),
        &[("\"a\\n\\nb\\n\" | lines", "[\"a\", \"\", \"b\"]")],
        |v| Ok(Value::List(text(v, 0).lines().map(|line| Value::Text(line.into())).collect())),
    ),
    Function::new(
        "join",
        "puts the texts of a list together; null and empty ones are left out",
        &[of("texts", List(&Text)), of("separator", Text)],
        Text,
        &[("[\"Ada\", null, \"Lovelace\"] | join(\" \")", "\"Ada Lovelace\""), ("[] | join(\", \")", "\"\"")],
        |v| {
            let (Some(Value::List(items)), Some(Value::Text(separator))) = (v.first(), v.get(1)) else {
                return Ok(Value::Null);
            };
            let parts: Vec<_> = items.iter().filter_map(text_of).filter(|t| !t.trim().is_empty()).collect();
            let length = parts.iter().map(|p| p.len().saturating_add(separator.len())).fold(0, usize::saturating_add);
            if length > MOST_TEXT_BYTES {
                return Err(too_long());
            }
            made(&parts.join(separator))
        },
    )
    .may_be_null()
    .fails("the result is longer than 16 MiB")
    .nulls(Sees),
    Function::new(
        "replace",
        "puts a text in place of every occurrence of another",
        &[SUBJECT, of("from", Text), of("to", Text)],
        Text,
        &[("\"1-2-3\" | replace(\"-\", \"/\")", "\"1/2/3\"")],
        |v| {
            if text(v, 1).is_empty() {
                return Err(String::from("cannot have an empty text replaced"));
            }
            let (whole, from, to) = (text(v, 0), text(v, 1), text(v, 2));
            // counted before it is made
            let grown = to.len().saturating_sub(from.len()).saturating_mul(whole.matches(from).count());
            if grown.saturating_add(whole.len()) > MOST_TEXT_BYTES.max(whole.len()) {
                return Err(too_long());
            }
            made(&whole.replace(from, to))
        },
    )
    .fails("the text to replace is empty, or the result is longer than 16 MiB")
    .constants(second_is_not_empty),
    with_part(
        "remove_prefix",
        "takes a text away from the start, if it is there",
        &[("\"BC-17\" | remove_prefix(\"BC-\")", "\"17\""), ("\"17\" | remove_prefix(\"BC-\")", "\"17\"")],
        |v| made(text(v, 0).strip_prefix(text(v, 1)).unwrap_or(text(v, 0))),
    ),
    with_part(
        "remove_suffix",
        "takes a text away from the end, if it is there",
        &[("remove_suffix(\"TEE-Case\", \"-Case\")", "\"TEE\"")],
        |v| made(text(v, 0).strip_suffix(text(v, 1)).unwrap_or(text(v, 0))),
    ),
    with_part(
        "after_last",
        "what stands behind the last occurrence of a text; null if it is empty or does not occur",
        &[("\"a-b-c\" | after_last(\"-\")", "\"c\""), ("\"abc\" | after_last(\"-\")", "null")],
        |v| half(text(v, 1), text(v, 0).rsplit_once(text(v, 1)).map(|(_, after)| after)),
    )
    .may_be_null(),
    with_part(
        "before_last",
        "what stands before the last occurrence of a text; null if it is empty or does not occur",
        &[("\"a-b-c\" | before_last(\"-\")", "\"a-b\"")],
        |v| half(text(v, 1), text(v, 0).rsplit_once(text(v, 1)).map(|(before, _)| before)),
    )
    .may_be_null(),
    with_part(
        "after_first",
        "what stands behind the first occurrence of a text; null if it is empty or does not occur",
        &[("\"a-b-c\" | after_first(\"-\")", "\"b-c\"")],
        |v| half(text(v, 1), text(v, 0).split_once(text(v, 1)).map(|(_, after)| after)),
    )
    .may_be_null(),
    with_part(
        "before_first",
        "what stands before the first occurrence of a text; null if it is empty or does not occur",
        &[("\"a-b-c\" | before_first(\"-\")", "\"a\"")],
        |v| half(text(v, 1), text(v, 0).split_once(text(v, 1)).map(|(before, _)| before)),
    )
    .may_be_null(),
];
