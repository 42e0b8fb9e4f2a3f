//! What may stand at a place.

use mapwright_language::check::form;
use mapwright_language::functions;
use mapwright_language::schema::{Catalog, FieldKind, RecordType, System};
use mapwright_language::source::FileId;
use mapwright_language::syntax::{MOST_RULE_BYTES, is_word};

use crate::chain;
use crate::cursor::{Cursor, TextFor, Wanted, clean};
use crate::describe;
use crate::envelope::{self, Value};
use crate::place::{Part, place};
use crate::project::Project;
use crate::scope::{GIVEN, Scope};
use crate::thing::Thing;

/// Kinds of completion, for the sign beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)] // each is its own word
pub enum Kind {
    Field,
    Function,
    Variable,
    Keyword,
    Value,
    Collection,
    Key,
}

/// One thing that may stand there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// As it is listed.
    pub label: String,
    /// As it is written.
    pub insert: String,
    /// Its kind.
    pub kind: Kind,
    /// A few words: type or meaning.
    pub detail: String,
    /// Markdown.
    pub about: String,
}

/// What may stand at a byte of a file, and where the word there starts: what is chosen replaces it up to the place.
#[must_use]
pub fn complete(project: &Project, file: FileId, at: usize) -> (usize, Vec<Item>) {
    let (start, mut items) = all(project, file, at);
    let after = project.text(file).get(at..).unwrap_or_default();
    let after = after.trim_start_matches(|c: char| c.is_alphanumeric() || c == '_');
    for item in &mut items {
        // what follows is not written twice
        let there = match item.kind {
            Kind::Key => after.starts_with(':'),
            Kind::Function => after.starts_with('('),
            _ => item.insert.ends_with("<- ") && after.trim_start_matches(' ').starts_with("<-"),
        };
        if there {
            item.insert = item.label.clone();
        }
    }
    (start, items)
}

fn all(project: &Project, file: FileId, at: usize) -> (usize, Vec<Item>) {
    let text = project.text(file);
    let place = place(text, at);
    let scope = Scope::new(project, file, at).at(&place.path);
    let path: Vec<&str> = place.path.iter().map(String::as_str).collect();
    match place.part {
        Part::Nothing => (at, vec![]),
        Part::Key(start) => (start, keys(&path, &scope)),
        Part::Value(start) => {
            (start, envelope::at(path.iter().copied()).map_or(vec![], |(v, _)| values(v, &path, &scope)))
        }
        Part::Code(_, from, _) if at - from > MOST_RULE_BYTES => (at, vec![]),
        Part::Code(code, from, _) => {
            let clean = clean(text.get(from..at).unwrap_or_default());
            let cursor = Cursor::new(&clean, code);
            (from + cursor.start, code_items(&cursor, &scope))
        }
    }
}

fn item(label: &str, kind: Kind, detail: impl Into<String>) -> Item {
    Item { label: label.to_owned(), insert: label.to_owned(), kind, detail: detail.into(), about: String::new() }
}

fn keys(path: &[&str], scope: &Scope<'_>) -> Vec<Item> {
    let Some((value, _)) = envelope::at(path.iter().copied()) else { return vec![] };
    let of = |keys: &'static [envelope::Key]| -> Vec<Item> {
        keys.iter()
            .filter(|k| !path.is_empty() || mapwright_language::mapping_file::FILE_KEYS.contains(&k.name))
            .map(|key| {
                let insert = match key.value {
                    Value::Rules => format!("{}: |\n  ", key.name),
                    Value::Names(_)
                    | Value::Keys(_)
                    | Value::List(_)
                    | Value::ExpressionOrList(_)
                    | Value::Slots(_) => {
                        format!("{}:", key.name)
                    }
                    _ => format!("{}: ", key.name),
                };
                Item { insert, ..item(key.name, Kind::Key, key.about) }
            })
            .collect()
    };
    match value {
        Value::Slots(_) if path.len() == 1 => slots(scope),
        Value::Slots(keys) => of(keys),
        Value::Keys(keys) | Value::List(keys) | Value::ExpressionOrList(keys) | Value::WordsOrKeys(_, keys) => of(keys),
        // an entry of a list
        Value::Texts | Value::TargetFields => values(value, path, scope),
        _ => vec![],
    }
}

