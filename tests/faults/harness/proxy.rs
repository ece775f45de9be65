//! A proxy in front of PostgreSQL that can fall silent, refuse, and cut what it carries.

use std::{
    io::{ErrorKind, Read, Write},
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

/// How often a connection looks whether it may go on.
const LOOK: Duration = Duration::from_millis(10);

/// The proxy; it ends with the process.
pub struct Proxy {
    address: SocketAddr,
    state: Arc<State>,
}

struct State {
    server: SocketAddr,
    /// Connections up to this number carry nothing.
    silent: AtomicUsize,
    refuses: AtomicBool,
    /// Both ends of each connection, by its number.
    carried: Mutex<Vec<TcpStream>>,
    count: AtomicUsize,
}

impl Proxy {
    /// Carries everything to the server.
    pub fn before(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(State {
            server,
            silent: AtomicUsize::new(0),
            refuses: AtomicBool::new(false),
            carried: Mutex::default(),
            count: AtomicUsize::new(0),
        });
        let shared = Arc::clone(&state);
        std::thread::spawn(move || {
            for client in listener.incoming() {
                accept(&shared, client.unwrap());
            }
        });
        Self { address, state }
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The connections that there are fall silent for ever; new ones work.
    pub fn silence_what_is_there(&self) {
        self.state.silent.store(self.state.count.load(Ordering::SeqCst), Ordering::SeqCst);
    }

    /// All connections, new ones too, carry nothing until [`Self::thaw`], and everything after it.
    pub fn freeze(&self) {
        self.state.silent.store(usize::MAX, Ordering::SeqCst);
    }

    pub fn thaw(&self) {
        self.state.silent.store(0, Ordering::SeqCst);
    }

    /// Cuts what is there and lets nobody in, as a server that has stopped.
    pub fn stop(&self) {
        self.state.refuses.store(true, Ordering::SeqCst);
        for stream in self.state.carried.lock().unwrap().drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }

    /// The server is back.
    pub fn go_on(&self) {
        self.state.refuses.store(false, Ordering::SeqCst);
    }
}

fn accept(state: &Arc<State>, client: TcpStream) {
    if state.refuses.load(Ordering::SeqCst) {
        return;
    }
    let Ok(server) = TcpStream::connect(state.server) else { return };
    let number = state.count.fetch_add(1, Ordering::SeqCst) + 1;
    let ends = [client.try_clone().unwrap(), server.try_clone().unwrap()];
    state.carried.lock().unwrap().extend(ends);
    for (from, to) in [(client.try_clone().unwrap(), server.try_clone().unwrap()), (server, client)] {
        let state = Arc::clone(state);
        std::thread::spawn(move || carry(&state, number, from, to));
    }
}

fn carry(state: &State, number: usize, mut from: TcpStream, mut to: TcpStream) {
    from.set_read_timeout(Some(LOOK)).unwrap();
    to.set_nodelay(true).unwrap();
    let mut part = [0; 16 * 1024];
    loop {
        // What the kernel has taken is acknowledged, and goes no further: nobody is told.
        while state.silent.load(Ordering::SeqCst) >= number {
            std::thread::sleep(LOOK);
        }
        match from.read(&mut part) {
            Ok(0) => break,
            Ok(count) if to.write_all(&part[..count]).is_ok() => {}
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
            _ => break,
        }
    }
    let _ = from.shutdown(Shutdown::Both);
    let _ = to.shutdown(Shutdown::Both);
}
