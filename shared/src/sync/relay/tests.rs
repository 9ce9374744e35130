#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "a test names the message that it waits for"
)]
use super::*;
use crate::crypto::{DocumentKey, FoundingCode, InviteSeed, WrapKey};
use crate::entry::{
    Address, Collection, Content, ContentKind, DocumentBody, Entry, GroupId, Header, KeysBody, Kind,
    wrap_document_key,
};
use crate::id::{Chain, DocumentId, EntryId, Generation, LogId, MemberId};
use crate::membership::{self, EpochKeys, Made, Role, Signer, State};
use crate::protocol::*;
use crate::sync::bug::Bug;
use crate::testing::relay_store::RelayStore;
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;

/// What was receipted and what was refused, in the order of the push.
type PushAnswer = (Vec<(EntryId, Seq)>, Vec<(EntryId, Refusal)>);

const ORIGIN: &str = "https://verhalen.example";

/// A relay with its store and a clock; what it sends is kept by session.
struct Desk {
    relay: Relay,
    store: RelayStore,
    now: Timestamp,
    rng: ChaCha8Rng,
    sent: BTreeMap<SessionId, VecDeque<RelayToClient>>,
    closed: Vec<SessionId>,
    events: Vec<Event>,
    /// Transactions that the disk has not confirmed, while it is slow.
    held: Option<Vec<(StoreId, Vec<RelayOperation>)>>,
    n_sessions: u64,
    code: String,
}

/// A device that speaks to the desk.
#[derive(Clone)]
struct Member {
    network: NetworkId,
    device: DeviceId,
    member: MemberId,
    sign: SignKey,
    hpke: WrapKey,
    keys: EpochKeys,
    state: State,
    session: SessionId,
    checkpoint: Option<Checkpoint>,
}

