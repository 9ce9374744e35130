//! The same pages in each language.

use super::*;

#[tokio::test]
async fn a_story_is_read_aloud_in_its_own_language() {
    let site = site([
        PublicStory {
            language: "fr".into(),
            ..story(1)
        },
        PublicStory {
            language: "nl\" onload=".into(),
            ..story(2)
        },
    ]);
    let html = page(&site, &address_of(1)).await;
    assert!(html.contains("<html lang=\"nl\">"));
    assert!(html.contains("<h1 lang=\"fr\" dir=\"auto\" "));
    assert!(html.contains("<h2>Wat gebeurde er?</h2>"));
    assert!(html.contains("geschreven in het Frans"));
    assert!(!page(&site, &address_of(2)).await.contains("<h1 lang"));
}

/// The part of a page within its `head`.
fn head(html: &str) -> &str {
    html.split_once("</head>").unwrap().0
}

#[tokio::test]
async fn each_language_has_the_same_pages_at_its_own_addresses() {
    let site = site([story(1)]);
    let story = address_of(1);
    for (path, words) in [
        (
            "/",
            [
                "Verhalen uit Vlaanderen",
                "Récits de Flandre",
                "Stories from Flanders",
            ],
        ),
        (
            "/verhalen",
            ["1 verhaal gevonden", "1 récit trouvé", "1 story found"],
        ),
        (
            &story,
            ["Wat gebeurde er?", "Que s'est-il passé\u{a0}?", "What happened?"],
        ),
        (
            "/gemeente/71072",
            [
                "Alle verhalen uit Limburg",
                "Tous les récits\u{a0}: Limbourg",
                "All stories from Limburg",
            ],
        ),
        ("/privacy", ["Je rechten", "Tes droits", "Your rights"]),
        ("/wie", ["Wie zijn we", "Qui sommes-nous", "Who we are"]),
        ("/aanbod", ["Wat wij doen", "Ce que nous faisons", "What we do"]),
        (
            "/contact",
            ["Je verhaal vertellen", "Raconter ton récit", "Telling your story"],
        ),
        (
            "/toegankelijkheid",
            ["Toegankelijkheid", "Accessibilité", "Accessibility"],
        ),
        ("/feed.atom", ["Verhalen van", "Récits de gens", "Stories of"]),
    ] {
        for (texts, words) in Locale::ALL.into_iter().zip(words) {
            let address = in_language(texts, path);
            let body = page(&site, &address).await;
            assert!(body.contains(words), "{address}: {words}");
            assert!(body.contains(&format!("lang=\"{}\"", texts.tag())), "{address}");
            let other = Locale::ALL.into_iter().find(|other| *other != texts).unwrap();
            if path != "/feed.atom" {
                assert!(
                    body.contains(&format!("<html lang=\"{}\">", texts.tag())),
                    "{address}"
                );
                // The words of people stay in their own language.
                let inside = links(&body).contains(&in_language(other, path));
                assert!(inside, "{address} leads to {other:?}");
            }
        }
    }
    assert!(
        page(&site, &in_language(Locale::Fr, &story))
            .await
            .contains("<h1 lang=\"nl\" dir=\"auto\" ")
    );
}

#[tokio::test]
async fn a_colon_that_is_put_together_is_that_of_the_language() {
    let site = site([story(1)]);
    for (texts, words) in Locale::ALL.into_iter().zip([
        "Adres van dit verhaal: <span>",
        "Adresse de ce récit\u{a0}: <span>",
        "Address of this story: <span>",
    ]) {
        let html = page(&site, &in_language(texts, &address_of(1))).await;
        assert!(html.contains(words), "{words}");
    }
}

#[tokio::test]
async fn where_the_map_comes_from_is_said_in_each_language() {
    let site = site([]);
    for (path, words) in [
        ("/", "Adressen: BeST"),
        ("/fr/", "Adresses\u{a0}: BeST"),
        ("/en/", "Addresses: BeST"),
    ] {
        let html = page(&site, path).await;
        assert!(html.contains(words) && html.contains("CC BY 4.0"), "{path}");
        assert_eq!(html.contains("Adressen"), path == "/", "{path}");
    }
}

#[tokio::test]
async fn arabic_runs_from_right_to_left_and_other_words_find_their_own_way() {
    let site = site([PublicStory {
        language: "ar".into(),
        ..story(1)
    }]);
    let html = page(&site, &address_of(1)).await;
    assert!(html.contains("<h1 lang=\"ar\" dir=\"rtl\" "));
    assert!(html.contains("<div class=\"story__words\" lang=\"ar\" dir=\"rtl\">"));
    // A block begins where its own direction says; a link within a line would stay where the page begins it.
    for (path, block) in [
        ("/", "<h3 class=\"story-card__title\" lang=\"ar\" dir=\"rtl\">"),
        (
            "/verhalen",
            "<h2 class=\"story-card__title\" lang=\"ar\" dir=\"rtl\">",
        ),
        (
            "/gemeente/71072",
            "<h2 class=\"story-card__title\" lang=\"ar\" dir=\"rtl\">",
        ),
        (
            "/gemeente/71072",
            "<p class=\"story-card__summary\" lang=\"ar\" dir=\"rtl\">",
        ),
        ("/insluiten/verhalen", "<h2 lang=\"ar\" dir=\"rtl\">"),
        (
            &format!("/insluiten{}", address_of(1)),
            "<h1 lang=\"ar\" dir=\"rtl\">",
        ),
    ] {
        assert!(page(&site, path).await.contains(block), "{path}: {block}");
    }
    assert!(html.contains("data-aloud=\"ar\""));
    for (tag, expected) in [
        ("ar-MA", "rtl"),
        ("HE", "rtl"),
        ("nl", "auto"),
        ("arn", "auto"),
        ("", "auto"),
    ] {
        assert_eq!(pieces::direction(tag), expected, "{tag}");
    }
}

