//! What a device and the relay say to each other: one WebSocket, binary messages, strict CBOR.
//!
//! ```text
//! device                                   relay
//!    │            Hello{nonce, relay_key, …} │  unasked, at once
//!    │ Auth{checkpoint, signature}  Push{…}  │  neither waits for the other's answer
//!    │            Welcome{log_id, …}         │  or Refused{reason}, and the connection ends
//!    │            Page{prev, entries, upto}  │  at least one; the same message when something happens later
//!    │            Receipt{…}  Refusals{…}    │  one receipt per push, only after the fsynced commit (S5)
//! ```
//!
//! A message is the CBOR array `[type, [fields…]]`, strict as everything else; the types are numbered in the
//! tables at the end. Entries travel as byte strings: what was signed is what is stored, byte for byte.
//! Pushes are answered in the order in which they were sent; pages come in between.
//!
//! ```text
//!    │ AskBlobs{blobs}                         │  which parts of a blob are stored: what was cut goes on there
//!    │                        Blobs{blobs}     │
//!    │ PutPart{doc, blob, index, hash, bytes}  │  one at a time, and only while no entry waits (S12)
//!    │                        PartAnswer{…}    │  only after the fsynced commit, as every receipt
//!    │ GetPart{doc, blob, index}               │  one at a time
//!    │                        Part{bytes}      │
//!    │ DropBlobs{doc, blobs}                   │  once it is stored that they were removed from their document
//!    │                        BlobsDropped{…}  │  after the fsynced commit
//!    │ AskMedia{doc, media}                    │  what the relay has of a publication's photos and sounds
//!    │                        Media{media}     │
//!    │ PutMedium{doc, hash, size, index, bytes}│  plain, in order, before the publication that names them
//!    │                        MediumAnswer{…}  │  after the fsynced commit; with the last part, after it was looked at
//! ```

mod limits;
#[cfg(test)]
mod tests;

use crate::cbor::{self, cbor_array, cbor_bytes, cbor_code, cbor_enum, cbor_number};
use crate::crypto::{BadSignature, SignKey, SignPublic, Signature, Tag};
use crate::entry::GroupId;
use crate::id::{
    BlobId, Chain, DeviceId, DocumentId, EntryId, Generation, LogId, MediaHash, NetworkId, PartHash, Seq,
};
pub use crate::membership::DetachedHash;
use crate::time::Timestamp;
pub use limits::*;
use thiserror::Error;

/// The protocol that this code speaks. The relay also speaks the ones from [`PROTOCOL_MIN`] on.
pub const PROTOCOL: u16 = 1;

/// Oldest protocol that the relay still speaks; an older app becomes read-only and keeps its outbox (W6).
pub const PROTOCOL_MIN: u16 = 1;

/// What a device says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClientToRelay {
    /// Proves which device this is and says what it has already. Answered by [`RelayToClient::Welcome`] and at
    /// least one [`RelayToClient::Page`], or by [`RelayToClient::Refused`].
    Auth(Auth),
    /// Hands entries in: documents, keys, content, publications, withdrawals. Answered by one
    /// [`RelayToClient::Receipt`] if any was accepted, and by [`RelayToClient::Refusals`] for the others.
    Push(Push),
    /// Appends a membership record by compare-and-swap on its `prev` (L1). Answered by [`RelayToClient::Record`].
    Record(Record),
    /// Asks for detached parts of records. Answered by [`RelayToClient::Detached`].
    Detached(DetachedRequest),
    /// Asks for the next page of what became readable at once (S9). Answered by [`RelayToClient::Backfill`].
    Backfill(BackfillRequest),
    /// Asks for pages after a checkpoint: when a live page does not follow what the device has (S7), or to see
    /// whether the relay is there. Answered by at least one [`RelayToClient::Page`].
    Pull(Checkpoint),
    /// Founds a network, before any authentication. Answered by [`RelayToClient::Record`] or
    /// [`RelayToClient::FoundRefused`].
    Found(Found),
    /// Looks an invitation up by the public half of the key pair that its seed gives, before any
    /// authentication. Answered by [`RelayToClient::Invitation`] or [`RelayToClient::InvitationRefused`].
    Lookup(SignPublic),
    /// Joins a network with an invitation, before any authentication. Answered by [`RelayToClient::Record`].
    Join(Join),
    /// Hands a sealed part of a blob in (S12). Answered by [`RelayToClient::PartAnswer`].
    PutPart(PutPart),
    /// Asks which parts of blobs are stored. Answered by [`RelayToClient::Blobs`].
    AskBlobs(AskBlobs),
    /// Asks for a part of a blob. Answered by [`RelayToClient::Part`].
    GetPart(PartName),
    /// Asks what is there of the photos and sounds that a publication is to name. Answered by
    /// [`RelayToClient::Media`].
    AskMedia(AskMedia),
    /// Hands a part of a photo or a sound in that is to be public. Answered by [`RelayToClient::MediumAnswer`].
    PutMedium(PutMedium),
    /// Asks that nothing be kept of blobs that were removed from their document. Answered by
    /// [`RelayToClient::BlobsDropped`].
    DropBlobs(DropBlobs),
}

