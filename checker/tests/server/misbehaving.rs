//! What a server process does, by the name of its behaviour.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Stdio};

use tokio::signal::unix::{SignalKind, signal};

use crate::support::{BEHAVIOUR, answer_the_roll, command, options, start_ok};

/// Not a test: the body of each server that the tests start.
#[test]
fn server_process() {
    let Ok(behaviour) = std::env::var(BEHAVIOUR) else {
        return;
    };
    let _on_the_roll = answer_the_roll();
    match behaviour.as_str() {
        "serve" => serve(),
        "exit at once" => {
            println!("the last line on stdout");
            eprintln!("the last line on stderr");
            std::process::exit(3);
        }
        "die of a signal" => {
            let me = rustix::process::getpid();
            rustix::process::kill_process(me, rustix::process::Signal::ABORT).unwrap();
        }
        "never listen" => wait_for_ever(),
        "listen on another port" => accept_all(&TcpListener::bind("127.0.0.1:0").unwrap()),
        "listen on another address" => {
            accept_all(&TcpListener::bind(("127.0.0.2", port())).unwrap());
        }
        "listen on all addresses" => accept_all(&TcpListener::bind(("0.0.0.0", port())).unwrap()),
        "listen without SO_REUSEADDR" => listen_without_reuseaddr(),
        "ignore SIGTERM" => ignore_sigterm(),
        "leave descendants" => {
            for _ in 0..2 {
                become_parent_of("daemonize");
            }
            become_parent_of("never listen");
            serve();
        }
        "daemonize" => {
            rustix::process::setsid().unwrap();
            become_parent_of("never listen");
            // Ending makes an orphan of the child.
        }
        "hand over to an orphan and exit" => {
            become_parent_of("never listen");
            println!("handed over");
            std::process::exit(0);
        }
        "fork without end" => {
            become_parent_of("fork on");
            serve();
        }
        "fork on" => {
            rustix::process::setsid().unwrap();
            become_parent_of("fork on");
        }
        "flood" => {
            std::thread::spawn(flood);
            serve();
        }
        "write a line without end" => {
            flood_bytes(100 << 20);
            serve();
        }
        "write invalid UTF-8" => {
            std::io::stdout().write_all(b"caf\xe9 \xf0\x9f\n").unwrap();
            serve();
        }
        "panic in a thread" => {
            let panicking = std::thread::Builder::new()
                .name("handler".to_owned())
                .spawn(|| panic!("no such room:\n{:?}", "lobby"));
            assert!(panicking.unwrap().join().is_err());
            serve();
        }
        "exit when asked" => {
            serve_until(|line| line == "exit");
            println!("goodbye");
            std::process::exit(7);
        }
        "print the environment" => {
            for (name, value) in std::env::vars() {
                println!("{name}={value}");
            }
            println!("in {}", std::env::current_dir().unwrap().display());
            std::fs::write("left-behind", "").unwrap();
            serve();
        }
        "kill the parent" => {
            let parent = rustix::process::getppid().unwrap();
            let listener = listen();
            accept(&listener);
            rustix::process::kill_process(parent, rustix::process::Signal::KILL).unwrap();
            accept_all(&listener);
        }
        "check" => be_the_checker(),
        other => panic!("no such behaviour: {other}"),
    }
}

fn port() -> u16 {
    std::env::var("PORT").unwrap().parse().unwrap()
}

fn listen() -> TcpListener {
    TcpListener::bind(("127.0.0.1", port())).unwrap()
}

fn serve() {
    accept_all(&listen());
}

/// Accepts connections and reads each until `done` says so of a line.
fn serve_until(done: fn(&str) -> bool) {
    let listener = listen();
    loop {
        let mut text = String::new();
        // The checker's readiness probe sends nothing.
        accept(&listener).read_to_string(&mut text).unwrap();
        if text.lines().any(done) {
            return;
        }
    }
}

fn accept(listener: &TcpListener) -> TcpStream {
    listener.accept().unwrap().0
}

fn accept_all(listener: &TcpListener) {
    loop {
        accept(listener);
    }
}

fn wait_for_ever() {
    loop {
        std::thread::park();
    }
}

fn become_parent_of(behaviour: &str) {
    let command = command();
    let child = Command::new(command.program)
        .args(command.args)
        .env(BEHAVIOUR, behaviour)
        .stdin(Stdio::null())
        .spawn();
    // A fork that the system refuses is no reason to end.
    drop(child);
}

fn listen_without_reuseaddr() {
    use rustix::net::{AddressFamily, SocketAddrV4, SocketType};

    let socket = rustix::net::socket(AddressFamily::INET, SocketType::STREAM, None).unwrap();
    let address = SocketAddrV4::new(std::net::Ipv4Addr::LOCALHOST, port());
    if let Err(error) = rustix::net::bind(&socket, &address) {
        eprintln!("bind: {}", std::io::Error::from(error));
        std::process::exit(1);
    }
    rustix::net::listen(&socket, 16).unwrap();
    accept_all(&TcpListener::from(socket));
}

fn ignore_sigterm() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let _ignored = signal(SignalKind::terminate()).unwrap();
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", port()))
            .await
            .unwrap();
        loop {
            listener.accept().await.unwrap();
        }
    });
}

/// Writes as fast as it can until the pipe is closed.
fn flood() {
    let lines = [b"x".repeat(4095), b"\n".to_vec()].concat().repeat(16);
    let mut out = std::io::stdout().lock();
    while out.write_all(&lines).is_ok() {}
}

fn flood_bytes(count: usize) {
    let chunk = vec![b'x'; 1 << 16];
    let mut out = std::io::stdout().lock();
    for _ in 0..count / chunk.len() {
        out.write_all(&chunk).unwrap();
    }
    out.flush().unwrap();
}

/// Starts a server that has descendants, and waits to be killed.
fn be_the_checker() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let mut options = options("leave descendants");
        let roll = std::env::var(crate::support::ROLL).unwrap();
        options.env.insert(crate::support::ROLL.to_owned(), roll);
        let _server = start_ok(&options).await;
        std::future::pending::<()>().await;
    });
}
