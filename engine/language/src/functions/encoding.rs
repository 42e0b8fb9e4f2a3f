//! Functions that write texts in other alphabets, and hashes. All of them work on the bytes of UTF-8.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::Digest as _;

use crate::value::Value;

use super::Function;
use super::TypePattern::Text;
use super::arguments::{grown, made, text};
use super::function::{Parameter, of};

const SUBJECT: Parameter = of("text", Text);

const fn hash(
    name: &'static str,
    about: &'static str,
    examples: &'static [(&'static str, &'static str)],
    apply: super::function::Apply,
) -> Function {
    Function::new(name, about, &[SUBJECT], Text, examples, apply)
}

fn hex(bytes: &[u8]) -> Result<Value, String> {
    made(&bytes.iter().map(|b| format!("{b:02x}")).collect::<String>())
}

fn url_encode(text: &str) -> String {
    let mut made = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            made.push(char::from(byte));
        } else {
            made.push_str(&format!("%{byte:02X}"));
        }
    }
    made
}

fn url_decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        rest = behind;
        if *first != b'%' {
            bytes.push(*first);
            continue;
        }
        let digits = behind.get(..2).filter(|d| d.iter().all(u8::is_ascii_hexdigit))?;
        bytes.push(u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?);
        rest = behind.get(2..)?;
    }
    String::from_utf8(bytes).ok()
}

pub(super) static FUNCTIONS: &[Function] = &[
    Function::new(
        "url_encode",
        "a text as a part of an address: everything but letters, digits and `-._~` becomes `%20` and the like",
        &[SUBJECT],
        Text,
        &[("\"a b/ü\" | url_encode", "\"a%20b%2F%C3%BC\"")],
        |v| grown(&url_encode(text(v, 0))),
    )
    .fails("the result is longer than 16 MiB"),
    Function::new(
        "url_decode",
        "the text of a part of an address; a `+` stays a `+`",
        &[SUBJECT],
        Text,
        &[("\"a%20b%2F%C3%BC\" | url_decode", "\"a b/ü\"")],
        |v| {
            let decoded = url_decode(text(v, 0));
            decoded.map(|t| Value::Text(t.into())).ok_or_else(|| String::from("is no part of an address in UTF-8"))
        },
    )
    .fails("a `%` is not followed by two hexadecimal digits, or the bytes are no UTF-8"),
    Function::new(
        "base64_encode",
        "a text in Base64, with the usual alphabet and `=` at the end",
        &[SUBJECT],
        Text,
        &[("\"Größe\" | base64_encode", "\"R3LDtsOfZQ==\""), ("\"foobar\" | base64_encode", "\"Zm9vYmFy\"")],
        |v| grown(&STANDARD.encode(text(v, 0))),
    )
    .fails("the result is longer than 16 MiB"),
    Function::new(
        "base64_decode",
        "the text that stands in Base64",
        &[SUBJECT],
        Text,
        &[("\"R3LDtsOfZQ==\" | base64_decode", "\"Größe\"")],
        |v| {
            let bytes = STANDARD.decode(text(v, 0)).ok();
            let decoded = bytes.and_then(|b| String::from_utf8(b).ok());
            decoded.map(|t| Value::Text(t.into())).ok_or_else(|| String::from("is no text in Base64"))
        },
    )
    .fails("the text is no Base64, or what stands in it is no UTF-8"),
    hash(
        "md5",
        "the MD5 hash in hexadecimal digits: as a key where a service asks for it, never for safety",
        &[("\"\" | md5", "\"d41d8cd98f00b204e9800998ecf8427e\"")],
        |v| hex(md5::Md5::digest(text(v, 0).as_bytes()).as_slice()),
    ),
    hash(
        "sha256",
        "the SHA-256 hash in hexadecimal digits",
        &[("\"abc\" | sha256", "\"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\"")],
        |v| hex(sha2::Sha256::digest(text(v, 0).as_bytes()).as_slice()),
    ),
    hash(
        "sha512",
        "the SHA-512 hash in hexadecimal digits",
        &[("\"abc\" | sha512 | truncate(64)", "\"ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a\"")],
        |v| hex(sha2::Sha512::digest(text(v, 0).as_bytes()).as_slice()),
    ),
];
