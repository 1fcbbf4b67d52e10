using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace SimpleFlow.Tests.Docs;

/// <summary>The simplest web server: it sends the files of a folder, and counts them.</summary>
internal sealed class StaticFiles : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly ConcurrentDictionary<string, bool> _sent = new(StringComparer.Ordinal);
    private readonly string _folder;
    private readonly Task _serving;

    public StaticFiles(string folder)
    {
        _folder = folder;
        using (var port = new TcpListener(IPAddress.Loopback, 0))
        {
            port.Start();
            Address = $"http://localhost:{((IPEndPoint)port.LocalEndpoint).Port}/";
        }
        _listener.Prefixes.Add(Address);
        _listener.Start();
        _serving = Serve();
    }

    /// <summary>Where it listens.</summary>
    public string Address { get; }

    /// <summary>How many different files it has sent.</summary>
    public int Count => _sent.Count;

    /// <summary>How long they are together.</summary>
    public long Bytes => _sent.Keys.Sum(file => new FileInfo(file).Length);

    /// <summary>How long they would be if those with a compressed file beside them were sent as that.</summary>
    public long Compressed => _sent.Keys.Sum(file => new FileInfo(File.Exists($"{file}.br") ? $"{file}.br" : file).Length);

    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        await _serving;
    }

    private async Task Serve()
    {
        while (true)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
            var path = context.Request.Url!.AbsolutePath is "/" ? "index.html" : context.Request.Url.AbsolutePath[1..];
            var file = Path.Combine(_folder, path);
            using var response = context.Response;
            if (!File.Exists(file))
            {
                response.StatusCode = (int)HttpStatusCode.NotFound;
                continue;
            }
            _sent[file] = true;
            response.ContentType = Path.GetExtension(file) switch
            {
                ".html" => "text/html",
                ".js" or ".mjs" => "text/javascript",
                ".wasm" => "application/wasm",
                ".css" => "text/css",
                _ => "application/octet-stream",
            };
            await response.OutputStream.WriteAsync(await File.ReadAllBytesAsync(file));
        }
    }
}
