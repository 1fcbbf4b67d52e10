using System.Net;
using Microsoft.Playwright;
using SimpleFlow.Tests;
using SimpleFlow.Tests.Site;

namespace SimpleFlow.Playground.Tests;

/// <summary>The tests that look at the published page, which is made once for all of them.</summary>
[CollectionDefinition(Name)]
public sealed class PageCollection : ICollectionFixture<PublishedPage>
{
    /// <summary>Their name.</summary>
    public const string Name = "page";
}

/// <summary>The playground as it is published, below a path of a server of this machine, in a browser. All tests share one page: to load
/// it takes seconds, and every experiment that its address names begins anew.</summary>
public sealed class PublishedPage : IAsyncLifetime
{
    // Milliseconds; only against a page that never answers: the tests keep all processors busy.
    private const int Patience = 120_000;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("simpleflow-playground-");
    private readonly HttpListener _listener = new();
    private readonly List<string> _asked = [], _errors = [];
    private IPlaywright? _playwright;
    private IBrowser? _browser;
    private IBrowserContext? _context;
    private IPage? _page;

    /// <summary>Where the page is.</summary>
    public string Address { get; private set; } = "";

    /// <summary>The folder that is served.</summary>
    public string Site { get; private set; } = "";

    /// <summary>What the page asked for when it was loaded into an empty browser.</summary>
    public IReadOnlyList<string> Asked => _asked;

    /// <summary>The root of the repository.</summary>
    public static string Repository { get; } = Find(AppContext.BaseDirectory);

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        if (Chromium.Executable is not { } executable) return;
        // A folder that somebody has published already saves a minute.
        Site = Environment.GetEnvironmentVariable("SIMPLEFLOW_PLAYGROUND") ?? await Publish();
        Serve();
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = executable,
            Args = Chromium.Arguments,
            Timeout = Patience,
        });
        _context = await NewContext();
        _page = await _context.NewPageAsync();
        _page.Request += Ask;
        await Load(_page);
        _page.Request -= Ask;

        void Ask(object? sender, IRequest request) => _asked.Add(request.Url);
    }

    private async Task<string> Publish()
    {
        var run = await ChildProcess.Run(Repository, "dotnet", "publish", "playground/SimpleFlow.Playground", "-c", "Release", "-o",
            _folder.FullName, "-v", "q");
        Assert.True(run.ExitCode == 0, run.All);
        return Path.Combine(_folder.FullName, "wwwroot");
    }

    /// <summary>Begins an experiment.</summary>
    /// <param name="fragment">What stands after # in the address.</param>
    /// <param name="width">How wide the page is.</param>
    /// <param name="dark">Whether the system is dark.</param>
    public async Task<IPage> Open(string fragment = "plane", int width = 1400, bool dark = false)
    {
        Assert.SkipWhen(_browser is null, Chromium.Missing);
        var page = _page ??= await Load(await _context!.NewPageAsync());
        await page.SetViewportSizeAsync(width, 900);
        await page.EmulateMediaAsync(new() { ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light });
        // An address that is the same is another one with a character that means nothing.
        await page.EvaluateAsync("""
            fragment => {
              document.querySelector('h1').dataset.old = '';
              while (location.hash === '#' + fragment) fragment += fragment.includes('?') ? '&' : '?';
              location.hash = fragment;
            }
            """, fragment);
        await page.WaitForSelectorAsync("h1:not([data-old])", new() { State = WaitForSelectorState.Attached });
        return page;
    }

    /// <summary>Visits the page once more, as another tab of the same browser: it is loaded from the cache.</summary>
    /// <param name="prepare">What is done with the tab before.</param>
    public async Task<IPage> Visit(Func<IPage, Task>? prepare = null)
    {
        Assert.SkipWhen(_browser is null, Chromium.Missing);
        var page = await _context!.NewPageAsync();
        if (prepare is not null) await prepare(page);
        return await Load(page);
    }

    private async Task<IPage> Load(IPage page)
    {
        page.PageError += (_, error) => _errors.Add(error);
        page.Console += (_, message) =>
        {
            if (message.Type == "error") _errors.Add(message.Text);
        };
        await page.GotoAsync(Address);
        await page.WaitForSelectorAsync("h1", new() { State = WaitForSelectorState.Attached });
        return page;
    }

    /// <summary>Ends a test: no page may have had an error.</summary>
    public async Task Close()
    {
        string[] errors = [.. _errors];
        _errors.Clear();
        foreach (var page in (_context?.Pages ?? []).Where(page => page != _page || errors.Length > 0).ToList()) await page.CloseAsync();
        if (errors.Length > 0) _page = null;
        Assert.Empty(errors);
    }

    /// <summary>A browser of its own, with an empty cache.</summary>
    public async Task<IBrowserContext> NewContext()
    {
        Assert.SkipWhen(_browser is null, Chromium.Missing);
        var context = await _browser.NewContextAsync(new()
        {
            ViewportSize = new() { Width = 1400, Height = 900 },
            Locale = "en",
            ReducedMotion = ReducedMotion.Reduce,
        });
        context.SetDefaultTimeout(Patience);
        return context;
    }

    private void Serve()
    {
        for (var port = 20_000 + Environment.ProcessId % 20_000; ; port++)
        {
            try
            {
                _listener.Prefixes.Clear();
                _listener.Prefixes.Add($"http://127.0.0.1:{port}/");
                _listener.Start();
                Address = $"http://127.0.0.1:{port}/some/folder/";
                break;
            }
            catch (HttpListenerException) when (port < 60_000)
            {
                // Somebody else has this port.
            }
        }
        _ = Task.Run(async () =>
        {
            while (_listener.IsListening)
            {
                try
                {
                    Answer(await _listener.GetContextAsync());
                }
                catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException)
                {
                    // The browser has closed, or the tests are over.
                }
            }
        });
    }

    // What any static host does: files below the path, compressed ones where there are.
    private void Answer(HttpListenerContext context)
    {
        const string Below = "/some/folder/";
        var path = context.Request.Url!.AbsolutePath;
        var file = path.StartsWith(Below, StringComparison.Ordinal)
            ? Path.Combine(Site, path.Length == Below.Length ? "index.html" : path[Below.Length..]) : "";
        using var response = context.Response;
        if (!File.Exists(file))
        {
            response.StatusCode = 404;
            return;
        }
        response.ContentType = Path.GetExtension(file) switch
        {
            ".html" => "text/html",
            ".js" => "text/javascript",
            ".css" => "text/css",
            ".wasm" => "application/wasm",
            ".json" => "application/json",
            ".png" => "image/png",
            _ => "application/octet-stream",
        };
        if (File.Exists(file + ".br"))
        {
            response.Headers["Content-Encoding"] = "br";
            file += ".br";
        }
        var bytes = File.ReadAllBytes(file);
        response.ContentLength64 = bytes.Length;
        response.OutputStream.Write(bytes);
    }

    private static string Find(string folder) =>
        File.Exists(Path.Combine(folder, "SimpleFlow.slnx")) ? folder : Find(Path.GetDirectoryName(folder)!);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_browser is not null) await _browser.DisposeAsync();
        _playwright?.Dispose();
        _listener.Close();
        _folder.Delete(recursive: true);
    }
}
