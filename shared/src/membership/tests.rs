//! Each test plays people with devices against one state, as the relay and every device replay it.

mod golden;
mod leaving;
mod planted;

use super::*;
use crate::crypto::{InviteSeed, SignKey, WrapKey};
use crate::entry::{Entry, GroupId};
use crate::id::{DeviceId, Epoch, MemberId, Seq};
use crate::time::Timestamp;
use rand_chacha::ChaCha20Rng;
use rand_core::{Rng, SeedableRng};

const UNTIL: Timestamp = Timestamp(1_000);

/// A person with one device, and what she learnt.
struct Person {
    device: DeviceId,
    sign: SignKey,
    hpke: WrapKey,
    keys: EpochKeys,
}

/// A log of records, checked by a relay and replayed by everybody.
struct Network {
    rng: ChaCha20Rng,
    state: State,
    log: Vec<(Seq, Made)>,
    people: Vec<Person>,
}

impl Network {
    fn new(seed: u64) -> Self {
        let mut rng = ChaCha20Rng::seed_from_u64(seed);
        let relay = SignKey::generate(&mut rng).public();
        let (sign, hpke) = (SignKey::generate(&mut rng), WrapKey::generate(&mut rng));
        let founding = found("BurgersAanZet", "Ana", relay, &sign, hpke.public(), &mut rng).unwrap();
        let state = State::check_genesis(&founding.made.entry, &founding.made.detached, relay).unwrap();
        assert_eq!(state.network(), founding.network);
        Self {
            rng,
            state,
            log: vec![(Seq(1), founding.made)],
            people: vec![Person {
                device: DeviceId(0),
                sign,
                hpke,
                keys: founding.keys,
            }],
        }
    }

    fn signer(&self, person: usize) -> Signer<'_> {
        Signer {
            device: self.people[person].device,
            sign: &self.people[person].sign,
        }
    }

    /// The relay checks and appends; everybody replays and learns.
    fn append(&mut self, made: Made) -> Applied {
        self.state.check(&made.entry, &made.detached).unwrap();
        let seq = Seq(self.state.head_seq().0 + 3);
        let applied = self.state.apply(seq, &made.entry).unwrap();
        if !made.detached.is_empty() {
            let part = Detached::decode(&made.detached).unwrap();
            for person in &mut self.people {
                person
                    .keys
                    .learn(&self.state, &part, person.device, &person.hpke)
                    .unwrap();
            }
        }
        self.log.push((seq, made));
        applied
    }

    fn invites(&mut self, inviter: usize, role: Role) -> InviteSeed {
        let seed = InviteSeed::generate(&mut self.rng);
        let made = invite(&self.state, self.signer(inviter), &seed, role, UNTIL).unwrap();
        assert!(matches!(self.append(made), Applied::Effect(Effect::Invited(_))));
        seed
    }

    fn join_entry(&mut self, seed: &InviteSeed, name: &str) -> (Made, Person) {
        let invitation = self.state.invitation(seed.sign_key().public()).unwrap().clone();
        let invite = self
            .log
            .iter()
            .find(|(seq, _)| *seq == invitation.at)
            .unwrap()
            .1
            .entry
            .clone();
        let offer = verify_invitation(&self.log[0].1.entry, &invite, seed).unwrap();
        let (sign, hpke) = (SignKey::generate(&mut self.rng), WrapKey::generate(&mut self.rng));
        let (head, device) = (self.state.head(), self.state.next_device());
        let (made, own) = join(
            &offer,
            seed,
            head,
            device,
            name,
            &sign,
            hpke.public(),
            &mut self.rng,
        )
        .unwrap();
        let member = MemberId(self.state.members().count().try_into().unwrap());
        let mut keys = EpochKeys::default();
        keys.insert(GroupId::Member(member), Epoch(0), own);
        (
            made,
            Person {
                device,
                sign,
                hpke,
                keys,
            },
        )
    }

    fn joins(&mut self, seed: &InviteSeed, name: &str) -> usize {
        let (made, person) = self.join_entry(seed, name);
        self.append(made);
        self.people.push(person);
        self.people.len() - 1
    }

    fn approves(&mut self, approver: usize, person: usize) {
        let keys = self.people[approver].keys.clone();
        let device = self.people[person].device;
        let mut rng = self.rng.clone();
        let made = approve(&self.state, self.signer(approver), device, &keys, &mut rng).unwrap();
        self.rng = rng;
        self.append(made);
    }

    fn member(&mut self, inviter: usize, role: Role, name: &str) -> usize {
        let seed = self.invites(inviter, role);
        let person = self.joins(&seed, name);
        self.approves(inviter, person);
        person
    }

    fn id(&self, person: usize) -> MemberId {
        self.state.device(self.people[person].device).unwrap().member
    }

    fn holds(&self, person: usize, group: GroupId) -> bool {
        let newest = self.state.next_epoch(group).0 - 1;
        self.people[person].keys.get(group, Epoch(newest)).is_some()
    }
}

