//! The public site: plain pages that need no script (P4), in each language at addresses of its own.
//!
//! Dutch is at `/`, the others below `/fr/` and `/en/` with the same paths. Only the address decides the language:
//! whoever passes on a link passes on what she reads, and a cache needs no `Vary`.
//!
//! Pages are pure functions of a [`View`]; only this file knows requests. Text from people reaches a page
//! through `maud`, which escapes by type, or as nodes of [`shared::prose`] (P6).

mod bare;
mod feeds;
mod frame;
mod home;
mod map;
mod media;
mod missing;
mod own;
mod page;
mod paper;
mod pieces;
mod place;
mod privacy;
mod query;
mod stories;
mod story;

use self::own::{Own, OwnTexts};
use crate::headers::Framed;
use crate::publications::{Found, PublicStory, Publications, SharedPublications};
use crate::store::Store;
use axum::Router;
use axum::extract::{Path as UrlPath, RawQuery, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use sha2::{Digest, Sha256};
use shared::id::DocumentId;
use shared::places;
use shared::time::Timestamp;
use std::path::Path;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};
use texts::Locale;

/// What the routes need.
#[derive(Clone, Debug)]
pub(crate) struct Site {
    publications: SharedPublications,
    /// Origin of the addresses in feeds, without a slash at its end.
    base: Arc<str>,
    /// Language of its pages.
    texts: Locale,
    own: OwnTexts,
    /// Where the bytes of photos and sounds are.
    media: Option<Arc<dyn Store>>,
}

impl Site {
    /// Makes the site of what is in `publications`, reached at `base`.
    pub(crate) fn new(publications: SharedPublications, base: &str) -> Self {
        Self {
            publications,
            base: base.trim_end_matches('/').into(),
            texts: Locale::default(),
            own: OwnTexts::default(),
            media: None,
        }
    }

    /// Shows photos and sounds, whose bytes are in a store.
    pub(crate) fn with_media_of(self, store: Arc<dyn Store>) -> Self {
        Self {
            media: Some(store),
            ..self
        }
    }

    /// Lets the operator write pages, in a folder that need not be there.
    pub(crate) fn with_texts_in(self, folder: &Path) -> Self {
        Self {
            own: OwnTexts::new(folder),
            ..self
        }
    }

    /// The same site in another language.
    fn in_language(&self, texts: Locale) -> Self {
        Self {
            texts,
            ..self.clone()
        }
    }

    /// Renders under the lock that keeps the publications as they are.
    fn render(&self, headers: &HeaderMap, page: impl FnOnce(&View<'_>) -> Answer) -> Response {
        let publications = self.publications.read();
        let view = View {
            texts: self.texts,
            network: publications.network().unwrap_or(self.texts.words_aanzet()),
            base: &self.base,
            publications: &publications,
            now: now(),
        };
        page(&view).respond(headers)
    }
}

/// All that a page is made from.
#[derive(Clone, Copy, Debug)]
struct View<'a> {
    texts: Locale,
    /// Name of the network.
    network: &'a str,
    /// Origin of full addresses.
    base: &'a str,
    publications: &'a Publications,
    now: Timestamp,
}

impl View<'_> {
    /// Returns the address of a page in the language of this one, by its path in Dutch.
    fn at(&self, path: &str) -> String {
        in_language(self.texts, path)
    }
}

/// Returns the address of a page in a language, by its path in Dutch.
fn in_language(texts: Locale, path: &str) -> String {
    if texts == Locale::default() {
        path.to_owned()
    } else {
        format!("/{}{path}", texts.tag())
    }
}

fn now() -> Timestamp {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::default().after(since_1970)
}

/// A page or a feed, ready to be sent.
struct Answer {
    status: StatusCode,
    content_type: &'static str,
    body: String,
}

impl Answer {
    fn html(status: StatusCode, body: String) -> Self {
        Self {
            status,
            content_type: "text/html; charset=utf-8",
            body,
        }
    }

    fn ok(content_type: &'static str, body: String) -> Self {
        Self {
            status: StatusCode::OK,
            content_type,
            body,
        }
    }

    /// Sends it, or word that the browser has it already.
    fn respond(self, request: &HeaderMap) -> Response {
        let hash = hex::encode(Sha256::digest(&self.body));
        let etag = format!("\"{}\"", hash.get(..32).unwrap_or(&hash));
        let known = request
            .get_all(header::IF_NONE_MATCH)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .any(|tag| tag.trim().trim_start_matches("W/") == etag);
        let head = [
            (header::ETAG, etag),
            (header::CACHE_CONTROL, "public, no-cache".to_owned()),
        ];
        if known && self.status == StatusCode::OK {
            return (StatusCode::NOT_MODIFIED, head).into_response();
        }
        let content_type = [(header::CONTENT_TYPE, self.content_type)];
        (self.status, head, content_type, self.body).into_response()
    }
}

/// Routes of the site in all languages, and the page for all that does not exist.
pub(crate) fn routes(site: Site) -> Router {
    let languages = Locale::ALL.map(|texts| {
        let at = |path| in_language(texts, path);
        let mut routes = Router::new()
            .route(&at("/"), get(home))
            .route(&at("/verhalen"), get(stories))
            .route(&at("/verhaal/{id}"), get(story))
            .route(&at("/verhaal/{id}/afdruk"), get(paper))
            .route(&at("/gemeente/{nis}"), get(place))
            .route(&at("/insluiten/verhaal/{id}"), get(framed_story))
            .route(&at("/insluiten/verhalen"), get(framed_list))
            .route(&at("/privacy"), get(privacy))
            .route(&at("/feed.atom"), get(atom))
            .route(&at("/verhalen.geojson"), get(geojson));
        for own in Own::ALL {
            let page = async move |State(site): State<Site>, headers: HeaderMap| {
                let text = site.own.read(own, site.texts).await;
                site.render(&headers, |view| {
                    Answer::html(StatusCode::OK, own::page(view, own, text.as_deref()))
                })
            };
            routes = routes.route(&at(own.path()), get(page));
        }
        if texts != Locale::default() {
            let home = at("/");
            let typed = home.trim_end_matches('/').to_owned();
            routes = routes.route(&typed, get(move || async move { Redirect::permanent(&home) }));
        }
        routes.with_state(site.in_language(texts))
    });
    // These are about all languages.
    let routes = Router::new()
        .route("/sitemap.xml", get(sitemap))
        .route("/robots.txt", get(robots))
        .route("/media/{name}", get(media::serve))
        .fallback(nothing_here)
        .with_state(site);
    languages.into_iter().fold(routes, Router::merge)
}

