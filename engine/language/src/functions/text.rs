//! Functions on text. Lengths count characters, never bytes.

use crate::value::{Value, text_of};

use super::NullRule::{Propagates, Sees};
use super::TypePattern::{Integer, List, Text};
use super::{Function, Parameter, exactly};

const SUBJECT: Parameter = Parameter { name: "text", accepts: Text };

fn text(values: &[Value], at: usize) -> &str {
    match values.get(at) {
        Some(Value::Text(text)) => text,
        _ => "",
    }
}

/// Longest text that a function makes, in bytes: a record's longest text may stand in it many times.
const MOST_TEXT_BYTES: usize = 16 << 20;

fn too_long() -> String {
    format!("would grow beyond {} MiB", MOST_TEXT_BYTES >> 20)
}

fn whole(values: &[Value], at: usize) -> Result<usize, String> {
    match values.get(at) {
        Some(Value::Number(n)) if n.is_sign_positive() || n.is_zero() => {
            usize::try_from(n.trunc().mantissa()).map_err(|_| String::from("the length is too great"))
        }
        _ => Err(String::from("a length is 0 or more")),
    }
}

#[allow(clippy::unnecessary_wraps)] // the shape of `Function::apply`
fn made(text: &str) -> Result<Value, String> {
    Ok(Value::Text(text.into()))
}

const fn simple(
    name: &'static str,
    about: &'static str,
    examples: &'static [(&'static str, &'static str)],
    apply: fn(&[Value]) -> Result<Value, String>,
) -> Function {
    Function {
        name,
        about,
        parameters: exactly(&[SUBJECT]),
        result: Text,
        may_be_null: false,
        fails: None,
        nulls: Propagates,
        examples,
        apply,
    }
}

const fn with_part(
    name: &'static str,
    about: &'static str,
    may_be_null: bool,
    examples: &'static [(&'static str, &'static str)],
    apply: fn(&[Value]) -> Result<Value, String>,
) -> Function {
    Function {
        name,
        about,
        parameters: exactly(&[SUBJECT, Parameter { name: "part", accepts: Text }]),
        result: Text,
        may_be_null,
        fails: None,
        nulls: Propagates,
        examples,
        apply,
    }
}

pub(super) static TRIM: Function =
    simple("trim", "takes blanks and line breaks away at both ends", &[("\"  a b \" | trim", "\"a b\"")], |v| {
        made(text(v, 0).trim())
    });

pub(super) static UPPER: Function =
    simple("upper", "makes all letters capital", &[("\"straße\" | upper", "\"STRASSE\"")], |v| {
        made(&text(v, 0).to_uppercase())
    });

pub(super) static LOWER: Function =
    simple("lower", "makes all letters small", &[("\"ABC\" | lower", "\"abc\"")], |v| made(&text(v, 0).to_lowercase()));

pub(super) static LENGTH: Function = Function {
    name: "length",
    about: "counts the characters of a text",
    parameters: exactly(&[SUBJECT]),
    result: Integer,
    may_be_null: false,
    fails: None,
    nulls: Propagates,
    examples: &[("length(\"größe\")", "5"), ("length(null)", "null")],
    apply: |v| Ok(Value::Number(text(v, 0).chars().count().into())),
};

pub(super) static TRUNCATE: Function = Function {
    name: "truncate",
    about: "keeps the first characters of a text",
    parameters: exactly(&[SUBJECT, Parameter { name: "length", accepts: Integer }]),
    result: Text,
    may_be_null: false,
    fails: Some("the length is below 0"),
    nulls: Propagates,
    examples: &[("\"größer\" | truncate(3)", "\"grö\""), ("\"ab\" | truncate(9)", "\"ab\"")],
    apply: |v| {
        let length = whole(v, 1)?;
        made(&text(v, 0).chars().take(length).collect::<String>())
    },
};

pub(super) static PAD_LEFT: Function = Function {
    name: "pad_left",
    about: "puts a character before a text until it is so long",
    parameters: exactly(&[
        SUBJECT,
        Parameter { name: "length", accepts: Integer },
        Parameter { name: "character", accepts: Text },
    ]),
    result: Text,
    may_be_null: false,
    fails: Some("the length is below 0 or above 1000, or the last argument is not one character"),
    nulls: Propagates,
    examples: &[("\"17\" | pad_left(5, \"0\")", "\"00017\""), ("\"12345\" | pad_left(3, \"0\")", "\"12345\"")],
    apply: |v| {
        let length = whole(v, 1)?;
        let (1, 0..=1000) = (text(v, 2).chars().count(), length) else {
            return Err(String::from("can be filled up to 1000 characters, with one character"));
        };
        let missing = length.saturating_sub(text(v, 0).chars().count());
        made(&format!("{}{}", text(v, 2).repeat(missing), text(v, 0)))
    },
};

