//! The page of the app.

#[cfg(target_arch = "wasm32")]
fn main() {
    console_error_panic_hook::set_once();
    app::ui::start();
}

#[cfg(not(target_arch = "wasm32"))]
fn main() {}
