//! Photos and sounds: on the page of their story, and their bytes at `/media/<hash>.<extension>`.
//!
//! The address names the bytes, so what is cached is right; it is asked again each time all the same (P4), because a
//! person may have taken it back. What no story shows has no address: nothing tells that it ever had one.

use super::pieces::{direction, language_tag, written};
use super::{Site, View, now};
use crate::publications::PublicStory;
use crate::store::Store;
use axum::body::{Body, Bytes};
use axum::extract::{Path as UrlPath, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use maud::{Markup, html};
use shared::id::{DocumentId, MediaHash, NetworkId};
use shared::publication::{MEDIUM_PART_BYTES, Photo, Plain, Shape, Sound, SoundFile};
use std::io;
use std::ops::Range;
use std::sync::Arc;

/// Returns the first photo, above the text.
pub(super) fn lead(view: &View<'_>, story: &PublicStory) -> Markup {
    html! {
        @if let Some(photo) = story.photos(view.now).next() {
            div.story__lead-photo { (picture(story, photo, false)) }
        }
    }
}

/// Returns the other photos, which come when they are scrolled to.
pub(super) fn others(view: &View<'_>, story: &PublicStory) -> Markup {
    let photos: Vec<_> = story.photos(view.now).skip(1).collect();
    html! {
        @if !photos.is_empty() {
            ul.story__photos role="list" aria-label=(view.texts.site_media_photos()) {
                @for photo in photos { li { (picture(story, photo, true)) } }
            }
        }
    }
}

fn picture(story: &PublicStory, photo: &Photo, is_lazy: bool) -> Markup {
    html! {
        img.story__photo src=(photo_address(photo)) alt=(photo.alt) lang=[language_tag(&story.language)]
            width=(photo.width) height=(photo.height) itemprop="image" loading=[is_lazy.then_some("lazy")];
    }
}

/// Returns what can be heard.
pub(super) fn sounds(view: &View<'_>, story: &PublicStory) -> Markup {
    let sounds: Vec<_> = story.sounds(view.now).collect();
    html! {
        @if !sounds.is_empty() {
            section.story__sounds aria-labelledby="geluid" {
                h2 id="geluid" { (view.texts.site_media_listen()) }
                @for sound in sounds { (recording(view, story, sound)) }
            }
        }
    }
}

/// Returns what is said in the recordings, for paper.
pub(super) fn transcripts(view: &View<'_>, story: &PublicStory) -> Markup {
    let sounds: Vec<_> = story.sounds(view.now).collect();
    html! {
        @if !sounds.is_empty() {
            div.story__text {
                section.story__move {
                    h2 { (view.texts.site_media_said()) }
                    @for sound in sounds { (words(story, sound)) }
                }
            }
        }
    }
}

fn words(story: &PublicStory, sound: &Sound) -> Markup {
    html! {
        div.story__words lang=[language_tag(&story.language)] dir=(direction(&story.language)) {
            (written(&sound.text))
        }
    }
}

/// A recording: the browser's own player, a way to keep it, and what is said.
fn recording(view: &View<'_>, story: &PublicStory, sound: &Sound) -> Markup {
    let texts = view.texts;
    let count = sound.files.len();
    html! {
        div.story__sound {
            @for (number, file) in (1_u32..).zip(&sound.files) {
                @let name = if count > 1 {
                    texts.site_media_part(&number.to_string(), &length(file))
                } else {
                    texts.site_media_recording(&length(file))
                };
                audio controls preload="none" src=(sound_address(file)) aria-label=(name) {}
                p {
                    a href=(sound_address(file)) download { (texts.site_media_download(&name)) }
                }
            }
            details.fold {
                summary { (texts.site_media_text()) }
                (words(story, sound))
            }
        }
    }
}

/// Returns how long a file lasts, as players say it: "1:01".
fn length(file: &SoundFile) -> String {
    let seconds = file.duration_ms / 1_000;
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

/// Returns the path of a photo.
pub(super) fn photo_address(photo: &Photo) -> String {
    address(photo.plain())
}

fn sound_address(file: &SoundFile) -> String {
    address(file.plain())
}

fn address(plain: Plain) -> String {
    format!("/media/{}.{}", plain.hash, extension(plain.shape))
}

/// Returns the full addresses of a story's photos and sounds.
pub(super) fn enclosures(view: &View<'_>, story: &PublicStory) -> Vec<(String, Plain)> {
    let files = story.sounds(view.now).flat_map(|sound| &sound.files);
    let photos = story.photos(view.now).map(Photo::plain);
    let media = photos.chain(files.map(SoundFile::plain));
    media
        .map(|plain| (format!("{}{}", view.base, address(plain)), plain))
        .collect()
}

fn extension(shape: Shape) -> &'static str {
    match shape {
        Shape::Photo { .. } => "jpg",
        Shape::Sound(kind) => kind.extension(),
    }
}

pub(super) fn media_type(shape: Shape) -> &'static str {
    match shape {
        Shape::Photo { .. } => "image/jpeg",
        Shape::Sound(kind) => kind.media_type(),
    }
}

/// Bytes that may be sent, and where the store keeps them.
#[derive(Clone, Debug)]
struct Kept {
    store: Arc<dyn Store>,
    network: NetworkId,
    doc: DocumentId,
    plain: Plain,
}

