//! What a screen shows: plain values that the core hands to the ui.
//!
//! They cross the boundary between the two binaries of the app and are never stored or sent elsewhere.
//! Moments are [`u64`] milliseconds as some device's clock told them: for display only.

mod rescued;

pub use rescued::{Rescued, RescuedMedia, RescuedStory};

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Where this device stands with its network.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Standing {
    /// No network yet; stories may be written and rest on the device.
    Alone,
    /// Joined, waiting for approval; the six digits are compared with those on the approver's screen.
    Waiting {
        /// Name of the network, from its verified genesis.
        network: String,
        /// Hash of the whole join, as six decimal digits.
        digits: String,
    },
    /// An active member.
    Member {
        /// Name of the network.
        network: String,
        /// The member's own name.
        name: String,
        /// The member's own ordinal.
        member: u32,
        /// Role at the newest membership record that the device knows.
        role: Role,
        /// Whether the network has fewer than two administrators.
        second_admin_missing: bool,
        /// How many wait to be let in, by this member.
        to_admit: u32,
    },
    /// Removed from the network: read-only, the outbox stays.
    Removed {
        /// Name of the network.
        network: String,
        /// Whether this device was let in before; otherwise it was refused.
        was_admitted: bool,
    },
    /// The membership log does not verify (L2): read-only, the outbox stays.
    Broken {
        /// Name of the network.
        network: String,
    },
}

/// What a member may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Role {
    /// Collects stories; reads her own.
    Volunteer,
    /// Reads, reviews and publishes all stories; invites volunteers.
    Coordinator,
    /// A coordinator who decides about members.
    Admin,
    /// Steering group: figures and published items only.
    Observer,
}

/// How the device stands with the relay.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// Whether an authenticated connection is open now.
    pub online: bool,
    /// What others wrote since this device was open last is still coming: the lists are not whole.
    pub is_catching_up: bool,
    /// Stories and contacts of which something, a photo, a recording or an order too, is not safe yet.
    pub unsent_documents: u32,
    /// Photos and recordings of this device that the relay does not have in full yet.
    pub unsent_media: u32,
    /// When the oldest entry, photo or recording that is not safe yet was made.
    pub unsent_since: Option<u64>,
    /// Documents still to come in the first sync ("nog n verhalen").
    pub backfill_left: Option<u32>,
    /// The relay speaks a newer protocol: the app must be updated, the outbox stays.
    pub app_too_old: bool,
    /// Stories that somebody else erased although not all that was written in them here was sent; until that was read.
    pub erased_unsent: u32,
    /// The last answer of the relay that a person must know about.
    pub trouble: Option<Trouble>,
}

/// A lasting refusal by the relay or the device, in words on the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Trouble {
    /// The relay cannot store now, as its disk is full or fails, or too much comes at once; tried again by itself.
    RelayUnable,
    /// The member's quota is used up.
    OverQuota,
    /// Something is larger than the relay takes, or than its story has room for: it stays on this device.
    TooLarge,
    /// The relay does not recognise this device's place in its log.
    UnknownCheckpoint,
    /// The browser refused to store more.
    DeviceFull,
    /// The browser's store failed for another reason.
    DeviceFailed,
}

/// Where something is (C2): exactly one of these for each story, photo and recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Whereabouts {
    /// "Nog niet bewaard": something typed is on no disk, because the device takes no more or has not answered yet.
    Unstored,
    /// "Bewaard op dit toestel · Nog niet verstuurd": after the strict transaction completed.
    Device,
    /// "Versturen…": handed to an open connection, no receipt yet.
    Sending,
    /// "Veilig bewaard": every entry has a stored receipt.
    Safe,
}

/// Review state of a story, derived from events that are only ever added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum StoryState {
    /// Concept.
    Draft,
    /// Ingediend.
    Submitted,
    /// Teruggevraagd.
    AskedBack,
    /// Goedgekeurd.
    Approved,
    /// Online.
    Online,
    /// Niet gepubliceerd.
    NotPublished,
    /// Ingetrokken.
    Withdrawn,
}

impl StoryState {
    /// All states, in the order in which a story comes to them.
    pub const ALL: [Self; 7] = [
        Self::Draft,
        Self::Submitted,
        Self::AskedBack,
        Self::Approved,
        Self::Online,
        Self::NotPublished,
        Self::Withdrawn,
    ];
}

