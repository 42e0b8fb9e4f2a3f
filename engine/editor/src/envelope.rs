//! The keys of a mapping file with a sentence each, and what their values are: for completion, hover and the JSON schema. Which
//! of them this version runs is said by the reader's own table, [`mapwright_language::mapping_file::FILE_KEYS`].

use mapwright_language::schema::System;

/// One key.
#[derive(Debug)]
pub struct Key {
    /// The key.
    pub name: &'static str,
    /// A sentence for users.
    pub about: &'static str,
    /// What its value is.
    pub value: Value,
}

/// What the value of a key is.
#[derive(Debug)]
pub enum Value {
    /// A text.
    Text,
    /// Text with `{path}` in it.
    Template,
    /// An expression.
    Expression,
    /// The rules.
    Rules,
    /// `true` or `false`
    Boolean,
    /// One of these words, each with its meaning.
    Words(&'static [(&'static str, &'static str)]),
    /// A record type of that system.
    Record(System),
    /// The name of a collection or base.
    Collection,
    /// One field of the target, or several.
    TargetFields,
    /// One text or a list of texts.
    Texts,
    /// A mapping of free names to values.
    Names(&'static Value),
    /// A mapping of these keys.
    Keys(&'static [Key]),
    /// A list of such mappings.
    List(&'static [Key]),
    /// An expression, or a list of such mappings.
    ExpressionOrList(&'static [Key]),
    /// One of these words, or a mapping of these keys.
    WordsOrKeys(&'static [(&'static str, &'static str)], &'static [Key]),
    /// A mapping of slots, each a list of such mappings.
    Slots(&'static [Key]),
}

const fn key(name: &'static str, about: &'static str, value: Value) -> Key {
    Key { name, about, value }
}

const FILTER: &[Key] = &[
    key("that", "a record for which it is not true is skipped", Value::Expression),
    key("because", "the reason that is recorded", Value::Template),
];

const ERROR: &[Key] = &[
    key("when", "a record for which it is true is refused", Value::Expression),
    key("message", "what the operator reads", Value::Template),
];

const CHECK: &[Key] = &[
    key("that", "what must be true of the finished target record", Value::Expression),
    key("message", "what the operator reads", Value::Template),
    key(
        "otherwise",
        "what becomes of the record when it is not true",
        Value::Words(&[("refuse", "it is not written"), ("warn", "it is written, with a warning")]),
    ),
];

const SETTING: &[Key] = &[
    key(
        "type",
        "the kind of value",
        Value::Words(&[
            ("text", "a text"),
            ("email", "an e-mail address"),
            ("integer", "a whole number"),
            ("decimal", "an exact number"),
            ("boolean", "true or false"),
        ]),
    ),
    key("required", "whether it must be set", Value::Boolean),
    key("about", "what it is for", Value::Text),
];

const LOOKUP: &[Key] = &[
    key("review", "the subscriber should look at the entries before the first transfer", Value::Boolean),
    key(
        "unmatched",
        "what becomes of a value without entry",
        Value::WordsOrKeys(
            &[
                ("error", "the record is refused"),
                ("nothing", "null"),
                ("pass", "the source value as it is, if the types allow"),
            ],
            &[key("value", "what every value without entry becomes", Value::Text)],
        ),
    ),
    key("ignore_case", "whether entries are found in any case", Value::Boolean),
    key("entries", "source value: target value", Value::Names(&Value::Text)),
    key("patterns", "source values with `*`: target value; the first hit counts", Value::Names(&Value::Text)),
    key("from", "the collection whose lookup of this name is used", Value::Collection),
    key("reversed", "the lookup of `from` the other way round", Value::Boolean),
];

const CHILD: &[Key] = &[
    key("use", "the child collection", Value::Collection),
    key("each", "what it runs over: a list or a record; without it the parent record itself", Value::Expression),
    key(
        "gone",
        "what becomes of children that vanished at the source",
        Value::Words(&[("keep", "they stay in the target"), ("remove", "they are removed there")]),
    ),
    key("instead_of", "the collection of the base that this one takes the place of", Value::Collection),
];

const BEFORE: &[Key] = &[
    key("record", "the record type that must be linked first", Value::Record(System::Ipaas)),
    key("id", "which record", Value::Expression),
];

const AFTER: &[Key] = &[
    key("use", "the collection that runs afterwards", Value::Collection),
    key("each", "what it runs over", Value::Expression),
];

const WITHOUT: &[Key] = &[
    key("rules", "targets whose rules are left out", Value::Texts),
    key("children", "child collections that are left out", Value::Texts),
    key("lookups", "lookups that are left out", Value::Texts),
    key("filter", "conditions of filters that are left out", Value::Texts),
    key("errors", "conditions of errors that are left out", Value::Texts),
    key("checks", "conditions of checks that are left out", Value::Texts),
];

/// The keys of a mapping file, those that this version does not run yet included.
pub const FILE: &[Key] = &[
    key("collection", "the name, unique in a project", Value::Text),
    key("base", "the name of a part that only others extend", Value::Text),
    key("active", "`false`: never runs, but is checked", Value::Boolean),
    key("extends", "another collection or base: this file states only what differs", Value::Collection),
    key("record", "iPaaS.com's record type", Value::Record(System::Ipaas)),
    key(
        "direction",
        "seen from iPaaS.com",
        Value::Words(&[("to", "from BigCommerce to iPaaS.com"), ("from", "from iPaaS.com to BigCommerce")]),
    ),
    key(
        "sync",
        "when it runs",
        Value::Words(&[
            ("add", "only for records that are not linked yet"),
            ("update", "only for linked records"),
            ("add-update", "for both"),
            ("delete", "deletes what the record is linked to; no rules"),
            ("update-on-delete", "an update that a delete sets off"),
        ]),
    ),
    key("bigcommerce", "BigCommerce's record type", Value::Record(System::Bigcommerce)),
    key(
        "external_id",
        "by what a link finds BigCommerce's record; default `{id}`; `none`: it is known by its content",
        Value::Template,
    ),
    key("starts_on", "the webhook scopes or events that start it", Value::Texts),
    key(
        "find_by",
        "target fields by which an existing record is found while there is no link; several: all must agree",
        Value::TargetFields,
    ),
    key(
        "collision",
        "what becomes of a record that `find_by` finds",
        Value::Words(&[
            ("update-and-link", "it is updated and linked (default)"),
            ("remap-and-link", "it is mapped again with what is there, and linked"),
            ("update-without-link", "it is updated and stays unlinked"),
            ("error", "the record is refused"),
        ]),
    ),
    key("before", "records that must be linked first", Value::List(BEFORE)),
    key("after", "collections that run afterwards", Value::List(AFTER)),
    key("filter", "one that is not true: the record is skipped, with that reason", Value::ExpressionOrList(FILTER)),
    key("errors", "one that is true: the record is refused before anything is mapped", Value::List(ERROR)),
    key("checks", "what must be true of the finished target record", Value::List(CHECK)),
    key(
        "nulls",
        "what a null of a plain copy does on update",
        Value::Words(&[("leave", "the field stays as it is (default)"), ("clear", "the field is emptied")]),
    ),
    key("settings", "what the collection asks of the subscription", Value::Names(&Value::Keys(SETTING))),
    key("lookups", "tables by name", Value::Names(&Value::Keys(LOOKUP))),
    key("children", "per slot of the target, the collections that fill it", Value::Slots(CHILD)),
    key("without", "what a layer leaves out", Value::Keys(WITHOUT)),
    key("rules", "one rule, one line, target on the left", Value::Rules),
];

/// What stands at a path of keys: the value's kind there, and the key if the last step is one of the table.
#[must_use]
pub fn at<'p>(path: impl IntoIterator<Item = &'p str>) -> Option<(&'static Value, Option<&'static Key>)> {
    static ROOT: Value = Value::Keys(FILE);
    let mut here: (&'static Value, Option<&'static Key>) = (&ROOT, None);
    let mut in_slot: Option<&'static [Key]> = None;
    for step in path {
        if let Some(keys) = in_slot.take() {
            let key = keys.iter().find(|k| k.name == step)?;
            here = (&key.value, Some(key));
            continue;
        }
        here = match here.0 {
            Value::Keys(keys) | Value::List(keys) | Value::ExpressionOrList(keys) | Value::WordsOrKeys(_, keys) => {
                let key = keys.iter().find(|k| k.name == step)?;
                (&key.value, Some(key))
            }
            Value::Names(value) => (*value, None),
            Value::Slots(keys) => {
                in_slot = Some(keys);
                (here.0, None)
            }
            _ => return None,
        };
    }
    Some(here)
}

#[cfg(test)]
mod tests {
    use mapwright_language::mapping_file::FILE_KEYS;

    use super::*;

    #[test]
    fn every_key_of_the_reader_has_its_sentence() {
        for name in FILE_KEYS {
            let (_, key) = at([*name]).unwrap_or_else(|| panic!("`{name}` is missing in the table"));
            assert!(key.is_some_and(|k| !k.about.is_empty()), "{name}");
        }
    }

    #[test]
    fn a_path_of_keys_leads_to_what_stands_there() {
        assert!(matches!(at(["lookups", "Product Type", "unmatched"]), Some((Value::WordsOrKeys(..), _))));
        assert!(matches!(at(["children", "options", "use"]), Some((Value::Collection, _))));
        assert!(matches!(at(["filter", "that"]), Some((Value::Expression, _))));
        assert!(at(["lookup"]).is_none());
    }
}
