//! What a refusal says, and rows in the form in which they are written. Whether an answer is believed is decided in
//! `expected`.

use mapwright_language::json::{Json, read};
use mapwright_language::schema::{Call, RecordType};
use mapwright_language::value::harmless_line;

use super::wire::Answer;

/// A refusal in the API's own words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// HTTP status.
    pub status: u16,
    /// The API's message.
    pub message: String,
    /// Field → message, as far as it names fields.
    pub fields: Vec<(String, String)>,
}

impl Refusal {
    /// With the path of the request, ids and all, where the message has that of the route. The query stays out: it may hold
    /// personal values.
    #[must_use]
    pub fn to(mut self, call: &Call, path: &str) -> Self {
        if call.path.contains('{') {
            self.message = self.message.replace(&call.path, path.split('?').next().unwrap_or_default());
        }
        self
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({})", self.message, self.status)?;
        for (field, message) in &self.fields {
            write!(f, "; `{field}`: {message}")?;
        }
        Ok(())
    }
}

/// A row with the fields that answers have elsewhere put where requests have them (`read_at`).
#[must_use]
pub fn in_write_form(record: &RecordType, mut row: Json, outside: &Json) -> Json {
    let mut moved = Vec::new();
    for (name, field) in record.fields.iter() {
        let Some(place) = &field.read_at else { continue };
        let (start, rest) = match place.strip_prefix("^.") {
            Some(rest) => (outside, rest),
            None => (&row, place.as_str()),
        };
        if let Some(value) = rest.split('.').try_fold(start, |json, key| json.get(key)) {
            moved.push((name.to_owned(), value.clone()));
        }
    }
    for (name, value) in moved {
        row.set(&name, value);
    }
    row
}

/// What an answer that is no success says. Bodies of gateways may be anything, HTML included (bigcommerce-api 2.4).
#[must_use]
pub fn refusal(answer: &Answer) -> Refusal {
    let body = read(&answer.body).unwrap_or(Json::Null);
    // V2 answers an array of objects, V3 an object, batches an object with `batch_errors` (bigcommerce-api 3.4)
    let first = match &body {
        Json::List(items) => items.first().unwrap_or(&Json::Null),
        Json::Object(_) => {
            body.get("batch_errors").and_then(|b| b.items().first()).or_else(|| body.get("error")).unwrap_or(&body)
        }
        other => other,
    };
    let message = ["title", "message", "detail", "error"]
        .iter()
        .find_map(|key| first.get(key).and_then(Json::text))
        .or_else(|| first.text())
        .map_or_else(|| String::from("no readable reason was given"), |m| cut(m, 300));
    let message = match &answer.needs {
        Some(scope) => {
            format!("{message}; the token lacks the scope {scope}, or the store's plan does not allow the call")
        }
        None => message,
    };
    let mut fields = Vec::new();
    let errors = first.get("errors").filter(|e| !e.entries().is_empty() || !e.items().is_empty());
    if let Some(errors) = errors.or_else(|| first.get("field_errors")) {
        gather(errors, "", &mut fields, 0);
    }
    Refusal { status: answer.status, message, fields }
}

fn gather(errors: &Json, place: &str, fields: &mut Vec<(String, String)>, depth: usize) {
    if fields.len() >= 20 || depth > 4 {
        return;
    }
    match errors {
        Json::Text(message) => fields.push((place.to_owned(), cut(message, 200))),
        Json::Object(entries) => {
            for (key, value) in entries {
                let key = cut(key, 100);
                let inner = if place.is_empty() { key } else { format!("{place}.{key}") };
                gather(value, &inner, fields, depth + 1);
            }
        }
        Json::List(items) => {
            for item in items {
                gather(item, place, fields, depth + 1);
            }
        }
        _ => {}
    }
}

fn cut(text: &str, most: usize) -> String {
    let one_line: String = text.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).take(most).collect();
    harmless_line(one_line.trim()).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, body: &str) -> Answer {
        Answer { status, body: body.as_bytes().to_vec(), ..Answer::default() }
    }

    #[test]
    fn a_refusal_says_what_the_api_says() {
        for (status, body, expected) in [
            (
                422,
                r#"{"status":422,"title":"Missing Required Fields","errors":{"name":"Please provide a name."}}"#,
                "Missing Required Fields (422); `name`: Please provide a name.",
            ),
            (
                404,
                r#"[{"status":404,"message":"The requested resource was not found."}]"#,
                "The requested resource was not found. (404)",
            ),
            (
                422,
                r#"{"batch_errors":[{"title":"bad variant","errors":{"sku":["taken"]}}]}"#,
                "bad variant (422); `sku`: taken",
            ),
            (409, r#"{"status":409,"title":"Conflict","errors":{}}"#, "Conflict (409)"),
            (
                422,
                "{\"title\":\"a\\u001b[2Jb\\u202e\\nc\",\"errors\":{\"\\u001b]0;x\\u0007\":\"\\u0000\"}}",
                "a\\u{1b}[2Jb\\u{202e} c (422); `\\u{1b}]0;x\\u{7}`: \\u{0}",
            ),
            (502, "<html>Bad gateway</html>", "no readable reason was given (502)"),
            (500, "", "no readable reason was given (500)"),
        ] {
            assert_eq!(refusal(&answer(status, body)).to_string(), expected);
        }
    }
}
