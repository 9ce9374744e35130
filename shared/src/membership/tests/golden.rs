//! Bytes that may change until the first release, in a commit that says so.

use super::*;
use crate::cbor::mutation::check_decoder;

/// A network in which each kind of record happened.
fn history() -> Network {
    let mut network = Network::new(40);
    let mut rng = ChaCha20Rng::seed_from_u64(41);
    let coordinator = network.member(0, Role::Coordinator, "Bea");
    let volunteer = network.member(coordinator, Role::Volunteer, "Carl");
    let open = network.invites(0, Role::Observer).sign_key().public();
    let made = revoke(&network.state, network.signer(0), open).unwrap();
    network.append(made);
    for step in 0..4 {
        let keys = network.people[0].keys.clone();
        let (state, signer) = (&network.state, network.signer(0));
        let member = network.id(coordinator);
        let device = network.people[volunteer].device;
        let made = match step {
            0 => set_role(state, signer, member, Role::Volunteer, &keys, &mut rng),
            1 => remove_device(state, signer, device, RemoveReason::Lost, &keys, &mut rng),
            2 => remove_member(state, signer, member, &keys, &mut rng),
            _ => begin_epoch(state, signer, &[GroupId::Coord], &keys, &mut rng),
        };
        network.append(made.unwrap());
    }
    network
}

#[test]
fn golden_bytes() {
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let network = history();
    let mut lines = String::new();
    for (seq, made) in &network.log {
        let id = made.entry.id(network.state.network());
        lines += &format!(
            "{seq} {id} {} {}\n",
            hex(&made.entry.encode()),
            hex(&made.detached)
        );
    }
    let digits: Vec<_> = network
        .state
        .devices()
        .map(|(_, device)| device.digits.clone())
        .collect();
    lines += &format!("digits {}\n", digits.join(" "));
    lines += &format!("state {}\n", hex(&network.state.encode()));
    let hint = "devices store the state: where that changed, move storage::DEVICE_VERSION";
    assert_eq!(lines, include_str!("golden.txt"), "{hint}\n{lines}");
}

#[test]
fn mutated_bytes_never_panic_and_never_give_a_second_encoding() {
    let network = history();
    check_decoder(&network.state.encode(), State::decode, State::encode);
    for (_, made) in &network.log {
        check_decoder(&made.entry.ct, crate::cbor::decode::<Record>, crate::cbor::encode);
        if !made.detached.is_empty() {
            check_decoder(&made.detached, Detached::decode, Detached::encode);
        }
    }
}

#[test]
fn a_detached_part_beyond_a_limit_is_refused() {
    let network = history();
    let mut part = Detached::decode(&network.log[0].1.detached).unwrap();
    part.name.as_mut().unwrap().sealed.push(0);
    assert!(Detached::decode(&part.encode()).is_err());
    assert!(Detached::decode(&vec![0x40; DETACHED_BYTES_MAX + 1]).is_err());
}

#[test]
fn the_largest_removal_fits_a_detached_part() {
    let network = history();
    let wrap = Detached::decode(&network.log[3].1.detached).unwrap().wraps[0].wrap;
    let wraps = (0..u32::try_from(DEVICES_MAX).unwrap())
        .flat_map(|device| {
            [GroupId::Team, GroupId::Coord].map(|group| DeviceWrap {
                device: DeviceId(device),
                group,
                epoch: Epoch(100_000),
                wrap,
            })
        })
        .collect();
    let part = Detached { wraps, name: None };
    assert!(Detached::decode(&part.encode()).is_ok());
}
