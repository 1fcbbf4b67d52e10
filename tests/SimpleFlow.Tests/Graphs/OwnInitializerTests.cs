namespace SimpleFlow.Tests.Graphs;

public class OwnInitializerTests
{
    [Fact]
    public void It_follows_the_seed_and_differs_from_variable_to_variable()
    {
        static float[][] Values(ulong seed)
        {
            var initializer = Initializer.Of((values, shape, random) =>
            {
                foreach (ref var value in values) value = random.Normal() + 10 * random.Uniform() + 100 * random.Below((int)shape[0]!);
            });
            var (a, b) = (new Variable("a", [4, 5], initializer), new Variable("b", [4, 5], initializer));
            _ = new Model((a * b).Sum(), optimizer: new Adam(), seed: seed).Evaluate([]);
            return [a.Memory.Span.ToArray(), b.Memory.Span.ToArray()];
        }
        Assert.Equal(Values(3), Values(3));
        Assert.NotEqual(Values(3)[0], Values(4)[0]);
        Assert.NotEqual(Values(3)[0], Values(3)[1]);
    }

    [Fact]
    public void It_gets_zeros_the_shape_and_numbers_of_every_kind()
    {
        var variable = new Variable("w", [2, 1500], Initializer.Of((values, shape, random) =>
        {
            Assert.Equal([2, 1500], shape);
            for (var i = 0; i < values.Length; i += 3)
            {
                Assert.Equal(0, values[i]);
                (values[i], values[i + 1], values[i + 2]) = (random.Uniform(), random.Normal(), random.Below(10));
            }
        }));
        float[] Kind(int kind) => [.. variable.Memory.Span.ToArray().Where((_, i) => i % 3 == kind)];
        Assert.All(Kind(0), value => Assert.InRange(value, 0, 0.99999994f));
        Assert.Equal(0.5, Kind(0).Average(), 0.05);
        Assert.Equal(0, Kind(1).Average(), 0.15);
        Assert.Equal(1, Kind(1).Average(value => value * value), 0.2);
        Assert.Equal(Enumerable.Range(0, 10).Select(i => (float)i), Kind(2).Distinct().Order());
    }

    [Fact]
    public void Its_name_is_in_messages_and_so_is_the_variable_if_it_throws()
    {
        Assert.Equal("twos", Initializer.Of((values, _, _) => values.Fill(2), "twos").ToString());
        var variable = new Variable("w", [3], Initializer.Of((values, _, _) => values[5] = 1, "too far"));
        var error = Assert.Throws<GraphException>(() => variable.Values);
        Assert.StartsWith("The initializer 'too far' of `w` [3] threw IndexOutOfRangeException:", error.Message, StringComparison.Ordinal);
        Assert.IsType<IndexOutOfRangeException>(error.InnerException);
    }
}