impl Desk {
    fn new(bugs: Bugs) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(11);
        let code = FoundingCode::generate(&mut rng);
        let mut store = RelayStore::default();
        store.commit(&[RelayOperation::SetFounding(code.hash())]).unwrap();
        store.sync();
        Self {
            relay: Relay::new(RelayConfig {
                sign: SignKey::generate(&mut rng),
                founding: Some(code.hash()),
                bugs,
            }),
            store,
            now: Timestamp(1_700_000_000_000),
            rng,
            sent: BTreeMap::new(),
            closed: Vec::new(),
            events: Vec::new(),
            held: None,
            n_sessions: 0,
            code: code.to_code(),
        }
    }

    fn input(&mut self, input: Input) {
        let mut inputs = VecDeque::from([input]);
        while let Some(input) = inputs.pop_front() {
            self.relay.handle_input(input, self.now, &mut self.rng);
            while let Some(output) = self.relay.poll_output() {
                match output {
                    Output::Send(session, bytes) => {
                        let message = RelayToClient::decode(&bytes).unwrap();
                        self.sent.entry(session).or_default().push_back(message);
                        inputs.push_back(Input::Sent(session, bytes.len()));
                    }
                    Output::Close(session) => self.closed.push(session),
                    Output::Store(id, operations) => match &mut self.held {
                        Some(held) => held.push((id, operations)),
                        None => inputs.push_back(stored(&mut self.store, id, &operations)),
                    },
                    Output::Load(id, query) => inputs.push_back(Input::Loaded(id, self.store.answer(&query))),
                    Output::Verify(id, checks) => {
                        inputs.push_back(Input::Verified(
                            id,
                            checks.iter().map(SignatureCheck::holds).collect(),
                        ));
                    }
                    Output::Event(event) => self.events.push(event),
                }
            }
        }
    }

    /// Lets the disk confirm what was held.
    fn release(&mut self) {
        for (id, operations) in self.held.take().unwrap() {
            let input = stored(&mut self.store, id, &operations);
            self.input(input);
        }
    }

    fn pass(&mut self, ms: u64) {
        let until = Timestamp(self.now.0 + ms);
        while let Some(due) = self.relay.poll_timeout().filter(|&due| due <= until) {
            self.now = self.now.max(due);
            self.input(Input::Timeout);
        }
        self.now = until;
    }

    fn connect(&mut self) -> (SessionId, Hello) {
        self.n_sessions += 1;
        let session = SessionId(self.n_sessions);
        self.input(Input::Connected {
            session,
            peer: Peer([1; 16]),
            origin: ORIGIN.to_owned(),
        });
        let Some(RelayToClient::Hello(hello)) = self.next(session) else {
            panic!("a hello comes first");
        };
        (session, hello)
    }

    fn say(&mut self, session: SessionId, message: &ClientToRelay) {
        self.input(Input::Frame(session, message.encode()));
    }

    fn next(&mut self, session: SessionId) -> Option<RelayToClient> {
        self.sent.get_mut(&session)?.pop_front()
    }

    fn all(&mut self, session: SessionId) -> Vec<RelayToClient> {
        self.sent.remove(&session).map(Vec::from).unwrap_or_default()
    }

    fn found(&mut self, code: &str) -> (RelayToClient, membership::Founding, SignKey, WrapKey) {
        let (session, hello) = self.connect();
        let (sign, hpke) = (SignKey::generate(&mut self.rng), WrapKey::generate(&mut self.rng));
        let founding =
            membership::found("Net", "Ana", hello.relay_key, &sign, hpke.public(), &mut self.rng).unwrap();
        self.say(session, &found_message(&founding, code));
        self.pass(60_000);
        (self.next(session).unwrap(), founding, sign, hpke)
    }

    /// Founds the network and follows it as its first device.
    fn founder(&mut self) -> Member {
        let code = self.code.clone();
        let (answer, founding, sign, hpke) = self.found(&code);
        assert!(matches!(
            answer,
            RelayToClient::Record(RecordAnswer {
                outcome: RecordOutcome::Stored(_),
                ..
            })
        ));
        let mut founder = Member {
            network: founding.network,
            device: DeviceId(0),
            member: MemberId(0),
            sign,
            hpke,
            keys: founding.keys,
            state: State::found(Seq(1), &founding.made.entry).unwrap(),
            session: SessionId(0),
            checkpoint: None,
        };
        self.sign_in(&mut founder);
        founder
    }

    fn sign_in(&mut self, member: &mut Member) {
        let (session, hello) = self.connect();
        member.session = session;
        self.say(session, &auth(&hello, member));
        assert!(matches!(self.next(session), Some(RelayToClient::Welcome(_))));
        self.follow(member);
    }

    /// Takes all pages that came.
    fn follow(&mut self, member: &mut Member) -> Vec<Entry> {
        self.pass(LIVE_PAGE_INTERVAL_MS);
        let mut entries = Vec::new();
        let mut others = VecDeque::new();
        for message in self.all(member.session) {
            let RelayToClient::Page(page) = message else {
                others.push_back(message);
                continue;
            };
            for (seq, EntryBytes(bytes)) in page.entries {
                let entry = Entry::decode(&bytes).unwrap();
                if entry.header.kind == Kind::Membership && seq > member.state.head_seq() {
                    if seq == Seq(1) {
                        member.state = State::found(seq, &entry).unwrap();
                    } else {
                        member.state.apply(seq, &entry).unwrap();
                    }
                }
                entries.push(entry);
            }
            member.checkpoint = Some(Checkpoint {
                log_id: self.relay.network(member.network).unwrap().log_id,
                seq: page.upto,
                chain: page.upto_chain,
            });
        }
        self.sent.insert(member.session, others);
        entries
    }

    /// Invites, joins and approves a new member with a device of her own.
    fn newcomer(&mut self, by: &mut Member, role: Role) -> Member {
        let seed = InviteSeed::generate(&mut self.rng);
        let until = Timestamp(self.now.0 + 3_600_000);
        let invite = membership::invite(&by.state, signer(by), &seed, role, until).unwrap();
        self.record_ok(by, &invite);
        let mut member = self.join(by, &seed);
        let approve =
            membership::approve(&by.state, signer(by), member.device, &by.keys, &mut self.rng).unwrap();
        self.record_ok(by, &approve);
        self.follow(&mut member);
        let part = membership::Detached::decode(&approve.detached).unwrap();
        member
            .keys
            .learn(&member.state, &part, member.device, &member.hpke)
            .unwrap();
        member
    }

    fn join(&mut self, by: &mut Member, seed: &InviteSeed) -> Member {
        let (session, _) = self.connect();
        self.say(session, &ClientToRelay::Lookup(seed.sign_key().public()));
        let Some(RelayToClient::Invitation(invitation)) = self.next(session) else {
            panic!("the invitation is open");
        };
        let (genesis, invite) = (
            Entry::decode(&invitation.genesis.0).unwrap(),
            Entry::decode(&invitation.invite.0).unwrap(),
        );
        let offer = membership::verify_invitation(&genesis, &invite, seed).unwrap();
        let (sign, hpke) = (SignKey::generate(&mut self.rng), WrapKey::generate(&mut self.rng));
        let (made, own) = membership::join(
            &offer,
            seed,
            invitation.head,
            invitation.device,
            "Bea",
            &sign,
            hpke.public(),
            &mut self.rng,
        )
        .unwrap();
        self.say(
            session,
            &ClientToRelay::Join(Join {
                network: offer.network,
                entry: EntryBytes(made.entry.encode()),
                detached: made.detached,
            }),
        );
        assert!(matches!(
            self.next(session),
            Some(RelayToClient::Record(RecordAnswer {
                outcome: RecordOutcome::Stored(_),
                ..
            }))
        ));
        self.follow(by);
        let id = by.state.device(invitation.device).unwrap().member;
        let mut keys = EpochKeys::default();
        keys.insert(GroupId::Member(id), crate::id::Epoch(0), own);
        let mut member = Member {
            network: offer.network,
            device: invitation.device,
            member: id,
            sign,
            hpke,
            keys,
            state: State::found(Seq(1), &genesis).unwrap(),
            session: SessionId(0),
            checkpoint: None,
        };
        self.sign_in(&mut member);
        member
    }

    fn record(&mut self, by: &mut Member, made: &Made) -> RecordOutcome {
        self.follow(by);
        self.say(
            by.session,
            &ClientToRelay::Record(Record {
                entry: EntryBytes(made.entry.encode()),
                detached: made.detached.clone(),
            }),
        );
        let answers = self.all(by.session);
        let (records, others): (Vec<_>, Vec<_>) = answers
            .into_iter()
            .partition(|answer| matches!(answer, RelayToClient::Record(_)));
        self.sent.insert(by.session, others.into());
        match records.into_iter().next() {
            Some(RelayToClient::Record(answer)) => answer.outcome,
            other => panic!("no answer to the record: {other:?}"),
        }
    }

    fn record_ok(&mut self, by: &mut Member, made: &Made) {
        let outcome = self.record(by, made);
        assert!(matches!(outcome, RecordOutcome::Stored(_)), "{outcome:?}");
        self.follow(by);
    }

    /// Pushes entries; returns ids with seqs, and refusals.
    fn push(&mut self, by: &Member, entries: &[&Entry]) -> PushAnswer {
        self.say(by.session, &push(entries));
        self.answers_to_push(by)
    }

    fn answers_to_push(&mut self, by: &Member) -> PushAnswer {
        let (mut stored, mut refused) = (Vec::new(), Vec::new());
        let mut others = VecDeque::new();
        for message in self.all(by.session) {
            match message {
                RelayToClient::Receipt(receipt) => {
                    receipt.verify(by.network, &by.state.relay_key()).unwrap();
                    stored.extend(receipt.entries);
                }
                RelayToClient::Refusals(refusals) => refused.extend(refusals.refusals),
                other => others.push_back(other),
            }
        }
        self.sent.insert(by.session, others);
        (stored, refused)
    }
}

