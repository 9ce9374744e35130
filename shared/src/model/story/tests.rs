//! Goal: what people write survives meeting what others wrote, and what was taken back stays taken back.
//! Method: two or three devices as documents, their changes exchanged in every order through the gate.

use super::*;
use crate::model::gate;
use crate::model::review::{Decision, ReviewKind};
use crate::view::{About, Given, Party};
use automerge::ObjType;

const NOW: Timestamp = Timestamp(1_000_000);

fn actor(n: u8) -> ActorId {
    ActorId([n; 16])
}

fn recorded(n: u8) -> Recorded {
    Recorded {
        id: RowId([n; 16]),
        at: NOW,
        by: Some(MemberId(u32::from(n))),
        name: None,
    }
}

fn whole() -> Document {
    let mut document = create(actor(1));
    for (field, value) in [
        (Field::Title, "De soepkar"),
        (Field::Happened, "Het begon met een kapotte keuken."),
        (Field::Municipality, "44021"),
    ] {
        set(&mut document, field, value).unwrap();
    }
    document
}

/// The same story on `n` devices.
fn devices(n: u8) -> Vec<Document> {
    let saved = whole().save();
    (0..n)
        .map(|device| Document::load(&saved, actor(10 + device)).unwrap())
        .collect()
}

/// Hands each device what the others wrote, in this order.
fn exchange(devices: &mut [Document], order: &[usize]) {
    let sent: Vec<_> = devices
        .iter_mut()
        .map(|device| device.take_changes().concat())
        .collect();
    for device in devices.iter_mut() {
        for from in order {
            if let Some(bytes) = sent.get(*from).filter(|bytes| !bytes.is_empty()) {
                gate::incremental(device, bytes).unwrap();
            }
        }
    }
}

fn values(conflict: &FieldConflict) -> Vec<&str> {
    let versions = conflict.versions.iter();
    versions.map(|version| version.value.as_str()).collect()
}

fn website(until: Option<u64>) -> NewConsent {
    NewConsent {
        party: Party::Teller,
        whom: String::new(),
        uses: vec![Use::Website, Use::Name],
        given: Given::ReadAloud,
        text_version: 1,
        language: "nl".into(),
        until,
    }
}

/// A teller of this name.
fn called(name: &str) -> Teller<'_> {
    Teller {
        name: Some(name),
        is_minor: false,
    }
}

/// M7: a cursor rests in a field while another device writes there, or a key is under way when that arrives.
#[test]
fn m7_typed_over_what_the_screen_never_showed_both_are_kept() {
    for (field, before, theirs, ours) in [
        (
            Field::Happened,
            "Het begon.",
            "Het begon met soep.",
            "Het begon. En nu?",
        ),
        (Field::Title, "De kar", "De soepkar", "De kar van Mia"),
    ] {
        let [mut here, mut there] = devices(2).try_into().unwrap();
        set(&mut here, field, before).unwrap();
        gate::incremental(&mut there, &here.take_changes().concat()).unwrap();
        let seen = here.heads();
        // They saw all that was written here: without a word about the screen, this would be gone.
        set(&mut there, field, theirs).unwrap();
        gate::incremental(&mut here, &there.take_changes().concat()).unwrap();

        set_as_seen(&mut here, field, ours, &seen).unwrap();
        // The next key comes before the screen heard of that: it goes on with what was typed.
        let more = format!("{ours}!");
        set_as_seen(&mut here, field, &more, &seen).unwrap();
        gate::incremental(&mut there, &here.take_changes().concat()).unwrap();
        for device in [&mut here, &mut there] {
            let story = read(device);
            let [conflict] = &story.conflicts[..] else {
                panic!("{field:?}: {:?}", story.conflicts);
            };
            assert_eq!(conflict.field, field);
            let kept: BTreeSet<_> = values(conflict).into_iter().collect();
            assert_eq!(kept, BTreeSet::from([theirs, &more]));
        }
        assert_eq!(read(&mut here).fields[&field], more);
    }
}

#[test]
fn m7_what_others_changed_elsewhere_makes_no_second_version() {
    let [mut here, mut there] = devices(2).try_into().unwrap();
    let seen = here.heads();
    set(&mut there, Field::Title, "De soepkar van Mia").unwrap();
    set(&mut there, Field::Happened, "Anders.").unwrap();
    gate::incremental(&mut here, &there.take_changes().concat()).unwrap();
    set_as_seen(&mut here, Field::Tips, "Begin klein.", &seen).unwrap();
    // Shown, and typed over.
    let seen = here.heads();
    set_as_seen(&mut here, Field::Happened, "Nog anders.", &seen).unwrap();
    let story = read(&mut here);
    assert!(story.conflicts.is_empty(), "{:?}", story.conflicts);
    assert_eq!(story.fields[&Field::Happened], "Nog anders.");
    // What is seen may not be here: it is typed as it comes.
    set_as_seen(&mut here, Field::Tips, "Begin.", &[ChangeHash([9; 32])]).unwrap();
    assert_eq!(read(&mut here).fields[&Field::Tips], "Begin.");
}

/// What was typed in the last seconds before a death does not say on which of two versions.
#[test]
fn m7_what_the_last_start_left_typed_replaces_what_it_resembles() {
    let mut devices = devices(2);
    set(&mut devices[0], Field::Tips, "Begin klein.").unwrap();
    set(&mut devices[1], Field::Tips, "Eerst stond er veel meer.").unwrap();
    set(&mut devices[1], Field::Tips, "Begin groot.").unwrap();
    exchange(&mut devices, &[0, 1]);
    let saved = devices[0].save();
    for (typed, other) in [
        ("Begin heel klein.", "Begin groot."),
        ("Begin heel groot.", "Begin klein."),
    ] {
        let mut next = Document::load(&saved, actor(30)).unwrap();
        set(&mut next, Field::Tips, typed).unwrap();
        let story = read(&mut next);
        let kept: BTreeSet<_> = values(&story.conflicts[0]).into_iter().collect();
        assert_eq!(kept, BTreeSet::from([typed, other]));
    }
}

