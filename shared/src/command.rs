//! What a screen asks of the core, what it is answered, and what the core tells unasked.

use crate::view::{
    About, ConsentTextView, DeviceView, Field, Given, InvitationRow, Link, MediaEdit, MediaField, MemberRow,
    NewConsent, NewInvitation, Preview, Role, Standing, StoryRow, StoryView, TellerField, Unfit, Use, Which,
};
use serde::{Deserialize, Serialize};
use std::fmt::{self, Write};

/// Most bytes of a photo: at 1600 pixels and the quality that the page chooses it has a tenth of that.
pub const PHOTO_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Longest side of a photo, in pixels (W5).
pub const PHOTO_SIDE_PX_MAX: u32 = 1600;

/// Most bytes of a small picture: what a coordinator's phone fetches of every photo unasked (REQUIREMENTS §11).
pub const THUMBNAIL_BYTES_MAX: usize = 20 * 1024;

/// Most photos of a story.
pub const PHOTOS_MAX: usize = 50;

/// Most bytes of one part of a recording: more than an hour at 64 kbit/s. Its document names 512 parts with 32 bytes
/// each.
pub const SOUND_BYTES_MAX: usize = 32 * 1024 * 1024;

/// Most parts of all recordings of a story together.
pub const SOUNDS_MAX: usize = 50;

/// Most characters of the sentences of one use: two are meant.
pub const CONSENT_TEXT_CHARS_MAX: usize = 400;

/// Most bytes of a consent text that somebody reads: every device of the network fetches it.
pub const READING_BYTES_MAX: usize = 2 * 1024 * 1024;

