//! The columns of a paragraph: `<-`, `otherwise`, `on` and `#` each stand below each other, two blanks behind the longest
//! text before them.

/// A line that is laid out but for its columns.
pub(super) enum Line {
    Blank,
    Comment { indent: usize, text: String },
    Code(Row),
}

/// A line of code in its parts.
#[derive(Default)]
pub(super) struct Row {
    /// Depth in blanks.
    pub indent: usize,
    /// The bracket it stands in; 0 = none.
    pub group: usize,
    /// Up to `<-`, or the whole line if its `<-` is not aligned.
    pub head: String,
    /// From an aligned `<-` on.
    pub value: String,
    /// From `otherwise` on.
    pub otherwise: String,
    /// `on create`, `on update`
    pub on: String,
    /// With its `#`.
    pub comment: Option<String>,
}

/// The finished lines.
pub(super) fn align(lines: Vec<Line>) -> Vec<String> {
    let mut out = Vec::with_capacity(lines.len());
    let mut paragraph = Vec::new();
    for line in lines {
        if matches!(line, Line::Blank) {
            finish(std::mem::take(&mut paragraph), &mut out);
            out.push(String::new());
        } else {
            paragraph.push(line);
        }
    }
    finish(paragraph, &mut out);
    out
}

/// A row under construction: its text so far and what is still to come.
struct Growing {
    text: String,
    row: Row,
}

fn finish(paragraph: Vec<Line>, out: &mut Vec<String>) {
    let mut growing: Vec<Growing> = paragraph
        .into_iter()
        .map(|line| match line {
            Line::Code(mut row) => {
                let text = format!("{:1$}{2}", "", row.indent, std::mem::take(&mut row.head));
                Growing { text, row }
            }
            Line::Comment { indent, text } => Growing { text: format!("{:indent$}{text}", ""), row: Row::default() },
            Line::Blank => Growing { text: String::new(), row: Row::default() },
        })
        .collect();
    let mut groups: Vec<usize> = growing.iter().map(|g| g.row.group).collect();
    groups.sort_unstable();
    groups.dedup();
    for group in groups {
        column(&mut growing, |row| (row.group == group).then(|| std::mem::take(&mut row.value)));
    }
    column(&mut growing, |row| Some(std::mem::take(&mut row.otherwise)));
    column(&mut growing, |row| Some(std::mem::take(&mut row.on)));
    column(&mut growing, |row| row.comment.take());
    out.extend(growing.into_iter().map(|g| g.text));
}

/// Appends a part to every row that has it, all in one column.
fn column(rows: &mut [Growing], mut part: impl FnMut(&mut Row) -> Option<String>) {
    let parts: Vec<String> = rows.iter_mut().map(|g| part(&mut g.row).unwrap_or_default()).collect();
    let width = |text: &str| text.chars().count();
    let widest = rows.iter().zip(&parts).filter(|(_, p)| !p.is_empty()).map(|(g, _)| width(&g.text)).max().unwrap_or(0);
    for (growing, part) in rows.iter_mut().zip(parts) {
        if !part.is_empty() {
            let blanks = widest + 2 - width(&growing.text);
            growing.text.extend(std::iter::repeat_n(' ', blanks));
            growing.text.push_str(&part);
        }
    }
}
