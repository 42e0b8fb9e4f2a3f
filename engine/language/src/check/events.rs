//! `starts_on`: events that some system sends.

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::mapping_file::{Direction, MappingFile};
use crate::schema::{Events, System};

/// Warns of events that are not known, or that the other system sends: the collection would never start.
pub(super) fn known_events(file: &MappingFile, direction: Direction, diagnostics: &mut Diagnostics) {
    let events = Events::builtin();
    let (source, other, name) = match direction {
        Direction::From => (System::Ipaas, System::Bigcommerce, "iPaaS.com"),
        Direction::To => (System::Bigcommerce, System::Ipaas, "BigCommerce"),
    };
    for event in file.starts_on.iter().flat_map(|s| &s.value).filter(|e| !events.knows(source, &e.value)) {
        if events.knows(other, &event.value) {
            let message = format!("`{}` is not an event of {name}, whose records this collection reads", event.value);
            diagnostics.push(
                Diagnostic::warning("W0103", event.span, message)
                    .help("name an event of the source system: BigCommerce's begin with `store/`, iPaaS.com's do not"),
            );
            continue;
        }
        let message =
            format!("`{}` is not an event that {name} is known to send, so nothing may start this", event.value);
        let diagnostic = Diagnostic::warning("W0102", event.span, message);
        diagnostics.push(match events.near(source, &event.value) {
            Some(near) => diagnostic.note(format!("did you mean `{near}`?")).edit(event.span, near),
            None => diagnostic
                .help("an event is named by type and action, such as `product/updated` or `store/order/created`"),
        });
    }
}
