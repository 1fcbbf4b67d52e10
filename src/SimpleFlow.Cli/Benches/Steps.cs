namespace SimpleFlow.Cli.Benches;

/// <summary>Training steps on one batch, as many as are asked for.</summary>
internal sealed class Steps(Model model, Feed feed)
{
    private readonly (Variable Variable, float[] Values)[] _first =
        [.. model.Variables.Select(variable => (variable, variable.Values.ToArray()))];

    public void Make(int count)
    {
        // Every block starts from new weights: steps that no longer move would end a fit.
        foreach (var (variable, values) in _first) variable.Set(values);
        for (var made = 0; made < count;) made += model.Fit(feed, count - made).Iterations;
    }
}
