//! The circumstances of a vote: what is stored beside it for signals to read. No request is refused for them, and no
//! answer tells of them.

use std::net::IpAddr;

use chrono::{DateTime, Utc};

use super::{App, Client};
use crate::auth::keyed_hash::Purpose;
use crate::auth::{Viewer, ticket};
use crate::domain::device;
use crate::domain::roster::Roster;
use crate::domain::vote::Circumstances;
use crate::id::{CampaignId, NomineeId, VoterId};

/// The client's own account of the visit that a vote comes from.
#[derive(Debug, Clone, Copy, Default)]
pub struct Visit<'a> {
    /// The ticket of the query that showed the campaign.
    pub ticket: Option<&'a str>,
    /// The nominee whose shared link the voter first came by.
    pub shared_by: Option<NomineeId>,
}

impl App {
    /// A ticket that a vote of this viewer in the campaign brings back.
    #[must_use]
    pub fn issue_ticket(&self, viewer: Viewer, campaign_id: CampaignId) -> String {
        ticket::issue(
            &self.hash_key,
            campaign_id,
            viewer.voter(),
            self.clock.now(),
        )
    }

    /// The circumstances of a vote that is admitted at `cast_at`.
    pub(super) fn circumstances(
        &self,
        (voter_id, is_guest): (VoterId, bool),
        client: &Client,
        visit: Visit<'_>,
        roster: &Roster,
        cast_at: DateTime<Utc>,
    ) -> Circumstances {
        let campaign_id = roster.campaign().id;
        Circumstances {
            network_hash: Some(self.network_hash(client)),
            network_block_hash: Some(self.network_block_hash(client)),
            device_hash: self.device_hash(client),
            seen_ms: visit.ticket.and_then(|ticket| {
                ticket::elapsed_ms(&self.hash_key, ticket, campaign_id, voter_id, cast_at)
            }),
            share_nominee: visit.shared_by.filter(|id| roster.index_of(*id).is_some()),
            is_guest,
        }
    }

    /// Keyed hash of the network a request comes from.
    pub(super) fn network_hash(&self, client: &Client) -> [u8; 16] {
        match client.address {
            IpAddr::V4(ip) => self.hash_key.short_hash(Purpose::Network, &ip.octets()),
            // The half of the address that names the network.
            IpAddr::V6(ip) => self
                .hash_key
                .short_hash(Purpose::Network, &ip.octets()[..8]),
        }
    }

    /// Keyed hash of the block that its network is of: a company's or a provider's, /24 or /48.
    fn network_block_hash(&self, client: &Client) -> [u8; 16] {
        let hash = |block: &[u8]| self.hash_key.short_hash(Purpose::NetworkBlock, block);
        match client.address {
            IpAddr::V4(ip) => hash(&ip.octets()[..3]),
            IpAddr::V6(ip) => hash(&ip.octets()[..6]),
        }
    }

    /// Keyed hash of the model and client of the device a request comes from, as far as it tells.
    fn device_hash(&self, client: &Client) -> Option<[u8; 16]> {
        let device = device::model_and_client(client.user_agent.as_deref()?)?;
        Some(self.hash_key.short_hash(Purpose::Device, device.as_bytes()))
    }
}
