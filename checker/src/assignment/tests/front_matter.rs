use super::{check, findings, report, script};

fn with(front_matter: &str) -> String {
    format!(
        "{front_matter}# A page\n\n{}",
        check("One {#one points=5}", "alice GET /")
    )
}

fn toml(lines: &str) -> String {
    with(&format!("+++\n{lines}\n+++\n"))
}

#[test]
fn what_is_wrong_in_the_front_matter_is_told_at_its_place() {
    let yours = "yours = [\"src/lib.rs\"]";
    let server = |lines: &str| toml(&format!("{yours}\n[server]\n{lines}"));
    let shown = report(&[
        ("none", with("")),
        (
            "a byte order mark",
            with("\u{feff}+++\nyours = [\"src/lib.rs\"]\n+++\n"),
        ),
        ("not closed", with("+++\nyours = [\"src/lib.rs\"]\n")),
        ("not TOML", toml("yours = [\"src/lib.rs\"\nserver = 1 2")),
        ("no yours", toml("[server]")),
        (
            "unknown keys, all of them",
            toml(&format!("{yours}\nyour = 1\ninstances = 2\n[sever]")),
        ),
        (
            "unknown keys of the server",
            server("secrets = \"A\"\nport = 80"),
        ),
        ("yours is a string", toml("yours = \"src/lib.rs\"")),
        ("yours is empty", toml("yours = []")),
        (
            "yours that are no paths inside the exercise",
            toml(
                "yours = [7, \"/etc/passwd\", \"../a.rs\", \"a/../../b\", \"./a.rs\", \"\", 'src\\a.rs']",
            ),
        ),
        (
            "the server is a string",
            toml(&format!("{yours}\nserver = \"axum\"")),
        ),
        ("a secret that is no name", server("secret = 7")),
        ("a secret with a space", server("secret = \"JWT SECRET\"")),
        (
            "a secret that is set too",
            server("secret = \"A\"\nenv = { A = \"1\" }"),
        ),
        (
            "a client that is a string, and unknown keys of one",
            toml(&format!("{yours}\nclient = \"node\"")),
        ),
        (
            "unknown keys of the client",
            toml(&format!("{yours}\n[client]\nsecret = \"A\"\nbin = 7")),
        ),
        (
            "env of the client that the checker sets",
            toml(&format!(
                "{yours}\n[client]\nenv = {{ SERVER_URL = \"ws://x\" }}"
            )),
        ),
        ("env is a list", server("env = [\"A=1\"]")),
        (
            "env values that are no strings",
            server("env = { A = 50, B = true, C = 1.5, D = [1] }"),
        ),
        (
            "env names that cannot be",
            server("env = { PORT = \"80\", \"A B\" = \"1\", 1A = \"1\" }"),
        ),
    ]);
    insta::assert_snapshot!(shown);
}

#[test]
fn windows_line_ends_are_no_mistake() {
    let source = script("alice GET /").replace('\n', "\r\n");
    assert_eq!(findings(&source), []);
}

#[test]
fn comments_are_no_headings() {
    let source =
        toml("# What the student writes.\nyours = [\"src/lib.rs\"] # one file\n## and no more");
    assert_eq!(findings(&source), []);
}
