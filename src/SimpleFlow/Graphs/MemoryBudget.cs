using System.Globalization;
using SimpleFlow.Kernels;

namespace SimpleFlow;

/// <summary>
/// How much memory there is: of the machine, or of the container the process runs in.
/// Whoever is about to take much asks here first, so that what cannot fit is refused with its figure, before the
/// system swaps, or ends the process without a word.
/// </summary>
internal static class MemoryBudget
{
    // To ask takes microseconds, and what is smaller fits beside anything.
    private const long WorthAsking = 4 << 20;

    private const long MostOfCollector = 64 << 20;

    // What a test makes its own thread believe; a machine that is too small cannot be had otherwise.
    [ThreadStatic]
    private static long? _pretended;

    /// <summary>Refuses what does not fit into what is free.</summary>
    /// <param name="bytes">What is about to be taken.</param>
    /// <param name="what">For what, as the beginning of a sentence: <c>The plan for `x` [200, 784] needs</c>.</param>
    /// <param name="advice">What to do.</param>
    /// <exception cref="MemoryException">It does not fit.</exception>
    public static void Require(long bytes, Func<string> what, string advice)
    {
        if (bytes < WorthAsking && _pretended is null) return;
        var all = _pretended ?? GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        // A part of what a limit leaves is the collector's own: .NET 10 crashes at a block that takes nearly all.
        var ours = _pretended ?? all - Math.Min(all / 16, MostOfCollector);
        if (bytes <= ours - InUse(collect: false)) return;
        // What nobody holds any more counts as free.
        var free = Math.Max(0, ours - InUse(collect: true));
        if (bytes > free)
            throw new MemoryException($"{what()} {Text(bytes)} of memory, and {Text(free)} are free of {Text(all)} in all.\n{advice}",
                bytes, free);
    }

    /// <summary>Refuses as one block of floats what no array can hold, whatever the machine has.</summary>
    /// <exception cref="MemoryException">It is too long.</exception>
    public static void RequireBlock(long floats, Func<string> what, string advice)
    {
        const long longest = AlignedMemory.Longest;
        if (floats > longest)
            throw new MemoryException(
                $"{what()} {Text(floats * sizeof(float))} in one block, and {Text(longest * sizeof(float))} is the most that one may "
                    + $"have.\n{advice}", floats * sizeof(float), longest * sizeof(float));
    }

    /// <summary>Refuses variables that have no elements yet and do not fit, all together.</summary>
    /// <exception cref="MemoryException">They do not.</exception>
    public static void RequireVariables(IEnumerable<Variable> variables, string what, string advice)
    {
        var fresh = variables.Where(variable => !variable.HasMemory).ToList();
        foreach (var variable in fresh)
            RequireBlock(variable.Shape.ElementCount, () => $"`{variable.Label}` {variable.Shape} needs", advice);
        Require(fresh.Sum(variable => variable.Shape.ElementCount * sizeof(float)), () => $"{what}, the largest {Largest(fresh)}, need",
            advice);
    }

    /// <summary>The three largest nodes with their sizes.</summary>
    public static string Largest(IEnumerable<Node> nodes) => string.Join(", ",
        nodes.OrderByDescending(node => node.Shape.ElementCount).Take(3)
            .Select(node => $"`{node.Label}` {node.Shape} with {Text(node.Shape.ElementCount * sizeof(float))}"));

    /// <summary>Makes this thread believe that there is so much memory, and nothing in use, until the result is disposed of:
    /// for tests.</summary>
    public static IDisposable Pretend(long bytes) => new Pretence(bytes);

    private static long InUse(bool collect) => _pretended is null ? GC.GetTotalMemory(collect) : 0;

    private static string Text(long bytes) => bytes >= 100_000_000
        ? string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e9:N1} GB")
        : string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:N1} MB");

    private sealed class Pretence : IDisposable
    {
        private readonly long? _before = _pretended;

        public Pretence(long bytes) => _pretended = bytes;

        public void Dispose() => _pretended = _before;
    }
}
