using System.Buffers.Binary;
using System.Text.Json;

namespace SimpleFlow;

/// <summary>
/// Tensors in a safetensors file: eight bytes with the length of a header in JSON (for each name its type, its shape, and where its bytes
/// begin and end), then the bytes. Other programs that read the format read these files: in Python <c>safetensors.numpy.load_file</c>.
/// float32 (<c>F32</c>) is written; <c>F16</c>, <c>BF16</c>, <c>F64</c>, <c>F8_E4M3</c> and <c>F8_E5M2</c> are read too, and become
/// float32. Whole numbers and truth values (<c>I8</c> to <c>U64</c>, <c>BOOL</c>) are read and written as they are. The texts of the header
/// include the SHA-256 of the whole file, with zeros in its own place, so that a single flipped bit is noticed.
/// </summary>
public static class SafetensorsFile
{
    /// <summary>Writes a file: under a temporary name first, renamed once it is complete.</summary>
    /// <param name="path">The file.</param>
    /// <param name="tensors">The tensors by their names.</param>
    /// <param name="metadata">Texts by their names.</param>
    /// <exception cref="DataException">A name or a shape cannot be written.</exception>
    /// <exception cref="SaveException">The file cannot be written; the old one is unchanged.</exception>
    public static void Write(string path, IReadOnlyDictionary<string, NamedTensor> tensors,
        IReadOnlyDictionary<string, string>? metadata = null) => Write(path, tensors, metadata, FileLayer.Disk);

