using System.Globalization;
using SimpleFlow.Tests.Site;

namespace SimpleFlow.Playground.Tests;

/// <summary>What holds for the page as a whole: its size, that it works without the network, and for everybody.</summary>
[Collection(PageCollection.Name)]
public sealed class WholePageTests(PublishedPage published) : IAsyncDisposable
{
    private const int LargestLoad = 4_000_000;

    [Fact]
    public void The_first_load_is_small_and_asks_no_other_host()
    {
        Assert.SkipWhen(published.Asked.Count == 0, Chromium.Missing);
        string[] known = [published.Address, "data:", "blob:"];
        Assert.All(published.Asked, url => Assert.Contains(known, start => url.StartsWith(start, StringComparison.Ordinal)));
        var files = published.Asked.Where(url => url.StartsWith(published.Address, StringComparison.Ordinal))
            .Distinct(StringComparer.Ordinal).Select(url => new Uri(url).AbsolutePath["/some/folder/".Length..])
            .Select(path => Path.Combine(published.Site, path.Length > 0 ? path : "index.html"));
        Assert.InRange(files.Sum(file => new FileInfo(File.Exists(file + ".br") ? file + ".br" : file).Length), 1, LargestLoad);
    }

    [Fact]
    public async Task It_works_without_the_network_once_it_has_been_loaded()
    {
        var first = await published.Open();
        await first.EvaluateAsync("navigator.serviceWorker.ready.then(() => true)");
        await first.WaitForFunctionAsync("navigator.serviceWorker.controller !== null");
        await first.Context.SetOfflineAsync(true);
        try
        {
            var page = await published.Visit();
            await page.ClickAsync("#epoch");
            Assert.Equal("1", await page.InnerTextAsync("#epochs"));
        }
        finally
        {
            await first.Context.SetOfflineAsync(false);
        }
    }

    [Fact]
    public async Task It_speaks_Chinese_to_a_Chinese_browser_and_remembers_what_is_chosen()
    {
        var page = await published.Visit(async tab =>
        {
            var session = await tab.Context.NewCDPSessionAsync(tab);
            await session.SendAsync("Emulation.setUserAgentOverride", new() { ["userAgent"] = "", ["acceptLanguage"] = "zh-CN" });
        });
        Assert.Equal("zh-CN", await page.GetAttributeAsync("html", "lang"));
        Assert.Equal("网络", await page.InnerTextAsync("#network-title"));
        await page.ClickAsync(".language");
        Assert.Equal("Network", await page.InnerTextAsync("#network-title"));
        await page.ReloadAsync();
        await page.WaitForSelectorAsync("h1");
        Assert.Equal("en", await page.GetAttributeAsync("html", "lang"));
    }

    [Fact]
    public async Task The_keyboard_alone_trains_a_network()
    {
        var page = await published.Open();
        // The focus begins where it does on a page that was just opened.
        await page.EvaluateAsync("document.body.tabIndex = -1; document.body.focus(); document.body.removeAttribute('tabindex')");
        await page.Keyboard.PressAsync("Tab");
        Assert.Equal("skip", await page.EvaluateAsync<string>("document.activeElement.className"));
        await page.Keyboard.PressAsync("Enter");
        Assert.Equal("experiment", await page.EvaluateAsync<string>("document.activeElement.id"));
        for (var tabs = 0; tabs < 2; tabs++) await page.Keyboard.PressAsync("Tab");
        Assert.Equal("play", await page.EvaluateAsync<string>("document.activeElement.id"));
        await page.Keyboard.PressAsync("Space");
        await page.WaitForFunctionAsync("() => +document.getElementById('epochs').textContent > 2");
        await page.Keyboard.PressAsync("Space");
        Assert.Equal("Play", await page.GetAttributeAsync("#play", "aria-label"));
    }

    /// <summary>How fast it is depends on the machine, so nothing is asserted but that it was measured: epochs and pictures a second of
    /// the network 2-8-8-1 with 200 points in batches of 10.</summary>
    [Fact(Explicit = true)]
    public async Task How_fast_it_is()
    {
        await using var context = await published.NewContext();
        var page = await context.NewPageAsync();
        for (var visit = 0; visit < 2; visit++)
        {
            var begun = System.Diagnostics.Stopwatch.GetTimestamp();
            await page.GotoAsync("about:blank");
            await page.GotoAsync(published.Address);
            await page.WaitForSelectorAsync("h1");
            await page.ClickAsync("#play");
            await page.WaitForFunctionAsync("() => +document.getElementById('epochs').textContent > 0");
            TestContext.Current.SendDiagnosticMessage(
                $"visit {visit + 1}: training after {System.Diagnostics.Stopwatch.GetElapsedTime(begun).TotalSeconds:F1} s");
            await page.ClickAsync("#play");
            if (visit == 0) await page.EvaluateAsync("navigator.serviceWorker.ready.then(() => true)");
        }
        await page.FillAsync("#share", "0.9");
        await page.FillAsync("#count", "250");
        await page.ClickAsync("#play");
        await Task.Delay(3000, TestContext.Current.CancellationToken);
        var measured = await page.EvaluateAsync<double[]>("""
            () => new Promise(done => {
              const epochs = () => +document.getElementById('epochs').textContent.replaceAll(',', '');
              const [from, begun] = [performance.now(), epochs()];
              let [frames, longest, last] = [0, 0, from];
              const next = now => {
                frames++;
                longest = Math.max(longest, now - last);
                last = now;
                const seconds = (now - from) / 1000;
                if (seconds < 10) requestAnimationFrame(next);
                else done([(epochs() - begun) / seconds, frames / seconds, longest]);
              };
              requestAnimationFrame(next);
            })
            """);
        TestContext.Current.SendDiagnosticMessage(
            $"{measured[0]:F0} epochs/s, {measured[1]:F0} pictures/s, longest pause between pictures {measured[2]:F0} ms");
        Assert.True(measured[0] > 0 && measured[1] > 0);
    }

