//! Publishing photos and sound: what goes online, what stays inside, and what a bad line and a killed tab cost (P1–P3).

use crate::town::{Town, consent, joined};
use shared::command::{Command, CommandError, Reply};
use shared::entry::Entry;
use shared::id::{DocumentId, MemberId, NetworkId};
use shared::publication::{NAME_CHARS_MAX, Publication, SUMMARY_CHARS_MAX, TEXT_BYTES_MAX};
use shared::storage::{RelayOperation, Usage};
use shared::testing::people;
use shared::testing::picture::{jpeg, jpeg_with, webm};
use shared::view::{
    ConsentView, Field, Given, Intent, LeftOut, MediaEdit, Missing, NewConsent, Party, PhotoNeed, Preview,
    Role, Sending, SoundNeed, StoryState, TellerField, Trouble, Use, Whereabouts, WhyHidden,
};

/// A story of the volunteer with photos and recordings, some of which may be shown.
struct Told {
    town: Town,
    story: String,
    /// Of Els, who allows it.
    photo: String,
}

impl Told {
    fn new(seed: u64) -> Self {
        let mut town = Town::new(seed);
        let tab = town.volunteer;
        let story = town.story(tab);
        let camera = jpeg_with(1600, 1200, 150_000, 1, &[(0xe1, b"Exif\0\0MARKER-51.05,3.72")]);
        let mut told = Self {
            town,
            story,
            photo: String::new(),
        };
        told.photo = told.add_photo(tab, &camera);
        let photo = told.photo.clone();
        told.describe(&photo, "Els deelt soep uit.", "Els");
        told
    }

    fn add_photo(&mut self, tab: usize, bytes: &[u8]) -> String {
        let add = Command::AddPhoto {
            id: self.story.clone(),
            jpeg: bytes.to_vec(),
            thumbnail: jpeg(320, 240, 100, 9),
            width: 1600,
            height: 1200,
        };
        match self.town.world.ask(tab, add) {
            Ok(Reply::Added(id)) => id,
            other => panic!("{other:?}"),
        }
    }

    fn record(&mut self, tab: usize, bytes: &[u8]) -> String {
        let id = self.story.clone();
        let start = Command::StartRecording {
            id: id.clone(),
            media_type: "audio/webm;codecs=opus".to_owned(),
            recording: None,
        };
        let Ok(Reply::Added(recording)) = self.town.world.ask(tab, start) else {
            panic!("no recording");
        };
        let append = Command::AppendSound {
            id: id.clone(),
            recording: recording.clone(),
            bytes: bytes.to_vec(),
            duration_ms: 5_000,
        };
        let finish = Command::FinishRecording {
            id,
            recording: recording.clone(),
            duration_ms: 5_000,
        };
        self.town.world.ask(tab, append).unwrap();
        self.town.world.ask(tab, finish).unwrap();
        recording
    }

    fn edit(&mut self, media: &str, edit: MediaEdit) {
        let edit = Command::EditMedia {
            id: self.story.clone(),
            media: media.to_owned(),
            edit,
            seen: String::new(),
        };
        self.town.world.ask(self.town.volunteer, edit).unwrap();
    }

    fn describe(&mut self, photo: &str, description: &str, who: &str) {
        self.edit(photo, MediaEdit::Description(description.to_owned()));
        self.edit(photo, MediaEdit::Recognisable(Some(!who.is_empty())));
        self.edit(photo, MediaEdit::Who(who.to_owned()));
    }

    fn allow(&mut self, consent: NewConsent) {
        let id = self.story.clone();
        let tab = self.town.volunteer;
        let add = Command::AddConsent {
            wording: self.town.open(tab, &id).wording,
            id,
            consent,
        };
        self.town.world.ask(tab, add).unwrap();
    }

    /// Els allows her photo, the teller her voice; the rest is done by a coordinator, who approves it.
    fn approve(&mut self) {
        self.approve_until(None);
    }

    /// The same, where what the teller allows ends.
    fn approve_until(&mut self, until: Option<u64>) {
        self.allow(NewConsent {
            party: Party::Pictured,
            ..consent("Els", Use::Photo)
        });
        let tab = self.town.volunteer;
        let story = self.story.clone();
        self.town.edit(tab, &story, Field::Municipality, "44021");
        self.town.edit(tab, &story, Field::Happened, "Het begon.");
        self.allow(NewConsent {
            uses: vec![Use::Website, Use::Voice],
            until,
            ..consent("", Use::Website)
        });
        self.town.settle();
        let approve = Command::ApproveStory { id: story };
        self.town.world.ask(self.town.coordinator, approve).unwrap();
        self.town.settle();
    }

    /// The volunteer writes in a field of what was approved; a coordinator hears that the teller agrees, and approves it
    /// again.
    fn rewrite(&mut self, field: Field, value: &str) {
        self.write(field, value);
        self.agree();
        self.approve_as_it_is();
    }

    /// A coordinator records that the teller agrees to the text as it is now.
    fn agree(&mut self) {
        self.town.settle();
        let (tab, id) = (self.town.coordinator, self.story.clone());
        let agrees = Command::TellerAgrees {
            wording: self.town.open(tab, &id).wording,
            id,
            given: Given::Spoken,
        };
        self.town.world.ask(tab, agrees).unwrap();
    }

    /// A coordinator approves it, whatever it lacks.
    fn approve_as_it_is(&mut self) {
        self.town.settle();
        let id = self.story.clone();
        let approve = Command::ApproveStory { id };
        self.town.world.ask(self.town.coordinator, approve).unwrap();
        self.town.settle();
    }

