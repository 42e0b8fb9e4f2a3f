//! One store connected to one iPaaS.com company: settings, credentials, addresses.

mod connection;
mod credential_file;
mod secrets;
mod settings;
mod tokens;

pub use connection::Connection;
pub use credential_file::CredentialFile;
pub use secrets::{Secrets, names_a_secret};
pub use settings::{SettingError, Subscription, Throttle};
pub use tokens::{BIGCOMMERCE_TOKEN, BIGCOMMERCE_VARIABLE, IPAAS_TOKEN, IPAAS_VARIABLE, Tokens};
