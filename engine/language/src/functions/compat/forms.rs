//! What is no function here: names, paths, and what looks outside the record. The checker reads these as the expression that
//! does the same.

use super::Compat;

const NO_LINK: &str = "gives null where there is no link; `link` lets the record wait for it";
const SUBSCRIPTION: &str = "links are those of this subscription: another subscription's cannot be asked for";

const fn link(name: &'static str, form: &'static str, example: &'static [&'static str]) -> Compat {
    Compat::expression(name, form, "id | link(\"Record Type\")", example).differs(NO_LINK).not_kept(SUBSCRIPTION)
}

pub(super) static TABLE: &[Compat] = &[
    Compat::expression("CurrentDateTime", "CurrentDateTime()", "now", &["CurrentDateTime()"])
        .not_kept("the time is that of the run, the same for all its records, and a point in time without zone"),
    Compat::expression("CurrentDateTimeOffset", "CurrentDateTimeOffset()", "now", &["CurrentDateTimeOffset()"])
        .not_kept("the time is that of the run, the same for all its records, and a point in time without zone"),
    Compat::expression(
        "FirstMatch",
        "FirstMatch(list, \"condition\")",
        "list[first x where x.field == \"value\"]",
        &["FirstMatch(inventory, \"Cost > 1\").cost"],
    )
    .not_kept("conditions compare fields with literals (`=`, `==`, `!=`, `<>`, `<`, `<=`, `>`, `>=`, `&&`, `||`, `!`); no match gives null, and so does a field of it"),
    Compat::expression(
        "FieldFromFirstMatch",
        "FieldFromFirstMatch(list, \"condition\", \"Field\")",
        "list[first x where x.other == \"value\"].field",
        &["FieldFromFirstMatch(inventory, \"Cost > 1\", \"Cost\")"],
    )
    .not_kept("conditions compare fields with literals (`=`, `==`, `!=`, `<>`, `<`, `<=`, `>`, `>=`, `&&`, `||`, `!`)"),
    Compat::expression("GetValue", "GetValue(record, \"Field\")", "record.field", &["GetValue(FirstMatch(inventory, \"Cost > 1\"), \"Cost\")"])
        .not_kept("the field's name is a text as it stands, and the record has it: the schema says so"),
    link("GetExternalId", "GetExternalId(id, \"Record Type\", subscription.id)", &["GetExternalId(categories[first].category_id, \"Product Category\", subscription.id)"]),
    link("GetExternalIdAsync", "GetExternalIdAsync(id, \"Record Type\", subscription.id)", &["GetExternalIdAsync(categories[first].category_id, \"Product Category\", subscription.id)"]),
    link("GetSpaceportId", "GetSpaceportId(externalId, \"Record Type\", subscription.id)", &["GetSpaceportId(categories[first].category_id, \"Product Category\", subscription.id)"]),
    link("GetSpaceportIdAsync", "GetSpaceportIdAsync(externalId, \"Record Type\", subscription.id)", &["GetSpaceportIdAsync(categories[first].category_id, \"Product Category\", subscription.id)"]),
    Compat::none(
        "FindShippingMethodFromName",
        "name | lookup(\"Shipping Methods\")",
        "there is no record type of shipping methods to search: a table of the file's `lookups` gives the method of a name; for types that there are, `name | find(\"Record Type\", \"name\")` searches",
    ),
    Compat::none(
        "GetXMLFromObject",
        "value | json_text",
        "it is an inner function of iPaaS.com that formulas cannot call there either; `json_text` writes a value as text",
    ),
    Compat::none(
        "ValidateDataType",
        "x | number",
        "it is an inner function of iPaaS.com that formulas cannot call there either; types are checked before anything runs, and `number`, `integer`, `date` and `instant` fail for texts that are none",
    ),
];
