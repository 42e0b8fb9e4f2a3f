//! Messages on the wire: a header with the length, then JSON. What cannot be read is answered, not fatal, as long as the length of
//! the message is known.

use std::io::{self, BufRead, Read as _, Write};

use lsp_server::Message;
use serde_json::Value;

/// Longest message in bytes. A mapping file has at most 1 MiB.
const MOST_BYTES: usize = 64 << 20;
/// Longest header in bytes.
const MOST_HEADER: u64 = 8 << 10;

/// What came in.
pub enum Incoming {
    /// A message.
    Message(Message),
    /// JSON that is no message, or no JSON.
    Unreadable(String),
    /// Nothing more comes.
    End,
}

/// Reads the next message.
///
/// # Errors
/// The stream broke, or its header does not say how long the message is.
pub fn read(input: &mut impl BufRead) -> io::Result<Incoming> {
    let invalid = |what: &str| io::Error::new(io::ErrorKind::InvalidData, what.to_owned());
    let mut length = None;
    let mut header = String::new();
    let mut left = input.by_ref().take(MOST_HEADER);
    loop {
        header.clear();
        if left.read_line(&mut header)? == 0 {
            return if left.limit() == 0 {
                Err(invalid("the header of a message is too long"))
            } else {
                Ok(Incoming::End)
            };
        }
        let line = header.trim_end();
        if line.is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse::<usize>().ok();
        }
    }
    let length = length.ok_or_else(|| invalid("a message has no `Content-Length`"))?;
    if length > MOST_BYTES {
        return Err(invalid("a message is longer than 64 MiB"));
    }
    let mut body = Vec::new();
    input.by_ref().take(length as u64).read_to_end(&mut body)?;
    if body.len() < length {
        return Ok(Incoming::End);
    }
    Ok(match serde_json::from_slice(&body) {
        Ok(message) => Incoming::Message(message),
        Err(error) => Incoming::Unreadable(error.to_string()),
    })
}

/// Writes one message.
///
/// # Errors
/// The client has gone away.
pub fn write(output: &mut impl Write, mut message: Value) -> io::Result<()> {
    if let Some(object) = message.as_object_mut() {
        object.insert(String::from("jsonrpc"), Value::from("2.0"));
    }
    let body = message.to_string();
    write!(output, "Content-Length: {}\r\n\r\n{body}", body.len())?;
    output.flush()
}
