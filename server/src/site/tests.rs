mod feeds;
mod finding;
mod frames;
mod hostile;
mod languages;
mod media;
mod own;
mod reading;

use super::*;
use crate::publications::PublicStory;
use crate::publications::tests::story;
use axum::body::{Body, to_bytes};
use axum::http::Request;
use shared::id::NetworkId;
use shared::places::Nis;
use std::collections::BTreeSet;
use tower::ServiceExt;

/// A site with these stories, as its routes.
fn site(stories: impl IntoIterator<Item = PublicStory>) -> Router {
    let publications = SharedPublications::default();
    publications.change(|publications| {
        publications.set_network(NetworkId([9; 32]), "Burgers & Buren".into());
        stories.into_iter().for_each(|story| publications.publish(story));
    });
    routes(Site::new(publications, "https://verhalen.example/"))
}

async fn get_with(site: &Router, path: &str, tag: &str) -> (StatusCode, HeaderMap, String) {
    let request = Request::get(path).header("if-none-match", tag);
    let request = request.body(Body::empty()).unwrap();
    let answer = site.clone().oneshot(request).await.unwrap();
    let (head, body) = answer.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    (
        head.status,
        head.headers,
        String::from_utf8(body.to_vec()).unwrap(),
    )
}

async fn get(site: &Router, path: &str) -> (StatusCode, String) {
    let (status, _, body) = get_with(site, path, "").await;
    (status, body)
}

/// The body of a page that must be there.
async fn page(site: &Router, path: &str) -> String {
    let (status, body) = get(site, path).await;
    assert_eq!(status, StatusCode::OK, "{path}");
    body
}

fn address_of(n: u8) -> String {
    format!("/verhaal/{}", DocumentId([n; 16]))
}

/// Every tag of a page with the names of its attributes, and the values of the attributes.
fn tags(html: &str) -> (Vec<String>, Vec<(String, String)>) {
    let (mut tags, mut values) = (Vec::new(), Vec::new());
    let mut rest = html;
    while let Some((_, after)) = rest.split_once('<') {
        let mut quoted = false;
        let end = after.find(|character| {
            quoted ^= character == '"';
            character == '>' && !quoted
        });
        let (tag, next) = after.split_at(end.unwrap());
        let mut shape = String::new();
        for (idx, piece) in tag.split('"').enumerate() {
            if idx % 2 == 0 {
                shape.push_str(piece);
            } else {
                let name = shape.rsplit(' ').next().unwrap().trim_end_matches('=');
                values.push((name.to_owned(), piece.to_owned()));
            }
        }
        tags.push(shape);
        rest = next;
    }
    (tags, values)
}

/// All addresses within the site that a page leads to.
fn links(html: &str) -> BTreeSet<String> {
    let (_, values) = tags(html);
    let addresses = values.into_iter().filter(|(name, _)| name == "href");
    let addresses = addresses.map(|(_, address)| address.replace("&amp;", "&"));
    addresses.filter(|address| address.starts_with('/')).collect()
}

#[tokio::test]
async fn an_empty_site_says_so_and_leads_to_the_app() {
    let site = site([]);
    let home = page(&site, "/").await;
    assert!(home.contains("<h1>Verhalen uit Vlaanderen</h1>"));
    assert!(home.contains("Nog geen verhalen"));
    assert!(home.contains("<a class=\"button\" href=\"/app/\">Naar de app</a>"));
    assert!(home.contains("Burgers &amp; Buren"));
    assert!(page(&site, "/verhalen").await.contains("Nog geen verhalen"));
    assert!(
        page(&site, "/gemeente/44021")
            .await
            .contains("Nog geen verhalen uit Gent")
    );
}

