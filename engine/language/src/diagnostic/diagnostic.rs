//! One diagnostic and the collection of them that every stage fills.

use crate::source::Span;

use super::did_you_mean;

/// How bad it is. `check` fails on errors; with `--strict` on warnings too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Works, but could read better.
    Hint,
    /// Works, but probably not as meant.
    Warning,
    /// The collection is not compiled.
    Error,
}

/// A further place that belongs to the message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// Where.
    pub span: Span,
    /// What is there, a few words.
    pub text: String,
}

/// A change that would mend the mistake: the bytes of `span` become `replacement`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// What to replace.
    pub span: Span,
    /// By what.
    pub replacement: String,
    /// It can only be meant so: `check --fix` applies it. What is a guess (a name that is near) is for the author to take.
    pub certain: bool,
}

/// A mistake in a mapping file. Style: lower case, no final period, what the user wrote in backticks, no Rust names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// A code of the registry (`diagnostic::code`), such as `E0203`.
    pub code: &'static str,
    /// Error, warning or hint.
    pub severity: Severity,
    /// The place the message is about.
    pub span: Span,
    /// What was found and what was expected, one sentence.
    pub message: String,
    /// A few words beside the marked place (`did you mean ...?`).
    pub note: Option<String>,
    /// What to do, on a line of its own.
    pub help: Option<String>,
    /// Further places.
    pub labels: Vec<Label>,
    /// An edit that a tool may apply.
    pub edit: Option<Edit>,
}

impl Diagnostic {
    /// An error with this code at this place.
    #[must_use]
    pub fn error(code: &'static str, span: Span, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Error, span, message)
    }

    /// A hint with this code at this place.
    #[must_use]
    pub fn hint(code: &'static str, span: Span, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Hint, span, message)
    }

    /// A warning with this code at this place.
    #[must_use]
    pub fn warning(code: &'static str, span: Span, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Warning, span, message)
    }

    fn new(code: &'static str, severity: Severity, span: Span, message: impl Into<String>) -> Self {
        Self { code, severity, span, message: message.into(), note: None, help: None, labels: vec![], edit: None }
    }

    /// Adds a few words beside the marked place.
    #[must_use]
    pub fn note(mut self, text: impl Into<String>) -> Self {
        self.note = Some(text.into());
        self
    }

    /// Adds what to do.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }

    /// Adds a further place.
    #[must_use]
    pub fn label(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label { span, text: text.into() });
        self
    }

    /// Adds an edit that may be what was meant.
    #[must_use]
    pub fn edit(mut self, span: Span, replacement: impl Into<String>) -> Self {
        self.edit = Some(Edit { span, replacement: replacement.into(), certain: false });
        self
    }

    /// Adds the edit that mends it.
    #[must_use]
    pub fn fix(mut self, span: Span, replacement: impl Into<String>) -> Self {
        self.edit = Some(Edit { span, replacement: replacement.into(), certain: true });
        self
    }
}

impl Diagnostic {
    /// Adds the known name that is meant, most likely. The same letters in another case can only mean that name, if no other
    /// has them too: then the edit is certain. Otherwise it is for the author to take.
    #[must_use]
    pub fn did_you_mean<'k>(
        self,
        place: Span,
        written: &str,
        known: impl IntoIterator<Item = &'k str>,
    ) -> Option<Self> {
        let known: Vec<&str> = known.into_iter().collect();
        let letters = |name: &str| -> String {
            name.chars().filter(|c| !matches!(c, '_' | ' ')).flat_map(char::to_lowercase).collect()
        };
        let near = did_you_mean(written, known.iter().copied())?;
        let mut same: Vec<&str> = known.into_iter().filter(|k| letters(k) == letters(written)).collect();
        same.sort_unstable();
        same.dedup();
        let diagnostic = self.note(format!("did you mean `{near}`?"));
        Some(match same.as_slice() {
            [only] => diagnostic.fix(place, *only),
            _ => diagnostic.edit(place, near),
        })
    }
}

/// What all stages report into.
#[derive(Debug, Clone, Default)]
pub struct Diagnostics {
    all: Vec<Diagnostic>,
    /// How many are errors.
    errors: usize,
}

impl Diagnostics {
    /// Adds one.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.errors += usize::from(diagnostic.severity == Severity::Error);
        self.all.push(diagnostic);
    }

    /// How many errors were found so far.
    #[must_use]
    pub fn errors(&self) -> usize {
        self.errors
    }

    /// Whether any is an error.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.errors > 0
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// All of them, in the order in which they were found.
    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.all.iter()
    }

    /// Orders by file and place, and drops exact repetitions.
    pub fn sort(&mut self) {
        self.all.sort_by(|a, b| (a.span, a.code, &a.message, &a.help).cmp(&(b.span, b.code, &b.message, &b.help)));
        self.all.dedup();
        self.errors = self.all.iter().filter(|d| d.severity == Severity::Error).count();
    }
}