/// A field of a story that holds text or one value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Field {
    /// "Titel", one line.
    Title,
    /// "Wat gebeurde er?", prose.
    Happened,
    /// "Wie deed mee?", prose.
    Who,
    /// "Wat was de aanleiding?", prose.
    Cause,
    /// "Wat is er veranderd?", prose.
    Changed,
    /// "Tips voor anderen", prose.
    Tips,
    /// "Korte samenvatting", at most 400 characters.
    Summary,
    /// "Taal van het verhaal", a BCP 47 tag.
    Language,
    /// "Soort verhaal": `inspiring`, `practice` or `learning`.
    Kind,
    /// "Thema's": ids from the list of themes, separated by a space.
    Themes,
    /// "Doelgroep": free words.
    Audience,
    /// "Rol van BurgersAanZet": `none`, `heard`, `workshop`, `pilot` or `coaching`.
    Part,
    /// "Gemeente": a NIS code, five digits.
    Municipality,
    /// Part of the municipality, a name of the register or empty.
    District,
    /// "Precieze plaats (alleen intern)".
    ExactPlace,
    /// "Naam online": `full`, `first`, `other` or `none`.
    NameOnline,
    /// The other name, where `NameOnline` is `other`.
    OtherName,
    /// "Leeftijd van de verteller": `adult`, `teen` (13–17) or `child` (under 13).
    Age,
}

impl Field {
    /// All fields, in the order of the form.
    pub const ALL: [Self; 18] = [
        Self::Title,
        Self::Happened,
        Self::Who,
        Self::Cause,
        Self::Changed,
        Self::Tips,
        Self::Summary,
        Self::Language,
        Self::Kind,
        Self::Themes,
        Self::Audience,
        Self::Part,
        Self::Municipality,
        Self::District,
        Self::ExactPlace,
        Self::NameOnline,
        Self::OtherName,
        Self::Age,
    ];
}

/// What a question about a story is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum About {
    /// A field.
    Field(Field),
    /// What the teller, or somebody in a photo, allows.
    Consent,
    /// Its photos and recordings.
    Media,
}

/// A use that a consent allows (REQUIREMENTS: consent is a row, not a tick box).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Use {
    /// "Binnen het netwerk".
    Network,
    /// "Op de website".
    Website,
    /// "Met foto".
    Photo,
    /// "Met naam".
    Name,
    /// "Met stem".
    Voice,
    /// "In druk".
    Print,
    /// "Voor de pers".
    Press,
}

/// How a consent was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Given {
    /// She read the text herself.
    Read,
    /// It was read to her.
    ReadAloud,
    /// She said so on tape.
    Spoken,
    /// She signed on paper.
    Paper,
}

/// As whom somebody gives a consent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Party {
    /// She tells the story.
    #[default]
    Teller,
    /// She is on a photo.
    Pictured,
    /// She answers for a minor: the teller, or somebody on a photo.
    Guardian,
}

/// A consent as it is recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewConsent {
    /// As whom it is given.
    pub party: Party,
    /// For whom, as the volunteer wrote it; empty means the teller, also where a guardian answers for her.
    pub whom: String,
    /// Allowed uses, without repetition.
    pub uses: Vec<Use>,
    /// How it was given.
    pub given: Given,
    /// Version of the text that was read.
    pub text_version: u32,
    /// Language of that text, a BCP 47 tag.
    pub language: String,
    /// Last moment at which it holds, if it ends.
    pub until: Option<u64>,
}

/// A consent as it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsentView {
    /// Id of the row within its story, stable.
    pub id: String,
    /// What was recorded.
    pub consent: NewConsent,
    /// When it was recorded.
    pub at: u64,
    /// Name of the member who recorded it, if known.
    pub by: Option<String>,
    /// Uses that were taken back; all of `uses` when the whole row was.
    pub withdrawn: Vec<Use>,
    /// Each time that something of it was taken back, oldest first.
    pub withdrawals: Vec<WithdrawalView>,
}

/// A withdrawal as it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WithdrawalView {
    /// What was taken back.
    pub uses: Vec<Use>,
    /// When it was recorded.
    pub at: u64,
    /// Name of the member who recorded it, if known.
    pub by: Option<String>,
}

