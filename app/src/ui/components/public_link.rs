//! The way from a story to its page on the website.

use crate::ui::components::bound::OpenStory;
use crate::ui::components::icon::{Drawn, Icon};
use crate::ui::desk::Desk;
use crate::ui::memo::memo;
use crate::ui::use_texts;
use leptos::prelude::*;

/// A link while the story is online, nothing else.
#[component]
pub fn PublicLink(
    /// The story.
    desk: OpenStory,
) -> impl IntoView {
    let texts = use_texts();
    let story = desk.with_value(Desk::story);
    let online = memo(move || {
        story.with(|story| {
            let story = story.as_ref()?;
            story.online_version.map(|_| story.row.id.clone())
        })
    });
    move || {
        online.get().map(|id| {
            view! {
                <p>
                    <a class="button button--quiet" rel="external" href=format!("/verhaal/{id}")>
                        <Drawn icon=Icon::Globe />
                        {texts.review_do_public()}
                    </a>
                </p>
            }
        })
    }
}
