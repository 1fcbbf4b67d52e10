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
        var header = Header(path, tensors, metadata ?? new Dictionary<string, string>(StringComparer.Ordinal));
        WholeFile.Write(path, stream =>
        {
            SafetensorsChecksum.Sign(header, tensors.Values);
            Span<byte> length = stackalloc byte[8];
            BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
            stream.Write(length);
            stream.Write(header);
            foreach (var tensor in tensors.Values) WriteBytes(tensor, stream.Write);
        }, files);
    }

    /// <summary>Gives the bytes of a tensor as a file has them, piece by piece.</summary>
    internal static void WriteBytes(WrittenTensor tensor, Action<ReadOnlySpan<byte>> write)
    {
        if (tensor.Others is { } others) write(others.Bytes);
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
        using var file = SafetensorsReader.Open(path, requireChecksum);
        var wanted = choose(file.Places);
        var tensors = new Dictionary<string, NamedTensor>(file.Places.Count, StringComparer.Ordinal);
        foreach (var place in file.Places)
        {
            if (tensors.ContainsKey(place.Name)) throw file.Twice(place.Name);
            if (wanted(place.Name)) tensors.Add(place.Name, file.Read(place));
        }
        return (tensors, file.Metadata);
    }

    /// <summary>What a safetensors file holds, without reading the numbers, so that its length does not matter.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="DataException">It is not a safetensors file, or its header is damaged.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static SafetensorsContents ReadContents(string path)
    {
        using var file = SafetensorsReader.OpenUnchecked(path);
        if (file.Places.Select(place => place.Name).GroupBy(name => name, StringComparer.Ordinal)
            .FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw file.Twice(twice.Key);
        return new SafetensorsContents([.. file.Places.Select(place =>
            new StoredTensor(place.Name, place.Type.Name, place.Shape, place.End - place.Begin))], file.Metadata);
    }

    // What could not be read back is refused before anything is written.
    private static byte[] Header(string path, IReadOnlyDictionary<string, WrittenTensor> tensors,
        IReadOnlyDictionary<string, string> metadata)
    {
        using var stream = new MemoryStream();
        var at = 0L;
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
                if (text is null) throw new DataException($"The text '{name}' cannot be written: it is null.");
                if (name == SafetensorsChecksum.Name || WholeCharacters.FirstHalf(name) is not null
                    || WholeCharacters.FirstHalf(text) is not null)
                    throw new DataException(
                        $"The text '{name}' cannot be written: its name is taken, or it has half a character, without the other half of "
                            + "the surrogate pair.");
                RequireShort(text.Length);
                json.WriteString(name, text);
                RequireShort(json.BytesCommitted + json.BytesPending);
            }
            json.WriteEndObject();
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
                RequireShort(json.BytesCommitted + json.BytesPending);
            }
            json.WriteEndObject();
        }
        // Spaces until the bytes of the tensors begin at a multiple of eight.
        while (stream.Length % 8 != 0) stream.WriteByte((byte)' ');
        RequireShort(stream.Length);
        var header = stream.ToArray();
        try
        {
            SafetensorsHeader.Parse(header, at, what => new DataException(what));
        }
        catch (DataException exception)
        {
            throw SaveException.Unreadable(path, $"the file {exception.Message}");
        }
        return header;

        void RequireShort(long bytes)
        {
            if (bytes > SafetensorsHeader.Longest)
                throw SaveException.Unreadable(path,
                    $"its header would have more than the {SafetensorsHeader.Longest:N0} bytes that the format allows; there are too many "
                        + "tensors, or their names or the texts beside them are too long");
        }
    }
}
