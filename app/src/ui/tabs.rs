//! Where you can go.

use crate::lists;
use crate::ui::components::icon::{Drawn, Icon};
use crate::ui::components::show::Show;
use crate::ui::memo::memo;
use crate::ui::use_texts;
use crate::ui::view::{CoreState, use_view};
use leptos::html;
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use shared::view::{Role, Standing, StoryRow};
use web_sys::HtmlElement;

/// The main menu: what this member may use, and while the app opens what everybody may.
#[component]
pub fn Tabs() -> impl IntoView {
    let texts = use_texts();
    let view = use_view();
    let shown = move || match view.core.get() {
        CoreState::Starting | CoreState::Ready => true,
        CoreState::TakenOver | CoreState::Unusable(_) | CoreState::GaveUp => false,
    };
    let leads = memo(move || {
        view.standing
            .with(|standing| standing.as_ref().is_some_and(leads))
    });
    let to_review = use_count(lists::is_to_read);
    let to_answer = use_count(|row| row.mine && row.is_asked);
    let to_admit = memo(move || {
        view.standing
            .with(|standing| standing.as_ref().map_or(0, n_to_admit))
    });
    let admit_count = move || count(to_admit.get(), texts.tab_members_count(to_admit.get()));
    let review_count = move || count(to_review.get(), texts.tab_review_count(to_review.get()));
    let answer_count = move || count(to_answer.get(), texts.tab_stories_count(to_answer.get()));
    view! {
        <Show when=shown>
            <nav class="tabs" aria-label=texts.tab_menu()>
                <Tab href="/app/verhalen" icon=Icon::Book label=texts.tab_stories()>
                    {answer_count}
                </Tab>
                <Show when=move || leads.get()>
                    <Tab href="/app/nalezen" icon=Icon::Glasses label=texts.tab_review()>
                        {review_count}
                    </Tab>
                </Show>
                <Tab href="/app/kaart" icon=Icon::Pin label=texts.tab_map() />
                <Show when=move || leads.get()>
                    <Tab href="/app/leden" icon=Icon::People label=texts.tab_members()>
                        {admit_count}
                    </Tab>
                </Show>
                <Tab href="/app/toestel" icon=Icon::Device label=texts.tab_device() />
            </nav>
        </Show>
    }
}

/// How many stories wait for this member.
fn use_count(waits: fn(&StoryRow) -> bool) -> Memo<u64> {
    let rows = use_view().rows;
    memo(move || {
        let n_waiting = rows.with(|rows| rows.values().filter(|row| waits(row)).count());
        u64::try_from(n_waiting).unwrap_or(u64::MAX)
    })
}

/// A number beside a tab, and what it says; nothing for none.
fn count(n_waiting: u64, words: String) -> Option<impl IntoView> {
    (n_waiting > 0).then(|| {
        view! {
            <span class="tabs__count" aria-hidden="true">
                {n_waiting}
            </span>
            <span class="visually-hidden">{words}</span>
        }
    })
}

fn n_to_admit(standing: &Standing) -> u64 {
    match standing {
        Standing::Member { to_admit, .. } => u64::from(*to_admit),
        Standing::Alone | Standing::Waiting { .. } | Standing::Removed { .. } | Standing::Broken { .. } => 0,
    }
}

/// Whether a member reviews and invites.
pub fn leads(standing: &Standing) -> bool {
    match standing {
        Standing::Member { role, .. } => match role {
            Role::Coordinator | Role::Admin => true,
            Role::Volunteer | Role::Observer => false,
        },
        Standing::Alone | Standing::Waiting { .. } | Standing::Removed { .. } | Standing::Broken { .. } => {
            false
        }
    }
}

/// Scrolls the bar, which is wider than the screen where text is large; the page stays where it is.
fn bring_into_bar(tab: &HtmlElement) {
    if let Some(bar) = tab.parent_element() {
        let left = tab.offset_left() - (bar.client_width() - tab.offset_width()) / 2;
        bar.set_scroll_left(left);
    }
}

#[component]
fn Tab(
    /// Address of the screen; those below it belong to it.
    href: &'static str,
    /// Its picture.
    icon: Icon,
    /// Its name.
    label: &'static str,
    /// What waits there.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let pathname = use_location().pathname;
    let is_here = memo(move || {
        pathname.with(|path| {
            path.strip_prefix(href)
                .is_some_and(|below| below.is_empty() || below.starts_with('/'))
        })
    });
    let tab = NodeRef::<html::A>::new();
    Effect::new(move || {
        if let Some(tab) = tab.get()
            && is_here.get()
        {
            bring_into_bar(&tab);
        }
    });
    view! {
        <a href=href node_ref=tab aria-current=move || is_here.get().then_some("page")>
            <Drawn icon=icon />
            <span>{label}</span>
            {children.map(|children| children())}
        </a>
    }
}
