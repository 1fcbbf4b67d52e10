using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace SimpleFlow;

/// <summary>A way in which files of weights store numbers, least byte first, and how they become float32.</summary>
internal sealed class StoredFloat
{
    // Large enough that reading is not the work of calls, small beside what is read.
    private const int Piece = 16 * 1024;

    private readonly Func<ReadOnlySpan<byte>, double> _number;

    private StoredFloat(string name, int size, Func<ReadOnlySpan<byte>, double> number) => (Name, Size, _number) = (name, size, number);

    public static StoredFloat Float32 { get; } = new("F32", 4, bytes => BinaryPrimitives.ReadSingleLittleEndian(bytes));

    public static StoredFloat Float16 { get; } = new("F16", 2, bytes => (double)BinaryPrimitives.ReadHalfLittleEndian(bytes));

    /// <summary>The upper half of a float32.</summary>
    public static StoredFloat Bfloat16 { get; } = new("BF16", 2, bytes => BitConverter.Int32BitsToSingle(BinaryPrimitives.ReadUInt16LittleEndian(bytes) << 16));

    public static StoredFloat Float64 { get; } = new("F64", 8, BinaryPrimitives.ReadDoubleLittleEndian);

    public static IReadOnlyList<StoredFloat> All { get; } = [Float32, Float16, Bfloat16, Float64];

    /// <summary>What a safetensors file calls it.</summary>
    public string Name { get; }

    /// <summary>How many bytes a number has.</summary>
    public int Size { get; }

    /// <summary>Reads numbers, rounded to the nearest float32; false if the stream ends before.</summary>
    /// <param name="stream">Where they come from.</param>
    /// <param name="values">Where they go.</param>
    /// <param name="beyond">The first that is finite and too large for a float32, or −1.</param>
    public bool Read(Stream stream, Span<float> values, out int beyond)
    {
        beyond = -1;
        if (this == Float32 && BitConverter.IsLittleEndian) return EarnedArray.Fill(stream, values) == values.Length;
        var buffer = new byte[Math.Min((long)Size * values.Length, Size * Piece)];
        for (var at = 0; at < values.Length;)
        {
            var piece = values.Slice(at, Math.Min(Piece, values.Length - at));
            var bytes = buffer.AsSpan(0, Size * piece.Length);
            if (stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) < bytes.Length) return false;
            for (var i = 0; i < piece.Length; i++)
            {
                var number = _number(bytes.Slice(i * Size, Size));
                piece[i] = (float)number;
                if (beyond < 0 && float.IsInfinity(piece[i]) && double.IsFinite(number)) beyond = at + i;
            }
            at += piece.Length;
        }
        return true;
    }

    /// <summary>Gives the bytes of float32 numbers, piece by piece.</summary>
    public static void Write(ReadOnlySpan<float> values, Action<ReadOnlySpan<byte>> write)
    {
        for (var at = 0; at < values.Length; at += Piece)
        {
            var piece = values.Slice(at, Math.Min(Piece, values.Length - at));
            if (BitConverter.IsLittleEndian)
            {
                write(MemoryMarshal.AsBytes(piece));
                continue;
            }
            var bytes = new byte[4 * piece.Length];
            for (var i = 0; i < piece.Length; i++) BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(4 * i), piece[i]);
            write(bytes);
        }
    }
}
