//! What members and the real server do together, without a browser.

#[cfg(test)]
mod example;
#[cfg(test)]
mod joining;
#[cfg(test)]
mod photos;
#[cfg(test)]
mod running;
#[cfg(test)]
mod stories;
#[cfg(test)]
mod thread;
