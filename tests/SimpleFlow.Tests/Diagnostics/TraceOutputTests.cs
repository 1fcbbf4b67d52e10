using System.Text.Json;
using System.Xml.Linq;

namespace SimpleFlow.Tests.Diagnostics;

/// <summary>A trace as a table, as JSON and as HTML.</summary>
public class TraceOutputTests
{
    private static Trace Line()
    {
        var x = new Placeholder("x", [null, 1]);
        var a = new Variable("a", [1, 1], Initializer.Constant(2));
        var loss = (x.MatMul(a, name: "y <1>") - 1f).Power(2).Mean(name: "loss");
        return new Model(loss, optimizer: new GradientDescent(0.5f, 0)).Trace(new Feed { [x] = new float[] { 1, 2 } }, differences: true);
    }

    [Fact]
    public void The_table_has_a_line_for_every_node_and_columns_that_stand_below_each_other()
    {
        var trace = Line();
        var lines = trace.ToText().Split('\n');
        Assert.StartsWith("trace of `loss` = 5; δ is ∂loss/∂node", lines[0], StringComparison.Ordinal);
        Assert.Equal(trace.Rows.Count, Array.IndexOf(lines, "", 4) - 4);
        var shape = lines[2].IndexOf("shape", StringComparison.Ordinal);
        Assert.All(trace.Rows,
            row => Assert.StartsWith(row.Value.Shape.ToString(), lines[4 + row.Number][shape..], StringComparison.Ordinal));
        // ∂loss/∂a is the mean of 2 · (2x − 1) · x over 1 and 2, which is 7; half of it is taken away.
        Assert.Matches(@"^ *\d+  a +variable +\[1, 1\] +2 +2 +2 +2 +7 +7 +7 +3\.5 ",
            lines.Single(line => line.Contains(" a  ", StringComparison.Ordinal)));
        Assert.Contains("      δ(a) += xᵀ·δ(y <1>)", lines);
    }

    [Fact]
    public void Json_has_it_all()
    {
        using var document = JsonDocument.Parse(Line().ToJson());
        var root = document.RootElement;
        Assert.Equal(("loss", 5), (root.GetProperty("loss").GetString(), root.GetProperty("value").GetDouble()));
        var rows = root.GetProperty("rows").EnumerateArray().ToList();
        Assert.Equal(Line().Rows.Select(row => row.Node.Label), rows.Select(row => row.GetProperty("node").GetString()));
        var a = rows.Single(row => row.GetProperty("node").GetString() == "a");
        Assert.Equal([1, 1], Numbers(a.GetProperty("shape")));
        Assert.Equal([7], Numbers(a.GetProperty("gradient").GetProperty("elements")));
        Assert.Equal([-3.5], Numbers(a.GetProperty("update").GetProperty("elements")));
        Assert.Equal(7, a.GetProperty("differences").GetProperty("elements")[0].GetProperty("byDifferences").GetDouble(), 1e-8);
        Assert.StartsWith("TraceOutputTests.cs:", a.GetProperty("madeAt").GetString(), StringComparison.Ordinal);
        var y = rows.Single(row => row.GetProperty("node").GetString() == "y <1>");
        Assert.Equal([2, 4], Numbers(y.GetProperty("value").GetProperty("elements")));
        Assert.Equal(["x", "a"],
            y.GetProperty("inputs").EnumerateArray().Select(input => rows[input.GetInt32()].GetProperty("node").GetString()));
        Assert.Equal(["δ(x) += δ(y <1>)·aᵀ", "δ(a) += xᵀ·δ(y <1>)"],
            y.GetProperty("localRules").EnumerateArray().Select(rule => rule.GetString()));
    }

    [Fact]
    public void Json_has_statistics_alone_of_what_is_large_and_texts_for_what_is_not_finite()
    {
        var (large, small) = (new Variable("large", [65]), new Variable("small", [2], Initializer.Constant(0, -1)));
        using var document = JsonDocument.Parse(Trace.Of(large.Sum() + small.Log("log").Sum(), []).ToJson());
        JsonElement Value(string name) =>
            document.RootElement.GetProperty("rows").EnumerateArray().Single(row => row.GetProperty("node").GetString() == name)
                .GetProperty("value");
        Assert.False(Value("large").TryGetProperty("elements", out _));
        Assert.Equal(["-Infinity", "NaN"], Value("log").GetProperty("elements").EnumerateArray().Select(element => element.GetString()));
        Assert.Equal(2, Value("log").GetProperty("nonFinite").GetInt32());
        Assert.Equal("NaN", Value("log").GetProperty("mean").GetString());
    }

    [Fact]
    public void Html_is_one_table_with_a_row_for_every_node_and_names_are_text()
    {
        var trace = Line();
        var html = trace.ToHtml();
        Assert.Contains("<td>y &lt;1&gt;</td>", html, StringComparison.Ordinal);
        var table = XElement.Parse(html.Replace("<br>", "<br/>", StringComparison.Ordinal));
        Assert.Equal(("table", "trace"), (table.Name.LocalName, table.Attribute("class")!.Value));
        var rows = table.Element("tbody")!.Elements().ToList();
        Assert.Equal(trace.Rows.Count, rows.Count);
        var columns = table.Element("thead")!.Element("tr")!.Elements().Count();
        Assert.All(rows, row => Assert.Equal(columns, row.Elements().Count()));
    }

    private static IEnumerable<double> Numbers(JsonElement array) => array.EnumerateArray().Select(number => number.GetDouble());
}
