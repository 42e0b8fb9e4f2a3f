//! Lists and dictionaries.

use crate::value::{Value, number_from_text};

use super::super::Function;
use super::super::NullRule::Sees;
use super::super::TypePattern::{self, Dictionary, Integer, List, Text, Variable};
use super::super::arguments::{list, text};
use super::super::function::{Apply, Parameter, of};
use super::super::json_text;
use super::Compat;

const T: TypePattern = Variable('T');
const ENTRY: &[Parameter] = &[of("dictionary", Dictionary(&T)), of("key", Text)];

/// What stands between one `[` and one `]`, cut at commas; nothing of an empty text.
fn items(text: &str) -> Option<Vec<&str>> {
    if text.is_empty() {
        return None;
    }
    let inner = text.strip_prefix('[').unwrap_or(text);
    Some(inner.strip_suffix(']').unwrap_or(inner).split(',').collect())
}

static FIRST_CHARACTER: Function = Function::new(
    "First",
    "the first character of a text, or null",
    &[of("text", Text)],
    Text,
    &[("First(\"größer\")", "\"g\""), ("First(\"\")", "null")],
    |v| Ok(text(v, 0).chars().next().map_or(Value::Null, |c| Value::Text(c.to_string().into()))),
)
.may_be_null();

static FIRST: Function = Function::new(
    "First",
    "the first element of a list, or null; of a text its first character",
    &[of("list", List(&T))],
    T,
    &[("First([3, 2])", "3"), ("First([])", "null")],
    |v| Ok(list(v, 0).first().cloned().unwrap_or(Value::Null)),
)
.may_be_null()
.or(&FIRST_CHARACTER);

static INT_LIST: Function = Function::new(
    "IntListFromString",
    "the whole numbers of a text such as `1,2` or `[1,2]`; null of null and of an empty text",
    &[of("text", Text)],
    List(&Integer),
    &[("IntListFromString(\"[1, 2,3]\")", "[1, 2, 3]"), ("IntListFromString(\"\")", "null")],
    |v| {
        let Some(items) = items(text(v, 0)) else { return Ok(Value::Null) };
        let number =
            |item: &&str| number_from_text(item.trim()).filter(|n| n.is_integer() && !item.contains(['.', 'e', 'E']));
        let numbers: Option<Vec<Value>> = items.iter().map(|i| number(i).map(Value::Number)).collect();
        numbers.map(|n| Value::List(n.into())).ok_or_else(|| String::from("has an item that is no whole number"))
    },
)
.may_be_null()
.fails("an item is empty or no whole number");

static STRING_LIST: Function = Function::new(
    "StringListFromString",
    "the parts of a text such as `a,b` or `[a,b]`, blanks and quotes kept; null of null and of an empty text",
    &[of("text", Text)],
    List(&Text),
    &[("StringListFromString(\"[a, b]\")", "[\"a\", \" b\"]"), ("StringListFromString(\"[]\")", "[\"\"]")],
    |v| {
        let Some(items) = items(text(v, 0)) else { return Ok(Value::Null) };
        Ok(Value::List(items.into_iter().map(|item| Value::Text(item.into())).collect()))
    },
)
.may_be_null();

static JSON: Function = Function::new(
    "JSONToDictionary",
    "the entries of a flat JSON object as texts; null of null",
    &[of("input", Text)],
    Dictionary(&Text),
    &[("JSONToDictionary('{\"a\": \"x\", \"b\": 2}')[\"b\"]", "\"2\""), ("JSONToDictionary(null)", "null")],
    |v| json_text::dictionary(text(v, 0)),
)
.may_be_null()
.fails("the text is no JSON object, or a value in it is a list or an object");

fn entry(v: &[Value]) -> Result<Value, String> {
    let Some(Value::Text(key)) = v.get(1) else { return Err(String::from("cannot be asked for a key that is null")) };
    let Some(Value::Dictionary(entries)) = v.first() else { return Ok(Value::Null) };
    Ok(entries.iter().find(|(k, _)| **k == **key).map_or(Value::Null, |(_, value)| value.clone()))
}

const fn read(
    name: &'static str,
    about: &'static str,
    examples: &'static [(&'static str, &'static str)],
    apply: Apply,
) -> Function {
    Function::new(name, about, ENTRY, T, examples, apply).nulls(Sees).may_be_null().fails("the key is null")
}

static READ: Function = read(
    "ReadFromStringDictionary",
    "the value of a key, case counting; null if there is none, or no dictionary",
    &[
        ("ReadFromStringDictionary({ \"a\": \"x\" }, \"a\")", "\"x\""),
        ("ReadFromStringDictionary({ \"a\": \"x\" }, \"b\")", "null"),
    ],
    entry,
);

static CUSTOM: Function = read(
    "GetCustomFieldValue",
    "the value of a custom field of exactly that name, or null; the fields are `custom` or `parent.custom`",
    &[("GetCustomFieldValue({ \"Brand\": \"ACME\" }, \"Brand\")", "\"ACME\"")],
    entry,
);

pub(super) static TABLE: &[Compat] = &[
    Compat::function(&FIRST, "list[first]").differs("takes a text too, and gives its first character"),
    Compat::function(&INT_LIST, "text | split(\",\") | each integer")
        .differs("takes one `[` and `]` off the ends, gives null for an empty text, and fails at an empty item"),
    Compat::function(&STRING_LIST, "text | split(\",\") | each trim")
        .differs("takes one `[` and `]` off the ends and trims nothing; `[]` gives one empty text, an empty text null"),
    Compat::function(&JSON, "text | json_dictionary")
        .same_as("json_dictionary")
        .not_kept("entries that are null are left out; asking for them gives null all the same"),
    Compat::function(&READ, "dictionary[\"key\"]").differs("fails for a key that is null"),
    Compat::function(&CUSTOM, "custom[\"Brand\"]").differs("fails for a name that is null"),
];
