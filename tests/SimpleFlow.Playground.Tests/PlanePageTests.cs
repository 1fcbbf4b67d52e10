using System.Globalization;
using Microsoft.Playwright;
using SimpleFlow.Playground.Experiments;

namespace SimpleFlow.Playground.Tests;

/// <summary>The plane in a real browser.</summary>
[Collection(PageCollection.Name)]
public sealed class PlanePageTests(PublishedPage published) : IAsyncDisposable
{
    /// <summary>A run whose settings change while it trains, in a program.</summary>
    internal static PlaneRun ChangingRun()
    {
        var settings = new PlaneSettings();
        var run = new PlaneRun(settings, PlaneSources.Of(settings));
        Epochs(run, 3);
        run.Change(settings with { LearningRate = 0.1f });
        run.Change(run.Settings with { Layers = [settings.Layers[0] with { Activation = ActivationKind.Relu }, settings.Layers[1]] });
        run.Change(run.Settings with { L2 = 0.001f });
        Epochs(run, 3);
        return run;
    }

    [Fact]
    public async Task The_page_computes_bit_for_bit_what_a_program_with_the_same_vectors_computes()
    {
        var page = await published.Open();
        for (var epoch = 0; epoch < 3; epoch++) await page.ClickAsync("#epoch");
        await page.SelectOptionAsync("#rate", "0.1");
        await page.SelectOptionAsync("#activation-0", "Relu");
        await page.SelectOptionAsync("#l2", "0.001");
        for (var epoch = 0; epoch < 3; epoch++) await page.ClickAsync("#epoch");
        var shown = await Losses(page);

        // WebAssembly has vectors of 128 bits, and no fused multiply-add; a processor without AVX has the same.
        Assert.Equal(await BrowserLikeProcess.Losses(), shown);
        // Others round the last digits differently.
        using var run = ChangingRun();
        AssertClose(run, shown);
    }

    private static void AssertClose(PlaneRun run, List<EpochLosses> shown, float tolerance = 1e-5f)
    {
        Assert.Equal(run.Training.History.Count, shown.Count);
        foreach (var (expected, actual) in run.Training.History.Zip(shown))
        {
            Assert.Equal(expected.Train, actual.Train, tolerance);
            Assert.Equal(expected.Test, actual.Test, tolerance);
        }
    }

    [Fact]
    public async Task Every_control_changes_the_run_that_is_shown()
    {
        var page = await published.Open();
        await page.ClickAsync("#source-Spiral");
        await page.ClickAsync("#use-SinX");
        await page.ClickAsync("#more-layers");
        await page.ClickAsync("#more-0");
        await page.ClickAsync("#fewer-1");
        await page.SelectOptionAsync("#activation-2", "Gelu");
        await page.FillAsync("#noise", "0.1");
        await page.FillAsync("#count", "300");
        await page.FillAsync("#share", "0.7");
        await page.FillAsync("#batch", "7");
        await page.FillAsync("#classes", "3");
        await page.SelectOptionAsync("#initial", "LargeNormal");
        await page.CheckAsync("#norm");
        await page.SelectOptionAsync("#optimizer", "Nesterov");
        await page.SelectOptionAsync("#schedule", "Cosine");
        await page.SelectOptionAsync("#rate", "0.03");
        await page.SelectOptionAsync("#l1", "0.0001");
        await page.SelectOptionAsync("#dropout", "0.1");
        await page.ClickAsync("#redraw");
        await page.ClickAsync("#dice");
        await page.ClickAsync("#epoch");
        await page.ClickAsync("#epoch");

        var settings = new PlaneSettings
        {
            Source = PlaneSource.Spiral,
            Features = [PlaneFeature.X, PlaneFeature.Y, PlaneFeature.SinX],
            Layers = [new(9, ActivationKind.Tanh), new(7, ActivationKind.Tanh), new(8, ActivationKind.Gelu)],
            Noise = 0.1f,
            Points = 300,
            TrainShare = 0.7f,
            BatchSize = 7,
            Classes = 3,
            Initial = InitialKind.LargeNormal,
            BatchNorm = true,
            Optimizer = OptimizerKind.Nesterov,
            Schedule = ScheduleKind.Cosine,
            LearningRate = 0.03f,
            L1 = 0.0001f,
            Dropout = 0.1f,
            DataSeed = 1,
            Seed = 1,
        };
        using var run = new PlaneRun(settings, PlaneSources.Of(settings));
        Epochs(run, 2);
        AssertClose(run, await Losses(page), 1e-3f);
    }

    [Fact]
    public async Task A_reset_begins_from_the_same_weights_and_the_dice_from_others()
    {
        var page = await published.Open();
        await page.ClickAsync("#epoch");
        var first = await Losses(page);
        await page.ClickAsync("#reset");
        Assert.Equal("0", await page.InnerTextAsync("#epochs"));
        await page.ClickAsync("#epoch");
        Assert.Equal(first, await Losses(page));
        await page.ClickAsync("#dice");
        await page.ClickAsync("#epoch");
        Assert.NotEqual(first, await Losses(page));
    }

