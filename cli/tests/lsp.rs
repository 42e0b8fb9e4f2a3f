//! The language server as an editor sees it: the real program, spoken to over its standard input and output.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // tests

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};

struct Server {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    next: i64,
    /// What the server said without being asked: diagnostics, by address, the last ones.
    published: Vec<(String, Value)>,
}

impl Server {
    fn start() -> Server {
        let mut child = Command::new(env!("CARGO_BIN_EXE_mapwright"))
            .arg("lsp")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap();
        let (input, output) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
        Server { child, input, output, next: 0, published: vec![] }
    }

    fn started() -> Server {
        let mut server = Server::start();
        let result = server.ask("initialize", json!({ "processId": null, "rootUri": null, "capabilities": {} }));
        assert_eq!(result["capabilities"]["positionEncoding"], "utf-16");
        server.tell("initialized", json!({}));
        server
    }

    fn raw(&mut self, body: &str) {
        write!(self.input, "Content-Length: {}\r\n\r\n{body}", body.len()).unwrap();
        self.input.flush().unwrap();
    }

    fn tell(&mut self, method: &str, params: Value) {
        self.raw(&json!({ "jsonrpc": "2.0", "method": method, "params": params }).to_string());
    }

    fn answer(&mut self, method: &str, params: Value) -> Value {
        self.next += 1;
        let id = self.next;
        self.raw(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }).to_string());
        loop {
            let message = self.read();
            if message["id"] == id {
                return message;
            }
            self.keep(message);
        }
    }

    fn ask(&mut self, method: &str, params: Value) -> Value {
        let answer = self.answer(method, params);
        assert!(answer.get("error").is_none(), "{answer}");
        answer["result"].clone()
    }

    fn read(&mut self) -> Value {
        let mut length = 0;
        loop {
            let mut line = String::new();
            assert!(self.output.read_line(&mut line).unwrap() > 0, "the server has gone away");
            match line.trim_end().split_once(": ") {
                Some(("Content-Length", n)) => length = n.parse().unwrap(),
                Some(_) => {}
                None => break,
            }
        }
        let mut body = vec![0; length];
        self.output.read_exact(&mut body).unwrap();
        serde_json::from_slice(&body).unwrap()
    }

    fn keep(&mut self, message: Value) {
        assert_eq!(message["method"], "textDocument/publishDiagnostics", "{message}");
        let uri = message["params"]["uri"].as_str().unwrap().to_owned();
        self.published.retain(|(u, _)| *u != uri);
        self.published.push((uri, message["params"].clone()));
    }

    fn open(&mut self, uri: &str, text: &str) {
        let document = json!({ "uri": uri, "languageId": "yaml", "version": 1, "text": text });
        self.tell("textDocument/didOpen", json!({ "textDocument": document }));
    }

    /// The whole text anew.
    fn change(&mut self, uri: &str, version: i32, text: &str) {
        self.tell(
            "textDocument/didChange",
            json!({ "textDocument": { "uri": uri, "version": version }, "contentChanges": [{ "text": text }] }),
        );
    }

    /// The next diagnostics of a file.
    fn diagnostics(&mut self, uri: &str) -> Vec<Value> {
        loop {
            if let Some(at) = self.published.iter().position(|(u, _)| u == uri) {
                return self.published.remove(at).1["diagnostics"].as_array().unwrap().clone();
            }
            let message = self.read();
            self.keep(message);
        }
    }

    /// The diagnostics of a file, once there are so many: what came before may be of a text before.
    fn diagnostics_once(&mut self, uri: &str, count: usize) -> Vec<Value> {
        for _ in 0..10 {
            let found = self.diagnostics(uri);
            if found.len() == count {
                return found;
            }
        }
        panic!("never {count} diagnostics of {uri}");
    }

    fn at(&mut self, method: &str, uri: &str, text: &str, marked: &str) -> Value {
        let place = json!({ "textDocument": { "uri": uri }, "position": position(text, marked) });
        self.ask(method, place)
    }

    fn labels(&mut self, uri: &str, text: &str, marked: &str) -> Vec<String> {
        let list = self.at("textDocument/completion", uri, text, marked);
        list["items"].as_array().unwrap().iter().map(|i| i["label"].as_str().unwrap().to_owned()).collect()
    }

    fn end(mut self) {
        assert_eq!(self.ask("shutdown", Value::Null), Value::Null);
        let refused = self.answer("textDocument/hover", json!({}));
        assert_eq!(refused["error"]["code"], -32600, "{refused}");
        self.tell("exit", Value::Null);
        assert_eq!(self.child.wait().unwrap().code(), Some(0));
    }
}

