//! Answers: where the records are, which answered record belongs to which that was sent, and what a refusal says.

use mapwright_language::json::{Json, read};
use mapwright_language::schema::{Answer as Form, Call, RecordType};
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

/// The records of an answer, in the form in which they are written ([`in_write_form`]).
///
/// # Errors
/// The answer is a refusal, or not what the route says.
pub fn rows(call: &Call, record: &RecordType, answer: &Answer) -> Result<Vec<Json>, Refusal> {
    taken(call, record, answer, |json| Some(listed(json)))
}

/// The records of a page of a list.
///
/// # Errors
/// As [`rows`]; also something else than a list stands where the page should be. A list that is "nothing" would look as if all were done.
pub fn page(call: &Call, record: &RecordType, answer: &Answer) -> Result<Vec<Json>, Refusal> {
    taken(call, record, answer, |json| if let Json::List(items) = json { Some(items) } else { None })
}

/// The records of an answer; `list` takes them from what stands in their place, if that is what should stand there.
fn taken(
    call: &Call,
    record: &RecordType,
    answer: &Answer,
    list: fn(Json) -> Option<Vec<Json>>,
) -> Result<Vec<Json>, Refusal> {
    if !(200..300).contains(&answer.status) {
        return Err(refusal(answer));
    }
    if matches!(call.answer, Form::Nothing) || answer.status == 204 || answer.body.is_empty() {
        return Ok(vec![]);
    }
    let unlike = |message: String| Refusal { status: answer.status, message, fields: vec![] };
    let body = read(&answer.body).map_err(|e| {
        let page = answer.body.trim_ascii_start().starts_with(b"<");
        unlike(if page {
            format!("the answer to {} is an HTML page, no JSON: maintenance, or a wrong address", call.path)
        } else {
            format!("the answer to {} is not readable: {e}", call.path)
        })
    })?;
    let no_list = || unlike(format!("the answer to {} is no list", call.path));
    let data = |body| match body {
        Json::Object(entries) => {
            Ok(entries.into_iter().find(|(k, _)| &**k == "data").map(|(_, v)| v).unwrap_or_default())
        }
        _ => Err(unlike(format!("the answer to {} has no `data`", call.path))),
    };
    let found = match &call.answer {
        Form::Nothing => vec![],
        Form::Bare => list(body).ok_or_else(no_list)?,
        Form::Data => list(data(body)?).ok_or_else(no_list)?,
        Form::Rows(key) => {
            let elements = list(data(body)?).ok_or_else(no_list)?;
            return Ok(elements
                .iter()
                .flat_map(|element| {
                    element.get(key).map(Json::items).unwrap_or_default().iter().map(move |row| (element, row))
                })
                .map(|(element, row)| in_write_form(record, row.clone(), element))
                .collect());
        }
    };
    let outside = Json::Null;
    Ok(found.into_iter().map(|row| in_write_form(record, row, &outside)).collect())
}

fn listed(json: Json) -> Vec<Json> {
    match json {
        Json::List(items) => items,
        Json::Null => vec![],
        Json::Object(entries) if entries.is_empty() => vec![],
        other => vec![other],
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

/// Which answered record belongs to which sent one: by place where both lists are of one length, else by content
/// (every plain value that was sent stands in the answer; identical addresses are simply absent, bigcommerce-api 3.5).
#[must_use]
pub fn matched(sent: &[Json], answered: Vec<Json>) -> Vec<Option<Json>> {
    if sent.len() == answered.len() {
        return answered.into_iter().map(Some).collect();
    }
    let mut left: Vec<Option<Json>> = answered.into_iter().map(Some).collect();
    sent.iter()
        .map(|record| {
            left.iter_mut().find(|row| row.as_ref().is_some_and(|row| holds(row, record))).and_then(Option::take)
        })
        .collect()
}

/// Whether a row holds every plain value of a record; numbers compare by value.
fn holds(row: &Json, record: &Json) -> bool {
    record.entries().iter().all(|(key, value)| match (value, row.get(key)) {
        (Json::List(_) | Json::Object(_) | Json::Null, _) => true,
        (Json::Number(a), Some(Json::Number(b))) => {
            let number = mapwright_language::value::number_from_text;
            a == b || number(a).is_some_and(|a| Some(a) == number(b))
        }
        (value, Some(other)) => value == other || value.id().is_some_and(|v| other.id() == Some(v)),
        // written only
        (_, None) => true,
    })
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

    #[test]
    fn answered_records_find_those_that_were_sent() {
        let json = |text: &str| read(text.as_bytes()).unwrap();
        let sent = [json(r#"{"a":"x","n":1.0}"#), json(r#"{"a":"y"}"#), json(r#"{"a":"z"}"#)];
        let answered = vec![json(r#"{"id":3,"a":"z"}"#), json(r#"{"id":1,"a":"x","n":1}"#)];
        let ids: Vec<_> = matched(&sent, answered)
            .iter()
            .map(|r| r.as_ref().and_then(|r| r.get("id")?.id().map(str::to_owned)))
            .collect();
        assert_eq!(ids, [Some("1".to_owned()), None, Some("3".to_owned())]);
    }
}
