using Metrana.Native;
using Metrana.Server;
using QLearning;

try
{
    var options = Options.Parse(args);
    await using var server = options.Endpoint is null ? await LocalServer.StartAsync() : null;
    using var logger = new Logger(new LoggerConfig
    {
        ApiKey = options.ApiKey,
        Workspace = "samples",
        Project = "q-learning",
        RunName = options.Run,
        Endpoint = options.Endpoint ?? server!.Endpoint,
    });

    var world = new GridWorld();
    var agent = new Agent(seed: 7);
    var returns = new List<double>();
    for (var i = 0; i < options.Episodes; i++)
    {
        var episode = agent.Play(world);
        returns.Add(episode.Return);

        logger.LogStdFloats("return", Scale.Episode, episode.Return);
        logger.LogStdFloats("length", Scale.Episode, episode.TdErrors.Length);
        logger.LogStdFloats("epsilon", Scale.Episode, agent.Epsilon);
        logger.LogStdFloats("td_error", Scale.EnvironmentStep, episode.TdErrors); // all steps of the episode at once
    }

    logger.Close(); // returns when the last point is acknowledged

    var tenth = (returns.Count + 9) / 10;
    var points = logger.GetMetrics().FloatPoints;
    Console.WriteLine($"learned    mean return {returns.Take(tenth).Average():F1} at first, {returns.TakeLast(tenth).Average():F1} at last");
    Console.WriteLine($"delivered  {points.Sent} of {points.Added} points to run {options.Run}");
    var complete = points.Sent == points.Added;

    if (server is not null)
    {
        var run = await server.FindRunAsync(options.Run);
        foreach (var series in await server.GetSeriesAsync(run!.RunId))
        {
            Console.WriteLine($"server     {series.Metric} by {series.Scale}: {series.Points} points");
        }

        complete &= run.Points == points.Added;
    }

    return complete ? 0 : 1;
}
catch (Exception e) when (e is MetranaException or LocalServerException or FormatException)
{
    Console.Error.WriteLine(e.Message);
    if (e is FormatException)
    {
        Console.Error.WriteLine(Options.Usage);
    }

    return 1;
}