/// M3: what this start wrote on a branch it may no longer know when the document was loaded once more.
#[test]
fn m3_no_branch_has_the_actor_of_an_earlier_one() {
    let [mut here, mut there] = devices(2).try_into().unwrap();
    set(&mut here, Field::Tips, "Begin.").unwrap();
    let first = here.take_changes().concat();
    gate::incremental(&mut there, &first).unwrap();
    let seen = here.heads();
    set(&mut there, Field::Tips, "Begin met koffie.").unwrap();
    gate::incremental(&mut here, &there.take_changes().concat()).unwrap();
    set_as_seen(&mut here, Field::Tips, "Begin met taart.", &seen).unwrap();
    let branch = here.take_changes().concat();
    set(
        &mut there,
        Field::Tips,
        "Begin met koffie en tijd, heel veel tijd.",
    )
    .unwrap();
    gate::incremental(&mut here, &there.take_changes().concat()).unwrap();

    let mut again = Document::load(&here.save(), actor(10)).unwrap();
    let authors = [first, branch].map(|changes| gate::authors(&changes).unwrap());
    again.know_earlier(authors.into_iter().flatten().map(|(_, actor)| actor));
    let seen = again.heads();
    set_as_seen(&mut again, Field::Tips, "Begin met koffie en geduld.", &seen).unwrap();
    gate::incremental(&mut there, &again.take_changes().concat()).unwrap();
    let story = read(&mut again);
    let kept: BTreeSet<_> = values(&story.conflicts[0]).into_iter().collect();
    assert_eq!(
        kept,
        BTreeSet::from(["Begin met taart.", "Begin met koffie en geduld."])
    );
}

#[test]
fn m7_what_two_devices_typed_alike_stands_there_once() {
    const SAME: &str = "Het begon met een kapotte keuken en soep.";
    let mut devices = devices(2);
    for device in &mut devices {
        set(device, Field::Happened, SAME).unwrap();
    }
    exchange(&mut devices, &[0, 1]);
    for device in &mut devices {
        let story = read(device);
        assert!(story.conflicts.is_empty());
        assert_eq!(story.fields[&Field::Happened], SAME);
        // The next key makes one text of it.
        let more = format!("{SAME}!");
        set(device, Field::Happened, &more).unwrap();
        assert_eq!(read(device).fields[&Field::Happened], more);
    }

    let [mut here, mut there] = self::devices(2).try_into().unwrap();
    let seen = here.heads();
    set(&mut there, Field::Happened, SAME).unwrap();
    gate::incremental(&mut here, &there.take_changes().concat()).unwrap();
    set_as_seen(&mut here, Field::Happened, SAME, &seen).unwrap();
    assert_eq!(read(&mut here).fields[&Field::Happened], SAME);
    assert!(!here.has_untaken());
}

#[test]
fn every_field_is_kept_as_it_was_written() {
    let mut document = create(actor(1));
    let values: BTreeMap<Field, &str> = Field::ALL
        .into_iter()
        .map(|field| {
            let value = match field {
                Field::Language => "fr",
                Field::Kind => "practice",
                Field::Themes => "samenleven jeugd",
                Field::Part => "workshop",
                Field::Municipality => "44021",
                Field::NameOnline => "first",
                Field::Age => "teen",
                Field::Happened => "Eén regel.\n\n- <b>twee</b> 🌿",
                Field::Title
                | Field::Who
                | Field::Cause
                | Field::Changed
                | Field::Tips
                | Field::Summary
                | Field::Audience
                | Field::District
                | Field::ExactPlace
                | Field::OtherName => "Tekst met é en 🌿",
            };
            (field, value)
        })
        .collect();
    for (field, value) in &values {
        set(&mut document, *field, value).unwrap();
    }
    let mut document = Document::load(&document.save(), actor(2)).unwrap();
    let story = read(&mut document);
    for (field, value) in values {
        assert_eq!(story.field(field), value, "{field:?}");
    }
    assert_eq!(story.bad_fields, []);
    assert!(!document.has_untaken());
    set(&mut document, Field::Title, "Tekst met é en 🌿").unwrap();
    assert!(!document.has_untaken(), "the same value is no edit");
}

#[test]
fn m7_different_fields_merge_silently_in_every_order() {
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        let mut devices = devices(3);
        set(&mut devices[0], Field::Title, "Nieuwe titel").unwrap();
        set(&mut devices[1], Field::Happened, "Andere tekst").unwrap();
        set(&mut devices[2], Field::Tips, "Begin klein").unwrap();
        exchange(&mut devices, &order);
        for device in &mut devices {
            let story = read(device);
            assert_eq!(story.conflicts, []);
            assert_eq!(story.field(Field::Title), "Nieuwe titel");
            assert_eq!(story.field(Field::Happened), "Andere tekst");
            assert_eq!(story.field(Field::Tips), "Begin klein");
        }
    }
}

#[test]
fn m7_the_same_field_keeps_both_values_until_one_is_chosen() {
    for field in [Field::Title, Field::Happened] {
        for order in [[0, 1], [1, 0]] {
            let mut devices = devices(2);
            set(&mut devices[0], field, "Het begon met de buren.").unwrap();
            set(&mut devices[1], field, "Het begon met soep.").unwrap();
            exchange(&mut devices, &order);
            let conflicts: Vec<_> = devices.iter_mut().map(|device| read(device).conflicts).collect();
            assert_eq!(conflicts[0], conflicts[1], "the same on both devices");
            assert_eq!(conflicts[0].len(), 1);
            let versions = &conflicts[0][0].versions;
            let mut found = values(&conflicts[0][0]);
            found.sort_unstable();
            assert_eq!(found, ["Het begon met de buren.", "Het begon met soep."]);
            assert_ne!(versions[0].actor, versions[1].actor, "each says who wrote it");

            choose(&mut devices[1], field, &versions[0].id).unwrap();
            exchange(&mut devices, &[0, 1]);
            for device in &mut devices {
                let story = read(device);
                assert_eq!(story.conflicts, []);
                assert_eq!(story.field(field), versions[0].value);
            }
        }
    }
}

#[test]
fn m7_typing_on_never_drops_the_version_of_the_other() {
    for field in [Field::Title, Field::Happened] {
        let mut devices = devices(2);
        set(&mut devices[0], field, "Eerste").unwrap();
        set(&mut devices[1], field, "Tweede").unwrap();
        exchange(&mut devices, &[0, 1]);
        for text in ["Eerste z", "Eerste zin", "Eerste zin."] {
            assert_ne!(read(&mut devices[0]).field(field), "Tweede", "she sees her own");
            set(&mut devices[0], field, text).unwrap();
            exchange(&mut devices, &[0, 1]);
        }
        for device in &mut devices {
            let story = read(device);
            let mut found = values(&story.conflicts[0]);
            found.sort_unstable();
            assert_eq!(found, ["Eerste zin.", "Tweede"]);
        }
        assert_eq!(read(&mut devices[0]).field(field), "Eerste zin.");
        assert_eq!(read(&mut devices[1]).field(field), "Tweede");
    }
}

