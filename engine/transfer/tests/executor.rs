//! What the executor repeats, what it refuses to send, and what nobody ever sees of it.
#![allow(clippy::unwrap_used, clippy::panic)] // a test ends where it goes wrong

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use mapwright_language::schema::{Api, Method, Repeat};
use mapwright_transfer::http::{
    Account, Class, Exchange, ExchangeError, Executor, Incoming, Outgoing, Pace, Priority, Request, RequestBudget,
    Transport,
};
use secrecy::{ExposeSecret, SecretString};

/// Gives these answers one after the other; when they are used up, 200.
#[derive(Default)]
struct Script {
    answers: Mutex<VecDeque<Result<Incoming, ExchangeError>>>,
    sent: Mutex<Vec<Outgoing>>,
    now: AtomicUsize,
    most: AtomicUsize,
    takes: Duration,
}

impl Transport for Script {
    fn exchange(&self, request: Outgoing) -> Exchange<'_> {
        Box::pin(async move {
            self.sent.lock().unwrap().push(request);
            let now = self.now.fetch_add(1, Ordering::SeqCst) + 1;
            self.most.fetch_max(now, Ordering::SeqCst);
            tokio::time::sleep(self.takes).await;
            self.now.fetch_sub(1, Ordering::SeqCst);
            self.answers.lock().unwrap().pop_front().unwrap_or(Ok(status(200)))
        })
    }
}

fn status(status: u16) -> Incoming {
    Incoming { status, headers: Vec::new(), body: bytes::Bytes::from_static(b"{\"title\":\"t\"}") }
}

fn lost() -> Result<Incoming, ExchangeError> {
    Err(ExchangeError::Lost("the connection broke off".to_owned()))
}

fn not_sent() -> Result<Incoming, ExchangeError> {
    Err(ExchangeError::NotSent("no connection".to_owned()))
}

const TOKEN: &str = "canary-token-4711";

fn account() -> Account {
    Account::bigcommerce("https://api.example.com/", "abc123", SecretString::from(TOKEN)).unwrap()
}

fn executor(answers: Vec<Result<Incoming, ExchangeError>>) -> (Arc<Script>, Executor) {
    let script = Arc::new(Script { answers: Mutex::new(answers.into()), ..Script::default() });
    let account = account().with_budget(RequestBudget::new(Pace::Free, 16, 1));
    (script.clone(), Executor::new(script, vec![Arc::new(account)], 1))
}

fn read() -> Request {
    Request {
        api: Api::BigcommerceV3,
        method: Method::Get,
        path: "/customers?email:in=canary%40example.com".to_owned(),
        template: "/customers".to_owned(),
        body: None,
        repeat: Repeat::Safe,
        concurrency: None,
        priority: Priority::Bulk,
    }
}

fn create() -> Request {
    Request {
        method: Method::Post,
        path: "/catalog/products".to_owned(),
        template: "/catalog/products".to_owned(),
        body: Some("{\"name\":\"canary\"}".to_owned()),
        repeat: Repeat::LookUpFirst,
        ..read()
    }
}

/// How many tries, and how it ended.
async fn outcome(request: &Request, answers: Vec<Result<Incoming, ExchangeError>>) -> (usize, Result<u16, Class>) {
    let (script, executor) = executor(answers);
    let result = executor.send(request).await;
    if let Err(error) = &result {
        let shown = format!("{error} {error:?} {request:?} {executor:?}");
        assert!(!shown.contains("canary"), "{shown}");
    }
    let tries = script.sent.lock().unwrap().len();
    (tries, result.map(|answer| answer.status).map_err(|error| error.class))
}

