//! Texts: parts, patterns, emptiness.

use rust_decimal::Decimal;

use crate::value::{Value, text_of};

use super::super::Function;
use super::super::NullRule::Sees;
use super::super::TypePattern::{self, Boolean, Decimal as Number, Instant, Integer, OneOf, Text, Variable};
use super::super::arguments::{made, text};
use super::super::compiled_pattern::Pattern;
use super::super::function::{PatternBody, of};
use super::super::places;
use super::Compat;
use super::times::is_minimum;

/// What .NET writes as text.
const WRITTEN: TypePattern = OneOf(&[Text, Number, Boolean]);

/// The first so many UTF-16 units; of a character that would be cut in two nothing is kept.
fn units(text: &str, most: usize) -> &str {
    let mut used = 0;
    let cut = text.char_indices().find(|(_, c)| {
        used += c.len_utf16();
        used > most
    });
    cut.and_then(|(at, _)| text.get(..at)).unwrap_or(text)
}

static AFTER_LAST: Function = Function::new(
    "SubstringAfterLastMatch",
    "what stands behind the last occurrence of a text; null if either is null or empty, or it does not occur",
    &[of("haystack", Text), of("needle", Text)],
    Text,
    &[("SubstringAfterLastMatch(\"12|34\", \"|\")", "\"34\""), ("SubstringAfterLastMatch(\"12\", \"|\")", "null")],
    |v| {
        let (whole, part) = (text(v, 0), text(v, 1));
        let cut = whole.rsplit_once(part).filter(|_| !part.is_empty());
        Ok(cut.map_or(Value::Null, |(_, after)| Value::Text(after.into())))
    },
)
.may_be_null();

static REMOVE_PREFIX: Function = Function::new(
    "RemovePrefix",
    "takes a text away from the start of another, if it is there; the prefix is the first argument",
    &[of("prefix", Text), of("value", Text)],
    Text,
    &[("RemovePrefix(\"BC-\", \"BC-17\")", "\"17\""), ("RemovePrefix(\"BC-\", null) == \"\"", "true")],
    |v| made(text(v, 1).strip_prefix(text(v, 0)).unwrap_or(text(v, 1))),
)
.nulls(Sees);

static TRUNCATE: Function = Function::new(
    "Truncate",
    "the first so many UTF-16 units of a value as text; null of null",
    &[of("input", WRITTEN), of("maxLength", Integer)],
    Text,
    &[
        ("Truncate(\"größer\", 3)", "\"grö\""),
        ("Truncate(12345, 3)", "\"123\""),
        ("Truncate(null, 3)", "null"),
        ("Truncate(\"a🙂\", 2)", "\"a\""),
    ],
    |v| {
        let Some(whole) = v.first().and_then(text_of) else { return Ok(Value::Null) };
        let length = match v.get(1) {
            Some(Value::Number(n)) if n.is_sign_negative() && !n.is_zero() => {
                return Err(String::from("cannot be cut to a length below 0"));
            }
            Some(Value::Number(n)) => usize::try_from(n.trunc().mantissa()).unwrap_or(usize::MAX),
            _ => 0,
        };
        made(units(&whole, length))
    },
)
.nulls(Sees)
.may_be_null()
.fails("the length is below 0");

static REGEX_MATCH: Function = Function::new(
    "RegExMatch",
    "whether a regular expression fits somewhere in a text; null is read as \"\"",
    &[of("input", Text), of("pattern", Text)],
    Boolean,
    &[
        ("RegExMatch(\"AB-12\", \"[0-9]+\")", "true"),
        ("RegExMatch(null, \"^$\")", "true"),
        ("RegExMatch(\"ab\", \"B\")", "false"),
    ],
    |v| Ok(Value::Bool(Pattern::new(text(v, 1))?.is_in(text(v, 0)))),
)
.nulls(Sees)
.pattern(PatternBody { compile: Pattern::new, run: |pattern, v| Ok(Value::Bool(pattern.is_in(text(v, 0)))) });

fn wildcard(pattern: &str) -> Result<Pattern, String> {
    Pattern::new(&pattern.replace('%', ".*"))
}

static WILDCARD_MATCH: Function = Function::new(
    "WildcardMatch",
    "whether a pattern in which `%` stands for any characters fits somewhere in a text; other signs of regular expressions keep their meaning",
    &[of("input", Text), of("pattern", Text)],
    Boolean,
    &[
        ("WildcardMatch(\"UPS Ground\", \"UPS%\")", "true"),
        ("WildcardMatch(\"by UPS\", \"UPS%\")", "true"),
        ("WildcardMatch(\"UPS Ground\", \"^%Air$\")", "false"),
    ],
    |v| Ok(Value::Bool(wildcard(text(v, 1))?.is_in(text(v, 0)))),
)
.nulls(Sees)
.pattern(PatternBody { compile: wildcard, run: |pattern, v| Ok(Value::Bool(pattern.is_in(text(v, 0)))) });

