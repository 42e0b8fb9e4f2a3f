//! `starts_on`.

use mapwright_language::schema::{Events, System};

use crate::project::Project;

#[test]
fn language_16_an_event_that_nobody_sends_is_reported() {
    for (events, said) in [
        ("[product/update]", Some("did you mean `product/updated`?")),
        ("[product/created, product/category/update]", Some("did you mean `product/category/updated`?")),
        ("[store/product/updated]", Some("[W0103]")),
        ("[hello]", Some("[W0102]")),
        ("[product/updated, product/*, product/updated/poll]", None),
        ("[]", None),
    ] {
        let project = Project::product(&format!("starts_on: {events}\n"), "name <- name");
        match said {
            None => drop(project.clean()),
            Some(said) => assert!(project.report().contains(said), "{events}\n{}", project.report()),
        }
    }
}

#[test]
fn language_16_the_known_events_are_read() {
    let events = Events::builtin();
    assert!(events.of(System::Bigcommerce).len() > 100 && events.of(System::Ipaas).len() > 50);
    for event in
        ["store/channel/1/order/created", "store/channel/*/order/created", "store/order/*", "store/giftcard/created"]
    {
        assert!(events.knows(System::Bigcommerce, event), "{event}");
    }
    for event in ["store/order", "store/order/create", "store/*/created/x", "store/order/created/now"] {
        assert!(!events.knows(System::Bigcommerce, event), "{event}");
    }
}
