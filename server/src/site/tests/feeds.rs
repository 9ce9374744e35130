//! What machines read.

use super::hostile::{HOSTILE, filled_with};
use super::*;
use quick_xml::Reader;
use quick_xml::events::Event;
use serde_json::Value;

#[tokio::test]
async fn feeds_are_well_formed_whatever_stories_say() {
    let stories = HOSTILE.iter().zip(1..).map(|(words, n)| PublicStory {
        id: DocumentId([n; 16]),
        ..filled_with(words)
    });
    let site = site(stories);
    for (path, root, entry) in [("/feed.atom", "feed", "entry"), ("/sitemap.xml", "urlset", "url")] {
        let xml = page(&site, path).await;
        let mut reader = Reader::from_str(&xml);
        let mut names = Vec::new();
        loop {
            let event = reader.read_event().unwrap();
            if let Event::Start(element) = &event {
                element
                    .attributes()
                    .for_each(|attribute| assert!(attribute.is_ok()));
                names.push(String::from_utf8(element.name().as_ref().to_vec()).unwrap());
            }
            if event == Event::Eof {
                break;
            }
        }
        assert_eq!(names[0], root);
        assert!(names.iter().filter(|name| *name == entry).count() >= HOSTILE.len());
        let forbidden = |character: char| character.is_control() && !matches!(character, '\n' | '\t' | '\r');
        assert!(!xml.contains(forbidden) && !xml.contains('\u{fffe}'), "{path}");
    }
    let json: Value = serde_json::from_str(&page(&site, "/verhalen.geojson").await).unwrap();
    let features = json["features"].as_array().unwrap();
    assert_eq!(features.len(), HOSTILE.len());
    let titles: BTreeSet<_> = features
        .iter()
        .map(|it| it["properties"]["title"].as_str().unwrap())
        .collect();
    assert_eq!(titles, HOSTILE.iter().copied().collect());
}

#[tokio::test]
async fn geojson_says_the_centre_of_the_municipality_longitude_first() {
    let json: Value = serde_json::from_str(&page(&site([story(1)]), "/verhalen.geojson").await).unwrap();
    assert_eq!(json["type"], "FeatureCollection");
    let feature = &json["features"][0];
    assert_eq!(json["name"], "Burgers & Buren");
    assert_eq!(feature["properties"]["network"], "Burgers & Buren");
    assert_eq!(feature["geometry"]["type"], "Point");
    let centre = places::municipality(Nis(71_072)).unwrap().centre;
    assert_eq!(feature["geometry"]["coordinates"][0], centre.longitude_deg);
    assert_eq!(feature["geometry"]["coordinates"][1], centre.latitude_deg);
}

#[tokio::test]
async fn atom_names_stories_by_what_never_changes() {
    let xml = page(&site([story(0xab)]), "/feed.atom").await;
    assert!(xml.contains("<id>urn:uuid:abababab-abab-abab-abab-abababababab</id>"));
    assert!(xml.contains("<updated>1970-01-01T00:00:00Z</updated>"));
    assert!(xml.contains("<name>Burgers &amp; Buren</name>"));
}

#[tokio::test]
async fn feeds_lead_to_pages_in_their_language() {
    let site = site([story(1)]);
    let full = format!("https://verhalen.example/en{}", address_of(1));
    for path in ["/en/feed.atom", "/en/verhalen.geojson"] {
        assert!(page(&site, path).await.contains(&full), "{path}");
    }
    let feed = page(&site, "/en/feed.atom").await;
    assert!(feed.contains("<id>https://verhalen.example/en/</id>"));
    assert!(feed.contains("rel=\"self\" href=\"https://verhalen.example/en/feed.atom\""));
}