#[tokio::test]
async fn a_story_is_on_its_page_in_lists_on_the_map_and_in_the_feeds() {
    let site = site([story(1)]);
    let address = address_of(1);
    for path in [
        "/",
        "/verhalen",
        "/gemeente/71072",
        "/verhalen?gemeente=71072&zoek=hek",
    ] {
        let html = page(&site, path).await;
        assert!(links(&html).contains(&address), "{path}");
        assert!(html.contains("Een tuin zonder hek 1"), "{path}");
    }
    let home = page(&site, "/").await;
    assert!(home.contains(">Hasselt, 1 verhaal</title>"));
    assert!(home.contains(">Limburg, 1 verhaal</title>"));
    let full = format!("https://verhalen.example{address}");
    for path in ["/feed.atom", "/verhalen.geojson", "/sitemap.xml"] {
        assert!(page(&site, path).await.contains(&full), "{path}");
    }
}

#[tokio::test]
async fn where_no_story_is_left_none_is_promised() {
    let publications = SharedPublications::default();
    publications.change(|publications| publications.publish(story(1)));
    let site = routes(Site::new(publications.clone(), "https://verhalen.example"));
    publications.change(|publications| publications.withdraw(story(1).id));
    let (status, body) = get(&site, &address_of(1)).await;
    assert_eq!(status, StatusCode::GONE);
    assert!(body.contains("Dit verhaal staat niet meer online"));
    assert!(!body.contains("andere verhalen") && !body.contains("alle verhalen"));
}

#[tokio::test]
async fn p3_a_withdrawn_story_answers_gone_and_is_nowhere_else() {
    let publications = SharedPublications::default();
    publications.change(|publications| {
        publications.publish(story(1));
        publications.publish(story(2));
    });
    let site = routes(Site::new(publications.clone(), "https://verhalen.example"));
    publications.change(|publications| publications.withdraw(story(1).id));
    let (status, body) = get(&site, &address_of(1)).await;
    assert_eq!(status, StatusCode::GONE);
    assert!(body.contains("Dit verhaal staat niet meer online") && body.contains("noindex"));
    assert!(!body.contains("hek 1"));
    assert!(body.contains("nog andere verhalen") && body.contains("Naar alle verhalen"));
    for path in [
        "/",
        "/verhalen",
        "/gemeente/71072",
        "/feed.atom",
        "/verhalen.geojson",
        "/sitemap.xml",
    ] {
        let body = page(&site, path).await;
        assert!(!body.contains(&DocumentId([1; 16]).to_string()), "{path}");
        assert!(!body.contains("hek 1"), "{path}");
    }
}

#[tokio::test]
async fn what_does_not_exist_is_said_in_words() {
    let site = site([story(1)]);
    let other = address_of(9);
    for path in [
        "/none",
        "/verhaal/1",
        "/verhaal/%00",
        "/gemeente/99999",
        "/gemeente/x",
        &other,
        "/verhaal/",
    ] {
        let (status, body) = get(&site, path).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{path}");
        assert!(body.contains("<h1>Deze pagina bestaat niet</h1>"), "{path}");
    }
}

#[tokio::test]
async fn the_code_of_a_merged_municipality_leads_to_that_of_today() {
    let (status, headers, _) = get_with(&site([]), "/gemeente/46013", "").await;
    assert_eq!(status, StatusCode::PERMANENT_REDIRECT);
    assert_eq!(headers[header::LOCATION], "/gemeente/46030");
}

#[tokio::test]
async fn every_link_of_the_site_leads_somewhere() {
    let site = site((1..=30).map(|n| PublicStory {
        municipality: [Nis(44_021), Nis(71_072), Nis(21_004)][usize::from(n) % 3],
        audience: "wie <jong> & oud is".into(),
        ..story(n)
    }));
    let mut known = BTreeSet::from(["/".to_owned()]);
    let mut open: Vec<_> = known.iter().cloned().collect();
    while let Some(path) = open.pop() {
        let html = page(&site, &path).await;
        let elsewhere = ["/app/", "/images/", "/style-"];
        let inside = links(&html)
            .into_iter()
            .filter(|link| !elsewhere.iter().any(|start| link.starts_with(start)));
        open.extend(inside.filter(|link| known.insert(link.clone())));
    }
    assert!(known.len() > 40, "{known:?}");
}

