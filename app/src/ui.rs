//! The screens of the app.

pub mod core_worker;
pub mod view;

use crate::ui::view::{CoreState, provide_core, use_view};
use leptos::prelude::*;
use leptos_router::components::{Route, Router, Routes};
use leptos_router::path;

/// Where the app lives on its server.
const BASE: &str = "/app";

/// The whole app.
#[component]
pub fn App() -> impl IntoView {
    provide_core();
    let view = use_view();
    let is_busy = move || (view.core.get() == CoreState::Starting).to_string();
    view! {
        <Router base=BASE>
            <main aria-busy=is_busy>
                <Routes fallback=Home>
                    <Route path=path!("/") view=Home />
                </Routes>
            </main>
        </Router>
    }
}

/// The first screen.
#[component]
fn Home() -> impl IntoView {
    view! { <h1>"Aanzet"</h1> }
}