/// The position behind the first place of a piece of text, in UTF-16 units, counted anew here.
fn position(text: &str, marked: &str) -> Value {
    let byte = text.find(marked).unwrap_or_else(|| panic!("`{marked}` is not in the text")) + marked.len();
    let before = &text[..byte];
    let line = before.matches('\n').count();
    let start = before.rfind('\n').map_or(0, |i| i + 1);
    json!({ "line": line, "character": before[start..].encode_utf16().count() })
}

/// A text with edits of the protocol applied.
fn applied(text: &str, edits: &Value) -> String {
    let units: Vec<Vec<u16>> = text.split_inclusive('\n').map(|l| l.encode_utf16().collect()).collect();
    let offset = |p: &Value| {
        let line = usize::try_from(p["line"].as_u64().unwrap()).unwrap();
        let before: usize = units.iter().take(line).map(Vec::len).sum();
        before + usize::try_from(p["character"].as_u64().unwrap()).unwrap()
    };
    let mut whole: Vec<u16> = text.encode_utf16().collect();
    let mut edits: Vec<&Value> = edits.as_array().unwrap().iter().collect();
    edits.sort_by_key(|e| std::cmp::Reverse(offset(&e["range"]["start"])));
    for edit in edits {
        let range = offset(&edit["range"]["start"])..offset(&edit["range"]["end"]);
        whole.splice(range, edit["newText"].as_str().unwrap().encode_utf16());
    }
    String::from_utf16(&whole).unwrap()
}

const HEAD: &str = "\
collection: Mine
record: Product
direction: from
sync: add-update
bigcommerce: catalog.product
find_by: sku
lookups:
  Kind 😀:
    unmatched: error
    entries:
      Physical: physical
      Virtual: digital
";

