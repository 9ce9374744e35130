//! The core worker of the app.

#[cfg(target_arch = "wasm32")]
fn main() {
    app::core::start();
}

#[cfg(not(target_arch = "wasm32"))]
fn main() {}
