//! The store of the relay: the logs of its networks, and what it must look up to judge an entry.
//!
//! ```text
//! network ──► head, chain            the counter row: every transaction of a log compares it first (S1)
//!    ├─ log          seq → id, chain, kind, document, author, bytes
//!    ├─ superseded   seq → the snapshot that stands for it, since when; and how far that one covers (S10)
//!    ├─ detached     hash → bytes
//!    ├─ invitations  public key → network
//!    ├─ documents    id → collection, author, readers, generation, keys, publication, erasure
//!    ├─ erasing      documents that are erased, and whose parts and media may still be there
//!    ├─ usage        member → live sealed bytes, documents (S17)
//!    ├─ blobs        id → document, parts; member → bytes of parts       in a file of its own (S12)
//!    └─ media        document, hash → plain bytes in parts, what they are        in the same file
//! ```
//!
//! A list of [`RelayOperation`]s is one transaction: all of it is on the disk, or nothing. One
//! [`RelayOperation::is_of_blobs`] holds nothing else: no transaction spans both files. A store never opens sealed
//! bytes (S11), and a network's id comes first in every key, so that a larger store can be split by it.

use crate::crypto::{FoundingHash, SignPublic};
use crate::entry::{Collection, GroupId, Kind};
use crate::id::{
    BlobId, Chain, DeviceId, DocumentId, EntryId, Epoch, Generation, KidShort, LogId, MediaHash, MemberId,
    NetworkId, PartHash, Seq,
};
use crate::protocol::{BackfillPosition, BlobName, BlobState, DetachedHash, PartName};
use crate::publication::{Plain, Shape};
use crate::time::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// One step of a transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RelayOperation {
    /// Keeps the hash of the code that founds the first network, in place of an earlier one.
    SetFounding(FoundingHash),
    /// Burns the founding code. Refuses the whole transaction with [`RelayFailure::Outdated`] unless this is the
    /// hash that is kept.
    BurnFounding(FoundingHash),
    /// Begins a network with an empty log: head 0, chain of zeros.
    CreateNetwork(NewNetwork),
    /// Refuses the whole transaction with [`RelayFailure::Outdated`] unless the log's head is this: the counter
    /// row, before all that follows (S1).
    ExpectHead {
        /// The network.
        network: NetworkId,
        /// Its newest seq.
        head: Seq,
    },
    /// Appends an entry: its seq follows the head, and becomes it.
    Append {
        /// The network.
        network: NetworkId,
        /// The entry.
        entry: NewEntry,
    },
    /// Removes the bytes of an entry and keeps its place, id and chain: what is plain, and was taken back or has ended.
    Forget {
        /// The network.
        network: NetworkId,
        /// The entry.
        seq: Seq,
    },
    /// Removes the bytes of all entries of a document before its erasure, those that were superseded too (E1). Their
    /// places, ids and chains stay. Notes that parts and media of it may be there, until [`Self::NoteErased`].
    Erase {
        /// The network.
        network: NetworkId,
        /// The document.
        doc: DocumentId,
        /// The entry that erases it, which stays.
        by: Seq,
    },
    /// Notes that no part and no medium of an erased document is there any more.
    NoteErased {
        /// The network.
        network: NetworkId,
        /// The document.
        doc: DocumentId,
    },
    /// Lets a snapshot stand for earlier entries of its document: they are hidden from who comes later (S10). Those
    /// that another one stands for already stay as they are.
    Supersede {
        /// The network.
        network: NetworkId,
        /// The snapshot, appended in the same transaction.
        by: Seq,
        /// How far it covers.
        upto: Seq,
        /// The entries that it stands for.
        entries: Vec<Seq>,
        /// The relay's clock.
        at: Timestamp,
    },
    /// Removes the bytes of entries that were superseded before a moment. Their places, ids and chains stay.
    Expire {
        /// The network.
        network: NetworkId,
        /// The moment.
        before: Timestamp,
    },
    /// Keeps the detached part of a record.
    PutDetached {
        /// The network.
        network: NetworkId,
        /// Its hash.
        hash: DetachedHash,
        /// Its bytes.
        bytes: Vec<u8>,
    },
    /// Makes an invitation findable by its key.
    PutInvitation {
        /// Its public key.
        key: SignPublic,
        /// Where it was made.
        network: NetworkId,
    },
    /// Keeps what is known of a document, in place of what was.
    PutDocument {
        /// The network.
        network: NetworkId,
        /// The document.
        doc: DocumentId,
        /// What is known.
        row: DocumentRow,
    },
    /// Keeps what a member uses, in place of what was.
    PutUsage {
        /// The network.
        network: NetworkId,
        /// The member.
        member: MemberId,
        /// What she uses.
        usage: Usage,
    },
    /// Keeps a part of a blob and charges who handed it in. The same part again changes nothing. Refuses the whole
    /// transaction with [`RelayFailure::Outdated`] if the blob is another document's, has other bytes in this place,
    /// or would end twice.
    PutPart {
        /// The network.
        network: NetworkId,
        /// The part.
        part: NewPart,
    },
    /// Keeps a part of a photo or a sound that is to be public, and charges who handed it in. A part that is there
    /// changes nothing. Refuses the whole transaction with [`RelayFailure::Outdated`] unless it is the next one of as
    /// many bytes.
    PutMedium {
        /// The network.
        network: NetworkId,
        /// The part.
        part: NewMediumPart,
    },
    /// Notes what a photo or a sound was found to be, whose parts are all there. Refuses the whole transaction with
    /// [`RelayFailure::Outdated`] if it is not there.
    ConfirmMedium {
        /// The network.
        network: NetworkId,
        /// The document.
        doc: DocumentId,
        /// What it is.
        plain: Plain,
    },
    /// Deletes the photos and sounds of a document, and gives back what was charged for them.
    DropMedia {
        /// The network.
        network: NetworkId,
        /// The document.
        doc: DocumentId,
        /// All but these.
        but: Vec<MediaHash>,
    },
    /// Deletes all parts of blobs of a document, and gives back what was charged for them.
    DropBlobs {
        /// The network.
        network: NetworkId,
        /// The document.
        doc: DocumentId,
    },
    /// Deletes all parts of single blobs of a document, gives back what was charged for them, and lets no part of them
    /// come again: up to [`GONE_BLOBS_MAX`] are remembered of a document. Blobs of another document stay.
    DropParts {
        /// The network.
        network: NetworkId,
        /// The document.
        doc: DocumentId,
        /// The blobs.
        blobs: Vec<BlobId>,
    },
}