/// A request of the ui. Each gets exactly one answer.
///
/// A command that stores something is answered only after the device's strict transaction completed (C2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Command {
    /// Everything that the first screen needs; answered by [`Reply::Overview`].
    Overview,
    /// Founds a network (needs a connection).
    Found {
        /// Its plain name.
        network: String,
        /// Name of the founder.
        name: String,
        /// Founding code as typed.
        code: String,
    },
    /// Looks an invitation up (needs a connection); answered by [`Reply::Invitation`].
    Lookup {
        /// Code as typed or from the link.
        code: String,
    },
    /// Joins with the invitation that was looked up last (needs a connection).
    Join {
        /// Name of who joins.
        name: String,
    },
    /// Makes an invitation (needs a connection); answered by [`Reply::Invited`].
    Invite {
        /// Role that it gives.
        role: Role,
        /// How long it can be used, in minutes, at most seven days.
        minutes: u32,
        /// Whether a volunteer is approved by itself while the inviter keeps the invitation on screen.
        automatic: bool,
    },
    /// The invitation is no longer on screen: nobody is approved by itself any more.
    InvitationClosed,
    /// Revokes an invitation (needs a connection).
    Revoke {
        /// Handle of the invitation.
        invitation: String,
    },
    /// Approves a waiting device (needs a connection).
    Approve {
        /// Its ordinal.
        device: u32,
    },
    /// Gives a member another role (needs a connection).
    SetRole {
        /// The member.
        member: u32,
        /// The new role.
        role: Role,
    },
    /// Members and invitations; answered by [`Reply::Members`].
    Members,
    /// Starts a story; answered by [`Reply::Story`]. Nothing is stored before its first edit.
    NewStory,
    /// Opens a story; answered by [`Reply::Story`]. The core keeps telling of its changes until [`Command::CloseStory`].
    OpenStory {
        /// Document id, hexadecimal.
        id: String,
    },
    /// The story is no longer on screen: what was typed is sealed at once.
    CloseStory {
        /// Document id, hexadecimal.
        id: String,
    },
    /// Sets a field. Answered when the draft is stored on the device (M10).
    Edit {
        /// Document id, hexadecimal.
        id: String,
        /// The field.
        field: Field,
        /// Its whole new value.
        value: String,
        /// [`StoryView::seen`] of what stood on the screen when this was typed: what others changed since stays beside it
        /// (M7). Empty where that is not known.
        seen: String,
    },
    /// Sets a field of the teller. Answered when the draft is stored on the device.
    EditTeller {
        /// Document id of the story, hexadecimal.
        id: String,
        /// The field.
        field: TellerField,
        /// Its whole new value.
        value: String,
    },
    /// Seals what was typed at once: on blur, hide, close (M10).
    Flush {
        /// Document id, hexadecimal.
        id: String,
    },
    /// Records a consent.
    AddConsent {
        /// Document id, hexadecimal.
        id: String,
        /// The consent.
        consent: NewConsent,
        /// What she was read ([`StoryView::wording`]): to the website she consents with exactly that, else the command is
        /// refused with [`CommandError::TextChanged`].
        wording: String,
    },
    /// Takes uses of a consent back. What is online and rests on one of them is withdrawn, too (P2).
    WithdrawConsent {
        /// Document id, hexadecimal.
        id: String,
        /// Id of the consent's row.
        consent: String,
        /// The uses.
        uses: Vec<Use>,
    },
    /// Records "Verteller is akkoord met deze versie": the teller agrees to the text as it is (P2).
    TellerAgrees {
        /// Document id, hexadecimal.
        id: String,
        /// How she did.
        given: Given,
        /// What she was read ([`StoryView::wording`]); if that is no longer so, the command is refused with
        /// [`CommandError::TextChanged`].
        wording: String,
    },
    /// Hands a story in for review.
    Submit {
        /// Document id, hexadecimal.
        id: String,
    },
    /// Puts one's own story into the trash; it must never have been handed in.
    DeleteStory {
        /// Document id, hexadecimal.
        id: String,
    },
    /// Takes a story out of the trash.
    RestoreStory {
        /// Document id, hexadecimal.
        id: String,
    },
    /// Erases a story in the trash everywhere, for ever; kept as an intent while there is no connection, unless it never
    /// left this device.
    EraseStory {
        /// Document id, hexadecimal.
        id: String,
    },
    /// Somebody read that unsent work was erased with a story (`Link::erased_unsent`).
    LostRead,
    /// Approves a story (coordinators).
    ApproveStory {
        /// Document id, hexadecimal.
        id: String,
    },
    /// Gives a story back with a question (coordinators); it must not be online.
    AskBack {
        /// Document id, hexadecimal.
        id: String,
        /// The question.
        question: String,
        /// What it is about; `None` for all of the story.
        about: Option<About>,
    },
    /// Decides that a story is not to be published (coordinators); it must not be online.
    NotPublish {
        /// Document id, hexadecimal.
        id: String,
        /// Why; `None` for another reason, in words.
        unfit: Option<Unfit>,
        /// More about it, for members only.
        reason: String,
    },
    /// Keeps one of two versions of a field (M7).
    Choose {
        /// Document id, hexadecimal.
        id: String,
        /// The field.
        field: Field,
        /// Handle of the version.
        version: String,
    },
    /// Shows exactly what would be published; answered by [`Reply::Preview`], or, where photos or sounds that are to be
    /// published are not on this device, by [`Reply::MediaComing`]: they are fetched, and the open story is told anew.
    Preview {
        /// Document id, hexadecimal.
        id: String,
    },
    /// Publishes what was previewed; kept as an intent while there is no connection.
    Publish {
        /// Document id, hexadecimal.
        id: String,
        /// Digest of the preview.
        digest: String,
    },
    /// Takes a story from the website; kept as an intent while there is no connection.
    Withdraw {
        /// Document id, hexadecimal.
        id: String,
        /// Reason, for members only.
        reason: String,
    },
    /// Adds a photo; answered by [`Reply::Added`] when it is stored on the device. The page has scaled it, so
    /// that neither picture says more than what is seen (W5).
    AddPhoto {
        /// Document id, hexadecimal.
        id: String,
        /// The whole photo: JPEG, at most [`PHOTO_BYTES_MAX`] and [`PHOTO_SIDE_PX_MAX`].
        jpeg: Vec<u8>,
        /// The small picture: JPEG, at most [`THUMBNAIL_BYTES_MAX`].
        thumbnail: Vec<u8>,
        /// Width of the whole photo, in pixels.
        width: u32,
        /// Height of the whole photo, in pixels.
        height: u32,
    },
    /// Begins a part of a recording, if the story has room for it; answered by [`Reply::Added`] with the id of the
    /// recording. A story has one open part at a time: one that could not be closed is closed first.
    StartRecording {
        /// Document id, hexadecimal.
        id: String,
        /// Media type of all that will be appended, as the browser names it.
        media_type: String,
        /// The recording that this is the next part of; `None` begins a new one.
        recording: Option<String>,
    },
    /// Appends to the open part of a recording. Answered when the bytes are stored on the device: whatever ends
    /// the core loses at most the last call. A part that is found open at a start is closed as it is.
    AppendSound {
        /// Document id, hexadecimal.
        id: String,
        /// The recording.
        recording: String,
        /// What follows: at most [`SOUND_BYTES_MAX`] in all. Beyond that the command is refused with
        /// [`CommandError::MediaTooLarge`], and the page goes on with the next part.
        bytes: Vec<u8>,
        /// Duration of the part so far, in milliseconds.
        duration_ms: u32,
    },
    /// Closes the open part of a recording. One without bytes leaves nothing behind.
    FinishRecording {
        /// Document id, hexadecimal.
        id: String,
        /// The recording.
        recording: String,
        /// Duration of the part, in milliseconds.
        duration_ms: u32,
    },
    /// Sets a field of a photo or a recording. Answered when the draft is stored on the device (M10).
    EditMedia {
        /// Document id, hexadecimal.
        id: String,
        /// Id of the photo or the recording.
        media: String,
        /// The field with its whole new value.
        edit: MediaEdit,
        /// As for [`Command::Edit`].
        seen: String,
    },
    /// Keeps one of two versions of a field of a photo or a recording (M7).
    ChooseMedia {
        /// Document id, hexadecimal.
        id: String,
        /// Id of the photo or the recording.
        media: String,
        /// The field.
        field: MediaField,
        /// Handle of the version.
        version: String,
    },
    /// Removes a photo or a recording, for good.
    RemoveMedia {
        /// Document id, hexadecimal.
        id: String,
        /// Id of the photo or the recording.
        media: String,
    },
    /// Asks for the bytes of a photo or a sound. Answered by [`Reply::Media`], or, where they are not on this
    /// device, by [`Reply::MediaComing`]: they are fetched, and the open story is told anew when they are here.
    LoadMedia {
        /// Document id, hexadecimal.
        id: String,
        /// Id of the photo or the recording.
        media: String,
        /// Which bytes of it.
        which: Which,
    },
    /// Consent texts in languages that the network added; answered by [`Reply::ConsentTexts`].
    ConsentTexts,
    /// Saves the sentences of a language; by a coordinator.
    SaveConsentText {
        /// The language, as a BCP 47 tag.
        language: String,
        /// By use; what is left empty cannot be asked in this language.
        sentences: Vec<(Use, String)>,
        /// Ids of the versions that were on the screen: these stand in place of them.
        follows: Vec<String>,
    },
    /// Adds how the sentences of a use sound, in place of an earlier reading; by a coordinator. Answered by
    /// [`Reply::Added`].
    AddReading {
        /// The language.
        language: String,
        /// The use.
        used: Use,
        /// The sentences that are heard.
        text: String,
        /// Media type of the sound.
        media_type: String,
        /// All of it.
        bytes: Vec<u8>,
        /// Its duration, in milliseconds.
        duration_ms: u32,
    },
    /// Removes a reading; by a coordinator.
    RemoveReading {
        /// The language.
        language: String,
        /// Id of the reading.
        reading: String,
    },
    /// "Dit toestel"; answered by [`Reply::Device`].
    Device,
    /// Tries the relay at once: on open, on `online`, on focus (S15).
    TryNow,
}

