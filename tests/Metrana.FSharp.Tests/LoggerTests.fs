/// The logger as a library in F# uses it, against a server of its own.
module Metrana.FSharp.Tests.LoggerTests

open System
open System.Threading.Tasks
open Metrana.Native
open Metrana.Server
open Xunit

[<Fact>]
let ``Values, handles and a batch arrive`` () : Task =
    task {
        let! server = LocalServer.StartAsync()
        use _ = { new IDisposable with member _.Dispose() = server.DisposeAsync().AsTask().GetAwaiter().GetResult() }
        let config =
            LoggerConfig(
                Endpoint = server.Endpoint,
                ApiKey = "any",
                Workspace = "lab",
                Project = "walker",
                RunName = "fsharp"
            )
        let runId =
            use logger = Logger.Open config
            logger.LogStdFloats("loss", Scale.MlStep, 0.5, steps = 7L)
            logger.LogStdFloats("loss", Scale.MlStep, [| 1.0; 2.0 |])
            let series = logger.Series("handle", Scale.MlStep)
            series.Log 0.25
            let reward = logger.RlSeries("reward", Scale.EnvironmentStep)
            reward.Log([| 1.0f; 2.0f |], 3L, logger.Environments 2)
            let batch = LogBatch()
            batch.Add(series, 0.125)
            batch.Add("other", Scale.MlStep, 4.0)
            logger.Log(batch, step = Nullable 40L)
            let last = logger.ListSeries() |> Seq.map (fun one -> one.Metric, one.LastStep.Value) |> Map.ofSeq
            Assert.Equal(9L, last["loss"])
            Assert.Equal(40L, last["handle"])
            Assert.Equal(3L, last["reward"])
            logger.RunIdHex
        let! all = server.GetSeriesAsync runId
        let loss = all |> Seq.find (fun series -> series.Metric = "loss")
        let! points = server.GetPointsAsync(runId, loss.Id)
        Assert.Equal<float seq>([ 0.5; 1.0; 2.0 ], points.Values)
    }
