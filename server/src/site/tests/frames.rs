//! What other websites may show in a frame.

use super::*;

#[tokio::test]
async fn a_framed_story_leads_only_to_the_full_page_beside_the_other_website() {
    let site = site([story(1), story(2)]);
    for path in [
        format!("/insluiten{}", address_of(1)),
        "/insluiten/verhalen".to_owned(),
        "/insluiten/verhalen?gemeente=71072".to_owned(),
    ] {
        let html = page(&site, &path).await;
        assert!(
            !html.contains("<form") && !html.contains("<script") && !html.contains("/app/"),
            "{path}"
        );
        assert!(html.contains("noindex"), "{path}");
        let (tags, values) = tags(&html);
        let anchors = tags.iter().filter(|tag| tag.starts_with("a ")).count();
        assert!(anchors >= 2, "{path}");
        let has = |name: &str, value: &str| {
            values
                .iter()
                .filter(|pair| **pair == (name.to_owned(), value.to_owned()))
                .count()
        };
        assert_eq!(has("target", "_blank"), anchors, "{path}");
        assert_eq!(has("rel", "noopener"), anchors, "{path}");
    }
}

#[tokio::test]
async fn a_framed_list_is_of_the_place_that_was_asked_for() {
    let site = site((1..=9).map(|n| PublicStory {
        municipality: [Nis(44_021), Nis(71_072)][usize::from(n) % 2],
        ..story(n)
    }));
    for (path, heading, to) in [
        ("/insluiten/verhalen", "Verhalen", "/verhalen"),
        (
            "/insluiten/verhalen?gemeente=44021",
            "Verhalen uit Gent",
            "/verhalen?gemeente=44021",
        ),
        (
            "/insluiten/verhalen?provincie=70000",
            "Verhalen uit Limburg",
            "/verhalen?provincie=70000",
        ),
    ] {
        let html = page(&site, path).await;
        assert!(html.contains(&format!("<h1>{heading}</h1>")), "{path}");
        assert!(
            html.contains(&format!("href=\"https://verhalen.example{to}\" target")),
            "{path}"
        );
    }
    let gent = page(&site, "/insluiten/verhalen?gemeente=44021").await;
    assert!(!gent.contains("Hasselt"));
    assert!(
        page(&site, "/insluiten/verhalen?gemeente=11002")
            .await
            .contains("Geen verhalen gevonden")
    );
    assert!(
        page(&site, "/en/insluiten/verhalen?gemeente=44021")
            .await
            .contains("<h1>Stories from Gent</h1>")
    );
}

#[tokio::test]
async fn p3_a_withdrawn_story_is_gone_from_frames_too() {
    let publications = SharedPublications::default();
    publications.change(|publications| {
        publications.publish(story(1));
        publications.withdraw(story(1).id);
    });
    let site = routes(Site::new(publications, "https://verhalen.example"));
    let (status, body) = get(&site, &format!("/insluiten{}", address_of(1))).await;
    assert_eq!(status, StatusCode::GONE);
    assert!(body.contains("Dit verhaal staat niet meer online") && !body.contains("hek"));
    let (status, _) = get(&site, &format!("/insluiten{}", address_of(2))).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_code_to_copy_is_shown_as_text() {
    let site = site([story(1)]);
    let html = page(&site, &address_of(1)).await;
    let address = format!("https://verhalen.example/insluiten{}", address_of(1));
    assert!(html.contains(&format!("&lt;iframe src=&quot;{address}&quot;")));
    assert!(!html.contains("<iframe"));
    let place = page(&site, "/gemeente/71072").await;
    for html in [&html, &place] {
        // A button for what only a script can do comes with that script.
        assert!(html.contains("<button class=\"button button--quiet\" type=\"button\" hidden data-copy="));
        assert!(html.contains("src=\"/script-copy-"));
    }
    assert!(place.contains("&quot;https://verhalen.example/insluiten/verhalen?gemeente=71072&quot;"));
}
