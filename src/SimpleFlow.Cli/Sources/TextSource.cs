using System.Text;

namespace SimpleFlow.Cli.Sources;

/// <summary>A text, to predict each next character.</summary>
internal static class TextSource
{
    public const int Length = 64;

    /// <summary>Reads a text in UTF-8.</summary>
    /// <exception cref="DataException">There is no such file, or it is not a text.</exception>
    public static string Read(string file)
    {
        if (Directory.Exists(file)) throw new DataException($"{file}: this is a folder. Name a file in it.");
        if (!File.Exists(file)) throw new DataException($"{file}: there is no such file.");
        try
        {
            return File.ReadAllText(file, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true))
                .ReplaceLineEndings("\n");
        }
        catch (DecoderFallbackException exception)
        {
            throw new DataException($"{file}: the file is not UTF-8; save it as UTF-8.", exception);
        }
    }

    /// <summary>Reads the text; its last part is the test set.</summary>
    /// <param name="file">The file.</param>
    /// <param name="length">How many characters the network reads at a time.</param>
    /// <param name="testShare">The share at the end for the test set.</param>
    /// <exception cref="DataException">There is no such file, it is not a text, or it is too short.</exception>
    public static LabelledData Load(string file, int? length, double testShare)
    {
        var text = Read(file);
        var (window, count) = (length ?? Length, text.EnumerateRunes().Count());
        var end = (int)((1 - testShare) * count);
        if (end <= window || count - end <= window)
            throw new DataException(
                $"{file}: {NumberText.Count(count, "character")} cannot be divided: {testShare:P0} are kept to test on, and both parts "
                    + $"must be longer than the {NumberText.Count(window, "character")} that the network looks at.");
        var (vocabulary, cut) = (Vocabulary.Of(text), PlaceAfter(text, end));
        // The validation set is the last part of the training text: pieces overlap, so a random split would let training pieces leak into
        // it.
        var watched = (int)(ValidationPart.Share * end);
        var last = watched > window ? PlaceAfter(text, end - watched) : cut;
        return new LabelledData(
            new TextInput(vocabulary.Characters, window), new NextCharacterOutput(vocabulary.Count),
            Of(vocabulary, text[..last], window, Math.Max(1, window / 4)), Of(vocabulary, text[cut..], window),
            [$"{NumberText.Count(end, "character")} to train on, {count - end:N0} at the end to test on, "
                + $"{vocabulary.Count} different ones",
                $"the network looks at {NumberText.Count(window, "character")} and predicts the next"])
        { Validation = last < cut ? Of(vocabulary, text[last..cut], window) : null };
    }

    // A character may take two places of a text.
    private static int PlaceAfter(string text, int characters) =>
        text.EnumerateRunes().Take(characters).Sum(character => character.Utf16SequenceLength);

    /// <summary>The pieces of a text.</summary>
    /// <param name="vocabulary">The characters.</param>
    /// <param name="text">The text.</param>
    /// <param name="length">How many characters a piece has.</param>
    /// <param name="stride">The distance from the beginning of one to that of the next; training pieces overlap, so that a word is seen at
    /// several places of the network's window.</param>
    public static ExampleSet Of(Vocabulary vocabulary, string text, int length, int? stride = null)
    {
        var (pieces, next) = vocabulary.Windows(text, length, stride);
        return new ExampleSet(pieces, next);
    }
}
