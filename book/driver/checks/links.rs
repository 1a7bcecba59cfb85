//! Every link of the written pages leads to a file that is there, and to an anchor that is there.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Component, Path, PathBuf};

use anyhow::Result;

use super::Problem;
use super::tags::{Tag, tags};

/// Checks all pages of a folder. Links to other sites are not followed.
pub(crate) fn check(folder: &Path) -> Result<Vec<Problem>> {
    let mut files = BTreeSet::new();
    collect(folder, folder, &mut files)?;

    let mut pages = BTreeMap::new();
    for file in files.iter().filter(|file| is_page(file)) {
        pages.insert(
            file.clone(),
            Page::read(&fs::read_to_string(folder.join(file))?),
        );
    }

    let mut problems = Vec::new();
    for (file, page) in &pages {
        for id in &page.repeated_ids {
            problems.push(problem(
                file,
                format!("the id `{id}` stands twice in this page"),
            ));
        }
        for link in &page.links {
            if let Some(message) = complaint(link, file, page, &pages, &files) {
                problems.push(problem(file, message));
            }
        }
    }
    Ok(problems)
}

fn problem(file: &Path, message: String) -> Problem {
    Problem {
        file: file.to_owned(),
        line: None,
        message,
    }
}

/// What the links of a page need to know of another.
#[derive(Default)]
struct Page {
    links: BTreeSet<String>,
    ids: BTreeSet<String>,
    repeated_ids: BTreeSet<String>,
    /// `<base href="/">`: its links start at the folder's root.
    rooted: bool,
}

impl Page {
    fn read(html: &str) -> Self {
        let mut page = Self::default();
        for Tag { name, attributes } in tags(html) {
            for (attribute, value) in attributes {
                match (name.as_str(), attribute.as_str()) {
                    ("base", "href") => page.rooted = value.starts_with('/'),
                    (_, "href" | "src") => {
                        page.links.insert(value);
                    }
                    (_, "id") if page.ids.contains(&value) => {
                        page.repeated_ids.insert(value);
                    }
                    (_, "id") => {
                        page.ids.insert(value);
                    }
                    _ => {}
                }
            }
        }
        page
    }
}

/// What is wrong with a link, if anything is.
fn complaint(
    link: &str,
    file: &Path,
    page: &Page,
    pages: &BTreeMap<PathBuf, Page>,
    files: &BTreeSet<PathBuf>,
) -> Option<String> {
    if leads_elsewhere(link) {
        return None;
    }
    let (link_path, anchor) = match link.split_once('#') {
        Some((path, anchor)) => (path, Some(anchor)),
        None => (link, None),
    };
    let link_path = link_path.split('?').next().unwrap_or_default();

    let target = if link_path.is_empty() {
        file.to_owned()
    } else {
        let folder = if page.rooted || link_path.starts_with('/') {
            Path::new("")
        } else {
            file.parent().unwrap_or(Path::new(""))
        };
        let Some(relative) = percent_decoded(link_path.trim_start_matches('/')) else {
            return Some(format!("the link `{link}` has a % that escapes nothing"));
        };
        let Some(target) = normalized(&folder.join(relative)) else {
            return Some(format!("the link `{link}` leads out of the book"));
        };
        if link_path.ends_with('/') {
            target.join("index.html")
        } else {
            target
        }
    };

    if !files.contains(&target) {
        return Some(format!(
            "the link `{link}` leads to {}, which is not there",
            target.display()
        ));
    }
    let anchor = percent_decoded(anchor.filter(|anchor| !anchor.is_empty())?)?;
    match pages.get(&target) {
        Some(page) if !page.ids.contains(&anchor) => Some(format!(
            "the link `{link}` leads to `#{anchor}`, which is not in {}",
            target.display()
        )),
        _ => None,
    }
}

/// To another site, or to no page at all.
fn leads_elsewhere(link: &str) -> bool {
    let scheme_end = link.find([':', '/', '?', '#']);
    let has_scheme = scheme_end.is_some_and(|end| end > 0 && link[end..].starts_with(':'));
    has_scheme || link.starts_with("//")
}

