//! What an answer's headers say of the quota (bigcommerce-api 2.1). What cannot be believed is left out.

use std::time::Duration;

use super::transport::Incoming;

/// Longest window, reset or wait that is believed.
pub(super) const LONGEST: Duration = Duration::from_secs(3600);
/// Largest quota that is believed.
const LARGEST: u64 = 10_000_000;

/// The headers, each if it was there and can be believed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RateHeaders {
    /// `X-Rate-Limit-Time-Window-Ms`
    pub window: Option<Duration>,
    /// `X-Rate-Limit-Time-Reset-Ms`
    pub reset: Option<Duration>,
    /// `X-Rate-Limit-Requests-Quota`
    pub quota: Option<u32>,
    /// `X-Rate-Limit-Requests-Left`
    pub left: Option<u32>,
    /// The longer of `X-Retry-After` and `Retry-After`, seconds.
    pub retry_after: Option<Duration>,
}

impl RateHeaders {
    /// Reads them.
    pub fn read(answer: &Incoming) -> Self {
        let number = |name: &str| -> Option<u64> {
            let text = answer.header(name)?.trim();
            if text.is_empty() || text.len() > 12 || !text.bytes().all(|b| b.is_ascii_digit()) {
                return None;
            }
            text.parse().ok()
        };
        let time = |name: &str| number(name).map(Duration::from_millis).filter(|time| *time <= LONGEST);
        let count =
            |name: &str| number(name).filter(|count| *count <= LARGEST).and_then(|count| u32::try_from(count).ok());
        let wait = |name: &str| number(name).map(|seconds| Duration::from_secs(seconds).min(LONGEST));
        let window = time("x-rate-limit-time-window-ms").filter(|window| *window >= Duration::from_millis(100));
        RateHeaders {
            window,
            // a window that ends after more than its own length contradicts itself
            reset: time("x-rate-limit-time-reset-ms").filter(|reset| window.is_none_or(|window| *reset <= window)),
            quota: count("x-rate-limit-requests-quota").filter(|quota| *quota > 0),
            left: count("x-rate-limit-requests-left"),
            retry_after: wait("x-retry-after").max(wait("retry-after")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> RateHeaders {
        let headers = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        RateHeaders::read(&Incoming { status: 200, headers, body: bytes::Bytes::new() })
    }

    #[test]
    fn truthful_headers_are_read() {
        let headers = read(&[
            ("x-rate-limit-time-window-ms", "30000"),
            ("x-rate-limit-time-reset-ms", "27320"),
            ("x-rate-limit-requests-quota", "150"),
            ("x-rate-limit-requests-left", "147"),
            ("retry-after", "2"),
            ("x-retry-after", "5"),
        ]);
        assert_eq!(
            headers,
            RateHeaders {
                window: Some(Duration::from_secs(30)),
                reset: Some(Duration::from_millis(27_320)),
                quota: Some(150),
                left: Some(147),
                retry_after: Some(Duration::from_secs(5)),
            }
        );
    }

    #[test]
    fn garbage_is_left_out() {
        for garbage in ["", "-1", "NaN", "12 times", "1e3", "99999999999999999999", "0x10", "\u{663}"] {
            let headers = read(&[
                ("x-rate-limit-time-window-ms", garbage),
                ("x-rate-limit-time-reset-ms", garbage),
                ("x-rate-limit-requests-quota", garbage),
                ("x-rate-limit-requests-left", garbage),
                ("retry-after", garbage),
            ]);
            assert_eq!(headers, RateHeaders::default(), "{garbage:?}");
        }
    }
}
