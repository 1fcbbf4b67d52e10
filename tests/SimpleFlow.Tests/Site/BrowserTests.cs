using PuppeteerSharp;
using PuppeteerSharp.Input;

namespace SimpleFlow.Tests.Site;

/// <summary>The site in a real browser, opened from the disk: what a reader sees, hears and types. Needs chromium, which
/// <c>apt-get install chromium</c> brings.</summary>
[Collection(SiteCollection.Name)]
public sealed class BrowserTests(BrowserTests.OpenSite open) : IClassFixture<BrowserTests.OpenSite>
{
    /// <summary>A page of each kind.</summary>
    public static TheoryData<string> Kinds =>
    [
        "index.html", "zh-CN/start.html", "gallery.html", "learn/zh-CN/07-softmax.html", "docs/backpropagation.html", "docs/limits.html",
        "docs/zh-CN/limits.html", "api/SimpleFlow.Activation.html", "source/src/SimpleFlow/Ops/Add.cs.html", "source/index.html",
        "404.html",
    ];

    [Theory, MemberData(nameof(Kinds))]
    public async Task It_fits_a_phone_and_a_screen_reader_in_light_and_dark(string page)
    {
        open.SkipWithoutBrowser();
        Assert.Empty(await open.Complaints(page));
    }

    [Fact(Explicit = true)]
    public async Task Every_page_fits_a_phone_and_a_screen_reader()
    {
        open.SkipWithoutBrowser();
        var complaints = new List<string>();
        foreach (var page in open.Site.Pages.Where(page => !page.Path.StartsWith("source/", StringComparison.Ordinal)))
            complaints.AddRange(await open.Complaints(page.Path));
        Assert.Empty(complaints);
    }