/// An encoded entry. The relay stores and sends on exactly these bytes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct EntryBytes(pub Vec<u8>);

/// A duration in milliseconds, after which a device may try again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct WaitMs(pub u32);

/// Entries of one push.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Push {
    /// At most [`PUSH_ENTRIES_MAX`]; a document's `Document` and `Keys` precede its content (S11).
    pub entries: Vec<EntryBytes>,
}

/// A membership record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The encoded entry.
    pub entry: EntryBytes,
    /// The detached part that the record signs the hash of; empty if it has none.
    pub detached: Vec<u8>,
}

/// A request for detached parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DetachedRequest {
    /// At most [`DETACHED_HASHES_MAX`].
    pub hashes: Vec<DetachedHash>,
}

/// A request for the next page of a backfill.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BackfillRequest {
    /// Groups whose documents are asked for, at most [`BACKFILL_GROUPS_MAX`]; empty means all that the device
    /// reads.
    pub groups: Vec<GroupId>,
    /// Where the last page ended; `None` starts at the newest document.
    pub position: Option<BackfillPosition>,
}

/// A founding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The encoded genesis entry.
    pub genesis: EntryBytes,
    /// Its detached part.
    pub detached: Vec<u8>,
    /// The founding code as typed; the relay reads it as forgivingly as an invitation's.
    pub code: String,
}

/// A join.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Join {
    /// The network.
    pub network: NetworkId,
    /// The encoded entry.
    pub entry: EntryBytes,
    /// Its detached part.
    pub detached: Vec<u8>,
}

/// A blob and the document that it belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct BlobName {
    /// The document: who reads it reads the blob, who writes it may send the blob.
    pub doc: DocumentId,
    /// The blob.
    pub blob: BlobId,
}

/// A part of a blob.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PartName {
    /// The document that the blob belongs to.
    pub doc: DocumentId,
    /// The blob.
    pub blob: BlobId,
    /// Number of the part, from 0.
    pub index: u32,
}

/// A sealed part of a blob.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PutPart {
    /// The document that the blob belongs to.
    pub doc: DocumentId,
    /// The blob.
    pub blob: BlobId,
    /// Number of the part, from 0, below [`PARTS_MAX`].
    pub index: u32,
    /// Whether no part follows.
    pub is_last: bool,
    /// Hash of the bytes: the same part twice is one, another part in its place is refused.
    pub hash: PartHash,
    /// The sealed part, at most [`crate::crypto::SEALED_PART_BYTES_MAX`].
    pub bytes: Vec<u8>,
}

/// A question about blobs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AskBlobs {
    /// At most [`BLOBS_ASKED_MAX`].
    pub blobs: Vec<BlobName>,
}

/// Blobs of which nothing is to be kept: their photo or recording was removed. No part of them is taken any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DropBlobs {
    /// The document that they belong to; who writes it may ask this.
    pub doc: DocumentId,
    /// At most [`BLOBS_ASKED_MAX`].
    pub blobs: Vec<BlobId>,
}

/// A question about the photos and sounds of a publication to come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AskMedia {
    /// The document that is to be published.
    pub doc: DocumentId,
    /// At most [`MEDIA_ASKED_MAX`].
    pub media: Vec<MediaHash>,
}

