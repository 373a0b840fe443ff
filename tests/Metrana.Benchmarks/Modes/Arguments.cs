using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Benchmarks.Results;
using Benchmarks.Serving;
using Metrana.Native;
using Metrana.Server;

namespace Benchmarks.Modes;

/// <summary>What the command lines of all modes share.</summary>
internal static class Arguments
{
    /// <summary>A number that has a least and may have a greatest value.</summary>
    public static Option<int> Count(Command command, string name, string description, int value, int least = 1, int most = int.MaxValue)
    {
        Option<int> option = new(name) { Description = description, DefaultValueFactory = _ => value };
        option.Validators.Add(result =>
        {
            // What is no number at all the parser refuses on its own.
            if (result.Tokens is not [var token] || !int.TryParse(token.Value, CultureInfo.InvariantCulture, out int given)
                || (given >= least && given <= most))
            {
                return;
            }

            result.AddError(most == int.MaxValue ? $"{name} has to be at least {least}." : $"{name} has to be from {least} to {most}.");
        });
        command.Options.Add(option);
        return option;
    }

    /// <summary>A time that is not negative.</summary>
    public static Option<double> Seconds(Command command, string name, string description, double value)
    {
        Option<double> option = new(name) { Description = description, DefaultValueFactory = _ => value };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && double.TryParse(token.Value, CultureInfo.InvariantCulture, out double given)
                && !(given >= 0 && double.IsFinite(given)))
            {
                result.AddError($"{name} has to be a number of seconds, from 0.");
            }
        });
        command.Options.Add(option);
        return option;
    }

    /// <summary>Where the result goes.</summary>
    public static Option<string?> Json(Command command)
    {
        Option<string?> option = new("--json") { Description = "The file to write the result to; left out, it is printed" };
        command.Options.Add(option);
        return option;
    }

    /// <summary>Runs a mode and writes its result. What went wrong is said in one line.</summary>
    /// <returns>The exit code: 0 only when everything arrived.</returns>
    public static Task<int> RunAsync(string? json, Func<Task<JsonObject>> mode) =>
        GuardAsync(async () => ResultJson.Write(await mode(), json));

    /// <summary>Runs a mode that writes its result itself. What went wrong is said in one line.</summary>
    /// <returns>The exit code: 0 only when everything arrived.</returns>
    public static async Task<int> GuardAsync(Func<Task> mode)
    {
        try
        {
            await mode();
            return 0;
        }
        catch (Exception e) when (e is NotDeliveredException or MetranaException or LocalServerException or IOException)
        {
            await Console.Error.WriteLineAsync($"{e.GetType().Name}: {e.Message}");
            return 1;
        }
    }
}
