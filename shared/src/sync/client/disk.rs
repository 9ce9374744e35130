//! What lies in the device's tables, before it is sealed. These shapes are the device's own and never travel.
//!
//! | table | key | value |
//! |---|---|---|
//! | meta | name of the row | [`Identity`], [`Progress`], [`BackfillState`], [`Keyring`](super::network::Keyring), [`Names`], [`Wanted`], [`ErasedRow`], membership |
//! | heads | document | [`Head`] |
//! | bodies | document | [`Body`] |
//! | drafts | document ‖ field, or document ‖ 0xfe ‖ photo or recording ‖ field | [`Draft`] |
//! | outbox | number (8) ‖ entry id (8) | [`OutboxRow`] |
//! | inbox | document ‖ seq (8) | [`InboxRow`] |
//! | dirty | document | nothing |
//! | journal | empty | [`Journal`] |
//! | living | document ‖ seq (8) | [`LivingRow`] |
//! | intents | document | [`IntentRow`] |
//! | media | document | [`MediaRow`] |
//! | parts | blob ‖ number (4) | the part, sealed with the blob's key and not again |
//! | sounds | document | [`SoundRow`] |

use crate::cbor::{cbor_array, cbor_code, cbor_enum, cbor_map};
use crate::crypto::{BlobKey, DocumentKey};
use crate::entry::{AuthorSpan, Collection, GroupId};
use crate::id::{
    BlobId, Chain, ChangeHash, DeviceId, DocumentId, EntryId, Epoch, Generation, Kid, KidShort, LogId,
    MemberId, NetworkId, RowId, Seq,
};
use crate::membership::DetachedHash;
use crate::model::media::{Part, PartHashes};
use crate::protocol::{BackfillPosition, EntryBytes};
use crate::time::Timestamp;
use crate::view::{Missing, StoryState, Use};
use zeroize::{Zeroize, ZeroizeOnDrop};

/// Rows of [`Table::Meta`](crate::storage::Table::Meta).
pub(super) mod meta {
    pub(crate) const IDENTITY: &[u8] = b"identity";
    pub(crate) const PROGRESS: &[u8] = b"progress";
    pub(crate) const BACKFILL: &[u8] = b"backfill";
    pub(crate) const KEYRING: &[u8] = b"keyring";
    pub(crate) const NAMES: &[u8] = b"names";
    pub(crate) const MEMBERSHIP: &[u8] = b"membership";
    pub(crate) const WANTED: &[u8] = b"wanted";
    pub(crate) const HEALED: &[u8] = b"healed";
    pub(crate) const ERASED: &[u8] = b"erased";

    /// What goes with the network of this device; only what was erased stays known.
    pub(crate) const OF_NETWORK: [&[u8]; 8] = [
        IDENTITY, PROGRESS, BACKFILL, KEYRING, NAMES, MEMBERSHIP, WANTED, HEALED,
    ];
}

/// Who this device is in its network. Stored before anything of it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Identity {
    pub(super) network: NetworkId,
    pub(super) device: DeviceId,
    /// The member's own name.
    pub(super) name: String,
    /// Six digits of the join; empty for the founder.
    pub(super) digits: String,
    pub(super) secrets: DeviceSecrets,
    /// Epoch 0 of the member's own group, where this device made it.
    pub(super) own: Option<KeyBytes>,
    pub(super) stage: Stage,
}
cbor_map!(Identity { 0 => network, 1 => device, 2 => name, 3 => digits, 4 => secrets, 5 => own, 6 => stage });

/// The device's own secret keys.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub(super) struct DeviceSecrets {
    pub(super) sign: KeyBytes,
    pub(super) hpke: KeyBytes,
}
cbor_map!(DeviceSecrets { 0 => sign, 1 => hpke });

/// How far the way into the network is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// The genesis was made; whether the relay has it is not known.
    Founding(Founding),
    /// The join was made; whether the relay has it is not known.
    Joining(Joining),
    /// The relay has it.
    Joined,
}
cbor_enum!(Stage { 0 => Founding(Founding), 1 => Joining(Joining), 2 => Joined });

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Founding {
    pub(super) genesis: Vec<u8>,
    pub(super) detached: Vec<u8>,
    pub(super) code: String,
    pub(super) team: KeyBytes,
    pub(super) coord: KeyBytes,
}
cbor_map!(Founding { 0 => genesis as bytes, 1 => detached as bytes, 2 => code, 3 => team, 4 => coord });

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Joining {
    pub(super) genesis: Vec<u8>,
    pub(super) entry: EntryBytes,
    pub(super) detached: Vec<u8>,
}
cbor_map!(Joining { 0 => genesis as bytes, 1 => entry, 2 => detached as bytes });

