namespace SimpleFlow;

/// <summary>What was done with the weights of a file; <c>ToString</c> reports it in three lines.</summary>
public sealed class LoadedWeights
{
    internal LoadedWeights(IReadOnlyList<(string Variable, string Tensor)> taken, IReadOnlyList<string> kept,
        IReadOnlyList<string> unused) => (Taken, Kept, Unused) = (taken, kept, unused);

    /// <summary>The variables that were read, with the names of their tensors in the file.</summary>
    public IReadOnlyList<(string Variable, string Tensor)> Taken { get; }

    /// <summary>The variables that were left as they are.</summary>
    public IReadOnlyList<string> Kept { get; }

    /// <summary>The tensors of the file that nothing was taken from.</summary>
    public IReadOnlyList<string> Unused { get; }

    /// <summary>Three lines: what was taken, kept and unused, each with its first names.</summary>
    public override string ToString() =>
        $"""
        loaded from the file:    {Line([.. Taken.Select(Said)])}
        left as they were:       {Line(Kept)}
        not used from the file:  {Line(Unused)}
        """;

    private static string Said((string Variable, string Tensor) one) =>
        one.Variable == one.Tensor ? one.Variable : $"{one.Variable} from {one.Tensor}";

    private static string Line(IReadOnlyList<string> names) =>
        names.Count == 0 ? "nothing" : $"{names.Count}: {SavedVariables.Listed(names)}";
}
