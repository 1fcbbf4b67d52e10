using SimpleFlow.Tests.Ops;

namespace SimpleFlow.Tests.Networks;

/// <summary>What attention does not see, what an embedding does not learn, and blocks of encoders and decoders, against what the same parts
/// compute when they are cut out or put together by hand.</summary>
public class MaskTests
{
    private static readonly Placeholder X = new("x", [2, 3, 4]), Memory = new("memory", [2, 5, 6]);

    private static PlainFeed Feed(params Placeholder[] fed)
    {
        var (feed, random) = (new PlainFeed(), new Random(9));
        foreach (var one in fed)
            feed[one] = new PlainTensor(one.Shape, [.. Enumerable.Range(0, (int)one.Shape.ElementCount)
                .Select(_ => (double)(float)(2 * random.NextDouble() - 1))]);
        return feed;
    }

    private static Constant Truth(Shape shape, params double[] values) => new(values, shape, ElementType.Bool);

    private static double[] Values(Node node, PlainFeed feed) => PlainReading.ValuesOf([node], feed)[node].Elements;

    private static void AssertNear(double[] expected, double[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++) Assert.Equal(expected[i], actual[i], 1e-9);
    }

    [Fact]
    public void Masked_keys_are_as_if_they_were_not_there()
    {
        var (q, k, v) = (new Placeholder("q", [2, 3, 4]), new Placeholder("k", [2, 5, 4]), new Placeholder("v", [2, 5, 2]));
        var feed = Feed(q, k, v);
        var masked = Layers.Attention(q, k, v, mask: Truth([5], 1, 1, 1, 0, 0));
        var cut = Layers.Attention(q, k.Slice(1, 0, 3), v.Slice(1, 0, 3));
        AssertNear(Values(cut, feed), Values(masked, feed));
        Check.Gradients([masked], [q, k, v], feed);
        Check.Compiled([masked, .. Gradients.Of(masked.Power(2).Sum(), q, k, v)], feed);
        // Each query its own keys; one that sees none gets the mean of all values.
        var own = Values(Layers.Attention(q, k, v, mask: Truth([3, 5], 1, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0)), feed);
        AssertNear(feed[v].Elements[..2], own[..2]);
        double[] mean = [.. Enumerable.Range(0, 2).Select(i => Enumerable.Range(0, 5).Average(key => feed[v].Elements[2 * key + i]))];
        AssertNear(mean, own[4..6]);
        // Together with a causal one, a key is seen if both let it be seen.
        var causal = Layers.Attention(q, k.Slice(1, 0, 3), v.Slice(1, 0, 3), causal: true, mask: Truth([3], 0, 1, 1));
        AssertNear(feed[v].Elements[2..4], Values(causal, feed)[2..4]);
    }

    [Fact]
    public void A_mask_of_padding_holds_for_all_heads()
    {
        var x = new Placeholder("x", [2, 5, 4]);
        var feed = Feed(x);
        var y = Layers.MultiHeadAttention(x, 2, mask: Truth([2, 5], 1, 1, 1, 0, 0, 1, 1, 1, 0, 0), name: "a");
        var shared = new SharedLayers(part => Layers.MultiHeadAttention(part.Slice(1, 0, 3), 2, name: "a"));
        var cut = shared.Apply(x);
        AssertNear(Values(cut, feed), Values(y.Slice(1, 0, 3), feed));
        var perQuery = Layers.MultiHeadAttention(x, 2, mask: Truth([2, 5, 5], [.. Enumerable.Repeat(1.0, 50)]), name: "a");
        AssertNear(Values(Layers.MultiHeadAttention(x, 2, name: "a"), feed), Values(perQuery, feed));
        Assert.Throws<ShapeException>(() => Layers.MultiHeadAttention(x, 2, mask: Truth([5], 1, 1, 1, 0, 0)));
        Assert.Throws<ShapeException>(() => Layers.MultiHeadAttention(x, 2, mask: x));
    }

    [Fact]
    public void Cross_attention_looks_from_one_sequence_at_another()
    {
        var feed = Feed(X, Memory);
        var y = Layers.CrossAttention(X, Memory, 2, name: "c");
        Assert.Equal([2, 3, 4], y.Shape);
        var variables = GraphOrder.Of([y]).OfType<Variable>().ToDictionary(one => one.Name!);
        Assert.Equal([[4, 4], [6, 8], [4, 4]], new[] { "c/q/w", "c/kv/w", "c/out/w" }.Select(name => variables[name].Shape));
        // By hand: head h of queries, keys and values are columns 2h and 2h + 1.
        Node Dense(Node of, string name) => of.MatMul(variables[$"c/{name}/w"]) + variables[$"c/{name}/b"];
        var (q, kv) = (Dense(X, "q"), Dense(Memory, "kv"));
        Node Head(int h) =>
            Layers.Attention(q.Slice(2, 2 * h, 2 * h + 2), kv.Slice(2, 2 * h, 2 * h + 2), kv.Slice(2, 4 + 2 * h, 6 + 2 * h));
        var expected = Dense(Flow.Concat([Head(0), Head(1)], 2), "out");
        AssertNear(Values(expected, feed), Values(y, feed));
        Check.Gradients([y], [X, Memory], feed);
        Check.Compiled([y], feed);
        var masked = Layers.CrossAttention(X, Memory, 2, mask: Truth([2, 5], 1, 1, 0, 0, 0, 1, 1, 0, 0, 0), name: "c");
        AssertNear(Values(Layers.CrossAttention(X, Memory.Slice(1, 0, 2), 2, name: "c"), feed), Values(masked, feed));
        Assert.Throws<ShapeException>(() => Layers.CrossAttention(X, Memory, 3));
    }

