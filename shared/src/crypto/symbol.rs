//! Crockford's base 32: letters and digits that can be read aloud and typed without trouble.

/// The 32 symbols, in the order of their value. No I, L, O (they are read as 1, 1, 0) and no U.
const SYMBOLS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Returns the symbol of the lowest five bits.
pub(super) fn symbol(value: u8) -> char {
    SYMBOLS
        .get(usize::from(value & 31))
        .map_or('0', |&symbol| char::from(symbol))
}

/// Returns the value of a symbol as a person may type it.
pub(super) fn value(symbol: char) -> Option<u8> {
    let symbol = match symbol.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    SYMBOLS
        .iter()
        .position(|&known| char::from(known) == symbol)
        .and_then(|value| u8::try_from(value).ok())
}

/// Tells whether a person may put this between symbols: spaces, hyphens and dashes.
pub(super) fn is_separator(symbol: char) -> bool {
    symbol.is_whitespace() || matches!(symbol, '-' | '\u{ad}' | '\u{2010}'..='\u{2015}' | '\u{2212}')
}

/// Writes symbols in groups of four, with hyphens between.
pub(super) fn grouped(values: impl Iterator<Item = u8>) -> String {
    let mut text = String::new();
    for (idx, value) in values.enumerate() {
        if idx > 0 && idx % 4 == 0 {
            text.push('-');
        }
        text.push(symbol(value));
    }
    text
}
