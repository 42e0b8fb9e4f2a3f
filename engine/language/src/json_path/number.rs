//! Numbers of JSON by their digits: which is greater, whatever their length and exponent.

use std::cmp::Ordering;

/// A number taken apart: digits without zeros around them, and the place of the first one (0: just behind the point).
struct Parts<'a> {
    negative: bool,
    whole: &'a str,
    decimals: &'a str,
    place: i64,
}

impl Parts<'_> {
    fn of(text: &str) -> Parts<'_> {
        let (negative, text) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let (digits, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let (negative_exponent, exponent) = match exponent.strip_prefix('-') {
            Some(exponent) => (true, exponent),
            None => (false, exponent.strip_prefix('+').unwrap_or(exponent)),
        };
        // beyond every number that fits a file
        let exponent = exponent.parse::<i64>().unwrap_or(1 << 60).min(1 << 60);
        let exponent = if negative_exponent { -exponent } else { exponent };
        let (whole, decimals) = digits.split_once('.').unwrap_or((digits, ""));
        let (whole, decimals) = (whole.trim_start_matches('0'), decimals.trim_end_matches('0'));
        let places = |count: usize| i64::try_from(count).unwrap_or(i64::MAX >> 2);
        if whole.is_empty() {
            let significant = decimals.trim_start_matches('0');
            let place = exponent - places(decimals.len() - significant.len());
            return Parts { negative, whole, decimals: significant, place };
        }
        Parts { negative, whole, decimals, place: exponent + places(whole.len()) }
    }

    fn digits(&self) -> impl Iterator<Item = u8> {
        self.whole.bytes().chain(self.decimals.bytes())
    }

    fn is_zero(&self) -> bool {
        self.digits().all(|d| d == b'0')
    }
}

/// The order of two numbers.
pub(super) fn order(a: &str, b: &str) -> Ordering {
    let (a, b) = (Parts::of(a), Parts::of(b));
    let sign = |parts: &Parts<'_>| {
        if parts.is_zero() {
            0
        } else if parts.negative {
            -1
        } else {
            1
        }
    };
    let signs = sign(&a).cmp(&sign(&b));
    if signs.is_ne() || sign(&a) == 0 {
        return signs;
    }
    // of two with equal first digits the one that goes on with another digit than 0 is greater
    let (mut left, mut right) = (a.digits(), b.digits());
    let digits = || loop {
        match (left.next(), right.next()) {
            (None, None) => return Ordering::Equal,
            (one, other) => {
                let order = one.unwrap_or(b'0').cmp(&other.unwrap_or(b'0'));
                if order.is_ne() {
                    return order;
                }
            }
        }
    };
    let size = a.place.cmp(&b.place).then_with(digits);
    if a.negative { size.reverse() } else { size }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_ordered_by_value() {
        let groups = [
            &["-1e400"][..],
            &["-12", "-1.2e1", "-0.12E+2"],
            &["-0.5"],
            &["0", "-0", "0.00", "0e7", "-0e-3"],
            &["1e-400"],
            &["0.05", "5e-2", "0.5E-1"],
            &["0.1", "0.10", "1e-1"],
            &["0.30000000000000000000000000000001"],
            &["1", "1.0", "10e-1", "1e0"],
            &["9007199254740992"],
            &["9007199254740993"],
            &["1e400", "10e399"],
        ];
        for (i, group) in groups.iter().enumerate() {
            for (j, other) in groups.iter().enumerate() {
                for a in *group {
                    for b in *other {
                        assert_eq!(order(a, b), i.cmp(&j), "{a} {b}");
                    }
                }
            }
        }
    }
}