#[test]
fn m7_three_versions_stay_three_and_equal_values_are_no_conflict() {
    let mut three = devices(3);
    for (device, title) in three.iter_mut().zip(["a", "b", "c"]) {
        set(device, Field::Title, title).unwrap();
    }
    exchange(&mut three, &[2, 0, 1]);
    assert_eq!(read(&mut three[0]).conflicts[0].versions.len(), 3);

    let mut same = devices(2);
    for device in &mut same {
        set(device, Field::Title, "Dezelfde").unwrap();
        set(device, Field::Happened, "Hetzelfde").unwrap();
    }
    exchange(&mut same, &[0, 1]);
    assert_eq!(read(&mut same[0]).conflicts, []);
    assert_eq!(read(&mut same[0]).field(Field::Title), "Dezelfde");
}

#[test]
fn m4_a_whole_page_pasted_and_replaced_passes_the_gate() {
    let mut devices = devices(2);
    let long = "Een zin met é. ".repeat(1_333);
    let other = "Heel iets anders! ".repeat(1_111);
    for text in [&long, &other] {
        set(&mut devices[0], Field::Happened, text).unwrap();
        exchange(&mut devices, &[0]);
        assert_eq!(read(&mut devices[1]).field(Field::Happened), *text);
    }
    let too_long = "é".repeat(field::PROSE_CHARS_MAX + 1);
    assert_eq!(
        set(&mut devices[0], Field::Happened, &too_long),
        Err(EditError::TooLong(field::PROSE_CHARS_MAX))
    );
}

#[test]
fn a_full_document_is_not_edited_but_stays_readable_and_can_be_taken_back() {
    let mut document = whole();
    let text = document.inner.put_object(ROOT, "extra", ObjType::Text).unwrap();
    for _ in 0..16 {
        document
            .inner
            .splice_text(&text, 0, 0, &"a".repeat(10_000))
            .unwrap();
        document.commit();
    }
    let edited = set(&mut document, Field::Happened, "Nog iets");
    assert_eq!(edited, Err(EditError::Full));
    Document::load(&document.save(), actor(2)).unwrap();
    decide(&mut document, ReviewKind::Withdrawn, recorded(1)).unwrap();
}

#[test]
fn m8_a_newer_schema_is_read_and_not_edited() {
    let mut document = whole();
    document.inner.put(ROOT, "schema", 2_u64).unwrap();
    document.inner.put(ROOT, "new_field", "blijft").unwrap();
    let story = read(&mut document);
    assert!(story.too_new);
    assert_eq!(story.field(Field::Title), "De soepkar");
    assert_eq!(set(&mut document, Field::Title, "Nee"), Err(EditError::TooNew));
    let document = Document::load(&document.save(), actor(2)).unwrap();
    assert!(document.inner.get(ROOT, "new_field").unwrap().is_some());
}

#[test]
fn m9_a_bad_field_shows_as_empty_with_a_warning() {
    let mut document = whole();
    document.inner.put(ROOT, "title", 7_u64).unwrap();
    document.inner.put(ROOT, "kind", "<script>").unwrap();
    document.inner.put(ROOT, "tips", "no text object").unwrap();
    document.inner.put(ROOT, "audience", "a\u{7}b").unwrap();
    let story = read(&mut document);
    assert_eq!(
        story.bad_fields,
        [Field::Title, Field::Tips, Field::Kind, Field::Audience]
    );
    assert_eq!(story.field(Field::Title), "");
    set(&mut document, Field::Title, "Weer goed").unwrap();
    set(&mut document, Field::Tips, "Weer goed").unwrap();
    let story = read(&mut document);
    assert_eq!(story.field(Field::Title), "Weer goed");
    assert_eq!(story.field(Field::Tips), "Weer goed");
}

#[test]
fn m9_a_value_that_a_field_does_not_take_is_refused() {
    let mut document = whole();
    for (field, value) in [
        (Field::Municipality, "Gent"),
        (Field::Municipality, "99999"),
        (Field::Kind, "other"),
        (Field::NameOnline, "loud"),
        (Field::Themes, "twee  spaties"),
        (Field::Language, "<b>"),
    ] {
        assert_eq!(set(&mut document, field, value), Err(EditError::Invalid(field)));
        set(&mut document, field, "").unwrap();
    }
    set(&mut document, Field::Title, "twee\r\nregels\u{0}").unwrap();
    assert_eq!(read(&mut document).field(Field::Title), "twee regels ");
}

#[test]
fn p2_a_story_is_publishable_only_with_all_that_it_needs() {
    let mut document = create(actor(1));
    assert_eq!(
        read(&mut document).missing(None, NOW),
        [
            Missing::Title,
            Missing::Text,
            Missing::Municipality,
            Missing::WebsiteConsent,
            Missing::Approval
        ]
    );
    let mut document = whole();
    set(&mut document, Field::NameOnline, "full").unwrap();
    let mut only_website = website(None);
    only_website.uses = vec![Use::Website];
    add_consent(&mut document, &only_website, recorded(1)).unwrap();
    decide(&mut document, ReviewKind::Approved, recorded(2)).unwrap();
    let story = read(&mut document);
    assert_eq!(story.missing(Some("Ana Peeters"), NOW), [Missing::NameConsent]);
    assert_eq!(story.missing(None, NOW), [], "no name is known, none is shown");

    // A list does not know the name of a teller who has one.
    let mut with_teller = Document::load(&document.save(), actor(3)).unwrap();
    set_teller(&mut with_teller, DocumentId([7; 16])).unwrap();
    let story = read(&mut with_teller);
    assert_eq!(story.missing(None, NOW), [Missing::NameConsent]);
    assert_eq!(story.missing(Some(""), NOW), [], "a teller without a name");

    set(&mut document, Field::Tips, "Toch nog iets").unwrap();
    assert_eq!(
        read(&mut document).missing(None, NOW),
        [Missing::ChangedSinceApproval, Missing::ChangedSinceConsent]
    );
    decide(&mut document, ReviewKind::TellerAgrees, recorded(3)).unwrap();
    decide(&mut document, ReviewKind::Approved, recorded(4)).unwrap();
    assert_eq!(read(&mut document).missing(None, NOW), []);
    set(&mut document, Field::Themes, "jeugd").unwrap();
    assert_eq!(
        read(&mut document).missing(None, NOW),
        [],
        "themes are not put to the teller"
    );
    set(&mut document, Field::Summary, &"é".repeat(401)).unwrap();
    assert!(
        read(&mut document)
            .missing(None, NOW)
            .contains(&Missing::SummaryTooLong)
    );
}

