using System.Runtime.CompilerServices;

namespace SimpleFlow;

/// <summary>Losses: each measures how wrong the predictions are, as one number averaged over the batch, or as <see cref="LossReduction"/>
/// says. Prediction and target must have the same shape; neither is stretched.</summary>
public static partial class Losses
{
    /// <summary>The mean of (prediction − target)² over all elements.</summary>
    public static Node MeanSquaredError(Node prediction, Node target, LossReduction reduction = LossReduction.Mean, string? name = "loss",
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Reduced(Difference(prediction, target).Power(2), reduction, name, file, line);

    /// <summary>The mean of |prediction − target| over all elements.</summary>
    public static Node MeanAbsoluteError(Node prediction, Node target, LossReduction reduction = LossReduction.Mean, string? name = "loss",
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Reduced(Difference(prediction, target).Abs(), reduction, name, file, line);

    /// <summary>The mean of ½·d² where |d| ≤ <paramref name="delta"/>, else delta·(|d| − ½·delta), with d = prediction − target: quadratic
    /// for small errors, linear for large ones (Huber, 1964).</summary>
    public static Node Huber(Node prediction, Node target, float delta = 1, LossReduction reduction = LossReduction.Mean,
        string? name = "loss", [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        Positive(nameof(Huber), delta);
        var difference = Difference(prediction, target);
        var size = difference.Abs();
        return Reduced(Flow.Select(size.LessOrEqual(delta), 0.5f * difference.Power(2), delta * (size - 0.5f * delta)), reduction, name,
            file, line);
    }

    /// <summary>The mean of ½·d² / β where |d| ≤ <paramref name="beta"/>, else |d| − ½·β, with d = prediction − target: <see cref="Huber"/>
    /// divided by its delta, so that the slope of large errors is 1 (Girshick, "Fast R-CNN", 2015).</summary>
    public static Node SmoothL1(Node prediction, Node target, float beta = 1, LossReduction reduction = LossReduction.Mean,
        string? name = "loss", [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        Positive(nameof(SmoothL1), beta);
        var difference = Difference(prediction, target);
        var size = difference.Abs();
        return Reduced(Flow.Select(size.LessOrEqual(beta), 0.5f / beta * difference.Power(2), size - 0.5f * beta), reduction, name, file,
            line);
    }

    /// <summary>
    /// The mean of −t·ln σ(x) − (1 − t)·ln(1 − σ(x)) for logits x and targets t between 0 and 1. It is computed as max(x, 0) − x·t + ln(1 +
    /// e^−|x|), which is equal, stays finite for any finite logits, and stays accurate where the loss is small. A logit of −∞ is a
    /// probability of 0: it costs 0 if the target is 0, otherwise ∞; +∞ likewise.
    /// </summary>
    /// <param name="logits">Of any shape.</param>
    /// <param name="target">The probabilities that are right, of the same shape.</param>
    /// <param name="positiveWeight">What the first term is multiplied by, −weight·t·ln σ(x): above 1 where positives are rare. PyTorch's
    /// <c>pos_weight</c>.</param>
    /// <param name="reduction">What becomes of the losses of all elements.</param>
    /// <param name="name">A name for the loss.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    /// <exception cref="ShapeException">The target's shape does not match the logits'.</exception>
    public static Node BinaryCrossEntropy(Node logits, Node target, float positiveWeight = 1, LossReduction reduction = LossReduction.Mean,
        string? name = "loss", [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        SameShape.Require(nameof(BinaryCrossEntropy), logits, target);
        Positive(nameof(BinaryCrossEntropy), positiveWeight);
        if (positiveWeight == 1) return Reduced(Flow.AddFlow(logits, new LogisticCrossEntropy(target)), reduction, name, file, line);
        // w·t and 1 − t, divided by their sum, are a target again: nothing cancels, and infinite logits mean what they did.
        var sum = (positiveWeight - 1) * target + 1f;
        var losses = sum * Flow.AddFlow(logits, new LogisticCrossEntropy(positiveWeight * target / sum));
        return Reduced(losses, reduction, name, file, line);
    }

    /// <summary>
    /// The mean over the batch of −ln softmax(logits)[class], computed with <see cref="Flow.SoftmaxCrossEntropy"/>, which shifts the logits
    /// and so stays finite for any finite logits. A logit of −∞ rules its class out: it adds nothing and gets no gradient. If that class is
    /// the target, or smoothing gives it a probability, the loss is ∞. A row of only −∞ is NaN.
    /// </summary>
    /// <param name="logits">[.., classes].</param>
    /// <param name="target">Class indices [..] of <see cref="ElementType.Int32"/>, or rows [.., classes] that sum to 1.</param>
    /// <param name="name">A name for the loss.</param>
    /// <param name="smoothing">
    /// The probability that the target spreads over all classes, usually 0.1, so that the network is not pushed to be fully certain
    /// (Szegedy and others, "Rethinking the inception architecture", 2016).
    /// </param>
    /// <param name="classWeights">How much each class counts: each row is weighted by the weight of its target class, of rows of
    /// probabilities by Σ target·weight. Useful for rare classes; see <see cref="ClassWeights.Balanced"/>. With smoothing, the whole
    /// smoothed loss of a row is weighted so, as Keras weights examples; PyTorch weights every class of the smoothed target by
    /// itself.</param>
    /// <param name="ignoreIndex">
    /// The class index of rows that do not count, such as −100 for padding: they are left out of the sum and of the count that divides it,
    /// and have no gradient. Without it every index must be a class.
    /// </param>
    /// <param name="reduction">What becomes of the losses of all rows; a mean is divided by the sum of their weights.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    /// <remarks>If no row counts, or all have the weight 0, the loss is 0 and has no gradient.</remarks>
    /// <exception cref="ShapeException">The target's shape does not match the logits', or the number of weights is not the number of
    /// classes.</exception>
    /// <exception cref="ArgumentException"><paramref name="ignoreIndex"/> is given, but the target does not contain class
    /// indices.</exception>
    public static Node SoftmaxCrossEntropy(
        Node logits, Node target, float smoothing = 0, float[]? classWeights = null, int? ignoreIndex = null,
        LossReduction reduction = LossReduction.Mean, string? name = "loss", [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0)
    {
        if (!(smoothing is >= 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(smoothing), smoothing, "The smoothing must be in [0, 1).");
        var rows = Rows(logits, target, nameof(SoftmaxCrossEntropy), ignoreIndex);
        var losses = logits.SoftmaxCrossEntropy(smoothing == 0 ? rows : Smooth(rows));
        if (classWeights is null) return OfRows(losses, target, ignoreIndex, reduction, name, file, line);
        var classes = Classes(logits, nameof(SoftmaxCrossEntropy));
        if (classWeights.Length != classes)
            throw ShapeException.Of(nameof(SoftmaxCrossEntropy), [logits],
                new ShapeException(
                    $"{NumberText.Count(classes, "class", "classes")} cannot have {NumberText.Count(classWeights.Length, "weight")}.",
                    "Give one weight for each class."));
        var bad = Array.FindIndex(classWeights, weight => !(weight >= 0 && float.IsFinite(weight)));
        if (bad >= 0)
            throw new ArgumentOutOfRangeException(nameof(classWeights), classWeights[bad],
                $"The weight of class {bad} is {classWeights[bad]}: a class weight must be finite and not negative.");
        // [..], the weight of each row's class; 0 for an ignored row
        var weights = (rows * new Constant("class weights", classWeights)).Sum(axis: -1);
        return Weighted(losses, weights, reduction, name, file, line);

        Node Smooth(Node rows)
        {
            var share = smoothing / Classes(logits, nameof(SoftmaxCrossEntropy));
            // an ignored row stays all zeros
            return rows * (1 - smoothing) + (ignoreIndex is null ? share : share * rows.Sum(axis: -1, keep: true));
        }
    }

    /// <summary>An L2 penalty: strength times the sum of the squares of all elements. Added to a loss, it keeps weights small. <c>new
    /// Model([loss, Losses.L2(0.0001f, w1, w2)])</c></summary>
    /// <exception cref="ArgumentException">There are no weights.</exception>
    public static Node L2(float strength, params IReadOnlyList<Node> weights) =>
        Penalty(strength, weights, weight => weight.Power(2), "L2 penalty");

    /// <summary>An L1 penalty: strength times the sum of the magnitudes of all elements. Added to a loss, it drives unimportant weights to
    /// 0.</summary>
    /// <exception cref="ArgumentException">There are no weights.</exception>
    public static Node L1(float strength, params IReadOnlyList<Node> weights) =>
        Penalty(strength, weights, weight => weight.Abs(), "L1 penalty");

    private static Node Penalty(float strength, IReadOnlyList<Node> weights, Func<Node, Node> size, string name)
    {
        if (!(strength >= 0 && float.IsFinite(strength)))
            throw new ArgumentOutOfRangeException(nameof(strength), strength, "The strength of a penalty must be finite and not negative.");
        if (Required.List(weights).Count == 0) throw new ArgumentException("A penalty needs weights to keep small.", nameof(weights));
        return Flow.AddFlow(weights.Select(weight => size(weight).Sum()).Aggregate((sum, next) => sum + next), new Multiply(strength), name,
            file: "", line: 0);
    }

    /// <summary>
    /// The mean over the batch of −Σ target·ln(probability + ε): cross-entropy from probabilities, composed as in this project's seed.
    /// Prefer <see cref="SoftmaxCrossEntropy"/>, which stays accurate when a probability is tiny.
    /// </summary>
    /// <param name="probabilities">[.., classes].</param>
    /// <param name="target">Class indices [..] of <see cref="ElementType.Int32"/>, or rows [.., classes] that sum to 1.</param>
    /// <param name="epsilon">Added to each probability, so that 0 has a logarithm.</param>
    /// <param name="name">A name for the loss.</param>
    /// <param name="ignoreIndex">The class index of rows that do not count, as for <see cref="SoftmaxCrossEntropy"/>.</param>
    /// <param name="reduction">What becomes of the losses of all rows.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    /// <exception cref="ShapeException">The target's shape does not match the probabilities'.</exception>
    /// <exception cref="ArgumentException"><paramref name="ignoreIndex"/> is given, but the target does not contain class
    /// indices.</exception>
    public static Node CrossEntropy(
        Node probabilities, Node target, float epsilon = 1e-8f, int? ignoreIndex = null, LossReduction reduction = LossReduction.Mean,
        string? name = "loss", [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        if (!(epsilon >= 0 && float.IsFinite(epsilon)))
            throw new ArgumentOutOfRangeException(nameof(epsilon), epsilon, "CrossEntropy: epsilon must be finite and not negative.");
        var rows = Rows(probabilities, target, nameof(CrossEntropy), ignoreIndex);
        var logarithm = (probabilities + new Constant("epsilon", epsilon)).Log();
        return OfRows((logarithm * rows).Sum(axis: -1) * new Constant("-1", -1), target, ignoreIndex, reduction, name, file, line);
    }

    private static Node OfRows(Node losses, Node target, int? ignoreIndex, LossReduction reduction, string? name, string file, int line) =>
        ignoreIndex is { } ignored
        ? Weighted(losses, WeightedMean.Counted(target, ignored), reduction, name, file, line)
        : Reduced(losses, reduction, name, file, line);

    private static Node Weighted(Node losses, Node weights, LossReduction reduction, string? name, string file, int line) =>
        reduction == LossReduction.Mean ? WeightedMean.Of(losses, weights, name, file, line)
        : Reduced(losses * weights, reduction, name, file, line);

    private static Node Reduced(Node losses, LossReduction reduction, string? name, string file, int line) => reduction switch
    {
        LossReduction.Mean => losses.Mean(name: name, file: file, line: line),
        LossReduction.Sum => losses.Sum(name: name, file: file, line: line),
        _ => name is null ? losses : losses.Named(name, file, line),
    };

    private static void Positive(string loss, float value, [CallerArgumentExpression(nameof(value))] string name = "")
    {
        if (!(value > 0 && float.IsFinite(value)))
            throw new ArgumentOutOfRangeException(name, value, $"{loss}: {name} must be finite and positive.");
    }

    private static Node Rows(Node scores, Node target, string loss, int? ignoreIndex)
    {
        ArgumentNullException.ThrowIfNull(scores);
        ArgumentNullException.ThrowIfNull(target);
        WeightedMean.RequireIndices(target, ignoreIndex);
        if (target.ElementType != ElementType.Int32)
        {
            SameShape.Require(loss, scores, target);
            return target;
        }
        var classes = Classes(scores, loss);
        SameShape.Require(loss, scores, target, scores.Shape.Without(scores.Shape.Rank - 1));
        return target.OneHot(classes, ignoreIndex);
    }

    private static int Classes(Node scores, string loss) => scores.Shape.Rank > 0 && scores.Shape[scores.Shape.Rank - 1] is { } classes
        ? (int)classes
        : throw ShapeException.Of(loss, [scores],
            new ShapeException($"the last size of `{scores.Label}` {scores.Shape} is the number of classes and must be known.",
                "Declare it: [null, 10]."));

    private static Node Difference(Node prediction, Node target, [CallerMemberName] string loss = "")
    {
        SameShape.Require(loss, prediction, target);
        return prediction - target;
    }
}

/// <summary>What becomes of the losses of all elements or rows.</summary>
public enum LossReduction
{
    /// <summary>Their mean, so that the size of a batch does not matter.</summary>
    Mean,

    /// <summary>Their sum.</summary>
    Sum,

    /// <summary>They stay as they are, to be weighted and added up in another way: a model wants one number.</summary>
    None,
}