/// A part of a photo or a sound that is to be public: plain bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PutMedium {
    /// The document that is to be published.
    pub doc: DocumentId,
    /// SHA-256 of all its bytes.
    pub hash: MediaHash,
    /// How many they are.
    pub size: u32,
    /// Number of the part, from 0: none comes before the one before it.
    pub index: u32,
    /// [`crate::publication::MEDIUM_PART_BYTES`] bytes, or what is left of them for the last part.
    pub bytes: Vec<u8>,
}

/// Proof of a device, made for one connection to one relay (W2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Auth {
    /// The network.
    pub network: NetworkId,
    /// The device.
    pub device: DeviceId,
    /// The protocol that it speaks from here on.
    pub protocol: u16,
    /// What it has; `None` on its very first connection: then pages hold membership only up to the head of
    /// that moment, and a backfill brings the rest (S8).
    pub checkpoint: Option<Checkpoint>,
    /// Signature over [`auth_message`].
    pub signature: Signature,
}

/// How far a device has followed a log (S2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// The life of the log.
    pub log_id: LogId,
    /// Everything up to here was stored by the device.
    pub seq: Seq,
    /// The relay's token at `seq`: stored, presented, compared, never recomputed by a device.
    pub chain: Chain,
}

/// Where a backfill stands. The device stores it with each page and hands it back (S9).
///
/// Documents come newest first, by the seq of their first entry, which never changes: a backfill that is
/// interrupted for days goes on where it stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BackfillPosition {
    /// Head when the backfill started: what was appended later comes by pages.
    pub upto: Seq,
    /// First seq of the document that is being sent.
    pub document: Seq,
    /// Seq of its last entry that was sent.
    pub entry: Seq,
}

/// What the relay says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RelayToClient {
    /// First message of every connection.
    Hello(Hello),
    /// The device is who it says.
    Welcome(Welcome),
    /// Ends the connection, with the reason. What was not receipted is not to be taken as stored.
    Refused(SessionRefusal),
    /// Answer to a founding that was not accepted.
    FoundRefused(FoundRefusal),
    /// Answer to a lookup.
    Invitation(Invitation),
    /// Answer to a lookup that found nothing usable.
    InvitationRefused(InvitationRefusal),
    /// Answer to a record, a join, or an accepted founding.
    Record(RecordAnswer),
    /// What happened in the log, for pull and live alike.
    Page(Page),
    /// A part of a backfill.
    Backfill(BackfillPage),
    /// The entries are stored durably.
    Receipt(Receipt),
    /// Entries of one push that were not appended, each with its reason.
    Refusals(Refusals),
    /// Detached parts.
    Detached(DetachedParts),
    /// What became of a part that was handed in.
    PartAnswer(PartAnswer),
    /// Which parts of blobs are stored.
    Blobs(Blobs),
    /// A part of a blob, or why there is none.
    Part(Part),
    /// What is there of photos and sounds that are to be public.
    Media(MediaStates),
    /// What became of a part of a photo or a sound that is to be public.
    MediumAnswer(MediumAnswer),
    /// What became of a request to drop blobs.
    BlobsDropped(BlobsDropped),
}

/// First message of the relay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hello {
    /// Fresh for each connection.
    pub nonce: [u8; 32],
    /// The relay's public key. A member compares it with the one pinned in genesis.
    pub relay_key: SignPublic,
    /// Newest protocol that the relay speaks.
    pub protocol: u16,
}

/// Answer to an accepted [`Auth`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Welcome {
    /// The life of the log.
    pub log_id: LogId,
    /// Newest seq of the log.
    pub head: Seq,
    /// Relay time: leases are measured against it, nothing else is.
    pub at: Timestamp,
}

/// An invitation that can be used now. The joiner verifies all of it: the genesis against the seed's HMAC,
/// the record against its signer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    /// The encoded genesis entry.
    pub genesis: EntryBytes,
    /// The encoded entry that made the invitation.
    pub invite: EntryBytes,
    /// Hash of the newest membership record: the `prev` of the join.
    pub head: EntryId,
    /// The ordinal that the joining device takes.
    pub device: DeviceId,
}

