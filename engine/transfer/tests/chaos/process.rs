//! One process: it opens the state, connects, runs one collection, and ends by itself or is killed.

use std::sync::Arc;

use mapwright_language::plan::Plan;
use mapwright_transfer::connect::executing::Executing;
use mapwright_transfer::connect::links::LinkClient;
use mapwright_transfer::connect::wire::Wire;
use mapwright_transfer::http::Priority;
use mapwright_transfer::state::Store;
use mapwright_transfer::subscription::{Connection, Subscription, Tokens};
use mapwright_transfer::work::{Engine, Plans, Report, Selection, Unobserved, run};
use secrecy::SecretString;

use super::net::{ENDLESS, Event, Net};
use super::without::Safeguard;
use super::world::{World, compiled, small_pages};

/// What goes through which collection, and how the process ends.
pub struct Process {
    pub plan: Arc<Plan>,
    pub selection: Selection,
    pub kill: Option<(u64, bool)>,
    pub events: Vec<(u64, Event)>,
    pub without: Option<Safeguard>,
    pub seed: u64,
}

pub enum End {
    Finished(Box<Report>),
    Killed,
    /// It went on and on.
    Endless,
}

/// Runs it. Calls that it made are counted too.
pub async fn live(world: &World, process: Process) -> (End, u64) {
    let Process { plan, selection, kill, events, without, seed } = process;
    if without == Some(Safeguard::Journal) {
        super::without::forget_the_journal(world.directory.path());
    }
    let mut net = Net::new(world.systems.clone(), kill, events);
    net.repeats_blindly = without == Some(Safeguard::NoBlindRepeat);
    let net = Arc::new(net);
    let store = Arc::new(Store::open(world.directory.path(), "chaos").unwrap());
    let connection = connection(world, net.clone(), seed);
    let now = "2026-01-31T12:00:00Z".parse().unwrap();
    connection.recall(&store, jiff::Timestamp::now());
    let inner: Arc<dyn Wire> = Arc::new(Executing { executor: connection.executor.clone(), priority: Priority::Bulk });
    let wire = super::without::around(inner, without);
    let engine = connection.engine_over(wire, store.clone(), Arc::new(Unobserved), now);
    let catalog = small_pages();
    let links = LinkClient { catalog: catalog.clone(), ..engine.links.clone() };
    let engine = Engine { plans: Arc::new(Plans::of(compiled())), catalog, links, ..engine };
    let end = tokio::select! {
        biased;
        () = net.killed.notified() => if net.calls() > ENDLESS { End::Endless } else { End::Killed },
        report = run(&engine, &plan, selection) => {
            connection.remember(&store, jiff::Timestamp::now()).unwrap();
            End::Finished(Box::new(report))
        }
    };
    (end, net.calls())
}

fn connection(world: &World, net: Arc<Net>, seed: u64) -> Connection {
    let access = &world.credentials;
    let subscription = Subscription {
        name: String::from("chaos"),
        store_hash: access.store_hash.clone(),
        api_url: access.api_url.clone(),
        client_id: None,
        ipaas_url: access.ipaas_url.clone(),
        system_id: access.system_id.clone(),
        time_zone: String::from("UTC"),
        throttle: None,
        settings: std::collections::BTreeMap::new(),
    };
    let tokens = Tokens {
        bigcommerce: SecretString::from(access.access_token.clone()),
        ipaas: SecretString::from(access.ipaas_token.clone()),
    };
    Connection::new(&subscription, &tokens, net, None, seed).unwrap()
}