    /// <summary>Writes a file.</summary>
    internal static void Write(string path, IReadOnlyDictionary<string, NamedTensor> tensors, IReadOnlyDictionary<string, string>? metadata,
        FileLayer files)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        Write(path, tensors.ToDictionary(one => one.Key, one => WrittenTensor.Of(one.Value), StringComparer.Ordinal), metadata, files);
    }

    /// <summary>Writes a file from numbers that nobody changes meanwhile.</summary>
    internal static void Write(string path, IReadOnlyDictionary<string, WrittenTensor> tensors,
        IReadOnlyDictionary<string, string>? metadata, FileLayer files)
    {
        WholeFile.Write(path, stream => Write(stream, tensors, metadata), files);
    }

    /// <summary>Writes the bytes of a file.</summary>
    /// <exception cref="DataException">A name or a shape cannot be written.</exception>
    internal static void Write(Stream stream, IReadOnlyDictionary<string, WrittenTensor> tensors,
        IReadOnlyDictionary<string, string>? metadata = null)
    {
        var header = Header(tensors, metadata ?? new Dictionary<string, string>(StringComparer.Ordinal));
        SafetensorsChecksum.Sign(header, tensors.Values);
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        stream.Write(length);
        stream.Write(header);
        foreach (var tensor in tensors.Values) WriteBytes(tensor, stream.Write);
    }

    /// <summary>Gives the bytes of a tensor as a file has them, piece by piece.</summary>
    internal static void WriteBytes(WrittenTensor tensor, Action<ReadOnlySpan<byte>> write)
    {
        if (tensor.Integers is { } integers) write(integers.Bytes);
        else StoredNumber.Write(tensor.Values.Span, write);
    }

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="requireChecksum">Whether a file without a checksum is refused. Other programs write none.</param>
    /// <exception cref="DataException">It is not a safetensors file, is damaged, or holds numbers of a type that is not supported;
    /// the message names the tensor.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static (IReadOnlyDictionary<string, NamedTensor> Tensors, IReadOnlyDictionary<string, string> Metadata) Read(string path,
        bool requireChecksum = false) => Read(path, _ => true, requireChecksum);

    /// <summary>Reads some of the tensors of a file; the others take no memory, and may be of any type.
    /// Their bytes are read only for the checksum, if there is one.</summary>
    /// <param name="path">The file.</param>
    /// <param name="wanted">Whether the tensor of this name is wanted.</param>
    /// <param name="requireChecksum">Whether a file without a checksum is refused.</param>
    /// <exception cref="DataException">It is not a safetensors file, is damaged, or holds numbers of a type that is not supported;
    /// the message names the tensor.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static (IReadOnlyDictionary<string, NamedTensor> Tensors, IReadOnlyDictionary<string, string> Metadata) Read(string path,
        Predicate<string> wanted, bool requireChecksum = false)
    {
        ArgumentNullException.ThrowIfNull(wanted);
        return Read(path, _ => wanted, requireChecksum);
    }

    /// <summary>Reads the tensors that are chosen once names and shapes are known. The file is opened once:
    /// a pipe gives its bytes once.</summary>
    internal static (IReadOnlyDictionary<string, NamedTensor> Tensors, IReadOnlyDictionary<string, string> Metadata) Read(
        string path, Func<IReadOnlyList<TensorPlace>, Predicate<string>> choose, bool requireChecksum = false)
    {
        using var file = ReadableFile.Open(path);
        var header = Begin(file, path, out var text, out var origin);
        if (!header.Metadata.Remove(SafetensorsChecksum.Name, out var checksum))
        {
            if (requireChecksum) throw Damaged(path, "has no checksum: it is damaged, or was not written by SimpleFlow");
        }
        else if (!SafetensorsChecksum.IsOf(checksum, text, file))
        {
            throw Damaged(path, "is damaged: its bytes are not those that were written");
        }
        var wanted = choose(header.Places);
        var tensors = new Dictionary<string, NamedTensor>(header.Places.Count, StringComparer.Ordinal);
        foreach (var place in header.Places)
        {
            if (tensors.ContainsKey(place.Name)) throw Damaged(path, $"holds '{Quotation.Of(place.Name)}' twice");
            if (wanted(place.Name)) tensors.Add(place.Name, Tensor(file, path, origin, place));
        }
        return (tensors, header.Metadata);
    }

    /// <summary>What a safetensors file holds, without reading the numbers, so that its length does not matter.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="DataException">It is not a safetensors file, or its header is damaged.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static SafetensorsContents ReadContents(string path)
    {
        using var file = ReadableFile.Open(path);
        var header = Begin(file, path, out _, out _);
        header.Metadata.Remove(SafetensorsChecksum.Name);
        if (header.Places.Select(place => place.Name).GroupBy(name => name, StringComparer.Ordinal)
            .FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw Damaged(path, $"holds '{Quotation.Of(twice.Key)}' twice");
        return new SafetensorsContents([.. header.Places.Select(place =>
            new StoredTensor(place.Name, place.Type.Name, place.Shape, place.End - place.Begin))], header.Metadata);
    }

    private static NamedTensor Tensor(Stream file, string path, long origin, TensorPlace place)
    {
        var type = place.Type;
        if (!type.IsKnown)
            throw Damaged(path,
                $"holds '{Quotation.Of(place.Name)}' as {type.Name}; "
                    + $"{string.Join(", ", StoredNumber.All.Select(one => one.Name))} are read");
        file.Position = origin + place.Begin;
        if (type.IsInteger)
        {
            var stored = EarnedArray.Read<byte>(file, (int)(place.End - place.Begin), place.End - place.Begin, out var arrived);
            if (arrived < stored.Length) throw Damaged(path, "became shorter while it was being read");
            if (type.FirstInvalid(stored) is >= 0 and var odd)
                throw Damaged(path, $"holds '{Quotation.Of(place.Name)}' as {type.Name}, and its number {odd} is {stored[odd]}");
            return NamedTensor.Of(place.Shape, new StoredIntegers(type, stored));
        }
        float[] values = place.Count == 0 ? [] : new float[place.Count];
        if (!type.Read(file, values, out var beyond)) throw Damaged(path, "became shorter while it was being read");
        if (beyond >= 0)
            throw Damaged(path, $"holds '{Quotation.Of(place.Name)}' as {type.Name}, and its number {beyond} is too large for a float32");
        return new NamedTensor(place.Shape, values);
    }

    private static SafetensorsHeader Begin(Stream file, string path, out byte[] text, out long origin)
    {
        var bytes = file.Length;
        Span<byte> start = stackalloc byte[8];
        if (bytes < 8) throw Damaged(path, $"has {bytes} bytes, too few for a safetensors file");
        file.ReadExactly(start);
        var length = BinaryPrimitives.ReadInt64LittleEndian(start);
        if (length < 2 || length > Math.Min(SafetensorsHeader.Longest, bytes - 8))
            throw Damaged(path,
                "is not a safetensors file, or was cut off: its header would be longer than the file, or than the format allows");
        text = new byte[length];
        if (file.ReadAtLeast(text, text.Length, throwOnEndOfStream: false) < text.Length)
            throw Damaged(path, "became shorter while it was being read");
        origin = 8 + length;
        return SafetensorsHeader.Parse(text, bytes - origin, what => Damaged(path, what));
    }

    private static DataException Damaged(string path, string what) => new($"{path} {what}.");

    private static byte[] Header(IReadOnlyDictionary<string, WrittenTensor> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteStartObject(SafetensorsHeader.MetadataName);
            json.WriteString(SafetensorsChecksum.Name, SafetensorsChecksum.Empty);
            if (metadata.Count >= SafetensorsHeader.MostTexts)
                throw new DataException(
                    $"{metadata.Count:N0} texts cannot be written: at most "
                        + $"{SafetensorsHeader.MostTexts - 1:N0} can be read beside the checksum.");
            foreach (var (name, text) in metadata)
            {
                if (name == SafetensorsChecksum.Name || WholeCharacters.FirstHalf(name) is not null
                    || WholeCharacters.FirstHalf(text) is not null)
                    throw new DataException(
                        $"The text '{name}' cannot be written: its name is taken, or it has half a character, without the other half of "
                            + "the surrogate pair.");
                json.WriteString(name, text);
            }
            json.WriteEndObject();
            var at = 0L;
            foreach (var (name, tensor) in tensors)
            {
                if (WholeCharacters.FirstHalf(name) is not null)
                    throw new DataException(
                        $"'{name}' cannot be written: its name has half a character, the other half of the surrogate pair is missing.");
                if (tensor is null) throw new DataException($"'{name}' cannot be written: there is no tensor.");
                if (name == SafetensorsHeader.MetadataName || !DataArray.TryCount([.. tensor.Shape], out var count)
                    || count != tensor.Count)
                    throw new DataException(
                        $"'{name}' cannot be written: its name is taken, or its shape does not fit its "
                            + $"{NumberText.Count(tensor.Count, "number")}.");
                if (tensor.Shape.Count > Variable.MostAxes)
                    throw new DataException(
                        $"'{name}' cannot be written: it has {tensor.Shape.Count} axes, and at most {Variable.MostAxes} can be read.");
                json.WriteStartObject(name);
                json.WriteString("dtype", tensor.Stored.Name);
                json.WriteStartArray("shape");
                foreach (var size in tensor.Shape) json.WriteNumberValue(size);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(at);
                json.WriteNumberValue(at += (long)tensor.Stored.Size * tensor.Count);
                json.WriteEndArray();
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        // Spaces until the bytes of the tensors begin at a multiple of eight.
        while (stream.Length % 8 != 0) stream.WriteByte((byte)' ');
        if (stream.Length > SafetensorsHeader.Longest)
            throw new DataException(
                $"The header would have {stream.Length:N0} bytes, and at most {SafetensorsHeader.Longest:N0} can be read: there are too "
                    + "many tensors, or the history is too long.");
        return stream.ToArray();
    }
}
