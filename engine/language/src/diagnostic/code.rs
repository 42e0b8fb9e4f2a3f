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
    E0103 "NUL character" "The file holds a NUL character: it is no text, or not in UTF-8."
    E0104 "empty file" "A mapping file starts with `collection: NAME` or `base: NAME`."
    E0105 "line left of its block" "Inside a `|` block every line is indented at least as far as the first one. A line left of it ends the block for YAML; the checker reports the line and goes on as if it were not there."
    E0106 "tab" "Tabs cannot indent YAML, and they look different in every editor. Use blanks."
    E0107 "several documents" "One file holds one YAML document: take the `---` away."
    E0108 "anchor, alias or tag" "Mapping files use no anchors (`&`), aliases (`*`) or tags (`!`). Often an expression was meant: put it in '…' or in a `|` block."
    E0109 "nested too deep" "YAML may be nested 32 deep."
    E0110 "key is no text" "Keys of mappings are texts."
    E0111 "key twice" "A key may stand only once in one mapping. YAML readers often keep the last one without a word; this one does not."
    E0120 "unknown key" "The key is not one of those that may stand here."
    E0121 "wrong kind" "A text, a list or a mapping was expected, and another of them stands there."
    E0122 "unknown word" "The key takes one of a few words, and this is none of them."
    E0123 "not in this version" "The language has it, this version does not run it yet."
    E0124 "YAML misread an expression" "A value that begins with a sign such as `\"`, `[`, `{`, `*`, `!` is taken by YAML for something of its own. Put expressions in '…' or in a `|` block, and texts in \"…\"."
    E0125 "expression in a flow mapping" "Inside `{ }` and `[ ]` YAML cuts a plain value at the next comma. Write the entry over several lines."
    E0126 "folded expression" "YAML joins the lines of folded values, so that a comment would swallow all that follows. Use a `|` block."
    E0127 "expression cut by a comment" "In a plain YAML value ` #` starts a comment. Put the expression in '…' or in a `|` block."
    E0128 "missing key" "A key that is needed is not there."
    E0129 "collection and base" "A file is a collection, which runs, or a base, which others extend."
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
}
