//! From the tree back to text, in one canonical form: reading what is printed gives the same tree. Parentheses stand
//! exactly where the grammar wants them, so a printed expression may have fewer or more of them than the author wrote.

use super::group::sign;
use super::tree::{
    Expr, ExprKind, FieldRule, ForBody, Let, Name, On, Operator, Rule, Rules, Selector, Target, TextPart,
};
use super::words::{is_reserved, is_word};

/// A rules block without indentation, one line per `let` and rule, the lets first.
#[must_use]
pub fn rules(rules: &Rules) -> String {
    let mut text = String::new();
    for line in rules.lets.iter().map(named).chain(rules.rules.iter().map(rule)) {
        text.push_str(&line);
        text.push('\n');
    }
    text
}

/// `let name = value`
#[must_use]
pub fn named(named: &Let) -> String {
    format!("let {} = {}", value_name(&named.name), expression_at(&named.value, Level::Value))
}

/// `target <- value on create`
#[must_use]
pub fn rule(rule: &Rule) -> String {
    let on = match rule.on {
        None => "",
        Some(On::Create) => "  on create",
        Some(On::Update) => "  on update",
    };
    format!("{} <- {}{on}", target(&rule.target), expression_at(&rule.value, Level::Value))
}

/// The left side of a rule.
#[must_use]
pub fn target(target: &Target) -> String {
    let mut parts: Vec<String> = target.path.iter().map(|n| any_name(&n.text)).collect();
    if let Some(custom) = &target.custom {
        parts.push(format!("custom[{}]", text(&[TextPart::Text(custom.text.clone())])));
    }
    parts.join(".")
}

/// An expression as it may stand in `filter`, `when`, `that`, `each`.
#[must_use]
pub fn expression(expression: &Expr) -> String {
    expression_at(expression, Level::Expression)
}

/// An expression as it may stand in a condition or branch.
#[must_use]
pub fn chain(expression: &Expr) -> String {
    expression_at(expression, Level::Chain)
}

/// An expression as it may stand beside an operator: with parentheses where it needs them, and a pipe as a call.
#[must_use]
pub fn operand(expression: &Expr) -> String {
    match &expression.kind {
        ExprKind::Call { function, arguments, piped: true, each: false } => call(function, arguments, false, false),
        _ => expression_at(expression, Level::Postfix),
    }
}

/// A template of the envelope, without quotes.
#[must_use]
pub fn template(parts: &[TextPart]) -> String {
    pieces(parts, |c| match c {
        '\\' => Some("\\\\"),
        '{' => Some("\\{"),
        '\n' => Some("\\n"),
        '\t' => Some("\\t"),
        _ => None,
    })
}

/// What may stand in a place without parentheses, from the loosest to the tightest.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    /// `otherwise` too.
    Value,
    /// `if` and pipes too.
    Expression,
    /// A chain of operators as a whole; `any … where` takes all that follows it.
    Chain,
    /// One of `and`, `or`, `??`, `or if empty`.
    Chaining,
    Not,
    Comparison,
    Sum,
    Product,
    /// One operand, perhaps with a sign.
    Operand,
    /// What members and brackets may follow.
    Postfix,
}

fn level(value: &Expr) -> Level {
    use Operator as O;
    match &value.kind {
        ExprKind::Otherwise(..) => Level::Value,
        ExprKind::If { .. } => Level::Expression,
        ExprKind::Call { piped, each, .. } if *piped || *each => Level::Expression,
        ExprKind::Quantified { .. } => Level::Chain,
        ExprKind::Binary(O::And | O::Or | O::OrIfNull | O::OrIfEmpty, ..) => Level::Chaining,
        ExprKind::Not(_) => Level::Not,
        ExprKind::Binary(O::Add | O::Subtract, ..) => Level::Sum,
        ExprKind::Binary(O::Multiply | O::Divide, ..) => Level::Product,
        ExprKind::Binary(..) | ExprKind::IsEmpty { .. } => Level::Comparison,
        ExprKind::Negate(_) => Level::Operand,
        _ => Level::Postfix,
    }
}

fn expression_at(value: &Expr, least: Level) -> String {
    if level(value) < least { format!("({})", bare(value)) } else { bare(value) }
}

