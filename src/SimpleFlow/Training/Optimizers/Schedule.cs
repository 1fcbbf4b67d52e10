namespace SimpleFlow;

/// <summary>A position within a training run.</summary>
/// <param name="Step">How many steps of this fit are done.</param>
/// <param name="Steps">How many it will have.</param>
/// <param name="StepsPerEpoch">How many make an epoch.</param>
public readonly record struct TrainingPosition(long Step, long Steps, long StepsPerEpoch)
{
    /// <summary>The share of the training that is done before this step: 0 at its first step, and at its last one step short of 1. A rate
    /// that falls to 0 with it would be 0 only after the last step, so every step counts.</summary>
    public double Share => Steps == 0 ? 0 : Math.Min(1, Step / (double)Steps);

    /// <summary>How many epochs are done.</summary>
    public long Epoch => StepsPerEpoch == 0 ? 0 : Step / StepsPerEpoch;

    /// <summary>How many epochs are done, with the fraction of the one that has begun.</summary>
    internal double Epochs => StepsPerEpoch == 0 ? 0 : Step / (double)StepsPerEpoch;
}

/// <summary>
/// How the learning rate changes while a model is trained: a factor for every step, by which the optimizer's own rate is multiplied for
/// that step. It is a function of the position alone, so a resumed training needs nothing else. The optimizer's rate stays as it is:
/// between steps, in saved models and after the fit it is what it was before, or what a callback has set.
/// </summary>
public sealed class Schedule
{
    private readonly Func<TrainingPosition, double> _factor;
    private readonly string _text;

    private Schedule(string text, Func<TrainingPosition, double> factor) => (_text, _factor) = (text, factor);

    /// <summary>The factor at a position.</summary>
    /// <exception cref="TrainingException">It is negative or not a number.</exception>
    /// <exception cref="GraphException">The function of the schedule threw an exception.</exception>
    public float At(TrainingPosition position)
    {
        double factor;
        try
        {
            factor = _factor(position);
        }
        catch (Exception exception) when (OpFailure.IsOfItsCode(exception))
        {
            throw new GraphException($"The function of the schedule '{_text}' threw {exception.GetType().Name} at step {position.Step}: "
                + $"{exception.Message.ReplaceLineEndings(" ")}\nThe inner exception says where. Correct the function.", exception);
        }
        return factor >= 0 && double.IsFinite(factor) ? (float)factor
            : throw new TrainingException(
                $"The schedule '{_text}' gives {factor} at step {position.Step}; a rate must be finite and not negative.");
    }

    /// <summary>The learning rate of a step.</summary>
    /// <exception cref="TrainingException">The optimizer does not accept it.</exception>
    internal float RateOf(Optimizer optimizer, TrainingPosition position)
    {
        var rate = optimizer.LearningRate * At(position);
        return optimizer.Takes(rate) ? rate : throw new TrainingException(
            $"The schedule '{_text}' makes the learning rate {rate} at step {position.Step}, and {optimizer.GetType().Name} takes one from "
                + $"0 to {optimizer.LargestRate:G2}.");
    }

    /// <summary>Any function of the position.</summary>
    /// <param name="factor">The factor at a position.</param>
    /// <param name="name">What it does, with its numbers: <c>halved every 10 epochs</c>. A training is resumed only with a schedule of the
    /// same name; without one, any function is taken for the same.</param>
    public static Schedule Of(Func<TrainingPosition, double> factor, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(factor);
        return new Schedule(name is null ? "of a function" : Required.Text(name), factor);
    }

    /// <summary>Always 1.</summary>
    public static Schedule Constant { get; } = new("constant", _ => 1);

    /// <summary>In equal steps from 1 to <paramref name="last"/>, which would be reached one step after the last: PyTorch's
    /// <c>LinearLR</c> with <c>total_iters</c> the number of steps.</summary>
    public static Schedule Linear(double last = 0)
    {
        Require(last);
        return new Schedule(Text($"linear to {last}"), at => 1 + (last - 1) * at.Share);
    }

    /// <summary>Multiplied by <paramref name="factor"/> after every <paramref name="epochs"/> epochs.</summary>
    public static Schedule Step(int epochs, double factor = 0.1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(epochs, 1);
        Require(factor);
        return new Schedule(Text($"times {factor} every {NumberText.Count(epochs, "epoch")}"), at => Math.Pow(factor, at.Epoch / epochs));
    }

    /// <summary>Multiplied by <paramref name="factor"/> in every epoch, a little at every step.</summary>
    public static Schedule Exponential(double factor)
    {
        Require(factor);
        return new Schedule(Text($"times {factor} in every epoch"), at => Math.Pow(factor, at.Epochs));
    }

    /// <summary>Half a wave of the cosine from 1 to <paramref name="last"/>, which would be reached one step after the last (Loshchilov and
    /// Hutter, "SGDR: stochastic gradient descent with warm restarts", 2017): PyTorch's <c>CosineAnnealingLR</c> with <c>T_max</c> the
    /// number of steps.</summary>
    public static Schedule Cosine(double last = 0)
    {
        Require(last);
        return new Schedule(Text($"cosine to {last}"), at => last + (1 - last) * Cosine01(at.Share));
    }

