//! What the parts of the server do together.

#[cfg(test)]
mod store;
