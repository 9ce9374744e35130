//! How entries travel: the machines of the device and of the relay (DESIGN §8, rules S1 to S17).
//!
//! Both are pure: input goes in by `handle_input`, effects come out of `poll_output` in the order in which they
//! must happen, and `poll_timeout` says when the machine wants to be called at the latest. Drain `poll_output`
//! before the next input.

pub mod bug;
#[cfg(feature = "model")]
pub mod client;
pub mod relay;
