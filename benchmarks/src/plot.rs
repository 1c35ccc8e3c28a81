//! Plots as SVG files.

use std::ops::Range;
use std::path::Path;

use anyhow::{Result, anyhow};
use plotters::coord::Shift;
use plotters::coord::types::RangedCoordf64;
use plotters::prelude::*;

use crate::numbers::Ratio;

const SIZE: (u32, u32) = (960, 480);
const COLOURS: [RGBColor; 5] = [
    RGBColor(31, 119, 180),
    RGBColor(214, 97, 28),
    RGBColor(44, 140, 70),
    RGBColor(148, 103, 189),
    RGBColor(110, 110, 110),
];

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Chart<'a> = ChartContext<'a, SVGBackend<'a>, Cartesian2d<RangedCoordf64, RangedCoordf64>>;

/// A name and what it has at each place of the x axis, if anything.
pub(crate) struct Dots<'a> {
    pub(crate) name: &'a str,
    pub(crate) at: Vec<Option<&'a Ratio>>,
}

/// A name and its points.
pub(crate) struct Line<'a> {
    pub(crate) name: &'a str,
    pub(crate) points: Vec<(f64, f64)>,
}

/// Ratios with their intervals, one place a label. The line at 1 is plain cc.
pub(crate) fn ratios(path: &Path, title: &str, labels: &[&str], rows: &[Dots<'_>]) -> Result<()> {
    let known = || rows.iter().flat_map(|row| row.at.iter().flatten());
    let low = known().map(|it| it.interval.low).fold(0.97, f64::min);
    let high = known().map(|it| it.interval.high).fold(1.03, f64::max);
    let margin = (high - low) * 0.08;
    let last = labels.len() as f64;
    let area = SVGBackend::new(path, SIZE).into_drawing_area();
    let mut chart = chart(&area, title, -0.5..last - 0.5, low - margin..high + margin)?;
    let name = |x: &f64| {
        let whole = (x - x.round()).abs() < 1e-6 && *x > -0.5;
        let label = whole.then(|| labels.get(x.round() as usize)).flatten();
        label.map_or_else(String::new, |label| (*label).to_owned())
    };
    chart
        .configure_mesh()
        .disable_x_mesh()
        .max_light_lines(1)
        .x_labels(labels.len() * 2)
        .x_label_formatter(&name)
        .y_desc("ratio to plain cc -O2")
        .draw()
        .map_err(failed)?;
    let one = [(-0.5, 1.0), (last - 0.5, 1.0)];
    chart
        .draw_series(LineSeries::new(one, BLACK.stroke_width(1)))
        .map_err(failed)?;
    for (index, row) in rows.iter().enumerate() {
        let colour = COLOURS[index % COLOURS.len()];
        let shift = (index as f64 - (rows.len() as f64 - 1.0) / 2.0) * 0.12;
        let places = || {
            let places = row.at.iter().enumerate();
            places.filter_map(move |(at, ratio)| Some((at as f64 + shift, ratio.as_ref()?)))
        };
        let bars = places().map(|(x, it)| {
            PathElement::new(
                [(x, it.interval.low), (x, it.interval.high)],
                colour.stroke_width(2),
            )
        });
        chart.draw_series(bars).map_err(failed)?;
        let dots = places().map(|(x, it)| Circle::new((x, it.interval.ratio), 4, colour.filled()));
        let drawn = chart.draw_series(dots).map_err(failed)?;
        drawn
            .label(row.name)
            .legend(move |(x, y)| Circle::new((x + 10, y), 4, colour.filled()));
    }
    legend(&mut chart)?;
    area.present().map_err(failed)
}

/// Lines over a common x axis.
pub(crate) fn lines(path: &Path, title: &str, axes: [&str; 2], lines: &[Line<'_>]) -> Result<()> {
    let points = || lines.iter().flat_map(|line| &line.points);
    let right = points().map(|point| point.0).fold(0.0, f64::max);
    let top = points().map(|point| point.1).fold(0.0, f64::max);
    let area = SVGBackend::new(path, SIZE).into_drawing_area();
    let mut chart = chart(&area, title, 0.0..right, 0.0..top * 1.25)?;
    chart
        .configure_mesh()
        .max_light_lines(1)
        .x_label_formatter(&|x| format!("{x:.0}"))
        .x_desc(axes[0])
        .y_desc(axes[1])
        .draw()
        .map_err(failed)?;
    for (index, line) in lines.iter().enumerate() {
        let style = COLOURS[index % COLOURS.len()].stroke_width(2);
        let series = LineSeries::new(line.points.iter().copied(), style);
        let drawn = chart.draw_series(series).map_err(failed)?;
        drawn
            .label(line.name)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 20, y)], style));
    }
    legend(&mut chart)?;
    area.present().map_err(failed)
}

fn chart<'a>(area: &Area<'a>, title: &str, x: Range<f64>, y: Range<f64>) -> Result<Chart<'a>> {
    area.fill(&WHITE).map_err(failed)?;
    ChartBuilder::on(area)
        .caption(title, ("sans-serif", 20))
        .margin(12)
        .x_label_area_size(40)
        .y_label_area_size(64)
        .build_cartesian_2d(x, y)
        .map_err(failed)
}

fn legend(chart: &mut Chart<'_>) -> Result<()> {
    let mut labels = chart.configure_series_labels();
    labels
        .background_style(WHITE.mix(0.85))
        .border_style(BLACK.mix(0.3));
    labels
        .position(SeriesLabelPosition::UpperLeft)
        .draw()
        .map_err(failed)
}

/// Errors of the backend are not `Sync`, so their text is taken.
fn failed(error: impl std::fmt::Display) -> anyhow::Error {
    anyhow!("cannot draw: {error}")
}
