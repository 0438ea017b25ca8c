use altcha::{
    CounterMode, HmacAlgorithm, SolveChallengeOptions, VerifySolutionOptions, solve_challenge,
    verify_solution,
};
use proptest::prelude::*;

use super::*;

/// A time that ALTCHA's library, which has the system's clock, holds to be before the expiry.
fn now() -> DateTime<Utc> {
    "2222-02-22T22:22:22Z".parse().expect("a time")
}

struct Cast {
    secret: HashKey,
    voter: VoterId,
    campaign: CampaignId,
    key: Uuid,
}

impl Cast {
    fn new() -> Self {
        Self {
            secret: HashKey::new(&[7; 32]),
            voter: VoterId::new(),
            campaign: CampaignId::new(),
            key: Uuid::from_u128(77),
        }
    }

    fn challenge_key(&self) -> ChallengeKey {
        ChallengeKey::new(&self.secret, self.voter, self.campaign, self.key)
    }

    fn altcha_secret(&self) -> String {
        secret_of(&self.secret, self.voter, self.campaign, self.key)
    }
}

/// ALTCHA's own library solves a challenge; the text is what its clients send.
fn solve(challenge: &Challenge) -> String {
    let challenge: altcha::Challenge =
        serde_json::from_str(&challenge.parameters).expect("a challenge of ALTCHA");
    let solved = solve_challenge(SolveChallengeOptions::new(&challenge)).expect("it is solved");
    let solution = solved.expect("in time");
    let payload = altcha::Payload {
        challenge,
        solution,
    };
    BASE64.encode(&serde_json::to_vec(&payload).expect("JSON"))
}

/// A solution after `change`.
fn changed(solution: &str, change: impl FnOnce(&mut Payload)) -> String {
    let mut payload = Payload::decode(solution).expect("a solution");
    change(&mut payload);
    encode(&payload)
}

fn encode(payload: &Payload) -> String {
    BASE64.encode(&serde_json::to_vec(payload).expect("JSON"))
}

#[test]
fn altcha_solves_our_challenges_and_we_take_its_solutions() {
    let cast = Cast::new();
    for effort in [Effort::Usual, Effort::Harder] {
        let challenge = cast.challenge_key().issue(effort, now()).expect("random");
        assert_eq!(challenge.expires_at, now() + LIFETIME);
        let solution = solve(&challenge);
        assert!(solution.len() < SOLUTION_CHARS_MAX / 2, "{solution}");
        assert!(cast.challenge_key().accepts(&solution, now()));
    }
}

#[test]
fn altcha_judges_solutions_as_we_do() {
    let cast = Cast::new();
    let challenge = cast.challenge_key().issue(Effort::Usual, now());
    let good = solve(&challenge.expect("random"));
    let wrong_number = changed(&good, |payload| payload.solution.counter ^= 1);
    let wrong_key = changed(&good, |payload| {
        payload.solution.derived_key = "00".repeat(32);
    });
    let easier = changed(&good, |payload| {
        payload.challenge.parameters.key_prefix.clear();
    });
    let later = changed(&good, |payload| {
        payload.challenge.parameters.expires_at += 1;
    });
    let unsigned = changed(&good, |payload| payload.challenge.signature.clear());
    let secret = cast.altcha_secret();
    for (solution, expected) in [
        (&good, true),
        (&wrong_number, false),
        (&wrong_key, false),
        (&easier, false),
        (&later, false),
        (&unsigned, false),
    ] {
        let json = BASE64.decode(solution.as_bytes()).expect("base64");
        let payload: altcha::Payload = serde_json::from_slice(&json).expect("a payload");
        let judged = verify_solution(VerifySolutionOptions {
            challenge: &payload.challenge,
            solution: &payload.solution,
            counter_mode: CounterMode::Uint32,
            hmac_algorithm: HmacAlgorithm::Sha256,
            hmac_signature_secret: secret.clone(),
            hmac_key_signature_secret: None,
        });
        assert_eq!(judged.expect("it judges").verified, expected, "{payload:?}");
        let accepted = cast.challenge_key().accepts(solution, now());
        assert_eq!(accepted, expected, "{payload:?}");
    }
}

