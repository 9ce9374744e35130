//! Consents and their withdrawals: rows, not tick boxes, and only ever added (REQUIREMENTS §3, M7).

use super::added::{self, Added};
use super::document::Document;
use super::field::EditError;
use crate::cbor::{cbor_bytes, cbor_code, cbor_map};
use crate::crypto::Tag;
use crate::fold::fold;
use crate::id::{EntryId, MemberId, RowId};
use crate::publication::Claim;
use crate::time::Timestamp;
use crate::view::{Given, NewConsent, Party, Use};
use std::collections::BTreeSet;
use std::iter;

pub(super) const CONSENTS: &str = "consents";
pub(super) const WITHDRAWALS: &str = "withdrawals";

/// Most characters of "Voor wie".
const WHOM_CHARS_MAX: usize = 100;

/// How many ends of consents a list looks ahead to: more than a story has.
const ENDS_MAX: usize = 8;

/// Digest of the fields that a teller agrees to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TextDigest(pub [u8; 32]);

/// Digest of a text and of the name that is shown with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct NameDigest(pub [u8; 32]);

/// What a teller agrees to, as it stands or stood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wording {
    /// The text.
    pub text: TextDigest,
    /// The text with the name that is shown; `None` where her name is not known, or was not told by an older build.
    pub name: Option<NameDigest>,
}

impl Wording {
    /// Whether two are the same. A name that is not known of either makes no difference.
    #[must_use]
    pub fn is_same(self, other: Self) -> bool {
        let names = self.name.zip(other.name);
        self.text == other.text && names.is_none_or(|(one, other)| one == other)
    }

    /// What a screen tells it by.
    #[must_use]
    pub fn handle(self) -> String {
        EntryId(self.name.map_or(self.text.0, |name| name.0)).to_string()
    }
}

/// A consent as it was recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consent {
    /// As whom it was given.
    pub party: Party,
    /// For whom, as the volunteer wrote it; empty means the teller.
    pub whom: String,
    /// What it allows, ascending.
    pub uses: Vec<Use>,
    /// How it was given.
    pub given: Given,
    /// Version of the text that was read.
    pub text_version: u32,
    /// Language of that text.
    pub language: String,
    /// Last moment at which it holds, if it ends.
    pub until: Option<Timestamp>,
    /// When it was recorded. For display only (S13).
    pub at: Timestamp,
    /// Who recorded it; `None` before she was a member.
    pub by: Option<MemberId>,
    /// What she agreed to be published, as it was then (P2).
    pub digest: TextDigest,
    /// Withdrawals that its author knew: it was given in spite of them, and of no others.
    pub seen: Vec<RowId>,
    /// The same with the name that was shown then, where it was known; an older build did not tell.
    pub name: Option<NameDigest>,
}

/// Takes uses of a consent back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Withdrawal {
    /// The consent.
    pub consent: RowId,
    /// What it no longer allows.
    pub uses: Vec<Use>,
    /// When it was recorded. For display only.
    pub at: Timestamp,
    /// Who recorded it.
    pub by: Option<MemberId>,
}

/// All consents of a story and what was taken back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Consents {
    rows: Vec<Added<Consent>>,
    withdrawals: Vec<Added<Withdrawal>>,
}

/// Who tells a story, as far as it matters for what she allows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Teller<'a> {
    /// Her name, if it is known.
    pub name: Option<&'a str>,
    /// Under 18: a guardian allows it too.
    pub is_minor: bool,
}

