using Metrana;
using QLearning;

Options options;
try
{
    options = Options.Parse(args);
}
catch (FormatException e)
{
    Console.Error.WriteLine(e.Message);
    Console.Error.WriteLine(Options.Usage);
    return 1;
}

using var run = Run.Start(new RunOptions
{
    Workspace = "samples",
    Project = "q-learning",
    Name = options.Run,
    Endpoint = options.Endpoint,
    ApiKey = options.ApiKey,
});

var world = new GridWorld();
var agent = new Agent(seed: 7);
var returns = new List<double>();
for (var i = 0; i < options.Episodes; i++)
{
    var episode = agent.Play(world);
    returns.Add(episode.Return);

    // The agent learns all the time, so each episode is a training step of its own.
    run.LogEpisode("return", episode.Return, rlStep: i, episode: i);
    run.LogEpisode("length", episode.TdErrors.Length, rlStep: i, episode: i);
    run.LogEpisode("epsilon", agent.Epsilon, rlStep: i, episode: i);
    run.LogEnvironmentStep("td_error", episode.TdErrors, rlStep: i, "default", episodes: i); // all steps of the episode at once
}

run.Close(); // returns when the last point is acknowledged, and prints the summary

var tenth = (returns.Count + 9) / 10;
Console.WriteLine($"learned    mean return {returns.Take(tenth).Average():F1} at first, {returns.TakeLast(tenth).Average():F1} at last");
Console.WriteLine($"delivered  {run.Delivery.Sent} of {run.Delivery.Added} points to run {options.Run}");
return run.Delivery.Sent == run.Delivery.Added ? 0 : 1;
