namespace SimpleFlow.Benchmarks;

/// <summary>What a step costs on one of many ranks that all have as many rows.</summary>
/// <param name="Network">The network.</param>
/// <param name="Alone">The seconds of a step without other ranks, measured.</param>
/// <param name="Computing">The seconds for which a rank computes in a step with others, measured.</param>
/// <param name="Hidden">For how many of them sums can travel, measured.</param>
/// <param name="Buckets">How many numbers travel together, in their order.</param>
internal sealed record StepCost(StepNetwork Network, double Alone, double Computing, double Hidden, IReadOnlyList<int> Buckets)
{
    /// <summary>What a sum costs.</summary>
    public required SumCost Sum { get; init; }

    /// <summary>For how many seconds sums are on their way.</summary>
    public double Communicating(int ranks) => Buckets.Sum(count => Sum.Of(ranks, count));

    /// <summary>The seconds of a step. The last bucket leaves when all is computed, so nothing hides it.</summary>
    public double Step(int ranks) =>
        Computing + Math.Max(Communicating(ranks) - Hidden, Sum.Of(ranks, Buckets[^1]));

    /// <summary>The speed of all ranks as a fraction of what they would have without each other.</summary>
    public double Efficiency(int ranks) => Alone / Step(ranks);
}
