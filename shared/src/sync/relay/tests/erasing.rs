//! E1, E2, S17: a draft that its author erases is gone, for ever, with its photos, and costs her nothing any more.

use super::desk::*;
use super::*;
use crate::crypto::DocumentKey;
use crate::entry::{EraseBody, Kind};
use crate::id::{BlobId, MemberId};
use crate::membership::Role;

/// A relay with a story of a volunteer, and its founder.
struct Scene {
    desk: Desk,
    ana: Member,
    bea: Member,
    doc: DocumentId,
    key: DocumentKey,
}

fn scene() -> Scene {
    scene_with(Bugs::default())
}

fn scene_with(bugs: Bugs) -> Scene {
    let mut desk = Desk::new(bugs);
    let mut ana = desk.founder();
    let mut bea = desk.newcomer(&mut ana, Role::Volunteer);
    desk.follow(&mut bea);
    let (doc, key, document) = bea.story(1, &mut desk.rng);
    assert_eq!(desk.push(&bea, &[&document]).1, []);
    let mut scene = Scene {
        desk,
        ana,
        bea,
        doc,
        key,
    };
    assert_eq!(scene.change_by(false), None);
    scene
}

impl Scene {
    fn pushed(&mut self, by_ana: bool, entry: &Entry) -> Option<Refusal> {
        let by = if by_ana { &self.ana } else { &self.bea };
        let refused = self.desk.push(by, &[entry]).1;
        refused.first().map(|(_, refusal)| *refusal)
    }

    fn change_by(&mut self, by_ana: bool) -> Option<Refusal> {
        let by = if by_ana { &self.ana } else { &self.bea };
        let change = by.change(self.doc, &self.key, &mut self.desk.rng);
        self.pushed(by_ana, &change)
    }

    fn erase_by(&mut self, by_ana: bool) -> Option<Refusal> {
        let erasure = self.erasure(by_ana);
        self.pushed(by_ana, &erasure)
    }

    fn erasure(&self, by_ana: bool) -> Entry {
        let by = if by_ana { &self.ana } else { &self.bea };
        by.plain(Kind::Erase, self.doc, EraseBody::default().encode())
    }

    fn put_part(&mut self, index: u32) -> PartOutcome {
        let bytes = vec![u8::try_from(index).unwrap(); 500];
        let part = PutPart {
            doc: self.doc,
            blob: BlobId([8; 16]),
            index,
            is_last: false,
            hash: crate::crypto::part_hash(&bytes),
            bytes,
        };
        self.desk.say(self.bea.session, &ClientToRelay::PutPart(part));
        self.outcome().unwrap()
    }

    fn outcome(&mut self) -> Option<PartOutcome> {
        let answers = self.desk.all(self.bea.session).into_iter();
        let mut outcomes = answers.filter_map(|message| match message {
            RelayToClient::PartAnswer(answer) => Some(answer.outcome),
            _ => None,
        });
        outcomes.next()
    }

    /// What a member uses, entries and parts.
    fn used(&self, member: MemberId) -> (u64, u32, u64) {
        let query = RelayQuery::Judge {
            network: self.ana.network,
            ids: Vec::new(),
            docs: Vec::new(),
            covered: Vec::new(),
            whole: Vec::new(),
            members: vec![member],
            media: Vec::new(),
        };
        let Answer::Judge(known) = self.desk.store.answer(&query) else {
            panic!("not a judgement");
        };
        let usage = known.usage.get(&member).copied().unwrap_or_default();
        let parts = known.part_bytes.get(&member).copied().unwrap_or_default();
        (usage.bytes, usage.documents, parts)
    }

    /// Kinds of what the store still has of the document.
    fn kept(&self) -> Vec<Kind> {
        let entries = self.desk.store.entries(self.ana.network);
        let entries = entries.filter_map(|(_, _, bytes)| Entry::decode(bytes?).ok());
        let of_document = entries.filter(|entry| entry.header.doc == Some(self.doc));
        of_document.map(|entry| entry.header.kind).collect()
    }
}

