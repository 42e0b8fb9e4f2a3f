//! What a path leads to, as far as the schemas say: record types, their fields, what is inside.

use mapwright_language::schema::{Catalog, Field, FieldKind, Fields, RecordType};

/// What a path leads to.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Thing {
    /// A whole record.
    Record(&'static RecordType),
    /// A field, or an element or value of it.
    Field {
        /// its name
        name: &'static str,
        /// what the schema says of it
        field: &'static Field,
        /// the record type that it belongs to
        owner: &'static RecordType,
    },
    /// An entry of a dictionary: `key`, `value`.
    Entry(&'static Field, &'static RecordType),
    /// A group of `[group …]`: `key`, `items`.
    Group(&'static Field, &'static RecordType),
    /// The settings of the subscription.
    Settings,
    /// The subscription.
    Subscription,
    /// A value of which only the type is known, in words.
    Words(&'static str),
}

impl Thing {
    /// What can stand behind a dot.
    pub fn members(self) -> Vec<(&'static str, Thing)> {
        match self {
            Thing::Record(record) => fields(&record.fields, record),
            Thing::Field { field, owner, .. } => inside(field, owner),
            Thing::Entry(of, owner) => {
                vec![("key", Thing::Words("text")), ("value", Thing::Field { name: "value", field: of, owner })]
            }
            Thing::Group(list, owner) => {
                vec![
                    ("key", Thing::Words("what they have in common")),
                    ("items", Thing::Field { name: "items", field: list, owner }),
                ]
            }
            Thing::Subscription => vec![("id", Thing::Words("the subscription's id"))],
            Thing::Settings | Thing::Words(_) => vec![],
        }
    }

    /// The member of that name; `custom` is the dictionary of custom fields.
    pub fn member(self, name: &str) -> Option<Thing> {
        let found = self.members().into_iter().find(|(n, _)| *n == name).map(|(_, thing)| thing);
        found.or_else(|| self.custom().filter(|_| name == "custom"))
    }

    /// The dictionary behind `custom`.
    pub fn custom(self) -> Option<Thing> {
        let owner = match self {
            Thing::Record(record) => record,
            Thing::Field { field, .. } => {
                Catalog::builtin().record(element(field).record.as_deref()?).map(AsRef::as_ref)?
            }
            _ => return None,
        };
        let name = owner.custom.as_deref()?;
        Some(Thing::Field { name, field: owner.fields.get(name)?, owner })
    }

    /// An element of a list or a value of a dictionary.
    pub fn element(self) -> Thing {
        match self {
            Thing::Field { name, field, owner } => match &field.of {
                Some(of) => Thing::Field { name, field: of, owner },
                None => self,
            },
            other => other,
        }
    }

    /// What the binder of a `for` over it stands for.
    pub fn each(self) -> Thing {
        match self {
            Thing::Field { field, owner, .. } if field.kind == FieldKind::Dictionary => {
                Thing::Entry(field.of.as_deref().unwrap_or(field), owner)
            }
            other => other.element(),
        }
    }

    /// The values of an enum, its own or those of its elements.
    pub fn values(self) -> &'static [String] {
        match self {
            Thing::Field { field, .. } => &element(field).values,
            _ => &[],
        }
    }
}

/// The innermost element of lists.
fn element(field: &'static Field) -> &'static Field {
    let mut field = field;
    while let (FieldKind::List, Some(of)) = (field.kind, &field.of) {
        field = of;
    }
    field
}

fn inside(field: &'static Field, owner: &'static RecordType) -> Vec<(&'static str, Thing)> {
    match Catalog::builtin().fields(element(field)) {
        Some((inner, record)) => fields(inner, record.map_or(owner, AsRef::as_ref)),
        None => vec![],
    }
}

fn fields(fields: &'static Fields, owner: &'static RecordType) -> Vec<(&'static str, Thing)> {
    fields.iter().map(|(name, field)| (name, Thing::Field { name, field, owner })).collect()
}
