//! The first thread, whole: from an empty relay to a story that is online and is taken back.

use crate::running::Running;
use shared::command::{CommandError, Reply};
use shared::view::{Field, Intent, Role, StoryState, Use, Whereabouts};
use tests::member::{Member, Seen};

pub(crate) const STORY: [(Field, &str); 4] = [
    (Field::Title, "De soepkar van Ledeberg"),
    (Field::Happened, "Het begon met een kapotte keuken."),
    (Field::Summary, "Buren koken samen."),
    (Field::Municipality, "44021"),
];

/// A network with Ana as its administrator, and others with their names and roles.
pub(crate) async fn network(relay: &Running, others: &[(&str, Role)]) -> (Member, Vec<Member>) {
    let code = relay.code();
    let ana = Member::found(&relay.url, &code, "BurgersAanZet", "Ana")
        .await
        .unwrap();
    let mut members = Vec::new();
    for (name, role) in others {
        let invitation = ana.invite(*role).await.unwrap();
        let member = Member::join(&relay.url, &invitation.code, name).await.unwrap();
        let digits = member.digits().await.unwrap();
        ana.approve(name, &digits).await.unwrap();
        member
            .until("she is a member", |seen| is_member(seen, *role))
            .await
            .unwrap();
        members.push(member);
    }
    (ana, members)
}

fn is_member(seen: &Seen, wanted: Role) -> bool {
    matches!(&seen.standing, Some(shared::view::Standing::Member { role, .. }) if *role == wanted)
}

/// Waits until somebody was told that a story was handed in, and so of all that was written in it before.
pub(crate) async fn is_submitted(member: &Member, story: &str) {
    let is_submitted = |seen: &Seen| {
        let row = seen.rows.get(story);
        row.is_some_and(|row| row.state == StoryState::Submitted)
    };
    member.until("it is submitted", is_submitted).await.unwrap();
}

#[tokio::test]
async fn a_story_written_before_the_approval_goes_online_and_is_taken_back() {
    let relay = Running::start().await;
    let (ana, _) = network(&relay, &[]).await;

    // Bea writes at a kitchen table before she belongs to anything, and once more while she waits.
    let bea = Member::alone(&relay.url).unwrap();
    let story = bea.write_story(&STORY).await.unwrap();
    let invitation = ana.invite(Role::Volunteer).await.unwrap();
    bea.joins(&invitation.code, "Bea").await.unwrap();
    let digits = bea.digits().await.unwrap();
    bea.edit(&story, &[(Field::Tips, "Begin klein.")]).await.unwrap();
    assert_eq!(bea.sees().rows[&story].whereabouts, Whereabouts::Device);
    ana.approve("Bea", &digits).await.unwrap();

    bea.sees_safe(&story).await.unwrap();
    ana.sees_safe(&story).await.unwrap();
    let row = ana.sees().rows[&story].clone();
    assert_eq!((row.author.as_deref(), row.mine), (Some("Bea"), false));
    assert_eq!(
        ana.reads(&story).await.unwrap().fields[&Field::Tips],
        "Begin klein."
    );

    bea.consent(&story, &[Use::Network, Use::Website]).await.unwrap();
    bea.submit(&story).await.unwrap();
    is_submitted(&ana, &story).await;
    assert_eq!(
        bea.approve_story(&story).await.unwrap_err().to_string(),
        format!("ApproveStory: {:?}", CommandError::NotAllowed)
    );
    ana.approve_story(&story).await.unwrap();
    let preview = ana.preview(&story).await.unwrap();
    assert_eq!(preview.title, "De soepkar van Ledeberg");
    let path = format!("/verhaal/{story}");
    assert_eq!(relay.page(&path).await.0, 404);

    assert_eq!(ana.publish(&story, &preview.digest).await.unwrap(), Reply::Done);
    let is_online = |seen: &Seen| seen.rows[&story].state == StoryState::Online;
    ana.until("it is online", is_online).await.unwrap();
    bea.until("it is online", is_online).await.unwrap();
    let (status, page) = relay.page(&path).await;
    assert_eq!(status, 200);
    for text in [
        "De soepkar van Ledeberg",
        "Het begon met een kapotte keuken.",
        "Begin klein.",
    ] {
        assert!(page.contains(text), "{text} is not in {page}");
    }
    assert!(relay.page("/verhalen").await.1.contains(&path));

    // The teller takes it back, through the volunteer.
    assert_eq!(
        bea.withdraw(&story, "De verteller wil het niet meer.")
            .await
            .unwrap(),
        Reply::Done
    );
    let is_withdrawn = |seen: &Seen| seen.rows[&story].state == StoryState::Withdrawn;
    bea.until("it is withdrawn", is_withdrawn).await.unwrap();
    ana.until("it is withdrawn", is_withdrawn).await.unwrap();
    assert_eq!(relay.page(&path).await.0, 410);
    assert!(!relay.page("/verhalen").await.1.contains(&path));
    for member in [&ana, &bea] {
        assert_eq!(member.sees().broken_protocol, []);
    }

    let relay = relay.start_again().await;
    assert_eq!(relay.page(&path).await.0, 410);
    relay.stop().await;
}