    [Fact]
    public void An_entry_that_stands_for_nothing_is_zeros_and_learns_nothing()
    {
        var words = new Placeholder("words", [null, 3], ElementType.Int32);
        var y = Layers.Embedding(words, 4, 2, Initializer.Constant(3), paddingIndex: 1);
        var table = GraphOrder.Of([y]).OfType<Variable>().Single();
        var feed = new PlainFeed { [words] = new([1, 3], [0, 1, 3]) };
        Assert.Equal([3.0, 3, 0, 0, 3, 3], Values(y, feed));
        Assert.Equal([1.0, 1, 0, 0, 0, 0, 1, 1], Values(Gradients.Of(y.Sum(), table)[0], feed));
        Check.Compiled([y, Gradients.Of(y.Sum(), table)[0]], feed);
        Assert.Equal("embedding", y.Name);
        Assert.Throws<ArgumentOutOfRangeException>("paddingIndex", () => Layers.Embedding(words, 4, 2, paddingIndex: 4));
        Assert.Throws<ArgumentOutOfRangeException>("paddingIndex", () => Layers.Embedding(words, 4, 2, paddingIndex: -1));
    }

    [Fact]
    public void A_block_has_its_norms_first_or_last_and_any_activation()
    {
        var feed = Feed(X);
        foreach (var postNorm in new[] { false, true })
        {
            var y = Layers.TransformerBlock(X, 2, 8, activation: Activation.Relu, postNorm: postNorm, name: "b");
            var variables = GraphOrder.Of([y]).OfType<Variable>().ToDictionary(one => one.Name!);
            Node Norm(Node x, int number)
            {
                var mean = x.Mean(-1, keep: true);
                return (x - mean) / ((x - mean).Power(2).Mean(-1, keep: true) + 1e-5f).Sqrt();
            }
            Node Dense(Node of, string name) => of.MatMul(variables[$"b/{name}/w"]) + variables[$"b/{name}/b"];
            Node Attended(Node x)
            {
                var all = Dense(x, "attention/qkv");
                Node Head(int h) => Layers.Attention(all.Slice(2, 2 * h, 2 * h + 2), all.Slice(2, 4 + 2 * h, 6 + 2 * h),
                    all.Slice(2, 8 + 2 * h, 10 + 2 * h));
                return Dense(Flow.Concat([Head(0), Head(1)], 2), "attention/out");
            }
            Node Wide(Node x) => Dense(Dense(x, "wide").Relu(), "narrow");
            Node first = postNorm ? Norm(X + Attended(X), 1) : X + Attended(Norm(X, 1));
            var expected = postNorm ? Norm(first + Wide(first), 2) : first + Wide(Norm(first, 2));
            AssertNear(Values(expected, feed), Values(y, feed));
        }
    }

    [Fact]
    public void A_decoder_looks_at_itself_and_at_its_encoder()
    {
        var feed = Feed(X, Memory);
        foreach (var postNorm in new[] { false, true })
        {
            var y = Layers.DecoderBlock(X, Memory, 2, 8, postNorm: postNorm, name: "d");
            Assert.Equal([2, 3, 4], y.Shape);
            string[] names = [.. GraphOrder.Of([y]).OfType<Variable>().Select(one => one.Name!)];
            foreach (var part in new[] { "attention/qkv/w", "cross attention/kv/w", "wide/w", "narrow/b", "norm 1/scale", "norm 3/shift" })
                Assert.Contains($"d/{part}", names);
            Check.Gradients([y], [X, Memory], feed);
            Check.Compiled([y], feed);
            // A place sees the places before it, and all of the memory.
            var changed = new PlainFeed(feed);
            changed[X] = new(X.Shape, [.. feed[X].Elements.Select((x, i) => i % 12 / 4 == 2 ? x + 1 : x)]);
            var (before, after) = (Values(y, feed), Values(y, changed));
            for (var i = 0; i < before.Length; i++) Assert.Equal(i % 12 / 4 == 2, Math.Abs(before[i] - after[i]) > 1e-9);
        }
    }

    [Fact]
    public void Dropout_takes_whole_channels_or_examples()
    {
        var x = new Placeholder("x", [40, 3, 2, 2]);
        var feed = new Feed { [x] = DataArray.From(Enumerable.Repeat(1f, 480).ToArray()).Reshape(40, 3, 2, 2) };
        foreach (var (axes, together) in new[] { (new[] { 2, 3 }, 4), (new[] { 1, 2, 3 }, 12) })
        {
            var y = Layers.Dropout(x, 0.25f, axes);
            var seen = new HashSet<float>();
            foreach (var fate in Array.ConvertAll([.. PlainReading.Of([y], feed)[0]], one => (float)one).Chunk(together))
            {
                Assert.Single(fate.Distinct());
                seen.Add(fate[0]);
            }
            Assert.Equal([0, 4 / 3f], seen.Order());
            // In use everything passes.
            Assert.All(new Model(losses: default, predictions: y).Predict(feed), one => Assert.Equal(1, one));
        }
        var residual = new Sequential(new Layer.Residual(new Layer.Activate(Activation.Relu)) { DropRate = 0.5f });
        var branch = residual.Build(x);
        foreach (var example in Array.ConvertAll([.. PlainReading.Of([branch], feed)[0]], one => (float)one).Chunk(12))
            Assert.Contains(Assert.Single(example.Distinct()), new[] { 1f, 3 });
        Assert.Equal(residual.Layers, Sequential.FromJson(residual.ToJson()).Layers);
        Assert.DoesNotContain("drop", new Sequential(new Layer.Residual(new Layer.Flatten())).ToJson(), StringComparison.Ordinal);
    }
}
