//! Payment methods of V2, and the list of webhooks that serves as a check of credentials.

use super::{Store3, paging};
use crate::exchange::{Call, Reply};

pub fn list(context: &mut Store3<'_>, call: &Call, _: &[u64]) -> Reply {
    let found = context.store.all("bc.method").map(|(_, method)| method.clone()).collect();
    paging::v2(call, found)
}

pub fn hooks(_: &mut Store3<'_>, call: &Call, _: &[u64]) -> Reply {
    paging::v3(call, Vec::new(), 250)
}
