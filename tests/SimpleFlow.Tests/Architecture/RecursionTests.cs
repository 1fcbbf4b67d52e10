namespace SimpleFlow.Tests.Architecture;

/// <summary>
/// That nothing recurses as deep as what a user gives: a stack overflow ends the process, and nobody can catch it. Every method that may
/// call itself is named here, with what bounds its depth.
/// </summary>
public class RecursionTests
{
    private static readonly Dictionary<string, string> Bounds = new(StringComparer.Ordinal)
    {
        ["Prepared.Refresh"] = "what it runs has nothing prepared",
        ["Operation.Expression"] = "its parameter counts down",
        ["FormulaWriter.Write"] = "no formula is deeper than NodeFormulas.DeepestFormula",
        ["NodeFormulas.Of"] = "it counts to DeepestFormula",
        ["Layer.Build"] = "layers are nested at most Layer.MostNested deep",
        ["Residual.DepthOf"] = "the same",
        ["Search.Find"] = "a pattern of an idiom is five ops deep",
        ["Pattern.get_Letters"] = "the same",
        ["ScanProgram.get_Kernels"] = "recurrences are nested at most ScanBody.MostNested deep",
        ["ScanProgram.get_Flops"] = "the same",
        ["ScanProgram.Bind"] = "the same",
        ["ScanProgram.For"] = "the same",
        ["Executable.Run"] = "the same",
        ["SavedGraph.Lines"] = "the same",
        ["Sequence.Run"] = "a sequence of kernels is made by an op, and holds no other",
        ["Sequence.Paths"] = "the same",
        ["RowSelection.Read"] = "DataArray.MostNested; ranges and joins of each other are flat",
        ["RowSelection.get_IsReadAhead"] = "the same",
        ["OneHotRows.get_Window"] = "the same",
        ["RowJoin.get_Depth"] = "the same",
        ["RowJoin.Range"] = "the parts of a join are no joins",
        ["RowSelection.SharedRows"] = "what is below is a selection less",
        ["ValueText.Whole"] = "the rank of a tensor that is small enough to be printed",
        ["Concat.Gradient"] = "it picks one of its own list of all gradients",
        ["DataArray.Reshape"] = "what is copied is reshaped once more",
        ["Probabilities.Of"] = "one score is turned into two, once",
        ["TableRows.Text"] = "a date with an offset is written as one without, once",
        ["Unpart.Evaluate"] = "the padding's own rule, found by its name",
        ["Comparison.RunTile"] = "the function of a tile is called through its interface, once",
        ["Unslice.get_Attributes"] = "those of the op whose gradient it is",
        ["CompositeGradient.TypeOf"] = "the order of the derivative",
        ["CompositeGradient.ReadsOnlyShape"] = "the same",
        ["Applied.Value"] = "SizeExpression.Deepest",
        ["Applied.get_Nodes"] = "the same",
        ["OnnxValue.get_Node"] = "a constant asks for the shape of its numbers, which asks for no node",
        ["Conversion.Folded"] = "a sequence has tensors, and no sequences",
        ["Conversion.Placed"] = "the same",
        ["Conversion.IsKnown"] = "the same",
        ["Captured.By"] = "graphs are nested at most OpCounts.DeepestNesting deep",
        ["Captured.Graphs"] = "the same",
        ["OpCounts.<Of>g__Look|1_0"] = "it counts to DeepestNesting",
        ["GraphImport.Find"] = "ModelContext.DeepestNesting",
        ["GraphImport.Apply"] = "the same",
        ["Functions.Sin"] = "the derivative of the derivative is built when it is asked for",
        ["Convolutions.Slide"] = "the axes of a window",
        ["Convolutions.Spread"] = "the same",
        ["Pools.Max"] = "the same",
        ["TypeProto.Clone"] = "a message is read 100 deep at most, and only what was read is cloned",
        ["TypeProto.MergeFrom"] = "protobuf reads messages 100 deep at most",
        ["OptionalProto.Clone"] = "the same",
        ["OptionalProto.MergeFrom"] = "the same",
    };

    [Fact]
    public void Every_method_that_calls_itself_is_known_and_has_a_bound()
    {
        var circles = new[] { typeof(Node), typeof(SimpleFlow.Plots.Chart), typeof(SimpleFlow.Images.Pictures),
            typeof(SimpleFlow.Onnx.OnnxModel), typeof(SimpleFlow.Cli.Tool) }
            .SelectMany(type => RecursiveMethods.CirclesOf(type.Assembly)).ToList();
        var unknown = circles.Where(circle => !circle.Exists(Bounds.ContainsKey)).Select(circle => string.Join(", ", circle.Distinct()));
        Assert.True(!unknown.Any(), string.Join("\n", unknown));
        Assert.DoesNotContain(Bounds.Keys, name => !circles.Exists(circle => circle.Contains(name)));
    }
}
