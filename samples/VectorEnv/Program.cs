using Metrana;
using VectorEnv;

const int Environments = 64;
const int Steps = 128;
const double Solved = 195;

Options options;
try
{
    options = Options.Parse(args);
}
catch (FormatException e)
{
    Console.Error.WriteLine(e.Message);
    Console.Error.WriteLine(Options.Usage);
    return 2;
}

await using var run = await Run.StartAsync(new RunOptions
{
    Project = "cart-pole",
    Name = options.Run,
    Endpoint = options.Endpoint,
    Resume = options.Resume ? ResumeStrategy.Allow : ResumeStrategy.Never,
});
run.LogConfig(new { environments = Environments, steps = Steps, algorithm = "ppo", seed = 7 });

var carts = new CartPoles(Environments, seed: 7);
var agent = new Agent(seed: 7);
var rollout = new Rollout(Environments, Steps, CartPoles.Observation);
var actions = new int[Environments];
var entropies = new float[Environments];

var episodes = run.TrackEpisodes(Environments);             // env-0 ... env-63; goes on where the run stood
var entropy = run.RlSeries("policy/entropy");
var first = run.NextRlStep;
for (var update = first; update < first + options.Updates; update++)
{
    for (var t = 0; t < Steps; t++)
    {
        agent.Act(rollout, t, carts.States, actions, entropies);
        entropy.Log(entropies, update, episodes.Environments);          // one value for each environment
        carts.Step(actions);
        episodes.Step(update, carts.Rewards, carts.Terminated, carts.Truncated); // reward a step; return and length when one ends
        for (var i = 0; i < Environments; i++)
        {
            rollout.Rewards[(t * Environments) + i] = carts.Rewards[i];
            rollout.Ended[(t * Environments) + i] = carts.Terminated[i] || carts.Truncated[i];
        }
    }

    using (run.Time("update/seconds"))
    using (run.Step(update))
    {
        var learned = agent.Learn(rollout, carts.States);
        run.Log(("update/policy_loss", learned.PolicyLoss), ("update/value_loss", learned.ValueLoss), ("update/gradient", learned.GradientNorm));
        run.LogHistogram("update/advantages", rollout.Advantages, step: update, bins: 32);
    }
}

Console.WriteLine($"mean return of the last 100 episodes: {episodes.MeanReturn:F1} (solved from {Solved} on)");
if (episodes.MeanReturn >= Solved)
{
    run.Annotate($"solved with a mean return of {episodes.MeanReturn:F1}");
}

return 0;