#[test]
fn l3_approval_gives_each_role_the_keys_of_its_groups_and_no_more() {
    let mut network = Network::new(1);
    let volunteer = network.member(0, Role::Volunteer, "Bea");
    let coordinator = network.member(0, Role::Coordinator, "Carl");
    let observer = network.member(0, Role::Observer, "Dirk");
    let held = |person| {
        (
            network.holds(person, GroupId::Team),
            network.holds(person, GroupId::Coord),
        )
    };
    assert_eq!(held(volunteer), (true, false));
    assert_eq!(held(coordinator), (true, true));
    assert_eq!(held(observer), (false, false));
}

#[test]
fn a_waiting_device_holds_no_key_and_has_no_authority() {
    let mut network = Network::new(2);
    let seed = network.invites(0, Role::Coordinator);
    let waiting = network.joins(&seed, "Bea");
    let device = network.people[waiting].device;
    assert_eq!(network.state.device(device).unwrap().state, DeviceState::Pending);
    assert_eq!(network.state.authority_now(device), None);
    assert!(network.state.groups(network.id(waiting)).is_empty());
    assert!(!network.holds(waiting, GroupId::Team));
}

#[test]
fn names_open_for_the_team_and_for_nobody_else() {
    let mut network = Network::new(3);
    let volunteer = network.member(0, Role::Volunteer, "Béa Zoë");
    let observer = network.member(0, Role::Observer, "Dirk");
    let names: Vec<_> = [0, volunteer]
        .map(|person| {
            let member = network.state.member(network.id(person)).unwrap();
            let (_, made) = network
                .log
                .iter()
                .find(|(_, made)| !made.detached.is_empty() && detached_hash(&made.detached) == member.name)
                .unwrap();
            let part = Detached::decode(&made.detached).unwrap();
            assert_eq!(network.people[observer].keys.name(member, &part), None);
            network.people[volunteer].keys.name(member, &part).unwrap()
        })
        .into();
    assert_eq!(names, ["Ana", "Béa Zoë"]);
}

#[test]
fn l1_authority_is_judged_at_the_position_of_what_was_written() {
    let mut network = Network::new(4);
    let person = network.member(0, Role::Volunteer, "Bea");
    let approved = network.state.head_seq();
    let device = network.people[person].device;
    let mut rng = ChaCha20Rng::seed_from_u64(9);
    let keys = network.people[0].keys.clone();
    let member = network.id(person);
    let made = set_role(
        &network.state,
        network.signer(0),
        member,
        Role::Coordinator,
        &keys,
        &mut rng,
    )
    .unwrap();
    network.append(made);
    let promoted = network.state.head_seq();
    let keys = network.people[0].keys.clone();
    let made = remove_member(&network.state, network.signer(0), member, &keys, &mut rng).unwrap();
    network.append(made);
    let removed = network.state.head_seq();
    let role = |at| {
        network
            .state
            .authority(device, at)
            .map(|authority| authority.role)
    };
    assert_eq!(role(approved), None);
    assert_eq!(role(Seq(approved.0 + 1)), Some(Role::Volunteer));
    assert_eq!(role(promoted), Some(Role::Volunteer));
    assert_eq!(role(Seq(promoted.0 + 1)), Some(Role::Coordinator));
    assert_eq!(role(Seq(removed.0 + 1)), None);
    assert_eq!(network.state.authority_now(device), None);
}

#[test]
fn l4_a_removal_begins_new_epochs_for_exactly_the_remaining_devices() {
    let mut network = Network::new(5);
    let leaver = network.member(0, Role::Coordinator, "Bea");
    let stays = network.member(0, Role::Coordinator, "Carl");
    let volunteer = network.member(stays, Role::Volunteer, "Dora");
    let mut rng = ChaCha20Rng::seed_from_u64(9);
    let keys = network.people[0].keys.clone();
    let made = remove_member(
        &network.state,
        network.signer(0),
        network.id(leaver),
        &keys,
        &mut rng,
    )
    .unwrap();
    network.append(made);
    assert_eq!(network.state.epoch_public(GroupId::Team).unwrap().0, Epoch(1));
    assert_eq!(network.state.epoch_public(GroupId::Coord).unwrap().0, Epoch(1));
    assert!(!network.holds(leaver, GroupId::Team) && !network.holds(leaver, GroupId::Coord));
    assert!(network.holds(stays, GroupId::Coord) && network.holds(volunteer, GroupId::Team));
    assert!(!network.holds(volunteer, GroupId::Coord));
}

