using System.Runtime.InteropServices;
using System.Security.Cryptography;
using SimpleFlow.Kernels;

namespace SimpleFlow.Tests.Data;

[Trait("Promise", "5")]
public class ShuffleTests
{
    [Fact]
    public void Visits_every_row_once_in_another_order_each_epoch()
    {
        var orders = new HashSet<string>(StringComparer.Ordinal);
        var order = new int[500];
        for (var epoch = 0; epoch < 20; epoch++)
        {
            Shuffle.Fill(order, seed: 3, epoch);
            Assert.True(orders.Add(string.Join(',', order)));
            Assert.Equal(Enumerable.Range(0, 500), order.Order());
        }
        var again = new int[500];
        Shuffle.Fill(again, seed: 3, epoch: 19);
        Assert.Equal(order, again);
        Shuffle.Fill(again, seed: 4, epoch: 19);
        Assert.NotEqual(order, again);
    }

    [Fact]
    public void Drawing_many_places_at_once_gives_the_order_of_drawing_one_by_one()
    {
        foreach (var rows in (int[])[.. Enumerable.Range(0, 140), 1_000, 4_097])
        {
            var (order, expected) = (new int[rows], Enumerable.Range(0, rows).ToArray());
            for (var i = rows - 1; i > 0; i--)
            {
                var other = Philox.Below(i + 1, 9, RandomStreams.Epochs[0], 5, i);
                (expected[i], expected[other]) = (expected[other], expected[i]);
            }
            Shuffle.Fill(order, seed: 9, epoch: 5);
            Assert.Equal(expected, order);
        }
    }

    [Fact]
    public void Every_order_is_equally_likely()
    {
        var seen = new int[24];
        var order = new int[4];
        for (var epoch = 0; epoch < 24_000; epoch++)
        {
            Shuffle.Fill(order, seed: 1, epoch);
            // The number of the order: how many of the later rows are smaller, as digits of a mixed-radix number.
            var number = 0;
            for (var i = 0; i < 4; i++) number = number * (4 - i) + order.Skip(i + 1).Count(later => later < order[i]);
            seen[number]++;
        }
        // Mean 1000, standard deviation 31.
        Assert.All(seen, count => Assert.InRange(count, 1000 - 5 * 31, 1000 + 5 * 31));
    }

    [Fact]
    public void Every_sample_is_equally_likely()
    {
        var seen = new Dictionary<(int, int), int>();
        var rows = new int[2];
        for (var draw = 0; draw < 10_000; draw++)
        {
            Shuffle.Sample(rows, 5, seed: 1, draw);
            var pair = (rows.Min(), rows.Max());
            seen[pair] = seen.GetValueOrDefault(pair) + 1;
        }
        // 10 pairs: mean 1000, standard deviation 30.
        Assert.Equal(10, seen.Count);
        Assert.All(seen.Values, count => Assert.InRange(count, 1000 - 5 * 30, 1000 + 5 * 30));
    }

    [Fact]
    public void Allocates_nothing()
    {
        var order = new int[1000];
        Shuffle.Fill(order, 1, 1);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Shuffle.Fill(order, 1, 2);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        Shuffle.Fill([], 1, 1);
    }

    // Computed by a separate program written from the description. It may never change: saved seeds would no longer repeat their runs.
    [Fact]
    public void The_orders_are_the_ones_they_have_always_been()
    {
        var order = new int[60_000];
        Shuffle.Fill(order, seed: 42, epoch: 7);
        Assert.Equal("7c54769de534d550", Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes<int>(order))[..8]));
    }
}