fn bare(value: &Expr) -> String {
    match &value.kind {
        ExprKind::Null => String::from("null"),
        ExprKind::Clear => String::from("clear"),
        ExprKind::Bool(value) => value.to_string(),
        ExprKind::Number(number) => number.to_string(),
        ExprKind::Text(parts) => text(parts),
        ExprKind::List(items) => format!("[{}]", list(items)),
        ExprKind::Record(rules) => record(rules),
        ExprKind::Dictionary(entries) => {
            let entries: Vec<String> = entries.iter().map(|(key, value)| entry(key, value)).collect();
            format!("{{ {} }}", entries.join(", "))
        }
        ExprKind::Name { name, quoted } if *quoted => format!("`{}`", name.text),
        ExprKind::Name { name, .. } => value_name(name),
        ExprKind::Member(inner, name) => format!("{}.{}", subject(inner), any_name(&name.text)),
        ExprKind::Select(inner, selector) => format!("{}[{}]", subject(inner), selection(selector)),
        ExprKind::JsonPath(path) => path.clone(),
        ExprKind::Call { function, arguments, piped, each } => call(function, arguments, *piped || *each, *each),
        ExprKind::Negate(inner) => match inner.kind {
            ExprKind::Number(_) => format!("-({})", bare(inner)),
            _ => format!("-{}", expression_at(inner, Level::Postfix)),
        },
        ExprKind::Not(inner) => format!("not {}", expression_at(inner, Level::Not)),
        ExprKind::Binary(operator, left, right) => binary(*operator, left, right),
        ExprKind::IsEmpty { subject, negated } => {
            format!("{} is {}empty", expression_at(subject, Level::Operand), if *negated { "not " } else { "" })
        }
        ExprKind::Quantified { every, binder, list, condition } => format!(
            "{} {} in {} where {}",
            if *every { "every" } else { "any" },
            value_name(binder),
            expression_at(list, Level::Postfix),
            expression_at(condition, Level::Chain)
        ),
        ExprKind::If { condition, then, otherwise } => {
            let mut text =
                format!("if {} then {}", expression_at(condition, Level::Chain), expression_at(then, Level::Chain));
            if let Some(otherwise) = otherwise {
                let least =
                    if matches!(otherwise.kind, ExprKind::If { .. }) { Level::Expression } else { Level::Chain };
                text.push_str(" else ");
                text.push_str(&expression_at(otherwise, least));
            }
            text
        }
        ExprKind::Match { subject, arms, otherwise } => {
            let mut parts: Vec<String> =
                arms.iter().map(|arm| format!("{}: {}", list(&arm.patterns), expression(&arm.result))).collect();
            parts.extend(otherwise.as_ref().map(|value| format!("else: {}", expression(value))));
            format!("match {} {{ {} }}", expression_at(subject, Level::Chain), parts.join(", "))
        }
        ExprKind::For { binder, list, condition, body } => {
            let condition =
                condition.as_ref().map(|c| format!(" where {}", expression_at(c, Level::Chain))).unwrap_or_default();
            let body = match body {
                ForBody::Record(rules) => record(rules),
                ForBody::Value(value) => format!("{{ {} }}", expression(value)),
                ForBody::Entry(key, value) => format!("{{ {} }}", entry(key, value)),
            };
            format!("for {} in {}{condition} {body}", value_name(binder), expression_at(list, Level::Postfix))
        }
        ExprKind::Otherwise(first, second) => {
            format!("{} otherwise {}", expression(first), expression_at(second, Level::Value))
        }
    }
}

fn list(items: &[Expr]) -> String {
    items.iter().map(expression).collect::<Vec<_>>().join(", ")
}

fn entry(key: &Expr, value: &Expr) -> String {
    format!("{}: {}", expression_at(key, Level::Postfix), expression(value))
}

fn record(rules: &[FieldRule]) -> String {
    if rules.is_empty() {
        return String::from("{}");
    }
    let rules: Vec<String> =
        rules.iter().map(|r| format!("{} <- {}", target(&r.target), expression(&r.value))).collect();
    format!("{{ {} }}", rules.join(", "))
}

/// What a member or bracket follows. A JSONPath would swallow it, and after a number a dot reads as a decimal.
fn subject(inner: &Expr) -> String {
    match inner.kind {
        ExprKind::JsonPath(_) | ExprKind::Number(_) => format!("({})", bare(inner)),
        _ => expression_at(inner, Level::Postfix),
    }
}

