//! From HTTP to the systems and back.

use std::{io, sync::Arc};

use axum::{
    Router,
    body::{self, Body, Bytes},
    extract::{ConnectInfo, Request, State},
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::Response,
};
use futures_util::stream;

use crate::{
    connection::Scissors,
    exchange::Answer,
    message::{Arrival, Departure, Ending},
    systems::Shared,
};

/// Largest body that is read, bytes.
const LARGEST: usize = 16 * 1024 * 1024;

/// Everything goes through one handler: the paths of the two systems are their own business.
pub fn router(shared: Arc<Shared>) -> Router {
    Router::new().fallback(serve).with_state(shared)
}

async fn serve(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(scissors): ConnectInfo<Scissors>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(bytes) = body::to_bytes(body, LARGEST).await else { return send(Answer::empty(413).into()) };
    let text = |value: &HeaderValue| value.to_str().ok().map(str::to_owned);
    let arrival = Arrival {
        method: parts.method.as_str().to_owned(),
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        headers: parts.headers.iter().filter_map(|(name, value)| Some((name.to_string(), text(value)?))).collect(),
        body: bytes.to_vec(),
    };
    let departure = shared.answer(&arrival).await;
    if departure.ending == Ending::Dropped {
        scissors.cut();
    }
    send(departure)
}

fn send(departure: Departure) -> Response {
    let body = match departure.ending {
        Ending::Whole | Ending::Dropped => Body::from(departure.body),
        Ending::Cut => {
            let half = Bytes::copy_from_slice(&departure.body[..departure.body.len() / 2]);
            Body::from_stream(stream::iter([Ok(half), Err(io::Error::other("cut in the middle"))]))
        }
        Ending::Dripping(pause) => {
            let bytes = departure.body.into_iter();
            Body::from_stream(stream::unfold(bytes, move |mut bytes| async move {
                let byte = bytes.next()?;
                tokio::time::sleep(pause).await;
                Some((Ok::<_, io::Error>(Bytes::copy_from_slice(&[byte])), bytes))
            }))
        }
    };
    let mut response = Response::new(body);
    // Status 0 stands for a dropped connection; nothing of this answer is sent.
    *response.status_mut() = StatusCode::from_u16(departure.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    if let Some(kind) = departure.kind {
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    }
    for (name, value) in departure.headers {
        if let Ok(value) = HeaderValue::from_str(&value) {
            response.headers_mut().insert(HeaderName::from_bytes(name.as_bytes()).unwrap_or(header::WARNING), value);
        }
    }
    response
}
