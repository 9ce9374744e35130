//! The app, the stylesheets, scripts, fonts and images of the site: files that are the same for everybody.
//!
//! A file whose name holds a hash of its content never changes and is kept by browsers; all others are asked for
//! again and answered by their `ETag`.

mod older;

use anyhow::{Context, ensure};
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path as UrlPath, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::get;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;
use tracing::warn;

use older::Older;

include!(concat!(env!("OUT_DIR"), "/embedded.rs"));

const PAGE: &str = "index.html";
const SERVICE_WORKER: &str = "sw.js";
/// In place of the app's own, it takes the app out of every browser.
const STOPPED: &[u8] = include_bytes!("static_files/stopped.js");
/// Beside a file: the same, compressed.
const BROTLI: &str = ".br";

/// The built app, in memory.
#[derive(Clone, Debug)]
pub(crate) struct StaticFiles {
    app: Arc<BTreeMap<String, File>>,
    older: Arc<Older>,
}

#[derive(Debug)]
struct File {
    bytes: Bytes,
    brotli: Option<Bytes>,
    etag: HeaderValue,
    content_type: &'static str,
    cache_control: &'static str,
}

impl StaticFiles {
    /// Takes the app from `folder`, or the one inside the program.
    pub(crate) fn load(folder: Option<&Path>) -> anyhow::Result<Self> {
        let bytes = match folder {
            Some(folder) => {
                let mut files = BTreeMap::new();
                read_below(folder, "", &mut files).with_context(|| folder.display().to_string())?;
                ensure!(
                    files.contains_key(PAGE),
                    "{} holds no built app",
                    folder.display()
                );
                files
            }
            None => APP
                .iter()
                .map(|(path, bytes)| ((*path).to_owned(), Bytes::from_static(bytes)))
                .collect(),
        };
        let files = bytes.iter().filter(|(path, _)| !path.ends_with(BROTLI));
        let app = files
            .map(|(path, content)| {
                let brotli = bytes.get(&format!("{path}{BROTLI}")).cloned();
                Ok((path.clone(), File::new(path, content.clone(), brotli)?))
            })
            .collect::<anyhow::Result<_>>()?;
        Ok(Self {
            app: Arc::new(app),
            older: Arc::default(),
        })
    }

    /// Serves the files of earlier builds too, which are kept in `folder`. Without them the app still works.
    pub(crate) fn with_older(mut self, folder: &Path) -> Self {
        match Older::keep(folder, &self.app, SystemTime::now()) {
            Ok(older) => self.older = Arc::new(older),
            Err(error) => warn!(%error, "files of earlier builds are not kept"),
        }
        self
    }

    /// Takes the app out of every browser that comes by (W4): it is loaded from here each time.
    pub(crate) fn stopped(mut self) -> anyhow::Result<Self> {
        let mut app = Arc::try_unwrap(self.app).ok().context("the app is in use")?;
        let file = File::new(SERVICE_WORKER, Bytes::from_static(STOPPED), None)?;
        app.insert(SERVICE_WORKER.to_owned(), file);
        self.app = Arc::new(app);
        Ok(self)
    }
}

fn read_below(folder: &Path, prefix: &str, files: &mut BTreeMap<String, Bytes>) -> anyhow::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let path = format!("{prefix}{}", name.to_str().context("a name that is not UTF-8")?);
        if entry.file_type()?.is_dir() {
            read_below(&entry.path(), &format!("{path}/"), files)?;
        } else {
            files.insert(path, fs::read(entry.path())?.into());
        }
    }
    Ok(())
}

/// Routes of the app, and of the stylesheets, scripts, fonts and images of the site.
pub(crate) fn routes(files: StaticFiles) -> Router {
    let hashed = HASHED.iter().fold(Router::new(), |router, (path, bytes)| {
        router.route(
            path,
            get(async move |headers: HeaderMap| embedded(path, bytes, &headers)),
        )
    });
    hashed
        .route("/app", get(|| async { Redirect::permanent("/app/") }))
        .route("/app/", get(app_page))
        .route("/app/{*path}", get(app_file))
        .route("/fonts/{name}", get(font))
        .route("/images/{name}", get(image))
        .with_state(files)
}

