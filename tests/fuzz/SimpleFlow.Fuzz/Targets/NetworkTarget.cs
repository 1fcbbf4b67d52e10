using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using SimpleFlow.Onnx;

namespace SimpleFlow.Fuzz;

/// <summary>Saved networks.</summary>
internal sealed class NetworkTarget : FuzzTarget
{
    public override string Name => "network";
    public override string Ending => ".safetensors";

    public override IEnumerable<(string Name, byte[] Bytes)> Seeds()
    {
        yield return ("table.safetensors", Saved(new(
            new TableInput([new NumberColumn("length", 4, 1.5, MayBeMissing: true), new CategoryColumn("colour", ["blue", "red"],
                EmbeddingSize: 2)]), new ClassOutput("kind", ["iris", "rose"]), [new Layer.Dense(3, Activation.Relu)])));
        yield return ("images.safetensors", Saved(new(new ImageInput(1, 4, 4), new ClassOutput("class", ["a", "b", "c"]),
            [new Layer.Conv2D(2, 3), new Layer.BatchNorm()])));
        yield return ("number.safetensors", Saved(new(new TableInput([new NumberColumn("area", 10, 2, MayBeMissing: false)]),
            new NumberOutput("price", 100, 20), [new Layer.Residual(new Layer.Dense(1))])));
        yield return ("text.safetensors", Saved(new(
            new TextInput("abc ", 6), new NextCharacterOutput(4), [new Layer.Embedding(4, 2), new Layer.SinusoidalPositions(),
                new Layer.TransformerBlock(1, Causal: true), new Layer.Lstm(2, Sequence: true)])));
        yield return ("body.safetensors", Saved(new(new ImageInput(1, 4, 4), new ClassOutput("class", ["a", "b"]),
            [Body() with { Mean = [0.5f], IsTrained = true }])));
    }

    public override object Read(string path) => SafetensorsFile.Read(path, requireChecksum: true);

    public override void Use(string path, object read)
    {
        OnnxBody.Register();
        var network = Network.Load(path, threads: 1);
        _ = network.Description.ToJson();
    }

    // Layers with the weights in the file become nodes; what would be written out at length is limited by itself, far above this.
    public override long MemoryToUse(byte[] bytes) => 4096L * bytes.Length + 16 * Ground;

    public override byte[] Structured(byte[] bytes, Mutator mutator) => Changed(bytes, mutator);

    /// <summary>The same file with words of its long texts changed, now and then also a byte of its tensors, and signed again.</summary>
    public static byte[] Changed(byte[] bytes, Mutator mutator)
    {
        var length = (int)BinaryPrimitives.ReadInt64LittleEndian(bytes);
        var header = JsonNode.Parse(bytes.AsSpan(8, length))!;
        var (texts, tensors) = (header["__metadata__"]!.AsObject(), bytes[(8 + length)..]);
        foreach (var (name, text) in texts.ToList())
            texts[name] = name == "sha256" ? new string('0', 64) : mutator.Json(text!.GetValue<string>());
        if (tensors.Length > 0 && mutator.Next(3) == 0) tensors[mutator.Next(tensors.Length)] ^= (byte)(1 << mutator.Next(8));
        byte[] Whole() => [.. BitConverter.GetBytes((long)Text().Length), .. Text(), .. tensors];
        byte[] Text() => Encoding.UTF8.GetBytes(header.ToJsonString());
        texts["sha256"] = Convert.ToHexStringLower(SHA256.HashData(Whole()));
        return Whole();
    }

    /// <summary>The convolutions of a network that others have trained.</summary>
    private static OnnxBody Body()
    {
        var path = Path.GetTempFileName();
        var classes = new ClassOutput("class", ["a", "b", "c"]);
        new Network(new(new ImageInput(1, 4, 4), classes, [new Layer.Conv2D(2, 3), new Layer.BatchNorm()])).ExportOnnx(path);
        var body = OnnxBody.Load(path);
        File.Delete(path);
        return body;
    }

    private static byte[] Saved(NetworkDescription description)
    {
        var path = Path.GetTempFileName();
        new Network(description).Save(path);
        var bytes = File.ReadAllBytes(path);
        File.Delete(path);
        return bytes;
    }
}