    [Fact]
    public async Task It_plays_as_slowly_as_one_wants_and_pauses()
    {
        var page = await published.Open();
        await page.FillAsync("#speed", "1");
        await page.ClickAsync("#play");
        await page.WaitForFunctionAsync("() => document.querySelector('.count').textContent.match(/[3-9] steps/)");
        await page.ClickAsync("#play");
        var count = await page.InnerTextAsync(".count");
        await Task.Delay(500, TestContext.Current.CancellationToken);
        Assert.Equal(count, await page.InnerTextAsync(".count"));
    }

    [Fact]
    public async Task A_weight_can_be_edited_by_hand()
    {
        var page = await published.Open();
        await page.ClickAsync("#choose-0-0");
        await page.FillAsync("#weight-0", "2.5");
        await page.PressAsync("#weight-0", "Tab");
        await page.ClickAsync("#epoch");
        var settings = new PlaneSettings();
        using var run = new PlaneRun(settings, PlaneSources.Of(settings));
        var weights = run.Network.Weights[0];
        float[] elements = [2.5f, .. weights.Values.ToArray().Skip(1)];
        weights.Set(elements);
        Epochs(run, 1);
        AssertClose(run, await Losses(page));
    }

    [Fact]
    public async Task A_table_of_the_readers_is_learned()
    {
        var page = await published.Open();
        await page.ClickAsync("#source-Table");
        await page.FillAsync("#csv", "height;weight;kind\n1,5;50;a\n1,6;60;b\n1,7;70;a\n1,8;80;b\n1,9;;b\n2,0;100;c\n");
        await page.ClickAsync("#use-csv");
        await page.WaitForSelectorAsync("text=6 rows, 2 to train with, 3 to test with, 1 left out");
        await page.SelectOptionAsync("#column-target", "1");
        await page.ClickAsync("#epoch");
        Assert.Equal(3, await page.Locator(".losses b").CountAsync() + 1);
    }

    [Fact]
    public async Task A_table_is_opened_from_a_file_and_its_errors_have_the_name_of_the_file()
    {
        var page = await published.Open("plane?layers=2Relu");
        await page.ClickAsync("#source-Table");
        var rows = Enumerable.Range(0, 12).Select(i => $"{i},{i * i % 7},{"ab"[i % 2]}\n");
        await Open("height.csv", "height,weight,kind\n" + string.Concat(rows));
        await page.WaitForSelectorAsync("text=12 rows, 6 to train with, 6 to test with");
        await Open("broken.csv", "a,b,c\n1,2,x\n3,y,z\n5,6,x\n");
        await page.WaitForSelectorAsync("#csv-trouble");
        Assert.StartsWith("broken.csv: row 2 (line 3), column 'b': 'y' is not a number", await page.InnerTextAsync("#csv-trouble"));

        Task Open(string name, string text) => page.SetInputFilesAsync("#csv-file",
            new FilePayload { Name = name, MimeType = "text/csv", Buffer = System.Text.Encoding.UTF8.GetBytes(text) });
    }

