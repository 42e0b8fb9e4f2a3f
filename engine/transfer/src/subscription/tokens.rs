//! The two tokens: from the environment, else from the credentials file.

use secrecy::{ExposeSecret, SecretString};

use crate::state::Credentials;

/// Name of BigCommerce's access token in the credentials file.
pub const BIGCOMMERCE_TOKEN: &str = "bigcommerce_token";
/// Name of iPaaS.com's company token in the credentials file.
pub const IPAAS_TOKEN: &str = "ipaas_token";

/// The tokens of a subscription.
#[derive(Debug, Clone)]
pub struct Tokens {
    /// BigCommerce's access token.
    pub bigcommerce: SecretString,
    /// iPaaS.com's company token.
    pub ipaas: SecretString,
}

impl Tokens {
    /// Gathers them; `environment` gives a variable's value (`MAPWRIGHT_TOKEN`, `MAPWRIGHT_IPAAS_TOKEN`).
    ///
    /// # Errors
    /// Which ones are missing and how to give them.
    pub fn gather(kept: &Credentials, environment: &dyn Fn(&str) -> Option<String>) -> Result<Tokens, String> {
        let find = |variable: &str, name: &str| {
            let given = environment(variable).filter(|v| !v.trim().is_empty()).map(|v| SecretString::from(v.trim()));
            given.or_else(|| kept.get(name).filter(|v| !v.expose_secret().is_empty()).cloned())
        };
        let bigcommerce = find("MAPWRIGHT_TOKEN", BIGCOMMERCE_TOKEN);
        let ipaas = find("MAPWRIGHT_IPAAS_TOKEN", IPAAS_TOKEN);
        match (bigcommerce, ipaas) {
            (Some(bigcommerce), Some(ipaas)) => Ok(Tokens { bigcommerce, ipaas }),
            (Some(_), None) => Err(String::from(
                "iPaaS.com's token is missing: set `MAPWRIGHT_IPAAS_TOKEN`, or create the subscription with `--ipaas-token-file`",
            )),
            (None, Some(_)) => Err(String::from(
                "BigCommerce's token is missing: set `MAPWRIGHT_TOKEN`, or create the subscription with `--token-file`",
            )),
            (None, None) => Err(String::from(
                "both tokens are missing: set `MAPWRIGHT_TOKEN` and `MAPWRIGHT_IPAAS_TOKEN`, or create the subscription with `--token-file` and `--ipaas-token-file`",
            )),
        }
    }
}
