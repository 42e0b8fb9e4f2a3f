//! How transfers end, counted: read = written + unchanged + skipped + refused + parked + failed, for root records and for
//! child rows beside them.

use std::collections::{BTreeMap, BTreeSet};

use mapwright_language::value::Promise;
use serde::Serialize;

/// The end of one record's transfer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase", tag = "outcome")]
pub enum Ended {
    /// Something was sent.
    Written {
        /// `created`, `updated` or `deleted`
        how: How,
    },
    /// Nothing differed.
    Unchanged,
    /// A filter said no.
    Skipped {
        /// Why.
        reason: String,
    },
    /// An error filter said yes.
    Refused {
        /// Its message.
        reason: String,
    },
    /// It waits.
    Parked {
        /// For what, for people.
        reason: String,
        /// The links it waits for.
        #[serde(skip)]
        waits: Vec<Promise>,
    },
    /// It could not be moved.
    Failed {
        /// Why.
        reason: String,
    },
}

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum How {
    /// It was not there.
    Created,
    /// It was there.
    Updated,
    /// It is gone.
    Deleted,
}

impl Ended {
    /// The word for it.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Ended::Written { .. } => "written",
            Ended::Unchanged => "unchanged",
            Ended::Skipped { .. } => "skipped",
            Ended::Refused { .. } => "refused",
            Ended::Parked { .. } => "parked",
            Ended::Failed { .. } => "failed",
        }
    }

    /// Why, where there is a why.
    #[must_use]
    pub fn reason(&self) -> Option<&str> {
        match self {
            Ended::Written { .. } | Ended::Unchanged => None,
            Ended::Skipped { reason }
            | Ended::Refused { reason }
            | Ended::Parked { reason, .. }
            | Ended::Failed { reason } => Some(reason),
        }
    }
}

/// Counts by outcome.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[allow(missing_docs)] // each is its own word
pub struct Counts {
    pub read: u64,
    pub written: u64,
    pub unchanged: u64,
    pub skipped: u64,
    pub refused: u64,
    pub parked: u64,
    pub failed: u64,
}

impl Counts {
    /// Counts one.
    pub fn add(&mut self, word: &str) {
        self.read += 1;
        match word {
            "written" => self.written += 1,
            "unchanged" => self.unchanged += 1,
            "skipped" => self.skipped += 1,
            "refused" => self.refused += 1,
            "parked" => self.parked += 1,
            _ => self.failed += 1,
        }
    }

    /// Adds other counts.
    pub fn join(&mut self, other: &Counts) {
        self.read += other.read;
        self.written += other.written;
        self.unchanged += other.unchanged;
        self.skipped += other.skipped;
        self.refused += other.refused;
        self.parked += other.parked;
        self.failed += other.failed;
    }

    /// Whether every record read has its outcome.
    #[must_use]
    pub fn balance(&self) -> bool {
        self.read == self.written + self.unchanged + self.skipped + self.refused + self.parked + self.failed
    }
}

/// One reason with the records that have it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReasonGroup {
    /// `skipped`, `refused`, `parked`, `failed`; `warned`: a check that only warns
    pub outcome: &'static str,
    /// The reason; where several records share it, their own ids stand as `{id}`.
    pub reason: String,
    /// How many.
    pub count: u64,
    /// A few of their ids.
    pub examples: Vec<String>,
}

