//! `test`: the project's snapshot cases.

use mapwright_snapshots::{Outcome, accept, find, run as run_case};

use crate::arguments::Test;
use crate::project;
use crate::terminal::{Trouble, note, out, plural};

use super::{Result, exit};

const HOW_TO_MAKE_A_CASE: &str = "`mapwright test --add COLLECTION --record FILE` makes one of a record; or write snapshots/NAME/record.json, and context.json with `{\"collection\": \"…\"}`";

pub fn run(arguments: &Test) -> Result {
    if let Some(collection) = &arguments.add {
        return super::test_add::run(arguments, collection);
    }
    let directory = project::required(arguments.project.project.as_deref())?;
    let mappings = project::mappings(Some(&directory))?;
    let folder = directory.join("snapshots");
    if !folder.is_dir() {
        return Err(Trouble::usage(format!("there are no cases: {} is no directory", folder.display()))
            .help(HOW_TO_MAKE_A_CASE));
    }
    let cases = find(&folder, arguments.filter.as_deref()).map_err(|e| Trouble::input(e.to_string()))?;
    if cases.is_empty() {
        let trouble = match &arguments.filter {
            Some(filter) => Trouble::usage(format!("no case of {} has `{filter}` in its name", folder.display()))
                .help("`mapwright test` runs all cases"),
            None => Trouble::usage(format!("there are no cases in {}", folder.display())).help(HOW_TO_MAKE_A_CASE),
        };
        return Err(trouble);
    }
    let (mut same, mut accepted, mut different) = (0, 0, 0);
    for case in &cases {
        let result = run_case(case, &mappings.library, &mappings.files, &mappings.context);
        match result {
            Ok(Outcome::Same) => same += 1,
            Ok(_) if arguments.accept => match accept(case, &mappings.library, &mappings.files, &mappings.context) {
                Ok(()) => {
                    accepted += 1;
                    out(&format!("accepted {}\n", case.name));
                }
                Err(error) => return Err(Trouble::input(error.to_string())),
            },
            Ok(Outcome::New) => {
                different += 1;
                out(&format!("new {}: nothing accepted yet\n", case.name));
            }
            Ok(Outcome::Changed(changes)) => {
                different += 1;
                for change in changes {
                    out(&format!("changed {} {}\n{}\n", case.name, change.file, change.diff));
                }
            }
            Err(error) => {
                different += 1;
                out(&format!("broken {error}\n"));
            }
        }
    }
    note(&format!("{}: {same} same, {different} different, {accepted} accepted", plural(cases.len(), "case")));
    if different > 0 {
        note("  help: `mapwright test --accept` takes the new results as right");
    }
    Ok(exit(different == 0))
}
