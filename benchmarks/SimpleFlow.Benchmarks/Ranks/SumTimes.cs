using System.Diagnostics;

namespace SimpleFlow.Benchmarks;

/// <summary>How long ranks need to add up numbers, and nothing beside it.</summary>
internal static class SumTimes
{
    /// <summary>The median seconds of a sum.</summary>
    /// <param name="cluster">The ranks.</param>
    /// <param name="count">How many numbers.</param>
    /// <param name="rounds">How often.</param>
    public static double Of(Cluster cluster, int count, int rounds)
    {
        var bucket = new Bucket(cluster, number: 0);
        bucket.Add(count);
        var numbers = new float[count];
        var seconds = new double[rounds];
        for (var round = -2; round < rounds; round++)
        {
            cluster.Barrier();
            var start = Stopwatch.GetTimestamp();
            bucket.Put(0, numbers);
            bucket.Wait(cluster.Traffic);
            if (round >= 0) seconds[round] = Stopwatch.GetElapsedTime(start).TotalSeconds;
        }
        return new Sample(seconds).Median;
    }
}
