//! The home page with its map, and the list with its filters.

use super::*;
use crate::publications::Filter;
use shared::id::Seq;

/// Story `n` of many, from a municipality of its own for as long as there are.
fn one_of_many(n: u16) -> PublicStory {
    let all = places::municipalities();
    let mut id = [0; 16];
    id[..2].copy_from_slice(&n.to_be_bytes());
    PublicStory {
        id: DocumentId(id),
        seq: Seq(u64::from(n)),
        municipality: all[usize::from(n) % all.len()].nis,
        ..story(1)
    }
}

#[tokio::test]
async fn the_list_comes_before_the_map_and_the_map_is_one_stop() {
    let site = site((1..=9).map(|n| PublicStory {
        municipality: [Nis(44_021), Nis(71_072), Nis(35_013)][usize::from(n) % 3],
        ..story(n)
    }));
    let home = page(&site, "/").await;
    let (before, map) = home.split_once("<svg class=\"map__picture\"").unwrap();
    for nis in ["44021", "71072", "35013"] {
        assert!(before.contains(&format!("href=\"/gemeente/{nis}\"")));
    }
    let (places, provinces) = map.split_once("map__provinces").unwrap();
    for layer in [places, provinces] {
        let marks = layer.matches("class=\"map__mark\"").count();
        assert_eq!(marks, 3);
        assert_eq!(layer.matches("tabindex=\"-1\"").count(), marks - 1);
        // Each has its name to show at focus, painted after all that is seen without it.
        assert_eq!(layer.matches("<text class=\"map__name\"").count(), marks);
        let (shapes, links) = layer.split_once("</g>").unwrap();
        assert_eq!(shapes.matches("<circle").count(), marks);
        assert!(!shapes.contains("map__mark"));
        assert!(links.contains(">Gent</text>") || links.contains(">Oost-Vlaanderen</text>"));
    }
}

#[tokio::test]
async fn every_mark_of_the_map_is_a_link_in_the_list_before_it() {
    let site = site((0..400).map(one_of_many));
    let home = page(&site, "/").await;
    let (before, map) = home.split_once("<svg class=\"map__picture\"").unwrap();
    let (map, _) = map.split_once("</svg>").unwrap();
    let before = links(before);
    let marks = links(map);
    assert_eq!(marks.len(), map::MARKS_MAX + 6);
    assert!(marks.is_subset(&before), "{:?}", marks.difference(&before));
    // The municipalities without a number are dots, and all of them are in the list.
    assert_eq!(
        map.matches("h0").count(),
        places::municipalities().len() - map::MARKS_MAX
    );
    let places = before.iter().filter(|link| link.starts_with("/gemeente/"));
    assert_eq!(places.count(), places::municipalities().len());
}

#[tokio::test]
async fn a_long_list_of_places_is_folded_by_province() {
    let few = page(&site((0..12).map(one_of_many)), "/").await;
    assert!(!few.contains("<details") && !few.contains("map__dots"));
    let many = page(&site((0..80).map(one_of_many)), "/").await;
    assert!(many.contains("<summary>Antwerpen <span"));
    assert!(many.contains("<strong>Heel Antwerpen</strong>"));
}

#[tokio::test]
async fn the_keyboard_is_soon_at_the_first_story() {
    let site = site((0..400).map(one_of_many));
    let home = page(&site, "/").await;
    let (_, main) = home.split_once("<main").unwrap();
    let (before, _) = main.split_once("<a href=\"/verhaal/").unwrap();
    let stops = before.matches("<a ").count() + before.matches("<button").count();
    // The skip link, these, and the story.
    assert!(1 + stops < 6, "{stops} stops before it");
    let first = home
        .split_once("<a class=\"skip-link\" href=\"#inhoud\"")
        .unwrap()
        .0;
    assert!(!first.contains("<a ") && !first.contains("<button"));
}

#[tokio::test]
async fn themes_with_stories_are_a_way_in() {
    let nature = PublicStory {
        themes: vec!["nature".into(), "unheard-of".into()],
        ..story(2)
    };
    let home = page(&site([story(1), nature]), "/").await;
    assert!(links(&home).contains("/verhalen?thema=nature"));
    assert!(!home.contains("thema=unheard-of") && !home.contains("thema=care"));
}

#[test]
fn a_filter_survives_its_address_and_nonsense_is_left_out() {
    let filter = Filter {
        search: "tuin & <hek> + één".into(),
        municipality: Some(Nis(46_030)),
        province: places::Province::from_nis(Nis(40_000)),
        theme: Some("nature".into()),
        audience: Some("jong & oud".into()),
        language: Some("fr".into()),
        page: 3,
    };
    let address = query::address(&filter);
    assert_eq!(query::read(address.strip_prefix("/verhalen?").unwrap()), filter);
    let plain = Filter {
        page: 1,
        ..Filter::default()
    };
    for query in [
        "",
        "gemeente=x&provincie=99999&pagina=-1&thema=&onbekend=1",
        "%ff=%zz&&=",
        "pagina=99999999999999999999999",
    ] {
        assert_eq!(query::read(query), plain, "{query}");
    }
    assert_eq!(query::address(&plain), "/verhalen");
    assert_eq!(query::read("gemeente=46013").municipality, Some(Nis(46_030)));
    assert_eq!(
        query::read(&format!("zoek={}", "x".repeat(9000))).search.len(),
        100
    );
}

