//! A rule never changes another rule's result by what it reads. For all collections, default and hard, and records like those of their cases: with
//! one more rule in every file, which reads fields at random, everything else comes out as without it.
//!
//! `MAPWRIGHT_READS=1000000 cargo test --release -p mapwright-snapshots --test independence` is the long run.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, clippy::indexing_slicing)] // a test ends where it goes wrong

mod roots;

use std::collections::BTreeMap;
use std::sync::Arc;

use mapwright_language::check::{Library, compile};
use mapwright_language::diagnostic::{Diagnostics, Severity, render};
use mapwright_language::evaluate::{ContextFile, Evaluation, MappedRecord, Outcome, evaluate};
use mapwright_language::json::{self, Json};
use mapwright_language::mapping_file;
use mapwright_language::plan::{Level, Plan, Step};
use mapwright_language::schema::{Catalog, Field, FieldKind, Fields};
use mapwright_language::source::Files;
use mapwright_snapshots::find;

/// Pairs of record and additional rules in the test suite.
const READS: usize = 10_000;
/// Records made of each case, for each set of additional rules.
const VARIATIONS: usize = 12;

struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % end.max(1) as u64).unwrap()
    }

    /// A condition over a field of a record, found at `path`; how the fields are read differs.
    fn condition(&mut self, path: &str, fields: &Fields, depth: usize) -> Option<String> {
        let catalog = Catalog::builtin();
        let readable: Vec<(&str, &Field)> = fields.iter().filter(|(_, f)| !f.write_only).collect();
        let (name, field) = *readable.get(self.below(readable.len()))?;
        let here = if path.is_empty() { format!("`{name}`") } else { format!("{path}.{name}") };
        let of = field.of.as_deref();
        let element = of.filter(|_| field.kind == FieldKind::List).unwrap_or(field);
        let inner = catalog.fields(element).map(|(fields, _)| fields.clone());
        let deeper = inner.filter(|_| element.kind == FieldKind::Record && depth > 0 && self.below(3) > 0);
        match (field.kind, deeper) {
            (FieldKind::Record, Some(inner)) => self.condition(&here, &inner, depth - 1),
            (FieldKind::List, Some(inner)) => match self.below(4) {
                0 => self.condition(&format!("{here}[first]"), &inner, depth - 1),
                1 => {
                    let inside = self.condition(&format!("q{depth}"), &inner, depth - 1)?;
                    Some(format!("(any q{depth} in {here} where {inside})"))
                }
                2 => Some(format!("({here}[unique q{depth} by q{depth}] | count) > 1")),
                _ => self.condition(&format!("{here}[last]"), &inner, depth - 1),
            },
            (FieldKind::List, None) if path.is_empty() && self.below(3) == 0 => {
                Some(format!("($['{name}'][*]) is empty"))
            }
            _ if path.is_empty() && self.below(6) == 0 => Some(format!("($[?@ == $['{name}']]) is empty")),
            _ => Some(format!("{here} is {}empty", ["", "not "][self.below(2)])),
        }
    }

    /// A record like this one: parts of it are left out, null, empty, of a wrong form, or stand elsewhere.
    fn varied(&mut self, json: &Json) -> Json {
        match json {
            Json::Object(entries) => {
                let varied = entries.iter().filter_map(|(key, value)| {
                    let value = match self.below(14) {
                        0 => return None,
                        1 => Json::Null,
                        2 => [Json::Text("odd".into()), Json::Text("".into()), Json::Object(vec![])][self.below(3)]
                            .clone(),
                        _ => self.varied(value),
                    };
                    Some((key.clone(), value))
                });
                Json::Object(varied.collect())
            }
            Json::List(items) => {
                let mut varied: Vec<Json> =
                    items.iter().filter_map(|i| if self.below(8) == 0 { None } else { Some(self.varied(i)) }).collect();
                if let (Some(first), 0) = (varied.first().cloned(), self.below(4)) {
                    varied.push(first);
                }
                Json::List(varied)
            }
            other => other.clone(),
        }
    }
}