/// Without `.` and `..`; nothing when it leads out of the folder.
fn normalized(path: &Path) -> Option<PathBuf> {
    let mut normalized = PathBuf::new();
    for part in path.components() {
        match part {
            Component::Normal(name) => normalized.push(name),
            Component::CurDir => {}
            Component::ParentDir => {
                if !normalized.pop() {
                    return None;
                }
            }
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(normalized)
}

/// Resolves `%20` and the like. Nothing when a `%` is not followed by two digits, or the bytes are not UTF-8.
pub(crate) fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let mut digit = || char::from(rest.next()?).to_digit(16);
        let value = digit()? * 16 + digit()?;
        bytes.push(u8::try_from(value).ok()?);
    }
    String::from_utf8(bytes).ok()
}

fn is_page(file: &Path) -> bool {
    file.extension()
        .is_some_and(|extension| extension == "html")
}

fn collect(root: &Path, folder: &Path, files: &mut BTreeSet<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(root, &path, files)?;
        } else if let Ok(relative) = path.strip_prefix(root) {
            files.insert(relative.to_owned());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is wrong in a book of these pages.
    fn problems_in(pages: &[(&str, &str)]) -> Vec<String> {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        for (name, html) in pages {
            let file = folder.path().join(name);
            fs::create_dir_all(file.parent().expect("it is in the folder"))
                .expect("it can be made");
            fs::write(file, html).expect("it can be written");
        }
        let problems = check(folder.path()).expect("the folder can be read");
        problems.iter().map(Problem::to_string).collect()
    }

    #[test]
    fn links_that_lead_somewhere_pass() {
        let problems = problems_in(&[
            (
                "index.html",
                r##"<link href="a%20b.css"><a href="sub/page.html#here">x</a><a href="#top">x</a>
                    <a href="https://example.org/#nothing">x</a><h1 id=top>x</h1><a href="sub/">x</a>
                    <a href="mailto:someone@example.org">x</a><!-- <a href="gone.html"> -->
                    <script>const link = '<a href="gone.html">';</script>"##,
            ),
            ("a b.css", ""),
            (
                "sub/page.html",
                r#"<h1 id="here"></h1><a href="../index.html?search=x#top">x</a>"#,
            ),
            ("sub/index.html", r#"<a href="./page.html">x</a>"#),
            (
                "404.html",
                r#"<base href="/"><a href="sub/page.html">x</a>"#,
            ),
        ]);
        assert_eq!(problems, Vec::<String>::new());
    }

    #[test]
    fn a_link_to_a_missing_page_is_a_problem() {
        assert_eq!(
            problems_in(&[("index.html", r#"<a href="gone.html">x</a>"#)]),
            ["index.html: the link `gone.html` leads to gone.html, which is not there"]
        );
    }

    #[test]
    fn a_missing_picture_is_a_problem() {
        assert_eq!(
            problems_in(&[("index.html", "<img src='gone.svg'>")]),
            ["index.html: the link `gone.svg` leads to gone.svg, which is not there"]
        );
    }

    #[test]
    fn a_link_to_a_missing_anchor_is_a_problem_in_any_page() {
        let pages = [
            (
                "index.html",
                r##"<a href="#here">x</a><a href="page.html#there">x</a>"##,
            ),
            ("page.html", r#"<h1 id="elsewhere">x</h1>"#),
        ];
        assert_eq!(
            problems_in(&pages),
            [
                "index.html: the link `#here` leads to `#here`, which is not in index.html",
                "index.html: the link `page.html#there` leads to `#there`, which is not in page.html",
            ]
        );
    }

    #[test]
    fn a_link_out_of_the_book_is_a_problem() {
        assert_eq!(
            problems_in(&[("index.html", r#"<a href="../solutions/main.rs">x</a>"#)]),
            ["index.html: the link `../solutions/main.rs` leads out of the book"]
        );
    }

    #[test]
    fn an_id_that_stands_twice_is_a_problem() {
        assert_eq!(
            problems_in(&[("index.html", r#"<p id="a"></p><p id="a"></p>"#)]),
            ["index.html: the id `a` stands twice in this page"]
        );
    }

    #[test]
    fn a_percent_sign_must_escape_something() {
        assert_eq!(percent_decoded("a%20%C3%A9"), Some("a é".to_owned()));
        for wrong in ["%", "%2", "%zz", "%ff"] {
            assert_eq!(percent_decoded(wrong), None, "{wrong}");
        }
    }
}
