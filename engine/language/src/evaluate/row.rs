//! Where a child stands: put into words only when something is to be said about it.

use std::fmt;

/// A row among the rows of a child collection, below the row of its parent.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row<'a> {
    above: Option<&'a Row<'a>>,
    slot: &'a str,
    /// None: the rows as such.
    index: Option<u32>,
}

impl<'a> Row<'a> {
    /// The root record.
    pub const ROOT: Row<'static> = Row { above: None, slot: "", index: None };

    /// A row of a child.
    pub fn below(above: &'a Row<'a>, slot: &'a str, index: u32) -> Self {
        Row { above: Some(above), slot, index: Some(index) }
    }

    /// The rows of a child, before any of them is looked at.
    pub fn all_below(above: &'a Row<'a>, slot: &'a str) -> Self {
        Row { above: Some(above), slot, index: None }
    }
}

/// `variants[3]`, `options[1].option_values[2]`; the root is empty.
impl fmt::Display for Row<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(above) = self.above else { return Ok(()) };
        above.fmt(f)?;
        if above.above.is_some() {
            f.write_str(".")?;
        }
        f.write_str(self.slot)?;
        match self.index {
            Some(index) => write!(f, "[{index}]"),
            None => Ok(()),
        }
    }
}