/// Most blobs of one document of which a store remembers that they are gone: all that a story can have, twice and more.
/// Beyond that their parts are deleted all the same, and who made them has them dropped again.
pub const GONE_BLOBS_MAX: usize = 512;

impl RelayOperation {
    /// Whether it is about the file of blobs and media, and not about the logs.
    #[must_use]
    pub fn is_of_blobs(&self) -> bool {
        matches!(
            self,
            Self::PutPart { .. }
                | Self::PutMedium { .. }
                | Self::ConfirmMedium { .. }
                | Self::DropMedia { .. }
                | Self::DropBlobs { .. }
                | Self::DropParts { .. }
        )
    }

    /// Whether it takes bytes back that nobody may find again.
    #[must_use]
    pub fn takes_back(&self) -> bool {
        matches!(
            self,
            Self::Forget { .. }
                | Self::Erase { .. }
                | Self::DropMedia { .. }
                | Self::DropBlobs { .. }
                | Self::DropParts { .. }
        )
    }
}

/// A part of a photo or a sound that is to be public.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewMediumPart {
    /// The document that is to be published.
    pub doc: DocumentId,
    /// SHA-256 of all its bytes.
    pub hash: MediaHash,
    /// How many they are.
    pub size: u32,
    /// Number of the part, from 0.
    pub index: u32,
    /// The member who pays for it.
    pub member: MemberId,
    /// Its plain bytes.
    pub bytes: Vec<u8>,
}

/// A part of a blob that is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPart {
    /// Which part.
    pub name: PartName,
    /// Whether no part follows.
    pub is_last: bool,
    /// Hash of its bytes.
    pub hash: PartHash,
    /// The member who pays for it.
    pub member: MemberId,
    /// Its sealed bytes.
    pub bytes: Vec<u8>,
}

/// A network that is founded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewNetwork {
    /// Its id.
    pub network: NetworkId,
    /// The life of its log.
    pub log_id: LogId,
    /// Its plain name, from genesis.
    pub name: String,
    /// Its part in addresses, given once; another network never has the same.
    pub slug: String,
}