/// How far the log was followed: stored in the transaction that stores the page (S6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Progress {
    pub(super) log_id: LogId,
    pub(super) seq: Seq,
    pub(super) chain: Chain,
    /// The relay's clock at the last contact.
    pub(super) relay_at: Timestamp,
}
cbor_array!(Progress {
    log_id,
    seq,
    chain,
    relay_at
});

/// A backfill under way: stored in the transaction that stores its page (S9).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct BackfillState {
    /// Groups whose documents are asked for; empty means all.
    pub(super) groups: Vec<GroupId>,
    pub(super) position: Option<BackfillPosition>,
    pub(super) documents_left: Option<u32>,
    /// Documents that were written here and of which only unsent entries or drafts are left: this begins when the
    /// relay has all that is in the outbox, and nothing is written in them before it ends.
    pub(super) torn: Option<Vec<DocumentId>>,
}
cbor_map!(BackfillState { 0 => groups, 1 => position, 2 => documents_left, 3 => torn });

/// Names of members, opened.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Names {
    pub(super) names: Vec<(MemberId, String)>,
}
cbor_map!(Names { 0 => names });

/// Detached parts that hold secrets for this device and were not fetched yet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Wanted {
    pub(super) hashes: Vec<DetachedHash>,
}
cbor_map!(Wanted { 0 => hashes });

/// Documents that were erased: never forgotten, so that nothing of them comes back (E2).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct ErasedRow {
    pub(super) docs: Vec<DocumentId>,
    /// Stories among them in which this device had written what was not sent, until that was read.
    pub(super) n_lost: u32,
}
cbor_map!(ErasedRow { 0 => docs, 1 => n_lost });

/// What is in memory of every document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) coll: Collection,
    pub(super) generation: Generation,
    /// Made on this device.
    pub(super) is_own: bool,
    /// `None` while it belongs to no network, or its birth has not arrived.
    pub(super) author: Option<MemberId>,
    pub(super) readers: Vec<GroupId>,
    /// Oldest first; the last one seals.
    pub(super) keys: Vec<HeldKey>,
    /// The line in lists; none for a contact or where nothing could be read yet.
    pub(super) line: Option<Line>,
    /// The contact of a story's teller.
    pub(super) teller: Option<DocumentId>,
    pub(super) changed_at: Timestamp,
    /// When it was begun, if that was here.
    pub(super) began_at: Timestamp,
    /// Entries that wait for a key.
    pub(super) n_locked: u32,
    /// Entries that wait for another one.
    pub(super) n_waiting: u32,
    /// Entries proved bad.
    pub(super) n_quarantined: u32,
    /// Newest publication or withdrawal.
    pub(super) published: Option<Published>,
    /// What is online rests on consent for these uses; `None` where nothing is online.
    pub(super) claimed: Option<Vec<Use>>,
    /// Digest of what is online, as a preview tells it; `None` where nothing is online.
    pub(super) shown: Option<EntryId>,
    /// Last moment at which what was published is online, if it ends.
    pub(super) ends: Option<Timestamp>,
    /// Photos and recordings that are online; `None` where nothing is, or where its publication does not say which.
    pub(super) media: Option<Vec<OnlineMedia>>,
    /// Name of the teller that is online.
    pub(super) named: Option<String>,
    /// What had been taken back, as far as this device knew when it made its last publication.
    pub(super) knew: Option<Vec<RowId>>,
    /// Entries of content beyond the one snapshot that could stand for all, those of this device also while they are
    /// unsent; `None` for none.
    pub(super) n_unsettled: Option<u32>,
    /// The relay's clock, as it was seen last when the newest of them came; `None` where there is none.
    pub(super) quiet_since: Option<Timestamp>,
    /// This device has added so many that it makes a snapshot.
    pub(super) owes_snapshot: Option<bool>,
    /// A snapshot of somebody else lacks what this device wrote.
    pub(super) lacks_own: Option<bool>,
    /// A snapshot came without its body that stands for something that never came.
    pub(super) gap: Option<Seq>,
    /// The relay's clock when this device told it first that the story lies in the trash: its thirty days count from
    /// then.
    pub(super) deleted_since: Option<Timestamp>,
}
cbor_map!(Head {
    0 => coll, 1 => generation, 2 => author, 3 => readers, 4 => keys, 5 => line, 6 => teller, 7 => changed_at,
    8 => n_locked, 9 => n_waiting, 10 => n_quarantined, 11 => published, 12 => is_own,
    13 => began_at, 64 => n_unsettled, 65 => quiet_since, 66 => owes_snapshot, 67 => lacks_own, 68 => gap, 69 => claimed, 70 => knew,
    71 => deleted_since, 72 => shown, 73 => ends, 74 => media, 75 => named
});

