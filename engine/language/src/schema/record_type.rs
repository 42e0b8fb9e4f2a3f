//! A record type: its fields, their types, codecs and limits. One JSON file each under `engine/records/{bigcommerce,ipaas}/`.

use serde::{Deserialize, Serialize};

use super::route::{Cut, ReadBy, Route};

/// One record type of one system.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordType {
    /// `catalog.product` (BigCommerce) or `Product Variant` (iPaaS.com, its own spelling).
    pub name: String,
    /// Whose it is.
    pub system: System,
    /// For messages: `BigCommerce product`, `iPaaS.com Product`.
    pub title: String,
    /// Where the fields come from: the OpenAPI file and schema, or the section of the platform reference.
    pub source: String,
    /// iPaaS.com's number of the type (ipaas-platform 2.2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<u16>,
    /// iPaaS.com's table name in external-id calls (ipaas-platform 2.2); absent where it has no links.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<String>,
    /// The field that holds the record's own id; absent where it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The dictionary field behind `custom["Name"]`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub custom: Option<String>,
    /// Fields that go together: a request has all of a group or none (a price without tax and with it).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub together: Vec<Vec<String>>,
    /// The fields in the order of the source.
    pub fields: Fields,
    /// How it is reached.
    pub route: Route,
}

/// Which system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum System {
    /// The store.
    Bigcommerce,
    /// The hub.
    Ipaas,
}

/// Fields by name, in order. In JSON an object.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Fields(pub Vec<(String, Field)>);

impl Fields {
    /// The field of that name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Field> {
        self.0.iter().find(|(n, _)| n == name).map(|(_, f)| f)
    }

    /// All, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Field)> {
        self.0.iter().map(|(n, f)| (n.as_str(), f))
    }
}

impl Serialize for Fields {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(n, f)| (n, f)))
    }
}

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = Fields;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object of fields")
            }
            fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Fields, A::Error> {
                let mut fields = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    fields.push(entry);
                }
                Ok(Fields(fields))
            }
        }
        deserializer.deserialize_map(Visitor)
    }
}

/// One field. Every key but `type` may be left out.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// Its kind.
    #[serde(rename = "type")]
    pub kind: FieldKind,
    /// Element of a `list`, value of a `dictionary`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<Box<Field>>,
    /// `id`: of which record type. `record`: its fields are those of this record type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<String>,
    /// `record` without a record type of its own: its fields.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fields: Option<Fields>,
    /// `enum`: its values, in the system's spelling.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<String>,
    /// `text`: values that it usually has, in the system's spelling. Others may stand, what is nearly one of these is a slip.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub usual: Vec<String>,
    /// May be null when read (missing, null, or one of `none`).
    #[serde(default, skip_serializing_if = "is_false")]
    pub nullable: bool,
    /// Must be there on create.
    #[serde(default, skip_serializing_if = "is_false")]
    pub required: bool,
    /// Answers have it, requests may not.
    #[serde(default, skip_serializing_if = "is_false")]
    pub read_only: bool,
    /// Requests may have it, answers do not (a product's `brand_name`).
    #[serde(default, skip_serializing_if = "is_false")]
    pub write_only: bool,
    /// Written on create only.
    #[serde(default, skip_serializing_if = "is_false")]
    pub create_only: bool,
    /// `dictionary`: it is made of rows with ids, one per name (a product's custom fields).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rows: Option<NamedRows>,
    /// A request that changes the record must have it, even where it stays the same.
    #[serde(default, skip_serializing_if = "is_false")]
    pub needed_on_update: bool,
    /// Two rows of one parent never have the same (the SKU of a variant, the label of an option value).
    #[serde(default, skip_serializing_if = "is_false")]
    pub unique: bool,
    /// Read only: the field that is written in its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instead: Option<String>,
    /// Answers hold something else under this name than requests: what is there cannot be compared.
    #[serde(default, skip_serializing_if = "is_false")]
    pub answers_differ: bool,
    /// A list that is replaced as a whole when written.
    #[serde(default, skip_serializing_if = "is_false")]
    pub replaces: bool,
    /// About a person: values are not shown in failures.
    #[serde(default, skip_serializing_if = "is_false")]
    pub personal: bool,
    /// A secret: never shown.
    #[serde(default, skip_serializing_if = "is_false")]
    pub secret: bool,
    /// Longest text, in characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_length: Option<u32>,
    /// Shortest text, in characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_length: Option<u32>,
    /// Least number, as its text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<String>,
    /// Greatest number, as its text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<String>,
    /// Most decimals that the system keeps; more need a rounding.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decimals: Option<u32>,
    /// `email`, `url`, ...: for messages and hints only, but for those of `functions::Format`, which are enforced.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
    /// How it stands in answers; absent: the natural form of its kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read: Option<Wire>,
    /// How it stands in requests; absent: as in answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub write: Option<Wire>,
    /// JSON values that mean "nothing" when read (`""`, `0`), beside null and a missing key. A text of these that is too short for
    /// the field is left out when written.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub none: Vec<serde_json::Value>,
    /// What `clear` writes; absent: the first of `none`, else null if `nullable`, else it cannot be cleared
    /// (texts: `""`, lists: `[]`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clear: Option<serde_json::Value>,
    /// Where answers have it, if elsewhere than in requests: a path of keys from the row (`total_inventory_onhand`),
    /// `^` first for the object around the row (`^.identity.product_id`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read_at: Option<String>,
    /// Its record's answer lacks it: how it is read, once a rule asks for it (the products of an order).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read_by: Option<ReadBy>,
    /// A list of which the record's own answer holds the first rows only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cut: Option<Cut>,
    /// Not in a public source: why it is believed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inferred: Option<String>,
    /// A sentence for `schema` and editors.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
}

