using System.Text.Json.Serialization;

namespace SimpleFlow;

/// <summary>How a table is written: what separates its fields, which sign its numbers have before the decimals, and which texts stand for a
/// missing value. A network keeps the dialect of its training table.</summary>
/// <param name="Delimiter">The sign between two fields: a comma, a semicolon, a tab, a bar, or
/// another ASCII sign that no number has.</param>
/// <param name="Decimal">The sign before the decimals, a point or a comma. The other one may group thousands.</param>
/// <param name="Missing">Texts that stand for a missing value, beside the usual ones:
/// an empty cell, <c>NA</c>, <c>N/A</c>, <c>#N/A</c>, <c>None</c>, <c>null</c>, <c>NaN</c>, <c>-</c>, <c>?</c> and the like.</param>
public sealed record CsvDialect(char Delimiter = ',', char Decimal = '.', IReadOnlyList<string>? Missing = null)
{
    private const string NoDelimiters = " \"\r\n.+-";

    /// <summary>The sign between two fields.</summary>
    public char Delimiter { get; init => field = RequiredDelimiter(value); } = RequiredDelimiter(Delimiter);

    /// <summary>The sign before the decimals, a point or a comma.</summary>
    public char Decimal { get; init => field = RequiredDecimal(value); } = RequiredDecimal(Decimal);

    /// <summary>Texts that stand for a missing value, beside the usual ones; null if there are none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Missing { get; init => field = SomeOrNull(value); } = SomeOrNull(Missing);

    /// <summary>A sign that can separate fields.</summary>
    /// <exception cref="ArgumentException">It cannot.</exception>
    internal static char RequiredDelimiter(char sign) =>
        IsDelimiter(sign) ? sign
            : throw new ArgumentException(
                $"{Named(sign)} cannot separate fields: use a comma, a semicolon, a tab, a bar, or another ASCII sign that no number has.",
                nameof(sign));

    /// <summary>A sign that can stand before decimals.</summary>
    /// <exception cref="ArgumentException">It cannot.</exception>
    internal static char RequiredDecimal(char sign) =>
        sign is '.' or ',' ? sign : throw new ArgumentException($"{Named(sign)} cannot be the decimal sign: use a point or a comma.",
            nameof(sign));

    /// <summary>The same dialect with the missing values of another one, and with its decimal sign if that is open.</summary>
    internal CsvDialect LikeThat(CsvDialect like, bool isDecimalOpen) => this with
    {
        Decimal = isDecimalOpen && like.Delimiter == Delimiter ? like.Decimal : Decimal,
        Missing = [.. (Missing ?? []).Union(like.Missing ?? [], StringComparer.Ordinal)],
    };

    private static IReadOnlyList<string>? SomeOrNull(IReadOnlyList<string>? texts) => texts is null or [] ? null : Required.Texts(texts);

    /// <summary>Whether a sign can separate fields.</summary>
    internal static bool IsDelimiter(char sign) =>
        sign is > '\0' and < '\u007f' && !char.IsAsciiLetterOrDigit(sign) && !NoDelimiters.Contains(sign);

    /// <summary>A sign's name in a sentence: <c>a semicolon</c>.</summary>
    internal static string Named(char sign) => sign switch
    {
        ',' => "a comma",
        ';' => "a semicolon",
        '\t' => "a tab",
        '|' => "a bar",
        '.' => "a point",
        _ => $"'{sign}'",
    };

    /// <summary>The dialect in a few words: <c>fields separated by a semicolon, numbers with a decimal comma</c>.</summary>
    public override string ToString()
    {
        var missing = Missing is null ? "" : $", missing values also written {string.Join(", ", Missing.Select(text => $"'{text}'"))}";
        return $"fields separated by {Named(Delimiter)}, numbers with a decimal {(Decimal == ',' ? "comma" : "point")}{missing}";
    }

    /// <inheritdoc/>
    public bool Equals(CsvDialect? other) => other is not null && (Delimiter, Decimal) == (other.Delimiter, other.Decimal)
        && (Missing ?? []).SequenceEqual(other.Missing ?? [], StringComparer.Ordinal);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Delimiter, Decimal, Missing?.Count);
}