fn call(function: &Name, arguments: &[Expr], piped: bool, each: bool) -> String {
    let (first, rest) = match arguments.split_first() {
        Some((first, rest)) if piped => (Some(first), rest),
        _ => (None, arguments),
    };
    // `each` as a function's name would be taken for the word
    let name = if function.text == "each" { String::from("`each`") } else { value_name(function) };
    let Some(first) = first else { return format!("{name}({})", list(rest)) };
    let subject = match &first.kind {
        ExprKind::Call { piped, each, .. } if *piped || *each => bare(first),
        _ => expression_at(first, Level::Postfix),
    };
    let rest = if rest.is_empty() { String::new() } else { format!("({})", list(rest)) };
    format!("{subject} | {}{name}{rest}", if each { "each " } else { "" })
}

fn binary(operator: Operator, left: &Expr, right: &Expr) -> String {
    use Operator as O;
    let (left_least, right_least) = match operator {
        O::And | O::Or => (Level::Not, Level::Not),
        O::OrIfNull | O::OrIfEmpty => (Level::Operand, Level::Operand),
        O::Add | O::Subtract => (Level::Sum, Level::Product),
        O::Multiply | O::Divide => (Level::Product, Level::Operand),
        _ => (Level::Sum, Level::Sum),
    };
    // `a and b and c` is grouped from the left
    let same = matches!(left.kind, ExprKind::Binary(before, ..) if before == operator);
    let chains = matches!(operator, O::And | O::Or | O::OrIfNull | O::OrIfEmpty);
    let left = if same && chains { bare(left) } else { expression_at(left, left_least) };
    format!("{left} {} {}", sign(operator), expression_at(right, right_least))
}

fn selection(selector: &Selector) -> String {
    match selector {
        Selector::Index(index) => index.to_string(),
        Selector::First => String::from("first"),
        Selector::Last => String::from("last"),
        Selector::All => String::from("*"),
        Selector::Key(key) => text(&[TextPart::Text(key.clone())]),
        Selector::Each(binder, condition) => {
            format!("each {} where {}", value_name(binder), expression_at(condition, Level::Chain))
        }
        Selector::FirstWhere(binder, condition) => {
            format!("first {} where {}", value_name(binder), expression_at(condition, Level::Chain))
        }
        Selector::Sort(binder, keys) => {
            let keys: Vec<String> = keys
                .iter()
                .map(|key| {
                    format!(
                        "{}{}",
                        expression_at(&key.by, Level::Chain),
                        if key.descending { " descending" } else { "" }
                    )
                })
                .collect();
            format!("sort {} by {}", value_name(binder), keys.join(", "))
        }
        Selector::Unique(binder, by) => format!("unique {} by {}", value_name(binder), expression(by)),
        Selector::Group(binder, by) => format!("group {} by {}", value_name(binder), expression(by)),
    }
}

/// A name where a value may stand.
fn value_name(name: &Name) -> String {
    if is_word(&name.text) && !is_reserved(&name.text) { name.text.clone() } else { format!("`{}`", name.text) }
}

/// A name after a dot or before `<-`.
fn any_name(name: &str) -> String {
    if is_word(name) { name.to_owned() } else { format!("`{name}`") }
}

/// A text in quotes: `'…'` where `"…"` would need escapes and `'…'` needs none.
fn text(parts: &[TextPart]) -> String {
    if let [TextPart::Text(text)] = parts
        && text.contains(['"', '{', '\\'])
        && !text.contains(['\'', '\n', '\t'])
    {
        return format!("'{text}'");
    }
    let inner = pieces(parts, |c| match c {
        '\\' => Some("\\\\"),
        '"' => Some("\\\""),
        '{' => Some("\\{"),
        '\n' => Some("\\n"),
        '\t' => Some("\\t"),
        _ => None,
    });
    format!("\"{inner}\"")
}

fn pieces(parts: &[TextPart], escape: impl Fn(char) -> Option<&'static str>) -> String {
    let mut text = String::new();
    for part in parts {
        match part {
            TextPart::Text(plain) => {
                for c in plain.chars() {
                    match escape(c) {
                        Some(escaped) => text.push_str(escaped),
                        None => text.push(c),
                    }
                }
            }
            TextPart::Hole(path) => {
                text.push('{');
                text.push_str(&hole(path));
                text.push('}');
            }
        }
    }
    text
}

/// A path in a hole: keys stand in `'…'` there.
fn hole(path: &Expr) -> String {
    match &path.kind {
        ExprKind::Member(inner, name) => format!("{}.{}", hole(inner), any_name(&name.text)),
        ExprKind::Select(inner, Selector::Key(key)) => format!("{}['{key}']", hole(inner)),
        ExprKind::Select(inner, selector) => format!("{}[{}]", hole(inner), selection(selector)),
        _ => bare(path),
    }
}
