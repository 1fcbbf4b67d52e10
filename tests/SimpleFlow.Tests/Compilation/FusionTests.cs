namespace SimpleFlow.Tests.Compilation;

/// <summary>What fusion may not change: bits, wherever a tile ends.</summary>
public class FusionTests
{
    [Theory, InlineData(341), InlineData(342), InlineData(343), InlineData(400), InlineData(683)]
    public void The_bits_of_an_element_do_not_depend_on_where_its_tile_ends(int rows)
    {
        // A bias of period 3 makes tiles of 1,023 elements; alone, the functions run on tiles of 1,024, and the last few elements fall differently.
        var x = new Placeholder("x", [rows, 3]);
        var bias = new Variable("bias", [3], Initializer.Constant(0.1f, -0.2f, 0.3f));
        var random = new Random(rows);
        var fed = new Dictionary<Placeholder, PlainTensor> { [x] = new PlainTensor([rows, 3], [.. Enumerable.Range(0, 3 * rows).Select(_ => (double)(float)(4 * random.NextDouble() - 2))]) };
        foreach (var function in new Func<Node, Node>[] { x => x.Exp(), x => x.Tanh(), x => x.Sigmoid(), x => x.Softplus(), x => x.Abs().Log(), x => x.Abs().Sqrt(), x => x.Power(3), x => x.Abs().Power(1.7f) })
        {
            var reading = new Reading([function(x) + bias], fed, default);
            Reading.AssertSame(reading.Compiled(), reading.Compiled(Reading.OneThread with { Without = ["Fuse"] }), function(x).Label);
        }
    }

    [Fact]
    public void A_chain_is_one_step_and_a_long_one_a_few()
    {
        var x = new Placeholder("x", [5]);
        Node y = x;
        for (var i = 0; i < 20; i++) y = (y * 1.01f).Tanh();
        var reading = new Reading([y], new Dictionary<Placeholder, PlainTensor> { [x] = new PlainTensor([5], [1, 2, 3, 4, 5]) }, default);
        Assert.Single(reading.Compile().Steps);
        Assert.Equal(40, reading.Compile(Reading.OneThread with { Without = ["Fuse"] }).Steps.Count);
    }
}
