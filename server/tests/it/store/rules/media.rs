//! Photos and sounds for the website.

use super::ask::judge;
use crate::store::make::{NETWORK, commit, create, doc, document};
use server::store::Store;
use sha2::{Digest, Sha256};
use shared::entry::GroupId;
use shared::id::{DocumentId, MediaHash, MemberId};
use shared::publication::{Plain, Shape, SoundKind};
use shared::storage::{
    Answer, KnownMedium, NewMediumPart, RelayFailure, RelayOperation, RelayQuery, StoredMedium, WholeMedium,
};

const HASH: MediaHash = MediaHash([3; 32]);
const OTHER: MediaHash = MediaHash([4; 32]);

fn put(doc: DocumentId, hash: MediaHash, index: u32, bytes: &[u8]) -> RelayOperation {
    let part = NewMediumPart {
        doc,
        hash,
        size: 300,
        index,
        member: MemberId(2),
        bytes: bytes.to_vec(),
    };
    RelayOperation::PutMedium {
        network: NETWORK,
        part,
    }
}

fn confirm(doc: DocumentId, hash: MediaHash) -> RelayOperation {
    RelayOperation::ConfirmMedium {
        network: NETWORK,
        doc,
        plain: plain(hash),
    }
}

fn plain(hash: MediaHash) -> Plain {
    Plain {
        hash,
        size: 300,
        shape: Shape::Sound(SoundKind::Webm),
    }
}

fn drop_but(doc: DocumentId, but: &[MediaHash]) -> RelayOperation {
    RelayOperation::DropMedia {
        network: NETWORK,
        doc,
        but: but.to_vec(),
    }
}

fn known(store: &dyn Store, doc: DocumentId, hash: MediaHash) -> KnownMedium {
    let query = RelayQuery::JudgeMedium {
        network: NETWORK,
        doc,
        hash,
        member: MemberId(2),
    };
    let Answer::JudgeMedium(known) = store.answer(&query).unwrap() else {
        panic!("not a medium to judge");
    };
    *known
}

fn whole(store: &dyn Store, bytes_max: usize) -> Option<WholeMedium> {
    let query = RelayQuery::WholeMedium {
        network: NETWORK,
        doc: doc(1),
        hash: HASH,
        bytes_max,
    };
    let Answer::WholeMedium(whole) = store.answer(&query).unwrap() else {
        panic!("not a medium");
    };
    whole
}

fn named(store: &dyn Store, media: &[(DocumentId, MediaHash)]) -> Vec<Plain> {
    let query = RelayQuery::Judge {
        network: NETWORK,
        ids: Vec::new(),
        docs: Vec::new(),
        members: Vec::new(),
        media: media.to_vec(),
        covered: Vec::new(),
        whole: Vec::new(),
    };
    let Answer::Judge(known) = store.answer(&query).unwrap() else {
        panic!("not a judgement");
    };
    known.media.into_values().collect()
}

fn prepare(store: &dyn Store) {
    commit(
        store,
        vec![create(NETWORK), document(doc(1), 1, &[GroupId::Coord])],
    )
    .unwrap();
}

pub(in crate::store) fn media_parts_come_in_order_and_are_read_back_whole(store: &dyn Store) {
    prepare(store);
    assert_eq!(whole(store, 10), None);
    let gap = commit(store, vec![put(doc(1), HASH, 1, b"b")]);
    assert_eq!(gap, Err(RelayFailure::Outdated));
    for _ in 0..2 {
        commit(store, vec![put(doc(1), HASH, 0, &[7; 100])]).unwrap();
    }
    commit(store, vec![put(doc(1), HASH, 1, &[8; 100])]).unwrap();
    let known = known(store, doc(1), HASH);
    let stored = StoredMedium {
        size: 300,
        n_parts: 2,
        shape: None,
    };
    assert_eq!(known.stored, Some(stored));
    assert!(known.document.is_some());
    assert_eq!(known.bytes_used, 200, "the second time costs nothing");
    let bytes = [[7; 100], [8; 100]].concat();
    let read = WholeMedium {
        hash: MediaHash(Sha256::digest(&bytes).into()),
        head: bytes[..150].to_vec(),
    };
    assert_eq!(whole(store, 150), Some(read));
    let part = |index| store.medium_part(NETWORK, doc(1), HASH, index).unwrap();
    assert_eq!(part(1), Some(vec![8; 100]));
    assert_eq!(part(2), None);
    assert_eq!(store.media_documents(NETWORK).unwrap(), [doc(1)]);
}

pub(in crate::store) fn a_publication_can_name_only_what_was_looked_at(store: &dyn Store) {
    prepare(store);
    assert_eq!(
        commit(store, vec![confirm(doc(1), HASH)]),
        Err(RelayFailure::Outdated)
    );
    commit(
        store,
        vec![
            put(doc(1), HASH, 0, &[7; 100]),
            put(doc(1), OTHER, 0, &[7; 100]),
            confirm(doc(1), HASH),
        ],
    )
    .unwrap();
    let media = [(doc(1), HASH), (doc(1), OTHER), (doc(2), HASH)];
    assert_eq!(named(store, &media), [plain(HASH)]);
}

pub(in crate::store) fn p3_dropped_media_are_gone_and_given_back(store: &dyn Store) {
    prepare(store);
    for (doc, hash) in [(doc(1), HASH), (doc(1), OTHER), (doc(2), HASH)] {
        commit(store, vec![put(doc, hash, 0, &[7; 100]), confirm(doc, hash)]).unwrap();
    }
    let used = || {
        judge(store, &[], &[], &[MemberId(2)])
            .part_bytes
            .into_values()
            .sum::<u64>()
    };
    assert_eq!(used(), 300);
    commit(store, vec![drop_but(doc(1), &[OTHER])]).unwrap();
    assert_eq!(used(), 200);
    let media = [(doc(1), HASH), (doc(1), OTHER), (doc(2), HASH)];
    assert_eq!(named(store, &media), [plain(OTHER), plain(HASH)]);
    assert_eq!(store.medium_part(NETWORK, doc(1), HASH, 0), Ok(None));
    commit(store, vec![drop_but(doc(1), &[]), drop_but(doc(2), &[])]).unwrap();
    assert_eq!(used(), 0);
    assert_eq!(store.media_documents(NETWORK), Ok(Vec::new()));
}
