using System.Buffers.Binary;
using System.Text;

namespace SimpleFlow.Fuzz;

/// <summary>Files of tensors, with and without our checksum.</summary>
internal sealed class SafetensorsTarget : FuzzTarget
{
    public override string Name => "safetensors";
    public override string Ending => ".safetensors";

    public override IEnumerable<(string Name, byte[] Bytes)> Seeds()
    {
        yield return ("foreign.safetensors",
            File("""{"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},"b":{"dtype":"F64","shape":[],"data_offsets":[24,32]}}""",
                new byte[32]));
        yield return ("halves.safetensors",
            File("""{"__metadata__":{"format":"pt"},"h":{"dtype":"F16","shape":[3],"data_offsets":[0,6]}"""
                + ""","b":{"dtype":"BF16","shape":[1],"data_offsets":[6,8]}}   """, new byte[8]));
        yield return ("empty.safetensors", File("""{"e":{"dtype":"F32","shape":[0,9],"data_offsets":[0,0]}}""", []));
        yield return ("whole.safetensors", File("""{"i":{"dtype":"I64","shape":[1],"data_offsets":[0,8]}}""", new byte[8]));
        yield return ("signed.safetensors", Signed(new Dictionary<string, NamedTensor> { ["layer/w"] = new([2, 2], [1, 2, 3, 4]) },
            new Dictionary<string, string> { ["who"] = "me" }));
    }

    public override object Read(string path) => SafetensorsFile.Read(path).Tensors;

    public override void Use(string path, object read)
    {
        foreach (var (_, tensor) in (IReadOnlyDictionary<string, NamedTensor>)read)
        {
            if (tensor.Shape.Aggregate(1L, (count, size) => count * size) != tensor.Values.Length)
                throw new InvalidOperationException("Shape and values differ.");
        }
    }

    public override byte[] Structured(byte[] bytes, Mutator mutator)
    {
        var length = HeaderOf(bytes);
        return length == 0 ? mutator.Text(bytes) : File(mutator.Json(Encoding.UTF8.GetString(bytes, 8, length)), bytes[(8 + length)..]);
    }

    /// <summary>A file that carries its checksum.</summary>
    public static byte[] Signed(IReadOnlyDictionary<string, NamedTensor> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        var path = Path.GetTempFileName();
        SafetensorsFile.Write(path, tensors, metadata);
        var bytes = System.IO.File.ReadAllBytes(path);
        System.IO.File.Delete(path);
        return bytes;
    }

    private static int HeaderOf(byte[] bytes) =>
        bytes.Length < 8 ? 0 : (int)Math.Clamp(BinaryPrimitives.ReadInt64LittleEndian(bytes), 0, bytes.Length - 8);

    private static byte[] File(string header, byte[] elements)
    {
        var text = Encoding.UTF8.GetBytes(header);
        var length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, text.Length);
        return [.. length, .. text, .. elements];
    }
}
