use acclaim_signals::{Signal, SignalSettings};

use super::evaluation::evaluate;
use super::*;

fn whole(count: usize) -> f64 {
    f64::from(u32::try_from(count).expect("a small number"))
}

#[test]
fn a_seed_gives_the_same_campaign_for_ever() {
    let play = |seed| Crowd::new(seed, CampaignKind::A, 2_000).play(Scenario::Hall);
    let (first, second, other) = (play(1), play(1), play(2));
    assert_eq!(first.votes, second.votes);
    assert_ne!(first.votes, other.votes);
}

#[test]
fn a_crowd_has_the_figures_of_the_reference_campaign() {
    for (kind, by_link) in [(CampaignKind::A, 0.6), (CampaignKind::B, 0.1)] {
        let played = Crowd::new(3, kind, 20_000).play(Scenario::Crowd);
        let votes = &played.votes;
        let ratio = |a: usize, b: usize| whole(a) / whole(b);
        // 330,000 to 500,000 of 120,000 voters.
        assert!((55_000..83_000).contains(&votes.len()), "{}", votes.len());
        assert!(played.is_attack.iter().all(|is_attack| !is_attack));
        let unseen = votes.iter().filter(|vote| vote.seen_ms.is_none()).count();
        assert!((ratio(unseen, votes.len()) - 0.03).abs() < 0.005);
        let mut voters: Vec<(u32, bool)> = votes
            .iter()
            .map(|vote| (vote.voter, vote.share_nominee.is_some()))
            .collect();
        voters.sort_unstable();
        voters.dedup();
        let linked = voters.iter().filter(|(_, is_linked)| *is_linked).count();
        let linked = ratio(linked, voters.len());
        assert!((linked - by_link).abs() < 0.05, "{linked}");
        let mut days: Vec<(u32, i64)> = votes
            .iter()
            .map(|vote| (vote.voter, (vote.cast_at_ms - START_MS) / DAY_MS))
            .collect();
        days.sort_unstable();
        days.dedup();
        let back = ratio(days.len(), voters.len()) - 1.0;
        assert!((back - 0.7).abs() < 0.05, "{back}");
    }
}

#[test]
fn attacks_have_the_size_that_they_are_said_to_have() {
    let crowd = Crowd::new(4, CampaignKind::B, 3_000);
    let attack = |scenario| {
        let played = crowd.play(scenario);
        played
            .is_attack
            .iter()
            .filter(|is_attack| **is_attack)
            .count()
    };
    assert_eq!(attack(Scenario::Flood(From::Carrier, 60)), 60);
    assert_eq!(attack(Scenario::Farm(Farm::Script, 1)), 1_500);
    assert_eq!(attack(Scenario::Farm(Farm::FillIns, 3)), 15_000);
    assert_eq!(attack(Scenario::Farm(Farm::Rack, 3)), 4_500);
    assert_eq!(attack(Scenario::Clock(From::OwnAddress, 0.3)), 600);
    let patient = attack(Scenario::Farm(Farm::Patient, 3));
    assert!((3_400..3_800).contains(&patient), "{patient}");
    for honest in [Scenario::Lunch, Scenario::Branches, Scenario::List] {
        assert_eq!(attack(honest), 0);
    }
}

#[test]
fn attacks_are_withheld_and_crowds_are_not() {
    // A twentieth of the campaign: what an attack does stands out more, what is usual is known less.
    let crowd = Crowd::new(101, CampaignKind::B, 6_000);
    let play = |scenario| evaluate(crowd.play(scenario), SignalSettings::default());
    for attack in [
        Scenario::Flood(From::Carrier, 60),
        Scenario::Farm(Farm::Script, 1),
        Scenario::Farm(Farm::FillIns, 1),
        Scenario::Farm(Farm::Rack, 1),
        Scenario::Clock(From::OwnAddress, 0.3),
        Scenario::Clock(From::Carrier, 0.3),
    ] {
        let found = play(attack);
        let (all, taken) = found.attack;
        assert!(found.rules > 0, "{attack:?}: {found:?}");
        assert!(whole(taken) >= 0.95 * whole(all), "{attack:?}: {found:?}");
        let (all, taken) = found.honest;
        assert!(whole(taken) <= 0.001 * whole(all), "{attack:?}: {found:?}");
    }
    for honest in [
        Scenario::Lunch,
        Scenario::Branches,
        Scenario::Hall,
        Scenario::IssuedPhones,
        Scenario::Story,
        Scenario::List,
        Scenario::Crowd,
        Scenario::Farm(Farm::Patient, 1),
    ] {
        let found = play(honest);
        assert_eq!(found.rules, 0, "{honest:?}: {found:?}");
    }
    assert!(
        play(Scenario::Farm(Farm::Patient, 1))
            .rang
            .contains_key(&Signal::ManySmallNetworks)
    );
}
