//! A server with fixed windows, competitors that use the same quota, and a network with delays; in virtual time.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use mapwright_transfer::http::{Exchange, ExchangeError, Incoming, Outgoing, Transport};
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};
use tokio::time::Instant;

/// What others do with the quota.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Others {
    Nobody,
    /// Poisson, as a share of the quota.
    Steady(f64),
    /// About every 40 s a burst of this share of the quota at four times the even pace.
    Bursts(f64),
    /// On and off for 60 s on average each, this share of the quota while on.
    OnOff(f64),
    /// Takes all there is, at once.
    Greedy,
}

/// What is wrong with the headers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Headers {
    Truthful,
    Missing,
    Garbage,
    /// Only a 429 lacks them.
    MissingOn429,
}

#[derive(Debug, Clone)]
pub struct World {
    pub quota: u32,
    pub window: Duration,
    /// Median of one way, ms; log-normal.
    pub one_way_ms: f64,
    pub others: Others,
    pub headers: Headers,
    /// At these times the quota becomes another.
    pub quota_changes: Vec<(Duration, u32)>,
    /// At this time the windows begin anew.
    pub phase_jump: Option<Duration>,
    /// Of 1000 answers so many are lost.
    pub lost_per_mille: u32,
    pub seed: u64,
}

impl World {
    pub fn alone(quota: u32, window: Duration, seed: u64) -> Self {
        World {
            quota,
            window,
            one_way_ms: 125.0,
            others: Others::Nobody,
            headers: Headers::Truthful,
            quota_changes: Vec::new(),
            phase_jump: None,
            lost_per_mille: 0,
            seed,
        }
    }
}

#[derive(Debug, Default, Clone)]
pub struct Tally {
    pub ours: u64,
    pub ours_refused: u64,
    /// Refused though the newest header before sending, or an earlier 429, said so.
    pub avoidable: u64,
    pub others: u64,
    pub others_refused: u64,
    /// (quota, used) of the windows that are over, the first and last not counted by the reader.
    pub windows: Vec<(u32, u32)>,
    /// Most of ours in flight at a time.
    pub most_in_flight: usize,
}

struct State {
    rng: SmallRng,
    end: Duration,
    quota: u32,
    used: u32,
    tally: Tally,
    next_other: Duration,
    /// Remaining calls of a burst, or the end of an on phase.
    burst: u32,
    on_until: Duration,
    jumped: bool,
    in_flight: usize,
    newest_left: Option<(Duration, i64)>,
    closed_until: Duration,
}

pub struct Server {
    world: World,
    start: Instant,
    state: Mutex<State>,
}

impl Server {
    pub fn new(world: World) -> Arc<Self> {
        let mut rng = SmallRng::seed_from_u64(world.seed);
        let end = world.window.mul_f64(rng.random_range(0.05..1.0));
        let next_other = match world.others {
            Others::Nobody => Duration::MAX,
            _ => Duration::from_millis(rng.random_range(0..2000)),
        };
        let state = State {
            rng,
            end,
            quota: world.quota,
            used: 0,
            tally: Tally::default(),
            next_other,
            burst: 0,
            on_until: Duration::ZERO,
            jumped: false,
            in_flight: 0,
            newest_left: None,
            closed_until: Duration::ZERO,
        };
        Arc::new(Server { world, start: Instant::now(), state: Mutex::new(state) })
    }

    pub fn tally(&self) -> Tally {
        self.state.lock().unwrap().tally.clone()
    }

    /// Brings windows and competitors up to `now`.
    fn advance(&self, state: &mut State, now: Duration) {
        if let Some(jump) = self.world.phase_jump
            && !state.jumped
            && now >= jump
        {
            state.jumped = true;
            state.end = jump + self.world.window;
            state.used = 0;
        }
        loop {
            let event = state.end.min(state.next_other);
            if event > now {
                return;
            }
            if state.next_other < state.end {
                state.tally.others += 1;
                if state.used < state.quota {
                    state.used += 1;
                } else {
                    state.tally.others_refused += 1;
                }
                state.next_other = self.next_other(state, event);
            } else {
                state.tally.windows.push((state.quota, state.used));
                state.used = 0;
                let change = self.world.quota_changes.iter().rfind(|(at, _)| *at <= state.end);
                state.quota = change.map_or(self.world.quota, |(_, quota)| *quota);
                state.end += self.world.window;
            }
        }
    }

