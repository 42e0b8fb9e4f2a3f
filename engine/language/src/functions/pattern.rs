//! Functions with regular expressions. They run in time proportional to the text (no look-around, no back references), are
//! compiled once, when the file is checked, and their size is bounded.

use crate::value::Value;

use super::TypePattern::{Boolean, List, Text};
use super::arguments::{grown, made, text};
use super::compiled_pattern::Pattern;
use super::function::{Parameter, PatternBody, of};
use super::{Function, arguments::MOST_TEXT_BYTES};

/// Without a checker's help: compiles, then runs. Only calls of constants come this way.
macro_rules! pattern_function {
    ($name:literal, $about:literal, $parameters:expr, $result:expr, $examples:expr, $body:expr) => {
        Function::new($name, $about, $parameters, $result, $examples, |v| {
            let body: fn(&Pattern, &[Value]) -> Result<Value, String> = $body;
            body(&Pattern::new(text(v, 1)).map_err(|why| format!("cannot be searched: the pattern {why}"))?, v)
        })
        .fails("never with a pattern that is understood, but for texts with very many matches")
        .pattern(PatternBody { compile: Pattern::new, run: $body })
    };
}

const SUBJECT: Parameter = of("text", Text);
const PATTERN: Parameter = of("pattern", Text);

/// What a match stands for: its first group if it has one, else all of it.
fn taken(found: &regex::Captures<'_>) -> Value {
    let group = if found.len() > 1 { found.get(1) } else { found.get(0) };
    group.map_or(Value::Null, |m| Value::Text(m.as_str().into()))
}

pub(super) static FUNCTIONS: &[Function] = &[
    pattern_function!(
        "matches",
        "whether a regular expression fits somewhere in a text; `^` and `$` are its ends, `(?i)` in front ignores case",
        &[SUBJECT, PATTERN],
        Boolean,
        &[("\"AB-12\" | matches(\"^[A-Z]+-[0-9]+$\")", "true"), ("\"ab\" | matches(\"(?i)B\")", "true")],
        |pattern, v| Ok(Value::Bool(pattern.is_in(text(v, 0))))
    ),
    pattern_function!(
        "extract",
        "the first place where a regular expression fits, or its first group `( )`; null if it fits nowhere",
        &[SUBJECT, PATTERN],
        Text,
        &[
            ("\"Size: 12 cm\" | extract(\"[0-9]+\")", "\"12\""),
            ("\"SKU=AB-12;\" | extract(\"SKU=([^;]+)\")", "\"AB-12\""),
            ("\"none\" | extract(\"[0-9]+\")", "null"),
        ],
        |pattern, v| Ok(pattern.first(text(v, 0)).map_or(Value::Null, |found| taken(&found)))
    )
    .may_be_null(),
    pattern_function!(
        "extract_all",
        "every place where a regular expression fits, or its first group; a group that took no part gives \"\"",
        &[SUBJECT, PATTERN],
        List(&Text),
        &[
            ("\"1 x 22 x 333\" | extract_all(\"[0-9]+\")", "[\"1\", \"22\", \"333\"]"),
            ("\"a=1,b=2\" | extract_all(\"([a-z])=\")", "[\"a\", \"b\"]"),
        ],
        |pattern, v| {
            let found = pattern.all(text(v, 0))?;
            let or_empty = |value| if value == Value::Null { Value::Text("".into()) } else { value };
            Ok(Value::List(found.iter().map(|f| or_empty(taken(f))).collect()))
        }
    ),
    pattern_function!(
        "replace_pattern",
        "puts a text in place of everything that a regular expression fits; the text stands as it is, `$1` in it means nothing",
        &[SUBJECT, PATTERN, of("to", Text)],
        Text,
        &[("\"a1b22\" | replace_pattern(\"[0-9]+\", \"#\")", "\"a#b#\"")],
        |pattern, v| {
            let (whole, to) = (text(v, 0), text(v, 2));
            let mut made = String::new();
            let mut from = 0;
            for found in pattern.all(whole)? {
                let Some(place) = found.get(0) else { continue };
                made.push_str(whole.get(from..place.start()).unwrap_or_default());
                made.push_str(to);
                from = place.end();
                if made.len() > MOST_TEXT_BYTES {
                    break;
                }
            }
            made.push_str(whole.get(from..).unwrap_or_default());
            grown(&made)
        }
    ),
    pattern_function!(
        "split_pattern",
        "cuts a text at everything that a regular expression fits",
        &[SUBJECT, PATTERN],
        List(&Text),
        &[("\"a, b;c\" | split_pattern(\"[,;] *\")", "[\"a\", \"b\", \"c\"]")],
        |pattern, v| {
            let whole = text(v, 0);
            if whole.is_empty() {
                return Ok(Value::List([].into()));
            }
            let mut parts = Vec::new();
            let mut from = 0;
            for found in pattern.all(whole)? {
                let Some(place) = found.get(0).filter(|m| !m.is_empty()) else { continue };
                parts.push(made(whole.get(from..place.start()).unwrap_or_default())?);
                from = place.end();
            }
            parts.push(made(whole.get(from..).unwrap_or_default())?);
            Ok(Value::List(parts.into()))
        }
    ),
];
