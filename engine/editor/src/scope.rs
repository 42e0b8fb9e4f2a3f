//! What is in reach in a mapping file: the records on both sides and above, lets, lookups, settings.

use std::sync::Arc;

use mapwright_language::mapping_file::{Direction, Lookup, MappingFile, Setting};
use mapwright_language::schema::{Catalog, RecordType};
use mapwright_language::source::FileId;
use mapwright_language::syntax::tree::{Expr, ExprKind, Let, Operator, Selector};

use crate::project::Project;
use crate::thing::Thing;

/// Names that are given, with a sentence each.
pub(crate) const GIVEN: &[(&str, &str)] = &[
    ("parent", "the source record above, in a child collection; `parent.parent` goes on"),
    ("existing", "the target record as it is now; null when it is new"),
    ("settings", "the settings of the subscription that this collection declares"),
    ("subscription", "the subscription: `subscription.id`"),
    ("now", "the time of the transfer"),
    ("position", "1, 2, … in a child collection or a `for`"),
    ("custom", "the custom fields of the record: `custom[\"Name\"]`"),
];

/// What is in reach in one file.
pub(crate) struct Scope<'p> {
    pub project: &'p Project,
    /// What the file itself says.
    pub own: Option<Arc<MappingFile>>,
    /// With its layers.
    pub file: Option<MappingFile>,
    pub source: Option<&'static RecordType>,
    pub target: Option<&'static RecordType>,
    /// Everything is over the finished target record, which sees no lets: in `checks`.
    finished: bool,
    /// The source records above, nearest first.
    pub parents: Vec<&'static RecordType>,
}

/// Lets that are made of lets are followed so far.
const MOST_LETS: usize = 8;

impl<'p> Scope<'p> {
    pub fn new(project: &'p Project, id: FileId, at: usize) -> Scope<'p> {
        let own = project.read_around(id, at);
        let file = own.as_ref().map(|f| project.combined(f).file);
        let (source, target) = file.as_ref().map_or((None, None), sides);
        let mut parents = Vec::new();
        let mut name = file.as_ref().map(|f| f.name.value.clone());
        while let Some(child) = name.take().filter(|_| parents.len() < 16) {
            let above = project.library.collections.iter().find(|c| uses(&c.combined.file, &child));
            if let Some(above) = above {
                parents.extend(sides(&above.combined.file).0);
                name = Some(above.name.clone());
            }
        }
        Scope { project, own, file, source, target, finished: false, parents }
    }

    /// As it is seen at a path of keys: `checks` are over the finished target record.
    pub fn at(mut self, path: &[String]) -> Self {
        if path.first().is_some_and(|key| key == "checks") {
            self.finished = true;
            self.source = self.target;
            self.parents.clear();
        }
        self
    }

    pub fn lets(&self) -> &[Let] {
        let rules = self.file.as_ref().filter(|_| !self.finished).and_then(|f| f.rules.as_ref());
        rules.map_or(&[], |r| r.value.lets.as_slice())
    }

    pub fn lookups(&self) -> &[Lookup] {
        self.file.as_ref().and_then(|f| f.lookups.as_ref()).map_or(&[], |l| l.value.as_slice())
    }

    pub fn settings(&self) -> &[Setting] {
        self.file.as_ref().and_then(|f| f.settings.as_ref()).map_or(&[], |s| s.value.as_slice())
    }

    /// What a name stands for that is no binder.
    pub fn named(&self, name: &str) -> Option<Thing> {
        self.name(name, 0)
    }

    fn name(&self, name: &str, depth: usize) -> Option<Thing> {
        if let Some(found) = self.source.and_then(|s| Thing::Record(s).members().into_iter().find(|(n, _)| *n == name))
        {
            return Some(found.1);
        }
        if let Some(one) = self.lets().iter().find(|l| l.name.text == name).filter(|_| depth < MOST_LETS) {
            return self.expression(&one.value, depth + 1);
        }
        match name {
            "parent" => self.parents.first().map(|r| Thing::Record(r)),
            "existing" => self.target.map(Thing::Record),
            "settings" => Some(Thing::Settings),
            "subscription" => Some(Thing::Subscription),
            "custom" => self.source.and_then(|s| Thing::Record(s).custom()),
            "now" => Some(Thing::Words("point in time")),
            "position" => Some(Thing::Words("whole number")),
            _ => None,
        }
    }

    /// What `parent`, `parent.parent`, … stands for.
    pub fn above(&self, steps: usize) -> Option<Thing> {
        self.parents.get(steps).map(|r| Thing::Record(r))
    }

    /// What an expression gives, where that is known without checking it.
    fn expression(&self, value: &Expr, depth: usize) -> Option<Thing> {
        if depth > MOST_LETS {
            return None;
        }
        match &value.kind {
            ExprKind::Name { name, .. } => self.name(&name.text, depth),
            ExprKind::Member(inner, name) => self.expression(inner, depth)?.member(&name.text),
            ExprKind::Select(inner, selector) => {
                let inner = self.expression(inner, depth)?;
                Some(match (selector, inner) {
                    (Selector::Sort(..) | Selector::Unique(..), list) => list,
                    (Selector::Group(..), Thing::Field { field, owner, .. }) => Thing::Group(field, owner),
                    // a list stays one
                    (Selector::All | Selector::Each(..), list) => list,
                    (_, list) => list.element(),
                })
            }
            ExprKind::Otherwise(first, _) => self.expression(first, depth),
            ExprKind::Binary(Operator::OrIfNull | Operator::OrIfEmpty, first, _) => self.expression(first, depth),
            ExprKind::Text(_) => Some(Thing::Words("text")),
            ExprKind::Number(_) => Some(Thing::Words("number")),
            ExprKind::Binary(Operator::Add | Operator::Subtract | Operator::Multiply | Operator::Divide, ..) => {
                Some(Thing::Words("number"))
            }
            ExprKind::Bool(_)
            | ExprKind::Not(_)
            | ExprKind::Binary(..)
            | ExprKind::IsEmpty { .. }
            | ExprKind::Quantified { .. } => Some(Thing::Words("true or false")),
            _ => None,
        }
    }
}

/// The source and the target record type.
fn sides(file: &MappingFile) -> (Option<&'static RecordType>, Option<&'static RecordType>) {
    let find = |name: &str| Catalog::builtin().record(name).map(AsRef::as_ref);
    let ipaas = file.record.as_ref().and_then(|r| find(&r.value));
    let bigcommerce = file.bigcommerce.as_ref().and_then(|b| find(&b.value));
    match file.direction.as_ref().map(|d| d.value) {
        Some(Direction::To) => (bigcommerce, ipaas),
        _ => (ipaas, bigcommerce),
    }
}

fn uses(file: &MappingFile, name: &str) -> bool {
    file.children.iter().flat_map(|c| &c.value).flat_map(|s| &s.uses).any(|u| u.collection.value == name)
}
