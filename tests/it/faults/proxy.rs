//! A network between two programs that can be made to fail: a TCP proxy that delays, holds, loses and cuts.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// The treatment of bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// They arrive.
    Pass,
    /// They arrive later, whichever way they go.
    Delay(Duration),
    /// They wait in the network until it heals, as do new connections: a black hole that TCP survives.
    Hold,
    /// The client's words are thrown away: it is never asked for.
    LoseRequests,
    /// The server's words are thrown away: it was done, and nobody hears of it.
    LoseAnswers,
}

#[derive(Debug, Clone, Copy)]
struct State {
    mode: Mode,
    /// Connections of an earlier one are cut.
    epoch: u64,
    /// New connections are cut at once.
    is_down: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Direction {
    ToServer,
    ToClient,
}

/// A proxy in front of one server of this machine.
pub struct Proxy {
    /// Where it listens.
    pub address: SocketAddr,
    state: watch::Sender<State>,
}

impl Proxy {
    /// Starts one in front of the server at this port.
    pub async fn start(port: u16) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
        let listener = listener.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let (state, watched) = watch::channel(State {
            mode: Mode::Pass,
            epoch: 0,
            is_down: false,
        });
        tokio::spawn(accept(listener, port, watched));
        Self { address, state }
    }

    /// The address of the server at `port` by way of the proxy.
    pub fn in_front_of(&self, url: &str, port: u16) -> String {
        let (own, other) = (format!(":{port}/"), format!(":{}/", self.address.port()));
        assert!(url.contains(&own), "{url}");
        url.replace(&own, &other)
    }

    /// The treatment of bytes from now on.
    pub fn set(&self, mode: Mode) {
        self.state.send_modify(|state| state.mode = mode);
    }

    /// Resets all connections; new ones are as good as before.
    pub fn cut(&self) {
        self.state.send_modify(|state| state.epoch += 1);
    }

    /// Resets all connections, those to come too, until it is up again.
    pub fn set_down(&self, is_down: bool) {
        self.state.send_modify(|state| {
            state.epoch += 1;
            state.is_down = is_down;
        });
    }
}

async fn accept(listener: TcpListener, port: u16, state: watch::Receiver<State>) {
    loop {
        // The proxy is gone when nobody can change it any more.
        let mut gone = state.clone();
        let (client, _) = tokio::select! {
            accepted = listener.accept() => accepted.expect("the listener goes on"),
            () = async { while gone.changed().await.is_ok() {} } => return,
        };
        tokio::spawn(connect(client, port, state.clone()));
    }
}

/// Carries one connection until an end closes it or it is cut.
async fn connect(client: TcpStream, port: u16, state: watch::Receiver<State>) {
    let (epoch, is_down) = {
        let now = state.borrow();
        (now.epoch, now.is_down)
    };
    if is_down {
        return reset(&client);
    }
    let Ok(server) = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await else {
        return reset(&client);
    };
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    let mut up = std::pin::pin!(pump(
        from_client,
        to_server,
        Direction::ToServer,
        state.clone(),
        epoch
    ));
    let mut down = std::pin::pin!(pump(
        from_server,
        to_client,
        Direction::ToClient,
        state,
        epoch
    ));
    tokio::select! {
        () = &mut up => {}
        () = &mut down => {}
    }
}

/// Makes the end of this connection a reset and not a farewell.
fn reset(stream: &TcpStream) {
    let _ = socket2::SockRef::from(stream).set_linger(Some(Duration::ZERO));
}

async fn pump(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    direction: Direction,
    mut state: watch::Receiver<State>,
    epoch: u64,
) {
    let mut buffer = vec![0; 16 * 1024];
    loop {
        let now = *state.borrow_and_update();
        if now.epoch != epoch {
            return reset(from.as_ref());
        }
        if now.mode == Mode::Hold {
            if state.changed().await.is_err() {
                return;
            }
            continue;
        }
        let length = tokio::select! {
            read = from.read(&mut buffer) => match read {
                Ok(length) if length > 0 => length,
                _ => return,
            },
            changed = state.changed() => match changed {
                Ok(()) => continue,
                Err(_) => return,
            },
        };
        match (now.mode, direction) {
            (Mode::LoseRequests, Direction::ToServer)
            | (Mode::LoseAnswers, Direction::ToClient) => {
                continue;
            }
            (Mode::Delay(time), _) => tokio::time::sleep(time).await,
            _ => {}
        }
        if to.write_all(&buffer[..length]).await.is_err() {
            return;
        }
    }
}
