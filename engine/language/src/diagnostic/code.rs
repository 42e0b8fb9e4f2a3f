//! The registry of codes. A code is never used a second time. `check --explain CODE` prints an entry.

/// One code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Code {
    /// `E0203`: E error, W warning, H hint; 01 YAML and envelope, 02 syntax, 03 names, 04 types, 05 targets, 06 layers, children, lookups.
    pub code: &'static str,
    /// A few words.
    pub title: &'static str,
    /// What it means and what to do, a few sentences.
    pub explanation: &'static str,
}

/// The entry of a code, in any case.
#[must_use]
pub fn explain(code: &str) -> Option<&'static Code> {
    CODES.iter().find(|c| c.code.eq_ignore_ascii_case(code))
}

macro_rules! codes {
    ($($code:ident $title:literal $explanation:literal)*) => {
        /// All codes, in order.
        pub const CODES: &[Code] = &[$(Code { code: stringify!($code), title: $title, explanation: $explanation }),*];
    };
}

codes! {
    E0101 "not YAML" "YAML itself cannot read the file. Often the indentation is wrong, or an expression starts with a sign that YAML takes for its own: put the expression in '…' or in a `|` block."
    E0102 "file too big" "A mapping file has at most 1 MiB. One file holds one collection."
    E0103 "not text" "The file holds a NUL character or bytes that are no characters: it is no text, or not in UTF-8."
    E0104 "empty file" "A mapping file starts with `collection: NAME` or `base: NAME`."
    E0105 "line left of its block" "Inside a `|` block every line is indented at least as far as the first one. A line left of it ends the block for YAML; the checker reports the line and goes on as if it were not there."
    E0106 "tab" "Tabs cannot indent YAML, and they look different in every editor. Use blanks."
    E0107 "several documents" "One file holds one YAML document: take the `---` away."
    E0108 "anchor, alias or tag" "Mapping files use no anchors (`&`), aliases (`*`) or tags (`!`). Often an expression was meant: put it in '…' or in a `|` block."
    E0109 "nested too deep" "YAML may be nested 32 deep."
    E0110 "key is no text" "Keys of mappings are texts."
    E0111 "key twice" "A key may stand only once in one mapping. YAML readers often keep the last one without a word; this one does not."
    E0112 "file cannot be read" "The system does not let the file be read, or it is no regular file but a pipe, a device, a link to nothing. The other files are checked all the same."
    E0120 "unknown key" "The key is not one of those that may stand here."
    E0121 "wrong kind" "A text, a list or a mapping was expected, and another of them stands there."
    E0122 "unknown word" "The key takes one of a few words, and this is none of them."
    E0124 "YAML misread an expression" "A value that begins with a sign such as `\"`, `[`, `{`, `*`, `!` is taken by YAML for something of its own. Put expressions in '…' or in a `|` block, and texts in \"…\"."
    E0125 "expression in a flow mapping" "Inside `{ }` and `[ ]` YAML cuts a plain value at the next comma. Write the entry over several lines."
    E0126 "folded expression" "YAML joins the lines of folded values, so that a comment would swallow all that follows. Use a `|` block."
    E0127 "expression cut by a comment" "In a plain YAML value ` #` starts a comment. Put the expression in '…' or in a `|` block."
    E0128 "missing key" "A key that is needed is not there."
    E0129 "collection and base" "A file is a collection, which runs, or a base, which others extend."
    E0130 "setting does not fit" "A value of `mapwright.yaml` is not what the subscription takes there."
    E0131 "secret in the settings" "`mapwright.yaml` is shared and kept under version control, so it holds no secrets: no name that promises one, and no token of the subscription as a value. Tokens are kept in `.mapwright/` (`mapwright subscription set --token-file FILE`) or come from the environment."
    E0201 "syntax" "The rule does not read as the language's grammar wants it. The place is the first that does not fit."
    E0202 "text not closed" "A text ends on the line where it begins, with the quote that it began with."
    E0203 "parentheses needed" "Two readers could group this in different ways. Parentheses say which is meant."
    E0204 "pipe beside an operator" "Left of the first `|` stands one value, and a pipe beside another operator, in a condition or in a branch of `if` goes in parentheses."
    E0205 "limit" "A rule has at most 4 KiB and is nested at most 64 deep. Name its parts with `let`."
    E0206 "starts no rule" "A line at the margin of a rules block starts with `target <-` or `let name =`; a line that continues stands deeper."
    E0207 "missing expression" "An expression is expected, and nothing stands there."
    E0208 "tab" "Tabs are errors in rules: they look different in every editor."
    E0209 "arrow without blank" "`<-` has a blank behind it, so that it cannot be mistaken for a comparison with a negative number."
    E0210 "minus without blanks" "A minus between two values has a blank on both sides; a name with a hyphen stands in backticks."
    E0211 "number too long" "Numbers are exact decimals of at most 28 digits."
    E0212 "unknown escape" "In a text the escapes are `\\n`, `\\t`, `\\\"`, `\\\\`, `\\{`."
    E0213 "hole" "A hole in a text holds a path. What is computed gets a name with `let` first."
    E0214 "sign of another language" "The sign is known from elsewhere; this language writes it in another way."
    W0101 "setting that nobody asks for" "`mapwright.yaml` gives a setting that no mapping file of the project declares under `settings:`. Often the name is misspelt."
    W0201 "braces in a plain text" "A text in '…' has no holes and no escapes. Where a value is meant, the text stands in \"…\"."
    E0301 "unknown name" "The name is neither a field of the record, nor a `let`, nor a binder in reach. `mapwright schema TYPE` lists a record type's fields."
    E0302 "no record above" "`parent` is the source record above a child collection's record. A root collection has none."
    E0303 "write-only field" "The field can be written but answers do not carry it, so there is nothing to read."
    E0304 "no custom fields" "Records of this type have no custom fields in this system."
    E0305 "unknown setting" "A collection declares under `settings:` what it asks of the subscription; only those can be read."
    E0306 "name taken" "A `let` or binder may not have the name of a source field, of another in reach, or of one of the language's names."
    E0307 "circle of lets" "A `let` cannot be made of itself, not even by way of others."
    E0308 "unknown function" "`mapwright functions` lists the functions."
    E0309 "unknown lookup" "A lookup is used by its name under `lookups:` of the same collection or of what it extends."
    E0310 "unknown record type in a link" "Links are kept per record type, written as iPaaS.com writes it: `Product Category`."
    E0311 "no JSONPath" "A JSONPath follows RFC 9535. Most paths need none."
    E0312 "JSONPath not possible" "The form is part of RFC 9535, but its results are not reliable here, so it is refused."
    E0313 "unknown record type" "`record` names a record type of iPaaS.com, `bigcommerce` one of BigCommerce. `mapwright schema` lists both."
    E0314 "no position here" "`position` counts the rows that a child collection keeps, or what `for` keeps. A root record and a filter have none."
    E0315 "not here" "iPaaS.com has a function of that name, and this language has none: the help says what does the same here, or that nothing has to."
    H0301 "name of iPaaS.com" "A function of iPaaS.com under its own name, quirks kept. It works; the form of this language says the same in a way that its other rules share, and the hint names where they differ."
    W0301 "whole record read" "A JSONPath with `..` looks everywhere, so every field of the record is read."
    W0302 "JSONPath finds nothing" "The path names something that the source's schema does not have."
    E0401 "no condition" "A condition is true or false. Compare the value with something, or ask `is not empty`."
    E0402 "wrong access" "Fields belong to records, `[0]` and `[*]` to lists, keys to dictionaries."
    E0403 "wrong type" "The value is of another type than what it is used for. What loses nothing converts by itself; everything else is a named function."
    E0404 "misplaced clear" "`clear` empties the target field. It is the result of a rule: alone, in a branch or arm, after `??`, `or if empty` or `otherwise`."
    E0405 "never equal" "The text is not one of the field's values, so the comparison would always be false."
    E0406 "not comparable" "Values of different types, and ids of different record types, do not compare."
    E0407 "promise used" "The id of a record that is written in the same transfer is not known yet. It can only be copied."
    E0408 "match without else" "A `match` has an arm for every value of its subject, or an `else`."
    E0409 "division by zero" "The divisor is the constant 0."
    E0410 "none-value compared" "What a field holds when it holds nothing is null here already. Ask `is empty`."
    E0411 "wrong arguments" "The call does not have the arguments that the function takes."
    E0412 "link of something else" "A link is found by an id of the source system, of the record type that is named."
    E0413 "cannot be cleared" "The system has no way to empty this field."
    E0414 "does not fit the field" "The value is of another type than the target field takes."
    E0415 "not one of the field's values" "The target field takes one of a few values, and this is none of them."
    E0416 "id of another record type" "An id of one record type or system means nothing as an id of another. `link` gives the other system's id."
    E0417 "limit of the field" "The constant is longer, shorter, greater or less than the target field takes."
    E0418 "fails always" "The call has only constants, and fails with them whatever the record."
    E0419 "pattern not understood" "A regular expression is compiled when the file is checked. It has no look-around and no back references, is bounded in size, and searches every text in a time proportional to its length."
    W0401 "constant condition" "The condition has the same result for every record."
    W0402 "arm never reached" "An arm before has the same literal."
    W0403 "never null" "What stands behind `??` is never used, since the value before it is never null."
    E0501 "unknown target" "The target is not a field of the target record. `mapwright schema TYPE` lists them."
    E0502 "filled twice" "A target is filled by one rule, or by one `on create` and one `on update`."
    E0503 "needed and not filled" "The target system wants this field when a record is created, and it may be missing. The label shows by which path null gets there."
    E0504 "read-only target" "The system sets this field by itself; requests may not carry it."
    E0505 "nothing fills a find_by field" "A record is recognised by the value that a rule gives."
    E0506 "looks too early" "Error filters and the rules of `find_by` fields run before anybody knows whether the record exists: no `existing`, no `on`."
    E0507 "written on create only" "The system takes this field when the record is created and never again. A rule without `on` is right: updates leave it out."
    E0508 "no search by this" "`find_by` names at least one field by which the system can be searched. `mapwright schema TYPE` lists the fields."
    W0501 "unused let" "No rule, filter or error uses it."
    W0502 "unused lookup" "No rule looks anything up in it."
    W0503 "unused setting" "The collection asks the subscription for it and never reads it."
    W0504 "rules of a delete" "A collection with `sync: delete` deletes what it is linked to: there is nothing to fill."
    E0601 "unknown base" "`extends` names a base or collection of the project, or a built-in one."
    E0602 "without extends" "`without` and `instead_of` change what a file extends."
    E0603 "hits nothing" "What is to be left out or replaced is not there: a typing mistake, or the base has changed."
    E0604 "unknown slot" "Children fill the slots of the target's route. `mapwright schema TYPE` lists them."
    E0605 "unknown child collection" "`use` names a collection of the project."
    E0606 "lookup key never asked for" "The source field has a few known values, and this key is none of them."
    E0607 "lookup without unmatched" "A lookup says what becomes of a value without entry: `error`, `nothing`, `pass` or `{ value: … }`."
    E0608 "circle of children" "A collection cannot be below itself."
    E0609 "child of another record type" "A child collection reads what `each` gives and writes what its slot takes."
    E0610 "child over no records" "`each` gives records."
    E0611 "external id missing" "The record has no id of its own, so the collection says how its rows are named, or that they are known by their content: `none`."
    E0612 "name twice" "A collection's name is unique in a project."
    E0613 "too many children" "Child collections are nested at most ten deep, and a plan has a bounded number of steps."
    E0614 "child with errors" "The child collection cannot be compiled, so its parent cannot run. What is wrong is said in the child's own file."
    E0615 "circle of layers" "Files extend one another in a circle, or in too many levels, so nobody can tell what the collection is."
    E0616 "child used twice" "The same child collection over the same rows fills a slot twice: every row would be written twice."
    E0617 "same external id" "A link finds a record by its external id. Rows that have it in common could not be told apart."
    E0618 "shared lookup" "`from` names a collection with a lookup of the same name, whose entries are taken as they are."
    E0619 "not one to one" "A lookup is turned round with `reversed: true` only where no two keys become the same value."
    E0620 "no transfer for this" "`before` names a record type that some collection of the project transfers in this direction."
    E0621 "after something else" "`after` runs a collection over source records that the record holds, named by a plain path."
    H0601 "may overlap" "Two child collections over the same rows give them the same external ids, and their filters are too involved to tell whether both can be true."
    W0601 "lookup entry never reached" "With `ignore_case: true` an entry before has the same key."
}