/// What lists, search and map show of a story without loading it (M6). Keys from 64 on are for later builds:
/// older ones read past them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) title: String,
    pub(super) municipality: Option<String>,
    /// Position of the state in [`STATES`].
    pub(super) state: u8,
    pub(super) submitted_at: Option<Timestamp>,
    pub(super) conflict: bool,
    /// Positions of the reasons in [`REASONS`].
    pub(super) missing: Vec<u8>,
    /// What is missing instead after a moment at which a consent ends.
    pub(super) later: Option<(Timestamp, Vec<u8>)>,
    pub(super) n_photos: Option<u32>,
    pub(super) n_recordings: Option<u32>,
    /// It lies in the trash.
    pub(super) is_deleted: Option<bool>,
    /// Something that was asked waits for an answer. Where an older build did not say so, its state does.
    pub(super) is_asked: Option<bool>,
}
cbor_map!(Line {
    0 => title, 1 => municipality, 2 => state, 3 => submitted_at, 4 => conflict, 5 => missing, 64 => n_photos,
    65 => n_recordings, 66 => is_deleted, 67 => later, 68 => is_asked
});

/// States by their number in a stored line, which never changes.
pub(super) const STATES: [StoryState; 7] = [
    StoryState::Draft,
    StoryState::Submitted,
    StoryState::AskedBack,
    StoryState::Approved,
    StoryState::Online,
    StoryState::NotPublished,
    StoryState::Withdrawn,
];

/// Reasons by their number in a stored line, which never changes.
pub(super) const REASONS: [Missing; 15] = [
    Missing::Title,
    Missing::Text,
    Missing::Municipality,
    Missing::WebsiteConsent,
    Missing::WebsiteExpired,
    Missing::WebsiteWithdrawn,
    Missing::NameConsent,
    Missing::Conflict,
    Missing::Approval,
    Missing::ChangedSinceApproval,
    Missing::ChangedSinceConsent,
    Missing::SummaryTooLong,
    Missing::TextTooLong,
    Missing::GuardianConsent,
    Missing::NameTooLong,
];

/// A key of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct HeldKey {
    pub(super) kid: Kid,
    pub(super) secret: KeyBytes,
    /// Epochs that it is known to be wrapped to.
    pub(super) wrapped: Vec<(GroupId, Epoch)>,
}
cbor_array!(HeldKey { kid, secret, wrapped });

#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub(super) struct KeyBytes(pub(super) [u8; 32]);
crate::cbor::cbor_bytes!(KeyBytes);

/// The newest entry of a document's chain of publications (P3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Published {
    pub(super) entry: EntryId,
    pub(super) seq: Seq,
    /// Publications so far.
    pub(super) version: u32,
    pub(super) withdrawn: bool,
}
cbor_array!(Published {
    entry,
    seq,
    version,
    withdrawn
});

/// A photo or a recording that is online.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct OnlineMedia {
    pub(super) media: RowId,
    /// It was published as a photo on which people can be recognised.
    pub(super) as_people: bool,
}
cbor_array!(OnlineMedia { media, as_people });

/// A document at rest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Body {
    pub(super) document: Vec<u8>,
    pub(super) authors: Vec<AuthorSpan>,
}
cbor_map!(Body { 0 => document as bytes, 1 => authors });

/// Typed text that is not sealed into an entry yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Draft {
    /// A field of a story or of its teller.
    Field(String),
    /// Both fields of the teller, as an earlier build stored them.
    Teller(TellerDraft),
    /// A field of a photo or a recording, as it is stored in the document.
    Media(String),
}
cbor_enum!(Draft { 0 => Field(String), 1 => Teller(TellerDraft), 2 => Media(String) });

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TellerDraft {
    pub(super) name: String,
    pub(super) reach: String,
}
cbor_array!(TellerDraft { name, reach });

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct OutboxRow {
    pub(super) entry: Vec<u8>,
    pub(super) at: Timestamp,
    /// It is a snapshot that brings back what another one lacks.
    pub(super) brings_back: Option<bool>,
}
cbor_map!(OutboxRow { 0 => entry as bytes, 1 => at, 64 => brings_back });

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct InboxRow {
    pub(super) verdict: Verdict,
    /// Build that gave the verdict.
    pub(super) app_version: u32,
    pub(super) entry: Vec<u8>,
}
cbor_map!(InboxRow { 0 => verdict, 1 => app_version, 2 => entry as bytes });

