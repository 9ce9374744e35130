//! P2, P3, W5: photos and sounds for the website are taken from who publishes, looked at, and kept while they are shown.

use super::desk::*;
use super::*;
use crate::entry::{Entry, Kind};
use crate::id::{EntryId, MediaHash};
use crate::places::Nis;
use crate::publication::{
    Claim, Heading, Listed, MEDIUM_PART_BYTES, Photo, Plain, Publication, Section, Shape, Withdraw,
    publishable_photo,
};
use crate::testing::picture::{jpeg, jpeg_with, webm};
use crate::view::Use;
use sha2::{Digest, Sha256};

/// A relay with a story of its founder.
fn desk() -> (Desk, Member, DocumentId) {
    let mut desk = Desk::new(Bugs::default());
    let ana = desk.founder();
    let (doc, _, document) = ana.story(1, &mut desk.rng);
    assert_eq!(desk.push(&ana, &[&document]).1, vec![]);
    desk.all(ana.session);
    (desk, ana, doc)
}

/// A photo of several parts.
fn photo(seed: u8) -> (Vec<u8>, Plain) {
    publishable_photo(&jpeg(1600, 1200, 150_000, seed)).unwrap()
}

fn part(doc: DocumentId, bytes: &[u8], hash: MediaHash, index: u32) -> PutMedium {
    let parts = bytes.chunks(MEDIUM_PART_BYTES);
    let part = parts.skip(usize::try_from(index).unwrap()).map(<[u8]>::to_vec);
    PutMedium {
        doc,
        hash,
        size: u32::try_from(bytes.len()).unwrap(),
        index,
        bytes: part.into_iter().next().unwrap_or_default(),
    }
}

fn put(desk: &mut Desk, by: &Member, part: PutMedium) -> Option<MediumOutcome> {
    desk.say(by.session, &ClientToRelay::PutMedium(part));
    answer(desk, by)
}

fn answer(desk: &mut Desk, to: &Member) -> Option<MediumOutcome> {
    let mut answers = desk.all(to.session).into_iter();
    answers.find_map(|message| match message {
        RelayToClient::MediumAnswer(answer) => Some(answer.outcome),
        _ => None,
    })
}

/// Hands all parts in. Returns what became of the last.
fn put_all(desk: &mut Desk, by: &Member, doc: DocumentId, bytes: &[u8], hash: MediaHash) -> MediumOutcome {
    let n_parts = u32::try_from(bytes.chunks(MEDIUM_PART_BYTES).count()).unwrap();
    for index in 0..n_parts - 1 {
        let stored = put(desk, by, part(doc, bytes, hash, index));
        assert_eq!(stored, Some(MediumOutcome::Stored));
    }
    put(desk, by, part(doc, bytes, hash, n_parts - 1)).unwrap()
}

fn state(desk: &mut Desk, by: &Member, doc: DocumentId, hash: MediaHash) -> (u32, bool) {
    let media = vec![hash];
    desk.say(by.session, &ClientToRelay::AskMedia(AskMedia { doc, media }));
    let mut answers = desk.all(by.session).into_iter();
    let states = answers.find_map(|message| match message {
        RelayToClient::Media(states) => Some(states.media),
        _ => None,
    });
    let state = states.unwrap()[0];
    (state.n_parts, state.is_whole)
}

fn refused(refusal: PartRefusal) -> Option<MediumOutcome> {
    Some(MediumOutcome::Refused(refusal))
}

/// The next publication of a document, with these photos.
fn publication(by: &Member, doc: DocumentId, version: u32, prev: Option<&Entry>, photos: &[Plain]) -> Entry {
    let photos = photos.iter().map(|plain| Photo {
        hash: plain.hash,
        size: plain.size,
        width: 1600,
        height: 1200,
        alt: "Een soepkar".into(),
        shows_people: false,
        media: None,
    });
    let publication = Publication {
        version,
        prev: prev.map(|entry| entry.id(by.network)),
        title: "De soepkar".into(),
        sections: vec![Section {
            heading: Heading::Happened,
            text: "Het begon.".into(),
        }],
        summary: String::new(),
        language: "nl".into(),
        themes: Vec::new(),
        audience: String::new(),
        municipality: Nis(44_021),
        district: None,
        name: None,
        date: Timestamp(0),
        claims: vec![Claim {
            allows: Use::Website,
            text_version: 1,
            until: None,
        }],
        consent: [0; 32],
        photos: Listed(photos.collect()),
        sounds: Listed::default(),
    };
    by.plain(Kind::Publication, doc, publication.encode())
}

