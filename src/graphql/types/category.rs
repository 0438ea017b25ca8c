//! Categories.

use std::sync::Arc;

use async_graphql::{ID, Object};

use super::to_i32;
use crate::app::App;
use crate::domain::campaign;
use crate::domain::roster::Roster;
use crate::graphql::node_id::GlobalId;

/// A category.
#[derive(Clone)]
pub(in crate::graphql) struct Category {
    app: Arc<App>,
    roster: Arc<Roster>,
    index: usize,
}

impl Category {
    /// The category at this index of the roster.
    pub(in crate::graphql) fn new(app: &Arc<App>, roster: Arc<Roster>, index: usize) -> Self {
        Self {
            app: Arc::clone(app),
            roster,
            index,
        }
    }

    fn category(&self) -> &campaign::Category {
        &self.roster.categories()[self.index]
    }
}

/// A group of nominees that are ranked against each other.
#[Object]
impl Category {
    /// Its id.
    pub(super) async fn id(&self) -> ID {
        GlobalId::Category(self.category().id).encode(&self.app.hash_key)
    }

    /// A short name for programs, unique in the campaign.
    async fn key(&self) -> &str {
        &self.category().key
    }

    /// Its name for people.
    async fn name(&self) -> &str {
        &self.category().name
    }

    /// The number of its nominees that the public's choice takes.
    async fn shortlist_size(&self) -> i32 {
        to_i32(self.category().shortlist_size)
    }

    /// The number of nominees that it shows.
    async fn nominee_count(&self) -> i32 {
        to_i32(self.roster.shown(Some(self.index)).len())
    }
}