    /// Makes it a story that lacks this and nothing else.
    fn lack(&mut self, missing: Missing) {
        match missing {
            Missing::WebsiteConsent => {
                self.write(Field::Municipality, "44021");
                self.write(Field::Happened, "Het begon.");
                return self.approve_as_it_is();
            }
            Missing::Approval => {
                self.write(Field::Municipality, "44021");
                self.write(Field::Happened, "Het begon.");
                self.allow(consent("", Use::Website));
                return self.town.settle();
            }
            Missing::WebsiteExpired => {
                let until = self.town.world.now + 30 * 60_000;
                self.approve_until(Some(until));
                return self.town.pass(until + 1_000 - self.town.world.now);
            }
            Missing::TextTooLong => {
                for field in [Field::Who, Field::Cause] {
                    self.write(field, &"€".repeat(TEXT_BYTES_MAX / 6 + 1));
                    self.town.pass(10_000);
                }
            }
            Missing::NameTooLong => {
                self.write(Field::NameOnline, "full");
                self.call(self.town.volunteer, &"é".repeat(NAME_CHARS_MAX + 1));
                self.allow(consent("", Use::Name));
            }
            Missing::Title
            | Missing::Text
            | Missing::Municipality
            | Missing::WebsiteWithdrawn
            | Missing::GuardianConsent
            | Missing::NameConsent
            | Missing::Conflict
            | Missing::ChangedSinceApproval
            | Missing::ChangedSinceConsent
            | Missing::SummaryTooLong => {}
        }
        self.approve();
        match missing {
            Missing::Title => self.rewrite(Field::Title, ""),
            Missing::Text => self.rewrite(Field::Happened, ""),
            Missing::Municipality => self.rewrite(Field::Municipality, ""),
            Missing::WebsiteWithdrawn => self.take_back("", Use::Website),
            Missing::GuardianConsent => self.write(Field::Age, "teen"),
            Missing::NameConsent => {
                self.write(Field::OtherName, "De soepvrouw");
                self.rewrite(Field::NameOnline, "other");
            }
            Missing::Conflict => {
                let story = self.story.clone();
                let both = [self.town.volunteer, self.town.coordinator];
                for (tab, value) in both.into_iter().zip(["Buren", "Scholen"]) {
                    self.town.cut_off(tab, 60_000);
                    self.town.edit(tab, &story, Field::Audience, value);
                }
                self.town.pass(70_000);
            }
            Missing::ChangedSinceApproval => {
                self.write(Field::Summary, "Soep.");
                self.agree();
            }
            Missing::ChangedSinceConsent => {
                self.write(Field::Summary, "Soep.");
                self.approve_as_it_is();
            }
            Missing::SummaryTooLong => self.rewrite(Field::Summary, &"é".repeat(SUMMARY_CHARS_MAX + 1)),
            Missing::WebsiteConsent
            | Missing::Approval
            | Missing::WebsiteExpired
            | Missing::TextTooLong
            | Missing::NameTooLong => {}
        }
        self.town.settle();
    }

    /// The preview of a coordinator, whose device fetches what it shows first.
    fn preview(&mut self, tab: usize) -> Preview {
        for _ in 0..20 {
            let id = self.story.clone();
            self.town
                .world
                .ask(tab, Command::OpenStory { id: id.clone() })
                .unwrap();
            match self.town.world.ask(tab, Command::Preview { id }) {
                Ok(Reply::Preview(preview)) => return *preview,
                Ok(Reply::MediaComing) => self.town.pass(10_000),
                other => panic!("{other:?}"),
            }
        }
        panic!("no preview comes");
    }

    fn order(&mut self, tab: usize, digest: &str) -> Result<Reply, CommandError> {
        let publish = Command::Publish {
            id: self.story.clone(),
            digest: digest.to_owned(),
        };
        self.town.world.ask(tab, publish)
    }

    fn publish(&mut self) {
        let tab = self.town.coordinator;
        let preview = self.preview(tab);
        self.order(tab, &preview.digest).unwrap();
        self.town.settle();
    }

    /// The volunteer records that somebody takes a use back.
    fn take_back(&mut self, whom: &str, used: Use) {
        let withdraw = self.taking_back(whom, used);
        self.town.world.ask(self.town.volunteer, withdraw).unwrap();
    }

    /// The volunteer removes a photo or a recording.
    fn remove(&mut self, media: &str) {
        let remove = Command::RemoveMedia {
            id: self.story.clone(),
            media: media.to_owned(),
        };
        self.town.world.ask(self.town.volunteer, remove).unwrap();
    }

    /// The volunteer writes in a field.
    fn write(&mut self, field: Field, value: &str) {
        let story = self.story.clone();
        self.town.edit(self.town.volunteer, &story, field, value);
    }

    /// Somebody writes down what the teller is called.
    fn call(&mut self, tab: usize, name: &str) {
        let edit = Command::EditTeller {
            id: self.story.clone(),
            field: TellerField::Name,
            value: name.to_owned(),
        };
        self.town.world.ask(tab, edit).unwrap();
    }

    /// Somebody decides that the story stays inside.
    fn refuse(&mut self, tab: usize) -> Result<Reply, CommandError> {
        let refuse = Command::NotPublish {
            id: self.story.clone(),
            unfit: None,
            reason: "De verteller wil het niet.".to_owned(),
        };
        self.town.world.ask(tab, refuse)
    }

    /// Nothing of it is online any more, and this is what it lacks in the list of a coordinator.
    #[track_caller]
    fn is_down(&mut self, missing: &[Missing]) {
        self.town.settle();
        assert_eq!((self.online(), self.kept_documents()), (None, 0));
        let row = self.town.row(self.town.coordinator, &self.story).unwrap();
        assert_eq!((row.state, row.intent), (StoryState::Withdrawn, None));
        assert_eq!(row.missing, missing);
    }

    fn taking_back(&mut self, whom: &str, used: Use) -> Command {
        let story = self.story.clone();
        let view = self.town.open(self.town.volunteer, &story);
        let is_behind = |row: &&ConsentView| row.consent.whom == whom && row.consent.uses.contains(&used);
        let consent = view.consents.iter().find(is_behind).unwrap();
        Command::WithdrawConsent {
            id: story,
            consent: consent.id.clone(),
            uses: vec![used],
        }
    }

    fn network(&self) -> NetworkId {
        self.town.world.store.networks().next().unwrap().0
    }

    /// What is online, if anything is.
    fn online(&self) -> Option<Publication> {
        let mut publications = self.town.world.store.publications(self.network());
        let (_, row, bytes) = publications.next()?;
        let entry = Entry::decode(bytes.filter(|_| !row.is_withdrawn)?).unwrap();
        Some(Publication::decode(&entry.ct).unwrap())
    }

    /// The bytes that a reader gets of each photo and sound that is online.
    fn shown(&self) -> Vec<Vec<u8>> {
        let doc = DocumentId::from_hex(&self.story).unwrap();
        let network = self.network();
        let store = &self.town.world.store;
        let online = self.online();
        let media = online.iter().flat_map(Publication::media);
        media
            .map(|plain| {
                let parts = (0..plain.n_parts()).map(|at| store.medium_part(network, doc, plain.hash, at));
                parts.flat_map(Option::unwrap).collect()
            })
            .collect()
    }

    fn kept_documents(&self) -> usize {
        self.town.world.store.media_documents(self.network()).len()
    }
}

