//! `mapwright.yaml`: every mistake with its place, as in a mapping file, and never a secret.

use std::ops::Range;

use mapwright_language::check::Library;
use mapwright_language::diagnostic::{Diagnostic, Diagnostics, did_you_mean};
use mapwright_language::mapping_file::{Setting, SettingError};
use mapwright_language::source::{FileId, Files, Node, NodeKind, ScalarStyle, Span, read_tree, typed};
use mapwright_transfer::subscription::{Secrets, Subscription, names_a_secret};

/// What was read.
#[derive(Debug, Default)]
pub struct SettingsFile {
    /// The subscription, unless something is wrong.
    pub subscription: Option<Subscription>,
    /// Settings for mapping files.
    custom: Vec<Given>,
    /// Where a setting that is missing belongs.
    place: Option<Span>,
}

/// A setting for mapping files.
#[derive(Debug, Clone)]
struct Given {
    name: String,
    name_span: Span,
    text: String,
    span: Span,
}

impl SettingsFile {
    /// Reports what does not go with the settings that mapping files declare: what is missing, what is of another type, and what
    /// nobody asks for.
    pub fn against(&self, library: &Library, diagnostics: &mut Diagnostics) {
        let declared = declared_settings(library);
        // an unknown name that was meant to be a required one is one slip
        let mut explained: Vec<&str> = Vec::new();
        for Declared { setting, runs } in &declared {
            let given = self.custom.iter().find(|g| g.name == setting.name.value);
            let Err(error) = setting.kind.value.read(given.map(|g| g.text.as_str()), setting.required) else {
                continue;
            };
            match (error, given) {
                (SettingError::Not(kind), Some(given)) => diagnostics.push(
                    Diagnostic::error(
                        "E0133",
                        given.span,
                        format!("the setting `{}` {error}, this is `{}`", given.name, given.text),
                    )
                    .label(setting.kind.span, "what the collection asks for")
                    .help(kind.form()),
                ),
                _ if *runs => {
                    let near = self.meant(&setting.name.value, &declared);
                    explained.extend(near.map(|g| g.name.as_str()));
                    self.missing(setting, given, near, diagnostics);
                }
                _ => {}
            }
        }
        let names: Vec<&str> = declared.iter().map(|d| d.setting.name.value.as_str()).collect();
        for given in self.custom.iter().filter(|g| !names.contains(&&*g.name) && !explained.contains(&&*g.name)) {
            let message = format!("no mapping file of this project asks for the setting `{}`", given.name);
            let diagnostic = Diagnostic::warning("W0101", given.name_span, message);
            diagnostics.push(match did_you_mean(&given.name, names.iter().copied()) {
                Some(near) => diagnostic.note(format!("did you mean `{near}`?")),
                None => {
                    diagnostic.help("take it away, or declare it under `settings:` of the collection that reads it")
                }
            });
        }
    }

    /// The setting that nobody asks for and whose name is nearly this one.
    fn meant(&self, name: &str, declared: &[Declared<'_>]) -> Option<&Given> {
        let unasked = |given: &&Given| !declared.iter().any(|d| d.setting.name.value == given.name);
        let near = did_you_mean(name, self.custom.iter().filter(unasked).map(|g| g.name.as_str()))?;
        self.custom.iter().find(|g| g.name == near)
    }

    fn missing(&self, setting: &Setting, given: Option<&Given>, near: Option<&Given>, into: &mut Diagnostics) {
        let name = &setting.name.value;
        let place = near.or(given).map(|g| g.name_span).or(self.place).unwrap_or(setting.name.span);
        let message = format!("the setting `{name}` {}", SettingError::Missing);
        let diagnostic = Diagnostic::error("E0132", place, message).label(setting.name.span, "declared here");
        into.push(match near {
            Some(near) => diagnostic.note(format!("did you mean `{name}`?")).edit(near.name_span, name),
            None => diagnostic
                .help(format!("set it to {}: `mapwright subscription set {name}=…`", setting.kind.value.words())),
        });
    }

    /// Where a setting for mapping files stands.
    pub fn place_of(&self, name: &str) -> Option<Span> {
        self.custom.iter().find(|g| g.name == name).map(|g| g.span).or(self.place)
    }
}

/// A setting that a collection declares.
pub struct Declared<'a> {
    /// What it asks for.
    pub setting: &'a Setting,
    /// Whether a collection that asks for it is switched on.
    runs: bool,
}

