using System.Numerics;

namespace SimpleFlow.Tests.Graphs;

/// <summary>Sizes whose product does not fit are refused when the node is built, before anything is allocated.</summary>
[Trait("Promise", "11")]
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
    public void Unknown_sizes_beside_known_ones() =>
        Everywhere((shape, fits) => Refused(() => new Placeholder("x", Shape.Create([null, .. Open(shape)])), fits));

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
    public void Joining() => OnPairs((x, y, a, b) => Refused(() => Flow.Concat([x, y], 0), Fits([a]) && Fits([b]) && Fits([a + b])));

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
    public void Padding_and_cutting()
    {
        foreach (var size in Sizes)
        {
            foreach (var more in Sizes)
            {
                Refused(() => new Placeholder("x", [2, 3]).Pad(1, size, more),
                    (BigInteger)2 * (3 + (BigInteger)size + more) <= int.MaxValue);
                Refused(() => new Placeholder("x", [2, null]).Pad(1, size, more), true);
                foreach (var end in new long?[] { null, size, -size })
                    Refused(() => new Placeholder("x", [2, int.MaxValue / 2]).Slice(1, -size, end, Math.Max(1, more)), true);
            }
        }
        // What fills an open size comes later, and is refused then.
        var open = new Placeholder("x", [2, null]).Pad(1, long.MaxValue, long.MaxValue);
        Assert.Throws<ShapeException>(() => new Model(default, open).Predict(new Feed { [(Placeholder)open.Inputs[0]] = new float[2, 3] }));
    }

    [Fact]
    public void Windows()
    {
        int[] possible = [0, 1, 2, 3, 1 << 30, int.MaxValue];
        foreach (var a in possible)
        {
            foreach (var b in possible)
            {
                var x = new Placeholder("x", [1, 1, 9, 9]);
                var (w, wide) = (new Placeholder("w", [1, 1, 3, 3]), new Placeholder("w", [1, 1, 1, Math.Max(1, a)]));
                Typed(() => x.Conv2D(w, (Math.Max(1, a), 1), (b, a, b, a), (1, Math.Max(1, b))));
                Typed(() => x.Conv2D(wide, padding: (0, b), dilation: (1, Math.Max(1, b))));
                Typed(() => x.Conv2D(w, groups: a));
                Typed(() => x.ConvTranspose2D(w, (a, b), (b, a, b, a), (1, b), outputPadding: (b, a)));
                Typed(() => x.ConvTranspose2D(wide, (b, b), dilation: (1, a)));
                Typed(() => x.ConvTranspose2D(w, groups: b));
                Typed(() => x.MaxPool2D((a, b), (b, a), (a, b, a, b), (b, a)));
                Typed(() => x.AveragePool2D((a, b), (b, a), (a, b, a, b)));
                Typed(() => new Placeholder("x", [1, 1, 9]).Conv1D(new Placeholder("w", [1, 1, 3]), stride: a, padding: b, dilation: a));
            }
        }
    }

    [Fact]
    public void Layers_of_all_kinds()
    {
        int[] possible = [1, 2, 46_341, 1 << 29, 1 << 30, int.MaxValue];
        foreach (var a in possible)
        {
            foreach (var b in possible)
            {
                Typed(() => Layers.Dense(new Placeholder("x", [null, a]), b));
                Typed(() => Layers.Embedding(new Placeholder("x", [null], ElementType.Int32), a, b));
                Typed(() => Layers.Conv2D(new Placeholder("x", [null, a, 5, 5]), b, 3));
                Typed(() => Layers.Conv2D(new Placeholder("x", [null, 1, 5, 5]), 1, (a, b)));
                Typed(() => Layers.ConvTranspose2D(new Placeholder("x", [null, a, 5, 5]), b, 3));
                Typed(() => Layers.Conv1D(new Placeholder("x", [null, a, 5]), b, 3));
                Typed(() => Layers.BatchNorm(new Placeholder("x", [null, a, b])));
                Typed(() => Layers.LayerNorm(new Placeholder("x", [null, a, b])));
                Typed(() => Layers.PositionalEmbedding(new Placeholder("x", [null, a, b])));
                Typed(() => Layers.SinusoidalPositions(new Placeholder("x", [null, a, b])));
                Typed(() => Layers.MultiHeadAttention(new Placeholder("x", [null, a, b]), heads: 1, causal: true));
                Typed(() => Layers.TransformerBlock(new Placeholder("x", [null, a, b]), heads: 1));
                foreach (var units in new[] { a, b })
                {
                    Typed(() => Layers.Rnn(new Placeholder("x", [null, 2, a]), units));
                    Typed(() => Layers.Lstm(new Placeholder("x", [null, 2, b]), units));
                    Typed(() => Layers.Gru(new Placeholder("x", [null, 2, a]), units));
                }
            }
        }
    }

    [Fact]
    public void Data()
    {
        foreach (var size in Sizes)
        {
            Typed<ArgumentException>(() => DataArray.From(new float[3]).Reshape(size, 3));
            Typed<ArgumentException>(() => DataArray.From(new float[3]).Reshape(3, size));
            Typed<ArgumentException>(() => DataArray.Bytes(new byte[4], [size, size]));
            Typed(() => _ = new Placeholder("x", [null, size is > int.MaxValue ? int.MaxValue : size]));
        }
        // One row more than fits: no batch, no overflow.
        var x = new Placeholder("x", [null, 2]);
        var model = new Model((x * new Variable("w", [2])).Sum(), x, new GradientDescent());
        model.Fit(new Dataset { [x] = new float[3, 2] }, epochs: 1, batchSize: int.MaxValue);
        Assert.Equal(1, model.Iterations);
        Assert.Equal(6, model.Predict(new Dataset { [x] = new float[3, 2] }, batchSize: int.MaxValue).FlattenedLength);
    }

    [Fact]
    public void Initial_values_of_a_number_that_does_not_fit() =>
        Assert.Throws<ShapeException>(() => new Variable("w", [int.MaxValue], Initializer.Constant(1, 2)));

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
        "[65536, ?, 65536] has more than 2,147,483,647 elements, the most that one tensor may have.\nSplit the data into batches, or the "
            + "tensor along an axis.",
        Assert.Throws<ShapeException>(() => new Placeholder("x", [65536, null, 65536])).Message);

    /// <summary>The rule: the product of the sizes that are not 0 fits an int. A 0 does not excuse a
    /// huge size, as strides are products too.</summary>
    private static bool Fits(long[] shape) =>
        shape.Where(size => size != 0).Aggregate(BigInteger.One, (product, size) => product * size) <= int.MaxValue;

    private static long?[] Open(long[] shape) => Array.ConvertAll(shape, size => (long?)size);

    private static void Everywhere(Action<long[], bool> check)
    {
        foreach (var shape in Shapes) check(shape, Fits(shape));
    }

    /// <summary>It is built or refused, by an error of the library, and nothing large is allocated.</summary>
    private static void Typed(Action build) => Typed<ShapeException>(build);

    private static void Typed<TError>(Action build) where TError : Exception
    {
        using var _ = MemoryBudget.Pretend(100_000);
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            build();
        }
        catch (Exception error) when (error is TError or MemoryException) { }
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 500_000, "Something large was allocated.");
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