/// The teller: a contact of its own, never inside the story's document (M1).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Teller {
    /// "Naam van de verteller".
    pub name: String,
    /// "Telefoon of e-mail".
    pub reach: String,
}

/// A field of the teller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum TellerField {
    /// [`Teller::name`].
    Name,
    /// [`Teller::reach`].
    Reach,
}

impl TellerField {
    /// Both, in the order of the form.
    pub const ALL: [Self; 2] = [Self::Name, Self::Reach];
}

impl Teller {
    /// What stands in one of her fields.
    #[must_use]
    pub fn field(&self, field: TellerField) -> &str {
        match field {
            TellerField::Name => &self.name,
            TellerField::Reach => &self.reach,
        }
    }

    /// The same, to be changed.
    pub fn field_mut(&mut self, field: TellerField) -> &mut String {
        match field {
            TellerField::Name => &mut self.name,
            TellerField::Reach => &mut self.reach,
        }
    }
}

/// One of the values that a field got at the same time on two devices (M7).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version {
    /// Handle to choose this value with.
    pub id: String,
    /// The value, whole.
    pub value: String,
    /// Name of who wrote it, if known.
    pub by: Option<String>,
    /// When it was written.
    pub at: Option<u64>,
}

/// A field with more than one value ("Twee versies").
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conflict {
    /// The field.
    pub field: Field,
    /// Two values or more, in a stable order.
    pub versions: Vec<Version>,
}

/// Why a story cannot be published as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Missing {
    /// No title.
    Title,
    /// No text in "Wat gebeurde er?".
    Text,
    /// No municipality.
    Municipality,
    /// No consent for the website.
    WebsiteConsent,
    /// The consent for the website has passed its last day.
    WebsiteExpired,
    /// The consent for the website was taken back.
    WebsiteWithdrawn,
    /// The teller is a minor, and no guardian allows what she does.
    GuardianConsent,
    /// A name is to be shown without consent for it.
    NameConsent,
    /// A field has two versions.
    Conflict,
    /// Not approved yet.
    Approval,
    /// The text changed after it was approved.
    ChangedSinceApproval,
    /// The text changed after the teller agreed to it (P2).
    ChangedSinceConsent,
    /// The summary is longer than it may be.
    SummaryTooLong,
    /// A text is longer than a publication takes.
    TextTooLong,
    /// The name that is to be shown is longer than it may be.
    NameTooLong,
}

impl Missing {
    /// Whether only the teller, or a guardian, can give it.
    #[must_use]
    pub const fn needs_teller(self) -> bool {
        match self {
            Self::WebsiteConsent
            | Self::WebsiteExpired
            | Self::WebsiteWithdrawn
            | Self::GuardianConsent
            | Self::NameConsent
            | Self::ChangedSinceConsent => true,
            Self::Title
            | Self::Text
            | Self::Municipality
            | Self::Conflict
            | Self::Approval
            | Self::ChangedSinceApproval
            | Self::SummaryTooLong
            | Self::TextTooLong
            | Self::NameTooLong => false,
        }
    }

    /// Whether who wrote the story brings it; what is not of that kind a coordinator decides.
    #[must_use]
    pub const fn needs_author(self) -> bool {
        match self {
            Self::Title
            | Self::Text
            | Self::Municipality
            | Self::SummaryTooLong
            | Self::TextTooLong
            | Self::NameTooLong => true,
            Self::Conflict | Self::Approval | Self::ChangedSinceApproval | Self::ChangedSinceConsent => false,
            Self::WebsiteConsent
            | Self::WebsiteExpired
            | Self::WebsiteWithdrawn
            | Self::GuardianConsent
            | Self::NameConsent => true,
        }
    }
}

