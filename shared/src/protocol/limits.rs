//! How much one message, one push, one page may hold, and why (W3).
//!
//! They are part of the protocol: a device that keeps to them is never cut off.

/// Largest message in either direction, in bytes: the largest entry ([`crate::entry::ENTRY_BYTES_MAX`]) in a push of its own,
/// with room for its envelope; small enough that a phone may lose it half way and begin again.
pub const MESSAGE_BYTES_MAX: usize = 1024 * 1024;

/// Largest message before authentication, in bytes: a genesis or a join with its detached part takes about
/// 2 KiB, a stranger gets little more.
pub const MESSAGE_BYTES_BEFORE_AUTH_MAX: usize = 16 * 1024;

/// Most bytes of one connection before authentication: a lookup, a join and some tries of a mistyped code.
pub const BYTES_BEFORE_AUTH_MAX: usize = 64 * 1024;

/// Time that a connection has to authenticate, found or join, in milliseconds: two round trips on a bad
/// line. A joiner's time starts anew with every answered request, up to [`REQUESTS_BEFORE_AUTH_MAX`].
pub const BEFORE_AUTH_MS_MAX: u64 = 20_000;

/// Most requests of one connection before authentication.
pub const REQUESTS_BEFORE_AUTH_MAX: u32 = 16;

/// Largest membership record, in bytes: records list epochs and hashes; what grows with the number of
/// devices is detached.
pub const RECORD_BYTES_MAX: usize = 64 * 1024;

/// Largest detached part of a record, in bytes: the wraps of a removal for two groups of 1,000 devices.
pub const DETACHED_BYTES_MAX: usize = 256 * 1024;

/// Most entries of one push: the receipt names each with 40 bytes.
pub const PUSH_ENTRIES_MAX: usize = 1_000;

/// Most pushes of one connection that are not answered yet: the next one waits at the device, so that the
/// relay never holds more than four messages of anyone.
pub const PUSHES_UNANSWERED_MAX: usize = 4;

/// Most other requests of one connection that are not answered yet.
pub const REQUESTS_UNANSWERED_MAX: usize = 8;

/// Most rows of the log that are read for one page (S3); what the device may not see counts too, so that
/// a page costs the same for everybody.
pub const PAGE_ROWS_MAX: u32 = 10_000;

/// A page ends once its entries reach this many bytes: a session's queue holds one page (S7). One larger
/// entry makes a page of its own, up to [`MESSAGE_BYTES_MAX`].
pub const PAGE_BYTES: usize = 256 * 1024;

/// Shortest time between two live pages of one connection, in milliseconds (S7): a burst of twenty writers
/// becomes four messages a second, not hundreds.
pub const LIVE_PAGE_INTERVAL_MS: u64 = 250;

/// Most hashes of one request for detached parts.
pub const DETACHED_HASHES_MAX: usize = 64;

/// Most groups of one request for a backfill: a member is in a handful.
pub const BACKFILL_GROUPS_MAX: usize = 64;

/// Most parts of one blob: the largest sound ([`crate::command::SOUND_BYTES_MAX`], 512 parts) with room to grow.
pub const PARTS_MAX: u32 = 1_024;

/// Most blobs of one request: a story with many photos asks twice.
pub const BLOBS_ASKED_MAX: usize = 64;

/// Most photos and sounds of one question: as many as a publication names.
pub const MEDIA_ASKED_MAX: usize = crate::command::PHOTOS_MAX + crate::command::SOUNDS_MAX;