#[tokio::test]
async fn p4_pages_and_feeds_are_asked_for_again_and_answered_by_their_etag() {
    let site = site([story(1)]);
    let story = address_of(1);
    for path in [
        "/",
        "/verhalen",
        &story,
        "/privacy",
        "/wie",
        "/feed.atom",
        "/verhalen.geojson",
        "/sitemap.xml",
        "/robots.txt",
    ] {
        let (_, headers, _) = get_with(&site, path, "").await;
        assert_eq!(headers[header::CACHE_CONTROL], "public, no-cache", "{path}");
        let etag = headers[header::ETAG].to_str().unwrap();
        let (status, headers, body) = get_with(&site, path, &format!("\"x\", W/{etag}")).await;
        assert_eq!(status, StatusCode::NOT_MODIFIED, "{path}");
        assert_eq!(
            (headers[header::ETAG].to_str().unwrap(), body.as_str()),
            (etag, ""),
            "{path}"
        );
    }
}

#[tokio::test]
async fn w1_scripts_are_files_and_nothing_is_inline_or_from_elsewhere() {
    let site = site([story(1), story(2)]);
    let story = address_of(1);
    for path in [
        "/",
        "/verhalen",
        &story,
        &format!("{story}/afdruk"),
        &format!("/insluiten{story}"),
        "/insluiten/verhalen",
        "/gemeente/71072",
        "/privacy",
        "/wie",
        "/none",
    ] {
        let (_, html) = get(&site, path).await;
        let (tags, values) = tags(&html);
        for (idx, tag) in tags.iter().enumerate() {
            assert!(!tag.starts_with("style"), "{path}");
            // A file, and nothing between the tags.
            let is_file = tag == "script type= src=" && tags.get(idx + 1).is_some_and(|tag| tag == "/script");
            assert!(!tag.starts_with("script") || is_file, "{path}: {tag}");
        }
        assert!(
            !html.contains("</script>") || html.contains("\"></script>"),
            "{path}"
        );
        for (name, value) in values {
            assert!(name != "style" && !name.starts_with("on"), "{path}: {name}");
            let loads = matches!(name.as_str(), "src" | "action" | "data");
            assert!(!loads || value.starts_with('/'), "{path}: {name}={value}");
        }
        assert_eq!(html.matches("<h1").count(), 1, "{path}");
        assert_eq!(html.matches("<main").count(), 1, "{path}");
    }
}

#[test]
fn dates_are_those_of_the_calendar() {
    for (at, expected) in [
        (0, "1970-01-01"),
        (951_782_399_999, "2000-02-28"),
        (951_782_400_000, "2000-02-29"),
        (951_868_800_000, "2000-03-01"),
        (1_795_564_799_999, "2026-11-24"),
        (4_107_542_400_000, "2100-03-01"),
    ] {
        assert_eq!(pieces::day(Timestamp(at)), expected);
    }
    assert_eq!(
        pieces::date(Locale::Nl, Timestamp(1_795_507_200_000)),
        "24 november 2026"
    );
    assert_eq!(pieces::date(Locale::Fr, Timestamp(0)), "1er janvier 1970");
    assert_eq!(pieces::date(Locale::En, Timestamp(0)), "1 January 1970");
    let _far = pieces::day(Timestamp(u64::MAX));
}

#[test]
fn a_province_is_called_as_the_register_does_in_dutch() {
    for province in places::Province::ALL {
        assert_eq!(pieces::province_name(Locale::Nl, province), province.name());
    }
}

#[test]
fn every_theme_of_the_list_has_a_name() {
    for (id, _) in Locale::Nl.themes() {
        assert!(pieces::theme_name(Locale::Nl, id).is_some(), "{id}");
    }
}
