using Microsoft.Playwright;
using SimpleFlow.Onnx;

namespace SimpleFlow.Playground.Tests;

/// <summary>Digits, descent and sequence in a real browser.</summary>
[Collection(PageCollection.Name)]
public sealed class MorePagesTests(PublishedPage published) : IAsyncDisposable
{
    [Fact]
    public async Task Digits_are_learned_drawn_and_taught()
    {
        var page = await published.Open("digits");
        await page.WaitForSelectorAsync("#digit-play");
        await page.ClickAsync("#digit-play");
        await page.WaitForFunctionAsync("() => parseFloat(document.getElementById('digit-accuracy').textContent) > 80");
        await page.ClickAsync("#digit-play");
        Assert.Equal(10, await page.Locator(".confusion tbody tr").CountAsync());
        await page.ClickAsync("#show-mistake-0");
        await page.WaitForSelectorAsync("#pad canvas");

        var box = (await page.Locator("#pad").BoundingBoxAsync())!;
        await page.Mouse.MoveAsync(box.X + box.Width / 2, box.Y + 40);
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync(box.X + box.Width / 2, box.Y + box.Height - 40, new() { Steps = 12 });
        await page.Mouse.UpAsync();
        Assert.Equal("1", await page.InnerTextAsync("#read"));
        await page.ClickAsync("#class-7");
        Assert.Equal("true", await page.GetAttributeAsync("#class-7", "aria-pressed"));
        await page.ClickAsync("#learn-4");
        Assert.Contains("1 of your pictures", await page.InnerTextAsync("#added"));
        await page.WaitForFunctionAsync("() => document.getElementById('read').textContent === '4'");
    }

    [Fact]
    public async Task A_network_from_a_file_reads_digits_and_a_broken_one_is_refused()
    {
        var network = new Network(new NetworkDescription(new ImageInput(1, 28, 28),
            new ClassOutput("digit", [.. Enumerable.Range(0, 10).Select(digit => $"{digit}")]),
            [new Layer.Flatten(), new Layer.Dense(12)]));
        var folder = Directory.CreateTempSubdirectory("simpleflow-open-");
        try
        {
            network.Save(folder.FullName);
            var page = await published.Open("digits");
            await page.SetInputFilesAsync("#open-network", Path.Combine(folder.FullName, Network.FileName));
            await page.WaitForSelectorAsync("#close-network");
            Assert.Equal(Network.FileName, await page.InnerTextAsync("#digit-pictures"));
            Assert.Equal(12, await page.Locator(".hidden-unit").CountAsync());
            var onnx = Path.Combine(folder.FullName, "digits.onnx");
            network.ExportOnnx(onnx);
            await page.SetInputFilesAsync("#open-network", onnx);
            await page.WaitForFunctionAsync("() => document.getElementById('digit-pictures').textContent === 'digits.onnx'");
            await page.WaitForSelectorAsync("#mistake-0");
            var broken = new FilePayload { Name = "no.onnx", MimeType = "application/octet-stream", Buffer = [1, 2, 3] };
            await page.SetInputFilesAsync("#open-network", broken);
            await page.WaitForSelectorAsync("#digit-trouble");
            Assert.Contains("no.onnx", await page.InnerTextAsync("#digit-trouble"));
            await page.ClickAsync("#close-network");
            await page.WaitForSelectorAsync("#digit-play:enabled");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Optimizers_walk_down_and_begin_where_the_reader_clicks()
    {
        var page = await published.Open("descent?surface=Himmelblau");
        Assert.Equal("Himmelblau", await page.InputValueAsync("#surface"));
        var before = await page.InnerTextAsync("#loss-0");
        for (var step = 0; step < 3; step++) await page.ClickAsync("#descent-step");
        Assert.Equal("3", await page.InnerTextAsync("#descent-steps"));
        Assert.NotEqual(before, await page.InnerTextAsync("#loss-0"));
        await page.ClickAsync("#descent-map", new() { Position = new() { X = 40, Y = 40 } });
        Assert.Equal("0", await page.InnerTextAsync("#descent-steps"));
        Assert.StartsWith("-4.", await page.InputValueAsync("#start-x"));
        await page.FillAsync("#rate-0", "0.5");
        await page.ClickAsync("#descent-play");
        await page.WaitForFunctionAsync("() => document.getElementById('loss-0').textContent === 'lost'");
        await page.ClickAsync("#descent-play");
    }

    [Fact]
    public async Task A_network_writes_while_it_learns_a_text_of_the_reader()
    {
        var page = await published.Open("sequence");
        await page.FillAsync("#own-text", "short");
        await page.ClickAsync("#use-text");
        Assert.Contains("The text has 5 characters", await page.InnerTextAsync("#text-trouble"));
        await page.FillAsync("#own-text", string.Concat(Enumerable.Repeat("one two three four. ", 60)));
        await page.ClickAsync("#use-text");
        await page.SelectOptionAsync("#text-rate", "0.01");
        await page.ClickAsync("#text-play");
        await page.WaitForFunctionAsync("() => document.getElementById('written').textContent.includes('one two three four. one two')");
        await page.ClickAsync("#text-play");
        Assert.True(double.Parse(await page.InnerTextAsync("#text-loss"), System.Globalization.CultureInfo.InvariantCulture) < 1);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await published.Close();
}
