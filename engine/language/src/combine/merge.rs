//! The merge keys (language.md section 9): a rule by target and `on`, a lookup and its entries by key, a child by slot, `use` and
//! `each`, a filter or error by its condition, any other key as a whole.

use crate::diagnostic::{Diagnostic, Diagnostics, did_you_mean};
use crate::mapping_file::{ChildSlot, Lookup, MappingFile, Spanned, Without};
use crate::syntax::tree::{Rule, Rules, Target};

pub(super) fn merge(base: &MappingFile, layer: &MappingFile, diagnostics: &mut Diagnostics) -> MappingFile {
    let mut left = base.clone();
    if let Some(without) = &layer.without {
        take_away(&mut left, &without.value, diagnostics);
    }
    MappingFile {
        name: layer.name.clone(),
        is_base: layer.is_base,
        active: layer.active.clone().or(left.active),
        extends: None,
        record: layer.record.clone().or(left.record),
        direction: layer.direction.clone().or(left.direction),
        sync: layer.sync.clone().or(left.sync),
        bigcommerce: layer.bigcommerce.clone().or(left.bigcommerce),
        external_id: layer.external_id.clone().or(left.external_id),
        starts_on: layer.starts_on.clone().or(left.starts_on),
        find_by: layer.find_by.clone().or(left.find_by),
        collision: layer.collision.clone().or(left.collision),
        before: layer.before.clone().or(left.before),
        after: layer.after.clone().or(left.after),
        nulls: layer.nulls.clone().or(left.nulls),
        filter: by_key(left.filter, layer.filter.clone(), |f| f.text.clone()),
        errors: by_key(left.errors, layer.errors.clone(), |e| e.text.clone()),
        checks: by_key(left.checks, layer.checks.clone(), |c| c.text.clone()),
        settings: by_key(left.settings, layer.settings.clone(), |s| s.name.value.clone()),
        lookups: lookups(left.lookups, layer.lookups.clone()),
        children: children(left.children, layer.children.clone(), diagnostics),
        without: None,
        rules: rules(left.rules, layer.rules.clone()),
        unread: [left.unread, layer.unread.clone()].concat(),
    }
}

/// The layer's entries replace their namesakes in place; what has none is added.
fn by_key<T, K: PartialEq>(
    base: Option<Spanned<Vec<T>>>,
    layer: Option<Spanned<Vec<T>>>,
    key: impl Fn(&T) -> K,
) -> Option<Spanned<Vec<T>>> {
    let (mut base, layer) = match (base, layer) {
        (Some(base), Some(layer)) => (base, layer),
        (base, layer) => return layer.or(base),
    };
    for entry in layer.value {
        match base.value.iter_mut().find(|e| key(e) == key(&entry)) {
            Some(old) => *old = entry,
            None => base.value.push(entry),
        }
    }
    Some(Spanned { value: base.value, span: layer.span })
}

fn lookups(base: Option<Spanned<Vec<Lookup>>>, layer: Option<Spanned<Vec<Lookup>>>) -> Option<Spanned<Vec<Lookup>>> {
    let (mut base, layer) = match (base, layer) {
        (Some(base), Some(layer)) => (base, layer),
        (base, layer) => return layer.or(base),
    };
    for mut lookup in layer.value {
        let Some(old) = base.value.iter_mut().find(|l| l.name.value == lookup.name.value) else {
            base.value.push(lookup);
            continue;
        };
        let mut entries = std::mem::take(&mut old.entries);
        for (key, value) in lookup.entries {
            match entries.iter_mut().find(|(k, _)| k.value == key.value) {
                Some(entry) => *entry = (key, value),
                None => entries.push((key, value)),
            }
        }
        lookup.entries = entries;
        // of patterns the first that fits counts: those of the layer come first
        let own: Vec<String> = lookup.patterns.iter().map(|(k, _)| k.value.clone()).collect();
        lookup.patterns.extend(std::mem::take(&mut old.patterns).into_iter().filter(|(k, _)| !own.contains(&k.value)));
        lookup.from = lookup.from.or_else(|| old.from.clone());
        lookup.reversed |= old.reversed;
        lookup.unmatched = lookup.unmatched.or_else(|| old.unmatched.clone());
        lookup.review |= old.review;
        lookup.ignore_case |= old.ignore_case;
        *old = lookup;
    }
    Some(Spanned { value: base.value, span: layer.span })
}

fn children(
    base: Option<Spanned<Vec<ChildSlot>>>,
    layer: Option<Spanned<Vec<ChildSlot>>>,
    diagnostics: &mut Diagnostics,
) -> Option<Spanned<Vec<ChildSlot>>> {
    let Some(layer) = layer else { return base };
    let mut base = base.unwrap_or(Spanned { value: vec![], span: layer.span });
    for slot in layer.value {
        let at = base.value.iter().position(|s| s.slot.value == slot.slot.value).unwrap_or(base.value.len());
        if at == base.value.len() {
            base.value.push(ChildSlot { slot: slot.slot.clone(), uses: vec![] });
        }
        let Some(old) = base.value.get_mut(at) else { continue };
        for mut child in slot.uses {
            if let Some(name) = child.instead_of.take() {
                let known: Vec<String> = old.uses.iter().map(|u| u.collection.value.clone()).collect();
                match old.uses.iter_mut().find(|u| u.collection.value == name.value) {
                    // over the same rows, unless it says otherwise
                    Some(entry) => {
                        if child.each.is_none() {
                            child.each.clone_from(&entry.each);
                            child.each_text.clone_from(&entry.each_text);
                        }
                        *entry = child;
                    }
                    None => nothing("instead_of", &name, "child", &known, diagnostics),
                }
                continue;
            }
            let same = |c: &&mut crate::mapping_file::ChildUse| {
                c.collection.value == child.collection.value && c.each_text == child.each_text
            };
            match old.uses.iter_mut().find(same) {
                Some(entry) => *entry = child,
                None => old.uses.push(child),
            }
        }
    }
    Some(Spanned { value: base.value, span: layer.span })
}

