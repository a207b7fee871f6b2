//! Measures with criterion, and keeps the samples for one table of ratios at the end.

use std::time::Duration;

use color_eyre::Result;
use criterion::{Criterion, SamplingMode};
use passbook::domain::size;
use tokio::runtime::Runtime;

pub struct Stopwatch {
    criterion: Criterion,
    runtime: Runtime,
    ratios: Vec<Ratio>,
}

struct Ratio {
    label: String,
    ours: String,
    baseline: String,
    times: f64,
}

/// How often something is measured.
#[derive(Clone, Copy)]
pub enum Pace {
    /// Some milliseconds at most.
    Quick,
    /// Seconds.
    Slow,
}

impl Stopwatch {
    pub fn new() -> Result<Self> {
        let criterion = Criterion::default().without_plots().configure_from_args();
        Ok(Self { criterion, runtime: Runtime::new()?, ratios: Vec::new() })
    }

    pub fn wait_for<T>(&self, task: impl Future<Output = T>) -> T {
        self.runtime.block_on(task)
    }

    /// The fastest sample of what `run` says it took: other programs only ever make it slower.
    /// `None` where the command line filters it out.
    pub fn measure(
        &mut self,
        group: &str,
        name: &str,
        pace: Pace,
        mut run: impl AsyncFnMut() -> Result<Duration>,
    ) -> Option<Duration> {
        let mut samples: Vec<Duration> = Vec::new();
        let mut group = self.criterion.benchmark_group(group);
        match pace {
            Pace::Quick => group.sample_size(30).measurement_time(Duration::from_secs(3)),
            Pace::Slow => group.sample_size(10).sampling_mode(SamplingMode::Flat),
        };
        let warm_up = if matches!(pace, Pace::Quick) { 500 } else { 1 };
        group.warm_up_time(Duration::from_millis(warm_up));
        group.bench_function(name, |bencher| {
            bencher.iter_custom(|repetitions| {
                let mut sum = Duration::ZERO;
                for _ in 0..repetitions {
                    sum += self.runtime.block_on(run()).expect("what is measured works");
                }
                samples.push(sum / u32::try_from(repetitions).unwrap_or(u32::MAX));
                sum
            });
        });
        group.finish();
        samples.into_iter().min()
    }

    /// A line of the table at the end.
    pub fn compare(&mut self, label: &str, ours: Option<Duration>, baseline: Option<Duration>) {
        if let (Some(ours), Some(baseline)) = (ours, baseline) {
            self.ratios.push(Ratio {
                label: label.to_owned(),
                ours: shown(ours),
                baseline: shown(baseline),
                times: ours.as_secs_f64() / baseline.as_secs_f64(),
            });
        }
    }

    /// The same of bytes, ours first.
    #[expect(clippy::cast_precision_loss, reason = "megabytes, for a ratio")]
    pub fn compare_memory(&mut self, label: &str, bytes: Option<(u64, u64)>) {
        if let Some((ours, baseline)) = bytes {
            self.ratios.push(Ratio {
                label: label.to_owned(),
                ours: size(ours),
                baseline: size(baseline),
                times: ours as f64 / baseline.max(1) as f64,
            });
        }
    }

    pub fn print_ratios(&self) {
        println!(
            "\n{:<54} {:>12} {:>12} {:>8}",
            "fastest samples of this run", "ours", "baseline", "ratio"
        );
        for Ratio { label, ours, baseline, times: ratio } in &self.ratios {
            println!("{label:<54} {ours:>12} {baseline:>12} {times:>7.2}x");
        }
    }
}

fn shown(time: Duration) -> String {
    match time.as_micros() {
        0..10_000 => format!("{} µs", time.as_micros()),
        10_000..10_000_000 => format!("{} ms", time.as_millis()),
        _ => format!("{:.1} s", time.as_secs_f64()),
    }
}
