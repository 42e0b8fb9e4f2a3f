//! What a function is.

use crate::value::Value;

/// Index into the registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FunctionId(pub u16);

/// One function of the language.
#[derive(Debug, Clone, Copy)]
pub struct Function {
    /// Its name.
    pub name: &'static str,
    /// One sentence for users.
    pub about: &'static str,
    /// Parameters; the first is what is piped in.
    pub parameters: Parameters,
    /// What it gives.
    pub result: TypePattern,
    /// Whether the result may be null though no argument was (`first` of an empty list).
    pub may_be_null: bool,
    /// When it fails, in words; `None` = it cannot fail.
    pub fails: Option<&'static str>,
    /// Null in, null out; or it sees nulls itself.
    pub nulls: NullRule,
    /// Expression and result, both as text in the language: documentation and tests.
    pub examples: &'static [(&'static str, &'static str)],
    /// The function itself. `Err` holds the failure's message, lower case, without the value.
    pub apply: fn(&[Value]) -> Result<Value, String>,
}

/// Its parameters.
#[derive(Debug, Clone, Copy)]
pub struct Parameters {
    /// In order.
    pub list: &'static [Parameter],
    /// How many must be given.
    pub required: usize,
    /// Whether the last may be repeated (`max(a, b, c)`).
    pub variadic: bool,
}

/// One parameter.
#[derive(Debug, Clone, Copy)]
pub struct Parameter {
    /// For documentation and messages.
    pub name: &'static str,
    /// What it takes.
    pub accepts: TypePattern,
}

/// A type with variables: the same variable is the same type throughout a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TypePattern {
    /// text; enum, id and number convert by themselves
    Text,
    /// integer
    Integer,
    /// decimal; an integer converts by itself
    Decimal,
    /// true or false
    Boolean,
    /// a point in time
    Instant,
    /// a day
    Date,
    /// any type, `T`
    Variable(char),
    /// list of these
    List(&'static TypePattern),
    /// text → these
    Dictionary(&'static TypePattern),
}

/// How a function meets null arguments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NullRule {
    /// A null argument makes the result null; `apply` never sees one.
    Propagates,
    /// `apply` sees nulls; the result is null only if `may_be_null`.
    Sees,
}
