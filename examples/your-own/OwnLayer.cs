using System.Text.Json.Serialization;
using SimpleFlow;

namespace YourOwn;

/// <summary>A layer: every feature times a factor of its own, which is learned.</summary>
public sealed record Scale(float Start = 1) : Layer
{
    protected override Node Build(Node x, string name) =>
        x * new Variable($"{name}/factors", [x.Shape[^1]!.Value], Initializer.Constant(Start));
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Scale))]
internal sealed partial class ScaleJson : JsonSerializerContext;

/// <summary>The layer stands among the others, in a network and in its file.</summary>
internal static class OwnLayer
{
    public static void Run()
    {
        // Once in a program, before it saves or loads a network with the layer.
        Layer.Register("scale", ScaleJson.Default.Scale);

        // Pictures of 4 × 4 pixels with a bright row or a bright column.
        var random = new Random(1);
        var labels = Enumerable.Range(0, 400).Select(_ => random.Next(2)).ToArray();
        var pixels = new float[400 * 16];
        for (var picture = 0; picture < 400; picture++)
        {
            var line = random.Next(4);
            for (var i = 0; i < 16; i++)
                pixels[picture * 16 + i] = 0.3f * random.NextSingle() + ((labels[picture] == 0 ? i / 4 : i % 4) == line ? 0.7f : 0);
        }
        var images = DataArray.From(pixels).Reshape(400, 1, 4, 4);

        var description = new NetworkDescription(new ImageInput(1, 4, 4), new ClassOutput("line", ["row", "column"]),
            [new Layer.Flatten(), new Scale(0.5f), new Layer.Dense(16, Activation.Relu)]);
        var network = new Network(description, new Adam(0.01f));
        network.Model.Fit(network.EncodedDataset(images, labels), epochs: 30);
        var path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid()}.safetensors");
        try
        {
            network.Save(path);
            var loaded = Network.Load(path);
            var right = loaded.ClassifyEncoded(images).Index().Count(one => one.Item.Class == (labels[one.Index] == 0 ? "row" : "column"));
            Console.WriteLine($"  {description.ToJson()}");
            Console.WriteLine($"  loaded, it knows {right} of 400 pictures");
            if (right < 380) throw new InvalidOperationException("The network has not learned, or the file lost something.");
        }
        finally
        {
            File.Delete(path);
        }
    }
}