/// What a run over one collection did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The collection.
    pub collection: String,
    /// `to` or `from`.
    pub direction: &'static str,
    /// Whether nothing was sent.
    pub dry_run: bool,
    /// Root records.
    pub records: Counts,
    /// Written ones that were not there before.
    pub created: u64,
    /// Records of which a check warns; each has its outcome all the same.
    pub warned: u64,
    /// Child rows by collection.
    pub children: BTreeMap<String, Counts>,
    /// Rows that are at the target and no longer at the source, left where they are.
    pub left_in_place: u64,
    /// Such rows that were removed, as their collection says.
    pub removed: u64,
    /// Records that were to be moved and were not tried, because the run ended early. Those on pages of a list that were
    /// not read are not among them.
    pub not_tried: u64,
    /// Of those that were to be moved: records that have their end in another report, or in a later part of this one.
    #[serde(skip)]
    pub elsewhere: u64,
    /// Records that changed while they were read from their list: they were moved twice, and are counted twice.
    pub read_again: u64,
    /// Records that were written without a link to a record that is not linked yet: they are written again once it is.
    pub without_links: u64,
    /// Those that they lack, by iPaaS.com's record type.
    #[serde(skip)]
    pub lacking: BTreeMap<String, BTreeSet<String>>,
    /// Of the records read: those that were written again because what they refer to is linked now.
    pub for_links: u64,
    /// Why it may be that not all records were read.
    pub incomplete: Option<String>,
    /// Reasons, most frequent first.
    pub reasons: Vec<ReasonGroup>,
    /// Calls made, by system.
    pub calls: Calls,
    /// Why the run ended early, and how to go on.
    pub interrupted: Option<String>,
    /// Reports of records that had to go first and are another collection's. Their calls are counted here.
    #[serde(skip)]
    pub before: Vec<Report>,
    /// Reports of what ran after these records. Their calls are counted here.
    #[serde(skip)]
    pub after: Vec<Report>,
}

/// Calls by system.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Calls {
    /// To the store.
    pub bigcommerce: u64,
    /// To iPaaS.com.
    pub ipaas: u64,
}

/// Most different reasons that are kept apart, so that a report stays small whatever happens.
const MOST_REASONS: usize = 200;
/// What is said in place of further reasons.
const OTHER_REASONS: &str = "other reasons";
/// Ids per reason.
const MOST_EXAMPLES: usize = 5;

impl Report {
    /// Counts a record's end.
    pub fn add(&mut self, id: &str, ended: &Ended) {
        self.records.add(ended.word());
        if matches!(ended, Ended::Written { how: How::Created }) {
            self.created += 1;
        }
        if let Some(reason) = ended.reason() {
            self.add_reason(ended.word(), id, reason);
        }
    }

    /// Counts what checks warn of in a record, beside its end.
    pub fn warn(&mut self, id: &str, warnings: &[String]) {
        self.warned += u64::from(!warnings.is_empty());
        for warning in warnings {
            self.add_reason("warned", id, warning);
        }
    }

    /// What is kept of a run: its counts, and why it ended early.
    #[must_use]
    pub fn summary(&self) -> serde_json::Value {
        serde_json::json!({ "collection": self.collection, "records": self.records, "not_tried": self.not_tried,
            "interrupted": self.interrupted, "incomplete": self.incomplete })
    }

    fn add_reason(&mut self, outcome: &'static str, id: &str, reason: &str) {
        let general = without_id(reason, id);
        let full = self.reasons.len() >= MOST_REASONS;
        let group = match self.group(outcome, &general).and_then(|at| self.reasons.get_mut(at)) {
            Some(group) => group,
            None => {
                let reason = if full { String::from(OTHER_REASONS) } else { general };
                self.reasons.push(ReasonGroup { outcome, reason, count: 0, examples: vec![] });
                match self.reasons.last_mut() {
                    Some(group) => group,
                    None => return,
                }
            }
        };
        group.count += 1;
        if group.examples.len() < MOST_EXAMPLES {
            group.examples.push(id.to_owned());
        }
    }

    /// This report and those of what it set off, in the order of the transfers.
    #[must_use]
    pub fn lines(mut self) -> Vec<Report> {
        let (mut lines, after) = (std::mem::take(&mut self.before), std::mem::take(&mut self.after));
        lines.push(self);
        lines.extend(after);
        lines
    }

