using System.Runtime.InteropServices;
using static System.Buffers.Binary.BinaryPrimitives;

namespace SimpleFlow;

/// <summary>A number type of safetensors files, least byte first, and its conversion to float32 or whole numbers.</summary>
internal sealed class StoredNumber
{
    // Large enough that the calls cost little, and small compared with what is read.
    private const int Piece = 16 * 1024;

    private readonly Func<ReadOnlySpan<byte>, double> _number;
    private readonly Func<ReadOnlySpan<byte>, long>? _integer;

    private StoredNumber(string name, int size, Func<ReadOnlySpan<byte>, double> number, Func<ReadOnlySpan<byte>, long>? integer) =>
        (Name, Size, _number, _integer) = (name, size, number, integer);

    public static StoredNumber Float32 { get; } = Float("F32", 4, bytes => ReadSingleLittleEndian(bytes));

    public static StoredNumber Int64 { get; } = Whole("I64", 8, ReadInt64LittleEndian);

    public static StoredNumber Float16 { get; } = Float("F16", 2, bytes => (double)ReadHalfLittleEndian(bytes));

    public static StoredNumber Float64 { get; } = Float("F64", 8, ReadDoubleLittleEndian);

    public static StoredNumber Byte { get; } = Whole("U8", 1, bytes => bytes[0]);

    private static StoredNumber Bool { get; } = Whole("BOOL", 1, bytes => bytes[0]);

    /// <summary>All that are read. bfloat16 is the upper half of a float32, and F8_E5M2 that of a float16.</summary>
    public static IReadOnlyList<StoredNumber> All { get; } =
        [
        Float32,
        Float16,
        Float("BF16", 2, bytes => BitConverter.Int32BitsToSingle(ReadUInt16LittleEndian(bytes) << 16)),
        Float64,
        Float("F8_E5M2", 1, bytes => (double)BitConverter.UInt16BitsToHalf((ushort)(bytes[0] << 8))),
        Float("F8_E4M3", 1, bytes => FourAndThree(bytes[0])),
        Bool,
        Byte,
        Whole("I8", 1, bytes => (sbyte)bytes[0]),
        Whole("U16", 2, bytes => ReadUInt16LittleEndian(bytes)),
        Whole("I16", 2, bytes => ReadInt16LittleEndian(bytes)),
        Whole("U32", 4, bytes => ReadUInt32LittleEndian(bytes)),
        Whole("I32", 4, bytes => ReadInt32LittleEndian(bytes)),
        Whole("U64", 8, bytes => checked((long)ReadUInt64LittleEndian(bytes)), bytes => ReadUInt64LittleEndian(bytes)),
        Int64,
    ];

    /// <summary>An unknown type: its numbers cannot be read.</summary>
    public static StoredNumber Unknown(string name) => new(name, size: 0, _ => double.NaN, integer: null);

    /// <summary>Whether its numbers can be read.</summary>
    public bool IsKnown => Size > 0;

    /// <summary>What a safetensors file calls it.</summary>
    public string Name { get; }

    /// <summary>How many bytes a number has.</summary>
    public int Size { get; }

    /// <summary>Whether they are whole numbers or truth values (0 and 1).</summary>
    public bool IsInteger => _integer is not null;

    /// <summary>Reads numbers, rounded to the nearest float32; false if the stream ends early.</summary>
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

    /// <summary>The whole number that begins these bytes.</summary>
    /// <exception cref="OverflowException">A long cannot hold it.</exception>
    public long Integer(ReadOnlySpan<byte> bytes) => _integer!(bytes[..Size]);

    /// <summary>The first of these bytes that is invalid in a number of this type; −1 if there is none.</summary>
    public int FirstInvalid(ReadOnlySpan<byte> bytes) => this == Bool ? bytes.IndexOfAnyExceptInRange((byte)0, (byte)1) : -1;

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
            for (var i = 0; i < piece.Length; i++) WriteSingleLittleEndian(bytes.AsSpan(4 * i), piece[i]);
            write(bytes);
        }
    }

    private static StoredNumber Float(string name, int size, Func<ReadOnlySpan<byte>, double> number) =>
        new(name, size, number, integer: null);

    private static StoredNumber Whole(string name, int size, Func<ReadOnlySpan<byte>, long> integer,
        Func<ReadOnlySpan<byte>, double>? number = null) =>
        new(name, size, number ?? (bytes => integer(bytes)), integer);

    // A sign, four bits of exponent around 7, three of fraction; no infinities, and NaN where all bits but the sign are set.
    private static double FourAndThree(byte bits)
    {
        var (exponent, fraction) = (bits >> 3 & 15, bits & 7);
        var size = (bits & 0x7F) == 0x7F ? double.NaN : exponent == 0 ? Math.ScaleB(fraction, -9)
            : Math.ScaleB(8 + fraction, exponent - 10);
        return bits < 0x80 ? size : -size;
    }
}