/// Recorded by somebody who sees this name of the teller.
fn knowing(document: &mut Document, n: u8, teller: Option<&str>) -> Recorded {
    Recorded {
        name: read(document).wording(teller).name,
        ..recorded(n)
    }
}

/// It stands in her contact, and is approved and agreed to with the text all the same.
#[test]
fn p2_another_name_is_approved_and_agreed_to_anew() {
    let changed = [Missing::ChangedSinceApproval, Missing::ChangedSinceConsent];
    let mut document = whole();
    set_teller(&mut document, DocumentId([7; 16])).unwrap();
    set(&mut document, Field::NameOnline, "full").unwrap();
    let seen = knowing(&mut document, 1, Some("Ana"));
    add_consent(&mut document, &website(None), seen).unwrap();
    let seen = knowing(&mut document, 2, Some("Ana"));
    decide(&mut document, ReviewKind::Approved, seen).unwrap();
    let story = read(&mut document);
    assert_eq!(story.missing(Some(" Ana "), NOW), []);
    assert_eq!(story.missing(None, NOW), [], "who does not read her contact");
    assert_eq!(story.missing(Some("Ana Peeters"), NOW), changed);
    for (n, kind) in [(3, ReviewKind::TellerAgrees), (4, ReviewKind::Approved)] {
        let seen = knowing(&mut document, n, Some("Ana Peeters"));
        decide(&mut document, kind, seen).unwrap();
    }
    let story = read(&mut document);
    assert_eq!(story.missing(Some("Ana Peeters"), NOW), []);
    assert_eq!(story.missing(Some("Mia Peeters"), NOW), changed);
    // Where nothing tells which name was shown.
    decide(&mut document, ReviewKind::TellerAgrees, recorded(5)).unwrap();
    decide(&mut document, ReviewKind::Approved, recorded(6)).unwrap();
    assert_eq!(read(&mut document).missing(Some("Mia Peeters"), NOW), []);
}

#[test]
fn p2_a_name_makes_a_difference_only_where_it_is_shown() {
    let mut document = whole();
    set_teller(&mut document, DocumentId([7; 16])).unwrap();
    for (naming, is_same) in [("none", true), ("first", true), ("other", true), ("full", false)] {
        set(&mut document, Field::OtherName, "De soepvrouw").unwrap();
        set(&mut document, Field::NameOnline, naming).unwrap();
        let story = read(&mut document);
        let wordings = [Some("Ana Peeters"), Some("Ana Claes")].map(|name| story.wording(name));
        assert_eq!(wordings[0].is_same(wordings[1]), is_same, "{naming}");
    }
}

#[test]
fn p2_what_is_typed_and_not_stored_yet_is_the_same_wording() {
    let mut document = whole();
    let mut typed = read(&mut document);
    for (field, value) in [(Field::Title, "De\tsoepkar"), (Field::Tips, "Begin\r\nklein.")] {
        typed.fields.insert(field, value.to_owned());
        set(&mut document, field, value).unwrap();
    }
    assert_ne!(read(&mut document).fields, typed.fields);
    assert_eq!(read(&mut document).text_digest(), typed.text_digest());
}

#[test]
fn p2_for_a_minor_a_guardian_allows_it_too() {
    for age in ["teen", "child"] {
        let mut document = whole();
        set(&mut document, Field::Age, age).unwrap();
        add_consent(&mut document, &website(None), recorded(1)).unwrap();
        decide(&mut document, ReviewKind::Approved, recorded(2)).unwrap();
        assert_eq!(read(&mut document).missing(None, NOW), [Missing::GuardianConsent]);
        let guardian = NewConsent {
            party: Party::Guardian,
            ..website(Some(NOW.0))
        };
        add_consent(&mut document, &guardian, recorded(3)).unwrap();
        let story = read(&mut document);
        assert_eq!(story.missing(None, NOW), []);
        let claim = story.consents.allows(Use::Website, story.who_tells(None), NOW);
        let Allowed::Yes(claim) = claim else {
            panic!("{claim:?}");
        };
        assert_eq!(claim.until, Some(NOW), "the guardian's ends first");
        withdraw_consent(&mut document, RowId([3; 16]), &[Use::Website], recorded(4)).unwrap();
        assert_eq!(read(&mut document).missing(None, NOW), [Missing::GuardianConsent]);
    }
}

#[test]
fn p2_a_guardian_of_somebody_else_does_not_answer_for_the_teller() {
    let mut document = whole();
    set(&mut document, Field::Age, "child").unwrap();
    add_consent(&mut document, &website(None), recorded(1)).unwrap();
    decide(&mut document, ReviewKind::Approved, recorded(2)).unwrap();
    let of_a_friend = NewConsent {
        party: Party::Guardian,
        whom: "Sam".into(),
        ..website(None)
    };
    add_consent(&mut document, &of_a_friend, recorded(3)).unwrap();
    let story = read(&mut document);
    for teller in [None, Some("Lotte")] {
        assert_eq!(
            story.missing(teller, NOW),
            [Missing::GuardianConsent],
            "{teller:?}"
        );
    }
    assert_eq!(story.missing(Some("sam"), NOW), [], "it is she");
}

/// Nor does a guardian allow for an adult, or in place of the minor.
#[test]
fn p2_a_guardian_alone_allows_nothing() {
    for age in ["", "adult", "child"] {
        let mut document = whole();
        set(&mut document, Field::Age, age).unwrap();
        let guardian = NewConsent {
            party: Party::Guardian,
            ..website(None)
        };
        add_consent(&mut document, &guardian, recorded(1)).unwrap();
        assert!(
            read(&mut document)
                .missing(None, NOW)
                .contains(&Missing::WebsiteConsent),
            "{age}"
        );
    }
}

#[test]
fn p2_a_consent_ends_on_its_day_and_the_strictest_counts() {
    let mut document = whole();
    add_consent(&mut document, &website(None), recorded(1)).unwrap();
    add_consent(&mut document, &website(Some(NOW.0)), recorded(2)).unwrap();
    let consents = read(&mut document).consents;
    let Allowed::Yes(claim) = consents.allows(Use::Website, Teller::default(), NOW) else {
        panic!("it holds on its last moment");
    };
    assert_eq!(claim.until, Some(NOW), "the one that ends first");

    let mut document = whole();
    add_consent(&mut document, &website(Some(NOW.0)), recorded(2)).unwrap();
    let consents = read(&mut document).consents;
    let later = Timestamp(NOW.0 + 1);
    assert_eq!(
        consents.allows(Use::Website, Teller::default(), later),
        Allowed::Expired
    );
    assert_eq!(
        consents.allows(Use::Press, Teller::default(), NOW),
        Allowed::Never
    );
}

