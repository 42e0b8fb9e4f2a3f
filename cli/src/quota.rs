//! The quota of an account as it was seen last, for `status`.

use jiff::Timestamp;
use mapwright_transfer::http::SavedLedger;

const IPAAS: &str = "iPaaS.com";

/// What is known of one account's quota.
pub struct Quota {
    account: String,
    ledger: SavedLedger,
    now: Timestamp,
}

/// Of all accounts; iPaaS.com is there also when nothing is known of it.
pub fn all(mut ledgers: Vec<(String, SavedLedger)>, now: Timestamp) -> Vec<Quota> {
    if !ledgers.is_empty() && !ledgers.iter().any(|(account, _)| account == IPAAS) {
        ledgers.insert(0, (IPAAS.to_owned(), SavedLedger::without_quota(0)));
    }
    ledgers.into_iter().map(|(account, ledger)| Quota { account, ledger, now }).collect()
}

impl Quota {
    /// Whether the window still runs.
    fn runs(&self) -> bool {
        self.ledger.ends_at_ms > self.now.as_millisecond()
    }

    /// Seconds until the window ends.
    fn ends_in(&self) -> i64 {
        self.ledger.ends_at_ms.saturating_sub(self.now.as_millisecond()).max(0).saturating_add(999) / 1000
    }

    /// One line.
    pub fn text(&self) -> String {
        let l = &self.ledger;
        if l.quota == 0 {
            return format!("quota of {}: it tells none; answered 429 so far: {}\n", self.account, l.answered_429);
        }
        let seen = time(l.seen_at_ms).map_or_else(String::new, |t| format!(" at {t}"));
        let window = match self.runs() {
            true => format!("the window ends in {} s", self.ends_in()),
            false => String::from("that window is over"),
        };
        let hold = time(l.hold_until_ms).filter(|t| *t > self.now);
        let hold = hold.map_or_else(String::new, |t| format!("; no call before {t}"));
        format!(
            "quota of {}: at least {} of {} calls left when last seen{seen}; {window}{hold}; answered 429 so far: {}\n",
            self.account, l.left, l.quota, l.answered_429
        )
    }

    /// For machines.
    pub fn json(&self) -> serde_json::Value {
        let l = &self.ledger;
        let text = |ms: i64| time(ms).map(|t| t.to_string());
        serde_json::json!({
            "account": self.account,
            "left": Some(l.left).filter(|_| l.quota > 0),
            "limit": Some(l.quota).filter(|quota| *quota > 0),
            "window_seconds": Some(l.window_ms / 1000).filter(|_| l.quota > 0),
            "window_ends_at": text(l.ends_at_ms),
            "window_is_over": !self.runs(),
            "seen_at": text(l.seen_at_ms),
            "no_call_before": time(l.hold_until_ms).filter(|t| *t > self.now).map(|t| t.to_string()),
            "answered_429": l.answered_429,
        })
    }
}

/// To the second; none: not known.
fn time(ms: i64) -> Option<Timestamp> {
    Timestamp::from_second(ms.div_euclid(1000)).ok().filter(|_| ms > 0)
}
