using SimpleFlow.Compilation;
using SimpleFlow.Tests.Compilation;

namespace SimpleFlow.Tests.Ops;

/// <summary>Every op of the catalogue, with huge sizes where its samples have small ones:
/// built or refused when the node is built, planned or refused when it is compiled, and nothing is allocated for it.</summary>
[Trait("Promise", "11")]
public class OpSizeTests
{
    private static readonly long[] Huge = [0, 1, 46_341, int.MaxValue, 1L << 31, 1L << 33, long.MaxValue];

    public static TheoryData<string> Names => [.. OpSamples.All.Keys];

    [Theory, MemberData(nameof(Names))]
    public void Sizes_are_refused_by_the_rule_or_planned(string name)
    {
        var sample = OpSamples.All[name];
        using var _ = MemoryBudget.Pretend(200_000_000_000);
        foreach (var shapes in sample.Inputs.SelectMany((input, i) => Changed(sample.Inputs, i)).Take(60))
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                Placeholder[] inputs = [
                    .. sample.Inputs.Select((input, i) => new Placeholder(input.Name!, Shape.Create(shapes[i]), input.ElementType))];
                var output = sample.On(inputs);
                var floats = inputs.Where(input => input.ElementType == ElementType.Float32).ToArray();
                Node[] outputs = floats.Length > 0 && output.ElementType == ElementType.Float32
                    ? [output, .. Gradients.Of(output.Sum(), floats)] : [output];
                var fed = inputs.ToDictionary(input => input, input => Shape.Create([.. input.Shape.Select(size => size ?? int.MaxValue)]));
                var plan = Compiler.Compile(outputs, fed, Reading.OneThread);
                Assert.True(plan.ArenaLength >= 0 && plan.Steps.All(step => step.Cost >= 0 && step.Bytes >= 0));
            }
            catch (SimpleFlowException) { }
            var taken = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(taken < 4_000_000,
                $"{string.Join(" ", shapes.Select(shape => $"[{string.Join(", ", shape)}]"))}: {taken:N0} bytes were allocated.");
        }
    }

    /// <summary>One axis of one input, and all axes of its size, made huge.</summary>
    private static IEnumerable<long?[][]> Changed(Placeholder[] inputs, int input)
    {
        for (var axis = 0; axis < inputs[input].Shape.Rank; axis++)
        {
            var small = inputs[input].Shape[axis];
            foreach (var huge in Huge)
            {
                yield return [
                    .. inputs.Select((other, i) => other.Shape.Select((size, at) => i == input && at == axis ? huge : size).ToArray())];
                yield return [.. inputs.Select(other => other.Shape.Select(size => size == small ? huge : size).ToArray())];
            }
        }
    }
}