fn slots(scope: &Scope<'_>) -> Vec<Item> {
    let slots = scope.target.map_or(&[][..], |t| t.route.slots.as_slice());
    slots
        .iter()
        .map(|s| Item {
            insert: format!("{}:", s.name),
            ..item(&s.name, Kind::Key, format!("filled with {}", s.record))
        })
        .collect()
}

fn values(value: &'static Value, path: &[&str], scope: &Scope<'_>) -> Vec<Item> {
    match value {
        Value::Boolean => vec![item("true", Kind::Value, ""), item("false", Kind::Value, "")],
        Value::Words(words) | Value::WordsOrKeys(words, _) => {
            words.iter().map(|(word, about)| item(word, Kind::Value, *about)).collect()
        }
        Value::Record(system) => records(*system),
        Value::Collection => collections(path, scope),
        Value::TargetFields => scope.target.map_or(vec![], |t| fields(Thing::Record(t))),
        Value::Texts if path.first() == Some(&"without") => left_out(path, scope),
        _ => vec![],
    }
}

fn records(system: System) -> Vec<Item> {
    let of = Catalog::builtin().iter().filter(|r| r.system == system);
    of.map(|r| Item { about: describe::record_type(r), ..item(&r.name, Kind::Value, r.title.clone()) }).collect()
}

/// Names of collections: those that fit the slot first.
fn collections(path: &[&str], scope: &Scope<'_>) -> Vec<Item> {
    let slot = path.get(1).filter(|_| path.first() == Some(&"children"));
    let wanted = slot.and_then(|s| scope.target?.route.slots.iter().find(|r| r.name == *s)).map(|s| s.record.as_str());
    let me = scope.own.as_ref().map(|f| f.name.value.as_str());
    let mut items: Vec<(bool, Item)> = Vec::new();
    for file in scope.project.all() {
        let name = &file.name.value;
        if Some(name.as_str()) == me && path.first() != Some(&"extends") || items.iter().any(|(_, i)| i.label == *name)
        {
            continue;
        }
        let combined = scope.project.library.collection(name);
        let fits = wanted.is_some() && combined.map(mapwright_language::check::Collection::target_type) == wanted;
        let detail = combined.map_or_else(String::new, |c| format!("{} → {}", c.source_type(), c.target_type()));
        items.push((!fits, item(name, Kind::Collection, detail)));
    }
    // with a slot that is known, only what fits it; if nothing does, all
    if items.iter().any(|(misfit, _)| !misfit) {
        items.retain(|(misfit, _)| !misfit);
    }
    items.into_iter().map(|(_, item)| item).collect()
}

fn left_out(path: &[&str], scope: &Scope<'_>) -> Vec<Item> {
    let base = scope.own.as_ref().and_then(|f| scope.project.named(&f.extends.as_ref()?.value));
    let Some(base) = base else { return vec![] };
    let names: Vec<String> = match path.get(1) {
        Some(&"rules") => {
            let rules = base.rules.iter().flat_map(|r| &r.value.rules);
            rules.map(|r| mapwright_language::combine::target_label(&r.target)).collect()
        }
        Some(&"lookups") => base.lookups.iter().flat_map(|l| &l.value).map(|l| l.name.value.clone()).collect(),
        Some(&"children") => {
            let uses = base.children.iter().flat_map(|c| &c.value).flat_map(|s| &s.uses);
            uses.map(|u| u.collection.value.clone()).collect()
        }
        _ => vec![],
    };
    names.iter().map(|n| item(n, Kind::Value, "")).collect()
}

fn fields(of: Thing) -> Vec<Item> {
    let written = |name: &str| if is_word(name) { name.to_owned() } else { format!("`{name}`") };
    of.members()
        .into_iter()
        .map(|(name, thing)| Item {
            insert: written(name),
            about: describe::thing(name, thing),
            ..item(name, Kind::Field, describe::thing_type(thing))
        })
        .collect()
}