/// An entry that is appended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEntry {
    /// Its seq: one more than the head.
    pub seq: Seq,
    /// Its id.
    pub id: EntryId,
    /// The log's token at it.
    pub chain: Chain,
    /// What it is.
    pub kind: Kind,
    /// Its document.
    pub doc: Option<DocumentId>,
    /// The device that signed it.
    pub by: DeviceId,
    /// The encoded entry.
    pub bytes: Vec<u8>,
}

/// What the relay knows of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentRow {
    /// Its collection.
    pub coll: Collection,
    /// The member who made it.
    pub author: MemberId,
    /// Groups that read it, ascending.
    pub readers: Vec<GroupId>,
    /// Its living generation.
    pub generation: Generation,
    /// Seq of its first entry. Never changes: a backfill goes by it.
    pub first_seq: Seq,
    /// Keys of its living generation, oldest first.
    pub keys: Vec<KeyRow>,
    /// Its newest publication or withdrawal.
    pub publication: Option<PublicationRow>,
    /// Seq of the entry that erased it. This row and that entry are then all that is kept, for ever.
    pub erased: Option<Seq>,
}

/// What the relay knows of a document key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyRow {
    /// First bytes of its id.
    pub kid: KidShort,
    /// Seq of the entry that brought it: who lost access before has never seen it.
    pub first_seq: Seq,
    /// Newest epoch of each group that it is wrapped to, ascending by group.
    pub wraps: Vec<(GroupId, Epoch)>,
}

/// The newest publication or withdrawal of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublicationRow {
    /// The entry.
    pub entry: EntryId,
    /// Its seq.
    pub seq: Seq,
    /// Whether it takes the story from the website.
    pub is_withdrawn: bool,
    /// Whether its bytes are gone, as it has ended: who did not get it before is not told of it. A store says that by the
    /// log, whatever is put.
    pub is_forgotten: bool,
}

/// What a member uses (S17).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Bytes of her live entries.
    pub bytes: u64,
    /// Documents that she made.
    pub documents: u32,
}

/// Why a transaction was not stored. Nothing of it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RelayFailure {
    /// Something compared was not as expected: another relay appended in between.
    Outdated,
    /// No room.
    Full,
    /// Anything else.
    Failed,
}

/// A question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RelayQuery {
    /// A network; answered by [`Answer::Network`].
    Network {
        /// Its id.
        network: NetworkId,
    },
    /// The network of an invitation; answered by [`Answer::Invitation`].
    Invitation {
        /// Its public key.
        key: SignPublic,
    },
    /// Entries at these seqs, as far as they have bytes; answered by [`Answer::Entries`].
    Entries {
        /// The network.
        network: NetworkId,
        /// Their seqs.
        seqs: Vec<Seq>,
    },
    /// What is needed to judge entries; answered by [`Answer::Judge`].
    Judge {
        /// The network.
        network: NetworkId,
        /// Ids of the entries.
        ids: Vec<EntryId>,
        /// Documents that they are about.
        docs: Vec<DocumentId>,
        /// Documents of which all living content is needed, because a snapshot says that it covers it.
        covered: Vec<DocumentId>,
        /// Documents of which all is needed that an erasure gives back.
        whole: Vec<DocumentId>,
        /// Members who pay for them.
        members: Vec<MemberId>,
        /// Photos and sounds that they name, of which document.
        media: Vec<(DocumentId, MediaHash)>,
    },
    /// The token at a seq; answered by [`Answer::Chain`].
    Chain {
        /// The network.
        network: NetworkId,
        /// The seq.
        seq: Seq,
    },
    /// The log after a seq, as a reader may see it (S3); answered by [`Answer::Page`].
    Page {
        /// The network.
        network: NetworkId,
        /// Who reads.
        reader: Reader,
        /// The last seq that she has.
        after: Seq,
        /// The last seq that she is told of: what the machine knows to be stored.
        upto: Seq,
        /// Most rows to look at, seen or not.
        rows_max: u32,
        /// Bytes after which the page ends; one entry may exceed them.
        bytes_max: usize,
    },
    /// The next entries of a backfill (S9), erased documents left out: those that lived at its `upto`, also if a later snapshot has superseded
    /// them since, which comes by a page; answered by [`Answer::Backfill`].
    Backfill {
        /// The network.
        network: NetworkId,
        /// Documents that one of these groups reads.
        groups: Vec<GroupId>,
        /// Where the last page ended; its `upto` bounds every page.
        position: BackfillPosition,
        /// Bytes after which the page ends; one entry may exceed them.
        bytes_max: usize,
    },
    /// Detached parts; answered by [`Answer::Detached`].
    Detached {
        /// The network.
        network: NetworkId,
        /// Their hashes.
        hashes: Vec<DetachedHash>,
        /// Bytes after which no more parts are answered.
        bytes_max: usize,
    },
    /// What is needed to judge a part of a blob; answered by [`Answer::JudgePart`].
    JudgePart {
        /// The network.
        network: NetworkId,
        /// The part.
        part: PartName,
        /// Whether no part is to follow it.
        is_last: bool,
        /// The member who pays for it.
        member: MemberId,
    },
    /// Which parts of blobs are there; answered by [`Answer::Blobs`].
    Blobs {
        /// The network.
        network: NetworkId,
        /// Groups of who asks: of a document that none of them reads, nothing is there.
        groups: Vec<GroupId>,
        /// The blobs.
        blobs: Vec<BlobName>,
    },
    /// A part of a blob; answered by [`Answer::Part`].
    Part {
        /// The network.
        network: NetworkId,
        /// Groups of who asks.
        groups: Vec<GroupId>,
        /// The part.
        part: PartName,
    },
    /// What is needed to judge a part of a photo or a sound; answered by [`Answer::JudgeMedium`].
    JudgeMedium {
        /// The network.
        network: NetworkId,
        /// The document.
        doc: DocumentId,
        /// The photo or the sound.
        hash: MediaHash,
        /// The member who pays for it.
        member: MemberId,
    },
    /// What is there of photos and sounds; answered by [`Answer::Media`].
    Media {
        /// The network.
        network: NetworkId,
        /// The document.
        doc: DocumentId,
        /// Which.
        media: Vec<MediaHash>,
    },
    /// The bytes of a photo or a sound, to be looked at; answered by [`Answer::WholeMedium`].
    WholeMedium {
        /// The network.
        network: NetworkId,
        /// The document.
        doc: DocumentId,
        /// The photo or the sound.
        hash: MediaHash,
        /// Most bytes that are answered: of a longer one it is the beginning.
        bytes_max: usize,
    },
}