#[test]
fn p1_photos_and_sound_that_may_be_shown_go_online_and_the_others_say_why_not() {
    let mut told = Told::new(61);
    let tab = told.town.volunteer;
    let undescribed = told.add_photo(tab, &jpeg(1600, 1200, 900, 2));
    told.edit(&undescribed, MediaEdit::Recognisable(Some(false)));
    let of_bert = told.add_photo(tab, &jpeg(1600, 1200, 900, 3));
    told.describe(&of_bert, "Bert wast af.", "Bert");
    let damaged = told.add_photo(tab, b"\xff\xd8\xff and so on");
    told.describe(&damaged, "Een kar.", "");
    let sound = webm(200_000, 1);
    let recording = told.record(tab, &sound);
    told.edit(&recording, MediaEdit::Text("Het begon zo.".into()));
    told.record(tab, &webm(900, 2));
    told.approve();
    let preview = told.preview(told.town.coordinator);
    assert_eq!(preview.photos.len(), 1);
    assert_eq!(preview.photos[0].alt, "Els deelt soep uit.");
    assert_eq!(preview.sounds.len(), 1);
    assert_eq!(
        preview.left_out,
        [
            LeftOut::Photo(2, vec![PhotoNeed::Description]),
            LeftOut::Photo(3, vec![PhotoNeed::Consent("Bert".into(), WhyHidden::Never)]),
            LeftOut::Photo(4, vec![PhotoNeed::Bytes]),
            LeftOut::Recording(2, vec![SoundNeed::Text]),
        ]
    );
    told.publish();
    let shown = told.shown();
    assert_eq!(
        shown,
        [jpeg(1600, 1200, 150_000, 1), sound],
        "without what the camera wrote"
    );
    let view = told.town.open(told.town.coordinator, &told.story.clone());
    assert_eq!((view.row.state, view.row.intent), (StoryState::Online, None));
    assert_eq!(view.sending, None);
}

/// A line that breaks after every 100 kB, and a tab that is killed while it sends.
/// A device that never looked at the bytes of a photo does not know what would be published.
#[test]
fn what_is_online_is_called_outdated_only_by_a_device_that_can_tell() {
    let mut told = Told::new(66);
    told.approve();
    told.publish();
    let story = told.story.clone();
    let (admin, coordinator) = (told.town.admin, told.town.coordinator);
    assert_eq!(told.town.open(coordinator, &story).outdated, Some(false));
    assert_eq!(told.town.open(admin, &story).outdated, None);
    told.preview(admin);
    assert_eq!(told.town.open(admin, &story).outdated, Some(false));
}

#[test]
fn p2_a_bad_line_and_a_killed_tab_cost_parts_and_nothing_that_was_ordered() {
    let mut told = Told::new(62);
    for seed in 2..5 {
        let photo = told.add_photo(told.town.volunteer, &jpeg(1600, 1200, 150_000, seed));
        told.describe(&photo, "Een kar.", "");
    }
    told.approve();
    let tab = told.town.coordinator;
    let preview = told.preview(tab);
    assert_eq!(preview.photos.len(), 4);
    let before = told.town.world.bytes_up(tab);
    told.town.world.faults.up_bytes_max = Some(150 * 1024);
    told.order(tab, &preview.digest).unwrap();
    let story = told.story.clone();
    let mut said = Vec::new();
    for moment in 0..3_000 {
        told.town.pass(200);
        if moment == 2 {
            told.town.world.open(tab);
            assert_eq!(told.town.open(tab, &story).row.intent, Some(Intent::Publish));
        }
        let view = told.town.open(tab, &story);
        said.extend(view.sending);
        if view.row.state == StoryState::Online {
            break;
        }
    }
    let sent = told.town.world.bytes_up(tab) - before;
    told.town.world.faults.up_bytes_max = None;
    told.town.settle();
    assert_eq!(told.shown().len(), 4);
    assert!(sent < 2 * 4 * 150_000, "{sent} bytes for four photos");
    let is_last = |sending: &Sending| matches!(sending, Sending::Photo { number: 4, total: 4 });
    assert!(
        said.iter().any(is_last),
        "the screen says how far it is: {said:?}"
    );
}

#[test]
fn p2_a_photo_that_changed_after_the_preview_is_looked_at_again() {
    let mut told = Told::new(63);
    told.approve();
    let tab = told.town.coordinator;
    let preview = told.preview(tab);
    let photo = told.photo.clone();
    told.describe(&photo, "Els schept soep.", "Els");
    told.town.settle();
    let refused = told.order(tab, &preview.digest);
    assert_eq!(refused, Err(CommandError::PreviewChanged));
    // Ordered without a connection, and changed by somebody else meanwhile: it is not sent.
    let preview = told.preview(tab);
    told.town.cut_off(tab, 60_000);
    let ordered = told.order(tab, &preview.digest);
    assert!(matches!(ordered, Ok(Reply::Done | Reply::Queued)), "{ordered:?}");
    let listed = |told: &Told| told.town.world.tabs[tab].rows[&told.story].intent;
    assert_eq!(listed(&told), Some(Intent::Publish), "lists say that it waits");
    let remove = Command::RemoveMedia {
        id: told.story.clone(),
        media: photo,
    };
    told.town.world.ask(told.town.volunteer, remove).unwrap();
    told.town.settle();
    assert_eq!(told.online(), None);
    let view = told.town.open(tab, &told.story.clone());
    let again = Some(Intent::PreviewAgain);
    assert_eq!((view.row.intent, listed(&told)), (again, again));
}

