//! A file with a token, as it is named on the command line. What does not exist as a path is not shown: it may be the token.

use std::io::Read as _;
use std::path::Path;

use mapwright_transfer::subscription::{CredentialFile, Subscription};

use crate::file_trouble::named;
use crate::terminal::Trouble;

/// A credential file is some lines.
const MOST_BYTES: u64 = 64 << 10;

/// Reads the file that a flag names.
pub fn read(flag: &str, path: &Path) -> Result<CredentialFile, Trouble> {
    let advice = format!("`{flag}` takes the path of a file that holds the token, never the token itself");
    let mut bytes = Vec::new();
    std::fs::File::open(path)
        .and_then(|file| file.take(MOST_BYTES).read_to_end(&mut bytes))
        .map_err(|e| named(&format!("the file named by `{flag}` cannot be read"), &e).help(advice))?;
    let text = String::from_utf8(bytes).map_err(|_| {
        Trouble::input(format!("the file named by `{flag}` is not UTF-8 text")).help("save it as UTF-8")
    })?;
    CredentialFile::read(&text).map_err(|e| Trouble::input(format!("the file named by `{flag}`: {e}")))
}

/// BigCommerce's file says of which store it is.
pub fn of_this_store(file: &CredentialFile, subscription: &Subscription) -> Result<(), Trouble> {
    match &file.store_hash {
        Some(hash) if *hash != subscription.store_hash => Err(Trouble::usage(format!(
            "the credential file is of the store `{hash}`, and the subscription of `{}`",
            subscription.store_hash
        ))
        .help("take the file of this store, or mend `store_hash`")),
        _ => Ok(()),
    }
}