#[test]
fn m7_a_withdrawal_wins_by_presence_whatever_the_order() {
    for order in [[0, 1, 2], [2, 1, 0], [1, 0, 2]] {
        let mut document = whole();
        add_consent(&mut document, &website(None), recorded(1)).unwrap();
        let saved = document.save();
        let mut devices: Vec<_> = (0..3)
            .map(|n| Document::load(&saved, actor(10 + n)).unwrap())
            .collect();
        // One takes it back, another records a consent at the same time, with a clock years ahead.
        withdraw_consent(&mut devices[0], RowId([1; 16]), &[Use::Website], recorded(2)).unwrap();
        let ahead = Recorded {
            at: Timestamp(u64::MAX / 2),
            ..recorded(3)
        };
        add_consent(&mut devices[1], &website(None), ahead).unwrap();
        exchange(&mut devices, &order);
        for device in &mut devices {
            let consents = read(device).consents;
            assert_eq!(
                consents.allows(Use::Website, Teller::default(), NOW),
                Allowed::Withdrawn
            );
            assert!(matches!(
                consents.allows(Use::Name, Teller::default(), NOW),
                Allowed::Yes(_)
            ));
            let shown: Vec<_> = consents
                .shown(Teller::default())
                .map(|(_, _, withdrawn)| withdrawn)
                .collect();
            assert_eq!(shown, [vec![Use::Website], vec![Use::Website]]);
        }
        // She is asked again, and says yes knowing that she had taken it back.
        add_consent(&mut devices[2], &website(None), recorded(4)).unwrap();
        exchange(&mut devices, &order);
        for device in &mut devices {
            let consents = read(device).consents;
            assert!(matches!(
                consents.allows(Use::Website, Teller::default(), NOW),
                Allowed::Yes(_)
            ));
        }
    }
}

/// A volunteer writes her down by name one time, and leaves "Voor wie" empty another time.
#[test]
fn m7_a_withdrawal_reaches_the_teller_with_and_without_her_name() {
    let by_name = NewConsent {
        whom: "Rosa Peeters".to_owned(),
        ..website(None)
    };
    for withdrawn in [1, 2] {
        let mut document = whole();
        add_consent(&mut document, &by_name, recorded(1)).unwrap();
        add_consent(&mut document, &website(None), recorded(2)).unwrap();
        withdraw_consent(
            &mut document,
            RowId([withdrawn; 16]),
            &[Use::Website],
            recorded(3),
        )
        .unwrap();
        let consents = read(&mut document).consents;
        for name in [Some("rosa peeters"), None] {
            let rosa = Teller {
                name,
                is_minor: false,
            };
            assert_eq!(consents.allows(Use::Website, rosa, NOW), Allowed::Withdrawn);
            let shown: Vec<_> = consents.shown(rosa).map(|(_, _, withdrawn)| withdrawn).collect();
            assert_eq!(shown, [vec![Use::Website], vec![Use::Website]]);
        }
        // Of a contact without a name nobody knows whose it is.
        let unnamed = read(&mut document).who_tells(Some(" "));
        assert_eq!(unnamed.name, None);
        // Somebody else's word is not hers.
        let sam = Teller {
            name: Some("Sam"),
            is_minor: false,
        };
        let is_hers = withdrawn == 2;
        assert_eq!(
            consents.allows(Use::Website, sam, NOW) == Allowed::Withdrawn,
            is_hers
        );
    }
}

/// Taken back without a row of its own, it would count again as soon as her name is corrected.
#[test]
fn m7_what_is_taken_back_with_another_consent_of_hers_is_named() {
    let mut document = whole();
    for (n, whom) in [(1, "Rosa"), (2, ""), (3, "Bart"), (4, "rosa")] {
        let consent = NewConsent {
            whom: whom.to_owned(),
            ..website(None)
        };
        add_consent(&mut document, &consent, recorded(n)).unwrap();
    }
    let along = |document: &mut Document, name| {
        let consents = read(document).consents;
        let uses = [Use::Website, Use::Press];
        let along = consents.taken_along(RowId([1; 16]), &uses, name);
        along
            .into_iter()
            .map(|(id, uses)| (id.0[0], uses))
            .collect::<Vec<_>>()
    };
    let website = || vec![Use::Website];
    let rosa = called("Rosa");
    assert_eq!(
        along(&mut document, rosa),
        [(2, website())],
        "the last is known by its name"
    );
    let mut unknown = along(&mut document, Teller::default());
    unknown.sort_unstable();
    assert_eq!(unknown, [(2, website()), (3, website())]);
    withdraw_consent(&mut document, RowId([2; 16]), &[Use::Website], recorded(5)).unwrap();
    assert_eq!(along(&mut document, rosa), []);
}

/// While her own name is not known, each may answer for another child on a photo.
#[test]
fn m7_what_one_guardian_takes_back_another_one_does_not() {
    let mut document = whole();
    for (n, whom) in [(1, "Bart"), (2, "Emma"), (3, "")] {
        let consent = NewConsent {
            party: Party::Guardian,
            whom: whom.to_owned(),
            ..website(None)
        };
        add_consent(&mut document, &consent, recorded(n)).unwrap();
    }
    let along = read(&mut document)
        .consents
        .taken_along(RowId([1; 16]), &[Use::Website], Teller::default());
    assert_eq!(along, [(RowId([3; 16]), vec![Use::Website])]);
}

/// The same of what her guardian says; a guardian of a child on a photo is somebody else.
#[test]
fn m7_a_withdrawal_reaches_the_guardian_with_and_without_the_name() {
    let mut document = whole();
    set(&mut document, Field::Age, "child").unwrap();
    add_consent(&mut document, &website(None), recorded(1)).unwrap();
    for (n, whom) in [(2, ""), (3, "Sam"), (4, "Jef")] {
        let guardian = NewConsent {
            party: Party::Guardian,
            whom: whom.to_owned(),
            ..website(None)
        };
        add_consent(&mut document, &guardian, recorded(n)).unwrap();
    }
    let sam = Teller {
        name: Some("Sam"),
        is_minor: true,
    };
    let allowed = |document: &mut Document| read(document).consents.allows(Use::Website, sam, NOW);
    withdraw_consent(&mut document, RowId([4; 16]), &[Use::Website], recorded(5)).unwrap();
    assert!(matches!(allowed(&mut document), Allowed::Yes(_)));
    withdraw_consent(&mut document, RowId([3; 16]), &[Use::Website], recorded(6)).unwrap();
    assert_eq!(allowed(&mut document), Allowed::NoGuardian);
}

