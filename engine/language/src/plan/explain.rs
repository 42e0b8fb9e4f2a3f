//! A plan in words: what is read, which rule fills what from where, what is looked at outside the record.

use serde_json::{Value as Json, json};

use crate::mapping_file::{Collision, Direction, SyncType};
use crate::plan::{ExternalPart, Level, Lineage, Plan, PlannedExternalId, ShapeId};
use crate::source::{Files, Span};
use crate::syntax::tree::On;

/// What to show: everything, the rules of one target field, or where a source field goes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Only rules that fill this target field, or a field inside it.
    pub field: Option<String>,
    /// Only what reads this source field, or a field inside it.
    pub source: Option<String>,
}

/// A plan in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explained {
    /// The collection and its children, depth first.
    pub collections: Vec<ExplainedCollection>,
    /// What is looked at outside the record: `lookup Product Type`, `link Product Category`.
    pub effects: Vec<String>,
    /// Whether only a part was asked for.
    pub partial: bool,
}

/// One collection of the plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExplainedCollection {
    /// Its name.
    pub name: String,
    /// How deep below the root; 0 = the root.
    pub depth: usize,
    /// Slot of the parent's target that it fills.
    pub slot: Option<String>,
    /// Source record type.
    pub source: String,
    /// Target record type.
    pub target: String,
    /// `to` or `from` iPaaS.com.
    pub direction: Direction,
    /// When it runs.
    pub sync: SyncType,
    /// `active: false` = never runs.
    pub active: bool,
    /// Template of the external id; none = known by its content.
    pub external_id: Option<String>,
    /// Target fields by which an unlinked record is found.
    pub find_by: Vec<String>,
    /// Source fields that are read.
    pub reads: Vec<String>,
    /// Source fields of the parent that give its rows.
    pub rows_from: Vec<String>,
    /// Mapping filters.
    pub filters: Vec<ExplainedPart>,
    /// Error filters.
    pub errors: Vec<ExplainedPart>,
    /// Rules.
    pub rules: Vec<ExplainedPart>,
    /// Checks of the finished record.
    pub checks: Vec<ExplainedPart>,
    /// Records that must be linked first.
    pub before: Vec<ExplainedPart>,
    /// Collections that run afterwards, with the path that they run over.
    pub after: Vec<String>,
    /// What happens when an unlinked record is found.
    pub collision: Collision,
}

/// A rule or a condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExplainedPart {
    /// Target field of a rule.
    pub target: Option<String>,
    /// As written, on one line.
    pub text: String,
    /// `create`, `update`.
    pub on: Option<On>,
    /// What it reads.
    pub lineage: Lineage,
    /// `file:line`
    pub place: String,
}

/// Says what a plan does. `files` are those that it was compiled from.
#[must_use]
pub fn explain(plan: &Plan, files: &Files, wanted: &Wanted) -> Explained {
    let mut collections = Vec::new();
    let mut scribe = Scribe { plan, files, wanted, collections: &mut collections };
    scribe.level(&plan.root, None, &[], 0);
    let partial = wanted.field.is_some() || wanted.source.is_some();
    if partial {
        collections.retain(|c| {
            !c.rules.is_empty()
                || !c.checks.is_empty()
                || !c.before.is_empty()
                || !c.filters.is_empty()
                || !c.errors.is_empty()
                || !c.rows_from.is_empty()
        });
    }
    let effects =
        plan.effects.iter().map(|e| if e.of.is_empty() { e.kind.to_owned() } else { format!("{} {}", e.kind, e.of) });
    Explained { effects: if partial { vec![] } else { effects.collect() }, collections, partial }
}

struct Scribe<'a> {
    plan: &'a Plan,
    files: &'a Files,
    wanted: &'a Wanted,
    collections: &'a mut Vec<ExplainedCollection>,
}