impl Member {
    fn story(&self, number: u8, rng: &mut ChaCha8Rng) -> (DocumentId, DocumentKey, Entry) {
        let doc = DocumentId([number; 16]);
        let key = DocumentKey::generate(rng);
        let readers = Collection::Story.readers(self.member);
        let epochs = self.state.reader_epochs(&readers);
        let wraps = wrap_document_key(self.network, doc, Generation(0), &key, &epochs, rng).unwrap();
        let body = DocumentBody {
            coll: Collection::Story,
            author: self.member,
            readers,
            purge_month: None,
            teller_key: None,
            kid: key.kid(self.network, doc, Generation(0)),
            wraps,
        };
        (doc, key, self.plain(Kind::Document, doc, body.encode()))
    }

    fn plain(&self, kind: Kind, doc: DocumentId, ct: Vec<u8>) -> Entry {
        let header = Header::plain(kind, Some(doc), Generation(0), self.device);
        Entry::sign(header, ct, self.network, &self.sign)
    }

    fn change(&self, doc: DocumentId, key: &DocumentKey, rng: &mut ChaCha8Rng) -> Entry {
        let address = Address {
            network: self.network,
            doc,
            generation: Generation(0),
            by: self.device,
        };
        let content = Content {
            bytes: vec![7; 40],
            ..Content::default()
        };
        Entry::seal_content(address, ContentKind::Incremental, key, &content, &self.sign, rng).unwrap()
    }
}

