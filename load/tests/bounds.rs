//! The bounds that are not about time, of each solution as a student would build it.

use std::path::{Path, PathBuf};

use checker::server::{ServerCommand, set_supervisor};
use load::{BASELINE, LoadError, Service, Started};

/// What an idle connection may cost a solution, in KiB.
const IDLE_KIB: f64 = 8.0;
/// How many the solution of the rooms holds; fewer tell as much of the others.
const MANY: usize = 4000;
const SOME: usize = 1000;

fn course() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

async fn start(service: Service) -> Started {
    let executable = Path::new(env!("CARGO_BIN_EXE_load"));
    set_supervisor(executable.to_owned());
    let baseline = ServerCommand {
        program: executable.to_owned(),
        args: vec!["__baseline".into()],
    };
    let started = service.start(&course(), &baseline).await;
    started.unwrap_or_else(|error| panic!("{}: {error}", service.folder))
}

/// What was measured, or nothing where this machine lacks something that `.ci/run` has.
fn unless_lacking<T>(measured: Result<T, LoadError>) -> Option<T> {
    match measured {
        Ok(measured) => Some(measured),
        Err(lack @ LoadError::Needs(_)) => {
            assert!(std::env::var_os("CI_REQUIRES_TOOLS").is_none(), "{lack}");
            println!("skipped: {lack}");
            None
        }
        Err(error) => panic!("{error}"),
    }
}

#[tokio::test]
async fn an_idle_connection_costs_a_solution_little() {
    if unless_lacking(load::allow_connections(MANY)).is_none() {
        return;
    }
    for service in load::services(&course()) {
        let started = start(service).await;
        let connections = if service.has_rooms { MANY } else { SOME };
        let measured = unless_lacking(load::idle(&started, connections).await);
        started.stop().await;
        let Some(idle) = measured else { return };
        let each = idle.kib_each();
        println!(
            "{}: {each:.1} KiB for each of {connections}",
            service.folder
        );
        assert!(each < IDLE_KIB, "{}: {each:.1} KiB", service.folder);
    }
}

#[tokio::test]
async fn what_nothing_is_set_for_costs_more() {
    if unless_lacking(load::allow_connections(SOME)).is_none() {
        return;
    }
    let started = start(BASELINE).await;
    let measured = unless_lacking(load::idle(&started, 100).await);
    started.stop().await;
    if let Some(idle) = measured {
        // The bound above can be missed: it is not the measuring that says yes.
        assert!(idle.kib_each() > 10.0 * IDLE_KIB, "{}", idle.kib_each());
    }
}

#[tokio::test]
async fn a_room_of_a_thousand_hears_everything_once_and_in_order() {
    if unless_lacking(load::allow_connections(SOME)).is_none() {
        return;
    }
    let mut services = load::services(&course());
    services.retain(|service| service.has_rooms);
    assert!(!services.is_empty());
    for service in services {
        let started = start(service).await;
        let heard = load::broadcast(&started, SOME, 10).await;
        started.stop().await;
        let heard = heard.unwrap_or_else(|error| panic!("{}: {error}", service.folder));
        assert!(heard.is_complete(), "{}: {heard:?}", service.folder);
    }
}