/// Whose consent is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Whose<'a> {
    Teller(Teller<'a>),
    /// A guardian of the teller: as with her own consent, "Voor wie" is empty or her name.
    Guardian(Teller<'a>),
    /// Somebody on a photo, by the name that is written there.
    Pictured(&'a str),
    /// A guardian of somebody on a photo, who is named as the one she answers for.
    GuardianOf(&'a str),
}

/// Whether somebody allows a use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Allowed {
    /// She does.
    Yes(Claim),
    /// She was never asked, or not for this.
    Never,
    /// She did, until a day that has passed.
    Expired,
    /// She took it back.
    Withdrawn,
    /// She does, and is a minor for whom no guardian does.
    NoGuardian,
}

impl Consents {
    pub(super) fn read(document: &Document) -> Self {
        Self {
            rows: added::read(document, CONSENTS),
            withdrawals: added::read(document, WITHDRAWALS),
        }
    }

    /// The consents that can be read, oldest first, each with the uses that were taken back.
    pub fn shown(&self, teller: Teller<'_>) -> impl Iterator<Item = (RowId, &Consent, Vec<Use>)> {
        self.readable().map(move |(id, consent)| {
            let taken_back = consent.uses.iter().copied();
            let is_same =
                |other: &Consent| consent.is_of_same_person(other) || teller.gave_both(consent, other);
            let withdrawn = taken_back.filter(|wanted| self.is_withdrawn(id, consent, *wanted, is_same));
            (id, consent, withdrawn.collect())
        })
    }

    /// How many rows cannot be read: written by a newer app, or damaged.
    #[must_use]
    pub fn unreadable(&self) -> usize {
        let rows = self.rows.iter().filter(|row| row.value.is_none());
        let withdrawals = self.withdrawals.iter().filter(|row| row.value.is_none());
        rows.count() + withdrawals.count()
    }

    /// Whether the teller, and her guardian if she is a minor, allow a use at `now`.
    ///
    /// Of several consents the one that ends first counts: the strictest.
    #[must_use]
    pub fn allows(&self, wanted: Use, teller: Teller<'_>, now: Timestamp) -> Allowed {
        match (
            self.said(wanted, Whose::Teller(teller), now),
            self.of_guardian(wanted, teller, now),
        ) {
            (Allowed::Yes(own), Allowed::Yes(guardian)) if teller.is_minor => Allowed::Yes(Claim {
                until: first(own.until, guardian.until),
                ..own
            }),
            (Allowed::Yes(_), _) if teller.is_minor => Allowed::NoGuardian,
            (own, _) => own,
        }
    }

    /// Whether a guardian of the teller allows a use at `now`; one who answers for somebody else does not count.
    #[must_use]
    pub fn of_guardian(&self, wanted: Use, teller: Teller<'_>, now: Timestamp) -> Allowed {
        self.said(wanted, Whose::Guardian(teller), now)
    }

    /// Whether somebody who can be recognised on a photo allows that at `now`: the teller, if the name written there is
    /// hers, or whoever else it names.
    ///
    /// For whom a guardian answers, the guardian must allow it; a child that was never asked herself needs no more than
    /// that.
    #[must_use]
    pub fn of_pictured(&self, name: &str, teller: Teller<'_>, now: Timestamp) -> Allowed {
        let whose = Whose::on_photo(name, teller);
        let own = self.said(Use::Photo, whose, now);
        let guardian = match whose {
            Whose::Pictured(name) => Whose::GuardianOf(name),
            Whose::Teller(_) | Whose::Guardian(_) | Whose::GuardianOf(_) => return own,
        };
        if !self.readable().any(|(_, consent)| guardian.is_behind(consent)) {
            return own;
        }
        match (own, self.said(Use::Photo, guardian, now)) {
            (Allowed::Yes(own), Allowed::Yes(guardian)) => Allowed::Yes(Claim {
                until: first(own.until, guardian.until),
                ..own
            }),
            (Allowed::Never, allowed @ Allowed::Yes(_)) => allowed,
            (refused, Allowed::Yes(_)) => refused,
            (_, Allowed::Never) => Allowed::NoGuardian,
            (_, refused) => refused,
        }
    }

    fn said(&self, wanted: Use, whose: Whose<'_>, now: Timestamp) -> Allowed {
        match self.valid(wanted, whose, now).first() {
            Some((_, consent)) => Allowed::Yes(Claim {
                allows: wanted,
                text_version: consent.text_version,
                until: consent.until,
            }),
            None => self.why_not(wanted, whose),
        }
    }

    /// Whether everybody who allowed a use took it back, or let it end at `now` after somebody did. It asks for no
    /// names: a device may not know yet who tells the story.
    #[must_use]
    pub fn is_taken_back(&self, wanted: Use, party: Party, now: Timestamp) -> bool {
        let mut was_taken_back = false;
        for (id, consent) in self.readable() {
            if consent.party != party || !consent.uses.contains(&wanted) {
                continue;
            }
            if self.is_withdrawn(id, consent, wanted, |other| consent.is_of_same_person(other)) {
                was_taken_back = true;
            } else if consent.until.is_none_or(|until| until >= now) {
                return false;
            }
        }
        was_taken_back
    }

    /// Whether somebody ever allowed a use as this party, whoever she is. It asks for no names either.
    #[must_use]
    pub fn was_given(&self, wanted: Use, party: Party) -> bool {
        self.readable()
            .any(|(_, consent)| consent.party == party && consent.uses.contains(&wanted))
    }

    /// The last moments of consents that have not ended at `now`, the next few of them.
    pub fn ends(&self, now: Timestamp) -> impl Iterator<Item = Timestamp> {
        let ends = self.readable().filter_map(|(_, consent)| consent.until);
        let ends: BTreeSet<_> = ends.filter(|until| *until >= now).collect();
        ends.into_iter().take(ENDS_MAX)
    }

    /// What was taken back, each time with its id and the uses that it names.
    pub fn withdrawals(&self) -> impl Iterator<Item = (RowId, &[Use])> {
        let readable = self.withdrawals.iter();
        readable.filter_map(|row| Some((row.id, row.value.as_ref()?.uses.as_slice())))
    }

    /// What was taken back of one consent, oldest first.
    pub fn withdrawals_of(&self, consent: RowId) -> impl Iterator<Item = &Withdrawal> {
        let readable = self.withdrawals.iter().filter_map(|row| row.value.as_ref());
        readable.filter(move |withdrawal| withdrawal.consent == consent)
    }

    /// Consents that are taken back with one: she gave both, or who answers for her did, as far as is known now. Each
    /// with the uses that it loses by that.
    ///
    /// Each is taken back by a row of its own: once her name is corrected, nothing else would tell that both are hers.
    /// While her name is not known, a guardian's consent for somebody named may be that for another child.
    #[must_use]
    pub fn taken_along(&self, consent: RowId, uses: &[Use], teller: Teller<'_>) -> Vec<(RowId, Vec<Use>)> {
        let mut readable = self.readable();
        let Some((_, named)) = readable.find(|(id, _)| *id == consent) else {
            return Vec::new();
        };
        let others = self.readable().filter(|(id, other)| {
            let may_be_another =
                teller.name.is_none() && named.party == Party::Guardian && !other.whom.trim().is_empty();
            *id != consent
                && !named.is_of_same_person(other)
                && !may_be_another
                && teller.gave_both(named, other)
        });
        let lost = others.map(|(id, other)| {
            let is_gone = |used: &Use| self.withdrawals_of(id).any(|row| row.uses.contains(used));
            let lost = other
                .uses
                .iter()
                .filter(|used| uses.contains(used) && !is_gone(used));
            (id, lost.copied().collect::<Vec<_>>())
        });
        lost.filter(|(_, lost)| !lost.is_empty()).collect()
    }

    /// Whether a consent to the website that holds at `now` was given to exactly this.
    #[must_use]
    pub fn agrees(&self, wording: Wording, teller: Teller<'_>, now: Timestamp) -> bool {
        self.valid(Use::Website, Whose::Teller(teller), now)
            .iter()
            .any(|(_, consent)| wording.is_same(consent.wording()))
    }

    /// Digest of the consents behind a publication's claims; `pictured` are the names of who can be recognised.
    #[must_use]
    pub fn digest(
        &self,
        claims: &[Claim],
        teller: Teller<'_>,
        pictured: &[String],
        now: Timestamp,
    ) -> [u8; 32] {
        let guardian = teller.is_minor.then_some(Whose::Guardian(teller));
        let rows = |claim: &Claim| {
            let whose: Vec<_> = match claim.allows {
                Use::Photo => pictured
                    .iter()
                    .flat_map(|name| Whose::all_on_photo(name, teller))
                    .filter(|whose| !matches!(whose, Whose::Teller(_)))
                    .chain([Whose::Teller(teller)])
                    .chain(guardian)
                    .collect(),
                Use::Network | Use::Website | Use::Name | Use::Voice | Use::Print | Use::Press => {
                    [Whose::Teller(teller)].into_iter().chain(guardian).collect()
                }
            };
            let rows = whose
                .into_iter()
                .map(|whose| self.valid(claim.allows, whose, now));
            rows.flatten().collect::<Vec<_>>()
        };
        let rows: Vec<u8> = claims
            .iter()
            .flat_map(rows)
            .flat_map(|(id, consent)| [id.0.to_vec(), crate::cbor::encode(consent)].concat())
            .collect();
        Tag::CONSENT.digest(&[&rows])
    }

    /// Consents to a use that hold, the one that ends first before the others.
    fn valid(&self, wanted: Use, whose: Whose<'_>, now: Timestamp) -> Vec<(RowId, &Consent)> {
        let mut valid: Vec<_> = self
            .given(wanted, whose)
            .filter(|(id, consent)| {
                let is_same = |other: &Consent| whose.gave_both(consent, other);
                !self.is_withdrawn(*id, consent, wanted, is_same)
                    && consent.until.is_none_or(|until| until >= now)
            })
            .collect();
        valid.sort_by_key(|(id, consent)| (consent.until.unwrap_or(Timestamp(u64::MAX)), *id));
        valid
    }

    fn why_not(&self, wanted: Use, whose: Whose<'_>) -> Allowed {
        let mut reason = Allowed::Never;
        for (id, consent) in self.given(wanted, whose) {
            if self.is_withdrawn(id, consent, wanted, |other| whose.gave_both(consent, other)) {
                return Allowed::Withdrawn;
            }
            reason = Allowed::Expired;
        }
        reason
    }

    fn given(&self, wanted: Use, whose: Whose<'_>) -> impl Iterator<Item = (RowId, &Consent)> {
        self.readable()
            .filter(move |(_, consent)| consent.uses.contains(&wanted) && whose.is_behind(consent))
    }

    fn readable(&self) -> impl Iterator<Item = (RowId, &Consent)> {
        self.rows
            .iter()
            .filter_map(|row| Some((row.id, row.value.as_ref()?)))
    }

    /// A withdrawal reaches every consent of the same person to that use, but those given in spite of it.
    ///
    /// One that cannot be read, or whose consent is not here, reaches all: the strictest wins by presence.
    fn is_withdrawn(
        &self,
        id: RowId,
        consent: &Consent,
        wanted: Use,
        is_same: impl Fn(&Consent) -> bool,
    ) -> bool {
        self.withdrawals.iter().any(|row| {
            let Some(withdrawal) = &row.value else {
                return !consent.seen.contains(&row.id);
            };
            if !withdrawal.uses.contains(&wanted) {
                return false;
            }
            let mut named = self
                .readable()
                .filter(|(other, _)| *other == withdrawal.consent)
                .peekable();
            let same_person = named.peek().is_none() || named.any(|(_, other)| is_same(other));
            withdrawal.consent == id || (same_person && !consent.seen.contains(&row.id))
        })
    }

    fn withdrawal_ids(&self) -> Vec<RowId> {
        let mut ids: Vec<_> = self.withdrawals.iter().map(|row| row.id).collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    }
}

impl Consent {
    /// What she agreed to be published.
    const fn wording(&self) -> Wording {
        Wording {
            text: self.digest,
            name: self.name,
        }
    }

    /// Whether another consent names the same person in the same part.
    fn is_of_same_person(&self, other: &Self) -> bool {
        self.party == other.party && fold(&self.whom) == fold(&other.whom)
    }
}

impl Teller<'_> {
    /// Whether two consents are both her own, or both of her guardian: written down without a name or with hers. As long
    /// as it is not known, any name may be hers.
    fn gave_both(self, consent: &Consent, other: &Consent) -> bool {
        let is_hers = |consent: &Consent| {
            let whom = consent.whom.trim();
            whom.is_empty() || self.name.is_none_or(|name| fold(name) == fold(whom))
        };
        consent.party == other.party
            && matches!(consent.party, Party::Teller | Party::Guardian)
            && is_hers(consent)
            && is_hers(other)
    }
}

impl<'a> Whose<'a> {
    /// Whether two consents, of which the first is theirs, are of one person.
    fn gave_both(self, consent: &Consent, other: &Consent) -> bool {
        let is_hers = match self {
            Self::Teller(teller) | Self::Guardian(teller) => teller.gave_both(consent, other),
            Self::Pictured(_) | Self::GuardianOf(_) => false,
        };
        is_hers || consent.is_of_same_person(other)
    }

    /// Who a name written at a photo is.
    fn on_photo(name: &'a str, teller: Teller<'a>) -> Self {
        match teller.name {
            Some(known) if fold(known) == fold(name) => Self::Teller(teller),
            Some(_) | None => Self::Pictured(name),
        }
    }

    /// All whose word counts for who a name written at a photo is.
    fn all_on_photo(name: &'a str, teller: Teller<'a>) -> impl Iterator<Item = Self> {
        let whose = Self::on_photo(name, teller);
        let guardian = matches!(whose, Self::Pictured(_)).then_some(Self::GuardianOf(name));
        iter::once(whose).chain(guardian)
    }

    /// Whether a consent is theirs.
    fn is_behind(self, consent: &Consent) -> bool {
        let is_named = |name: &str| fold(name) == fold(&consent.whom);
        let is_for = |teller: Teller<'_>| consent.whom.trim().is_empty() || teller.name.is_some_and(is_named);
        match self {
            Self::Teller(teller) => consent.party == Party::Teller && is_for(teller),
            Self::Guardian(teller) => consent.party == Party::Guardian && is_for(teller),
            Self::Pictured(name) => consent.party == Party::Pictured && is_named(name),
            Self::GuardianOf(name) => consent.party == Party::Guardian && is_named(name),
        }
    }
}

/// Records a consent to what the story says now.
pub(super) fn add(
    document: &mut Document,
    id: RowId,
    consent: &NewConsent,
    wording: Wording,
    at: Timestamp,
    by: Option<MemberId>,
) -> Result<(), EditError> {
    if consent.whom.chars().count() > WHOM_CHARS_MAX {
        return Err(EditError::TooLong(WHOM_CHARS_MAX));
    }
    let row = Consent {
        party: consent.party,
        whom: consent.whom.trim().to_owned(),
        uses: ascending(&consent.uses),
        given: consent.given,
        text_version: consent.text_version,
        language: consent.language.clone(),
        until: consent.until.map(Timestamp),
        at,
        by,
        digest: wording.text,
        seen: Consents::read(document).withdrawal_ids(),
        name: wording.name,
    };
    added::add(document, CONSENTS, id, &row)
}

/// Takes uses of a consent back.
pub(super) fn withdraw(
    document: &mut Document,
    id: RowId,
    consent: RowId,
    uses: &[Use],
    at: Timestamp,
    by: Option<MemberId>,
) -> Result<(), EditError> {
    let consents = Consents::read(document);
    if !consents.readable().any(|(known, _)| known == consent) {
        return Err(EditError::Unknown);
    }
    let row = Withdrawal {
        consent,
        uses: ascending(uses),
        at,
        by,
    };
    added::add(document, WITHDRAWALS, id, &row)
}

/// The one that comes first; none never comes.
fn first(a: Option<Timestamp>, b: Option<Timestamp>) -> Option<Timestamp> {
    a.into_iter().chain(b).min()
}

fn ascending(uses: &[Use]) -> Vec<Use> {
    let mut uses = uses.to_vec();
    uses.sort_unstable();
    uses.dedup();
    uses
}

cbor_bytes!(TextDigest);
cbor_bytes!(NameDigest);
cbor_code!(Party { 0 => Teller, 1 => Pictured, 2 => Guardian });
cbor_code!(Given { 0 => Read, 1 => ReadAloud, 2 => Spoken, 3 => Paper });
cbor_map!(Consent {
    0 => whom,
    1 => uses,
    2 => given,
    3 => text_version,
    4 => language,
    5 => until,
    6 => at,
    7 => by,
    8 => digest,
    9 => seen,
    10 => party,
    64 => name,
});
cbor_map!(Withdrawal { 0 => consent, 1 => uses, 2 => at, 3 => by });
