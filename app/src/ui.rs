//! The screens of the app.
//!
//! Each screen in [`routes`] has one `h1`, and what it shows lies in `.main` as a grid; a form or a text lies in
//! `.narrow`. It reads what the core told from [`view::use_view`], asks by [`components::asking::Asking`], and takes
//! its words from [`use_texts`] and [`words`].

#![expect(clippy::needless_pass_by_value, reason = "a component owns its properties")]

pub mod adding;
pub mod ask_again;
pub mod blob_url;
pub mod browser;
pub mod choices_words;
pub mod clip;
pub mod clock;
pub mod components;
pub mod consent_texts;
pub mod core_screen;
pub mod core_worker;
pub mod desk;
pub mod double_press;
pub mod focus;
pub mod frame;
pub mod keep;
pub mod language;
pub mod leaving;
pub mod loaded;
pub mod memo;
pub mod microphone;
pub mod network;
pub mod open_desk;
pub mod page_title;
pub mod picture;
pub mod recorder;
pub mod routes;
pub mod sound;
pub mod speech;
pub mod tabs;
pub mod take;
pub mod text_drafts;
pub mod unsent_words;
pub mod view;
pub mod wake;
pub mod wake_lock;
pub mod words;

use crate::ui::components::for_each::For;
use crate::ui::desk::provide_desks;
use crate::ui::frame::Frame;
use crate::ui::language::provide_language;
use crate::ui::routes::consent_texts::ConsentTexts;
use crate::ui::routes::device::Device;
use crate::ui::routes::found::Found;
use crate::ui::routes::home::Home;
use crate::ui::routes::invitation::{Invitation, provide_invitation_code};
use crate::ui::routes::map::Map;
use crate::ui::routes::members::Members;
use crate::ui::routes::missing::MissingPage;
use crate::ui::routes::review::Review;
use crate::ui::routes::review_story::ReviewStory;
use crate::ui::routes::stories::Stories;
use crate::ui::routes::story::Story;
use crate::ui::routes::trash::Trash;
use crate::ui::text_drafts::provide_text_drafts;
use crate::ui::unsent_words::provide_unsent_words;
use crate::ui::view::provide_core;
use leptos::prelude::*;
use leptos_router::components::{FlatRoutes, Route, Router};
use leptos_router::hooks::use_navigate;
use leptos_router::{NavigateOptions, path};
use texts::Locale;

/// Where the app lives on its server.
const BASE: &str = "/app";

/// Takes the place of what the page came with.
pub fn start() {
    leptos::mount::mount_to_body(App);
    if let Some(opening) = document().get_element_by_id("opening") {
        opening.remove();
    }
}

/// The whole app.
#[component]
pub fn App() -> impl IntoView {
    let language = provide_language();
    provide_core();
    provide_desks();
    provide_text_drafts();
    provide_unsent_words();
    provide_invitation_code();
    wake::listen();
    double_press::listen();
    keep::ask_at_the_first_story();
    // Another language makes all that is shown anew. What was typed is not in there: the desks keep it.
    view! {
        <Router base=BASE>
            <For each=move || vec![language.get()] key=|texts| texts.tag().to_owned() let(texts)>
                <Screens texts=texts />
            </For>
        </Router>
    }
}

/// All screens in one language.
#[component]
fn Screens(
    /// The language.
    texts: Locale,
) -> impl IntoView {
    provide_context(texts);
    view! {
        <Frame>
            <FlatRoutes fallback=MissingPage>
                <Route path=path!("/") view=Home />
                <Route path=path!("/oprichten") view=Found />
                <Route path=path!("/uitnodiging") view=Invitation />
                <Route path=path!("/verhalen") view=Stories />
                <Route path=path!("/verhalen/:id") view=Story />
                <Route path=path!("/prullenbak") view=Trash />
                <Route path=path!("/nalezen") view=Review />
                <Route path=path!("/nalezen/:id") view=ReviewStory />
                <Route path=path!("/leden") view=Members />
                <Route path=path!("/kaart") view=Map />
                <Route path=path!("/teksten") view=ConsentTexts />
                <Route path=path!("/toestel") view=Device />
            </FlatRoutes>
        </Frame>
    }
}

/// The language of the screens, from anywhere below [`Screens`].
pub fn use_texts() -> Locale {
    expect_context()
}

/// Goes to another screen by its whole address, as a link would.
pub fn use_go() -> impl Fn(&str) + Clone {
    let navigate = use_navigate();
    move |address| {
        // Resolving would put the base before an address that has it.
        let options = NavigateOptions {
            resolve: false,
            ..NavigateOptions::default()
        };
        navigate(address, options);
    }
}