/// A line of a list (M6).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoryRow {
    /// Document id, 32 hexadecimal digits.
    pub id: String,
    /// Title, or the first words of the text; empty if there are none.
    pub title: String,
    /// NIS code, if chosen.
    pub municipality: Option<String>,
    /// Name of the author, if known; `None` for an author not known by name.
    pub author: Option<String>,
    /// Whether the author is this member.
    pub mine: bool,
    /// Review state.
    pub state: StoryState,
    /// Where it is.
    pub whereabouts: Whereabouts,
    /// When it was last changed.
    pub changed_at: u64,
    /// When it was submitted, if it is waiting for review.
    pub submitted_at: Option<u64>,
    /// Whether something that was asked waits for an answer, also where its state says something else: its page came
    /// down by itself before, or somebody took it back, refused or published it without knowing.
    pub is_asked: bool,
    /// Whether a field has two versions.
    pub conflict: bool,
    /// What is missing before it can be published.
    pub missing: Vec<Missing>,
    /// The device cannot read it (key missing, or proved bad): shown as such, never hidden.
    pub unreadable: bool,
    /// How many photos it has.
    pub n_photos: u32,
    /// How many recordings it has.
    pub n_recordings: u32,
    /// It lies in the trash: only its author is told of it, and only there it is shown.
    pub is_deleted: bool,
    /// In the trash: the days that are left before it is erased.
    pub days_left: u32,
    /// A publish, withdraw or erase that waits for a connection; or a publish that waits for a person.
    pub intent: Option<Intent>,
}

impl StoryRow {
    /// Whether it lacks this.
    #[must_use]
    pub fn lacks(&self, missing: Missing) -> bool {
        self.missing.contains(&missing)
    }

    /// Whether nobody approved it as it is.
    #[must_use]
    pub fn needs_approval(&self) -> bool {
        self.lacks(Missing::Approval) || self.lacks(Missing::ChangedSinceApproval)
    }
}

/// A story, opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoryView {
    /// Its line.
    pub row: StoryRow,
    /// Value of each field, empty where there is none.
    pub fields: BTreeMap<Field, String>,
    /// Fields whose stored value could not be read (M9).
    pub bad_fields: Vec<Field>,
    /// The teller, as far as this device may read her contact.
    pub teller: Teller,
    /// Consents, oldest first.
    pub consents: Vec<ConsentView>,
    /// Fields with two versions.
    pub conflicts: Vec<Conflict>,
    /// Photos, oldest first.
    pub photos: Vec<PhotoView>,
    /// Recordings, oldest first.
    pub recordings: Vec<RecordingView>,
    /// Whether this member may change it.
    pub editable: bool,
    /// The document follows a newer schema than this app knows: readable, not editable (M8).
    pub too_new: bool,
    /// Whether this member may approve and publish.
    pub reviewable: bool,
    /// The photo or sound that is on its way to the website now, before the story that shows it.
    pub sending: Option<Sending>,
    /// The version that is online, counted from 1.
    pub online_version: Option<u32>,
    /// Whether what is online is not what could be published of it now; `None` where that cannot be told: something is
    /// missing, or this device has not looked at the bytes of its photos and recordings.
    pub outdated: Option<bool>,
    /// That it was taken from the website or is not to be published, while that stands.
    pub decision: Option<Decision>,
    /// That the teller agreed to the text as it is, after her consent.
    pub agreed: Option<Agreement>,
    /// What she agrees to if she is read what is shown now: told back with what she says.
    pub wording: String,
    /// What a coordinator asks and nobody answered yet, oldest first.
    pub questions: Vec<Question>,
    /// Which changes this shows: told back with what is typed over it.
    pub seen: String,
}

/// A photo of a story.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PhotoView {
    /// Its id within the story, stable.
    pub id: String,
    /// Width of the whole photo, in pixels.
    pub width: u32,
    /// Height of the whole photo, in pixels.
    pub height: u32,
    /// Bytes of the whole photo.
    pub size: u32,
    /// "Beschrijving van de foto".
    pub description: String,
    /// "Staan er mensen herkenbaar op?", `None` until somebody answers.
    pub recognisable: Option<bool>,
    /// Who is on it.
    pub who: String,
    /// Fields whose stored value could not be read: shown empty (M9).
    pub bad_fields: Vec<MediaField>,
    /// Fields with two versions.
    pub conflicts: Vec<MediaConflict>,
    /// What it lacks before anybody outside may see it.
    pub needs: Vec<PhotoNeed>,
    /// Where it is; `None` while somebody else's device has not sent all of it, as far as this device knows.
    pub whereabouts: Option<Whereabouts>,
    /// Whether the small picture is on this device: [`Which::Thumbnail`] is answered at once.
    pub has_thumbnail: bool,
    /// Whether the whole photo is on this device: [`Which::Full`] is answered at once.
    pub has_full: bool,
    /// When it was added.
    pub at: u64,
    /// Name of who added it, if known.
    pub by: Option<String>,
}

