//! A plain document of text lines as PDF: pages of A4, one font in two weights. Knows nothing of what
//! the lines say.

use pdf_writer::{Content, Finish, Name, Pdf, Rect, Ref, Str};

/// Lines of a page.
const LINES: usize = 58;
/// Points from one line to the next.
const LEADING: f32 = 13.0;
/// Where the text begins, in points from the left and from the bottom.
const ORIGIN: (f32, f32) = (50.0, 790.0);
/// Size of the letters in points.
const LETTERS: f32 = 9.0;

/// A line: cells with the points from the left margin at which they begin.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Line {
    /// Whether it stands out.
    pub bold: bool,
    /// Where cells begin, and what they say.
    pub cells: Vec<(f32, String)>,
}

impl Line {
    /// A line of one text.
    pub fn text(text: impl Into<String>) -> Self {
        Self { bold: false, cells: vec![(0.0, text.into())] }
    }

    /// A line of one text that stands out.
    pub fn bold(text: impl Into<String>) -> Self {
        Self { bold: true, ..Self::text(text) }
    }
}

/// The document. The streams are not compressed, so that what it says can be searched for in its
/// bytes.
pub(super) fn document(title: &str, lines: &[Line]) -> Vec<u8> {
    let (catalog, tree, info) = (Ref::new(1), Ref::new(2), Ref::new(3));
    let fonts = [(b"F1", Ref::new(4), &b"Helvetica"[..]), (b"F2", Ref::new(5), b"Helvetica-Bold")];
    let mut pdf = Pdf::new();
    pdf.catalog(catalog).pages(tree);
    pdf.document_info(info).title(pdf_writer::TextStr(title));
    for (_, font, name) in fonts {
        pdf.type1_font(font).base_font(Name(name)).encoding_predefined(Name(b"WinAnsiEncoding"));
    }
    let chunks: Vec<&[Line]> =
        if lines.is_empty() { vec![&[]] } else { lines.chunks(LINES).collect() };
    let mut pages = Vec::with_capacity(chunks.len());
    let mut next = Ref::new(6);
    for lines in chunks {
        let (page, content) = (next.bump(), next.bump());
        pages.push(page);
        let mut written = pdf.page(page);
        written.parent(tree).media_box(Rect::new(0.0, 0.0, 595.0, 842.0)).contents(content);
        let mut resources = written.resources();
        let mut named = resources.fonts();
        for (name, font, _) in fonts {
            named.pair(Name(name), font);
        }
        named.finish();
        resources.finish();
        written.finish();
        pdf.stream(content, &text(lines));
    }
    let count = i32::try_from(pages.len()).unwrap_or(i32::MAX);
    pdf.pages(tree).kids(pages).count(count);
    pdf.finish()
}

fn text(lines: &[Line]) -> Vec<u8> {
    let mut content = Content::new();
    content.begin_text();
    let mut y = ORIGIN.1;
    for line in lines {
        content.set_font(Name(if line.bold { b"F2" } else { b"F1" }), LETTERS);
        for (x, cell) in &line.cells {
            content.set_text_matrix([1.0, 0.0, 0.0, 1.0, ORIGIN.0 + x, y]);
            content.show(Str(&encoded(cell)));
        }
        y -= LEADING;
    }
    content.end_text();
    content.finish().into_vec()
}

/// The bytes of a text in `WinAnsiEncoding`; the fonts of every reader know no other letters, so those
/// of other scripts become question marks.
fn encoded(text: &str) -> Vec<u8> {
    text.chars()
        .map(|letter| match letter {
            '€' => 0x80,
            '‘' => 0x91,
            '’' => 0x92,
            '“' => 0x93,
            '”' => 0x94,
            '–' => 0x96,
            '—' => 0x97,
            'Š' => 0x8a,
            'š' => 0x9a,
            'Ž' => 0x8e,
            'ž' => 0x9e,
            'Œ' => 0x8c,
            'œ' => 0x9c,
            ' '..='~' | '\u{a0}'..='\u{ff}' => u8::try_from(u32::from(letter)).unwrap_or(b'?'),
            _ => b'?',
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every offset of the table leads to the object that it names.
    #[test]
    fn the_document_is_one_that_readers_find_their_way_in() {
        for count in [0, 1, LINES, LINES + 1, 3 * LINES] {
            let lines: Vec<Line> =
                (0..count).map(|number| Line::text(format!("line ({number})"))).collect();
            let bytes = document("A title", &lines);
            let text = String::from_utf8_lossy(&bytes).into_owned();
            assert!(text.starts_with("%PDF-1.") && text.trim_end().ends_with("%%EOF"));
            let pages = count.div_ceil(LINES).max(1);
            assert!(text.contains(&format!("/Count {pages}")), "{count}");
            let start = bytes.windows(9).rposition(|window| window == b"startxref").unwrap();
            let table: usize = String::from_utf8_lossy(&bytes[start + 9..])
                .split_whitespace()
                .next()
                .unwrap()
                .parse()
                .unwrap();
            let table = String::from_utf8_lossy(&bytes[table..]).into_owned();
            let mut words = table.split_whitespace().skip(1);
            let (first, size): (usize, usize) =
                (words.next().unwrap().parse().unwrap(), words.next().unwrap().parse().unwrap());
            assert_eq!((first, size), (0, 6 + 2 * pages));
            for object in 0..size {
                let offset: usize = words.next().unwrap().parse().unwrap();
                let used = words.nth(1).unwrap() == "n";
                let head = format!("{object} 0 obj");
                assert!(!used || bytes[offset..].starts_with(head.as_bytes()), "{object}");
            }
        }
    }

    #[test]
    fn letters_outside_the_encoding_are_marked() {
        assert_eq!(encoded("Café €5 – Łódź 東"), b"Caf\xe9 \x805 \x96 ?\xf3d? ?");
        assert_eq!(encoded("a\n\u{7f}\u{85}"), b"a???");
    }
}