const fn emptiness(
    accepts: &'static [super::super::Parameter],
    examples: &'static [(&'static str, &'static str)],
    apply: super::super::function::Apply,
) -> Function {
    Function::new("IsEmpty", "whether a value is null or \"\", the number 0.0, or the least point in time; whole numbers, blanks, false and empty lists are not empty", accepts, Boolean, examples, apply)
        .nulls(Sees)
}

#[allow(clippy::unnecessary_wraps)] // the shape of `Function::apply`
fn null_only(v: &[Value]) -> Result<Value, String> {
    Ok(Value::Bool(matches!(v.first(), None | Some(Value::Null))))
}

static EMPTY_ANY: Function = emptiness(
    &[of("input", Variable('T'))],
    &[("IsEmpty([1][each x where x > 1])", "false"), ("IsEmpty(false)", "false")],
    null_only,
);
static EMPTY_INSTANT: Function = emptiness(
    &[of("input", Instant)],
    &[("IsEmpty(instant(\"2024-01-31T00:00:00Z\"))", "false"), ("IsEmpty(MinimumDateTime())", "true")],
    |v| Ok(Value::Bool(v.first().is_none_or(|value| *value == Value::Null || is_minimum(value)))),
)
.or(&EMPTY_ANY);
static EMPTY_TEXT: Function =
    emptiness(&[of("input", OneOf(&[Text]))], &[("IsEmpty(\"\")", "true"), ("IsEmpty(\" \")", "false")], |v| {
        Ok(Value::Bool(text(v, 0).is_empty()))
    })
    .or(&EMPTY_INSTANT);
static EMPTY_DECIMAL: Function = emptiness(&[of("input", Number)], &[("IsEmpty(0.5 - 0.5)", "true")], |v| {
    Ok(Value::Bool(match v.first() {
        Some(Value::Number(number)) => *number == Decimal::ZERO,
        _ => true,
    }))
})
.or(&EMPTY_TEXT);
static EMPTY: Function =
    emptiness(&[of("input", Integer)], &[("IsEmpty(0)", "false"), ("IsEmpty(null)", "true")], null_only)
        .or(&EMPTY_DECIMAL);

static IS_NULL: Function = Function::new(
    "IsNull",
    "whether a value is null",
    &[of("value", Variable('T'))],
    Boolean,
    &[("IsNull(null)", "true"), ("IsNull(\"\")", "false")],
    null_only,
)
.nulls(Sees);

static COUNTRY_CODE: Function = Function::new(
    "CountryCodeRequired",
    "the two letters of a country; null and an empty text fail too",
    &[of("country", Text)],
    Text,
    &[
        ("CountryCodeRequired(\"United States\")", "\"US\""),
        ("(CountryCodeRequired([\"\"][first]) otherwise \"none\")", "\"none\""),
    ],
    |v| places::code(text(v, 0)),
)
.nulls(Sees)
.fails("there is no such country");

pub(super) static TABLE: &[Compat] = &[
    Compat::function(&AFTER_LAST, "haystack | after_last(needle)").same_as("after_last"),
    Compat::function(&REMOVE_PREFIX, "value | remove_prefix(prefix)")
        .differs("gives \"\" for a null value, and changes nothing for a null prefix"),
    Compat::function(&REGEX_MATCH, "input | matches(\"pattern\")")
        .differs("reads null as \"\"")
        .not_kept("look-around and back references are refused; the pattern is a text as it stands, read when the file is checked"),
    Compat::function(&WILDCARD_MATCH, "input | matches(\"pattern\")")
        .differs("`%` is `.*`; where a whole text is meant, patterns of a lookup (`UPS*`) or `starts with` read better")
        .not_kept("look-around and back references are refused; the pattern is a text as it stands, read when the file is checked"),
    Compat::function(&TRUNCATE, "input | truncate(40)")
        .differs("counts UTF-16 units, so that an emoji counts two, and takes a null length for 0")
        .not_kept("half of a character is never kept"),
    Compat::function(&EMPTY, "x is empty")
        .differs("takes 0.0 and the least time for empty, and blanks, `[]` and `{}` not; which of it counts is told by the type of the value")
        .not_kept("an empty Guid is no value of its own here: ids are texts"),
    Compat::function(&IS_NULL, "x == null"),
    Compat::function(&COUNTRY_CODE, "country | country_code")
        .differs("fails for null and an empty text; `country_code` gives null")
        .not_kept("its parameters are not published: it takes a code or an English name"),
];
