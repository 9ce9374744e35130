//! Step (c): what Automerge makes of bytes that passed the walk, tried on a copy.

use super::Bad;
use super::chunk::{self, RawChange};
use crate::model::document;
use automerge::{AutoCommit, Change};

/// Applies changes to a copy, saves it, loads that, compares heads, and returns the copy.
pub(super) fn apply(document: &AutoCommit, changes: &[RawChange]) -> Result<AutoCommit, Bad> {
    guarded(|| {
        let changes = changes
            .iter()
            .map(|change| Change::try_from(change.bytes.as_slice()).map_err(|_| Bad::Refused))
            .collect::<Result<Vec<_>, _>>()?;
        let mut copy = document.clone();
        copy.apply_changes(changes.iter().cloned())
            .map_err(|_| Bad::Refused)?;
        let has_all = changes
            .iter()
            .all(|change| copy.get_change_meta_by_hash(&change.hash()).is_some());
        if !has_all {
            return Err(Bad::Refused);
        }
        prove_saving(&mut copy)?;
        Ok(copy)
    })
}

/// Loads a snapshot, proves that it survives saving, and returns it with its changes, walked.
pub(super) fn load(bytes: &[u8]) -> Result<(AutoCommit, Vec<RawChange>), Bad> {
    let (document, changes) = guarded(|| {
        let mut document = document::load(bytes).map_err(|_| Bad::Refused)?;
        // Saving it gives the same bytes, if it was saved as we save: that these load was seen just now.
        if document::save(&mut document) != bytes {
            prove_saving(&mut document)?;
        }
        let changes: Vec<u8> = document
            .get_changes(&[])
            .iter()
            .flat_map(|change| change.raw_bytes().to_vec())
            .collect();
        Ok((document, changes))
    })?;
    Ok((document, chunk::changes(&changes)?))
}

fn prove_saving(copy: &mut AutoCommit) -> Result<(), Bad> {
    let bytes = document::save(copy);
    let mut loaded = document::load(&bytes).map_err(|_| Bad::Unstable)?;
    if document::heads(&mut loaded) == document::heads(copy) {
        Ok(())
    } else {
        Err(Bad::Unstable)
    }
}

/// Runs what may panic inside Automerge, and makes an answer of a panic where unwinding exists.
///
/// In the browser a panic ends the worker: there the crash journal (M5) stands behind the trial.
#[cfg(panic = "unwind")]
fn guarded<T>(run: impl FnOnce() -> Result<T, Bad>) -> Result<T, Bad> {
    // What is unwound through is a copy that nobody sees again.
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(run)).unwrap_or(Err(Bad::Panicked))
}

#[cfg(not(panic = "unwind"))]
fn guarded<T>(run: impl FnOnce() -> Result<T, Bad>) -> Result<T, Bad> {
    run()
}
