using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace SimpleFlow;

/// <summary>A trace as JSON, for other programs.</summary>
internal static class TraceJson
{
    private const int LargestWhole = 64;

    public static string Of(Trace trace)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("loss", trace.Loss.Label);
            Number(json, "value", trace[trace.Loss].Value.Plain.Elements.Sum());
            json.WriteStartArray("rows");
            foreach (var row in trace.Rows) Row(json, row);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void Row(Utf8JsonWriter json, TraceRow row)
    {
        json.WriteStartObject();
        json.WriteNumber("number", row.Number);
        json.WriteString("node", row.Node.Label);
        json.WriteString("op", row.Kind);
        if (row.Node.MadeAt.IsKnown) json.WriteString("madeAt", row.Node.MadeAt.ToString());
        Integers(json, "inputs", row.Inputs);
        Integers(json, "shape", row.Value.Plain.Sizes);
        json.WriteNumber("microseconds", Math.Round(row.Time.TotalMicroseconds, 3));
        json.WriteStartArray("localRules");
        foreach (var rule in row.LocalRules) json.WriteStringValue(rule);
        json.WriteEndArray();
        Tensor(json, "value", row.Value);
        Tensor(json, "gradient", row.Gradient);
        Tensor(json, "update", row.Update);
        if (row.Differences is { } check) Differences(json, check);
        json.WriteEndObject();
    }

    private static void Tensor(Utf8JsonWriter json, string name, TensorStatistics? tensor)
    {
        if (tensor is null) return;
        json.WriteStartObject(name);
        Number(json, "mean", tensor.Mean);
        Number(json, "minimum", tensor.Minimum);
        Number(json, "maximum", tensor.Maximum);
        Number(json, "norm", tensor.Norm);
        json.WriteNumber("shareOfZeros", tensor.ShareOfZeros);
        json.WriteNumber("nonFinite", tensor.NonFinite);
        if (tensor.Plain.Count <= LargestWhole)
        {
            json.WriteStartArray("elements");
            foreach (var element in tensor.Plain.Elements) Value(json, element);
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }

    private static void Differences(Utf8JsonWriter json, NodeGradientCheck check)
    {
        json.WriteStartObject("differences");
        json.WriteBoolean("agrees", check.Agrees);
        Number(json, "largestAbsolute", check.LargestAbsolute);
        Number(json, "largestRelative", check.LargestRelative);
        json.WriteStartArray("elements");
        foreach (var element in check.Elements)
        {
            json.WriteStartObject();
            Integers(json, "index", element.Index);
            Number(json, "analytic", element.Analytic);
            Number(json, "byDifferences", element.ByDifferences);
            json.WriteBoolean("isKink", element.IsKink);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Integers(Utf8JsonWriter json, string name, IReadOnlyList<int> numbers)
    {
        json.WriteStartArray(name);
        foreach (var number in numbers) json.WriteNumberValue(number);
        json.WriteEndArray();
    }

    private static void Number(Utf8JsonWriter json, string name, double number)
    {
        json.WritePropertyName(name);
        Value(json, number);
    }

    // JSON has no numbers for what is not finite.
    private static void Value(Utf8JsonWriter json, double number)
    {
        if (double.IsFinite(number)) json.WriteNumberValue(number);
        else json.WriteStringValue(number.ToString(CultureInfo.InvariantCulture));
    }
}