/// A recording of a story: one or more sounds, one after the other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordingView {
    /// Its id within the story, stable.
    pub id: String,
    /// "Deel 1", "Deel 2": an interruption closes a part and goes on as the next. Empty while the first one is
    /// being recorded.
    pub parts: Vec<SoundView>,
    /// A part is being recorded on this device now.
    pub is_open: bool,
    /// It was only to be written down, and is gone; its text stays.
    pub is_erased: bool,
    /// "Uitgeschreven tekst".
    pub text: String,
    /// Where the questions of the conversation guide were asked, in the order of the recording.
    pub marks: Vec<Mark>,
    /// "Only to write it down": what is heard goes once the teller agrees, or the story is published.
    pub write_down_only: bool,
    /// Fields whose stored value could not be read: shown empty (M9).
    pub bad_fields: Vec<MediaField>,
    /// Fields with two versions.
    pub conflicts: Vec<MediaConflict>,
    /// What it lacks before anybody outside may hear it.
    pub needs: Vec<SoundNeed>,
    /// Where it is; `None` while somebody else's device has not sent all of it, as far as this device knows.
    pub whereabouts: Option<Whereabouts>,
    /// When its first part was closed; of an open one when it was begun.
    pub at: u64,
    /// Name of who recorded it, if known.
    pub by: Option<String>,
}

/// One part of a recording.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SoundView {
    /// Its number within the recording, from 1.
    pub part: u32,
    /// Its media type, as the browser named it: `audio/mp4`, `audio/webm;codecs=opus`.
    pub media_type: String,
    /// Its duration in milliseconds, as it was last told while it was recorded.
    pub duration_ms: u32,
    /// Its bytes.
    pub size: u32,
    /// Whether it is on this device: [`Which::Sound`] is answered at once.
    pub is_here: bool,
}

/// A question of the conversation guide, and where in the recording it was asked.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Mark {
    /// Number of the part, from 1.
    pub part: u32,
    /// Milliseconds from the beginning of the part.
    pub at_ms: u32,
    /// The question, one line.
    pub question: String,
}

/// A field of a photo or a recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum MediaField {
    /// Photo: "Beschrijving van de foto", one line.
    Description,
    /// Photo: "Staan er mensen herkenbaar op?": `yes`, `no` or empty.
    Recognisable,
    /// Photo: who is on it, one line.
    Who,
    /// Recording: "Uitgeschreven tekst", prose.
    Text,
    /// Recording: a line a [`Mark`]: part, milliseconds and question, a space between.
    Marks,
    /// Recording: `yes` if it is only to be written down, else empty.
    WriteDownOnly,
}

/// A new value of one field of a photo or a recording.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum MediaEdit {
    /// Sets [`MediaField::Description`].
    Description(String),
    /// Sets [`MediaField::Recognisable`].
    Recognisable(Option<bool>),
    /// Sets [`MediaField::Who`].
    Who(String),
    /// Sets [`MediaField::Text`].
    Text(String),
    /// Sets [`MediaField::Marks`].
    Marks(Vec<Mark>),
    /// Sets [`MediaField::WriteDownOnly`].
    WriteDownOnly(bool),
}

/// A field of a photo or a recording with more than one value (M7).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MediaConflict {
    /// The field.
    pub field: MediaField,
    /// Two values or more, in a stable order; their text is as [`MediaField`] says.
    pub versions: Vec<Version>,
}

/// Something that a photo lacks before anybody outside may see it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum PhotoNeed {
    /// Nothing says what is to be seen: who cannot see it has nothing.
    Description,
    /// Nobody said whether people can be recognised.
    Answer,
    /// People can be recognised, and nobody said who they are.
    Who,
    /// This person can be recognised, and is not to be shown, or no longer.
    Consent(String, WhyHidden),
    /// People can be recognised, the teller is a minor, and no guardian allows it.
    Guardian,
    /// The teller, or who answers for her, took all photos of the story back, those of nobody too.
    TakenBack,
    /// What is written about it has two versions.
    Conflict,
    /// Its bytes are no photo that a website shows.
    Bytes,
    /// The page has no room left for it.
    TooMuch,
}

/// Why somebody on a photo is not to be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum WhyHidden {
    /// Nothing was recorded.
    Never,
    /// What was allowed has ended.
    Expired,
    /// It was taken back.
    Withdrawn,
    /// A guardian answers for her, and did not allow photos.
    NoGuardian,
}

