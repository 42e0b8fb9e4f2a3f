//! Lookups that are shared: `from: COLLECTION` takes the entries of that collection's lookup of the same name, `reversed: true`
//! the other way round.

use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::mapping_file::{Lookup, Spanned};

use super::checker::Checker;

impl Checker<'_> {
    /// Fills a shared lookup with the entries of the one it takes them from. What is wrong has been reported by
    /// [`Checker::shared_lookup`] where the lookup stands.
    pub fn shared(&self, lookup: &mut Lookup) {
        let Some(original) = lookup.from.as_ref().and_then(|_| self.original(lookup).ok()) else { return };
        if lookup.reversed {
            lookup.entries = original.entries.into_iter().map(|(key, value)| (value, key)).collect();
        } else {
            lookup.entries = original.entries;
            lookup.patterns = original.patterns;
            lookup.unmatched = lookup.unmatched.take().or(original.unmatched);
            lookup.ignore_case |= original.ignore_case;
        }
    }

    /// The lookup that a shared one takes its entries from, or what is wrong with it.
    fn original(&self, lookup: &Lookup) -> Result<Lookup, Box<Diagnostic>> {
        let mut found = lookup.clone();
        let mut seen: Vec<String> = Vec::new();
        loop {
            let Some(from) = found.from.clone() else { return Ok(found) };
            if seen.contains(&from.value) {
                break;
            }
            seen.push(from.value.clone());
            let collections = self.others.collections;
            let Some(collection) = collections.iter().find(|c| c.file.name.value == from.value) else {
                let diagnostic =
                    Diagnostic::error("E0618", from.span, format!("there is no collection `{}`", from.value));
                let names = collections.iter().map(|c| c.file.name.value.as_str());
                return Err(Box::new(match did_you_mean(&from.value, names) {
                    Some(near) => diagnostic.note(format!("did you mean `{near}`?")).edit(from.span, near),
                    None => diagnostic.help("`from` names the collection that has the lookup"),
                }));
            };
            let name = &found.name.value;
            match collection.file.lookups.iter().flat_map(|l| &l.value).find(|l| l.name.value == *name) {
                Some(next) => found = next.clone(),
                None => {
                    let message = format!("`{}` has no lookup `{name}`", from.value);
                    let diagnostic = Diagnostic::error("E0618", from.span, message);
                    return Err(Box::new(diagnostic.help("a shared lookup has the same name in both collections")));
                }
            }
        }
        let span = lookup.from.as_ref().map_or(lookup.span, |f| f.span);
        let message = "these lookups take their entries from one another in a circle";
        Err(Box::new(Diagnostic::error("E0618", span, message).help("one of them has the entries")))
    }

    /// Whether a shared lookup makes sense.
    pub fn shared_lookup(&mut self, lookup: &Lookup) {
        if lookup.from.is_none() {
            if lookup.reversed {
                let message = "`reversed` turns a shared lookup round, and this one is not shared";
                let _: Option<()> =
                    self.error("E0618", lookup.span, message, "say with `from: COLLECTION` whose entries are meant");
            }
            return;
        }
        if let Some((first, _)) = lookup.entries.first().or(lookup.patterns.first()) {
            let message = "a shared lookup has the entries of another, and this one has its own as well";
            let _: Option<()> = self.error("E0618", first.span, message, "take `from` away, or the entries");
            return;
        }
        let original = match self.original(lookup) {
            Ok(original) => original,
            Err(diagnostic) => return self.diagnostics.push(*diagnostic),
        };
        if !lookup.reversed {
            return;
        }
        if let Some((pattern, _)) = original.patterns.first() {
            let diagnostic = Diagnostic::error("E0619", lookup.span, "a lookup with patterns cannot be turned round")
                .label(pattern.span, "many values fit this")
                .help("write the entries of this direction here");
            self.diagnostics.push(diagnostic);
        }
        for (i, (key, value)) in original.entries.iter().enumerate() {
            let twin = |(_, v): &&(Spanned<String>, Spanned<String>)| v.value == value.value;
            if let Some((first, _)) = original.entries.iter().take(i).find(twin) {
                let message = format!(
                    "`{}` and `{}` both become `{}`, so the lookup cannot be turned round",
                    first.value, key.value, value.value
                );
                let diagnostic = Diagnostic::error("E0619", lookup.span, message)
                    .label(value.span, "the second")
                    .help("write the entries of this direction here");
                self.diagnostics.push(diagnostic);
                return;
            }
        }
    }
}
