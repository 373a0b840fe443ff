using System.Text.Json.Nodes;

namespace Metrana.Player.Tests;

/// <summary>Makes call scripts of a seed: names, labels and shapes are few, so that calls get in each other's way.</summary>
internal sealed class RandomScripts(int seed)
{
    private const int MostCalls = 40;

    private readonly Random _random = new(seed);

    /// <summary>The calls of a script.</summary>
    public List<JsonNode> Calls() => [.. Enumerable.Range(0, 1 + _random.Next(MostCalls)).Select(_ => Call())];

    private JsonNode Call() => _random.Next(12) switch
    {
        0 or 1 => Float("log_std_floats"),
        2 => Float("log_distributed_floats"),
        3 or 4 or 5 => Rl(),
        6 => Histograms(),
        7 => Scatters(),
        8 => RulePeer.Call("log_config", [Tree(0)]),
        9 => RulePeer.Call("log_attributes", [Pick("", "a", "a/b", "sys", "a b"), Tree(0)]),
        10 => RulePeer.Call("log_env_attributes", [Environment(), Tree(0), Chance(3) ? Step() : null]),
        _ => Rare(),
    };

    private JsonNode Rare() => _random.Next(5) switch
    {
        0 => RulePeer.Call("set_tags", [Tags()]),
        1 => RulePeer.Call("update_tags", [Tags(), Chance(2) ? Tags() : null]),
        2 => RulePeer.Call("set_description", [Pick("", "text", "ünïcödé 🚀")]),
        3 => RulePeer.Call("get_series_last_step", [Metric(), Scale(), Labels()]),
        _ => RulePeer.Call("get_env_last_rl_step_and_episode", [Environment()]),
    };

    private JsonNode Float(string method)
    {
        var count = _random.Next(5);
        var kwargs = new JsonObject();
        switch (_random.Next(3))
        {
            case 0:
                kwargs["steps"] = Array([Chance(8) ? count + 1 : count], () => Step());
                break;
            case 1:
                kwargs["first_step"] = Step();
                break;
        }

        kwargs[Chance(2) ? "timestamp_millis" : "timestamps_millis"] = Chance(3) ? Array([count], Time) : Time();
        AddWidth(kwargs);
        return RulePeer.Call(method, [Metric(), Scale(), Array([count], Value), Labels()], kwargs);
    }

    private JsonNode Rl()
    {
        var environments = 1 + _random.Next(3);
        var width = 1 + _random.Next(4);
        var kwargs = new JsonObject { ["timestamps_millis"] = Spread(environments, width, Time) };
        if (Chance(2))
        {
            kwargs["episodes"] = Spread(environments, width, () => _random.Next(3));
        }

        if (Chance(2))
        {
            kwargs["steps"] = Spread(environments, width, () => Step());
        }

        foreach (var flag in new[] { "steps_across_rl_steps", "auto_start_from_one" }.Where(_ => Chance(6)))
        {
            kwargs[flag] = true;
        }

        if (Chance(6))
        {
            kwargs["ordered"] = false;
        }

        if (Labels() is { } labels)
        {
            kwargs["labels"] = labels;
        }

        AddWidth(kwargs);
        int[] shape = width == 1 && environments > 1 && Chance(2) ? [environments] : environments == 1 && Chance(2) ? [width] : [environments, width];
        return RulePeer.Call(
            "log_rl_floats",
            [Metric(), Scale(), _random.Next(4), Enumerable.Range(0, environments).Select(_ => Environment()).ToArray(), Array(shape, Value)],
            kwargs);
    }

    private JsonNode Histograms()
    {
        var count = 1 + _random.Next(3);
        var density = Chance(4);
        var kwargs = new JsonObject { ["steps"] = Array([count], () => Step()), ["timestamp_millis"] = Time(), ["density"] = density };
        if (Chance(3))
        {
            kwargs["stats"] = Tuple(Array([count], () => 0), Array([count], () => 1), Array([count], Value), Array([count], () => _random.Next(9)));
        }

        return RulePeer.Call("log_histograms", [Metric(), Scale(), Several(count, () => Histogram(density)), Labels()], kwargs);
    }

