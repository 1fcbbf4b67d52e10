using System.Runtime.InteropServices;

namespace SimpleFlow.Tests.Clusters;

/// <summary>What ranks do together, without a model.</summary>
public class CollectiveTests
{
    public static TheoryData<int> Ranks => [1, 2, 3, 4, 5, 8];

    [Theory, MemberData(nameof(Ranks))]
    public void Every_rank_gets_the_same_sums(int ranks)
    {
        // Few go through a tree and many round a ring; some lengths leave chunks of different sizes.
        foreach (var length in new[] { 1, 7, 2048, 2049, 10_001 })
        {
            var sums = LocalCluster.OnEachRank(ranks, cluster =>
            {
                var values = Enumerable.Range(0, length).Select(i => (cluster.Rank + 1) * (i + 1f)).ToArray();
                cluster.AllReduce(values);
                return values;
            });
            var factor = ranks * (ranks + 1) / 2;
            Assert.All(sums, own => Assert.Equal(Enumerable.Range(0, length).Select(i => factor * (i + 1f)), own));
        }
    }

    [Fact]
    public void Sums_have_the_same_bits_on_all_ranks_and_in_every_run()
    {
        float[][] Sums() => LocalCluster.OnEachRank(3, cluster =>
        {
            var random = new Random(cluster.Rank);
            float[] values = [.. Enumerable.Range(0, 5000).Select(_ => random.NextSingle() * MathF.Pow(10, random.Next(-8, 8)))];
            cluster.AllReduce(values);
            return values;
        });
        var (first, second) = (Sums(), Sums());
        Assert.All(first.Concat(second), own => Assert.Equal(first[0], own));
    }

    [Theory, MemberData(nameof(Ranks))]
    public void Every_rank_gets_the_bytes_of_the_root(int ranks)
    {
        for (var root = 0; root < ranks; root++)
        {
            Assert.All(LocalCluster.OnEachRank(ranks, cluster =>
            {
                byte[] values = [(byte)cluster.Rank, (byte)(10 + cluster.Rank)];
                cluster.Broadcast(values, root);
                return values;
            }), own => Assert.Equal([(byte)root, (byte)(10 + root)], own));
        }
    }

    [Theory, MemberData(nameof(Ranks))]
    public void Every_rank_collects_the_bytes_of_all(int ranks)
    {
        Assert.All(LocalCluster.OnEachRank(ranks, cluster =>
        {
            var all = new int[2 * cluster.Size];
            cluster.AllGather(MemoryMarshal.AsBytes<int>([cluster.Rank, -cluster.Rank]), MemoryMarshal.AsBytes(all.AsSpan()));
            return all;
        }), own => Assert.Equal(Enumerable.Range(0, ranks).SelectMany(rank => new[] { rank, -rank }), own));
    }

    [Theory, MemberData(nameof(Ranks))]
    public void Nobody_passes_a_barrier_before_all_are_there(int ranks)
    {
        var arrived = 0;
        Assert.All(LocalCluster.OnEachRank(ranks, cluster =>
        {
            Interlocked.Increment(ref arrived);
            cluster.Barrier();
            return Volatile.Read(ref arrived);
        }), seen => Assert.Equal(ranks, seen));
    }

    [Theory, InlineData(2), InlineData(3), InlineData(4)]
    public void A_ring_sends_what_theory_says(int ranks)
    {
        const int length = 12 * 1024;
        Assert.All(LocalCluster.OnEachRank(ranks, cluster =>
        {
            cluster.AllReduce(new float[length]);
            return cluster.Traffic.Bytes;
        }), bytes => Assert.Equal(2L * (ranks - 1) * length * sizeof(float) / ranks, bytes));
    }

    [Fact]
    public void A_rank_that_fails_wakes_all_others()
    {
        var errors = Assert.Throws<AggregateException>(() => LocalCluster.OnEachRank(3, cluster =>
        {
            if (cluster.Rank == 1) throw new DataException("no such file");
            cluster.Barrier();
            return 0;
        })).InnerExceptions;
        Assert.Equal(3, errors.Count);
        Assert.Equal("no such file", Assert.IsType<DataException>(errors[0]).Message);
        Assert.All(errors.Skip(1),
            error => Assert.Equal("Rank 1 of 3 failed: no such file", Assert.IsType<ClusterException>(error).Message));
    }

    [Fact]
    public void A_rank_that_does_not_answer_is_named()
    {
        using var late = new ManualResetEventSlim();
        var errors = Assert.Throws<AggregateException>(() => LocalCluster.OnEachRank(2, cluster =>
        {
            cluster.Patience = TimeSpan.FromMilliseconds(20);
            if (cluster.Rank == 1)
            {
                late.Wait(TestContext.Current.CancellationToken);
                return 0;
            }
            try
            {
                cluster.Barrier();
            }
            finally
            {
                late.Set();
            }
            return 0;
        })).InnerExceptions;
        var error = Assert.IsType<ClusterException>(Assert.Single(errors));
        Assert.Contains("has waited 0.02 s for rank 1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Ranks_that_do_different_things_are_told_so()
    {
        var errors = Assert.Throws<AggregateException>(() => LocalCluster.OnEachRank(2, cluster =>
        {
            cluster.AllReduce(new float[1 + cluster.Rank]);
            return 0;
        })).InnerExceptions;
        Assert.Contains("the same calls in the same order", errors[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bad_arguments_are_named()
    {
        LocalCluster.OnEachRank(1, cluster =>
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => cluster.Broadcast([1], root: 1));
            Assert.Throws<ArgumentException>(() => cluster.AllGather([1], new byte[2]));
            Assert.Throws<ArgumentOutOfRangeException>(() => cluster.Patience = TimeSpan.Zero);
            return 0;
        });
        Assert.Throws<ArgumentOutOfRangeException>(() => LocalCluster.OnEachRank(0, _ => 0));
    }
}
