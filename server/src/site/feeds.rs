//! What machines read: Atom (RFC 4287), GeoJSON (RFC 7946), the site map, robots.txt.

use super::own::Own;
use super::pieces::{address, alternates, day, heading, language_tag, place_words, written};
use super::{View, in_language, media};
use crate::publications::PublicStory;
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};
use serde::Serialize;
use shared::id::DocumentId;
use shared::places::municipality;
use shared::time::Timestamp;
use std::io;
use texts::Locale;

/// Stories in the feed: readers ask for it again and again.
const FEED_STORIES: usize = 50;

/// Returns the newest stories as an Atom feed.
pub(super) fn atom(view: &View<'_>) -> String {
    xml(|xml| {
        let stories: Vec<_> = view.publications.newest(view.now).take(FEED_STORIES).collect();
        let home = format!("{}{}", view.base, view.at("/"));
        let own = format!("{}{}", view.base, view.at("/feed.atom"));
        let feed = xml
            .create_element("feed")
            .with_attribute(("xmlns", "http://www.w3.org/2005/Atom"))
            .with_attribute(("xml:lang", view.texts.tag()));
        feed.write_inner_content(|xml| {
            text(xml, "id", &home)?;
            text(xml, "title", view.network)?;
            text(xml, "subtitle", view.texts.site_feed_subtitle())?;
            let newest = stories.first().map_or(Timestamp::default(), |story| story.date);
            text(xml, "updated", &moment(newest))?;
            link(xml, "self", &own)?;
            link(xml, "alternate", &home)?;
            author(xml, view.network)?;
            stories.iter().try_for_each(|story| entry(view, xml, story))
        })?;
        Ok(())
    })
}

fn entry(view: &View<'_>, xml: &mut Xml, story: &PublicStory) -> io::Result<()> {
    let mut element = xml.create_element("entry");
    if let Some(language) = language_tag(&story.language) {
        element = element.with_attribute(("xml:lang", language));
    }
    element.write_inner_content(|xml| {
        text(xml, "id", &urn(story.id))?;
        text(xml, "title", &story.title)?;
        text(xml, "published", &moment(story.date))?;
        text(xml, "updated", &moment(story.date))?;
        link(
            xml,
            "alternate",
            &format!("{}{}", view.base, view.at(&address(story))),
        )?;
        for (address, plain) in media::enclosures(view, story) {
            xml.create_element("link")
                .with_attribute(("rel", "enclosure"))
                .with_attribute(("href", address.as_str()))
                .with_attribute(("type", media::media_type(plain.shape)))
                .with_attribute(("length", plain.size.to_string().as_str()))
                .write_empty()?;
        }
        if let Some(name) = &story.name {
            author(xml, name)?;
        }
        text(xml, "summary", &story.gist())?;
        let content = xml.create_element("content").with_attribute(("type", "html"));
        content.write_text_content(BytesText::new(&clean(&content_html(view, story))))?;
        Ok(())
    })?;
    Ok(())
}

fn content_html(view: &View<'_>, story: &PublicStory) -> String {
    maud::html! {
        @for section in &story.sections {
            h2 { (heading(view.texts, section.heading)) }
            (written(&section.text))
        }
    }
    .into_string()
}

/// Returns all stories as points: the centre of their municipality, never closer.
pub(super) fn geojson(view: &View<'_>) -> String {
    let features = view
        .publications
        .newest(view.now)
        .filter_map(|story| feature(view, story));
    let collection = FeatureCollection {
        kind: "FeatureCollection",
        name: view.network.to_owned(),
        features: features.collect(),
    };
    // Structs of texts and numbers have a form in JSON.
    serde_json::to_string(&collection).unwrap_or_default()
}

fn feature(view: &View<'_>, story: &PublicStory) -> Option<Feature> {
    let place = story.place()?;
    Some(Feature {
        kind: "Feature",
        id: story.id.to_string(),
        geometry: Geometry {
            kind: "Point",
            coordinates: [place.centre.longitude_deg, place.centre.latitude_deg],
        },
        properties: Properties {
            title: story.title.clone(),
            network: view.network.to_owned(),
            summary: story.gist(),
            url: format!("{}{}", view.base, view.at(&address(story))),
            place: place_words(view, story),
            municipality: place.nis.to_string(),
            province: place.province.nis().to_string(),
            language: story.language.clone(),
            themes: story.themes.clone(),
            published: day(story.date),
        },
    })
}

#[derive(Serialize)]
struct FeatureCollection {
    #[serde(rename = "type")]
    kind: &'static str,
    /// Whose stories they are: the network's name tells where they are made up.
    name: String,
    features: Vec<Feature>,
}

#[derive(Serialize)]
struct Feature {
    #[serde(rename = "type")]
    kind: &'static str,
    id: String,
    geometry: Geometry,
    properties: Properties,
}