const RULES: &str = "\
rules: |
  let net = default_price
  name <- \"😀 ünï {name}\"
  sku <- sku
  type <- type | lookup(\"Kind 😀\")  on create
  price <- net ?? 0
  weight <- weight ?? 0
";

const URI: &str = "untitled:mine.yaml";

fn whole() -> String {
    format!("{HEAD}{RULES}")
}

#[test]
fn half_typed_text_is_completed() {
    let mut server = Server::started();
    let text = whole();
    server.open(URI, &text);
    for (version, (typed, wanted, not)) in [
        ("  description <- de", "description", "is_visible"),
        ("  # é\n  cost_price <- inventory[first i where i.", "cost", "sku"),
        ("  cost_price <- inventory[*].", "cost", "name"),
        ("  brand_name <- \"😀\" | tr", "trim", "sku"),
        ("  upc <- trunc", "truncate", "is_visible"),
        ("  is_vis", "is_visible", "default_price"),
        ("  inventory_tracking <- \"", "variant", "trim"),
        ("  is_visible <- tracking_method == \"", "Variant", "variant"),
        ("  description <- type | lookup(\"", "Kind 😀", "trim"),
        ("  categories <- x | link(\"", "Product Category", "Kind 😀"),
        ("  description <- \"😀 {na", "name", "trim"),
        ("  description <- n", "net", "is_visible"),
        ("  description <- name on ", "create", "name"),
    ]
    .into_iter()
    .enumerate()
    {
        let half = format!("{text}{typed}");
        server.change(URI, i32::try_from(version).unwrap() + 2, &half);
        let labels = server.labels(URI, &half, typed);
        let has = |l: &str| labels.iter().any(|x| x == l);
        assert!(has(wanted), "{typed}: {labels:?}");
        assert!(!has(not), "{typed}: {labels:?}");
    }
    server.end();
}

#[test]
fn the_envelope_is_completed_though_it_is_no_yaml_yet() {
    let mut server = Server::started();
    for (version, (half, marked, wanted)) in [
        ("collection: A\nsync: ad", "ad", "add-update"),
        ("collection: A\nrecord: Pro", "Pro", "Product Variant"),
        ("collection: A\ndir", "dir", "direction"),
        ("collection: A\nlookups:\n  X:\n    unm", "unm", "unmatched"),
        ("collection: A\nrecord: Product\ndirection: from\nbigcommerce: catalog.product\nchildren:\n  var", "  var", "variants"),
        (
            "collection: A\nrecord: Product\ndirection: from\nbigcommerce: catalog.product\nchildren:\n  variants:\n    - use: BC",
            "- use: BC",
            "BC Product Variants From iPaaS",
        ),
        ("collection: A\nrecord: Product\ndirection: from\nbigcommerce: catalog.product\nfind_by: s", "by: s", "sku"),
        ("collection: A\nrecord: Product\ndirection: from\nbigcommerce: catalog.product\nfilter: kit.", "kit.", "components"),
    ]
    .into_iter()
    .enumerate()
    {
        if version == 0 {
            server.open(URI, half);
        } else {
            server.change(URI, i32::try_from(version).unwrap() + 1, half);
        }
        let labels = server.labels(URI, half, marked);
        assert!(labels.iter().any(|l| l == wanted), "{half}: {labels:?}");
    }
    server.end();
}

#[test]
fn a_completion_replaces_what_was_typed() {
    let mut server = Server::started();
    let half = format!("{}  description <- \"😀\" | trunc", whole());
    server.open(URI, &half);
    let list = server.at("textDocument/completion", URI, &half, "| trunc");
    let item = list["items"].as_array().unwrap().iter().find(|i| i["label"] == "truncate").unwrap().clone();
    assert!(item["documentation"]["value"].as_str().unwrap().contains("truncate("), "{item}");
    let done = applied(&half, &json!([item["textEdit"]]));
    assert!(done.ends_with("description <- \"😀\" | truncate("), "{done}");
    server.end();
}

#[test]
fn diagnostics_come_and_go_with_utf_16_places() {
    let mut server = Server::started();
    let text = whole();
    server.open(URI, &text);
    let broken = text.replace("ünï {name}", "ünï {nmae}");
    server.change(URI, 2, &broken);
    let found = server.diagnostics(URI);
    assert_eq!(found.len(), 1, "{found:?}");
    let one = &found[0];
    assert_eq!((&one["code"], &one["severity"], &one["source"]), (&json!("E0301"), &json!(1), &json!("mapwright")));
    assert!(one["message"].as_str().unwrap().contains("did you mean `name`?"), "{one}");
    assert_eq!(one["range"]["start"], position(&broken, "ünï {"));
    assert_eq!(one["range"]["end"], position(&broken, "ünï {nmae"));

    // the quick fix mends it
    let params = json!({ "textDocument": { "uri": URI }, "range": one["range"], "context": { "diagnostics": [one] } });
    let actions = server.ask("textDocument/codeAction", params);
    let action = &actions[0];
    assert_eq!((&action["kind"], &action["title"]), (&json!("quickfix"), &json!("write `name` in place of `nmae`")));
    let mended = applied(&broken, &action["edit"]["changes"][URI]);
    assert_eq!(mended, text);

    server.change(URI, 3, &mended);
    assert_eq!(server.diagnostics(URI), Vec::<Value>::new(), "cleared");
    server.end();
}

#[test]
fn changes_of_a_part_are_applied_by_utf_16_columns() {
    let mut server = Server::started();
    let text = whole();
    server.open(URI, &text);
    let (start, end) = (position(&text, "ünï {"), position(&text, "ünï {name"));
    let change = json!({ "range": { "start": start, "end": end }, "text": "nmae" });
    let document = json!({ "uri": URI, "version": 2 });
    server.tell("textDocument/didChange", json!({ "textDocument": document, "contentChanges": [change] }));
    let found = server.diagnostics(URI);
    assert_eq!(found[0]["range"]["end"], position(&text.replace("ünï {name", "ünï {nmae"), "ünï {nmae"));
    server.tell("textDocument/didClose", json!({ "textDocument": { "uri": URI } }));
    assert_eq!(server.diagnostics(URI), Vec::<Value>::new(), "a closed file outside of a project has none");
    server.end();
}

#[test]
fn crlf_and_a_byte_order_mark_shift_nothing() {
    let mut server = Server::started();
    for (version, text) in [whole().replace('\n', "\r\n"), format!("\u{feff}{}", whole())].into_iter().enumerate() {
        let broken = text.replace("ünï {name}", "ünï {nmae}").replace("collection: Mine", "colection: Mine\nbase: X");
        let broken = if version == 0 { broken.replace("Mine\nbase", "Mine\r\nbase") } else { broken };
        let uri = format!("untitled:{version}.yaml");
        server.open(&uri, &broken);
        let found = server.diagnostics(&uri);
        let key = found.iter().find(|d| d["code"] == "E0120").unwrap_or_else(|| panic!("{found:?}"));
        assert_eq!(key["range"]["end"], position(&broken, "colection"), "{version}");
        let hover = server.at("textDocument/hover", &uri, &broken, "let net = default_pr");
        assert_eq!(hover["range"]["start"], position(&broken, "let net = "), "{hover}");
    }
    server.end();
}

#[test]
fn hover_says_type_and_origin() {
    let mut server = Server::started();
    let text = whole();
    server.open(URI, &text);
    for (marked, parts) in [
        ("let net = default_pr", &["`default_price`: decimal", "iPaaS.com Product"][..]),
        ("type | loo", &["lookup"]),
        ("lookup(\"Kind", &["lookup `Kind 😀`: 2 entries", "Physical → physical"]),
        ("price <- ne", &["`let net`: decimal", "default_price"]),
        ("  wei", &["`weight`: decimal", "BigCommerce product", "needed"]),
        ("sync: add-up", &["for both"]),
        ("bigcommerce: catalog.pro", &["BigCommerce product"]),
        ("find_b", &["target fields"]),
    ] {
        let hover = server.at("textDocument/hover", URI, &text, marked);
        let value = hover["contents"]["value"].as_str().unwrap_or_else(|| panic!("{marked}: {hover}"));
        for part in parts {
            assert!(value.contains(part), "{marked}: {value}");
        }
    }
    assert_eq!(server.at("textDocument/hover", URI, &text, "name <- \"😀 ü"), Value::Null, "plain text");
    server.end();
}

#[test]
fn definitions_are_found_in_the_file() {
    let mut server = Server::started();
    let text = whole();
    server.open(URI, &text);
    let found = server.at("textDocument/definition", URI, &text, "price <- n");
    assert_eq!((&found["uri"], &found["range"]["start"]), (&json!(URI), &position(&text, "  let ")));
    let found = server.at("textDocument/definition", URI, &text, "lookup(\"Kin");
    assert_eq!(found["range"]["end"], position(&text, "  Kind 😀"));
    server.end();
}

#[test]
fn formatting_is_that_of_fmt() {
    let mut server = Server::started();
    for text in [whole(), whole().replace('\n', "\r\n")] {
        let uri = format!("untitled:{}.yaml", text.len());
        server.open(&uri, &text);
        let params = json!({ "textDocument": { "uri": uri }, "options": { "tabSize": 2, "insertSpaces": true } });
        let edits = server.ask("textDocument/formatting", params);
        let formatted = applied(&text, &edits);
        assert_eq!(formatted, mapwright_language::syntax::format::format_file(&text).unwrap());
        assert_ne!(formatted, text);
    }
    server.end();
}

fn write(path: &Path, text: &str) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

const PARENT: &str = "\
collection: Parent
record: Product
direction: from
sync: add-update
bigcommerce: catalog.product
find_by: sku
children:
  variants:
    - use: Child
      each: variants
rules: |
  name    <- name
  sku     <- sku
  type    <- \"physical\"  on create
  price   <- default_price ?? 0
  weight  <- weight ?? 0
";

const CHILD: &str = "\
collection: Child
record: Product Variant
direction: from
sync: update
bigcommerce: catalog.variant
external_id: \"{id}|{parent_external_id}\"
find_by: sku
rules: |
  sku    <- sku
  price  <- parent.default_price
";

#[test]
fn a_project_is_seen_as_a_whole() {
    let directory = tempfile::tempdir().unwrap();
    let root = directory.path().canonicalize().unwrap();
    let (parent, child) = (root.join("mappings/parent.yaml"), root.join("mappings/deep dir/child.yaml"));
    write(&root.join("mapwright.yaml"), "name: x\n");
    write(&parent, PARENT);
    write(&child, &format!("\u{feff}{}", CHILD.replace("parent.default_price", "parent.defalut_price")));
    let case = root.join("snapshots/one/context.json");
    write(&case, "{\"parent\": {\"name\": \"Child\"},\n \"collection\" : \"Child\"}\n");
    write(&root.join("snapshots/other/context.json"), "{\"collection\": \"Parent\"}\n");
    let uri = |p: &Path| format!("file://{}", p.display().to_string().replace(' ', "%20"));

    let mut server = Server::started();
    // what is on disk is checked too, the file with the mistake is not open
    server.open(&uri(&parent), PARENT);
    let found = server.diagnostics(&uri(&child));
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0]["code"], "E0301");

    // what is open counts, not what is on disk
    server.open(&uri(&child), CHILD);
    assert_eq!(server.diagnostics(&uri(&child)), Vec::<Value>::new());
    let half = format!("{CHILD}  retail_price <- parent.ms");
    server.change(&uri(&child), 2, &half);
    let labels = server.labels(&uri(&child), &half, "parent.ms");
    assert!(labels.iter().any(|l| l == "msrp") && !labels.iter().any(|l| l == "is_visible"), "{labels:?}");
    server.change(&uri(&child), 3, CHILD);

    let found = server.at("textDocument/definition", &uri(&parent), PARENT, "use: Chi");
    assert_eq!((&found["uri"], &found["range"]["end"]), (&json!(uri(&child)), &position(CHILD, "collection: Child")));

    // another name for the child, in both files
    let prepared = server.at("textDocument/prepareRename", &uri(&parent), PARENT, "use: Chi");
    assert_eq!(prepared["placeholder"], "Child");
    let ask = |new: &str| {
        let place = json!({ "textDocument": { "uri": uri(&parent) }, "position": position(PARENT, "use: Chi") });
        let mut params = place;
        params["newName"] = json!(new);
        params
    };
    let edit = server.ask("textDocument/rename", ask("Kid: new"));
    let changes = &edit["changes"];
    assert!(applied(PARENT, &changes[uri(&parent)]).contains("- use: \"Kid: new\"\n"), "{edit}");
    assert!(applied(CHILD, &changes[uri(&child)]).starts_with("collection: \"Kid: new\"\n"), "{edit}");
    let context = std::fs::read_to_string(&case).unwrap();
    let renamed = applied(&context, &changes[uri(&case)]);
    assert_eq!(renamed, context.replace("\"collection\" : \"Child\"", "\"collection\" : \"Kid: new\""));
    assert_eq!(changes.as_object().unwrap().len(), 3, "{changes}");
    let refused = server.answer("textDocument/rename", ask("Parent"));
    assert!(refused["error"]["message"].as_str().unwrap().contains("cannot be named `Parent`"), "{refused}");

    // closed again: the disk counts
    server.tell("textDocument/didClose", json!({ "textDocument": { "uri": uri(&child) } }));
    assert_eq!(server.diagnostics_once(&uri(&child), 1)[0]["code"], "E0301");
    server.end();
}

