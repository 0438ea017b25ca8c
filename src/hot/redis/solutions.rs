//! The casts that solutions of captchas belong to, shared by all processes.

use redis::Pipeline;

use super::Redis;
use crate::hot::{CastHash, SolutionHash};

/// The time for which it is remembered who a solution belongs to: a solution is good for 300 s, by other clocks.
const OWNER_SECONDS: i64 = 420;

impl Redis {
    pub(in crate::hot) async fn find_solution_owner(
        &self,
        solution: SolutionHash,
    ) -> Option<CastHash> {
        let known = self.local.find_solution_owner(solution);
        if known.is_some() {
            return known;
        }
        let mut get = redis::cmd("GET");
        get.arg(self.keys.solution(solution));
        let found = self
            .client
            .call(|mut c| async move { get.query_async::<Option<Vec<u8>>>(&mut c).await })
            .await?;
        found?.try_into().ok()
    }

    /// The first owns it. What Redis said is remembered here, for the time when it is away.
    pub(in crate::hot) async fn own_solution(
        &self,
        solution: SolutionHash,
        cast: CastHash,
    ) -> bool {
        let key = self.keys.solution(solution);
        let mut pipeline = Pipeline::new();
        let set = pipeline.cmd("SET").arg(&key).arg(cast.as_slice());
        set.arg("NX").arg("EX").arg(OWNER_SECONDS).ignore();
        pipeline.get(&key);
        let shared = self
            .client
            .call(|mut c| async move { pipeline.query_async::<(Option<Vec<u8>>,)>(&mut c).await })
            .await;
        let owner = shared.and_then(|(owner,)| owner?.try_into().ok());
        let owner = owner.unwrap_or(cast);
        self.local.own_solution(solution, owner) && owner == cast
    }
}
