using System.Text;

namespace SimpleFlow;

/// <summary>The table of a model's layers, as text.</summary>
internal static class LayerTable
{
    // As many variables of one layer as a line can name.
    private const int MostNamed = 12;

    public static string Of(Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var forward = GraphOrder.Of([.. model.Predictions, .. model.Losses], valuesOnly: true);
        List<(string Layer, string Output, List<string> Variables, long Parameters)> rows = [];
        rows.AddRange(forward.OfType<Placeholder>()
            .Select(placeholder => (placeholder.Label, placeholder.Shape.ToString(), new List<string>(), 0L)));
        var counted = new HashSet<Variable>(ReferenceEqualityComparer.Instance);
        foreach (var node in forward.OfType<Operation>())
        {
            if (IsVariableInAnotherShape(node)) continue;
            var variables = node.InputArray.Where((_, i) => !node.Op.UsesOnlyShape(i))
                .Select(input => IsVariableInAnotherShape(input) ? ((Operation)input).InputArray[0] : input)
                .OfType<Variable>().Distinct().ToList();
            if (variables.Count == 0) continue;
            var layer = LayerOf(variables[0]) ?? node.Label;
            var parameters = variables.Where(variable => variable.IsTrainable && counted.Add(variable))
                .Sum(variable => variable.Shape.ElementCount);
            var output = OutputOf(node).ToString();
            var shapes = variables.Select(variable => $"{ShortName(variable)} {variable.Shape}");
            if (rows.Count > 0 && LayerOf(variables[0]) is not null && rows[^1].Layer == layer)
                rows[^1] = (layer, output, [.. rows[^1].Variables, .. shapes], rows[^1].Parameters + parameters);
            else
                rows.Add((layer, output, [.. shapes], parameters));
        }
        return Text([.. rows.Select(row => (row.Layer, row.Output, Named(row.Variables), row.Parameters))], model.ParameterCount);
    }

    private static string Named(List<string> variables) => variables.Count <= MostNamed ? string.Join(", ", variables)
        : $"{string.Join(", ", variables.Take(MostNamed / 2))}, … ({variables.Count} variables)";

    // A bias [channels] becomes [channels, 1, 1] before it is added: the layer's output is the sum.
    private static bool IsVariableInAnotherShape(Node node) =>
        node is Operation { Op: Unsqueeze or Reshape } view && view.InputArray[0] is Variable;

    // Of a recurrence, its first state at every step: [batch, time, …].
    private static Shape OutputOf(Operation node) => node.Op is not Scan { Body: { } body } || body.Results[0].Shape.Rank == 0 ? node.Shape
        : Shape.Create([body.Results[0].Shape[0], node.InputArray[0].Shape[0], .. body.Results[0].Shape.Skip(1)]);

    private static string? LayerOf(Variable variable) =>
        variable.Name!.LastIndexOf('/') is > 0 and var slash ? variable.Name[..slash] : null;

    private static string ShortName(Variable variable) => variable.Name![(variable.Name!.LastIndexOf('/') + 1)..];

    private static string Text(List<(string Layer, string Output, string Variables, long Parameters)> rows, long parameters)
    {
        var text = new StringBuilder();
        var layer = Math.Max("layer".Length, rows.Max(row => row.Layer.Length));
        var output = Math.Max("output".Length, rows.Max(row => row.Output.Length));
        var variables = Math.Max("variables".Length, rows.Max(row => row.Variables.Length));
        void Line(string a, string b, string c, string d) =>
            text.Append(a.PadRight(layer + 2)).Append(b.PadRight(output + 2)).Append(c.PadRight(variables + 2)).Append(d.PadLeft(12))
                .Append('\n');
        Line("layer", "output", "variables", "parameters");
        text.Append('─', layer + output + variables + 18).Append('\n');
        foreach (var row in rows) Line(row.Layer, row.Output, row.Variables, row.Parameters == 0 ? "" : $"{row.Parameters:N0}");
        text.Append('─', layer + output + variables + 18).Append('\n');
        Line("total", "", "", $"{parameters:N0}");
        return text.ToString();
    }
}
