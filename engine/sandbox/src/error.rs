//! Why the sandbox did not start or stopped.

use std::{error, fmt};

/// Error of the sandbox itself, never of a request.
#[derive(Debug)]
pub enum Error {
    /// The port cannot be taken.
    Port(std::io::Error),
    /// The state cannot be read or written.
    State(String),
    /// The request schemas that were built in cannot be used.
    Schemas(String),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Port(error) => write!(f, "the sandbox cannot listen on this port: {error}"),
            Error::State(text) => write!(f, "the sandbox's state cannot be used: {text}"),
            Error::Schemas(text) => write!(f, "the sandbox's request schemas cannot be used: {text}"),
        }
    }
}

impl error::Error for Error {}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Error {
        Error::State(error.to_string())
    }
}
