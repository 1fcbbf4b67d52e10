using System.Runtime.CompilerServices;

namespace SimpleFlow;

public static partial class Layers
{
    /// <summary>An embedding: a learned vector for each word, character or category.</summary>
    /// <param name="indices">Which entries, [..] of <see cref="ElementType.Int32"/>, each from 0 to <paramref name="count"/> − 1. A run
    /// with an index outside this range ends with an error.</param>
    /// <param name="count">The number of entries.</param>
    /// <param name="size">The size of each entry's vector.</param>
    /// <param name="weights">The initial values of the table; <c>Normal(0.02)</c> by default.</param>
    /// <param name="paddingIndex">The entry that stands for nothing: its vector is zeros, and learns nothing.</param>
    /// <param name="name">The layer's name; its variable is called <c>name/table</c>, [count, size].</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    /// <returns>A node [.., size].</returns>
    /// <exception cref="ShapeException">The indices are not whole numbers.</exception>
    public static Node Embedding(
        Node indices, int count, int size, Initializer? weights = null, int? paddingIndex = null, string name = "embedding",
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(indices);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        var table = new Variable($"{name}/table", [count, size], weights ?? Initializer.Normal(0.02f), file: file, line: line);
        if (paddingIndex is not { } padding) return table.Gather(indices, axis: 0, name, file, line);
        ArgumentOutOfRangeException.ThrowIfNegative(padding, nameof(paddingIndex));
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(padding, count, nameof(paddingIndex));
        var counts = indices.NotEqual(new Constant([padding], Shape.Scalar, ElementType.Int32)).Unsqueeze([indices.Shape.Rank]);
        return Flow.AddFlow(counts, new Select(table.Gather(indices), 0f), name, file, line);
    }

    /// <summary>Adds a learned vector to each place of a sequence, because attention alone does not see the order.</summary>
    /// <param name="x">[batch, time, features]; both last sizes must be known.</param>
    /// <param name="weights">The initial values of the table; <c>Normal(0.02)</c> by default.</param>
    /// <param name="name">The layer's name; its variable is called <c>name/table</c>, [time, features].</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    /// <exception cref="ShapeException">The input is not a sequence, or a size is unknown.</exception>
    public static Node PositionalEmbedding(Node x, Initializer? weights = null, string name = "positions",
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        var (time, features) = Sequence(nameof(PositionalEmbedding), x);
        var table = new Variable($"{name}/table", [time, features], weights ?? Initializer.Normal(0.02f), file: file, line: line);
        return Flow.AddFlow(x, new Add(table), name, file, line);
    }

    /// <summary>Adds fixed waves of different lengths to each place of a sequence: sin and cos of time / 10000^(2i / features) (Vaswani and
    /// others, "Attention is all you need", 2017).</summary>
    /// <param name="x">[batch, time, features]; both last sizes must be known.</param>
    /// <param name="name">A name for the node.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    /// <exception cref="ShapeException">The input is not a sequence, or a size is unknown.</exception>
    public static Node SinusoidalPositions(Node x, string name = "positions", [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0)
    {
        var (time, features) = Sequence(nameof(SinusoidalPositions), x);
        return Flow.AddFlow(x, new Add(new Constant(() => Waves((int)time, (int)features), [time, features])), name, file, line);
    }

    private static double[] Waves(int time, int features)
    {
        var waves = new double[time * features];
        for (var i = 0; i < waves.Length; i++)
        {
            var (at, feature) = (i / features, i % features);
            var angle = at / Math.Pow(10000, feature / 2 * 2 / (double)features);
            waves[i] = feature % 2 == 0 ? Math.Sin(angle) : Math.Cos(angle);
        }
        return waves;
    }

    /// <summary>The sizes of a sequence [batch, time, features].</summary>
    private static (long Time, long Features) Sequence(string layer, Node x)
    {
        Known.Rank(layer, x, 3, "a sequence [batch, time, features]");
        Known.Float(layer, x);
        return (Known.Size(layer, x, 1, "the number of time steps"), Known.Size(layer, x, 2, "the number of features"));
    }
}

public abstract partial record Layer
{
    /// <summary>A learned vector for each index: [..] to [.., size]; zeros for the <paramref name="PaddingIndex"/>.</summary>
    public sealed record Embedding(int Count, int Size, int? PaddingIndex = null) : Layer
    {
        protected override string Kind => "embedding";
        protected override Node Build(Node x, string name) => Layers.Embedding(x, Count, Size, paddingIndex: PaddingIndex, name: name);
    }

    /// <summary>Adds a learned vector to each place of a sequence.</summary>
    public sealed record PositionalEmbedding : Layer
    {
        protected override string Kind => "positions";
        protected override Node Build(Node x, string name) => Layers.PositionalEmbedding(x, name: name);
    }

    /// <summary>Adds fixed waves to a sequence, which give each place a different vector.</summary>
    public sealed record SinusoidalPositions : Layer
    {
        protected override string Kind => "positions";
        protected override Node Build(Node x, string name) => Layers.SinusoidalPositions(x, name);
    }
}
