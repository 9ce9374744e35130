//! What people write, as nodes: a small part of Markdown, never HTML (P6).
//!
//! The page, its preview in the app and the feed all draw these nodes, so they cannot differ.
//!
//! | written | node |
//! |---|---|
//! | an empty line | end of a paragraph, a list or a quotation |
//! | a line end | [`Inline::Break`]: who types one means one |
//! | `- one` or `* one`; `1. one` | [`Block::List`] |
//! | `> said` | [`Block::Quote`] |
//! | `**strong**`; `*stress*` or `_stress_` | [`Inline::Strong`], [`Inline::Stress`] |
//! | `[words](https://…)`, `https://…` | [`Inline::Link`], to `https:` and `mailto:` only |
//! | `\*` | the character itself |
//!
//! All else is text as it stands, also what looks like a tag. Reading takes time in proportion to the
//! length, whatever is written.

mod inline;

/// A part of a text that stands by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// Lines that belong together.
    Paragraph(Vec<Inline>),
    /// Items, each of one line or more.
    List {
        /// Whether the items are numbered.
        ordered: bool,
        /// The items, at least one.
        items: Vec<Vec<Inline>>,
    },
    /// What somebody said.
    Quote(Vec<Inline>),
}

/// A part of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Inline {
    /// Letters; to be escaped by whoever writes HTML.
    Text(String),
    /// A new line.
    Break,
    /// With more weight.
    Strong(Vec<Self>),
    /// With stress.
    Stress(Vec<Self>),
    /// A link.
    Link {
        /// An address that begins with `https://` or `mailto:`.
        to: String,
        /// Its words, no links among them.
        words: Vec<Self>,
    },
}

/// Returns the blocks of `text`, none for an empty one.
#[must_use]
pub fn read(text: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut open: Option<Open> = None;
    for line in text.lines() {
        let line = Line::read(line);
        if !open.as_mut().is_some_and(|block| block.take(&line)) {
            blocks.extend(open.take().map(Open::close));
            open = Open::start(&line);
        }
    }
    blocks.extend(open.map(Open::close));
    blocks
}

/// Returns the letters of `text` without any markup, on one line.
#[must_use]
pub fn plain(text: &str) -> String {
    let mut words = String::with_capacity(text.len());
    for block in read(text) {
        match block {
            Block::Paragraph(line) | Block::Quote(line) => push_plain(&mut words, &line),
            Block::List { items, .. } => items.iter().for_each(|item| push_plain(&mut words, item)),
        }
    }
    words
}

/// Adds a line to a text of words separated by one space.
fn push_plain(words: &mut String, line: &[Inline]) {
    if !words.is_empty() {
        words.push(' ');
    }
    for inline in line {
        match inline {
            Inline::Text(text) => words.push_str(text),
            Inline::Break => words.push(' '),
            Inline::Strong(inner) | Inline::Stress(inner) | Inline::Link { words: inner, .. } => {
                let mut inner_words = String::new();
                push_plain(&mut inner_words, inner);
                words.push_str(&inner_words);
            }
        }
    }
}

/// What the beginning of a line says.
enum Line<'a> {
    Empty,
    Bullet(&'a str),
    Number(&'a str),
    Quote(&'a str),
    Text(&'a str),
}

impl<'a> Line<'a> {
    fn read(line: &'a str) -> Self {
        let line = line.trim();
        if line.is_empty() {
            return Self::Empty;
        }
        if let Some(rest) = line.strip_prefix("- ").or_else(|| line.strip_prefix("* ")) {
            return Self::Bullet(rest.trim_start());
        }
        if let Some(rest) = line.strip_prefix('>') {
            return Self::Quote(rest.trim_start());
        }
        match line.split_once(". ") {
            Some((number, rest)) if is_number(number) => Self::Number(rest.trim_start()),
            Some(_) | None => Self::Text(line),
        }
    }
}

/// Up to two digits: "1918. Het was oorlog." is no item of a list.
fn is_number(text: &str) -> bool {
    (1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// A block that may grow.
enum Open<'a> {
    Paragraph(Vec<&'a str>),
    List { ordered: bool, items: Vec<Vec<&'a str>> },
    Quote(Vec<&'a str>),
}

impl<'a> Open<'a> {
    fn start(line: &Line<'a>) -> Option<Self> {
        Some(match line {
            Line::Empty => return None,
            Line::Text(text) => Self::Paragraph(vec![text]),
            Line::Quote(text) => Self::Quote(vec![text]),
            Line::Bullet(text) => Self::List {
                ordered: false,
                items: vec![vec![text]],
            },
            Line::Number(text) => Self::List {
                ordered: true,
                items: vec![vec![text]],
            },
        })
    }

    /// Takes the line in, if it belongs here.
    fn take(&mut self, line: &Line<'a>) -> bool {
        match (self, line) {
            (Self::Paragraph(lines), Line::Text(text)) => lines.push(text),
            (Self::Quote(lines), Line::Quote(text) | Line::Text(text)) => lines.push(text),
            (
                Self::List {
                    ordered: false,
                    items,
                },
                Line::Bullet(text),
            )
            | (Self::List { ordered: true, items }, Line::Number(text)) => items.push(vec![text]),
            (Self::List { items, .. }, Line::Text(text)) => {
                if let Some(item) = items.last_mut() {
                    item.push(text);
                }
            }
            (Self::Paragraph(_) | Self::Quote(_) | Self::List { .. }, _) => return false,
        }
        true
    }

    fn close(self) -> Block {
        match self {
            Self::Paragraph(lines) => Block::Paragraph(inline::read(&lines)),
            Self::Quote(lines) => Block::Quote(inline::read(&lines)),
            Self::List { ordered, items } => Block::List {
                ordered,
                items: items.iter().map(|lines| inline::read(lines)).collect(),
            },
        }
    }
}

#[cfg(test)]
mod tests;
