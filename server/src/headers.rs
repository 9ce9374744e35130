//! The headers of W1, on every answer.

use axum::Router;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use tower_http::set_header::SetResponseHeaderLayer;

/// What a page may load and do: nothing but its own, no inline script, no inline style, in no frame.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; \
    worker-src 'self'; connect-src 'self'; img-src 'self' blob:; media-src 'self' blob:; style-src 'self'; \
    font-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// What a page for other websites may do: show itself, where they want it, and nothing else.
const FRAMED_POLICY: &str = "default-src 'none'; img-src 'self'; style-src 'self'; font-src 'self'; \
    base-uri 'none'; form-action 'none'; frame-ancestors *";

const HEADERS: [(HeaderName, &str); 6] = [
    (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
    (HeaderName::from_static("permissions-policy"), PERMISSIONS_POLICY),
];

/// The three that the app needs, for itself alone.
const PERMISSIONS_POLICY: &str = "geolocation=(self), camera=(self), microphone=(self), display-capture=(), \
    hid=(), midi=(), payment=(), serial=(), usb=()";

/// An answer that other websites may show in a frame (`/insluiten/…`); all others are closed to them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Framed<T>(pub(crate) T);

impl<T: IntoResponse> IntoResponse for Framed<T> {
    fn into_response(self) -> Response {
        let mut response = self.0.into_response();
        response.extensions_mut().insert(Framed(()));
        response
    }
}

/// Adds the headers to every answer of `router`, its refusals included.
pub(crate) fn on_every_answer(router: Router) -> Router {
    HEADERS.into_iter().fold(router, |router, (name, value)| {
        let framed = match name {
            header::CONTENT_SECURITY_POLICY => FRAMED_POLICY,
            // A website that isolates itself (COEP) shows only what allows it.
            _ if name == "cross-origin-resource-policy" => "cross-origin",
            _ => value,
        };
        let value_for = move |response: &Response| {
            let is_framed = response.extensions().get::<Framed<()>>().is_some();
            Some(HeaderValue::from_static(if is_framed { framed } else { value }))
        };
        router.layer(SetResponseHeaderLayer::overriding(name, value_for))
    })
}

#[cfg(test)]
mod tests;
