//! The manifest of a scratch workspace, made of the course's.

use std::path::Path;

use toml::{Table, Value};

/// The manifest of a workspace with the one member `member`, a path, that builds it and its dependencies as the course does.
///
/// cargo knows a package by its name and its path in the workspace, so it takes the scratch crate in the same build folder
/// for the exercise itself and would hand the student a variant's executable as up to date. A profile that differs for this
/// one package gives it artifacts of its own. The number of code generation units changes nothing that a test can see.
pub(super) fn scratch_manifest(
    course_manifest: &str,
    course: &Path,
    member: &str,
    package: &str,
) -> Result<String, toml::de::Error> {
    let course_manifest: Table = toml::from_str(course_manifest)?;
    let mut manifest = Table::new();
    for key in ["workspace", "profile", "patch"] {
        if let Some(value) = course_manifest.get(key) {
            manifest.insert(key.to_owned(), value.clone());
        }
    }
    let workspace = table_in(&mut manifest, "workspace");
    workspace.remove("default-members");
    workspace.remove("exclude");
    workspace.insert("members".to_owned(), Value::Array(vec![member.into()]));
    if let Some(dependencies) = workspace.get_mut("dependencies") {
        make_paths_absolute(dependencies, course);
    }
    if let Some(patches) = manifest.get_mut("patch").and_then(Value::as_table_mut) {
        for (_, registry) in patches.iter_mut() {
            make_paths_absolute(registry, course);
        }
    }
    let dev = table_in(table_in(&mut manifest, "profile"), "dev");
    let of_dev = code_generation_units(dev);
    let of_package = table_in(table_in(dev, "package"), package);
    let units = match code_generation_units(of_package).or(of_dev) {
        Some(1) => 2,
        Some(units) => units - 1,
        // cargo's own default is 256 or 16.
        None => 255,
    };
    of_package.insert("codegen-units".to_owned(), Value::Integer(units));
    Ok(manifest.to_string())
}

fn code_generation_units(profile: &Table) -> Option<i64> {
    profile.get("codegen-units")?.as_integer()
}

/// The table of this name, made if it is not there.
fn table_in<'a>(parent: &'a mut Table, name: &str) -> &'a mut Table {
    let value = parent
        .entry(name)
        .or_insert_with(|| Value::Table(Table::new()));
    if !value.is_table() {
        *value = Value::Table(Table::new());
    }
    match value {
        Value::Table(table) => table,
        _ => unreachable!("it was just made a table"),
    }
}

fn make_paths_absolute(dependencies: &mut Value, base: &Path) {
    let Some(dependencies) = dependencies.as_table_mut() else {
        return;
    };
    for (_, dependency) in dependencies.iter_mut() {
        if let Some(path) = dependency.get_mut("path")
            && let Some(relative) = path.as_str()
        {
            *path = Value::String(base.join(relative).to_string_lossy().into_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use super::*;

    #[test]
    fn one_member_stays_and_everything_that_decides_how_it_is_built() {
        let course = r#"
            [workspace]
            resolver = "3"
            members = ["checker", "exercises/*"]
            default-members = ["checker"]
            [workspace.package]
            edition = "2024"
            [workspace.dependencies]
            axum = { version = "0.8", features = ["ws"] }
            helpers = { path = "helpers" }
            [workspace.lints.rust]
            unsafe_code = "forbid"
            [profile.dev]
            debug = "line-tables-only"
            [profile.dev.package."*"]
            debug = false
        "#;
        let manifest =
            scratch_manifest(course, Path::new("/course"), "exercises/03-chat", "chat").unwrap();
        let expected: Table = toml::from_str(
            r#"
            [workspace]
            resolver = "3"
            members = ["exercises/03-chat"]
            [workspace.package]
            edition = "2024"
            [workspace.dependencies]
            axum = { version = "0.8", features = ["ws"] }
            helpers = { path = "/course/helpers" }
            [workspace.lints.rust]
            unsafe_code = "forbid"
            [profile.dev]
            debug = "line-tables-only"
            [profile.dev.package."*"]
            debug = false
            [profile.dev.package.chat]
            codegen-units = 255
            "#,
        )
        .unwrap();
        assert_eq!(toml::from_str::<Table>(&manifest).unwrap(), expected);
    }

    #[test]
    fn the_package_is_never_built_as_the_course_builds_it() {
        for (course, units) in [
            ("", 255),
            ("[profile.dev]\ncodegen-units = 255", 254),
            ("[profile.dev.package.chat]\ncodegen-units = 1", 2),
        ] {
            let manifest =
                scratch_manifest(course, Path::new("/course"), "exercises/03-chat", "chat");
            let manifest: Table = toml::from_str(&manifest.unwrap()).unwrap();
            let chat = &manifest["profile"]["dev"]["package"]["chat"];
            assert_eq!(chat["codegen-units"].as_integer(), Some(units), "{course}");
        }
    }
}