fn function_items(call: bool) -> Vec<Item> {
    let outside = describe::OUTSIDE.iter().map(|(name, form, about)| Item {
        insert: format!("{name}("),
        about: format!("`{form}`\n\n{about}"),
        ..item(name, Kind::Function, *form)
    });
    functions::all()
        .iter()
        .map(|f| Item {
            // behind a pipe the first argument has been given
            insert: if call || f.parameters.required > 1 { format!("{}(", f.name) } else { f.name.to_owned() },
            about: describe::function(f),
            ..item(f.name, Kind::Function, form(f))
        })
        .chain(outside)
        .collect()
}

fn keywords(words: &[(&str, &str)]) -> Vec<Item> {
    words.iter().map(|(word, about)| item(word, Kind::Keyword, *about)).collect()
}

fn code_items(cursor: &Cursor<'_>, scope: &Scope<'_>) -> Vec<Item> {
    match &cursor.wanted {
        Wanted::Nothing | Wanted::Text(TextFor::Other) => vec![],
        Wanted::Target(path) => {
            let mut items: Vec<Item> = targets(path, scope);
            if path.is_empty() {
                items.push(item("let", Kind::Keyword, "names a part"));
            }
            items
        }
        Wanted::Start { within } => {
            let inside = within.as_ref().map_or(vec![], |path| targets(path, scope));
            [inside, names(cursor, scope), expressions()].concat()
        }
        Wanted::Path => names(cursor, scope),
        Wanted::Member(end) => match chain::before(&cursor.tokens, *end, scope) {
            Some(Thing::Settings) => scope
                .settings()
                .iter()
                .map(|s| item(&s.name.value, Kind::Variable, s.kind.value.word().to_owned()))
                .collect(),
            Some(thing) => fields(thing),
            None => vec![],
        },
        Wanted::Function => function_items(false),
        Wanted::Continue => keywords(&[
            ("otherwise", "when the rule has no value"),
            ("on create", "only for new records"),
            ("on update", "only for linked records"),
            ("is empty", ""),
            ("is not empty", ""),
            ("or if empty", "something else when it is empty"),
            ("and", ""),
            ("or", ""),
            ("in", ""),
            ("starts with", ""),
            ("ends with", ""),
            ("contains", ""),
        ]),
        Wanted::Empty(false) => {
            keywords(&[("empty", "null, a text of blanks, an empty list"), ("not empty", "it has a value")])
        }
        Wanted::Empty(true) => keywords(&[("empty", "null, a text of blanks, an empty list")]),
        Wanted::MemberOf(record) => record_of(record, scope.source).map_or(vec![], |r| fields(Thing::Record(r))),
        Wanted::Text(TextFor::FieldOf(record)) => {
            let found = record_of(record, scope.target).map_or(vec![], |r| fields(Thing::Record(r)));
            // in quotes a name stands as it is
            found.into_iter().map(|i| Item { insert: i.label.clone(), ..i }).collect()
        }
        Wanted::Text(TextFor::Zone) => ZONES.iter().map(|zone| item(zone, Kind::Value, "time zone")).collect(),
        Wanted::On => keywords(&[("create", "only for new records"), ("update", "only for linked records")]),
        Wanted::Selector => keywords(&[
            ("*", "every element"),
            ("first", "the first; `first x where …`: the first that fits"),
            ("last", "the last"),
            ("each", "`each x where …`: all that fit"),
            ("sort", "`sort x by …`"),
            ("unique", "`unique x by …`"),
            ("group", "`group x by …`"),
        ]),
        Wanted::Text(TextFor::Lookup) => {
            let lookups = scope.lookups().iter();
            lookups.map(|l| item(&l.name.value, Kind::Value, format!("{} entries", l.entries.len()))).collect()
        }
        Wanted::Text(TextFor::RecordType) => records(System::Ipaas),
        Wanted::Text(TextFor::Compared(from, to)) => {
            let tokens = cursor.tokens.get(*from..*to).unwrap_or_default();
            let thing = chain::before(tokens, tokens.len(), scope);
            // the binders of the whole rule are in reach
            let thing = thing.or_else(|| chain::before(&cursor.tokens, *to, scope));
            enum_values(thing)
        }
        Wanted::Text(TextFor::Result(path)) => enum_values(target(path, scope)),
    }
}