/// An entry of content that the log has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct LivingRow {
    pub(super) id: EntryId,
    /// For a snapshot.
    pub(super) cover: Option<RowCover>,
    /// What this device wrote in it.
    pub(super) changes: Vec<ChangeHash>,
}
cbor_map!(LivingRow { 0 => id, 1 => cover, 2 => changes });

/// What a snapshot says to stand for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct RowCover {
    pub(super) upto: Seq,
    pub(super) digest: [u8; 32],
    /// The relay said that it supersedes what it covers.
    pub(super) supersedes: bool,
}
cbor_map!(RowCover { 0 => upto, 1 => digest as bytes, 2 => supersedes });

/// Where an entry stands that is not part of its document (M5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    New,
    Waiting,
    Locked,
    Quarantined,
}
cbor_code!(Verdict { 0 => New, 1 => Waiting, 2 => Locked, 3 => Quarantined });

/// Entries that are being applied.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Journal {
    pub(super) entries: Vec<(DocumentId, Seq)>,
    /// They were in the journal of an earlier death.
    pub(super) is_retry: bool,
    /// How often the one of a retry was tried alone, this time included; an earlier build did not count.
    pub(super) n_alone: Option<u32>,
}
cbor_map!(Journal { 0 => entries, 1 => is_retry, 64 => n_alone });

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum IntentRow {
    Publish(PublishIntent),
    Withdraw,
    Erase,
    /// These publications, whichever of them is online: the device saw by itself that something was taken back that
    /// each rests on.
    TakeDown(Vec<EntryId>),
    /// This publication, if it then still shows what it may not as the story is.
    LookAgain(EntryId),
}
cbor_enum!(IntentRow {
    0 => Publish(PublishIntent), 1 => Withdraw, 2 => Erase, 3 => TakeDown(Vec<EntryId>), 4 => LookAgain(EntryId)
});

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PublishIntent {
    /// Digest of what was previewed (P2).
    pub(super) digest: String,
    /// The chain of publications as it was when the button was pressed.
    pub(super) seen: Option<Published>,
    pub(super) at: Timestamp,
    /// It was not sent, or refused for good: a person looks again at what would be published. An older build, which does
    /// not know this, finds once more that it is another.
    pub(super) stopped: Option<bool>,
}
cbor_map!(PublishIntent { 0 => digest, 1 => seen, 2 => at, 64 => stopped });

/// Blobs of a document, as its document names them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct MediaRow {
    pub(super) blobs: Vec<BlobRow>,
    /// Blobs that were removed, and that the relay is still to drop; none is none.
    pub(super) removed: Option<Vec<BlobId>>,
}
cbor_map!(MediaRow { 0 => blobs, 1 => removed });

/// A blob, and what is known of it here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct BlobRow {
    /// The photo or the recording.
    pub(super) media: RowId,
    pub(super) part: Part,
    pub(super) blob: BlobId,
    pub(super) key: BlobKey,
    pub(super) size: u32,
    /// Digest of the hashes of its parts.
    pub(super) digest: [u8; 32],
    pub(super) media_type: String,
    /// It was made on this device.
    pub(super) is_own: bool,
    /// All parts are in the store.
    pub(super) is_here: bool,
    /// The relay said of every part that it has it.
    pub(super) is_safe: bool,
    /// When it was made, where that was on this device.
    pub(super) made_at: Option<Timestamp>,
}
cbor_map!(BlobRow {
    0 => media, 1 => part, 2 => blob, 3 => key, 4 => size, 5 => digest as bytes, 6 => media_type, 7 => is_own,
    8 => is_here, 9 => is_safe, 64 => made_at
});
cbor_enum!(Part { 0 => Thumbnail, 1 => Full, 2 => Sound(u32), 3 => Reading });