/// Answers with the bytes of a photo or a sound, while a story shows it.
pub(super) async fn serve(
    State(site): State<Site>,
    UrlPath(name): UrlPath<String>,
    headers: HeaderMap,
) -> Response {
    let Some(kept) = find(&site, &name) else {
        return (StatusCode::NOT_FOUND, [ASK_AGAIN]).into_response();
    };
    let etag = format!("\"{}\"", kept.plain.hash);
    let head = [
        ASK_AGAIN,
        (header::ACCEPT_RANGES, HeaderValue::from_static("bytes")),
        (header::ETAG, value(&etag)),
    ];
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let knows = |tags: &str| {
        tags.split(',')
            .any(|tag| tag.trim().trim_start_matches("W/") == etag)
    };
    if text(header::IF_NONE_MATCH).is_some_and(knows) {
        return (StatusCode::NOT_MODIFIED, head).into_response();
    }
    let size = u64::from(kept.plain.size);
    // RFC 9110, §13.1.5: a range of other bytes would be put together with these.
    let range = text(header::RANGE).filter(|_| text(header::IF_RANGE).is_none_or(|tag| tag == etag));
    let (status, sent) = match range.map_or(Asked::All, |range| read_range(range, size)) {
        Asked::All => (StatusCode::OK, 0..size),
        Asked::Some(range) => (StatusCode::PARTIAL_CONTENT, range),
        Asked::Nothing => {
            let range = [(header::CONTENT_RANGE, value(&format!("bytes */{size}")))];
            return (StatusCode::RANGE_NOT_SATISFIABLE, head, range).into_response();
        }
    };
    let content = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static(media_type(kept.plain.shape)),
        ),
        (header::CONTENT_LENGTH, HeaderValue::from(sent.end - sent.start)),
    ];
    let mut answer = (status, head, content, body(kept, sent.clone())).into_response();
    if status == StatusCode::PARTIAL_CONTENT {
        let range = format!("bytes {}-{}/{size}", sent.start, sent.end - 1);
        answer.headers_mut().insert(header::CONTENT_RANGE, value(&range));
    }
    answer
}

/// P4: kept by whoever wants to, and asked again each time.
const ASK_AGAIN: (HeaderName, HeaderValue) = (
    header::CACHE_CONTROL,
    HeaderValue::from_static("public, no-cache"),
);

/// Our own words in a header: always plain ASCII.
fn value(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).unwrap_or(HeaderValue::from_static(""))
}

fn find(site: &Site, name: &str) -> Option<Kept> {
    let store = site.media.clone()?;
    let (hash, end) = name.split_once('.')?;
    let hash = MediaHash::from_hex(hash)?;
    let (network, doc, plain) = site.publications.read().medium(hash, now())?;
    (end == extension(plain.shape)).then_some(Kept {
        store,
        network,
        doc,
        plain,
    })
}

/// What of the bytes is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Asked {
    /// All, also where the range is one that we do not read.
    All,
    /// These.
    Some(Range<u64>),
    /// Some that there are not.
    Nothing,
}

/// Reads one range of bytes (RFC 9110, §14.1.2). Several at once are answered with all.
fn read_range(header: &str, size: u64) -> Asked {
    let Some((first, last)) = header
        .strip_prefix("bytes=")
        .and_then(|range| range.trim().split_once('-'))
    else {
        return Asked::All;
    };
    let number = |text: &str| text.parse::<u64>().ok();
    let range = match (number(first), number(last)) {
        (Some(first), Some(last)) if first > last => return Asked::All,
        (Some(first), Some(last)) => first..last.saturating_add(1).min(size),
        (Some(first), None) if last.is_empty() => first..size,
        (None, Some(count)) if first.is_empty() => size.saturating_sub(count)..size,
        _ => return Asked::All,
    };
    if range.start < range.end {
        Asked::Some(range)
    } else {
        Asked::Nothing
    }
}

/// Reads the bytes part by part, each when the one before it was sent. What is taken back meanwhile ends there.
fn body(kept: Kept, range: Range<u64>) -> Body {
    let parts = stream::try_unfold((kept, range), |(kept, range)| async move {
        if range.is_empty() {
            return Ok::<_, io::Error>(None);
        }
        let reading = kept.clone();
        let from = range.start;
        let part = tokio::task::spawn_blocking(move || part(&reading, from)).await?;
        let part = part.ok_or_else(|| io::Error::other("the bytes are gone"))?;
        let left = usize::try_from(range.end - from).unwrap_or(usize::MAX);
        let part = part.slice(..part.len().min(left));
        let sent = u64::try_from(part.len()).unwrap_or(u64::MAX);
        Ok(Some((part, (kept, from + sent..range.end))))
    });
    Body::from_stream(parts)
}

/// Reads from a byte on to the end of its part.
fn part(kept: &Kept, from: u64) -> Option<Bytes> {
    let part_bytes = u64::try_from(MEDIUM_PART_BYTES).ok()?;
    let index = u32::try_from(from / part_bytes).ok()?;
    let within = usize::try_from(from % part_bytes).ok()?;
    let part = kept
        .store
        .medium_part(kept.network, kept.doc, kept.plain.hash, index);
    let part = Bytes::from(part.ok()??);
    (within < part.len()).then(|| part.slice(within..))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_as_browsers_and_players_ask() {
        let range = |header| read_range(header, 1_000);
        assert_eq!(range("bytes=0-"), Asked::Some(0..1_000));
        assert_eq!(range("bytes=0-0"), Asked::Some(0..1));
        assert_eq!(range("bytes=200-2000"), Asked::Some(200..1_000));
        assert_eq!(range("bytes=-100"), Asked::Some(900..1_000));
        assert_eq!(range("bytes=-5000"), Asked::Some(0..1_000));
        assert_eq!(range("bytes=1000-"), Asked::Nothing);
        assert_eq!(range("bytes=-0"), Asked::Nothing);
        for other in [
            "bytes=5-2",
            "bytes=a-b",
            "bytes=0-1,4-5",
            "items=0-1",
            "bytes=-",
            "",
        ] {
            assert_eq!(range(other), Asked::All, "{other}");
        }
    }
}
