//! What people know from C#, Excel, JavaScript, SQL and Liquid, and how it is written here: a table (`forms.tsv`) that the parser's
//! messages, the checker's, the editor's quick fixes and `mapwright functions` read.

mod calls;
mod counterpart;
mod date_pattern;
mod fill;
mod form;
mod moved;

pub(super) use calls::calls;
pub use counterpart::{Counterpart, Given, of_call, of_method, of_static, word};
pub use date_pattern::strftime;
pub use fill::rebuild;
pub use form::{Form, Shape, forms, search};
pub(crate) use moved::{call as piped_call, joined, plain_text};
