//! What the parts of the server do together.

#[cfg(test)]
mod links;
#[cfg(test)]
mod load;
#[cfg(test)]
mod relay;
#[cfg(test)]
mod store;
#[cfg(test)]
mod sync_to_disk;
