using SimpleFlow.Compilation;

namespace SimpleFlow.Tests.Compilation;

public class JoinTests
{
    private static readonly Placeholder X = new("x", [6, 2]);

    [Theory]
    [InlineData(new[] { 0, 1, 2, 3, 4, 5 })]
    [InlineData(new[] { 5, 4, 3, 2, 1, 0 })]
    [InlineData(new[] { 0, 2, 4, 1, 3, 5 })]        // only the last term closes the gaps
    [InlineData(new[] { 3, 0, 5, 1, 4, 2 })]
    public void Slices_that_make_up_the_whole_come_back_as_one(int[] places)
    {
        var parts = places.Select(place => Back(place, place + 1));
        var plan = Compiled(parts.Aggregate((sum, part) => sum + part));
        Assert.Equal((1, 0, 0), (Count<Concat>(plan), Count<Pad>(plan), Count<Add>(plan)));
    }

    [Fact]
    public void A_sum_of_sums_is_one_too()
    {
        var plan = Compiled((Back(0, 1) + Back(3, 4)) + ((Back(4, 6) + Back(1, 2)) + Back(2, 3)));
        Assert.Equal((1, 0, 0), (Count<Concat>(plan), Count<Pad>(plan), Count<Add>(plan)));
    }

    [Fact]
    public void Where_the_parts_do_not_reach_the_ends_zeros_stand_there()
    {
        var plan = Compiled(Back(1, 2) + Back(2, 5));
        Assert.Equal((1, 1, 0), (Count<Concat>(plan), Count<Pad>(plan), Count<Add>(plan)));
    }

    [Fact]
    public void Gaps_and_overlaps_stay_sums()
    {
        var gap = Compiled(Back(0, 1) + Back(2, 3));
        Assert.Equal((0, 2, 1), (Count<Concat>(gap), Count<Pad>(gap), Count<Add>(gap)));
        var overlap = Compiled(Back(0, 2) + Back(1, 3));
        Assert.Equal((0, 2, 1), (Count<Concat>(overlap), Count<Pad>(overlap), Count<Add>(overlap)));
        // As many places as there are from the first to the last, but one twice and one not at all.
        var both = Compiled(Back(0, 2) + Back(1, 2) + Back(3, 4));
        Assert.Equal((0, 3, 2), (Count<Concat>(both), Count<Pad>(both), Count<Add>(both)));
        Assert.Equal(0, Count<Concat>(Compiled(Back(0, 3) + Back(0, 1, axis: 1))));
    }

    [Fact]
    public void What_touches_within_a_sum_with_gaps_is_joined()
    {
        var plan = Compiled((Back(0, 1) + Back(1, 2)) + Back(4, 5));
        Assert.Equal((1, 2, 1), (Count<Concat>(plan), Count<Pad>(plan), Count<Add>(plan)));
    }

    [Fact]
    public void A_sum_that_others_read_stays_and_is_a_part_of_the_larger_one()
    {
        var shared = Back(0, 1) + Back(1, 3);
        var plan = Compiled(shared.Exp().Sum() + (shared + Back(3, 6)).Sum());
        Assert.Equal((2, 1, 1), (Count<Concat>(plan), Count<Pad>(plan), Count<Add>(plan)));
    }

    [Fact]
    public void What_is_joined_to_be_joined_is_joined_at_once()
    {
        Node all = X.Exp();
        for (var i = 0; i < 5; i++) all = i % 2 == 0 ? Flow.Concat([all, X.Tanh()], 0) : Flow.Concat([X.Exp(), all], -2);
        var concat = Assert.Single(GraphOrder.Of(Compiled(all)).OfType<Operation>(), node => node.Op is Concat);
        Assert.Equal(6, concat.InputArray.Length);
        // Along another axis it is another thing, and what others read too is there anyway.
        Assert.Equal(2, Count<Concat>(Compiled(Flow.Concat([Flow.Concat([X.Exp(), X], 0), Flow.Concat([X.Exp(), X], 0)], 1))));
        var inner = Flow.Concat([X.Exp(), X], 0);
        Assert.Equal(2, Count<Concat>(Compiled(Flow.Concat([inner, X], 0).Sum() + inner.Exp().Sum())));
    }

    [Fact]
    public void Sums_of_random_parts_keep_their_values()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var terms = new List<Node>();
            for (var i = random.Next(2, 8); i > 0; i--)
            {
                var start = random.Next(6);
                terms.Add(random.Next(6) == 0 && terms.Count > 0 ? terms[random.Next(terms.Count)] : Back(start, random.Next(start, 7)));
            }
            while (terms.Count > 1)
            {
                var (left, right) = (terms[random.Next(terms.Count)], terms[random.Next(terms.Count)]);
                if (random.Next(4) != 0) terms.Remove(left);
                if (random.Next(4) != 0) terms.Remove(right);
                terms.Add(left + right);
                if (terms.Count > 6) terms.RemoveRange(0, 3);
            }
            var feed = new Feed { [X] = Enumerable.Range(0, 12).Select(i => (float)Math.Sin(i + seed)).ToArray() };
            var expected = new Model(default, terms[0].Tanh()).Predict(feed);
            var plain = PlainReading.Of([terms[0].Tanh()], feed)[0];
            for (var row = 0; row < 6; row++) Assert.Equal(plain[row, 0], expected[row, 0], 1e-6 + 1e-4 * Math.Abs(plain[row, 0]));
        }
    }

    // What comes back through a slice to the place it was taken from.
    private static Node Back(long start, long end, int axis = 0) =>
        Flow.AddFlow(X.Slice(axis, start, end).Tanh(), new Slice.Unslice(new Slice(axis, start, end), X));

    private static Node[] Compiled(Node output) =>
        Compiler.Compile([output.Exp()], new Dictionary<Placeholder, Shape> { [X] = X.Shape }, new CompilerOptions()).Outputs;

    private static int Count<T>(Node[] outputs) where T : Op => GraphOrder.Of(outputs).OfType<Operation>().Count(node => node.Op is T);
}
