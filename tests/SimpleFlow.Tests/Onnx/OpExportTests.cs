using SimpleFlow.Onnx;
using SimpleFlow.Onnx.Export;
using SimpleFlow.Tests.Ops;

namespace SimpleFlow.Tests.Onnx;

/// <summary>Every sample of every op, exported: what ONNX Runtime computes, and what the file means when it is read again.</summary>
public class OpExportTests
{
    /// <summary>Samples that are refused, by how their names begin: random numbers, what belongs to training, ops without a form of their
    /// own, and those that only plans of predictions have.</summary>
    private static readonly string[] Refused =
        ["RandomMask", "RandomNormal", "RandomUniform", "Guard", "Decay", "Cross-entropy of logits", "MaxPool2DPick",
            "Gather at classes that are checked", "Packed", "SumLike", "Scan of products [?", "Scan of which the flat result"];

    // What is written by its parts needs known sizes, and a recurrence the number of its steps.
    private static bool IsRefused(string name) => Array.Exists(Refused, start => name.StartsWith(start, StringComparison.Ordinal))
        || (name.StartsWith("Composite", StringComparison.Ordinal) && name.Contains('?', StringComparison.Ordinal));

    public static TheoryData<string> Written => [.. OpSamples.All.Keys.Where(name => !IsRefused(name))];

    public static TheoryData<string> NotWritten => [.. OpSamples.All.Keys.Where(IsRefused)];

    /// <summary>What ONNX Runtime refuses or computes wrongly if a tensor has no elements: it reads memory that it never wrote, or gives
    /// the result the shape of the input.</summary>
    private static readonly string[] WrongThereForNothing =
        ["MatMul", "SoftmaxCrossEntropy", "ArgMax", "Conv", "MaxPool2D", "AveragePool2D"];

    [Theory, MemberData(nameof(Written))]
    public void It_means_the_same_in_ONNX_Runtime(string name)
    {
        var sample = OpSamples.All[name];
        foreach (var feed in sample.Feeds)
        {
            if (feed.Values.Any(value => value.Count == 0)
                && Array.Exists(WrongThereForNothing, start => name.StartsWith(start, StringComparison.Ordinal))) continue;
            Assert.Null(Exported.Difference([sample.Output], feed));
        }
    }

    [Theory, MemberData(nameof(Written))]
    public void Read_again_it_means_the_same(string name)
    {
        var sample = OpSamples.All[name];
        foreach (var feed in sample.Feeds) Assert.Null(Exported.OtherBitsAfterReading([sample.Output], feed));
    }

    [Theory, MemberData(nameof(NotWritten))]
    public void What_cannot_be_written_is_refused_by_the_name_of_its_op(string name)
    {
        var refusal = Assert.Throws<OnnxException>(() => Exported.Bytes([OpSamples.All[name].Output]));
        Assert.Contains("cannot be written as ONNX", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_public_op_is_written_or_gone_from_a_graph_for_use_or_refused()
    {
        Type[] gone = [typeof(Dropout), typeof(RunningAverage), typeof(Assign)];
        Type[] refused = [typeof(RandomMask), typeof(RandomNormal), typeof(RandomUniform)];
        var ops = typeof(Op).Assembly.GetTypes()
            .Where(type => type.IsSubclassOf(typeof(Op)) && type is { IsAbstract: false, IsPublic: true });
        Assert.Equal(ops.Except(gone).Except(refused).Select(op => op.Name).Order(StringComparer.Ordinal),
            ExporterTable.Ops.Select(op => op.Name).Order(StringComparer.Ordinal));
    }
}
