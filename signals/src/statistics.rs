//! Small statistics: medians, spreads, the binomial tail, the odds ratio.

/// Makes the median absolute deviation of a normal distribution its standard deviation.
pub(crate) const MAD_SCALE: f64 = 1.4826;

/// The median; 0 of nothing.
pub(crate) fn median(values: &mut [f64]) -> f64 {
    if values.is_empty() {
        return 0.0;
    }
    let middle = values.len() / 2;
    let (below, upper, _) = values.select_nth_unstable_by(middle, f64::total_cmp);
    let upper = *upper;
    if below.len() > middle.saturating_sub(1) && values.len() % 2 == 1 {
        return upper;
    }
    let lower = values[..middle].iter().copied().max_by(f64::total_cmp);
    f64::midpoint(lower.unwrap_or(upper), upper)
}

/// The standard deviation that a normal distribution with this median absolute deviation has.
pub(crate) fn robust_deviation(values: &mut [f64]) -> f64 {
    let middle = median(values);
    for value in values.iter_mut() {
        *value = (*value - middle).abs();
    }
    MAD_SCALE * median(values)
}

/// Mean and standard deviation.
pub(crate) fn mean_and_deviation(values: &[f64]) -> (f64, f64) {
    let count = real(values.len());
    let mean = values.iter().sum::<f64>() / count;
    let squares = values.iter().map(|value| (value - mean).powi(2));
    (mean, (squares.sum::<f64>() / count).sqrt())
}

/// The chance of `k` or more of `n` at a chance of `p` each (binomial tail), summed until it no longer grows.
pub(crate) fn binomial_tail(k: u32, n: u32, p: f64) -> f64 {
    if k == 0 {
        return 1.0;
    }
    if k > n || p <= 0.0 {
        return 0.0;
    }
    if p >= 1.0 {
        return 1.0;
    }
    let choose = ln_factorial(n) - ln_factorial(k) - ln_factorial(n - k);
    let mut term = (choose + f64::from(k) * p.ln() + f64::from(n - k) * (1.0 - p).ln()).exp();
    let mut sum = term;
    for i in k..n {
        let ratio = f64::from(n - i) / f64::from(i + 1) * p / (1.0 - p);
        term *= ratio;
        sum += term;
        if ratio < 1.0 && term < sum * 1e-12 {
            break;
        }
    }
    sum.min(1.0)
}

/// ln(n!), by Stirling's series above 20.
fn ln_factorial(n: u32) -> f64 {
    if n <= 20 {
        return (2..=n).map(|i| f64::from(i).ln()).sum();
    }
    let n = f64::from(n);
    n * n.ln() - n + 0.5 * (std::f64::consts::TAU * n).ln() + 1.0 / (12.0 * n)
        - 1.0 / (360.0 * n.powi(3))
}

/// The odds ratio of `k` of `n` against `others_k` of `others_n`, with half a voter added to each cell of the table
/// (Haldane and Anscombe), so that none is 0.
pub(crate) fn odds_ratio(k: u32, n: u32, others_k: u32, others_n: u32) -> f64 {
    let half = |count: u32| f64::from(count) + 0.5;
    let against = half(n.saturating_sub(k));
    let others_against = half(others_n.saturating_sub(others_k));
    half(k) * others_against / (against * half(others_k))
}

/// A count as a real number.
pub(crate) fn real(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

#[cfg(test)]
#[allow(clippy::float_cmp, reason = "values that are exact")]
mod tests {
    use super::*;

    fn near(value: f64, known: f64) -> bool {
        (value / known - 1.0).abs() < 1e-6
    }

    #[test]
    fn medians_are_those_of_the_sorted_list() {
        assert_eq!(median(&mut [5.0, 1.0, 3.0]), 3.0);
        assert_eq!(median(&mut [5.0, 1.0, 3.0, 4.0]), 3.5);
        assert_eq!(median(&mut [2.0]), 2.0);
        assert_eq!(median(&mut []), 0.0);
        // |x - 3| is 2, 1, 0, 1, 97.
        assert!(near(
            robust_deviation(&mut [1.0, 2.0, 3.0, 4.0, 100.0]),
            MAD_SCALE
        ));
        assert_eq!(mean_and_deviation(&[1.0, 3.0]), (2.0, 1.0));
    }

    #[test]
    fn the_binomial_tail_has_known_values() {
        // 1 - 0.5^10 - 10 * 0.5^10; 0.1^3; and of R: pbinom(29, 1000, 0.01, lower.tail = FALSE).
        assert!(near(binomial_tail(2, 10, 0.5), 1_013.0 / 1_024.0));
        assert!(near(binomial_tail(3, 3, 0.1), 0.001));
        assert!(near(binomial_tail(0, 3, 0.1), 1.0));
        assert_eq!(binomial_tail(4, 3, 0.1), 0.0);
        let exact: f64 = (30..=1_000u32)
            .map(|k| {
                let choose: f64 = (0..k)
                    .map(|i| (f64::from(1_000 - i) / f64::from(i + 1)).ln())
                    .sum();
                (choose + f64::from(k) * 0.01f64.ln() + f64::from(1_000 - k) * 0.99f64.ln()).exp()
            })
            .sum();
        assert!(near(binomial_tail(30, 1_000, 0.01), exact));
    }

    #[test]
    fn odds_are_compared_with_those_of_others() {
        // 10.5 * 90.5 / (10.5 * 10.5)
        assert!(near(odds_ratio(10, 20, 10, 100), 90.5 / 10.5));
        assert!(odds_ratio(5, 5, 0, 100).is_finite());
    }
}