pub(super) static SPLIT: Function = Function {
    name: "split",
    about: "cuts a text at every separator",
    parameters: exactly(&[SUBJECT, Parameter { name: "separator", accepts: Text }]),
    result: List(&Text),
    may_be_null: false,
    fails: Some("the separator is empty"),
    nulls: Propagates,
    examples: &[("\"a,b,,c\" | split(\",\")", "[\"a\", \"b\", \"\", \"c\"]"), ("\"\" | split(\",\")", "[]")],
    apply: |v| {
        let (whole, separator) = (text(v, 0), text(v, 1));
        if separator.is_empty() {
            return Err(String::from("the separator is empty"));
        }
        if whole.is_empty() {
            return Ok(Value::List([].into()));
        }
        Ok(Value::List(whole.split(separator).map(|part| Value::Text(part.into())).collect()))
    },
};

pub(super) static JOIN: Function = Function {
    name: "join",
    about: "puts the texts of a list together; null and empty ones are left out",
    parameters: exactly(&[
        Parameter { name: "texts", accepts: List(&Text) },
        Parameter { name: "separator", accepts: Text },
    ]),
    result: Text,
    may_be_null: true,
    fails: Some("the result is longer than 16 MiB"),
    nulls: Sees,
    examples: &[("[\"Ada\", null, \"Lovelace\"] | join(\" \")", "\"Ada Lovelace\""), ("[] | join(\", \")", "\"\"")],
    apply: |v| {
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
};

pub(super) static REPLACE: Function = Function {
    name: "replace",
    about: "puts a text in place of every occurrence of another",
    parameters: exactly(&[SUBJECT, Parameter { name: "from", accepts: Text }, Parameter { name: "to", accepts: Text }]),
    result: Text,
    may_be_null: false,
    fails: Some("the text to replace is empty, or the result is longer than 16 MiB"),
    nulls: Propagates,
    examples: &[("\"1-2-3\" | replace(\"-\", \"/\")", "\"1/2/3\"")],
    apply: |v| {
        if text(v, 1).is_empty() {
            return Err(String::from("the text to replace is empty"));
        }
        let (whole, from, to) = (text(v, 0), text(v, 1), text(v, 2));
        // counted before it is made
        let grown = to.len().saturating_sub(from.len()).saturating_mul(whole.matches(from).count());
        if grown.saturating_add(whole.len()) > MOST_TEXT_BYTES.max(whole.len()) {
            return Err(too_long());
        }
        made(&whole.replace(from, to))
    },
};

pub(super) static REMOVE_PREFIX: Function = with_part(
    "remove_prefix",
    "takes a text away from the start, if it is there",
    false,
    &[("\"BC-17\" | remove_prefix(\"BC-\")", "\"17\""), ("\"17\" | remove_prefix(\"BC-\")", "\"17\"")],
    |v| made(text(v, 0).strip_prefix(text(v, 1)).unwrap_or(text(v, 0))),
);

pub(super) static REMOVE_SUFFIX: Function = with_part(
    "remove_suffix",
    "takes a text away from the end, if it is there",
    false,
    &[("remove_suffix(\"TEE-Case\", \"-Case\")", "\"TEE\"")],
    |v| made(text(v, 0).strip_suffix(text(v, 1)).unwrap_or(text(v, 0))),
);

pub(super) static AFTER_LAST: Function = with_part(
    "after_last",
    "what stands behind the last occurrence of a text; null if it does not occur",
    true,
    &[("\"a-b-c\" | after_last(\"-\")", "\"c\""), ("\"abc\" | after_last(\"-\")", "null")],
    |v| Ok(text(v, 0).rsplit_once(text(v, 1)).map_or(Value::Null, |(_, after)| Value::Text(after.into()))),
);

pub(super) static BEFORE_LAST: Function = with_part(
    "before_last",
    "what stands before the last occurrence of a text; null if it does not occur",
    true,
    &[("\"a-b-c\" | before_last(\"-\")", "\"a-b\"")],
    |v| Ok(text(v, 0).rsplit_once(text(v, 1)).map_or(Value::Null, |(before, _)| Value::Text(before.into()))),
);

pub(super) static AFTER_FIRST: Function = with_part(
    "after_first",
    "what stands behind the first occurrence of a text; null if it does not occur",
    true,
    &[("\"a-b-c\" | after_first(\"-\")", "\"b-c\"")],
    |v| Ok(text(v, 0).split_once(text(v, 1)).map_or(Value::Null, |(_, after)| Value::Text(after.into()))),
);

pub(super) static BEFORE_FIRST: Function = with_part(
    "before_first",
    "what stands before the first occurrence of a text; null if it does not occur",
    true,
    &[("\"a-b-c\" | before_first(\"-\")", "\"a\"")],
    |v| Ok(text(v, 0).split_once(text(v, 1)).map_or(Value::Null, |(before, _)| Value::Text(before.into()))),
);
