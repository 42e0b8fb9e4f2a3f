//! The credential file that BigCommerce offers for download, or a file with nothing but a token (bigcommerce-api 1.1).

use secrecy::SecretString;

/// What a credential file holds.
#[derive(Debug)]
pub struct CredentialFile {
    /// The access token.
    pub token: SecretString,
    /// The client id, if it is there.
    pub client_id: Option<String>,
    /// The store hash of the API path, if it is there.
    pub store_hash: Option<String>,
}

impl CredentialFile {
    /// Reads one: `LABEL: value` per line in any order and case, unknown labels ignored; or a single line, which is the token.
    ///
    /// # Errors
    /// There is no token in it. The text is not quoted: it holds secrets.
    pub fn read(text: &str) -> Result<CredentialFile, String> {
        let text = text.trim_start_matches('\u{feff}').trim();
        let mut file = CredentialFile { token: SecretString::from(""), client_id: None, store_hash: None };
        let mut found = false;
        for line in text.lines() {
            let Some((label, value)) = line.split_once(':') else { continue };
            let value = value.trim();
            match label.trim().to_ascii_uppercase().as_str() {
                "ACCESS TOKEN" if !value.is_empty() => {
                    file.token = SecretString::from(value);
                    found = true;
                }
                "CLIENT ID" => file.client_id = Some(value.to_owned()).filter(|v| !v.is_empty()),
                "API PATH" => {
                    let hash = value.split_once("/stores/").map(|(_, rest)| rest.split('/').next().unwrap_or(rest));
                    file.store_hash = hash.filter(|h| !h.is_empty()).map(str::to_owned);
                }
                _ => {}
            }
        }
        if !found && !text.is_empty() && !text.contains(|c: char| c.is_whitespace() || c == ':') {
            file.token = SecretString::from(text);
            found = true;
        }
        if found {
            Ok(file)
        } else {
            Err(String::from(
                "there is no access token in it: one line with the token, or BigCommerce's file with `ACCESS TOKEN: …`",
            ))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret;

    #[test]
    fn all_known_forms_are_read() {
        for text in [
            "ACCESS TOKEN: canary\r\nCLIENT NAME: x\r\nAPI PATH: https://api.bigcommerce.com/stores/abc1/v3/\r\nCLIENT ID: c1\r\n",
            "\u{feff}name: x\nclient id: c1\napi path: https://api.bigcommerce.com/stores/abc1/v3/\naccess token: canary",
        ] {
            let file = CredentialFile::read(text).unwrap();
            assert_eq!(file.token.expose_secret(), "canary");
            assert_eq!((file.client_id.as_deref(), file.store_hash.as_deref()), (Some("c1"), Some("abc1")));
        }
        assert_eq!(CredentialFile::read("canary\n").unwrap().token.expose_secret(), "canary");
        assert!(!format!("{:?}", CredentialFile::read("canary").unwrap()).contains("canary"));
    }

    #[test]
    fn what_has_no_token_is_refused_without_being_quoted() {
        for text in ["", "  \n", "CLIENT SECRET: canary", "ACCESS TOKEN:", "two canary words"] {
            assert!(!CredentialFile::read(text).unwrap_err().contains("canary"));
        }
    }
}
