//! The example network, made in the real server: what is to be seen of it, and what is not.

use crate::running::Running;
use shared::places::{self, Nis};
use shared::view::{About, Field, Role, Standing, StoryState};
use std::collections::{BTreeMap, BTreeSet};
use tests::example::{Example, NETWORK, Written, keep_inviting};
use tests::member::{Member, Seen};
use tokio::sync::mpsc;

#[tokio::test]
async fn the_example_shows_every_state_and_lets_coordinators_in() {
    let relay = Running::start().await;
    let example = Example::make(&relay.url, &relay.code()).await.unwrap();

    let expected = [
        (StoryState::Draft, 24),
        (StoryState::Submitted, 12),
        (StoryState::AskedBack, 4),
        (StoryState::Online, 17),
        (StoryState::NotPublished, 2),
        (StoryState::Withdrawn, 1),
    ];
    assert_eq!(states(&example.coordinator.sees()), expected.into());
    has_pictures(&example);
    shows_two_versions(&example).await;
    asks_back(&example).await;
    the_public_site_says_what_it_is(&relay, &example).await;

    let (heard, mut said) = mpsc::unbounded_channel();
    let say = move |line: &str| heard.send(line.to_owned()).unwrap();
    tokio::select! {
        ended = keep_inviting(&example.administrator, &relay.url, say) => panic!("{ended:?}"),
        () = async {
            for name in ["Eva", "Leo"] {
                let newcomer = joins(&relay, &mut said, name).await;
                let has_all = |seen: &Seen| states(seen) == expected.into();
                newcomer.until("she reads all stories", has_all).await.unwrap();
                assert_eq!(newcomer.sees().broken_protocol, []);
                newcomer.stop().await.unwrap();
            }
        } => {}
    }
    for member in [&example.administrator, &example.coordinator] {
        assert_eq!(member.sees().broken_protocol, []);
    }
    example.stop().await;
    relay.stop().await;
}

/// Drawings for all but drafts, which the coordinator lists as photos.
fn has_pictures(example: &Example) {
    let rows = example.coordinator.sees().rows;
    for written in &example.stories {
        let n_photos = rows.get(&written.id).unwrap().n_photos;
        assert_eq!(
            n_photos,
            u32::from(written.story.n_drawings()),
            "{}",
            written.story.title()
        );
    }
}

fn states(seen: &Seen) -> BTreeMap<StoryState, usize> {
    let mut states = BTreeMap::new();
    for row in seen.rows.values() {
        *states.entry(row.state).or_default() += 1;
    }
    states
}

async fn shows_two_versions(example: &Example) {
    let stories: Vec<_> = example.stories.iter().collect();
    let differing = stories.iter().filter(|written| written.story.second.is_some());
    let mut fields = BTreeSet::new();
    for written in differing {
        let second = written.story.second.as_ref().unwrap();
        let view = example.coordinator.reads(&written.id).await.unwrap();
        let [conflict] = &view.conflicts[..] else {
            panic!("{:?}", view.conflicts)
        };
        let mut versions: Vec<_> = conflict
            .versions
            .iter()
            .map(|version| (version.value.as_str(), version.by.as_deref()))
            .collect();
        versions.sort_unstable();
        let mut expected = [
            (second.author.as_str(), Some(written.story.by.as_str())),
            (second.coordinator.as_str(), Some("Joris")),
        ];
        expected.sort_unstable();
        assert_eq!(versions, expected);
        fields.insert(conflict.field);
    }
    assert_eq!(fields, [Field::Title, Field::Happened].into());
}

async fn asks_back(example: &Example) {
    for written in example.in_state(StoryState::AskedBack) {
        let view = example.coordinator.reads(&written.id).await.unwrap();
        let asked: Vec<_> = view.questions.iter().map(|question| question.about).collect();
        let wanted: Vec<_> = written
            .story
            .questions
            .iter()
            .map(|question| question.field.map(About::Field))
            .collect();
        assert_eq!(asked, wanted);
    }
}

async fn the_public_site_says_what_it_is(relay: &Running, example: &Example) {
    let mut pages = Vec::new();
    let mut provinces = BTreeSet::new();
    for written in example.in_state(StoryState::Online) {
        let page = page(relay, &format!("/verhaal/{}", written.id)).await;
        assert!(page.contains(written.story.made_up().unwrap()), "{page}");
        let nis: Nis = written.story.field(Field::Municipality).parse().unwrap();
        pages.push(self::page(relay, &format!("/gemeente/{nis}")).await);
        provinces.insert(places::municipality(nis).unwrap().province);
        shows_the_name_as_chosen(written, &page);
        let n_shown = page.matches("alt=\"Tekening: ").count();
        assert_eq!(n_shown, usize::from(written.story.n_drawings()), "{page}");
        pages.push(page);
    }
    assert_eq!(provinces.len(), 5);
    for path in [
        "/",
        "/fr/",
        "/en/",
        "/verhalen",
        "/verhalen?pagina=2",
        "/feed.atom",
        "/verhalen.geojson",
    ] {
        pages.push(page(relay, path).await);
    }
    for page in &pages {
        assert!(page.contains(NETWORK), "{page}");
    }
    let all = pages.join("\n");
    for written in &example.stories {
        let private = [
            written.story.field(Field::ExactPlace),
            written.story.reason.as_str(),
        ];
        let reach = written.story.teller.as_ref().map(|teller| teller.reach.as_str());
        for private in private.into_iter().chain(reach).filter(|text| !text.is_empty()) {
            assert!(!all.contains(private), "{private} is public");
        }
        let is_online = written.story.state == StoryState::Online;
        assert_eq!(all.contains(&written.id), is_online, "{}", written.story.title());
    }
    for written in example.in_state(StoryState::Withdrawn) {
        assert_eq!(relay.page(&format!("/verhaal/{}", written.id)).await.0, 410);
    }
}

fn shows_the_name_as_chosen(written: &Written, page: &str) {
    let name = &written.story.teller.as_ref().unwrap().name;
    let (first, _) = name.split_once(' ').unwrap();
    let shown = match written.story.field(Field::NameOnline) {
        "full" => name.as_str(),
        "first" => first,
        "other" => written.story.field(Field::OtherName),
        _ => "",
    };
    assert!(page.contains(shown), "{page}");
    assert_eq!(page.contains(name.as_str()), shown == name, "{page}");
}

async fn page(relay: &Running, path: &str) -> String {
    let (status, page) = relay.page(path).await;
    assert_eq!(status, 200, "{path}");
    page
}

/// Joins with the next invitation that is said, and waits to be let in.
async fn joins(relay: &Running, said: &mut mpsc::UnboundedReceiver<String>, name: &str) -> Member {
    let code = loop {
        let line = said.recv().await.unwrap();
        if let Some(link) = line.strip_prefix("Uitnodiging voor een coördinator: ") {
            let (address, code) = link.split_once('#').unwrap();
            assert_eq!(address, format!("{}/app/uitnodiging", relay.url));
            break code.to_owned();
        }
    };
    let newcomer = Member::join(&relay.url, &code, name).await.unwrap();
    newcomer
        .until("she is let in", |seen| {
            matches!(
                &seen.standing,
                Some(Standing::Member {
                    role: Role::Coordinator,
                    ..
                })
            )
        })
        .await
        .unwrap();
    newcomer
}
