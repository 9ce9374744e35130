//! A relay at a desk: its store, its clock, and the members who speak to it.

use crate::crypto::{DocumentKey, FoundingCode, InviteSeed, WrapKey};
use crate::entry::{
    Address, Collection, Content, ContentKind, DocumentBody, Entry, GroupId, Header, Kind, Told,
    wrap_document_key,
};
use crate::id::{DocumentId, EntryId, Generation, MemberId};
use crate::membership::{self, EpochKeys, Made, Role, Signer, State};
use crate::protocol::*;
use crate::sync::relay::*;
use crate::testing::relay_store::RelayStore;
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;

/// What was receipted and what was refused, in the order of the push.
pub(super) type PushAnswer = (Vec<(EntryId, Seq)>, Vec<(EntryId, Refusal)>);

pub(super) const ORIGIN: &str = "https://verhalen.example";

/// A relay with its store and a clock; what it sends is kept by session.
pub(super) struct Desk {
    pub(super) relay: Relay,
    pub(super) store: RelayStore,
    pub(super) now: Timestamp,
    pub(super) rng: ChaCha8Rng,
    pub(super) sent: BTreeMap<SessionId, VecDeque<RelayToClient>>,
    pub(super) closed: Vec<SessionId>,
    pub(super) events: Vec<Event>,
    /// Transactions that the disk has not confirmed, while it is slow.
    pub(super) held: Option<Vec<(StoreId, Vec<RelayOperation>)>>,
    pub(super) n_sessions: u64,
    pub(super) code: String,
}

/// A device that speaks to the desk.
#[derive(Clone)]
pub(super) struct Member {
    pub(super) network: NetworkId,
    pub(super) device: DeviceId,
    pub(super) member: MemberId,
    pub(super) sign: SignKey,
    pub(super) hpke: WrapKey,
    pub(super) keys: EpochKeys,
    pub(super) state: State,
    pub(super) session: SessionId,
    pub(super) checkpoint: Option<Checkpoint>,
}

