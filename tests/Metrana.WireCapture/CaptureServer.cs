using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using Google.Protobuf;
using Metrana.WireCapture.Capture;
using Metrana.WireCapture.Grpc;
using Metrana.WireCapture.Script;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Hosting;

namespace Metrana.WireCapture;

/// <summary>
/// A peer for tests on a free port of this machine: it takes what any client of the ingestion protocol sends, byte for byte,
/// and behaves towards each run as the run's script says.
/// </summary>
public sealed class CaptureServer : IAsyncDisposable
{
    private const string Service = "/metrana_protobuf.ingestion.v1.svc.IngestService/";

    private readonly ConcurrentDictionary<string, CapturedRun> _byName = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<ByteString, CapturedRun> _byId = new();
    private readonly ConcurrentDictionary<string, ConnectionContext> _connections = new(StringComparer.Ordinal);
    private readonly WebApplication _application;
    private long _runs;

    private CaptureServer()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            // A stream lives as long as a training run, says little for hours and has no end that is known before.
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Listen(IPAddress.Loopback, 0, listen =>
            {
                listen.Protocols = HttpProtocols.Http2;
                listen.Use(TrackAsync);
            });
        });
        _application = builder.Build();
        _application.Run(ServeAsync);
    }

    /// <summary>Where clients send to.</summary>
    public string Endpoint => _application.Urls.Single();

    /// <summary>The runs that were opened or scripted.</summary>
    public IReadOnlyCollection<CapturedRun> Runs => [.. _byName.Values];

    /// <summary>Starts a peer.</summary>
    public static async Task<CaptureServer> StartAsync()
    {
        var server = new CaptureServer();
        await server._application.StartAsync();
        return server;
    }

    /// <summary>The run of this name, with what has come for it; it need not have been opened yet.</summary>
    public CapturedRun Run(string name)
    {
        var run = _byName.GetOrAdd(name, _ => new CapturedRun(name, NextRunId()));
        _byId[run.RunId] = run;
        return run;
    }

    /// <summary>Says how to behave towards a run, from now on.</summary>
    public CapturedRun Play(string name, RunScript script)
    {
        var run = Run(name);
        run.Script = script;
        return run;
    }

    /// <summary>Cuts every connection and stops.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var connection in _connections.Values)
        {
            connection.Abort();
        }

        await _application.StopAsync();
        await _application.DisposeAsync();
    }

    private ByteString NextRunId()
    {
        var id = new byte[16];
        BinaryPrimitives.WriteInt64BigEndian(id.AsSpan(8), Interlocked.Increment(ref _runs));
        return ByteString.CopyFrom(id);
    }

    private ConnectionDelegate TrackAsync(ConnectionDelegate next) => async connection =>
    {
        _connections[connection.ConnectionId] = connection;
        try
        {
            await next(connection);
        }
        finally
        {
            _connections.TryRemove(connection.ConnectionId, out _);
        }
    };

    private async Task ServeAsync(HttpContext context)
    {
        var call = new GrpcCall(context, _connections[context.Connection.Id]);
        try
        {
            switch (context.Request.Path.Value)
            {
                case Service + "InitializeRunLogging":
                    await InitHandler.HandleAsync(call, Run);
                    break;
                case Service + "UpdateRunStream":
                    await UpdateStreamHandler.HandleAsync(call, id => _byId.GetValueOrDefault(id));
                    break;
                default:
                    call.End(GrpcCode.Unimplemented, $"no method {context.Request.Path}");
                    break;
            }
        }
        catch (InvalidDataException e)
        {
            call.End(GrpcCode.InvalidArgument, e.Message);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // The client is gone, or this peer has cut the line itself.
        }
    }
}
