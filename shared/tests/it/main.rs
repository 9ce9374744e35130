//! The machines of device and relay in a simulated world.

#[cfg(test)]
mod found;
#[cfg(test)]
mod town;