/// It says so after a restart, waits for no connection, and is over once something else is decided.
#[test]
fn p2_what_changed_while_it_waited_says_so_until_somebody_decides_anew() {
    let mut told = Told::new(92);
    told.approve();
    let (tab, admin, story) = (told.town.coordinator, told.town.admin, told.story.clone());
    let waits_in_vain = |told: &mut Told, theme: &str, state: StoryState| {
        let preview = told.preview(tab);
        told.town.cut_off(tab, 60_000);
        told.order(tab, &preview.digest).unwrap();
        told.write(Field::Themes, theme);
        told.town.pass(70_000);
        told.town.settle();
        let row = &told.town.world.tabs[tab].rows[&told.story];
        assert_eq!((row.state, row.intent), (state, Some(Intent::PreviewAgain)));
        assert!(row.missing.is_empty());
    };
    let is_over = |told: &mut Told, state: StoryState| {
        told.town.settle();
        let row = &told.town.world.tabs[tab].rows[&told.story];
        assert_eq!((row.state, row.intent), (state, None));
    };
    waits_in_vain(&mut told, "jeugd", StoryState::Approved);
    assert_eq!(told.online(), None);
    told.town.world.open(tab);
    told.town.settle();
    let Ok(Reply::Overview { link, rows, .. }) = told.town.world.ask(tab, Command::Overview) else {
        panic!("no overview");
    };
    let row = rows.iter().find(|row| row.id == story).unwrap();
    assert_eq!(
        (row.intent, link.unsent_documents),
        (Some(Intent::PreviewAgain), 0)
    );
    told.publish();
    is_over(&mut told, StoryState::Online);
    waits_in_vain(&mut told, "samenleven", StoryState::Online);
    assert_eq!(told.online().unwrap().themes, ["jeugd"]);
    let (id, reason) = (story.clone(), String::new());
    let withdraw = Command::Withdraw { id, reason };
    told.town.world.ask(admin, withdraw).unwrap();
    is_over(&mut told, StoryState::Withdrawn);
    let approve = Command::ApproveStory { id: story };
    told.town.world.ask(admin, approve).unwrap();
    told.town.settle();
    waits_in_vain(&mut told, "jeugd", StoryState::Approved);
    told.refuse(admin).unwrap();
    is_over(&mut told, StoryState::NotPublished);
}

/// A consent ends while what was ordered is under way, at every moment of it: it is online, or says that it is not.
#[test]
fn p2_what_the_relay_refused_for_good_is_looked_at_again() {
    let mut n_stopped = 0;
    for delay in 0..20 {
        let mut told = Told::new(93);
        let until = told.town.world.now + 30 * 60_000;
        told.approve_until(Some(until));
        let (tab, story) = (told.town.coordinator, told.story.clone());
        told.preview(tab);
        told.town.pass(until - 20_000 - told.town.world.now);
        let preview = told.preview(tab);
        told.order(tab, &preview.digest).unwrap();
        told.town.pass(delay * 60);
        told.town.cut_off(tab, 60_000);
        told.town.pass(70_000);
        told.town.settle();
        let is_stopped = told.town.world.watch.n_published == 0;
        let row = told.town.row(tab, &story).unwrap();
        let stopped = is_stopped.then_some(Intent::PreviewAgain);
        assert_eq!(row.intent, stopped, "after {delay}");
        assert_eq!(row.missing, [Missing::WebsiteExpired]);
        n_stopped += usize::from(is_stopped);
    }
    assert!(n_stopped > 0, "all came in time");
}

/// The first publication is under way, at every moment of it, when the line drops. The next one is without a sentence that
/// the teller wants out.
#[test]
fn p2_what_is_ordered_while_an_earlier_publication_is_under_way_follows_it() {
    let mut n_followed = 0;
    for delay in 0..40 {
        let mut told = Told::new(94);
        told.approve();
        let (tab, story) = (told.town.coordinator, told.story.clone());
        let preview = told.preview(tab);
        told.order(tab, &preview.digest).unwrap();
        told.town.pass(delay * 30);
        told.town.cut_off(tab, 60_000);
        told.town.edit(tab, &story, Field::Happened, "Het begon anders.");
        let agrees = Command::TellerAgrees {
            id: story.clone(),
            given: Given::Spoken,
            wording: told.town.open(tab, &story).wording,
        };
        told.town.world.ask(tab, agrees).unwrap();
        let approve = Command::ApproveStory { id: story };
        told.town.world.ask(tab, approve).unwrap();
        let preview = told.preview(tab);
        told.order(tab, &preview.digest).unwrap();
        told.town.pass(70_000);
        told.town.settle();
        let online = told.online().unwrap();
        assert_eq!(online.sections[0].text, "Het begon anders.", "after {delay}");
        assert_eq!(online.version, told.town.world.watch.n_published);
        n_followed += usize::from(online.version == 2);
    }
    assert!(n_followed > 0, "no publication was under way");
}

/// The relay refuses the first for good, as it lets a voice be heard that may not be any more. The next one is without.
#[test]
fn p2_what_is_ordered_since_does_not_end_with_what_was_refused() {
    for delay in 0..20 {
        let mut told = Told::new(95);
        let until = told.town.world.now + 30 * 60_000;
        let recording = told.record(told.town.volunteer, &webm(900, 1));
        told.edit(&recording, MediaEdit::Text("Het begon zo.".into()));
        told.write(Field::Municipality, "44021");
        told.write(Field::Happened, "Het begon.");
        told.allow(NewConsent {
            party: Party::Pictured,
            ..consent("Els", Use::Photo)
        });
        told.allow(NewConsent {
            until: Some(until),
            ..consent("", Use::Voice)
        });
        told.allow(consent("", Use::Website));
        told.town.settle();
        let (tab, story) = (told.town.coordinator, told.story.clone());
        let approve = Command::ApproveStory { id: story.clone() };
        told.town.world.ask(tab, approve).unwrap();
        told.preview(tab);
        told.town.pass(until - 20_000 - told.town.world.now);
        let preview = told.preview(tab);
        assert_eq!(preview.sounds.len(), 1);
        told.order(tab, &preview.digest).unwrap();
        told.town.pass(delay * 60);
        told.town.cut_off(tab, 60_000);
        told.town.pass(30_000);
        let preview = told.preview(tab);
        assert_eq!(preview.sounds.len(), 0);
        told.order(tab, &preview.digest).unwrap();
        told.town.pass(40_000);
        told.town.settle();
        let online = told
            .online()
            .unwrap_or_else(|| panic!("nothing came after {delay}"));
        assert!(online.sounds.0.is_empty());
        assert_eq!(told.town.row(tab, &story).unwrap().intent, None);
    }
}

/// The text of the story leaves no room for that of a recording.
#[test]
fn p1_what_the_page_has_no_room_for_stays_inside_and_says_so() {
    let mut told = Told::new(96);
    for (field, n_chars) in [(Field::Who, 20_000), (Field::Cause, 12_000)] {
        told.write(field, &"€".repeat(n_chars));
        told.town.pass(10_000);
    }
    let recording = told.record(told.town.volunteer, &webm(900, 1));
    told.edit(&recording, MediaEdit::Text("€".repeat(1_000)));
    told.approve();
    let tab = told.town.coordinator;
    let too_much = vec![SoundNeed::TooMuch];
    let preview = told.preview(tab);
    assert_eq!(preview.left_out, [LeftOut::Recording(1, too_much.clone())]);
    assert_eq!((preview.photos.len(), preview.sounds.len()), (1, 0));
    let view = told.town.open(tab, &told.story.clone());
    assert_eq!(view.recordings[0].needs, too_much);
    told.publish();
    assert_eq!(told.shown(), [jpeg(1600, 1200, 150_000, 1)]);
}