/// A stretch of the log as one device may see it (S3, S7).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The `upto` last told to this connection, or the seq of the checkpoint presented last. A device whose
    /// own checkpoint is another one drops the page and pulls.
    pub prev: Seq,
    /// Encoded entries with their seqs, ascending; may be empty.
    pub entries: Vec<(Seq, EntryBytes)>,
    /// Everything up to here that the device may see is in the page: its new checkpoint.
    pub upto: Seq,
    /// The token at `upto`.
    pub upto_chain: Chain,
    /// Whether the next page is already on its way.
    pub more: bool,
}

/// A part of a backfill. It never moves the checkpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BackfillPage {
    /// Where to go on; `None` when everything was sent.
    pub position: Option<BackfillPosition>,
    /// Encoded entries with their seqs: by document, newest document first, ascending within one.
    pub entries: Vec<(Seq, EntryBytes)>,
    /// Documents of which nothing was sent yet ("nog n verhalen").
    pub documents_left: u32,
}

/// Proof that the relay stored entries durably, one per push (S5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The life of the log.
    pub log_id: LogId,
    /// Ids with the seqs that they were given, in the order of the push.
    pub entries: Vec<(EntryId, Seq)>,
    /// The token at the last of these seqs.
    pub chain: Chain,
    /// Relay time.
    pub at: Timestamp,
    /// The relay's signature over [`Receipt::message`], under [`Tag::RECEIPT`].
    pub signature: Signature,
}

/// Answer to a record, a join, or an accepted founding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordAnswer {
    /// Id of the entry, or [`malformed_id`] of what could not be read.
    pub entry: EntryId,
    /// What became of it.
    pub outcome: RecordOutcome,
}

/// Entries of one push that were not appended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusals {
    /// Id of the entry, or [`malformed_id`] of what could not be read, in the order of the push.
    pub refusals: Vec<(EntryId, Refusal)>,
}

/// Detached parts, as far as they fit in one message; the rest is asked for again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DetachedParts {
    /// Hash and bytes; `None` where the part is gone.
    pub parts: Vec<DetachedPart>,
}

/// A detached part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DetachedPart {
    /// Its hash.
    pub hash: DetachedHash,
    /// Its bytes; `None` if the part is gone.
    pub bytes: Option<PartBytes>,
}

/// Bytes of a detached part, or of a part of a blob.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartBytes(pub Vec<u8>);

/// What became of a part that was handed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PartAnswer {
    /// The part.
    pub name: PartName,
    /// What became of it.
    pub outcome: PartOutcome,
}

/// What became of a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartOutcome {
    /// Stored now, durably.
    Stored,
    /// Stored earlier, durably, with the same bytes.
    Have,
    /// Not stored.
    Refused(PartRefusal),
}

/// What became of a request to drop blobs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlobsDropped {
    /// The document.
    pub doc: DocumentId,
    /// As they were asked for.
    pub blobs: Vec<BlobId>,
    /// Why they are still there; `None` if nothing of them is.
    pub refusal: Option<PartRefusal>,
}

/// Why a part was not stored, or blobs were not dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartRefusal {
    /// The document was erased, or the blob was dropped.
    Gone,
    /// Not an active member's device of this network.
    NotMember,
    /// The relay does not know the document.
    UnknownDocument,
    /// The member may not write the document.
    NotEntitled,
    /// The member's quota is used up (S17).
    OverQuota,
    /// Larger than a part may be, or beyond [`PARTS_MAX`].
    TooLarge,
    /// The blob is another document's, has other bytes in this place, or ends elsewhere.
    OtherBytes,
    /// The bytes do not have their hash.
    Malformed,
    /// The relay could not store it now.
    Retry(WaitMs),
}

/// Which parts of blobs are stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blobs {
    /// As they were asked for.
    pub blobs: Vec<BlobState>,
}

/// Which parts of a blob are stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlobState {
    /// The blob.
    pub blob: BlobId,
    /// How many parts it has, once its last one is stored.
    pub n_parts: Option<u32>,
    /// Parts that are stored, durably: bit `n % 8` of byte `n / 8`, without zero bytes at the end. None of a blob
    /// that the device may not read.
    pub stored: PartSet,
}

/// A set of parts of a blob.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PartSet(Vec<u8>);

/// A part of a blob, or why there is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The part.
    pub name: PartName,
    /// Its bytes, or why there are none.
    pub given: PartGiven,
}

