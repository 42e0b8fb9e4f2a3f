//! Refusals that say: there is such a record already.

use super::answer::Refusal;

/// What both systems call it, in lower case. BigCommerce answers 409 for names, SKUs and addresses of pages, 422 for e-mail
/// addresses and option values.
const WORDS: [&str; 8] =
    ["already", "duplicate", "must be unique", "not unique", "is taken", "has been taken", "in use", "conflict"];

/// Whether a create was refused because what it should make is there.
#[must_use]
pub fn is_duplicate(refusal: &Refusal) -> bool {
    let says = |text: &str| {
        let text = text.to_lowercase();
        WORDS.iter().any(|word| text.contains(word))
    };
    match refusal.status {
        409 => true,
        400 | 422 => says(&refusal.message) || refusal.fields.iter().any(|(_, message)| says(message)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duplicate_is_told_from_other_refusals() {
        let refusal = |status, message: &str, fields: &[(&str, &str)]| Refusal {
            status,
            message: message.to_owned(),
            fields: fields.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect(),
        };
        for (status, message, fields, expected) in [
            (409, "Conflict", &[][..], true),
            (409, "The product name is a duplicate", &[], true),
            (422, "Invalid field(s)", &[("email", "email is already in use by another customer")], true),
            (422, "Value must be unique.", &[], true),
            (400, "The display_name has been taken", &[], true),
            (422, "Missing Required Fields", &[("name", "Please provide a name.")], false),
            (404, "already gone", &[], false),
            (500, "duplicate", &[], false),
        ] {
            assert_eq!(is_duplicate(&refusal(status, message, fields)), expected, "{message}");
        }
    }
}
