//! What can be typed. What it means is in `commands/`.

use std::path::PathBuf;

use clap::builder::TypedValueParser;
use clap::{Args, Parser, Subcommand, ValueEnum};
use mapwright_sandbox::FaultRule;

/// Field mappings between BigCommerce and iPaaS.com as text: checked before they run, shown before they write.
#[derive(Debug, Parser)]
#[command(name = "mapwright", version, arg_required_else_help = true, propagate_version = true, max_term_width = 110)]
#[command(
    after_help = "Exit codes: 0 all well, also where records were skipped or wait (parked); 1 the input has errors, records were refused or failed, or a run ended early; 2 wrong use; 70 our mistake."
)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// Options that every command about a project has.
#[derive(Debug, Clone, Args)]
pub struct Project {
    /// The project's directory (default: the nearest one above that holds `mapwright.yaml`)
    #[arg(long, global = true, value_name = "DIR")]
    pub project: Option<PathBuf>,
}

/// How results are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people
    Text,
    /// For machines
    Json,
}

/// Seen from iPaaS.com.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Direction {
    /// BigCommerce to iPaaS.com
    To,
    /// iPaaS.com to BigCommerce
    From,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// The whole story on built-in defaults: a sandbox, a subscription, initialization, transfers, a summary
    #[command(
        after_help = "Examples:\n  mapwright demo            the first run writes, the second finds all unchanged\n  mapwright demo --fresh    start over\n\nSome of its records are made to be refused and to wait: that is part of the story, and the exit code is 0."
    )]
    Demo(Demo),
    /// Report every mistake of the mapping files
    #[command(
        after_help = "Examples:\n  mapwright check                            the project's files; outside a project the built-in ones\n  mapwright check mappings/catalog/*.yaml    only these\n  mapwright check --fix                      mend what can be mended in one way only\n  mapwright check --explain E0301            what a code means"
    )]
    Check(Check),
    /// Put mapping files into the one canonical layout, comments kept
    #[command(
        after_help = "Examples:\n  mapwright fmt            rewrite the project's files\n  mapwright fmt --check    only say which would change (exit 1)"
    )]
    Fmt(Fmt),
    /// Map records without any network: records in, mapped records out
    #[command(
        after_help = "Examples:\n  mapwright map \"BC Products\" --input product.json\n  mapwright map \"BC Products\" --ndjson < products.ndjson > mapped.ndjson\n  mapwright map \"BC Products\" --input product.json --format json    with outcome, lineage and links"
    )]
    Map(Map),
    /// Say in words what a collection reads, what fills which field, and what it looks at
    #[command(
        after_help = "Examples:\n  mapwright explain \"BC Products\"\n  mapwright explain \"BC Products\" price\n  mapwright explain \"BC Products\" --source sku          where does it go?\n  mapwright explain \"BC Products\" --record product.json  with the values on the way\n  mapwright explain \"BC Products\" --cost                 how many calls one record costs at most"
    )]
    Explain(Explain),
    /// Write a collection with all its layers as one file
    #[command(after_help = "Example:\n  mapwright flatten \"BC Product Variant Inventory From iPaaS\"")]
    Flatten(Flatten),
    /// Run the project's snapshot tests and show what changed
    #[command(
        after_help = "Examples:\n  mapwright test               run all cases of snapshots/\n  mapwright test variant       only those with `variant` in their name\n  mapwright test --accept      take the new results as right\n  mapwright test --add \"BC Customer\" --record ada.json --name customer/ada    make a case of a real record"
    )]
    Test(Test),
    /// The functions of the language
    #[command(after_help = "Examples:\n  mapwright functions\n  mapwright functions truncate")]
    Functions(Functions),
    /// The fields of a record type, in either system
    #[command(
        after_help = "Examples:\n  mapwright schema                  all record types\n  mapwright schema product          iPaaS.com's Product\n  mapwright schema catalog.product  BigCommerce's product\n  mapwright schema --envelope > mapping.schema.json    for editors: the keys of a mapping file"
    )]
    Schema(Schema),
    /// Connect a store with an iPaaS.com company: settings, credentials, default mappings
    #[command(subcommand)]
    Subscription(Subscription),
    /// The built-in mapping collections
    #[command(subcommand)]
    Defaults(Defaults),
    /// Transfer all records of a type, with progress and resume
    #[command(
        after_help = "Examples:\n  mapwright initialize product-category\n  mapwright initialize product --dry-run    read everything, send nothing\n  mapwright initialize customer --direction to\n\nExit code 1 where a record was refused or failed, or the run ended early; skipped and parked records are no failure."
    )]
    Initialize(Initialize),
    /// Transfer some records now
    #[command(
        after_help = "Examples:\n  mapwright sync product 17 18\n  mapwright sync product --changed-since 2026-01-31T00:00:00Z\n  mapwright sync product --changed-since 2026-01-31     midnight in the subscription's time zone\n  mapwright sync product --direction to --deleted 55    ids are the source system's\n\nExit code 1 where a record was refused or failed, or the run ended early; skipped and parked records are no failure."
    )]
    Sync(Sync),
    /// Try again what waits or failed
    #[command(
        after_help = "Examples:\n  mapwright retry --parked\n  mapwright retry 17             whatever waits or failed under this id; what does not is named, the rest is tried\n  mapwright retry --failed 17    only if it failed or was refused\n  mapwright retry --forget 17    no longer list it; nothing is sent\n\nExit code 1 where a record is refused or fails again, the run ended early, or an id neither waits nor failed; what goes on waiting is no failure."
    )]
    Retry(Retry),
    /// Quota, work in flight, and the records that were skipped or refused, wait or failed; or one record's last transfer
    #[command(after_help = "Examples:\n  mapwright status\n  mapwright status product 17")]
    Status(Status),
    /// Run a local BigCommerce and iPaaS.com to try things against
    #[command(after_help = sandbox_help())]
    Sandbox(Sandbox),
    /// The language server, for editors: the Language Server Protocol on standard input and output
    #[command(after_help = "An editor starts it; grammar/editors.md says how, for VS Code, Neovim and Helix.")]
    Lsp(Lsp),
    /// Change one rule or one lookup entry of a mapping file from a script, every comment kept
    #[command(
        after_help = "Examples:\n  mapwright edit mappings/catalog/product-from.yaml --rule 'price <- msrp ?? 0'\n  mapwright edit \"BC Products\" --rule 'weight <- 1  on create' --dry-run    show the change, write nothing\n  mapwright edit \"BC Products\" --remove-rule upc\n  mapwright edit \"BC Products\" --lookup \"Product Type\" --set Physical=physical --unset Virtual"
    )]
    Edit(Edit),
}

