//! The syntax tree of rules and expressions: what was written, with its place, nothing resolved yet.
//! `parse ∘ format` is the identity on it (places aside).

use rust_decimal::Decimal;

use crate::source::Span;

/// A name as written, without its backticks.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Name {
    /// The name.
    pub text: String,
    /// Where it stands.
    pub span: Span,
}

/// A rules block: lets and rules in the order of the file.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Rules {
    /// `let x = …`
    pub lets: Vec<Let>,
    /// `target <- …`
    pub rules: Vec<Rule>,
    /// What stands in the block and could not be read.
    pub unread: Unread,
}

/// Names of lets and rules with a syntax error: that has been said, so nobody misses them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Unread {
    /// Names of lets.
    pub lets: Vec<String>,
    /// First names of targets.
    pub targets: Vec<String>,
}

/// `let name = value [otherwise …]`
#[derive(Debug, Clone, PartialEq)]
pub struct Let {
    /// The name it gives.
    pub name: Name,
    /// The value; a trailing `otherwise` is an [`ExprKind::Otherwise`] around it.
    pub value: Expr,
    /// The whole line.
    pub span: Span,
}

/// `target <- value [otherwise …] [on create | on update]`
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// What is filled.
    pub target: Target,
    /// The value; a trailing `otherwise` is an [`ExprKind::Otherwise`] around it.
    pub value: Expr,
    /// `on create`, `on update` or both.
    pub on: Option<On>,
    /// The whole rule.
    pub span: Span,
}

/// When a rule runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum On {
    /// Only while there is no link yet.
    Create,
    /// Only once there is one.
    Update,
}

/// The left side of `<-`: `name`, `a.b`, `custom["Name"]`, `a.custom["Name"]`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Target {
    /// Field names from the outside in.
    pub path: Vec<Name>,
    /// The custom field at the end, if it is one; `path` may then be empty.
    pub custom: Option<Name>,
    /// The whole target.
    pub span: Span,
}

/// An expression and its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where it stands (parentheses around it excluded).
    pub span: Span,
}

/// Every form of expression (language.md, sections 3 and 4). Parentheses leave no node; that two readers could group an
/// expression differently is refused by the parser.
#[derive(Debug, Clone, PartialEq)]
pub enum ExprKind {
    /// `null`
    Null,
    /// `clear`
    Clear,
    /// `true`, `false`
    Bool(bool),
    /// `12`, `12.50`, `-1`: the digits as written
    Number(Decimal),
    /// `"text {path}"`, or `'plain text'` as a single [`TextPart::Text`]
    Text(Vec<TextPart>),
    /// `[a, b]`
    List(Vec<Expr>),
    /// `{ a <- x, b <- y }`
    Record(Vec<FieldRule>),
    /// `{ "k": v, (computed): w }`
    Dictionary(Vec<(Expr, Expr)>),
    /// A source field, let, binder, or one of `parent existing settings subscription now position custom`; in backticks
    /// always a field. Which one is found by `check`.
    Name {
        /// The name.
        name: Name,
        /// Written in backticks.
        quoted: bool,
    },
    /// `a.b`
    Member(Box<Expr>, Name),
    /// `a[…]`
    Select(Box<Expr>, Selector),
    /// `$…`: RFC 9535, as written
    JsonPath(String),
    /// `f(a, b)` = `a | f(b)`; with `each`, `a | each f(b)`. The piped value is the first argument.
    Call {
        /// The function.
        function: Name,
        /// All arguments, the piped one first.
        arguments: Vec<Expr>,
        /// Whether the first argument came through a pipe (kept for the formatter and for messages).
        piped: bool,
        /// `| each f`: applied to every element of the first argument.
        each: bool,
    },
    /// `-a`
    Negate(Box<Expr>),
    /// `not a`
    Not(Box<Expr>),
    /// Any operator with two sides
    Binary(Operator, Box<Expr>, Box<Expr>),
    /// `a is empty`, `a is not empty`
    IsEmpty {
        /// What is looked at.
        subject: Box<Expr>,
        /// `is not empty`
        negated: bool,
    },
    /// `any x in list where …`, `every x in list where …`
    Quantified {
        /// `every`
        every: bool,
        /// `x`
        binder: Name,
        /// the list
        list: Box<Expr>,
        /// the condition
        condition: Box<Expr>,
    },
    /// `if c then a else b`; `else if` is another `If` in `otherwise`
    If {
        /// c
        condition: Box<Expr>,
        /// a
        then: Box<Expr>,
        /// b; missing: null
        otherwise: Option<Box<Expr>>,
    },
    /// `match x { "a", "b": 1, null: 2, else: 3 }`
    Match {
        /// x
        subject: Box<Expr>,
        /// the arms but `else`
        arms: Vec<Arm>,
        /// the `else` arm
        otherwise: Option<Box<Expr>>,
    },
    /// `for x in list [where …] { body }`
    For {
        /// x
        binder: Name,
        /// the list or dictionary
        list: Box<Expr>,
        /// keeps only these
        condition: Option<Box<Expr>>,
        /// what each gives
        body: ForBody,
    },
    /// `a otherwise b`, at the end of a rule or let, or in parentheses; several nest to the right
    Otherwise(Box<Expr>, Box<Expr>),
}

