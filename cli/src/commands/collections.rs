//! Which collections of a project a command means.

use mapwright_language::check::Collection;
use mapwright_language::diagnostic::{Severity, did_you_mean};
use mapwright_language::mapping_file::{Direction, SyncType};
use mapwright_language::schema::{Catalog, RecordType, System};

use crate::arguments::{self, Format};
use crate::project::Mappings;
use crate::terminal::Trouble;

/// What was asked for.
pub struct Wanted<'a> {
    /// The record type as typed.
    pub record: &'a str,
    /// None: the only one.
    pub direction: Option<arguments::Direction>,
    /// Collections that run once a record is gone.
    pub deletes: bool,
}

/// Nothing is transferred by files that have errors.
pub fn sound(mappings: &Mappings) -> Result<(), Trouble> {
    if mappings.diagnostics.iter().any(|d| d.severity == Severity::Error) {
        super::check::report(mappings, Format::Text);
        return Err(Trouble::input("the mapping files have errors, so nothing is transferred")
            .help("mend what is reported above"));
    }
    Ok(())
}

/// Whether a collection runs for records that are gone at the source, and for no others.
pub fn after_deletion(sync: SyncType) -> bool {
    matches!(sync, SyncType::Delete | SyncType::UpdateOnDelete)
}

/// The root collections of a project, in the order in which types are loaded.
pub fn roots(mappings: &Mappings) -> Vec<&Collection> {
    let catalog = Catalog::builtin();
    let order = |c: &Collection| catalog.record(c.source_type()).map_or(u16::MAX, |r| r.route.load_order);
    let mut roots: Vec<&Collection> = mappings.library.collections.iter().filter(|c| c.is_root).collect();
    roots.sort_by_key(|c| order(c));
    roots
}

/// A direction as it was typed.
pub fn of_argument(direction: arguments::Direction) -> Direction {
    if direction == arguments::Direction::To { Direction::To } else { Direction::From }
}

/// The root collections that are meant.
pub fn chosen<'a>(mappings: &'a Mappings, wanted: &Wanted<'_>) -> Result<Vec<&'a Collection>, Trouble> {
    let record = record(wanted.record)?;
    let direction = wanted.direction.map(of_argument);
    let found: Vec<&Collection> = roots(mappings)
        .into_iter()
        .filter(|c| c.record == record.name && direction.is_none_or(|d| d == c.direction))
        .filter(|c| after_deletion(c.sync) == wanted.deletes)
        .collect();
    if found.is_empty() {
        let verb = if wanted.deletes { "deletes or updates on delete" } else { "transfers" };
        let way = direction.map_or_else(String::new, |d| format!(" {}", way(d)));
        return Err(Trouble::input(format!("no collection of this project {verb} {}{way}", record.name))
            .help(what_there_is(mappings)));
    }
    let both =
        found.iter().any(|c| c.direction != Direction::To) && found.iter().any(|c| c.direction != Direction::From);
    if direction.is_none() && both {
        return Err(Trouble::usage(format!("{} goes both ways", record.name))
            .help("say which: `--direction to` or `--direction from` iPaaS.com"));
    }
    Ok(found)
}

/// iPaaS.com's record type of that name.
fn record(typed: &str) -> Result<&'static RecordType, Trouble> {
    let catalog = Catalog::builtin();
    if let Some(record) = catalog.find(typed).filter(|r| r.system == System::Ipaas) {
        return Ok(record);
    }
    let help = did_you_mean(typed, catalog.names(System::Ipaas)).map_or_else(
        || String::from("types are iPaaS.com's: `mapwright schema` lists them"),
        |near| format!("did you mean `{near}`?"),
    );
    Err(Trouble::usage(format!("there is no record type `{}`", typed.escape_debug())).help(help))
}

/// A direction in words.
pub fn way(direction: Direction) -> &'static str {
    match direction {
        Direction::To => "to iPaaS.com",
        Direction::From => "from iPaaS.com",
    }
}

fn what_there_is(mappings: &Mappings) -> String {
    let roots = roots(mappings);
    if roots.is_empty() {
        return String::from("it has no mapping files: `mapwright defaults install` writes the built-in ones into it");
    }
    let list: Vec<String> = roots
        .iter()
        .map(|c| {
            let deletes = match c.sync {
                SyncType::Delete => ", deletes",
                SyncType::UpdateOnDelete => ", updates on delete",
                SyncType::Add | SyncType::Update | SyncType::AddUpdate => "",
            };
            format!("\n    `{}`: {} {}{deletes}", c.name, c.record, way(c.direction))
        })
        .collect();
    format!("its collections are{}", list.concat())
}