fn rules(base: Option<Spanned<Rules>>, layer: Option<Spanned<Rules>>) -> Option<Spanned<Rules>> {
    let (mut base, layer) = match (base, layer) {
        (Some(base), Some(layer)) => (base, layer),
        (base, layer) => return layer.or(base),
    };
    for named in layer.value.lets {
        match base.value.lets.iter_mut().find(|l| l.name.text == named.name.text) {
            Some(old) => *old = named,
            None => base.value.lets.push(named),
        }
    }
    base.value.unread.lets.extend(layer.value.unread.lets);
    base.value.unread.targets.extend(layer.value.unread.targets);
    for rule in layer.value.rules {
        add_rule(&mut base.value.rules, rule);
    }
    Some(Spanned { value: base.value, span: layer.span })
}

/// A rule without `on` replaces both halves; one half replaces its own half, or splits a rule without `on`.
fn add_rule(rules: &mut Vec<Rule>, rule: Rule) {
    let same = |r: &Rule| target_label(&r.target) == target_label(&rule.target);
    let Some(at) = rules.iter().position(same) else {
        rules.push(rule);
        return;
    };
    match rule.on {
        None => {
            rules.retain(|r| !same(r));
            rules.insert(at.min(rules.len()), rule);
        }
        Some(on) => {
            let other = match on {
                crate::syntax::tree::On::Create => crate::syntax::tree::On::Update,
                crate::syntax::tree::On::Update => crate::syntax::tree::On::Create,
            };
            if let Some(whole) = rules.iter_mut().find(|r| same(r) && r.on.is_none()) {
                whole.on = Some(other);
                rules.insert(at + 1, rule);
            } else if let Some(old) = rules.iter_mut().find(|r| same(r) && r.on == Some(on)) {
                *old = rule;
            } else {
                rules.insert(at + 1, rule);
            }
        }
    }
}

/// The target as it is written: `a.b`, `custom["Name"]`.
#[must_use]
pub fn target_label(target: &Target) -> String {
    let mut label = target.path.iter().map(|n| n.text.as_str()).collect::<Vec<_>>().join(".");
    if let Some(custom) = &target.custom {
        if !label.is_empty() {
            label.push('.');
        }
        label.push_str(&format!("custom[\"{}\"]", custom.text));
    }
    label
}

fn take_away(file: &mut MappingFile, without: &Without, diagnostics: &mut Diagnostics) {
    let plain = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some(rules) = file.rules.as_mut().map(|r| &mut r.value.rules) {
        remove(rules, &without.rules, "rule for", |r| target_label(&r.target), &plain, diagnostics);
    }
    let mut empty = vec![];
    let uses: Vec<String> =
        file.children.iter().flat_map(|c| &c.value).flat_map(|s| &s.uses).map(|u| u.collection.value.clone()).collect();
    for name in &without.children {
        if !uses.contains(&name.value) {
            nothing("without", name, "child", &uses, diagnostics);
        }
    }
    for slot in file.children.iter_mut().flat_map(|c| &mut c.value) {
        slot.uses.retain(|u| !without.children.iter().any(|n| n.value == u.collection.value));
    }
    let lookups = file.lookups.as_mut().map_or(&mut empty, |l| &mut l.value);
    remove(lookups, &without.lookups, "lookup", |l| l.name.value.clone(), &plain, diagnostics);
    let mut no_filters = vec![];
    let filters = file.filter.as_mut().map_or(&mut no_filters, |f| &mut f.value);
    remove(filters, &without.filter, "filter", |f| f.text.clone(), &plain, diagnostics);
    let mut no_checks = vec![];
    let checks = file.checks.as_mut().map_or(&mut no_checks, |c| &mut c.value);
    remove(checks, &without.checks, "check", |c| c.text.clone(), &plain, diagnostics);
    let mut no_errors = vec![];
    let errors = file.errors.as_mut().map_or(&mut no_errors, |e| &mut e.value);
    remove(errors, &without.errors, "error", |e| e.text.clone(), &plain, diagnostics);
}

fn remove<T>(
    from: &mut Vec<T>,
    names: &[Spanned<String>],
    what: &str,
    key: impl Fn(&T) -> String,
    plain: &impl Fn(&str) -> String,
    diagnostics: &mut Diagnostics,
) {
    for name in names {
        let known: Vec<String> = from.iter().map(&key).collect();
        let wanted = plain(&name.value);
        if known.contains(&wanted) {
            from.retain(|e| key(e) != wanted);
        } else {
            nothing("without", name, what, &known, diagnostics);
        }
    }
}

fn nothing(key: &str, name: &Spanned<String>, what: &str, known: &[String], diagnostics: &mut Diagnostics) {
    let mut diagnostic = Diagnostic::error(
        "E0603",
        name.span,
        format!("`{key}` matches nothing: what this file extends has no {what} `{}`", name.value),
    );
    diagnostic = match did_you_mean(&name.value, known.iter().map(String::as_str)) {
        Some(near) => diagnostic.note(format!("did you mean `{near}`?")),
        None if known.is_empty() => diagnostic.help("delete the entry"),
        None => diagnostic
            .help(format!("there are {}", known.iter().map(|k| format!("`{k}`")).collect::<Vec<_>>().join(", "))),
    };
    diagnostics.push(diagnostic);
}