/// A rule that reads something, fills a field with a text, and never fails.
fn added(target: &str, condition: &str) -> String {
    format!("{target} <- (if {condition} then \"a\" else \"b\") otherwise null")
}

/// The text with one more rule.
fn with_rule(text: &str, rule: &str) -> String {
    let at = text.find("\nrules: |\n").map(|at| at + "\nrules: |\n".len()).unwrap();
    format!("{}  {rule}\n{}", &text[..at], &text[at..])
}

/// Files that stand together, and how to compile them.
struct Set {
    own: roots::Texts,
    borrowed: roots::Texts,
}

impl Set {
    /// With these rules, by the place of their file among our own; those whose file has an error then.
    fn compiled(&self, rules: &BTreeMap<usize, String>) -> (Library, Vec<usize>) {
        let (mut files, mut diagnostics) = (Files::default(), Diagnostics::default());
        let mut read = |text: &str, name: &str| {
            let id = files.add(name, text);
            (id, mapping_file::read(&files, id, &mut diagnostics).map(Arc::new))
        };
        let own: Vec<_> = self
            .own
            .iter()
            .zip(0..)
            .map(|((name, text), i)| match rules.get(&i) {
                Some(rule) => read(&with_rule(text, rule), name),
                None => read(text, name),
            })
            .collect();
        let borrowed: Vec<_> = self.borrowed.iter().filter_map(|(name, text)| read(text, name).1).collect();
        let names: Vec<&str> =
            own.iter().filter_map(|(_, f)| f.as_ref()).filter(|f| !f.is_base).map(|f| &*f.name.value).collect();
        let beside = borrowed.iter().filter(|f| !names.contains(&f.name.value.as_str())).cloned();
        let active: Vec<_> = own.iter().filter_map(|(_, f)| f.clone()).chain(beside).collect();
        let library = compile(&active, &borrowed, Catalog::builtin(), &mut diagnostics);
        let errors: Vec<_> =
            diagnostics.iter().filter(|d| d.severity == Severity::Error).map(|d| d.span.file).collect();
        let wrong: Vec<usize> = own
            .iter()
            .zip(0..)
            .filter(|((id, _), i)| errors.contains(id) && rules.contains_key(i))
            .map(|(_, i)| i)
            .collect();
        assert!(errors.is_empty() || !wrong.is_empty(), "{}", render::plain(&files, &diagnostics));
        (library, wrong)
    }
}

/// What becomes of a record by a plan, as far as a plan without additional rules has a say in it.
fn essence(plan: &Plan, plain: &Plan, found: &Evaluation) -> Vec<String> {
    let mut lines = Vec::new();
    match found {
        Evaluation::Needs { needs, .. } => lines.push(format!("needs {needs:?}")),
        Evaluation::Done(Outcome::Mapped(record)) => mapped(&plan.root, &plain.root, record, "", &mut lines),
        Evaluation::Done(Outcome::Skipped(reason)) => lines.push(format!("skipped {}", reason.text)),
        Evaluation::Done(Outcome::Refused(reason)) => lines.push(format!("refused {}", reason.text)),
        Evaluation::Done(Outcome::Parked(waits)) => lines.push(format!("waits {waits:?}")),
        // an additional rule never fails
        Evaluation::Done(Outcome::Failed(failures)) => {
            lines.extend(failures.iter().map(|f| format!("failed {:?} {} {}", f.field, f.row, f.message)));
        }
    }
    // a rule more may move others of its layer: their order says nothing
    lines.sort();
    lines
}

