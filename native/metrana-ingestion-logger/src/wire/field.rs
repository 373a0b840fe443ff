//! Field numbers of the messages that the engine writes, as in `native/proto`.

pub(crate) mod request {
    pub(crate) const RUN_ID: u8 = 1;
    pub(crate) const LOGGER_ID: u8 = 2;
    pub(crate) const ATTRIBUTES: u8 = 3;
    pub(crate) const SERIES_DECLARATIONS: u8 = 4;
    pub(crate) const SERIES: u8 = 5;
    pub(crate) const RL_SERIES: u8 = 6;
    pub(crate) const CLOSE_RUN: u8 = 7;
    pub(crate) const ENV_ATTR_UPDATES: u8 = 8;
    pub(crate) const HISTOGRAM_SERIES: u8 = 9;
    pub(crate) const SCATTER_SERIES: u8 = 10;
    pub(crate) const LOGGER_SESSION_ID: u8 = 11;
    pub(crate) const SEQUENCE_NUMBER: u8 = 12;
}

pub(crate) mod close_run {
    pub(crate) const CLOSE_MESSAGE: u8 = 1;
}

pub(crate) mod series {
    pub(crate) const SERIES_ID: u8 = 1;
    pub(crate) const POINT_BATCHES: u8 = 2;
}

pub(crate) mod histogram {
    pub(crate) const POINTS: u8 = 2;
}

pub(crate) mod scatter {
    pub(crate) const POINTS: u8 = 2;
    pub(crate) const IS_3D: u8 = 4;
}

pub(crate) mod rl {
    pub(crate) const ENVIRONMENT_ID: u8 = 2;
    pub(crate) const RL_STEP_BATCHES: u8 = 3;
}

pub(crate) mod rl_batch {
    pub(crate) const RL_STEP: u8 = 1;
    pub(crate) const EPISODE: u8 = 2;
    pub(crate) const VALUES: u8 = 3;
    pub(crate) const FIRST_MINOR_STEP: u8 = 4;
    pub(crate) const MINOR_STEPS: u8 = 5;
    pub(crate) const TIMESTAMP_MILLIS: u8 = 6;
    pub(crate) const TIMESTAMPS_MILLIS: u8 = 7;
    pub(crate) const TREAT_MINORS_AS_FLAT_STEPS: u8 = 8;
    pub(crate) const ENV_STEPS_FROM_ONE: u8 = 9;
    pub(crate) const VALUES_F32: u8 = 10;
}

pub(crate) mod batch {
    pub(crate) const VALUES: u8 = 1;
    pub(crate) const FIRST_STEP: u8 = 2;
    pub(crate) const STEPS: u8 = 3;
    pub(crate) const TIMESTAMP_MILLIS: u8 = 4;
    pub(crate) const TIMESTAMPS_MILLIS: u8 = 5;
    pub(crate) const VALUES_F32: u8 = 6;
}