impl Command {
    /// What is asked, in one word and without any content: for a log, and for tests.
    #[must_use]
    pub fn name(&self) -> String {
        let mut name = Name(String::new());
        // It stops at what the command holds, which may be a whole photo.
        match write!(name, "{self:?}") {
            Ok(()) | Err(fmt::Error) => name.0,
        }
    }
}

/// The first word of what is written to it.
struct Name(String);

impl fmt::Write for Name {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let end = text.find(|char: char| !char.is_alphanumeric());
        self.0
            .push_str(text.get(..end.unwrap_or(text.len())).unwrap_or_default());
        if end.is_some() { Err(fmt::Error) } else { Ok(()) }
    }
}

/// The answer to a [`Command`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reply {
    /// Done and stored.
    Done,
    /// Where everything stands.
    Overview {
        /// Where the device stands.
        standing: Standing,
        /// How it stands with the relay.
        link: Link,
        /// All stories that it may list, in the order of their ids.
        rows: Vec<StoryRow>,
    },
    /// A valid invitation.
    Invitation {
        /// Name of the network, from its verified genesis.
        network: String,
        /// Role that it gives.
        role: Role,
        /// Stories on this device that would come along.
        stories: u32,
    },
    /// An invitation was made.
    Invited(NewInvitation),
    /// Members and invitations.
    Members {
        /// Members by ordinal.
        members: Vec<MemberRow>,
        /// Invitations, newest first.
        invitations: Vec<InvitationRow>,
    },
    /// A story, opened.
    Story(Box<StoryView>),
    /// A photo or a recording has this id.
    Added(String),
    /// The bytes of a photo or a sound.
    Media {
        /// Their media type.
        media_type: String,
        /// All of them.
        bytes: Vec<u8>,
    },
    /// The bytes are not on this device: they are fetched as soon as there is a connection and who has them has sent
    /// them.
    MediaComing,
    /// What would be published.
    Preview(Box<Preview>),
    /// An action waits for a connection.
    Queued,
    /// Consent texts in languages that the network added, by language.
    ConsentTexts(Vec<ConsentTextView>),
    /// This device.
    Device(DeviceView),
}

