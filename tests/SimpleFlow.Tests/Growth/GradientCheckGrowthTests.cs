namespace SimpleFlow.Tests.Growth;

/// <summary>That the check of a large graph compares a sample, and says so.</summary>
public class GradientCheckGrowthTests
{
    [Fact]
    public void A_small_graph_is_compared_whole()
    {
        var result = GradientCheck.Of(Chain(100), new Feed());
        Assert.Equal(result.Gradients, result.Nodes.Count);
        Assert.DoesNotContain("sample", result.ToText(), StringComparison.Ordinal);
    }

    [Fact]
    public void Of_a_large_graph_a_sample_is_compared_and_the_text_says_so()
    {
        var result = GradientCheck.Of(Chain(600), new Feed());
        Assert.Equal((602, 300 * 300 / 602), (result.Gradients, result.Nodes.Count));
        Assert.True(result.IsRight);
        Assert.Contains("149 of 602 gradients,", result.ToText(), StringComparison.Ordinal);
        Assert.Contains("sample", result.ToText(), StringComparison.Ordinal);
        Assert.Equal(602, GradientCheck.Of(Chain(600), new Feed(), new GradientCheckOptions { All = true }).Nodes.Count);
    }

    [Fact]
    public void A_trace_and_the_page_that_explains_say_so_too()
    {
        var loss = Chain(400);
        Assert.Contains("Differences are given for 223 of 402 gradients", Trace.Of(loss, new Feed(), differences: true).ToText(),
            StringComparison.Ordinal);
        Assert.Contains("Differences are given for 223 of 402 gradients",
            new Model(loss, loss, new GradientDescent()).ExplanationHtml(new Feed()), StringComparison.Ordinal);
        Assert.DoesNotContain("Differences are given", Trace.Of(Chain(50), new Feed(), differences: true).ToText(),
            StringComparison.Ordinal);
    }

    [Fact]
    public void An_op_of_many_inputs_has_some_of_its_rules_checked()
    {
        var loss = Flow.Concat([.. Enumerable.Range(0, 100).Select(i => (Node)new Variable($"w{i}", [2], Initializer.Constant(i)))], 0)
            .Tanh().Sum();
        Assert.Equal(16 + 2, GradientCheck.Of(loss, new Feed()).Rules.Count);
    }

    [Fact]
    public void Progress_is_told_and_the_check_can_be_cancelled()
    {
        using var source = new CancellationTokenSource();
        var told = new Told(share =>
        {
            if (share > 0.5) source.Cancel();
        });
        Assert.Throws<OperationCanceledException>(() =>
            GradientCheck.Of(Chain(100), new Feed(), new GradientCheckOptions { Progress = told }, source.Token));
        Assert.InRange(told.Last, 0.5, 0.55);
    }

    private static Node Chain(int n)
    {
        Node h = new Variable("w", [2], Initializer.Constant(0.7f));
        for (var i = 0; i < n; i++) h = i % 2 == 0 ? h * 1.01f : h + 0.01f;
        return h.Sum(name: "loss");
    }

    private sealed class Told(Action<double> then) : IProgress<double>
    {
        public double Last { get; private set; }

        public void Report(double value)
        {
            Last = value;
            then(value);
        }
    }
}