    /// Adds another report of the same collection.
    pub fn join(&mut self, other: Report) {
        self.records.join(&other.records);
        self.created += other.created;
        self.warned += other.warned;
        for (name, counts) in &other.children {
            self.children.entry(name.clone()).or_default().join(counts);
        }
        self.left_in_place += other.left_in_place;
        self.removed += other.removed;
        self.not_tried += other.not_tried;
        self.read_again += other.read_again;
        self.without_links += other.without_links;
        self.for_links += other.for_links;
        for (record_type, ids) in other.lacking {
            self.lacking.entry(record_type).or_default().extend(ids);
        }
        if self.incomplete.is_none() {
            self.incomplete = other.incomplete;
        }
        for group in other.reasons {
            let (known, full) = (self.group(group.outcome, &group.reason), self.reasons.len() >= MOST_REASONS);
            match known.and_then(|at| self.reasons.get_mut(at)) {
                Some(known) => {
                    known.count += group.count;
                    known.examples.extend(group.examples);
                    known.examples.truncate(MOST_EXAMPLES);
                }
                None if full => {
                    self.reasons.push(ReasonGroup { reason: String::from(OTHER_REASONS), ..group });
                }
                None => self.reasons.push(group),
            }
        }
        self.calls.bigcommerce += other.calls.bigcommerce;
        self.calls.ipaas += other.calls.ipaas;
        if self.interrupted.is_none() {
            self.interrupted = other.interrupted;
        }
    }

    /// The group of a reason; once there are too many, that of all others.
    fn group(&self, outcome: &str, reason: &str) -> Option<usize> {
        let full = self.reasons.len() >= MOST_REASONS;
        self.reasons
            .iter()
            .position(|g| g.outcome == outcome && (g.reason == reason || full && g.reason == OTHER_REASONS))
    }

    /// Most frequent reasons first; a reason of one record has its id again.
    pub fn sort(&mut self) {
        for group in self.reasons.iter_mut().filter(|group| group.count == 1) {
            if let Some(id) = group.examples.first() {
                group.reason = group.reason.replace("{id}", id);
            }
        }
        self.reasons.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.reason.cmp(&b.reason)));
    }
}

/// A reason without the record's own id, so that equal reasons are one.
fn without_id(reason: &str, id: &str) -> String {
    if id.is_empty() {
        return reason.to_owned();
    }
    reason.split(' ').map(|word| if word == id { "{id}" } else { word }).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn every_record_is_accounted_for(ends in proptest::collection::vec(0u8..6, 0..50)) {
            let mut report = Report::default();
            for (i, end) in ends.iter().enumerate() {
                let reason = format!("record {i} is odd");
                let ended = match end {
                    0 => Ended::Written { how: How::Created },
                    1 => Ended::Unchanged,
                    2 => Ended::Skipped { reason },
                    3 => Ended::Refused { reason },
                    4 => Ended::Parked { reason, waits: vec![] },
                    _ => Ended::Failed { reason },
                };
                report.add(&i.to_string(), &ended);
            }
            proptest::prop_assert!(report.records.balance());
            proptest::prop_assert_eq!(report.records.read, ends.len() as u64);
            let with_reason = ends.iter().filter(|e| **e > 1).count() as u64;
            proptest::prop_assert_eq!(report.reasons.iter().map(|g| g.count).sum::<u64>(), with_reason);
            proptest::prop_assert!(report.reasons.len() <= 4, "equal reasons are one: {:?}", report.reasons);
        }
    }

    #[test]
    fn warnings_are_grouped_beside_the_ends() {
        let mut report = Report::default();
        for id in ["1", "2"] {
            report.add(id, &Ended::Unchanged);
            report.warn(id, &[format!("{id} is odd"), String::from("odd")]);
        }
        report.warn("3", &[]);
        assert!(report.records.balance());
        assert_eq!((report.records.read, report.warned), (2, 2));
        let groups: Vec<_> = report.reasons.iter().map(|g| (g.outcome, &*g.reason, g.count)).collect();
        assert_eq!(groups, [("warned", "{id} is odd", 2), ("warned", "odd", 2)]);
    }

    #[test]
    fn a_report_stays_small() {
        let mut report = Report::default();
        for i in 0..1000 {
            report.add("x", &Ended::Failed { reason: format!("reason {i}") });
        }
        assert!(report.reasons.len() <= MOST_REASONS + 4);
        assert_eq!(report.reasons.iter().map(|g| g.count).sum::<u64>(), 1000);
    }
}
