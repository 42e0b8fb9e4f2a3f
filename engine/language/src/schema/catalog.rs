//! All record types of both systems, embedded.

use std::sync::{Arc, OnceLock};

use super::{Field, FieldKind, Fields, RecordType, System};

/// The record types.
#[derive(Debug, Clone, Default)]
pub struct Catalog {
    records: Vec<Arc<RecordType>>,
}

/// A data file that does not fit: the file's name and what is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogError(pub String);

impl std::fmt::Display for CatalogError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for CatalogError {}

/// `(file name, text)` of every data file.
const FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/records.rs"));

impl Catalog {
    /// The record types that this program was built with. Data that does not fit is left out; a test reads all of it.
    #[must_use]
    pub fn builtin() -> &'static Catalog {
        static CATALOG: OnceLock<Catalog> = OnceLock::new();
        CATALOG.get_or_init(|| {
            let records = FILES
                .iter()
                .filter_map(|(_, text)| serde_json::from_str::<RecordType>(text).ok())
                .map(Arc::new)
                .collect();
            Catalog { records }
        })
    }

    /// Reads data files, for tests and for the program that makes them.
    ///
    /// # Errors
    /// The first file that does not fit.
    pub fn read<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Catalog, CatalogError> {
        let mut records = Vec::new();
        for (name, text) in files {
            let record: RecordType = serde_json::from_str(text).map_err(|e| CatalogError(format!("{name}: {e}")))?;
            records.push(Arc::new(record));
        }
        Ok(Catalog { records })
    }

    /// The embedded data files.
    #[must_use]
    pub fn files() -> &'static [(&'static str, &'static str)] {
        FILES
    }

    /// All, BigCommerce's first.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<RecordType>> {
        self.records.iter()
    }

    /// A record type by its exact name.
    #[must_use]
    pub fn record(&self, name: &str) -> Option<&Arc<RecordType>> {
        self.records.iter().find(|r| r.name == name)
    }

    /// A record type as people type it: any case, blank or hyphen.
    #[must_use]
    pub fn find(&self, typed: &str) -> Option<&Arc<RecordType>> {
        let plain = |name: &str| name.to_lowercase().replace(['-', '_'], " ");
        let wanted = plain(typed);
        self.records.iter().find(|r| plain(&r.name) == wanted)
    }

    /// Names of one system's record types.
    pub fn names(&self, system: System) -> impl Iterator<Item = &str> {
        self.records.iter().filter(move |r| r.system == system).map(|r| r.name.as_str())
    }

    /// The fields of a record field: its own, or those of the record type it refers to.
    #[must_use]
    pub fn fields<'a>(&'a self, field: &'a Field) -> Option<(&'a Fields, Option<&'a Arc<RecordType>>)> {
        if field.kind != FieldKind::Record {
            return None;
        }
        match (&field.fields, &field.record) {
            (Some(fields), _) => Some((fields, None)),
            (None, Some(name)) => self.record(name).map(|r| (&r.fields, Some(r))),
            (None, None) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::ReadBy;

    #[test]
    fn every_data_file_fits_and_every_reference_leads_somewhere() {
        let catalog = Catalog::read(Catalog::files().iter().copied()).unwrap();
        assert_eq!(catalog.records.len(), Catalog::builtin().records.len());
        fn walk(catalog: &Catalog, place: &str, field: &Field) {
            if let Some(name) = &field.record {
                assert!(
                    catalog.record(name).is_some() || field.kind == FieldKind::Id,
                    "{place}: `{name}` is no record type"
                );
            }
            assert!(
                matches!(field.kind, FieldKind::List | FieldKind::Dictionary) == field.of.is_some(),
                "{place}: `of` belongs to lists and dictionaries"
            );
            assert!((field.kind == FieldKind::Enum) != field.values.is_empty(), "{place}: values belong to enums");
            if let Some(of) = &field.of {
                walk(catalog, place, of);
            }
            for (name, inner) in field.fields.iter().flat_map(Fields::iter) {
                walk(catalog, &format!("{place}.{name}"), inner);
            }
        }
        for record in catalog.iter() {
            for (name, field) in record.fields.iter() {
                let place = format!("{} {name}", record.name);
                walk(&catalog, &place, field);
                match &field.read_by {
                    None => {}
                    Some(ReadBy::Call(list)) => {
                        assert!(matches!(field.kind, FieldKind::List | FieldKind::Record), "{place}: read by a call");
                        assert!(list.call.path.contains("{id}"), "{place}: {} names no record", list.call.path);
                    }
                    Some(ReadBy::Id(id)) => {
                        let of = record.fields.get(id).and_then(|f| f.record.as_deref());
                        assert_eq!(of, field.record.as_deref(), "{place}: `{id}` is no id of it");
                        let target = of.and_then(|of| catalog.record(of));
                        assert!(target.is_some_and(|r| r.route.read.is_some()), "{place}: cannot be read by id");
                    }
                }
            }
            for name in record.id.iter().chain(&record.custom) {
                assert!(record.fields.get(name).is_some(), "{}: `{name}` is no field", record.name);
            }
            for slot in &record.route.slots {
                assert!(catalog.record(&slot.record).is_some(), "{}: slot of unknown `{}`", record.name, slot.record);
            }
        }
    }
}
