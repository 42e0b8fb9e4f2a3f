//! The executor: paces, sends, and sends again what may be sent again (bigcommerce-api 2.4, 3.6).

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use mapwright_language::schema::{Api, Method, Repeat};
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};
use tokio::sync::watch;
use tokio::time::Instant;

use super::account::Account;
use super::call_error::{CallError, Class, class_of};
use super::rate_headers::RateHeaders;
use super::request::{Answer, Request, method_name};
use super::transport::{ExchangeError, Outgoing, Transport};
use super::veil::Veil;

/// Tries of a request whose earlier tries were lost or failed on the other side.
const TRIES: u32 = 4;
/// Tries of a request that was refused with 429 each time: each costs a window at most.
const REFUSED_TRIES: u32 = 10;
/// Most values of an answer, by its commas: a page of 250 products with all they hold has fewer than a tenth of that, and
/// a body of small values takes up to forty times its size in memory.
const MOST_VALUES: usize = 2_000_000;
/// First wait before a try after trouble; doubled each time, and twice as long for writes.
const FIRST_WAIT: Duration = Duration::from_secs(1);

/// One try of a call, as told to [`Calls`]. Nothing of the record's values is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// The account's name.
    pub account: String,
    /// The method on the wire.
    pub method: &'static str,
    /// The route's path with its placeholders.
    pub template: String,
    /// 1 for the first try.
    pub try_number: u32,
    /// The status, if an answer came.
    pub status: Option<u16>,
    /// How long it waited for its turn.
    pub waited: Duration,
    /// From sending to the answer.
    pub took: Duration,
}

/// Who is told of every call: progress, logs, and the tests that kill the process at each step.
pub trait Calls: Send + Sync {
    /// It goes out now.
    fn sending(&self, method: &'static str, template: &str);
    /// It came to an end.
    fn ended(&self, call: &Call);
}

/// Sends requests to the accounts of a subscription.
pub struct Executor {
    transport: Arc<dyn Transport>,
    accounts: Vec<Arc<Account>>,
    veil: Veil,
    calls: Option<Arc<dyn Calls>>,
    stopped: watch::Sender<bool>,
    jitter: Mutex<SmallRng>,
}

impl std::fmt::Debug for Executor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<&str> = self.accounts.iter().map(|account| account.name.as_str()).collect();
        write!(f, "Executor({})", names.join(", "))
    }
}

/// How one try ended.
enum Try {
    Answered(Answer),
    NotSent(String),
    NoConnection(String),
    Late(String),
    Lost(String),
    TooLarge { status: u16, limit: String },
}

impl Try {
    /// It shows nothing of the request, only that the other side does not work as it should.
    fn is_trouble(&self) -> bool {
        match self {
            Try::Answered(answer) => is_passing(answer.status) || answer.status == 429,
            Try::NotSent(_) | Try::TooLarge { .. } => false,
            Try::NoConnection(_) | Try::Late(_) | Try::Lost(_) => true,
        }
    }
}

/// Statuses of trouble that may pass (RFC 9110, 15.6; 509 and 520 to 599 are of gateways).
fn is_passing(status: u16) -> bool {
    matches!(status, 408 | 423 | 500 | 502..=504 | 509 | 520..=599)
}

impl Executor {
    /// An executor for these accounts; executors that share an account share its budget. `seed` is that of the jitter.
    pub fn new(transport: Arc<dyn Transport>, accounts: Vec<Arc<Account>>, seed: u64) -> Self {
        let jitter = Mutex::new(SmallRng::seed_from_u64(seed));
        let veil = Veil::over(accounts.iter().map(|account| account.token()));
        Executor { transport, accounts, veil, calls: None, stopped: watch::Sender::new(false), jitter }
    }

    /// Tells `calls` of every call.
    #[must_use]
    pub fn with_calls(mut self, calls: Arc<dyn Calls>) -> Self {
        self.calls = Some(calls);
        self
    }

