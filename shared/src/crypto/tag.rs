//! Every domain tag, in one place: one for each use of a hash, a signature, a wrap or a seal.

use crate::id::NetworkId;
use sha2::{Digest, Sha256};
use std::fmt;

/// What bytes are for. Always followed by a zero byte, so that no tag is the start of another.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Tag(&'static str);

impl Tag {
    /// Hash of an entry: its id.
    pub const ENTRY: Self = Self("aanzet/v1/entry");
    /// Signature over an entry's id.
    pub const ENTRY_SIGNATURE: Self = Self("aanzet/v1/entry-signature");
    /// Seal of a document's content.
    pub const CONTENT: Self = Self("aanzet/v1/content");
    /// Seal of the heads that a snapshot names.
    pub const HEADS: Self = Self("aanzet/v1/heads");
    /// Digest of the entry ids that a snapshot covers.
    pub const COVER: Self = Self("aanzet/v1/cover");
    /// Hash of a document key: its id.
    pub const KEY_ID: Self = Self("aanzet/v1/key-id");
    /// Wrap of a document key to a group.
    pub const DOCUMENT_KEY: Self = Self("aanzet/v1/doc-key");
    /// Wrap of an epoch's secret to a device.
    pub const EPOCH_KEY: Self = Self("aanzet/v1/epoch-key");
    /// Wrap of the previous epoch's secret to the next epoch.
    pub const EPOCH_LINK: Self = Self("aanzet/v1/epoch-link");
    /// Wrap of the key of a member's name to `team`.
    pub const NAME_KEY: Self = Self("aanzet/v1/name-key");
    /// Seal of a member's name.
    pub const NAME: Self = Self("aanzet/v1/name");
    /// Hash of a record's detached part.
    pub const DETACHED: Self = Self("aanzet/v1/detached");
    /// Key pair of an invitation, from its seed.
    pub const INVITE_SIGN: Self = Self("aanzet/v1/invite-sign");
    /// Key of an invitation's HMAC, from its seed.
    pub const INVITE_MAC_KEY: Self = Self("aanzet/v1/invite-mac-key");
    /// HMAC of an invitation over its network.
    pub const INVITE_MAC: Self = Self("aanzet/v1/invite-mac");
    /// Signature of an invitation's key under a `Join`.
    pub const JOIN: Self = Self("aanzet/v1/join");
    /// The six digits of a `Join`.
    pub const SIX_DIGITS: Self = Self("aanzet/v1/six-digits");
    /// Hash of a founding code.
    pub const FOUNDING: Self = Self("aanzet/v1/founding");
    /// Seal of a part of a blob.
    pub const PART: Self = Self("aanzet/v1/part");
    /// Hash of a sealed part.
    pub const PART_HASH: Self = Self("aanzet/v1/part-hash");
    /// Digest of the hashes of all parts of a blob.
    pub const BLOB: Self = Self("aanzet/v1/blob");
    /// Seal of a value in the device's own store.
    pub const STORAGE: Self = Self("aanzet/v1/storage");
    /// Signature that authenticates a session.
    pub const AUTH: Self = Self("aanzet/v1/auth");
    /// Signature of the relay under a receipt.
    pub const RECEIPT: Self = Self("aanzet/v1/receipt");
    /// Name of bytes that a relay cannot read.
    pub const MALFORMED: Self = Self("aanzet/v1/malformed");
    /// One step of the log's chain.
    pub const CHAIN: Self = Self("aanzet/v1/chain");
    /// Digest of a preview.
    pub const PREVIEW: Self = Self("aanzet/v1/preview");
    /// Digest of the consents behind a publication.
    pub const CONSENT: Self = Self("aanzet/v1/consent");
    /// Digest of the publishable fields of a story.
    pub const PUBLISHABLE: Self = Self("aanzet/v1/publishable");
    /// Digest of the name that is shown with a text.
    pub const SHOWN_NAME: Self = Self("aanzet/v1/shown-name");

    /// Returns the tag's bytes, without the zero byte.
    #[must_use]
    pub const fn as_bytes(self) -> &'static [u8] {
        self.0.as_bytes()
    }

    /// Returns SHA-256 over `tag ‖ 0 ‖ parts`. Only the last part may vary in length unless each says its own.
    #[must_use]
    pub fn digest(self, parts: &[&[u8]]) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(self.as_bytes());
        hash.update([0]);
        for part in parts {
            hash.update(part);
        }
        hash.finalize().into()
    }

    /// Returns `tag ‖ 0 ‖ network ‖ parts`: what is signed, or authenticated beside sealed bytes.
    #[must_use]
    pub fn scoped(self, network: NetworkId, parts: &[&[u8]]) -> Vec<u8> {
        let mut bytes = [self.as_bytes(), &[0], &network.0].concat();
        parts.iter().for_each(|part| bytes.extend_from_slice(part));
        bytes
    }
}

impl fmt::Debug for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}