fn withdrawal(by: &Member, doc: DocumentId, prev: EntryId, only_prev: Option<bool>) -> Entry {
    let withdraw = Withdraw {
        version: 1,
        prev,
        only_prev,
    };
    by.plain(Kind::Withdraw, doc, withdraw.encode())
}

/// Why an entry is refused; `None` if it is not.
fn pushed(desk: &mut Desk, by: &Member, entry: &Entry) -> Option<Refusal> {
    let refusals = desk.push(by, &[entry]).1;
    refusals.first().map(|(_, refusal)| *refusal)
}

#[test]
fn p2_a_publication_waits_for_its_photos() {
    let (mut desk, ana, doc) = desk();
    let (bytes, plain) = photo(1);
    let entry = publication(&ana, doc, 1, None, &[plain]);
    assert_eq!(pushed(&mut desk, &ana, &entry), Some(Refusal::MissingMedia));
    put(&mut desk, &ana, part(doc, &bytes, plain.hash, 0));
    assert_eq!(state(&mut desk, &ana, doc, plain.hash), (1, false));
    assert_eq!(pushed(&mut desk, &ana, &entry), Some(Refusal::MissingMedia));
    for index in 1..3 {
        put(&mut desk, &ana, part(doc, &bytes, plain.hash, index));
    }
    assert_eq!(state(&mut desk, &ana, doc, plain.hash), (3, true));
    // What it says of the photo is so.
    let larger = Plain {
        size: plain.size + 1,
        ..plain
    };
    let lie = publication(&ana, doc, 1, None, &[larger]);
    assert_eq!(pushed(&mut desk, &ana, &lie), Some(Refusal::MissingMedia));
    assert_eq!(pushed(&mut desk, &ana, &entry), None);
    let again = put(&mut desk, &ana, part(doc, &bytes, plain.hash, 2));
    assert_eq!(again, Some(MediumOutcome::Whole));
}

#[test]
fn s12_a_cut_upload_goes_on_where_it_stopped_and_no_part_comes_out_of_turn() {
    let (mut desk, mut ana, doc) = desk();
    let (bytes, plain) = photo(1);
    let put_part = |desk: &mut Desk, index| put(desk, &ana, part(doc, &bytes, plain.hash, index));
    assert_eq!(put_part(&mut desk, 1), refused(PartRefusal::OtherBytes));
    assert_eq!(put_part(&mut desk, 0), Some(MediumOutcome::Stored));
    assert_eq!(put_part(&mut desk, 0), Some(MediumOutcome::Stored), "again");
    assert_eq!(put_part(&mut desk, 2), refused(PartRefusal::OtherBytes));
    let other_size = PutMedium {
        size: plain.size - 1,
        ..part(doc, &bytes, plain.hash, 1)
    };
    assert_eq!(put(&mut desk, &ana, other_size), refused(PartRefusal::OtherBytes));
    desk.input(Input::Disconnected(ana.session));
    desk.sign_in(&mut ana);
    assert_eq!(state(&mut desk, &ana, doc, plain.hash), (1, false));
    let put_part = |desk: &mut Desk, index| put(desk, &ana, part(doc, &bytes, plain.hash, index));
    assert_eq!(put_part(&mut desk, 1), Some(MediumOutcome::Stored));
    assert_eq!(put_part(&mut desk, 2), Some(MediumOutcome::Whole));
    assert_eq!(desk.relay.queued_bytes, 0);
}

#[test]
fn s5_a_photo_is_called_whole_only_after_the_store_confirmed() {
    let (mut desk, ana, doc) = desk();
    let (bytes, plain) = photo(1);
    for index in 0..2 {
        put(&mut desk, &ana, part(doc, &bytes, plain.hash, index));
    }
    desk.held = Some(Vec::new());
    let last = part(doc, &bytes, plain.hash, 2);
    assert_eq!(put(&mut desk, &ana, last.clone()), None);
    // The power goes before anybody looked at it: the last part comes again, and is enough.
    desk.store.crash(0);
    desk.held = None;
    assert_eq!(put(&mut desk, &ana, last), Some(MediumOutcome::Whole));
}

