//! The one row that names the installation, and tells a program whether it fits: its epoch and the fingerprint of its
//! identity secret.

use uuid::Uuid;

use super::{Database, OpenError, on_pool, sql};

/// The installation.
#[derive(Debug, sqlx::FromRow)]
pub struct Instance {
    /// Its id, made with its tables.
    pub id: Uuid,
    /// The epoch of what Redis remembers of it.
    pub epoch: i64,
    /// The fingerprint of its identity secret, as of the first start.
    identity_fingerprint: Option<Vec<u8>>,
}

impl Database {
    /// The installation.
    pub async fn instance(&self) -> sqlx::Result<Instance> {
        let statement = sql!(
            "find_instance",
            "SELECT id, epoch, identity_fingerprint FROM instance"
        );
        on_pool!(self.read(statement), (p, text) => sqlx::query_as(text).fetch_one(p).await)
    }

    /// Checks that the identity secret is the one of the first start, which this may be.
    ///
    /// # Errors
    /// [`OpenError::OtherSecret`].
    pub async fn check_identity(
        &self,
        instance: &Instance,
        fingerprint: &[u8],
    ) -> Result<(), OpenError> {
        let mut stored = instance.identity_fingerprint.clone();
        if stored.is_none() {
            // Of two processes that start at once the first one decides.
            let statement = sql!(
                "store_identity_fingerprint",
                "UPDATE instance SET identity_fingerprint = $1 WHERE identity_fingerprint IS NULL"
            );
            on_pool!(self.write(statement), (p, text) => sqlx::query(text)
                .bind(fingerprint).execute(p).await.map(drop))?;
            stored = self.instance().await?.identity_fingerprint;
        }
        if stored.as_deref() == Some(fingerprint) {
            Ok(())
        } else {
            Err(OpenError::OtherSecret)
        }
    }

    /// Begins another epoch in the place of this one; whether it was this process that did, and not another.
    pub async fn leave_epoch(&self, epoch: i64) -> sqlx::Result<bool> {
        let statement = sql!(
            "leave_epoch",
            "UPDATE instance SET epoch = $2 WHERE epoch = $1"
        );
        // The sign is left out: the number is read by people, too.
        let next = i64::try_from(Uuid::new_v4().as_u64_pair().0 >> 1).unwrap_or(i64::MAX);
        let moved = on_pool!(self.write(statement), (p, text) => sqlx::query(text)
            .bind(epoch).bind(next).execute(p).await.map(|done| done.rows_affected()))?;
        Ok(moved == 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::Purpose;

    #[tokio::test]
    async fn the_first_of_two_secrets_stays_and_an_epoch_is_left_once() {
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite:{}", folder.path().join("acclaim.db").display());
        let database = Database::open(&url, 4, Purpose::Serving).await;
        let database = database.expect("it opens");
        database.migrate().await.expect("tables");
        // Both processes have looked before either has stored its own.
        let seen = database.instance().await.expect("it has one");
        let check = async |fingerprint| database.check_identity(&seen, fingerprint).await;
        check(&[1; 32]).await.expect("the first");
        let refused = check(&[2; 32]).await;
        assert!(matches!(refused, Err(OpenError::OtherSecret)));
        check(&[1; 32]).await.expect("the same");
        // Both have found that this epoch has to be left.
        let leave = async || database.leave_epoch(seen.epoch).await.expect("it answers");
        assert!(leave().await);
        assert!(!leave().await);
        let next = database.instance().await.expect("it has one");
        assert_eq!(next.id, seen.id);
        assert!(next.epoch > seen.epoch);
    }
}
