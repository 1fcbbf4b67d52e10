using System.Globalization;
using System.Text.RegularExpressions;
using Google.Protobuf;
using SimpleFlow.Onnx.Schema;
using AttributeType = SimpleFlow.Onnx.Schema.AttributeProto.Types.AttributeType;
using DataType = SimpleFlow.Onnx.Schema.TensorProto.Types.DataType;

namespace SimpleFlow.Tests.Onnx;

/// <summary>
/// Makes ONNX files from the part of ONNX's text format that tests need: <c>(float[rows, 4] x) => (float y) { y = Relu(x) }</c>. Weights
/// stand before the nodes, <c>&lt;float[2] w = {1, 2}&gt;</c>, attributes after the op, <c>Softmax&lt;axis = 1&gt;(x)</c>; a value of type
/// <c>float</c> declares no shape, one of <c>float[]</c> a single number; an input that is left out is <c>_</c>.
/// </summary>
internal sealed partial class OnnxText
{
    private readonly List<string> _tokens;
    private int _at;

    private OnnxText(string text) => _tokens = [.. Token().Matches(text).Select(match => match.Value)];

    public static byte[] Bytes(string text, int opset = 17) => Model(text, opset).ToByteArray();

    public static ModelProto Model(string text, int opset = 17)
    {
        var reader = new OnnxText(text);
        var model = new ModelProto { IrVersion = opset > 21 ? 10 : 8, Graph = reader.Graph() };
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = opset });
        string[] others = ["ai.onnx.preview.training", "com.example"];
        foreach (var domain in others.Where(domain => text.Contains(domain, StringComparison.Ordinal)))
            model.OpsetImport.Add(new OperatorSetIdProto { Domain = domain, Version = 1 });
        return model;
    }

    [GeneratedRegex("""=>|"[^"]*"|-?inf|-?\d+(\.\d+)?([eE][-+]?\d+)?|[A-Za-z_][\w./]*|[=()\[\]{}<>,?]""")]
    private static partial Regex Token();

    private string Next => _at < _tokens.Count ? _tokens[_at] : "";

    private string Take() => _tokens[_at++];

    private void Expect(string token) => Assert.Equal(token, Take());

    private bool Skips(string token)
    {
        if (Next != token) return false;
        _at++;
        return true;
    }

    private List<T> List<T>(string open, Func<T> item, string close)
    {
        var items = new List<T>();
        Expect(open);
        while (!Skips(close))
        {
            items.Add(item());
            Skips(",");
        }
        return items;
    }

    private GraphProto Graph()
    {
        var graph = new GraphProto { Name = Next == "(" ? "graph" : Take() };
        graph.Input.AddRange(List("(", Value, ")"));
        Expect("=>");
        graph.Output.AddRange(List("(", Value, ")"));
        if (Next == "<") graph.Initializer.AddRange(List("<", Weight, ">"));
        graph.Node.AddRange(List("{", Node, "}"));
        return graph;
    }

    private (DataType Type, TensorShapeProto? Shape) Type()
    {
        var type = Enum.Parse<DataType>(Take(), ignoreCase: true);
        if (Next != "[") return (type, null);
        var shape = new TensorShapeProto();
        shape.Dim.AddRange(List("[", Take, "]").Select(size => long.TryParse(size, CultureInfo.InvariantCulture, out var known)
            ? new TensorShapeProto.Types.Dimension { DimValue = known }
            : size == "?" ? new TensorShapeProto.Types.Dimension() : new TensorShapeProto.Types.Dimension { DimParam = size }));
        return (type, shape);
    }

    private ValueInfoProto Value()
    {
        var (type, shape) = Type();
        var tensor = new TypeProto.Types.Tensor { ElemType = (int)type };
        if (shape is not null) tensor.Shape = shape;
        return new ValueInfoProto { Name = Take(), Type = new TypeProto { TensorType = tensor } };
    }

    private TensorProto Weight()
    {
        var (type, shape) = Type();
        var tensor = new TensorProto { Name = Take(), DataType = (int)type };
        if (shape is not null) tensor.Dims.AddRange(shape.Dim.Select(size => size.DimValue));
        Expect("=");
        var numbers = List("{", Take, "}").ConvertAll(Number);
        if (type == DataType.Int64) tensor.Int64Data.AddRange(numbers.Select(number => (long)number));
        else if (type == DataType.Float) tensor.FloatData.AddRange(numbers.Select(number => (float)number));
        else tensor.Int32Data.AddRange(numbers.Select(number => (int)number));
        return tensor;
    }

    private NodeProto Node()
    {
        var node = new NodeProto();
        do node.Output.Add(Name());
        while (Skips(","));
        Expect("=");
        var op = Take();
        var dot = op.LastIndexOf('.');
        (node.Domain, node.OpType) = dot < 0 ? ("", op) : (op[..dot], op[(dot + 1)..]);
        if (Next == "<") node.Attribute.AddRange(List("<", Attribute, ">"));
        node.Input.AddRange(List("(", Name, ")"));
        return node;
    }

    private string Name() => Take() is var name && name == "_" ? "" : name;

    private AttributeProto Attribute()
    {
        var attribute = new AttributeProto { Name = Take() };
        Expect("=");
        if (Next == "[")
        {
            var items = List("[", Take, "]");
            if (items.Exists(item => item[0] == '"'))
            {
                attribute.Type = AttributeType.Strings;
                attribute.Strings.AddRange(items.Select(item => ByteString.CopyFromUtf8(item.Trim('"'))));
            }
            else if (items.Exists(item => item.Contains('.', StringComparison.Ordinal)))
            {
                attribute.Type = AttributeType.Floats;
                attribute.Floats.AddRange(items.Select(item => (float)Number(item)));
            }
            else
            {
                attribute.Type = AttributeType.Ints;
                attribute.Ints.AddRange(items.Select(item => (long)Number(item)));
            }
        }
        else if (Next[0] == '"')
        {
            (attribute.Type, attribute.S) = (AttributeType.String, ByteString.CopyFromUtf8(Take().Trim('"')));
        }
        else if (char.IsLetter(Next[0]) || Next == "(")
        {
            // A graph, or a tensor as a weight is written.
            if (_tokens[_at + 1] is "[") (attribute.Type, attribute.T) = (AttributeType.Tensor, Weight());
            else (attribute.Type, attribute.G) = (AttributeType.Graph, Graph());
        }
        else if (Next.Contains('.', StringComparison.Ordinal))
        {
            (attribute.Type, attribute.F) = (AttributeType.Float, (float)Number(Take()));
        }
        else
        {
            (attribute.Type, attribute.I) = (AttributeType.Int, (long)Number(Take()));
        }
        return attribute;
    }

    private static double Number(string text) => text switch
    {
        "inf" => double.PositiveInfinity,
        "-inf" => double.NegativeInfinity,
        _ => double.Parse(text, CultureInfo.InvariantCulture),
    };
}
