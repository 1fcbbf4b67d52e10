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
    /// <param name="mask">Which keys a query sees: truth values of a shape that broadcasts to [.., queries, keys]. A query that sees none
    /// gets the mean of all values. Null: all.</param>
    /// <param name="name">A name for the node.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    /// <returns>[.., queries, features].</returns>
    /// <exception cref="ShapeException">The shapes do not fit together, or d is unknown. With <paramref name="causal"/>: the number of
    /// queries or keys is unknown, or there are more queries than keys.</exception>
    public static Node Attention(
        Node queries, Node keys, Node values, bool causal = false, float dropoutRate = 0, Node? mask = null, string name = "attention",
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
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
        if (mask is not null) scores = Flow.Select(mask, scores, Never);
        var weights = scores.Softmax();
        if (dropoutRate > 0) weights = Dropout(weights, dropoutRate, name: $"{name}/dropout");
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
    /// <param name="mask">Which places are seen: truth values [batch, time], such as <c>indices.NotEqual(padding)</c>, or for each place
    /// that looks [batch, time, time]. Null: all.</param>
    /// <param name="name">The layer's name; its variables are called <c>name/qkv/w</c> [features, 3·features], <c>name/qkv/b</c>,
    /// <c>name/out/w</c> [features, features] and <c>name/out/b</c>.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    /// <returns>[batch, time, features].</returns>
    /// <exception cref="ShapeException">The input is not a sequence of known sizes, or the heads do not divide the features.</exception>
    public static Node MultiHeadAttention(
        Node x, int heads, bool causal = false, float dropoutRate = 0, Node? mask = null, string name = "attention",
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        var (time, features) = Sequence(nameof(MultiHeadAttention), x);
        RequireHeads(nameof(MultiHeadAttention), x, heads, features);
        var all = Dense(x, Known.Units(nameof(MultiHeadAttention), x, 3 * features), name: $"{name}/qkv", file: file, line: line);
        // [3, batch, heads, time, width]
        var split = all.Reshape([null, time, 3, heads, features / heads]).Transpose([2, 0, 3, 1, 4]);
        // a sum over one element: [batch, heads, time, width]
        Node Part(int i) => Flow.AddFlow(split.Slice(0, i, i + 1), new ReduceSum(axis: 0));
        var seen = OverHeads(nameof(MultiHeadAttention), mask);
        var attended = Attention(Part(0), Part(1), Part(2), causal, dropoutRate, seen, $"{name}/heads", file, line);
        // [batch, time, heads · width]
        var together = attended.Transpose([0, 2, 1, 3]).Reshape([null, time, features]);
        return Dense(together, (int)features, name: $"{name}/out", file: file, line: line);
    }

    /// <summary>
    /// Attention of one sequence to another: queries come from <paramref name="x"/>, keys and values from <paramref name="memory"/>, such
    /// as the output of an encoder.
    /// </summary>
    /// <param name="x">The sequence that looks, [batch, time, features]; both last sizes must be known.</param>
    /// <param name="memory">The sequence that is looked at, [batch, places, its features]; both last sizes must be known.</param>
    /// <param name="heads">The number of heads; it must divide the number of features of x.</param>
    /// <param name="dropoutRate">The dropout rate of the attention weights.</param>
    /// <param name="mask">Which places of the memory are seen: truth values [batch, places], or [batch, time, places]. Null: all.</param>
    /// <param name="name">The layer's name; its variables are called <c>name/q/w</c> [features, features], <c>name/kv/w</c> [features of
    /// the memory, 2·features], <c>name/out/w</c> [features, features], and <c>…/b</c>.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    /// <returns>[batch, time, features].</returns>
    /// <exception cref="ShapeException">An input is not a sequence of known sizes, or the heads do not divide the features.</exception>
    public static Node CrossAttention(
        Node x, Node memory, int heads, float dropoutRate = 0, Node? mask = null, string name = "cross attention",
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        var (time, features) = Sequence(nameof(CrossAttention), x);
        var (places, _) = Sequence(nameof(CrossAttention), memory);
        RequireHeads(nameof(CrossAttention), x, heads, features);
        var width = features / heads;
        // [batch, heads, time, width]
        var queries = Dense(x, (int)features, name: $"{name}/q", file: file, line: line).Reshape([null, time, heads, width])
            .Transpose([0, 2, 1, 3]);
        // [2, batch, heads, places, width]
        var both = Dense(memory, Known.Units(nameof(CrossAttention), x, 2 * features), name: $"{name}/kv", file: file, line: line)
            .Reshape([null, places, 2, heads, width]).Transpose([2, 0, 3, 1, 4]);
        Node Part(int i) => Flow.AddFlow(both.Slice(0, i, i + 1), new ReduceSum(axis: 0));
        var attended = Attention(queries, Part(0), Part(1), causal: false, dropoutRate, OverHeads(nameof(CrossAttention), mask),
            $"{name}/heads", file, line);
        var together = attended.Transpose([0, 2, 1, 3]).Reshape([null, time, features]);
        return Dense(together, (int)features, name: $"{name}/out", file: file, line: line);
    }

    /// <summary>A mask over [batch, keys], or [batch, queries, keys], so that it broadcasts over heads.</summary>
    private static Node? OverHeads(string layer, Node? mask) => mask?.Shape.Rank switch
    {
        null => null,
        2 => mask.Unsqueeze([1, 2]),
        3 => mask.Unsqueeze([1]),
        _ => throw ShapeException.Of(layer, [mask], new ShapeException($"the mask `{mask.Label}` is {mask.Shape}.",
            "A mask is [batch, keys], or [batch, queries, keys].")),
    };

    private static void RequireHeads(string layer, Node x, int heads, long features)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(heads, 1);
        if (features % heads != 0)
            throw ShapeException.Of(layer, [x],
                new ShapeException(
                    $"`{x.Label}` {x.Shape} has {NumberText.Count(features, "feature")}, which cannot be divided into "
                        + $"{NumberText.Count(heads, "head")} of equal width.", "Choose a number of heads that divides the features."));
    }

    /// <summary>
    /// A transformer block: x + attention(norm(x)), then x + dense(gelu(dense(norm(x)))). The norms come first, so that the gradient has a
    /// direct path through the sums of all blocks (Xiong and others, "On layer normalization in the transformer architecture", 2020). In
    /// the first transformers they came last, norm(x + attention(x)), with ReLU between the dense layers (Vaswani and others, 2017).
    /// </summary>
    /// <param name="x">A sequence [batch, time, features]; both last sizes must be known.</param>
    /// <param name="heads">The number of attention heads; it must divide the number of features.</param>
    /// <param name="hidden">The units of the hidden dense layer; by default four times the features.</param>
    /// <param name="causal">Whether a place sees only itself and the places before it.</param>
    /// <param name="dropoutRate">The dropout rate of the attention weights and of the output of each half.</param>
    /// <param name="activation">The activation between the two dense layers; GELU by default.</param>
    /// <param name="postNorm">Whether the norms come last: PyTorch's <c>norm_first=False</c>, its default.</param>
    /// <param name="mask">Which places are seen, as for <see cref="MultiHeadAttention"/>.</param>
    /// <param name="name">The block's name, which prefixes the names of its layers.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    /// <returns>[batch, time, features].</returns>
    /// <exception cref="ShapeException">The input is not a sequence of known sizes, or the heads do not divide the features.</exception>
    public static Node TransformerBlock(
        Node x, int heads, int? hidden = null, bool causal = false, float dropoutRate = 0, Activation? activation = null,
        bool postNorm = false, Node? mask = null, string name = "block", [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        var halves = new BlockHalves(nameof(TransformerBlock), x, dropoutRate, postNorm, name, new SourceLocation(file, line));
        x = halves.Of(x, "norm 1", "attention",
            inner => MultiHeadAttention(inner, heads, causal, dropoutRate, mask, $"{name}/attention", file, line));
        return halves.OfDense(x, "norm 2", hidden, activation);
    }

    /// <summary>
    /// A block of a decoder: causal attention of x to itself, attention of x to the output of an encoder, and two dense layers, each with a
    /// norm and a direct path as in <see cref="TransformerBlock"/> (Vaswani and others, "Attention is all you need", 2017).
    /// </summary>
    /// <param name="x">A sequence [batch, time, features]; both last sizes must be known.</param>
    /// <param name="memory">The output of the encoder, [batch, places, its features]; both last sizes must be known.</param>
    /// <param name="heads">The number of attention heads; it must divide the number of features.</param>
    /// <param name="hidden">The units of the hidden dense layer; by default four times the features.</param>
    /// <param name="dropoutRate">The dropout rate of the attention weights and of the output of each part.</param>
    /// <param name="activation">The activation between the two dense layers; GELU by default.</param>
    /// <param name="postNorm">Whether the norms come last: PyTorch's <c>norm_first=False</c>, its default.</param>
    /// <param name="memoryMask">Which places of the memory are seen, as for <see cref="CrossAttention"/>.</param>
    /// <param name="name">The block's name, which prefixes the names of its layers.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    /// <returns>[batch, time, features].</returns>
    /// <exception cref="ShapeException">An input is not a sequence of known sizes, or the heads do not divide the features.</exception>
    public static Node DecoderBlock(
        Node x, Node memory, int heads, int? hidden = null, float dropoutRate = 0, Activation? activation = null, bool postNorm = false,
        Node? memoryMask = null, string name = "decoder block", [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        var halves = new BlockHalves(nameof(DecoderBlock), x, dropoutRate, postNorm, name, new SourceLocation(file, line));
        x = halves.Of(x, "norm 1", "attention",
            inner => MultiHeadAttention(inner, heads, causal: true, dropoutRate, name: $"{name}/attention", file: file, line: line));
        x = halves.Of(x, "norm 2", "cross attention",
            inner => CrossAttention(inner, memory, heads, dropoutRate, memoryMask, $"{name}/cross attention", file, line));
        return halves.OfDense(x, "norm 3", hidden, activation);
    }

    /// <summary>What the parts of transformer blocks share: a norm, a direct path, and dropout before the sum.</summary>
    private sealed class BlockHalves(string layer, Node x, float dropoutRate, bool postNorm, string name, SourceLocation at)
    {
        private readonly long _features = Sequence(layer, x).Features;

        /// <summary>x + inner(norm(x)), or norm(x + inner(x)).</summary>
        public Node Of(Node x, string norm, string part, Func<Node, Node> inner)
        {
            Node Normal(Node of) => LayerNorm(of, name: $"{name}/{norm}", file: at.File, line: at.Line);
            var added = inner(postNorm ? x : Normal(x));
            if (dropoutRate > 0) added = Dropout(added, dropoutRate, name: $"{name}/{part}/dropout", file: at.File, line: at.Line);
            return postNorm ? Normal(x + added) : x + added;
        }

        /// <summary>The two dense layers.</summary>
        public Node OfDense(Node x, string norm, int? hidden, Activation? activation) => Of(x, norm, "narrow", inner =>
        {
            var wide = Dense(inner, hidden ?? Known.Units(layer, x, 4 * _features), activation ?? Activations.Gelu, Initializer.Glorot(),
                name: $"{name}/wide", file: at.File, line: at.Line);
            return Dense(wide, (int)_features, name: $"{name}/narrow", file: at.File, line: at.Line);
        });
    }
}

public abstract partial record Layer
{
    /// <summary>Self-attention with several heads over a sequence [batch, time, features].</summary>
    public sealed record MultiHeadAttention(int Heads, bool Causal = false, float DropoutRate = 0) : Layer
    {
        protected override string Kind => "attention";
        protected override Node Build(Node x, string name) =>
            Layers.MultiHeadAttention(x, Heads, Causal, DropoutRate, name: name);
    }

    /// <summary>A transformer block over a sequence [batch, time, features], with GELU and the norms first unless something else is
    /// said.</summary>
    public sealed record TransformerBlock(int Heads, int? Hidden = null, bool Causal = false, float DropoutRate = 0,
        Activation? Activation = null, bool? PostNorm = null) : Layer
    {
        /// <summary>The activation between the two dense layers; null: GELU.</summary>
        [JsonConverter(typeof(ActivationConverter))]
        public Activation? Activation { get; init; } = Activation;

        /// <summary>The dropout rate under the JSON property name used up to version 0.1.0.</summary>
        [JsonInclude, JsonPropertyName("dropoutShare")]
        internal float? DropoutShare { get => null; init => DropoutRate = value ?? DropoutRate; }

        protected override string Kind => "block";
        protected override Node Build(Node x, string name) =>
            Layers.TransformerBlock(x, Heads, Hidden, Causal, DropoutRate, Activation, PostNorm ?? false, name: name);
    }
}
