using static SimpleFlow.Tests.Networks.NormTests;

namespace SimpleFlow.Tests.Networks;

/// <summary>Attention against loops over queries and keys.</summary>
public class AttentionTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Attention_is_its_formula(bool causal)
    {
        const int places = 4, width = 3;
        var x = new Placeholder("x", [null, places, width]);
        var y = Layers.Attention(x * 0.7f, x * 1.3f, x - 0.2f, causal);
        var rows = Numbers(2 * places * width);
        var expected = new List<double>();
        foreach (var sequence in rows.Chunk(places * width))
        {
            for (var query = 0; query < places; query++)
            {
                var scores = Enumerable.Range(0, places).Select(key => causal && key > query ? double.NegativeInfinity
                    : Enumerable.Range(0, width).Sum(i => 0.7 * sequence[query * width + i] * 1.3 * sequence[key * width + i])
                        / Math.Sqrt(width)).Select(Math.Exp).ToList();
                for (var i = 0; i < width;
                i++)
                    expected.Add(Enumerable.Range(0, places).Sum(key => scores[key] / scores.Sum() * (sequence[key * width + i] - 0.2)));
            }
        }
        AssertClose([.. expected], Predict(y, x, rows));
    }

    [Fact]
    public void A_causal_block_does_not_see_the_future()
    {
        var x = new Placeholder("x", [null, 6, 8]);
        var y = Layers.TransformerBlock(x, heads: 2, causal: true);
        var model = new Model(default, y);
        var rows = Numbers(48);
        var before = TensorMemory.ToArray(model.Predict(new Feed { [x] = rows }));
        for (var i = 4 * 8; i < 48; i++) rows[i] += 1;
        var after = TensorMemory.ToArray(model.Predict(new Feed { [x] = rows }));
        Assert.Equal(before[..32], after[..32]);
        Assert.NotEqual(before[32..], after[32..]);
    }

    [Theory]
    [InlineData(2, 1)]
    [InlineData(5, 3)]
    [InlineData(3, 0)]
    public void A_causal_attention_with_more_queries_than_keys_is_refused(int queries, int keys)
    {
        var (q, k) = (new Placeholder("q", [null, queries, 4]), new Placeholder("k", [null, keys, 4]));
        var error = Assert.Throws<ShapeException>(() => Layers.Attention(q, k, k, causal: true));
        Assert.Contains($"there are {queries} queries and {keys} keys, so the first {queries - keys} would see no key", error.Message,
            StringComparison.Ordinal);
        Layers.Attention(k, q, q, causal: true);
        Layers.Attention(q, k, k);
    }

    [Fact]
    public void A_block_that_is_not_causal_sees_everything()
    {
        var x = new Placeholder("x", [null, 6, 8]);
        var model = new Model(default, Layers.TransformerBlock(x, heads: 2));
        var rows = Numbers(48);
        var before = TensorMemory.ToArray(model.Predict(new Feed { [x] = rows }));
        rows[^1] += 1;
        Assert.NotEqual(before[0], TensorMemory.ToArray(model.Predict(new Feed { [x] = rows }))[0]);
    }

    [Fact]
    public void Gradients_of_a_transformer_are_right()
    {
        var tokens = new Placeholder("tokens", [null, 4], ElementType.Int32);
        var next = new Placeholder("next", [null, 4], ElementType.Int32);
        var x = Layers.PositionalEmbedding(Layers.Embedding(tokens, 5, 6, Initializer.Normal()));
        x = Layers.SinusoidalPositions(Layers.TransformerBlock(x, heads: 3, hidden: 7, causal: true, dropoutRate: 0.2f));
        var loss = Losses.SoftmaxCrossEntropy(Layers.Dense(Layers.LayerNorm(x), 5), next);
        var result = GradientCheck.Of(loss,
            new Feed { [tokens] = new[,] { { 0, 1, 2, 3 }, { 4, 4, 0, 1 } }, [next] = new[,] { { 1, 2, 3, 4 }, { 4, 0, 1, 2 } } });
        Assert.True(result.IsRight, result.ToText());
    }

    [Fact]
    public void A_transformer_learns_to_repeat_what_was_two_before()
    {
        var tokens = new Placeholder("tokens", [null, 8], ElementType.Int32);
        var next = new Placeholder("next", [null, 8], ElementType.Int32);
        var x = Layers.PositionalEmbedding(Layers.Embedding(tokens, 4, 16, Initializer.Normal()), Initializer.Normal());
        var scores = Layers.Dense(Layers.LayerNorm(Layers.TransformerBlock(x, heads: 2, causal: true)), 4);
        var loss = Losses.SoftmaxCrossEntropy(scores, next);
        var model = new Model(loss, scores, new Adam(0.01f), seed: 1);
        var random = new Random(1);
        var data = new int[64, 8];
        var targets = new int[64, 8];
        for (var i = 0; i < 64; i++)
        {
            for (var t = 0; t < 8; t++)
            {
                data[i, t] = random.Next(4);
                targets[i, t] = t < 2 ? 0 : data[i, t - 2];
            }
        }
        model.Fit(new Feed { [tokens] = data, [next] = targets }, maxIterations: 150);
        Assert.InRange(loss.Value, 0, 0.2);
    }

    [Fact]
    public void Heads_divide_the_features() =>
        Assert.Contains("3 heads",
            Assert.Throws<ShapeException>(() => Layers.MultiHeadAttention(new Placeholder("x", [null, 2, 8]), 3)).Message,
            StringComparison.Ordinal);
}