#[test]
fn w5_bytes_that_are_no_plain_photo_are_refused_and_go() {
    let (mut desk, ana, doc) = desk();
    let camera = jpeg_with(1600, 1200, 100, 1, &[(0xe1, b"Exif\0\0MARKER")]);
    let hash = |bytes: &[u8]| MediaHash(Sha256::digest(bytes).into());
    let malformed = MediumOutcome::Refused(PartRefusal::Malformed);
    for bytes in [&camera[..], b"<svg/>", b"\x89PNG\r\n\x1a\n"] {
        assert_eq!(put_all(&mut desk, &ana, doc, bytes, hash(bytes)), malformed);
    }
    // Called by another hash.
    let (bytes, _) = photo(1);
    let lie = MediaHash([1; 32]);
    assert_eq!(put_all(&mut desk, &ana, doc, &bytes, lie), malformed);
    desk.pass(1);
    assert_eq!(desk.store.media_documents(ana.network), []);
    let sound = webm(100_000, 1);
    assert_eq!(
        put_all(&mut desk, &ana, doc, &sound, hash(&sound)),
        MediumOutcome::Whole
    );
}

#[test]
fn p3_what_a_new_version_does_not_show_is_deleted_and_a_withdrawal_deletes_all() {
    let (mut desk, ana, doc) = desk();
    let (first, second) = (photo(1), photo(2));
    for (bytes, plain) in [&first, &second] {
        put_all(&mut desk, &ana, doc, bytes, plain.hash);
    }
    let one = publication(&ana, doc, 1, None, &[first.1, second.1]);
    assert_eq!(pushed(&mut desk, &ana, &one), None);
    let two = publication(&ana, doc, 2, Some(&one), &[second.1]);
    assert_eq!(pushed(&mut desk, &ana, &two), None);
    let has = |desk: &Desk, plain: Plain| desk.store.medium_part(ana.network, doc, plain.hash, 0).is_some();
    assert_eq!((has(&desk, first.1), has(&desk, second.1)), (false, true));
    // Long after it is still there.
    desk.pass(3 * 3_600_000);
    assert!(has(&desk, second.1));
    let gone = withdrawal(&ana, doc, two.id(ana.network), None);
    assert_eq!(pushed(&mut desk, &ana, &gone), None);
    assert!(!has(&desk, second.1));
    let three = publication(&ana, doc, 3, Some(&gone), &[second.1]);
    assert_eq!(pushed(&mut desk, &ana, &three), Some(Refusal::MissingMedia));
    put_all(&mut desk, &ana, doc, &second.0, second.1.hash);
    assert_eq!(pushed(&mut desk, &ana, &three), None);
}

/// A story that is online with a photo, a withdrawal of it, and the publication with the same photo that follows.
fn withdrawn_and_back(desk: &mut Desk, ana: &Member, doc: DocumentId) -> (Entry, Entry) {
    let (bytes, plain) = photo(1);
    put_all(desk, ana, doc, &bytes, plain.hash);
    let one = publication(ana, doc, 1, None, &[plain]);
    assert_eq!(pushed(desk, ana, &one), None);
    let gone = withdrawal(ana, doc, one.id(ana.network), None);
    let two = publication(ana, doc, 2, Some(&gone), &[plain]);
    (gone, two)
}

/// A device that takes a page down by itself judged one publication. A person's order holds for whatever is online.
#[test]
fn p3_what_a_device_takes_down_by_itself_is_only_what_it_knew() {
    let (mut desk, ana, doc) = desk();
    let one = publication(&ana, doc, 1, None, &[]);
    let two = publication(&ana, doc, 2, Some(&one), &[]);
    assert_eq!(pushed(&mut desk, &ana, &one), None);
    assert_eq!(pushed(&mut desk, &ana, &two), None);
    let (old, newest) = (one.id(ana.network), two.id(ana.network));
    let late = withdrawal(&ana, doc, old, Some(true));
    let stale = Refusal::StalePublication(Some(newest));
    assert_eq!(pushed(&mut desk, &ana, &late), Some(stale));
    let takedown = withdrawal(&ana, doc, newest, Some(true));
    assert_eq!(pushed(&mut desk, &ana, &takedown), None);
    let three = publication(&ana, doc, 3, Some(&takedown), &[]);
    assert_eq!(pushed(&mut desk, &ana, &three), None);
    let order = withdrawal(&ana, doc, old, None);
    assert_eq!(pushed(&mut desk, &ana, &order), None);
    let mut rows = desk.store.publications(ana.network);
    assert!(rows.all(|(_, row, _)| row.is_withdrawn));
}