/// The answer to a request for a part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PartGiven {
    /// The sealed part.
    Bytes(PartBytes),
    /// It is not stored: who has it has not sent it yet.
    NotHere,
    /// The device may not read the document, or there is none.
    NotEntitled,
    /// The relay could not look now.
    Retry(WaitMs),
}

/// What is there of photos and sounds of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MediaStates {
    /// The document.
    pub doc: DocumentId,
    /// As they were asked for.
    pub media: Vec<MediumState>,
}

/// What is there of a photo or a sound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MediumState {
    /// Which.
    pub hash: MediaHash,
    /// How many parts are stored, from the first on.
    pub n_parts: u32,
    /// Whether all are, and were found to be what may be public: a publication can name it.
    pub is_whole: bool,
}

/// What became of a part of a photo or a sound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MediumAnswer {
    /// The document.
    pub doc: DocumentId,
    /// Which photo or sound.
    pub hash: MediaHash,
    /// Which part.
    pub index: u32,
    /// What became of it.
    pub outcome: MediumOutcome,
}

/// What became of a part of a photo or a sound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MediumOutcome {
    /// Stored, durably.
    Stored,
    /// With it all are stored, durably, and a publication can name it.
    Whole,
    /// Not stored. [`PartRefusal::OtherBytes`]: another part comes first, or it has another size;
    /// [`PartRefusal::Malformed`]: the bytes are not what may be public, and all of them were deleted.
    Refused(PartRefusal),
}

/// What became of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RecordOutcome {
    /// Appended now, or earlier when the same bytes were sent before.
    Stored(Receipt),
    /// Not appended.
    Refused(RecordRefused),
}

/// Why an entry was not appended. Checked in the order have → gone → member → document → generation → key →
/// quota, so that sending again is always safe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It is in the log already, durably, at this seq: as good as a receipt.
    Have(Seq),
    /// The document was erased; the device erases it too.
    Gone,
    /// Not an active member's device of this network, or not its signature.
    NotMember,
    /// No `Document` entry precedes it.
    UnknownDocument,
    /// The document lives on in another generation, this one.
    StaleGeneration(Generation),
    /// The key is not wrapped to the current epoch of every reader (K6).
    StaleKey,
    /// The member's quota is used up.
    OverQuota,
    /// Larger than its kind may be.
    TooLarge,
    /// The member may not write this: not her document, wrong readers, not a coordinator, no consent.
    NotEntitled,
    /// A publication or withdrawal does not follow the newest one of its document, which is this (P3).
    StalePublication(Option<EntryId>),
    /// The bytes are not an entry, or not one of a kind that a push may carry.
    Malformed,
    /// The relay could not store it now; the entry stays in the outbox.
    Retry(WaitMs),
    /// A publication names a photo or a sound that the relay does not have in full.
    MissingMedia,
    /// It does not follow the newest publication of its document, which is this: it has ended, and is told to nobody any
    /// more.
    EndedPublication(EntryId),
}

/// Why a membership record was not appended (L5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordRefused {
    /// The bytes are not a record, or the detached part is not the one it names.
    Malformed,
    /// Another record came first: follow it and make the record again.
    StalePrev,
    /// Not an active device's signature, or not the invitation's.
    BadSignature,
    /// The role does not allow it.
    NotEntitled,
    /// The invitation cannot be used.
    Invitation(InvitationRefusal),
    /// Epochs or wraps are not what the record must carry.
    WrongKeys,
    /// No administrator would remain.
    LastAdmin,
    /// What it is about does not exist, or is not in the state for it.
    Unknown,
    /// Larger than a record may be.
    TooLarge,
    /// The relay could not store it now.
    Retry(WaitMs),
}

/// Why an invitation cannot be used: four sentences on the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum InvitationRefusal {
    /// No such invitation.
    Unknown,
    /// Somebody joined with it.
    Used,
    /// Past its time, by the relay's clock.
    Expired,
    /// Taken back.
    Revoked,
}

/// Why a network was not founded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FoundRefusal {
    /// The code is not the one that the relay printed.
    WrongCode,
    /// The code was used: a network exists.
    AlreadyFounded,
    /// The genesis does not verify, or names another relay's key.
    BadGenesis,
    /// The relay could not store it now.
    Retry(WaitMs),
}