#[test]
fn m7_a_decision_that_did_not_know_of_a_withdrawal_does_not_undo_it() {
    for order in [[0, 1, 2], [2, 1, 0], [1, 0, 2]] {
        let mut devices = devices(3);
        // One takes it back; at the same time another submits and approves, so that her event is the newest.
        decide(&mut devices[0], ReviewKind::Withdrawn, recorded(1)).unwrap();
        decide(&mut devices[1], ReviewKind::Submitted, recorded(2)).unwrap();
        decide(&mut devices[1], ReviewKind::Approved, recorded(3)).unwrap();
        exchange(&mut devices, &order);
        for device in &mut devices {
            let story = read(device);
            assert_eq!(story.state(Public::Withdrawn), StoryState::Withdrawn);
            assert_eq!(story.review.approved(), None);
        }
        // Who knows may approve it anew.
        decide(&mut devices[2], ReviewKind::Approved, recorded(4)).unwrap();
        exchange(&mut devices, &order);
        for device in &mut devices {
            assert_eq!(read(device).state(Public::Withdrawn), StoryState::Approved);
        }
    }
}

#[test]
fn m7_an_approval_that_did_not_know_of_a_refusal_does_not_undo_it() {
    for order in [[0, 1, 2], [2, 1, 0], [1, 0, 2]] {
        let mut devices = devices(3);
        // One decides that it stays inside; at the same time another approves, so that her event is the newest.
        decide(&mut devices[0], ReviewKind::NotPublished, recorded(1)).unwrap();
        decide(&mut devices[1], ReviewKind::Submitted, recorded(2)).unwrap();
        decide(&mut devices[1], ReviewKind::Approved, recorded(3)).unwrap();
        assert!(!read(&mut devices[1]).review.is_refused());
        exchange(&mut devices, &order);
        for device in &mut devices {
            let story = read(device);
            assert!(story.review.is_refused());
            assert_eq!(story.review.approved(), None);
            for public in [Public::Never, Public::Withdrawn] {
                assert_eq!(story.state(public), StoryState::NotPublished);
            }
        }
        // Handed in again it is read again, and what rests on the approval is refused all the same.
        decide(&mut devices[2], ReviewKind::Submitted, recorded(4)).unwrap();
        let review = read(&mut devices[2]).review;
        assert_eq!((review.is_refused(), review.submitted_at()), (true, Some(NOW)));
        // Who knows may approve it anew.
        decide(&mut devices[2], ReviewKind::Approved, recorded(5)).unwrap();
        exchange(&mut devices, &order);
        for device in &mut devices {
            let story = read(device);
            assert!(!story.review.is_refused());
            assert_eq!(story.state(Public::Never), StoryState::Approved);
        }
    }
}

#[test]
fn what_an_older_build_approved_counts_if_it_came_last() {
    let refused = || {
        let mut document = whole();
        decide(&mut document, ReviewKind::NotPublished, recorded(1)).unwrap();
        document
    };
    let mut document = refused();
    decide(&mut document, ReviewKind::Approved, recorded(2)).unwrap();
    let review = read(&mut document).review;
    let approval = ReviewEvent {
        refusals: None,
        ..review.events().next_back().unwrap().clone()
    };
    let mut document = refused();
    assert!(read(&mut document).review.is_refused());
    review::add(&mut document, RowId([2; 16]), &approval).unwrap();
    let review = read(&mut document).review;
    assert!(!review.is_refused());
    assert_eq!(review.decided(), Some(ReviewKind::Approved));
}

fn question(text: &str, about: Option<About>) -> Decision {
    Decision {
        note: Some(text.into()),
        about,
        ..ReviewKind::AskedBack.into()
    }
}

/// A volunteer hands in what she wrote on without connection, and another coordinator approves, while one asks.
#[test]
fn m7_what_did_not_know_of_a_question_does_not_answer_it() {
    use ReviewKind::{Approved, Submitted};
    for order in [[0, 1, 2], [2, 1, 0], [1, 0, 2]] {
        for (asker, other) in [(0, 1), (1, 0)] {
            for decided in [&[Submitted][..], &[Approved], &[Submitted, Approved]] {
                let mut devices = devices(3);
                decide(&mut devices[asker], question("Wie?", None), recorded(1)).unwrap();
                set(&mut devices[other], Field::Happened, "Het begon met de buren.").unwrap();
                for (n, kind) in (2..).zip(decided) {
                    decide(&mut devices[other], *kind, recorded(n)).unwrap();
                }
                exchange(&mut devices, &order);
                for device in &mut devices {
                    let story = read(device);
                    assert_eq!(story.state(Public::Never), StoryState::AskedBack, "{decided:?}");
                    assert_eq!(story.review.questions().len(), 1, "{decided:?}");
                    assert_eq!(story.review.approved(), None);
                    assert_eq!(story.review.submitted_at(), None);
                }
                // Who knows of it answers it.
                decide(&mut devices[2], Submitted, recorded(8)).unwrap();
                exchange(&mut devices, &order);
                for device in &mut devices {
                    let story = read(device);
                    assert_eq!(story.state(Public::Never), StoryState::Submitted);
                    assert!(story.review.questions().is_empty());
                }
            }
        }
    }
}

#[test]
fn m7_what_did_not_know_of_a_refusal_does_not_undo_it() {
    use ReviewKind::{Approved, AskedBack, NotPublished, Submitted};
    for order in [[0, 1, 2], [2, 1, 0], [1, 0, 2]] {
        for (refuser, other) in [(0, 1), (1, 0)] {
            for decided in [&[Submitted][..], &[AskedBack], &[Submitted, Approved]] {
                let mut devices = devices(3);
                decide(&mut devices[refuser], question("Wie?", None), recorded(1)).unwrap();
                decide(&mut devices[refuser], NotPublished, recorded(2)).unwrap();
                set(&mut devices[other], Field::Happened, "Het begon met de buren.").unwrap();
                for (n, kind) in (3..).zip(decided) {
                    decide(&mut devices[other], *kind, recorded(n)).unwrap();
                }
                exchange(&mut devices, &order);
                // Who refused knew of her own question, not of the other.
                let n_questions = decided.iter().filter(|kind| **kind == AskedBack).count();
                for device in &mut devices {
                    let story = read(device);
                    assert_eq!(
                        story.state(Public::Never),
                        StoryState::NotPublished,
                        "{decided:?}"
                    );
                    assert!(story.review.is_refused(), "{decided:?}");
                    assert_eq!(story.review.questions().len(), n_questions, "{decided:?}");
                }
                // Who knows of it asks all the same.
                decide(&mut devices[2], question("Waar?", None), recorded(8)).unwrap();
                exchange(&mut devices, &order);
                for device in &mut devices {
                    let story = read(device);
                    assert_eq!(story.state(Public::Never), StoryState::AskedBack);
                    assert_eq!(story.review.questions().len(), n_questions + 1);
                }
            }
        }
    }
}

