//! What is written like a function but looks outside the record, or at a table of the file: the checker knows these by name.

/// A form with the documentation that functions have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SpecialForm {
    /// Its name.
    pub name: &'static str,
    /// How it is written.
    pub form: &'static str,
    /// One sentence for users.
    pub about: &'static str,
    /// What it gives, in words.
    pub gives: &'static str,
    /// When there is no value, in words.
    pub fails: Option<&'static str>,
    /// Right-hand sides over a product of iPaaS.com.
    pub examples: &'static [&'static str],
}

/// All of them.
pub static SPECIAL: &[SpecialForm] = &[
    SpecialForm {
        name: "lookup",
        form: "key | lookup(\"table\")",
        about: "the value that a table of this file's `lookups` has for a key; a null key gives null",
        gives: "the table's values",
        fails: Some("the table has no entry for the key and says `unmatched: error`"),
        examples: &["status | lookup(\"Status\")"],
    },
    SpecialForm {
        name: "link",
        form: "id | link(\"Record Type\")",
        about: "the id by which the other system knows a record, found by the links of this subscription",
        gives: "an id of the other system",
        fails: Some("there is no link yet: the record waits for it, unless there is an `otherwise`"),
        examples: &["categories[*].category_id | each link(\"Product Category\")"],
    },
    SpecialForm {
        name: "linked",
        form: "linked(id, \"Record Type\")",
        about: "whether the other system knows a record, or will by the end of this transfer",
        gives: "true or false",
        fails: None,
        examples: &["linked(id, \"Product\")"],
    },
    SpecialForm {
        name: "find",
        form: "value | find(\"Record Type\", \"field\")",
        about: "the target system's id of the one record that has a value in a field",
        gives: "an id of the target system",
        fails: Some("no record has the value there, or several have"),
        examples: &["sku | find(\"Product\", \"sku\")"],
    },
    SpecialForm {
        name: "record",
        form: "record(id, \"Record Type\")",
        about: "another record of the source system, read by its id",
        gives: "a record",
        fails: Some("there is no record of that id"),
        examples: &["record(id, \"Product\").name"],
    },
];