/// Why the relay ends a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionRefusal {
    /// The relay does not know the network.
    UnknownNetwork,
    /// The network has no such device, or the signature is not its.
    UnknownDevice,
    /// The device was removed from the network.
    Removed,
    /// The app is too old (W6); this is the oldest protocol that the relay speaks.
    ProtocolTooOld(u16),
    /// The relay is too old for the app; this is the newest protocol that it speaks.
    ProtocolTooNew(u16),
    /// The checkpoint is not one of this log: the relay was restored or replaced (S2).
    UnknownCheckpoint,
    /// Bytes that are no message, or a message that has no place here.
    Malformed,
    /// A message larger than it may be.
    TooLarge,
    /// More than the relay takes from one connection, address or device.
    TooMany(WaitMs),
    /// No authentication within [`BEFORE_AUTH_MS_MAX`].
    TooSlow,
    /// The relay cannot serve now: its disk is full or it is stopping.
    Unavailable(WaitMs),
}

/// Returns the bytes that [`Auth::signature`] covers, under [`Tag::AUTH`]; the network is bound by the signature
/// itself.
///
/// `origin` is what the browser sends as `Origin`: scheme, host and port of the page, such as
/// `https://verhalen.example`. A signature for one relay, page or connection is worth nothing at another.
#[must_use]
pub fn auth_message(
    hello: &Hello,
    origin: &str,
    device: DeviceId,
    protocol: u16,
    checkpoint: Option<&Checkpoint>,
) -> Vec<u8> {
    cbor::encode(&AuthMessage {
        relay_key: hello.relay_key,
        origin: origin.to_owned(),
        device,
        nonce: hello.nonce,
        protocol,
        checkpoint: checkpoint.copied(),
    })
}

struct AuthMessage {
    relay_key: SignPublic,
    origin: String,
    device: DeviceId,
    nonce: [u8; 32],
    protocol: u16,
    checkpoint: Option<Checkpoint>,
}

impl Receipt {
    /// Makes a receipt.
    #[must_use]
    pub fn sign(
        log_id: LogId,
        entries: Vec<(EntryId, Seq)>,
        chain: Chain,
        at: Timestamp,
        network: NetworkId,
        key: &SignKey,
    ) -> Self {
        let mut receipt = Self {
            log_id,
            entries,
            chain,
            at,
            signature: Signature([0; 64]),
        };
        receipt.signature = key.sign(Tag::RECEIPT, network, &receipt.message());
        receipt
    }

    /// Verifies the relay's signature.
    ///
    /// # Errors
    /// [`BadSignature`] for another relay's key, another network or changed fields.
    pub fn verify(&self, network: NetworkId, relay: &SignPublic) -> Result<(), BadSignature> {
        relay.verify(Tag::RECEIPT, network, &self.message(), &self.signature)
    }

    /// Returns the bytes that the signature covers, under [`Tag::RECEIPT`]: all other fields.
    #[must_use]
    pub fn message(&self) -> Vec<u8> {
        cbor::encode(&ReceiptMessage {
            log_id: self.log_id,
            entries: self.entries.clone(),
            chain: self.chain,
            at: self.at,
        })
    }
}

struct ReceiptMessage {
    log_id: LogId,
    entries: Vec<(EntryId, Seq)>,
    chain: Chain,
    at: Timestamp,
}

impl PutPart {
    /// Which part it is.
    #[must_use]
    pub fn name(&self) -> PartName {
        PartName {
            doc: self.doc,
            blob: self.blob,
            index: self.index,
        }
    }
}

impl BlobState {
    /// Whether every part is stored.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.n_parts
            .is_some_and(|n_parts| (0..n_parts).all(|index| self.stored.contains(index)))
    }
}

impl PartSet {
    /// Whether a part is in it.
    #[must_use]
    pub fn contains(&self, index: u32) -> bool {
        let byte = usize::try_from(index / 8).ok().and_then(|at| self.0.get(at));
        byte.is_some_and(|byte| byte & (1 << (index % 8)) != 0)
    }
}

