//! What the two systems answer where there is nothing: each in its own documented form.

use mapwright_language::schema::{Api, Method};
use mapwright_transfer::connect::wire::{Answer, Request};

/// "There is no such record", by API.
pub fn not_there(api: Api) -> Answer {
    let body = match api {
        Api::BigcommerceV3 => {
            r#"{"status":404,"title":"The requested resource was not found.","type":"https://developer.bigcommerce.com/api-docs/getting-started/api-status-codes","errors":{}}"#
        }
        Api::BigcommerceV2 => r#"[{"status":404,"message":"The requested resource was not found."}]"#,
        _ => r#"{"code":"NFND-1005","message":"The requested record was not found."}"#,
    };
    Answer { status: 404, body: body.into(), ..Answer::default() }
}

/// What is answered to a request where nothing is there: a read of one record ends in its id, everything else is a list.
pub fn nothing(request: &Request) -> Answer {
    let path = request.path.split('?').next().unwrap_or_default();
    let one = path.rsplit('/').next().is_some_and(|last| last.bytes().all(|b| b.is_ascii_digit()));
    if request.method != Method::Get || one || path.starts_with("/External") {
        return not_there(request.api);
    }
    let (status, body) = match request.api {
        Api::BigcommerceV3 => (
            200,
            r#"{"data":[],"meta":{"pagination":{"total":0,"count":0,"per_page":50,"current_page":1,"total_pages":0}}}"#,
        ),
        Api::BigcommerceV2 => (204, ""),
        _ => (200, "[]"),
    };
    Answer { status, body: body.into(), ..Answer::default() }
}
