//! External ids, by which links find records: one for each record, and never none.

use crate::project::Project;

fn customer(external_id: &str, more: &str) -> Project {
    Project::of(&[&format!(
        "collection: R\nrecord: Customer\ndirection: to\nsync: add-update\nbigcommerce: customers.customer\nfind_by: email_address\nexternal_id: {external_id}\n{more}rules: |\n  email_address <- email\n  first_name <- first_name\n"
    )])
}

#[test]
fn language_13_an_external_id_tells_records_apart() {
    for (id, code) in [
        ("\"x\"", "E0622"),
        ("\"{company}\"", "E0623"),
        ("\"{id}|{company}\"", "E0623"),
        ("\"{parent_external_id}\"", "E0302"),
        ("\"{id}|{parent_external_id}\"", "E0302"),
    ] {
        let project = customer(id, "");
        assert!(project.codes().contains(&code), "{id}\n{}", project.report());
    }
}

#[test]
fn language_13_what_filters_and_errors_let_through_is_not_null() {
    customer("\"{id}\"", "").clean();
    customer("\"c-{id}\"", "").clean();
    customer("\"{company}\"", "errors:\n  - when: company is empty\n    message: \"no company\"\n").clean();
    customer("\"{company}\"", "filter: company is not empty\n").clean();
}

#[test]
fn language_13_an_external_id_is_read_back() {
    let project = Project::of(&[
        "collection: R\nrecord: Product\ndirection: to\nsync: update\nbigcommerce: catalog.product\nexternal_id: \"{brand_name}\"\nrules: |\n  name <- name\n",
    ]);
    assert!(project.codes().contains(&"E0303"), "{}", project.report());
}
