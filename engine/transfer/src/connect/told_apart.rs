//! Which answered record belongs to which that was sent: by id, else by the fields that tell records apart
//! (`Route::known_by`), else by content. Never by position: batches are answered in an order of the API's own.

use mapwright_language::json::Json;
use mapwright_language::schema::RecordType;
use mapwright_language::value::number_from_text;

use super::expected::id_of;

/// A record that was sent.
#[derive(Debug, Clone, Copy)]
pub struct Sent<'a> {
    /// What was sent of it.
    pub content: &'a Json,
    /// Its id, where it has one already.
    pub id: Option<&'a str>,
}

/// The answered record of each that was sent; none where none fits, or several do.
#[must_use]
pub fn paired(record: &RecordType, sent: &[Sent<'_>], answered: Vec<Json>) -> Vec<Option<Json>> {
    let mut answered: Vec<Option<Json>> = answered.into_iter().map(Some).collect();
    let mut found: Vec<Option<Json>> = sent.iter().map(|_| None).collect();
    for (place, id) in found.iter_mut().zip(sent.iter().map(|s| s.id)) {
        let Some(id) = id else { continue };
        let has_id = |row: &Option<Json>| row.as_ref().and_then(|row| id_of(record, row)) == Some(id);
        let mut with_id: Vec<Json> = answered.iter_mut().filter(|row| has_id(row)).filter_map(Option::take).collect();
        // twice the same id: which of them is true cannot be known
        *place = with_id.pop().filter(|_| with_id.is_empty());
    }
    let costs: Vec<Vec<Option<usize>>> = sent
        .iter()
        .map(|sent| answered.iter().map(|row| row.as_ref().and_then(|row| cost(record, sent.content, row))).collect())
        .collect();
    let mut left: Vec<usize> = (0..sent.len()).filter(|at| sent.get(*at).is_some_and(|s| s.id.is_none())).collect();
    // each round takes out pairs without a rival, which may leave others without one
    while let Some((group, rows)) = settled(sent, &costs, &left, &answered) {
        for (at, row) in group.iter().zip(rows) {
            if let (Some(place), Some(row)) = (found.get_mut(*at), answered.get_mut(row)) {
                *place = row.take();
            }
        }
        left.retain(|at| !group.contains(at));
    }
    found
}

/// Sent records of one content (mostly just one), and as many rows that fit them best and nothing else as well.
fn settled(
    sent: &[Sent<'_>],
    costs: &[Vec<Option<usize>>],
    left: &[usize],
    answered: &[Option<Json>],
) -> Option<(Vec<usize>, Vec<usize>)> {
    let cost = |at: usize, row: usize| costs.get(at)?.get(row).copied().flatten();
    let rows: Vec<usize> = (0..answered.len()).filter(|row| answered.get(*row).is_some_and(Option::is_some)).collect();
    left.iter().find_map(|first| {
        let content = sent.get(*first)?.content;
        let group: Vec<usize> =
            left.iter().copied().filter(|at| sent.get(*at).is_some_and(|s| s.content == content)).collect();
        let best = rows.iter().filter_map(|row| cost(*first, *row)).min()?;
        let fitting: Vec<usize> = rows.iter().copied().filter(|row| cost(*first, *row) == Some(best)).collect();
        let rival =
            |row: &usize| left.iter().any(|at| !group.contains(at) && cost(*at, *row).is_some_and(|cost| cost <= best));
        (fitting.len() == group.len() && !fitting.iter().any(rival)).then_some((group, fitting))
    })
}

/// How many values of what was sent differ in the answer; none: it is the answer to something else.
fn cost(record: &RecordType, sent: &Json, row: &Json) -> Option<usize> {
    // a record that was made has an id
    if record.id.is_some() && id_of(record, row).is_none() {
        return None;
    }
    let contradicts = |name: &String| {
        let (Some(sent), Some(row)) = (sent.get(name), row.get(name)) else { return false };
        is_plain(sent) && is_plain(row) && !alike(sent, row)
    };
    if record.route.known_by.iter().any(contradicts) {
        return None;
    }
    let mut compared = Compared::default();
    compared.entries(sent, row);
    (compared.same > 0 || !says_something(sent)).then_some(compared.different)
}

#[derive(Default)]
struct Compared {
    same: usize,
    different: usize,
}

impl Compared {
    fn entries(&mut self, sent: &Json, row: &Json) {
        for (key, value) in sent.entries() {
            if let Some(other) = row.get(key) {
                self.value(value, other);
            }
        }
    }

    fn value(&mut self, sent: &Json, row: &Json) {
        match (sent, row) {
            (Json::Null, _) => {}
            (Json::Object(_), Json::Object(_)) => self.entries(sent, row),
            (Json::List(a), Json::List(b)) if a.len() == b.len() => {
                a.iter().zip(b).for_each(|(a, b)| self.value(a, b));
            }
            _ if alike(sent, row) => self.same += 1,
            _ => self.different += 1,
        }
    }
}

/// Whether there is anything to compare.
fn says_something(json: &Json) -> bool {
    match json {
        Json::Null => false,
        Json::Object(entries) => entries.iter().any(|(_, value)| says_something(value)),
        Json::List(items) => items.iter().any(says_something),
        _ => true,
    }
}

fn is_plain(json: &Json) -> bool {
    !matches!(json, Json::Null | Json::List(_) | Json::Object(_))
}

/// Whether two values are the same for an API, which may answer `a-1 ` as `A-1` and 12.5 as `"12.5000"`.
fn alike(sent: &Json, row: &Json) -> bool {
    if sent == row {
        return true;
    }
    let (Some(sent), Some(row)) = (sent.id(), row.id()) else { return false };
    let number = |text: &str| number_from_text(text);
    let folded =
        |text: &str| text.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect::<String>();
    number(sent).is_some_and(|a| Some(a) == number(row)) || folded(sent) == folded(row)
}

#[cfg(test)]
mod tests {
    use mapwright_language::json::read;
    use mapwright_language::schema::Catalog;

    use super::*;

    /// Ids of the answers that each sent record found.
    fn ids(record: &str, sent: &[(&str, Option<&str>)], answered: &str) -> Vec<String> {
        let record = Catalog::builtin().record(record).unwrap();
        let contents: Vec<Json> = sent.iter().map(|(content, _)| read(content.as_bytes()).unwrap()).collect();
        let all: Vec<Sent<'_>> =
            contents.iter().zip(sent).map(|(content, (_, id))| Sent { content, id: *id }).collect();
        let found = paired(record, &all, read(answered.as_bytes()).unwrap().items().to_vec());
        found.iter().map(|row| row.as_ref().and_then(|row| id_of(record, row)).unwrap_or("none").to_owned()).collect()
    }

    #[test]
    fn faults_d4_rows_are_told_apart_by_key_and_content_whatever_their_order() {
        let two =
            [(r#"{"email":"a@x.com","first_name":"A"}"#, None), (r#"{"email":"b@x.com","first_name":"A"}"#, None)];
        for (sent, answered, expected) in [
            (&two[..], r#"[{"id":2,"email":"b@x.com"},{"id":1,"email":"A@x.com "}]"#, ["1", "2"]),
            // one is missing, one is twice there, one is a stranger
            (&two, r#"[{"id":2,"email":"b@x.com"}]"#, ["none", "2"]),
            (&two, r#"[{"id":1,"email":"a@x.com"},{"id":2,"email":"a@x.com"}]"#, ["none", "none"]),
            (&two, r#"[{"id":1,"email":"a@x.com"},{"id":3,"email":"c@x.com"}]"#, ["1", "none"]),
            // no record without an id is one that was made
            (&two, r#"[{"email":"a@x.com"},{"id":2,"email":"b@x.com"}]"#, ["none", "2"]),
            // ids decide, whatever the rest says
            (
                &[(r#"{"email":"a@x.com"}"#, Some("1")), (r#"{"email":"b@x.com"}"#, Some("2"))],
                r#"[{"id":2,"email":"a@x.com"},{"id":1,"email":"b@x.com"}]"#,
                ["1", "2"],
            ),
            (
                &[(r#"{"email":"a@x.com"}"#, Some("1")), (r#"{"email":"b@x.com"}"#, Some("2"))],
                r#"[{"id":1},{"id":1},{"id":2}]"#,
                ["none", "2"],
            ),
        ] {
            assert_eq!(ids("customers.customer", sent, answered), expected, "{answered}");
        }
    }

    #[test]
    fn faults_d4_rows_of_one_name_are_told_apart_by_the_rest() {
        let sent = [
            (r#"{"name":"Sale","parent_id":3,"tree_id":1}"#, None),
            (r#"{"name":"Sale","parent_id":4,"tree_id":1}"#, None),
        ];
        let answered =
            r#"[{"category_id":9,"name":"Sale","parent_id":4},{"category_id":8,"name":"Sale","parent_id":3}]"#;
        assert_eq!(ids("catalog.category", &sent, answered), ["8", "9"]);
        // an answer that does not say which is which
        let answered = r#"[{"category_id":9,"name":"Sale"},{"category_id":8,"name":"Sale"}]"#;
        assert_eq!(ids("catalog.category", &sent, answered), ["none", "none"]);
    }

    #[test]
    fn faults_d4_what_was_sent_twice_alike_may_change_places() {
        let sent = [(r#"{"city":"Rome"}"#, None), (r#"{"city":"Oslo"}"#, None), (r#"{"city":"Rome"}"#, None)];
        let three = r#"[{"id":1,"city":"Rome"},{"id":2,"city":"Rome"},{"id":3,"city":"Oslo"}]"#;
        assert_eq!(ids("customers.address", &sent, three), ["1", "3", "2"]);
        // the API leaves out what is there already: which one it left out cannot be known
        let two = r#"[{"id":1,"city":"Rome"},{"id":3,"city":"Oslo"}]"#;
        assert_eq!(ids("customers.address", &sent, two), ["none", "3", "none"]);
    }
}