impl RelayQuery {
    /// What is known of one document, and nothing else.
    #[must_use]
    pub fn of_document(network: NetworkId, doc: DocumentId) -> Self {
        Self::Judge {
            network,
            ids: Vec::new(),
            docs: vec![doc],
            covered: Vec::new(),
            whole: Vec::new(),
            members: Vec::new(),
            media: Vec::new(),
        }
    }
}

/// Who reads a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reader {
    /// Her groups: entries of documents that one of them reads are hers. Membership is everybody's, and so is an
    /// erasure: who read the document once has it still (E1).
    pub groups: Vec<GroupId>,
    /// Up to here she gets membership only, because a backfill brings the rest (S8). `Seq(u64::MAX)` for a
    /// device that is not approved.
    pub membership_only_upto: Seq,
}

/// The answer to a [`RelayQuery`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// A network, if there is one.
    Network(Option<NetworkRow>),
    /// The network of an invitation, if there is one.
    Invitation(Option<NetworkId>),
    /// Entries with their seqs, ascending.
    Entries(Vec<(Seq, Vec<u8>)>),
    /// What is needed to judge entries.
    Judge(Box<Known>),
    /// The token, if the log reaches so far; zeros at seq 0.
    Chain(Option<Chain>),
    /// A page.
    Page(LogPage),
    /// A page of a backfill.
    Backfill(BackfillSlice),
    /// Parts with their hashes, in the order of the request, `None` for one that is not there. Those that would
    /// not fit are left out.
    Detached(Vec<(DetachedHash, Option<Vec<u8>>)>),
    /// What is needed to judge a part.
    JudgePart(Box<KnownPart>),
    /// Blobs, in the order of the request.
    Blobs(Vec<BlobState>),
    /// A part, or why there is none.
    Part(FoundPart),
    /// What is needed to judge a part of a photo or a sound.
    JudgeMedium(Box<KnownMedium>),
    /// What is there of photos and sounds, in the order of the request.
    Media(Vec<Option<StoredMedium>>),
    /// A photo or a sound, if anything of it is there.
    WholeMedium(Option<WholeMedium>),
}

