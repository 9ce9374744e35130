//! Removals and demotions: who may, who keeps what, and what ends with them.

use super::*;

impl Network {
    /// Makes a record with the actor's secrets.
    fn make(
        &mut self,
        actor: usize,
        make: impl FnOnce(&State, Signer<'_>, &EpochKeys, &mut ChaCha20Rng) -> Result<Made, RecordRefusal>,
    ) -> Result<Made, RecordRefusal> {
        let mut rng = self.rng.clone();
        let made = make(
            &self.state,
            self.signer(actor),
            &self.people[actor].keys,
            &mut rng,
        );
        self.rng = rng;
        made
    }

    fn sets_role(&mut self, actor: usize, person: usize, role: Role) {
        let member = self.id(person);
        let made = self.make(actor, |state, signer, keys, rng| {
            set_role(state, signer, member, role, keys, rng)
        });
        self.append(made.unwrap());
    }

    fn removes(&mut self, actor: usize, person: usize) {
        let member = self.id(person);
        let made = self.make(actor, |state, signer, keys, rng| {
            remove_member(state, signer, member, keys, rng)
        });
        self.append(made.unwrap());
    }
}

#[test]
fn l4_nobody_removes_or_demotes_herself_because_she_would_draw_the_new_secrets() {
    let mut network = Network::new(30);
    let other = network.member(0, Role::Admin, "Bea");
    let (member, device) = (network.id(other), network.people[other].device);
    let refused = Err(RecordRefusal::NotEntitled);
    assert_eq!(
        network.make(other, |state, signer, keys, rng| remove_member(
            state, signer, member, keys, rng
        )),
        refused
    );
    assert_eq!(
        network.make(other, |state, signer, keys, rng| {
            remove_device(state, signer, device, RemoveReason::Left, keys, rng)
        }),
        refused
    );
    assert_eq!(
        network.make(other, |state, signer, keys, rng| {
            set_role(state, signer, member, Role::Volunteer, keys, rng)
        }),
        refused
    );
    // A demotion that leaves no group draws nothing: she may.
    network.sets_role(other, other, Role::Coordinator);
}

#[test]
fn l4_a_demotion_begins_epochs_of_team_and_of_what_she_leaves() {
    let mut network = Network::new(31);
    let coordinator = network.member(0, Role::Coordinator, "Bea");
    network.sets_role(0, coordinator, Role::Volunteer);
    assert_eq!(network.state.epoch_public(GroupId::Team).unwrap().0, Epoch(1));
    assert_eq!(network.state.epoch_public(GroupId::Coord).unwrap().0, Epoch(1));
    assert!(network.holds(coordinator, GroupId::Team) && !network.holds(coordinator, GroupId::Coord));

    network.sets_role(0, coordinator, Role::Coordinator);
    assert_eq!(network.state.epoch_public(GroupId::Coord).unwrap().0, Epoch(1));
    assert!(network.holds(coordinator, GroupId::Coord));
}

#[test]
fn k3_an_observer_has_no_group_not_even_her_own() {
    let mut network = Network::new(32);
    let volunteer = network.member(0, Role::Volunteer, "Bea");
    let own = GroupId::Member(network.id(volunteer));
    assert_eq!(network.state.groups(network.id(volunteer)), [GroupId::Team, own]);
    assert!(network.state.epoch_public(own).is_some());

    network.sets_role(0, volunteer, Role::Observer);
    assert_eq!(network.state.groups(network.id(volunteer)), []);
    assert_eq!(network.state.reader_epochs(&[own]), []);
    let begin = network.make(volunteer, |state, signer, keys, rng| {
        begin_epoch(state, signer, &[own], keys, rng)
    });
    assert_eq!(begin, Err(RecordRefusal::NotEntitled));

    network.sets_role(0, volunteer, Role::Volunteer);
    assert_eq!(network.state.epoch_public(own).unwrap().0, Epoch(0));
}

#[test]
fn l4_the_own_group_of_a_removed_device_is_stale() {
    let mut network = Network::new(33);
    let volunteer = network.member(0, Role::Volunteer, "Bea");
    let own = GroupId::Member(network.id(volunteer));
    let device = network.people[volunteer].device;
    let made = network.make(0, |state, signer, keys, rng| {
        remove_device(state, signer, device, RemoveReason::Lost, keys, rng)
    });
    network.append(made.unwrap());
    assert_eq!(network.state.epoch_public(own), None);
    assert_eq!(network.state.reader_epochs(&[GroupId::Coord, own]).len(), 1);
    assert_eq!(network.state.device(device).unwrap().state, DeviceState::Lost);
}

#[test]
fn open_invitations_end_with_the_right_to_give_them() {
    let mut network = Network::new(34);
    let admin = network.member(0, Role::Admin, "Bea");
    let for_volunteer = network.invites(admin, Role::Volunteer).sign_key().public();
    let for_admin = network.invites(admin, Role::Admin).sign_key().public();
    let used = network.invites(admin, Role::Volunteer);
    network.joins(&used, "Carl");
    let state_of = |network: &Network, key| network.state.invitation(key).unwrap().used;

    network.sets_role(0, admin, Role::Coordinator);
    assert_eq!(state_of(&network, for_admin), InvitationUse::Revoked);
    assert_eq!(state_of(&network, for_volunteer), InvitationUse::Open);

    network.removes(0, admin);
    assert_eq!(state_of(&network, for_volunteer), InvitationUse::Revoked);
    assert_eq!(state_of(&network, used.sign_key().public()), InvitationUse::Used);
}

#[test]
fn l4_a_removed_member_opens_nothing_that_came_later() {
    let mut network = Network::new(35);
    let leaver = network.member(0, Role::Coordinator, "Bea");
    network.removes(0, leaver);
    let late = network.member(0, Role::Coordinator, "Carl");
    assert!(network.holds(late, GroupId::Coord));
    for group in [GroupId::Team, GroupId::Coord] {
        let keys = &network.people[leaver].keys;
        assert!(keys.get(group, Epoch(0)).is_some() && keys.get(group, Epoch(1)).is_none());
    }
}
