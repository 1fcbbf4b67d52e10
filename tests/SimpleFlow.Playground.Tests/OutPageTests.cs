using SimpleFlow.Playground.Experiments;
using SimpleFlow.Tests;

namespace SimpleFlow.Playground.Tests;

/// <summary>What the page gives away, in a real browser: programs, files, links.</summary>
[Collection(PageCollection.Name)]
public sealed class OutPageTests(PublishedPage published) : IAsyncDisposable
{
    [Fact]
    public async Task The_program_prints_the_losses_of_the_page_digit_for_digit()
    {
        const string Link = "plane?source=Spiral&layers=8Relu,4Gelu&features=X,Y,SinX&optimizer=RmsProp&l2=0.001&rate=0.003";
        var page = await published.Open(Link);
        for (var epoch = 0; epoch < 2; epoch++) await page.ClickAsync("#epoch");
        await page.SelectOptionAsync("#rate", "0.01");
        await page.SelectOptionAsync("#activation-0", "Tanh");
        await page.ClickAsync("#choose-0-0");
        await page.FillAsync("#weight-0", "1.25");
        await page.PressAsync("#weight-0", "Tab");
        for (var epoch = 0; epoch < 2; epoch++) await page.ClickAsync("#epoch");
        await page.ClickAsync("#show-program");
        var program = await page.InnerTextAsync("#program");
        var last = await page.InnerTextAsync("#last-line");
        var download = await page.RunAndWaitForDownloadAsync(() => page.ClickAsync("#save-program"));
        Assert.Equal("experiment.cs", download.SuggestedFilename);
        Assert.Equal(program.TrimEnd(), (await File.ReadAllTextAsync(await download.PathAsync())).TrimEnd());
        var printed = await BrowserLikeProcess.Printed(program);
        Assert.Equal(4, printed.Length);
        Assert.Equal(last, printed[^1]);
        Assert.StartsWith("epoch 4: training loss ", last);
    }

    /// <summary>The command that the page names, with the package made from these sources.</summary>
    [Fact(Explicit = true)]
    public async Task Dotnet_run_prints_the_losses_of_the_page_digit_for_digit()
    {
        var page = await published.Open("plane?source=Spiral&layers=8Tanh,8Tanh");
        for (var epoch = 0; epoch < 2; epoch++) await page.ClickAsync("#epoch");
        await page.SelectOptionAsync("#optimizer", "Momentum");
        await page.SelectOptionAsync("#dropout", "0.1");
        for (var epoch = 0; epoch < 2; epoch++) await page.ClickAsync("#epoch");
        await page.ClickAsync("#show-program");
        var last = await page.InnerTextAsync("#last-line");
        var folder = Directory.CreateTempSubdirectory("simpleflow-experiment-").FullName;
        try
        {
            await File.WriteAllTextAsync(Path.Combine(folder, "experiment.cs"), await page.InnerTextAsync("#program"));
            await File.WriteAllTextAsync(Path.Combine(folder, "nuget.config"), $"""
                <configuration>
                  <packageSources><add key="packages" value="{folder}" /></packageSources>
                  <config><add key="globalPackagesFolder" value="{Path.Combine(folder, "unpacked")}" /></config>
                </configuration>
                """);
            var pack = await ChildProcess.Run(PublishedPage.Repository, "dotnet", "pack", "src/SimpleFlow", "-c", "Release", "-o", folder);
            Assert.True(pack.ExitCode == 0, pack.All);
            var environment = new Dictionary<string, string> { ["DOTNET_EnableAVX"] = "0" };
            var run = await ChildProcess.Run(folder, environment, "dotnet", "run", "experiment.cs");
            Assert.True(run.ExitCode == 0, run.All);
            Assert.Equal(last, run.Output.TrimEnd().Split('\n')[^1]);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task A_link_restores_the_experiment_with_its_points_and_hides_what_the_teacher_hid()
    {
        var page = await published.Open();
        await page.ClickAsync("#source-Xor");
        await page.ClickAsync("#source-Painted");
        await page.ClickAsync("#more-layers");
        await page.SelectOptionAsync("#optimizer", "Momentum");
        await page.ClickAsync("#teach summary");
        await page.FillAsync("#teacher-text", "Which unit is the last to learn?\nSay why.");
        await page.CheckAsync("#hide-Rate");
        await page.CheckAsync("#hide-Features");
        await page.ClickAsync("#epoch");
        var link = await page.InputValueAsync("#link");
        var loss = await page.InnerTextAsync("#train-loss");

        Assert.StartsWith(published.Address + "#plane?", link);
        var other = await published.Open(link.Split('#')[1]);
        Assert.Equal("Which unit is the last to learn?\nSay why.", await other.InnerTextAsync("#teacher"));
        Assert.Equal("Momentum", await other.InputValueAsync("#optimizer"));
        Assert.False(await other.IsVisibleAsync("#rate"));
        Assert.True(await other.IsVisibleAsync("#optimizer"));
        Assert.False(await other.IsVisibleAsync("#use-SinX"));
        Assert.Equal(link, await other.InputValueAsync("#link"));
        await other.ClickAsync("#epoch");
        Assert.Equal(loss, await other.InnerTextAsync("#train-loss"));
    }

    [Fact]
    public async Task A_broken_link_is_told_what_is_wrong_and_another_one_is_followed()
    {
        var page = await published.Open("plane?source=Moon");
        Assert.Contains("The link says source=Moon. Expected: Circle, Xor,", await page.InnerTextAsync(".alert"));
        await page.EvaluateAsync("location.hash = '#plane?source=Gauss'");
        await page.WaitForSelectorAsync("#source-Gauss[aria-pressed=true]");
        Assert.Equal(0, await page.Locator(".alert").CountAsync());
    }

    [Fact]
    public async Task Weights_and_network_are_saved_as_files()
    {
        var page = await published.Open();
        await page.ClickAsync("#epoch");
        var settings = new PlaneSettings();
        using var run = new PlaneRun(settings, PlaneSources.Of(settings));
        while (!run.Training.MakeStep()) { }
        var weights = await page.RunAndWaitForDownloadAsync(() => page.ClickAsync("#weights"));
        var file = await weights.PathAsync();
        Assert.Equal("experiment.safetensors", weights.SuggestedFilename);
        Assert.Equal(PlaneFiles.Weights(run).Length, new FileInfo(file).Length);
        var network = await page.RunAndWaitForDownloadAsync(() => page.ClickAsync("#onnx"));
        var onnx = SimpleFlow.Onnx.OnnxModel.Load(new MemoryStream(await File.ReadAllBytesAsync(await network.PathAsync())));
        Assert.Equal(run.Model.Variables.Select(variable => variable.Shape), onnx.Variables.Select(variable => variable.Shape));
    }

    [Fact]
    public async Task Points_painted_on_the_way_are_told_to_be_left_out_of_the_program()
    {
        var page = await published.Open("plane?source=Painted&layers=2Relu");
        await page.ClickAsync("#epoch");
        Assert.Equal(0, await page.Locator("#altered").CountAsync());
        await page.ClickAsync("#map", new() { Position = new() { X = 40, Y = 40 } });
        Assert.Contains("You painted or erased points while it trained", await page.InnerTextAsync("#altered"));
        await page.ClickAsync("#reset");
        Assert.Equal(0, await page.Locator("#altered").CountAsync());
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await published.Close();
}
