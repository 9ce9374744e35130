//! What the program is made of.

use std::process::Command;

#[test]
fn the_server_links_no_automerge() {
    let tree = |package: &str| {
        let output = Command::new(env!("CARGO"))
            .args([
                "tree",
                "--offline",
                "--package",
                "server",
                "--edges",
                "normal,build",
                "--invert",
                package,
            ])
            .output()
            .unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    assert_eq!(tree("automerge"), "");
    // The question is asked rightly: what is linked is found.
    assert!(tree("rusqlite").contains("server"));
}