#[test]
fn m7_a_withdrawal_outweighs_a_question_and_does_not_answer_it() {
    for (asker, other) in [(0, 1), (1, 0)] {
        let mut devices = devices(2);
        decide(&mut devices[asker], question("Wie?", None), recorded(1)).unwrap();
        decide(&mut devices[other], ReviewKind::Withdrawn, recorded(2)).unwrap();
        exchange(&mut devices, &[0, 1]);
        for device in &mut devices {
            let story = read(device);
            assert_eq!(story.state(Public::Withdrawn), StoryState::Withdrawn);
            assert_eq!(story.review.questions().len(), 1);
        }
        decide(&mut devices[0], ReviewKind::Submitted, recorded(3)).unwrap();
        let story = read(&mut devices[0]);
        assert_eq!(story.state(Public::Withdrawn), StoryState::Submitted);
        assert!(story.review.questions().is_empty());
    }
}

/// Who approved a story that was refused knew that, and not what was asked meanwhile.
#[test]
fn m7_of_a_refusal_that_was_undone_and_a_question_the_question_remains() {
    let mut devices = devices(3);
    decide(&mut devices[0], question("Wie?", None), recorded(1)).unwrap();
    decide(&mut devices[1], ReviewKind::NotPublished, recorded(2)).unwrap();
    let refusal = devices[1].take_changes().concat();
    gate::incremental(&mut devices[0], &refusal).unwrap();
    gate::incremental(&mut devices[2], &refusal).unwrap();
    decide(&mut devices[2], ReviewKind::Approved, recorded(3)).unwrap();
    exchange(&mut devices, &[0, 1, 2]);
    for device in &mut devices {
        let review = read(device).review;
        assert_eq!(review.decided(), Some(ReviewKind::AskedBack));
        assert!(!review.is_refused());
    }
}

/// A question was answered by handing in; who approves knew of neither.
#[test]
fn m7_an_approval_that_did_not_know_of_a_question_leaves_its_answer_to_be_read() {
    let mut devices = devices(3);
    decide(&mut devices[0], question("Wie?", None), recorded(1)).unwrap();
    let asked = devices[0].take_changes().concat();
    gate::incremental(&mut devices[1], &asked).unwrap();
    decide(&mut devices[1], ReviewKind::Submitted, recorded(2)).unwrap();
    set(&mut devices[2], Field::Tips, "Begin klein.").unwrap();
    decide(&mut devices[2], ReviewKind::TellerAgrees, recorded(3)).unwrap();
    decide(&mut devices[2], ReviewKind::Approved, recorded(4)).unwrap();
    gate::incremental(&mut devices[2], &asked).unwrap();
    exchange(&mut devices, &[0, 1, 2]);
    for device in &mut devices {
        let review = read(device).review;
        assert_eq!(review.decided(), Some(ReviewKind::Submitted));
        assert!(review.questions().is_empty());
        assert_eq!(review.approved(), None);
    }
}

#[test]
fn what_an_older_build_handed_in_answers_what_was_asked_before() {
    let asked = || {
        let mut document = whole();
        decide(&mut document, question("Wie?", None), recorded(1)).unwrap();
        document
    };
    let mut document = asked();
    decide(&mut document, ReviewKind::Submitted, recorded(2)).unwrap();
    let review = read(&mut document).review;
    let submission = ReviewEvent {
        refusals: None,
        questions: None,
        ..review.events().next_back().unwrap().clone()
    };
    let mut document = asked();
    review::add(&mut document, RowId([2; 16]), &submission).unwrap();
    let review = read(&mut document).review;
    assert_eq!(review.decided(), Some(ReviewKind::Submitted));
    assert!(review.questions().is_empty());
    decide(&mut document, question("Waar?", None), recorded(3)).unwrap();
    assert_eq!(read(&mut document).review.questions().len(), 1);
}

#[test]
fn m7_what_one_device_throws_away_another_takes_out_only_if_it_knew() {
    let mut devices = devices(3);
    let is_deleted = |device: &mut Document| read(device).review.is_deleted();
    decide(&mut devices[0], ReviewKind::Deleted, recorded(1)).unwrap();
    exchange(&mut devices, &[0, 1, 2]);
    assert!(devices.iter_mut().all(is_deleted));
    // One takes it out; at the same time another, which did so before, throws it away again.
    decide(&mut devices[2], ReviewKind::Restored, recorded(2)).unwrap();
    decide(&mut devices[1], ReviewKind::Restored, recorded(3)).unwrap();
    decide(&mut devices[1], ReviewKind::Deleted, recorded(4)).unwrap();
    assert!(!is_deleted(&mut devices[2]));
    exchange(&mut devices, &[1, 2, 0]);
    for device in &mut devices {
        assert!(is_deleted(device));
        assert_eq!(read(device).state(Public::Never), StoryState::Draft);
    }
    decide(&mut devices[0], ReviewKind::Restored, recorded(5)).unwrap();
    exchange(&mut devices, &[2, 0, 1]);
    assert!(!devices.iter_mut().any(is_deleted));
}

#[test]
fn m7_what_was_handed_in_at_the_same_time_lies_in_no_trash() {
    let mut devices = devices(2);
    decide(&mut devices[0], ReviewKind::Submitted, recorded(1)).unwrap();
    decide(&mut devices[1], ReviewKind::Deleted, recorded(2)).unwrap();
    exchange(&mut devices, &[0, 1]);
    for device in &mut devices {
        let story = read(device);
        assert!(!story.review.is_deleted());
        assert_eq!(story.state(Public::Never), StoryState::Submitted);
    }
}

