namespace SimpleFlow.Playground.Experiments;

/// <summary>Reads digits with a network, and shows why it says what it says. The network is the one of the page, or one from a
/// file.</summary>
public sealed class DigitReader
{
    private readonly Placeholder _input, _chosen;
    private readonly long[] _picture;
    private readonly Node? _hidden;
    private readonly Model _answers, _gradients;

    /// <summary>Reads with a network.</summary>
    /// <param name="input">Its pictures: 784 pixels each, in any shape.</param>
    /// <param name="scores">Its score for each class, or the probability of each.</param>
    /// <param name="classes">The names of the classes.</param>
    /// <param name="hidden">Its hidden units, if they are to be shown.</param>
    public DigitReader(Placeholder input, Node scores, IReadOnlyList<string> classes, Node? hidden = null)
    {
        ArgumentNullException.ThrowIfNull(scores);
        ArgumentNullException.ThrowIfNull(input);
        (_input, _hidden, Classes) = (input, hidden, classes);
        _picture = [.. input.Shape.Skip(1).Select(size => size!.Value)];
        var probabilities = scores is Operation { Op: Softmax } ? scores : scores.Softmax();
        _answers = new Model(default, hidden is null ? probabilities : new[] { probabilities, hidden }, threads: 1);
        // What a class gains if there were a little more ink at a pixel: the gradient of its score.
        _chosen = new Placeholder("chosen class", [null, classes.Count]);
        var score = (scores * _chosen).Sum();
        _gradients = new Model(default, Gradients.Of(score, input)[0], threads: 1);
        Weights = scores.Variables().FirstOrDefault(variable => variable.Shape is [DigitData.Pixels, _]);
    }

    /// <summary>The names of the classes.</summary>
    public IReadOnlyList<string> Classes { get; }

    /// <summary>The weights of the units that look at the pixels, [784, units]; null: there are none of this kind.</summary>
    public Variable? Weights { get; }

    /// <summary>The probabilities of all classes for some pictures: [pictures, classes].</summary>
    public float[] Probabilities(DataArray pictures) => _answers.PredictAll(Feed(pictures))[0].ToArray();

    /// <summary>Looks at one picture.</summary>
    /// <param name="picture">Its pixels, from 0 to 1.</param>
    /// <param name="chosen">The class for which pixels are to speak; null: the likeliest.</param>
    public DigitLook Look(float[] picture, int? chosen = null)
    {
        DataArray pixels = picture;
        pixels = pixels.Reshape(1, DigitData.Pixels);
        var answers = _answers.PredictAll(Feed(pixels));
        var probabilities = answers[0].ToArray();
        var best = System.Numerics.Tensors.TensorPrimitives.IndexOfMax(probabilities);
        var classes = new float[Classes.Count];
        classes[chosen ?? best] = 1;
        var feed = Feed(pixels);
        feed[_chosen] = ((DataArray)classes).Reshape(1, Classes.Count);
        return new DigitLook(probabilities, best, _hidden is null ? [] : answers[1].ToArray(), chosen ?? best,
            _gradients.Predict(feed).ToArray());
    }

    private Feed Feed(DataArray pictures) => new() { [_input] = pictures.Reshape([pictures.Rows, .. _picture]) };
}

/// <summary>What a network says of a picture.</summary>
/// <param name="Probabilities">The probability of each class.</param>
/// <param name="Best">The likeliest class.</param>
/// <param name="Hidden">The outputs of the hidden units; empty if they are not shown.</param>
/// <param name="Chosen">The class for which the pixels speak.</param>
/// <param name="Gradient">How much its score would rise with more ink at each pixel.</param>
public sealed record DigitLook(float[] Probabilities, int Best, float[] Hidden, int Chosen, float[] Gradient);
