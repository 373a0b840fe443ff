//! Scatters: sets of points in two or three dimensions, with titles for the axes.

use std::collections::BTreeMap;

use metrana_proto::common::SeriesValueKind;
use metrana_proto::types::{ScatterPoint, StreamingScatterSeriesUpdate};
use prost::Message as _;

use crate::books::counters::Kind;
use crate::errors::Error;
use crate::kinds::histogram::whole_weight;
use crate::kinds::{Call, Encoded};
use crate::names::Names;
use crate::names::ids::SeriesId;
use crate::names::key::{Key, LabelRoom, Who, World};
use crate::names::lanes::Frame;
use crate::names::series::Nature;
use crate::names::validate;
use crate::points::Timestamps;
use crate::stage::Stage;
use crate::wire::{MessageField, field};

const MAX_POINTS: usize = 32_768;

/// One set of points.
#[derive(Clone, Copy, Debug)]
pub struct Scatter<'a> {
    /// Where they are along x.
    pub xs: &'a [f64],
    /// Along y.
    pub ys: &'a [f64],
    /// Along z, in three dimensions.
    pub zs: Option<&'a [f64]>,
}

/// The titles of the axes. Those of a series are the last ones given.
#[derive(Clone, Copy, Debug, Default)]
pub struct Titles<'a> {
    /// Of x.
    pub x: Option<&'a str>,
    /// Of y.
    pub y: Option<&'a str>,
    /// Of z, in three dimensions.
    pub z: Option<&'a str>,
}

/// Scatters of one series.
#[derive(Clone, Copy, Debug)]
pub struct Scatters<'a> {
    /// What is measured.
    pub metric: &'a str,
    /// What a step counts.
    pub scale: &'a str,
    /// What tells this series from others of the same metric and scale; in any order.
    pub labels: &'a [(&'a str, &'a str)],
    /// The sets, all in two dimensions or all in three.
    pub scatters: &'a [Scatter<'a>],
    /// A step for each.
    pub steps: &'a [u64],
    /// Their timestamps.
    pub timestamps: Timestamps<'a>,
    /// The titles of the axes.
    pub titles: Titles<'a>,
}

pub(crate) struct ScatterCall<'a> {
    who: Who<'a>,
    nature: Nature,
    is_3d: bool,
    points: Vec<ScatterPoint>,
    /// The titles as a piece of the series, if any is given.
    titles: Option<TitleField>,
}

/// Map entries of a series in their wire form.
struct TitleField(Vec<u8>);

impl MessageField for TitleField {
    fn field_len(&self) -> usize {
        self.0.len()
    }

    fn put(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.0);
    }
}

impl<'a> ScatterCall<'a> {
    /// Everything but what the series is pinned to is checked here.
    pub(crate) fn new<'b: 'a>(
        call: &'a Scatters<'b>,
        room: &'a mut LabelRoom<'b>,
        now: i64,
    ) -> Result<Self, Error> {
        let count = call.scatters.len();
        validate::same_length("steps", call.steps.len(), count)?;
        if let Timestamps::Each(millis) = call.timestamps {
            validate::same_length("timestamps", millis.len(), count)?;
        }
        let is_3d = call.scatters.first().is_some_and(|scatter| scatter.zs.is_some());
        let mut points = Vec::with_capacity(count);
        for (index, (scatter, step)) in call.scatters.iter().zip(call.steps).enumerate() {
            validate::step("step", *step)?;
            if scatter.zs.is_some() != is_3d {
                return refuse("sets in two and in three dimensions cannot be mixed");
            }
            points.push(point(scatter, *step, call.timestamps.at(index, now))?);
        }
        let titles = titles(&call.titles, is_3d || count == 0)?;
        let kind = match (count, is_3d) {
            // No sets are neither in two dimensions nor in three.
            (0, _) => SeriesValueKind::Undefined,
            (_, true) => SeriesValueKind::Scatter3d,
            (_, false) => SeriesValueKind::Scatter,
        };
        let who = Who::Named(Key::new(World::Std, call.metric, call.scale, call.labels, room));
        Ok(Self { who, nature: Nature::unordered(kind), is_3d, points, titles })
    }
}

