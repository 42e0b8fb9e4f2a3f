//! Random rules beside a rule that reads something else: what the others give stays the same, questions about whole records and
//! JSONPaths among them.

use std::collections::BTreeSet;

use mapwright_language::evaluate::{ContextFile, Evaluation, Outcome, evaluate, target_json};
use mapwright_language::json::{self, Json};
use mapwright_language::plan::Plan;

use super::random::Random;
use super::{PAIRS, RECORDS, catalog, collection};

/// Conditions that look at whole records, or at the record as it was received.
const WHOLE: [&str; 12] = [
    "maker is empty",
    "maker is not empty",
    "groups[0] == groups[1]",
    "groups[first] in groups[each g where g.name != \"a\"]",
    "(groups[unique g by g] | count) > 1",
    "(groups[group g by g] | count) == 1",
    "(groups[0] or if empty groups[1]).id is empty",
    "parts[first] is empty",
    "($.parts[?@.cost == $.cost]) is empty",
    "($.parts[?@.size]) is empty",
    "($.maker[?@ == $.name]) is empty",
    "($..name) is empty",
];

/// What another rule may read.
const READ: [&str; 14] = [
    "maker.name is empty",
    "maker.town is empty",
    "maker is empty",
    "groups[*].id is empty",
    "groups[first].name is empty",
    "any g in groups where g.parent_id is empty",
    "parts[last].size is empty",
    "parts[*].parts is empty",
    "any p in parts where p.parts[first].cost is empty",
    "secret is empty",
    "custom[\"A\"] is empty",
    "($.groups[*].parent_id) is empty",
    "groups[0] != groups[last]",
    "owner_id is empty",
];

/// What no other rule may change: the target without the additional field, or why there is none.
fn essence(plan: &Plan, record: &str, context: &ContextFile) -> Vec<String> {
    match evaluate(plan, record.as_bytes(), &context.context()) {
        Evaluation::Done(Outcome::Mapped(mapped)) => {
            match target_json(&plan.root, &mapped, context.time_zone()).unwrap() {
                Json::Object(entries) => entries
                    .iter()
                    .filter(|(key, _)| &**key != "box")
                    .map(|(key, v)| format!("{key}: {}", json::write(v)))
                    .collect(),
                other => vec![json::write(&other)],
            }
        }
        Evaluation::Done(Outcome::Failed(failures)) => {
            let lines: BTreeSet<String> = failures
                .iter()
                .filter(|f| f.field.as_deref() != Some("box.colour"))
                .map(|f| format!("failed {:?} {}", f.field, f.message))
                .collect();
            lines.into_iter().collect()
        }
        Evaluation::Done(Outcome::Skipped(reason)) => vec![format!("skipped {}", reason.text)],
        other => vec![format!("{other:?}")],
    }
}

#[test]
fn language_1_random_rules_do_not_mind_what_others_read() {
    let pairs = std::env::var("MAPWRIGHT_PAIRS").ok().and_then(|n| n.parse().ok()).unwrap_or(PAIRS);
    let (catalog, context) = (catalog(), ContextFile::default());
    let mut random = Random::new(11);
    let (mut compared, mut refused, mut asked) = (0u64, 0u64, 0u64);
    while compared < pairs {
        let own = format!(
            "{}  owner <- if {} then \"a\" else \"b\"\n",
            random.collection(),
            WHOLE[random.below(WHOLE.len())]
        );
        let more = format!(
            "{own}  box.colour <- (if {} then \"a\" else \"b\") otherwise null\n",
            READ[random.below(READ.len())]
        );
        let (Ok((_, plan)), Ok((_, beside))) = (collection(&own, &catalog), collection(&more, &catalog)) else {
            refused += 1;
            assert!(
                refused < 1_000 + compared,
                "too many are refused: {more}\n{:?}",
                collection(&more, &catalog).err()
            );
            continue;
        };
        for _ in 0..RECORDS {
            let record = random.record();
            let (alone, beside) = (essence(&plan, &record, &context), essence(&beside, &record, &context));
            assert_eq!(alone, beside, "{more}\n{record}");
            asked += u64::from(alone.iter().any(|l| l.starts_with("owner")));
            compared += 1;
        }
    }
    println!(
        "{compared} pairs, {asked} of them with an answer about a whole record; {refused} collections were refused"
    );
    assert!(asked > compared / 4, "{asked} of {compared}");
}