#[tokio::test(start_paused = true)]
async fn what_is_repeated() {
    let table = [
        // Passing trouble: what is safe is sent again, what is not is of unknown outcome at once.
        (vec![Ok(status(500))], (2, Ok(200)), (1, Err(Class::UnknownOutcome))),
        (vec![Ok(status(502))], (2, Ok(200)), (1, Err(Class::UnknownOutcome))),
        (vec![Ok(status(503))], (2, Ok(200)), (1, Err(Class::UnknownOutcome))),
        (vec![Ok(status(504)), lost()], (3, Ok(200)), (1, Err(Class::UnknownOutcome))),
        (vec![lost()], (2, Ok(200)), (1, Err(Class::UnknownOutcome))),
        // What was surely not done is sent again by all.
        (vec![not_sent(), not_sent()], (3, Ok(200)), (3, Ok(200))),
        (vec![Ok(status(429)), Ok(status(429))], (3, Ok(200)), (3, Ok(200))),
        // What will not change is not sent again.
        (vec![Ok(status(301))], (1, Err(Class::Redirect)), (1, Err(Class::Redirect))),
        (vec![Ok(status(400))], (1, Err(Class::Refused)), (1, Err(Class::Refused))),
        (vec![Ok(status(401))], (1, Err(Class::Unauthorized)), (1, Err(Class::Unauthorized))),
        (vec![Ok(status(403))], (1, Err(Class::Scope)), (1, Err(Class::Scope))),
        (vec![Ok(status(404))], (1, Err(Class::NotFound)), (1, Err(Class::NotFound))),
        (vec![Ok(status(409))], (1, Err(Class::Conflict)), (1, Err(Class::Conflict))),
        (vec![Ok(status(413))], (1, Err(Class::Refused)), (1, Err(Class::Refused))),
        (vec![Ok(status(422))], (1, Err(Class::Refused)), (1, Err(Class::Refused))),
        (vec![Ok(status(507))], (1, Err(Class::Refused)), (1, Err(Class::Refused))),
        // An answer that cannot be held: a create was perhaps made.
        (
            vec![Err(ExchangeError::TooLarge { status: 200, limit: 1 << 20 })],
            (1, Err(Class::BadAnswer)),
            (1, Err(Class::UnknownOutcome)),
        ),
        // Tries end.
        (vec![not_sent(); 9], (4, Err(Class::NotSent)), (4, Err(Class::NotSent))),
        (vec![Ok(status(500)); 9], (4, Err(Class::Unavailable)), (1, Err(Class::UnknownOutcome))),
    ];
    for (answers, of_read, of_create) in table {
        assert_eq!(outcome(&read(), answers.clone()).await, of_read, "read: {answers:?}");
        assert_eq!(outcome(&create(), answers.clone()).await, of_create, "create: {answers:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn message_a_refused_token_closes_the_account_and_names_the_store_hash() {
    let (script, executor) = executor(vec![Ok(status(401))]);
    assert_eq!(executor.send(&read()).await.unwrap_err().class, Class::Unauthorized);
    let again = executor.send(&read()).await.unwrap_err();
    assert_eq!(
        again.to_string(),
        "BigCommerce refuses the token (401): it was replaced or revoked, or `store_hash` names another store; a new one is set with `mapwright subscription set --token-file FILE`"
    );
    assert_eq!(script.sent.lock().unwrap().len(), 1);
}

fn no_connection() -> Result<Incoming, ExchangeError> {
    Err(ExchangeError::NoConnection("no connection: refused".to_owned()))
}

fn late() -> Result<Incoming, ExchangeError> {
    Err(ExchangeError::Late("no answer in time".to_owned()))
}

#[tokio::test(start_paused = true)]
async fn an_account_that_nobody_hears_of_takes_no_more_calls() {
    for (silence, why) in [(no_connection(), "no connection: refused"), (late(), "no answer in time")] {
        let (script, executor) = executor(vec![silence; 9]);
        for _ in 0..2 {
            let error = executor.send(&read()).await.unwrap_err();
            assert_eq!(error.class, Class::Unreachable);
            assert_eq!(error.to_string(), format!("BigCommerce is not reachable at api.example.com: {why}"));
        }
        assert_eq!(script.sent.lock().unwrap().len(), 4, "the second call is not even tried");
    }
    // a create whose answer did not come is of unknown outcome, as ever
    assert_eq!(outcome(&create(), vec![late(); 9]).await, (1, Err(Class::UnknownOutcome)));
    assert_eq!(outcome(&create(), vec![no_connection(); 9]).await, (4, Err(Class::Unreachable)));
    // somebody is there: it is this call's trouble alone
    for answer in [Ok(status(503)), lost()] {
        let script = vec![no_connection(), answer, no_connection(), no_connection()];
        assert_eq!(outcome(&read(), script).await, (4, Err(Class::NotSent)));
    }
}

#[tokio::test(start_paused = true)]
async fn messages_name_the_route_and_not_the_values() {
    let (_, executor) = executor(vec![Ok(status(422)), lost()]);
    let error = executor.send(&read()).await.unwrap_err();
    assert_eq!(error.to_string(), "`GET /customers` was answered 422 by store abc123");
    assert_eq!(&error.answer.unwrap().body[..], b"{\"title\":\"t\"}");
    let error = executor.send(&create()).await.unwrap_err();
    assert_eq!(error.to_string(), "`POST /catalog/products` got no answer: the connection broke off");
}

#[tokio::test(start_paused = true)]
async fn the_token_goes_into_its_header_and_nowhere_else() {
    let (script, executor) = executor(Vec::new());
    executor.send(&create()).await.unwrap();
    let sent = script.sent.lock().unwrap();
    assert_eq!(sent[0].url, "https://api.example.com/stores/abc123/v3/catalog/products");
    assert_eq!(sent[0].credential.0, "x-auth-token");
    assert_eq!(sent[0].credential.1.expose_secret(), TOKEN);
    assert!(!format!("{:?} {:?}", sent[0], executor.accounts()).contains("canary"));
    let ipaas = Account::ipaas("https://ipaas.example.com", &SecretString::from(TOKEN), None).unwrap();
    assert!(!format!("{ipaas:?}").contains("canary"));
}

#[test]
fn addresses_that_would_give_the_token_away_are_refused() {
    let token = || SecretString::from(TOKEN);
    let store = |url: &str, hash: &str| Account::bigcommerce(url, hash, token()).map_err(|error| error.to_string());
    assert!(store("https://api.bigcommerce.com", "abc123").is_ok());
    for loopback in ["http://127.0.0.1:8080", "http://[::1]:8080", "http://localhost:1"] {
        assert!(store(loopback, "abc123").is_ok(), "{loopback}");
    }
    for (url, hash) in [
        ("http://api.bigcommerce.com", "abc"),
        ("http://127.0.0.1.example.com", "abc"),
        ("http://localhost.example.com", "abc"),
        ("ftp://127.0.0.1", "abc"),
        ("https://user:canary@api.bigcommerce.com", "abc"),
        ("https://api.bigcommerce.com/?token=canary", "abc"),
        ("not a url", "abc"),
        ("https://api.bigcommerce.com", ""),
        ("https://api.bigcommerce.com", "ABC"),
        ("https://api.bigcommerce.com", "../x"),
        ("https://api.bigcommerce.com", "a/b"),
    ] {
        let error = store(url, hash).unwrap_err();
        assert!(!error.contains("canary"), "{error}");
    }
    for bad in ["", "two words", "line\nbreak", "\u{fc}"] {
        assert!(
            Account::bigcommerce("https://api.bigcommerce.com", "abc", SecretString::from(bad)).is_err(),
            "{bad:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn paths_that_lead_elsewhere_are_not_sent() {
    for path in
        ["", "catalog", "/a/../b", "/a/%2e%2E/b", "/a//b", "/a/", "/a b", "/a#b", "/a\\b", "/\u{fc}", "/a\r\nX: y"]
    {
        let (script, executor) = executor(Vec::new());
        let error = executor.send(&Request { path: path.to_owned(), ..read() }).await.unwrap_err();
        assert_eq!(error.class, Class::NotSent, "{path:?}");
        assert!(script.sent.lock().unwrap().is_empty());
    }
}

/// Sends `count` requests at once and gives the most that were under way together.
async fn together(account: Account, count: usize, request: impl Fn(usize) -> Request) -> usize {
    let script = Arc::new(Script { takes: Duration::from_millis(100), ..Script::default() });
    let executor = Arc::new(Executor::new(script.clone(), vec![Arc::new(account)], 1));
    let tasks: Vec<_> = (0..count)
        .map(|number| {
            let (executor, request) = (executor.clone(), request(number));
            tokio::spawn(async move { executor.send(&request).await.unwrap() })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    script.most.load(Ordering::SeqCst)
}

#[tokio::test(start_paused = true)]
async fn concurrent_calls_are_limited_by_route_and_by_account() {
    let free = || account().with_budget(RequestBudget::new(Pace::Free, 16, 1));
    assert_eq!(together(free(), 40, |_| read()).await, 3);
    assert_eq!(together(free(), 40, |_| Request { concurrency: Some(10), ..read() }).await, 10);
    assert_eq!(together(free(), 40, |_| Request { concurrency: Some(1), ..read() }).await, 1);
    assert_eq!(together(free(), 40, |n| Request { template: format!("/{n}"), ..read() }).await, 16);
    // A window of which nothing is known takes one call; the headers never come, so the documented pace is kept.
    assert_eq!(together(account(), 5, |n| Request { template: format!("/{n}"), ..read() }).await, 1);
}

#[tokio::test(start_paused = true)]
async fn live_requests_go_first_and_bulk_is_not_starved() {
    let script = Arc::new(Script { takes: Duration::from_millis(10), ..Script::default() });
    let account = account().with_budget(RequestBudget::new(Pace::Free, 1, 1));
    let executor = Arc::new(Executor::new(script.clone(), vec![Arc::new(account)], 1));
    let mut tasks = Vec::new();
    for number in 0..40 {
        let priority = if number < 20 { Priority::Bulk } else { Priority::Live };
        let path = format!("/{}", if number < 20 { "bulk" } else { "live" });
        let (executor, request) =
            (executor.clone(), Request { template: number.to_string(), path, priority, ..read() });
        tasks.push(tokio::spawn(async move { executor.send(&request).await.unwrap() }));
    }
    for task in tasks {
        task.await.unwrap();
    }
    let order: String =
        script.sent.lock().unwrap().iter().map(|sent| if sent.url.ends_with("live") { 'L' } else { 'b' }).collect();
    assert_eq!(order, "bLLLLLLLLLbLLLLLLLLLbLLbbbbbbbbbbbbbbbbb");
}

#[tokio::test(start_paused = true)]
async fn stopping_ends_what_waits_and_lets_the_rest_end() {
    let script = Arc::new(Script { takes: Duration::from_secs(5), ..Script::default() });
    let account = Arc::new(account().with_budget(RequestBudget::new(Pace::Free, 1, 1)));
    let executor = Arc::new(Executor::new(script.clone(), vec![account], 1));
    let sending = |executor: Arc<Executor>| tokio::spawn(async move { executor.send(&create()).await });
    let (first, second) = (sending(executor.clone()), sending(executor.clone()));
    tokio::time::sleep(Duration::from_secs(1)).await;
    executor.stop();
    assert_eq!(first.await.unwrap().unwrap().status, 200);
    assert_eq!(second.await.unwrap().unwrap_err().class, Class::Stopped);
    assert_eq!(script.sent.lock().unwrap().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn whoever_gives_up_waiting_leaves_the_queue() {
    let script = Arc::new(Script { takes: Duration::from_secs(5), ..Script::default() });
    let account = Arc::new(account().with_budget(RequestBudget::new(Pace::Free, 1, 1)));
    let executor = Executor::new(script, vec![account.clone()], 1);
    let (a, b, c) = (read(), create(), Request { template: "/c".to_owned(), ..read() });
    let (first, given_up, third) = tokio::join!(
        executor.send(&a),
        tokio::time::timeout(Duration::from_secs(1), executor.send(&b)),
        executor.send(&c),
    );
    assert!(first.is_ok() && given_up.is_err() && third.is_ok());
    assert_eq!(account.counters().calls, 2);
    // Given up while in flight: its answer is lost, the next may go.
    assert!(tokio::time::timeout(Duration::from_secs(1), executor.send(&a)).await.is_err());
    assert!(executor.send(&c).await.is_ok());
    assert_eq!(account.counters().lost, 1);
}

#[tokio::test(start_paused = true)]
async fn a_static_limit_is_kept() {
    let script = Arc::new(Script::default());
    let account =
        Account::ipaas("https://ipaas.example.com", &SecretString::from("t"), Some((10, Duration::from_secs(5))));
    let executor = Executor::new(script, vec![Arc::new(account.unwrap())], 1);
    let began = tokio::time::Instant::now();
    for _ in 0..21 {
        executor.send(&Request { api: Api::IpaasProducts, ..read() }).await.unwrap();
    }
    assert!(began.elapsed() >= Duration::from_secs(10) && began.elapsed() < Duration::from_millis(10_100));
}

#[tokio::test(start_paused = true)]
async fn faults_d13_lasting_trouble_ends_the_run_and_passing_trouble_does_not() {
    for trouble in [Ok(status(429)), Ok(status(503)), Ok(status(500)), lost()] {
        // for ever: soon no record is tried any more
        let (script, executor) = executor(vec![trouble.clone(); 10_000]);
        let began = tokio::time::Instant::now();
        let mut record = 0;
        let end = loop {
            record += 1;
            let error = executor.send(&read()).await.unwrap_err();
            if error.class == Class::Unreachable {
                break error;
            }
            assert!(record < 1_000, "{trouble:?}: it goes on for ever");
        };
        let tries = script.sent.lock().unwrap().len();
        assert!(
            (6..200).contains(&tries) && began.elapsed() < Duration::from_secs(300),
            "{tries} {:?}",
            began.elapsed()
        );
        assert!(end.why.contains("no good answer for"), "{end}");
        assert_eq!(executor.send(&read()).await.unwrap_err().class, Class::Unreachable);
        assert_eq!(script.sent.lock().unwrap().len(), tries, "nothing more is sent");
    }
    // one good answer now and then: the account is alive
    let answers = (0..400).map(|i| if i % 5 == 4 { Ok(status(200)) } else { Ok(status(503)) }).collect();
    let (_, executor) = executor(answers);
    for _ in 0..60 {
        let ended = executor.send(&read()).await;
        assert!(ended.is_ok_and(|a| a.status == 200) || executor.accounts()[0].closed().is_none());
    }
}

#[tokio::test]
async fn faults_d13_an_answer_of_too_many_small_values_is_not_read() {
    let many =
        |values: usize| Incoming { status: 200, headers: vec![], body: format!("[{}1]", "1,".repeat(values)).into() };
    let (_, few) = executor(vec![Ok(many(1_000_000))]);
    assert!(few.send(&read()).await.is_ok());
    let (_, more) = executor(vec![Ok(many(3_000_000))]);
    let error = more.send(&read()).await.unwrap_err();
    assert_eq!(error.class, Class::BadAnswer);
    assert!(error.why.contains("more than 2000000 values"), "{error}");
}
