namespace SimpleFlow.Playground.Experiments;

/// <summary>What happens in the next step of a run, number by number: the library's own trace of the next batch, taken apart.</summary>
public sealed class PlaneInsight
{
    private readonly PlaneRun _run;
    private readonly Feed _feed;
    private readonly Trace _trace;

    /// <summary>Looks into the next step of a run. It changes nothing.</summary>
    public PlaneInsight(PlaneRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        _run = run;
        _feed = run.Training.NextBatch();
        _trace = run.Model.Trace(_feed);
        Rows = (int)_trace[run.Network.Input].Value.Shape[0]!.Value;
    }

    /// <summary>How many rows the batch has.</summary>
    public int Rows { get; }

    /// <summary>The number of layers, that of the output included.</summary>
    public int Layers => _run.Network.Weights.Count;

    /// <summary>The sum of all losses, penalties included.</summary>
    public double Loss => _trace[_trace.Loss].Value.Values.ToArray()[0];

    /// <summary>The rule by which the trace hands gradients back at a node.</summary>
    public IReadOnlyList<string> Rules(Node node) => _trace[node].LocalRules;

    /// <summary>The derivation of the same step.</summary>
    public IReadOnlyList<DerivationStep> Derivation() => _run.Model.Derivation(_feed).Steps;

    /// <summary>The numbers that a line of the derivation computes; null: it computes none of the graph.</summary>
    public TensorStatistics? NumbersOf(DerivationStep step)
    {
        ArgumentNullException.ThrowIfNull(step);
        if (step.About is not { } node) return null;
        return step.Section switch
        {
            "Network" => _trace[node].Value,
            "Updates" => _trace[node].Update,
            _ => _trace[node].Gradient,
        };
    }

    /// <summary>A unit in one row.</summary>
    public UnitNumbers Unit(int layer, int unit, int row)
    {
        var (sums, outputs) = Nodes(layer);
        return new UnitNumbers(
            [.. Enumerable.Range(0, InputCount(layer)).Select(from => WeightOf(layer, from, unit, row))],
            Bias(layer, unit), At(_trace[sums].Value, row, unit), At(_trace[outputs].Value, row, unit),
            At(_trace[outputs].Gradient, row, unit), At(_trace[sums].Gradient, row, unit));
    }

    /// <summary>A weight, with the terms of its gradient: one for each row.</summary>
    public WeightTerms Weight(int layer, int from, int unit)
    {
        var sums = _run.Network.Sums(layer);
        var inputs = Inputs(layer);
        var terms = new (double Input, double Delta)[Rows];
        for (var row = 0; row < Rows; row++) terms[row] = (At(inputs, row, from), At(_trace[sums].Gradient, row, unit));
        return new WeightTerms(WeightOf(layer, from, unit, row: 0), terms);
    }

    /// <summary>The bias of a unit; its input is always 1.</summary>
    public WeightNumbers Bias(int layer, int unit) => Numbers(_run.Network.Biases[layer], unit, input: 1);

    /// <summary>Each row's prediction, target, and ∂loss/∂score of every output.</summary>
    public IReadOnlyList<LossRow> LossRows()
    {
        var (scores, output, target) = (_trace[_run.Network.Scores], PlainReading.Of([_run.Network.Output], _feed)[0].ToArray(),
            _trace[_run.Network.Target].Value.Values.ToArray());
        var outputs = output.Length / Rows;
        return [.. Enumerable.Range(0, Rows).Select(row => new LossRow(output[(row * outputs)..((row + 1) * outputs)], target[row],
            [.. Enumerable.Range(0, outputs).Select(unit => At(scores.Gradient, row, unit))]))];
    }

