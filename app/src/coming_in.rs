//! What is told while what others wrote is still coming.

use shared::view::StoryRow;
use std::sync::Arc;
use texts::Locale;

/// Says how many stories are here; nothing while none is. How many are still to come nobody knows: the relay counts
/// their tellers, too.
pub fn words<'a>(texts: Locale, rows: impl Iterator<Item = &'a Arc<StoryRow>>) -> Option<String> {
    // Without its key it is here for nobody.
    let n_here = rows.filter(|row| !row.unreadable).count();
    (n_here > 0).then(|| texts.app_came_in(&n_here.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;
    use shared::view::StoryState;

    #[test]
    fn stories_that_can_be_read_are_counted() {
        let row = |unreadable| {
            Arc::new(StoryRow {
                unreadable,
                ..testing::row(StoryState::Draft)
            })
        };
        let rows = [row(false), row(true), row(false)];
        let said = Locale::ALL.map(|texts| words(texts, rows.iter()));
        let expected = [
            "Verhalen ophalen: 2 binnen",
            "Récits en route\u{a0}: 2 déjà là",
            "Fetching stories: 2 here so far",
        ];
        assert_eq!(said, expected.map(|words| Some(words.to_owned())));
    }

    #[test]
    fn none_is_no_number() {
        assert_eq!(words(Locale::Nl, [].iter()), None);
    }
}
