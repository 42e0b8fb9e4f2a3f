//! JSONPath on a record as it was received. What is found is then read as its schema says, so that no digit is lost.

use std::sync::Arc;

use crate::json_path::{Document, Search, Stopped};
use crate::plan::{JsonPathUse, StepId};
use crate::schema::Decoder;
use crate::value::Value;

use super::outcome::FailureKind;
use super::run::{Run, Stop, THINGS_PER_STEP};

impl Run<'_, '_> {
    #[inline(never)]
    pub fn json_path(&mut self, at: u32, id: StepId) -> Result<Value, Stop> {
        let plan = self.plan;
        let Some(used) = plan.json_paths.get(at as usize) else { return Ok(Value::Null) };
        let Some(document) = self.document(used, id)? else { return Ok(Value::List([].into())) };
        let most = usize::try_from(self.steps_left).unwrap_or(usize::MAX).saturating_mul(THINGS_PER_STEP);
        let mut search = Search::new(&document, most);
        let found = match search.find(&used.query, 0) {
            Ok(found) => found,
            Err(Stopped::Budget) => {
                self.steps_left = 0;
                return self.charge(THINGS_PER_STEP, id).map(|()| Value::Null);
            }
            Err(Stopped::Broken) => {
                let text = format!("`{}` comes to a list of names and values in which a name is missing", used.text);
                return self.fail(FailureKind::Source, id, text, Value::Null);
            }
        };
        let spent = most - search.left();
        self.charge(spent, id)?;
        let decoder = Decoder { shapes: &plan.shapes, zone: &self.context.time_zone };
        let places = found.iter().map(|node| document.start(*node));
        match decoder.found(document.text(), places, &used.field, used.shape) {
            Ok(value) => self.readable(value.within(&|| used.text.to_string()), id),
            Err(error) => {
                let text = format!("what `{}` finds cannot be read: {error}", used.text);
                self.fail(FailureKind::Source, id, text, Value::Null)
            }
        }
    }

    /// The record's text and its index, made once for all paths of a record.
    fn document(&mut self, used: &JsonPathUse, id: StepId) -> Result<Option<Arc<Document>>, Stop> {
        let Some(frame) = self.frames.last() else { return Ok(None) };
        if let Some(document) = &frame.document {
            return Ok(Some(document.clone()));
        }
        let Value::Record(slots) = &frame.source else { return Ok(None) };
        let Some(Value::Received(text)) = slots.last() else { return Ok(None) };
        match Document::read(text.clone(), &used.view) {
            Ok(document) => {
                let document = Arc::new(document);
                self.charge(document.len(), id)?;
                if let Some(frame) = self.frames.last_mut() {
                    frame.document = Some(document.clone());
                }
                Ok(Some(document))
            }
            Err(why) => self.fail(FailureKind::Source, id, format!("the record {why}"), Value::Null),
        }
    }
}
