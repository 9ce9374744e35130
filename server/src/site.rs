//! The public site: plain pages that need no script.

use crate::static_files;
use axum::Router;
use axum::http::header;
use axum::response::{Html, IntoResponse};
use axum::routing::get;

pub(crate) fn routes() -> Router {
    Router::new().route("/", get(home))
}

async fn home() -> impl IntoResponse {
    let stylesheet = static_files::stylesheet_path();
    let page = format!(
        "<!DOCTYPE html><html lang=\"nl\"><head><meta charset=\"utf-8\">\
        <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>Aanzet</title>\
        <link rel=\"stylesheet\" href=\"{stylesheet}\"></head><body><main><h1>Verhalen uit Vlaanderen</h1>\
        <p>Nog geen verhalen</p><p><a href=\"/app/\">Naar de app</a></p></main></body></html>"
    );
    ([(header::CACHE_CONTROL, "public, no-cache")], Html(page))
}
