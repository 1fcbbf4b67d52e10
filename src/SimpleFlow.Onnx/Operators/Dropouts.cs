namespace SimpleFlow.Onnx.Operators;

/// <summary>Dropout, which an imported model does not do: it passes its input on, also when it is trained further.</summary>
internal static class Dropouts
{
    public static IEnumerable<Operator> All =>
        [
        new("Dropout", node =>
        {
            if (node.Number(2, 0) != 0 && node.Number(1, 0.5) != 0)
                throw node.Fault("dropout in training mode draws random numbers, which no other program draws; export the model for use.");
            var mask = node.HasOutput(1) ? OnnxValue.Of(node.Float(0).Equal(node.Float(0).StopGradient()), DataType.Bool) : null!;
            return [node.Input(0), mask];
        })
        { Settings = [1, 2], Differs = "passes its input on; in training mode refused" },
        ];
}
