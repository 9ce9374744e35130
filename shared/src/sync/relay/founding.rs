//! Founding: a network begins with its genesis, and the founding code ends with it.

use crate::crypto::{FoundingCode, FoundingHash};
use crate::entry::{Entry, Kind};
use crate::id::{Chain, EntryId, LogId, NetworkId, Seq};
use crate::membership::{DetachedHash, State, detached_hash};
use crate::protocol::{Found, FoundRefusal, Join, RecordAnswer, RecordOutcome, RelayToClient};
use crate::storage::{NewEntry, NewNetwork, RelayFailure, RelayOperation, RelayQuery};
use crate::sync::relay::judge::next_chain;
use crate::sync::relay::network::Waiter;
use crate::sync::relay::request::Asked;
use crate::sync::relay::session::Stage;
use crate::sync::relay::{Event, LoadFor, RETRY_MS, Relay, SessionId, StoreFor};
use rand_core::CryptoRng;

/// A founding that is being stored. There is never more than one.
#[derive(Debug)]
pub(super) struct FoundingInFlight {
    /// The founder's connection, while it is there.
    session: Option<SessionId>,
    state: State,
    log_id: LogId,
    entry: EntryId,
    chain: Chain,
}

/// Longest part of an address that a network gets, in characters.
const SLUG_CHARS_MAX: usize = 40;

impl Relay {
    pub(super) fn begin_founding(&mut self, session: SessionId, found: &Found) {
        let state = Entry::decode(&found.genesis.0)
            .ok()
            .and_then(|entry| State::found(Seq(1), &entry).ok());
        match state {
            // First of all: is it there already? The answer to an earlier try may be lost.
            Some(state) => {
                let network = state.network();
                self.load(LoadFor::Founding(session), RelayQuery::Network { network });
            }
            None => self.refuse_founding(session, FoundRefusal::BadGenesis),
        }
    }

    pub(super) fn founding_known(&mut self, session: SessionId, exists: bool, rng: &mut impl CryptoRng) {
        let Some(Stage::Asking(Asked::Found(found))) = self.sessions.get(&session).map(|open| &open.stage)
        else {
            return;
        };
        let found = found.clone();
        let Ok(entry) = Entry::decode(&found.genesis.0) else {
            self.refuse_founding(session, FoundRefusal::BadGenesis);
            return;
        };
        if exists {
            self.founded_before(session, &entry, found);
            return;
        }
        let Some(hash) = self.config.founding else {
            self.refuse_founding(session, FoundRefusal::AlreadyFounded);
            return;
        };
        let is_right = FoundingCode::parse(&found.code).is_some_and(|code| code.hash() == hash);
        if !is_right {
            self.wrong_code(session, &RelayToClient::FoundRefused(FoundRefusal::WrongCode));
            return;
        }
        let Ok(state) = State::check_genesis(&entry, &found.detached, self.key) else {
            self.refuse_founding(session, FoundRefusal::BadGenesis);
            return;
        };
        if self.founding.is_some() {
            self.refuse_founding(session, FoundRefusal::Retry(RETRY_MS));
            return;
        }
        self.store_founding(session, state, &entry, found, hash, rng);
    }

    fn store_founding(
        &mut self,
        session: SessionId,
        state: State,
        entry: &Entry,
        found: Found,
        hash: FoundingHash,
        rng: &mut impl CryptoRng,
    ) {
        let network = state.network();
        let id = entry.id(network);
        let chain = next_chain(Chain([0; Chain::LEN]), Seq(1), id);
        let mut log_id = LogId([0; LogId::LEN]);
        rng.fill_bytes(&mut log_id.0);
        let part: DetachedHash = detached_hash(&found.detached);
        let operations = vec![
            RelayOperation::BurnFounding(hash),
            RelayOperation::CreateNetwork(NewNetwork {
                network,
                log_id,
                name: state.name().to_owned(),
                slug: slug(state.name(), network),
            }),
            RelayOperation::ExpectHead {
                network,
                head: Seq(0),
            },
            RelayOperation::Append {
                network,
                entry: NewEntry {
                    seq: Seq(1),
                    id,
                    chain,
                    kind: Kind::Membership,
                    doc: None,
                    by: entry.header.by,
                    bytes: found.genesis.0,
                },
            },
            RelayOperation::PutDetached {
                network,
                hash: part,
                bytes: found.detached,
            },
        ];
        self.founding = Some(FoundingInFlight {
            session: Some(session),
            state,
            log_id,
            entry: id,
            chain,
        });
        self.store(StoreFor::Founding, operations);
    }

    pub(super) fn founding_stored(&mut self, outcome: Result<(), RelayFailure>) {
        let Some(founding) = self.founding.take() else {
            return;
        };
        let network = founding.state.network();
        match outcome {
            Ok(()) => {
                self.config.founding = None;
                self.begin_network(founding.state, founding.log_id, Seq(1), founding.chain);
                self.event(Event::Founded(network));
                if let Some(session) = founding.session {
                    let receipt = self.receipt(network, vec![(founding.entry, Seq(1))], founding.chain);
                    if let Some(receipt) = receipt {
                        let outcome = RecordOutcome::Stored(receipt);
                        let answer = RelayToClient::Record(RecordAnswer {
                            entry: founding.entry,
                            outcome,
                        });
                        self.answered_stranger(session, &answer);
                    }
                }
                self.unload_if_idle(network);
            }
            Err(failure) => {
                self.event(Event::StoreFailed { network, failure });
                let refusal = match failure {
                    RelayFailure::Outdated => FoundRefusal::AlreadyFounded,
                    RelayFailure::Full | RelayFailure::Failed => FoundRefusal::Retry(RETRY_MS),
                };
                if let Some(session) = founding.session {
                    self.refuse_founding(session, refusal);
                }
            }
        }
    }

    /// The founder lost the answer and asks again: she gets it as for any record that is there already.
    fn founded_before(&mut self, session: SessionId, entry: &Entry, found: Found) {
        let Ok(state) = State::found(Seq(1), entry) else {
            return;
        };
        let network = state.network();
        if let Some(open) = self.sessions.get_mut(&session) {
            open.stage = Stage::Asking(Asked::Join(Join {
                network,
                entry: found.genesis,
                detached: found.detached,
            }));
            self.with_network(network, Waiter::Asking(session));
        }
    }

    fn refuse_founding(&mut self, session: SessionId, refusal: FoundRefusal) {
        self.answered_stranger(session, &RelayToClient::FoundRefused(refusal));
    }

    pub(super) fn founder_left(&mut self, session: SessionId) {
        if let Some(founding) = &mut self.founding
            && founding.session == Some(session)
        {
            founding.session = None;
        }
    }
}

/// Returns a network's part in addresses: its name in plain letters, and a few digits of its id, so that two
/// networks of one name have two addresses.
fn slug(name: &str, network: NetworkId) -> String {
    let mut slug = String::new();
    for letter in crate::fold::fold(name).chars().take(SLUG_CHARS_MAX) {
        if letter.is_ascii_alphanumeric() {
            slug.push(letter);
        } else if !slug.ends_with('-') {
            slug.push('-');
        }
    }
    let id: String = network.to_string().chars().take(6).collect();
    format!("{}-{id}", slug.trim_matches('-'))
        .trim_matches('-')
        .to_owned()
}
