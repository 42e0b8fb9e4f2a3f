//! iPaaS.com's functions by their own names: what is said about them, and those that are expressions here.

use crate::diagnostic::Diagnostic;
use crate::functions::{Compat, CompatForm};
use crate::source::Span;
use crate::syntax::tree::{Expr, ExprKind, Name, Selector};

use super::checker::{Checker, literal_text};
use super::scope::Checked;

impl Checker<'_> {
    /// How the same is written here, and where it differs.
    pub fn compat_hint(&mut self, compat: &Compat, name: &Name) {
        if matches!(compat.form, CompatForm::None(_)) {
            return;
        }
        let message = format!("`{}` is iPaaS.com's name; here this is written `{}`", compat.name, compat.native);
        let help = match compat.differs {
            Some(differs) => format!("what stays different under iPaaS.com's name: {differs}"),
            None => String::from("it does the same"),
        };
        let mut hint = Diagnostic::hint("H0301", name.span, message).help(help);
        if let Some(same) = compat.rename {
            hint = hint.fix(name.span, same);
        }
        self.diagnostics.push(hint);
    }

    /// A call that is read as an expression of this language.
    pub fn compat_expression(
        &mut self,
        compat: &Compat,
        name: &Name,
        arguments: &[Expr],
        each: bool,
        span: Span,
    ) -> Option<Checked> {
        if let CompatForm::None(why) = compat.form {
            arguments.iter().for_each(|argument| drop(self.expression(argument)));
            let message = format!("`{}` is not to be had here: {why}", compat.name);
            return self.error("E0315", name.span, message, format!("write `{}`", compat.native));
        }
        if each {
            let message = format!("`{}` is read as an expression, and `each` stands before a function", compat.name);
            return self.error("E0411", span, message, format!("write `{}`", compat.native));
        }
        self.note_function(compat.name);
        let at = |kind: ExprKind| Expr { kind, span };
        let word = |text: &str| Name { text: text.to_owned(), span };
        let named = |text: &str| at(ExprKind::Name { name: word(text), quoted: false });
        let call = |function: &str, arguments: Vec<Expr>| {
            at(ExprKind::Call { function: word(function), arguments, piped: false, each: false })
        };
        let expression = match (compat.name, arguments) {
            ("CurrentDateTime" | "CurrentDateTimeOffset", []) => named("now"),
            (name, [id, record_type, rest @ ..]) if name.starts_with("Get") && name != "GetValue" && rest.len() < 2 => {
                if let Some(other) = rest.iter().find(|r| !is_this_subscription(r)) {
                    return self.error(
                        "E0411",
                        other.span,
                        format!("`{name}` asks for the links of this subscription, and of no other"),
                        "write `subscription.id`, or leave it out",
                    );
                }
                let pair = || vec![id.clone(), record_type.clone()];
                at(ExprKind::If {
                    condition: Box::new(call("linked", pair())),
                    then: Box::new(call("link", pair())),
                    otherwise: None,
                })
            }
            ("GetValue", [record, field]) => {
                let field = self.field_named(field)?;
                at(ExprKind::Member(Box::new(record.clone()), field))
            }
            ("FirstMatch", [list, condition]) => self.first_match(list, condition, span)?,
            ("FieldFromFirstMatch", [list, condition, field]) => {
                let field = self.field_named(field)?;
                let first = self.first_match(list, condition, span)?;
                at(ExprKind::Member(Box::new(first), field))
            }
            _ => {
                return self.error(
                    "E0411",
                    span,
                    format!("`{}` does not have the arguments that it takes", compat.name),
                    format!("its form is `{}`", compat.written()),
                );
            }
        };
        self.expression(&expression)
    }

    /// A field by iPaaS.com's name for it, `FirstName`, or by its own.
    fn field_named(&mut self, field: &Expr) -> Option<Name> {
        match literal_text(field) {
            Some(text) => Some(Name { text: snake_case(&text), span: field.span }),
            None => self.error(
                "E0411",
                field.span,
                "the name of a field is a text as it stands",
                "write it in quotes, or better the path itself: `record.field`",
            ),
        }
    }

    /// `list[first … where condition]`
    fn first_match(&mut self, list: &Expr, condition: &Expr, span: Span) -> Option<Expr> {
        let read = literal_text(condition)
            .ok_or_else(|| String::from("is no text as it stands"))
            .and_then(|text| super::compat_condition::read(&text, BINDER, condition.span));
        let condition = match read {
            Ok(read) => Box::new(read),
            Err(why) => {
                return self.error(
                    "E0411",
                    condition.span,
                    format!("this condition {why}"),
                    "write it in this language: `list[first x where x.field == \"value\"]`",
                );
            }
        };
        let binder = Name { text: BINDER.to_owned(), span };
        let select = ExprKind::Select(Box::new(list.clone()), Selector::FirstWhere(binder, condition));
        Some(Expr { kind: select, span })
    }
}

/// The element in a condition of iPaaS.com, which names none.
const BINDER: &str = "element_of_the_list";

/// `subscription.id`
fn is_this_subscription(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Member(of, field) => {
            field.text == "id" && matches!(&of.kind, ExprKind::Name { name, .. } if name.text == "subscription")
        }
        _ => false,
    }
}

/// `FirstName` is `first_name`, `SKU` is `sku`; a name without capitals stays.
pub(super) fn snake_case(name: &str) -> String {
    let mut made = String::new();
    let characters: Vec<char> = name.chars().collect();
    for (i, c) in characters.iter().enumerate() {
        let before = i.checked_sub(1).and_then(|b| characters.get(b));
        let starts_word = before.is_some_and(|b| b.is_lowercase() || b.is_ascii_digit())
            || before.is_some_and(|b| b.is_uppercase()) && characters.get(i + 1).is_some_and(|n| n.is_lowercase());
        if c.is_uppercase() && starts_word {
            made.push('_');
        }
        made.extend(c.to_lowercase());
    }
    made
}

#[cfg(test)]
mod tests {
    use super::snake_case;

    #[test]
    fn names_of_ipaas_become_names_of_its_json() {
        for (name, json) in [
            ("FirstName", "first_name"),
            ("SKU", "sku"),
            ("SKUCode", "sku_code"),
            ("Address1", "address1"),
            ("is_primary", "is_primary"),
        ] {
            assert_eq!(snake_case(name), json);
        }
    }
}
