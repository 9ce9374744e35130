//! Which build of the app runs.

/// Number of the build that a worker is of, by the path of its script: the bundle names the folder of the core by what is
/// in it, so that whatever judges otherwise has another number (M5). Served as it was compiled, the core has none: 0.
#[must_use]
pub fn number(worker: &str) -> u32 {
    let hash = worker.split('/').find_map(|part| part.strip_prefix("core-"));
    let hash = hash.and_then(|hash| u64::from_str_radix(hash, 16).ok());
    let [.., a, b, c, d] = hash.unwrap_or_default().to_be_bytes();
    u32::from_be_bytes([a, b, c, d])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn m5_a_build_whose_core_differs_has_another_number() {
        assert_eq!(number("/app/core-20880412f4b5d7a4/worker.js"), 0xf4b5_d7a4);
        assert_eq!(number("/app/core-0000000000000001/worker.js"), 1);
        assert_eq!(number("/app/core/worker.js"), 0);
    }
}
