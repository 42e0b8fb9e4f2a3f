//! A wire that answers some requests itself.

use std::sync::{Arc, Mutex};

use mapwright_language::json::write;
use mapwright_transfer::connect::wire::{Answer, Request, Sending, Wire};
use mapwright_transfer::http::request::method_name;
use mapwright_transfer::work::Engine;

use super::support::House;
use super::support::nothing::nothing;

/// In place of a body: what was sent.
pub const ECHO: &str = "(what was sent)";

/// Answers by method and path, exactly; the rest goes to the wire behind it, or is not there.
pub struct Script {
    answers: Vec<(&'static str, String, String)>,
    behind: Option<Arc<dyn Wire>>,
    /// All that was asked, in order.
    pub asked: Arc<Mutex<Vec<String>>>,
}

impl Script {
    /// An engine whose wire says these things in place of the sandbox.
    pub fn over(house: &House, answers: Vec<(&'static str, String, String)>) -> Engine {
        house.engine_over(|behind| Arc::new(Script { answers, behind: Some(behind), asked: Arc::default() }))
    }

    /// An engine to which nothing is there but this, and what was asked of it.
    pub fn alone(house: &House, answers: Vec<(&'static str, String, String)>) -> (Engine, Arc<Mutex<Vec<String>>>) {
        let asked: Arc<Mutex<Vec<String>>> = Arc::default();
        let copy = asked.clone();
        (house.engine_over(|_| Arc::new(Script { answers, behind: None, asked: copy })), asked)
    }
}

impl Wire for Script {
    fn send<'a>(&'a self, request: &'a Request) -> Sending<'a> {
        Box::pin(async move {
            let method = method_name(request.method);
            self.asked.lock().unwrap().push(format!("{method} {}", request.path));
            let found = self.answers.iter().find(|(m, path, _)| *m == method && *path == request.path);
            match (found, &self.behind) {
                (Some((.., body)), _) if body == ECHO => {
                    let body = request.body.as_ref().map(write).unwrap_or_default();
                    Ok(Answer { status: 200, body: body.into_bytes(), ..Answer::default() })
                }
                (Some((.., body)), _) => {
                    let status = if body.is_empty() { 204 } else { 200 };
                    Ok(Answer { status, body: body.as_bytes().to_vec(), ..Answer::default() })
                }
                (None, Some(behind)) => behind.send(request).await,
                (None, None) => Ok(nothing(request)),
            }
        })
    }
}
