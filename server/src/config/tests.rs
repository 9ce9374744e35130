use super::*;

fn read(line: &str) -> Result<Config, ConfigError> {
    Config::from_arguments(line.split_whitespace().map(OsString::from))
}

#[test]
fn options_are_read() {
    let config =
        read("--data /srv/a --listen 0.0.0.0:80 --public-url https://verhalen.be/ --app-dir dist").unwrap();
    assert_eq!(config.data, PathBuf::from("/srv/a"));
    assert_eq!(config.listen, SocketAddr::from(([0, 0, 0, 0], 80)));
    assert_eq!(config.public_url.as_deref(), Some("https://verhalen.be"));
    assert_eq!(config.app_dir, Some(PathBuf::from("dist")));
    assert_eq!((config.quota_bytes, config.metrics_listen), (None, None));
    let config = read("--quota-mb 500 --metrics-listen 127.0.0.1:9180").unwrap();
    assert_eq!(config.quota_bytes, Some(500_000_000));
    assert_eq!(
        config.metrics_listen,
        Some(SocketAddr::from(([127, 0, 0, 1], 9180)))
    );
}

#[test]
fn what_cannot_be_used_is_named() {
    assert_eq!(read("--date x"), Err(ConfigError::Unknown("--date".into())));
    assert_eq!(read("--data"), Err(ConfigError::NoValue("--data")));
    assert!(matches!(
        read("--listen 80"),
        Err(ConfigError::Invalid("--listen", ..))
    ));
    for quota in ["0", "-1", "x", "99999999999999999999"] {
        let refused = read(&format!("--quota-mb {quota}"));
        assert!(
            matches!(refused, Err(ConfigError::Invalid("--quota-mb", ..))),
            "{quota}"
        );
    }
    assert!(matches!(
        read("--metrics-listen here"),
        Err(ConfigError::Invalid("--metrics-listen", ..))
    ));
    for url in ["verhalen.be", "https://", "https://a/b", "https://a@b", "ftp://a"] {
        assert!(
            matches!(
                read(&format!("--public-url {url}")),
                Err(ConfigError::Invalid(..))
            ),
            "{url}"
        );
    }
}
