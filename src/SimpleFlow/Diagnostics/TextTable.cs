using System.Text;

namespace SimpleFlow;

/// <summary>A table in columns of one width, for a terminal. With <see cref="Within"/>, a first cell that leaves too little room for the
/// others gets a line of its own.</summary>
/// <param name="columns">The headings of the columns. Those that end in <c>&gt;</c> hold numbers, aligned to the right.</param>
internal sealed class TextTable(params string[] columns)
{
    private const int Gap = 2;

    private readonly List<string[]> _rows = [];
    private readonly bool[] _right = Array.ConvertAll(columns, column => column.EndsWith('>'));

    /// <summary>How many characters a line should have at most; null for as many as it takes.</summary>
    public int? Within { get; init; }

    public void Add(params string[] cells) => _rows.Add(cells);

    public override string ToString()
    {
        var titles = Array.ConvertAll(columns, column => column.TrimEnd('>'));
        var widths = titles.Select((title, i) => _rows.Select(row => row[i].Length).Append(title.Length).Max()).ToArray();
        if (Within is { } most)
        {
            var left = Math.Max(titles[0].Length, most - widths[1..].Where(width => width > 0).Sum(width => width + Gap));
            widths[0] = _rows.Select(row => row[0].Length).Where(length => length <= left).Append(titles[0].Length).Max();
        }
        var text = new StringBuilder();
        void Line(string[] cells)
        {
            var line = new StringBuilder();
            if (cells[0].Length > widths[0])
            {
                text.AppendLines(TextLines.Of(cells[0], hanging: Gap));
                cells = ["", .. cells[1..]];
            }
            for (var i = 0; i < cells.Length;
            i++)
                line.Append(_right[i] ? cells[i].PadLeft(widths[i]) : cells[i].PadRight(widths[i])).Append(' ', Gap);
            text.Append(line.ToString().TrimEnd()).Append('\n');
        }
        Line(titles);
        text.Append('─', widths.Where(width => width > 0).Sum(width => width + Gap) - Gap).Append('\n');
        _rows.ForEach(Line);
        return text.ToString();
    }
}
