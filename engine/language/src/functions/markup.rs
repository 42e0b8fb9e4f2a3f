//! Functions on HTML in texts.

use super::Function;
use super::TypePattern::Text;
use super::arguments::{grown, made, text};
use super::function::{Parameter, of};

const SUBJECT: Parameter = of("text", Text);

/// Elements that stand on lines of their own.
const BLOCKS: &[&str] = &[
    "address",
    "article",
    "aside",
    "blockquote",
    "br",
    "dd",
    "div",
    "dl",
    "dt",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "li",
    "main",
    "nav",
    "ol",
    "p",
    "pre",
    "section",
    "table",
    "td",
    "th",
    "tr",
    "ul",
];
/// Elements whose content nobody reads.
const UNSEEN: &[&str] = &["script", "style", "template", "title"];

/// Named characters; `nbsp` becomes an ordinary blank.
const ENTITIES: &[(&str, &str)] = &[
    ("amp", "&"),
    ("lt", "<"),
    ("gt", ">"),
    ("quot", "\""),
    ("apos", "'"),
    ("nbsp", " "),
    ("copy", "©"),
    ("reg", "®"),
    ("trade", "™"),
    ("hellip", "…"),
    ("mdash", "—"),
    ("ndash", "–"),
    ("lsquo", "‘"),
    ("rsquo", "’"),
    ("ldquo", "“"),
    ("rdquo", "”"),
    ("laquo", "«"),
    ("raquo", "»"),
    ("bull", "•"),
    ("middot", "·"),
    ("euro", "€"),
    ("pound", "£"),
    ("yen", "¥"),
    ("cent", "¢"),
    ("sect", "§"),
    ("deg", "°"),
    ("plusmn", "±"),
    ("times", "×"),
    ("divide", "÷"),
    ("frac12", "½"),
    ("frac14", "¼"),
    ("frac34", "¾"),
    ("sup2", "²"),
    ("sup3", "³"),
    ("micro", "µ"),
    ("szlig", "ß"),
    ("agrave", "à"),
    ("aacute", "á"),
    ("acirc", "â"),
    ("atilde", "ã"),
    ("auml", "ä"),
    ("aring", "å"),
    ("aelig", "æ"),
    ("ccedil", "ç"),
    ("egrave", "è"),
    ("eacute", "é"),
    ("ecirc", "ê"),
    ("euml", "ë"),
    ("igrave", "ì"),
    ("iacute", "í"),
    ("icirc", "î"),
    ("iuml", "ï"),
    ("ntilde", "ñ"),
    ("ograve", "ò"),
    ("oacute", "ó"),
    ("ocirc", "ô"),
    ("otilde", "õ"),
    ("ouml", "ö"),
    ("oslash", "ø"),
    ("ugrave", "ù"),
    ("uacute", "ú"),
    ("ucirc", "û"),
    ("uuml", "ü"),
    ("Auml", "Ä"),
    ("Ouml", "Ö"),
    ("Uuml", "Ü"),
    ("Eacute", "É"),
    ("Agrave", "À"),
    ("Ccedil", "Ç"),
    ("Ntilde", "Ñ"),
    ("Oslash", "Ø"),
    ("Aring", "Å"),
];

/// A text under construction in which no `<` ever stands before what would make it a tag.
#[derive(Default)]
struct Plain(String);

impl Plain {
    fn push(&mut self, c: char) {
        if self.0.ends_with('<') && (c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?')) {
            self.0.pop();
        }
        match c {
            '\n' => {
                self.0.truncate(self.0.trim_end_matches(' ').len());
                if !self.0.is_empty() && !self.0.ends_with('\n') {
                    self.0.push('\n');
                }
            }
            c if c.is_whitespace() => {
                if !self.0.is_empty() && !self.0.ends_with([' ', '\n']) {
                    self.0.push(' ');
                }
            }
            c => self.0.push(c),
        }
    }
}

/// Where a tag that begins at `<` ends, behind its `>`; quotes in it may hold a `>`.
fn end_of_tag(html: &str) -> usize {
    let mut quote = None;
    let mut before = ' ';
    for (at, c) in html.char_indices() {
        match quote {
            Some(open) if c == open => quote = None,
            Some(_) => {}
            None if matches!(c, '"' | '\'') && before == '=' => quote = Some(c),
            None if c == '>' => return at + 1,
            None => {}
        }
        if !c.is_whitespace() {
            before = c;
        }
    }
    html.len()
}