impl Desk {
    pub(super) fn new(bugs: Bugs) -> Self {
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

    pub(super) fn input(&mut self, input: Input) {
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

    /// Lets the disk confirm what was held, and hold what comes of it.
    pub(super) fn release_some(&mut self) {
        for (id, operations) in self.held.replace(Vec::new()).unwrap() {
            let input = stored(&mut self.store, id, &operations);
            self.input(input);
        }
    }

    /// Lets the disk confirm what was held.
    pub(super) fn release(&mut self) {
        for (id, operations) in self.held.take().unwrap() {
            let input = stored(&mut self.store, id, &operations);
            self.input(input);
        }
    }

    pub(super) fn pass(&mut self, ms: u64) {
        let until = Timestamp(self.now.0 + ms);
        while let Some(due) = self.relay.poll_timeout().filter(|&due| due <= until) {
            self.now = self.now.max(due);
            self.input(Input::Timeout);
        }
        self.now = until;
    }

    pub(super) fn connect(&mut self) -> (SessionId, Hello) {
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

    pub(super) fn say(&mut self, session: SessionId, message: &ClientToRelay) {
        self.input(Input::Frame(session, message.encode()));
    }

    pub(super) fn next(&mut self, session: SessionId) -> Option<RelayToClient> {
        self.sent.get_mut(&session)?.pop_front()
    }

    pub(super) fn all(&mut self, session: SessionId) -> Vec<RelayToClient> {
        self.sent.remove(&session).map(Vec::from).unwrap_or_default()
    }

    pub(super) fn found(&mut self, code: &str) -> (RelayToClient, membership::Founding, SignKey, WrapKey) {
        let (session, hello) = self.connect();
        let (sign, hpke) = (SignKey::generate(&mut self.rng), WrapKey::generate(&mut self.rng));
        let founding =
            membership::found("Net", "Ana", hello.relay_key, &sign, hpke.public(), &mut self.rng).unwrap();
        self.say(session, &found_message(&founding, code));
        self.pass(60_000);
        (self.next(session).unwrap(), founding, sign, hpke)
    }

    /// Founds the network and follows it as its first device.
    pub(super) fn founder(&mut self) -> Member {
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

    pub(super) fn sign_in(&mut self, member: &mut Member) {
        let (session, hello) = self.connect();
        member.session = session;
        self.say(session, &auth(&hello, member));
        assert!(matches!(self.next(session), Some(RelayToClient::Welcome(_))));
        self.follow(member);
    }

    /// Takes all pages that came.
    pub(super) fn follow(&mut self, member: &mut Member) -> Vec<Entry> {
        self.pass(LIVE_PAGE_INTERVAL_MS);
        let mut entries = Vec::new();
        let mut others = VecDeque::new();
        for message in self.all(member.session) {
            let RelayToClient::Page(page) = message else {
                others.push_back(message);
                continue;
            };
            for (seq, EntryBytes(bytes)) in page.entries {
                let (Told::Entry(entry) | Told::Superseding(entry)) = Told::decode(&bytes).unwrap() else {
                    continue;
                };
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
    pub(super) fn newcomer(&mut self, by: &mut Member, role: Role) -> Member {
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

    pub(super) fn join(&mut self, by: &mut Member, seed: &InviteSeed) -> Member {
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

    pub(super) fn record(&mut self, by: &mut Member, made: &Made) -> RecordOutcome {
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

    pub(super) fn record_ok(&mut self, by: &mut Member, made: &Made) {
        let outcome = self.record(by, made);
        assert!(matches!(outcome, RecordOutcome::Stored(_)), "{outcome:?}");
        self.follow(by);
    }

    /// Pushes entries; returns ids with seqs, and refusals.
    pub(super) fn push(&mut self, by: &Member, entries: &[&Entry]) -> PushAnswer {
        self.say(by.session, &push(entries));
        self.answers_to_push(by)
    }

    pub(super) fn answers_to_push(&mut self, by: &Member) -> PushAnswer {
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
    pub(super) fn story(&self, number: u8, rng: &mut ChaCha8Rng) -> (DocumentId, DocumentKey, Entry) {
        self.document(Collection::Story, number, rng)
    }

    pub(super) fn document(
        &self,
        coll: Collection,
        number: u8,
        rng: &mut ChaCha8Rng,
    ) -> (DocumentId, DocumentKey, Entry) {
        let doc = DocumentId([number; 16]);
        let key = DocumentKey::generate(rng);
        let readers = coll.readers(self.member);
        let epochs = self.state.reader_epochs(&readers);
        let wraps = wrap_document_key(self.network, doc, Generation(0), &key, &epochs, rng).unwrap();
        let body = DocumentBody {
            coll,
            author: self.member,
            readers,
            purge_month: None,
            teller_key: None,
            kid: key.kid(self.network, doc, Generation(0)),
            wraps,
        };
        (doc, key, self.plain(Kind::Document, doc, body.encode()))
    }

    pub(super) fn plain(&self, kind: Kind, doc: DocumentId, ct: Vec<u8>) -> Entry {
        let header = Header::plain(kind, Some(doc), Generation(0), self.device);
        Entry::sign(header, ct, self.network, &self.sign)
    }

    pub(super) fn change(&self, doc: DocumentId, key: &DocumentKey, rng: &mut ChaCha8Rng) -> Entry {
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

pub(super) fn stored(store: &mut RelayStore, id: StoreId, operations: &[RelayOperation]) -> Input {
    match store.commit(operations) {
        Ok(()) => {
            store.sync();
            Input::Stored(id)
        }
        Err(failure) => Input::StoreFailed(id, failure),
    }
}

pub(super) fn signer(member: &Member) -> Signer<'_> {
    Signer {
        device: member.device,
        sign: &member.sign,
    }
}

pub(super) fn found_message(founding: &membership::Founding, code: &str) -> ClientToRelay {
    ClientToRelay::Found(Found {
        genesis: EntryBytes(founding.made.entry.encode()),
        detached: founding.made.detached.clone(),
        code: code.to_owned(),
    })
}

pub(super) fn auth(hello: &Hello, member: &Member) -> ClientToRelay {
    let message = auth_message(hello, ORIGIN, member.device, PROTOCOL, member.checkpoint.as_ref());
    ClientToRelay::Auth(Auth {
        network: member.network,
        device: member.device,
        protocol: PROTOCOL,
        checkpoint: member.checkpoint,
        signature: member.sign.sign(Tag::AUTH, member.network, &message),
    })
}

pub(super) fn push(entries: &[&Entry]) -> ClientToRelay {
    ClientToRelay::Push(Push {
        entries: entries.iter().map(|entry| EntryBytes(entry.encode())).collect(),
    })
}
