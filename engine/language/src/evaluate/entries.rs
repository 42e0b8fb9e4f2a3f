//! A dictionary while it is made: its keys stand in it once, which is found out in the same time however many there are.

use std::collections::HashSet;
use std::sync::Arc;

use crate::value::Value;

/// So few keys are compared one by one.
const FEW: usize = 16;

/// Entries in their order.
#[derive(Debug, Default)]
pub(super) struct Entries {
    made: Vec<(Arc<str>, Value)>,
    /// All keys, once there are more than a few.
    keys: HashSet<Arc<str>>,
}

impl Entries {
    /// Adds an entry; false if its key stands there already.
    pub fn add(&mut self, key: &str, value: Value) -> bool {
        let key: Arc<str> = key.into();
        if self.made.len() < FEW {
            if self.made.iter().any(|(k, _)| *k == key) {
                return false;
            }
        } else {
            if self.keys.is_empty() {
                self.keys = self.made.iter().map(|(k, _)| k.clone()).collect();
            }
            if !self.keys.insert(key.clone()) {
                return false;
            }
        }
        self.made.push((key, value));
        true
    }

    /// The dictionary.
    pub fn finish(self) -> Value {
        Value::Dictionary(self.made.into())
    }
}
