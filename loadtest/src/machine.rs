//! The machine that is measured on, as far as it tells: what else it does changes every figure.

use std::path::Path;

use serde::Serialize;

/// Ticks of a second in `/proc`: the same on all Linux systems that matter.
const TICKS: f64 = 100.0;

/// A machine at a moment.
#[derive(Debug, Clone, Serialize)]
pub struct Machine {
    /// Cores that this program may use.
    pub cores: usize,
    /// The processor's name; none where it is not told.
    pub processor: Option<String>,
    /// How many tasks wanted to run during the last minute, on average; none where it is not told.
    pub load: Option<f64>,
}

impl Machine {
    /// This one, now.
    #[must_use]
    pub fn now() -> Self {
        let information = read("/proc/cpuinfo").unwrap_or_default();
        let processor = information
            .lines()
            .find_map(|line| line.strip_prefix("model name")?.split_once(':'))
            .map(|(_, name)| name.trim().to_owned());
        Self {
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            processor,
            load: read("/proc/loadavg").and_then(|text| text.split(' ').next()?.parse().ok()),
        }
    }
}

/// Seconds of processor time that a process has used, this one by default; none where it is not told.
#[must_use]
pub fn cpu_seconds(process: Option<u32>) -> Option<f64> {
    let name = process.map_or_else(|| "self".to_owned(), |id| id.to_string());
    let text = read(Path::new("/proc").join(name).join("stat"))?;
    // The second field is a name in brackets, which may have spaces.
    let (_, fields) = text.rsplit_once(')')?;
    let mut fields = fields.split_whitespace().skip(11);
    let mut ticks = || fields.next()?.parse::<f64>().ok();
    Some((ticks()? + ticks()?) / TICKS)
}

fn read(path: impl AsRef<Path>) -> Option<String> {
    std::fs::read_to_string(path).ok()
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn linux_tells_about_itself() {
        let machine = Machine::now();
        assert!(machine.cores > 0 && machine.load.is_some());
        assert!(cpu_seconds(None).is_some_and(|seconds| seconds >= 0.0));
        assert_eq!(cpu_seconds(Some(u32::MAX)), None);
    }
}