/// What the store knows of a photo or a sound that is handed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownMedium {
    /// The document, if there is one.
    pub document: Option<DocumentRow>,
    /// Bytes that the member uses: of entries, of parts of blobs, and of photos and sounds.
    pub bytes_used: u64,
    /// What is there of it.
    pub stored: Option<StoredMedium>,
}

/// What is there of a photo or a sound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StoredMedium {
    /// How many bytes it is to have.
    pub size: u32,
    /// How many parts are there, from the first on.
    pub n_parts: u32,
    /// What it was found to be, once it was looked at.
    pub shape: Option<Shape>,
}

/// A photo or a sound with all that is there of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WholeMedium {
    /// SHA-256 of its parts, one after the other.
    pub hash: MediaHash,
    /// Its first bytes, as many as were asked for.
    pub head: Vec<u8>,
}

/// What the store knows of a part that is handed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownPart {
    /// The document, if there is one.
    pub document: Option<DocumentRow>,
    /// Bytes that the member uses: of entries and of parts.
    pub bytes_used: u64,
    /// What is in its place.
    pub stored: StoredPart,
}

/// What is in the place of a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoredPart {
    /// Nothing, and the part fits.
    Free,
    /// A part with this hash, of this document.
    Here(PartHash),
    /// Nothing, and the part does not fit: the blob is another document's, or ends elsewhere.
    Unfitting,
    /// Nothing, and nothing comes: the blob was dropped.
    Gone,
}

/// A part that was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FoundPart {
    /// Its sealed bytes.
    Bytes(Vec<u8>),
    /// It is not stored.
    NotHere,
    /// None of the groups reads its document, or there is none.
    NotReadable,
}

/// A network as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NetworkRow {
    /// The life of its log.
    pub log_id: LogId,
    /// Its newest seq.
    pub head: Seq,
    /// The token at it.
    pub chain: Chain,
    /// All membership records, ascending.
    pub records: Vec<(Seq, Vec<u8>)>,
    /// Erased documents of which parts and media may still be there.
    pub erasing: Vec<DocumentId>,
}

/// What the store knows of the things that a [`RelayQuery::Judge`] names. What it does not know is not in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// Entries that are in the log, with the token at each.
    pub have: BTreeMap<EntryId, (Seq, Chain)>,
    /// Documents.
    pub documents: BTreeMap<DocumentId, DocumentRow>,
    /// Entries of content that no snapshot has superseded, ascending, of the documents that were asked for.
    pub living: BTreeMap<DocumentId, Vec<LivingEntry>>,
    /// Entries with bytes that no snapshot has superseded, of every kind, of the documents that were asked for whole.
    pub whole: BTreeMap<DocumentId, Vec<LivingEntry>>,
    /// What members use.
    pub usage: BTreeMap<MemberId, Usage>,
    /// Bytes of parts that members handed in: they count for the same quota (S17).
    pub part_bytes: BTreeMap<MemberId, u64>,
    /// Photos and sounds that a publication can name.
    pub media: BTreeMap<(DocumentId, MediaHash), Plain>,
}

/// An entry that no snapshot has superseded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LivingEntry {
    /// Its seq.
    pub seq: Seq,
    /// Its id.
    pub id: EntryId,
    /// The device that signed it.
    pub by: DeviceId,
    /// Its bytes, as they count for a quota.
    pub len: u64,
}

/// A stretch of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogPage {
    /// Entries that the reader may see and that have bytes, ascending. Those that a snapshot in this page supersedes
    /// are left out.
    pub entries: Vec<(Seq, Vec<u8>)>,
    /// Snapshots among them that supersede others, with how far each covers.
    pub covers: BTreeMap<Seq, Seq>,
    /// Newest snapshot after this page that stands for an entry in it whose bytes are gone; 0 for none. A reader who
    /// was given this page has not got what snapshots up to there cover.
    pub missing_until: Seq,
    /// The last row that was looked at.
    pub upto: Seq,
    /// The token at it.
    pub upto_chain: Chain,
}

/// A part of a backfill.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BackfillSlice {
    /// Entries with bytes: by document, newest document first, ascending within one.
    pub entries: Vec<(Seq, Vec<u8>)>,
    /// Snapshots among them that supersede others.
    pub superseding: BTreeSet<Seq>,
    /// Where to go on; `None` if nothing is left.
    pub position: Option<BackfillPosition>,
    /// Documents of which nothing was sent yet.
    pub documents_left: u32,
}
