//! A real server in this process, and what it holds.

use std::collections::BTreeMap;

use metrana_server::store::{FloatPoints, Reading, RunInfo};
use metrana_server::{Fault, Options, RunningServer, Server};
use tokio::runtime::Runtime;

pub struct LocalServer {
    server: RunningServer,
    // After the server, so that it goes last.
    _runtime: Runtime,
}

impl LocalServer {
    pub fn start() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .expect("a runtime can be made");
        let server =
            runtime.block_on(Server::start_in_memory(Options::default())).expect("the server starts");
        Self { server, _runtime: runtime }
    }

    pub fn endpoint(&self) -> String {
        format!("http://{}", self.server.grpc_addr())
    }

    /// Acknowledges nothing until `resume`.
    pub fn stall(&self) {
        self.server.faults().arm(Fault::Stall);
    }

    pub fn resume(&self) {
        self.server.faults().clear();
    }

    /// What it holds.
    pub fn store(&self) -> Reading<'_> {
        self.server.store()
    }

    pub fn run(&self, name: &str) -> RunInfo {
        let runs = self.server.store().runs().expect("runs");
        let mut named = runs.into_iter().filter(|run| run.definition.key.run_name == name);
        let run = named.next().unwrap_or_else(|| panic!("the server has no run '{name}'"));
        assert!(named.next().is_none(), "two runs '{name}'");
        run
    }

    /// Every series of a run with its points, by metric and labels.
    pub fn points(&self, run: &RunInfo) -> BTreeMap<(String, BTreeMap<String, String>), FloatPoints> {
        let store = self.server.store();
        let series = store.series(&run.id).expect("the run is there");
        let points = series.into_iter().map(|series| {
            let points = store.points(&run.id, series.id, 0, u64::MAX).expect("the series is there");
            assert_eq!(series.definition.scale, "ML_STEP");
            ((series.definition.metric, series.definition.labels), points)
        });
        points.collect()
    }
}