#[test]
fn l4_who_joins_after_a_rotation_walks_back_to_the_first_epoch_with_one_wrap() {
    let mut network = Network::new(6);
    let mut rng = ChaCha20Rng::seed_from_u64(9);
    for _ in 0..3 {
        let keys = network.people[0].keys.clone();
        let groups = [GroupId::Team, GroupId::Coord];
        let made = begin_epoch(&network.state, network.signer(0), &groups, &keys, &mut rng).unwrap();
        network.append(made);
    }
    let late = network.member(0, Role::Coordinator, "Bea");
    for epoch in 0..=3 {
        assert!(
            network.people[late]
                .keys
                .get(GroupId::Coord, Epoch(epoch))
                .is_some()
        );
        assert!(
            network.people[late]
                .keys
                .get(GroupId::Team, Epoch(epoch))
                .is_some()
        );
    }
}

#[test]
fn l5_the_relay_refuses_a_removal_that_omits_an_epoch_or_wraps_to_the_removed_device() {
    let mut network = Network::new(7);
    let leaver = network.member(0, Role::Coordinator, "Bea");
    let mut rng = ChaCha20Rng::seed_from_u64(9);
    let keys = network.people[0].keys.clone();
    let made = remove_member(
        &network.state,
        network.signer(0),
        network.id(leaver),
        &keys,
        &mut rng,
    )
    .unwrap();
    let record = Record::of(&made.entry).unwrap();
    let resign = |record: &Record| {
        let header = made.entry.header.clone();
        Entry::sign(
            header,
            crate::cbor::encode(record),
            network.state.network(),
            &network.people[0].sign,
        )
    };

    let mut omits = record.clone();
    let Body::MemberRemove(body) = &mut omits.body else {
        panic!("a removal")
    };
    body.epochs.pop();
    assert_eq!(
        network.state.check(&resign(&omits), &made.detached),
        Err(RecordRefusal::WrongKeys)
    );

    let mut part = Detached::decode(&made.detached).unwrap();
    let mut stolen = part.wraps[0].clone();
    stolen.device = network.people[leaver].device;
    part.wraps.push(stolen);
    part.wraps.sort_by_key(|wrap| (wrap.device, wrap.group));
    let mut leaks = record;
    let detached = part.encode();
    leaks.detached = Some(detached_hash(&detached));
    assert_eq!(
        network.state.check(&resign(&leaks), &detached),
        Err(RecordRefusal::WrongKeys)
    );
}

#[test]
fn an_invitation_is_used_once_and_can_be_taken_back_before_and_after_the_join() {
    let mut network = Network::new(8);
    let seed = network.invites(0, Role::Volunteer);
    let (second, _) = network.join_entry(&seed, "Eva");
    let waiting = network.joins(&seed, "Bea");
    // The second join names an outdated record: with a fresh one it is still refused.
    assert_eq!(
        network.state.check(&second.entry, &second.detached),
        Err(RecordRefusal::StalePrev)
    );
    let (again, _) = network.join_entry(&seed, "Eva");
    assert_eq!(
        network.state.check(&again.entry, &again.detached),
        Err(RecordRefusal::InvitationUsed)
    );

    let made = revoke(&network.state, network.signer(0), seed.sign_key().public()).unwrap();
    network.append(made);
    let device = network.people[waiting].device;
    assert_eq!(network.state.device(device).unwrap().state, DeviceState::Revoked);
    let keys = network.people[0].keys.clone();
    let mut rng = ChaCha20Rng::seed_from_u64(9);
    let late = approve(&network.state, network.signer(0), device, &keys, &mut rng);
    assert_eq!(late, Err(RecordRefusal::Unknown));

    let open = network.invites(0, Role::Volunteer);
    let made = revoke(&network.state, network.signer(0), open.sign_key().public()).unwrap();
    network.append(made);
    let (join, _) = network.join_entry(&open, "Eva");
    assert_eq!(
        network.state.check(&join.entry, &join.detached),
        Err(RecordRefusal::InvitationRevoked)
    );
}