/// Where the text `close` stands, in any case, or the end.
fn find_end(html: &str, close: &str) -> usize {
    let (bytes, close) = (html.as_bytes(), close.as_bytes());
    bytes.windows(close.len()).position(|w| w.eq_ignore_ascii_case(close)).unwrap_or(html.len())
}

fn strip(html: &str) -> String {
    let mut plain = Plain::default();
    let mut rest = html;
    while let Some(c) = rest.chars().next() {
        let second = rest.as_bytes().get(1).copied().unwrap_or(b' ');
        let skipped = if c != '<' || !(second.is_ascii_alphabetic() || matches!(second, b'/' | b'!' | b'?')) {
            plain.push(if c.is_whitespace() { ' ' } else { c });
            c.len_utf8()
        } else if let Some(comment) = rest.strip_prefix("<!--") {
            4 + find_end(comment, "-->").saturating_add(3).min(comment.len())
        } else {
            let name = rest.trim_start_matches(['<', '/']);
            let name: String = name.chars().take_while(char::is_ascii_alphanumeric).take(16).collect();
            let name = name.to_ascii_lowercase();
            if BLOCKS.contains(&name.as_str()) {
                plain.push('\n');
            }
            let end = end_of_tag(rest);
            if second != b'/' && UNSEEN.contains(&name.as_str()) {
                let content = rest.get(end..).unwrap_or_default();
                end + find_end(content, &format!("</{name}"))
            } else {
                end
            }
        };
        rest = rest.get(skipped..).unwrap_or_default();
    }
    let Plain(mut made) = plain;
    made.truncate(made.trim_end().len());
    made
}

/// The character that `name` between `&` and `;` stands for.
fn entity(name: &str) -> Option<String> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok()?,
            None => number.parse().ok()?,
        };
        // by name or by number, a blank that does not break is a blank
        return char::from_u32(if code == 0xa0 { 0x20 } else { code }).filter(|c| *c != '\0').map(String::from);
    }
    ENTITIES.iter().find(|(known, _)| *known == name).map(|(_, is)| (*is).to_owned())
}

fn unescape(text: &str) -> String {
    let mut made = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        let (before, from) = rest.split_at(at);
        made.push_str(before);
        // no name is longer
        let end = from.bytes().take(12).position(|b| b == b';');
        let name = end.and_then(|end| from.get(1..end));
        match (end, name.and_then(entity)) {
            (Some(end), Some(is)) => {
                made.push_str(&is);
                rest = from.get(end + 1..).unwrap_or_default();
            }
            _ => {
                made.push('&');
                rest = from.get(1..).unwrap_or_default();
            }
        }
    }
    made.push_str(rest);
    made
}

fn escape(text: &str) -> String {
    let mut made = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => made.push_str("&amp;"),
            '<' => made.push_str("&lt;"),
            '>' => made.push_str("&gt;"),
            '"' => made.push_str("&quot;"),
            '\'' => made.push_str("&#39;"),
            c => made.push(c),
        }
    }
    made
}

pub(super) static FUNCTIONS: &[Function] = &[
    Function::new(
        "strip_html",
        "the text of HTML: tags, comments, scripts and styles are gone, paragraphs and rows stand on lines of their own; `&amp;` and the like stay (`unescape_html`)",
        &[SUBJECT],
        Text,
        &[
            ("\"<p>A <b>red</b> tee.</p><p>Cotton</p>\" | strip_html", "\"A red tee.\\nCotton\""),
            ("\"<p>Fish &amp; Chips</p>\" | strip_html | unescape_html", "\"Fish & Chips\""),
            ("\"2 < 3\" | strip_html", "\"2 < 3\""),
        ],
        |v| made(&strip(text(v, 0))),
    ),
    Function::new(
        "escape_html",
        "a text as it is written in HTML: `&`, `<`, `>` and quotes become `&amp;`, `&lt;` and so on",
        &[SUBJECT],
        Text,
        &[("'<b>\"M&M\"</b>' | escape_html", "'&lt;b&gt;&quot;M&amp;M&quot;&lt;/b&gt;'")],
        |v| grown(&escape(text(v, 0))),
    )
    .fails("the result is longer than 16 MiB"),
    Function::new(
        "unescape_html",
        "puts the character in place of `&amp;`, `&eacute;`, `&#39;`, `&#x27;`; what it does not know stays",
        &[SUBJECT],
        Text,
        &[("\"Caf&eacute; &#38; &quot;Bar&quot; &what;\" | unescape_html", "\"Café & \\\"Bar\\\" &what;\"")],
        |v| made(&unescape(text(v, 0))),
    ),
];
