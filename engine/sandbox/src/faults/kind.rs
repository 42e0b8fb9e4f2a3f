//! The kinds of faults as data: name, group, and what each does.

use serde::{Deserialize, Serialize};

/// Where a kind belongs. A group can be named in place of its kinds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FaultGroup {
    /// What every network does: answers that are lost, late, cut, or replaced by a gateway's.
    Network,
    /// Answers with a good status that are not what was asked for, and "not found" that is none.
    Lies,
    /// Lists whose pages do not fit together.
    Pages,
    /// Refusals with something in them that must not be shown.
    Echoes,
    /// Quota headers that contradict each other, refusals without them.
    Quota,
}

impl FaultGroup {
    /// All groups.
    pub const ALL: [FaultGroup; 5] =
        [FaultGroup::Network, FaultGroup::Lies, FaultGroup::Pages, FaultGroup::Echoes, FaultGroup::Quota];

    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            FaultGroup::Network => "network",
            FaultGroup::Lies => "lies",
            FaultGroup::Pages => "pages",
            FaultGroup::Echoes => "echoes",
            FaultGroup::Quota => "quota",
        }
    }

    /// Its kinds.
    pub fn kinds(self) -> Vec<FaultKind> {
        KINDS.iter().filter(|entry| entry.group == self).map(|entry| entry.kind).collect()
    }
}

struct Entry {
    kind: FaultKind,
    name: &'static str,
    group: FaultGroup,
    /// Whether the call is done; `None`: a rule draws it, an order leaves it undone.
    done: Option<bool>,
    tells: &'static str,
}

macro_rules! kinds {
    ($($kind:ident $name:literal $group:ident $done:expr, $tells:literal;)*) => {
        /// What goes wrong.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum FaultKind { $(#[doc = $tells] $kind,)* }

        const KINDS: &[Entry] = &[$(Entry {
            kind: FaultKind::$kind, name: $name, group: FaultGroup::$group, done: $done, tells: $tells,
        },)*];
    };
}

const DONE: Option<bool> = Some(true);
const UNDONE: Option<bool> = Some(false);
const EITHER: Option<bool> = None;

kinds! {
    DropBefore "drop-before" Network UNDONE, "the connection is dropped and nothing is done";
    DropAfter "drop-after" Network DONE, "the connection is dropped although the call was done";
    Truncate "truncate" Network DONE, "the call is done, and its answer ends in the middle";
    StatusBefore "status-before" Network UNDONE, "500, 502, 503 or 504, and nothing is done";
    StatusAfter "status-after" Network DONE, "500, 502, 503 or 504 although the call was done";
    GatewayPage "gateway-page" Network EITHER, "a gateway's HTML page with status 502; the call is done or not";
    Stall "stall" Network DONE, "the answer comes late";
    Drip "drip" Network DONE, "the answer's body comes byte by byte";
    Outage "outage" Network UNDONE, "503 to this call and to all others of that side for a minute";
    ErrorBody "error-body" Lies EITHER, "200 with the body of an error";
    EmptyBody "empty-body" Lies EITHER, "200 without a body";
    EmptyObject "empty-object" Lies EITHER, "200 with `{}`";
    NullBody "null-body" Lies EITHER, "200 with `null`";
    NullData "null-data" Lies EITHER, "200 with `data: null`";
    EmptyData "empty-data" Lies EITHER, "200 with `data: {}`";
    NoContent "no-content" Lies EITHER, "204";
    OtherRecord "other-record" Lies EITHER, "the answer carries the id of another record";
    EarlierAnswer "earlier-answer" Lies EITHER, "the answer to an earlier call comes again";
    HtmlNotFound "html-not-found" Lies EITHER, "a gateway's HTML page with status 404";
    JsonNotFound "json-not-found" Lies EITHER, "a gateway's JSON with status 404";
    ShuffledRows "shuffled-rows" Lies DONE, "the rows of the answer come in another order";
    EmptyPage "empty-page" Pages DONE, "a page after the first is empty, although the count of pages stays";
    WrongPageCount "wrong-page-count" Pages DONE, "a list tells a count of 0 or 1 pages";
    ShiftedPage "shifted-page" Pages DONE, "a page after the first leaves rows out, as when others were deleted before it";
    AlternatingPages "alternating-pages" Pages DONE, "a page is the first or the second one, whatever was asked for";
    TokenInError "token-in-error" Echoes UNDONE, "a refusal whose title, texts and keys hold the token";
    ControlCharacters "control-characters" Echoes UNDONE, "a refusal whose texts and keys hold ESC, OSC, NUL and bidi characters";
    ControlInIds "control-in-ids" Echoes DONE, "the ids of a list's rows hold ESC and bidi characters";
    BareTooMany "bare-too-many" Quota UNDONE, "429 without any rate header: the load of the platform";
    RetryAfterOnly "retry-after-only" Quota UNDONE, "429 with `Retry-After` alone";
    ContradictoryQuota "contradictory-quota" Quota DONE, "`left 0, reset 3599999` beside a window of 30 seconds";
}

impl FaultKind {
    /// All kinds.
    pub fn all() -> impl Iterator<Item = FaultKind> {
        KINDS.iter().map(|entry| entry.kind)
    }

    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        self.entry().map_or("", |entry| entry.name)
    }

    /// The kind of a name, as on the command line.
    pub fn named(name: &str) -> Option<FaultKind> {
        KINDS.iter().find(|entry| entry.name == name).map(|entry| entry.kind)
    }

    /// Its group.
    pub fn group(self) -> FaultGroup {
        self.entry().map_or(FaultGroup::Network, |entry| entry.group)
    }

    /// What it does, in one sentence without an end.
    pub fn tells(self) -> &'static str {
        self.entry().map_or("", |entry| entry.tells)
    }

    /// Whether the call is done; `None` where that is left to chance.
    pub(super) fn done(self) -> Option<bool> {
        self.entry().and_then(|entry| entry.done)
    }

    /// The same for an order, which leaves nothing to chance.
    pub(super) fn does(self) -> bool {
        self.done().unwrap_or(false)
    }

    fn entry(self) -> Option<&'static Entry> {
        KINDS.iter().find(|entry| entry.kind == self)
    }
}

/// All kinds by group, one a line, for help texts.
pub fn fault_list() -> String {
    let mut text = String::new();
    for group in FaultGroup::ALL {
        text.push_str(group.name());
        text.push('\n');
        for kind in group.kinds() {
            text.push_str(&format!("  {:<20} {}\n", kind.name(), kind.tells()));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_has_one_name_on_the_command_line_and_in_json() {
        for kind in FaultKind::all() {
            let json = serde_json::to_value(kind).unwrap();
            assert_eq!(json.as_str().unwrap().replace('_', "-"), kind.name());
            assert_eq!(FaultKind::named(kind.name()), Some(kind));
        }
    }

    #[test]
    fn a_group_is_no_kind() {
        assert!(FaultGroup::ALL.iter().all(|group| FaultKind::named(group.name()).is_none()));
        assert_eq!(FaultGroup::ALL.iter().map(|group| group.kinds().len()).sum::<usize>(), KINDS.len());
    }
}