#[test]
fn p2_a_photo_whose_consent_is_taken_back_takes_the_page_down_until_it_is_published_without() {
    let mut told = Told::new(64);
    let other = told.add_photo(told.town.volunteer, &jpeg(1600, 1200, 900, 2));
    told.describe(&other, "Een kar.", "");
    told.approve();
    told.publish();
    assert_eq!(told.shown().len(), 2);
    told.take_back("Els", Use::Photo);
    told.town.settle();
    assert_eq!((told.online(), told.kept_documents()), (None, 0));
    let story = told.story.clone();
    let row = told.town.row(told.town.coordinator, &story).unwrap();
    assert_eq!((row.state, row.missing), (StoryState::Withdrawn, vec![]));
    told.publish();
    assert_eq!(told.shown(), [jpeg(1600, 1200, 900, 2)]);
    told.town.settle();
    assert_eq!(told.shown().len(), 1, "it stays");
    let withdraw = Command::Withdraw {
        id: story,
        reason: String::new(),
    };
    told.town.world.ask(told.town.coordinator, withdraw).unwrap();
    told.town.settle();
    assert_eq!((told.online(), told.kept_documents()), (None, 0));
    // And back: what was deleted is handed in again.
    let approve = Command::ApproveStory {
        id: told.story.clone(),
    };
    told.town.world.ask(told.town.coordinator, approve).unwrap();
    told.publish();
    assert_eq!(told.shown().len(), 1);
}

/// Without a connection somebody takes a page down, then wants to publish it without what was taken back: first it
/// comes down, for what is published then may never come.
#[test]
fn p2_nothing_is_published_before_what_was_taken_back_is_down() {
    let mut told = Told::new(70);
    let other = told.add_photo(told.town.volunteer, &jpeg(1600, 1200, 900, 2));
    told.describe(&other, "Een kar.", "");
    told.approve();
    told.publish();
    told.town.settle();
    let (tab, story) = (told.town.coordinator, told.story.clone());
    told.town.cut_off(tab, 60_000);
    let view = told.town.open(tab, &story);
    let consent = view.consents.iter().find(|it| it.consent.whom == "Els").unwrap();
    let withdraw = Command::WithdrawConsent {
        id: story.clone(),
        consent: consent.id.clone(),
        uses: vec![Use::Photo],
    };
    told.town.world.ask(tab, withdraw).unwrap();
    let preview = told.preview(tab);
    assert_eq!(told.order(tab, &preview.digest), Err(CommandError::NotAllowed));
    told.town.settle();
    assert_eq!(told.online(), None);
    told.publish();
    assert_eq!(told.shown(), [jpeg(1600, 1200, 900, 2)]);
}

/// Nobody is on a photo of a cart, and yet it stood there on the teller's word.
#[test]
fn p2_a_teller_who_takes_photos_back_takes_down_those_of_nobody() {
    let mut told = Told::new(69);
    let cart = told.add_photo(told.town.volunteer, &jpeg(1600, 1200, 900, 2));
    told.describe(&cart, "Een kar.", "");
    told.allow(consent("", Use::Photo));
    told.approve();
    told.publish();
    assert_eq!(told.shown().len(), 2);
    told.take_back("", Use::Photo);
    told.town.settle();
    assert_eq!((told.online(), told.kept_documents()), (None, 0));
    let view = told.town.open(told.town.volunteer, &told.story.clone());
    let withdrawals = view.consents.iter().flat_map(|consent| &consent.withdrawals);
    let withdrawals: Vec<_> = withdrawals
        .map(|it| (it.uses.as_slice(), it.by.is_some()))
        .collect();
    assert_eq!(
        withdrawals,
        [(&[Use::Photo][..], true)],
        "the record says who wrote it down"
    );
    told.publish();
    assert_eq!(told.shown(), Vec::<Vec<u8>>::new());
}

#[test]
fn p2_what_the_page_does_not_show_is_taken_back_without_it() {
    let mut told = Told::new(65);
    told.approve();
    told.publish();
    told.take_back("", Use::Voice);
    told.town.settle();
    assert_eq!(told.shown().len(), 1, "nothing of her voice is online");
}

#[test]
fn p2_a_photo_that_is_removed_takes_the_page_down_that_shows_it() {
    let mut told = Told::new(80);
    let tab = told.town.volunteer;
    let cart = told.add_photo(tab, &jpeg(1600, 1200, 900, 2));
    told.describe(&cart, "Een kar.", "");
    told.approve();
    told.publish();
    assert_eq!(told.shown().len(), 2);
    // It came later, and was never shown.
    let later = told.add_photo(tab, &jpeg(1600, 1200, 900, 3));
    told.describe(&later, "Een tuin.", "");
    told.remove(&later);
    told.town.settle();
    assert_eq!(told.shown().len(), 2);
    told.remove(&cart);
    told.is_down(&[]);
    told.publish();
    told.town.settle();
    assert_eq!(told.shown(), [jpeg(1600, 1200, 150_000, 1)], "it stays");
}

#[test]
fn p2_a_recording_that_is_only_to_be_written_down_after_all_takes_its_page_down() {
    let mut told = Told::new(81);
    let recording = told.record(told.town.volunteer, &webm(900, 1));
    told.edit(&recording, MediaEdit::Text("Het begon zo.".into()));
    told.approve();
    told.publish();
    assert_eq!(told.shown().len(), 2);
    told.edit(&recording, MediaEdit::WriteDownOnly(true));
    told.is_down(&[]);
    told.publish();
    assert_eq!(told.shown().len(), 1);
}

#[test]
fn p2_a_photo_that_is_said_to_show_people_takes_the_page_down_unless_they_allow_it() {
    let mut told = Told::new(82);
    let cart = told.add_photo(told.town.volunteer, &jpeg(1600, 1200, 900, 2));
    told.describe(&cart, "Een kar.", "");
    told.approve();
    told.publish();
    for (who, answer) in [("Els", true), ("Els", false), ("Bert", false)] {
        told.edit(&cart, MediaEdit::Who(who.into()));
        told.edit(&cart, MediaEdit::Recognisable(Some(answer)));
        told.town.settle();
        assert_eq!(told.shown().len(), 2, "{who} {answer}");
    }
    told.edit(&cart, MediaEdit::Recognisable(Some(true)));
    told.is_down(&[]);
    told.publish();
    assert_eq!(told.shown(), [jpeg(1600, 1200, 150_000, 1)]);
}

