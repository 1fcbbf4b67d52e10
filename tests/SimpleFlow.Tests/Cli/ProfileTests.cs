using System.Text.Json;

namespace SimpleFlow.Tests.Cli;

public sealed class ProfileTests : IDisposable
{
    private readonly ImageFolder _images = new();

    public void Dispose() => _images.Dispose();

    [Theory]
    [InlineData("mlp")]
    [InlineData("seed")]
    public void The_steps_are_listed_after_the_end_and_traced(string recipe)
    {
        var file = _images.File(Path.Combine("traces", "steps.json"));
        var run = ToolRun.Of("train", _images.Path, "--recipe", recipe, "--epochs", "1", "--batch", "20", "--profile", file).Succeeded();
        // The result, and after it what to do next.
        var end = Array.FindIndex(run.Lines, line => line.StartsWith("Test accuracy ", StringComparison.Ordinal)) + 1;
        Assert.Matches("^ +µs +share +GFLOP/s +KB +parts  step$", run.Lines[end + 1]);
        Assert.Matches(@"in all, \d+ steps, median of \d+ runs$", run.Lines[^2]);
        Assert.Contains(file, run.Lines[^1], StringComparison.Ordinal);
        Assert.All(run.Lines[(end + 1)..^1], line => Assert.InRange(line.Length, 1, 130));

        using var trace = JsonDocument.Parse(File.ReadAllText(file));
        var events = trace.RootElement.GetProperty("traceEvents");
        Assert.True(events.GetArrayLength() > 0);
        Assert.All(events.EnumerateArray(), step => Assert.True(step.GetProperty("dur").GetDouble() >= 0));
    }

    [Fact]
    public void With_json_the_table_is_on_the_standard_error()
    {
        var run = ToolRun.Of("train", _images.Path, "--epochs", "1", "--json", "--profile", _images.File("steps.json"));
        Assert.Equal((0, 2), (run.ExitCode, run.Lines.Length));
        Assert.All(run.Lines, line => JsonDocument.Parse(line).Dispose());
        Assert.Contains("GFLOP/s", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Long_names_are_cut_in_the_table_only()
    {
        var name = new string('n', 300);
        var x = new Placeholder("x", [null, 3]);
        var profile = new Model(Layers.Dense(x, 2, name: name).Power(2).Mean(name: name), optimizer: new Adam())
            .Profile(new Feed { [x] = new float[,] { { 1, 2, 3 } } }, steps: 2);
        Assert.Contains(profile.Steps, step => step.Name.Length > 60);
        Assert.Contains("… ", profile.ToText(), StringComparison.Ordinal);
        Assert.All(profile.ToText().Split('\n'), line => Assert.InRange(line.Length, 0, 130));
    }
}
