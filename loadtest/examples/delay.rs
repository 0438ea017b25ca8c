//! A TCP proxy that delays, to put a server further away: `delay 5433 5432 40` listens on port 5433 of this machine and
//! passes everything on to port 5432 and back, 40 ms later each way. It takes no bandwidth: what follows is not held
//! up.

use std::net::Ipv4Addr;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};

/// Pieces on their way in one direction, of at most 64 KiB.
const PIECES_MAX: usize = 1_024;

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::io::Result<()> {
    let numbers: Vec<u16> = std::env::args()
        .skip(1)
        .filter_map(|a| a.parse().ok())
        .collect();
    let [from, to, delay_ms] = numbers[..] else {
        return Err(std::io::Error::other(
            "usage: delay <port> <port of the server> <milliseconds>",
        ));
    };
    let delay = Duration::from_millis(delay_ms.into());
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, from)).await?;
    loop {
        let (client, _) = listener.accept().await?;
        tokio::spawn(async move {
            let server = TcpStream::connect((Ipv4Addr::LOCALHOST, to)).await?;
            client.set_nodelay(true)?;
            server.set_nodelay(true)?;
            let (from_client, to_client) = client.into_split();
            let (from_server, to_server) = server.into_split();
            // The end of either is the end of both.
            tokio::select! {
                ended = pass(from_client, to_server, delay) => ended,
                ended = pass(from_server, to_client, delay) => ended,
            }
        });
    }
}

async fn pass(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    delay: Duration,
) -> std::io::Result<()> {
    let (sender, mut pieces) = mpsc::channel::<(Instant, Vec<u8>)>(PIECES_MAX);
    let read = async move {
        loop {
            let mut piece = Vec::with_capacity(64 * 1024);
            let length = from.read_buf(&mut piece).await?;
            if length == 0 || sender.send((Instant::now() + delay, piece)).await.is_err() {
                return std::io::Result::Ok(());
            }
        }
    };
    let write = async {
        while let Some((at, piece)) = pieces.recv().await {
            sleep_until(at).await;
            to.write_all(&piece).await?;
        }
        std::io::Result::Ok(())
    };
    tokio::try_join!(read, write).map(drop)
}
