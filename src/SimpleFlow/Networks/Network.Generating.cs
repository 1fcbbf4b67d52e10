using System.Text;
using SimpleFlow.Kernels;

namespace SimpleFlow;

/// <content>Text, continued character by character.</content>
public sealed partial class Network
{
    /// <summary>Continues a text, a character at a time, each drawn from the network's probabilities:
    /// <c>string.Concat(network.Generate("To be", 100))</c>.</summary>
    /// <param name="prompt">The text to continue.</param>
    /// <param name="count">How many characters to write.</param>
    /// <param name="temperature">How daring: 1 draws from the network's probabilities, less prefers likely characters, 0 always takes the
    /// likeliest.</param>
    /// <param name="seed">The same seed writes the same text.</param>
    /// <param name="cancellation">Stops after a character.</param>
    /// <exception cref="GraphException">The network does not write text.</exception>
    /// <exception cref="DataException">The prompt is empty or has an unknown character.</exception>
    public IEnumerable<Rune> Generate(string prompt, int count, float temperature = 1, ulong seed = 0,
        CancellationToken cancellation = default)
    {
        var input = Description.Input as TextInput ?? throw new GraphException("This network does not write text.");
        ArgumentException.ThrowIfNullOrEmpty(prompt);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        if (!(temperature >= 0 && float.IsFinite(temperature)))
            throw new ArgumentOutOfRangeException(nameof(temperature), temperature, "A temperature must be finite and not negative.");
        return Written(input, [.. input.Vocabulary.Encode(prompt)]);

        IEnumerable<Rune> Written(TextInput input, List<int> text)
        {
            var (window, classes) = (new int[1, input.Length], input.Vocabulary.Count);
            for (var i = 0; i < count; i++)
            {
                cancellation.ThrowIfCancellationRequested();
                // The text is at the beginning of the network's window. The network only looks back, so what follows the text does not
                // matter.
                var known = Math.Min(text.Count, input.Length);
                for (var at = 0; at < known; at++) window[0, at] = text[text.Count - known + at];
                var scores = TensorMemory.ToArray(Model.Predict(new Feed { [Graph.Input] = window })).AsSpan((known - 1) * classes,
                    classes);
                var next = Drawn(scores, temperature, Philox.Uniform(seed, RandomStreams.GeneratedTexts[0], step: 0, i));
                text.Add(next);
                yield return input.Vocabulary[next];
            }
        }
    }

    private static int Drawn(ReadOnlySpan<float> scores, float temperature, double left)
    {
        var next = Probabilities.Likeliest(scores);
        if (temperature == 0) return next;
        var probabilities = Probabilities.Of(scores, temperature: temperature);
        for (var i = 0; i < probabilities.Length; i++)
        {
            // Rounding may leave a remainder at the end: never take a character of probability 0.
            if (probabilities[i] == 0) continue;
            next = i;
            if ((left -= probabilities[i]) < 0) break;
        }
        return next;
    }
}