#[tokio::test]
async fn p3_a_publish_that_was_ordered_offline_does_not_bring_a_story_back() {
    let relay = Running::start().await;
    let (ana, others) = network(&relay, &[("Cis", Role::Coordinator)]).await;
    let [cis] = &others[..] else { unreachable!() };
    let story = ana.write_story(&STORY).await.unwrap();
    ana.consent(&story, &[Use::Website]).await.unwrap();
    ana.approve_story(&story).await.unwrap();
    let preview = ana.preview(&story).await.unwrap();
    ana.publish(&story, &preview.digest).await.unwrap();
    let is_online = |seen: &Seen| {
        let row = seen.rows.get(&story);
        row.is_some_and(|row| row.state == StoryState::Online && row.whereabouts == Whereabouts::Safe)
    };
    ana.until("it is online", is_online).await.unwrap();
    cis.until("it is online", is_online).await.unwrap();

    cis.goes_offline().await.unwrap();
    let preview = cis.preview(&story).await.unwrap();
    assert_eq!(cis.publish(&story, &preview.digest).await.unwrap(), Reply::Queued);
    assert_eq!(cis.reads(&story).await.unwrap().row.intent, Some(Intent::Publish));
    ana.withdraw(&story, "").await.unwrap();
    let is_withdrawn = |seen: &Seen| seen.rows[&story].state == StoryState::Withdrawn;
    ana.until("it is withdrawn", is_withdrawn).await.unwrap();
    let path = format!("/verhaal/{story}");
    assert_eq!(relay.page(&path).await.0, 410);

    cis.comes_back().await.unwrap();
    cis.until("it is withdrawn", is_withdrawn).await.unwrap();
    cis.sees_safe(&story).await.unwrap();
    // What Cis ordered has been looked at once a later story of hers is with Ana.
    let later = cis.write_story(&STORY).await.unwrap();
    ana.sees_safe(&later).await.unwrap();
    assert_eq!(cis.reads(&story).await.unwrap().row.intent, None);
    assert_eq!(ana.sees().rows[&story].state, StoryState::Withdrawn);
    assert_eq!(relay.page(&path).await.0, 410);

    // Who looks again and approves it anew may publish it once more.
    cis.approve_story(&story).await.unwrap();
    let is_approved = |seen: &Seen| seen.rows[&story].state == StoryState::Approved;
    cis.until("it is approved", is_approved).await.unwrap();
    ana.until("it is approved", is_approved).await.unwrap();
    let preview = cis.preview(&story).await.unwrap();
    cis.publish(&story, &preview.digest).await.unwrap();
    ana.until("it is online again", is_online).await.unwrap();
    assert_eq!(relay.page(&path).await.0, 200);
    relay.stop().await;
}