    /// <summary>
    /// Up from 1/<paramref name="first"/> to 1 in the given share of the steps, then down to 1/(<paramref name="first"/> ·
    /// <paramref name="last"/>) in the last step, both in half waves of the cosine (Smith and Topin, "Super-convergence", 2018).
    /// The optimizer's rate is the largest one: that of the last step of the share, as in PyTorch's <c>OneCycleLR</c>.
    /// </summary>
    public static Schedule OneCycle(double warmUp = 0.3, double first = 25, double last = 10_000)
    {
        if (!(warmUp is > 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(warmUp), warmUp, "The share of the steps that go up must lie between 0 and 1.");
        if (!(first >= 1 && double.IsFinite(first)))
            throw new ArgumentOutOfRangeException(nameof(first), first,
                "The rate begins at 1/first of the largest: first must be at least 1.");
        if (!(last >= 1 && double.IsFinite(last)))
            throw new ArgumentOutOfRangeException(nameof(last), last,
                "The rate ends at 1/(first · last) of the largest: last must be at least 1.");
        return new Schedule(Text($"one cycle, up in {warmUp} of the steps from 1/{first}, down to 1/{first * last}"),
            at =>
        {
            var (peak, end) = (warmUp * at.Steps - 1, at.Steps - 1.0);
            return at.Step < peak
                ? 1 / first + (1 - 1 / first) * (1 - Cosine01(at.Step / peak))
                : 1 / (first * last) + (1 - 1 / (first * last)) * Cosine01(end <= peak ? 1 : Math.Min(1, (at.Step - peak) / (end - peak)));
        });
    }

    /// <summary>Multiplied by <paramref name="factor"/> after each of the given numbers of epochs: PyTorch's <c>MultiStepLR</c>.</summary>
    /// <param name="epochs">After how many epochs of the training, ascending: <c>[30, 60, 80]</c>.</param>
    /// <param name="factor">What the rate is multiplied by each time.</param>
    public static Schedule Step(IReadOnlyList<int> epochs, double factor = 0.1)
    {
        int[] own = [.. Required.Value(epochs)];
        for (var i = 0; i < own.Length; i++)
            ArgumentOutOfRangeException.ThrowIfLessThan(own[i], i == 0 ? 1 : own[i - 1] + 1, nameof(epochs));
        Require(factor);
        return new Schedule(Text($"times {factor} after {string.Join(", ", own)} epochs"),
            at => Math.Pow(factor, own.Count(one => one <= at.Epoch)));
    }

    /// <summary>
    /// Half waves of the cosine from 1 to <paramref name="last"/>, each of which begins again at 1 and is <paramref name="longer"/> times
    /// as long as the one before (Loshchilov and Hutter, "SGDR: stochastic gradient descent with warm restarts", 2017): PyTorch's
    /// <c>CosineAnnealingWarmRestarts</c>, at every step.
    /// </summary>
    /// <param name="epochs">How many epochs the first half wave takes.</param>
    /// <param name="longer">How many times as long each is as the one before.</param>
    /// <param name="last">Where each ends.</param>
    public static Schedule WarmRestarts(int epochs, int longer = 1, double last = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(epochs, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(longer, 1);
        Require(last);
        return new Schedule(Text($"cosine to {last} again after {epochs} epochs, {longer} times as long each time"), at =>
        {
            var (sofar, length) = (at.Epochs, (double)epochs);
            if (longer == 1) sofar %= length;
            for (; sofar >= length; length *= longer) sofar -= length;
            return last + (1 - last) * Cosine01(sofar / length);
        });
    }

    /// <summary>This schedule during the first <paramref name="epochs"/> epochs, then another, as if the training began there and were only
    /// as long as what is left: PyTorch's <c>SequentialLR</c>.</summary>
    /// <param name="epochs">How many epochs this one lasts.</param>
    /// <param name="next">What follows.</param>
    public Schedule Then(int epochs, Schedule next)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(epochs, 1);
        ArgumentNullException.ThrowIfNull(next);
        return new Schedule($"{_text} for {NumberText.Count(epochs, "epoch")}, then {next._text}", at =>
        {
            var own = Math.Min(at.Steps, epochs * at.StepsPerEpoch);
            return at.Step < own ? _factor(at with { Steps = own })
                : next._factor(at with { Step = at.Step - own, Steps = Math.Max(0, at.Steps - own) });
        });
    }

    /// <summary>This schedule, but in equal steps up from nearly 0 during the first <paramref name="steps"/> steps.</summary>
    public Schedule WithWarmUp(long steps)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 0);
        return new Schedule($"{_text}, {NumberText.Count(steps, "step")} of warm-up",
            at => _factor(at) * Math.Min(1, (at.Step + 1.0) / (steps + 1.0)));
    }

    /// <summary>What it does, in words.</summary>
    public override string ToString() => _text;

    private static string Text(FormattableString text) => FormattableString.Invariant(text);

    /// <summary>From 1 at 0 to 0 at 1.</summary>
    private static double Cosine01(double share) => (1 + Math.Cos(Math.PI * share)) / 2;

    private static void Require(double factor)
    {
        if (!(factor >= 0 && double.IsFinite(factor)))
            throw new ArgumentOutOfRangeException(nameof(factor), factor, "A factor of the learning rate must be finite and not negative.");
    }
}
