//! The loop: messages in, answers out, in the order of the protocol. Diagnostics are made once nothing more is waiting, so that
//! fast typing does not queue up.

use std::io::{BufReader, Write};
use std::process::ExitCode;
use std::sync::mpsc::{Receiver, TryRecvError, sync_channel};

use gen_lsp_types::{
    CodeActionParams, CompletionParams, DefinitionParams, DidChangeTextDocumentParams, DidCloseTextDocumentParams,
    DidOpenTextDocumentParams, DocumentFormattingParams, HoverParams, PrepareRenameParams, RenameParams,
    TextDocumentPositionParams,
};
use lsp_server::{ErrorCode, Message, Notification, Request};
use mapwright_editor::rename;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::diagnostics::Published;
use super::documents::{Documents, Group};
use super::messages::{Incoming, read, write};
use super::positions::Lines;
use super::{actions, answers};

use mapwright_language::source::FileId;

/// How far the conversation is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    New,
    Running,
    ShutDown,
}

struct Server<W> {
    output: W,
    phase: Phase,
    documents: Documents,
    published: Published,
    /// Diagnostics are to be made again.
    stale: bool,
    /// The client can be asked to tell of changed files.
    watches: bool,
}

/// An answer that is an error: code and sentence.
type Refused = (ErrorCode, String);

/// Serves standard input and output until the client says `exit` or goes away. The exit code is 0 after `shutdown`, else 1.
pub fn serve() -> ExitCode {
    let (sender, receiver) = sync_channel(64);
    std::thread::spawn(move || {
        let mut input = BufReader::new(std::io::stdin());
        loop {
            let incoming = read(&mut input);
            let last = !matches!(incoming, Ok(Incoming::Message(_) | Incoming::Unreadable(_)));
            if sender.send(incoming).is_err() || last {
                break;
            }
        }
    });
    let mut server = Server {
        output: std::io::stdout().lock(),
        phase: Phase::New,
        documents: Documents::default(),
        published: Published::default(),
        stale: false,
        watches: false,
    };
    server.run(&receiver)
}

impl<W: Write> Server<W> {
    fn run(&mut self, receiver: &Receiver<std::io::Result<Incoming>>) -> ExitCode {
        loop {
            let incoming = match receiver.try_recv() {
                Err(TryRecvError::Empty) => {
                    if self.stale && self.publish().is_err() {
                        return ExitCode::FAILURE;
                    }
                    receiver.recv().ok()
                }
                other => other.ok(),
            };
            let done = match incoming {
                Some(Ok(Incoming::Message(message))) => self.message(message),
                Some(Ok(Incoming::Unreadable(why))) => {
                    let error = json!({ "code": ErrorCode::ParseError as i32, "message": why });
                    write(&mut self.output, json!({ "id": null, "error": error })).map(|()| false)
                }
                Some(Err(error)) => {
                    crate::terminal::note(&format!("mapwright lsp: {error}"));
                    return ExitCode::FAILURE;
                }
                Some(Ok(Incoming::End)) | None => Ok(true),
            };
            match done {
                Ok(false) => {}
                Ok(true) if self.phase == Phase::ShutDown => return ExitCode::SUCCESS,
                Ok(true) | Err(_) => return ExitCode::FAILURE,
            }
        }
    }

    /// Handles one message; whether it was the last.
    fn message(&mut self, message: Message) -> std::io::Result<bool> {
        match message {
            Message::Request(request) => {
                let id = json!(request.id);
                let answer = match self.request(request) {
                    Ok(result) => json!({ "id": id, "result": result }),
                    Err((code, message)) => json!({ "id": id, "error": { "code": code as i32, "message": message } }),
                };
                write(&mut self.output, answer)?;
                Ok(false)
            }
            Message::Notification(notification) if notification.method == "exit" => Ok(true),
            Message::Notification(notification) => {
                if self.phase == Phase::Running {
                    self.notification(notification)?;
                }
                Ok(false)
            }
            // an answer to what this server asked: nothing hangs on it
            Message::Response(_) => Ok(false),
        }
    }

    fn request(&mut self, request: Request) -> Result<Value, Refused> {
        match (self.phase, request.method.as_str()) {
            (Phase::New, "initialize") => {
                self.phase = Phase::Running;
                let dynamic = "/capabilities/workspace/didChangeWatchedFiles/dynamicRegistration";
                self.watches = request.params.pointer(dynamic) == Some(&Value::Bool(true));
                Ok(capabilities())
            }
            (Phase::New, _) => Err((ErrorCode::ServerNotInitialized, String::from("`initialize` comes first"))),
            (Phase::ShutDown, _) => {
                Err((ErrorCode::InvalidRequest, String::from("after `shutdown` only `exit` may come")))
            }
            (Phase::Running, "initialize") => Err((ErrorCode::InvalidRequest, String::from("`initialize` comes once"))),
            (Phase::Running, "shutdown") => {
                self.phase = Phase::ShutDown;
                Ok(Value::Null)
            }
            (Phase::Running, _) => self.answer(request),
        }
    }

