using System.Text;

namespace SimpleFlow;

/// <summary>A table in columns of one width, for a terminal.</summary>
/// <param name="columns">What stands above the columns. Those that end in <c>&gt;</c> are numbers and stand to the right.</param>
internal sealed class TextTable(params string[] columns)
{
    private const int Gap = 2;

    private readonly List<string[]> _rows = [];
    private readonly bool[] _right = Array.ConvertAll(columns, column => column.EndsWith('>'));

    public void Add(params string[] cells) => _rows.Add(cells);

    public override string ToString()
    {
        var titles = Array.ConvertAll(columns, column => column.TrimEnd('>'));
        var widths = titles.Select((title, i) => _rows.Select(row => row[i].Length).Append(title.Length).Max()).ToArray();
        var text = new StringBuilder();
        void Line(string[] cells)
        {
            var line = new StringBuilder();
            for (var i = 0; i < cells.Length; i++) line.Append(_right[i] ? cells[i].PadLeft(widths[i]) : cells[i].PadRight(widths[i])).Append(' ', Gap);
            text.Append(line.ToString().TrimEnd()).Append('\n');
        }
        Line(titles);
        text.Append('─', widths.Where(width => width > 0).Sum(width => width + Gap) - Gap).Append('\n');
        _rows.ForEach(Line);
        return text.ToString();
    }
}