#[test]
fn p2_a_minor_for_whom_nobody_answers_takes_the_page_down() {
    let guardian = NewConsent {
        party: Party::Guardian,
        uses: vec![Use::Website, Use::Photo, Use::Voice],
        ..consent("", Use::Website)
    };
    for guardian in [Some(guardian), None] {
        let mut told = Told::new(83);
        told.approve();
        told.publish();
        let is_answered_for = guardian.is_some();
        if let Some(guardian) = guardian {
            told.allow(guardian);
        }
        told.write(Field::Age, "teen");
        if is_answered_for {
            told.town.settle();
            assert_eq!(told.shown().len(), 1);
        } else {
            told.is_down(&[Missing::GuardianConsent]);
        }
    }
}

#[test]
fn p2_a_teller_who_wants_no_name_any_more_takes_the_page_down() {
    let mut told = Told::new(84);
    told.write(Field::NameOnline, "other");
    told.write(Field::OtherName, "De soepvrouw");
    told.allow(consent("", Use::Name));
    told.approve();
    told.publish();
    assert_eq!(told.online().unwrap().name.as_deref(), Some("De soepvrouw"));
    told.write(Field::NameOnline, "none");
    told.is_down(&[Missing::ChangedSinceApproval, Missing::ChangedSinceConsent]);
}

/// Her name stands in her contact: nothing of the story itself changes.
#[test]
fn p2_another_name_is_looked_at_again_and_a_shorter_one_takes_the_page_down() {
    let changed = [Missing::ChangedSinceApproval, Missing::ChangedSinceConsent];
    for (name, is_up) in [
        ("Ana", false),
        ("Mia Peeters", false),
        ("Ana Maria Peeters", true),
    ] {
        let mut told = Told::new(96);
        let (admin, coordinator, volunteer) = (told.town.admin, told.town.coordinator, told.town.volunteer);
        told.write(Field::NameOnline, "full");
        told.call(volunteer, "Ana Peeters");
        told.allow(consent("", Use::Name));
        told.approve();
        told.publish();
        assert_eq!(told.online().unwrap().name.as_deref(), Some("Ana Peeters"));
        // As it is typed, half of it stands there for longer than other text stays a draft.
        for (end, _) in name.char_indices() {
            told.call(volunteer, name.get(..end).unwrap());
            told.town.pass(3_000);
        }
        assert!(told.online().is_some(), "half of “{name}”");
        told.call(volunteer, name);
        if !is_up {
            told.is_down(&changed);
            continue;
        }
        told.town.settle();
        assert!(told.online().is_some());
        let story = told.story.clone();
        for tab in [admin, coordinator, volunteer] {
            let row = told.town.row(tab, &story).unwrap();
            assert_eq!((row.state, &row.missing[..]), (StoryState::Online, &changed[..]));
        }
    }
}

#[test]
fn p2_a_name_that_was_filled_out_since_is_not_published_as_approved() {
    let mut told = Told::new(97);
    told.write(Field::NameOnline, "full");
    told.call(told.town.volunteer, "Ana");
    told.allow(consent("", Use::Name));
    told.approve();
    told.preview(told.town.coordinator);
    told.call(told.town.volunteer, "Ana Peeters");
    told.town.settle();
    let preview = Command::Preview {
        id: told.story.clone(),
    };
    let changed = vec![Missing::ChangedSinceApproval, Missing::ChangedSinceConsent];
    let answer = told.town.world.ask(told.town.coordinator, preview);
    assert_eq!(answer, Err(CommandError::Missing(changed)));
}

/// Each reason alone keeps it inside, whatever the screen that orders it believes.
#[test]
fn p2_what_lacks_something_is_neither_previewed_nor_published() {
    let reasons = [
        Missing::Title,
        Missing::Text,
        Missing::Municipality,
        Missing::WebsiteConsent,
        Missing::WebsiteExpired,
        Missing::WebsiteWithdrawn,
        Missing::GuardianConsent,
        Missing::NameConsent,
        Missing::Conflict,
        Missing::Approval,
        Missing::ChangedSinceApproval,
        Missing::ChangedSinceConsent,
        Missing::SummaryTooLong,
        Missing::TextTooLong,
        Missing::NameTooLong,
    ];
    for missing in reasons {
        let mut told = Told::new(99);
        told.lack(missing);
        let (tab, id) = (told.town.coordinator, told.story.clone());
        let refused = Err(CommandError::Missing(vec![missing]));
        let preview = Command::Preview { id: id.clone() };
        assert_eq!(told.town.world.ask(tab, preview), refused, "{missing:?}");
        assert_eq!(told.order(tab, ""), refused, "{missing:?}");
        told.town.settle();
        let intent = told.town.row(tab, &id).unwrap().intent;
        assert_eq!((told.online(), intent), (None, None), "{missing:?}");
    }
}

#[test]
fn p2_who_does_not_read_her_contact_sees_no_other_name() {
    let mut told = Told::new(98);
    let (coordinator, volunteer) = (told.town.coordinator, told.town.volunteer);
    told.write(Field::NameOnline, "full");
    told.town.settle();
    told.call(coordinator, "Ana Peeters");
    told.town.settle();
    told.allow(consent("", Use::Name));
    told.approve();
    told.publish();
    told.call(coordinator, "Ana Maria Peeters");
    told.town.settle();
    let story = told.story.clone();
    let lacks = |told: &mut Told, tab| told.town.row(tab, &story).unwrap().missing;
    // Who recorded her consent did not know her name either.
    assert_eq!(lacks(&mut told, coordinator), [Missing::ChangedSinceApproval]);
    assert_eq!(lacks(&mut told, volunteer), []);
    assert!(told.online().is_some());
}

#[test]
fn p2_what_is_written_better_takes_no_page_down() {
    let mut told = Told::new(85);
    let recording = told.record(told.town.volunteer, &webm(900, 1));
    told.edit(&recording, MediaEdit::Text("Het begon zo.".into()));
    told.approve();
    told.publish();
    let photo = told.photo.clone();
    told.write(Field::Happened, "");
    told.write(Field::Title, "De soepkar");
    told.edit(&photo, MediaEdit::Description(String::new()));
    told.edit(&photo, MediaEdit::Who("Els M".into()));
    told.edit(&recording, MediaEdit::Text("Het begon anders.".into()));
    told.town.settle();
    assert_eq!(told.shown().len(), 2);
    assert_eq!(told.town.world.watch.n_withdrawn, 0);
}

