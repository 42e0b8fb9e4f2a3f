//! One store connected to one iPaaS.com company: settings, credentials, addresses.

mod connection;
mod credential_file;
mod settings;
mod tokens;

pub use connection::Connection;
pub use credential_file::CredentialFile;
pub use settings::{SettingError, Subscription, Throttle};
pub use tokens::{BIGCOMMERCE_TOKEN, IPAAS_TOKEN, Tokens};
