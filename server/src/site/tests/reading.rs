//! A story on its page and on paper.

use super::*;
use crate::publications::tests::section;
use crate::static_files::{self, StaticFiles};
use shared::publication::Heading;

#[tokio::test]
async fn p1_a_story_page_shows_exactly_what_was_published() {
    let site = site([PublicStory {
        sections: vec![
            section(Heading::Happened, "Eerst wou **niemand**.\nToen wel."),
            section(Heading::Tips, "- Begin\n- Zie https://tuin.example"),
        ],
        district: Some("Kuringen".into()),
        name: Some("Jan".into()),
        audience: "buurten".into(),
        date: Timestamp(1_795_507_200_000),
        ..story(1)
    }]);
    let html = page(&site, &address_of(1)).await;
    let (_, after) = html.split_once("<main").unwrap();
    let (main, _) = after.split_once("</main>").unwrap();
    let main = main.split_once('>').unwrap().1.replace("><", ">\n<");
    assert_eq!(main, include_str!("story.html").trim_end());
}

#[tokio::test]
async fn the_summary_comes_before_all_else_that_was_told() {
    let html = page(&site([story(1)]), &address_of(1)).await;
    let summary = html.rfind("Nu eten er dertig gezinnen uit.").unwrap();
    assert!(summary < html.find("Twee straten").unwrap());
}

#[tokio::test]
async fn what_needs_a_script_is_hidden_and_the_address_is_text() {
    let html = page(&site([story(1)]), &address_of(1)).await;
    assert_eq!(
        html.matches("<button").count(),
        html.matches("type=\"button\" hidden").count()
    );
    let address = format!("<span>https://verhalen.example{}</span>", address_of(1));
    assert!(html.contains(&address));
    // A language that is none is not read aloud.
    let odd = PublicStory {
        language: "nl\" onload=".into(),
        ..story(2)
    };
    assert!(!page(&site([odd]), &address_of(2)).await.contains("data-aloud"));
}

#[tokio::test]
async fn a_story_says_to_machines_what_it_shows() {
    let html = page(
        &site([PublicStory {
            name: Some("Jan <i>".into()),
            ..story(1)
        }]),
        &address_of(1),
    )
    .await;
    for mark in [
        "itemtype=\"https://schema.org/Article\"",
        "itemprop=\"headline\">Een tuin zonder hek 1</h1>",
        "itemprop=\"abstract\">Nu eten",
        "itemprop=\"author\" itemscope itemtype=\"https://schema.org/Person\"><meta itemprop=\"name\" content=\"Jan &lt;i&gt;\">",
        "datetime=\"1970-01-01\" itemprop=\"datePublished\"",
        "<meta itemprop=\"inLanguage\" content=\"nl\">",
        "<meta property=\"og:type\" content=\"article\">",
        "<meta property=\"og:title\" content=\"Een tuin zonder hek 1\">",
        "<meta property=\"og:locale\" content=\"nl_BE\">",
        "<meta property=\"og:description\" content=\"Nu eten er dertig gezinnen uit.\">",
    ] {
        assert!(html.contains(mark), "{mark}");
    }
    let url = format!(
        "<meta property=\"og:url\" content=\"https://verhalen.example{}\">",
        address_of(1)
    );
    assert!(html.contains(&url));
}

#[tokio::test]
async fn stories_from_nearby_come_nearest_first() {
    let at = |n: u8, nis: u32| PublicStory {
        municipality: Nis(nis),
        ..story(n)
    };
    // Hasselt, Hasselt, Genk, Gent, Brugge.
    let site = site([
        at(1, 71_072),
        at(2, 71_072),
        at(3, 71_016),
        at(4, 44_021),
        at(5, 31_005),
    ]);
    let html = page(&site, &address_of(1)).await;
    let (_, nearby) = html.split_once("Verhalen in de buurt").unwrap();
    let place = |n: u8| nearby.find(&address_of(n));
    assert!(place(2) < place(3) && place(3) < place(4), "{nearby}");
    assert_eq!((place(1), place(5)), (None, None));
    assert!(nearby.contains("Meer verhalen uit Hasselt"));
    // The page of Gent has none but this one.
    let lone = page(&site, &address_of(4)).await;
    assert!(lone.contains("in de buurt") && !lone.contains("Meer verhalen uit"));
    let alone = super::site([at(1, 71_072)]);
    assert!(!page(&alone, &address_of(1)).await.contains("in de buurt"));
}

#[tokio::test]
async fn paper_has_the_story_its_address_and_nothing_to_follow() {
    let site = site([story(1), story(2)]);
    let html = page(&site, &format!("{}/afdruk", address_of(1))).await;
    let words = format!(
        "<strong class=\"address\">verhalen.example{}</strong>",
        address_of(1)
    );
    assert!(html.contains(&words));
    assert!(html.contains("<svg class=\"paper__code\"") && html.contains("noindex"));
    let full = format!(
        "<link rel=\"canonical\" href=\"https://verhalen.example{}\">",
        address_of(1)
    );
    assert!(html.contains(&full));
    assert!(!html.contains("<footer") && !html.contains("hek 2"));
    let (status, body) = get(&site, &format!("{}/afdruk", address_of(9))).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert!(body.contains("Deze pagina bestaat niet"));
    let french = page(&site, &format!("/fr{}/afdruk", address_of(1))).await;
    assert!(french.contains(&format!("verhalen.example/fr{}</strong>", address_of(1))));
}

#[tokio::test]
async fn p3_a_withdrawn_story_is_not_printed() {
    let publications = SharedPublications::default();
    publications.change(|publications| {
        publications.publish(story(1));
        publications.withdraw(story(1).id);
    });
    let site = routes(Site::new(publications, "https://verhalen.example"));
    let (status, body) = get(&site, &format!("{}/afdruk", address_of(1))).await;
    assert_eq!(status, StatusCode::GONE);
    assert!(!body.contains("hek"));
}

#[tokio::test]
async fn styles_and_scripts_of_a_page_are_there_and_small() {
    let site = site([story(1)]).merge(static_files::routes(StaticFiles::load(None).unwrap()));
    let story = address_of(1);
    for path in [
        "/",
        &story,
        &format!("{story}/afdruk"),
        &format!("/insluiten{story}"),
    ] {
        let html = page(&site, path).await;
        let (_, values) = tags(&html);
        let files = values.into_iter().map(|(_, value)| value);
        let files: BTreeSet<_> = files
            .filter(|value| value.starts_with("/style") || value.starts_with("/script"))
            .collect();
        assert!(files.len() >= 2, "{path}: {files:?}");
        let mut bytes = html.len();
        for file in &files {
            let (status, headers, body) = get_with(&site, file, "").await;
            assert_eq!(status, StatusCode::OK, "{file}");
            assert!(headers.contains_key(header::ETAG), "{file}");
            if file.starts_with("/script") {
                assert_eq!(headers[header::CONTENT_TYPE], "text/javascript; charset=utf-8");
                assert!(body.len() < 3_000, "{file}: {} B", body.len());
            } else {
                bytes += body.len();
            }
        }
        // Of a short story; `cargo xtask bench page` measures one of 2 kB.
        assert!(path == "/" || bytes < 28_000, "{path}: {bytes} B");
    }
}