/// The settings that mapping files declare, each declaration once, in the order of their names.
pub fn declared_settings(library: &Library) -> Vec<Declared<'_>> {
    let mut declared: Vec<Declared<'_>> = Vec::new();
    for collection in &library.collections {
        let file = &collection.combined.file;
        let runs = file.active.as_ref().is_none_or(|a| a.value);
        for setting in file.settings.iter().flat_map(|s| &s.value) {
            match declared.iter_mut().find(|d| d.setting == setting) {
                Some(known) => known.runs |= runs,
                None => declared.push(Declared { setting, runs }),
            }
        }
    }
    declared.sort_by(|a, b| a.setting.name.value.cmp(&b.setting.name.value));
    declared
}

/// Reads the text; `files` gets it with stars in place of secrets, so that no message shows one.
pub fn read(files: &mut Files, name: &str, text: &str, secrets: &Secrets, into: &mut Diagnostics) -> SettingsFile {
    let mut plain = files.clone();
    let file = plain.add(name, text);
    let mut reader = Reader {
        secrets,
        file,
        found: Diagnostics::default(),
        hidden: lines_with_secrets(text),
        custom: vec![],
        place: None,
    };
    let tree = read_tree(&plain, file, &mut reader.found);
    let subscription = tree.and_then(|tree| reader.subscription(&tree, text));
    let stars = reader.hidden.iter().fold(secrets.hide(text), |text, range| with_stars(&text, range));
    files.add(name, stars);
    for diagnostic in reader.found.iter() {
        into.push(about_settings(diagnostic.clone(), secrets));
    }
    SettingsFile { subscription, custom: reader.custom, place: reader.place }
}

/// A diagnostic of the YAML reader speaks of mapping files.
fn about_settings(mut diagnostic: Diagnostic, secrets: &Secrets) -> Diagnostic {
    match diagnostic.code {
        "E0104" => {
            diagnostic.help = Some(String::from(
                "it holds `name`, `store_hash` and `system_id`; delete the file and make it again with `mapwright subscription create`",
            ));
        }
        "E0102" => diagnostic.help = Some(String::from("it holds the settings of one subscription, some lines")),
        "E0108" => {
            diagnostic.help =
                Some(String::from("`mapwright.yaml` has none; a text that begins with such a sign goes in '…'"));
        }
        // how expressions are written is no concern of this file; how a text is closed is
        "E0124" | "E0125" if !diagnostic.help.as_ref().is_some_and(|help| help.starts_with("close it")) => {
            diagnostic.help = Some(String::from("put the text in '…'"));
        }
        "E0107" => diagnostic.help = Some(String::from("one file, one subscription: take the `---` away")),
        _ => {}
    }
    diagnostic.message = secrets.hide(&diagnostic.message);
    diagnostic.help = diagnostic.help.map(|h| secrets.hide(&h));
    diagnostic
}

struct Reader<'a> {
    secrets: &'a Secrets,
    file: FileId,
    found: Diagnostics,
    /// What is not shown, in bytes.
    hidden: Vec<Range<usize>>,
    custom: Vec<Given>,
    place: Option<Span>,
}