impl Field {
    /// Whether it may hold nothing: null, or a value that says so.
    #[must_use]
    pub fn may_be_null(&self) -> bool {
        self.nullable || !self.none.is_empty()
    }

    /// Whether what is there can be compared with what is written.
    #[must_use]
    pub fn comparable(&self) -> bool {
        !self.write_only && !self.answers_differ
    }
}

/// The rows that a dictionary is made of. A request with a row's id changes that row, one without adds a row, and rows that it
/// leaves out stay: an entry is removed by the row's own call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NamedRows {
    /// The record type of a row: its route removes one.
    pub record: String,
    /// The key of a row's id.
    pub id: String,
}

#[allow(clippy::trivially_copy_pass_by_ref)] // serde hands a reference
fn is_false(value: &bool) -> bool {
    !*value
}

/// The kinds of field.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs)] // each is its own word (language.md section 3)
pub enum FieldKind {
    Text,
    Integer,
    Decimal,
    Boolean,
    Instant,
    Date,
    Enum,
    Id,
    List,
    Record,
    Dictionary,
    /// Text or a list of texts, by name (`form_fields[…].value`): read as text.
    #[default]
    Any,
}

/// Forms on the wire. The natural ones: number for integer, decimal; text for text, enum; RFC 3339 for instant;
/// an integer for BigCommerce's ids, text for iPaaS.com's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wire {
    /// A JSON number.
    Number,
    /// A JSON text holding the value (`"12"`, `"19.9900"`). Reading accepts a number too.
    Text,
    /// A JSON text with exactly that many decimals.
    TextDecimals(u32),
    /// A JSON number or text, whichever comes.
    NumberOrText,
    /// `2024-01-31T10:00:00Z`, with offset.
    Rfc3339,
    /// `Tue, 05 Mar 2019 21:40:11 +0000`
    Rfc2822,
    /// Unix seconds as text.
    UnixSecondsText,
    /// Date and time without offset, in the subscription's time zone.
    LocalDateTime,
    /// `2024-01-31`
    Date,
    /// A dictionary as a list of objects with these two keys: name, value.
    Pairs(String, String),
}
