/// The program in F# that docs/guide.md shows, line by line.
module Metrana.FSharp.Tests.GuideProgram

open Metrana

let play () =
    let run = Run.Start "mnist"
    run.LogConfig {| lr = 3e-4; batch = 64 |}
    run.Log("loss", [| 0.5; 0.25 |], step = 100L)
    run.Log(struct ("train/loss", 0.125), struct ("train/accuracy", 0.9))
    run.Log("val/loss", 0.5, step = 3, scale = "EPOCH", labels = struct ("gpu", "0"))
    run.LogEpisode("return", 5.0, 2L, episode = System.Nullable 3L, environment = "env-0")
    run.Close()
