using System.Runtime.CompilerServices;
using System.Text.Json.Serialization;

namespace SimpleFlow;

public static partial class Layers
{
    // Larger than any score, and small enough that a score added to it stays finite.
    private const float Never = -1e9f;

    /// <summary>
    /// Scaled dot-product attention: softmax(q·kᵀ / √d)·v. Each query gets a mean of the values, weighted by how well their keys match it
    /// (Vaswani and others, "Attention is all you need", 2017).
    /// </summary>
    /// <param name="queries">[.., queries, d].</param>
    /// <param name="keys">[.., keys, d].</param>
    /// <param name="values">[.., keys, features].</param>
    /// <param name="causal">Whether a query sees only the keys up to its own place. The last query is aligned with the last key; there may
    /// be fewer queries than keys, but not more.</param>
    /// <param name="dropoutRate">The dropout rate of the attention weights.</param>
    /// <param name="name">A name for the node.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    /// <returns>[.., queries, features].</returns>
    /// <exception cref="ShapeException">The shapes do not fit together, or d is unknown. With <paramref name="causal"/>: the number of
    /// queries or keys is unknown, or there are more queries than keys.</exception>
    public static Node Attention(Node queries, Node keys, Node values, bool causal = false, float dropoutRate = 0,
        string name = "attention", [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        var d = Known.Size(nameof(Attention), queries, -1, "the last size");
        var scores = queries.MatMul(keys, transposeRight: true) * (1 / MathF.Sqrt(d));                        // [.., queries, keys]
        if (causal)
        {
            var (places, seen) = ((int)Known.Size(nameof(Attention), queries, -2, "the number of places"),
                (int)Known.Size(nameof(Attention), keys, -2, "the number of places"));
            if (places > seen)
                throw ShapeException.Of(nameof(Attention), [queries, keys],
                    new ShapeException($"there are {places} queries and {seen} keys, so the first {places - seen} would see no key.",
                        "Causal attention needs at least as many keys as queries: the last query is aligned with the last key."));
            scores += Future(places, seen);
        }
        var weights = scores.Softmax();
        if (dropoutRate > 0) weights = Dropout(weights, dropoutRate, $"{name}/dropout");
        return Flow.AddFlow(weights, new MatMul(values), name, file, line);
    }

    /// <summary>Added to the scores, it masks the keys after a query's own place. The last query is aligned with the last key.</summary>
    private static Constant Future(int queries, int keys)
    {
        return new Constant(Mask, [queries, keys], "future");

        double[] Mask()
        {
            var mask = new double[queries * keys];
            for (var query = 0; query < queries; query++)
                for (var key = query + 1 + keys - queries; key < keys; key++) mask[query * keys + key] = Never;
            return mask;
        }
    }

    /// <summary>
    /// Self-attention with several heads. q, k, v = x·w + b are split into heads of equal width, and each head attends on its own. Their
    /// concatenated results go through one more dense layer.
    /// </summary>
    /// <param name="x">A sequence [batch, time, features]; both last sizes must be known.</param>
    /// <param name="heads">The number of heads; it must divide the number of features.</param>
    /// <param name="causal">Whether a place sees only itself and the places before it.</param>
    /// <param name="dropoutRate">The dropout rate of the attention weights.</param>
    /// <param name="name">The layer's name; its variables are called <c>name/qkv/w</c> [features, 3·features], <c>name/qkv/b</c>,
    /// <c>name/out/w</c> [features, features] and <c>name/out/b</c>.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    /// <returns>[batch, time, features].</returns>
    /// <exception cref="ShapeException">The input is not a sequence of known sizes, or the heads do not divide the features.</exception>
    public static Node MultiHeadAttention(Node x, int heads, bool causal = false, float dropoutRate = 0, string name = "attention",
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(heads, 1);
        var (time, features) = Sequence(nameof(MultiHeadAttention), x);
        if (features % heads != 0)
            throw ShapeException.Of(nameof(MultiHeadAttention), [x],
                new ShapeException(
                    $"`{x.Label}` {x.Shape} has {NumberText.Count(features, "feature")}, which cannot be divided into "
                        + $"{NumberText.Count(heads, "head")} of equal width.", "Choose a number of heads that divides the features."));
        var all = Dense(x, Known.Units(nameof(MultiHeadAttention), x, 3 * features), name: $"{name}/qkv", file: file, line: line);
        // [3, batch, heads, time, width]
        var split = all.Reshape([null, time, 3, heads, features / heads]).Transpose([2, 0, 3, 1, 4]);
        // a sum over one element: [batch, heads, time, width]
        Node Part(int i) => Flow.AddFlow(split.Slice(0, i, i + 1), new ReduceSum(axis: 0));
        var attended = Attention(Part(0), Part(1), Part(2), causal, dropoutRate, $"{name}/heads", file, line);
        // [batch, time, heads · width]
        var together = attended.Transpose([0, 2, 1, 3]).Reshape([null, time, features]);
        return Dense(together, (int)features, name: $"{name}/out", file: file, line: line);
    }

    /// <summary>
    /// A transformer block: x + attention(norm(x)), then x + dense(gelu(dense(norm(x)))). The norms come first, so that the gradient has a
    /// direct path through the sums of all blocks (Xiong and others, "On layer normalization in the transformer architecture", 2020).
    /// </summary>
    /// <param name="x">A sequence [batch, time, features]; both last sizes must be known.</param>
    /// <param name="heads">The number of attention heads; it must divide the number of features.</param>
    /// <param name="hidden">The units of the hidden dense layer; by default four times the features.</param>
    /// <param name="causal">Whether a place sees only itself and the places before it.</param>
    /// <param name="dropoutRate">The dropout rate of the attention weights and of the output of each half.</param>
    /// <param name="name">The block's name, which prefixes the names of its layers.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    /// <returns>[batch, time, features].</returns>
    /// <exception cref="ShapeException">The input is not a sequence of known sizes, or the heads do not divide the features.</exception>
    public static Node TransformerBlock(
        Node x, int heads, int? hidden = null, bool causal = false, float dropoutRate = 0, string name = "block",
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        var (_, features) = Sequence(nameof(TransformerBlock), x);
        Node Fallen(Node added, string part) => dropoutRate > 0 ? Dropout(added, dropoutRate, $"{name}/{part}/dropout", file, line) : added;
        x += Fallen(MultiHeadAttention(LayerNorm(x, name: $"{name}/norm 1", file: file, line: line), heads, causal, dropoutRate,
            $"{name}/attention", file, line), "attention");
        var wide = Dense(LayerNorm(x, name: $"{name}/norm 2", file: file, line: line),
            hidden ?? Known.Units(nameof(TransformerBlock), x, 4 * features), Activations.Gelu, Initializer.Glorot(), name: $"{name}/wide",
            file: file, line: line);
        return x + Fallen(Dense(wide, (int)features, name: $"{name}/narrow", file: file, line: line), "narrow");
    }
}

public abstract partial record Layer
{
    /// <summary>Self-attention with several heads over a sequence [batch, time, features].</summary>
    public sealed record MultiHeadAttention(int Heads, bool Causal = false, float DropoutRate = 0) : Layer
    {
        protected override string Kind => "attention";
        protected override Node Build(Node x, string name) =>
            Layers.MultiHeadAttention(x, Heads, Causal, DropoutRate, name);
    }

    /// <summary>A transformer block over a sequence [batch, time, features].</summary>
    public sealed record TransformerBlock(int Heads, int? Hidden = null, bool Causal = false, float DropoutRate = 0) : Layer
    {
        /// <summary>The dropout rate under the JSON property name used up to version 0.1.0.</summary>
        [JsonInclude, JsonPropertyName("dropoutShare")]
        internal float? DropoutShare { get => null; init => DropoutRate = value ?? DropoutRate; }

        protected override string Kind => "block";
        protected override Node Build(Node x, string name) =>
            Layers.TransformerBlock(x, Heads, Hidden, Causal, DropoutRate, name);
    }
}
