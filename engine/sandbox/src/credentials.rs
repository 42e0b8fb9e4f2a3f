//! What a client needs to call the two systems.

use rand::{Rng, SeedableRng, rngs::StdRng};

/// Addresses and tokens of a running sandbox. The tokens open nothing but the sandbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credentials {
    /// Base of BigCommerce: `{api_url}/stores/{store_hash}/v3`.
    pub api_url: String,
    /// Store hash.
    pub store_hash: String,
    /// Value of `X-Auth-Token`.
    pub access_token: String,
    /// Client id of the store-level API account.
    pub client_id: String,
    /// Base of iPaaS.com: `{ipaas_url}/{api}/v2`.
    pub ipaas_url: String,
    /// Bearer token of iPaaS.com.
    pub ipaas_token: String,
    /// Id of the subscription in iPaaS.com's links.
    pub system_id: String,
}

impl Credentials {
    /// The credentials of a seed: the same seed gives the same ones.
    pub fn new(seed: u64, port: u16) -> Credentials {
        let mut random = StdRng::seed_from_u64(seed ^ 0x5eed);
        let mut text = |length: usize| -> String {
            const SIGNS: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789";
            (0..length).map(|_| char::from(SIGNS[random.random_range(0..SIGNS.len())])).collect()
        };
        Credentials {
            api_url: format!("http://127.0.0.1:{port}"),
            store_hash: text(8),
            access_token: text(31),
            client_id: text(31),
            ipaas_url: format!("http://127.0.0.1:{port}/ipaas"),
            ipaas_token: text(40),
            system_id: "5021".to_owned(),
        }
    }
}