impl Command {
    /// How results, and what ends the command, are printed.
    pub fn format(&self) -> Format {
        match self {
            Command::Demo(a) => a.format,
            Command::Check(a) => a.format,
            Command::Map(a) => a.format,
            Command::Explain(a) => a.format,
            Command::Functions(a) => a.format,
            Command::Schema(a) => a.format,
            Command::Subscription(Subscription::Show(a)) => a.format,
            Command::Defaults(Defaults::List(a)) => a.format,
            Command::Initialize(a) => a.format,
            Command::Sync(a) => a.format,
            Command::Retry(a) => a.format,
            Command::Status(a) => a.format,
            Command::Fmt(_)
            | Command::Flatten(_)
            | Command::Test(_)
            | Command::Subscription(_)
            | Command::Defaults(_)
            | Command::Sandbox(_)
            | Command::Lsp(_)
            | Command::Edit(_) => Format::Text,
        }
    }

    /// Whether results are one per line.
    pub fn lines(&self) -> bool {
        matches!(self, Command::Map(map) if map.ndjson)
    }
}

/// `demo`
#[derive(Debug, Args)]
pub struct Demo {
    /// Forget the last run and start over
    #[arg(long)]
    pub fresh: bool,
    /// How many products (at most 100)
    #[arg(long, default_value_t = 60, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100))]
    pub records: u32,
    /// How results are printed
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
}