    /// The account that serves an API.
    pub fn account(&self, api: Api) -> Option<&Arc<Account>> {
        self.accounts.iter().find(|account| account.serves(api))
    }

    /// All accounts.
    pub fn accounts(&self) -> &[Arc<Account>] {
        &self.accounts
    }

    /// Sends nothing more; what is in flight ends by itself, what waits ends with [`Class::Stopped`].
    pub fn stop(&self) {
        self.stopped.send_replace(true);
    }

    /// Sends a request and gives its answer of status 2xx. Tries again what may be tried again: after a 429 and when no
    /// connection could be made always, else only when the request says that it is safe.
    ///
    /// # Errors
    /// By class; see [`Class`]. An answer that is not 2xx is in the error.
    pub async fn send(&self, request: &Request) -> Result<Answer, CallError> {
        let what = format!("`{}`", request.summary());
        let Some(account) = self.account(request.api) else {
            return Err(CallError::new(Class::NotSent, format!("{what} is for an account that is not set up")));
        };
        let url = account
            .url(request.api, &request.path)
            .map_err(|error| CallError::new(Class::NotSent, format!("{what}: {error}")))?;
        let safe = request.repeat == Repeat::Safe;
        let (mut tries, mut refusals, mut troubles) = (0, 0, 0);
        let heard = account.heard();
        loop {
            tries += 1;
            let mut silence = None;
            let tried = self.one_try(account, request, &url, tries).await?;
            if let Some(trouble) = account.after_try(tried.is_trouble()) {
                return Err(trouble);
            }
            let (class, why, answer) = match tried {
                Try::Answered(answer) => match answer.status {
                    200..=299 => return Ok(answer),
                    429 => {
                        refusals += 1;
                        if refusals < REFUSED_TRIES {
                            // The budget holds the next try for as long as it must.
                            continue;
                        }
                        (Class::Unavailable, "was refused with 429 each time".to_owned(), Some(answer))
                    }
                    status if is_passing(status) => {
                        let class = if safe { Class::Unavailable } else { Class::UnknownOutcome };
                        (class, format!("was answered {status}"), Some(answer))
                    }
                    status => {
                        if status == 401 {
                            return Err(CallError { answer: Some(answer), ..account.close_for_token() });
                        }
                        return Err(CallError::answered(
                            class_of(status),
                            format!("{what} was answered {status} by {}", account.name),
                            answer,
                        ));
                    }
                },
                Try::NotSent(why) => (Class::NotSent, format!("could not be sent: {why}"), None),
                Try::NoConnection(why) => {
                    silence = Some(why.clone());
                    (Class::NotSent, format!("could not be sent: {why}"), None)
                }
                Try::Late(why) => {
                    silence = Some(why.clone());
                    let class = if safe { Class::Unavailable } else { Class::UnknownOutcome };
                    (class, format!("got no answer: {why}"), None)
                }
                Try::Lost(why) if safe => (Class::Unavailable, format!("got no answer: {why}"), None),
                Try::Lost(why) => (Class::UnknownOutcome, format!("got no answer: {why}"), None),
                Try::TooLarge { status, limit } => {
                    let class = if safe { Class::BadAnswer } else { Class::UnknownOutcome };
                    let why = format!("{what} was answered {status} with more than {limit}");
                    return Err(CallError::new(class, why));
                }
            };
            troubles += 1;
            let again = class != Class::UnknownOutcome && refusals < REFUSED_TRIES && troubles < TRIES;
            if !again {
                // nobody heard anything of it for as long as this call was tried: that is no trouble of one record
                if let Some(why) = silence.filter(|_| troubles >= TRIES && account.heard() == heard) {
                    return Err(account.close_for_silence(&why));
                }
                let times = if tries == 1 { String::new() } else { format!(" (tried {tries} times)") };
                return Err(CallError { class, why: format!("{what} {why}{times}"), answer });
            }
            self.wait(request.method, troubles).await?;
        }
    }