impl Reader<'_> {
    fn subscription(&mut self, tree: &Node, text: &str) -> Option<Subscription> {
        let entries = self.entries(tree, "`mapwright.yaml`")?;
        let head = entries.iter().find(|(key, ..)| *key == "settings").or(entries.first());
        self.place = head.map(|(_, span, _)| *span);
        for name in ["name", "store_hash", "system_id"] {
            if !entries.iter().any(|(key, ..)| *key == name) {
                let place = Span { end: tree.span.start, ..tree.span };
                self.found.push(
                    Diagnostic::error("E0128", place, format!("a subscription needs the key `{name}`"))
                        .help(format!("write `{name}: …`, or `mapwright subscription create` makes the whole file")),
                );
            }
        }
        for (key, span, value) in &entries {
            match *key {
                "settings" => self.custom(value),
                "throttle" => self.throttle(value),
                key if Subscription::OWN.contains(&key) => self.own(key, value),
                key => self.unknown(key, *span, value),
            }
        }
        if self.found.has_errors() {
            return None;
        }
        let subscription: Subscription = match typed(text) {
            Ok(subscription) => subscription,
            Err(error) => {
                self.found.push(Diagnostic::error("E0130", tree.span, self.secrets.hide(&error.to_string())));
                return None;
            }
        };
        for error in subscription.check().err().unwrap_or_default() {
            let value = entries.iter().find(|(key, ..)| *key == error.name).map(|(_, _, value)| *value);
            // a password may stand in an address
            if let Some(value) = value.filter(|v| v.scalar().is_some_and(|s| s.text.contains('@'))) {
                self.hide(value.span);
            }
            let span = value.map_or(tree.span, |v| v.span);
            self.found.push(Diagnostic::error("E0130", span, format!("`{}` {}", error.name, error.message)));
        }
        (!self.found.has_errors()).then_some(subscription)
    }

    fn entries<'n>(&mut self, node: &'n Node, what: &str) -> Option<Vec<(&'n str, Span, &'n Node)>> {
        let NodeKind::Map { entries, .. } = &node.kind else {
            self.kind(node, &format!("{what} is a mapping of keys"), "write `key: value` lines");
            return None;
        };
        Some(entries.iter().filter_map(|(k, v)| Some((k.scalar()?.text.as_str(), k.span, v))).collect())
    }

    fn kind(&mut self, node: &Node, expected: &str, help: &str) {
        let message = format!("{expected}, this is {}", if is_null(node) { "nothing" } else { node.kind_name() });
        self.found.push(Diagnostic::error("E0121", node.span, message).help(help));
    }

    fn own(&mut self, key: &str, value: &Node) {
        match value.scalar() {
            // without a client id all goes well
            Some(_) if is_null(value) && key == "client_id" => {}
            Some(scalar) if !is_null(value) => self.value(key, &scalar.text, value.span),
            _ => self.kind(value, &format!("`{key}` is a text"), &format!("write `{key}: …`")),
        }
    }

    /// A value that is a secret, whatever its name.
    fn value(&mut self, key: &str, text: &str, span: Span) {
        if self.secrets.stand_in(text) {
            self.secret(span, span, format!("the value of `{key}` is or holds a token of this subscription"));
        }
    }

    fn secret(&mut self, span: Span, value: Span, message: String) {
        self.hide(value);
        self.found.push(Diagnostic::error("E0131", span, format!("{message}, and this file holds no secrets")).help(
            "delete the line; `mapwright subscription set --token-file FILE` keeps a token; whoever saw this file knows the secret: replace it",
        ));
    }

    fn hide(&mut self, span: Span) {
        self.hidden.push(span.start as usize..span.end as usize);
    }

    fn unknown(&mut self, key: &str, span: Span, value: &Node) {
        if names_a_secret(key) {
            return self.secret(span, value.span, format!("`{key}` looks like a secret"));
        }
        if let Some(scalar) = value.scalar() {
            self.value(key, &scalar.text, value.span);
        }
        let diagnostic = Diagnostic::error("E0120", span, format!("`{key}` is not a key of `mapwright.yaml`"));
        let known = Subscription::OWN.iter().copied().chain(["settings"]);
        self.found.push(match did_you_mean(key, known.clone()) {
            Some(near) => diagnostic.note(format!("did you mean `{near}`?")).edit(span, near),
            None => diagnostic.help(format!(
                "its keys are {}; what mapping files ask for stands under `settings:`",
                known.map(|k| format!("`{k}`")).collect::<Vec<_>>().join(", ")
            )),
        });
    }

    fn custom(&mut self, node: &Node) {
        if is_null(node) {
            return;
        }
        for (key, span, value) in self.entries(node, "`settings`").unwrap_or_default() {
            if names_a_secret(key) {
                self.secret(span, value.span, format!("`{key}` looks like a secret"));
                continue;
            }
            match value.scalar() {
                Some(scalar) if !is_null(value) => {
                    self.value(key, &scalar.text, value.span);
                    let (name, text) = (key.to_owned(), scalar.text.clone());
                    self.custom.push(Given { name, name_span: span, text, span: value.span });
                }
                _ => self.kind(
                    value,
                    &format!("the setting `{key}` is a text"),
                    "write it behind the colon, or take the line away",
                ),
            }
        }
    }

    fn throttle(&mut self, node: &Node) {
        if is_null(node) {
            return;
        }
        let Some(entries) = self.entries(node, "`throttle`") else { return };
        let help = "write `throttle: { calls: 500, seconds: 60 }`";
        for (key, span, value) in &entries {
            if !["calls", "seconds"].contains(key) {
                let message = format!("`{key}` is not a key of `throttle`");
                self.found.push(Diagnostic::error("E0120", *span, message).help(help));
            } else if value.scalar().is_none_or(|s| s.text.parse::<u32>().is_err()) {
                let message = format!("`{key}` of `throttle` is a whole number");
                self.found.push(Diagnostic::error("E0130", value.span, message).help(help));
            }
        }
        for key in ["calls", "seconds"] {
            if !entries.iter().any(|(k, ..)| *k == key) {
                let message = format!("`throttle` needs the key `{key}`");
                let place = Span { file: self.file, ..node.span };
                self.found.push(Diagnostic::error("E0128", place, message).help(help));
            }
        }
    }
}

