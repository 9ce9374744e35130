//! The rules that every store keeps, one function each, on a fresh store.

mod ask;
mod blobs;
mod erasing;
mod lookups;
mod media;
mod pages;
mod superseding;
mod transactions;

pub(super) use blobs::*;
pub(super) use erasing::*;
pub(super) use lookups::*;
pub(super) use media::*;
pub(super) use pages::*;
pub(super) use superseding::*;
pub(super) use transactions::*;

/// Makes one test of each rule. The factory returns what must outlive the store, and
/// the fresh, empty store.
macro_rules! every_store_must {
    ($factory:expr) => {
        $crate::store::rules::every_store_must! { @each $factory =>
            s1_a_seq_follows_the_head_and_nothing_else
            s1_an_outdated_head_refuses_the_whole_transaction
            s1_networks_count_each_for_itself
            a_transaction_is_stored_whole_or_not_at_all
            one_that_fails_takes_no_other_with_it
            transactions_are_carried_out_in_the_order_of_handing_in
            a_network_and_its_slug_are_made_once
            the_founding_code_burns_once
            s3_a_page_moves_past_what_the_reader_may_not_see
            s3_a_page_ends_at_its_limits_of_rows_and_bytes
            s7_a_page_ends_at_what_the_machine_knows_to_be_stored
            s8_membership_only_until_the_backfill_takes_over
            s9_a_backfill_goes_by_document_and_loses_nothing_between_pages
            s9_a_backfill_brings_each_document_once_to_who_reads_it_twice
            s10_what_a_snapshot_supersedes_is_left_out_of_its_page
            s10_a_page_that_ends_before_the_snapshot_brings_what_it_supersedes
            s10_a_backfill_brings_what_lived_when_it_began
            s10_judging_is_told_what_no_snapshot_superseded
            s10_what_was_superseded_long_ago_loses_its_bytes_and_nothing_else
            s10_an_entry_stays_superseded_by_the_first_snapshot
            judging_needs_only_what_it_names
            entries_are_found_by_seq_while_they_have_bytes
            p3_a_forgotten_publication_keeps_its_place_in_the_log
            p3_the_site_reads_the_newest_publication_of_each_document
            a_document_loses_the_readers_that_it_no_longer_names
            detached_parts_come_in_the_order_of_the_request
            an_invitation_is_found_by_its_key
            s12_a_part_is_kept_once_and_never_replaced
            s12_a_blob_belongs_to_one_document_and_ends_once
            s12_a_dropped_blob_is_gone_and_does_not_come_again
            s12_parts_are_given_to_who_reads_their_document
            s12_no_transaction_holds_parts_and_entries
            s17_parts_count_for_who_handed_them_in
            media_parts_come_in_order_and_are_read_back_whole
            a_publication_can_name_only_what_was_looked_at
            p3_dropped_media_are_gone_and_given_back
            e1_an_erasure_spares_nothing_but_itself
            e1_an_erased_document_is_in_no_backfill_and_its_notice_is_in_pages
            e1_parts_of_an_erased_document_go_and_are_given_back
            s17_an_erasure_is_told_what_it_gives_back
            what_is_not_there_is_no_error
            a_stopped_store_refuses
        }
    };
    (@each $factory:expr => $($rule:ident)+) => {
        $(#[test]
        fn $rule() {
            let (_kept, store) = ($factory)();
            $crate::store::rules::$rule(&store);
        })+
    };
}
pub(super) use every_store_must;
