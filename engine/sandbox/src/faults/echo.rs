//! Refusals with something in them that must neither be shown nor kept.

use serde_json::{Value, json};

use crate::exchange::{Answer, Call};

/// A refusal in the shape of the system that was called, around a text of our choice.
fn refusal(call: &Call, status: u16, text: &str) -> Answer {
    match call.path.first().map(String::as_str) {
        Some("v2") => Answer::json(
            status,
            json!([{"status": status, "message": text, "details": {"invalid_reason": text, text: text}}]),
        ),
        Some("v3") => {
            let errors = Value::Object(serde_json::Map::from_iter([
                (text.to_owned(), Value::from(text)),
                ("name".to_owned(), Value::from(text)),
                ("deep".to_owned(), json!({text: [text]})),
            ]));
            Answer::json(
                status,
                json!({"status": status, "title": text, "detail": text, "type": text, "errors": errors}),
            )
        }
        _ => Answer::json(status, json!({"code": text, "message": text, text: text})),
    }
}

/// The token in every place that a refusal has for a text.
pub fn token(call: &Call, token: &str, dice: u64) -> Answer {
    let status = [400, 403, 409, 422][usize::try_from(dice % 4).unwrap_or(0)];
    refusal(call, status, &format!("no access for X-Auth-Token: {token}"))
}

/// Control characters and characters without a width in every place that a refusal has for a text.
pub fn control_characters(call: &Call, dice: u64) -> Answer {
    let texts = [
        "\u{1b}[2J\u{1b}[1;31mall is well\u{1b}[0m",
        "\u{1b}]0;a title\u{7}\u{1b}]8;;http://example.com\u{1b}\\here\u{1b}]8;;\u{1b}\\",
        "nothing\u{0}\u{8}\u{8}\u{8}\r\nfailed: 0",
        "\u{202e}lla si llew\u{202c}\u{200b}\u{2066}\u{feff}",
        "\u{9b}2J\u{85}",
    ];
    let at = usize::try_from(dice % texts.len() as u64).unwrap_or(0);
    refusal(call, 422, texts[at])
}
