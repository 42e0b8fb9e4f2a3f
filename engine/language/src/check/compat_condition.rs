//! The conditions that iPaaS.com's `FirstMatch` takes as texts: `Type == "Shipping" && IsPrimary = true`. Fields of the
//! element against literals; read into this language's own tree, so that they are checked as any condition is.

use crate::source::Span;
use crate::syntax::tree::{Expr, ExprKind, Name, Operator, TextPart};
use crate::value::number_from_text;

use super::compat::snake_case;

/// Deepest nesting of parentheses.
const MOST_DEPTH: usize = 16;

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Word(String),
    Text(String),
    Number(String),
    Sign(&'static str),
}

/// Longer signs first.
const SIGNS: &[&str] = &["==", "!=", "<>", "<=", ">=", "&&", "||", "=", "<", ">", "!", "(", ")"];

fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(c) = rest.chars().next() {
        let taken = if let Some(sign) = SIGNS.iter().find(|s| rest.starts_with(**s)) {
            tokens.push(Token::Sign(sign));
            sign.len()
        } else if c == '"' || c == '\'' {
            let inner = rest.get(1..).unwrap_or_default();
            let end = inner.find(c).ok_or_else(|| String::from("has a text that is not closed"))?;
            tokens.push(Token::Text(inner.get(..end).unwrap_or_default().to_owned()));
            end + 2
        } else if c.is_alphabetic() || c == '_' {
            let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_' && c != '.').unwrap_or(rest.len());
            tokens.push(Token::Word(rest.get(..end).unwrap_or_default().to_owned()));
            end
        } else if c.is_ascii_digit() || c == '-' {
            let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.' && c != '-').unwrap_or(rest.len());
            tokens.push(Token::Number(rest.get(..end).unwrap_or_default().to_owned()));
            end
        } else {
            return Err(format!("has a sign that is not understood: `{c}`"));
        };
        rest = rest.get(taken..).unwrap_or_default().trim_start();
    }
    Ok(tokens)
}

struct Reader<'a> {
    tokens: std::vec::IntoIter<Token>,
    binder: &'a str,
    span: Span,
}

/// Reads a condition over the element that `binder` names.
///
/// # Errors
/// What is not understood, as the rest of a sentence.
pub(super) fn read(text: &str, binder: &str, span: Span) -> Result<Expr, String> {
    let mut reader = Reader { tokens: tokens(text)?.into_iter(), binder, span };
    let condition = reader.either(0)?;
    match reader.tokens.next() {
        None => Ok(condition),
        Some(_) => Err(String::from("goes on where it should end")),
    }
}

impl Reader<'_> {
    fn next_is(&mut self, signs: &[&str], word: &str) -> bool {
        let next = self.tokens.as_slice().first();
        let found = match next {
            Some(Token::Sign(sign)) => signs.contains(sign),
            Some(Token::Word(found)) => !word.is_empty() && found.eq_ignore_ascii_case(word),
            _ => false,
        };
        if found {
            self.tokens.next();
        }
        found
    }

    fn expr(&self, kind: ExprKind) -> Expr {
        Expr { kind, span: self.span }
    }

    fn binary(&self, operator: Operator, a: Expr, b: Expr) -> Expr {
        self.expr(ExprKind::Binary(operator, Box::new(a), Box::new(b)))
    }

    fn either(&mut self, depth: usize) -> Result<Expr, String> {
        let mut left = self.both(depth)?;
        while self.next_is(&["||"], "or") {
            let right = self.both(depth)?;
            left = self.binary(Operator::Or, left, right);
        }
        Ok(left)
    }

    fn both(&mut self, depth: usize) -> Result<Expr, String> {
        let mut left = self.one(depth)?;
        while self.next_is(&["&&"], "and") {
            let right = self.one(depth)?;
            left = self.binary(Operator::And, left, right);
        }
        Ok(left)
    }

    fn one(&mut self, depth: usize) -> Result<Expr, String> {
        if depth > MOST_DEPTH {
            return Err(format!("is nested more than {MOST_DEPTH} deep"));
        }
        if self.next_is(&["!"], "not") {
            let inner = self.one(depth + 1)?;
            return Ok(self.expr(ExprKind::Not(Box::new(inner))));
        }
        if self.next_is(&["("], "") {
            let inner = self.either(depth + 1)?;
            return if self.next_is(&[")"], "") {
                Ok(inner)
            } else {
                Err(String::from("has a `(` that is not closed"))
            };
        }
        let left = self.operand()?;
        let operator = match self.tokens.as_slice().first() {
            Some(Token::Sign("==" | "=")) => Operator::Equal,
            Some(Token::Sign("!=" | "<>")) => Operator::NotEqual,
            Some(Token::Sign("<")) => Operator::Less,
            Some(Token::Sign("<=")) => Operator::LessOrEqual,
            Some(Token::Sign(">")) => Operator::Greater,
            Some(Token::Sign(">=")) => Operator::GreaterOrEqual,
            // a field that is true or false
            _ => return Ok(left),
        };
        self.tokens.next();
        let right = self.operand()?;
        Ok(self.binary(operator, left, right))
    }

    fn operand(&mut self) -> Result<Expr, String> {
        let kind = match self.tokens.next() {
            Some(Token::Text(text)) => ExprKind::Text(vec![TextPart::Text(text)]),
            Some(Token::Number(digits)) => ExprKind::Number(
                number_from_text(&digits).ok_or_else(|| format!("has a number that is none: `{digits}`"))?,
            ),
            Some(Token::Word(word)) => match word.to_ascii_lowercase().as_str() {
                "true" => ExprKind::Bool(true),
                "false" => ExprKind::Bool(false),
                "null" => ExprKind::Null,
                _ => return self.path(&word),
            },
            Some(Token::Sign(sign)) => return Err(format!("has `{sign}` where a field or a value is expected")),
            None => return Err(String::from("ends where a field or a value is expected")),
        };
        Ok(self.expr(kind))
    }

    /// `Address.City` of the element.
    fn path(&self, word: &str) -> Result<Expr, String> {
        let name = Name { text: self.binder.to_owned(), span: self.span };
        let mut path = self.expr(ExprKind::Name { name, quoted: false });
        for part in word.split('.') {
            if part.is_empty() {
                return Err(format!("has a path that is none: `{word}`"));
            }
            let name = Name { text: snake_case(part), span: self.span };
            path = self.expr(ExprKind::Member(Box::new(path), name));
        }
        Ok(path)
    }
}
