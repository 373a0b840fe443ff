/** A program that logs a run, and what makes a project for it. They are those of the README, which a test compares. */
export const PROGRAM = `using Metrana;

await using Run run = await Run.StartAsync("mnist");            // no account: finds or starts a server on this machine
run.LogConfig(new { lr = 3e-4, batch = 64 });
for (int step = 0; step < 100; step++)
    run.Log(("train/loss", 1.0 / (step + 1)), ("train/accuracy", step / 100.0));
run.Log("val/loss", 0.5, step: 1, scale: "EPOCH");
run.Annotate("checkpoint 1");`;

export const COMMANDS = `dotnet new console -o Walker
dotnet add Walker reference Metrana.Native/src/Metrana/Metrana.csproj`;
