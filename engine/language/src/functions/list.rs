//! Functions on lists and dictionaries.

use std::collections::HashSet;
use std::sync::Arc;

use crate::value::{Value, text_of};

use super::Function;
use super::TypePattern::{self, Dictionary, Integer, List, Text, Variable};
use super::arguments::{list, text, whole};
use super::function::{Parameter, of};

const T: TypePattern = Variable('T');
const ITEMS: Parameter = of("list", List(&T));
const TABLE: Parameter = of("dictionary", Dictionary(&T));

fn entries(values: &[Value], at: usize) -> &[(Arc<str>, Value)] {
    match values.get(at) {
        Some(Value::Dictionary(entries)) => entries,
        _ => &[],
    }
}

#[allow(clippy::unnecessary_wraps)] // the shape of `Function::apply`
fn all(items: impl Iterator<Item = Value>) -> Result<Value, String> {
    Ok(Value::List(items.collect()))
}

pub(super) static FUNCTIONS: &[Function] = &[
    Function::new(
        "count",
        "counts the elements of a list, nulls too",
        &[ITEMS],
        Integer,
        &[("count([1, null, 3])", "3"), ("count([])", "0")],
        |v| Ok(Value::Number(list(v, 0).len().into())),
    ),
    Function::new(
        "concat",
        "puts lists behind one another",
        &[ITEMS, of("other", List(&T))],
        List(&T),
        &[("[1] | concat([2, 3])", "[1, 2, 3]")],
        |v| all((0..v.len()).flat_map(|at| list(v, at).iter().cloned())),
    )
    .variadic(),
    Function::new(
        "flatten",
        "makes one list of a list of lists; a null list gives nothing",
        &[of("lists", List(&List(&T)))],
        List(&T),
        &[("flatten([[1, 2], [3]])", "[1, 2, 3]")],
        |v| all(list(v, 0).iter().flat_map(|inner| list(std::slice::from_ref(inner), 0).iter().cloned())),
    ),
    Function::new(
        "zip",
        "a list of pairs: the first elements of two lists, the second ones, and so on",
        &[ITEMS, of("other", List(&T))],
        List(&List(&T)),
        &[("zip([1, 2], [10, 20])", "[[1, 10], [2, 20]]")],
        |v| {
            let (a, b) = (list(v, 0), list(v, 1));
            if a.len() != b.len() {
                return Err(format!("has {} elements, and the other has {}", a.len(), b.len()));
            }
            all(a.iter().zip(b).map(|(a, b)| Value::List([a.clone(), b.clone()].into())))
        },
    )
    .fails("the lists are not of one length"),
    Function::new(
        "reverse",
        "the last element first",
        &[ITEMS],
        List(&T),
        &[("reverse([1, 2, 3])", "[3, 2, 1]")],
        |v| all(list(v, 0).iter().rev().cloned()),
    ),
    Function::new(
        "take",
        "the first so many elements",
        &[ITEMS, of("count", Integer).at_least(0)],
        List(&T),
        &[("[1, 2, 3] | take(2)", "[1, 2]"), ("[1] | take(5)", "[1]")],
        |v| {
            let count = whole(v, 1)?;
            all(list(v, 0).iter().take(count).cloned())
        },
    )
    .fails("the count is below 0"),
    Function::new(
        "skip",
        "all but the first so many elements",
        &[ITEMS, of("count", Integer).at_least(0)],
        List(&T),
        &[("[1, 2, 3] | skip(2)", "[3]"), ("[1] | skip(5)", "[]")],
        |v| {
            let count = whole(v, 1)?;
            all(list(v, 0).iter().skip(count).cloned())
        },
    )
    .fails("the count is below 0"),
    Function::new(
        "chunks",
        "a list in lists of so many elements; the last may be shorter",
        &[ITEMS, of("size", Integer).at_least(1)],
        List(&List(&T)),
        &[("[1, 2, 3] | chunks(2)", "[[1, 2], [3]]")],
        |v| match whole(v, 1)? {
            0 => Err(String::from("cannot be cut into lists of 0 elements")),
            size => all(list(v, 0).chunks(size).map(|c| Value::List(c.iter().cloned().collect()))),
        },
    )
    .fails("the size is below 1"),
    Function::new(
        "dictionary",
        "a dictionary of a list of keys and a list of their values",
        &[of("keys", List(&Text)), of("values", List(&T))],
        Dictionary(&T),
        &[("dictionary([\"a\", \"b\"], [1, 2])", "{ \"a\": 1, \"b\": 2 }")],
        |v| {
            let (keys, values) = (list(v, 0), list(v, 1));
            if keys.len() != values.len() {
                return Err(format!("has {} elements, and the values are {}", keys.len(), values.len()));
            }
            let mut seen = HashSet::new();
            let mut made = Vec::with_capacity(keys.len());
            for (key, value) in keys.iter().zip(values) {
                let key = text_of(key).ok_or_else(|| String::from("has a key that is null"))?;
                if !seen.insert(key.clone()) {
                    return Err(String::from("has a key twice"));
                }
                made.push((Arc::from(&*key), value.clone()));
            }
            Ok(Value::Dictionary(made.into()))
        },
    )
    .fails("the lists are not of one length, or a key is null or stands twice"),
    Function::new(
        "keys",
        "the keys of a dictionary, in its order",
        &[TABLE],
        List(&Text),
        &[("keys({ \"a\": 1, \"b\": 2 })", "[\"a\", \"b\"]")],
        |v| all(entries(v, 0).iter().map(|(key, _)| Value::Text((&**key).into()))),
    ),
    Function::new(
        "values",
        "the values of a dictionary, in its order",
        &[TABLE],
        List(&T),
        &[("values({ \"a\": 1, \"b\": 2 })", "[1, 2]")],
        |v| all(entries(v, 0).iter().map(|(_, value)| value.clone())),
    ),
    Function::new(
        "value_of",
        "the value of a key, case counting; null where there is none: the same as `dictionary[\"key\"]`, for a key that is computed",
        &[TABLE, of("key", Text)],
        T,
        &[("{ \"a\": 1 } | value_of(\"a\")", "1"), ("{ \"a\": 1 } | value_of(\"A\")", "null")],
        |v| Ok(entries(v, 0).iter().find(|(key, _)| **key == *text(v, 1)).map_or(Value::Null, |(_, value)| value.clone())),
    )
    .may_be_null(),
    Function::new(
        "merge",
        "one dictionary of two; where both have a key, the second counts",
        &[TABLE, of("other", Dictionary(&T))],
        Dictionary(&T),
        &[("merge({ \"a\": 1, \"b\": 2 }, { \"b\": 3 })", "{ \"a\": 1, \"b\": 3 }")],
        |v| {
            let (first, second) = (entries(v, 0), entries(v, 1));
            let over: HashSet<&str> = second.iter().map(|(key, _)| &**key).collect();
            let kept = first.iter().filter(|(key, _)| !over.contains(&**key));
            Ok(Value::Dictionary(kept.chain(second).cloned().collect()))
        },
    ),
];
