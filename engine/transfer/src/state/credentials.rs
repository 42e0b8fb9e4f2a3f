//! The credentials file: names and secret values, readable by its owner only.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;

use secrecy::{ExposeSecret, SecretString};

use super::private_file;
use super::store::StateError;

/// Credentials of a subscription, by name.
#[derive(Debug, Clone, Default)]
pub struct Credentials {
    values: BTreeMap<String, SecretString>,
}

const NAME: &str = "credentials.json";

impl Credentials {
    /// Reads the file of a state directory; none there: empty.
    ///
    /// # Errors
    /// It cannot be read, is no JSON object of texts, or others may read it.
    pub fn read(directory: &Path) -> Result<Self, StateError> {
        let path = directory.join(NAME);
        let trouble = |error: std::io::Error| StateError::file(&path, &error);
        let mut file = match private_file::read(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Credentials::default()),
            Err(error) => return Err(trouble(error)),
        };
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            if file.metadata().map_err(trouble)?.permissions().mode() & 0o077 != 0 {
                return Err(StateError::Unfit(format!(
                    "others may read `{NAME}`; take the right away with `chmod 600`"
                )));
            }
        }
        let mut text = String::new();
        (&mut file).take(1 << 20).read_to_string(&mut text).map_err(trouble)?;
        // What is wrong is not quoted: it may be a secret.
        let texts: BTreeMap<String, String> = serde_json::from_str(&text)
            .map_err(|_| StateError::Unfit(format!("`{NAME}` is not a JSON object of texts")))?;
        Ok(Credentials { values: texts.into_iter().map(|(name, value)| (name, SecretString::from(value))).collect() })
    }

    /// Writes the file whole: either the old or the new one is there.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn write(&self, directory: &Path) -> Result<(), StateError> {
        let path = directory.join(NAME);
        let trouble = |error: std::io::Error| StateError::file(&path, &error);
        private_file::directory(directory).map_err(trouble)?;
        let texts: BTreeMap<&str, &str> =
            self.values.iter().map(|(name, value)| (name.as_str(), value.expose_secret())).collect();
        let text = serde_json::to_string_pretty(&texts)
            .map_err(|_| StateError::Unfit(format!("`{NAME}` cannot be written as JSON")))?;
        private_file::replace(&path, text.as_bytes()).map_err(trouble)
    }

    /// One value.
    pub fn get(&self, name: &str) -> Option<&SecretString> {
        self.values.get(name)
    }

    /// Sets one value.
    pub fn set(&mut self, name: &str, value: SecretString) {
        self.values.insert(name.to_owned(), value);
    }

    /// The names that have a value.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.values.keys().map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    #[test]
    fn what_is_written_is_read_and_nothing_shows_it() {
        let directory = tempfile::tempdir().unwrap();
        let mut credentials = Credentials::read(directory.path()).unwrap();
        assert_eq!(credentials.names().count(), 0);
        credentials.set("access_token", SecretString::from("canary-4711"));
        credentials.write(directory.path()).unwrap();
        let read = Credentials::read(directory.path()).unwrap();
        assert_eq!(read.get("access_token").unwrap().expose_secret(), "canary-4711");
        assert!(!format!("{read:?}").contains("canary"));
    }

    #[test]
    fn a_broken_file_is_not_quoted() {
        let directory = tempfile::tempdir().unwrap();
        let mut file = private_file::open(&directory.path().join(NAME)).unwrap();
        file.write_all(b"{\"token\": \"canary\", 7}").unwrap();
        let error = Credentials::read(directory.path()).unwrap_err();
        assert_eq!(error.to_string(), "`credentials.json` is not a JSON object of texts");
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_others_may_read_is_refused_and_ours_is_closed_to_them() {
        use std::os::unix::fs::PermissionsExt;
        let directory = tempfile::tempdir().unwrap();
        let mut credentials = Credentials::default();
        credentials.set("a", SecretString::from("b"));
        credentials.write(directory.path()).unwrap();
        let path = directory.path().join(NAME);
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        assert!(Credentials::read(directory.path()).is_err());
    }
}
