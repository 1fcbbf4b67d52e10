using System.Text.RegularExpressions;

namespace SimpleFlow.Fuzz;

/// <summary>Some thousand changed files for one reader.</summary>
/// <param name="Target">The reader.</param>
/// <param name="Files">How many files.</param>
/// <param name="Reasons">How many were refused as promised, by the reason; the others were read.</param>
/// <param name="FieldsEdited">How many values of their JSON were changed, with checksums made right again.</param>
internal sealed partial record MutationRun(FuzzTarget Target, int Files, IReadOnlyDictionary<string, int> Reasons, int FieldsEdited)
{
    /// <summary>How many were refused as promised.</summary>
    public int Refused => Reasons.Values.Sum();

    /// <summary>Reads the corpus as it is, and then changed at random.</summary>
    /// <param name="target">The reader.</param>
    /// <param name="count">How many files to make.</param>
    /// <param name="seed">The same seed makes the same files.</param>
    /// <param name="path">A file to write them to.</param>
    /// <param name="failed">Told of every input that did harm; where it is null, the first stops the run.</param>
    /// <exception cref="FuzzException">The reader did what it must not.</exception>
    public static MutationRun Of(FuzzTarget target, int count, int seed, string path, Action<byte[], FuzzException>? failed = null)
    {
        byte[][] corpus = [.. Corpus.Of(target).Select(File.ReadAllBytes)];
        if (corpus.Length == 0) throw new FuzzException($"{target.Name}: the corpus is empty.");
        // What a reader needs once is not counted: a first run warms it up.
        foreach (var bytes in corpus) Warm(target, bytes, path);
        var mutator = new Mutator(seed);
        var reasons = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < count; i++)
        {
            var bytes = corpus[i % corpus.Length];
            if (i >= corpus.Length) bytes = mutator.Next(2) == 0 ? mutator.Bytes(bytes, corpus) : target.Structured(bytes, mutator);
            try
            {
                if (target.Run(bytes, path) is not { } refusal) continue;
                var reason = ReasonOf(refusal.Message.Replace(path, "FILE", StringComparison.Ordinal));
                reasons[reason] = reasons.GetValueOrDefault(reason) + 1;
            }
            catch (FuzzException error) when (failed is not null)
            {
                failed(bytes, error);
            }
            catch (FuzzException error)
            {
                throw new FuzzException($"{error.Message} File {i} of seed {seed}.", error);
            }
        }
        return new MutationRun(target, count, reasons, mutator.FieldsEdited);
    }

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Target.Name}: {Files:N0} changed files, {Refused:N0} refused for {Reasons.Count} reasons, "
            + $"{Files - Refused:N0} read{(FieldsEdited > 0 ? $"; {FieldsEdited:N0} fields edited" : "")}";

    // Names and numbers differ from file to file, what is wrong does not.
    private static string ReasonOf(string message)
    {
        var reason = Particulars().Replace(message, "…");
        return reason[..Math.Min(100, reason.Length)];
    }

    [GeneratedRegex("""'[^']*'|`[^`]*`|\d[\d,.]*|\[[^\]]*\]""")]
    private static partial Regex Particulars();

    private static void Warm(FuzzTarget target, byte[] bytes, string path)
    {
        try
        {
            target.Run(bytes, path);
        }
        catch (FuzzException)
        {
            // Whatever is wrong with it is found by the run that counts.
        }
    }
}
