//! `cargo run --package load`: measures the solutions under many connections.

use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use checker::server::{SUPERVISE, ServerCommand, supervise_main};
use clap::Parser;
use load::{BASELINE, LoadError};

/// Connections enough to tell what one costs, and few enough for what axum's own buffers take: 128 KiB each.
const BASELINE_CONNECTIONS: usize = 500;
/// The long document has so many characters, and has been through so many operations.
const LONG: usize = 1_000_000;
const OPERATIONS: u64 = 100_000;
/// With this for its only argument, this program is the server that the solutions are compared with.
const BE_THE_BASELINE: &str = "__baseline";

/// Measures what many connections cost the solutions, built as a student builds them, and prints it beside what they cost
/// axum's WebSockets when nothing is set.
#[derive(Debug, Parser)]
#[command(
    after_help = "Examples:\n  cargo run --package load\n  cargo run --package load -- rooms --connections 1000"
)]
struct Args {
    /// The servers: `chat`, `rooms`, … Without one, all.
    servers: Vec<String>,
    /// How many idle connections are held.
    #[arg(long, default_value_t = 4000, value_parser = clap::value_parser!(u16).range(1..=20_000))]
    connections: u16,
    /// How many connections are in the room that hears a broadcast.
    #[arg(long, default_value_t = 1000, value_parser = clap::value_parser!(u16).range(1..=20_000))]
    room: u16,
    /// How many people type in one document of the editor.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u16).range(2..=1000))]
    typists: u16,
    /// For how many seconds they type.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..=600))]
    seconds: u16,
    /// How many messages are sent to the room.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u16).range(1..=1000))]
    messages: u16,
}

fn main() -> ExitCode {
    let mut given = std::env::args_os().skip(1);
    let first = given.next();
    if first.as_ref().is_some_and(|first| first == SUPERVISE) {
        return supervise_main(given);
    }
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&error),
    };
    if first.is_some_and(|first| first == BE_THE_BASELINE) {
        return groundwork::exit_code("baseline", runtime.block_on(load::baseline()));
    }
    match runtime.block_on(measure(&Args::parse())) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failed(&error),
    }
}

fn failed(error: &dyn std::error::Error) -> ExitCode {
    eprintln!("error: {error}");
    ExitCode::FAILURE
}

async fn measure(args: &Args) -> Result<(), LoadError> {
    let course =
        checker::assignment::course_root().map_err(|error| LoadError::Answer(error.to_string()))?;
    let mut services = load::services(&course);
    for name in &args.servers {
        let mut all = services.iter().chain([&load::EDITOR]);
        if !all.any(|service| service.is_called(name)) {
            let known = services.iter().chain([&load::EDITOR]);
            let known = known.map(|service| service.folder);
            let known: Vec<&str> = known.collect();
            return Err(LoadError::Answer(format!(
                "there is no server {name:?} to measure: {}",
                known.join(", ")
            )));
        }
    }
    services.retain(|service| {
        let named = args.servers.iter().any(|name| service.is_called(name));
        named || args.servers.is_empty()
    });
    let (connections, room) = (usize::from(args.connections), usize::from(args.room));
    load::allow_connections(connections.max(room).max(BASELINE_CONNECTIONS))?;
    let course =
        checker::assignment::course_root().map_err(|error| LoadError::Answer(error.to_string()))?;
    let command = ServerCommand {
        program: std::env::current_exe()?,
        args: vec![BE_THE_BASELINE.into()],
    };

    println!("Resident memory of a server with idle connections (debug builds)\n");
    println!(
        "{:12} {:>12} {:>14} {:>9}",
        "", "connections", "KiB each", "ratio"
    );
    let started = BASELINE.start(&course, &command).await?;
    let baseline = load::idle(&started, BASELINE_CONNECTIONS).await?;
    started.stop().await;
    let line = |name: &str, idle: load::Idle| {
        let (each, ratio) = (idle.kib_each(), idle.kib_each() / baseline.kib_each());
        println!(
            "{name:12} {:>12} {each:>14.1} {ratio:>9.3}",
            idle.connections
        );
    };
    line("axum's own", baseline);
    for service in &services {
        let started = service.start(&course, &command).await?;
        line(service.folder, load::idle(&started, connections).await?);
        started.stop().await;
    }
    for service in services.iter().filter(|service| service.has_rooms) {
        let started = service.start(&course, &command).await?;
        let heard = load::broadcast(&started, room, usize::from(args.messages)).await?;
        started.stop().await;
        println!(
            "\n{}: {} messages to a room of {}: {} of {} delivered in order, {:.0} a second",
            service.folder,
            heard.messages,
            heard.members,
            heard.delivered,
            heard.members * heard.messages,
            heard.rate()
        );
    }
    if args.servers.is_empty() || args.servers.iter().any(|name| load::EDITOR.is_called(name)) {
        measure_editor(args, &course, &command).await?;
    }
    Ok(())
}

async fn measure_editor(
    args: &Args,
    course: &Path,
    command: &ServerCommand,
) -> Result<(), LoadError> {
    let (typists, each) = (usize::from(args.typists), 5 * usize::from(args.seconds));
    let started = load::EDITOR.start(course, command).await?;
    let typing = load::typing(&started, typists, each, Duration::from_millis(200)).await?;
    started.stop().await;
    println!(
        "\n{}: {typists} people typed 5 characters a second each for {} s: {}; from the keystroke to the others half took {:.0?} at most, 99 of 100 {:.0?}",
        load::EDITOR.folder,
        args.seconds,
        if typing.is_complete() {
            "all copies are equal".to_owned()
        } else {
            format!("{} copies are NOT the server's", typing.different)
        },
        typing.percentile(50),
        typing.percentile(99),
    );

    let folder = tempfile::tempdir()?;
    let database = folder.path().join("editor.db");
    load::store_long_document(&database, LONG, OPERATIONS)?;
    let environment = load::with_database(&database);
    let started = load::EDITOR
        .start_with(course, command, environment)
        .await?;
    let opening = load::open_long_document(&started).await?;
    started.stop().await;
    println!(
        "{}: a document of {} characters at revision {} was open after {:.0?}",
        load::EDITOR.folder,
        opening.length,
        opening.revision,
        opening.took
    );
    Ok(())
}
