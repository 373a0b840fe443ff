using System.Text.Encodings.Web;
using System.Text.Json;
using Metrana.Player;
using Metrana.Player.Scripts;

const int Played = 0;
const int NotAsked = 2;

// Names and messages stay readable: the file is no web page.
var json = new JsonSerializerOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

try
{
    var arguments = PlayerArguments.Parse(args);
    var scripts = ScriptReader.ReadFile(arguments.Scripts);
    if (arguments.Only is { } name)
    {
        scripts = scripts.FindAll(script => script.Name == name);
        if (scripts.Count == 0)
        {
            throw new FormatException($"{arguments.Scripts} has no script '{name}'.");
        }
    }

    var results = new ScriptPlayer(new PlayerOptions(arguments.Endpoint, arguments.ApiKey)).PlayAll(scripts);
    File.WriteAllLines(arguments.Out, results.Select(result => result.ToJson().ToJsonString(json)));
    return Played;
}
catch (ScriptFormatException e)
{
    Console.Error.WriteLine(e.Message);
    return NotAsked;
}
catch (Exception e) when (e is FormatException or IOException or UnauthorizedAccessException)
{
    Console.Error.WriteLine(e.Message);
    Console.Error.WriteLine(PlayerArguments.Usage);
    return NotAsked;
}