    /// Waits before the next try: longer each time, longer for writes, never two callers at the same moment.
    async fn wait(&self, method: Method, troubles: u32) -> Result<(), CallError> {
        let writes = if method == Method::Get { 1 } else { 2 };
        let wait = FIRST_WAIT * writes * 2_u32.pow((troubles - 1).min(5));
        let jitter = self.jitter.lock().unwrap_or_else(PoisonError::into_inner).random_range(0.5..1.0);
        self.unless_stopped(tokio::time::sleep(wait.mul_f64(jitter))).await
    }

    async fn unless_stopped<T>(&self, waiting: impl Future<Output = T>) -> Result<T, CallError> {
        let mut stopped = self.stopped.subscribe();
        tokio::select! {
            biased;
            _ = stopped.wait_for(|stopped| *stopped) => Err(CallError::new(Class::Stopped, "stopped before it was sent")),
            value = waiting => Ok(value),
        }
    }

    async fn one_try(
        &self,
        account: &Arc<Account>,
        request: &Request,
        url: &str,
        number: u32,
    ) -> Result<Try, CallError> {
        let began = Instant::now();
        let route = account.route(request.method, &request.template, request.concurrency);
        let permit = self.unless_stopped(route.acquire_owned()).await?;
        let turn = self.unless_stopped(account.turns.take(request.priority, number > 1)).await?;
        if let Some(closed) = account.closed() {
            turn.not_sent();
            return Err(closed);
        }
        let method = method_name(request.method);
        if let Some(calls) = &self.calls {
            calls.sending(method, &request.template);
        }
        let sent = Instant::now();
        let outgoing = Outgoing {
            method: request.method,
            url: url.to_owned(),
            credential: account.credential(),
            body: request.body.clone(),
        };
        let exchange = account.until_answered(sent, self.transport.exchange(outgoing));
        let result = if request.method == Method::Get {
            // nothing is lost with a read that is given up
            match self.unless_stopped(exchange).await {
                Ok(result) => result,
                Err(_) => return Err(CallError::new(Class::Stopped, "stopped before it was answered")),
            }
        } else {
            exchange.await
        };
        let mut status = None;
        let ended = match result {
            Ok(incoming) if memchr::memchr_iter(b',', &incoming.body).count() > MOST_VALUES => {
                account.hears();
                turn.answered(incoming.status, &RateHeaders::read(&incoming));
                status = Some(incoming.status);
                Try::TooLarge { status: incoming.status, limit: format!("{MOST_VALUES} values") }
            }
            Ok(incoming) => {
                account.hears();
                turn.answered(incoming.status, &RateHeaders::read(&incoming));
                status = Some(incoming.status);
                Try::Answered(Answer {
                    status: incoming.status,
                    pagination: incoming.header("x-pagination").map(|text| self.veil.text(text)),
                    request_id: incoming.header("x-request-id").map(|text| self.veil.text(text)),
                    body: self.veil.body(incoming.body),
                })
            }
            Err(ExchangeError::NotSent(why)) => {
                turn.not_sent();
                Try::NotSent(why)
            }
            Err(ExchangeError::NoConnection(why)) => {
                turn.not_sent();
                Try::NoConnection(why)
            }
            Err(ExchangeError::Late(why)) => {
                drop(turn);
                Try::Late(why)
            }
            Err(ExchangeError::Lost(why)) => {
                account.hears();
                drop(turn);
                Try::Lost(why)
            }
            Err(ExchangeError::TooLarge { status: code, limit }) => {
                account.hears();
                turn.answered(code, &RateHeaders::default());
                status = Some(code);
                Try::TooLarge { status: code, limit: format!("{} MiB", limit >> 20) }
            }
        };
        drop(permit);
        if let Some(calls) = &self.calls {
            calls.ended(&Call {
                account: account.name.clone(),
                method,
                template: request.template.clone(),
                try_number: number,
                status,
                waited: sent - began,
                took: sent.elapsed(),
            });
        }
        Ok(ended)
    }
}
