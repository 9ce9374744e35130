//! Words in the dialogs of a coordinator that are not sent: they stay for the life of the page, whatever closes the
//! dialog or takes its screen away.

use crate::ui::leaving;
use leptos::prelude::*;
use std::collections::BTreeMap;

/// What words are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Purpose {
    /// The question with which a story is given back.
    AskBack,
    /// Why it is not published.
    NotPublish,
    /// Why it is taken from the website.
    Withdraw,
}

/// What is typed, by story and purpose.
#[derive(Clone, Copy, Debug)]
struct UnsentWords(StoredValue<BTreeMap<(String, Purpose), ArcRwSignal<String>>>);

/// Puts them into the context; the browser asks before the page is left with any.
pub fn provide_unsent_words() {
    let all = StoredValue::new(BTreeMap::<(String, Purpose), ArcRwSignal<String>>::new());
    let has_some = move || {
        all.with_value(|all| {
            let mut all = all.values();
            all.any(|words| words.with_untracked(|words| !words.trim().is_empty()))
        })
    };
    leaving::ask_while(Signal::derive(has_some));
    provide_context(UnsentWords(all));
}

/// The words for a story, from anywhere below [`provide_unsent_words`]; to be emptied when they are sent.
pub fn use_unsent_words(story: &str, purpose: Purpose) -> RwSignal<String> {
    let all = expect_context::<UnsentWords>().0;
    let none = || ArcRwSignal::new(String::new());
    let words = all.try_update_value(|all| {
        let words = all.entry((story.to_owned(), purpose));
        words.or_insert_with(none).clone()
    });
    words.unwrap_or_else(none).into()
}
