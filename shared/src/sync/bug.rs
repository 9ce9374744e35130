//! Bugs that the simulation plants, to show that it catches them (DESIGN §14).
//!
//! A build without the feature `testing` holds none of them: [`Bugs::has`] is then a constant.

/// A mistake that is easily made, with its number in the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Bug {
    /// (1) The relay queues the receipt before the commit completes.
    ReceiptBeforeCommit,
    /// (2) The device stores its checkpoint in an earlier transaction than the page.
    CheckpointBeforePage,
    /// (3) The device's checkpoint becomes the last seq that it received, not the page's `upto`.
    CheckpointIsLastReceived,
    /// (4) The device accepts a live page although its `prev` is not the device's own `upto`.
    AnyLivePage,
    /// (5) The device judges authority by the newest membership, not at the entry's position.
    NewestAuthority,
    /// (6) The device makes a snapshot of a document of which an entry was set aside or has not come.
    SnapshotWithoutAll,
    /// (7) The relay withholds snapshots also from a device whose backfill has not reached their documents.
    WithheldInBackfill,
    /// (8) The relay checks the key before it looks whether it has the entry.
    KeyBeforeHave,
    /// (9) The device uses one actor id for ever.
    ActorReused,
    /// (10) The device quarantines an entry of which a dependency is missing.
    QuarantineForMissing,
    /// (12) The AAD of a wrapped document key names another group.
    WrongGroupInWrap,
    /// (12) The AAD of a wrapped document key lacks the key's id.
    NoKeyIdInWrap,
    /// (13) The relay's erasure spares what snapshots superseded.
    EraseSparesSuperseded,
    /// (13) The device's erasure spares what it had not sent.
    EraseSparesOutbox,
    /// (13) The device's erasure spares what it had put aside.
    EraseSparesRows,
    /// (15) A tab writes a document without comparing what it was computed from.
    OutdatedWrite,
    /// (15) The relay accepts a publication that does not name the withdrawal before it.
    PublishAfterWithdraw,
    /// The relay says that a part of a blob is stored before the commit completes.
    PartBeforeCommit,
    /// The device takes a part of a blob for stored once it is handed to the connection.
    PartTakenForStored,
}

/// The bugs that a machine was given.
#[derive(Clone, Debug, Default)]
pub struct Bugs {
    #[cfg(any(test, feature = "testing"))]
    planted: std::collections::BTreeSet<Bug>,
}

impl Bugs {
    /// Plants a bug.
    #[cfg(any(test, feature = "testing"))]
    #[must_use]
    pub fn with(mut self, bug: Bug) -> Self {
        self.planted.insert(bug);
        self
    }

    /// Tells whether the bug was planted.
    #[must_use]
    pub fn has(&self, bug: Bug) -> bool {
        #[cfg(any(test, feature = "testing"))]
        return self.planted.contains(&bug);
        #[cfg(not(any(test, feature = "testing")))]
        {
            let _ = bug;
            false
        }
    }
}