    /// <summary>How long the slices are in which the page works, in milliseconds; the machine decides, so nothing is asserted.</summary>
    [Theory(Explicit = true)]
    [InlineData("plane", "#play")]
    [InlineData("plane?source=Spiral&layers=16Tanh,16Tanh,16Tanh,16Tanh", "#play")]
    [InlineData("digits", "#digit-play")]
    [InlineData("descent", "#descent-play")]
    [InlineData("sequence", "#text-play")]
    public async Task How_long_its_slices_are(string experiment, string play)
    {
        var page = await published.Open(experiment);
        await page.EvaluateAsync("""
            () => {
              window.slices = [];
              const original = window.originalFrame ??= window.requestAnimationFrame;
              window.requestAnimationFrame = next => original.call(window, time => {
                const begun = performance.now();
                next(time);
                window.slices.push(performance.now() - begun);
              });
            }
            """);
        await page.ClickAsync(play);
        await Task.Delay(3000, TestContext.Current.CancellationToken);
        await page.EvaluateAsync("window.slices = []");
        await Task.Delay(10_000, TestContext.Current.CancellationToken);
        var slices = await page.EvaluateAsync<double[]>("window.slices.toSorted((a, b) => a - b)");
        await page.ClickAsync(play);
        await page.EvaluateAsync("() => { window.requestAnimationFrame = window.originalFrame; }");
        TestContext.Current.SendDiagnosticMessage($"{experiment}: {slices.Length} slices, median {slices[slices.Length / 2]:F1} ms, "
            + $"95 % within {slices[slices.Length * 95 / 100]:F1} ms, 99 % within {slices[slices.Length * 99 / 100]:F1} ms, "
            + $"longest {slices[^1]:F1} ms");
        Assert.True(slices.Length > 0);
    }

    /// <summary>Makes the picture of the README anew: a spiral that has been separated.</summary>
    [Fact(Explicit = true)]
    public async Task Refresh_the_picture()
    {
        var page = await published.Open(width: 1300);
        await page.ClickAsync("#source-Spiral");
        await page.FillAsync("#share", "0.9");
        await page.ClickAsync("#play");
        await page.WaitForFunctionAsync("() => parseFloat(document.getElementById('train-loss').textContent) < 0.05");
        await page.ClickAsync("#play");
        var file = Path.Combine(PublishedPage.Repository, "docs", "pictures", "playground.png");
        await page.ScreenshotAsync(new() { Path = file });
        Assert.True(File.Exists(file));
    }

    /// <summary>Plays for as many minutes as <c>SIMPLEFLOW_MINUTES</c> says, 20 by default, and compares the memory.</summary>
    [Fact(Explicit = true)]
    public async Task Twenty_minutes_of_play_need_no_more_memory()
    {
        var minutes = double.Parse(Environment.GetEnvironmentVariable("SIMPLEFLOW_MINUTES") ?? "20", CultureInfo.InvariantCulture);
        var page = await published.Open();
        await page.ClickAsync("#play");
        var warm = TimeSpan.FromMinutes(Math.Min(2, minutes / 4));
        await Task.Delay(warm, TestContext.Current.CancellationToken);
        var before = await Memory();
        await Task.Delay(TimeSpan.FromMinutes(minutes) - warm, TestContext.Current.CancellationToken);
        var after = await Memory();
        TestContext.Current.SendDiagnosticMessage(
            $"{before / 1e6:F1} MB after {warm.TotalMinutes} minutes, {after / 1e6:F1} MB after {minutes}");
        // The losses of every epoch are kept, which is all that may grow.
        Assert.InRange(after, 0, before + 16_000_000);

        async Task<double> Memory()
        {
            var session = await page.Context.NewCDPSessionAsync(page);
            await session.SendAsync("HeapProfiler.collectGarbage");
            return await page.EvaluateAsync<double>("performance.memory.usedJSHeapSize + getDotnetRuntime(0).Module.HEAPU8.length");
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await published.Close();
}
