//! What the site shows is what the store has, and what may not be shown goes from the store.

use super::*;
use crate::publications::Found;
use crate::publications::tests::{claim, photo, publication, story};
use crate::store::{SqliteConfig, SqliteStore};
use shared::entry::{Collection, Header, Kind};
use shared::id::{Chain, DeviceId, EntryId, Generation, LogId, MemberId};
use shared::storage::{DocumentRow, NewEntry, NewMediumPart, NewNetwork, PublicationRow};
use shared::view::Use;
use std::path::PathBuf;

const NETWORK: NetworkId = NetworkId([9; 32]);

/// A moment that has passed.
const PAST: Option<Timestamp> = Some(Timestamp(1));

/// A store in a folder that goes when its test ends.
struct Stored {
    folder: PathBuf,
    store: Arc<dyn Store>,
}

impl Drop for Stored {
    fn drop(&mut self) {
        self.store.stop();
        drop(fs::remove_dir_all(&self.folder));
    }
}

impl Stored {
    async fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("aanzet-relay-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let store = SqliteStore::open(SqliteConfig {
            file: folder.join("relay.sqlite"),
            bytes_max: None,
        });
        let stored = Self {
            folder,
            store: Arc::new(store.unwrap()),
        };
        let network = NewNetwork {
            network: NETWORK,
            log_id: LogId([9; 16]),
            name: "Buren".into(),
            slug: "buren".into(),
        };
        stored.commit(vec![RelayOperation::CreateNetwork(network)]).await;
        stored
    }

    async fn commit(&self, operations: Vec<RelayOperation>) {
        let (done, stored) = oneshot::channel();
        let answer = move |outcome: Result<(), RelayFailure>| done.send(outcome).unwrap();
        self.store.store(operations, Box::new(answer));
        stored.await.unwrap().unwrap();
    }

    /// Keeps the newest entry of a document that was published, and the first part of each of its photos.
    async fn publish(&self, story: &PublicStory, entry: Vec<u8>) {
        let (doc, seq) = (story.id, story.seq);
        let id = EntryId([story.id.0[0]; 32]);
        let publication = PublicationRow {
            entry: id,
            seq,
            is_withdrawn: false,
            is_forgotten: false,
        };
        let row = DocumentRow {
            coll: Collection::Story,
            author: MemberId(0),
            readers: Vec::new(),
            generation: Generation(0),
            first_seq: seq,
            keys: Vec::new(),
            publication: Some(publication),
            erased: None,
        };
        let entry = NewEntry {
            seq,
            id,
            chain: Chain([1; 16]),
            kind: Kind::Publication,
            doc: Some(doc),
            by: DeviceId(0),
            bytes: entry,
        };
        let network = NETWORK;
        self.commit(vec![
            RelayOperation::Append { network, entry },
            RelayOperation::PutDocument { network, doc, row },
        ])
        .await;
        let parts = story.photos.iter().map(|photo| NewMediumPart {
            doc,
            hash: photo.hash,
            size: photo.size,
            index: 0,
            member: MemberId(0),
            bytes: vec![7; 100],
        });
        let parts = parts.map(|part| RelayOperation::PutMedium { network, part });
        self.commit(parts.collect()).await;
    }

    /// Whether the bytes of a publication are there, and which of its photos.
    fn has(&self, story: &PublicStory) -> (bool, Vec<u8>) {
        let query = RelayQuery::Entries {
            network: NETWORK,
            seqs: vec![story.seq],
        };
        let entries = self.store.answer(&query).unwrap();
        let is_there = entries != Answer::Entries(Vec::new());
        let photos = story.photos.iter().filter(|photo| {
            let part = self.store.medium_part(NETWORK, story.id, photo.hash, 0);
            part.unwrap().is_some()
        });
        (is_there, photos.map(|photo| photo.hash.0[0]).collect())
    }

    /// A relay that has just started, and what the store has to say to it.
    fn start(&self) -> (Task, mpsc::UnboundedReceiver<Input>) {
        let publications = SharedPublications::default();
        show_stored(&*self.store, &publications).unwrap();
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let relay = Relay::new(RelayConfig {
            sign: SignKey::generate(&mut rng),
            founding: None,
            bugs: Bugs::default(),
        });
        let (done, inputs) = mpsc::unbounded_channel();
        let task = Task {
            relay,
            rng,
            store: self.store.clone(),
            publications,
            counts: Arc::default(),
            sessions: BTreeMap::new(),
            done,
            readers: Arc::new(Semaphore::new(READERS_MAX)),
        };
        (task, inputs)
    }
}