/// `check`
#[derive(Debug, Args)]
pub struct Check {
    /// Files or directories; the built-in collections are there for `extends`
    pub paths: Vec<PathBuf>,
    /// Mend what can be mended in one way only, and report the rest
    #[arg(long)]
    pub fix: bool,
    /// Warnings fail too
    #[arg(long)]
    pub strict: bool,
    /// Say what a code means, and stop
    #[arg(long, value_name = "CODE")]
    pub explain: Option<String>,
    /// How results are printed
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub project: Project,
}

/// `fmt`
#[derive(Debug, Args)]
pub struct Fmt {
    /// Files or directories (default: the project's)
    pub paths: Vec<PathBuf>,
    /// Change nothing; exit 1 if something would change
    #[arg(long)]
    pub check: bool,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub project: Project,
}

/// `map`
#[derive(Debug, Args)]
pub struct Map {
    /// The collection's name
    pub collection: String,
    /// A file with one record, or an array of records (default: standard input)
    #[arg(long, value_name = "FILE")]
    pub input: Option<PathBuf>,
    /// One record per line in, one mapped record per line out, in constant memory
    #[arg(long)]
    pub ndjson: bool,
    /// A JSON file with what stands outside the record: parent, existing, links, settings, now and more (the manual's chapter 14)
    #[arg(long, value_name = "FILE")]
    pub context: Option<PathBuf>,
    /// `text`: the mapped record alone; `json`: outcome, target, lineage, links, and with `--ndjson` the number of the line
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub project: Project,
}

/// `explain`
#[derive(Debug, Args)]
pub struct Explain {
    /// The collection's name
    pub collection: String,
    /// One target field
    pub field: Option<String>,
    /// Where does this source field go?
    #[arg(long, value_name = "FIELD")]
    pub source: Option<String>,
    /// How many calls one record costs at most
    #[arg(long, conflicts_with_all = ["field", "source", "record"])]
    pub cost: bool,
    /// A record: show the values on the way
    #[arg(long, value_name = "FILE")]
    pub record: Option<PathBuf>,
    /// How results are printed
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub project: Project,
}

/// `flatten`
#[derive(Debug, Args)]
pub struct Flatten {
    /// The collection's name
    pub collection: String,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub project: Project,
}

/// `test`
#[derive(Debug, Args)]
pub struct Test {
    /// Only cases whose name holds this text
    pub filter: Option<String>,
    /// Write the new results over the old ones
    #[arg(long)]
    pub accept: bool,
    /// Make a case for this collection of a real record, with stand-ins for what is personal or secret in it
    #[arg(long, value_name = "COLLECTION", requires = "record", conflicts_with_all = ["accept", "filter"])]
    pub add: Option<String>,
    /// The record, a JSON file
    #[arg(long, value_name = "FILE", requires = "add")]
    pub record: Option<PathBuf>,
    /// The case's folder below `snapshots` (default: the collection's name and the file's)
    #[arg(long, requires = "add")]
    pub name: Option<String>,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub project: Project,
}

/// `functions`
#[derive(Debug, Args)]
pub struct Functions {
    /// One function
    pub name: Option<String>,
    /// How results are printed
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
}

/// `schema`
#[derive(Debug, Args)]
pub struct Schema {
    /// A record type, in any case, with blank or hyphen (default: list them)
    #[arg(value_name = "TYPE")]
    pub record: Option<String>,
    /// The JSON schema of a mapping file's envelope, for editors that know YAML
    #[arg(long, conflicts_with = "record")]
    pub envelope: bool,
    /// How results are printed
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
}