async fn home(State(site): State<Site>, headers: HeaderMap) -> Response {
    site.render(&headers, |view| Answer::html(StatusCode::OK, home::page(view)))
}

async fn stories(State(site): State<Site>, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    let filter = query::read(&query.unwrap_or_default());
    site.render(&headers, |view| {
        Answer::html(StatusCode::OK, stories::page(view, &filter))
    })
}

async fn story(State(site): State<Site>, UrlPath(id): UrlPath<String>, headers: HeaderMap) -> Response {
    about(&site, &id, &headers, story::page)
}

async fn paper(State(site): State<Site>, UrlPath(id): UrlPath<String>, headers: HeaderMap) -> Response {
    about(&site, &id, &headers, paper::page)
}

/// Answers with a page about one story, if it is there.
fn about(
    site: &Site,
    id: &str,
    headers: &HeaderMap,
    page: fn(&View<'_>, &PublicStory) -> String,
) -> Response {
    site.render(headers, |view| {
        let found = DocumentId::from_hex(id).map(|id| view.publications.get(id, view.now));
        match found {
            Some(Found::Online(story)) => Answer::html(StatusCode::OK, page(view, story)),
            Some(Found::Gone) => Answer::html(StatusCode::GONE, missing::gone(view)),
            Some(Found::Unknown) | None => missing(view),
        }
    })
}

async fn framed_story(
    State(site): State<Site>,
    UrlPath(id): UrlPath<String>,
    headers: HeaderMap,
) -> Framed<Response> {
    Framed(site.render(&headers, |view| {
        let texts = view.texts;
        let found = DocumentId::from_hex(&id).map(|id| view.publications.get(id, view.now));
        match found {
            Some(Found::Online(story)) => Answer::html(StatusCode::OK, frame::one(view, story)),
            Some(Found::Gone) => Answer::html(
                StatusCode::GONE,
                frame::nothing(
                    view,
                    texts.site_missing_gone_title(),
                    texts.site_missing_gone_text(),
                ),
            ),
            Some(Found::Unknown) | None => Answer::html(
                StatusCode::NOT_FOUND,
                frame::nothing(view, texts.site_missing_title(), texts.site_missing_text()),
            ),
        }
    }))
}

async fn framed_list(
    State(site): State<Site>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Framed<Response> {
    let filter = query::read(&query.unwrap_or_default());
    Framed(site.render(&headers, |view| {
        Answer::html(StatusCode::OK, frame::list(view, &filter))
    }))
}

async fn place(State(site): State<Site>, UrlPath(nis): UrlPath<String>, headers: HeaderMap) -> Response {
    let place = nis.parse().ok().and_then(|nis| {
        let place = places::municipality(nis)?;
        Some((place, place.nis == nis))
    });
    match place {
        Some((place, true)) => site.render(&headers, |view| {
            Answer::html(StatusCode::OK, place::page(view, place))
        }),
        // It merged: the page is that of the municipality of today.
        Some((place, false)) => {
            let today = in_language(site.texts, &format!("/gemeente/{}", place.nis));
            Redirect::permanent(&today).into_response()
        }
        None => site.render(&headers, missing),
    }
}

async fn privacy(State(site): State<Site>, headers: HeaderMap) -> Response {
    let text = site.own.read(Own::Privacy, site.texts).await;
    site.render(&headers, |view| {
        Answer::html(StatusCode::OK, privacy::page(view, text.as_deref()))
    })
}

async fn atom(State(site): State<Site>, headers: HeaderMap) -> Response {
    site.render(&headers, |view| {
        Answer::ok("application/atom+xml; charset=utf-8", feeds::atom(view))
    })
}

async fn geojson(State(site): State<Site>, headers: HeaderMap) -> Response {
    site.render(&headers, |view| {
        Answer::ok("application/geo+json", feeds::geojson(view))
    })
}

async fn sitemap(State(site): State<Site>, headers: HeaderMap) -> Response {
    site.render(&headers, |view| {
        Answer::ok("application/xml; charset=utf-8", feeds::sitemap(view))
    })
}

async fn robots(State(site): State<Site>, headers: HeaderMap) -> Response {
    site.render(&headers, |view| {
        Answer::ok("text/plain; charset=utf-8", feeds::robots(view))
    })
}

async fn nothing_here(State(site): State<Site>, uri: Uri, headers: HeaderMap) -> Response {
    let is_below = |texts: &Locale| uri.path().starts_with(&in_language(*texts, "/"));
    // Every path is below that of the default.
    let others = Locale::ALL.into_iter().filter(|texts| *texts != site.texts);
    let texts = others.into_iter().find(is_below).unwrap_or(site.texts);
    site.in_language(texts).render(&headers, missing)
}

fn missing(view: &View<'_>) -> Answer {
    Answer::html(StatusCode::NOT_FOUND, missing::page(view))
}

#[cfg(test)]
mod tests;
