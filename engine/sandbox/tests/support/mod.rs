//! A client of both systems, as plain as one can be. Each test program uses some of it.
#![allow(dead_code, clippy::unwrap_used)]

use std::time::Duration;

use mapwright_sandbox::{Credentials, Options, Running, Sandbox};
use reqwest::{Client, Method, RequestBuilder};
use serde_json::Value;

pub struct Stage {
    pub sandbox: Running,
    pub credentials: Credentials,
    pub client: Client,
}

/// What came back.
pub struct Got {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub body: Value,
}

impl Got {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

/// A wide window, so that only tests of the window meet it.
pub fn options(records: usize) -> Options {
    Options { records, quota: 100_000, window: Duration::from_secs(600), ..Options::default() }
}

pub async fn stage(options: Options) -> Stage {
    let sandbox = Sandbox::start(options).await.unwrap();
    let credentials = sandbox.credentials();
    Stage { sandbox, credentials, client: Client::new() }
}

impl Stage {
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let c = &self.credentials;
        let url = format!("{}/stores/{}{path}", c.api_url, c.store_hash);
        self.client.request(method, url).header("X-Auth-Token", &c.access_token).header("Accept", "application/json")
    }

    pub async fn bc(&self, method: Method, path: &str, body: Value) -> Got {
        let request = self.request(method, path);
        answer(if body.is_null() { request } else { request.json(&body) }).await
    }

    pub async fn get(&self, path: &str) -> Value {
        let got = self.bc(Method::GET, path, Value::Null).await;
        assert_eq!(got.status, 200, "{path}: {}", got.body);
        got.body
    }

    /// A write that must succeed; answers `data`.
    pub async fn write(&self, method: Method, path: &str, body: Value) -> Value {
        let got = self.bc(method, path, body).await;
        assert!(got.status < 300, "{path}: {} {}", got.status, got.body);
        got.body.get("data").cloned().unwrap_or(got.body)
    }

    pub async fn ipaas(&self, method: Method, path: &str, body: Value) -> Got {
        let c = &self.credentials;
        let request = self.client.request(method, format!("{}{path}", c.ipaas_url)).bearer_auth(&c.ipaas_token);
        answer(if body.is_null() { request } else { request.json(&body) }).await
    }

    pub async fn control(&self, method: Method, path: &str, body: Value) -> Got {
        let request = self.client.request(method, format!("{}/_sandbox{path}", self.credentials.api_url));
        answer(if body.is_null() { request } else { request.json(&body) }).await
    }
}

pub async fn answer(request: RequestBuilder) -> Got {
    let response = request.send().await.unwrap();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let text = response.text().await.unwrap();
    let body = serde_json::from_str(&text).unwrap_or(if text.is_empty() { Value::Null } else { Value::String(text) });
    Got { status, headers, body }
}