/// Something that a recording lacks before anybody outside may hear it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum SoundNeed {
    /// It was made only to be written down.
    WriteDownOnly,
    /// It is not written down.
    Text,
    /// The teller does not allow her voice to be heard, or no longer.
    Voice,
    /// She does, is a minor, and no guardian does.
    Guardian,
    /// What is written about it has two versions.
    Conflict,
    /// Its bytes are no sound that a website plays.
    Bytes,
    /// The page has no room left for it and its text.
    TooMuch,
}

/// A photo or a recording that stays inside when its story is published, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LeftOut {
    /// A photo, by its number within the story, from 1.
    Photo(u32, Vec<PhotoNeed>),
    /// A recording, by its number within the story, from 1.
    Recording(u32, Vec<SoundNeed>),
}

/// Which bytes of a photo or a recording are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Which {
    /// The small picture of a photo.
    Thumbnail,
    /// The whole photo.
    Full,
    /// A part of a recording, by its number.
    Sound(u32),
    /// A consent text, read by somebody.
    Reading,
}

/// What tellers are asked in a language that the network added, or how the app's own texts sound.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsentTextView {
    /// The language, as a BCP 47 tag in lower case.
    pub language: String,
    /// The newest versions, the one that is shown first: more than one where two people saved at the same time; none
    /// where only readings were added.
    pub versions: Vec<TextVersion>,
    /// Readings, at most one for each use in each document of the language.
    pub readings: Vec<ReadingView>,
    /// Written by a newer app: readable, not editable.
    pub too_new: bool,
}

/// The sentences of all uses, as they were saved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextVersion {
    /// Its id.
    pub id: String,
    /// Its number: a consent names it.
    pub number: u32,
    /// By use; a use that has none cannot be asked about in this language.
    pub sentences: Vec<(Use, String)>,
    /// When.
    pub at: u64,
    /// Who; `None` if her name is not known.
    pub by: Option<String>,
}

/// Somebody reads the sentences of a use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadingView {
    /// Its document.
    pub document: String,
    /// Its id.
    pub id: String,
    /// The use.
    pub used: Use,
    /// The sentences that are heard: it is of no use for others.
    pub text: String,
    /// Its duration, in milliseconds.
    pub duration_ms: u32,
    /// Whether it is on this device: [`Which::Reading`] is answered at once.
    pub is_here: bool,
    /// Where it is, if it is not on its way to this device.
    pub whereabouts: Option<Whereabouts>,
}

impl StoryView {
    /// Whether the teller is younger than eighteen.
    #[must_use]
    pub fn is_minor(&self) -> bool {
        self.fields.get(&Field::Age).is_some_and(|age| is_minor(age))
    }
}

/// Whether an age, as stored in [`Field::Age`], is a minor's.
#[must_use]
pub fn is_minor(age: &str) -> bool {
    matches!(age, "teen" | "child")
}

/// That a story is not on the website, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// [`StoryState::Withdrawn`] or [`StoryState::NotPublished`].
    pub state: StoryState,
    /// Why it is not published, if that was the decision.
    pub unfit: Option<Unfit>,
    /// Name of who decided, if known.
    pub by: Option<String>,
    /// When, by her device.
    pub at: u64,
    /// Her reason in her own words, for members only; empty if she gave none.
    pub reason: String,
}

/// "Verteller is akkoord met deze versie".
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agreement {
    /// How she agreed, if that was told.
    pub given: Option<Given>,
    /// Name of who recorded it, if known.
    pub by: Option<String>,
    /// When, by the device of who recorded it.
    pub at: u64,
}

/// A question of a coordinator about a story.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// What it is about; `None` for all of the story.
    pub about: Option<About>,
    /// The question.
    pub text: String,
    /// Name of who asks, if known.
    pub by: Option<String>,
    /// When, by her device.
    pub at: u64,
}

/// Why a story is not to be published (REQUIREMENTS §2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Unfit {
    /// It is there already.
    Double,
    /// It does not suit the network.
    Unsuited,
    /// It is for members only.
    Internal,
    /// It was made to try something.
    Test,
}

impl Unfit {
    /// All reasons, in the order in which they are offered.
    pub const ALL: [Self; 4] = [Self::Double, Self::Unsuited, Self::Internal, Self::Test];
}