/// The fields that rules fill which the plain level has too, and the rows below.
fn mapped(level: &Level, plain: &Level, record: &MappedRecord, place: &str, into: &mut Vec<String>) {
    for field in &record.fields {
        let label = &level.rules[field.rule as usize].label;
        if plain.rules.iter().any(|r| r.label == *label) {
            into.push(format!("{place}{label} = {:?}", field.value));
        }
    }
    into.extend(record.skipped_children.iter().map(|(slot, reason)| format!("{place}{slot} skipped {}", reason.text)));
    // that a field is missing is said of the fields that are read, so an added rule brings a warning of its own
    let warnings = record.warnings.iter().filter(|reason| !reason.text.starts_with("missing in the record"));
    into.extend(warnings.map(|reason| format!("{place} warned {}", reason.text)));
    for child in &record.children {
        let (planned, plain) = (&level.children[child.child as usize], &plain.children[child.child as usize]);
        let place = format!("{place}{}[{}].", planned.slot, child.index);
        mapped(&planned.level, &plain.level, &child.record, &place, into);
    }
}

/// Fields of a target that an additional rule may fill with a text.
fn free_fields(target: &str) -> Vec<String> {
    let Some(record) = Catalog::builtin().record(target) else { return vec![] };
    let fits = |f: &Field| {
        f.kind == FieldKind::Text
            && !f.read_only
            && !f.create_only
            && f.format.is_none()
            && f.min_length.unwrap_or(0) < 2
    };
    record.fields.iter().filter(|(_, f)| fits(f)).map(|(name, _)| name.to_owned()).collect()
}

fn sets() -> [(Set, std::path::PathBuf); 2] {
    let defaults = Set { own: roots::default_files(), borrowed: vec![] };
    let hard = Set { own: roots::hard_files(), borrowed: roots::default_files() };
    [(defaults, roots::folder().join("cases")), (hard, roots::folder().join("hard/cases"))]
}

#[test]
fn language_1_a_rule_changes_no_other_result_by_what_it_reads() {
    let reads = std::env::var("MAPWRIGHT_READS").ok().and_then(|n| n.parse().ok()).unwrap_or(READS);
    let mut random = Random(0x5eed);
    let (mut compared, mut mapped, mut rules_added) = (0, 0, 0);
    let prepared: Vec<_> = sets()
        .into_iter()
        .map(|(set, folder)| {
            let (library, _) = set.compiled(&BTreeMap::new());
            let cases: Vec<_> = find(&folder, None)
                .unwrap()
                .into_iter()
                .map(|case| {
                    (
                        case.name.clone(),
                        json::read(&case.record().unwrap()),
                        case.context(&ContextFile::default()).unwrap(),
                    )
                })
                .collect();
            // the collection of every file, its source's fields, and which of the target's fields are still to be tried
            let files: Vec<Option<(String, Fields, Vec<String>)>> = set
                .own
                .iter()
                .map(|(_, text)| {
                    let name =
                        text.lines().find_map(|l| l.strip_prefix("collection: "))?.trim().trim_matches('"').to_owned();
                    let collection = library.collection(&name).filter(|_| text.contains("\nrules: |\n"))?;
                    let source = Catalog::builtin().record(collection.source_type())?.fields.clone();
                    Some((name, source, free_fields(collection.target_type())))
                })
                .collect();
            (set, library, cases, files)
        })
        .collect();
    let mut free: Vec<Vec<Vec<String>>> = prepared
        .iter()
        .map(|(.., files)| files.iter().map(|f| f.as_ref().map_or_else(Vec::new, |f| f.2.clone())).collect())
        .collect();
    while compared < reads {
        for ((set, library, cases, files), free) in prepared.iter().zip(&mut free) {
            let mut rules = BTreeMap::new();
            for (i, file) in files.iter().enumerate() {
                let (Some((_, source, _)), Some(target)) = (file, free[i].first()) else { continue };
                let Some(condition) = random.condition("", source, 3) else { continue };
                rules.insert(i, added(target, &condition));
            }
            // a rule that cannot stand there is made anew, and left out in the end
            let mut tries = 0;
            let more = loop {
                let (more, wrong) = set.compiled(&rules);
                if wrong.is_empty() {
                    break more;
                }
                tries += 1;
                for i in wrong {
                    free[i].rotate_left(1);
                    let again = files[i].as_ref().and_then(|f| random.condition("", &f.1, 3)).filter(|_| tries < 6);
                    match again.zip(free[i].first()) {
                        Some((condition, target)) => rules.insert(i, added(target, &condition)),
                        None => rules.remove(&i),
                    };
                }
            };
            rules_added += rules.len();
            for (name, record, context) in cases {
                let plan_of =
                    |library: &Library| context.collection().and_then(|c| library.collection(c)?.plan.clone());
                let (Some(plan), Some(more), Ok(record)) = (plan_of(library), plan_of(&more), record) else { continue };
                for _ in 0..VARIATIONS {
                    let record = json::write(&random.varied(record));
                    let alone = evaluate(&plan, record.as_bytes(), &context.context());
                    let beside = evaluate(&more, record.as_bytes(), &context.context());
                    mapped += usize::from(matches!(alone, Evaluation::Done(Outcome::Mapped(_))));
                    let (alone, beside) = (essence(&plan, &plan, &alone), essence(&more, &plan, &beside));
                    assert_eq!(alone, beside, "{name}\nwith {rules:#?}\n{record}");
                    compared += 1;
                }
            }
        }
    }
    println!("{compared} pairs compared, {mapped} of them mapped; {rules_added} rules added");
    assert!(mapped > compared / 10 && rules_added > compared / 200, "{mapped} {rules_added} of {compared}");
}

