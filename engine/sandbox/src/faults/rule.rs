//! Faults by chance: `drop-after=5%`, `lies=2%@GET /v3/customers`.

use std::{error, fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::kind::{FaultGroup, FaultKind};

/// How often a rule strikes that says nothing about it, of a thousand calls.
const USUAL: u32 = 50;

/// A kind or a group of faults, how often, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FaultRule {
    /// Name of a kind or of a group, or `all`. Of several kinds one is drawn when the rule strikes.
    pub fault: String,
    /// Of a thousand matching calls, how many go wrong.
    pub per_mille: u32,
    /// Method; empty matches all.
    #[serde(default)]
    pub method: String,
    /// Part of the path with system and version, as in [`super::Fault`]; empty matches all.
    #[serde(default)]
    pub path: String,
    /// Length of a stall or an outage, pause between two bytes of a drip; ms. Drawn when left out.
    #[serde(default)]
    pub millis: Option<u64>,
}

impl FaultRule {
    /// A rule for all calls.
    pub fn new(fault: &str, per_mille: u32) -> FaultRule {
        FaultRule { fault: fault.to_owned(), per_mille, method: String::new(), path: String::new(), millis: None }
    }

    pub(super) fn fits(&self, method: &str, path: &str) -> bool {
        (self.method.is_empty() || self.method.eq_ignore_ascii_case(method)) && path.contains(&self.path)
    }

    pub(super) fn rate(&self) -> f64 {
        f64::from(self.per_mille.min(1000)) / 1000.0
    }

    pub(super) fn kinds(&self) -> Vec<FaultKind> {
        kinds(&self.fault)
    }
}

fn kinds(name: &str) -> Vec<FaultKind> {
    if name == "all" {
        return FaultKind::all().collect();
    }
    let group = FaultGroup::ALL.into_iter().find(|group| group.name() == name);
    group.map_or_else(|| FaultKind::named(name).into_iter().collect(), FaultGroup::kinds)
}

/// Why a text is no rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RuleError {
    /// No kind and no group has this name.
    Unknown(String),
    /// The part after `=` is no share of calls.
    Rate(String),
}

impl fmt::Display for RuleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RuleError::Unknown(name) => {
                write!(f, "there is no fault `{name}`; `mapwright sandbox faults` lists them")
            }
            RuleError::Rate(text) => write!(f, "`{text}` is no share of calls; write it as in `5%` or `0.5%`"),
        }
    }
}

impl error::Error for RuleError {}

impl FromStr for FaultRule {
    type Err = RuleError;

    /// `NAME[=SHARE][@[METHOD ]PATH]`.
    fn from_str(text: &str) -> Result<FaultRule, RuleError> {
        let (what, place) = text.split_once('@').unwrap_or((text, ""));
        let (name, rate) = what.split_once('=').map_or((what, None), |(name, rate)| (name, Some(rate)));
        let name = name.trim();
        if kinds(name).is_empty() {
            return Err(RuleError::Unknown(name.to_owned()));
        }
        let per_mille = rate.map_or(Ok(USUAL), share)?;
        let place = place.trim();
        let (method, path) = match place.split_once(' ') {
            Some((method, path)) => (method, path.trim()),
            None if place.contains('/') => ("", place),
            None => (place, ""),
        };
        Ok(FaultRule { method: method.to_owned(), path: path.to_owned(), ..FaultRule::new(name, per_mille) })
    }
}

/// `5%` or `0.5%` in thousandths.
fn share(text: &str) -> Result<u32, RuleError> {
    let wrong = || RuleError::Rate(text.to_owned());
    let number = text.trim().strip_suffix('%').ok_or_else(wrong)?;
    let (whole, tenth) = number.split_once('.').unwrap_or((number, "0"));
    let digit = |text: &str| text.parse::<u32>().map_err(|_| wrong());
    if tenth.len() != 1 {
        return Err(wrong());
    }
    let per_mille = digit(whole)?.checked_mul(10).and_then(|n| n.checked_add(digit(tenth).ok()?)).ok_or_else(wrong)?;
    if (1..=1000).contains(&per_mille) { Ok(per_mille) } else { Err(wrong()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_is_a_name_a_share_and_a_place() {
        let rule = |text: &str| text.parse::<FaultRule>();
        assert_eq!(rule("drop-after"), Ok(FaultRule::new("drop-after", 50)));
        assert_eq!(rule("all=0.5%"), Ok(FaultRule::new("all", 5)));
        let placed =
            FaultRule { method: "GET".to_owned(), path: "/v3/customers".to_owned(), ..FaultRule::new("lies", 20) };
        assert_eq!(rule("lies=2%@GET /v3/customers"), Ok(placed));
        assert_eq!(rule("stall@POST").map(|rule| (rule.method, rule.path)), Ok(("POST".to_owned(), String::new())));
        assert_eq!(rule("drop-after@/ipaas").map(|rule| rule.path), Ok("/ipaas".to_owned()));
        assert_eq!(rule("dropped"), Err(RuleError::Unknown("dropped".to_owned())));
        for wrong in ["5", "0%", "101%", "-1%", "5.55%", "%", "x%"] {
            assert_eq!(rule(&format!("stall={wrong}")), Err(RuleError::Rate(wrong.to_owned())), "{wrong}");
        }
    }
}
