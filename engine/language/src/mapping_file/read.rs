//! A file's text to a [`MappingFile`].

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::source::{FileId, Files, Node, NodeKind, read_tree};
use crate::syntax;
use crate::syntax::tree::{Rules, Unread};

use super::keys::{FILE_KEYS, Keys};
use super::shape::{Collision, Direction, ExternalId, MappingFile, Nulls, Spanned, SyncType};
use super::values::Reader;

/// Reads one mapping file. All that is wrong is reported; `None` when it has no name or cannot be read at all.
pub fn read(files: &Files, file: FileId, diagnostics: &mut Diagnostics) -> Option<MappingFile> {
    let tree = read_tree(files, file, diagnostics)?;
    let source = files.get(file)?.text.clone();
    let mut reader = Reader { file, source: &source, diagnostics };
    let mut keys = Keys::of(&tree, "a mapping file", reader.diagnostics)?;
    for key in FILE_KEYS {
        let _ = keys.entry(key);
    }
    let file = mapping_file(&mut keys, &mut reader, &tree);
    keys.finish("a mapping file", reader.diagnostics);
    file
}

fn mapping_file(keys: &mut Keys<'_>, reader: &mut Reader<'_>, tree: &Node) -> Option<MappingFile> {
    let (collection, base) = (keys.entry("collection"), keys.entry("base"));
    let (name, is_base) = match (collection, base) {
        (Some((_, node)), None) => (reader.text(node, "`collection`"), false),
        (None, Some((_, node))) => (reader.text(node, "`base`"), true),
        (Some((span, node)), Some((other, _))) => {
            reader.diagnostics.push(
                Diagnostic::error("E0129", span, "a file is a `collection` or a `base`, not both")
                    .label(other, "also a base")
                    .help("keep one of the two keys"),
            );
            (reader.text(node, "`collection`"), false)
        }
        (None, None) => {
            reader.diagnostics.push(
                Diagnostic::error("E0128", tree.span, "a mapping file needs the key `collection`")
                    .help("begin it with `collection: NAME`, or with `base: NAME` for a part that others extend"),
            );
            (None, false)
        }
    };
    let external_id = keys.get("external_id").and_then(|n| external_id(n, reader));
    let mut read = MappingFile {
        name: name.unwrap_or(Spanned { value: String::new(), span: tree.span }),
        is_base,
        active: keys.get("active").and_then(|n| reader.boolean(n, "`active`")),
        extends: keys.get("extends").and_then(|n| reader.text(n, "`extends`")),
        record: keys.get("record").and_then(|n| reader.text(n, "`record`")),
        direction: keys
            .get("direction")
            .and_then(|n| reader.word(n, "`direction`", &[("to", Direction::To), ("from", Direction::From)])),
        sync: keys.get("sync").and_then(|n| {
            let words = [
                ("add", SyncType::Add),
                ("update", SyncType::Update),
                ("add-update", SyncType::AddUpdate),
                ("delete", SyncType::Delete),
                ("update-on-delete", SyncType::UpdateOnDelete),
            ];
            reader.word(n, "`sync`", &words)
        }),
        bigcommerce: keys.get("bigcommerce").and_then(|n| reader.text(n, "`bigcommerce`")),
        external_id,
        starts_on: keys
            .get("starts_on")
            .and_then(|n| Some(Spanned { value: reader.texts(n, "`starts_on`")?, span: n.span })),
        find_by: keys.get("find_by").and_then(|n| Some(Spanned { value: reader.texts(n, "`find_by`")?, span: n.span })),
        collision: keys.get("collision").and_then(|n| {
            let words = [
                ("update-and-link", Collision::UpdateAndLink),
                ("remap-and-link", Collision::RemapAndLink),
                ("update-without-link", Collision::UpdateWithoutLink),
                ("error", Collision::Error),
            ];
            reader.word(n, "`collision`", &words)
        }),
        before: keys.get("before").and_then(|n| Some(Spanned { value: reader.before(n)?, span: n.span })),
        after: keys.get("after").and_then(|n| Some(Spanned { value: reader.after(n)?, span: n.span })),
        nulls: keys
            .get("nulls")
            .and_then(|n| reader.word(n, "`nulls`", &[("leave", Nulls::Leave), ("clear", Nulls::Clear)])),
        filter: keys.get("filter").and_then(|n| Some(Spanned { value: reader.filters(n)?, span: n.span })),
        errors: keys.get("errors").and_then(|n| Some(Spanned { value: reader.error_filters(n)?, span: n.span })),
        checks: keys.get("checks").and_then(|n| Some(Spanned { value: reader.checks(n)?, span: n.span })),
        settings: keys.get("settings").and_then(|n| Some(Spanned { value: reader.settings(n)?, span: n.span })),
        lookups: keys.get("lookups").and_then(|n| Some(Spanned { value: reader.lookups(n)?, span: n.span })),
        children: keys.get("children").and_then(|n| Some(Spanned { value: reader.children(n)?, span: n.span })),
        without: keys.get("without").and_then(|n| Some(Spanned { value: reader.without(n)?, span: n.span })),
        rules: keys.get("rules").and_then(|n| rules(n, reader)),
        unread: vec![],
    };
    let needed = [
        ("record", read.record.is_some()),
        ("direction", read.direction.is_some()),
        ("sync", read.sync.is_some()),
        ("bigcommerce", read.bigcommerce.is_some()),
    ];
    read.unread = needed.iter().filter(|(key, well)| !well && keys.get(key).is_some()).map(|(key, _)| *key).collect();
    (!read.name.value.is_empty()).then_some(read)
}

fn rules(node: &Node, reader: &mut Reader<'_>) -> Option<Spanned<Rules>> {
    let scalar = match node.scalar() {
        Some(_) => reader.expression_scalar(node, "the rules block"),
        None => {
            let message = format!("the rules are a block of lines, but YAML reads {} here", node.kind_name());
            reader.refuse(
                Diagnostic::error("E0124", node.span, message)
                    .help("write `rules: |`, and below it one rule on each line: `target <- value`"),
            )
        }
    };
    let rules = match scalar {
        Some(scalar) => syntax::rules(scalar, reader.file, reader.diagnostics),
        None => {
            let mut rules = Rules::default();
            meant(node, &mut rules.unread);
            rules
        }
    };
    Some(Spanned { value: rules, span: node.span })
}

/// What a block that cannot be read as one fills, to judge by its words: it stands there, so nobody misses it.
fn meant(node: &Node, unread: &mut Unread) {
    match &node.kind {
        NodeKind::Scalar(scalar) => syntax::likely_names(&scalar.text, unread),
        NodeKind::List { items, .. } => items.iter().for_each(|item| meant(item, unread)),
        NodeKind::Map { entries, .. } => {
            for (key, value) in entries {
                // `name: value` in place of `name <- value`
                unread.targets.extend(key.scalar().map(|key| key.text.clone()));
                meant(key, unread);
                meant(value, unread);
            }
        }
    }
}

fn external_id(node: &Node, reader: &mut Reader<'_>) -> Option<Spanned<ExternalId>> {
    if node.scalar().is_some_and(|s| s.text.trim() == "none") {
        return Some(Spanned { value: ExternalId::None, span: node.span });
    }
    let template = reader.template(node, "`external_id`")?;
    Some(Spanned { value: ExternalId::Template(template), span: node.span })
}