    private JsonObject Histogram(bool density)
    {
        var bins = 1 + _random.Next(3);
        var edge = _random.Next(3);
        return Tuple(
            Array([Chance(8) ? bins + 1 : bins], () => density ? _random.NextDouble() : _random.Next(100)),
            Array([bins + 1], () => edge += _random.Next(Chance(20) ? 1 : 3) + (Chance(20) ? 0 : 1)));
    }

    private JsonNode Scatters()
    {
        var count = 1 + _random.Next(3);
        var axes = Chance(3) ? 3 : 2;
        var kwargs = new JsonObject { ["steps"] = Array([count], () => Step()), ["timestamp_millis"] = Time() };
        foreach (var title in new[] { "x_title", "y_title", "z_title" }.Where(_ => Chance(4)))
        {
            kwargs[title] = Pick("", "one", "two", "a=b");
        }

        return RulePeer.Call("log_scatters", [Metric(), Scale(), Several(count, () => Scatter(axes)), Labels()], kwargs);
    }

    private JsonObject Scatter(int axes)
    {
        var points = _random.Next(3);
        return Tuple([.. Enumerable.Range(0, axes).Select(_ => Array([Chance(20) ? points + 1 : points], Value))]);
    }

    private JsonNode? Tree(int depth) => _random.Next(depth < 3 ? 9 : 7) switch
    {
        0 => null,
        1 => Chance(2),
        2 => _random.Next(-9, 9),
        3 => Value(),
        4 => Pick("", "text", "🚀"),
        5 => JsonNode.Parse(Pick("9223372036854775807", "-9223372036854775808", "18446744073709551615", "18446744073709551616")),
        6 => 0.5,
        7 => new JsonArray([.. Enumerable.Range(0, _random.Next(4)).Select(_ => Tree(depth + 1))]),
        _ => new JsonObject([.. new[] { "a", "b", "é", "x y", "a/b", "", "latest_episode" }.Where(_ => Chance(3))
            .Select(key => KeyValuePair.Create(key, Tree(depth + 1)))]),
    };

    private JsonNode Spread(int environments, int width, Func<JsonNode> one) => _random.Next(8) switch
    {
        0 or 1 => one(),
        2 or 3 => Array([environments], one),
        7 => Array([environments, 1], one),
        _ => Array([environments, width], one),
    };

    private JsonArray Array(ReadOnlySpan<int> shape, Func<JsonNode> one)
    {
        var array = new JsonArray();
        for (var i = 0; i < shape[0]; i++)
        {
            array.Add(shape.Length == 1 ? one() : Array(shape[1..], one));
        }

        return array;
    }

    private JsonArray Several(int count, Func<JsonNode> one) => Array([count], one);

    private static JsonObject Tuple(params JsonNode[] parts) => new() { ["tuple"] = new JsonArray(parts) };

    private void AddWidth(JsonObject kwargs)
    {
        if (Chance(3))
        {
            kwargs["dtype"] = Pick("float32", "float16", "float64", "int64");
        }
    }

    private JsonNode Value() => _random.Next(12) switch
    {
        0 => new JsonObject { ["float"] = Pick("nan", "inf", "-inf") },
        1 => JsonNode.Parse("-0.0")!,
        2 => _random.Next(-100, 100),
        _ => (_random.NextDouble() - 0.5) * Math.Pow(10, _random.Next(-3, 9)),
    };

    private JsonNode Step() => Chance(30)
        ? JsonNode.Parse(Pick("-1", "9223372036854775807", "9223372036854775808", "1.5"))!
        : _random.Next(12);

    private JsonNode Time() => 1700000000000 + _random.Next(1000);

    private JsonObject? Labels() => _random.Next(6) switch
    {
        0 => new JsonObject { ["k"] = Pick("1", "2") },
        1 => new JsonObject { ["k"] = "1", ["l"] = Chance(8) ? "a&b" : "" },
        _ => null,
    };

    private JsonArray Tags() => Array([_random.Next(3)], () => Pick("a", "b", ""));

    private string Metric() => Chance(30) ? Pick("", "a b", "a|b") : Pick("m", "n", "o");

    private string Scale() => Pick("S", "S", "");

    private string Environment() => Chance(30) ? "a/b" : Pick("e", "f", "g");

    private bool Chance(int oneIn) => _random.Next(oneIn) == 0;

    private string Pick(params ReadOnlySpan<string> texts) => texts[_random.Next(texts.Length)];
}