    [Theory]
    [InlineData("a,b,c\n1,2,x\n3,y,z\n5,6,x\n", "row 2 (line 3), column 'b'")]
    [InlineData("a,b,c\n1,2,3\n4,5\n", "line 3")]
    public async Task A_broken_table_gets_a_message_that_says_where(string csv, string where)
    {
        var page = await published.Open();
        await page.ClickAsync("#source-Table");
        await page.FillAsync("#csv", csv);
        await page.ClickAsync("#use-csv");
        Assert.Contains(where, await page.InnerTextAsync("#csv-trouble"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Points_are_painted_and_erased_with_the_mouse()
    {
        var page = await published.Open();
        await page.ClickAsync("#source-Painted");
        await page.ClickAsync("#clear");
        var box = (await page.Locator("#map").BoundingBoxAsync())!;
        await page.ClickAsync("#brush-1");
        await page.Mouse.MoveAsync(box.X + 40, box.Y + 40);
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync(box.X + 80, box.Y + 90, new() { Steps = 5 });
        await page.Mouse.UpAsync();
        await page.ClickAsync("#brush-0");
        await page.Mouse.ClickAsync(box.X + 200, box.Y + 200);
        await page.ClickAsync("#epoch");
        Assert.Single(await Losses(page));
        await page.ClickAsync("#eraser");
        await page.Mouse.ClickAsync(box.X + 200, box.Y + 200);
        await page.ClickAsync("#epoch");
        Assert.Equal(2, (await Losses(page)).Count);
    }

    [Fact]
    public async Task Points_are_painted_and_erased_with_the_keyboard()
    {
        var page = await published.Open("plane?source=Painted&layers=2Relu");
        await page.FocusAsync("#brush-1");
        await page.Keyboard.PressAsync("Space");
        await page.FocusAsync("#clear");
        await page.Keyboard.PressAsync("Enter");
        Assert.Equal("0 points", await page.InnerTextAsync("#painted"));
        foreach (var x in new[] { "-2.5", "2", "3" }) await Put(x);
        Assert.Equal("3 points", await page.InnerTextAsync("#painted"));
        await page.FocusAsync("#eraser");
        await page.Keyboard.PressAsync("Enter");
        Assert.Equal("Erase", await page.InnerTextAsync("#put-point"));
        await Put("2");
        Assert.Equal("2 points", await page.InnerTextAsync("#painted"));
        await page.FocusAsync("#epoch");
        await page.Keyboard.PressAsync("Enter");
        Assert.Single(await Losses(page));

        async Task Put(string x)
        {
            await page.FocusAsync("#point-x");
            await page.Keyboard.PressAsync("ControlOrMeta+a");
            await page.Keyboard.TypeAsync(x);
            await page.Keyboard.PressAsync("Enter");
        }
    }

    [Fact]
    public async Task A_function_that_is_typed_separates_the_points()
    {
        var page = await published.Open();
        await page.ClickAsync("#source-Function");
        await page.FillAsync("#function", "2sin 3x - 1");
        await page.PressAsync("#function", "Enter");
        await page.ClickAsync("#epoch");
        var settings = new PlaneSettings { Source = PlaneSource.Function, Function = "2sin 3x - 1" };
        using var run = new PlaneRun(settings, PlaneSources.Of(settings));
        Epochs(run, 1);
        AssertClose(run, await Losses(page));
        await page.FillAsync("#function", "2sin(");
        await page.PressAsync("#function", "Enter");
        Assert.Contains("Expected", await page.InnerTextAsync(".alert"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Runs_are_compared_on_one_chart()
    {
        var page = await published.Open();
        await page.ClickAsync("#epoch");
        await page.ClickAsync("#compare summary");
        await page.ClickAsync("#keep");
        await page.SelectOptionAsync("#compare-optimizer", "RmsProp");
        await page.SelectOptionAsync("#compare-rate", "0.3");
        await page.ClickAsync("#other-seed");
        await page.ClickAsync("#reset");
        await page.ClickAsync("#epoch");
        Assert.Equal(4, await page.Locator(".runs li").CountAsync());
        var other = new PlaneSettings { Optimizer = OptimizerKind.RmsProp };
        using var run = new PlaneRun(other, PlaneSources.Of(other));
        Epochs(run, 1);
        Assert.Contains(run.Training.History[0].Test.ToString("0.000", CultureInfo.InvariantCulture),
            await page.InnerTextAsync(".runs li:nth-child(2)"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_number_under_the_pointer_lives_on_while_it_trains()
    {
        var page = await published.Open();
        await page.HoverAsync("#choose-1-0");
        var before = await page.InnerTextAsync("#tip");
        await page.ClickAsync("#play");
        await page.HoverAsync("#choose-1-0");
        await page.WaitForFunctionAsync("before => document.getElementById('tip').textContent !== before", before);
        await page.HoverAsync("#map");
        await page.WaitForFunctionAsync("() => document.getElementById('tip').textContent.startsWith('x ')");
    }

    [Fact]
    public async Task The_number_under_the_pointer_is_shown_on_curves_too()
    {
        var page = await published.Open("plane?layers=2Relu");
        for (var epoch = 0; epoch < 3; epoch++) await page.ClickAsync("#epoch");
        const string Picture = "document.getElementById('chart').toDataURL()";
        await page.HoverAsync("#epoch");
        var curves = await page.EvaluateAsync<string>(Picture);
        await page.HoverAsync("#chart");
        var withNumbers = await page.EvaluateAsync<string>(Picture);
        Assert.NotEqual(curves, withNumbers);
        // By keyboard, so that the pointer stays: the numbers live on.
        await page.FocusAsync("#epoch");
        await page.Keyboard.PressAsync("Enter");
        Assert.NotEqual(withNumbers, await page.EvaluateAsync<string>(Picture));
    }

    [Fact]
    public async Task A_step_is_explained_and_leaves_the_weights_before_it_as_they_were()
    {
        var page = await published.Open();
        await page.SelectOptionAsync("#activation-1", "Step");
        Assert.True(await page.IsVisibleAsync("#step-note"));
        await page.ClickAsync("#choose-0-0");
        var before = await page.InputValueAsync("#weight-0");
        await page.ClickAsync("#epoch");
        Assert.Equal(before, await page.InputValueAsync("#weight-0"));
    }

    /// <summary>The losses that the page offers as a table.</summary>
    private static async Task<List<EpochLosses>> Losses(IPage page)
    {
        var download = await page.RunAndWaitForDownloadAsync(() => page.ClickAsync("#losses"));
        var lines = await File.ReadAllLinesAsync(await download.PathAsync(), TestContext.Current.CancellationToken);
        return [.. lines.Skip(1).Select(line => line.Split(',')).Select(cells => new EpochLosses(
            float.Parse(cells[1], CultureInfo.InvariantCulture), float.Parse(cells[2], CultureInfo.InvariantCulture)))];
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await published.Close();

    private static void Epochs(PlaneRun run, int count)
    {
        for (var epoch = 0; epoch < count; epoch++) while (!run.Training.MakeStep()) { }
    }
}