/// `subscription …`
#[derive(Debug, Subcommand)]
pub enum Subscription {
    /// Make a project directory for one subscription
    #[command(
        after_help = "Each value may come from the environment instead (MAPWRIGHT_STORE_HASH, ...); tokens only from files or the environment, never from the command line.\n\nExample:\n  mapwright subscription create my-store --name \"My store\" --store-hash abc123 --client-id c1 \\\n    --token-file bigcommerce.token --ipaas-token-file ipaas.token \\\n    --system-id 4711 --default-mappings"
    )]
    Create(SubscriptionCreate),
    /// Show settings, credentials (never their values), scopes and collections
    Show(ProjectOnly),
    /// Change settings: `name=value`, or keep another token
    #[command(
        after_help = "Settings: name, store_hash, api_url, client_id, ipaas_url, system_id, time_zone, throttle, and those that mapping files declare under `settings:`. Tokens are no settings: they come from files or the environment (MAPWRIGHT_TOKEN, MAPWRIGHT_IPAAS_TOKEN), never from the command line, where every process of the machine can read them.\n\nExamples:\n  mapwright subscription set time_zone=Europe/Berlin throttle=500/60\n  mapwright subscription set warehouse=3          a setting that a mapping file declares\n  mapwright subscription set warehouse=           take it away\n  mapwright subscription set --token-file bigcommerce.token\n  mapwright subscription set --ipaas-token-file ipaas.token"
    )]
    Set(SubscriptionSet),
    /// Forget the subscription: mapwright.yaml, links, journal and credentials (mapping files stay)
    #[command(
        after_help = "Examples:\n  mapwright subscription remove                         say what would be deleted (exit 2)\n  mapwright subscription remove --yes                   delete it\n  mapwright subscription remove --project shop --yes"
    )]
    Remove(SubscriptionRemove),
}

/// `subscription create`
#[derive(Debug, Args)]
pub struct SubscriptionCreate {
    /// The directory to make (default: here)
    #[arg(default_value = ".")]
    pub directory: PathBuf,
    /// A name for people
    #[arg(long, env = "MAPWRIGHT_NAME")]
    pub name: String,
    /// The store's hash, as in its API path
    #[arg(long, env = "MAPWRIGHT_STORE_HASH")]
    pub store_hash: String,
    /// BigCommerce's API
    #[arg(long, env = "MAPWRIGHT_API_URL", default_value = "https://api.bigcommerce.com")]
    pub api_url: String,
    /// The API account's client id
    #[arg(long, env = "MAPWRIGHT_CLIENT_ID")]
    pub client_id: Option<String>,
    /// A file that holds BigCommerce's access token (or its downloaded credential file)
    #[arg(long, env = "MAPWRIGHT_TOKEN_FILE", hide_env_values = true, value_name = "FILE")]
    pub token_file: Option<PathBuf>,
    /// iPaaS.com's API
    #[arg(long, env = "MAPWRIGHT_IPAAS_URL", default_value = "https://api.ipaas.com")]
    pub ipaas_url: String,
    /// A file that holds iPaaS.com's company token
    #[arg(long, env = "MAPWRIGHT_IPAAS_TOKEN_FILE", hide_env_values = true, value_name = "FILE")]
    pub ipaas_token_file: Option<PathBuf>,
    /// The subscription's id in iPaaS.com
    #[arg(long, env = "MAPWRIGHT_SYSTEM_ID")]
    pub system_id: String,
    /// Write the built-in mapping collections into the project, to be edited
    #[arg(long)]
    pub default_mappings: bool,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub refused: TokensInTheOpen,
}

/// Flags that somebody may try, so that what to do instead can be said. Their values are kept nowhere.
#[derive(Debug, Args)]
pub struct TokensInTheOpen {
    /// No
    #[arg(long, aliases = ["access-token", "bigcommerce-token"], hide = true, num_args = 0..=1, default_missing_value = "", value_parser = Refused("token"))]
    pub token: Option<Never>,
    /// No
    #[arg(long, hide = true, num_args = 0..=1, default_missing_value = "", value_parser = Refused("ipaas-token"))]
    pub ipaas_token: Option<Never>,
}

/// There is no value of this.
#[derive(Debug, Clone)]
pub enum Never {}

