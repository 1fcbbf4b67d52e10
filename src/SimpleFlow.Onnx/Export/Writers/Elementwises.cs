namespace SimpleFlow.Onnx.Export.Writers;

/// <summary>Functions of one number, and arithmetic of two.</summary>
internal static class Elementwises
{
    public static IEnumerable<Exporter> All =>
        [
        Exporter.Same<Abs>("Abs"), Exporter.Same<Negate>("Neg"), Exporter.Same<Sign>("Sign"), Exporter.Same<Exp>("Exp"),
        Exporter.Same<Log>("Log"), Exporter.Same<Sqrt>("Sqrt"), Exporter.Same<Erf>("Erf"), Exporter.Same<Tanh>("Tanh"),
        Exporter.Same<Sigmoid>("Sigmoid"), Exporter.Same<Relu>("Relu"), Exporter.Same<Softplus>("Softplus"),
        Exporter.Same<StopGradient>("Identity"),
        Exporter.Same<Add>("Add"), Exporter.Same<Subtract>("Sub"), Exporter.Same<Multiply>("Mul"), Exporter.Same<Divide>("Div"),
        Exporter.Same<Maximum>("Max"), Exporter.Same<Minimum>("Min"),
        Exporter.Of<LeakyRelu>((node, op) => node.Result("LeakyRelu", node.Inputs, With.Float("alpha", op.Slope))),
        Exporter.Of<ExpMinusOne>((node, _) => node.Result("Sub", [node.Step("Exp", node.Inputs), node.Number(1)])),
        Exporter.Of<Power>((node, op) =>
        {
            if (op.Exponent == 0.5f) node.Result("Sqrt", node.Inputs);
            else if (op.Exponent == -1) node.Result("Reciprocal", node.Inputs);
            else node.Result("Pow", [node.Input(0), node.Number(op.Exponent)]);
        }),
        // A bound that bounds nothing is left out: not every program reads an infinite one.
        Exporter.Of<Clip>((node, op) => node.Result("Clip",
            [node.Input(0), float.IsInfinity(op.Lowest) ? "" : node.Number(op.Lowest),
                .. float.IsInfinity(op.Highest) ? (string[])[] : [node.Number(op.Highest)]])),
        ];
}