/// Time zones of most stores; every other name of the IANA's database may be written, too.
const ZONES: &[&str] = &[
    "UTC",
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Phoenix",
    "America/Los_Angeles",
    "America/Anchorage",
    "America/Toronto",
    "America/Vancouver",
    "America/Sao_Paulo",
    "Pacific/Honolulu",
    "Europe/London",
    "Europe/Berlin",
    "Europe/Paris",
    "Europe/Madrid",
    "Asia/Dubai",
    "Asia/Kolkata",
    "Asia/Singapore",
    "Asia/Tokyo",
    "Australia/Perth",
    "Australia/Sydney",
    "Pacific/Auckland",
];

/// A record type by its own name, in the system of this one; by iPaaS.com's name the one counterpart.
fn record_of(name: &str, side: Option<&'static RecordType>) -> Option<&'static RecordType> {
    let side = side?;
    let own = Catalog::builtin().iter().find(|r| r.system == side.system && r.name == name).map(AsRef::as_ref);
    let title = |r: &RecordType| r.title.to_lowercase().ends_with(&name.to_lowercase());
    own.or_else(|| Catalog::builtin().iter().map(AsRef::as_ref).find(|r| r.system == side.system && title(r)))
}

fn enum_values(thing: Option<Thing>) -> Vec<Item> {
    thing.map_or(&[][..], Thing::values).iter().map(|v| item(v, Kind::Value, "")).collect()
}

/// The target field at a path.
fn target(path: &[String], scope: &Scope<'_>) -> Option<Thing> {
    path.iter().try_fold(Thing::Record(scope.target?), |thing, name| thing.member(name))
}

/// What can be filled below a target field.
fn targets(path: &[String], scope: &Scope<'_>) -> Vec<Item> {
    let Some(at) = target(path, scope) else { return vec![] };
    let writable = |name: &str| match at.member(name) {
        Some(Thing::Field { field, .. }) => !field.read_only,
        _ => true,
    };
    let mut items: Vec<Item> = fields(at).into_iter().filter(|i| writable(&i.label)).collect();
    for item in &mut items {
        let record =
            matches!(at.member(&item.label), Some(Thing::Field { field, .. }) if field.kind == FieldKind::Record);
        if !record {
            item.insert.push_str(" <- ");
        }
    }
    if at.custom().is_some() {
        items.push(Item { insert: String::from("custom[\""), ..item("custom", Kind::Field, "a custom field") });
    }
    items
}

/// What may begin a path.
fn names(cursor: &Cursor<'_>, scope: &Scope<'_>) -> Vec<Item> {
    let mut items = Vec::new();
    for (name, thing) in chain::binders(&cursor.tokens, cursor.tokens.len(), scope) {
        let detail = thing.map_or_else(|| String::from("binder"), describe::thing_type);
        items.push(item(&name, Kind::Variable, detail));
    }
    items.extend(scope.source.map_or(vec![], |s| fields(Thing::Record(s))));
    for one in scope.lets() {
        let detail = scope.named(&one.name.text).map_or_else(|| String::from("let"), describe::thing_type);
        items.push(item(&one.name.text, Kind::Variable, detail));
    }
    for (name, about) in GIVEN {
        let there = match *name {
            "parent" => !scope.parents.is_empty(),
            "custom" => scope.named("custom").is_some(),
            "settings" => !scope.settings().is_empty(),
            _ => true,
        };
        if there {
            items.push(item(name, Kind::Variable, *about));
        }
    }
    items
}

/// What else may begin an expression.
fn expressions() -> Vec<Item> {
    let mut items = function_items(true);
    items.extend(keywords(&[
        ("if", "`if c then a else b`"),
        ("match", "`match x { \"a\": 1, else: 2 }`"),
        ("for", "`for x in list { … }`"),
        ("any", "`any x in list where …`"),
        ("every", "`every x in list where …`"),
        ("not", ""),
        ("null", "nothing known: nothing is written"),
        ("clear", "the field is emptied"),
        ("true", ""),
        ("false", ""),
    ]));
    items
}
