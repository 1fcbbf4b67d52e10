namespace SimpleFlow.Benchmarks;

/// <summary>What the rows are measured with.</summary>
internal sealed record Bench(Options Options, IPeer? Peer)
{
    public Stopwatches Stopwatches => Options.Stopwatches;

    /// <summary>Tells on the error stream what is being measured.</summary>
    public static void Say(string text) => Console.Error.WriteLine(text);
}
