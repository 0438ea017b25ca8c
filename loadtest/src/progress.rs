//! Progress on a terminal; nothing where there is none.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A progress display.
#[derive(Debug)]
pub struct Progress(ProgressBar);

impl Progress {
    /// How often it is drawn.
    pub const EVERY: Duration = Duration::from_millis(200);

    /// Starts one for so many things, if that is known.
    #[must_use]
    pub fn start(name: &'static str, count: Option<usize>) -> Self {
        // Hidden where standard error is no terminal.
        let bar = ProgressBar::with_draw_target(
            count.map(|count| count as u64),
            ProgressDrawTarget::stderr_with_hz(10),
        );
        let template = match count {
            Some(_) => "{msg} {bar:40} {human_pos}/{human_len} {per_sec} {elapsed}",
            None => "{msg} {spinner} {human_pos} {per_sec} {elapsed}",
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.set_message(name);
        Self(bar)
    }

    /// Shows how many are done.
    pub fn show(&self, done: u64) {
        self.0.set_position(done);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
