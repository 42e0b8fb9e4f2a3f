//! Points in time and days, read strictly. An offset is never dropped; a time without one needs a zone.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::fmt::rfc2822;
use jiff::tz::TimeZone;

/// A date with folded lines and a comment (RFC 5322, A.5) is longer than it looks.
const MOST_BYTES: usize = 256;

/// A point in time: RFC 3339 with offset, RFC 2822 (`Tue, 05 Mar 2019 21:40:11 +0000`), or date and time without offset in `zone`.
#[must_use]
pub fn instant_from_text(text: &str, zone: &TimeZone) -> Option<Timestamp> {
    let text = text.trim();
    if text.len() > MOST_BYTES || !offset_exists(text) {
        return None;
    }
    if let Ok(at) = shorten_fraction(text).parse::<Timestamp>() {
        return Some(at);
    }
    if text.starts_with(|c: char| c.is_ascii_alphabetic()) || text.contains(", ") {
        return rfc2822::DateTimeParser::new().parse_timestamp(text).ok();
    }
    let has_offset = text.ends_with(['Z', 'z']) || text.get(10..).is_some_and(|t| t.contains(['+', '-', '[']));
    if has_offset {
        return None;
    }
    let local: DateTime = shorten_fraction(text).parse().ok()?;
    local.to_zoned_datetime(zone.clone()).ok().map(|z| z.timestamp())
}

/// An offset has at most 23 hours (RFC 3339, 5.6; RFC 5322, 3.3).
fn offset_exists(text: &str) -> bool {
    let Some((_, hours)) = text.get(10..).and_then(|rest| rest.rsplit_once(['+', '-'])) else { return true };
    !hours.starts_with(|c: char| c.is_ascii_digit())
        || hours.get(..2).and_then(|hours| hours.parse::<u8>().ok()).is_none_or(|hours| hours <= 23)
}

/// A day: `2024-01-31`, or the day of a date and time as it stands there.
#[must_use]
pub fn date_from_text(text: &str) -> Option<Date> {
    let text = text.trim();
    text.get(..10).filter(|d| d.len() == text.len() || text.get(10..11) == Some("T"))?.parse().ok()
}

/// At most nine digits of a fraction are kept: more are beyond a nanosecond.
fn shorten_fraction(text: &str) -> String {
    let Some(dot) = text.find('.') else { return text.to_owned() };
    let (before, rest) = text.split_at(dot);
    let digits = rest.chars().skip(1).take_while(char::is_ascii_digit).count();
    let kept = digits.min(9);
    format!("{before}{}{}", rest.get(..=kept).unwrap_or(rest), rest.get(digits + 1..).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_read_strictly() {
        let chicago = TimeZone::get("America/Chicago").unwrap();
        for (text, expected) in [
            ("2018-05-07T20:14:17+00:00", Some("2018-05-07T20:14:17Z")),
            ("Tue, 05 Mar 2019 21:40:11 +0000", Some("2019-03-05T21:40:11Z")),
            ("2024-01-01T10:20:30.1234567", Some("2024-01-01T16:20:30.1234567Z")),
            ("2024-01-01T10:20:30.12345678901Z", Some("2024-01-01T10:20:30.123456789Z")),
            ("2024-02-30T00:00:00Z", None),
            // offsets that do not exist, and the example of RFC 5322, A.5
            ("2024-01-01T10:20:30+24:00", None),
            ("2024-01-01T10:20:30+23:59", Some("2023-12-31T10:21:30Z")),
            ("Tue, 05 Mar 2019 21:40:11 +2400", None),
            (
                "Thu,\r\n      13\r\n        Feb\r\n          1969\r\n      23:32\r\n               -0330 (Newfoundland Time)",
                Some("1969-02-14T03:02:00Z"),
            ),
            ("2024-01-01T10:20:30+0x:00", None),
            ("yesterday", None),
            ("", None),
        ] {
            assert_eq!(instant_from_text(text, &chicago).map(|t| t.to_string()).as_deref(), expected, "{text}");
        }
    }
}
