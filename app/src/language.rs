//! Which language the screens speak.

use texts::Locale;

/// The language that was chosen on this device, else the first that the browser asks for and we have, else Dutch.
pub fn spoken(chosen: Option<&str>, asked: impl IntoIterator<Item = String>) -> Locale {
    let known = |tag: String| Locale::from_tag(&tag);
    chosen
        .and_then(Locale::from_tag)
        .or_else(|| asked.into_iter().find_map(known))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_choice_comes_before_the_browser_and_dutch_is_there_for_all() {
        let asked = |tags: &[&str]| tags.iter().map(|tag| (*tag).to_owned()).collect::<Vec<_>>();
        assert_eq!(spoken(None, asked(&[])), Locale::Nl);
        assert_eq!(spoken(None, asked(&["de-AT", "tr"])), Locale::Nl);
        assert_eq!(spoken(None, asked(&["de", "fr-BE", "en"])), Locale::Fr);
        assert_eq!(spoken(Some("en"), asked(&["fr-BE"])), Locale::En);
        // As a later version may have left it.
        assert_eq!(spoken(Some("xx"), asked(&["fr-BE"])), Locale::Fr);
    }
}
