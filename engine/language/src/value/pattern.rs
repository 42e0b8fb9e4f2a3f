//! Patterns of a lookup: `*` stands for any characters, also none.

/// Whether a text fits a pattern; in time proportional to both lengths at most.
#[must_use]
pub fn fits(pattern: &str, text: &str, ignore_case: bool) -> bool {
    if ignore_case {
        return fits(&pattern.to_lowercase(), &text.to_lowercase(), false);
    }
    let mut pieces = pattern.split('*');
    let first = pieces.next().unwrap_or_default();
    let Some(mut left) = text.strip_prefix(first) else { return false };
    let mut pieces: Vec<&str> = pieces.collect();
    let Some(last) = pieces.pop() else { return left.is_empty() };
    // the earliest place of each piece leaves most for the others
    for piece in pieces {
        match left.find(piece) {
            Some(at) => left = left.get(at + piece.len()..).unwrap_or_default(),
            None => return false,
        }
    }
    left.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn stars_stand_for_anything() {
        for (pattern, text, fit) in [
            ("UPS*", "UPS Ground", true),
            ("UPS*", "UPS", true),
            ("UPS*", "via UPS", false),
            ("*Ground", "UPS Ground", true),
            ("*a*b*", "xxaxxbxx", true),
            ("*a*b*", "xxbxxaxx", false),
            ("a*a", "a", false),
            ("a*a", "aa", true),
            ("*", "", true),
            ("", "", true),
            ("", "x", false),
            ("plain", "plain", true),
            ("é*", "école", true),
        ] {
            assert_eq!(fits(pattern, text, false), fit, "{pattern} {text}");
        }
        assert!(fits("ups*", "UPS Ground", true));
        assert!(!fits("ups*", "UPS Ground", false));
    }
}
