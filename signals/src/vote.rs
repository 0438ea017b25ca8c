//! Votes and stories as the signals read them.

/// A vote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Vote {
    /// The nominee, counted from 0 within the campaign.
    pub nominee: u16,
    /// The voter.
    pub voter: u32,
    /// When it was cast: milliseconds of Unix time.
    pub cast_at_ms: i64,
    /// Milliseconds from the page that showed the nominee or campaign to the vote; none where the vote brought no
    /// valid ticket (unseen).
    pub seen_ms: Option<u32>,
    /// The nominee with whose share link the voter first came.
    pub share_nominee: Option<u16>,
    /// The network address.
    pub address: u32,
    /// The address's /24 or /48.
    pub block: u32,
    /// The phone's model and client; none for a desktop browser, of which thousands are the same, and for a script that
    /// names itself.
    pub device: Option<u32>,
}

impl Vote {
    /// Whether it came by the share link of the nominee that it is for.
    #[must_use]
    pub fn is_own_share(&self) -> bool {
        self.share_nominee == Some(self.nominee)
    }
}

/// A story about a nominee, which brings votes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Story {
    /// The nominee.
    pub nominee: u16,
    /// When it came out: milliseconds of Unix time.
    pub published_at_ms: i64,
}
