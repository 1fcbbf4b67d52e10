using System.Text.Json;

namespace SimpleFlow.Cli.Reports;

/// <summary>A gradient check as JSON, one object a line.</summary>
internal static class CheckReport
{
    public static void Write(GradientCheckResult result, TextWriter output)
    {
        foreach (var check in result.Nodes) JsonLine.Write(output, json =>
        {
            json.WriteString("event", "gradient");
            json.WriteString("node", check.Node.Label);
            json.WriteBoolean("right", check.Agrees);
            Comparison(json, check);
        });
        foreach (var rule in result.Rules) JsonLine.Write(output, json =>
        {
            json.WriteString("event", "rule");
            json.WriteString("op", rule.Node.Op.ToString());
            json.WriteString("node", rule.Node.Label);
            json.WriteNumber("input", rule.Input);
            json.WriteBoolean("right", rule.IsRight);
            if (rule.Problem is not null) json.WriteString("problem", rule.Problem);
            Comparison(json, rule);
        });
        JsonLine.Write(output, json =>
        {
            json.WriteString("event", "end");
            json.WriteBoolean("right", result.IsRight);
            json.WriteFigure("loss", result.Value);
            json.WriteFigure("tolerance", result.Tolerance);
        });
    }

    private static void Comparison(Utf8JsonWriter json, GradientComparison check)
    {
        json.WriteString("shape", check.Shape.ToString());
        json.WriteNumber("compared", check.Elements.Count - check.Kinks);
        json.WriteNumber("kinks", check.Kinks);
        json.WriteFigure("absolute", check.LargestAbsolute);
        json.WriteFigure("relative", check.LargestRelative);
        if (check.Worst is not { } worst) return;
        json.WriteStartArray("index");
        foreach (var index in worst.Index) json.WriteNumberValue(index);
        json.WriteEndArray();
        json.WriteFigure("analytic", worst.Analytic);
        json.WriteFigure("byDifferences", worst.ByDifferences);
    }
}
