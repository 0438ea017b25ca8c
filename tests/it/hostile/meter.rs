//! The cost of a process: its time on the CPU and its memory, as Linux counts them. Elsewhere there is no meter.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Looks at one process.
pub struct Meter(PathBuf);

/// Nanoseconds of each thread on the CPU.
type Threads = HashMap<String, u64>;

impl Meter {
    /// The meter of the process with this id.
    pub fn of(process: u32) -> Option<Self> {
        let folder = Path::new("/proc").join(process.to_string());
        let is_there = folder.join("schedstat").exists() && folder.join("clear_refs").exists();
        is_there.then_some(Self(folder))
    }

    /// The time that its threads have used so far.
    pub fn threads(&self) -> Threads {
        let threads = std::fs::read_dir(self.0.join("task")).expect("the process lives");
        let threads = threads.map(|thread| thread.expect("an entry"));
        let read = |thread: std::fs::DirEntry| {
            // It may end between the two looks.
            let times = std::fs::read_to_string(thread.path().join("schedstat")).ok()?;
            let time = times.split(' ').next()?.parse().ok()?;
            Some((thread.file_name().to_string_lossy().into_owned(), time))
        };
        threads.filter_map(read).collect()
    }

    /// The time that its threads have used since `before`. The last of threads that have ended since is lost: they were
    /// idle.
    pub fn cpu_since(&self, before: &Threads) -> Duration {
        let now = self.threads();
        let used = now
            .iter()
            .map(|(thread, time)| time - before.get(thread).copied().unwrap_or(0).min(*time));
        Duration::from_nanos(used.sum())
    }

    /// Forgets the peak of its memory, and returns what is resident now, KiB.
    pub fn forget_peak(&self) -> u64 {
        std::fs::write(self.0.join("clear_refs"), "5").expect("it is our own process");
        self.status("VmRSS:")
    }

    /// The most that was resident since, KiB.
    pub fn peak(&self) -> u64 {
        self.status("VmHWM:")
    }

    fn status(&self, name: &str) -> u64 {
        let status = std::fs::read_to_string(self.0.join("status")).expect("the process lives");
        let value = status.lines().find_map(|line| line.strip_prefix(name));
        let value = value.and_then(|value| value.trim().strip_suffix(" kB"));
        value
            .and_then(|value| value.parse().ok())
            .expect("a number")
    }
}