/// A part of a recording that is being recorded.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct SoundRow {
    pub(super) recording: RowId,
    pub(super) blob: BlobId,
    pub(super) key: BlobKey,
    pub(super) media_type: String,
    /// Parts that are sealed and stored.
    pub(super) hashes: PartHashes,
    /// What follows them.
    pub(super) tail: Vec<u8>,
    pub(super) duration_ms: u32,
    pub(super) at: Timestamp,
    pub(super) by: Option<MemberId>,
    /// Marks of a recording that its story does not know yet, in their stored form.
    pub(super) marks: Option<String>,
}
cbor_map!(SoundRow {
    0 => recording, 1 => blob, 2 => key, 3 => media_type, 4 => hashes, 5 => tail as bytes, 6 => duration_ms,
    7 => at, 8 => by, 64 => marks
});

impl Head {
    /// The key with this short id.
    pub(super) fn key(&self, kid: Option<KidShort>) -> Option<DocumentKey> {
        let mut keys = self.keys.iter();
        let held = keys.find(|held| Some(KidShort::from(held.kid)) == kid)?;
        Some(DocumentKey::from_bytes(&held.secret.0))
    }
}

impl std::fmt::Debug for SoundRow {
    /// Names no content.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SoundRow({})", self.recording)
    }
}

impl std::fmt::Debug for DeviceSecrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DeviceSecrets(..)")
    }
}

impl std::fmt::Debug for KeyBytes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("KeyBytes(..)")
    }
}

/// Key of a row that belongs to a document and a number within it.
pub(super) fn inbox_key(doc: DocumentId, seq: Seq) -> Vec<u8> {
    [&doc.0[..], &seq.0.to_be_bytes()].concat()
}

/// Reads [`inbox_key`].
pub(super) fn split_inbox_key(key: &[u8]) -> Option<(DocumentId, Seq)> {
    let (doc, seq) = key.split_first_chunk::<16>()?;
    Some((DocumentId(*doc), Seq(u64::from_be_bytes(seq.try_into().ok()?))))
}

/// Key of an entry in the outbox: its number keeps the order, its id tells two tabs' entries apart.
pub(super) fn outbox_key(number: u64, id: EntryId) -> Vec<u8> {
    let [a, b, c, d, e, f, g, h, ..] = id.0;
    [number.to_be_bytes(), [a, b, c, d, e, f, g, h]].concat()
}

/// Reads the number of an [`outbox_key`].
pub(super) fn outbox_number(key: &[u8]) -> Option<u64> {
    key.first_chunk().map(|number| u64::from_be_bytes(*number))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cbor;
    use crate::cbor::mutation::check_decoder;

    #[test]
    fn rows_of_blobs_and_of_an_open_recording_have_one_encoding() {
        let row = |part| BlobRow {
            media: RowId([1; 16]),
            part,
            blob: BlobId([2; 16]),
            key: BlobKey::from_bytes(&[3; 32]),
            size: 70_000,
            digest: [4; 32],
            media_type: "audio/mp4".to_owned(),
            is_own: true,
            is_here: true,
            is_safe: false,
            made_at: None,
        };
        let blobs = [Part::Thumbnail, Part::Full, Part::Sound(2), Part::Reading]
            .map(row)
            .to_vec();
        let media = cbor::encode(&MediaRow {
            blobs,
            removed: Some(vec![BlobId([7; 16])]),
        });
        check_decoder(&media, cbor::decode::<MediaRow>, cbor::encode);
        let dated = BlobRow {
            made_at: Some(Timestamp(9)),
            ..row(Part::Full)
        };
        let read = cbor::decode::<BlobRow>(&cbor::encode(&dated));
        assert_eq!(read.as_ref(), Ok(&dated));
        let sound = SoundRow {
            recording: RowId([1; 16]),
            blob: BlobId([2; 16]),
            key: BlobKey::from_bytes(&[3; 32]),
            media_type: "audio/mp4".to_owned(),
            hashes: PartHashes(vec![crate::id::PartHash([5; 32])]),
            tail: vec![6; 9],
            duration_ms: 700,
            at: Timestamp(8),
            by: None,
            marks: None,
        };
        check_decoder(&cbor::encode(&sound), cbor::decode::<SoundRow>, cbor::encode);
        let marked = SoundRow {
            marks: Some("1 700 Wie deed mee?\n".to_owned()),
            ..sound
        };
        let read = cbor::decode::<SoundRow>(&cbor::encode(&marked));
        assert_eq!(read.as_ref(), Ok(&marked));
    }
}
