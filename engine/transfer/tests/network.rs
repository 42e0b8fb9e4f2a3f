//! The network against a server of a few lines: what it sends, and what it does not follow.
#![allow(clippy::unwrap_used, clippy::panic)] // a test ends where it goes wrong

use std::time::Duration;

use mapwright_language::schema::Method;
use mapwright_transfer::http::{ExchangeError, Incoming, Network, Outgoing, Transport};
use secrecy::SecretString;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// Serves one connection with this answer, cut off at its end; gives what was asked.
async fn exchange(answer: Vec<u8>, body: Option<&str>) -> (String, Result<Incoming, ExchangeError>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut asked = vec![0; 65_536];
        let mut length = 0;
        loop {
            length += stream.read(&mut asked[length..]).await.unwrap();
            let text = String::from_utf8_lossy(&asked[..length]).into_owned();
            if text.contains("\r\n\r\n") && (!text.contains("content-length: 2") || text.ends_with("{}")) {
                let _ = stream.write_all(&answer).await;
                let _ = stream.shutdown().await;
                return text;
            }
        }
    });
    let network = Network::new("Mapwright/test").unwrap();
    let outgoing = Outgoing {
        method: if body.is_some() { Method::Post } else { Method::Get },
        url: format!("http://{address}/stores/abc/v3/things?email=canary%40example.com"),
        credential: ("x-auth-token", SecretString::from("canary-token")),
        body: body.map(str::to_owned),
    };
    let result = network.exchange(outgoing).await;
    assert!(!format!("{result:?}").contains("canary"), "{result:?}");
    (server.await.unwrap(), result)
}

fn plain(head: &str, body: &str) -> Vec<u8> {
    format!("HTTP/1.1 {head}\r\nContent-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

#[tokio::test]
async fn headers_go_out_and_come_in() {
    let answer = plain(
        "200 OK\r\nX-Rate-Limit-Requests-Left: 147\r\nX-Other: canary\r\nX-Pagination: {\"total_Pages\":3}",
        "[]",
    );
    let (asked, result) = exchange(answer, Some("{}")).await;
    for line in [
        "x-auth-token: canary-token",
        "accept: application/json",
        "content-type: application/json",
        "user-agent: Mapwright/test",
    ] {
        assert!(asked.contains(line), "{line} in {asked}");
    }
    let incoming = result.unwrap();
    assert_eq!(incoming.header("x-rate-limit-requests-left"), Some("147"));
    assert_eq!(incoming.header("x-pagination"), Some("{\"total_Pages\":3}"));
    assert_eq!((incoming.status, &incoming.body[..]), (200, &b"[]"[..]));
    let (asked, _) = exchange(plain("200 OK", ""), None).await;
    assert!(!asked.contains("content-type"), "{asked}");
}

#[tokio::test]
async fn a_redirect_is_an_answer() {
    // Were it followed, the token would reach a port where nobody listens, and this would be an error.
    let (_, result) = exchange(plain("302 Found\r\nLocation: http://127.0.0.1:1/", ""), None).await;
    assert_eq!(result.unwrap().status, 302);
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_lost() {
    for answer in [&b""[..], b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n[1", b"HTTP/1.1 2", b"nonsense\r\n\r\n"] {
        let (_, result) = exchange(answer.to_vec(), Some("{}")).await;
        assert!(matches!(result, Err(ExchangeError::Lost(_))), "{answer:?}: {result:?}");
    }
}

#[tokio::test]
async fn an_answer_without_end_is_cut() {
    let body = " ".repeat((32 << 20) + 1);
    let (_, result) = exchange(plain("200 OK", &body), None).await;
    assert_eq!(result, Err(ExchangeError::TooLarge { status: 200, limit: 32 << 20 }));
}

#[tokio::test]
async fn where_nobody_listens_nothing_is_sent() {
    let address = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let outgoing = |url: String| Outgoing {
        method: Method::Get,
        url,
        credential: ("x-auth-token", SecretString::from("canary")),
        body: None,
    };
    let network = Network::new("Mapwright/test").unwrap();
    let one = network.exchange(outgoing(format!("http://{address}/a"))).await;
    assert!(matches!(one, Err(ExchangeError::NoConnection(_))), "{one:?}");
    // Not encrypted, not on this machine: not even tried.
    let other =
        tokio::time::timeout(Duration::from_secs(5), network.exchange(outgoing("http://192.0.2.1/a".to_owned())));
    let other = other.await.unwrap();
    assert!(matches!(other, Err(ExchangeError::NotSent(_))), "{other:?}");
}
