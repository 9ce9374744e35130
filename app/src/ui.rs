//! The screens of the app.

pub mod core_worker;

use crate::messages::Request;
use crate::ui::core_worker::CoreWorker;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::components::{Route, Router, Routes};
use leptos_router::path;

/// Where the app lives on its server.
const BASE: &str = "/app";

/// The whole app.
#[component]
pub fn App() -> impl IntoView {
    let core = CoreWorker::start();
    // It lives as long as the app.
    provide_context(StoredValue::new_local(core.clone()));
    let (ready, set_ready) = signal(false);
    spawn_local(async move {
        // A core that dies before its first answer is started again; then it is asked again.
        while !core.gave_up() {
            if core.ask(Request::Hello).await.is_ok() {
                set_ready.set(true);
                break;
            }
        }
    });
    view! {
        <Router base=BASE>
            <main aria-busy=move || (!ready.get()).to_string()>
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