/// The harness sees a demand that is cut: a plan whose record of a question is no longer read by all that the answer needs.
#[test]
fn a_demand_that_is_cut_would_be_seen() {
    let probe = |rules: &str| {
        let text = format!(
            "collection: Probe\nrecord: Product\ndirection: from\nsync: update\nbigcommerce: catalog.product\nrules: |\n  is_visible <- kit is empty\n  is_featured <- options[0] == options[1]\n{rules}"
        );
        let (mut files, mut diagnostics) = (Files::default(), Diagnostics::default());
        let file = files.add("probe.yaml", text);
        let read = mapping_file::read(&files, file, &mut diagnostics).map(Arc::new);
        let library = compile(read.as_slice(), &[], Catalog::builtin(), &mut diagnostics);
        (*library.collection("Probe").unwrap().plan.clone().unwrap()).clone()
    };
    let whole = probe("");
    let more = probe(
        "  page_title <- (if kit.description is empty then \"a\" else \"b\") otherwise null\n  search_keywords <- (if options[*].option_name is empty then \"a\" else \"b\") otherwise null\n",
    );
    // as it once was: only what other rules read is there
    let cut = |plan: &Plan, read: &[&str]| {
        let mut plan = plan.clone();
        for step in &mut plan.steps {
            if let Step::HoldsNothing { subject, negated, .. } = step {
                *step = Step::IsEmpty { subject: *subject, negated: *negated };
            }
        }
        let root = plan.root.source.0 as usize;
        let inner: Vec<usize> = plan.shapes[root].slots.iter().filter_map(|s| Some(s.shape?.0 as usize)).collect();
        for shape in inner {
            for slot in &mut plan.shapes[shape].slots {
                if !read.contains(&&*slot.name) {
                    slot.name = "\u{1}".into();
                }
            }
        }
        plan
    };
    let record = r#"{"id":1,"kit":{"sku":"K","description":"d"},"options":[{"id":1,"option_name":"a"},{"id":1,"option_name":"b"}]}"#;
    let context = ContextFile::default();
    let found = |plan: &Plan| essence(plan, &whole, &evaluate(plan, record.as_bytes(), &context.context()));
    assert_eq!(found(&whole), found(&more));
    assert_eq!(found(&whole), ["is_featured = Bool(false)", "is_visible = Bool(false)"]);
    let cut_alone = found(&cut(&whole, &["id"]));
    assert_eq!(cut_alone, ["is_featured = Bool(true)", "is_visible = Bool(true)"]);
    assert_ne!(cut_alone, found(&cut(&more, &["id", "description", "option_name"])));
}
