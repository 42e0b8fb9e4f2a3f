//! Functions on lists.

use crate::value::Value;

use super::NullRule::Propagates;
use super::TypePattern::{Integer, List, Variable};
use super::{Function, Parameter, Parameters, exactly};

const ITEMS: Parameter = Parameter { name: "list", accepts: List(&Variable('T')) };

pub(super) static COUNT: Function = Function {
    name: "count",
    about: "counts the elements of a list, nulls too",
    parameters: exactly(&[ITEMS]),
    result: Integer,
    may_be_null: false,
    fails: None,
    nulls: Propagates,
    examples: &[("count([1, null, 3])", "3"), ("count([])", "0")],
    apply: |v| match v.first() {
        Some(Value::List(items)) => Ok(Value::Number(items.len().into())),
        _ => Ok(Value::Null),
    },
};

pub(super) static CONCAT: Function = Function {
    name: "concat",
    about: "puts lists behind one another",
    parameters: Parameters {
        list: &[ITEMS, Parameter { name: "other", accepts: List(&Variable('T')) }],
        required: 2,
        variadic: true,
    },
    result: List(&Variable('T')),
    may_be_null: false,
    fails: None,
    nulls: Propagates,
    examples: &[("[1] | concat([2, 3])", "[1, 2, 3]")],
    apply: |v| {
        let mut all = Vec::new();
        for list in v {
            if let Value::List(items) = list {
                all.extend(items.iter().cloned());
            }
        }
        Ok(Value::List(all.into()))
    },
};

pub(super) static FLATTEN: Function = Function {
    name: "flatten",
    about: "makes one list of a list of lists; a null list gives nothing",
    parameters: exactly(&[Parameter { name: "lists", accepts: List(&List(&Variable('T'))) }]),
    result: List(&Variable('T')),
    may_be_null: false,
    fails: None,
    nulls: Propagates,
    examples: &[("flatten([[1, 2], [3]])", "[1, 2, 3]")],
    apply: |v| {
        let mut all = Vec::new();
        if let Some(Value::List(lists)) = v.first() {
            for list in lists.iter() {
                if let Value::List(items) = list {
                    all.extend(items.iter().cloned());
                }
            }
        }
        Ok(Value::List(all.into()))
    },
};
