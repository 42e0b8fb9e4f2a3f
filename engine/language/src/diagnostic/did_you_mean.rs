//! The nearest known name.

/// The known name that is nearest to what was written, if it is near enough to be meant; else the shortest that begins with it,
/// or nearly so.
pub fn did_you_mean<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let lower = written.to_lowercase();
    let most = (written.chars().count() / 3).clamp(1, 4);
    let long = written.chars().count() >= 4;
    known
        .into_iter()
        .filter(|k| !k.is_empty())
        .map(|k| (distance(&lower, &k.to_lowercase(), most + 1), k))
        .filter(|(d, k)| {
            let known = k.to_lowercase();
            let same = || known.replace(['_', ' '], "") == lower.replace(['_', ' '], "");
            *d <= most || (long && (known.starts_with(&lower) || same() || begins_nearly(&lower, &known)))
        })
        .min_by_key(|(d, k)| (*d, k.len()))
        .map(|(_, k)| k)
}

/// Whether the known name begins with what was written, with one letter more behind the first.
fn begins_nearly(written: &str, known: &str) -> bool {
    let beginning: String = known.chars().take(written.chars().count() + 1).collect();
    written.chars().next() == known.chars().next() && distance(written, &beginning, 2) <= 1
}

/// Edit distance with transpositions, given up at `most`.
fn distance(a: &str, b: &str, most: usize) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().take(64).collect(), b.chars().take(64).collect());
    if a.len().abs_diff(b.len()) >= most {
        return most;
    }
    let mut rows = vec![vec![0usize; b.len() + 1]; a.len() + 1];
    let get =
        |rows: &[Vec<usize>], i: usize, j: usize| rows.get(i).and_then(|r| r.get(j)).copied().unwrap_or(usize::MAX - 1);
    for i in 0..=a.len() {
        for j in 0..=b.len() {
            let value = if i == 0 {
                j
            } else if j == 0 {
                i
            } else {
                let same = a.get(i - 1) == b.get(j - 1);
                let mut best = (get(&rows, i - 1, j) + 1)
                    .min(get(&rows, i, j - 1) + 1)
                    .min(get(&rows, i - 1, j - 1) + usize::from(!same));
                if i > 1 && j > 1 && a.get(i - 1) == b.get(j - 2) && a.get(i - 2) == b.get(j - 1) {
                    best = best.min(get(&rows, i - 2, j - 2) + 1);
                }
                best
            };
            if let Some(cell) = rows.get_mut(i).and_then(|r| r.get_mut(j)) {
                *cell = value;
            }
        }
    }
    get(&rows, a.len(), b.len()).min(most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_found_and_far_ones_are_not() {
        let known = ["default_price", "sale_price", "sku", "name", "type"];
        assert_eq!(did_you_mean("defalut_price", known), Some("default_price"));
        assert_eq!(did_you_mean("typ", known), Some("type"));
        assert_eq!(did_you_mean("DefaultPrice", known), Some("default_price"));
        assert_eq!(did_you_mean("trunc", ["truncate", "trunk_size", "round"]), Some("truncate"));
        assert_eq!(did_you_mean("defa", ["default_price_of_all", "default_price"]), Some("default_price"));
        assert_eq!(did_you_mean("trnc", ["truncate", "round"]), Some("truncate"));
        assert_eq!(did_you_mean("trnc", ["matrunc", "translate"]), None);
        assert_eq!(did_you_mean("def", known), None);
        assert_eq!(did_you_mean("colour", known), None);
        assert_eq!(did_you_mean("", known), None);
    }
}
