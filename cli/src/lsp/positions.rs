//! Places as the protocol has them (line and UTF-16 units, both from 0), and bytes of a text.

use std::ops::Range;

use gen_lsp_types::Position;

/// Where the lines of a text start.
pub struct Lines<'t> {
    text: &'t str,
    starts: Vec<usize>,
}

impl<'t> Lines<'t> {
    /// A line ends with `\n`, `\r\n` or `\r`, as the protocol wants it.
    pub fn new(text: &'t str) -> Lines<'t> {
        let mut starts = vec![0];
        let bytes = text.as_bytes();
        for (i, byte) in bytes.iter().enumerate() {
            if *byte == b'\n' || *byte == b'\r' && bytes.get(i + 1) != Some(&b'\n') {
                starts.push(i + 1);
            }
        }
        Lines { text, starts }
    }

    /// The position of a byte; within a character that of its start, behind the end that of the end.
    pub fn position(&self, byte: usize) -> Position {
        let mut byte = byte.min(self.text.len());
        while !self.text.is_char_boundary(byte) {
            byte -= 1;
        }
        let line = self.starts.partition_point(|s| *s <= byte).saturating_sub(1);
        let start = self.starts.get(line).copied().unwrap_or(0);
        let units = self.text.get(start..byte).unwrap_or_default().encode_utf16().count();
        Position { line: number(line), character: number(units) }
    }

    /// The range of bytes; one at a line's end stays on its line.
    pub fn range(&self, bytes: Range<usize>) -> gen_lsp_types::Range {
        gen_lsp_types::Range { start: self.position(bytes.start), end: self.position(bytes.end.max(bytes.start)) }
    }

    /// The byte of a position. Behind a line's end it is that end, behind the last line the text's end.
    pub fn byte(&self, position: Position) -> usize {
        let line = position.line as usize;
        let Some(start) = self.starts.get(line).copied() else { return self.text.len() };
        let end = self.starts.get(line + 1).copied().unwrap_or(self.text.len());
        let whole = self.text.get(start..end).unwrap_or_default();
        let content = whole.trim_end_matches(['\n', '\r']);
        let mut left = position.character as usize;
        for (at, c) in content.char_indices() {
            if left < c.len_utf16() {
                return start + at;
            }
            left -= c.len_utf16();
        }
        start + content.len()
    }
}

fn number(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_utf_16_units() {
        let text = "aé😀b\r\nzwei\rdrei\n";
        let lines = Lines::new(text);
        for (needle, line, character) in
            [("a", 0, 0), ("é", 0, 1), ("😀", 0, 2), ("b", 0, 4), ("zwei", 1, 0), ("drei", 2, 0)]
        {
            let byte = text.find(needle).unwrap();
            let position = Position { line, character };
            assert_eq!(lines.position(byte), position, "{needle}");
            assert_eq!(lines.byte(position), byte, "{needle}");
        }
        assert_eq!(lines.byte(Position { line: 0, character: 3 }), 3, "within a character: its start");
        assert_eq!(lines.byte(Position { line: 0, character: 99 }), 8, "behind the end of a line: its end");
        assert_eq!(lines.byte(Position { line: 99, character: 0 }), text.len());
        assert_eq!(lines.position(4), Position { line: 0, character: 2 });
        assert_eq!(lines.position(999), Position { line: 3, character: 0 });
    }
}
