//! Photos and sounds: how a page shows them, and how their bytes are sent.

use super::*;
use crate::publications::tests::{photo, sound};
use crate::store::{SqliteConfig, SqliteStore};
use shared::id::{MediaHash, MemberId};
use shared::publication::MEDIUM_PART_BYTES;
use shared::storage::{NewMediumPart, RelayOperation};
use shared::time::Timestamp;
use std::path::PathBuf;
use std::sync::mpsc;

/// A folder that goes when its test ends.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}

fn with_media() -> PublicStory {
    PublicStory {
        photos: vec![photo(1, true), photo(2, false)],
        sounds: vec![sound(3)],
        ..story(1)
    }
}

/// The bytes of the sound.
fn bytes() -> Vec<u8> {
    (0..150_000_u32)
        .map(|at| (at % 251).try_into().unwrap())
        .collect()
}

/// A site whose store has the bytes of the sound.
fn site_with_bytes(name: &str) -> (Folder, Router) {
    let folder = std::env::temp_dir().join(format!("aanzet-media-{name}-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let folder = Folder(folder);
    let store = SqliteStore::open(SqliteConfig {
        file: folder.0.join("relay.sqlite"),
        bytes_max: None,
    });
    let store = Arc::new(store.unwrap());
    let sound = with_media().sounds.remove(0).files.remove(0);
    let network = NetworkId([9; 32]);
    let parts = (0..).zip(
        bytes()
            .chunks(MEDIUM_PART_BYTES)
            .map(<[u8]>::to_vec)
            .collect::<Vec<_>>(),
    );
    let operations = parts.map(|(index, bytes)| {
        let part = NewMediumPart {
            doc: story(1).id,
            hash: sound.hash,
            size: sound.size,
            index,
            member: MemberId(0),
            bytes,
        };
        RelayOperation::PutMedium { network, part }
    });
    let (done, stored) = mpsc::channel();
    store.store(
        operations.collect(),
        Box::new(move |outcome| done.send(outcome).unwrap()),
    );
    stored.recv().unwrap().unwrap();
    let publications = SharedPublications::default();
    publications.change(|publications| {
        publications.set_network(network, "Buren".into());
        publications.publish(with_media());
    });
    let site = Site::new(publications, "https://verhalen.example/").with_media_of(store);
    (folder, routes(site))
}

async fn ask(site: &Router, path: &str, headers: &[(&str, &str)]) -> (StatusCode, HeaderMap, Vec<u8>) {
    let mut request = Request::get(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let answer = site.clone().oneshot(request.body(Body::empty()).unwrap()).await;
    let (head, body) = answer.unwrap().into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    (head.status, head.headers, body.to_vec())
}

fn sound_path() -> String {
    format!("/media/{}.webm", MediaHash([3; 32]))
}

#[tokio::test]
async fn a_page_shows_photos_with_their_words_and_sounds_with_player_download_and_text() {
    let site = site([with_media()]);
    let html = page(&site, &address_of(1)).await;
    let path = |n: u8, end: &str| format!("/media/{}.{end}", MediaHash([n; 32]));
    for n in [1, 2] {
        assert!(html.contains(&format!(
            "src=\"{}\" alt=\"Foto {n} van de tuin\"",
            path(n, "jpg")
        )));
    }
    assert_eq!(html.matches("loading=\"lazy\"").count(), 1, "all after the first");
    assert!(html.contains("width=\"1600\" height=\"1200\""));
    let player = format!("<audio controls preload=\"none\" src=\"{}\"", path(3, "webm"));
    assert!(html.contains(&player));
    assert!(html.contains(&format!("<a href=\"{}\" download>", path(3, "webm"))));
    assert!(html.contains("<p>Wij haalden <em>samen</em> de draad weg.</p>"));
    let og = format!(
        "<meta property=\"og:image\" content=\"https://verhalen.example{}\">",
        path(1, "jpg")
    );
    assert!(html.contains(&og));
    let paper = page(&site, &format!("{}/afdruk", address_of(1))).await;
    assert!(paper.contains(&path(1, "jpg")) && !paper.contains("<audio"));
    assert!(
        paper.contains("<p>Wij haalden <em>samen</em> de draad weg.</p>"),
        "paper tells what is said"
    );
    let feed = page(&site, "/feed.atom").await;
    let enclosure = format!(
        "<link rel=\"enclosure\" href=\"https://verhalen.example{}\" type=\"audio/webm\" length=\"150000\"/>",
        path(3, "webm")
    );
    assert!(feed.contains(&enclosure), "{feed}");
}

#[tokio::test]
async fn p2_people_are_not_shown_after_their_consent_ended() {
    let site = site([PublicStory {
        people_until: Some(Timestamp(1)),
        voice_until: Some(Timestamp(1)),
        ..with_media()
    }]);
    let html = page(&site, &address_of(1)).await;
    assert!(!html.contains("Foto 1 van de tuin"));
    assert!(html.contains("Foto 2 van de tuin"));
    assert!(!html.contains("<audio"));
}

#[tokio::test]
async fn p4_bytes_are_sent_whole_with_a_tag_and_asked_again() {
    let (_folder, site) = site_with_bytes("whole");
    let (status, head, body) = ask(&site, &sound_path(), &[]).await;
    assert_eq!((status, body), (StatusCode::OK, bytes()));
    assert_eq!(head["content-type"], "audio/webm");
    assert_eq!(head["cache-control"], "public, no-cache");
    assert_eq!(head["accept-ranges"], "bytes");
    let tag = head["etag"].to_str().unwrap().to_owned();
    let (status, _, body) = ask(&site, &sound_path(), &[("if-none-match", &tag)]).await;
    assert_eq!((status, body.len()), (StatusCode::NOT_MODIFIED, 0));
}

#[tokio::test]
async fn ranges_are_sent_as_they_are_asked_across_parts() {
    let (_folder, site) = site_with_bytes("ranges");
    for (asked, from, to) in [
        ("bytes=0-1", 0, 2),
        ("bytes=65535-131072", 65_535, 131_073),
        ("bytes=149999-", 149_999, 150_000),
        ("bytes=-70000", 80_000, 150_000),
    ] {
        let (status, head, body) = ask(&site, &sound_path(), &[("range", asked)]).await;
        assert_eq!(status, StatusCode::PARTIAL_CONTENT, "{asked}");
        assert_eq!(body, bytes()[from..to], "{asked}");
        assert_eq!(head["content-range"], format!("bytes {from}-{}/150000", to - 1));
        assert_eq!(head["content-length"], (to - from).to_string());
    }
    let (status, head, _) = ask(&site, &sound_path(), &[("range", "bytes=150000-")]).await;
    assert_eq!(status, StatusCode::RANGE_NOT_SATISFIABLE);
    assert_eq!(head["content-range"], "bytes */150000");
    let other = [("range", "bytes=0-1"), ("if-range", "\"other\"")];
    assert_eq!(ask(&site, &sound_path(), &other).await.0, StatusCode::OK);
    let tag = ask(&site, &sound_path(), &[]).await.1["etag"].clone();
    let same = [("range", "bytes=0-1"), ("if-range", tag.to_str().unwrap())];
    assert_eq!(
        ask(&site, &sound_path(), &same).await.0,
        StatusCode::PARTIAL_CONTENT
    );
}

#[tokio::test]
async fn p3_what_no_story_shows_has_no_address() {
    let (_folder, site) = site_with_bytes("none");
    let hash = MediaHash([3; 32]);
    for path in [
        format!("/media/{}.webm", MediaHash([4; 32])),
        format!("/media/{hash}.html"),
        format!("/media/{hash}"),
        "/media/..%2Frelay.key".to_owned(),
        "/media/".to_owned(),
    ] {
        let (status, _, body) = ask(&site, &path, &[]).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{path}");
        assert!(!body.starts_with(&bytes()[..9]));
    }
}
