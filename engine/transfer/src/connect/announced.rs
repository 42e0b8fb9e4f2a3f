//! What an answer says of the length of its list: V3 in `meta.pagination`, iPaaS.com in the header `X-Pagination`, V2 nothing.

use mapwright_language::json::{Json, read};
use mapwright_language::schema::Paging;

use super::wire::Answer;

/// The length of a list, as far as an answer says it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Announced {
    /// Records in all pages.
    pub records: Option<u64>,
    /// Pages of the size that was asked for.
    pub pages: Option<u64>,
}

impl Announced {
    /// Of an answer.
    #[must_use]
    pub fn of(paging: Paging, answer: &Answer) -> Self {
        match paging {
            Paging::V2 | Paging::None => Announced::default(),
            Paging::V3 => read(&answer.body)
                .ok()
                .and_then(|body| Some(Self::among(body.get("meta")?.get("pagination")?)))
                .unwrap_or_default(),
            Paging::Ipaas => {
                let header = answer.pagination.as_deref().and_then(|header| read(header.as_bytes()).ok());
                header.as_ref().map(Self::among).unwrap_or_default()
            }
        }
    }

    /// Both APIs' words for it; iPaaS.com's are written in any case, with and without `_`.
    fn among(json: &Json) -> Self {
        let number = |names: [&str; 2]| {
            json.entries().iter().find_map(|(key, value)| {
                let plain: String = key.chars().filter(|c| *c != '_').collect();
                let named = names.iter().any(|name| plain.eq_ignore_ascii_case(name));
                value.id().filter(|_| named)?.parse().ok()
            })
        };
        Announced { records: number(["total", "totalCount"]), pages: number(["totalPages", "totalPages"]) }
    }

    /// The least number of records that there are, if the pages are of this size.
    #[must_use]
    pub fn least(&self, size: u64) -> u64 {
        let by_pages = self.pages.map_or(0, |pages| match pages {
            0 | 1 => 0,
            more => (more - 1).saturating_mul(size) + 1,
        });
        // of two that contradict each other the count of records is the plainer one
        self.records.unwrap_or(by_pages)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_systems_say_how_many_there_are() {
        let v3 = Answer {
            body: br#"{"data":[],"meta":{"pagination":{"total":300,"total_pages":2}}}"#.to_vec(),
            ..Answer::default()
        };
        assert_eq!(Announced::of(Paging::V3, &v3), Announced { records: Some(300), pages: Some(2) });
        let ipaas = |header: &str| Answer { pagination: Some(header.to_owned()), ..Answer::default() };
        for (header, records, pages) in [
            (r#"{"current_Page":1,"total_Pages":3}"#, None, Some(3)),
            (r#"{"CurrentPage":1,"TotalPages":3,"TotalCount":250}"#, Some(250), Some(3)),
            ("nonsense", None, None),
        ] {
            assert_eq!(Announced::of(Paging::Ipaas, &ipaas(header)), Announced { records, pages }, "{header}");
        }
        assert_eq!(Announced { records: None, pages: Some(3) }.least(100), 201);
        assert_eq!(Announced { records: Some(250), pages: Some(0) }.least(100), 250);
    }
}