impl FromIterator<u32> for PartSet {
    /// Numbers from [`PARTS_MAX`] on are left out: there are no such parts.
    fn from_iter<I: IntoIterator<Item = u32>>(indices: I) -> Self {
        let mut bits = Vec::new();
        for index in indices.into_iter().filter(|index| *index < PARTS_MAX) {
            let at = usize::try_from(index / 8).unwrap_or_default();
            if bits.len() <= at {
                bits.resize(at + 1, 0);
            }
            if let Some(byte) = bits.get_mut(at) {
                *byte |= 1 << (index % 8);
            }
        }
        Self(bits)
    }
}

/// Returns the name under which the relay refuses bytes that have no entry id: a hash of them.
#[must_use]
pub fn malformed_id(bytes: &[u8]) -> EntryId {
    EntryId(Tag::MALFORMED.digest(&[bytes]))
}

/// Why bytes are no message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum MessageError {
    /// Larger than [`MESSAGE_BYTES_MAX`].
    #[error("message is {len} bytes, limit {MESSAGE_BYTES_MAX}")]
    TooLarge {
        /// Its length.
        len: usize,
    },
    /// Not strict CBOR, or not the shape of any message.
    #[error("bytes are not a message")]
    Malformed,
}

impl ClientToRelay {
    /// Returns the bytes of the message.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        cbor::encode(self)
    }

    /// Reads a message.
    ///
    /// # Errors
    /// Refuses bytes that [`Self::encode`] gives for no message.
    pub fn decode(bytes: &[u8]) -> Result<Self, MessageError> {
        decode(bytes)
    }
}

impl RelayToClient {
    /// Returns the bytes of the message.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        cbor::encode(self)
    }

    /// Reads a message.
    ///
    /// # Errors
    /// Refuses bytes that [`Self::encode`] gives for no message.
    pub fn decode(bytes: &[u8]) -> Result<Self, MessageError> {
        decode(bytes)
    }
}

fn decode<T: for<'b> minicbor::Decode<'b, ()>>(bytes: &[u8]) -> Result<T, MessageError> {
    if bytes.len() > MESSAGE_BYTES_MAX {
        return Err(MessageError::TooLarge { len: bytes.len() });
    }
    cbor::decode(bytes).map_err(|_| MessageError::Malformed)
}

cbor_enum!(ClientToRelay {
    0 => Auth(Auth),
    1 => Push(Push),
    2 => Record(Record),
    3 => Detached(DetachedRequest),
    4 => Backfill(BackfillRequest),
    5 => Pull(Checkpoint),
    6 => Found(Found),
    7 => Lookup(SignPublic),
    8 => Join(Join),
    9 => PutPart(PutPart),
    10 => AskBlobs(AskBlobs),
    11 => GetPart(PartName),
    12 => AskMedia(AskMedia),
    13 => PutMedium(PutMedium),
    14 => DropBlobs(DropBlobs),
});
cbor_array!(Auth {
    network,
    device,
    protocol,
    checkpoint,
    signature
});
cbor_array!(Checkpoint { log_id, seq, chain });
cbor_array!(Push { entries });
cbor_array!(Record { entry, detached as bytes });
cbor_array!(DetachedRequest { hashes });
cbor_array!(BackfillRequest { groups, position });
cbor_array!(BackfillPosition {
    upto,
    document,
    entry
});
cbor_array!(Found { genesis, detached as bytes, code });
cbor_array!(Join { network, entry, detached as bytes });

cbor_array!(BlobName { doc, blob });
cbor_array!(PartName { doc, blob, index });
cbor_array!(PutPart { doc, blob, index, is_last, hash, bytes as bytes });
cbor_array!(AskBlobs { blobs });
cbor_array!(DropBlobs { doc, blobs });
cbor_array!(AskMedia { doc, media });
cbor_array!(PutMedium { doc, hash, size, index, bytes as bytes });