#[tokio::test]
async fn a_page_names_itself_in_every_language() {
    let site = site([story(1)]);
    for texts in Locale::ALL {
        let html = page(&site, &in_language(texts, "/gemeente/71072")).await;
        for (language, path) in [
            ("nl", "/gemeente/71072"),
            ("fr", "/fr/gemeente/71072"),
            ("en", "/en/gemeente/71072"),
            ("x-default", "/gemeente/71072"),
        ] {
            let link = format!(
                "<link rel=\"alternate\" hreflang=\"{language}\" href=\"https://verhalen.example{path}\">"
            );
            assert!(head(&html).contains(&link), "{texts:?}: {link}");
        }
        let own = in_language(texts, "/gemeente/71072");
        let canonical = format!("<link rel=\"canonical\" href=\"https://verhalen.example{own}\">");
        assert!(head(&html).contains(&canonical), "{texts:?}");
    }
    let html = page(&site, "/fr/verhalen?thema=together&zoek=hek").await;
    for switch in [
        "/verhalen?zoek=hek&thema=together",
        "/en/verhalen?zoek=hek&thema=together",
    ] {
        assert!(links(&html).contains(switch), "{switch}");
    }
    assert!(html.contains("lang=\"nl\" hreflang=\"nl\"><span class=\"bar__long\">Nederlands</span>"));
    let map = page(&site, "/sitemap.xml").await;
    for texts in Locale::ALL {
        for path in ["/wie", "/aanbod", "/contact", "/toegankelijkheid"] {
            let own = in_language(texts, path);
            assert!(
                map.contains(&format!("<loc>https://verhalen.example{own}</loc>")),
                "{own}"
            );
        }
        let own = in_language(texts, "/privacy");
        let loc = format!("<loc>https://verhalen.example{own}</loc>");
        assert!(map.contains(&loc), "{loc}");
        let link = format!(
            "<xhtml:link rel=\"alternate\" hreflang=\"{}\" href=\"https://verhalen.example{own}\"/>",
            texts.tag()
        );
        assert_eq!(map.matches(&link).count(), 3, "{link}");
    }
}

#[tokio::test]
async fn only_the_address_decides_the_language() {
    let site = site([story(1)]);
    let mut etags = BTreeSet::new();
    for path in ["/privacy", "/fr/privacy", "/en/privacy"] {
        let (_, headers, expected) = get_with(&site, path, "").await;
        etags.insert(headers[header::ETAG].clone());
        assert!(!headers.contains_key(header::VARY), "{path}");
        for language in ["fr-BE, fr;q=0.9", "en", "nl", "de"] {
            let request = Request::get(path).header("accept-language", language);
            let request = request.body(Body::empty()).unwrap();
            let answer = site.clone().oneshot(request).await.unwrap();
            let body = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
            assert_eq!(body, expected, "{path} for {language}");
        }
    }
    assert_eq!(etags.len(), 3);
}

#[tokio::test]
async fn what_is_not_there_is_said_in_the_language_of_the_address() {
    let publications = SharedPublications::default();
    publications.change(|publications| {
        publications.publish(story(1));
        publications.withdraw(story(1).id);
    });
    let site = routes(Site::new(publications, "https://verhalen.example"));
    let (status, body) = get(&site, &format!("/fr{}", address_of(1))).await;
    assert_eq!(status, StatusCode::GONE);
    assert!(body.contains("Ce récit n'est plus en ligne") && body.contains("href=\"/fr/verhalen\""));
    for (path, words) in [
        ("/fr/none", "Cette page n'existe pas"),
        ("/fr/gemeente/99999", "Cette page n'existe pas"),
        ("/en/none", "This page does not exist"),
        ("/french", "Deze pagina bestaat niet"),
        ("/nl/", "Deze pagina bestaat niet"),
        ("/de/", "Deze pagina bestaat niet"),
    ] {
        let (status, body) = get(&site, path).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{path}");
        assert!(body.contains(words), "{path}");
    }
    for (path, to) in [
        ("/fr", "/fr/"),
        ("/en", "/en/"),
        ("/fr/gemeente/46013", "/fr/gemeente/46030"),
    ] {
        let (status, headers, _) = get_with(&site, path, "").await;
        assert_eq!(status, StatusCode::PERMANENT_REDIRECT, "{path}");
        assert_eq!(headers[header::LOCATION], to);
    }
}