fn stored(store: &mut RelayStore, id: StoreId, operations: &[RelayOperation]) -> Input {
    match store.commit(operations) {
        Ok(()) => {
            store.sync();
            Input::Stored(id)
        }
        Err(failure) => Input::StoreFailed(id, failure),
    }
}

fn signer(member: &Member) -> Signer<'_> {
    Signer {
        device: member.device,
        sign: &member.sign,
    }
}

fn found_message(founding: &membership::Founding, code: &str) -> ClientToRelay {
    ClientToRelay::Found(Found {
        genesis: EntryBytes(founding.made.entry.encode()),
        detached: founding.made.detached.clone(),
        code: code.to_owned(),
    })
}

fn auth(hello: &Hello, member: &Member) -> ClientToRelay {
    let message = auth_message(hello, ORIGIN, member.device, PROTOCOL, member.checkpoint.as_ref());
    ClientToRelay::Auth(Auth {
        network: member.network,
        device: member.device,
        protocol: PROTOCOL,
        checkpoint: member.checkpoint,
        signature: member.sign.sign(Tag::AUTH, member.network, &message),
    })
}

fn push(entries: &[&Entry]) -> ClientToRelay {
    ClientToRelay::Push(Push {
        entries: entries.iter().map(|entry| EntryBytes(entry.encode())).collect(),
    })
}

