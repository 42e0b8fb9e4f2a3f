//! The executor as the wire of the route-driven calls.

use std::sync::Arc;

use mapwright_language::json::write;
use mapwright_language::schema::Method;

use crate::http::{self, Class, Executor, Priority};

use super::wire::{Answer, CallError, Request, Sending, Wire};

/// Sends through an executor.
pub struct Executing {
    /// The executor.
    pub executor: Arc<Executor>,
    /// Whether a person waits for it.
    pub priority: Priority,
}

impl Wire for Executing {
    fn send<'a>(&'a self, request: &'a Request) -> Sending<'a> {
        Box::pin(async move {
            let sent = http::Request {
                api: request.api,
                method: request.method,
                path: request.path.clone(),
                template: request.template.clone(),
                body: request.body.as_ref().map(write),
                repeat: request.repeat,
                concurrency: request.concurrency,
                priority: self.priority,
            };
            match self.executor.send(&sent).await {
                Ok(answer) => Ok(taken(answer)),
                Err(error) => by_class(error, request),
            }
        })
    }
}

fn taken(answer: http::Answer) -> Answer {
    Answer { status: answer.status, pagination: answer.pagination, body: answer.body.to_vec(), needs: None }
}

/// The scope of a call that was refused for want of one; its read-only form is enough for reading (bigcommerce-api 1.4).
fn scope(request: &Request) -> Option<String> {
    let scope = request.scope.as_deref()?;
    let reading = request.method == Method::Get && !scope.ends_with("_read_only") && !scope.ends_with("_read");
    Some(if reading { format!("`{scope}` or `{scope}_read_only`") } else { format!("`{scope}`") })
}

/// A refusal is an answer; the rest says what may have happened.
fn by_class(error: http::CallError, request: &Request) -> Result<Answer, CallError> {
    match (error.class, error.answer) {
        (Class::Scope, Some(answer)) => Ok(Answer { needs: scope(request), ..taken(answer) }),
        (Class::NotFound | Class::Conflict | Class::Refused, Some(answer)) => Ok(taken(answer)),
        (Class::Unauthorized | Class::Unreachable | Class::Stopped, _) => Err(CallError::Stop(error.why)),
        (Class::UnknownOutcome, _) => Err(CallError::Unknown(error.why)),
        (Class::BadAnswer, _) if request.method != Method::Get => Err(CallError::Unknown(error.why)),
        _ => Err(CallError::NotSent(error.why)),
    }
}