#[test]
fn e1_an_erased_draft_leaves_its_erasure_and_nothing_else_and_is_given_back() {
    let mut scene = scene();
    assert_eq!(scene.change_by(true), None);
    assert_eq!(scene.put_part(0), PartOutcome::Stored);
    let (bea, ana) = (scene.bea.member, scene.ana.member);
    assert!(scene.used(bea).0 > 0 && scene.used(ana).0 > 0 && scene.used(bea).2 > 0);
    assert_eq!(scene.erase_by(false), None);
    assert_eq!(scene.kept(), [Kind::Erase]);
    assert_eq!(scene.used(bea), (0, 0, 0));
    assert_eq!(scene.used(ana), (0, 0, 0));
    let blob = scene.desk.store.blob(scene.ana.network, BlobId([8; 16]));
    assert_eq!(blob, (Vec::new(), false));
    // Whoever follows the log is told, and whoever comes later is not.
    let mut ana = scene.ana.clone();
    let told = scene.desk.follow(&mut ana);
    assert!(told.iter().any(|entry| entry.header.kind == Kind::Erase));
}

#[test]
fn e2_what_comes_later_is_gone_and_what_was_taken_is_still_said_to_be_had() {
    let mut scene = scene();
    let change = scene.bea.change(scene.doc, &scene.key, &mut scene.desk.rng);
    assert_eq!(scene.pushed(false, &change), None);
    assert_eq!(scene.erase_by(false), None);
    assert!(matches!(scene.pushed(false, &change), Some(Refusal::Have(_))));
    assert_eq!(scene.change_by(true), Some(Refusal::Gone));
    assert_eq!(scene.erase_by(true), Some(Refusal::Gone));
    let (_, _, again) = scene.bea.story(1, &mut scene.desk.rng);
    assert_eq!(scene.pushed(false, &again), Some(Refusal::Gone));
    assert_eq!(scene.put_part(0), PartOutcome::Refused(PartRefusal::Gone));
}

/// In the push that erases it too.
#[test]
fn e2_nothing_follows_an_erasure_within_its_push() {
    let mut scene = scene();
    let before = scene.bea.change(scene.doc, &scene.key, &mut scene.desk.rng);
    let after = scene.bea.change(scene.doc, &scene.key, &mut scene.desk.rng);
    let erasure = scene.erasure(false);
    let refused = scene.desk.push(&scene.bea, &[&before, &erasure, &after]).1;
    assert_eq!(refused, [(after.id(scene.bea.network), Refusal::Gone)]);
    assert_eq!(scene.kept(), [Kind::Erase]);
    assert_eq!(scene.used(scene.bea.member), (0, 0, 0));
}

#[test]
fn e5_only_its_author_erases_a_draft() {
    let mut scene = scene();
    assert_eq!(scene.erase_by(true), Some(Refusal::NotEntitled));
    assert_eq!(scene.kept().len(), 2);
    let other = scene
        .bea
        .plain(Kind::Erase, DocumentId([9; 16]), EraseBody::default().encode());
    assert_eq!(scene.pushed(false, &other), Some(Refusal::UnknownDocument));
    let long = scene.bea.plain(Kind::Erase, scene.doc, vec![0xa1, 0, 0]);
    assert_eq!(scene.pushed(false, &long), Some(Refusal::Malformed));
    assert_eq!(scene.erase_by(false), None);
}

/// A part that was looked up before, and the power that goes between the two files.
#[test]
fn e1_no_part_outlives_an_erasure() {
    let mut scene = scene();
    assert_eq!(scene.put_part(0), PartOutcome::Stored);
    scene.desk.held = Some(Vec::new());
    let erasure = scene.erasure(false);
    scene.desk.say(scene.bea.session, &push(&[&erasure]));
    scene.desk.release_some();
    // The log has it; the power goes before the parts are deleted.
    scene.desk.held = None;
    let sign = SignKey::generate(&mut scene.desk.rng);
    let config = RelayConfig {
        sign,
        founding: None,
        bugs: Bugs::default(),
    };
    let blob = |scene: &Scene| scene.desk.store.blob(scene.ana.network, BlobId([8; 16])).0.len();
    assert_eq!(blob(&scene), 1);
    scene.desk.relay = Relay::new(config);
    let (session, hello) = scene.desk.connect();
    scene.desk.say(session, &auth(&hello, &scene.bea));
    assert_eq!(blob(&scene), 0);
}