#[test]
fn founding_takes_the_right_code_once_and_the_same_genesis_twice() {
    let mut desk = Desk::new(Bugs::default());
    let (answer, ..) = desk.found("0000-0000-0000");
    assert_eq!(answer, RelayToClient::FoundRefused(FoundRefusal::WrongCode));

    let code = desk.code.clone();
    let (answer, founding, ..) = desk.found(&code.to_lowercase());
    assert!(matches!(
        &answer,
        RelayToClient::Record(RecordAnswer {
            outcome: RecordOutcome::Stored(_),
            ..
        })
    ));
    let (again, _) = desk.connect();
    desk.say(again, &found_message(&founding, &code));
    desk.pass(2_000);
    let repeated = desk.next(again).unwrap();
    let seqs = |answer: &RelayToClient| match answer {
        RelayToClient::Record(RecordAnswer {
            outcome: RecordOutcome::Stored(receipt),
            ..
        }) => receipt.entries.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(seqs(&repeated), seqs(&answer));

    let (answer, ..) = desk.found(&code);
    assert_eq!(answer, RelayToClient::FoundRefused(FoundRefusal::AlreadyFounded));
    assert_eq!(desk.store.founding(), None);
}

#[test]
fn a_second_wrong_founding_code_is_answered_slowly() {
    let mut desk = Desk::new(Bugs::default());
    desk.found("0000-0000-0000");
    let (session, hello) = desk.connect();
    let sign = SignKey::generate(&mut desk.rng);
    let hpke = WrapKey::generate(&mut desk.rng);
    let founding =
        membership::found("Net", "Ana", hello.relay_key, &sign, hpke.public(), &mut desk.rng).unwrap();
    desk.say(session, &found_message(&founding, "0000-0000-0000"));
    assert_eq!(desk.next(session), None);
    desk.pass(1_000);
    assert_eq!(
        desk.next(session),
        Some(RelayToClient::FoundRefused(FoundRefusal::WrongCode))
    );
}

#[test]
fn s5_a_receipt_comes_only_after_the_store_confirmed() {
    let mut desk = Desk::new(Bugs::default());
    let ana = desk.founder();
    let (_, _, document) = ana.story(1, &mut desk.rng);
    desk.held = Some(Vec::new());
    assert_eq!(desk.push(&ana, &[&document]), (vec![], vec![]));
    desk.release();
    let id = document.id(ana.network);
    assert_eq!(desk.answers_to_push(&ana), (vec![(id, Seq(2))], vec![]));
}

#[test]
fn bug_1_a_receipt_before_the_commit_is_a_lie_after_a_crash() {
    let mut desk = Desk::new(Bugs::default().with(Bug::ReceiptBeforeCommit));
    let ana = desk.founder();
    let (_, _, document) = ana.story(1, &mut desk.rng);
    desk.held = Some(Vec::new());
    let (stored, _) = desk.push(&ana, &[&document]);
    assert_eq!(stored.len(), 1, "the planted bug answers early");
    desk.store.crash(0);
    assert_eq!(
        desk.store.entries(ana.network).count(),
        1,
        "and what it promised is gone"
    );
}

#[test]
fn a_failed_store_is_told_and_nothing_of_it_stays() {
    let mut desk = Desk::new(Bugs::default());
    let ana = desk.founder();
    let (_, _, document) = ana.story(1, &mut desk.rng);
    desk.store.is_full = true;
    let (stored, refused) = desk.push(&ana, &[&document]);
    assert_eq!(stored, vec![]);
    assert!(matches!(refused[..], [(_, Refusal::Retry(_))]));
    desk.store.is_full = false;
    let (stored, refused) = desk.push(&ana, &[&document]);
    assert_eq!((stored.len(), refused), (1, vec![]));
}

#[test]
fn s4_an_entry_sent_again_is_had_at_its_first_seq_before_any_other_check() {
    let mut desk = Desk::new(Bugs::default());
    let mut ana = desk.founder();
    let (doc, key, document) = ana.story(1, &mut desk.rng);
    let change = ana.change(doc, &key, &mut desk.rng);
    let (stored, _) = desk.push(&ana, &[&document, &change]);
    // A new epoch of `coord` makes the key stale: said only of what is not there yet.
    let epoch = membership::begin_epoch(
        &ana.state,
        signer(&ana),
        &[GroupId::Coord],
        &ana.keys,
        &mut desk.rng,
    )
    .unwrap();
    desk.record_ok(&mut ana, &epoch);
    let late = ana.change(doc, &key, &mut desk.rng);
    let (again, refused) = desk.push(&ana, &[&document, &change, &late]);
    assert_eq!(again, vec![]);
    let have: Vec<_> = stored.iter().map(|&(id, seq)| (id, Refusal::Have(seq))).collect();
    assert_eq!(refused[..2], have);
    assert_eq!(refused[2].1, Refusal::StaleKey);
}

#[test]
fn bug_8_a_key_checked_before_have_refuses_what_is_stored() {
    let mut desk = Desk::new(Bugs::default().with(Bug::KeyBeforeHave));
    let mut ana = desk.founder();
    let (doc, key, document) = ana.story(1, &mut desk.rng);
    let change = ana.change(doc, &key, &mut desk.rng);
    desk.push(&ana, &[&document, &change]);
    let epoch = membership::begin_epoch(
        &ana.state,
        signer(&ana),
        &[GroupId::Coord],
        &ana.keys,
        &mut desk.rng,
    )
    .unwrap();
    desk.record_ok(&mut ana, &epoch);
    let (_, refused) = desk.push(&ana, &[&change]);
    assert_eq!(refused[0].1, Refusal::StaleKey);
}

#[test]
fn k6_after_a_new_epoch_only_a_key_that_is_new_and_fully_wrapped_is_taken() {
    let mut desk = Desk::new(Bugs::default());
    let mut ana = desk.founder();
    let (doc, old, document) = ana.story(1, &mut desk.rng);
    desk.push(&ana, &[&document]);
    let epoch = membership::begin_epoch(
        &ana.state,
        signer(&ana),
        &[GroupId::Coord],
        &ana.keys,
        &mut desk.rng,
    )
    .unwrap();
    desk.record_ok(&mut ana, &epoch);
    let keys = |key: &DocumentKey, rng: &mut ChaCha8Rng| {
        let epochs = ana.state.reader_epochs(&Collection::Story.readers(ana.member));
        let body = KeysBody {
            kid: key.kid(ana.network, doc, Generation(0)),
            wraps: wrap_document_key(ana.network, doc, Generation(0), key, &epochs, rng).unwrap(),
        };
        ana.plain(Kind::Keys, doc, body.encode())
    };
    // The old key, wrapped again, was seen by who lost access.
    let again = keys(&old, &mut desk.rng);
    let change = ana.change(doc, &old, &mut desk.rng);
    let (_, refused) = desk.push(&ana, &[&again, &change]);
    assert_eq!(refused, vec![(change.id(ana.network), Refusal::StaleKey)]);
    let new = DocumentKey::generate(&mut desk.rng);
    let fresh = keys(&new, &mut desk.rng);
    let change = ana.change(doc, &new, &mut desk.rng);
    let (stored, refused) = desk.push(&ana, &[&fresh, &change]);
    assert_eq!((stored.len(), refused), (2, vec![]));
}

#[test]
fn s11_a_member_writes_her_own_documents_and_a_coordinator_all() {
    let mut desk = Desk::new(Bugs::default());
    let mut ana = desk.founder();
    let bea = desk.newcomer(&mut ana, Role::Volunteer);
    let (doc, key, document) = ana.story(1, &mut desk.rng);
    desk.push(&ana, &[&document]);
    let meddling = bea.change(doc, &key, &mut desk.rng);
    let (_, refused) = desk.push(&bea, &[&meddling]);
    assert_eq!(refused[0].1, Refusal::NotEntitled);

    let (doc, key, document) = bea.story(2, &mut desk.rng);
    let (stored, _) = desk.push(&bea, &[&document]);
    assert_eq!(stored.len(), 1);
    let review = ana.change(doc, &key, &mut desk.rng);
    let (stored, _) = desk.push(&ana, &[&review]);
    assert_eq!(stored.len(), 1);

    // Readers are what the policy says, and the author is who signs.
    let mut body = DocumentBody::decode(&bea.story(3, &mut desk.rng).2.ct).unwrap();
    body.author = ana.member;
    let forged = bea.plain(Kind::Document, DocumentId([3; 16]), body.encode());
    let orphan = bea.change(DocumentId([9; 16]), &key, &mut desk.rng);
    let (_, refused) = desk.push(&bea, &[&forged, &orphan]);
    let reasons: Vec<_> = refused.into_iter().map(|(_, refusal)| refusal).collect();
    assert_eq!(reasons, vec![Refusal::NotEntitled, Refusal::UnknownDocument]);
}

#[test]
fn one_refusal_does_not_stop_the_rest_of_a_push() {
    let mut desk = Desk::new(Bugs::default());
    let ana = desk.founder();
    let (_, _, first) = ana.story(1, &mut desk.rng);
    let (_, _, last) = ana.story(2, &mut desk.rng);
    let mut tampered = first.clone();
    tampered.sig = Signature([1; 64]);
    tampered.header.doc = Some(DocumentId([8; 16]));
    let bytes = vec![0xff, 0x00];
    let entries = vec![
        EntryBytes(first.encode()),
        EntryBytes(bytes.clone()),
        EntryBytes(tampered.encode()),
        EntryBytes(last.encode()),
    ];
    desk.say(ana.session, &ClientToRelay::Push(Push { entries }));
    let (stored, refused) = desk.answers_to_push(&ana);
    assert_eq!(stored.len(), 2);
    assert_eq!(
        refused,
        vec![
            (malformed_id(&bytes), Refusal::Malformed),
            (tampered.id(ana.network), Refusal::NotMember),
        ]
    );
}

#[test]
fn s3_s7_pages_follow_each_other_and_hold_what_the_reader_may_see() {
    let mut desk = Desk::new(Bugs::default());
    let mut ana = desk.founder();
    let mut bea = desk.newcomer(&mut ana, Role::Volunteer);
    desk.follow(&mut ana);
    let (_, _, of_ana) = ana.story(1, &mut desk.rng);
    let (_, _, of_bea) = bea.story(2, &mut desk.rng);
    desk.push(&ana, &[&of_ana]);
    desk.push(&bea, &[&of_bea]);
    desk.pass(LIVE_PAGE_INTERVAL_MS);
    let seen = desk.follow(&mut ana);
    assert_eq!(
        seen,
        vec![of_bea.clone()],
        "a coordinator sees all, her own push not again"
    );
    let seen = desk.follow(&mut bea);
    assert_eq!(
        seen,
        vec![],
        "a volunteer sees hers only, which she pushed herself"
    );

    // Another connection of the same device, from its checkpoint: nothing twice.
    let before = ana.checkpoint;
    desk.sign_in(&mut ana);
    assert_eq!(ana.checkpoint, before);
    // From an older checkpoint all comes again, own entries included.
    let mut older = ana.clone();
    older.checkpoint = None;
    desk.sign_in(&mut older);
    let start = Checkpoint {
        seq: Seq(0),
        chain: Chain([0; 16]),
        ..before.unwrap()
    };
    desk.say(older.session, &ClientToRelay::Pull(start));
    let seen = desk.follow(&mut older);
    assert!(
        !seen.contains(&of_ana),
        "up to the head of its first connection only membership (S8)"
    );
}

#[test]
fn s8_the_first_pages_are_membership_and_a_backfill_brings_the_rest() {
    let mut desk = Desk::new(Bugs::default());
    let mut ana = desk.founder();
    let (doc, key, document) = ana.story(1, &mut desk.rng);
    let change = ana.change(doc, &key, &mut desk.rng);
    let (_, _, second) = ana.story(2, &mut desk.rng);
    desk.push(&ana, &[&document, &second, &change]);
    let mut bea = desk.newcomer(&mut ana, Role::Coordinator);
    let position = None;
    desk.say(
        bea.session,
        &ClientToRelay::Backfill(BackfillRequest {
            groups: vec![],
            position,
        }),
    );
    desk.follow(&mut bea);
    let Some(RelayToClient::Backfill(page)) = desk.next(bea.session) else {
        panic!("a backfill page is the answer");
    };
    let entries: Vec<_> = page
        .entries
        .iter()
        .map(|(_, EntryBytes(bytes))| Entry::decode(bytes).unwrap())
        .collect();
    assert_eq!(entries, vec![second, document, change], "newest document first");
    assert_eq!((page.position, page.documents_left), (None, 0));
}

#[test]
fn a_device_that_waits_for_approval_follows_membership_only() {
    let mut desk = Desk::new(Bugs::default());
    let mut ana = desk.founder();
    let seed = InviteSeed::generate(&mut desk.rng);
    let until = Timestamp(desk.now.0 + 1_000_000);
    let invite = membership::invite(&ana.state, signer(&ana), &seed, Role::Volunteer, until).unwrap();
    desk.record_ok(&mut ana, &invite);
    let mut bea = desk.join(&mut ana, &seed);
    let (_, _, story) = bea.story(1, &mut desk.rng);
    let (_, refused) = desk.push(&bea, &[&story]);
    assert_eq!(refused[0].1, Refusal::NotMember);
    let (_, _, story) = ana.story(2, &mut desk.rng);
    desk.push(&ana, &[&story]);
    assert_eq!(desk.follow(&mut bea), vec![]);
}

#[test]
fn an_invitation_is_refused_as_used_revoked_expired_or_unknown() {
    let mut desk = Desk::new(Bugs::default());
    let mut ana = desk.founder();
    let lookup = |desk: &mut Desk, seed: &InviteSeed| {
        let (session, _) = desk.connect();
        desk.say(session, &ClientToRelay::Lookup(seed.sign_key().public()));
        desk.next(session).unwrap()
    };
    let invite = |desk: &mut Desk, ana: &mut Member, ms: u64| {
        let seed = InviteSeed::generate(&mut desk.rng);
        let until = Timestamp(desk.now.0 + ms);
        let made = membership::invite(&ana.state, signer(ana), &seed, Role::Volunteer, until).unwrap();
        desk.record_ok(ana, &made);
        seed
    };
    let used = invite(&mut desk, &mut ana, 1_000_000);
    desk.join(&mut ana, &used);
    let revoked = invite(&mut desk, &mut ana, 1_000_000);
    let revoke = membership::revoke(&ana.state, signer(&ana), revoked.sign_key().public()).unwrap();
    desk.record_ok(&mut ana, &revoke);
    let expired = invite(&mut desk, &mut ana, 1_000);
    desk.pass(2_000);
    let unknown = InviteSeed::generate(&mut desk.rng);
    for (seed, refusal) in [
        (&used, InvitationRefusal::Used),
        (&revoked, InvitationRefusal::Revoked),
        (&expired, InvitationRefusal::Expired),
        (&unknown, InvitationRefusal::Unknown),
    ] {
        assert_eq!(lookup(&mut desk, seed), RelayToClient::InvitationRefused(refusal));
    }
    // At most seven days.
    let seed = InviteSeed::generate(&mut desk.rng);
    let until = Timestamp(desk.now.0 + 8 * 24 * 3_600_000);
    let long = membership::invite(&ana.state, signer(&ana), &seed, Role::Volunteer, until).unwrap();
    let outcome = desk.record(&mut ana, &long);
    assert_eq!(outcome, RecordOutcome::Refused(RecordRefused::NotEntitled));
}

#[test]
fn l1_of_two_records_on_one_head_the_second_is_refused_and_the_first_repeats() {
    let mut desk = Desk::new(Bugs::default());
    let mut ana = desk.founder();
    let until = Timestamp(desk.now.0 + 1_000_000);
    let seeds = [
        InviteSeed::generate(&mut desk.rng),
        InviteSeed::generate(&mut desk.rng),
    ];
    let [first, second] = seeds
        .map(|seed| membership::invite(&ana.state, signer(&ana), &seed, Role::Volunteer, until).unwrap());
    let stored = desk.record(&mut ana, &first);
    assert!(matches!(&stored, RecordOutcome::Stored(receipt) if receipt.entries[0].1 == Seq(2)));
    let outcome = desk.record(&mut ana, &second);
    assert_eq!(outcome, RecordOutcome::Refused(RecordRefused::StalePrev));
    let again = desk.record(&mut ana, &first);
    assert!(matches!(&again, RecordOutcome::Stored(receipt) if receipt.entries[0].1 == Seq(2)));
}

#[test]
fn w2_a_stranger_with_a_bad_signature_or_an_old_nonce_is_refused() {
    let mut desk = Desk::new(Bugs::default());
    let mut ana = desk.founder();
    let (session, hello) = desk.connect();
    let replayed = auth(&hello, &ana);
    let (other, _) = desk.connect();
    desk.say(other, &replayed);
    assert_eq!(
        desk.next(other),
        Some(RelayToClient::Refused(SessionRefusal::UnknownDevice))
    );
    assert!(desk.closed.contains(&other));
    ana.network = NetworkId([5; 32]);
    desk.say(session, &auth(&hello, &ana));
    assert_eq!(
        desk.next(session),
        Some(RelayToClient::Refused(SessionRefusal::UnknownNetwork))
    );
}

#[test]
fn s2_a_checkpoint_of_another_log_is_told() {
    let mut desk = Desk::new(Bugs::default());
    let mut ana = desk.founder();
    let good = ana.checkpoint.unwrap();
    let (_, _, story) = ana.story(1, &mut desk.rng);
    desk.push(&ana, &[&story]);
    for bad in [
        Checkpoint {
            log_id: LogId([9; 16]),
            ..good
        },
        Checkpoint { seq: Seq(99), ..good },
        Checkpoint {
            chain: Chain([9; 16]),
            ..good
        },
    ] {
        ana.checkpoint = Some(bad);
        let (session, hello) = desk.connect();
        desk.say(session, &auth(&hello, &ana));
        assert_eq!(
            desk.next(session),
            Some(RelayToClient::Refused(SessionRefusal::UnknownCheckpoint)),
            "{bad:?}"
        );
    }
}

#[test]
fn w3_a_silent_stranger_and_an_oversized_one_are_sent_away() {
    let mut desk = Desk::new(Bugs::default());
    let (silent, _) = desk.connect();
    desk.pass(BEFORE_AUTH_MS_MAX);
    assert_eq!(
        desk.next(silent),
        Some(RelayToClient::Refused(SessionRefusal::TooSlow))
    );
    let (large, _) = desk.connect();
    desk.input(Input::Frame(large, vec![0; MESSAGE_BYTES_BEFORE_AUTH_MAX + 1]));
    assert_eq!(
        desk.next(large),
        Some(RelayToClient::Refused(SessionRefusal::TooLarge))
    );
    let (garbled, _) = desk.connect();
    desk.input(Input::Frame(garbled, vec![0xff]));
    assert_eq!(
        desk.next(garbled),
        Some(RelayToClient::Refused(SessionRefusal::Malformed))
    );
    assert_eq!(desk.closed, vec![silent, large, garbled]);
    assert_eq!(desk.relay.n_sessions(), 0);
}

#[test]
fn s13_a_clock_set_back_does_not_stop_live_pages() {
    let mut desk = Desk::new(Bugs::default());
    let mut ana = desk.founder();
    let bea = desk.newcomer(&mut ana, Role::Volunteer);
    desk.follow(&mut ana);
    desk.now = Timestamp(desk.now.0 - 86_400_000);
    let (_, _, story) = bea.story(1, &mut desk.rng);
    desk.push(&bea, &[&story]);
    assert_eq!(desk.follow(&mut ana), vec![story]);
}

#[test]
fn a_restarted_relay_serves_what_it_stored() {
    let mut desk = Desk::new(Bugs::default());
    let mut ana = desk.founder();
    let (_, _, story) = ana.story(1, &mut desk.rng);
    let (stored, _) = desk.push(&ana, &[&story]);
    desk.store.crash(0);
    let config = RelayConfig {
        sign: desk.relay.config.sign.clone(),
        founding: desk.store.founding(),
        bugs: Bugs::default(),
    };
    desk.relay = Relay::new(config);
    desk.sign_in(&mut ana);
    let (_, refused) = desk.push(&ana, &[&story]);
    assert_eq!(refused, vec![(stored[0].0, Refusal::Have(stored[0].1))]);
}
