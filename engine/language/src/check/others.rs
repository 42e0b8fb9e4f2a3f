//! Other records that rules look at: `find` (one of the target system by a field), `record` (one of the source system by its id).

use std::sync::Arc;

use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::mapping_file::Direction;
use crate::plan::Step;
use crate::schema::{RecordType, System};
use crate::source::Span;
use crate::syntax::tree::{Expr, Name};

use super::checker::{Checker, literal_text};
use super::scope::Checked;
use super::types::{Kind, Type};

const FIND_FORM: &str = "write `sku | find(\"Product\", \"sku\")`";
const RECORD_FORM: &str = "write `record(customer_id, \"Customer\")`";

impl Checker<'_> {
    /// The target system's id of the one record that has a value in a field.
    pub fn find(&mut self, name: &Name, arguments: &[Expr], each: bool, span: Span) -> Option<Checked> {
        let [value, record, field] = arguments else {
            return self.error("E0411", span, "`find` takes a value, a record type and a field", FIND_FORM);
        };
        if each {
            return self.error("E0411", span, "`find` looks for one record", "write `for x in list { x | find(…) }`");
        }
        let checked = self.plain(value);
        let (Some(record_name), Some(field_name)) = (literal_text(record), literal_text(field)) else {
            return self.error(
                "E0411",
                record.span,
                "the record type and the field are texts as they stand",
                FIND_FORM,
            );
        };
        let system = if self.levels.last()?.combined.file.direction.as_ref()?.value == Direction::From {
            System::Bigcommerce
        } else {
            System::Ipaas
        };
        let found = self.record_of(system, &record_name, record.span, |r| r.route.find.contains_key(&field_name))?;
        let Some(schema) = found.fields.get(&field_name).filter(|_| found.route.find.contains_key(&field_name)) else {
            let searches: Vec<&str> = found.route.find.keys().map(String::as_str).collect();
            let message = format!("{} cannot be searched by `{field_name}`", found.title);
            let mut diagnostic = Diagnostic::error("E0508", field.span, message);
            if let Some(near) = did_you_mean(&field_name, searches.iter().copied()) {
                diagnostic = diagnostic.note(format!("did you mean `{near}`?"));
            }
            let help = if searches.is_empty() {
                String::from("the system has no search for this type")
            } else {
                format!("it can be searched by `{}`", searches.join("`, `"))
            };
            return self.refuse(diagnostic.help(help));
        };
        let checked = checked?;
        let nullable = checked.ty.nullable;
        let fitted = self.fit(checked, &Arc::new(schema.clone()), value.span)?;
        self.effect("find", &format!("{} by {field_name}", found.name), name.span);
        self.note_function(&name.text);
        let step = Step::Find {
            record_type: found.name.as_str().into(),
            field: field_name.as_str().into(),
            value: fitted.step,
        };
        let step = self.step(step, span);
        Some(Checked::new(step, Type::of(Kind::Id(Some(found.name.as_str().into()))).nullable(nullable)))
    }

    /// Another record of the source system.
    pub fn record_by_id(&mut self, name: &Name, arguments: &[Expr], each: bool, span: Span) -> Option<Checked> {
        let [id, record] = arguments else {
            return self.error("E0411", span, "`record` takes an id and a record type", RECORD_FORM);
        };
        if each {
            return self.error(
                "E0411",
                span,
                "`record` reads one record",
                "write `for x in list { record(x, …).field }`",
            );
        }
        let checked = self.plain(id);
        let Some(record_name) = literal_text(record) else {
            return self.error("E0411", record.span, "the record type is a text as it stands", RECORD_FORM);
        };
        let system = if self.levels.last()?.combined.file.direction.as_ref()?.value == Direction::From {
            System::Ipaas
        } else {
            System::Bigcommerce
        };
        let found = self.record_of(system, &record_name, record.span, |r| r.route.read.is_some())?;
        if found.route.read.is_none() {
            return self.error(
                "E0310",
                record.span,
                format!("{} cannot be read by id", found.title),
                "take it from the record that it is a part of",
            );
        }
        let checked = checked?;
        match &checked.ty.kind {
            Kind::Id(Some(of)) if **of != *found.name && !self.means(&record_name, of) => {
                let words = checked.ty.words();
                return self.error(
                    "E0412",
                    id.span,
                    format!("this is {words}, and {} is to be read", found.title),
                    format!("name an id of {}", found.name),
                );
            }
            Kind::Id(_) | Kind::Text | Kind::Integer | Kind::Any | Kind::Nothing => {}
            other => {
                let words = other.words();
                return self.error(
                    "E0412",
                    id.span,
                    format!("a record is read by its id, this is {words}"),
                    RECORD_FORM,
                );
            }
        }
        self.effect("record", &found.name, name.span);
        self.note_function(&name.text);
        let shape = self.builder.shape_of_record(&found);
        let step = Step::OtherRecord { record_type: found.name.as_str().into(), id: checked.step, shape };
        let step = self.step(step, span);
        // a record that is gone is a failure, not null
        let ty = Type::of(Kind::Record(shape)).nullable(checked.ty.nullable);
        Some(Checked { path: Some(format!("record({record_name})")), ..Checked::new(step, ty) })
    }

    /// A record type of a system, by its own name or by that of the iPaaS.com record it is mapped onto.
    fn record_of(
        &mut self,
        system: System,
        name: &str,
        span: Span,
        fits: impl Fn(&RecordType) -> bool,
    ) -> Option<Arc<RecordType>> {
        let catalog = self.builder.catalog;
        if let Some(record) = catalog.record(name).filter(|r| r.system == system) {
            return Some(record.clone());
        }
        let counterparts: Vec<Arc<RecordType>> = self
            .others
            .pairs
            .iter()
            .filter(|(ipaas, _)| system == System::Bigcommerce && ipaas == name)
            .filter_map(|(_, bigcommerce)| catalog.record(bigcommerce).cloned())
            .fold(vec![], |mut all: Vec<Arc<RecordType>>, record| {
                if !all.iter().any(|r| r.name == record.name) {
                    all.push(record);
                }
                all
            });
        let fitting: Vec<&Arc<RecordType>> = counterparts.iter().filter(|r| fits(r)).collect();
        match (fitting.as_slice(), counterparts.as_slice()) {
            ([one], _) => return Some((*one).clone()),
            ([], [one]) => return Some(one.clone()),
            ([], []) => {}
            _ => {
                let names = counterparts.iter().map(|r| format!("`{}`", r.name)).collect::<Vec<_>>().join(", ");
                return self.error(
                    "E0310",
                    span,
                    format!("`{name}` is mapped onto several record types of BigCommerce"),
                    format!("say which: {names}"),
                );
            }
        }
        let whose = if system == System::Ipaas { "iPaaS.com" } else { "BigCommerce" };
        let mut diagnostic =
            Diagnostic::error("E0310", span, format!("`{name}` is no record type of {whose}, which is looked at here"));
        let mapped = self.others.pairs.iter().map(|(ipaas, _)| ipaas.as_str());
        let known = catalog.names(system).chain(mapped.filter(|_| system == System::Bigcommerce));
        diagnostic = match did_you_mean(name, known) {
            Some(near) => diagnostic.note(format!("did you mean `{near}`?")),
            None => diagnostic.help("`mapwright schema` lists the record types"),
        };
        self.refuse(diagnostic)
    }
}