#[test]
fn lets_and_lookups_get_other_names() {
    let mut server = Server::started();
    let text = whole().replace("  sku <- sku\n", "  sku <- sku\n  description <- \"{net} net\"\n");
    server.open(URI, &text);
    let rename = |server: &mut Server, marked: &str, new: &str| {
        let params = json!({ "textDocument": { "uri": URI }, "position": position(&text, marked), "newName": new });
        server.answer("textDocument/rename", params)
    };
    let answer = rename(&mut server, "price <- n", "netto");
    let renamed = applied(&text, &answer["result"]["changes"][URI]);
    let expected = text
        .replace("let net =", "let netto =")
        .replace("{net} net", "{netto} net")
        .replace("price <- net", "price <- netto");
    assert_eq!(renamed, expected);
    let answer = rename(&mut server, "lookup(\"Ki", "Sort \"é\"");
    let renamed = applied(&text, &answer["result"]["changes"][URI]);
    assert!(renamed.contains("lookup(\"Sort \\\"é\\\"\")") && renamed.contains("\n  Sort \"é\":\n"), "{renamed}");
    for (marked, new, why) in [
        ("price <- n", "if", "cannot be a name"),
        ("price <- n", "name", "cannot be named `name`"),
        ("let net = default_p", "x", "is not a let, lookup or collection"),
    ] {
        let answer = rename(&mut server, marked, new);
        assert!(answer["error"]["message"].as_str().unwrap().contains(why), "{answer}");
    }
    server.end();
}

