//! How many files a process may have open.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::LoadError;

/// What a process needs besides its connections: its log, its listener, the runtime.
const BESIDES: u64 = 128;

/// Makes this process, and the servers that it starts from now on, able to hold so many connections.
///
/// # Errors
///
/// When the system does not allow so many.
pub fn allow_connections(count: usize) -> Result<(), LoadError> {
    let needed = count as u64 + BESIDES;
    let now = getrlimit(Resource::Nofile);
    if now.current.is_none_or(|current| current >= needed) {
        return Ok(());
    }
    if now.maximum.is_some_and(|maximum| maximum < needed) {
        return Err(LoadError::Needs(format!(
            "{needed} open files for {count} connections; `ulimit -Hn` allows {}",
            now.maximum.unwrap_or_default()
        )));
    }
    let raised = Rlimit {
        current: Some(needed),
        maximum: now.maximum,
    };
    setrlimit(Resource::Nofile, raised).map_err(|errno| LoadError::System(errno.into()))
}
