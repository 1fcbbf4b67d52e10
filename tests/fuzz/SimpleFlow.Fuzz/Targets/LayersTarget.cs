using System.Text;

namespace SimpleFlow.Fuzz;

/// <summary>Layers in JSON, as <c>--layers</c> takes them, and the graphs of them.</summary>
internal sealed class LayersTarget : FuzzTarget
{
    public override string Name => "layers";
    public override string Ending => ".json";

    public override IEnumerable<(string Name, byte[] Bytes)> Seeds()
    {
        yield return ("dense.json",
            """[{"layer":"dense","units":8,"activation":"relu"},{"layer":"dropout","rate":0.2},{"layer":"batch-norm"}]"""u8.ToArray());
        yield return ("images.json", """
            [ // comments are allowed
              {"layer":"conv2d","channels":4,"window":3,"stride":1,"padding":1,"dilation":1,"groups":1,"activation":"gelu","name":"first"},
              {"layer":"residual","layers":[{"layer":"conv2d","channels":4,"window":3},{"layer":"group-norm","groups":2}]},
              {"layer":"max-pool2d","window":2},{"layer":"conv-transpose2d","channels":2,"window":2,"stride":2,"outputPadding":0},
              {"layer":"average-pool2d"},{"layer":"flatten"},
            ]
            """u8.ToArray());
        yield return ("sequences.json",
            """
            [{"layer":"embedding","count":20,"size":8},{"layer":"positional-embedding"},
             {"layer":"transformer","heads":2,"hidden":16,"causal":true},{"layer":"sinusoidal-positions"},{"layer":"layer-norm"},
             {"layer":"lstm","units":4,"sequence":true},{"layer":"gru","units":3,"sequence":true},
             {"layer":"rnn","units":2,"reverse":true}]
            """u8.ToArray());
        yield return ("shapes.json",
            """
            [{"layer":"reshape","sizes":[3,144]},{"layer":"conv1d","channels":2,"width":3,"padding":1},{"layer":"rms-norm"},
             {"layer":"activation","function":"softmax"}]
            """u8.ToArray());
    }

    public override object Read(string path) => LayersFile.Read(path);

    public override void Use(string path, object read)
    {
        var layers = (Sequential)read;
        var isText = layers.Layers[0] is Layer.Embedding;
        _ = layers.Build(isText ? new Placeholder("text", [null, 12], ElementType.Int32) : new Placeholder("image", [null, 3, 12, 12]));
    }

    // A layer of thirty bytes may be dozens of nodes, and a recurrent one is dozens for each of twelve times.
    public override long MemoryToUse(byte[] bytes) => 4096L * bytes.Length + 16 * Ground;

    public override byte[] Structured(byte[] bytes, Mutator mutator) =>
        Encoding.UTF8.GetBytes(mutator.Json(Encoding.UTF8.GetString(bytes)));

    protected override bool IsPromised(SimpleFlowException error, string path) => error.Message.Length > 0;
}
