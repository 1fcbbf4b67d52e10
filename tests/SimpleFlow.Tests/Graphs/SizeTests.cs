using System.Numerics;

namespace SimpleFlow.Tests.Graphs;

/// <summary>Sizes whose product does not fit are refused when the node is built, before anything is allocated.</summary>
public class SizeTests
{
    private static readonly long[] Sizes = [0, 1, int.MaxValue, 1L << 31, 1L << 33, long.MaxValue];

    private static readonly long[][] Shapes =
    [
        .. from a in Sizes select new[] { a },
        .. from a in Sizes from b in Sizes select new[] { a, b },
        .. from a in Sizes from b in Sizes from c in Sizes select new[] { a, b, c },
        [1L << 32, 1L << 32], [65_536, 32_768], [65_536, 32_767], [46_341, 46_341], [46_340, 46_340], [3, 715_827_883], [3, 715_827_882],
    ];

    [Fact]
    public void Placeholders_and_variables() => Everywhere((shape, fits) =>
    {
        Refused(() => new Placeholder("x", Shape.Create(Open(shape))), fits);
        Refused(() => new Variable("w", Shape.Create(Open(shape))), fits);
    });

    [Fact]
    public void Unknown_sizes_beside_known_ones() => Everywhere((shape, fits) => Refused(() => new Placeholder("x", Shape.Create([null, .. Open(shape)])), fits));

    [Fact]
    public void Stretching() => Everywhere((shape, fits) => Refused(() => ((Node)1f).Broadcast(Shape.Create(Open(shape))), fits));

    [Fact]
    public void Sums_of_a_row_and_a_column() => OnPairs((x, y, a, b) => Refused(() => x.Reshape([a, 1]) + y.Reshape([1, b]), Fits([a, b])));

    [Fact]
    public void Products_of_a_column_and_a_row() => OnPairs((x, y, a, b) =>
    {
        Refused(() => x.Reshape([a, 1]).MatMul(y.Reshape([1, b])), Fits([a, b]));
        Refused(() => x.Reshape([1, a]).MatMul(y.Reshape([1, b]), transposeLeft: true), Fits([a, b]));
        Refused(() => x.Reshape([a, 1, 1]).MatMul(y.Reshape([1, 1, b])), Fits([a, b]));
    });

    [Fact]
    public void Reshaping()
    {
        foreach (var size in Sizes.Where(size => size is not (0 or 1)))
        {
            Assert.Throws<ShapeException>(() => new Placeholder("x", [1]).Reshape([size]));
            Assert.Throws<ShapeException>(() => new Placeholder("x", [0]).Reshape([0, size, 2]));
        }
        Assert.Throws<ShapeException>(() => new Placeholder("x", [int.MaxValue]).Reshape([2, null]));
        Assert.Equal([int.MaxValue, 1], new Placeholder("x", [int.MaxValue]).Reshape([null, 1]).Shape);
    }

    [Fact]
    public void Joining() => OnPairs((x, y, a, b) => Refused(() => Flow.Concat(0, [x, y]), Fits([a]) && Fits([b]) && Fits([a + b])));

    [Fact]
    public void Picking() => OnPairs((x, y, a, b) =>
        Refused(() => x.Reshape([1, a]).Gather(new Placeholder("i", [b], ElementType.Int32)), Fits([b, a])));

    [Fact]
    public void One_hot_rows()
    {
        var labels = new Placeholder("labels", [1 << 20], ElementType.Int32);
        Assert.Equal([1 << 20, 2047], labels.OneHot(2047).Shape);
        Assert.Throws<ShapeException>(() => labels.OneHot(2048));
        Assert.Throws<ShapeException>(() => labels.OneHot(int.MaxValue));
    }

    [Fact]
    public void Negative_sizes_are_refused_and_told_about_null()
    {
        foreach (var size in new long[] { -1, -2, int.MinValue, long.MinValue })
        {
            var error = Assert.Throws<ShapeException>(() => new Placeholder("x", [3, size]));
            Assert.Equal($"A size may not be negative: axis 1 is {size}.\nWrite null for a size that is not known yet.", error.Message);
        }
    }

    [Fact]
    public void A_shape_that_is_too_large_says_how_large_one_may_be() => Assert.Equal(
        "[65536, ?, 65536] has more than 2,147,483,647 elements, the most that one tensor may have.\nSplit the data into batches, or the tensor along an axis.",
        Assert.Throws<ShapeException>(() => new Placeholder("x", [65536, null, 65536])).Message);

    /// <summary>The rule: the product of the sizes that are not 0 fits an int. A 0 does not excuse a huge size, as strides are products too.</summary>
    private static bool Fits(long[] shape) => shape.Where(size => size != 0).Aggregate(BigInteger.One, (product, size) => product * size) <= int.MaxValue;

    private static long?[] Open(long[] shape) => Array.ConvertAll(shape, size => (long?)size);

    private static void Everywhere(Action<long[], bool> check)
    {
        foreach (var shape in Shapes) check(shape, Fits(shape));
    }

    private static void OnPairs(Action<Placeholder, Placeholder, long, long> check)
    {
        long[] possible = [0, 1, 2, 46_340, 46_341, 1 << 30, int.MaxValue];
        foreach (var a in possible)
        {
            foreach (var b in possible) check(new Placeholder("x", [a]), new Placeholder("y", [b]), a, b);
        }
    }

    private static void Refused(Func<Node> build, bool fits)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        if (fits) build();
        else Assert.Throws<ShapeException>(build);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 100_000, "Something large was allocated.");
    }
}
