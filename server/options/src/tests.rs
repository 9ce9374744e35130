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

#[test]
fn help_is_asked_for_anywhere() {
    assert!(asks_for_help(["--data", "x", "--help"]));
    assert!(!asks_for_help(["--data", "x"]));
}

#[test]
fn help_names_every_option() {
    let ConfigError::Unknown(_) = read("--date").unwrap_err() else {
        panic!("it is known");
    };
    let known = ConfigError::Unknown(String::new()).to_string();
    for option in known.split_whitespace().filter(|word| word.starts_with("--")) {
        assert!(HELP.contains(option.trim_end_matches(',')), "{option}");
    }
}

#[test]
fn an_address_that_is_taken_is_said_in_words() {
    let address = SocketAddr::from(([127, 0, 0, 1], 8080));
    let said = listen_error(address, &std::io::ErrorKind::AddrInUse.into());
    assert!(
        said.contains("127.0.0.1:8080 is taken") && said.contains("--listen"),
        "{said}"
    );
}
