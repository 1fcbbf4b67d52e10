using SimpleFlow.Tests.Compilation;

namespace SimpleFlow.Tests.Ops;

/// <summary>The functions that are made of other ops, against loops in float64, in both readings, with their gradients.</summary>
public class CompositionTests
{
    private static readonly Placeholder X = new("x", [2, 3, 4]), Y = new("y", [2, 3, 4]), Square = new("square", [2, 4, 4]);

    private static readonly PlainFeed Fed = new()
    {
        [X] = new(X.Shape, Numbers(24, 3)),
        [Y] = new(Y.Shape, Numbers(24, 4)),
        [Square] = new(Square.Shape, Numbers(32, 5)),
    };

    private static double[] Numbers(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (double)(float)(4 * random.NextDouble() - 2))];
    }

    private static double Of(int i, int j, int k) => Fed[X].Elements[(i * 3 + j) * 4 + k];

    private static double Other(int i, int j, int k) => Fed[Y].Elements[(i * 3 + j) * 4 + k];

    public static TheoryData<string> Names => [.. All.Keys];

    private static readonly Dictionary<string, (Node Node, Shape Shape, Func<int[], double> Formula)> All = new(StringComparer.Ordinal)
    {
        ["min along an axis"] = (X.Min(axis: 1), [2, 4], at => Enumerable.Range(0, 3).Min(j => Of(at[0], j, at[1]))),
        ["min of all"] = (X.Min(), [], _ => Fed[X].Elements.Min()),
        ["min along axes"] = (X.Min([0, 2], keep: true), [1, 3, 1],
            at => Enumerable.Range(0, 2).Min(i => Enumerable.Range(0, 4).Min(k => Of(i, at[1], k)))),
        ["product"] = (X.Product(axis: 1), [2, 4], at => Of(at[0], 0, at[1]) * Of(at[0], 1, at[1]) * Of(at[0], 2, at[1])),
        ["product, kept"] = (X.Product(-1, keep: true), [2, 3, 1],
            at => Enumerable.Range(0, 4).Aggregate(1.0, (product, k) => product * Of(at[0], at[1], k))),
        ["cumulative sum"] = (X.CumulativeSum(2), [2, 3, 4], at => Enumerable.Range(0, at[2] + 1).Sum(k => Of(at[0], at[1], k))),
        ["cumulative sum along another axis"] = (X.CumulativeSum(1), [2, 3, 4],
            at => Enumerable.Range(0, at[1] + 1).Sum(j => Of(at[0], j, at[2]))),
        ["variance"] = (X.Variance(2), [2, 3], at => Spread(at[0], at[1]) / 4),
        ["variance of a sample"] = (X.Variance(-1, keep: true, correction: 1), [2, 3, 1], at => Spread(at[0], at[1]) / 3),
        ["deviation"] = (X.StandardDeviation(2, correction: 1), [2, 3], at => Math.Sqrt(Spread(at[0], at[1]) / 3)),
        ["variance of all"] = (X.Variance(), [], _ => Fed[X].Elements.Average(x => Math.Pow(x - Fed[X].Elements.Average(), 2))),
        ["log of a sum of exponentials"] = (X.LogSumExp(1), [2, 4],
            at => Math.Log(Enumerable.Range(0, 3).Sum(j => Math.Exp(Of(at[0], j, at[1]))))),
        ["norm"] = (X.Norm(2), [2, 3], at => Math.Sqrt(Enumerable.Range(0, 4).Sum(k => Math.Pow(Of(at[0], at[1], k), 2)))),
        ["norm of order 1"] = (X.Norm(2, order: 1, keep: true), [2, 3, 1],
            at => Enumerable.Range(0, 4).Sum(k => Math.Abs(Of(at[0], at[1], k)))),
        ["norm of order 3"] = (X.Norm(2, order: 3), [2, 3],
            at => Math.Pow(Enumerable.Range(0, 4).Sum(k => Math.Pow(Math.Abs(Of(at[0], at[1], k)), 3)), 1 / 3f)),
        ["norm of order ∞"] = (X.Norm(2, order: float.PositiveInfinity), [2, 3],
            at => Enumerable.Range(0, 4).Max(k => Math.Abs(Of(at[0], at[1], k)))),
        ["cosine"] = (X.CosineSimilarity(Y), [2, 3], at =>
        {
            double Sum(Func<int, double> term) => Enumerable.Range(0, 4).Sum(term);
            return Sum(k => Of(at[0], at[1], k) * Other(at[0], at[1], k))
                / Math.Sqrt(Sum(k => Math.Pow(Of(at[0], at[1], k), 2)) * Sum(k => Math.Pow(Other(at[0], at[1], k), 2)));
        }
        ),
        ["stack"] = (Flow.Stack([X, Y], axis: 1), [2, 2, 3, 4], at => at[1] == 0 ? Of(at[0], at[2], at[3]) : Other(at[0], at[2], at[3])),
        ["stack at the end"] = (Flow.Stack([X, Y], axis: -1), [2, 3, 4, 2],
            at => at[3] == 0 ? Of(at[0], at[1], at[2]) : Other(at[0], at[1], at[2])),
        ["the second of three parts"] = (X.Split(1, 3)[1], [2, 1, 4], at => Of(at[0], 1, at[2])),
        ["tile"] = (X.Tile(1, 2), [2, 6, 4], at => Of(at[0], at[1] % 3, at[2])),
        ["repeat"] = (X.Repeat(1, 2), [2, 6, 4], at => Of(at[0], at[1] / 2, at[2])),
        ["roll"] = (X.Roll(2, 1), [2, 3, 4], at => Of(at[0], at[1], (at[2] + 3) % 4)),
        ["roll back, more than once round"] = (X.Roll(1, -7), [2, 3, 4], at => Of(at[0], (at[1] + 7) % 3, at[2])),
        ["flip"] = (X.Flip(1), [2, 3, 4], at => Of(at[0], 2 - at[1], at[2])),
        ["lower triangle"] = (X.LowerTriangle(), [2, 3, 4], at => at[2] <= at[1] ? Of(at[0], at[1], at[2]) : 0),
        ["upper triangle from the next diagonal on"] = (X.UpperTriangle(1), [2, 3, 4], at => at[2] > at[1] ? Of(at[0], at[1], at[2]) : 0),
        ["outer product"] = (X.Outer(Y), [2, 3, 4, 4], at => Of(at[0], at[1], at[2]) * Other(at[0], at[1], at[3])),
        ["dot product"] = (X.Dot(Y), [2, 3], at => Enumerable.Range(0, 4).Sum(k => Of(at[0], at[1], k) * Other(at[0], at[1], k))),
    };

    private static double Spread(int i, int j)
    {
        var mean = Enumerable.Range(0, 4).Average(k => Of(i, j, k));
        return Enumerable.Range(0, 4).Sum(k => Math.Pow(Of(i, j, k) - mean, 2));
    }

    [Theory, MemberData(nameof(Names))]
    public void It_is_its_formula(string name)
    {
        var (node, shape, formula) = All[name];
        Assert.Equal(shape, node.Shape);
        var value = PlainReading.ValuesOf([node], Fed)[node];
        var index = new int[value.Rank];
        for (var i = 0; i < value.Count; i++)
        {
            value.IndexOf(i, index);
            var expected = formula(index);
            Assert.True(Math.Abs(expected - value.Elements[i]) <= 1e-7 * Math.Max(1, Math.Abs(expected)),
                $"[{string.Join(", ", index)}] is {value.Elements[i]}, not {expected}");
        }
        Check.Compiled([node], Fed);
        Check.Gradients([node], [X, Y], Fed);
    }

    [Fact]
    public void Where_the_batch_is_unknown_they_work_along_what_is_known()
    {
        var x = new Placeholder("x", [null, 4]);
        foreach (var node in (Node[])[x.Product(1), x.CumulativeSum(1), x.Flip(1), x.Roll(1, 1), x.Repeat(1, 2), x.Tile(1, 2), x.Glu(),
            x.Variance(0), x.Variance(0, correction: 1), x.LogSumExp(0), x.Norm(0), x.Min(0), x.Outer(x), x.Dot(x)])
            Check.Compiled([node], new PlainFeed { [x] = new(Shape.Of(3, 4), Numbers(12, 6)) });
        foreach (var refused in (Func<Node>[])[() => x.Product(0), () => x.CumulativeSum(0), () => x.Flip(0), () => x.Roll(0, 1),
            () => x.Repeat(0, 2), () => x.Split(0, 2)[0], () => x.LowerTriangle(), () => x.Product(2), () => x.Split(1, 3)[0]])
            Assert.Throws<ShapeException>(refused);
    }

    [Fact]
    public void Special_points()
    {
        var x = new Placeholder("x", [2]);
        static double[] Read(Node node, Placeholder x, params double[] values) =>
            new Reading([node], new PlainFeed { [x] = new(x.Shape, values) }, default).Compiled()[0];
        const double Infinity = double.PositiveInfinity;
        Assert.Equal([-Infinity], Read(x.LogSumExp(), x, -Infinity, -Infinity));
        Assert.Equal([5.0], Read(x.LogSumExp(), x, 5, -Infinity));
        Assert.Equal([1000 + (double)(float)Math.Log(2)], Read(x.LogSumExp(), x, 1000, 1000).Select(y => Math.Round(y, 4) - 1000 + 1000),
            (a, b) => Math.Abs(a - b) < 1e-3);
        Assert.Equal([0.0, 0], Read(Gradients.Of(x.CosineSimilarity(x), x)[0], x, 0, 0));
        Assert.Equal([0.0], Read(x.Product(0), x, 0, 3));
        Assert.Equal([3.0, 0], Read(Gradients.Of(x.Product(0), x)[0], x, 0, 3));
        Assert.Equal([1.0], Read(x.Slice(0, 0, 0).Product(0), x, 5, 3));
        Assert.Equal([double.NaN], Read(x.Min(), x, double.NaN, 3));
        Assert.Equal([0.5, 0.5], Read(Gradients.Of(x.Min(), x)[0], x, 3, 3));
    }
}
