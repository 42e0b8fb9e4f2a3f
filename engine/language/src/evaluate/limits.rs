//! What the target field takes: a value beyond it is a failure, never cut or rounded without a word.

use std::sync::Arc;

use crate::functions::Format;
use crate::plan::StepId;
use crate::schema::{Field, FieldKind};
use crate::value::{Value, number_from_text};

use super::outcome::FailureKind;
use super::run::{Run, Stop};

impl Run<'_, '_> {
    #[inline(never)]
    pub fn limit(&mut self, field: &Arc<Field>, value: Value, id: StepId) -> Result<Value, Stop> {
        if let Value::Text(text) = &value
            && is_left_out(text, field)
        {
            return Ok(Value::Null);
        }
        if let Value::List(items) = &value
            && field.of.as_ref().is_some_and(|of| !of.may_be_null())
            && items.iter().any(|item| matches!(item, Value::Null))
        {
            let told: Vec<Value> = items.iter().filter(|item| !matches!(item, Value::Null)).cloned().collect();
            self.left_out += items.len() - told.len();
            return Ok(Value::List(told.into()));
        }
        let broken = match &value {
            Value::Text(text) => text_limit(text, field),
            Value::Number(number) => number_limit(*number, field),
            _ => None,
        };
        match broken {
            None => Ok(value),
            Some(text) => self.fail(FailureKind::Target, id, text, value),
        }
    }
}

/// What says "nothing" and could not be written: the value of a custom field has at least one character.
fn is_left_out(text: &str, field: &Field) -> bool {
    !field.required
        && field.min_length.is_some_and(|least| text.chars().count() < least as usize)
        && field.none.iter().any(|none| none.as_str() == Some(text))
}

fn text_limit(text: &str, field: &Field) -> Option<String> {
    if field.kind == FieldKind::Enum && !field.values.iter().any(|v| v == text) {
        let values = field.values.iter().map(|v| format!("`{v}`")).collect::<Vec<_>>().join(", ");
        return Some(format!("{{}} is not a value of the target field: it takes {values}"));
    }
    let format = field.format.as_deref().and_then(Format::named);
    if let Some((wrong, mend)) = format.and_then(|format| format.wrong(text)) {
        return Some(format!("{{}} {wrong}: {mend}"));
    }
    if field.max_length.is_none() && field.min_length.is_none() {
        return None;
    }
    let length = text.chars().count();
    if let Some(most) = field.max_length.filter(|m| length > *m as usize) {
        return Some(format!(
            "{{}} has {length} characters, the target field takes {most}: cut it with `truncate({most})`, or refuse such records"
        ));
    }
    if let Some(least) = field.min_length.filter(|m| length < *m as usize) {
        return Some(format!("{{}} has {length} characters, the target field wants at least {least}"));
    }
    None
}

fn number_limit(number: rust_decimal::Decimal, field: &Field) -> Option<String> {
    let bound = |text: &Option<String>| text.as_deref().and_then(number_from_text);
    if let Some(least) = bound(&field.min).filter(|m| number < *m) {
        return Some(format!("{{}} is below the least that the target field takes, {least}"));
    }
    if let Some(most) = bound(&field.max).filter(|m| number > *m) {
        return Some(format!("{{}} is above the most that the target field takes, {most}"));
    }
    if let Some(decimals) = field.decimals.filter(|d| number.normalize().scale() > *d) {
        return Some(format!(
            "{{}} has more than the {decimals} decimals that the target field keeps: say how to round, `round({decimals})`"
        ));
    }
    None
}