#[derive(Serialize)]
struct Geometry {
    #[serde(rename = "type")]
    kind: &'static str,
    /// Longitude, latitude (RFC 7946 §3.1.1).
    coordinates: [f64; 2],
}

#[derive(Serialize)]
struct Properties {
    title: String,
    /// As in the collection: a map shows one feature without the others.
    network: String,
    summary: String,
    url: String,
    place: String,
    municipality: String,
    province: String,
    language: String,
    themes: Vec<String>,
    published: String,
}

/// Returns the addresses of all pages that are to be found, each with those of the same page in other languages.
pub(super) fn sitemap(view: &View<'_>) -> String {
    xml(|xml| {
        let element = xml
            .create_element("urlset")
            .with_attribute(("xmlns", "http://www.sitemaps.org/schemas/sitemap/0.9"))
            .with_attribute(("xmlns:xhtml", "http://www.w3.org/1999/xhtml"));
        element.write_inner_content(|xml| {
            let own = Own::ALL.into_iter().map(Own::path);
            for path in ["/", "/verhalen", Own::Privacy.path()].into_iter().chain(own) {
                urls(view, xml, path, None)?;
            }
            let places = view.publications.by_municipality(view.now);
            for place in places.keys().filter_map(|nis| municipality(*nis)) {
                urls(view, xml, &format!("/gemeente/{}", place.nis), None)?;
            }
            let mut stories = view.publications.newest(view.now);
            stories.try_for_each(|story| urls(view, xml, &address(story), Some(story.date)))
        })?;
        Ok(())
    })
}

/// Writes a page in every language.
fn urls(view: &View<'_>, xml: &mut Xml, path: &str, changed_at: Option<Timestamp>) -> io::Result<()> {
    Locale::ALL.into_iter().try_for_each(|texts| {
        xml.create_element("url").write_inner_content(|xml| {
            text(xml, "loc", &format!("{}{}", view.base, in_language(texts, path)))?;
            changed_at.map_or(Ok(()), |at| text(xml, "lastmod", &day(at)))?;
            alternates(view, path)
                .into_iter()
                .try_for_each(|(language, address)| alternate(xml, language, &address))
        })?;
        Ok(())
    })
}

fn alternate(xml: &mut Xml, language: &str, address: &str) -> io::Result<()> {
    xml.create_element("xhtml:link")
        .with_attribute(("rel", "alternate"))
        .with_attribute(("hreflang", language))
        .with_attribute(("href", address))
        .write_empty()?;
    Ok(())
}

/// Returns what robots are asked: the app has nothing for them.
pub(super) fn robots(view: &View<'_>) -> String {
    format!(
        "User-agent: *\nDisallow: /app/\nSitemap: {}/sitemap.xml\n",
        view.base
    )
}

type Xml = Writer<Vec<u8>>;

/// Writes a document; memory does not fail, and what is written is UTF-8.
fn xml(write: impl FnOnce(&mut Xml) -> io::Result<()>) -> String {
    let mut xml = Writer::new(Vec::new());
    let declaration = Event::Decl(BytesDecl::new("1.0", Some("utf-8"), None));
    let written = xml.write_event(declaration).and_then(|()| write(&mut xml));
    debug_assert!(written.is_ok(), "writing to memory");
    String::from_utf8(xml.into_inner()).unwrap_or_default()
}

fn text(xml: &mut Xml, name: &str, value: &str) -> io::Result<()> {
    xml.create_element(name)
        .write_text_content(BytesText::new(&clean(value)))?;
    Ok(())
}

fn link(xml: &mut Xml, relation: &str, address: &str) -> io::Result<()> {
    xml.create_element("link")
        .with_attribute(("rel", relation))
        .with_attribute(("href", address))
        .write_empty()?;
    Ok(())
}

fn author(xml: &mut Xml, name: &str) -> io::Result<()> {
    xml.create_element("author")
        .write_inner_content(|xml| text(xml, "name", name))?;
    Ok(())
}

/// Leaves out the characters that XML 1.0 has no way to write.
fn clean(text: &str) -> String {
    let allowed = |character: &char| {
        matches!(character, '\t' | '\n' | '\r')
            || !(character.is_control() || matches!(character, '\u{fffe}' | '\u{ffff}'))
    };
    text.chars().filter(allowed).collect()
}

/// Returns a name for a story that does not depend on where it is served.
fn urn(id: DocumentId) -> String {
    let hex = id.to_string();
    let part = |from, to| hex.get(from..to).unwrap_or_default();
    format!(
        "urn:uuid:{}-{}-{}-{}-{}",
        part(0, 8),
        part(8, 12),
        part(12, 16),
        part(16, 20),
        part(20, 32)
    )
}

/// Returns a moment as RFC 3339 writes it.
fn moment(at: Timestamp) -> String {
    let seconds = at.0 / 1000 % 86_400;
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    format!("{}T{hour:02}:{minute:02}:{second:02}Z", day(at))
}
