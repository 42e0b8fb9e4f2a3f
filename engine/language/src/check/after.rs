//! Which collections run after which: circles among them are found once for all.

use std::collections::HashMap;
use std::sync::Arc;

use crate::combine::Combined;

/// The collections that run after each, and how far each is from an end.
#[derive(Debug, Default)]
pub(super) struct After {
    next: HashMap<String, Vec<String>>,
    /// Collections of one number run after one another in a circle, or are alone.
    circles: HashMap<String, usize>,
}

impl After {
    pub fn of(collections: &[Arc<Combined>]) -> After {
        let mut next: HashMap<String, Vec<String>> = HashMap::new();
        let mut names: Vec<String> = Vec::new();
        for one in collections {
            let name = &one.file.name.value;
            if next.contains_key(name) {
                continue;
            }
            let entries = one.file.after.iter().flat_map(|a| &a.value).map(|a| a.collection.value.clone());
            next.insert(name.clone(), entries.collect());
            names.push(name.clone());
        }
        let mut back: HashMap<&str, Vec<&str>> = HashMap::new();
        for (name, after) in &next {
            after.iter().for_each(|a| back.entry(a).or_default().push(name));
        }
        // what is reached both ways is a circle (Kosaraju): once forwards for an order, once backwards in it
        let mut order: Vec<&str> = Vec::new();
        let mut seen: HashMap<&str, ()> = HashMap::new();
        for name in &names {
            let mut open: Vec<(&str, usize)> = vec![];
            if seen.insert(name, ()).is_none() {
                open.push((name, 0));
            }
            while let Some((at, child)) = open.pop() {
                match next.get(at).and_then(|after| after.get(child)) {
                    Some(inner) => {
                        open.push((at, child + 1));
                        if seen.insert(inner, ()).is_none() {
                            open.push((inner, 0));
                        }
                    }
                    None => order.push(at),
                }
            }
        }
        let mut circles: HashMap<String, usize> = HashMap::new();
        for (number, name) in order.iter().rev().enumerate() {
            let mut open = vec![*name];
            while let Some(at) = open.pop() {
                if circles.contains_key(at) {
                    continue;
                }
                circles.insert(at.to_owned(), number);
                open.extend(back.get(at).into_iter().flatten().copied());
            }
        }
        After { next, circles }
    }

    /// What runs after a collection.
    pub fn of_collection(&self, name: &str) -> impl Iterator<Item = &str> {
        self.next.get(name).into_iter().flatten().map(String::as_str)
    }

    /// Whether one runs after the other and that after the first, in however many steps.
    pub fn in_one_circle(&self, a: &str, b: &str) -> bool {
        a == b || self.circles.get(a).is_some_and(|circle| self.circles.get(b) == Some(circle))
    }
}