/// A piece of a text.
#[derive(Debug, Clone, PartialEq)]
pub enum TextPart {
    /// Characters, escapes resolved.
    Text(String),
    /// `{path}`: an expression of names, members and selections only.
    Hole(Expr),
}

/// `a <- x` inside `{ }`.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldRule {
    /// What is filled.
    pub target: Target,
    /// With what.
    pub value: Expr,
}

/// `"a", "b": result`
#[derive(Debug, Clone, PartialEq)]
pub struct Arm {
    /// Literals only.
    pub patterns: Vec<Expr>,
    /// What it gives.
    pub result: Expr,
}

/// What stands in the braces of a `for`.
#[derive(Debug, Clone, PartialEq)]
pub enum ForBody {
    /// rules: a list of records
    Record(Vec<FieldRule>),
    /// one expression: a list of values
    Value(Box<Expr>),
    /// `k: v`: a dictionary
    Entry(Box<Expr>, Box<Expr>),
}

/// What stands in `[ ]` after a path.
#[derive(Debug, Clone, PartialEq)]
pub enum Selector {
    /// `[0]`, `[-1]`
    Index(i64),
    /// `[first]`
    First,
    /// `[last]`
    Last,
    /// `[*]`
    All,
    /// `["key"]` of a dictionary or `custom`
    Key(String),
    /// `[each x where …]`
    Each(Name, Box<Expr>),
    /// `[first x where …]`
    FirstWhere(Name, Box<Expr>),
    /// `[sort x by a descending, b]`
    Sort(Name, Vec<SortKey>),
    /// `[unique x by …]`
    Unique(Name, Box<Expr>),
    /// `[group x by …]`
    Group(Name, Box<Expr>),
}

/// One key of `[sort …]`.
#[derive(Debug, Clone, PartialEq)]
pub struct SortKey {
    /// What is compared.
    pub by: Expr,
    /// `descending`
    pub descending: bool,
}

/// Operators with two sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)] // each is its own sign
pub enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    In,
    NotIn,
    StartsWith,
    EndsWith,
    Contains,
    And,
    Or,
    /// `??`
    OrIfNull,
    /// `or if empty`
    OrIfEmpty,
}

/// A template of the envelope (`message`, `because`, `external_id`): text with `{path}` in it, without quotes.
#[derive(Debug, Clone, PartialEq)]
pub struct Template {
    /// The pieces.
    pub parts: Vec<TextPart>,
    /// The whole.
    pub span: Span,
}
