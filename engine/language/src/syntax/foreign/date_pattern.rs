//! Date patterns of .NET, Java, Excel and moment.js (`yyyy-MM-dd`) as `strftime` writes them (`%Y-%m-%d`).

/// The signs, the longest first.
const SIGNS: &[(&str, &str)] = &[
    ("yyyy", "%Y"),
    ("YYYY", "%Y"),
    ("MMMM", "%B"),
    ("dddd", "%A"),
    ("MMM", "%b"),
    ("ddd", "%a"),
    ("zzz", "%:z"),
    ("yy", "%y"),
    ("YY", "%y"),
    ("MM", "%m"),
    ("mm", "%M"),
    ("dd", "%d"),
    ("DD", "%d"),
    ("HH", "%H"),
    ("hh", "%I"),
    ("ss", "%S"),
    ("SS", "%S"),
    ("tt", "%p"),
    ("Z", "%z"),
    ("K", "%z"),
    ("A", "%p"),
    ("T", "T"),
    ("H", "%H"),
    ("d", "%d"),
    ("M", "%m"),
];

/// The pattern in signs of `strftime`; `None` where it is one already, or has letters that nobody knows.
#[must_use]
pub fn strftime(pattern: &str) -> Option<String> {
    if pattern.contains('%') || !pattern.contains(['y', 'Y', 'M', 'd', 'D', 'H', 'h']) {
        return None;
    }
    let mut made = String::with_capacity(pattern.len() * 2);
    let mut rest = pattern;
    while let Some(c) = rest.chars().next() {
        if let Some(quoted) = rest.strip_prefix('\'') {
            let (literal, after) = quoted.split_once('\'')?;
            made.push_str(literal);
            rest = after;
        } else if let Some((sign, is)) = SIGNS.iter().find(|(sign, _)| rest.starts_with(sign)) {
            made.push_str(is);
            rest = rest.get(sign.len()..)?;
        } else if c.is_alphabetic() {
            return None;
        } else {
            made.push(c);
            rest = rest.get(c.len_utf8()..)?;
        }
    }
    Some(made)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn message_date_patterns_of_other_languages() {
        assert_eq!(strftime("yyyy-MM-dd").as_deref(), Some("%Y-%m-%d"));
        assert_eq!(strftime("dd.MM.yyyy HH:mm:ss").as_deref(), Some("%d.%m.%Y %H:%M:%S"));
        assert_eq!(strftime("YYYY-MM-DDTHH:mm:ssZ").as_deref(), Some("%Y-%m-%dT%H:%M:%S%z"));
        assert_eq!(strftime("yyyy'T'HH").as_deref(), Some("%YT%H"));
        assert_eq!(strftime("%Y"), None);
        assert_eq!(strftime("no pattern"), None);
        assert_eq!(strftime("Q"), None);
    }
}
