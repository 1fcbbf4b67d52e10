namespace SimpleFlow;

/// <summary>How a table is written, as far as the caller says it. The rest is detected from the table.</summary>
public sealed record CsvOptions
{
    /// <summary>The sign between two fields.</summary>
    /// <exception cref="ArgumentException">It is a letter, a digit, or a sign that numbers have.</exception>
    public char? Delimiter { get; init => field = value is { } sign ? CsvDialect.RequiredDelimiter(sign) : null; }

    /// <summary>The sign before the decimals, a point or a comma.</summary>
    /// <exception cref="ArgumentException">It is neither.</exception>
    public char? Decimal { get; init => field = value is { } sign ? CsvDialect.RequiredDecimal(sign) : null; }

    /// <summary>Texts that stand for a missing value, beside the usual ones.</summary>
    public IReadOnlyList<string> Missing { get; init => field = Required.Texts(value); } = [];

    /// <summary>The dialect of a table like this one, such as the one that a network was trained on.
    /// It decides if this table leaves a choice.</summary>
    public CsvDialect? Like { get; init; }

    /// <summary>Receives now and then which part of the file is read, from 0 to 1: first its rows, and then, when a network is prepared
    /// for them, its cells.</summary>
    public IProgress<double>? Progress { get; init; }
}
