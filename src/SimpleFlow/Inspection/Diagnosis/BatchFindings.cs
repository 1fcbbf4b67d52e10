using System.Globalization;
using System.Numerics.Tensors;

namespace SimpleFlow;

/// <summary>What one step on one batch shows, layer by layer: how large values and gradients are, which units are always off,
/// and how far the weights would move.</summary>
internal sealed class BatchFindings(Node loss, BackwardSweep sweep, IReadOnlyList<Variable> trained, IReadOnlyList<Node> updates,
    StepReplay replay)
{
    private const int FewestRows = 8;               // with fewer a unit may be off by chance
    private const double Most = 0.5;                // the share of a layer from which on it is reported
    private const double Explodes = 1000;           // times the largest number that is fed
    private const double Vanishes = 1e-3;           // of the largest gradient
    private const double Moves = 0.5;               // of the weights, in one step
    private const double NearTheEnd = 0.01;         // of a sigmoid's or tanh's range

    public IEnumerable<TrainingFinding> All()
    {
        var forward = GraphOrder.Of([loss], valuesOnly: true).OfType<Operation>().Where(node => node.ElementType == ElementType.Float32)
            .ToList();
        if (forward.Find(node => replay.RangeOf(node).NonFinite > 0) is { } broken)
        {
            yield return Found("not finite", broken, $"`{broken.Label}` is {replay.RangeOf(broken)}.",
                "Choose a smaller learning rate, clip the gradients (ClipNorm), or look for numbers in the data that are not finite.");
            yield break;
        }
        foreach (var finding in Units(forward).Concat(Values(forward)).Concat(Weights())) yield return finding;
    }

    private IEnumerable<TrainingFinding> Units(List<Operation> forward)
    {
        foreach (var layer in forward.Where(node => node.Shape.Rank >= 2 && node.Op is Relu or Sigmoid or Tanh))
        {
            var (elements, sizes) = replay.Elements(layer);
            // Maps of images have their channels second, everything else its features last.
            var (rows, units, inner) = sizes.Length == 4 ? (sizes[0], sizes[1], sizes[2] * sizes[3])
                : (elements.Length / Math.Max(1, sizes[^1]), sizes[^1], 1);
            if (rows * inner < FewestRows || units == 0) continue;
            var lost = Enumerable.Range(0, units).Count(unit => IsLost(layer.Op, elements, unit, rows, units, inner));
            if (lost < Most * units) continue;
            yield return layer.Op is Relu
                ? Found("dead units", layer,
                    $"{lost} of {NumberText.Count(units, "unit")} of `{layer.Label}` are 0 for "
                        + $"{(rows == 1 ? "the only row" : $"all {rows} rows")}, so nothing flows back through them.",
                    "Train again with a smaller learning rate, He's initial weights and a bias of 0, or LeakyRelu.")
                : Found("saturated units", layer,
                    $"{lost} of {NumberText.Count(units, "unit")} of `{layer.Label}` are at an end of their range for "
                        + $"{(rows == 1 ? "the only row" : $"all {rows} rows")}, where they are flat.",
                    "Bring the inputs to a scale of about 1, start from smaller weights (Glorot), or choose a smaller learning rate.");
        }
    }

    private static bool IsLost(Op op, float[] elements, int unit, int rows, int units, int inner)
    {
        var (lowest, highest) = op is Tanh ? (-1f, 1f) : (0f, 1f);
        var near = (float)NearTheEnd * (highest - lowest);
        for (var row = 0; row < rows; row++)
        {
            foreach (var value in elements.AsSpan((row * units + unit) * inner, inner))
            {
                if (op is Relu ? value != 0 : value > lowest + near && value < highest - near) return false;
            }
        }
        return true;
    }

    private IEnumerable<TrainingFinding> Values(List<Operation> forward)
    {
        var fed = Math.Max(1, replay.Order.OfType<Placeholder>().Where(node => node.ElementType == ElementType.Float32)
            .Select(node => replay.RangeOf(node).Reach).DefaultIfEmpty(0).Max());
        if (forward.Find(node => node.Shape.Rank >= 2 && replay.RangeOf(node).Reach > Explodes * fed) is { } first)
        {
            yield return Found(
                "exploding values", first,
                $"`{first.Label}` reaches {Text(replay.RangeOf(first).Reach)}, and what is fed reaches {Text(fed)}.",
                "Start from smaller weights (He's for relu, Glorot's for tanh), normalise between the layers, or choose a smaller "
                    + "learning rate.");
        }
    }

    private IEnumerable<TrainingFinding> Weights()
    {
        var gradients = trained.Where(variable => variable.Shape.Rank >= 2 && sweep.GradientOf(variable) is not null)
            .Select(variable => (Variable: variable, Size: Size(replay.Elements(sweep.GradientOf(variable)!).Elements))).ToList();
        if (gradients.Count > 0)
        {
            var (largest, smallest) = (gradients.MaxBy(one => one.Size), gradients.MinBy(one => one.Size));
            if (smallest.Size == 0)
                yield return Found("no gradient", smallest.Variable,
                    $"Nothing flows back to `{smallest.Variable.Label}`: its gradient is 0.",
                    "Look for dead units behind it, or for a part of the graph that stops gradients.");
            else if (smallest.Size < Vanishes * largest.Size)
            {
                yield return Found(
                    "vanishing gradients", smallest.Variable,
                    $"An element of the gradient of `{smallest.Variable.Label}` is about {Text(smallest.Size)}, of "
                        + $"`{largest.Variable.Label}` {Text(largest.Size)}.",
                    "Use relu with He's initial weights, normalise between the layers, or add a way around some of them.");
            }
        }
        var moves = updates.OfType<Operation>()
            .Where(update =>
                update.Op is Assign && update.InputArray[0] is Variable { IsTrainable: true } && update.InputArray[0].Shape.Rank >= 2)
            .Select(update => (Variable: (Variable)update.InputArray[0], Share: Move(update))).ToList();
        if (moves.Count == 0) yield break;
        var far = moves.MaxBy(one => one.Share);
        if (far.Share > Moves)
        {
            yield return Found(
                "large steps", far.Variable,
                string.Create(CultureInfo.InvariantCulture,
                    $"The next step would change `{far.Variable.Label}` by {100 * far.Share:F0} % of its size."),
                "Choose a smaller learning rate.");
        }
    }

    private double Move(Operation update)
    {
        var before = ((Variable)update.InputArray[0]).Memory.Span;
        var after = replay.Elements(update).Elements;
        var size = Size(before);
        return size == 0 ? 0 : TensorPrimitives.Distance(before, after) / Math.Sqrt(before.Length) / size;
    }

    /// <summary>The root of the mean of the squares.</summary>
    private static double Size(ReadOnlySpan<float> elements) =>
        elements.IsEmpty ? 0 : TensorPrimitives.Norm(elements) / Math.Sqrt(elements.Length);

    private static string Text(double number) => number.ToString("G2", CultureInfo.InvariantCulture);

    private static TrainingFinding Found(string name, Node node, string what, string advice) => new(name, what, advice) { Node = node };
}
