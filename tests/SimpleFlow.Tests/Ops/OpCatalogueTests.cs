namespace SimpleFlow.Tests.Ops;

/// <summary>What every op has to stand, on every sample of it.</summary>
[Trait("Promise", "1")]
[Trait("Promise", "2")]
public class OpCatalogueTests
{
    public static TheoryData<string> Names => [.. OpSamples.All.Keys];

    /// <summary>The samples of which there is a gradient.</summary>
    public static TheoryData<string> WithGradient => [.. OpSamples.All.Values.Where(HasGradient).Select(sample => sample.Name)];

    /// <summary>The samples of which there is a gradient that is not zero on purpose.</summary>
    public static TheoryData<string> WithSecondGradient =>
        [.. OpSamples.All.Values.Where(sample => HasGradient(sample) && !sample.Blocks).Select(sample => sample.Name)];

    [Fact]
    public void Every_op_has_a_sample()
    {
        var written = new HashSet<Type>();
        var reached = new HashSet<Type>();
        foreach (var sample in OpSamples.All.Values)
        {
            written.UnionWith(OpsOf([sample.Output]));
            reached.UnionWith(OpsOf(FirstAndSecond(sample)));
        }
        var ops = typeof(Op).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(Op)) && !type.IsAbstract).ToList();
        Assert.NotEmpty(ops);
        Assert.Empty(ops.Where(op => op.IsPublic).Except(written).Select(op => op.Name));
        // Those that talk to other ranks have no value on one: RanksAgreeTests compares graphs with them on several.
        Type[] ofRanks = [typeof(RankFactor), typeof(SumOverRanks), typeof(LargestOverRanks), typeof(PutIntoBucket),
            typeof(TakeFromBucket)];
        Assert.Empty(ops.Where(op => !op.IsPublic).Except(reached).Except(ofRanks).Select(op => op.Name));
    }

    [Theory, MemberData(nameof(WithGradient))]
    public void Its_gradient_is_its_derivative(string name)
    {
        var sample = OpSamples.All[name];
        foreach (var feed in sample.Feeds)
        {
            if (sample.Blocks)
            {
                var gradients = Gradients.Of(sample.Output.Sum(), sample.Floats);
                var values = PlainReading.ValuesOf(gradients, feed);
                Assert.All(gradients, gradient => Assert.DoesNotContain(values[gradient].Elements, element => element != 0));
            }
            else Check.Gradients([Differentiable(sample)], sample.Floats, feed);
        }
    }

    [Theory, MemberData(nameof(WithSecondGradient))]
    public void The_gradient_of_its_gradient_is_its_second_derivative(string name)
    {
        var sample = OpSamples.All[name];
        var output = Differentiable(sample);
        var (gradients, upstreams) = Check.Backward([output], sample.Floats);
        foreach (var feed in sample.Feeds)
        {
            Check.FeedUpstreams([output], upstreams, feed);
            Check.Gradients(gradients, [.. sample.Floats, .. upstreams], feed);
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void Its_inferred_shape_and_type_hold_what_comes_out(string name)
    {
        var sample = OpSamples.All[name];
        foreach (var feed in sample.Feeds)
        {
            foreach (var (node, value) in PlainReading.ValuesOf([sample.Output], feed))
            {
                Assert.True(node.Shape.Admits(value.Shape), $"`{node.Label}` is declared {node.Shape} and is {value.Shape}.");
                if (node is Operation operation)
                    Assert.Equal(value.Shape,
                        operation.Specialise(Array.ConvertAll(operation.InputArray, input => ValueOf(input, feed).Shape)));
                if (node.ElementType == ElementType.Bool) Assert.DoesNotContain(value.Elements, element => element is not (0 or 1));
                if (node.ElementType == ElementType.Int32)
                    Assert.DoesNotContain(value.Elements, element => Math.Truncate(element) != element);
            }
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void Compiled_it_means_what_it_means_plainly(string name)
    {
        var sample = OpSamples.All[name];
        var nodes = FirstAndSecond(sample, out var upstreams);
        foreach (var feed in sample.Feeds)
        {
            foreach (var (node, upstream) in upstreams) Check.FeedUpstreams([node], [upstream], feed);
            Check.Compiled(nodes, feed);
        }
    }

    private static bool HasGradient(Sample sample) => sample.Floats.Length > 0;

    private static Node Differentiable(Sample sample) =>
        sample.Output.ElementType == ElementType.Float32 ? sample.Output : sample.Output.Cast();

    private static Node[] FirstAndSecond(Sample sample) => FirstAndSecond(sample, out _);

    /// <summary>The sample's value, its gradients, and the gradients of those.</summary>
    private static Node[] FirstAndSecond(Sample sample, out List<(Node Node, Placeholder Upstream)> upstreams)
    {
        var output = Differentiable(sample);
        var (first, upstream) = Check.Backward([output], sample.Floats);
        upstreams = [(output, upstream[0])];
        if (first.Count == 0) return [sample.Output, output];
        var (second, upstreamsOfFirst) = Check.Backward(first, [.. sample.Floats, .. upstream]);
        upstreams.AddRange(first.Zip(upstreamsOfFirst));
        return [sample.Output, output, .. first, .. second];
    }

    private static PlainTensor ValueOf(Node node, PlainFeed feed) => PlainReading.ValuesOf([node], feed)[node];

    private static IEnumerable<Type> OpsOf(Node[] outputs) => GraphOrder.Of(outputs).OfType<Operation>().Select(node => node.Op.GetType());
}