fn refuse<T>(why: &str) -> Result<T, Error> {
    Err(Error::validation(format!("invalid scatter: {why}")))
}

fn point(scatter: &Scatter<'_>, step: u64, timestamp: i64) -> Result<ScatterPoint, Error> {
    let Scatter { xs, ys, zs } = *scatter;
    let zs = zs.unwrap_or_default();
    if xs.len() != ys.len() || (scatter.zs.is_some() && xs.len() != zs.len()) {
        return refuse(&format!(
            "coordinates have different lengths: {} x, {} y{}",
            xs.len(),
            ys.len(),
            scatter.zs.map_or_else(String::new, |zs| format!(", {} z", zs.len()))
        ));
    }
    if xs.len() > MAX_POINTS {
        return refuse(&format!("{} points exceed the maximum of {MAX_POINTS}", xs.len()));
    }
    if let Some(value) = xs.iter().chain(ys).chain(zs).find(|value| !value.is_finite()) {
        return refuse(&format!("coordinates must be finite, got {value}"));
    }
    Ok(ScatterPoint {
        step,
        timestamp_millis: Some(timestamp),
        xs: xs.to_vec(),
        ys: ys.to_vec(),
        zs: zs.to_vec(),
    })
}

fn titles(titles: &Titles<'_>, is_3d: bool) -> Result<Option<TitleField>, Error> {
    if titles.z.is_some() && !is_3d {
        return refuse("z_title needs points in three dimensions");
    }
    let mut metadata_labels = BTreeMap::new();
    for (key, axis, title) in
        [("xt", "x_title", titles.x), ("yt", "y_title", titles.y), ("zt", "z_title", titles.z)]
    {
        if let Some(title) = title {
            validate::title(axis, title)?;
            metadata_labels.insert(key.to_owned(), title.to_owned());
        }
    }
    if metadata_labels.is_empty() {
        return Ok(None);
    }
    let only_titles =
        StreamingScatterSeriesUpdate { metadata_labels, ..StreamingScatterSeriesUpdate::default() };
    Ok(Some(TitleField(only_titles.encode_to_vec())))
}

impl Call for ScatterCall<'_> {
    type Plan = Option<SeriesId>;

    fn size(&self) -> (Kind, usize) {
        (Kind::ScatterPoints, self.points.len())
    }

    fn check_names(&self, names: &Names) -> Result<(), Error> {
        names.registry.check_name(&self.who)
    }

    fn plan(&self, stage: &mut Stage) -> Result<(usize, Self::Plan), Error> {
        let series = stage.names.registry.resolve(&self.who, self.nature)?;
        let titles = self.titles.as_ref().map_or(0, MessageField::field_len);
        Ok((
            stage.names.registry.declaration_weight(&self.who, series) + titles + whole_weight(&self.points),
            series,
        ))
    }

    fn commit(&self, stage: &mut Stage, series: Self::Plan, _now: i64) {
        let id = stage.names.registry.open(&self.who, series, self.nature);
        let lane = stage.lane_of(id, Frame::Scatter { is_3d: self.is_3d }, self.nature);
        for (index, message) in self.points.iter().enumerate() {
            let content = Encoded { field: field::scatter::POINTS, message };
            let titles = self.titles.as_ref().filter(|_| index == 0);
            // Titles stand in the message of the first point.
            stage.make_room(lane, content.field_len() + titles.map_or(0, MessageField::field_len));
            stage.put_whole(lane, Kind::ScatterPoints, &content);
            if let Some(titles) = titles {
                stage.put_title(lane, titles);
            }
        }
        let highest = self.points.iter().map(|point| point.step).max();
        stage.names.registry.reach(id, highest);
    }
}