/// Without a connection somebody says that a photo shows people, then who they are: she allows it.
#[test]
fn p2_what_was_put_right_before_there_is_a_connection_takes_no_page_down() {
    let mut told = Told::new(86);
    let (tab, story) = (told.town.volunteer, told.story.clone());
    let cart = told.add_photo(tab, &jpeg(1600, 1200, 900, 2));
    told.describe(&cart, "Een kar.", "");
    told.approve();
    told.publish();
    told.town.cut_off(tab, 60_000);
    // Until it hears of that, it orders at once.
    told.town.pass(5_000);
    told.edit(&cart, MediaEdit::Recognisable(Some(true)));
    told.town.pass(10_000);
    let listed = |told: &mut Told| told.town.row(tab, &story).unwrap().intent;
    assert_eq!(listed(&mut told), Some(Intent::Withdraw));
    told.edit(&cart, MediaEdit::Who("Els".into()));
    told.town.pass(10_000);
    told.town.settle();
    assert_eq!((told.shown().len(), listed(&mut told)), (2, None));
}

/// Two people who change their minds at one table, and nobody else who would see it.
#[test]
fn p2_two_consents_that_are_taken_back_at_once_are_both_taken_back() {
    let mut told = Told::new(74);
    told.approve();
    told.publish();
    let (tab, story) = (told.town.volunteer, told.story.clone());
    for other in [told.town.admin, told.town.coordinator] {
        told.town.cut_off(other, 10 * 60_000);
    }
    let both = [("Els", Use::Photo), ("", Use::Website)];
    let commands = both.map(|(whom, used)| told.taking_back(whom, used));
    for command in commands {
        told.town.world.command(tab, command);
    }
    told.town.pass(60_000);
    assert_eq!((told.online(), told.kept_documents()), (None, 0));
    let row = told.town.row(tab, &story).unwrap();
    assert_eq!((row.intent, row.whereabouts), (None, Whereabouts::Safe));
    told.town.pass(10 * 60_000);
    told.town.settle();
    let view = told.town.open(told.town.coordinator, &story);
    for (whom, used) in both {
        let mut consents = view.consents.iter();
        let consent = consents.find(|it| it.consent.whom == whom).unwrap();
        assert_eq!(consent.withdrawn, [used], "{whom}");
    }
}

/// Whoever may write no more can still take back.
#[test]
fn s17_what_is_taken_back_waits_for_nothing_that_was_refused_for_want_of_room() {
    let mut town = Town::new(73);
    let (tab, volunteer) = (town.coordinator, town.volunteer);
    let story = town.story(volunteer);
    town.settle();
    town.publish(tab, &story);
    town.settle();
    let has_used = |town: &mut Town, bytes| {
        let network = town.world.store.networks().next().unwrap().0;
        let usage = RelayOperation::PutUsage {
            network,
            member: MemberId(1),
            usage: Usage { bytes, documents: 0 },
        };
        town.world.store.commit(&[usage]).unwrap();
        town.world.store.sync();
    };
    has_used(&mut town, u64::MAX / 2);
    town.edit(tab, &story, Field::Tips, "Begin klein.");
    town.pass(10_000);
    let Ok(Reply::Overview { link, .. }) = town.world.ask(tab, Command::Overview) else {
        panic!("no overview");
    };
    assert_eq!(link.trouble, Some(Trouble::OverQuota));
    let withdraw = Command::Withdraw {
        id: story.clone(),
        reason: String::new(),
    };
    town.world.ask(tab, withdraw).unwrap();
    town.pass(10_000);
    assert_eq!(town.world.watch.n_withdrawn, 1);
    let row = town.row(tab, &story).unwrap();
    assert_eq!(
        (row.intent, row.whereabouts),
        (None, Whereabouts::Device),
        "what she wrote waits on"
    );
    has_used(&mut town, 0);
    town.world.cut_tab(tab);
    town.settle();
}

/// A day passes, and nobody is there. Who joins afterwards hears nothing of what was online.
#[test]
fn p3_what_has_ended_is_online_nowhere_and_comes_back_with_a_new_consent() {
    let mut told = Told::new(75);
    let until = told.town.world.now + 30 * 60_000;
    told.approve_until(Some(until));
    told.publish();
    let (story, admin, coordinator) = (told.story.clone(), told.town.admin, told.town.coordinator);
    let tabs = [told.town.volunteer, coordinator, admin];
    let check_lists = |told: &Told, state, missing: &[Missing]| {
        for tab in tabs {
            let row = &told.town.world.tabs[tab].rows[&told.story];
            assert_eq!((row.state, &row.missing[..]), (state, missing), "tab {tab}");
        }
    };
    check_lists(&told, StoryState::Online, &[]);
    // Lists tell it by themselves.
    told.town.pass(until + 1_000 - told.town.world.now);
    check_lists(&told, StoryState::Approved, &[Missing::WebsiteExpired]);
    told.town.world.end_publications();
    told.town.settle();
    assert_eq!((told.online(), told.kept_documents()), (None, 0));
    told.town.world.open(coordinator);
    let late = joined(&mut told.town.world, admin, Role::Coordinator);
    told.town.pass(2_000);
    people::let_in(&mut told.town.world, admin).unwrap();
    told.town.settle();
    for tab in [coordinator, late] {
        let view = told.town.open(tab, &story);
        assert_eq!(view.row.state, StoryState::Approved);
        assert_eq!(view.row.missing, [Missing::WebsiteExpired]);
        assert_eq!((view.online_version, view.outdated), (None, None));
    }
    // It is down: somebody can be asked about it first.
    let ask_back = Command::AskBack {
        id: story.clone(),
        question: "Mag het nog een jaar?".to_owned(),
        about: None,
    };
    told.town.world.ask(coordinator, ask_back).unwrap();
    told.allow(consent("", Use::Website));
    told.town.settle();
    let approve = Command::ApproveStory { id: story };
    told.town.world.ask(coordinator, approve).unwrap();
    told.town.settle();
    let preview = told.preview(late);
    told.order(late, &preview.digest).unwrap();
    told.town.settle();
    assert_eq!(told.shown(), [jpeg(1600, 1200, 150_000, 1)]);
    check_lists(&told, StoryState::Online, &[]);
}

