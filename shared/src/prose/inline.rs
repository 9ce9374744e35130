//! Weight, stress and links within lines, in one pass.

use super::Inline;

/// Longest words of a link, in bytes: what follows `[` is looked through no further.
const WORDS_BYTES_MAX: usize = 200;
/// Longest address of a link, in bytes.
const ADDRESS_BYTES_MAX: usize = 1000;

/// Returns the nodes of lines that belong together.
pub(super) fn read(lines: &[&str]) -> Vec<Inline> {
    let mut reader = Reader::default();
    for (idx, line) in lines.iter().enumerate() {
        if idx > 0 {
            reader.push(Inline::Break);
        }
        reader.line(line, true);
    }
    reader.finish()
}

/// Nodes so far, and where a mark was opened that nothing has closed yet.
///
/// Of each kind at most one is open, and closing one forgets those opened after it. So every mark is
/// handled once.
#[derive(Default)]
struct Reader {
    nodes: Vec<Inline>,
    text: String,
    open: Vec<(Mark, usize)>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    Strong,
    Star,
    Underscore,
}

impl Mark {
    fn sign(self) -> &'static str {
        match self {
            Self::Strong => "**",
            Self::Star => "*",
            Self::Underscore => "_",
        }
    }
}

impl Reader {
    fn line(&mut self, line: &str, with_links: bool) {
        let mut rest = line;
        let mut before = None;
        while let Some(character) = rest.chars().next() {
            let taken = self.special(rest, before, with_links).unwrap_or_else(|| {
                self.text.push(character);
                character.len_utf8()
            });
            let (done, next) = rest.split_at_checked(taken).unwrap_or((rest, ""));
            before = done.chars().next_back();
            rest = next;
        }
    }

    /// Handles what is no plain letter at the start of `rest`; returns how many bytes it took.
    fn special(&mut self, rest: &str, before: Option<char>, with_links: bool) -> Option<usize> {
        if let Some(escaped) = rest.strip_prefix('\\') {
            let character = escaped.chars().next().filter(char::is_ascii_punctuation)?;
            self.text.push(character);
            return Some(1 + character.len_utf8());
        }
        if with_links
            && !before.is_some_and(char::is_alphanumeric)
            && let Some((taken, link)) = bare_link(rest).or_else(|| worded_link(rest))
        {
            self.push(link);
            return Some(taken);
        }
        let marks = [Mark::Strong, Mark::Star, Mark::Underscore];
        let mark = marks.into_iter().find(|mark| rest.starts_with(mark.sign()))?;
        let sign = mark.sign();
        let after = rest.get(sign.len()..).and_then(|after| after.chars().next());
        self.mark(mark, before, after).then_some(sign.len())
    }

    /// Opens or closes; a mark that can do neither is text.
    fn mark(&mut self, mark: Mark, before: Option<char>, after: Option<char>) -> bool {
        let closes = before.is_some_and(|character| !character.is_whitespace());
        let opens = after.is_some_and(|character| !character.is_whitespace());
        // snake_case is a word.
        let inside_word =
            before.is_some_and(char::is_alphanumeric) && after.is_some_and(char::is_alphanumeric);
        if mark == Mark::Underscore && inside_word {
            return false;
        }
        let opened = self.open.iter().position(|(open, _)| *open == mark);
        match opened {
            Some(position) if closes => {
                self.close(position);
                true
            }
            None if opens => {
                self.flush();
                self.open.push((mark, self.nodes.len()));
                // Stands as text until it is closed.
                self.nodes.push(Inline::Text(mark.sign().to_owned()));
                true
            }
            Some(_) | None => false,
        }
    }

    fn close(&mut self, position: usize) {
        let Some((mark, at)) = self.open.get(position).copied() else {
            return;
        };
        self.open.truncate(position);
        self.flush();
        let inner = join(self.nodes.split_off(at + 1));
        self.nodes.pop();
        self.nodes.push(match mark {
            Mark::Strong => Inline::Strong(inner),
            Mark::Star | Mark::Underscore => Inline::Stress(inner),
        });
    }

    fn push(&mut self, node: Inline) {
        self.flush();
        self.nodes.push(node);
    }

    fn flush(&mut self) {
        if !self.text.is_empty() {
            self.nodes.push(Inline::Text(std::mem::take(&mut self.text)));
        }
    }

    fn finish(mut self) -> Vec<Inline> {
        self.flush();
        join(self.nodes)
    }
}

/// Makes one text of neighbours.
fn join(nodes: Vec<Inline>) -> Vec<Inline> {
    let mut joined: Vec<Inline> = Vec::with_capacity(nodes.len());
    for node in nodes {
        match (joined.last_mut(), node) {
            (Some(Inline::Text(text)), Inline::Text(more)) => text.push_str(&more),
            (_, node) => joined.push(node),
        }
    }
    joined
}

/// Reads `https://…` up to a space, without the punctuation of the sentence around it.
fn bare_link(rest: &str) -> Option<(usize, Inline)> {
    if !rest.starts_with("https://") {
        return None;
    }
    // Looked through no further than an address may be long, or the time would grow with the square.
    let end = rest
        .char_indices()
        .take_while(|(at, _)| *at <= ADDRESS_BYTES_MAX)
        .find(|(_, character)| !is_address(*character));
    let address = match end {
        Some((end, _)) => rest.get(..end)?,
        None if rest.len() <= ADDRESS_BYTES_MAX => rest,
        None => return None,
    };
    let address = address.trim_end_matches(['.', ',', ';', ':', '!', '?', ')', '\'', '*', '_']);
    if address.len() <= "https://".len() {
        return None;
    }
    let link = Inline::Link {
        to: address.to_owned(),
        words: vec![Inline::Text(address.to_owned())],
    };
    Some((address.len(), link))
}

/// Reads `[words](address)`.
fn worded_link(rest: &str) -> Option<(usize, Inline)> {
    let inside = rest.strip_prefix('[')?;
    let words_end = position_within(inside, ']', WORDS_BYTES_MAX)?;
    let (words, after) = inside.split_at_checked(words_end)?;
    let target = after.strip_prefix("](")?;
    let address_end = position_within(target, ')', ADDRESS_BYTES_MAX)?;
    let address = target.get(..address_end)?;
    let allowed = ["https://", "mailto:"].into_iter().any(|scheme| {
        address
            .strip_prefix(scheme)
            .is_some_and(|address| !address.is_empty())
    });
    if words.trim().is_empty() || !allowed || !address.chars().all(is_address) {
        return None;
    }
    let mut inner = Reader::default();
    inner.line(words, false);
    let link = Inline::Link {
        to: address.to_owned(),
        words: inner.finish(),
    };
    Some((1 + words_end + 2 + address_end + 1, link))
}

fn position_within(text: &str, wanted: char, bytes_max: usize) -> Option<usize> {
    text.char_indices()
        .take_while(|(at, _)| *at <= bytes_max)
        .find(|(_, character)| *character == wanted)
        .map(|(at, _)| at)
}

/// Whether a character may stand in an address: no space, no control or direction sign, no quote or bracket.
fn is_address(character: char) -> bool {
    let direction =
        matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    !(character.is_whitespace() || character.is_control() || direction || "<>\"`{}|\\^".contains(character))
}