#[test]
fn a_solution_is_for_one_voter_campaign_and_key_and_for_five_minutes() {
    let cast = Cast::new();
    let challenge = cast.challenge_key().issue(Effort::Usual, now());
    let solution = solve(&challenge.expect("random"));
    let accepts = |cast: &Cast, at| cast.challenge_key().accepts(&solution, at);
    let second = TimeDelta::seconds(1);
    assert!(accepts(&cast, now() + LIFETIME - second));
    assert!(!accepts(&cast, now() + LIFETIME));
    let others = [
        Cast {
            voter: VoterId::new(),
            ..Cast {
                campaign: cast.campaign,
                ..Cast::new()
            }
        },
        Cast {
            campaign: CampaignId::new(),
            voter: cast.voter,
            ..Cast::new()
        },
        Cast {
            key: Uuid::from_u128(78),
            voter: cast.voter,
            campaign: cast.campaign,
            ..Cast::new()
        },
        Cast {
            secret: HashKey::new(&[8; 32]),
            voter: cast.voter,
            campaign: cast.campaign,
            ..Cast::new()
        },
    ];
    for other in &others {
        assert!(!accepts(other, now()));
    }
    let same = Cast {
        voter: cast.voter,
        campaign: cast.campaign,
        ..Cast::new()
    };
    assert!(
        accepts(&same, now()),
        "another process with the same secret"
    );
}

#[test]
fn a_number_is_within_its_bound_and_the_work_is_spread_over_it() {
    let key = Cast::new().challenge_key();
    for effort in [Effort::Usual, Effort::Harder] {
        let mut sum = 0;
        for _ in 0..6 {
            let challenge = key.issue(effort, now()).expect("random");
            let payload = Payload::decode(&solve(&challenge)).expect("a solution");
            assert!(payload.solution.counter < effort.numbers());
            sum += payload.solution.counter;
        }
        // All of six in the lowest twentieth, or the highest: one time in 64 million.
        let mean = sum / 6;
        assert!(mean > effort.numbers() / 20 && mean < effort.numbers() / 20 * 19);
    }
}

fn hex(bytes: usize) -> impl Strategy<Value = String> {
    prop::collection::vec(any::<u8>(), bytes).prop_map(|bytes| HEXLOWER.encode(&bytes))
}

prop_compose! {
    fn payloads()(
        algorithm in ".{0,12}",
        cost in any::<u32>(),
        expires_at in any::<i64>(),
        key_length in any::<u8>(),
        (key_prefix, nonce, salt) in (hex(16), hex(16), hex(16)),
        signature in hex(32),
        (counter, derived_key) in (any::<u32>(), hex(32)),
    ) -> Payload {
        let parameters = Parameters { algorithm, cost, expires_at, key_length, key_prefix, nonce, salt };
        Payload {
            challenge: Signed { parameters, signature },
            solution: Solution { counter, derived_key },
        }
    }
}

proptest! {
    #[test]
    fn what_is_encoded_is_decoded(payload in payloads()) {
        prop_assert_eq!(Payload::decode(&encode(&payload)), Some(payload));
    }

    /// Parameters that nobody has signed are refused before their cost is looked at, whatever it is.
    #[test]
    fn hostile_solutions_are_refused(
        payload in payloads(), text in ".{0,200}", bytes in prop::collection::vec(any::<u8>(), 0..300),
    ) {
        let key = Cast::new().challenge_key();
        for hostile in [encode(&payload), BASE64.encode(text.as_bytes()), BASE64.encode(&bytes), text] {
            prop_assert!(!key.accepts(&hostile, DateTime::UNIX_EPOCH));
        }
    }

    #[test]
    fn a_solution_with_any_byte_changed_is_refused(position in 0usize..2_000, change in 1u8..=255) {
        let cast = Cast::new();
        let parameters = Parameters {
            algorithm: ALGORITHM.to_owned(),
            cost: COST,
            expires_at: now().timestamp() + 1,
            key_length: KEY_BYTES,
            key_prefix: String::new(),
            nonce: "00".repeat(16),
            salt: "11".repeat(16),
        };
        let key = parameters.derive_key(5).expect("a key");
        let signature = hmac::sign(&cast.challenge_key().0, parameters.to_json().expect("JSON").as_bytes());
        let payload = Payload {
            challenge: Signed { parameters, signature: HEXLOWER.encode(signature.as_ref()) },
            solution: Solution { counter: 5, derived_key: HEXLOWER.encode(key.as_ref()) },
        };
        let mut json = serde_json::to_vec(&payload).expect("JSON");
        prop_assert!(cast.challenge_key().accepts(&BASE64.encode(&json), now()));
        let position = position % json.len();
        json[position] ^= change;
        // White space is the only change that leaves it the same.
        let is_same = serde_json::from_slice::<Payload>(&json).is_ok_and(|changed| changed == payload);
        prop_assert_eq!(cast.challenge_key().accepts(&BASE64.encode(&json), now()), is_same);
    }
}