/// The publication is looked up once the withdrawal is stored, and before its photo is deleted.
#[test]
fn p3_a_publication_behind_a_withdrawal_does_not_count_on_what_is_being_deleted() {
    let (mut desk, ana, doc) = desk();
    let (gone, two) = withdrawn_and_back(&mut desk, &ana, doc);
    desk.held = Some(Vec::new());
    desk.say(ana.session, &push(&[&gone]));
    desk.release_some();
    desk.say(ana.session, &push(&[&two]));
    desk.release();
    let (stored, refused) = desk.answers_to_push(&ana);
    assert_eq!(stored.len(), 1);
    assert_eq!(refused, [(two.id(ana.network), Refusal::MissingMedia)]);
    assert_eq!(desk.store.media_documents(ana.network), []);
}

/// And it is looked up before the withdrawal is stored, as a large batch is.
#[test]
fn p3_a_publication_that_was_looked_up_before_a_withdrawal_does_not_count_on_what_goes() {
    let (mut desk, ana, doc) = desk();
    let (gone, two) = withdrawn_and_back(&mut desk, &ana, doc);
    let junk = |n| vec![EntryBytes(vec![1]); n];
    let entries = |first: Vec<EntryBytes>, n| {
        let entries = first.into_iter().chain(junk(n)).collect();
        ClientToRelay::Push(Push { entries })
    };
    desk.held = Some(Vec::new());
    desk.say(ana.session, &push(&[&gone]));
    let first = vec![EntryBytes(two.encode())];
    desk.say(ana.session, &entries(first, PUSH_ENTRIES_MAX - 1));
    desk.say(ana.session, &entries(Vec::new(), PUSH_ENTRIES_MAX));
    desk.release();
    let (stored, refused) = desk.answers_to_push(&ana);
    assert_eq!(stored.len(), 1);
    assert!(refused.contains(&(two.id(ana.network), Refusal::MissingMedia)));
    assert_eq!(desk.store.media_documents(ana.network), []);
}

#[test]
fn p3_what_nobody_published_within_an_hour_is_deleted() {
    let (mut desk, ana, doc) = desk();
    let (shown, left) = (photo(1), photo(2));
    put_all(&mut desk, &ana, doc, &shown.0, shown.1.hash);
    let entry = publication(&ana, doc, 1, None, &[shown.1]);
    assert_eq!(pushed(&mut desk, &ana, &entry), None);
    put_all(&mut desk, &ana, doc, &left.0, left.1.hash);
    desk.pass(59 * 60_000);
    assert_eq!(state(&mut desk, &ana, doc, left.1.hash), (3, true));
    desk.pass(2 * 60_000);
    assert_eq!(state(&mut desk, &ana, doc, left.1.hash), (0, false));
    assert_eq!(state(&mut desk, &ana, doc, shown.1.hash), (3, true));
}

#[test]
fn what_could_not_be_deleted_is_deleted_later() {
    let (mut desk, ana, doc) = desk();
    let (bytes, plain) = photo(1);
    put_all(&mut desk, &ana, doc, &bytes, plain.hash);
    desk.store.is_full = true;
    desk.pass(61 * 60_000);
    desk.store.is_full = false;
    assert_eq!(desk.store.media_documents(ana.network), [doc]);
    desk.pass(2 * 60_000);
    assert_eq!(desk.store.media_documents(ana.network), []);
}