async fn app_page(State(files): State<StaticFiles>, headers: HeaderMap) -> Response {
    match files.app.get(PAGE) {
        Some(page) => page.answer(&headers),
        None => (StatusCode::NOT_FOUND, Html(NOT_BUILT)).into_response(),
    }
}

const NOT_BUILT: &str = "<!DOCTYPE html><html lang=\"nl\"><head><meta charset=\"utf-8\"><title>Aanzet</title></head>\
    <body><h1>De app is niet gebouwd</h1><p>Start de server met <code>cargo xtask serve</code>.</p></body></html>";

/// A file of the app; an address within the app is the page, which finds its own way.
async fn app_file(
    State(files): State<StaticFiles>,
    UrlPath(path): UrlPath<String>,
    headers: HeaderMap,
) -> Response {
    match files.app.get(&path) {
        Some(file) => file.answer(&headers),
        None if path.contains('.') => match files.older.file(&path).await {
            Some(file) => file.answer(&headers),
            None => StatusCode::NOT_FOUND.into_response(),
        },
        None => app_page(State(files), headers).await,
    }
}

async fn font(UrlPath(name): UrlPath<String>, headers: HeaderMap) -> Response {
    one_of(FONTS, &name, &headers)
}

async fn image(UrlPath(name): UrlPath<String>, headers: HeaderMap) -> Response {
    one_of(IMAGES, &name, &headers)
}

fn one_of(files: &[(&str, &'static [u8])], name: &str, headers: &HeaderMap) -> Response {
    match files.iter().find(|(path, _)| *path == name) {
        Some((path, bytes)) => embedded(path, bytes, headers),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

fn embedded(path: &str, bytes: &'static [u8], headers: &HeaderMap) -> Response {
    match File::new(path, Bytes::from_static(bytes), None) {
        Ok(file) => file.answer(headers),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

impl File {
    fn new(path: &str, bytes: Bytes, brotli: Option<Bytes>) -> anyhow::Result<Self> {
        let etag = HeaderValue::from_str(&format!("\"{}\"", hex::encode(Sha256::digest(&bytes))))?;
        let cache_control = if is_named_by_content(path) {
            "public, max-age=31536000, immutable"
        } else {
            "public, no-cache"
        };
        Ok(Self {
            bytes,
            brotli,
            etag,
            content_type: content_type(path),
            cache_control,
        })
    }

    fn answer(&self, request: &HeaderMap) -> Response {
        let head = [
            (header::ETAG, self.etag.clone()),
            (
                header::CACHE_CONTROL,
                HeaderValue::from_static(self.cache_control),
            ),
            (header::VARY, HeaderValue::from_static("accept-encoding")),
        ];
        if request.get(header::IF_NONE_MATCH) == Some(&self.etag) {
            return (StatusCode::NOT_MODIFIED, head).into_response();
        }
        let content_type = [(header::CONTENT_TYPE, self.content_type)];
        match &self.brotli {
            Some(brotli) if takes_brotli(request) => (
                head,
                content_type,
                [(header::CONTENT_ENCODING, "br")],
                brotli.clone(),
            )
                .into_response(),
            Some(_) | None => (head, content_type, self.bytes.clone()).into_response(),
        }
    }
}

fn takes_brotli(request: &HeaderMap) -> bool {
    let accepted = request
        .get(header::ACCEPT_ENCODING)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    accepted.split(',').any(|coding| coding.trim() == "br")
}

/// Whether a file or its folder is named `…-<16 hexadecimal digits>`.
fn is_named_by_content(path: &str) -> bool {
    path.split('/').any(|name| {
        let stem = name.split('.').next().unwrap_or_default();
        stem.rsplit_once('-')
            .is_some_and(|(_, hash)| hash.len() == 16 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()))
    })
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("webmanifest") => "application/manifest+json",
        Some("json") => "application/json",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("woff2") => "font/woff2",
        Some("txt") => "text/plain; charset=utf-8",
        Some(_) | None => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests;
