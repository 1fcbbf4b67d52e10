namespace SimpleFlow;

/// <summary>
/// An array in NumPy's npy format (versions 1.0, 2.0 and 3.0), as <c>numpy.save</c> writes and <c>numpy.load</c> reads it: floats of 16, 32
/// and 64 bits, whole numbers of 8 to 64 bits with and without a sign, and truth values, in either byte order, in C and in Fortran order.
/// Objects, texts, complex numbers and records are refused: nothing in a file is ever run.
/// </summary>
public static class NpyFile
{
    // How many numbers are looked at in one go.
    private const int Piece = 1 << 16;

    /// <summary>Reads an array. Its elements stay as they are stored, and become floats or whole numbers when they are used.</summary>
    /// <exception cref="DataException">It is not an npy file, is cut short or too long, or holds something other than numbers.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static DataArray Read(string path)
    {
        using var file = ReadableFile.Open(path);
        return Read(file, file.Length, file.Length, what => new DataException($"{path} {what}."));
    }

    /// <summary>Opens an array whose elements stay in the file: rows are read when they are used, so the file may be larger than memory.
    /// It must not change meanwhile.</summary>
    /// <exception cref="DataException">As for <see cref="Read(string)"/>; or it has more than one axis in Fortran order, so a row does not
    /// lie in one piece.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static DataArray Open(string path)
    {
        NpyHeader header;
        using (var file = ReadableFile.Open(path)) header = Header(file, file.Length, Error, isInMemory: false);
        if (header.IsFortranOrder && header.Shape.Length > 1)
            throw Error("is in Fortran order, so its rows do not lie one after the other: save it with numpy.ascontiguousarray, or read it "
                + "whole (NpyFile.Read)");
        return NpyElements.InPlace(path, header, Error);

        DataException Error(string what) => new($"{path} {what}.");
    }

    /// <summary>Writes an array as float32 (<c>&lt;f4</c>) in C order. Doubles and whole
    /// numbers are rounded to the nearest float.</summary>
    /// <param name="path">The file; written under a temporary name first, renamed once it is complete.</param>
    /// <param name="array">The array.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, DataArray array)
    {
        ArgumentNullException.ThrowIfNull(array);
        WholeFile.Write(path, stream => Write(stream, array));
    }

    /// <summary>Reads an array.</summary>
    /// <param name="stream">The bytes.</param>
    /// <param name="length">How many there are said to be.</param>
    /// <param name="known">How many are known to be there: as many, or the length of the file if it is compressed.</param>
    /// <param name="error">Makes the error, from what comes after the file's name.</param>
    /// <exception cref="DataException">It is not such an array.</exception>
    internal static DataArray Read(Stream stream, long length, long known, Func<string, DataException> error)
    {
        var header = Header(stream, length, error);
        return NpyElements.Read(stream, header, (int)header.Shape.Aggregate(1L, (count, size) => count * size), known, error);
    }

    /// <summary>Reads an array as floats, straight to where they belong.</summary>
    /// <exception cref="DataException">It is not such an array, or a number is too large for a float32.</exception>
    internal static void Read(Stream stream, long length, long known, Span<float> values, Func<string, DataException> error)
    {
        var header = Header(stream, length, error);
        if (Stored(header) is { } type)
        {
            if (!type.Read(stream, values, out var beyond)) throw error("ends before its last element");
            if (beyond >= 0) throw Beyond(beyond, error);
            return;
        }
        // Of the less usual types each array is read whole, and then copied.
        var array = NpyElements.Read(stream, header, values.Length, known, error);
        if (array is Numbers<double> doubles && doubles.FirstBeyondSingle() is { } place) throw Beyond(place, error);
        array.CopyTo(values);
    }

    /// <summary>Refuses an array that cannot be read as floats.</summary>
    /// <exception cref="DataException">It is not such an array, or a number is too large for a float32.</exception>
    internal static void Check(Stream stream, long length, long known, Func<string, DataException> error)
    {
        var header = Header(stream, length, error);
        var count = (int)header.Shape.Aggregate(1L, (product, size) => product * size);
        if (Stored(header) is not { } type)
        {
            if (NpyElements.Read(stream, header, count, known, error) is Numbers<double> doubles
                && doubles.FirstBeyondSingle() is { } place) throw Beyond(place, error);
            return;
        }
        var piece = new float[Math.Min(count, Piece)];
        for (var at = 0; at < count; at += piece.Length)
        {
            if (!type.Read(stream, piece.AsSpan(0, Math.Min(piece.Length, count - at)), out var beyond))
                throw error("ends before its last element");
            if (beyond >= 0) throw Beyond(at + beyond, error);
        }
    }

    // What lies in the file as in memory, apart from its width.
    private static StoredNumber? Stored(NpyHeader header) => header.IsFortranOrder && header.Shape.Length > 1 ? null : header.Type switch
    {
        "<f2" => StoredNumber.Float16,
        "<f4" => StoredNumber.Float32,
        "<f8" => StoredNumber.Float64,
        _ => null,
    };

    private static DataException Beyond(int place, Func<string, DataException> error) =>
        error($"holds float64, and its number {place} is too large for a float32");

    /// <summary>The header of an array, once it is known that the array can be read and has the declared length.</summary>
    /// <exception cref="DataException">It is not an array that can be read.</exception>
    internal static NpyHeader Header(Stream stream, long length, Func<string, DataException> error, bool isInMemory = true)
    {
        var header = NpyHeader.Read(stream, length, error);
        var size = NpyElements.SizeOf(header.Type);
        if (size == 0)
        {
            throw error(header.Type.Contains('O', StringComparison.Ordinal)
                ? $"holds Python objects ('{header.Type}'), which are not read: they could run any program"
                : $"holds elements of the type '{header.Type}'; b1, f2, f4, f8, i1 to i8 and u1 to u8 are read");
        }
        var isCounted = DataArray.TryCount(header.Shape, out var count);
        if (!isCounted || count > long.MaxValue / size || (isInMemory && !DataArray.FitsArray(header.Shape, out _)))
            throw error(
                $"declares the shape [{DataArray.Text(header.Shape)}], more elements than the {Array.MaxLength:N0} that can be read");
        if (length - header.Length != size * count)
            throw error(
                $"declares the shape [{DataArray.Text(header.Shape)}] of '{header.Type}', {NumberText.Count(size * count, "byte")}, and "
                    + $"{length - header.Length:N0} follow its header");
        return header;
    }

    /// <summary>Writes the bytes of a file.</summary>
    internal static void Write(Stream stream, DataArray array)
    {
        var values = new float[array.Count];
        array.CopyTo(values);
        Write(stream, [.. array.Dimensions], values);
    }

    /// <summary>Writes the bytes of a file.</summary>
    internal static void Write(Stream stream, IReadOnlyList<long> shape, ReadOnlySpan<float> values)
    {
        stream.Write(NpyHeader.Write([.. shape]));
        StoredNumber.Write(values, stream.Write);
    }
}
