using Classifier;
using Metrana;

const int Epochs = 60;
const int Batch = 32;
const float Rate = 0.1f;

if (args is not ([] or ["--endpoint", _] or ["--endpoint", _, "--run", _]))
{
    Console.Error.WriteLine("usage: Classifier [--endpoint URL [--run NAME]]");
    return 2;
}

await using var run = await Run.StartAsync(new RunOptions
{
    Project = "spirals",
    Endpoint = args.ElementAtOrDefault(1),
    Name = args.ElementAtOrDefault(3),
});
run.LogConfig(new { epochs = Epochs, batch = Batch, rate = Rate, hidden = 64 });

var training = new Spirals(1500, seed: 1);
var validation = new Spirals(600, seed: 2);
var model = new Model(hidden: 64, seed: 3);
var order = Enumerable.Range(0, training.Count).ToArray();
var random = new Random(4);
for (var epoch = 0; epoch < Epochs; epoch++)
{
    random.Shuffle(order);
    foreach (var batch in order.Chunk(Batch))
    {
        var (loss, accuracy) = model.Learn(training, batch, Rate);
        run.Log(("train/loss", loss), ("train/accuracy", accuracy));    // one call, all or none
    }

    var (validationLoss, known) = model.Evaluate(validation);
    using (run.Step(epoch, "EPOCH"))
    {
        run.Log(("val/loss", validationLoss), ("val/accuracy", known));
    }

    run.LogHistogram("weights", model.Weights, step: epoch, scale: "EPOCH");
}

var (_, share) = model.Evaluate(validation);
run.Annotate($"knows {share:P0} of the points that it has not seen");
Console.WriteLine($"validation accuracy: {share:F3}");
return 0;