/// An action that needs a connection and is stored until there is one, or until a person decides again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Intent {
    /// To be published.
    Publish,
    /// To be taken from the website.
    Withdraw,
    /// To be erased everywhere.
    Erase,
    /// Was to be published, and was not: what would be published has changed, or was refused. Its preview is looked at
    /// again.
    PreviewAgain,
}

/// A photo or a sound on its way to the website.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Sending {
    /// A photo, the how manieth of how many.
    Photo {
        /// Its number, from 1.
        number: u32,
        /// How many there are.
        total: u32,
    },
    /// A part of a recording, the how manieth of how many.
    Sound {
        /// Its number, from 1.
        number: u32,
        /// How many there are.
        total: u32,
    },
}

/// What will be on the website, exactly (P1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preview {
    /// Digest of exactly this; `Publish` sends it back and is refused if it no longer fits.
    pub digest: String,
    /// Title.
    pub title: String,
    /// Name as consented, if any.
    pub name: Option<String>,
    /// Name of the municipality.
    pub municipality: String,
    /// Part of the municipality, if chosen: the most precise place that is ever shown.
    pub district: Option<String>,
    /// Plain summary.
    pub summary: String,
    /// Language of the story, a BCP 47 tag.
    pub language: String,
    /// Text by heading, in the order of the page; the heading is the field.
    pub sections: Vec<(Field, String)>,
    /// Ids of themes.
    pub themes: Vec<String>,
    /// "Doelgroep", empty if none.
    pub audience: String,
    /// Photos, in the order of the page.
    pub photos: Vec<PreviewPhoto>,
    /// Recordings, in the order of the page.
    pub sounds: Vec<PreviewSound>,
    /// What stays inside, in the order of the story.
    pub left_out: Vec<LeftOut>,
}

/// A photo as it will be on the website.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreviewPhoto {
    /// Its id within the story: its picture is [`Which::Full`].
    pub media: String,
    /// What is to be seen.
    pub alt: String,
    /// Width, in pixels.
    pub width: u32,
    /// Height, in pixels.
    pub height: u32,
}

/// A recording as it will be on the website.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreviewSound {
    /// Its id within the story: its files are [`Which::Sound`].
    pub media: String,
    /// Its parts, by their number.
    pub parts: Vec<u32>,
    /// What is said.
    pub text: String,
}

/// A member in the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberRow {
    /// Ordinal of the member.
    pub member: u32,
    /// Her name; `None` where it was erased or cannot be read yet.
    pub name: Option<String>,
    /// Her role.
    pub role: Role,
    /// Whether it is this member.
    pub me: bool,
    /// Ordinal of the device that waits for approval, if one does.
    pub waiting_device: Option<u32>,
    /// Six digits to compare, where a device waits.
    pub digits: Option<String>,
    /// Whether this member may approve the waiting device, or refuse it.
    pub may_approve: bool,
    /// Handle of the invitation that the waiting device came with: revoking that refuses the device.
    pub invitation: Option<String>,
    /// Whether she was removed.
    pub removed: bool,
}

/// An invitation in the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvitationRow {
    /// Handle to revoke it with.
    pub id: String,
    /// Role that it gives.
    pub role: Role,
    /// When it ends, by the relay's clock.
    pub until: u64,
    /// Who made it; `None` if her name is not known.
    pub by: Option<String>,
    /// What became of it.
    pub state: InvitationState,
    /// Whether this member may revoke it.
    pub may_revoke: bool,
}

/// What became of an invitation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum InvitationState {
    /// It can be used.
    Open,
    /// Somebody joined with it and waits.
    Used,
    /// It was revoked.
    Revoked,
}

/// An invitation that was just made. The seed is shown, never stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewInvitation {
    /// Its line.
    pub row: InvitationRow,
    /// The code to type, in groups: `XXXX-XXXX-XXXX-XXXX-X`.
    pub code: String,
}

/// What "Dit toestel" tells.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceView {
    /// Own and others' stories on this device.
    pub stories: u32,
    /// Contacts on this device.
    pub contacts: u32,
    /// Stories and contacts of which something is not safe yet.
    pub unsent: u32,
    /// Entries proved bad and set aside (M5).
    pub quarantined: u32,
    /// Entries that wait for another one or for a key (M5).
    pub waiting: u32,
    /// Last contact with the relay, by its clock.
    pub last_contact: Option<u64>,
}
