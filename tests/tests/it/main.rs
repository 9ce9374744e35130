//! What members and the real server do together, without a browser.

#[cfg(test)]
mod running;
#[cfg(test)]
mod thread;
