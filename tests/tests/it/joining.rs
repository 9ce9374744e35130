//! Founding and joining, and every way in which the relay says no.

use crate::running::Running;
use crate::thread::{STORY, network};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use shared::command::{Command, CommandError, Reply};
use shared::crypto::InviteSeed;
use shared::view::{Role, Standing};
use tests::member::Member;

async fn lookup(member: &Member, code: &str) -> Result<Reply, CommandError> {
    let code = code.to_owned();
    member.ask(Command::Lookup { code }).await.unwrap()
}

#[tokio::test]
async fn a_wrong_founding_code_is_refused_and_the_right_one_is_good_once() {
    let relay = Running::start().await;
    let code = relay.code();
    let ana = Member::alone(&relay.url).unwrap();
    let found = |code: &str| Command::Found {
        network: "BurgersAanZet".to_owned(),
        name: "Ana".to_owned(),
        code: code.to_owned(),
    };
    for wrong in ["", "AAAA", "0000-0000-0000"] {
        let answer = ana.ask(found(wrong)).await.unwrap();
        assert_eq!(answer, Err(CommandError::WrongFoundingCode), "{wrong}");
    }
    assert_eq!(ana.ask(found(&code)).await.unwrap(), Ok(Reply::Done));
    let bea = Member::alone(&relay.url).unwrap();
    let answer = bea.ask(found(&code)).await.unwrap();
    assert_eq!(answer, Err(CommandError::AlreadyFounded));
    relay.stop().await;
}

#[tokio::test]
async fn an_invitation_that_is_unknown_used_or_revoked_is_said_as_such() {
    let relay = Running::start().await;
    let (ana, _) = network(&relay, &[]).await;
    let invitation = ana.invite(Role::Volunteer).await.unwrap();
    let revoked = ana.invite(Role::Volunteer).await.unwrap();
    ana.does(Command::Revoke {
        invitation: revoked.row.id,
    })
    .await
    .unwrap();

    let bea = Member::alone(&relay.url).unwrap();
    assert_eq!(lookup(&bea, "XXXX").await, Err(CommandError::InvitationGarbled));
    let of_no_network = InviteSeed::generate(&mut ChaCha20Rng::seed_from_u64(1)).to_code();
    assert_eq!(
        lookup(&bea, &of_no_network).await,
        Err(CommandError::InvitationUnknown)
    );
    assert_eq!(
        lookup(&bea, &revoked.code).await,
        Err(CommandError::InvitationRevoked)
    );
    let known = Reply::Invitation {
        network: "BurgersAanZet".to_owned(),
        role: Role::Volunteer,
        stories: 0,
    };
    assert_eq!(lookup(&bea, &invitation.code).await, Ok(known));
    let name = "Bea".to_owned();
    assert_eq!(bea.ask(Command::Join { name }).await.unwrap(), Ok(Reply::Done));

    let cis = Member::alone(&relay.url).unwrap();
    assert_eq!(
        lookup(&cis, &invitation.code).await,
        Err(CommandError::InvitationUsed)
    );
    relay.stop().await;
}

#[tokio::test]
async fn who_stands_before_the_inviter_is_approved_by_itself() {
    let relay = Running::start().await;
    let (ana, _) = network(&relay, &[]).await;
    let invite = Command::Invite {
        role: Role::Volunteer,
        minutes: 60,
        automatic: true,
    };
    let Reply::Invited(invitation) = ana.does(invite).await.unwrap() else {
        unreachable!()
    };
    let bea = Member::join(&relay.url, &invitation.code, "Bea").await.unwrap();
    let is_member = |standing: &Option<Standing>| {
        matches!(standing, Some(Standing::Member { name, network, .. })
            if name == "Bea" && network == "BurgersAanZet")
    };
    bea.until("she is a member", |seen| is_member(&seen.standing))
        .await
        .unwrap();
    ana.finds_member("Bea has a name", |row| row.name.as_deref() == Some("Bea"))
        .await
        .unwrap();
    relay.stop().await;
}

/// The phone is put away while she waits: everything is there again, and goes on by itself.
#[tokio::test]
async fn a_device_that_is_started_again_while_it_waits_comes_in() {
    let relay = Running::start().await;
    let (ana, _) = network(&relay, &[]).await;
    let invitation = ana.invite(Role::Volunteer).await.unwrap();
    let bea = Member::join(&relay.url, &invitation.code, "Bea").await.unwrap();
    let digits = bea.digits().await.unwrap();
    let story = bea.write_story(&STORY).await.unwrap();
    let disk = bea.stop().await.unwrap();

    ana.approve("Bea", &digits).await.unwrap();
    let bea = Member::start(&relay.url, disk).unwrap();
    bea.sees_safe(&story).await.unwrap();
    ana.sees_safe(&story).await.unwrap();
    relay.stop().await;
}

#[tokio::test]
async fn a_role_that_is_given_shows_and_counts() {
    let relay = Running::start().await;
    let (ana, others) = network(&relay, &[("Bea", Role::Volunteer)]).await;
    let [bea] = &others[..] else { unreachable!() };
    let story = ana.write_story(&STORY).await.unwrap();
    ana.sees_safe(&story).await.unwrap();
    assert!(bea.sees().rows.is_empty());
    let row = ana
        .finds_member("Bea is there", |row| row.name.as_deref() == Some("Bea"))
        .await
        .unwrap();
    let set = |role| Command::SetRole {
        member: row.member,
        role,
    };
    ana.does(set(Role::Coordinator)).await.unwrap();
    // A coordinator reads every story, also what was written before.
    bea.sees_safe(&story).await.unwrap();
    bea.approve_story(&story).await.unwrap();

    ana.does(set(Role::Volunteer)).await.unwrap();
    bea.until("the story of somebody else is gone", |seen| seen.rows.is_empty())
        .await
        .unwrap();
    relay.stop().await;
}