#[test]
fn a_joiner_refuses_another_network_another_role_and_another_seed() {
    let mut network = Network::new(9);
    let seed = network.invites(0, Role::Volunteer);
    let invite = network.log.last().unwrap().1.entry.clone();
    let genesis = network.log[0].1.entry.clone();
    assert!(verify_invitation(&genesis, &invite, &seed).is_ok());
    let other = Network::new(10);
    assert_eq!(
        verify_invitation(&other.log[0].1.entry, &invite, &seed),
        Err(Forged)
    );
    assert_eq!(
        verify_invitation(&genesis, &invite, &InviteSeed([7; 10])),
        Err(Forged)
    );
    let mut record = Record::of(&invite).unwrap();
    let Body::Invite(body) = &mut record.body else {
        panic!("an invitation")
    };
    body.role = Role::Admin;
    let forged = Entry::sign(
        invite.header,
        crate::cbor::encode(&record),
        network.state.network(),
        &network.people[0].sign,
    );
    assert_eq!(verify_invitation(&genesis, &forged, &seed), Err(Forged));
}

#[test]
fn coordinators_invite_volunteers_and_volunteers_invite_nobody() {
    let mut network = Network::new(11);
    let coordinator = network.member(0, Role::Coordinator, "Bea");
    let volunteer = network.member(coordinator, Role::Volunteer, "Carl");
    let seed = InviteSeed([1; 10]);
    let try_invite =
        |person, role| invite(&network.state, network.signer(person), &seed, role, UNTIL).map(drop);
    assert_eq!(
        try_invite(coordinator, Role::Coordinator),
        Err(RecordRefusal::NotEntitled)
    );
    assert_eq!(
        try_invite(volunteer, Role::Volunteer),
        Err(RecordRefusal::NotEntitled)
    );
    assert_eq!(try_invite(coordinator, Role::Volunteer), Ok(()));
}

#[test]
fn l5_an_administrator_always_remains() {
    let network = Network::new(12);
    let mut rng = ChaCha20Rng::seed_from_u64(9);
    let keys = network.people[0].keys.clone();
    let (state, signer) = (&network.state, network.signer(0));
    let refused = Err(RecordRefusal::LastAdmin);
    assert_eq!(
        remove_member(state, signer, MemberId(0), &keys, &mut rng),
        refused
    );
    assert_eq!(
        remove_device(state, signer, DeviceId(0), RemoveReason::Left, &keys, &mut rng),
        refused
    );
    assert_eq!(
        set_role(state, signer, MemberId(0), Role::Volunteer, &keys, &mut rng),
        refused
    );
}

#[test]
fn l2_a_good_signature_without_authority_has_no_effect_and_the_chain_goes_on() {
    let mut network = Network::new(13);
    let volunteer = network.member(0, Role::Volunteer, "Bea");
    // A relay that lets anything pass: the volunteer names herself administrator.
    let record = Record {
        prev: Some(network.state.head()),
        body: Body::MemberRole(record::MemberRole {
            member: network.id(volunteer),
            role: Role::Admin,
            epochs: vec![],
        }),
        detached: None,
    };
    let header = crate::entry::Header::plain(
        crate::entry::Kind::Membership,
        None,
        crate::id::Generation(0),
        network.people[volunteer].device,
    );
    let entry = Entry::sign(
        header,
        crate::cbor::encode(&record),
        network.state.network(),
        &network.people[volunteer].sign,
    );
    assert_eq!(network.state.check(&entry, &[]), Err(RecordRefusal::NotEntitled));
    let seq = Seq(network.state.head_seq().0 + 1);
    let before = network.state.groups(network.id(volunteer));
    assert_eq!(
        network.state.apply(seq, &entry),
        Ok(Applied::NoEffect(RecordRefusal::NotEntitled))
    );
    assert_eq!(network.state.groups(network.id(volunteer)), before);
    network.member(0, Role::Volunteer, "Carl");
}

#[test]
fn l2_a_bad_signature_a_bad_prev_or_an_unknown_body_stops_the_replay() {
    let mut network = Network::new(14);
    let seed = InviteSeed::generate(&mut network.rng);
    let made = invite(&network.state, network.signer(0), &seed, Role::Volunteer, UNTIL).unwrap();
    let seq = Seq(9);

    let mut forged = made.entry.clone();
    forged.sig.0[3] ^= 1;
    assert_eq!(network.state.apply(seq, &forged), Err(ReplayError::BadSignature));

    let mut stranger = made.entry.clone();
    stranger.header.by = DeviceId(77);
    assert_eq!(
        network.state.apply(seq, &stranger),
        Err(ReplayError::BadSignature)
    );

    let unknown = [
        &[0xa2, 0x00, 0x58, 0x20][..],
        &network.state.head().0,
        &[0x01, 0x81, 0x18, 0x20],
    ]
    .concat();
    let header = made.entry.header.clone();
    let entry = Entry::sign(header, unknown, network.state.network(), &network.people[0].sign);
    assert!(matches!(
        network.state.apply(seq, &entry),
        Err(ReplayError::Malformed(_))
    ));

    network.invites(0, Role::Volunteer);
    assert_eq!(network.state.apply(seq, &made.entry), Err(ReplayError::BadPrev));
}

