//! Who wants to know of every step that must survive a crash. The test that kills the process at each step stands here.

/// A step of the journal or the store. `…ing` is said before it is durable, the other after.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs)]
pub enum Step {
    JournalOpening,
    JournalOpened,
    JournalClosing,
    JournalClosed,
    LinkSaving,
    LinkSaved,
    LinkRemoving,
    LinkRemoved,
    OutcomeSaving,
    OutcomeSaved,
    CheckpointSaving,
    CheckpointSaved,
}

impl Step {
    /// All of them, in the order of a record's way.
    pub const ALL: [Step; 12] = [
        Step::JournalOpening,
        Step::JournalOpened,
        Step::JournalClosing,
        Step::JournalClosed,
        Step::LinkSaving,
        Step::LinkSaved,
        Step::LinkRemoving,
        Step::LinkRemoved,
        Step::OutcomeSaving,
        Step::OutcomeSaved,
        Step::CheckpointSaving,
        Step::CheckpointSaved,
    ];

    /// Its name, for settings and logs.
    pub fn name(self) -> &'static str {
        match self {
            Step::JournalOpening => "journal-opening",
            Step::JournalOpened => "journal-opened",
            Step::JournalClosing => "journal-closing",
            Step::JournalClosed => "journal-closed",
            Step::LinkSaving => "link-saving",
            Step::LinkSaved => "link-saved",
            Step::LinkRemoving => "link-removing",
            Step::LinkRemoved => "link-removed",
            Step::OutcomeSaving => "outcome-saving",
            Step::OutcomeSaved => "outcome-saved",
            Step::CheckpointSaving => "checkpoint-saving",
            Step::CheckpointSaved => "checkpoint-saved",
        }
    }
}

/// Is told of every step.
pub trait Steps: Send + Sync {
    /// It happens now.
    fn step(&self, step: Step);
}
