using System.CommandLine;

namespace Metrana.Tool.Kernel;

/// <summary>The options that say which server is asked.</summary>
internal sealed class ServerChoice
{
    private readonly Option<string?> _data = new("--data")
    {
        Description = "The data directory whose server is asked [default: this user's own]",
        HelpName = "DIR",
    };

    private readonly Option<string?> _url = new("--url")
    {
        Description = "The address of a server, with the key in --api-key-file or METRANA_API_KEY",
        HelpName = "URL",
    };

    private readonly Option<string?> _keyFile = new("--api-key-file")
    {
        Description = "A file whose first line is the key of the server at --url",
        HelpName = "FILE",
    };

    public ServerChoice(Command command)
    {
        command.Options.Add(_data);
        command.Options.Add(_url);
        command.Options.Add(_keyFile);
        command.Validators.Add(result =>
        {
            if (result.GetResult(_data) is not null && result.GetResult(_url) is not null)
            {
                result.AddError("--data and --url each name a server: give one of them.");
            }

            if (result.GetResult(_keyFile) is not null && result.GetResult(_url) is null)
            {
                result.AddError("--api-key-file is for a server at --url: the one of a data directory keeps its key there.");
            }
        });
    }

    public ServerPlace Read(ParseResult parsed, ToolHost host)
    {
        if (parsed.GetValue(_url) is not { } url)
        {
            return new ServerPlace(parsed.GetValue(_data), null, null);
        }

        if (!Uri.TryCreate(url, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
        {
            throw ToolException.Usage($"--url is '{url}', which is no address: give one like http://127.0.0.1:7070.");
        }

        return new ServerPlace(null, address, parsed.GetValue(_keyFile) is { } file ? KeyIn(file) : Named(host, "METRANA_API_KEY"));
    }

    private static string? Named(ToolHost host, string variable) => host.Variable(variable) is { Length: > 0 } value ? value : null;

    private static string KeyIn(string file)
    {
        var key = File.ReadLines(file).Select(line => line.Trim()).FirstOrDefault(line => line.Length > 0 && line[0] != '#');
        return key ?? throw ToolException.Usage($"--api-key-file is '{file}', but there is no key in it.");
    }
}
