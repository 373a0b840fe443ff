/// What the documentation shows in F# is compiled in this project, and runs.
module Metrana.FSharp.Tests.GuideTests

open System
open System.IO
open System.Text.RegularExpressions
open System.Threading.Tasks
open Metrana.Server
open Xunit

let private root =
    let rec find (folder: DirectoryInfo | null) =
        match folder with
        | null -> failwith "The tests run inside a checkout, and this is none."
        | folder when File.Exists(Path.Combine(folder.FullName, "Metrana.Native.sln")) -> folder.FullName
        | folder -> find folder.Parent
    find (DirectoryInfo AppContext.BaseDirectory)

/// The lines of a program, without the empty ones and without their indentation, which is another one in a function.
let private lines (program: string) =
    program.Split '\n' |> Seq.map (fun line -> line.Trim()) |> Seq.filter (fun line -> line <> "") |> Seq.toList

let private shown page =
    Regex.Matches(File.ReadAllText page, "^```fsharp\n(.*?)^```", RegexOptions.Singleline ||| RegexOptions.Multiline)
    |> Seq.map (fun block -> lines block.Groups[1].Value)

[<Fact>]
let ``Every program in F# that the documentation shows is the one of this project`` () =
    let source = File.ReadAllText(Path.Combine(root, "tests", "Metrana.FSharp.Tests", "GuideProgram.fs"))
    let program =
        lines source
        |> List.filter (fun line -> not (line.StartsWith "///" || line.StartsWith "module " || line = "let play () ="))
    let pages =
        Seq.append (Directory.EnumerateFiles(root, "*.md")) (Directory.EnumerateFiles(Path.Combine(root, "docs"), "*.md"))
    Assert.Equal<string list list>([ program ], pages |> Seq.collect shown |> Seq.toList)

[<Fact>]
let ``It runs and what it logs arrives`` () : Task =
    task {
        let! server = LocalServer.StartAsync()
        use _ = { new IDisposable with member _.Dispose() = server.DisposeAsync().AsTask().GetAwaiter().GetResult() }
        Environment.SetEnvironmentVariable("METRANA_INGESTION_URL", server.Endpoint)
        try
            GuideProgram.play ()
        finally
            Environment.SetEnvironmentVariable("METRANA_INGESTION_URL", null)
        let! runs = server.GetRunsAsync()
        let run = Seq.exactlyOne runs
        Assert.Equal(("mnist", RunStatus.Finished), (run.Project, run.Status))
        let! series = server.GetSeriesAsync run.RunId
        let metrics = series |> Seq.map (fun one -> one.Metric) |> Set.ofSeq
        Assert.Empty(Set.difference (set [ "loss"; "train/loss"; "train/accuracy"; "val/loss"; "return" ]) metrics)
    }
