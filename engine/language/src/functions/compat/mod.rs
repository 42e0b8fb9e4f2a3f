//! iPaaS.com's functions under their own names, quirks kept, so that a formula can be taken over first and made to read better
//! afterwards. They are written in `CamelCase`; nothing else here is.
//!
//! What is not kept is what cannot be told beforehand: the culture of a server (texts are read as numbers with a point
//! before the decimals), its clock and its time zone (UTC), and binary floats (numbers are exact decimals).

mod convert;
mod forms;
mod lists;
mod texts;
mod times;

use super::Function;

/// One function of iPaaS.com.
#[derive(Debug, Clone, Copy)]
pub struct Compat {
    /// Its name there and here.
    pub name: &'static str,
    /// How the same is written in this language.
    pub native: &'static str,
    /// The native function that takes the same arguments in the same order and gives the same: only the name changes.
    pub rename: Option<&'static str>,
    /// How it differs from the native form; `None`: not at all.
    pub differs: Option<&'static str>,
    /// What iPaaS.com's function does that this one does not; `None`: it does the same.
    pub not_kept: Option<&'static str>,
    /// How it is run.
    pub form: CompatForm,
}

/// How one of iPaaS.com's functions is run.
#[derive(Debug, Clone, Copy)]
pub enum CompatForm {
    /// As a function of its own.
    Function(&'static Function),
    /// Read by the checker as an expression of the language. Right-hand sides over a product of iPaaS.com.
    Expression {
        /// How it is written.
        form: &'static str,
        /// Examples.
        examples: &'static [&'static str],
    },
    /// Not at all: why.
    None(&'static str),
}

impl Compat {
    const fn function(function: &'static Function, native: &'static str) -> Compat {
        Compat {
            name: function.name,
            native,
            rename: None,
            differs: None,
            not_kept: None,
            form: CompatForm::Function(function),
        }
    }

    const fn expression(
        name: &'static str,
        form: &'static str,
        native: &'static str,
        examples: &'static [&'static str],
    ) -> Compat {
        let form = CompatForm::Expression { form, examples };
        Compat { name, native, rename: None, differs: None, not_kept: None, form }
    }

    const fn none(name: &'static str, native: &'static str, why: &'static str) -> Compat {
        Compat { name, native, rename: None, differs: None, not_kept: None, form: CompatForm::None(why) }
    }

    const fn same_as(self, rename: &'static str) -> Compat {
        Compat { rename: Some(rename), ..self }
    }

    const fn differs(self, how: &'static str) -> Compat {
        Compat { differs: Some(how), ..self }
    }

    const fn not_kept(self, what: &'static str) -> Compat {
        Compat { not_kept: Some(what), ..self }
    }

    /// How it is called.
    #[must_use]
    pub fn written(&self) -> String {
        match self.form {
            CompatForm::Function(function) => crate::check::form(function),
            CompatForm::Expression { form, .. } => form.to_owned(),
            CompatForm::None(_) => format!("{}(…)", self.name),
        }
    }
}

/// All of them, family by family.
pub(super) static TABLES: &[&[Compat]] = &[convert::TABLE, texts::TABLE, lists::TABLE, times::TABLE, forms::TABLE];