cbor_enum!(RelayToClient {
    0 => Hello(Hello),
    1 => Welcome(Welcome),
    2 => Refused(SessionRefusal),
    3 => FoundRefused(FoundRefusal),
    4 => Invitation(Invitation),
    5 => InvitationRefused(InvitationRefusal),
    6 => Record(RecordAnswer),
    7 => Page(Page),
    8 => Backfill(BackfillPage),
    9 => Receipt(Receipt),
    10 => Refusals(Refusals),
    11 => Detached(DetachedParts),
    12 => PartAnswer(PartAnswer),
    13 => Blobs(Blobs),
    14 => Part(Part),
    15 => Media(MediaStates),
    16 => MediumAnswer(MediumAnswer),
    17 => BlobsDropped(BlobsDropped),
});
cbor_array!(Hello { nonce as bytes, relay_key, protocol });
cbor_array!(Welcome { log_id, head, at });
cbor_array!(Invitation {
    genesis,
    invite,
    head,
    device
});
cbor_array!(RecordAnswer { entry, outcome });
cbor_array!(Page {
    prev,
    entries,
    upto,
    upto_chain,
    more
});
cbor_array!(BackfillPage {
    position,
    entries,
    documents_left
});
cbor_array!(Receipt {
    log_id,
    entries,
    chain,
    at,
    signature
});
cbor_array!(Refusals { refusals });
cbor_array!(DetachedParts { parts });
cbor_array!(DetachedPart { hash, bytes });
cbor_array!(PartAnswer { name, outcome });
cbor_array!(BlobsDropped { doc, blobs, refusal });
cbor_enum!(PartOutcome { 0 => Stored, 1 => Have, 2 => Refused(PartRefusal) });
cbor_enum!(PartRefusal {
    0 => Gone,
    1 => NotMember,
    2 => UnknownDocument,
    3 => NotEntitled,
    4 => OverQuota,
    5 => TooLarge,
    6 => OtherBytes,
    7 => Malformed,
    8 => Retry(WaitMs),
});
cbor_array!(Blobs { blobs });
cbor_array!(BlobState {
    blob,
    n_parts,
    stored
});
cbor_array!(Part { name, given });
cbor_enum!(PartGiven {
    0 => Bytes(PartBytes),
    1 => NotHere,
    2 => NotEntitled,
    3 => Retry(WaitMs),
});
cbor_array!(MediaStates { doc, media });
cbor_array!(MediumState {
    hash,
    n_parts,
    is_whole
});
cbor_array!(MediumAnswer {
    doc,
    hash,
    index,
    outcome
});
cbor_enum!(MediumOutcome { 0 => Stored, 1 => Whole, 2 => Refused(PartRefusal) });
cbor_enum!(RecordOutcome { 0 => Stored(Receipt), 1 => Refused(RecordRefused) });

cbor_enum!(Refusal {
    0 => Have(Seq),
    1 => Gone,
    2 => NotMember,
    3 => UnknownDocument,
    4 => StaleGeneration(Generation),
    5 => StaleKey,
    6 => OverQuota,
    7 => TooLarge,
    8 => NotEntitled,
    9 => StalePublication(Option<EntryId>),
    10 => Malformed,
    11 => Retry(WaitMs),
    12 => MissingMedia,
    13 => EndedPublication(EntryId),
});
cbor_enum!(RecordRefused {
    0 => Malformed,
    1 => StalePrev,
    2 => BadSignature,
    3 => NotEntitled,
    4 => Invitation(InvitationRefusal),
    5 => WrongKeys,
    6 => LastAdmin,
    7 => Unknown,
    8 => TooLarge,
    9 => Retry(WaitMs),
});
cbor_code!(InvitationRefusal { 0 => Unknown, 1 => Used, 2 => Expired, 3 => Revoked });
cbor_enum!(FoundRefusal { 0 => WrongCode, 1 => AlreadyFounded, 2 => BadGenesis, 3 => Retry(WaitMs) });
cbor_enum!(SessionRefusal {
    0 => UnknownNetwork,
    1 => UnknownDevice,
    2 => Removed,
    3 => ProtocolTooOld(u16),
    4 => ProtocolTooNew(u16),
    5 => UnknownCheckpoint,
    6 => Malformed,
    7 => TooLarge,
    8 => TooMany(WaitMs),
    9 => TooSlow,
    10 => Unavailable(WaitMs),
});

cbor_bytes!(EntryBytes, PartBytes, PartSet);
cbor_number!(WaitMs: u32);
cbor_array!(AuthMessage { relay_key, origin, device, nonce as bytes, protocol, checkpoint });
cbor_array!(ReceiptMessage {
    log_id,
    entries,
    chain,
    at
});
