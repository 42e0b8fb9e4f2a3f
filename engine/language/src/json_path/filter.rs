//! Conditions of filters, and the functions in them (RFC 9535, sections 2.3.5 and 2.4).

use super::compare::{self, Operand};
use super::document::{Kind, NodeId};
use super::query::{Argument, Comparable, Condition, Function};
use super::regexp::Pattern;
use super::select::{Search, Stopped};

impl<'d> Search<'d> {
    pub(super) fn holds(&mut self, condition: &Condition, current: NodeId) -> Result<bool, Stopped> {
        self.spend(1)?;
        match condition {
            Condition::Or(conditions) => {
                for condition in conditions {
                    if self.holds(condition, current)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            Condition::And(conditions) => {
                for condition in conditions {
                    if !self.holds(condition, current)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            Condition::Not(condition) => Ok(!self.holds(condition, current)?),
            Condition::Exists(query) => self.finds(query, current),
            Condition::Compare(comparison) => {
                let left = self.operand(&comparison.left, current)?;
                let right = self.operand(&comparison.right, current)?;
                self.spend(weight(&left) + weight(&right))?;
                Ok(compare::holds(self.document, comparison.operator, &left, &right))
            }
            Condition::Call(Function::Fits { whole, text, pattern }) => self.fits(*whole, text, pattern, current),
            // the parser lets no other function stand alone
            Condition::Call(_) => Ok(false),
        }
    }

    fn operand<'q: 'o, 'o>(&mut self, comparable: &'q Comparable, current: NodeId) -> Result<Operand<'o>, Stopped>
    where
        'd: 'o,
    {
        let found = match comparable {
            Comparable::Literal(literal) => return Ok(Operand::of_literal(literal)),
            Comparable::Query(query) => self.find(query, current)?,
            Comparable::Call(function) => match &**function {
                Function::Length(of) => return self.length(of, current),
                Function::Count(query) => return Ok(Operand::of_count(self.find(query, current)?.len())),
                Function::Value(query) => self.find(query, current)?,
                Function::Fits { .. } => return Ok(Operand::Nothing),
            },
        };
        Ok(match found.as_slice() {
            [one] => {
                if self.document.is_broken(*one) {
                    return Err(Stopped::Broken);
                }
                Operand::of_node(self.document, *one)
            }
            _ => Operand::Nothing,
        })
    }

    fn length<'o>(&mut self, of: &Comparable, current: NodeId) -> Result<Operand<'o>, Stopped> {
        let count = match self.operand(of, current)? {
            Operand::Text(text) => text.chars().count(),
            Operand::Node(node) if self.document.kind(node) == Kind::List => self.document.elements(node).count(),
            Operand::Node(node) => self.document.members(node).count(),
            _ => return Ok(Operand::Nothing),
        };
        self.spend(count / 8)?;
        Ok(Operand::of_count(count))
    }

    fn fits(&mut self, whole: bool, text: &Comparable, pattern: &Argument, current: NodeId) -> Result<bool, Stopped> {
        let text = self.operand(text, current)?;
        let found = match pattern {
            Argument::Pattern(_) => None,
            Argument::Found(found) => match self.operand(found, current)? {
                Operand::Text(found) => Some(found),
                _ => return Ok(false),
            },
        };
        let Operand::Text(text) = text else { return Ok(false) };
        self.spend(1 + text.len() / 4)?;
        let found = match (pattern, found) {
            (Argument::Pattern(pattern), _) => return Ok(pattern.fits(whole, &text)),
            (Argument::Found(_), found) => found.unwrap_or_default(),
        };
        if !self.patterns.contains_key(&*found) {
            // compiling costs as much as looking at many values
            self.spend(1024 + found.len() * 16)?;
            let compiled = Pattern::compile(&found).ok();
            self.patterns.insert(found.clone().into_owned(), compiled);
        }
        // what is no I-Regexp fits nothing
        Ok(self.patterns.get(&*found).is_some_and(|p| p.as_ref().is_some_and(|p| p.fits(whole, &text))))
    }
}

/// How much work a comparison of it may be.
fn weight(operand: &Operand<'_>) -> usize {
    match operand {
        Operand::Text(text) | Operand::Number(text) => text.len() / 16,
        _ => 0,
    }
}
