//! Entries of an object while it is read: a key that comes again replaces its value and keeps its place.

use std::collections::HashMap;
use std::ops::Deref;

/// So many keys are compared one by one; of more an index is kept, so that no object takes quadratic time.
const FEW_KEYS: usize = 32;

/// Where the keys of an object stand, once they are many.
#[derive(Default)]
pub(crate) struct Places(HashMap<Box<str>, usize>);

impl Places {
    /// Puts an entry behind the others, or its value in place of the one that has this key.
    pub fn put<K: Deref<Target = str>, T>(&mut self, entries: &mut Vec<(K, T)>, key: K, value: T) {
        let place = if entries.len() < FEW_KEYS {
            entries.iter().position(|(k, _)| **k == *key)
        } else {
            if self.0.is_empty() {
                self.0 = entries.iter().zip(0..).map(|((k, _), at)| (Box::from(&**k), at)).collect();
            }
            self.0.get(&*key).copied()
        };
        if let Some(entry) = place.and_then(|at| entries.get_mut(at)) {
            entry.1 = value;
            return;
        }
        if entries.len() >= FEW_KEYS {
            self.0.insert(Box::from(&*key), entries.len());
        }
        entries.push((key, value));
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    /// A key that counts how often somebody looks at it.
    struct Counted<'a>(String, &'a Cell<usize>);

    impl Deref for Counted<'_> {
        type Target = str;

        fn deref(&self) -> &str {
            self.1.set(self.1.get() + 1);
            &self.0
        }
    }

    #[test]
    fn the_work_grows_with_the_keys_and_not_with_their_square() {
        let looks = Cell::new(0);
        let work = |keys: usize| {
            looks.set(0);
            let (mut places, mut entries) = (Places::default(), Vec::new());
            for key in (0..keys).chain(0..keys) {
                places.put(&mut entries, Counted(format!("k{key}"), &looks), key);
            }
            assert_eq!(entries.len(), keys);
            looks.get()
        };
        let (once, twice) = (work(5_000), work(10_000));
        assert!(once > 5_000 && twice < once * 5 / 2, "{once} looks for 5000 keys, {twice} for 10000");
    }
}