#[test]
fn l5_a_state_that_was_kept_replays_on_as_if_it_had_never_stopped() {
    let mut network = Network::new(15);
    network.member(0, Role::Coordinator, "Bea");
    let mut kept = State::decode(&network.state.encode()).unwrap();
    assert_eq!(kept, network.state);
    let n_records = network.log.len();
    network.member(0, Role::Volunteer, "Carl");
    for (seq, made) in &network.log[n_records..] {
        kept.apply(*seq, &made.entry).unwrap();
    }
    assert_eq!(kept, network.state);
}

#[test]
fn relay_and_devices_agree_on_every_random_history() {
    for seed in 0..40 {
        let mut network = Network::new(seed);
        for _ in 0..12 {
            random_step(&mut network);
        }
        let mut replayed = State::found(Seq(1), &network.log[0].1.entry).unwrap();
        for (seq, made) in &network.log[1..] {
            assert!(
                matches!(replayed.apply(*seq, &made.entry), Ok(Applied::Effect(_))),
                "seed {seed}"
            );
        }
        assert_eq!(replayed, network.state, "seed {seed}");
        for (person, _) in network.people.iter().enumerate() {
            for group in network.state.groups(network.id(person)) {
                let current = network.state.epoch_public(group);
                assert!(
                    current.is_none() || network.holds(person, group),
                    "seed {seed}: {group:?}"
                );
            }
        }
    }
}

/// One thing that people may try; what is not allowed is refused before it is sent.
fn random_step(network: &mut Network) {
    let mut rng = ChaCha20Rng::seed_from_u64(network.rng.next_u64());
    let pick = |n: usize, rng: &mut ChaCha20Rng| usize::try_from(rng.next_u64() % n as u64).unwrap();
    let (actor, other) = (
        pick(network.people.len(), &mut rng),
        pick(network.people.len(), &mut rng),
    );
    let role = [Role::Volunteer, Role::Coordinator, Role::Admin, Role::Observer][pick(4, &mut rng)];
    let keys = network.people[actor].keys.clone();
    let member = network.id(other);
    let device = network.people[other].device;
    let (state, signer) = (&network.state, network.signer(actor));
    let made = match pick(5, &mut rng) {
        0 | 1 => {
            let seed = InviteSeed::generate(&mut rng);
            let Ok(made) = invite(state, signer, &seed, role, UNTIL) else {
                return;
            };
            network.append(made);
            let person = network.joins(&seed, "Iemand");
            let keys = network.people[actor].keys.clone();
            let waiting = network.people[person].device;
            approve(&network.state, network.signer(actor), waiting, &keys, &mut rng)
        }
        2 => set_role(state, signer, member, role, &keys, &mut rng),
        3 => remove_device(state, signer, device, RemoveReason::Lost, &keys, &mut rng),
        _ => remove_member(state, signer, member, &keys, &mut rng),
    };
    if let Ok(made) = made {
        network.append(made);
    }
}

#[test]
fn mutated_records_and_detached_parts_never_panic() {
    let mut network = Network::new(16);
    network.member(0, Role::Coordinator, "Bea");
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    let mut n_changed = 0;
    for (_, made) in network.log.clone() {
        for _ in 0..1_500 {
            let mut bytes = made.entry.ct.clone();
            let at = usize::try_from(rng.next_u64() % bytes.len() as u64).unwrap();
            bytes[at] = rng.next_u64().to_le_bytes()[0];
            if let Ok(record) = crate::cbor::decode::<Record>(&bytes) {
                assert_eq!(crate::cbor::encode(&record), bytes);
                let entry = Entry::sign(
                    made.entry.header.clone(),
                    bytes,
                    network.state.network(),
                    &network.people[0].sign,
                );
                n_changed += usize::from(network.state.check(&entry, &made.detached).is_err());
            }
            let mut part = made.detached.clone();
            if !part.is_empty() {
                let at = usize::try_from(rng.next_u64() % part.len() as u64).unwrap();
                part[at] ^= 1 << (rng.next_u64() % 8);
                if let Ok(decoded) = Detached::decode(&part) {
                    assert_eq!(decoded.encode(), part);
                }
            }
        }
    }
    assert!(n_changed > 100, "only {n_changed} mutations were records at all");
}
