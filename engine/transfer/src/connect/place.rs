//! Where in a list a run is. Pages are numbered by the server, and a record that is deleted moves all that follow it one place
//! up: so a place is never the number of a page. It is the id read last, or, where the API cannot be asked from an id on, the
//! records read last: the next page is asked for so that it begins with some of them.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

/// How many of the records read last are kept: with one of them a place is found again.
const MOST_RECENT: usize = 50;

/// A place in a list: everything before it was read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// When the pass over the list began.
    #[serde(with = "time")]
    pub began: jiff::Timestamp,
    /// The greatest id that was read, of a list that is read by id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// How many records are before it, as the list was when it was read.
    pub offset: u64,
    /// Ids of the records read last, the latest at the end.
    pub recent: VecDeque<String>,
}

impl Place {
    /// The beginning.
    #[must_use]
    pub fn first(began: jiff::Timestamp) -> Self {
        Place { began, ..Place::default() }
    }

    /// A record was read.
    pub(super) fn past(&mut self, id: &str) {
        if self.recent.len() >= MOST_RECENT {
            self.recent.pop_front();
        }
        self.recent.push_back(id.to_owned());
    }

    /// As it is kept.
    #[must_use]
    pub fn to_text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// As it was kept; none: it is not one, such as the page number that an earlier version kept.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }
}

/// A page as it is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Its number, from 1.
    pub page: u64,
    /// Its size.
    pub size: u64,
}

impl Window {
    /// How many records are before it.
    #[must_use]
    pub fn start(self) -> u64 {
        (self.page - 1).saturating_mul(self.size)
    }

    /// The page that goes on furthest of those that begin with at least one record that was read. Pages begin at multiples of
    /// their size, so another size moves the beginning: after 250 records, page 2 of 249 holds records 250 to 498.
    #[must_use]
    pub fn after(read: u64, most: u64) -> Self {
        let most = most.max(1);
        let Some(last) = read.checked_sub(1) else { return Window { page: 1, size: most } };
        let sizes = (most / 2).max(2)..=most;
        let found =
            sizes.map(|size| Window { page: last / size + 1, size }).max_by_key(|w| (w.start() + w.size, w.size));
        match found {
            Some(window) if window.start() + window.size > read => window,
            // pages too small to overlap
            _ => Window { page: read / most + 1, size: most },
        }
    }
}

/// Times as RFC 3339 text.
mod time {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    #[allow(clippy::trivially_copy_pass_by_ref)] // serde hands a reference
    pub(super) fn serialize<S: Serializer>(time: &jiff::Timestamp, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(time)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<jiff::Timestamp, D::Error> {
        String::deserialize(from)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)] // a test ends where it goes wrong
    use super::*;

    proptest::proptest! {
        #[test]
        fn a_window_begins_with_what_was_read_and_goes_on_from_there(read in 0u64..200_000, most in 10u64..=250) {
            let window = Window::after(read, most);
            proptest::prop_assert!(window.size <= most && window.page >= 1);
            proptest::prop_assert!(window.start() < read.max(1), "{window:?} leaves a gap");
            proptest::prop_assert!(window.start() + window.size > read, "{window:?} holds nothing new");
        }
    }

    #[test]
    fn overlaps_cost_little() {
        let (mut read, mut calls) = (0, 0);
        while read < 100_000 {
            let window = Window::after(read, 250);
            (read, calls) = (window.start() + window.size, calls + 1);
        }
        assert!(calls <= 440, "{calls} calls for what 400 full pages hold: a tenth more at most");
    }

    #[test]
    fn a_place_is_kept_as_text_and_a_page_number_is_none() {
        let mut place = Place::first(jiff::Timestamp::UNIX_EPOCH);
        (0..60).for_each(|id| place.past(&id.to_string()));
        assert_eq!(place.recent.len(), MOST_RECENT);
        assert_eq!(Place::from_text(&place.to_text()), Some(place));
        assert_eq!(Place::from_text("4"), None);
    }
}