    /// <summary>The gradient of one element by differences: the loss a little above and a little below, everything else as it is.</summary>
    public FiniteDifferences Differences(Variable variable, int index)
    {
        ArgumentNullException.ThrowIfNull(variable);
        var before = variable.Values.ToArray();
        var distance = MathF.ScaleB(MathF.Max(1, MathF.Abs(before[index])), -10);
        try
        {
            var (above, right) = LossAt(before[index] + distance);
            var (below, left) = LossAt(before[index] - distance);
            return new FiniteDifferences(above, below, (double)right - left);
        }
        finally
        {
            variable.Set(before);
        }

        (double Loss, float At) LossAt(float value)
        {
            var moved = (float[])before.Clone();
            moved[index] = value;
            variable.Set(moved);
            var trace = _run.Model.Trace(_feed);
            return (trace[trace.Loss].Value.Values.ToArray()[0], value);
        }
    }

    private (Node Sums, Node Outputs) Nodes(int layer) =>
        (_run.Network.Sums(layer), layer == Layers - 1 ? _run.Network.Scores : _run.Network.Hidden[layer]);

    private TensorStatistics Inputs(int layer) => _trace[_run.Network.InputOf(layer)].Value;

    private int InputCount(int layer) => (int)_run.Network.Weights[layer].Shape[0]!.Value;

    private WeightNumbers WeightOf(int layer, int from, int unit, int row)
    {
        var variable = _run.Network.Weights[layer];
        return Numbers(variable, from * (int)variable.Shape[1]!.Value + unit, At(Inputs(layer), row, from));
    }

    private WeightNumbers Numbers(Variable variable, int index, double input)
    {
        var row = _trace[variable];
        return new WeightNumbers(variable, index, variable.Values.ToArray()[index], input,
            row.Gradient is { } gradient ? gradient.Values.ToArray()[index] : null,
            row.Update is { } update ? update.Values.ToArray()[index] : null);
    }

    private static double At(TensorStatistics? tensor, int row, int unit) =>
        tensor is null ? 0 : tensor.Values.ToArray()[row * (int)tensor.Shape[1]!.Value + unit];
}

/// <summary>A weight or bias in the next step.</summary>
/// <param name="Variable">Where it is kept.</param>
/// <param name="Index">Its place there.</param>
/// <param name="Value">What it is.</param>
/// <param name="Input">What it is multiplied with.</param>
/// <param name="Gradient">∂loss/∂weight; null: no gradient reaches it.</param>
/// <param name="Update">What the step adds to it; null: nothing.</param>
public sealed record WeightNumbers(Variable Variable, int Index, double Value, double Input, double? Gradient, double? Update);

/// <summary>A unit in one row of the next step.</summary>
/// <param name="Weights">Its weights.</param>
/// <param name="Bias">Its bias.</param>
/// <param name="Sum">Σ weight · input + bias.</param>
/// <param name="Output">What the activation makes of it.</param>
/// <param name="OutputGradient">∂loss/∂output.</param>
/// <param name="Delta">δ, ∂loss/∂sum.</param>
public sealed record UnitNumbers(IReadOnlyList<WeightNumbers> Weights, WeightNumbers Bias, double Sum, double Output,
    double OutputGradient, double Delta);

/// <summary>The terms that a weight's gradient is made of.</summary>
/// <param name="Weight">The weight.</param>
/// <param name="Rows">For each row the input and δ of the unit; their product is the term.</param>
public sealed record WeightTerms(WeightNumbers Weight, IReadOnlyList<(double Input, double Delta)> Rows)
{
    /// <summary>What the loss of the rows adds to the gradient.</summary>
    public double Sum => Rows.Sum(row => row.Input * row.Delta);

    /// <summary>What penalties add to it.</summary>
    public double Penalty => (Weight.Gradient ?? 0) - Sum;
}

/// <summary>A row of the next step.</summary>
/// <param name="Outputs">What the network says.</param>
/// <param name="Target">What it should say.</param>
/// <param name="Deltas">∂loss/∂score.</param>
public sealed record LossRow(double[] Outputs, double Target, double[] Deltas);

/// <summary>A gradient by differences.</summary>
/// <param name="Above">The loss a little above.</param>
/// <param name="Below">The loss a little below.</param>
/// <param name="Distance">How far the two lie apart.</param>
public sealed record FiniteDifferences(double Above, double Below, double Distance)
{
    /// <summary>The slope between the two.</summary>
    public double Slope => (Above - Below) / Distance;
}
