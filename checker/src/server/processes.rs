//! The descendants of a process, and how to end them all.

#[cfg(target_os = "linux")]
use std::collections::HashSet;
#[cfg(target_os = "linux")]
use std::{fs, time::Duration};

#[cfg(target_os = "linux")]
use rustix::io::retry_on_intr;
use rustix::process::{Pid, Signal, WaitOptions};

/// Kills all that descends from the calling process and returns when nothing of it is left.
///
/// It must be a child subreaper without threads. Then every orphan becomes its child, and to have no children is to have no
/// descendants: no list that might be out of date is asked for that.
#[cfg(target_os = "linux")]
pub(super) fn end_all(process: Pid) {
    // Few leave anything behind, and then there is nothing to look for.
    end_child(process);
    let me = rustix::process::getpid();
    let mut killed = HashSet::new();
    loop {
        loop {
            match rustix::process::wait(WaitOptions::NOHANG) {
                Ok(Some((pid, _))) => killed.remove(&pid),
                Ok(None) => break,
                Err(_) => return,
            };
        }
        let found = freeze_descendants(me);
        for &pid in &found {
            // It may have ended by itself.
            let _ = rustix::process::kill_process(pid, Signal::KILL);
        }
        let before = killed.len();
        killed.extend(found);
        if killed.len() == before {
            // Nothing new: the last ones are on their way out.
            std::thread::sleep(Duration::from_micros(200));
        }
    }
}

/// Kills a child and reaps it, unless that has been done. What it leaves behind has the subreaper for its parent then.
#[cfg(target_os = "linux")]
fn end_child(child: Pid) {
    let reap = |options| retry_on_intr(|| rustix::process::waitpid(Some(child), options));
    if matches!(reap(WaitOptions::NOHANG), Ok(None)) {
        let _ = rustix::process::kill_process(child, Signal::KILL);
        let _ = reap(WaitOptions::empty());
    }
}

/// Stops every descendant, parents first, so that none can make another while they are looked for.
///
/// A stopped parent reaps nobody, so the ids of its children stay theirs until they are killed.
#[cfg(target_os = "linux")]
fn freeze_descendants(root: Pid) -> HashSet<Pid> {
    /// Who forks and ends faster than it can be found would keep the search going; killing what was found slows it down.
    const ROUNDS: usize = 16;
    let mut frozen = HashSet::new();
    for _ in 0..ROUNDS {
        let before = frozen.len();
        walk(root, &mut |pid| {
            if frozen.insert(pid) {
                let _ = rustix::process::kill_process(pid, Signal::STOP);
            }
        });
        if frozen.len() == before {
            break;
        }
    }
    frozen
}

/// Kills the process group of `process` and waits for it; who has left the group cannot be found here.
#[cfg(not(target_os = "linux"))]
pub(super) fn end_all(process: Pid) {
    let _ = rustix::process::kill_process_group(process, Signal::KILL);
    // An error means that it has been reaped already.
    let _ = rustix::process::waitpid(Some(process), WaitOptions::empty());
}

/// All descendants of `root`, parents before their children.
#[cfg(target_os = "linux")]
pub(super) fn descendants(root: Pid) -> Vec<Pid> {
    let mut found = Vec::new();
    walk(root, &mut |pid| {
        found.push(pid);
    });
    found
}

/// Calls `visit` with each descendant of `root`, before it looks for that one's children.
#[cfg(target_os = "linux")]
fn walk(root: Pid, visit: &mut impl FnMut(Pid)) {
    let mut parents = vec![root];
    while let Some(parent) = parents.pop() {
        for child in children(parent) {
            visit(child);
            parents.push(child);
        }
    }
}

/// A child belongs to the thread that made it, and each thread has a list of its children.
#[cfg(target_os = "linux")]
fn children(parent: Pid) -> Vec<Pid> {
    let Ok(threads) = fs::read_dir(format!("/proc/{parent}/task")) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for thread in threads.flatten() {
        match fs::read_to_string(thread.path().join("children")) {
            Ok(list) => found.extend(list.split_ascii_whitespace().filter_map(parse_pid)),
            // The thread has ended and handed its children on, or the kernel keeps no lists.
            Err(_) if thread.path().exists() => return children_by_parent(parent),
            Err(_) => {}
        }
    }
    found
}

/// For a kernel built without `CONFIG_PROC_CHILDREN`: asks every process for its parent.
#[cfg(target_os = "linux")]
fn children_by_parent(parent: Pid) -> Vec<Pid> {
    let Ok(processes) = fs::read_dir("/proc") else {
        return Vec::new();
    };
    processes
        .flatten()
        .filter_map(|process| {
            let pid = parse_pid(process.file_name().to_str()?)?;
            let stat = fs::read_to_string(process.path().join("stat")).ok()?;
            // `4242 (name) S 1 …`, where the name may hold anything.
            let (_, after_name) = stat.rsplit_once(") ")?;
            let its_parent = after_name.split_ascii_whitespace().nth(1)?;
            (parse_pid(its_parent)? == parent).then_some(pid)
        })
        .collect()
}

#[cfg(target_os = "linux")]
fn parse_pid(text: &str) -> Option<Pid> {
    Pid::from_raw(text.parse().ok()?)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

    use std::process::{Command, Stdio};

    use super::*;

    #[test]
    fn children_are_found_in_the_lists_and_without_them() {
        let mut child = Command::new("cat").stdin(Stdio::piped()).spawn().unwrap();
        let me = rustix::process::getpid();
        let pid = Pid::from_child(&child);
        assert!(children(me).contains(&pid));
        assert!(children_by_parent(me).contains(&pid));
        assert!(descendants(me).contains(&pid));
        drop(child.stdin.take());
        child.wait().unwrap();
        assert!(!children(me).contains(&pid));
    }
}