#[tokio::test]
async fn each_chosen_filter_is_shown_and_taken_away_by_itself() {
    let site = site((1..=30).map(|n| PublicStory {
        audience: "jong & oud".into(),
        ..story(n)
    }));
    let filter = Filter {
        search: "hek".into(),
        municipality: Some(Nis(71_072)),
        province: places::Province::from_nis(Nis(70_000)),
        theme: Some("together".into()),
        audience: Some("jong & oud".into()),
        language: Some("nl".into()),
        page: 2,
    };
    let html = page(&site, &query::address(&filter)).await;
    assert!(html.contains("<p role=\"status\"><strong>30 verhalen gevonden</strong></p>"));
    let (_, chips) = html.split_once("aria-label=\"Gekozen\"").unwrap();
    let (chips, _) = chips.split_once("</ul>").unwrap();
    let first = Filter { page: 1, ..filter };
    let without = |change: fn(&mut Filter)| {
        let mut rest = first.clone();
        change(&mut rest);
        query::address(&rest)
    };
    let expected = BTreeSet::from([
        without(|filter| filter.search.clear()),
        without(|filter| filter.municipality = None),
        without(|filter| filter.province = None),
        without(|filter| filter.theme = None),
        without(|filter| filter.audience = None),
        without(|filter| filter.language = None),
        "/verhalen".to_owned(),
    ]);
    assert_eq!(links(chips), expected);
    for words in [
        "“hek”",
        "Hasselt",
        "Limburg",
        "Samenleven",
        "jong &amp; oud",
        "Nederlands",
    ] {
        assert!(
            chips.contains(&format!(
                "{words}<span class=\"visually-hidden\"> weghalen</span>"
            )),
            "{words}"
        );
    }
    for chosen in [
        "value=\"hek\"",
        "value=\"71072\" selected",
        "value=\"together\" selected",
    ] {
        assert!(html.contains(chosen), "{chosen}");
    }
}

#[tokio::test]
async fn each_filter_finds_what_it_says() {
    let site = site([
        story(1),
        PublicStory {
            municipality: Nis(44_021),
            themes: vec!["care".into()],
            audience: "buren".into(),
            language: "fr".into(),
            title: "La soupe".into(),
            ..story(2)
        },
    ]);
    for query in [
        "zoek=soup",
        "gemeente=44021",
        "provincie=40000",
        "thema=care",
        "doelgroep=buren",
        "taal=fr",
        "zoek=soup&gemeente=44021&provincie=40000&thema=care&doelgroep=buren&taal=fr&pagina=1",
    ] {
        let html = page(&site, &format!("/verhalen?{query}")).await;
        assert!(html.contains("1 verhaal gevonden"), "{query}");
        assert!(links(&html).contains(&address_of(2)), "{query}");
        assert!(!links(&html).contains(&address_of(1)), "{query}");
    }
    let none = page(&site, "/verhalen?thema=care&taal=nl").await;
    assert!(none.contains("Geen verhalen gevonden") && links(&none).contains("/verhalen?taal=nl"));
}

#[tokio::test]
async fn where_nothing_is_found_the_advice_fits_what_was_asked() {
    let site = site([story(1)]);
    for (query, advice) in [
        ("zoek=giraf", "Zoek met een ander woord."),
        ("zoek=giraf+olifant", "Zoek met minder woorden."),
        ("thema=care&taal=fr", "Haal hierboven iets weg van wat je koos."),
        (
            "zoek=giraf&taal=fr",
            "Zoek met een ander woord. Haal hierboven iets weg van wat je koos.",
        ),
    ] {
        let html = page(&site, &format!("/verhalen?{query}")).await;
        assert!(html.contains(&format!("<p>{advice}</p>")), "{query}");
        assert_eq!(html.matches("Toon alle verhalen").count(), 1, "{query}");
    }
}

#[tokio::test]
async fn pages_of_a_list_keep_its_filter_and_miss_no_story() {
    let site = site((0..30).map(one_of_many));
    let mut found = BTreeSet::new();
    for number in 1..=3 {
        let html = page(&site, &format!("/verhalen?taal=nl&pagina={number}")).await;
        let stories = links(&html)
            .into_iter()
            .filter(|link| link.starts_with("/verhaal/"));
        found.extend(stories);
        let next = format!("/verhalen?taal=nl&pagina={}", number + 1);
        assert_eq!(links(&html).contains(&next), number < 3);
    }
    assert_eq!(found.len(), 30);
}
