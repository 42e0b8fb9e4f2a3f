//! The two tokens: from the environment, else from the credentials file.

use secrecy::{ExposeSecret, SecretString};

use crate::state::Credentials;

/// Name of BigCommerce's access token in the credentials file.
pub const BIGCOMMERCE_TOKEN: &str = "bigcommerce_token";
/// Name of iPaaS.com's company token in the credentials file.
pub const IPAAS_TOKEN: &str = "ipaas_token";
/// The variable of the environment that gives BigCommerce's token; it goes before the file.
pub const BIGCOMMERCE_VARIABLE: &str = "MAPWRIGHT_TOKEN";
/// The variable of the environment that gives iPaaS.com's token; it goes before the file.
pub const IPAAS_VARIABLE: &str = "MAPWRIGHT_IPAAS_TOKEN";

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
        let bigcommerce = find(BIGCOMMERCE_VARIABLE, BIGCOMMERCE_TOKEN);
        let ipaas = find(IPAAS_VARIABLE, IPAAS_TOKEN);
        match (bigcommerce, ipaas) {
            (Some(bigcommerce), Some(ipaas)) => Ok(Tokens { bigcommerce, ipaas }),
            (Some(_), None) => Err(String::from(
                "iPaaS.com's token is missing: set `MAPWRIGHT_IPAAS_TOKEN`, or keep it with `mapwright subscription set --ipaas-token-file FILE`",
            )),
            (None, Some(_)) => Err(String::from(
                "BigCommerce's token is missing: set `MAPWRIGHT_TOKEN`, or keep it with `mapwright subscription set --token-file FILE`",
            )),
            (None, None) => Err(String::from(
                "both tokens are missing: set `MAPWRIGHT_TOKEN` and `MAPWRIGHT_IPAAS_TOKEN`, or keep them with `mapwright subscription set --token-file FILE --ipaas-token-file FILE`",
            )),
        }
    }
}