#[test]
fn the_order_of_the_protocol_is_kept() {
    let mut server = Server::start();
    let early = server.answer("textDocument/hover", json!({}));
    assert_eq!(early["error"]["code"], -32002, "{early}");
    server.tell("textDocument/didOpen", json!({ "nonsense": true }));
    server.ask("initialize", json!({ "processId": null, "rootUri": null, "capabilities": {} }));
    assert_eq!(server.answer("initialize", json!({}))["error"]["code"], -32600);
    assert_eq!(server.answer("textDocument/unheard", json!({}))["error"]["code"], -32601);
    assert_eq!(server.answer("textDocument/hover", json!({ "position": 1 }))["error"]["code"], -32602);
    server.tell("$/unheard", json!({}));
    server.raw("{ this is no JSON");
    let unreadable = server.read();
    assert_eq!((&unreadable["error"]["code"], &unreadable["id"]), (&json!(-32700), &Value::Null));
    // places that are not there, a file that is not open, a file that is no mapping file
    let far = json!({ "textDocument": { "uri": URI }, "position": { "line": 4_000_000_000u32, "character": 4_000_000_000u32 } });
    assert_eq!(server.ask("textDocument/hover", far.clone()), Value::Null);
    server.open(URI, "name: something else\n");
    assert_eq!(server.ask("textDocument/completion", far), Value::Null);
    server.end();

    let mut server = Server::started();
    server.tell("exit", Value::Null);
    assert_eq!(server.child.wait().unwrap().code(), Some(1), "exit without shutdown");
}

#[test]
fn a_huge_file_is_refused_like_everywhere_and_the_server_lives() {
    let mut server = Server::started();
    let huge = format!("{}{}", whole(), "  # filler filler filler filler\n".repeat(60_000));
    server.open(URI, &huge);
    let found = server.diagnostics(URI);
    assert_eq!(found[0]["code"], "E0102", "{found:?}");
    let long = format!("{}  description <- {}", whole(), "[each x where ".repeat(50_000));
    server.change(URI, 2, &long);
    assert_eq!(
        server
            .labels(URI, &long, "[each x where [each x where [each x where [each x where [each x where [each x where ")
            .len()
            .min(1),
        1
    );
    let end = json!({ "textDocument": { "uri": URI }, "position": { "line": 99_999, "character": 0 } });
    assert_eq!(server.ask("textDocument/completion", end)["items"], json!([]));
    server.end();
}