/// Why a command was not carried out. Nothing that was stored before is lost by it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CommandError {
    /// It needs a connection and there is none.
    Offline,
    /// The founding code is wrong.
    WrongFoundingCode,
    /// The network exists already: the founding code was used.
    AlreadyFounded,
    /// The invitation's code is garbled: wrong length, letters or check character.
    InvitationGarbled,
    /// No such invitation.
    InvitationUnknown,
    /// The invitation was used.
    InvitationUsed,
    /// The invitation was revoked.
    InvitationRevoked,
    /// The invitation has expired.
    InvitationExpired,
    /// The relay's genesis or invitation does not verify: joining would not be safe.
    InvitationForged,
    /// This device has a network already.
    AlreadyMember,
    /// The member may not do this.
    NotAllowed,
    /// There is no such document on this device.
    UnknownStory,
    /// There is no such member, device, invitation, consent, version, photo, recording or language.
    Unknown,
    /// A value is longer than it may be.
    TooLong {
        /// Most characters.
        limit: u32,
    },
    /// A photo or a part of a recording is larger than it may be; nothing of it was stored.
    MediaTooLarge {
        /// Most bytes.
        limit: u32,
    },
    /// The story has as many photos or recordings as it may have.
    TooMany {
        /// How many.
        limit: u32,
    },
    /// The bytes are no JPEG of the size that was told, or no sound that browsers record, or the media type is none of a
    /// sound.
    NotMedia,
    /// A part of a recording is open in this story already, or the one that is named is not.
    NotRecording,
    /// A name is needed.
    NameMissing,
    /// The story cannot be published or submitted as it is.
    Missing(Vec<crate::view::Missing>),
    /// The preview no longer fits: look again.
    PreviewChanged,
    /// What the teller was read is not what the story says now: it is read to her again.
    TextChanged,
    /// The story holds as much as a story can: nothing is added any more.
    StoryFull,
    /// The document follows a newer schema: update the app.
    TooNew,
    /// The relay said no in another way; tried again when that makes sense.
    Refused,
    /// Too many wrong tries: wait a little.
    SlowDown,
    /// The browser has no room left; nothing of this command was stored.
    DeviceFull,
    /// The browser's store failed; nothing of this command was stored.
    DeviceFailed,
}

/// What the core tells unasked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// Where the device stands changed.
    Standing(Standing),
    /// How it stands with the relay changed.
    Link(Link),
    /// Rows that changed or are new.
    Rows(Vec<StoryRow>),
    /// Rows that are gone from this device.
    RowsGone(Vec<String>),
    /// An open story changed by itself: by another device, or its whereabouts.
    Story(Box<StoryView>),
    /// Members or invitations changed.
    Members,
    /// Consent texts of the network, or what is here of their readings, changed.
    ConsentTexts,
}
