//! Functions on whole texts. Lengths count characters, never bytes.

use crate::value::Value;

use super::Function;
use super::TypePattern::{Integer, Text};
use super::arguments::{grown, known, made, text, whole};
use super::function::{Parameter, of};

const SUBJECT: Parameter = of("text", Text);
const LENGTH: Parameter = of("length", Integer).at_least(0);

/// Longest text that padding makes, in characters.
const MOST_PADDED: usize = 1000;

/// What stands before or behind a text so that it is long enough.
fn padding(v: &[Value]) -> Result<String, String> {
    let length = whole(v, 1)?;
    let (1, 0..=MOST_PADDED) = (text(v, 2).chars().count(), length) else {
        return Err(format!("can be filled up to {MOST_PADDED} characters, with one character"));
    };
    Ok(text(v, 2).repeat(length.saturating_sub(text(v, 0).chars().count())))
}

/// `Ada Lovelace`: a letter behind no letter is capital, every other small.
fn title_case(text: &str) -> String {
    let mut made = String::with_capacity(text.len());
    let mut inside = false;
    for c in text.chars() {
        if inside {
            made.extend(c.to_lowercase());
        } else {
            made.extend(c.to_uppercase());
        }
        inside = c.is_alphanumeric() || c == '\'' || c == '’';
    }
    made
}

pub(super) static FUNCTIONS: &[Function] = &[
    Function::new(
        "trim",
        "takes blanks and line breaks away at both ends",
        &[SUBJECT],
        Text,
        &[("\"  a b \" | trim", "\"a b\"")],
        |v| made(text(v, 0).trim()),
    ),
    Function::new(
        "one_line",
        "makes one blank of every run of blanks and line breaks, and none at the ends",
        &[SUBJECT],
        Text,
        &[("\" a \\n\\t b \" | one_line", "\"a b\"")],
        |v| made(&text(v, 0).split_whitespace().collect::<Vec<_>>().join(" ")),
    ),
    Function::new(
        "upper",
        "makes all letters capital",
        &[SUBJECT],
        Text,
        &[("\"straße\" | upper", "\"STRASSE\"")],
        |v| made(&text(v, 0).to_uppercase()),
    ),
    Function::new("lower", "makes all letters small", &[SUBJECT], Text, &[("\"ABC\" | lower", "\"abc\"")], |v| {
        made(&text(v, 0).to_lowercase())
    }),
    Function::new(
        "title_case",
        "makes the first letter of every word capital and the others small",
        &[SUBJECT],
        Text,
        &[("\"ADA lovelace-king\" | title_case", "\"Ada Lovelace-King\""), ("\"o'neil\" | title_case", "\"O'neil\"")],
        |v| made(&title_case(text(v, 0))),
    ),
    Function::new(
        "sentence_case",
        "makes the first letter capital and leaves the rest as it is",
        &[SUBJECT],
        Text,
        &[("\"blue Nile\" | sentence_case", "\"Blue Nile\"")],
        |v| {
            let mut rest = text(v, 0).chars();
            let first: String = rest.next().into_iter().flat_map(char::to_uppercase).collect();
            made(&format!("{first}{}", rest.as_str()))
        },
    ),
    Function::new(
        "length",
        "counts the characters of a text",
        &[SUBJECT],
        Integer,
        &[("length(\"größe\")", "5"), ("length(null)", "null")],
        |v| Ok(Value::Number(text(v, 0).chars().count().into())),
    ),
    Function::new(
        "truncate",
        "keeps the first characters of a text",
        &[SUBJECT, LENGTH],
        Text,
        &[("\"größer\" | truncate(3)", "\"grö\""), ("\"ab\" | truncate(9)", "\"ab\"")],
        |v| {
            let length = whole(v, 1)?;
            made(&text(v, 0).chars().take(length).collect::<String>())
        },
    )
    .fails("the length is below 0"),
    Function::new(
        "substring",
        "so many characters of a text from a place on, which counts from 0",
        &[SUBJECT, of("from", Integer).at_least(0), LENGTH],
        Text,
        &[("\"ABC-123\" | substring(4, 3)", "\"123\""), ("\"ABC\" | substring(9, 3)", "\"\"")],
        |v| {
            let (from, length) = (whole(v, 1)?, whole(v, 2)?);
            made(&text(v, 0).chars().skip(from).take(length).collect::<String>())
        },
    )
    .fails("the place or the length is below 0"),
    Function::new(
        "pad_left",
        "puts a character before a text until it is so long",
        &[SUBJECT, LENGTH, of("character", Text)],
        Text,
        &[("\"17\" | pad_left(5, \"0\")", "\"00017\""), ("\"12345\" | pad_left(3, \"0\")", "\"12345\"")],
        |v| made(&format!("{}{}", padding(v)?, text(v, 0))),
    )
    .fails("the length is below 0 or above 1000, or the last argument is not one character")
    .constants(padding_constants),
    Function::new(
        "pad_right",
        "puts a character behind a text until it is so long",
        &[SUBJECT, LENGTH, of("character", Text)],
        Text,
        &[("\"ab\" | pad_right(4, \".\")", "\"ab..\"")],
        |v| made(&format!("{}{}", text(v, 0), padding(v)?)),
    )
    .fails("the length is below 0 or above 1000, or the last argument is not one character")
    .constants(padding_constants),
    Function::new(
        "without_accents",
        "the letters of a text without accents, and ligatures in two letters",
        &[SUBJECT],
        Text,
        &[
            ("\"Crème Brûlée, Øre, Straße\" | without_accents", "\"Creme Brulee, Ore, Strasse\""),
            ("\"İstanbul, ﬁne, Ǽ, Żółć, Việt Nam\" | without_accents", "\"Istanbul, fine, Ae, Zolc, Viet Nam\""),
            ("\"й, ™, ½\" | without_accents", "\"й, ™, ½\""),
        ],
        |v| grown(&super::letters::plain(text(v, 0))),
    ),
    Function::new(
        "slug",
        "a text for addresses: small letters without accents, digits, and one hyphen for everything else",
        &[SUBJECT],
        Text,
        &[
            ("\"Crème Brûlée – 2 Pack!\" | slug", "\"creme-brulee-2-pack\""),
            ("\"İstanbul ﬁne ﬀ\" | slug", "\"istanbul-fine-ff\""),
            ("\"?!\" | slug", "\"\""),
        ],
        |v| grown(&super::letters::slug(text(v, 0))),
    ),
    Function::new(
        "digits",
        "the digits 0 to 9 of a text, everything else left out",
        &[SUBJECT],
        Text,
        &[("\"+1 (312) 555-0100\" | digits", "\"13125550100\"")],
        |v| made(&text(v, 0).chars().filter(char::is_ascii_digit).collect::<String>()),
    ),
];

fn padding_constants(constants: &[Option<Value>]) -> Result<(), String> {
    let mut values = known(constants);
    if constants.get(1).is_some_and(Option::is_none) || constants.get(2).is_some_and(Option::is_none) {
        return Ok(());
    }
    if let Some(subject) = values.first_mut() {
        *subject = Value::Text("".into());
    }
    padding(&values).map(|_| ())
}