    [Theory]
    [InlineData("save", "Model.Save")]
    [InlineData("saving", "Model.Save")]
    [InlineData("learning rate", "learning rate")]
    [InlineData("early stopping", "EarlyStopping")]
    [InlineData("MatMul", "MatMul")]
    [InlineData("model.fit", "Model.Fit")]
    [InlineData("inner sizes differ", "inner sizes differ. Left …")]
    [InlineData("交叉熵", "第 7 课：Softmax 与交叉熵")]
    [InlineData("softmax交叉熵", "第 7 课：Softmax 与交叉熵")]
    [InlineData("backpropagation", "Back-propagation")]
    public async Task The_search_finds(string query, string title)
    {
        open.SkipWithoutBrowser();
        await using var page = await open.Page("docs/map.html");
        await page.Keyboard.PressAsync("/");
        await page.Keyboard.TypeAsync(query);
        await page.WaitForSelectorAsync("#found a");
        var found = await page.EvaluateExpressionAsync<string[]>("[...document.querySelectorAll('#found a b')].map(b => b.textContent)");
        Assert.Contains(found.Take(5), one => one.StartsWith(title, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_search_says_when_it_finds_nothing()
    {
        open.SkipWithoutBrowser();
        await using var page = await open.Page("zh-CN/index.html");
        await page.ClickAsync("[data-find]");
        await page.Keyboard.TypeAsync("xyzzyplugh");
        await page.WaitForFunctionAsync("() => document.querySelector('.status').textContent === '没有找到结果'");
    }

    [Fact]
    public async Task Search_works_with_the_keyboard_alone()
    {
        open.SkipWithoutBrowser();
        await using var page = await open.Page("learn/04-matrices.html");
        await page.Keyboard.DownAsync(Key.Control);
        await page.Keyboard.PressAsync("k");
        await page.Keyboard.UpAsync(Key.Control);
        await page.Keyboard.TypeAsync("MatMul");
        await page.WaitForSelectorAsync("#hit-1");
        await page.Keyboard.PressAsync(Key.ArrowDown);
        const string Chosen = "document.querySelector('.search input').getAttribute('aria-activedescendant')";
        Assert.Equal("hit-1", await page.EvaluateExpressionAsync<string>(Chosen));
        await page.Keyboard.PressAsync(Key.ArrowUp);
        await Task.WhenAll(page.WaitForNavigationAsync(), page.Keyboard.PressAsync(Key.Enter));
        Assert.EndsWith("/api/SimpleFlow.MatMul.html", page.Url, StringComparison.Ordinal);
        await page.Keyboard.PressAsync("/");
        await page.Keyboard.PressAsync(Key.Escape);
        Assert.False(await page.EvaluateExpressionAsync<bool>("document.querySelector('dialog').open"));
    }

    [Fact]
    public async Task The_first_stop_of_the_keyboard_skips_to_the_text()
    {
        open.SkipWithoutBrowser();
        await using var page = await open.Page("docs/map.html");
        await page.Keyboard.PressAsync(Key.Tab);
        Assert.Equal("skip", await page.EvaluateExpressionAsync<string>("document.activeElement.className"));
        await page.Keyboard.PressAsync(Key.Enter);
        Assert.Equal("text", await page.EvaluateExpressionAsync<string>("document.activeElement.id"));
    }

    [Fact]
    public async Task On_a_phone_the_list_of_pages_opens_and_closes()
    {
        open.SkipWithoutBrowser();
        await using var page = await open.Page("docs/map.html", width: 400);
        const string IsShown = "document.getElementById('pages').checkVisibility()";
        Assert.False(await page.EvaluateExpressionAsync<bool>(IsShown));
        await page.ClickAsync(".menu");
        Assert.True(await page.EvaluateExpressionAsync<bool>(IsShown));
        await page.Keyboard.PressAsync(Key.Escape);
        Assert.False(await page.EvaluateExpressionAsync<bool>(IsShown));
    }

    [Fact]
    public async Task The_switch_of_colours_is_remembered()
    {
        open.SkipWithoutBrowser();
        await using var page = await open.Page("start.html");
        const string Paper = "getComputedStyle(document.body).backgroundColor";
        var light = await page.EvaluateExpressionAsync<string>(Paper);
        await page.ClickAsync("[data-switch]");
        var dark = await page.EvaluateExpressionAsync<string>(Paper);
        Assert.NotEqual(light, dark);
        await page.ReloadAsync();
        Assert.Equal(dark, await page.EvaluateExpressionAsync<string>(Paper));
    }

    /// <summary>A browser that shows the site.</summary>
    public sealed class OpenSite(BuiltSite site) : IAsyncLifetime
    {
        // Milliseconds; only against a browser that never answers: the suite keeps all processors busy.
        private const int Patience = 600_000;

        private IBrowser? _browser;

        public BuiltSite Site => site;

        public async ValueTask InitializeAsync()
        {
            if (Chromium.Executable is not { } executable) return;
            _browser = await Puppeteer.LaunchAsync(new LaunchOptions
            {
                ExecutablePath = executable,
                Timeout = Patience,
                ProtocolTimeout = Patience,
                Args = [.. Chromium.Arguments],
            });
        }

        public void SkipWithoutBrowser() => Assert.SkipWhen(_browser is null, Chromium.Missing);

        public async ValueTask DisposeAsync()
        {
            if (_browser is not null) await _browser.DisposeAsync();
        }

        public async Task<IPage> Page(string path, int width = 1400, bool dark = false)
        {
            var page = await _browser!.NewPageAsync();
            page.DefaultTimeout = Patience;
            await page.SetViewportAsync(new ViewPortOptions { Width = width, Height = 900 });
            await page.EmulateMediaFeaturesAsync([new MediaFeatureValue
            {
                MediaFeature = MediaFeature.PrefersColorScheme,
                Value = dark ? "dark" : "light",
            }]);
            await page.GoToAsync(new Uri(System.IO.Path.Combine(Site.Folder, path)).AbsoluteUri);
            return page;
        }

        /// <summary>What is wrong with a page: it scrolls sideways, its script fails, or axe-core has a serious finding.</summary>
        public async Task<List<string>> Complaints(string path)
        {
            var complaints = new List<string>();
            // In the other colours, the colours alone can be wrong.
            foreach (var (width, dark) in new[] { (400, false), (1400, true) })
            {
                await using var page = await Page(path, width, dark);
                page.PageError += (_, error) => complaints.Add($"{path}: {error.Message}");
                await page.EvaluateExpressionAsync(Axe.Script);
                complaints.AddRange(await page.EvaluateExpressionAsync<string[]>(Axe.Complaints(path, width, coloursAlone: dark)));
            }
            return complaints;
        }
    }
}
