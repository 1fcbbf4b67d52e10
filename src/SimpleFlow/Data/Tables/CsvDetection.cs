namespace SimpleFlow;

/// <summary>Detects how a table is written from its first lines: the delimiter is the sign that splits the most rows into the same number
/// of fields; the decimal sign is the one with which cells are numbers.</summary>
internal static class CsvDetection
{
    private const int Lines = 200, Bytes = 1 << 18, Cells = 50_000, MostRows = 1000;
    private static readonly byte[] Delimiters = [(byte)',', (byte)';', (byte)'\t', (byte)'|'];

    /// <summary>The delimiter that Excel's first line names, <c>sep=;</c>, and the length of that line with its break;
    /// 0 if there is no such line.</summary>
    public static (byte Delimiter, int Length) Declared(ReadOnlySpan<byte> text)
    {
        var line = text[..Math.Min(text.Length, 16)];
        if (!line.StartsWith("sep="u8) && !line.StartsWith("\"sep="u8)) return default;
        var isQuoted = line[0] == '"';
        var at = (isQuoted ? 5 : 4) + 1;
        if (at > line.Length || !CsvDialect.IsDelimiter((char)line[at - 1])) return default;
        var delimiter = line[at - 1];
        if (isQuoted && at < line.Length && line[at] == '"') at++;
        var end = at;
        if (end < line.Length && line[end] == '\r') end++;
        if (end < line.Length && line[end] == '\n') end++;
        return end > at ? (delimiter, end) : default;
    }

    /// <summary>The delimiter of a text.</summary>
    /// <param name="text">It, from the row of names on.</param>
    /// <param name="like">The delimiter of a table like this one, which is preferred if it fits as well; 0 if unknown.</param>
    public static byte Delimiter(ReadOnlySpan<byte> text, byte like)
    {
        ReadOnlySpan<byte> candidates = like == 0 || Delimiters.Contains(like) ? Delimiters : [.. Delimiters, like];
        Span<int> counts = stackalloc int[candidates.Length], header = stackalloc int[candidates.Length],
            first = stackalloc int[candidates.Length], equal = stackalloc int[candidates.Length];
        var (at, rows) = (0, 0);
        while (at < text.Length && at < Bytes && rows <= Lines)
        {
            var isEmpty = !Count(text, ref at, candidates, counts);
            if (isEmpty) continue;
            for (var i = 0; i < candidates.Length; i++)
            {
                if (rows == 0) header[i] = counts[i];
                if (rows == 1) first[i] = counts[i];
                if (rows >= 1 && counts[i] == first[i] && Math.Abs(counts[i] - header[i]) <= 1) equal[i]++;
            }
            rows++;
        }
        // A row may be broken, which the reader reports better. A sign that the row of names does not have cannot be the delimiter.
        var (best, bestScore) = (-1, 0.0);
        for (var i = 0; i < candidates.Length; i++)
        {
            var share = rows <= 1 ? 1 : equal[i] / (rows - 1.0);
            var score = header[i] == 0 ? (equal[i] == rows - 1 && first[i] == 0 ? 1e-9 : 0)
                : 1e-6 * header[i] + share * Math.Min(header[i], 2);
            if (candidates[i] == like && header[i] > 0) score *= 1.5;
            if (score > bestScore) (best, bestScore) = (i, score);
        }
        return best < 0 ? (byte)',' : candidates[best];
    }

    // Counts the candidates in a row, outside of quotes; false if the row is empty.
    private static bool Count(ReadOnlySpan<byte> text, ref int at, ReadOnlySpan<byte> candidates, Span<int> counts)
    {
        counts.Clear();
        var (start, isQuoted, isStart) = (at, false, true);
        for (; at < text.Length && at < Bytes; at++)
        {
            var sign = text[at];
            if (isQuoted)
            {
                if (sign == '"') isQuoted = false;
                continue;
            }
            if (sign is (byte)'\n' or (byte)'\r') break;
            // A quote opens a field, or continues one in which it is doubled.
            if (sign == '"' && (isStart || text[at - 1] == '"'))
            {
                isQuoted = true;
                continue;
            }
            isStart = false;
            if (candidates.IndexOf(sign) is >= 0 and var which)
            {
                counts[which]++;
                isStart = true;
            }
            else if (sign == ' ')
            {
                isStart = true;
            }
        }
        var isEmpty = at == start;
        at++;
        return !isEmpty;
    }

    /// <summary>The decimal sign of a table's numbers, from some rows spread over all of it.</summary>
    /// <param name="text">The table.</param>
    /// <returns>The sign, and whether the cells leave it open.</returns>
    public static (char Sign, bool IsOpen) Decimal(CsvText text)
    {
        var rows = LookedAt(text.Rows, text.Columns.Count);
        var votes = new DecimalVotes(rows == 0 ? 0 : text.Columns.Count);
        for (var i = 0; i < rows; i++)
        {
            var row = RowLookedAt(i, rows, text.Rows);
            for (var column = 0; column < text.Columns.Count; column++) votes.Add(column, text.Bytes(text.Field(row, column)));
        }
        return votes.Result(text.Delimiter);
    }

    /// <summary>How many of some rows are sampled.</summary>
    public static int LookedAt(int rows, int columns) => Math.Min(rows, Math.Clamp(Cells / columns, 1, MostRows));

    /// <summary>The sampled row of this number.</summary>
    public static int RowLookedAt(int number, int count, int rows) => (int)((long)number * rows / count);
}