    fn answer(&mut self, request: Request) -> Result<Value, Refused> {
        match request.method.as_str() {
            "textDocument/completion" => {
                let params: CompletionParams = read_params(request.params)?;
                self.at(params.text_document_position_params, |g, id, at| Ok(Some(answers::completion(g, id, at))))
            }
            "textDocument/hover" => {
                let params: HoverParams = read_params(request.params)?;
                self.at(params.text_document_position_params, |g, id, at| Ok(answers::hover(g, id, at)))
            }
            "textDocument/definition" => {
                let params: DefinitionParams = read_params(request.params)?;
                self.at(params.text_document_position_params, |g, id, at| Ok(answers::definition(g, id, at)))
            }
            "textDocument/prepareRename" => {
                let params: PrepareRenameParams = read_params(request.params)?;
                self.at(params.text_document_position_params, |g, id, at| {
                    Ok(rename::prepare(&g.project, id, at).map(|(bytes, name)| {
                        json!({ "range": Lines::new(g.project.text(id)).range(bytes), "placeholder": name })
                    }))
                })
            }
            "textDocument/rename" => {
                let params: RenameParams = read_params(request.params)?;
                let new = params.new_name;
                self.at(params.text_document_position_params, |g, id, at| {
                    actions::renamed(g, id, at, &new).map(Some).map_err(|why| (ErrorCode::RequestFailed, why))
                })
            }
            "textDocument/codeAction" => {
                let params: CodeActionParams = read_params(request.params)?;
                let uri = params.text_document.uri.0;
                let Some((group, id)) = self.file(&uri) else { return Ok(Value::Null) };
                value(actions::fixes(group, id, params.range))
            }
            "textDocument/formatting" => {
                let params: DocumentFormattingParams = read_params(request.params)?;
                let uri = params.text_document.uri.0;
                if self.file(&uri).is_none() {
                    return Ok(Value::Null);
                }
                value(self.documents.document(&uri).and_then(|d| actions::format(&d.text)))
            }
            method => Err((ErrorCode::MethodNotFound, format!("`{method}` is not served"))),
        }
    }

    /// Answers about a place; null where the file is no mapping file.
    fn at<T: Serialize>(
        &mut self,
        place: TextDocumentPositionParams,
        answer: impl FnOnce(&Group, FileId, usize) -> Result<Option<T>, Refused>,
    ) -> Result<Value, Refused> {
        let Some((group, id)) = self.file(&place.text_document.uri.0) else { return Ok(Value::Null) };
        let at = Lines::new(group.project.text(id)).byte(place.position);
        value(answer(group, id, at)?)
    }

    /// An open mapping file among the files it belongs with.
    fn file(&mut self, uri: &str) -> Option<(&Group, FileId)> {
        let group = self.documents.group(uri)?;
        let id = group.id(uri)?;
        Some((group, id))
    }

    fn notification(&mut self, notification: Notification) -> std::io::Result<()> {
        let params = notification.params;
        match notification.method.as_str() {
            "initialized" if self.watches => {
                let watchers = json!([{ "globPattern": "**/*.{yaml,yml}" }]);
                let method = "workspace/didChangeWatchedFiles";
                let registration =
                    json!({ "id": "files", "method": method, "registerOptions": { "watchers": watchers } });
                let ask = json!({ "id": "watch", "method": "client/registerCapability", "params": { "registrations": [registration] } });
                write(&mut self.output, ask)?;
            }
            "textDocument/didOpen" => {
                if let Ok(params) = serde_json::from_value::<DidOpenTextDocumentParams>(params) {
                    let document = params.text_document;
                    self.documents.open(document.uri.0, document.version, document.text);
                    self.stale = true;
                }
            }
            "textDocument/didChange" => {
                if let Ok(params) = serde_json::from_value::<DidChangeTextDocumentParams>(params) {
                    let document = params.text_document;
                    let uri = document.text_document_identifier.uri.0;
                    self.documents.change(&uri, document.version, params.content_changes);
                    self.stale = true;
                }
            }
            "textDocument/didClose" => {
                if let Ok(params) = serde_json::from_value::<DidCloseTextDocumentParams>(params) {
                    self.documents.close(&params.text_document.uri.0);
                    self.stale = true;
                }
            }
            "textDocument/didSave" | "workspace/didChangeWatchedFiles" => {
                self.documents.forget_all();
                self.stale = true;
            }
            _ => {}
        }
        Ok(())
    }

    fn publish(&mut self) -> std::io::Result<()> {
        self.stale = false;
        for params in self.published.update(&mut self.documents) {
            write(&mut self.output, json!({ "method": "textDocument/publishDiagnostics", "params": params }))?;
        }
        Ok(())
    }
}

fn read_params<T: DeserializeOwned>(params: Value) -> Result<T, Refused> {
    serde_json::from_value(params).map_err(|e| (ErrorCode::InvalidParams, e.to_string()))
}

fn value(result: impl Serialize) -> Result<Value, Refused> {
    serde_json::to_value(result).map_err(|e| (ErrorCode::InternalError, e.to_string()))
}

fn capabilities() -> Value {
    json!({
        "capabilities": {
            "positionEncoding": "utf-16",
            "textDocumentSync": { "openClose": true, "change": 2, "save": true },
            "completionProvider": { "triggerCharacters": [".", "|", "\"", "[", "("] },
            "hoverProvider": true,
            "definitionProvider": true,
            "renameProvider": { "prepareProvider": true },
            "documentFormattingProvider": true,
            "codeActionProvider": { "codeActionKinds": ["quickfix"] },
        },
        "serverInfo": { "name": "mapwright", "version": env!("CARGO_PKG_VERSION") },
    })
}
