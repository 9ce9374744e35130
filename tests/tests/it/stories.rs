//! Stories between devices: what arrives, what waits, what a teller takes back.

use crate::running::Running;
use crate::thread::{STORY, is_submitted, network};
use shared::command::Command;
use shared::view::{Field, Role, StoryState, Teller, TellerField, Use, Whereabouts};
use tests::member::Seen;

const BEA: [(&str, Role); 1] = [("Bea", Role::Volunteer)];

#[tokio::test]
async fn what_is_written_without_a_connection_is_sent_when_there_is_one() {
    let relay = Running::start().await;
    let (ana, others) = network(&relay, &BEA).await;
    let [bea] = &others[..] else { unreachable!() };
    bea.goes_offline().await.unwrap();
    let story = bea.write_story(&STORY).await.unwrap();
    let teller = Teller {
        name: "Mevrouw Peeters".to_owned(),
        reach: "09 123 45 67".to_owned(),
    };
    for field in TellerField::ALL {
        bea.does(Command::EditTeller {
            id: story.clone(),
            field,
            value: teller.field(field).to_owned(),
        })
        .await
        .unwrap();
    }
    bea.does(Command::CloseStory { id: story.clone() }).await.unwrap();
    bea.until("it is on the device", |seen| {
        seen.link.unsent_documents == 2 && seen.rows[&story].whereabouts == Whereabouts::Device
    })
    .await
    .unwrap();

    bea.comes_back().await.unwrap();
    bea.sees_safe(&story).await.unwrap();
    ana.sees_safe(&story).await.unwrap();
    let view = ana.reads(&story).await.unwrap();
    assert_eq!(view.teller, teller);
    assert_eq!(bea.sees().link.unsent_documents, 0);
    relay.stop().await;
}

#[tokio::test]
async fn a_relay_that_was_away_is_found_again() {
    let relay = Running::start().await;
    let (ana, others) = network(&relay, &BEA).await;
    let [bea] = &others[..] else { unreachable!() };
    let story = bea.write_story(&STORY).await.unwrap();
    bea.sees_safe(&story).await.unwrap();
    let relay = relay.start_again().await;
    bea.edit(&story, &[(Field::Title, "Een nieuwe titel")])
        .await
        .unwrap();
    for member in [&ana, bea] {
        member
            .until("the new title is safe", |seen| {
                seen.rows.get(&story).is_some_and(|row| {
                    row.title == "Een nieuwe titel" && row.whereabouts == Whereabouts::Safe
                })
            })
            .await
            .unwrap();
    }
    relay.stop().await;
}

#[tokio::test]
async fn m7_two_versions_of_a_title_are_kept_and_a_coordinator_chooses() {
    let relay = Running::start().await;
    let (ana, others) = network(&relay, &BEA).await;
    let [bea] = &others[..] else { unreachable!() };
    let story = bea.write_story(&STORY).await.unwrap();
    ana.sees_safe(&story).await.unwrap();
    for member in [&ana, bea] {
        member.goes_offline().await.unwrap();
    }
    ana.edit(
        &story,
        &[(Field::Title, "Van Ana"), (Field::Tips, "Begin klein.")],
    )
    .await
    .unwrap();
    bea.edit(&story, &[(Field::Title, "Van Bea")]).await.unwrap();
    for member in [&ana, bea] {
        member.comes_back().await.unwrap();
    }
    let has_two = |seen: &Seen| seen.rows[&story].conflict;
    ana.until("there are two versions", has_two).await.unwrap();
    bea.until("there are two versions", has_two).await.unwrap();

    let view = ana.reads(&story).await.unwrap();
    let [conflict] = &view.conflicts[..] else {
        panic!("{:?}", view.conflicts)
    };
    let mut versions: Vec<_> = conflict
        .versions
        .iter()
        .map(|version| (version.value.as_str(), version.by.as_deref()))
        .collect();
    versions.sort_unstable();
    assert_eq!(versions, [("Van Ana", Some("Ana")), ("Van Bea", Some("Bea"))]);
    let bea_s = conflict
        .versions
        .iter()
        .find(|version| version.value == "Van Bea");
    ana.does(Command::Choose {
        id: story.clone(),
        field: Field::Title,
        version: bea_s.unwrap().id.clone(),
    })
    .await
    .unwrap();
    let is_chosen = |seen: &Seen| !seen.rows[&story].conflict && seen.rows[&story].title == "Van Bea";
    ana.until("one is left", is_chosen).await.unwrap();
    bea.until("one is left", is_chosen).await.unwrap();
    assert_eq!(
        bea.reads(&story).await.unwrap().fields[&Field::Tips],
        "Begin klein."
    );
    relay.stop().await;
}

#[tokio::test]
async fn p2_who_takes_the_consent_for_the_website_back_takes_the_story_from_it() {
    let relay = Running::start().await;
    let (ana, others) = network(&relay, &BEA).await;
    let [bea] = &others[..] else { unreachable!() };
    let story = bea.write_story(&STORY).await.unwrap();
    bea.consent(&story, &[Use::Network, Use::Website]).await.unwrap();
    bea.submit(&story).await.unwrap();
    // The consent came before it.
    is_submitted(&ana, &story).await;
    ana.approve_story(&story).await.unwrap();
    let preview = ana.preview(&story).await.unwrap();
    ana.publish(&story, &preview.digest).await.unwrap();
    let is_online = |seen: &Seen| seen.rows[&story].state == StoryState::Online;
    bea.until("it is online", is_online).await.unwrap();
    let path = format!("/verhaal/{story}");
    assert_eq!(relay.page(&path).await.0, 200);

    let view = bea.reads(&story).await.unwrap();
    bea.does(Command::WithdrawConsent {
        id: story.clone(),
        consent: view.consents[0].id.clone(),
        uses: vec![Use::Website],
    })
    .await
    .unwrap();
    let is_withdrawn = |seen: &Seen| seen.rows[&story].state == StoryState::Withdrawn;
    bea.until("it is withdrawn", is_withdrawn).await.unwrap();
    ana.until("it is withdrawn", is_withdrawn).await.unwrap();
    assert_eq!(relay.page(&path).await.0, 410);
    assert!(ana.preview(&story).await.is_err());
    relay.stop().await;
}

#[tokio::test]
async fn a_device_that_starts_again_shows_what_it_had() {
    let relay = Running::start().await;
    let (ana, _) = network(&relay, &[]).await;
    let story = ana.write_story(&STORY).await.unwrap();
    ana.sees_safe(&story).await.unwrap();
    ana.goes_offline().await.unwrap();
    ana.edit(&story, &[(Field::Tips, "Begin klein.")]).await.unwrap();
    let disk = ana.stop().await.unwrap();

    let ana = tests::member::Member::start(&relay.url, disk).unwrap();
    ana.sees_safe(&story).await.unwrap();
    let view = ana.reads(&story).await.unwrap();
    assert_eq!(view.fields[&Field::Tips], "Begin klein.");
    assert_eq!(view.fields[&Field::Happened], STORY[1].1);
    relay.stop().await;
}
