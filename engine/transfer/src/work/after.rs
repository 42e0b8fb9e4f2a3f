//! Collections that run once a record is in place, over the record itself or over rows in it.

use mapwright_language::evaluate::ParentContext;
use mapwright_language::json::Json;
use mapwright_language::plan::PlannedAfter;

use super::around::Part;
use super::ends::End;
use super::engine::Halt;
use super::fields::{Unread, complete};
use super::outcome::{Ended, How};
use super::present::Root;
use super::run::{Selection, part};
use super::transfer::{One, Transfer};

impl Transfer<'_> {
    /// Runs what comes after a record that was written or is unchanged.
    pub(super) async fn run_after(&self, one: &mut One) -> Result<(), Halt> {
        let level = self.level();
        let in_place = matches!(&one.end, Some(End::Ended(Ended::Written { .. } | Ended::Unchanged)));
        if level.after.is_empty() || !in_place {
            return Ok(());
        }
        let made = one.end == Some(End::Ended(Ended::Written { how: How::Created }));
        if let Some(link) = one.itself.as_ref().filter(|_| self.engine.dry_run && made) {
            self.around.known.pretend(link);
        }
        for after in &level.after {
            let result = self.after(after, one).await;
            let why = match &result {
                Ok(None) => continue,
                Ok(Some(why)) => why.clone(),
                Err(halt) => halt.0.clone(),
            };
            self.not_run(one, &after.collection, &why);
            return result.map(drop);
        }
        Ok(())
    }

    /// A record whose run ended before what comes after it: it waits, so that a retry runs that.
    pub(super) fn none_after(&self, one: &mut One, why: &str) {
        let in_place = matches!(&one.end, Some(End::Ended(Ended::Written { .. } | Ended::Unchanged)));
        if let Some(after) = self.level().after.first().filter(|_| in_place) {
            self.not_run(one, &after.collection, why);
        }
    }

    fn not_run(&self, one: &mut One, collection: &str, why: &str) {
        let reason = format!("it is in place, but `{collection}` did not run to its end after it: {why}");
        one.end = Some(End::Ended(Ended::Parked { reason, waits: vec![] }));
    }

    /// A text: it could not be run.
    async fn after(&self, after: &PlannedAfter, one: &One) -> Result<Option<String>, Halt> {
        let Some(plan) = self.engine.plans.after(&after.collection) else {
            return Ok(Some(String::from("the collection is not among those of the project")));
        };
        let existing = if let Root::Existing(_, there) = &one.root { there.clone() } else { None };
        let mut parents = vec![ParentContext { record: Some(one.source.clone()), existing }];
        parents.extend(self.part.parents.iter().cloned());
        for (parent, planned) in parents.iter_mut().zip(&plan.parents) {
            let Some(json) = &mut parent.record else { continue };
            match complete(self.engine, &self.around.known, plan, planned.source, json).await {
                Ok(()) => {}
                Err(Unread::Halt(halt)) => return Err(halt),
                Err(Unread::Field(why)) => return Ok(Some(why)),
            }
        }
        let id_field = self.engine.catalog.record(&plan.root.source_type).and_then(|r| r.id.clone());
        let rows: Vec<(String, Json)> = match after.path.as_slice() {
            [] => vec![(one.id.clone(), one.source.clone())],
            path => rows_at(&one.source, path)
                .into_iter()
                .zip(1..)
                .map(|(row, number)| {
                    let id = id_field.as_deref().and_then(|field| row.get(field)?.id());
                    (id.map_or_else(|| format!("{}#{number}", one.id), str::to_owned), row.clone())
                })
                .collect(),
        };
        if rows.is_empty() {
            return Ok(None);
        }
        let of = one.key.clone();
        let nested = Part { depth: self.part.depth + 1, first: false, after: Some(of), parents };
        let mut report = part(self.around, plan, Selection::Rows(rows), nested).await;
        let halt = report.interrupted.take().map(Halt);
        self.around.reported(report, false);
        halt.map_or(Ok(None), Err)
    }
}

/// The records at a path of keys; lists on the way are opened.
fn rows_at<'j>(json: &'j Json, path: &[std::sync::Arc<str>]) -> Vec<&'j Json> {
    match (json, path.split_first()) {
        (Json::List(items), _) => items.iter().flat_map(|item| rows_at(item, path)).collect(),
        (Json::Object(_), None) => vec![json],
        (Json::Object(_), Some((key, rest))) => json.get(key).map(|inner| rows_at(inner, rest)).unwrap_or_default(),
        _ => vec![],
    }
}