/// The coordinator's publication is under way, at every moment of it, when the volunteer takes something back: whichever
/// comes first, it does not stay online.
fn races(seed: u64, take_back: impl Fn(&mut Told), is_shown_in: impl Fn(&Publication) -> bool) {
    let mut n_published_after = 0;
    for delay in 0..60 {
        let mut told = Told::new(seed);
        told.approve();
        let tab = told.town.coordinator;
        let preview = told.preview(tab);
        told.order(tab, &preview.digest).unwrap();
        told.town.pass(delay * 20);
        told.town.cut_off(tab, 60_000);
        let was_online = told.online().is_some();
        take_back(&mut told);
        told.town.pass(30_000);
        told.town.settle();
        let online = told.online();
        let shows = online.as_ref().is_some_and(&is_shown_in);
        assert!(!shows, "after {delay}: {online:?}");
        n_published_after += usize::from(!was_online && told.town.world.watch.n_published > 0);
    }
    assert!(n_published_after > 0, "no publication came late");
}

#[test]
fn p2_a_publication_under_way_does_not_outlive_the_consent_to_the_website() {
    let take_back = |told: &mut Told| told.take_back("", Use::Website);
    races(66, take_back, |online| online.allows(Use::Website));
}

#[test]
fn p2_a_publication_under_way_does_not_outlive_the_consent_to_a_photo() {
    let take_back = |told: &mut Told| told.take_back("Els", Use::Photo);
    races(67, take_back, |online| online.allows(Use::Photo));
}

#[test]
fn p2_a_publication_under_way_does_not_outlive_a_photo_that_is_removed() {
    let remove = |told: &mut Told| told.remove(&told.photo.clone());
    races(87, remove, |online| !online.photos.0.is_empty());
}

/// The publication comes late, and the device that made it is heard of no more.
fn is_seen_by_others(seed: u64, take_back: impl Fn(&mut Told)) {
    let mut n_late = 0;
    for delay in 0..30 {
        let mut told = Told::new(seed);
        told.approve();
        let tab = told.town.coordinator;
        let preview = told.preview(tab);
        told.order(tab, &preview.digest).unwrap();
        told.town.pass(delay * 20);
        told.town.cut_off(tab, 60_000);
        let was_online = told.online().is_some();
        take_back(&mut told);
        // Nothing is online, as far as anybody else knows.
        told.town.pass(50_000);
        for _ in 0..12_000 {
            if told.town.world.watch.n_published > 0 {
                break;
            }
            told.town.pass(5);
        }
        let is_late = !was_online && told.online().is_some();
        told.town.cut_off(tab, 10 * 60_000);
        told.town.pass(5 * 60_000);
        assert_eq!(told.online(), None, "after {delay}");
        n_late += usize::from(is_late);
    }
    assert!(n_late > 0, "no publication came late");
}

#[test]
fn p2_whoever_sees_a_page_without_consent_takes_it_down() {
    is_seen_by_others(68, |told| told.take_back("", Use::Website));
}

/// Its publication tells of each photo which it is: this one is of Els, who took it back before.
#[test]
fn p2_whoever_sees_a_photo_that_was_taken_back_takes_the_page_down() {
    is_seen_by_others(89, |told| told.take_back("Els", Use::Photo));
}

/// One decides that the story stays inside, another publishes it and has not heard: it comes down, and says why. Who knows
/// can decide otherwise.
#[test]
fn p3_a_refusal_that_who_published_had_not_heard_of_takes_the_page_down() {
    let mut n_online = 0;
    for delay in 0..30 {
        let mut told = Told::new(91);
        told.approve();
        let (tab, admin, story) = (told.town.coordinator, told.town.admin, told.story.clone());
        let preview = told.preview(tab);
        told.order(tab, &preview.digest).unwrap();
        told.town.pass(delay * 20);
        told.town.cut_off(tab, 60_000);
        if told.refuse(admin).is_err() {
            // She had heard: what is online is taken back first.
            continue;
        }
        told.town.pass(70_000);
        told.town.settle();
        assert_eq!(told.online(), None, "after {delay}");
        n_online += told.town.world.watch.n_published;
        for tab in [tab, admin, told.town.volunteer] {
            let view = told.town.open(tab, &story);
            assert_eq!(view.row.state, StoryState::NotPublished);
            assert_eq!(view.decision.unwrap().reason, "De verteller wil het niet.");
        }
        let approve = Command::ApproveStory { id: story };
        told.town.world.ask(tab, approve).unwrap();
        told.publish();
        told.town.settle();
        assert!(told.online().is_some(), "after {delay}");
    }
    assert!(n_online > 0, "no publication came late");
}

/// A use is taken back, the page comes down and is published again as it may be. An administrator's device heard the first
/// of it and then nothing for a while: it does not take the new page down.
fn stays(seed: u64, whom: &str, used: Use) {
    let mut n_heard = [0, 0];
    for moment in 0..24 {
        let mut told = Told::new(seed);
        let of_jan = told.add_photo(told.town.volunteer, &jpeg(1600, 1200, 900, 2));
        told.describe(&of_jan, "Jan wast af.", "Jan");
        told.allow(NewConsent {
            party: Party::Pictured,
            ..consent("Jan", Use::Photo)
        });
        told.approve();
        told.publish();
        let away = told.town.admin;
        told.take_back(whom, used);
        told.town.pass(moment * 25);
        let story = told.story.clone();
        let heard = told.town.row(away, &story).unwrap().state != StoryState::Online;
        n_heard[usize::from(heard)] += 1;
        told.town.cut_off(away, 10 * 60_000);
        told.town.pass(60_000);
        assert_eq!(told.online(), None, "at {moment}");
        if used == Use::Website {
            told.allow(consent("", Use::Website));
        }
        told.town.pass(60_000);
        let approve = Command::ApproveStory { id: story };
        let coordinator = told.town.coordinator;
        told.town.world.ask(coordinator, approve).unwrap();
        let preview = told.preview(coordinator);
        told.order(coordinator, &preview.digest).unwrap();
        told.town.pass(60_000);
        assert!(told.online().is_some(), "at {moment}");
        // So much is written that a snapshot stands for what she missed.
        for n in 0..10 {
            let story = told.story.clone();
            let tab = told.town.volunteer;
            told.town.edit(tab, &story, Field::Tips, &format!("Tip {n}"));
            told.town.pass(5_000);
        }
        told.town.pass(10 * 60_000);
        told.town.settle();
        assert!(told.online().is_some(), "at {moment}");
    }
    assert!(n_heard.iter().all(|n| *n > 0), "{n_heard:?}");
}

#[test]
fn p3_a_page_that_is_published_again_with_a_new_consent_stays() {
    stays(70, "", Use::Website);
}

#[test]
fn p3_a_page_that_is_published_again_without_the_photo_stays() {
    stays(71, "Els", Use::Photo);
}
