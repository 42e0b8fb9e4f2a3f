//! Why a call did not do what it was to do. What an answer's body says of fields is read by who knows the record.

use super::request::Answer;

/// What can be done about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Class {
    /// Nothing reached the other side.
    NotSent,
    /// It was sent and its answer was lost, or the other side failed while doing it: it may have been done. Only for
    /// requests that must not simply be repeated; look it up.
    UnknownOutcome,
    /// 401: the token is wrong or revoked; the account takes no more calls in this process.
    Unauthorized,
    /// No connection, or no answer in time, several times in a row; the account takes no more calls in this process.
    Unreachable,
    /// 403: scope, plan limit or a thing of somebody else.
    Scope,
    /// 404.
    NotFound,
    /// 409: a unique value is taken; look it up.
    Conflict,
    /// Any other 4xx, and what is no passing trouble (501, 505, 507): the request must change.
    Refused,
    /// Overload, maintenance or no answer, and the tries are used up; later it may work.
    Unavailable,
    /// 3xx: never followed, since the token would go along.
    Redirect,
    /// The answer is larger than the limit or is not HTTP.
    BadAnswer,
    /// The executor was told to stop before it was sent.
    Stopped,
}

/// A call that did not succeed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallError {
    /// What can be done about it.
    pub class: Class,
    /// For a person; holds neither secrets nor values of records.
    pub why: String,
    /// The last answer, when there was one: its body says more.
    pub answer: Option<Answer>,
}

impl CallError {
    pub(super) fn new(class: Class, why: impl Into<String>) -> Self {
        CallError { class, why: why.into(), answer: None }
    }

    pub(super) fn answered(class: Class, why: impl Into<String>, answer: Answer) -> Self {
        CallError { class, why: why.into(), answer: Some(answer) }
    }
}

impl std::fmt::Display for CallError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.why)
    }
}

impl std::error::Error for CallError {}

/// The class of a final status that is not 2xx; passing trouble (5xx, 429) is classed by the executor.
pub(super) fn class_of(status: u16) -> Class {
    match status {
        300..=399 => Class::Redirect,
        401 => Class::Unauthorized,
        403 => Class::Scope,
        404 | 410 => Class::NotFound,
        409 => Class::Conflict,
        400..=499 | 501 | 505 | 507 => Class::Refused,
        _ => Class::BadAnswer,
    }
}
