//! The events that a collection may start on: names of either system's, as data.

use std::sync::OnceLock;

use serde::Deserialize;

use crate::diagnostic::did_you_mean;

use super::System;

/// Known events of both systems.
#[derive(Debug, Clone, Deserialize)]
pub struct Events {
    bigcommerce: Vec<String>,
    ipaas: Vec<String>,
}

/// What iPaaS.com appends to a scope to say how a transfer was started.
const SUFFIXES: &[&str] = &["/initialize", "/poll", "/debug"];

impl Events {
    /// The events that this program was built with; none if the data file does not fit, which a test finds.
    #[must_use]
    pub fn builtin() -> &'static Events {
        static EVENTS: OnceLock<Events> = OnceLock::new();
        EVENTS.get_or_init(|| {
            serde_json::from_str(include_str!("../../../records/events.json"))
                .unwrap_or(Events { bigcommerce: vec![], ipaas: vec![] })
        })
    }

    /// A system's events, with `*` for a part that is an id.
    #[must_use]
    pub fn of(&self, system: System) -> &[String] {
        if system == System::Ipaas { &self.ipaas } else { &self.bigcommerce }
    }

    /// Whether a system sends events of this name, or of some name that fits it: `store/order/*`.
    #[must_use]
    pub fn knows(&self, system: System, event: &str) -> bool {
        let bare = SUFFIXES.iter().find_map(|suffix| event.strip_suffix(suffix)).unwrap_or(event);
        self.of(system).iter().any(|known| fit(known, bare))
    }

    /// The known event that was probably meant.
    #[must_use]
    pub fn near(&self, system: System, event: &str) -> Option<String> {
        did_you_mean(event, self.of(system).iter().map(String::as_str)).map(str::to_owned)
    }
}

/// Whether two names are the same, part by part: `*` stands for any part, at the end of what is typed for all that are left.
fn fit(known: &str, typed: &str) -> bool {
    let (mut known, mut typed) = (known.split('/'), typed.split('/').peekable());
    loop {
        match (known.next(), typed.next()) {
            (None, None) => return true,
            (Some(_), Some("*")) if typed.peek().is_none() => return true,
            (Some(a), Some(b)) if a == b || a == "*" || b == "*" => {}
            _ => return false,
        }
    }
}
