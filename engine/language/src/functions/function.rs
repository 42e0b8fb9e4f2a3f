//! What a function is.

use crate::value::Value;

use super::compiled_pattern::Pattern;

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
    /// If so, only where the first argument is empty: a blank text, a list without elements.
    pub null_of_empty: bool,
    /// When it fails, in words; `None` = it cannot fail.
    pub fails: Option<&'static str>,
    /// Null in, null out; or it sees nulls itself.
    pub nulls: NullRule,
    /// Expression and result, both as text in the language: documentation and tests.
    pub examples: &'static [(&'static str, &'static str)],
    /// The function itself. `Err` holds the failure's message, lower case, without the value.
    pub apply: Apply,
    /// The form of the same name for other static types or another number of arguments: chosen when the file is
    /// checked, never by a value.
    pub or: Option<&'static Function>,
    /// What is wrong with arguments that are constants, whatever the others are (`None`: not constant).
    pub constants: Option<CheckConstants>,
    /// For functions whose second argument is a regular expression: compiled once, when the file is checked.
    pub pattern: Option<PatternBody>,
}

/// A function's body.
pub type Apply = fn(&[Value]) -> Result<Value, String>;

/// Looks at arguments that are constants.
pub type CheckConstants = fn(&[Option<Value>]) -> Result<(), String>;

/// The body of a function with a regular expression.
#[derive(Debug, Clone, Copy)]
pub struct PatternBody {
    /// Compiles the second argument, or says what is wrong with it.
    pub compile: fn(&str) -> Result<Pattern, String>,
    /// Does with it what `apply` does without.
    pub run: fn(&Pattern, &[Value]) -> Result<Value, String>,
}

impl Function {
    /// A function that cannot fail and gives null only for null.
    pub(super) const fn new(
        name: &'static str,
        about: &'static str,
        parameters: &'static [Parameter],
        result: TypePattern,
        examples: &'static [(&'static str, &'static str)],
        apply: Apply,
    ) -> Function {
        Function {
            name,
            about,
            parameters: Parameters { list: parameters, required: parameters.len(), variadic: false },
            result,
            may_be_null: false,
            null_of_empty: false,
            fails: None,
            nulls: NullRule::Propagates,
            examples,
            apply,
            or: None,
            constants: None,
            pattern: None,
        }
    }

    /// It may fail: when.
    pub(super) const fn fails(self, when: &'static str) -> Function {
        Function { fails: Some(when), ..self }
    }

    /// The result may be null though no argument was.
    pub(super) const fn may_be_null(self) -> Function {
        Function { may_be_null: true, ..self }
    }

    /// The result is null where the first argument is empty, and otherwise only where an argument is null.
    pub(super) const fn null_of_empty(self) -> Function {
        Function { may_be_null: true, null_of_empty: true, ..self }
    }

    /// It sees nulls itself.
    pub(super) const fn nulls(self, nulls: NullRule) -> Function {
        Function { nulls, ..self }
    }

    /// The last parameter may be left out.
    pub(super) const fn last_is_optional(self) -> Function {
        let Parameters { list, required, variadic } = self.parameters;
        Function { parameters: Parameters { list, required: required.saturating_sub(1), variadic }, ..self }
    }

    /// The last parameter may be repeated.
    pub(super) const fn variadic(self) -> Function {
        let Parameters { list, required, .. } = self.parameters;
        Function { parameters: Parameters { list, required, variadic: true }, ..self }
    }

    /// Another form of the same name.
    pub(super) const fn or(self, other: &'static Function) -> Function {
        Function { or: Some(other), ..self }
    }

    /// Looks at constants when the file is checked.
    pub(super) const fn constants(self, check: CheckConstants) -> Function {
        Function { constants: Some(check), ..self }
    }

    /// Takes a regular expression as second argument.
    pub(super) const fn pattern(self, body: PatternBody) -> Function {
        Function { pattern: Some(body), ..self }
    }

    /// All its forms, this one first.
    pub fn forms(&'static self) -> impl Iterator<Item = &'static Function> {
        std::iter::successors(Some(self), |f| f.or)
    }

    /// Whether it takes so many arguments.
    #[must_use]
    pub fn takes(&self, arguments: usize) -> bool {
        arguments >= self.parameters.required && (self.parameters.variadic || arguments <= self.parameters.list.len())
    }
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
    /// The least and the greatest number that it takes, both included.
    pub within: Option<(i64, i64)>,
}

impl Parameter {
    /// It takes numbers from this one on.
    pub(super) const fn at_least(self, least: i64) -> Parameter {
        Parameter { within: Some((least, i64::MAX)), ..self }
    }

    /// It takes numbers between these two, both included.
    pub(super) const fn between(self, least: i64, most: i64) -> Parameter {
        Parameter { within: Some((least, most)), ..self }
    }

    /// What is wrong with a number in its place; none if nothing is.
    #[must_use]
    pub fn out_of_range(&self, number: rust_decimal::Decimal) -> Option<String> {
        let (least, most) = self.within?;
        if number >= least.into() && number <= most.into() {
            return None;
        }
        let most = if most == i64::MAX { String::from("or more") } else { format!("to {most}") };
        Some(format!("`{}` is {least} {most}, and this is {number}", self.name))
    }
}

/// A parameter of this name.
pub(super) const fn of(name: &'static str, accepts: TypePattern) -> Parameter {
    Parameter { name, accepts, within: None }
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
    /// any type, `T`; `N` is a number
    Variable(char),
    /// list of these
    List(&'static TypePattern),
    /// text → these
    Dictionary(&'static TypePattern),
    /// any of these, as it is
    OneOf(&'static [TypePattern]),
}

/// How a function meets null arguments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NullRule {
    /// A null argument makes the result null; `apply` never sees one.
    Propagates,
    /// The same, and so does a null among the elements of a list; `apply` sees those.
    Elements,
    /// `apply` sees nulls; the result is null only if `may_be_null`.
    Sees,
}
