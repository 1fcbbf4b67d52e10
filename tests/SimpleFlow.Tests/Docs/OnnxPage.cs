using System.Text;
using System.Text.RegularExpressions;
using SimpleFlow.Onnx;
using SimpleFlow.Onnx.Export;
using SimpleFlow.Onnx.Schema;
using SimpleFlow.Tests.Onnx;
using SimpleFlow.Tests.Ops;

namespace SimpleFlow.Tests.Docs;

/// <summary>The tables of docs/onnx.md: the ops that are read, from the table of converters, and what the ops of SimpleFlow are written as,
/// from what their samples become.</summary>
internal static partial class OnnxPage
{
    public static readonly string[] Pages = ["docs/onnx.md"];

    /// <summary>A page with its tables as they are now.</summary>
    public static string Written(string page) => With(With(page, "ops that are read", Read()), "ops that are written", Written());

    private static string With(string page, string table, string rows)
    {
        var (begin, end) = ($"<!-- {table} -->\n", $"<!-- end of {table} -->");
        var at = page.IndexOf(begin, StringComparison.Ordinal) + begin.Length;
        return page[..at] + rows + page[page.IndexOf(end, StringComparison.Ordinal)..];
    }

    private static string Read()
    {
        var rows = new StringBuilder("| op | versions | what differs |\n|---|---|---|\n");
        foreach (var op in OperatorTable.All.GroupBy(one => one.Domain.Length == 0 ? one.Name : $"{one.Domain}.{one.Name}")
            .OrderBy(op => op.Key, StringComparer.Ordinal))
        {
            var differs = op.Select(one => one.Differs).OfType<string>().Distinct();
            rows.Append($"| `{op.Key}` | {Versions(op.Select(one => (one.Since, one.Until)))} | {string.Join("; ", differs)} |\n");
        }
        return rows.ToString();
    }

    private static string Versions(IEnumerable<(int Since, int Until)> meanings)
    {
        var ranges = new List<(int Since, int Until)>();
        foreach (var (since, until) in meanings.Order())
        {
            if (ranges is [.., var last] && since <= last.Until + 1L) ranges[^1] = (last.Since, Math.Max(last.Until, until));
            else ranges.Add((since, until));
        }
        return string.Join(", ", ranges.Select(range => range switch
        {
            (1, int.MaxValue) => "all",
            (var since, int.MaxValue) => $"{since} and later",
            (1, var until) => $"up to {until}",
            _ => $"{range.Since} to {range.Until}",
        }));
    }

    private static string Written()
    {
        var becomes = new SortedDictionary<string, HashSet<string>>(StringComparer.Ordinal);
        // In its own sample it is part of an ELU, which has one node.
        var alone = Flow.AddFlow(new Placeholder("x", [null]), new ExpMinusOne());
        foreach (var output in OpSamples.All.Values.Select(sample => sample.Output).Append(alone))
        {
            byte[] bytes;
            try
            {
                bytes = Exported.Bytes([output]);
            }
            catch (OnnxException)
            {
                continue;
            }
            // A node of the file says which op it was.
            foreach (var node in ModelProto.Parser.ParseFrom(bytes).Graph.Node.Where(node => node.HasDocString))
            {
                var op = FirstWord().Match(node.DocString).Value;
                if (!becomes.TryGetValue(op, out var found)) becomes[op] = found = [];
                found.Add(node.OpType);
            }
        }
        var rows = new StringBuilder("| op of SimpleFlow | nodes of ONNX |\n|---|---|\n");
        foreach (var type in ExporterTable.Ops.OrderBy(type => type.Name, StringComparer.Ordinal))
        {
            Assert.True(becomes.ContainsKey(type.Name), $"no sample of {type.Name} can be written");
            var nodes = becomes[type.Name].Order(StringComparer.Ordinal).Select(op => $"`{op}`");
            rows.Append($"| `{type.Name}` | {string.Join(", ", nodes)} |\n");
        }
        return rows.ToString();
    }

    [GeneratedRegex("^[A-Za-z0-9]+")]
    private static partial Regex FirstWord();
}
