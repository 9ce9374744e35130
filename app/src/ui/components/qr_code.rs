//! A QR code on the screen.

use crate::qr;
use leptos::prelude::*;

/// Draws what `text` says as a picture with a name; nothing where it is too long for one.
#[component]
pub fn QrCode(
    /// What a scanner reads.
    text: String,
    /// The picture's name.
    label: &'static str,
) -> impl IntoView {
    qr::draw(&text).map(|drawn| {
        view! {
            <svg class="qr" role="img" aria-label=label viewBox=drawn.view_box>
                <path d=drawn.path />
            </svg>
        }
    })
}
