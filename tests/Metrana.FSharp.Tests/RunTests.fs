/// The client as a program in F# uses it.
module Metrana.FSharp.Tests.RunTests

open System
open Metrana
open Metrana.Native
open Xunit

let private values (run: Run) metric =
    run.Recording.Of(metric) |> Seq.map (fun point -> point.Value) |> Seq.toList

let private steps (run: Run) metric =
    run.Recording.Of(metric) |> Seq.map (fun point -> point.Step) |> Seq.toList

type Settings = { LearningRate: float; Layers: int list }

[<Fact>]
let ``One value, several as tuples, lists and spans of any number are logged`` () =
    use run = Run.InMemory()
    run.Log("loss", 0.5)
    run.Log("loss", 0.25f)
    run.Log("loss", 3)
    run.Log(struct ("loss", 0.125), struct ("accuracy", 0.9))
    run.Log("column", [ 1.0; 2.0; 3.0 ], step = 100L)
    run.Log("counts", [| 4; 5 |], step = [| 7L; 9L |])
    run.Log("array", [| 0.5; 0.25 |])
    run.Log("steps", [| 7L; 9L |])
    run.Log("sequence", ResizeArray [ 1.5f; 2.5f ])
    run.Log("span", ReadOnlySpan [| 1.5f; 2.5f |])
    Assert.Equal<float list>([ 0.5; 0.25; 3.0; 0.125 ], values run "loss")
    Assert.Equal<float list>([ 0.9 ], values run "accuracy")
    Assert.Equal<float list>([ 0.5; 0.25 ], values run "array")
    Assert.Equal<float list>([ 7.0; 9.0 ], values run "steps")
    Assert.Equal<float list>([ 1.5; 2.5 ], values run "sequence")
    Assert.Equal<float list>([ 1.5; 2.5 ], values run "span")
    Assert.Equal<int64 list>([ 100L; 101L; 102L ], steps run "column")
    Assert.Equal<int64 list>([ 7L; 9L ], steps run "counts")

[<Fact>]
let ``What can be left out is named, and options may have no value`` () =
    use run = Run.InMemory()
    run.Log("val/loss", 0.5, step = 3L, scale = "EPOCH", labels = Labels(struct ("gpu", "0")))
    run.Log("val/loss", 0.25, step = 4, scale = "EPOCH", labels = struct ("gpu", "0"))
    run.Log("maybe", Nullable<float>())
    run.Log("maybe", Nullable 0.5)
    run.Log("done", true)
    Assert.Equal<int64 list>([ 3L; 4L ], steps run "val/loss")
    Assert.Equal<float list>([ 0.5 ], values run "maybe")
    Assert.Equal<float list>([ 1.0 ], values run "done")

[<Fact>]
let ``A dictionary, an anonymous record and a record are taken as they are`` () =
    use run = Run.InMemory()
    run.LogConfig({ LearningRate = 3e-4; Layers = [ 64; 32 ] })
    run.LogConfig({| batch = 64 |})
    run.Log(dict [ "entropy", 1.5; "kl", 0.25 ])
    run.Log({| extra = 2.0 |})
    Assert.Equal<float list>([ 1.5 ], values run "entropy")
    Assert.Equal<float list>([ 2.0 ], values run "extra")
    Assert.Equal(box 3e-4, run.Recording.Attributes["config/LearningRate"])
    Assert.Equal(box 64L, run.Recording.Attributes["config/batch"] |> Convert.ToInt64 |> box)

[<Fact>]
let ``A handle in a loop and a scope for the step`` () =
    use run = Run.InMemory()
    let loss = run.Series("train/loss")
    for i in 1..3 do
        use _ = run.Time("train/step_seconds")
        loss.Log(1.0 / float i)
    do
        use _ = run.Step(7L, "EPOCH")
        run.Log("val/loss", 0.5)
    Assert.Equal(3, values run "train/loss" |> List.length)
    Assert.Equal<int64 list>([ 7L ], steps run "val/loss")

[<Fact>]
let ``Many environments are an array away`` () =
    use run = Run.InMemory()
    let episodes = run.TrackEpisodes(environments = 2)
    let rewards = [| 1.0f; 2.0f |]
    for update in 0L .. 2L do
        let ended = [| update = 1L; false |]
        episodes.Step(update, rewards, ended)
    run.LogEpisode("return", 5.0, 2L, episode = Nullable 3L, environment = "env-0")
    run.LogEpisode("return", [| 6.0; 7.0 |], 3L, [| "env-0"; "env-1" |], [| 4; 5 |])
    run.LogEnvironmentStep("entropy", [| 0.5; 0.25 |], 3L, run.Environments 2, where = [| false; true |])
    Assert.Equal<float list>([ 2.0 ], values run "episode_return")
    Assert.Equal<int64 list>([ 3L; 4L; 5L ], steps run "return")
    Assert.Equal<float list>([ 0.25 ], values run "entropy")

[<Fact>]
let ``A run that is disabled takes everything`` () =
    let run = Run.Disabled
    run.Log("loss", 0.5)
    run.Tags.Add("baseline")
    run.SetDescription("nothing")