#[test]
fn p2_only_who_publishes_hands_photos_in() {
    let (mut desk, mut ana, doc) = desk();
    let bea = desk.newcomer(&mut ana, Role::Volunteer);
    let (bytes, plain) = photo(1);
    let first = part(doc, &bytes, plain.hash, 0);
    assert_eq!(
        put(&mut desk, &bea, first.clone()),
        refused(PartRefusal::NotEntitled)
    );
    put_all(&mut desk, &ana, doc, &bytes, plain.hash);
    assert_eq!(state(&mut desk, &bea, doc, plain.hash), (0, false));
    let nowhere = PutMedium {
        doc: DocumentId([7; 16]),
        ..first
    };
    assert_eq!(
        put(&mut desk, &ana, nowhere),
        refused(PartRefusal::UnknownDocument)
    );
    let cut = PutMedium {
        bytes: vec![1],
        ..part(doc, &bytes, MediaHash([2; 32]), 0)
    };
    assert_eq!(put(&mut desk, &ana, cut), refused(PartRefusal::Malformed));
    let huge = PutMedium {
        size: u32::MAX,
        ..part(doc, &bytes, MediaHash([2; 32]), 0)
    };
    assert_eq!(put(&mut desk, &ana, huge), refused(PartRefusal::TooLarge));
    assert_eq!(
        plain.shape,
        Shape::Photo {
            width: 1600,
            height: 1200
        }
    );
}

/// The same as [`publication`], on consents that end: to the website, and to people on its photos.
fn ending(
    by: &Member,
    doc: DocumentId,
    photos: &[Plain],
    website: Option<Timestamp>,
    people: Option<Timestamp>,
) -> Entry {
    let lasting = publication(by, doc, 1, None, photos);
    let mut publication = Publication::decode(&lasting.ct).unwrap();
    publication.claims[0].until = website;
    if let Some(first) = publication.photos.0.first_mut() {
        first.shows_people = true;
        publication.claims.push(Claim {
            allows: Use::Photo,
            text_version: 1,
            until: people,
        });
    }
    by.plain(Kind::Publication, doc, publication.encode())
}

/// Whether the bytes of the newest publication of a document are there, and which of these photos.
fn kept(desk: &Desk, by: &Member, doc: DocumentId, photos: &[Plain]) -> (bool, Vec<bool>) {
    let mut publications = desk.store.publications(by.network);
    let is_there = publications.any(|(of, _, bytes)| of == doc && bytes.is_some());
    let has = |plain: &Plain| desk.store.medium_part(by.network, doc, plain.hash, 0).is_some();
    (is_there, photos.iter().map(has).collect())
}

#[test]
fn p3_what_has_ended_is_forgotten_with_its_photos() {
    let (mut desk, ana, doc) = desk();
    let (bytes, plain) = photo(1);
    put_all(&mut desk, &ana, doc, &bytes, plain.hash);
    let until = desk.now.after(Duration::from_mins(1));
    let one = ending(&ana, doc, &[plain], Some(until), None);
    assert_eq!(pushed(&mut desk, &ana, &one), None);
    for (wait_ms, is_kept) in [(0, true), (60_000, true), (1, false), (0, false)] {
        desk.pass(wait_ms);
        desk.input(Input::Ended(ana.network, doc));
        let found = kept(&desk, &ana, doc, &[plain]);
        assert_eq!(found, (is_kept, vec![is_kept]), "after {wait_ms}");
    }
    let two = publication(&ana, doc, 2, Some(&one), &[]);
    assert_eq!(pushed(&mut desk, &ana, &two), None);
    assert!(kept(&desk, &ana, doc, &[]).0);
}

