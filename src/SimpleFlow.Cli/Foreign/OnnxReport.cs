using System.Text.Json;
using SimpleFlow.Onnx;

namespace SimpleFlow.Cli.Foreign;

/// <summary>What an ONNX file holds, for people and for programs.</summary>
internal static class OnnxReport
{
    // More names than a person reads.
    private const int MostNames = 5;

    public static void Write(OnnxContents contents, string path, TextWriter output)
    {
        var opsets = contents.Opsets.OrderBy(one => one.Key, StringComparer.Ordinal)
            .Select(one => one.Key.Length == 0 ? $"op set {one.Value}" : $"{one.Key} {one.Value}");
        output.WriteLine($"{path}: {NumberText.Count(contents.Parameters, "parameter")}, {new FileInfo(path).Length / 1024.0:N0} KB");
        output.WriteLine($"format    ONNX version {contents.IrVersion}, {string.Join(", ", opsets)}"
            + $"{(contents.Producer.Length > 0 ? $", written by {contents.Producer}" : "")}");
        if (contents.Description.Length > 0) output.WriteLine($"says      {contents.Description}");
        foreach (var port in contents.Inputs) output.WriteLine($"takes     {port}");
        foreach (var port in contents.Outputs) output.WriteLine($"gives     {port}");
        foreach (var type in contents.Converted)
        {
            var isFloat = type.Contains("float", StringComparison.Ordinal) || type == "double";
            output.WriteLine($"converts  {type} to {(isFloat ? "float32" : "int32")}");
        }
        if (contents.Metadata.Count > 0) output.WriteLine($"metadata  {string.Join(", ", contents.Metadata.Keys)}");
        output.WriteLine();
        var width = contents.Ops.Select(op => op.Name.Length).DefaultIfEmpty(0).Max();
        foreach (var op in contents.Ops) output.WriteLine($"  {op.Name.PadRight(width)}  {op.Nodes.Count,5} ×");
        output.WriteLine();
        if (contents.Unsupported.Count == 0)
        {
            output.WriteLine("SimpleFlow reads all of its ops.");
            return;
        }
        output.WriteLine($"SimpleFlow cannot run it: it does not support {NumberText.Count(contents.Unsupported.Count, "op")}.");
        foreach (var op in contents.Unsupported)
        {
            var names = op.Nodes.Take(MostNames).Select(name => $"'{name}'");
            output.WriteLine($"  {op.Name}, {op.Nodes.Count} ×: {string.Join(", ", names)}{(op.Nodes.Count > MostNames ? ", …" : "")}");
        }
    }

    /// <summary>Writes it as the property <c>onnx</c>.</summary>
    public static void Write(OnnxContents contents, Utf8JsonWriter line)
    {
        line.WriteStartObject("onnx");
        line.WriteNumber("irVersion", contents.IrVersion);
        line.WriteString("producer", contents.Producer);
        line.WriteStartObject("opsets");
        foreach (var (name, version) in contents.Opsets) line.WriteNumber(name, version);
        line.WriteEndObject();
        Write(contents.Inputs, "inputs");
        Write(contents.Outputs, "outputs");
        line.WriteStartArray("converted");
        foreach (var type in contents.Converted) line.WriteStringValue(type);
        line.WriteEndArray();
        Count(contents.Ops, "ops");
        Count(contents.Unsupported, "unsupported");
        line.WriteEndObject();

        void Write(IReadOnlyList<OnnxPort> ports, string name)
        {
            line.WriteStartArray(name);
            foreach (var port in ports)
            {
                line.WriteStartObject();
                line.WriteString("name", port.Name);
                line.WriteString("type", port.Type);
                if (port.Sizes is not null)
                {
                    line.WriteStartArray("sizes");
                    foreach (var size in port.Sizes) line.WriteStringValue(size);
                    line.WriteEndArray();
                }
                line.WriteEndObject();
            }
            line.WriteEndArray();
        }

        void Count(IReadOnlyList<OnnxOp> ops, string name)
        {
            line.WriteStartObject(name);
            foreach (var op in ops) line.WriteNumber(op.Name, op.Nodes.Count);
            line.WriteEndObject();
        }
    }
}