impl Scribe<'_> {
    fn level(&mut self, level: &Level, slot: Option<&str>, rows_from: &[String], depth: usize) {
        let condition = |span: Span, lineage: &Lineage| self.part(None, span, None, lineage);
        let filters =
            level.filters.iter().map(|f| condition(f.span, &f.lineage)).filter(|p| self.is_wanted(p)).collect();
        let errors = level.errors.iter().map(|e| condition(e.span, &e.lineage)).filter(|p| self.is_wanted(p)).collect();
        let rules = level
            .rules
            .iter()
            .map(|r| self.part(Some(&r.label), r.span, r.on, &r.lineage))
            .filter(|p| self.is_wanted(p))
            .collect();
        // a check reads the target, not the source: asked where a source field goes it has nothing to say
        let checks = level
            .checks
            .iter()
            .filter(|_| self.wanted.source.is_none())
            .map(|c| condition(c.span, &c.lineage))
            .filter(|p| self.wanted.field.as_ref().is_none_or(|f| p.lineage.sources.iter().any(|s| reaches(s, f))))
            .collect();
        let before = level.before.iter().map(|b| condition(b.span, &b.lineage)).filter(|p| self.is_wanted(p)).collect();
        let after = level.after.iter().filter(|_| self.wanted.field.is_none() && self.wanted.source.is_none());
        let after = after.map(|a| match a.path.as_slice() {
            [] => a.collection.to_string(),
            path => format!("{} over {}", a.collection, path.join(".")),
        });
        let after: Vec<String> = after.collect();
        let children: Vec<ShapeId> =
            level.children.iter().map(|c| c.level.source).filter(|s| *s != level.source).collect();
        let mut reads = Vec::new();
        self.reads(level.source, "", &children, 0, &mut reads);
        let rows_from = match (&self.wanted.source, &self.wanted.field) {
            (Some(source), _) => rows_from.iter().filter(|r| reaches(r, source)).cloned().collect(),
            (None, Some(_)) => vec![],
            (None, None) => rows_from.to_vec(),
        };
        self.collections.push(ExplainedCollection {
            name: level.collection.to_string(),
            depth,
            slot: slot.map(str::to_owned),
            source: level.source_type.to_string(),
            target: level.target_type.to_string(),
            direction: level.direction,
            sync: level.sync,
            active: level.active,
            external_id: external_id(&level.external_id),
            find_by: level.find_by.iter().map(ToString::to_string).collect(),
            reads,
            rows_from,
            filters,
            errors,
            rules,
            checks,
            before,
            after,
            collision: level.collision,
        });
        for child in &level.children {
            self.level(&child.level, Some(&child.slot), &child.sources, depth + 1);
        }
    }

    fn is_wanted(&self, part: &ExplainedPart) -> bool {
        let field = self.wanted.field.as_ref().is_none_or(|field| {
            let target = part.target.as_deref().unwrap_or_default();
            target == field || target.strip_prefix(field.as_str()).is_some_and(|rest| rest.starts_with('.'))
        });
        let source =
            self.wanted.source.as_ref().is_none_or(|source| part.lineage.sources.iter().any(|s| reaches(s, source)));
        field && source
    }

    fn part(&self, target: Option<&str>, span: Span, on: Option<On>, lineage: &Lineage) -> ExplainedPart {
        let text = self
            .files
            .get(span.file)
            .and_then(|f| f.text.get(span.start as usize..span.end as usize))
            .unwrap_or_default();
        let name = self.files.get(span.file).map_or("", |f| &*f.name);
        let (line, _) = self.files.line_column(span);
        ExplainedPart {
            target: target.map(str::to_owned),
            text: one_line(text),
            on,
            lineage: lineage.clone(),
            place: format!("{name}:{line}"),
        }
    }

    /// Paths of the demanded fields; those of child collections are theirs.
    fn reads(&self, shape: ShapeId, before: &str, children: &[ShapeId], depth: usize, into: &mut Vec<String>) {
        let Some(shape) = self.plan.shapes.get(shape.0 as usize).filter(|_| depth < 16) else { return };
        for slot in &shape.slots {
            let list = if slot.field.kind == crate::schema::FieldKind::List { "[*]" } else { "" };
            let path = format!("{before}{}", slot.name);
            match slot.shape {
                Some(inner) if !children.contains(&inner) => {
                    self.reads(inner, &format!("{path}{list}."), children, depth + 1, into)
                }
                _ => into.push(path),
            }
        }
    }
}

/// Whether what is read is that field or inside it, elements of lists included.
fn reaches(read: &str, wanted: &str) -> bool {
    let plain = |path: &str| path.replace("[*]", "").replace(".custom[", ".[").trim_start_matches("custom[").to_owned();
    let (read, wanted) = (plain(read), plain(wanted));
    read == wanted || read.strip_prefix(wanted.as_str()).is_some_and(|rest| rest.starts_with(['.', '[']))
}

/// A rule as written, comments taken away, on one line.
fn one_line(text: &str) -> String {
    let lines = text.lines().map(|line| {
        let mut quote = None;
        let mut before = ' ';
        let end = line.char_indices().find(|(_, c)| {
            let comment = *c == '#' && quote.is_none() && before.is_whitespace();
            if quote == Some(*c) && before != '\\' {
                quote = None;
            } else if quote.is_none() && matches!(c, '"' | '\'' | '`') {
                quote = Some(*c);
            }
            before = *c;
            comment
        });
        line.get(..end.map_or(line.len(), |(at, _)| at)).unwrap_or(line).trim()
    });
    lines.filter(|l| !l.is_empty()).collect::<Vec<_>>().join(" ")
}

fn external_id(id: &PlannedExternalId) -> Option<String> {
    let PlannedExternalId::Template(parts) = id else { return None };
    let part = |part: &ExternalPart| match part {
        ExternalPart::Text(text) => text.clone(),
        ExternalPart::Field(path) => format!("{{{}}}", path.join(".")),
        ExternalPart::Parent => String::from("{parent_external_id}"),
    };
    Some(parts.iter().map(part).collect())
}

impl Explained {
    /// Whether nothing of what was asked for was found.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.collections.is_empty()
    }

    /// For machines.
    #[must_use]
    pub fn json(&self) -> Json {
        let collections: Vec<Json> = self.collections.iter().map(collection_json).collect();
        json!({ "collections": collections, "effects": self.effects })
    }
}

fn collection_json(one: &ExplainedCollection) -> Json {
    let parts = |parts: &[ExplainedPart]| parts.iter().map(part_json).collect::<Vec<_>>();
    json!({
        "collection": one.name,
        "depth": one.depth,
        "slot": one.slot,
        "source": one.source,
        "target": one.target,
        "direction": match one.direction { Direction::To => "to", Direction::From => "from" },
        "sync": one.sync.word(),
        "active": one.active,
        "external_id": one.external_id,
        "find_by": one.find_by,
        "reads": one.reads,
        "rows_from": one.rows_from,
        "filters": parts(&one.filters),
        "errors": parts(&one.errors),
        "rules": parts(&one.rules),
        "checks": parts(&one.checks),
        "before": parts(&one.before),
        "after": one.after,
        "collision": one.collision.word(),
    })
}

fn part_json(part: &ExplainedPart) -> Json {
    let lineage = &part.lineage;
    json!({
        "target": part.target,
        "text": part.text,
        "on": part.on.map(|on| match on { On::Create => "create", On::Update => "update" }),
        "place": part.place,
        "sources": lineage.sources,
        "lookups": lineage.lookups,
        "links": lineage.links,
        "settings": lineage.settings,
        "functions": lineage.functions,
        "existing": lineage.existing,
        "now": lineage.now,
    })
}