/// The bytes of the entry that published a story, with these claims.
fn entry(story: &PublicStory, claims: &[(Use, Option<Timestamp>)]) -> Vec<u8> {
    let claims = claims.iter().map(|(allows, until)| claim(*allows, *until));
    let publication = publication(story, claims.collect());
    let header = Header::plain(Kind::Publication, Some(story.id), Generation(0), DeviceId(0));
    let sign = SignKey::from_bytes(&[3; 32]);
    Entry::sign(header, publication.encode(), NETWORK, &sign).encode()
}

fn is_gone(task: &Task, story: &PublicStory) -> bool {
    task.publications.read().get(story.id, now()) == Found::Gone
}

#[tokio::test]
async fn p3_what_ended_is_deleted_by_itself_and_what_still_holds_stays() {
    let stored = Stored::new("ended").await;
    let with_photos = |n| PublicStory {
        photos: vec![photo(n, true), photo(n + 1, false)],
        ..story(n)
    };
    let (page, people, lasting) = (with_photos(1), with_photos(2), with_photos(3));
    for (story, website, photos) in [
        (&page, PAST, None),
        (&people, None, PAST),
        (&lasting, None, Some(now().after(Duration::from_hours(1)))),
    ] {
        let claims = [(Use::Website, website), (Use::Photo, photos)];
        stored.publish(story, entry(story, &claims)).await;
    }
    for start in 0..2 {
        let (mut task, mut inputs) = stored.start();
        assert!(is_gone(&task, &page) && !is_gone(&task, &people));
        assert!(task.next_due().is_some_and(|due| due < now()), "start {start}");
        task.tell_ended(now());
        assert!(
            task.next_due().is_some_and(|due| due > now()),
            "what lasts is waited for"
        );
        while stored.has(&page) != (false, vec![]) || stored.has(&people) != (true, vec![3]) {
            let input = tokio::time::timeout(Duration::from_secs(30), inputs.recv()).await;
            task.input(input.expect("not all was deleted").unwrap());
        }
        assert_eq!(stored.has(&lasting), (true, vec![3, 4]));
    }
}

#[tokio::test]
async fn p3_what_ends_while_the_relay_runs_is_deleted_when_its_moment_comes() {
    let stored = Stored::new("ending").await;
    let page = PublicStory {
        photos: vec![photo(1, false)],
        ..story(1)
    };
    let soon = Some(now().after(Duration::from_millis(300)));
    stored.publish(&page, entry(&page, &[(Use::Website, soon)])).await;
    let (task, inputs) = stored.start();
    let (_sessions, said) = mpsc::channel(1);
    let (_stop, stopped) = oneshot::channel();
    let running = tokio::spawn(task.run(said, inputs, stopped));
    let is_deleted = async {
        while stored.has(&page) != (false, vec![]) {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let is_deleted = tokio::time::timeout(Duration::from_secs(30), is_deleted).await;
    running.abort();
    is_deleted.expect("it is not deleted");
}

/// What is there may show what is not allowed any more.
#[tokio::test]
async fn p3_a_publication_that_cannot_be_read_back_takes_the_older_page_off() {
    let stored = Stored::new("unreadable").await;
    let (kept, lost) = (story(1), story(2));
    stored.publish(&kept, entry(&kept, &[(Use::Website, None)])).await;
    stored.publish(&lost, b"no entry".to_vec()).await;
    let (task, _inputs) = stored.start();
    assert!(!is_gone(&task, &kept));
    assert!(is_gone(&task, &lost), "its address says that something was there");
    let published = |doc, seq| Event::Published {
        network: NETWORK,
        doc,
        seq,
    };
    // The log does not have it.
    task.event(&published(kept.id, Seq(99)));
    assert!(is_gone(&task, &kept));
    task.event(&published(kept.id, kept.seq));
    assert!(!is_gone(&task, &kept));
    // The log has it, and it is none.
    task.event(&published(kept.id, lost.seq));
    assert!(is_gone(&task, &kept));
}
