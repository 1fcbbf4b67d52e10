using System.Buffers.Binary;
using System.Text;

namespace SimpleFlow.Fuzz;

/// <summary>Arrays of NumPy.</summary>
internal sealed class NpyTarget : FuzzTarget
{
    public override string Name => "npy";
    public override string Ending => ".npy";

    public override IEnumerable<(string Name, byte[] Bytes)> Seeds()
    {
        yield return ("scalar.npy", File("{'descr': '<f8', 'fortran_order': False, 'shape': (), }", new byte[8]));
        yield return ("bytes.npy", File("{'descr': '|u1', 'fortran_order': False, 'shape': (4, 5), }", new byte[20]));
        yield return ("fortran.npy", File("{'descr': '>i4', 'fortran_order': True, 'shape': (2, 3, 2), }", new byte[48]));
        yield return ("truths.npy", File("{'descr': '|b1', 'fortran_order': False, 'shape': (3,), }", [0, 1, 1]));
        yield return ("version-2.npy", File("{'shape': (2,), 'descr': '<f2', 'fortran_order': False}", new byte[4], version: 2));
        yield return ("objects.npy", File("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }",
            "\x80\x03]q\0.          "u8.ToArray()));
        yield return ("records.npy", File("{'descr': [('a', '<f4'), ('b', '<i4')], 'fortran_order': False, 'shape': (1,), }", new byte[8]));
    }

    public override object Read(string path) => NpyFile.Read(path);

    public override void Use(string path, object read)
    {
        var array = (DataArray)read;
        array.CopyTo(new float[array.Count]);
    }

    public override byte[] Structured(byte[] bytes, Mutator mutator) => Changed(bytes, mutator);

    /// <summary>The same file with words of its header changed, and the length of the header right.</summary>
    public static byte[] Changed(byte[] bytes, Mutator mutator)
    {
        var prefix = bytes.Length > 6 && bytes[6] == 1 ? 10 : 12;
        if (bytes.Length < prefix) return mutator.Text(bytes);
        var length = prefix == 10 ? BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(8))
            : (int)Math.Min(int.MaxValue, BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(8)));
        length = Math.Min(length, bytes.Length - prefix);
        return File(mutator.Text(Encoding.Latin1.GetString(bytes, prefix, length)), bytes[(prefix + length)..], bytes[6]);
    }

    private static byte[] File(string header, byte[] elements, byte version = 1)
    {
        if (!header.EndsWith('\n')) header += "\n";
        var text = Encoding.UTF8.GetBytes(header);
        var start = new byte[version == 1 ? 10 : 12];
        "?NUMPY"u8.CopyTo(start);
        (start[0], start[6]) = (0x93, version);
        if (version == 1) BinaryPrimitives.WriteUInt16LittleEndian(start.AsSpan(8), (ushort)text.Length);
        else BinaryPrimitives.WriteInt32LittleEndian(start.AsSpan(8), text.Length);
        return [.. start, .. text, .. elements];
    }
}
