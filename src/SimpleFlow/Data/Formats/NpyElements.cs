using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace SimpleFlow;

/// <summary>The elements of an npy file. They keep their type, and are converted while they are copied to a placeholder.</summary>
internal static class NpyElements
{
    /// <summary>How many bytes an element has; 0 if its type is not supported.</summary>
    /// <param name="type">The numpy type: a byte order (<c>&lt;</c>, <c>&gt;</c>, <c>|</c>, <c>=</c>), a kind and a size.</param>
    public static int SizeOf(string type) => Kind(type) switch
    {
        "b1" or "i1" or "u1" => 1,
        "f2" or "i2" or "u2" => 2,
        "f4" or "i4" or "u4" => 4,
        "f8" or "i8" or "u8" => 8,
        _ => 0,
    };

    /// <summary>Reads the elements that a header declares.</summary>
    /// <param name="stream">The file, at the end of its header.</param>
    /// <param name="header">What it declares; the type is one that is read.</param>
    /// <param name="count">How many elements.</param>
    /// <param name="known">How many bytes are known to be there, as for <see cref="EarnedArray"/>.</param>
    /// <param name="error">Makes the error, from what is wrong.</param>
    /// <exception cref="DataException">They end too early, or a truth value is neither 0 nor 1.</exception>
    public static DataArray Read(Stream stream, NpyHeader header, int count, long known, Func<string, DataException> error)
    {
        return Kind(header.Type) switch
        {
            "f2" => Numbers<Half>(),
            "f4" => Numbers<float>(),
            "f8" => Numbers<double>(),
            "i1" => Numbers<sbyte>(),
            "i2" => Numbers<short>(),
            "i4" => Numbers<int>(),
            "i8" => Numbers<long>(),
            "u2" => Numbers<ushort>(),
            "u4" => Numbers<uint>(),
            "u8" => Numbers<ulong>(),
            "u1" => DataArray.Bytes(Elements<byte>(), header.Shape),
            _ => DataArray.Bytes(Truths(), header.Shape),
        };

        DataArray Numbers<T>() where T : unmanaged, INumber<T> => new Numbers<T>(Elements<T>(), header.Shape);

        byte[] Truths()
        {
            var elements = Elements<byte>();
            var odd = elements.AsSpan().IndexOfAnyExceptInRange((byte)0, (byte)1);
            return odd < 0 ? elements : throw error($"holds truth values, and element {odd} is {elements[odd]}");
        }

        T[] Elements<T>() where T : unmanaged
        {
            var elements = EarnedArray.Read<T>(stream, count, known, out var arrived);
            if (arrived < count) throw error($"ends after {arrived:N0} of {NumberText.Count(count, "element")}");
            if (IsTurned(header.Type)) TurnBytes(elements);
            return header.IsFortranOrder && header.Shape.Length > 1 ? InRows(elements, header.Shape) : elements;
        }
    }

    /// <summary>The elements where they lie in a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="header">What it declares; the type is one that is read, in C order.</param>
    /// <param name="error">Makes the error, from what is wrong.</param>
    public static DataArray InPlace(string path, NpyHeader header, Func<string, DataException> error)
    {
        return Kind(header.Type) switch
        {
            "f2" => Numbers<Half>(),
            "f4" => Numbers<float>(),
            "f8" => Numbers<double>(),
            "i1" => Numbers<sbyte>(),
            "i2" => Numbers<short>(),
            "i4" => Numbers<int>(),
            "i8" => Numbers<long>(),
            "u2" => Numbers<ushort>(),
            "u4" => Numbers<uint>(),
            "u8" => Numbers<ulong>(),
            "u1" => new ScaledBytes(Elements<byte>(), 1, 0, header.Shape),
            _ => new ScaledBytes(Elements<byte>(RequireTruths), 1, 0, header.Shape),
        };

        DataArray Numbers<T>() where T : unmanaged, INumber<T> => new Numbers<T>(Elements<T>(), header.Shape);

        StoredElements<T> Elements<T>(StoredElements<T>.Check? check = null) where T : unmanaged =>
            new(path, header.Length, IsTurned(header.Type), check);

        void RequireTruths(ReadOnlySpan<byte> elements, long first)
        {
            var odd = elements.IndexOfAnyExceptInRange((byte)0, (byte)1);
            if (odd >= 0) throw error($"holds truth values, and element {first + odd} is {elements[odd]}");
        }
    }

    private static bool IsTurned(string type) =>
        (type[0] == '>' || (type[0] == '=' && !BitConverter.IsLittleEndian)) == BitConverter.IsLittleEndian;

    private static string Kind(string type) => type.Length == 3 && type[0] is '<' or '>' or '|' or '=' ? type[1..] : "";

    private static void TurnBytes<T>(Span<T> elements) where T : unmanaged
    {
        foreach (ref var element in elements) MemoryMarshal.AsBytes(new Span<T>(ref element)).Reverse();
    }

    /// <summary>The same elements, reordered from first axis fastest to last axis fastest.</summary>
    private static T[] InRows<T>(T[] columns, long[] shape)
    {
        var rows = GC.AllocateUninitializedArray<T>(columns.Length);
        var (place, steps) = (new long[shape.Length], new long[shape.Length]);
        for (var (axis, step) = (0, 1L); axis < shape.Length; step *= shape[axis++]) steps[axis] = step;
        var from = 0L;
        for (var i = 0; i < rows.Length; i++)
        {
            rows[i] = columns[from];
            // Like an odometer: the last axis counts up; one that is full starts again and advances the one before it.
            for (var axis = shape.Length - 1; axis >= 0; axis--)
            {
                from += steps[axis];
                if (++place[axis] < shape[axis]) break;
                from -= steps[axis] * shape[axis];
                place[axis] = 0;
            }
        }
        return rows;
    }
}