/// It is told to nobody any more, so that who did not hear of it cannot name it.
#[test]
fn p3_who_was_never_told_of_what_has_ended_is_told_what_to_name() {
    let (mut desk, ana, doc) = desk();
    let one = ending(&ana, doc, &[], Some(desk.now), None);
    assert_eq!(pushed(&mut desk, &ana, &one), None);
    let unaware = publication(&ana, doc, 1, None, &[]);
    let stale = |entry: &Entry| Some(Refusal::StalePublication(Some(entry.id(ana.network))));
    assert_eq!(pushed(&mut desk, &ana, &unaware), stale(&one));
    desk.pass(1);
    desk.input(Input::Ended(ana.network, doc));
    let newest = one.id(ana.network);
    let ended = Some(Refusal::EndedPublication(newest));
    assert_eq!(pushed(&mut desk, &ana, &unaware), ended);
    let old = withdrawal(&ana, doc, unaware.id(ana.network), Some(true));
    assert_eq!(pushed(&mut desk, &ana, &old), ended);
    let unaware = publication(&ana, doc, 2, Some(&one), &[]);
    assert_eq!(pushed(&mut desk, &ana, &unaware), None);
    // Of what has not ended nobody is told so.
    let (bytes, plain) = photo(1);
    put_all(&mut desk, &ana, doc, &bytes, plain.hash);
    let other = publication(&ana, doc, 1, None, &[plain]);
    assert_eq!(pushed(&mut desk, &ana, &other), stale(&unaware));
    let gone = withdrawal(&ana, doc, unaware.id(ana.network), None);
    assert_eq!(pushed(&mut desk, &ana, &gone), None);
    desk.input(Input::Ended(ana.network, doc));
    assert_eq!(pushed(&mut desk, &ana, &other), stale(&gone));
}

#[test]
fn p2_people_whose_consent_has_ended_go_and_the_page_stays() {
    let (mut desk, ana, doc) = desk();
    let photos = [photo(1), photo(2)];
    for (bytes, plain) in &photos {
        put_all(&mut desk, &ana, doc, bytes, plain.hash);
    }
    let photos = photos.map(|(_, plain)| plain);
    let entry = ending(&ana, doc, &photos, None, Some(desk.now));
    assert_eq!(pushed(&mut desk, &ana, &entry), None);
    desk.pass(1);
    for _ in 0..2 {
        desk.input(Input::Ended(ana.network, doc));
        assert_eq!(kept(&desk, &ana, doc, &photos), (true, vec![false, true]));
    }
}

/// All stories of a day end with it: none waits for another, and whoever writes waits for all.
#[test]
fn p3_what_ends_together_goes_together_and_nothing_is_judged_meanwhile() {
    let (mut desk, ana, doc) = desk();
    let mut docs = vec![doc];
    for number in 2..5 {
        let (doc, _, document) = ana.story(number, &mut desk.rng);
        assert_eq!(desk.push(&ana, &[&document]).1, vec![]);
        docs.push(doc);
    }
    let (bytes, plain) = photo(1);
    let mut first = None;
    for doc in &docs {
        put_all(&mut desk, &ana, *doc, &bytes, plain.hash);
        let entry = ending(&ana, *doc, &[plain], Some(desk.now), None);
        assert_eq!(pushed(&mut desk, &ana, &entry), None);
        first = first.or(Some(entry));
    }
    desk.pass(1);
    desk.held = Some(Vec::new());
    for doc in &docs {
        desk.input(Input::Ended(ana.network, *doc));
    }
    let again = publication(&ana, doc, 2, first.as_ref(), &[plain]);
    assert_eq!(desk.push(&ana, &[&again]), (vec![], vec![]));
    desk.release_some();
    desk.release();
    for doc in docs {
        assert_eq!(kept(&desk, &ana, doc, &[plain]), (false, vec![false]));
    }
    let missing = (again.id(ana.network), Refusal::MissingMedia);
    assert_eq!(desk.answers_to_push(&ana), (vec![], vec![missing]));
}

#[test]
fn what_has_ended_and_could_not_be_deleted_is_deleted_later() {
    let (mut desk, ana, doc) = desk();
    let (bytes, plain) = photo(1);
    put_all(&mut desk, &ana, doc, &bytes, plain.hash);
    let entry = ending(&ana, doc, &[plain], Some(desk.now), None);
    assert_eq!(pushed(&mut desk, &ana, &entry), None);
    desk.pass(1);
    desk.store.is_full = true;
    desk.input(Input::Ended(ana.network, doc));
    assert_eq!(kept(&desk, &ana, doc, &[plain]), (true, vec![true]));
    // The entry goes, and its photo cannot.
    desk.store.is_full = false;
    desk.held = Some(Vec::new());
    desk.pass(61_000);
    desk.release_some();
    desk.store.is_full = true;
    desk.release();
    desk.store.is_full = false;
    assert_eq!(kept(&desk, &ana, doc, &[plain]), (false, vec![true]));
    desk.pass(61_000);
    assert_eq!(kept(&desk, &ana, doc, &[plain]), (false, vec![false]));
}
