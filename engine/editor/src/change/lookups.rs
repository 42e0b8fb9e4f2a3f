//! One entry of a lookup: set, added, removed.

use mapwright_language::combine::yaml_text;
use mapwright_language::diagnostic::did_you_mean;
use mapwright_language::source::{Node, NodeKind, ScalarStyle};

use super::lines::{ending, indentation, insert_below, replace, take_away};
use super::{Before, ChangeError, entries, entry, finish, read, refuse};

/// Sets an entry of a lookup: source value and target value.
///
/// # Errors
/// The file cannot be read, or has no such lookup of its own.
pub fn set_entry(text: &str, lookup: &str, key: &str, value: &str) -> Result<String, ChangeError> {
    one_line(key)?;
    one_line(value)?;
    let before = read(text)?;
    let (name, table) = find(&before, lookup)?;
    let (written_key, written) = (yaml_text(key), yaml_text(value));
    let there = entry(table, "entries");
    let changed = match there.map(|(k, v)| (k, v, entry(v, key))) {
        Some((_, _, Some((old_key, old)))) => set_value(text, old_key, old, &written)?,
        Some((head, all, None)) => match (&all.kind, entries(all).last()) {
            (NodeKind::Map { flow: true, .. }, Some((_, last))) => {
                let end = last.span.end as usize;
                replace(text, end, end, &format!(", {written_key}: {written}"))
            }
            (NodeKind::Map { flow: true, .. }, None) => {
                let from = head.span.end as usize;
                let brace = text.get(from..).and_then(|t| t.find('{')).map_or(from, |i| from + i + 1);
                let blanks = text.get(brace..).map_or(0, |t| t.len() - t.trim_start_matches(' ').len());
                replace(text, brace, brace + blanks, &format!(" {written_key}: {written} "))
            }
            (_, Some((last_key, last))) => {
                let line = format!("{}{written_key}: {written}", indentation(text, last_key.span.start as usize));
                insert_below(text, last_of(last_key, last), &line)
            }
            _ => {
                let line = format!("{}  {written_key}: {written}", indentation(text, head.span.start as usize));
                insert_below(text, head.span.start as usize, &line)
            }
        },
        None => {
            if matches!(table.kind, NodeKind::Map { flow: true, .. }) {
                return Err(refuse(
                    format!("the lookup `{lookup}` stands on one line and has no `entries`"),
                    "write it over several lines first",
                ));
            }
            let indent = indentation(text, name.span.start as usize);
            let lines = format!("{indent}  entries:{}{indent}    {written_key}: {written}", ending(text));
            insert_below(text, name.span.start as usize, &lines)
        }
    };
    let finished = finish(&changed)?;
    let again = read(&finished)?;
    let read_back = again.file.lookups.iter().flat_map(|l| &l.value).find(|l| l.name.value == lookup);
    if read_back.is_some_and(|l| l.entries.iter().any(|(k, v)| k.value == key && v.value == value)) {
        Ok(finished)
    } else {
        Err(refuse(format!("`{key}` could not be set in the lookup `{lookup}`"), "change it with an editor"))
    }
}

/// Removes an entry of a lookup.
///
/// # Errors
/// The file cannot be read, or has no such lookup or entry.
pub fn unset_entry(text: &str, lookup: &str, key: &str) -> Result<String, ChangeError> {
    let before = read(text)?;
    let (_, table) = find(&before, lookup)?;
    let all = entry(table, "entries").map(|(_, v)| v);
    let found = all.and_then(|a| Some((a, entry(a, key)?)));
    let Some((all, (old_key, old))) = found else {
        let known = all.map_or(&[][..], |a| entries(a)).iter().filter_map(|(k, _)| k.scalar());
        let help = match did_you_mean(key, known.map(|s| s.text.as_str())) {
            Some(near) => format!("did you mean `{near}`?"),
            None => String::from("an entry is named by its source value"),
        };
        return Err(refuse(format!("the lookup `{lookup}` has no entry `{key}`"), help));
    };
    let (start, end) = (old_key.span.start as usize, last_of(old_key, old));
    let changed = if matches!(all.kind, NodeKind::Map { flow: true, .. }) {
        let end = end + 1;
        let after = text.get(end..).unwrap_or_default();
        let before = text.get(..start).unwrap_or_default();
        if let Some(rest) = after.trim_start().strip_prefix(',') {
            replace(text, start, text.len() - rest.trim_start_matches(' ').len(), "")
        } else {
            let kept = before.trim_end().strip_suffix(',').map_or(before.len(), |b| b.trim_end().len());
            replace(text, kept, end, "")
        }
    } else {
        take_away(text, start, end)
    };
    finish(&changed)
}

fn one_line(value: &str) -> Result<(), ChangeError> {
    if value.contains(['\n', '\r', '\0']) {
        return Err(refuse("an entry stands on one line", "take the line break away"));
    }
    Ok(())
}

/// A lookup of the file: its key and its table.
fn find<'b>(before: &'b Before, lookup: &str) -> Result<(&'b Node, &'b Node), ChangeError> {
    let all = entry(&before.tree, "lookups").map(|(_, v)| v);
    let Some((name, table)) = all.and_then(|a| entry(a, lookup)) else {
        let known = all.map_or(&[][..], |a| entries(a)).iter().filter_map(|(k, _)| k.scalar());
        let help = match did_you_mean(lookup, known.map(|s| s.text.as_str())) {
            Some(near) => format!("did you mean `{near}`?"),
            None => String::from("a lookup of a base is changed where it stands, or stated again in this file"),
        };
        return Err(refuse(format!("the file has no lookup `{lookup}`"), help));
    };
    if let Some((_, from)) = entry(table, "from") {
        let from = from.scalar().map_or("", |s| s.text.as_str());
        return Err(refuse(format!("the lookup `{lookup}` is that of `{from}`"), "change it there"));
    }
    Ok((name, table))
}

/// The last byte of an entry.
fn last_of(key: &Node, value: &Node) -> usize {
    let end = if value.scalar().is_some_and(|s| s.text.is_empty() && s.style == ScalarStyle::Plain) {
        key.span.end
    } else {
        value.span.end.max(key.span.end)
    };
    (end as usize).saturating_sub(1)
}

fn set_value(text: &str, key: &Node, old: &Node, written: &str) -> Result<String, ChangeError> {
    let Some(scalar) = old.scalar() else {
        return Err(refuse("this entry's target value is no text", "change it with an editor"));
    };
    if matches!(scalar.style, ScalarStyle::Literal | ScalarStyle::Folded) || scalar.folded {
        return Err(refuse("this entry goes over several lines", "change it with an editor"));
    }
    if scalar.text.is_empty() && scalar.style == ScalarStyle::Plain {
        let from = key.span.end as usize;
        let colon = text.get(from..).and_then(|t| t.find(':')).map_or(from, |i| from + i + 1);
        return Ok(replace(text, colon, colon, &format!(" {written}")));
    }
    Ok(replace(text, old.span.start as usize, old.span.end as usize, written))
}
