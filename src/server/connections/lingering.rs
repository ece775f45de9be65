//! The last words of a connection: a socket that is closed with bytes unread is reset, and its peer may never see them.

use std::time::Duration;

use actix_web::web::{Buf, Bytes};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::{gate::Permit, stream::Stream};

/// How long the peer has to read them.
const TIME: Duration = Duration::from_secs(1);
/// What it may send meanwhile.
const MOST: usize = 64 * 1024;

/// Writes the words and waits, for a while, until the peer closes too. The connection keeps its place until then.
pub async fn linger(mut stream: Stream, mut words: Bytes, permit: Option<Permit>) {
    let last = async {
        while words.has_remaining() {
            stream.write_buf(&mut words).await?;
        }
        stream.shutdown().await?;
        let (mut sink, mut read) = ([0; 1024], 0);
        while read < MOST {
            match stream.read(&mut sink).await? {
                0 => break,
                count => read += count,
            }
        }
        Ok::<_, std::io::Error>(())
    };
    let _ = tokio::time::timeout(TIME, last).await;
    drop((stream, permit));
}