/// Refuses a value without showing it.
#[derive(Debug, Clone)]
struct Refused(&'static str);

impl TypedValueParser for Refused {
    type Value = Never;

    fn parse_ref(&self, _: &clap::Command, _: Option<&clap::Arg>, _: &std::ffi::OsStr) -> Result<Never, clap::Error> {
        let (flag, variable) = (self.0, self.0.to_uppercase().replace('-', "_"));
        Err(clap::Error::raw(
            clap::error::ErrorKind::InvalidValue,
            format!(
                "tokens are never given on the command line: every process of the machine can read it\n  help: `--{flag}-file FILE` names a file that holds the token; or set `MAPWRIGHT_{variable}` in the environment; if it was a real token, replace it\n"
            ),
        ))
    }
}

/// `subscription show`
#[derive(Debug, Args)]
pub struct ProjectOnly {
    /// How results are printed
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub project: Project,
}

/// `subscription set`
#[derive(Debug, Args)]
pub struct SubscriptionSet {
    /// `name=value`; an empty value removes the setting
    #[arg(required_unless_present_any = ["token_file", "ipaas_token_file"], value_name = "NAME=VALUE")]
    pub values: Vec<String>,
    /// A file that holds BigCommerce's access token (or its downloaded credential file), to be kept in place of the old one
    #[arg(long, value_name = "FILE")]
    pub token_file: Option<PathBuf>,
    /// A file that holds iPaaS.com's company token, to be kept in place of the old one
    #[arg(long, value_name = "FILE")]
    pub ipaas_token_file: Option<PathBuf>,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub refused: TokensInTheOpen,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub project: Project,
}

/// `subscription remove`
#[derive(Debug, Args)]
pub struct SubscriptionRemove {
    /// Needed, since links and the journal of intended writes are forgotten
    #[arg(long)]
    pub yes: bool,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub project: Project,
}

/// `defaults …`
#[derive(Debug, Subcommand)]
pub enum Defaults {
    /// List the built-in collections
    List(DefaultsList),
    /// Write editable copies into a project directory (nothing is overwritten)
    Install(DefaultsInstall),
}

/// `defaults list`
#[derive(Debug, Args)]
pub struct DefaultsList {
    /// How results are printed
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
}

/// `defaults install`
#[derive(Debug, Args)]
pub struct DefaultsInstall {
    /// The project's directory; made if it is not there
    #[arg(default_value = ".")]
    pub directory: PathBuf,
}

/// `initialize`
#[derive(Debug, Args)]
pub struct Initialize {
    /// The record type, in any case, with blank or hyphen
    #[arg(value_name = "TYPE", required_unless_present = "all", conflicts_with = "all")]
    pub record: Option<String>,
    /// All types, in the order in which their records refer to each other
    #[arg(long)]
    pub all: bool,
    /// Needed only where both directions have a collection
    #[arg(long, value_enum)]
    pub direction: Option<Direction>,
    /// Read and compare everything, send nothing
    #[arg(long)]
    pub dry_run: bool,
    /// How results are printed
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub project: Project,
}

/// `sync`
#[derive(Debug, Args)]
pub struct Sync {
    /// The record type, in any case, with blank or hyphen
    #[arg(value_name = "TYPE")]
    pub record: String,
    /// Ids in the source system
    pub ids: Vec<String>,
    /// Needed only where both directions have a collection
    #[arg(long, value_enum)]
    pub direction: Option<Direction>,
    /// Instead of ids: what changed since this time; without offset it is the subscription's time zone
    #[arg(long, value_name = "TIME", conflicts_with = "ids")]
    pub changed_since: Option<String>,
    /// The records are gone at the source: run the collections that delete, or update on delete, once that is confirmed
    #[arg(long, requires = "ids")]
    pub deleted: bool,
    /// Read and compare everything, send nothing
    #[arg(long)]
    pub dry_run: bool,
    /// How results are printed
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub project: Project,
}

/// `retry`
#[derive(Debug, Args)]
pub struct Retry {
    /// Only these, by their ids in the source system
    pub ids: Vec<String>,
    /// What waits: all, or those of the ids
    #[arg(long)]
    pub parked: bool,
    /// What failed or was refused: all, or those of the ids
    #[arg(long)]
    pub failed: bool,
    /// Forget them instead of trying them again: `status` and `retry` know them no longer, the records stay as they are
    #[arg(long)]
    pub forget: bool,
    /// How results are printed
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub project: Project,
}

/// `status`
#[derive(Debug, Args)]
pub struct Status {
    /// A record type
    #[arg(value_name = "TYPE")]
    pub record: Option<String>,
    /// The record's id in the source system
    pub id: Option<String>,
    /// How results are printed
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub project: Project,
}

/// `sandbox`
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Sandbox {
    /// The port (0: a free one)
    #[arg(long, default_value_t = 0)]
    pub port: u16,
    /// What the records are made from, and what faults are drawn from
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// How many products
    #[arg(long, default_value_t = 60, value_name = "N")]
    pub records: u32,
    /// Requests per window
    #[arg(long, default_value_t = 150, value_name = "N")]
    pub quota: u32,
    /// Length of the window in seconds
    #[arg(long, default_value_t = 30.0, value_name = "S")]
    pub window: f64,
    /// Where the state is kept (default: in memory)
    #[arg(long, value_name = "DIR")]
    pub state: Option<PathBuf>,
    /// What goes wrong, how often (5% unless told) and where: a kind, a group of kinds, or `all`; can be repeated
    #[arg(long = "fault", value_name = "NAME[=SHARE][@[METHOD ]PATH]")]
    pub faults: Vec<FaultRule>,
    /// Seconds after which a write can be read
    #[arg(long, default_value_t = 0.0, value_name = "S")]
    pub lag: f64,
    #[command(subcommand)]
    pub command: Option<SandboxCommand>,
}

/// Examples, and the kinds of faults.
fn sandbox_help() -> String {
    format!(
        "Examples:
  mapwright sandbox --port 8123 --records 50    then paste the `subscription create` that it prints
  mapwright sandbox --fault network --seed 7    one call in 20 is lost, late, cut or refused; same seed, same faults
  mapwright sandbox --fault lies=1% --fault 'drop-after=50%@POST /v3/customers'
  mapwright sandbox --lag 2                     what was written can be read after 2 seconds
  mapwright sandbox faults                      only the list of faults

Faults by group (a group or `all` can be named in place of a kind):
{}",
        mapwright_sandbox::fault_list().trim_end()
    )
}

/// `sandbox ...`
#[derive(Debug, Subcommand)]
pub enum SandboxCommand {
    /// List the kinds of faults
    Faults,
}

/// `lsp`
#[derive(Debug, Args)]
pub struct Lsp {
    /// Standard input and output, which is what it does anyhow; some editors pass this
    #[arg(long)]
    pub stdio: bool,
}

/// `edit`
#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("change").required(true).multiple(true))]
pub struct Edit {
    /// A mapping file, or the name of a collection of the project
    #[arg(value_name = "FILE-OR-COLLECTION")]
    pub file: String,
    /// Put this rule (or `let`) in place of the one with its target and `on`, without `on` in place of both halves (`on create`
    /// and `on update`); add it if there is none
    #[arg(long, value_name = "RULE", group = "change")]
    pub rule: Vec<String>,
    /// Take away the rule for this target (`price`, `price on create`, `let net`)
    #[arg(long, value_name = "TARGET", group = "change")]
    pub remove_rule: Vec<String>,
    /// The lookup that `--set` and `--unset` change
    #[arg(long, value_name = "NAME")]
    pub lookup: Option<String>,
    /// Set an entry of the lookup; the first `=` divides source and target value
    #[arg(long, value_name = "SOURCE=TARGET", requires = "lookup", group = "change")]
    pub set: Vec<String>,
    /// Take away an entry of the lookup
    #[arg(long, value_name = "SOURCE", requires = "lookup", group = "change")]
    pub unset: Vec<String>,
    /// Show the change as a diff and write nothing
    #[arg(long)]
    pub dry_run: bool,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub project: Project,
}
