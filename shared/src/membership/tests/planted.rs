//! Histories with planted wrong records. A relay that lets anything pass must not lead devices apart, nor give
//! anybody what she may not have; an honest one refuses exactly what has no effect.

use super::*;
use crate::membership::record::{Approve, MemberRole};

#[test]
fn l2_l5_relay_and_devices_agree_on_planted_wrong_records() {
    let (mut n_refused, mut n_good) = (0, 0);
    for seed in 100..140 {
        let mut network = Network::new(seed);
        for _ in 0..10 {
            random_step(&mut network);
            let Some((entry, detached)) = planted(&mut network) else {
                continue;
            };
            let checked = network.state.check(&entry, &detached);
            let before = network.state.clone();
            let seq = Seq(network.state.head_seq().0 + 1);
            let mut device = network.state.clone();
            let applied = device.apply(seq, &entry);
            match (checked, &applied) {
                (Ok(()), Ok(Applied::Effect(_))) => n_good += 1,
                // The relay alone looks into detached parts.
                (Err(RecordRefusal::WrongKeys | RecordRefusal::Malformed), Ok(Applied::Effect(_))) => {
                    n_refused += 1;
                }
                (Err(refusal), Ok(Applied::NoEffect(found))) => {
                    n_refused += 1;
                    assert!(
                        refusal == *found || refusal == RecordRefusal::Malformed,
                        "seed {seed}: {refusal} at the relay, {found} at a device"
                    );
                    // Nothing but the chain moves.
                    assert_eq!(device.head(), entry.id(device.network()));
                    device.head = before.head;
                    device.head_seq = before.head_seq;
                    assert_eq!(device, before, "seed {seed}: {entry:?}");
                }
                (Err(RecordRefusal::BadSignature), Err(ReplayError::BadSignature))
                | (Err(RecordRefusal::StalePrev), Err(ReplayError::BadPrev)) => {
                    n_refused += 1;
                    assert_eq!(device, before);
                }
                (checked, applied) => {
                    panic!("seed {seed}: {checked:?} at the relay, {applied:?} at a device")
                }
            }
            // A lying relay appends it all the same: what had no effect stands in the chain.
            if let Ok(Applied::NoEffect(_)) = applied {
                network.state.apply(seq, &entry).unwrap();
                network.log.push((seq, Made { entry, detached }));
            }
        }
        let mut replayed = State::found(Seq(1), &network.log[0].1.entry).unwrap();
        for (seq, made) in &network.log[1..] {
            replayed.apply(*seq, &made.entry).unwrap();
        }
        assert_eq!(replayed, network.state, "seed {seed}");
    }
    assert!(
        n_refused > 150 && n_good > 5,
        "only {n_refused} refused, {n_good} good"
    );
}

/// A well-formed record, signed by one of the people, that mostly should not be.
fn planted(network: &mut Network) -> Option<(Entry, Vec<u8>)> {
    let mut rng = ChaCha20Rng::seed_from_u64(network.rng.next_u64());
    let pick = |n: usize, rng: &mut ChaCha20Rng| usize::try_from(rng.next_u64() % n as u64).unwrap();
    let (actor, other) = (
        pick(network.people.len(), &mut rng),
        pick(network.people.len(), &mut rng),
    );
    let role = [Role::Volunteer, Role::Coordinator, Role::Admin, Role::Observer][pick(4, &mut rng)];
    let member = network.id(other);
    let prev = Some(network.state.head());
    let bare = |body| {
        Some(Record {
            prev,
            body,
            detached: None,
        })
    };
    let mut detached = Vec::new();
    let record = match pick(8, &mut rng) {
        // Roles without the epochs and wraps that go with them.
        0 => bare(Body::MemberRole(MemberRole {
            member,
            role,
            epochs: vec![],
        })),
        1 => bare(Body::Approve(Approve {
            device: DeviceId(rng.next_u32() % 8),
        })),
        // Somebody else's good record, or one with a piece missing.
        2..=5 => {
            let keys = network.people[0].keys.clone();
            let device = network.people[other].device;
            let (state, signer) = (&network.state, network.signer(0));
            let made = match pick(4, &mut rng) {
                0 => invite(state, signer, &InviteSeed::generate(&mut rng), role, UNTIL),
                1 => set_role(state, signer, member, role, &keys, &mut rng),
                2 => remove_device(state, signer, device, RemoveReason::Left, &keys, &mut rng),
                _ => remove_member(state, signer, member, &keys, &mut rng),
            };
            let made = made.ok()?;
            detached = made.detached;
            let mut record = Record::of(&made.entry).unwrap();
            spoil(&mut record, &mut rng);
            Some(record)
        }
        6 => {
            let (_, made) = &network.log[pick(network.log.len(), &mut rng)];
            detached.clone_from(&made.detached);
            let mut record = Record::of(&made.entry).unwrap();
            record.prev = prev;
            Some(record)
        }
        _ => Some(Record {
            prev: Some(crate::id::EntryId([1; 32])),
            body: Body::Approve(Approve { device: DeviceId(0) }),
            detached: None,
        }),
    }?;
    let header = crate::entry::Header::plain(
        crate::entry::Kind::Membership,
        None,
        crate::id::Generation(0),
        network.people[actor].device,
    );
    let bytes = crate::cbor::encode(&record);
    let entry = Entry::sign(
        header,
        bytes,
        network.state.network(),
        &network.people[actor].sign,
    );
    Some((entry, detached))
}

fn spoil(record: &mut Record, rng: &mut ChaCha20Rng) {
    let epochs = match &mut record.body {
        Body::MemberRole(body) => &mut body.epochs,
        Body::DeviceRemove(body) => &mut body.epochs,
        Body::MemberRemove(body) => &mut body.epochs,
        Body::Invite(body) => {
            body.team_epoch.0 += rng.next_u32() % 2;
            return;
        }
        Body::Genesis(_) | Body::InviteRevoke(_) | Body::Join(_) | Body::Approve(_) | Body::Epoch(_) => {
            return;
        }
    };
    match (rng.next_u32() % 6, epochs.last_mut()) {
        (0, Some(last)) => last.epoch.0 += 1,
        (1, Some(last)) => last.link = None,
        (2, Some(last)) => last.public = crate::crypto::WrapPublic([0; 32]),
        (3, Some(_)) => drop(epochs.pop()),
        (4, Some(last)) => {
            let twice = last.clone();
            epochs.push(twice);
        }
        _ => {}
    }
}
