//! All functions, family by family.

use std::sync::LazyLock;

use super::compat::{Compat, CompatForm, TABLES};
use super::{
    Function, FunctionId, date, date_format, encoding, json_text, list, markup, money, number, parts, pattern, places,
    text, units,
};

/// Functions that belong together.
#[derive(Debug, Clone, Copy)]
pub struct Family {
    /// What they are about.
    pub name: &'static str,
    /// The functions.
    pub functions: &'static [Function],
}

static FAMILIES: &[Family] = &[
    Family { name: "Text", functions: text::FUNCTIONS },
    Family { name: "Parts of texts", functions: parts::FUNCTIONS },
    Family { name: "Regular expressions", functions: pattern::FUNCTIONS },
    Family { name: "HTML", functions: markup::FUNCTIONS },
    Family { name: "Numbers", functions: number::FUNCTIONS },
    Family { name: "Money", functions: money::FUNCTIONS },
    Family { name: "Lists and dictionaries", functions: list::FUNCTIONS },
    Family { name: "Dates and times", functions: date::FUNCTIONS },
    Family { name: "Dates and times as text", functions: date_format::FUNCTIONS },
    Family { name: "Countries and regions", functions: places::FUNCTIONS },
    Family { name: "Units of measure", functions: units::FUNCTIONS },
    Family { name: "JSON in texts", functions: json_text::FUNCTIONS },
    Family { name: "Encodings and hashes", functions: encoding::FUNCTIONS },
];

/// The language's own functions, each once.
static ALL: LazyLock<Vec<&'static Function>> = LazyLock::new(|| FAMILIES.iter().flat_map(|f| f.functions).collect());
/// Every form of every function, iPaaS.com's too. A function's id is its place here.
static FORMS: LazyLock<Vec<&'static Function>> = LazyLock::new(|| {
    let own = ALL.iter().copied();
    own.chain(compat().filter_map(own_function)).flat_map(Function::forms).collect()
});

fn own_function(compat: &'static Compat) -> Option<&'static Function> {
    match compat.form {
        CompatForm::Function(function) => Some(function),
        _ => None,
    }
}

/// The families in the order in which they are shown.
#[must_use]
pub fn families() -> &'static [Family] {
    FAMILIES
}

/// All functions of the language; not those that only keep iPaaS.com's names.
#[must_use]
pub fn all() -> &'static [&'static Function] {
    &ALL
}

/// iPaaS.com's functions.
pub fn compat() -> impl Iterator<Item = &'static Compat> {
    TABLES.iter().flat_map(|table| table.iter())
}

/// One of iPaaS.com's functions by its name.
#[must_use]
pub fn compat_by_name(name: &str) -> Option<&'static Compat> {
    compat().find(|c| c.name == name)
}

/// A function by name: its first form.
#[must_use]
pub fn by_name(name: &str) -> Option<(FunctionId, &'static Function)> {
    FORMS.iter().zip(0..).find(|(f, _)| f.name == name).map(|(f, i)| (FunctionId(i), *f))
}

/// All forms of the function of this id, which is its first.
pub fn forms_of(first: FunctionId) -> impl Iterator<Item = (FunctionId, &'static Function)> {
    let forms = by_id(first).into_iter().flat_map(Function::forms);
    (first.0..).map(FunctionId).zip(forms)
}

/// A function by its id.
#[must_use]
pub fn by_id(id: FunctionId) -> Option<&'static Function> {
    FORMS.get(id.0 as usize).copied()
}
