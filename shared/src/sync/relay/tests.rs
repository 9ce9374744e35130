#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "a test names the message that it waits for"
)]
mod desk;
mod erasing;
mod media;
mod parts;
mod snapshots;

use super::*;
use crate::crypto::{DocumentKey, InviteSeed, WrapKey};
use crate::entry::{Collection, DocumentBody, Entry, GroupId, KeysBody, Kind, wrap_document_key};
use crate::id::{Chain, DocumentId, Generation, LogId};
use crate::membership::{self, Role};
use crate::protocol::*;
use crate::sync::bug::Bug;
use desk::*;
use rand_chacha::ChaCha8Rng;

#[test]
fn founding_takes_the_right_code_once_and_the_same_genesis_twice() {
    let mut desk = Desk::new(Bugs::default());
    let (answer, ..) = desk.found("0000-0000-0000");
    assert_eq!(answer, RelayToClient::FoundRefused(FoundRefusal::WrongCode));

    let code = desk.code.clone();
    let (answer, founding, ..) = desk.found(&code.to_lowercase());
    assert!(matches!(
        &answer,
        RelayToClient::Record(RecordAnswer {
            outcome: RecordOutcome::Stored(_),
            ..
        })
    ));
    let (again, _) = desk.connect();
    desk.say(again, &found_message(&founding, &code));
    desk.pass(2_000);
    let repeated = desk.next(again).unwrap();
    let seqs = |answer: &RelayToClient| match answer {
        RelayToClient::Record(RecordAnswer {
            outcome: RecordOutcome::Stored(receipt),
            ..
        }) => receipt.entries.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(seqs(&repeated), seqs(&answer));

    let (answer, ..) = desk.found(&code);
    assert_eq!(answer, RelayToClient::FoundRefused(FoundRefusal::AlreadyFounded));
    assert_eq!(desk.store.founding(), None);
}

#[test]
fn a_second_wrong_founding_code_is_answered_slowly() {
    let mut desk = Desk::new(Bugs::default());
    desk.found("0000-0000-0000");
    let (session, hello) = desk.connect();
    let sign = SignKey::generate(&mut desk.rng);
    let hpke = WrapKey::generate(&mut desk.rng);
    let founding =
        membership::found("Net", "Ana", hello.relay_key, &sign, hpke.public(), &mut desk.rng).unwrap();
    desk.say(session, &found_message(&founding, "0000-0000-0000"));
    assert_eq!(desk.next(session), None);
    desk.pass(1_000);
    assert_eq!(
        desk.next(session),
        Some(RelayToClient::FoundRefused(FoundRefusal::WrongCode))
    );
}

#[test]
fn s5_a_receipt_comes_only_after_the_store_confirmed() {
    let mut desk = Desk::new(Bugs::default());
    let ana = desk.founder();
    let (_, _, document) = ana.story(1, &mut desk.rng);
    desk.held = Some(Vec::new());
    assert_eq!(desk.push(&ana, &[&document]), (vec![], vec![]));
    desk.release();
    let id = document.id(ana.network);
    assert_eq!(desk.answers_to_push(&ana), (vec![(id, Seq(2))], vec![]));
}

#[test]
fn bug_1_a_receipt_before_the_commit_is_a_lie_after_a_crash() {
    let mut desk = Desk::new(Bugs::default().with(Bug::ReceiptBeforeCommit));
    let ana = desk.founder();
    let (_, _, document) = ana.story(1, &mut desk.rng);
    desk.held = Some(Vec::new());
    let (stored, _) = desk.push(&ana, &[&document]);
    assert_eq!(stored.len(), 1, "the planted bug answers early");
    desk.store.crash(0);
    assert_eq!(
        desk.store.entries(ana.network).count(),
        1,
        "and what it promised is gone"
    );
}

#[test]
fn a_failed_store_is_told_and_nothing_of_it_stays() {
    let mut desk = Desk::new(Bugs::default());
    let ana = desk.founder();
    let (_, _, document) = ana.story(1, &mut desk.rng);
    desk.store.is_full = true;
    let (stored, refused) = desk.push(&ana, &[&document]);
    assert_eq!(stored, vec![]);
    assert!(matches!(refused[..], [(_, Refusal::Retry(_))]));
    desk.store.is_full = false;
    let (stored, refused) = desk.push(&ana, &[&document]);
    assert_eq!((stored.len(), refused), (1, vec![]));
}

#[test]
fn s4_an_entry_sent_again_is_had_at_its_first_seq_before_any_other_check() {
    let mut desk = Desk::new(Bugs::default());
    let mut ana = desk.founder();
    let (doc, key, document) = ana.story(1, &mut desk.rng);
    let change = ana.change(doc, &key, &mut desk.rng);
    let (stored, _) = desk.push(&ana, &[&document, &change]);
    // A new epoch of `coord` makes the key stale: said only of what is not there yet.
    let epoch = membership::begin_epoch(
        &ana.state,
        signer(&ana),
        &[GroupId::Coord],
        &ana.keys,
        &mut desk.rng,
    )
    .unwrap();
    desk.record_ok(&mut ana, &epoch);
    let late = ana.change(doc, &key, &mut desk.rng);
    let (again, refused) = desk.push(&ana, &[&document, &change, &late]);
    assert_eq!(again, vec![]);
    let have: Vec<_> = stored.iter().map(|&(id, seq)| (id, Refusal::Have(seq))).collect();
    assert_eq!(refused[..2], have);
    assert_eq!(refused[2].1, Refusal::StaleKey);
}

#[test]
fn bug_8_a_key_checked_before_have_refuses_what_is_stored() {
    let mut desk = Desk::new(Bugs::default().with(Bug::KeyBeforeHave));
    let mut ana = desk.founder();
    let (doc, key, document) = ana.story(1, &mut desk.rng);
    let change = ana.change(doc, &key, &mut desk.rng);
    desk.push(&ana, &[&document, &change]);
    let epoch = membership::begin_epoch(
        &ana.state,
        signer(&ana),
        &[GroupId::Coord],
        &ana.keys,
        &mut desk.rng,
    )
    .unwrap();
    desk.record_ok(&mut ana, &epoch);
    let (_, refused) = desk.push(&ana, &[&change]);
    assert_eq!(refused[0].1, Refusal::StaleKey);
}

#[test]
fn k6_after_a_new_epoch_only_a_key_that_is_new_and_fully_wrapped_is_taken() {
    let mut desk = Desk::new(Bugs::default());
    let mut ana = desk.founder();
    let (doc, old, document) = ana.story(1, &mut desk.rng);
    desk.push(&ana, &[&document]);
    let epoch = membership::begin_epoch(
        &ana.state,
        signer(&ana),
        &[GroupId::Coord],
        &ana.keys,
        &mut desk.rng,
    )
    .unwrap();
    desk.record_ok(&mut ana, &epoch);
    let keys = |key: &DocumentKey, rng: &mut ChaCha8Rng| {
        let epochs = ana.state.reader_epochs(&Collection::Story.readers(ana.member));
        let body = KeysBody {
            kid: key.kid(ana.network, doc, Generation(0)),
            wraps: wrap_document_key(ana.network, doc, Generation(0), key, &epochs, rng).unwrap(),
        };
        ana.plain(Kind::Keys, doc, body.encode())
    };
    // The old key, wrapped again, was seen by who lost access.
    let again = keys(&old, &mut desk.rng);
    let change = ana.change(doc, &old, &mut desk.rng);
    let (_, refused) = desk.push(&ana, &[&again, &change]);
    assert_eq!(refused, vec![(change.id(ana.network), Refusal::StaleKey)]);
    let new = DocumentKey::generate(&mut desk.rng);
    let fresh = keys(&new, &mut desk.rng);
    let change = ana.change(doc, &new, &mut desk.rng);
    let (stored, refused) = desk.push(&ana, &[&fresh, &change]);
    assert_eq!((stored.len(), refused), (2, vec![]));
}

#[test]
fn s11_a_member_writes_her_own_documents_and_a_coordinator_all() {
    let mut desk = Desk::new(Bugs::default());
    let mut ana = desk.founder();
    let bea = desk.newcomer(&mut ana, Role::Volunteer);
    let (doc, key, document) = ana.story(1, &mut desk.rng);
    desk.push(&ana, &[&document]);
    let meddling = bea.change(doc, &key, &mut desk.rng);
    let (_, refused) = desk.push(&bea, &[&meddling]);
    assert_eq!(refused[0].1, Refusal::NotEntitled);

    let (doc, key, document) = bea.story(2, &mut desk.rng);
    let (stored, _) = desk.push(&bea, &[&document]);
    assert_eq!(stored.len(), 1);
    let review = ana.change(doc, &key, &mut desk.rng);
    let (stored, _) = desk.push(&ana, &[&review]);
    assert_eq!(stored.len(), 1);

    // Readers are what the policy says, and the author is who signs.
    let mut body = DocumentBody::decode(&bea.story(3, &mut desk.rng).2.ct).unwrap();
    body.author = ana.member;
    let forged = bea.plain(Kind::Document, DocumentId([3; 16]), body.encode());
    let orphan = bea.change(DocumentId([9; 16]), &key, &mut desk.rng);
    let (_, refused) = desk.push(&bea, &[&forged, &orphan]);
    let reasons: Vec<_> = refused.into_iter().map(|(_, refusal)| refusal).collect();
    assert_eq!(reasons, vec![Refusal::NotEntitled, Refusal::UnknownDocument]);
}

#[test]
fn s11_consent_texts_are_written_by_coordinators_and_read_by_the_team() {
    let mut desk = Desk::new(Bugs::default());
    let mut ana = desk.founder();
    let mut bea = desk.newcomer(&mut ana, Role::Volunteer);
    let (_, _, of_bea) = bea.document(Collection::ConsentText, 1, &mut desk.rng);
    let (_, refused) = desk.push(&bea, &[&of_bea]);
    assert_eq!(refused[0].1, Refusal::NotEntitled);

    let (doc, key, document) = ana.document(Collection::ConsentText, 2, &mut desk.rng);
    let change = ana.change(doc, &key, &mut desk.rng);
    let (stored, _) = desk.push(&ana, &[&document, &change]);
    assert_eq!(stored.len(), 2);
    desk.pass(LIVE_PAGE_INTERVAL_MS);
    assert_eq!(desk.follow(&mut bea), vec![document, change]);
    let meddling = bea.change(doc, &key, &mut desk.rng);
    let (_, refused) = desk.push(&bea, &[&meddling]);
    assert_eq!(refused[0].1, Refusal::NotEntitled);

    // Readers are those of its collection, not of another.
    let mut body = DocumentBody::decode(&ana.document(Collection::Story, 3, &mut desk.rng).2.ct).unwrap();
    body.coll = Collection::ConsentText;
    let narrow = ana.plain(Kind::Document, DocumentId([3; 16]), body.encode());
    let (_, refused) = desk.push(&ana, &[&narrow]);
    assert_eq!(refused[0].1, Refusal::NotEntitled);
}

#[test]
fn one_refusal_does_not_stop_the_rest_of_a_push() {
    let mut desk = Desk::new(Bugs::default());
    let ana = desk.founder();
    let (_, _, first) = ana.story(1, &mut desk.rng);
    let (_, _, last) = ana.story(2, &mut desk.rng);
    let mut tampered = first.clone();
    tampered.sig = Signature([1; 64]);
    tampered.header.doc = Some(DocumentId([8; 16]));
    let bytes = vec![0xff, 0x00];
    let entries = vec![
        EntryBytes(first.encode()),
        EntryBytes(bytes.clone()),
        EntryBytes(tampered.encode()),
        EntryBytes(last.encode()),
    ];
    desk.say(ana.session, &ClientToRelay::Push(Push { entries }));
    let (stored, refused) = desk.answers_to_push(&ana);
    assert_eq!(stored.len(), 2);
    assert_eq!(
        refused,
        vec![
            (malformed_id(&bytes), Refusal::Malformed),
            (tampered.id(ana.network), Refusal::NotMember),
        ]
    );
}

#[test]
fn s3_s7_pages_follow_each_other_and_hold_what_the_reader_may_see() {
    let mut desk = Desk::new(Bugs::default());
    let mut ana = desk.founder();
    let mut bea = desk.newcomer(&mut ana, Role::Volunteer);
    desk.follow(&mut ana);
    let (_, _, of_ana) = ana.story(1, &mut desk.rng);
    let (_, _, of_bea) = bea.story(2, &mut desk.rng);
    desk.push(&ana, &[&of_ana]);
    desk.push(&bea, &[&of_bea]);
    desk.pass(LIVE_PAGE_INTERVAL_MS);
    let seen = desk.follow(&mut ana);
    assert_eq!(
        seen,
        vec![of_bea.clone()],
        "a coordinator sees all, her own push not again"
    );
    let seen = desk.follow(&mut bea);
    assert_eq!(
        seen,
        vec![],
        "a volunteer sees hers only, which she pushed herself"
    );

    // Another connection of the same device, from its checkpoint: nothing twice.
    let before = ana.checkpoint;
    desk.sign_in(&mut ana);
    assert_eq!(ana.checkpoint, before);
    // From an older checkpoint all comes again, own entries included.
    let mut older = ana.clone();
    older.checkpoint = None;
    desk.sign_in(&mut older);
    let start = Checkpoint {
        seq: Seq(0),
        chain: Chain([0; 16]),
        ..before.unwrap()
    };
    desk.say(older.session, &ClientToRelay::Pull(start));
    let seen = desk.follow(&mut older);
    assert!(
        !seen.contains(&of_ana),
        "up to the head of its first connection only membership (S8)"
    );
}

#[test]
fn s8_the_first_pages_are_membership_and_a_backfill_brings_the_rest() {
    let mut desk = Desk::new(Bugs::default());
    let mut ana = desk.founder();
    let (doc, key, document) = ana.story(1, &mut desk.rng);
    let change = ana.change(doc, &key, &mut desk.rng);
    let (_, _, second) = ana.story(2, &mut desk.rng);
    desk.push(&ana, &[&document, &second, &change]);
    let mut bea = desk.newcomer(&mut ana, Role::Coordinator);
    let position = None;
    desk.say(
        bea.session,
        &ClientToRelay::Backfill(BackfillRequest {
            groups: vec![],
            position,
        }),
    );
    desk.follow(&mut bea);
    let Some(RelayToClient::Backfill(page)) = desk.next(bea.session) else {
        panic!("a backfill page is the answer");
    };
    let entries: Vec<_> = page
        .entries
        .iter()
        .map(|(_, EntryBytes(bytes))| Entry::decode(bytes).unwrap())
        .collect();
    assert_eq!(entries, vec![second, document, change], "newest document first");
    assert_eq!((page.position, page.documents_left), (None, 0));
}

#[test]
fn a_device_that_waits_for_approval_follows_membership_only() {
    let mut desk = Desk::new(Bugs::default());
    let mut ana = desk.founder();
    let seed = InviteSeed::generate(&mut desk.rng);
    let until = Timestamp(desk.now.0 + 1_000_000);
    let invite = membership::invite(&ana.state, signer(&ana), &seed, Role::Volunteer, until).unwrap();
    desk.record_ok(&mut ana, &invite);
    let mut bea = desk.join(&mut ana, &seed);
    let (_, _, story) = bea.story(1, &mut desk.rng);
    let (_, refused) = desk.push(&bea, &[&story]);
    assert_eq!(refused[0].1, Refusal::NotMember);
    let (_, _, story) = ana.story(2, &mut desk.rng);
    desk.push(&ana, &[&story]);
    assert_eq!(desk.follow(&mut bea), vec![]);
}

#[test]
fn an_invitation_is_refused_as_used_revoked_expired_or_unknown() {
    let mut desk = Desk::new(Bugs::default());
    let mut ana = desk.founder();
    let lookup = |desk: &mut Desk, seed: &InviteSeed| {
        let (session, _) = desk.connect();
        desk.say(session, &ClientToRelay::Lookup(seed.sign_key().public()));
        desk.next(session).unwrap()
    };
    let invite = |desk: &mut Desk, ana: &mut Member, ms: u64| {
        let seed = InviteSeed::generate(&mut desk.rng);
        let until = Timestamp(desk.now.0 + ms);
        let made = membership::invite(&ana.state, signer(ana), &seed, Role::Volunteer, until).unwrap();
        desk.record_ok(ana, &made);
        seed
    };
    let used = invite(&mut desk, &mut ana, 1_000_000);
    desk.join(&mut ana, &used);
    let revoked = invite(&mut desk, &mut ana, 1_000_000);
    let revoke = membership::revoke(&ana.state, signer(&ana), revoked.sign_key().public()).unwrap();
    desk.record_ok(&mut ana, &revoke);
    let expired = invite(&mut desk, &mut ana, 1_000);
    desk.pass(2_000);
    let unknown = InviteSeed::generate(&mut desk.rng);
    for (seed, refusal) in [
        (&used, InvitationRefusal::Used),
        (&revoked, InvitationRefusal::Revoked),
        (&expired, InvitationRefusal::Expired),
        (&unknown, InvitationRefusal::Unknown),
    ] {
        assert_eq!(lookup(&mut desk, seed), RelayToClient::InvitationRefused(refusal));
    }
    // At most seven days.
    let seed = InviteSeed::generate(&mut desk.rng);
    let until = Timestamp(desk.now.0 + 8 * 24 * 3_600_000);
    let long = membership::invite(&ana.state, signer(&ana), &seed, Role::Volunteer, until).unwrap();
    let outcome = desk.record(&mut ana, &long);
    assert_eq!(outcome, RecordOutcome::Refused(RecordRefused::NotEntitled));
}

#[test]
fn l1_of_two_records_on_one_head_the_second_is_refused_and_the_first_repeats() {
    let mut desk = Desk::new(Bugs::default());
    let mut ana = desk.founder();
    let until = Timestamp(desk.now.0 + 1_000_000);
    let seeds = [
        InviteSeed::generate(&mut desk.rng),
        InviteSeed::generate(&mut desk.rng),
    ];
    let [first, second] = seeds
        .map(|seed| membership::invite(&ana.state, signer(&ana), &seed, Role::Volunteer, until).unwrap());
    let stored = desk.record(&mut ana, &first);
    assert!(matches!(&stored, RecordOutcome::Stored(receipt) if receipt.entries[0].1 == Seq(2)));
    let outcome = desk.record(&mut ana, &second);
    assert_eq!(outcome, RecordOutcome::Refused(RecordRefused::StalePrev));
    let again = desk.record(&mut ana, &first);
    assert!(matches!(&again, RecordOutcome::Stored(receipt) if receipt.entries[0].1 == Seq(2)));
}

#[test]
fn w2_a_stranger_with_a_bad_signature_or_an_old_nonce_is_refused() {
    let mut desk = Desk::new(Bugs::default());
    let mut ana = desk.founder();
    let (session, hello) = desk.connect();
    let replayed = auth(&hello, &ana);
    let (other, _) = desk.connect();
    desk.say(other, &replayed);
    assert_eq!(
        desk.next(other),
        Some(RelayToClient::Refused(SessionRefusal::UnknownDevice))
    );
    assert!(desk.closed.contains(&other));
    ana.network = NetworkId([5; 32]);
    desk.say(session, &auth(&hello, &ana));
    assert_eq!(
        desk.next(session),
        Some(RelayToClient::Refused(SessionRefusal::UnknownNetwork))
    );
}

#[test]
fn s2_a_checkpoint_of_another_log_is_told() {
    let mut desk = Desk::new(Bugs::default());
    let mut ana = desk.founder();
    let good = ana.checkpoint.unwrap();
    let (_, _, story) = ana.story(1, &mut desk.rng);
    desk.push(&ana, &[&story]);
    for bad in [
        Checkpoint {
            log_id: LogId([9; 16]),
            ..good
        },
        Checkpoint { seq: Seq(99), ..good },
        Checkpoint {
            chain: Chain([9; 16]),
            ..good
        },
    ] {
        ana.checkpoint = Some(bad);
        let (session, hello) = desk.connect();
        desk.say(session, &auth(&hello, &ana));
        assert_eq!(
            desk.next(session),
            Some(RelayToClient::Refused(SessionRefusal::UnknownCheckpoint)),
            "{bad:?}"
        );
    }
}

#[test]
fn w3_a_silent_stranger_and_an_oversized_one_are_sent_away() {
    let mut desk = Desk::new(Bugs::default());
    let (silent, _) = desk.connect();
    desk.pass(BEFORE_AUTH_MS_MAX);
    assert_eq!(
        desk.next(silent),
        Some(RelayToClient::Refused(SessionRefusal::TooSlow))
    );
    let (large, _) = desk.connect();
    desk.input(Input::Frame(large, vec![0; MESSAGE_BYTES_BEFORE_AUTH_MAX + 1]));
    assert_eq!(
        desk.next(large),
        Some(RelayToClient::Refused(SessionRefusal::TooLarge))
    );
    let (garbled, _) = desk.connect();
    desk.input(Input::Frame(garbled, vec![0xff]));
    assert_eq!(
        desk.next(garbled),
        Some(RelayToClient::Refused(SessionRefusal::Malformed))
    );
    assert_eq!(desk.closed, vec![silent, large, garbled]);
    assert_eq!(desk.relay.n_sessions(), 0);
}

#[test]
fn s13_a_clock_set_back_does_not_stop_live_pages() {
    let mut desk = Desk::new(Bugs::default());
    let mut ana = desk.founder();
    let bea = desk.newcomer(&mut ana, Role::Volunteer);
    desk.follow(&mut ana);
    desk.now = Timestamp(desk.now.0 - 86_400_000);
    let (_, _, story) = bea.story(1, &mut desk.rng);
    desk.push(&bea, &[&story]);
    assert_eq!(desk.follow(&mut ana), vec![story]);
}

#[test]
fn a_restarted_relay_serves_what_it_stored() {
    let mut desk = Desk::new(Bugs::default());
    let mut ana = desk.founder();
    let (_, _, story) = ana.story(1, &mut desk.rng);
    let (stored, _) = desk.push(&ana, &[&story]);
    desk.store.crash(0);
    let config = RelayConfig {
        sign: desk.relay.config.sign.clone(),
        founding: desk.store.founding(),
        bugs: Bugs::default(),
    };
    desk.relay = Relay::new(config);
    desk.sign_in(&mut ana);
    let (_, refused) = desk.push(&ana, &[&story]);
    assert_eq!(refused, vec![(stored[0].0, Refusal::Have(stored[0].1))]);
}
