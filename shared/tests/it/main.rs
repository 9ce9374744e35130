//! The machines of device and relay in a simulated world.

#[cfg(test)]
mod arrivals;
#[cfg(test)]
mod bugs;
#[cfg(test)]
mod histories;
#[cfg(test)]
mod keys;
#[cfg(test)]
mod media;
#[cfg(test)]
mod publishing;
#[cfg(test)]
mod records;
#[cfg(test)]
mod rescue;
#[cfg(test)]
mod seeds;
#[cfg(test)]
mod snapshots;
#[cfg(test)]
mod stories;
#[cfg(test)]
mod texts;
#[cfg(test)]
mod town;
#[cfg(test)]
mod trash;
