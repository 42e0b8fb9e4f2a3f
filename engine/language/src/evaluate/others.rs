//! Other records: found at the target by a field, read at the source by their id.

use std::sync::Arc;

use crate::plan::{ShapeId, StepId};
use crate::schema::Decoder;
use crate::value::{Value, text_of};

use super::context::{FindAnswer, RecordAnswer, Search};
use super::outcome::{FailureKind, Need};
use super::run::{Run, Stop};

impl Run<'_, '_> {
    #[inline(never)]
    pub fn find(&mut self, record_type: &Arc<str>, field: &Arc<str>, value: StepId, at: StepId) -> Result<Value, Stop> {
        let value = self.eval(value)?;
        self.legible(&value, at)?;
        let Some(text) = text_of(&value).filter(|t| !t.is_empty()) else { return Ok(Value::Null) };
        let search = Search { record_type: record_type.clone(), field: field.clone(), value: text };
        match self.context.outside.find(&search) {
            FindAnswer::Found(ids) => match ids.as_slice() {
                [one] => Ok(Value::Text(one.clone())),
                [] => {
                    let message = format!("no {record_type} has {{}} as its `{field}`");
                    self.fail(FailureKind::Lookup, at, message, value)
                }
                several => {
                    let message = format!("{} records of {record_type} have {{}} as their `{field}`", several.len());
                    self.fail(FailureKind::Lookup, at, message, value)
                }
            },
            FindAnswer::Unknown => {
                self.need(Need::Find(search));
                Err(Stop::Need)
            }
        }
    }

    #[inline(never)]
    pub fn other_record(
        &mut self,
        record_type: &Arc<str>,
        id: StepId,
        shape: ShapeId,
        at: StepId,
    ) -> Result<Value, Stop> {
        let value = self.eval(id)?;
        self.legible(&value, at)?;
        let Some(id) = text_of(&value).filter(|t| !t.is_empty()) else { return Ok(Value::Null) };
        match self.context.outside.record(record_type, &id) {
            RecordAnswer::Read(json) => {
                let decoder = Decoder { shapes: &self.plan.shapes, zone: &self.context.time_zone };
                match decoder.record(shape, crate::json::write(&json).as_bytes()) {
                    Ok(record) => Ok(record),
                    Err(error) => {
                        let message = format!("{record_type} {{}} cannot be read: {error}");
                        self.fail(FailureKind::Source, at, message, value)
                    }
                }
            }
            RecordAnswer::Missing => {
                self.fail(FailureKind::Lookup, at, format!("there is no {record_type} {{}}"), value)
            }
            RecordAnswer::Unknown => {
                self.need(Need::Record { record_type: record_type.clone(), id });
                Err(Stop::Need)
            }
        }
    }
}
