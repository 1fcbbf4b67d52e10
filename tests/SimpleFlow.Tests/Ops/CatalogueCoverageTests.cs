namespace SimpleFlow.Tests.Ops;

/// <summary>That the catalogue is as wide as it claims: every op at every rank it takes, with sizes of 0
/// and 1, and stretched along every axis.</summary>
[Trait("Promise", "1")]
public class CatalogueCoverageTests(ITestOutputHelper output)
{
    private const int HighestRank = 5;

    // Where an op does not take every rank from 0 on, the ranks it takes.
    private static readonly Dictionary<Type, (int Lowest, int Highest)> Ranks = new()
    {
        [typeof(ArgMax)] = (1, HighestRank),
        [typeof(Concat)] = (1, HighestRank),
        [typeof(Gather)] = (1, HighestRank),
        [typeof(LogSoftmax)] = (1, HighestRank),
        [typeof(Pad)] = (1, HighestRank),
        [typeof(Slice)] = (1, HighestRank),
        [typeof(Softmax)] = (1, HighestRank),
        [typeof(SoftmaxCrossEntropy)] = (1, HighestRank),
        [typeof(MatMul)] = (2, HighestRank),
        [typeof(AveragePool2D)] = (4, 4),
        [typeof(Conv2D)] = (4, 4),
        [typeof(ConvTranspose2D)] = (4, 4),
        [typeof(MaxPool2D)] = (4, 4),
    };

    private static readonly ILookup<Type, Operation> Written = OpSamples.All.Values
        .SelectMany(sample => GraphOrder.Of([sample.Output]).OfType<Operation>()).Where(node => node.Op.GetType().IsPublic)
        .ToLookup(node => node.Op.GetType());

    [Fact]
    public void Every_op_is_sampled_at_every_rank_and_with_sizes_of_0_and_1()
    {
        var missing = new List<string>();
        foreach (var op in Written)
        {
            var (lowest, highest) = Ranks.GetValueOrDefault(op.Key, (0, HighestRank));
            // An assignment's source is the value; the variable is its first input, of the same shape.
            var ranks = op.Select(node => node.InputArray[0].Shape.Rank).ToHashSet();
            missing.AddRange(Enumerable.Range(lowest, highest - lowest + 1).Where(rank => !ranks.Contains(rank))
                .Select(rank => $"{op.Key.Name} at rank {rank}"));
            foreach (var size in (long[])[0, 1])
            {
                if (!op.Any(node => node.InputArray.Any(input => input.Shape.Contains(size))))
                    missing.Add($"{op.Key.Name} with a size of {size}");
            }
        }
        Assert.True(missing.Count == 0, string.Join('\n', missing));
        output.WriteLine($"{Written.Count} ops in {OpSamples.All.Count} samples.");
    }

    [Fact]
    public void Every_operand_is_stretched_along_every_axis()
    {
        var missing = new List<string>();
        foreach (var op in Written.Where(op => op.First().Op is Elementwise && op.First().InputArray.Length > 1))
        {
            var stretched = new HashSet<(int Input, int Rank, int Axis)>();
            foreach (var node in op)
            {
                for (var input = 0; input < node.InputArray.Length; input++)
                {
                    var (from, to) = (node.InputArray[input].Shape, node.Shape);
                    for (var axis = 0; axis < to.Rank; axis++)
                    {
                        var own = axis - (to.Rank - from.Rank);
                        if (own >= 0 && from[own] == 1 && to[axis] > 1) stretched.Add((input, to.Rank, axis));
                    }
                }
            }
            for (var input = 0; input < op.First().InputArray.Length; input++)
                for (var rank = 1; rank <= HighestRank; rank++)
                    for (var axis = 0; axis < rank; axis++)
                        if (!stretched.Contains((input, rank, axis)))
                            missing.Add($"{op.Key.Name}: operand {input} of rank {rank} along axis {axis}");
        }
        Assert.True(missing.Count == 0, string.Join('\n', missing));
    }

    [Fact]
    public void Counts()
    {
        var (jacobians, elements, directions) = (0, 0L, 0);
        foreach (var sample in OpSamples.All.Values.Where(sample => !sample.Blocks))
        {
            foreach (var feed in sample.Feeds)
            {
                var count = sample.Floats.Sum(input => feed[input].Count);
                if (count > Check.LargestJacobian) directions++;
                else (jacobians, elements) = (jacobians + 1, elements + count);
            }
        }
        output.WriteLine(
            $"First derivatives: {jacobians} feeds with every one of their {elements} elements differenced, {directions} large ones along "
                + "a random direction.");
        Assert.True(jacobians > 1000 && directions > 20);
    }
}