#[test]
fn m7_a_withdrawal_that_cannot_be_read_takes_everything_back() {
    let mut document = whole();
    add_consent(&mut document, &website(None), recorded(1)).unwrap();
    let (_, rows) = document.inner.get(ROOT, consent::WITHDRAWALS).unwrap().unwrap();
    document.inner.put(rows, "0".repeat(32), vec![0xff]).unwrap();
    let consents = read(&mut document).consents;
    assert_eq!(
        consents.allows(Use::Website, Teller::default(), NOW),
        Allowed::Withdrawn
    );
    assert_eq!(consents.unreadable(), 1);
}

#[test]
fn a_consent_of_somebody_else_is_not_the_tellers() {
    let mut document = whole();
    let mut other = website(None);
    other.whom = "Ana Peeters".into();
    add_consent(&mut document, &other, recorded(1)).unwrap();
    let consents = read(&mut document).consents;
    assert_eq!(
        consents.allows(Use::Website, Teller::default(), NOW),
        Allowed::Never
    );
    assert_eq!(consents.allows(Use::Website, called("Bart"), NOW), Allowed::Never);
    assert!(matches!(
        consents.allows(Use::Website, called("ana peeters"), NOW),
        Allowed::Yes(_)
    ));
    assert_eq!(
        withdraw_consent(&mut document, RowId([9; 16]), &[Use::Website], recorded(2)),
        Err(EditError::Unknown)
    );
}

#[test]
fn the_state_follows_from_events_in_the_order_of_causes() {
    let mut document = whole();
    assert_eq!(read(&mut document).state(Public::Never), StoryState::Draft);
    let steps = [
        (ReviewKind::Submitted, StoryState::Submitted),
        (ReviewKind::AskedBack, StoryState::AskedBack),
        (ReviewKind::Submitted, StoryState::Submitted),
        (ReviewKind::Approved, StoryState::Approved),
        (ReviewKind::TellerAgrees, StoryState::Approved),
        (ReviewKind::NotPublished, StoryState::NotPublished),
        (ReviewKind::Approved, StoryState::Approved),
    ];
    for (n, (kind, state)) in (1..).zip(steps) {
        // A clock that runs backwards changes nothing.
        let backwards = Recorded {
            at: Timestamp(1_000 - u64::from(n)),
            ..recorded(n)
        };
        decide(&mut document, kind, backwards).unwrap();
        assert_eq!(read(&mut document).state(Public::Never), state);
    }
    let story = read(&mut document);
    assert_eq!(story.state(Public::Online), StoryState::Online);
    assert_eq!(
        story.state(Public::Withdrawn),
        StoryState::Withdrawn,
        "taken back by code"
    );
    let withdrawn = Decision {
        note: Some("op vraag".into()),
        ..ReviewKind::Withdrawn.into()
    };
    decide(&mut document, withdrawn, recorded(8)).unwrap();
    let refusal = read(&mut document).review.refusal().cloned().unwrap();
    assert_eq!(refusal.note.as_deref(), Some("op vraag"));
    assert_eq!(
        read(&mut document).state(Public::Withdrawn),
        StoryState::Withdrawn
    );
    assert!(
        read(&mut document)
            .missing(None, NOW)
            .contains(&Missing::Approval)
    );
    decide(&mut document, ReviewKind::Submitted, recorded(9)).unwrap();
    let story = read(&mut document);
    assert_eq!(story.state(Public::Withdrawn), StoryState::Submitted);
    assert_eq!(story.review.submitted_at(), Some(NOW));
    assert_eq!(story.review.refusal(), None);
}

#[test]
fn questions_are_open_until_something_else_is_decided() {
    let mut document = whole();
    let open = |document: &mut Document| {
        let story = read(document);
        let questions = story.review.questions();
        let texts = questions.iter().filter_map(|question| question.note.clone());
        texts.collect::<Vec<_>>()
    };
    decide(&mut document, ReviewKind::Submitted, recorded(1)).unwrap();
    let about = Some(About::Field(Field::Who));
    decide(&mut document, question("Wie?", about), recorded(2)).unwrap();
    decide(&mut document, ReviewKind::TellerAgrees, recorded(3)).unwrap();
    decide(&mut document, question("Waar?", None), recorded(4)).unwrap();
    assert_eq!(open(&mut document), ["Wie?", "Waar?"]);
    assert_eq!(read(&mut document).review.questions()[0].about, about);
    decide(&mut document, ReviewKind::Submitted, recorded(5)).unwrap();
    assert_eq!(open(&mut document), [""; 0]);
    decide(&mut document, question("Wanneer?", None), recorded(6)).unwrap();
    assert_eq!(open(&mut document), ["Wanneer?"]);
    decide(&mut document, ReviewKind::Approved, recorded(7)).unwrap();
    assert_eq!(open(&mut document), [""; 0]);
}

#[test]
fn the_name_is_shown_as_the_teller_chose() {
    let mut document = whole();
    let teller = Some("Ana Maria Peeters");
    for (naming, shown) in [
        ("", None),
        ("none", None),
        ("full", Some("Ana Maria Peeters")),
        ("first", Some("Ana")),
        ("other", Some("De soepvrouw")),
    ] {
        set(&mut document, Field::NameOnline, naming).unwrap();
        set(&mut document, Field::OtherName, "De soepvrouw").unwrap();
        assert_eq!(
            read(&mut document).shown_name(teller).as_deref(),
            shown,
            "{naming}"
        );
    }
}

#[test]
fn a_story_without_title_is_called_by_its_first_words() {
    let mut document = create(actor(1));
    assert_eq!(read(&mut document).heading(), "");
    set(&mut document, Field::Happened, &"woord ".repeat(30)).unwrap();
    let heading = read(&mut document).heading();
    assert!(
        heading.ends_with("woord…") && heading.chars().count() <= 61,
        "{heading}"
    );
}

#[test]
fn m1_the_teller_is_named_by_the_id_of_her_contact() {
    let mut document = whole();
    set_teller(&mut document, DocumentId([7; 16])).unwrap();
    assert_eq!(read(&mut document).teller, Some(DocumentId([7; 16])));
    let mut contact = super::super::contact::create(actor(3));
    let teller = crate::view::Teller {
        name: "Ana Peeters".into(),
        reach: "0470 12 34 56".into(),
    };
    for field in crate::view::TellerField::ALL {
        super::super::contact::set(&mut contact, field, teller.field(field)).unwrap();
    }
    let contact = Document::load(&contact.save(), actor(4)).unwrap();
    assert_eq!(super::super::contact::read(&contact).teller(), teller);
    let bytes = document.save();
    for secret in ["Ana Peeters", "0470"] {
        assert!(
            !bytes
                .windows(secret.len())
                .any(|window| window == secret.as_bytes())
        );
    }
}