    fn next_other(&self, state: &mut State, now: Duration) -> Duration {
        let even = self.world.window.as_secs_f64() / f64::from(self.world.quota);
        let exponential = |state: &mut State, mean: f64| -mean * (1.0 - state.rng.random::<f64>()).ln();
        match self.world.others {
            Others::Nobody => Duration::MAX,
            Others::Steady(share) => now + Duration::from_secs_f64(exponential(state, even / share)),
            Others::Bursts(share) => {
                if state.burst == 0 {
                    state.burst = (f64::from(self.world.quota) * share) as u32;
                    now + Duration::from_secs_f64(exponential(state, 40.0))
                } else {
                    state.burst -= 1;
                    now + Duration::from_secs_f64(even / 4.0)
                }
            }
            Others::OnOff(share) => {
                if now > state.on_until {
                    let pause = exponential(state, 60.0);
                    let begin = now + Duration::from_secs_f64(pause);
                    state.on_until = begin + Duration::from_secs_f64(exponential(state, 60.0));
                    begin
                } else {
                    now + Duration::from_secs_f64(exponential(state, even / share))
                }
            }
            Others::Greedy => {
                if state.used < state.quota {
                    now + Duration::from_millis(5)
                } else {
                    state.end + Duration::from_millis(1)
                }
            }
        }
    }

    fn delay(&self, state: &mut State) -> Duration {
        let (u, v): (f64, f64) = (1.0 - state.rng.random::<f64>(), state.rng.random());
        let normal = (-2.0 * u.ln()).sqrt() * (std::f64::consts::TAU * v).cos();
        Duration::from_secs_f64((self.world.one_way_ms * (0.35 * normal).exp() / 1000.0).min(5.0))
    }

    async fn run(&self) -> Result<Incoming, ExchangeError> {
        let sent = self.start.elapsed();
        let (there, back, warned, lost) = {
            let mut state = self.state.lock().unwrap();
            state.in_flight += 1;
            state.tally.most_in_flight = state.tally.most_in_flight.max(state.in_flight);
            let in_flight = state.in_flight as i64 - 1;
            let window_over = state.newest_left.is_none_or(|(until, _)| sent >= until);
            let none_left = !window_over && state.newest_left.is_some_and(|(_, left)| left - in_flight < 1);
            let warned = none_left || sent < state.closed_until;
            let lost = state.rng.random_range(0..1000) < self.world.lost_per_mille;
            (self.delay(&mut state), self.delay(&mut state), warned, lost)
        };
        tokio::time::sleep(there).await;
        let incoming = {
            let now = self.start.elapsed();
            let mut state = self.state.lock().unwrap();
            self.advance(&mut state, now);
            state.tally.ours += 1;
            let accepted = state.used < state.quota;
            if accepted {
                state.used += 1;
            } else {
                state.tally.ours_refused += 1;
                state.tally.avoidable += u64::from(warned);
            }
            let reset = state.end - now;
            let mut headers = vec![
                ("x-rate-limit-time-window-ms", self.world.window.as_millis().to_string()),
                ("x-rate-limit-time-reset-ms", reset.as_millis().to_string()),
                ("x-rate-limit-requests-quota", state.quota.to_string()),
                ("x-rate-limit-requests-left", (state.quota - state.used).to_string()),
            ];
            match self.world.headers {
                Headers::Truthful => {}
                Headers::Missing => headers.clear(),
                Headers::MissingOn429 if !accepted => headers.clear(),
                Headers::MissingOn429 => {}
                Headers::Garbage => headers.iter_mut().for_each(|(_, value)| *value = "12 times".to_owned()),
            }
            let headers = headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
            Incoming { status: if accepted { 200 } else { 429 }, headers, body: bytes::Bytes::new() }
        };
        tokio::time::sleep(back).await;
        let mut state = self.state.lock().unwrap();
        state.in_flight -= 1;
        if lost {
            return Err(ExchangeError::Lost("lost".to_owned()));
        }
        let number = |name: &str| incoming.header(name).and_then(|value| value.parse::<i64>().ok());
        if let (Some(left), Some(reset)) = (number("x-rate-limit-requests-left"), number("x-rate-limit-time-reset-ms"))
        {
            let until = sent + Duration::from_millis(reset.unsigned_abs());
            if incoming.status == 429 {
                state.closed_until = state.closed_until.max(until);
            }
            match state.newest_left {
                Some((end, known)) if until < end + Duration::from_secs(1) => {
                    state.newest_left = Some((end.min(until), known.min(left)));
                }
                _ => state.newest_left = Some((until, left)),
            }
        }
        Ok(incoming)
    }
}

impl Transport for Server {
    fn exchange(&self, _request: Outgoing) -> Exchange<'_> {
        Box::pin(self.run())
    }
}
