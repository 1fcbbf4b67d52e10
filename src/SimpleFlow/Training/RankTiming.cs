using System.Diagnostics;

namespace SimpleFlow;

/// <summary>Measures the steps of a fit on one rank.</summary>
/// <param name="cluster">The ranks.</param>
/// <param name="length">How many numbers are added up in a step.</param>
internal sealed class RankTiming(Cluster cluster, long length)
{
    private long _steps, _ticks, _waited, _busy, _bytes;

    /// <summary>Before a step.</summary>
    public Moment Start() => new(Stopwatch.GetTimestamp(), cluster.Traffic.Waited, cluster.Traffic.Busy, cluster.Traffic.BytesOfBuckets);

    /// <summary>After it. The first one compiles the plan and does not count.</summary>
    public void Add(Moment start)
    {
        if (_steps++ == 0) return;
        var end = Start();
        (_ticks, _waited) = (_ticks + end.Time - start.Time, _waited + end.Waited - start.Waited);
        (_busy, _bytes) = (_busy + end.Busy - start.Busy, _bytes + end.Bytes - start.Bytes);
    }

    /// <summary>Keeps the averages with the cluster.</summary>
    public void Keep()
    {
        var steps = _steps - 1;
        if (steps < 1) return;
        cluster.LastFit = new ClusterProfile(cluster.Size, steps, Average(_ticks), Average(_waited), Average(_busy), (double)_bytes / steps,
            2.0 * (cluster.Size - 1) / cluster.Size * length * sizeof(float));

        TimeSpan Average(long ticks) => Stopwatch.GetElapsedTime(0, ticks) / steps;
    }

    /// <summary>What was counted at a moment.</summary>
    internal readonly record struct Moment(long Time, long Waited, long Busy, long Bytes);
}
