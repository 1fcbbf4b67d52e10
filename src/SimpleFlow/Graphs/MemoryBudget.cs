using System.Globalization;
using SimpleFlow.Kernels;

namespace SimpleFlow;

/// <summary>
/// How much memory is free on the machine, or in the container that the process runs in. Code that is about to allocate a lot asks here
/// first. So a request that cannot fit is refused with its size, before the system swaps or silently kills the process.
/// </summary>
internal static class MemoryBudget
{
    // Asking takes microseconds, and smaller requests fit anyway.
    private const long WorthAsking = 4 << 20;

    private const long MostOfCollector = 64 << 20;

    // What a test makes its own thread believe; a test cannot shrink the machine.
    [ThreadStatic]
    private static long? _pretended;

    /// <summary>Refuses a request that exceeds the free memory.</summary>
    /// <param name="bytes">How much will be allocated.</param>
    /// <param name="what">For what, as the beginning of a sentence: <c>The plan for `x` [200, 784] needs</c>.</param>
    /// <param name="advice">What to do.</param>
    /// <exception cref="MemoryException">The request does not fit.</exception>
    public static void Require(long bytes, Func<string> what, string advice)
    {
        if (bytes < WorthAsking && _pretended is null) return;
        var all = _pretended ?? GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        // Part of what a limit leaves belongs to the collector: .NET 10 crashes on a block that takes nearly all of it.
        var ours = _pretended ?? all - Math.Min(all / 16, MostOfCollector);
        if (bytes <= ours - InUse(collect: false)) return;
        // Garbage that has not been collected yet counts as free.
        var free = Math.Max(0, ours - InUse(collect: true));
        if (bytes > free)
            throw new MemoryException($"{what()} {Text(bytes)} of memory; {Text(free)} of {Text(all)} are free.\n{advice}",
                bytes, free);
    }

    /// <summary>Refuses one block of floats that is too long for an array, whatever the machine has.</summary>
    /// <exception cref="MemoryException">The block is too long.</exception>
    public static void RequireBlock(long floats, Func<string> what, string advice)
    {
        const long longest = AlignedMemory.Longest;
        if (floats > longest)
            throw new MemoryException(
                $"{what()} {Text(floats * sizeof(float))} in one block; the maximum is {Text(longest * sizeof(float))}.\n{advice}",
                floats * sizeof(float), longest * sizeof(float));
    }

    /// <summary>Refuses variables without elements if all of them together do not fit.</summary>
    /// <exception cref="MemoryException">They do not fit.</exception>
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

    /// <summary>For tests: makes this thread believe that there is this much memory, none of it in use, until the result is disposed
    /// of.</summary>
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
