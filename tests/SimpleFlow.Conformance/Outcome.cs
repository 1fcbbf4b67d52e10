namespace SimpleFlow.Conformance;

/// <summary>What became of a case.</summary>
public enum OutcomeKind
{
    /// <summary>Every output has the expected type, shape and numbers.</summary>
    Pass,

    /// <summary>The model ran, and something differs.</summary>
    Fail,

    /// <summary>The model cannot be read, and the reason was told.</summary>
    Unsupported,
}

/// <summary>What became of a case, and why it did not pass: the first difference, or the error.</summary>
public sealed record Outcome(OutcomeKind Kind, string Reason)
{
    /// <summary>It passed.</summary>
    public static Outcome Pass { get; } = new(OutcomeKind.Pass, "");

    /// <summary>Something differs.</summary>
    public static Outcome Fail(string reason) => new(OutcomeKind.Fail, OneLine(reason));

    /// <summary>The model cannot be read.</summary>
    public static Outcome Unsupported(string reason) => new(OutcomeKind.Unsupported, OneLine(reason));

    private static string OneLine(string text) => string.Join(' ', text.Split('\n', StringSplitOptions.TrimEntries));
}