/// The text with stars in place of secrets, as far as they can be known without reading it.
pub fn hidden(text: &str, secrets: &Secrets) -> String {
    lines_with_secrets(text).iter().fold(secrets.hide(text), |text, range| with_stars(&text, range))
}

/// What YAML takes for nothing.
fn is_null(node: &Node) -> bool {
    node.scalar()
        .is_some_and(|s| s.style == ScalarStyle::Plain && ["", "~", "null", "Null", "NULL"].contains(&s.text.as_str()))
}

/// What stands behind a name that promises a secret, line by line: also where YAML cannot be read.
fn lines_with_secrets(text: &str) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    let mut at = 0;
    let mut below: Option<usize> = None;
    for line in text.split_inclusive('\n') {
        let indentation = line.len() - line.trim_start().len();
        let from = if below.is_some_and(|b| indentation > b || line.trim().is_empty()) {
            Some(0)
        } else {
            below = None;
            line.match_indices(':').map(|(i, _)| i).find(|i| {
                let before = line.get(..*i).unwrap_or_default();
                let name = before.rsplit(|c: char| " \t{,[\"'".contains(c)).find(|w| !w.is_empty());
                name.is_some_and(names_a_secret)
            })
        };
        if let Some(from) = from {
            below.get_or_insert(indentation);
            ranges.push(at + from + usize::from(from > 0)..at + line.len());
        }
        at += line.len();
    }
    ranges
}

/// The text with stars for every byte of a range, but line ends.
fn with_stars(text: &str, range: &Range<usize>) -> String {
    text.char_indices().fold(String::with_capacity(text.len()), |mut stars, (i, c)| {
        if range.contains(&i) && !c.is_whitespace() {
            stars.extend(std::iter::repeat_n('*', c.len_utf8()));
        } else {
            stars.push(c);
        }
        stars
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_hidden_where_yaml_cannot_be_read() {
        let text = "name: a\napi_key: \"canary 1\n  canary 2\nsettings: { shop: 3, \"accessKey\": canary }\nzone: b\n";
        let hidden = hidden(text, &Secrets::default());
        assert_eq!(
            hidden,
            "name: a\napi_key: ******* *\n  ****** *\nsettings: { shop: 3, \"accessKey\": ****** *\nzone: b\n"
        );
        assert_eq!(hidden.len(), text.len());
    }
}
