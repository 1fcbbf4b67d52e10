using Microsoft.Playwright;
using SimpleFlow.Tests.Site;

namespace SimpleFlow.Playground.Tests;

/// <summary>Everything the playground shows fits a phone and a wide window, in light and dark, and a screen reader.</summary>
[Collection(PageCollection.Name)]
public sealed class AppearanceTests(PublishedPage published) : IAsyncDisposable
{
    private const string Screenshots = "SIMPLEFLOW_SCREENSHOTS";

    private static readonly Dictionary<string, (string Fragment, Func<IPage, Task> Prepare)> All = new()
    {
        ["plane"] = ("plane?source=Spiral", page => page.ClickAsync("#epoch")),
        ["unit"] = ("plane?layers=3Tanh,2Step", page => page.ClickAsync("#choose-0-0")),
        ["weight"] = ("plane?layers=3Tanh&l2=0.01", async page =>
        {
            await page.ClickAsync("#choose-0-1");
            await page.ClickAsync("#inside table button >> nth=1");
        }
        ),
        ["loss"] = ("plane?source=Gauss&classes=6&layers=none", page => page.ClickAsync("#loss")),
        ["walk"] = ("plane?layers=2Tanh&batch=2", async page =>
        {
            await page.ClickAsync("#walk");
            await page.ClickAsync("#walk-next");
        }
        ),
        ["formula"] = ("plane?source=Function", async page =>
        {
            await page.FillAsync("#function", "2sin(");
            await page.PressAsync("#function", "Enter");
        }
        ),
        ["painted"] = ("plane?source=Painted&layers=2Relu", page => page.ClickAsync("#eraser")),
        ["table"] = ("plane?layers=4Relu", async page =>
        {
            await page.ClickAsync("#source-Table");
            await page.ClickAsync("#epoch");
            await page.ClickAsync("#compare summary");
            await page.ClickAsync("#keep");
            await page.FillAsync("#csv", "a,b,c\n1,2,x\n3,y,z\n");
            await page.ClickAsync("#use-csv");
        }
        ),
        ["out"] = ("plane?hide=Sources&text=Separate%20the%20ring.", async page =>
        {
            await page.ClickAsync("#epoch");
            await page.SelectOptionAsync("#l2", "0.001");
            await page.ClickAsync("#show-program");
            await page.ClickAsync("#teach summary");
        }
        ),
        ["digits"] = ("digits", async page =>
        {
            await page.WaitForSelectorAsync("#mistake-0");
            await page.ClickAsync("#learn-3");
            await page.ClickAsync("#digit-play");
        }
        ),
        ["descent"] = ("descent?surface=Wells", async page =>
        {
            for (var step = 0; step < 10; step++) await page.ClickAsync("#descent-step");
        }
        ),
        ["sequence"] = ("sequence", async page =>
        {
            await page.ClickAsync("#text-play");
            await page.WaitForFunctionAsync("() => document.querySelector('#written .fresh').textContent.length > 5");
            await page.ClickAsync("#text-play");
        }
        ),
    };

    /// <summary>The names of what is looked at.</summary>
    public static TheoryData<string> Views => [.. All.Keys];

    [Theory, MemberData(nameof(Views))]
    public async Task It_fits_the_window_and_a_screen_reader(string view)
    {
        var page = await published.Open(All[view].Fragment, width: 400);
        await All[view].Prepare(page);
        await page.EvaluateAsync(Axe.Script);
        var complaints = new List<string>();
        // In the other colours, the colours alone can be wrong.
        foreach (var (width, dark) in new[] { (400, false), (1400, true) })
        {
            await page.SetViewportSizeAsync(width, 900);
            await page.EmulateMediaAsync(new() { ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light });
            complaints.AddRange(await page.EvaluateAsync<string[]>(Axe.Complaints(view, width, coloursAlone: dark)));
        }
        Assert.Empty(complaints);
    }

    /// <summary>All rules in all windows and colours; with <c>SIMPLEFLOW_SCREENSHOTS</c> it puts pictures into that folder.</summary>
    [Theory(Explicit = true), MemberData(nameof(Views))]
    public async Task It_fits_every_window_in_all_colours(string view)
    {
        var complaints = new List<string>();
        foreach (var (width, dark) in new[] { (400, false), (400, true), (1400, false), (1400, true) })
        {
            var page = await published.Open(All[view].Fragment, width, dark);
            await All[view].Prepare(page);
            await page.EvaluateAsync(Axe.Script);
            complaints.AddRange(await page.EvaluateAsync<string[]>(Axe.Complaints(view, width, coloursAlone: false)));
            if (Environment.GetEnvironmentVariable(Screenshots) is not { } folder) continue;
            var file = Path.Combine(folder, $"{view}-{width}-{(dark ? "dark" : "light")}.png");
            await page.ScreenshotAsync(new() { Path = file, FullPage = true });
        }
        Assert.Empty(complaints);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await published.Close();
}
