using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace SimpleFlow;

/// <summary>Some numbers with their shape.</summary>
/// <param name="Shape">The sizes of its axes; none for a single number.</param>
/// <param name="Values">As many numbers as the sizes multiply to, the last axis first.</param>
public sealed record NamedTensor(IReadOnlyList<long> Shape, float[] Values);

/// <summary>
/// Tensors in a safetensors file: eight bytes with the length of a header in JSON (for each name its type, its shape, and where its bytes begin and end), then the bytes. Whoever reads the format reads these:
/// in Python <c>safetensors.numpy.load_file</c>. Only float32 (<c>F32</c>) is written and read. Among the texts of the header stands the SHA-256 of the whole file, with zeros in its own place: a single bit that flipped is noticed.
/// </summary>
public static class SafetensorsFile
{
    private const int LargestHeader = 100_000_000;          // the format's own limit
    private const string MetadataName = "__metadata__", ChecksumName = "sha256";
    private static readonly string NoChecksum = new('0', 64);

    /// <summary>Writes a file: beside it first, and in its place once it is whole.</summary>
    /// <param name="path">The file.</param>
    /// <param name="tensors">The tensors by their names.</param>
    /// <param name="metadata">Texts by their names.</param>
    /// <exception cref="SaveException">The file cannot be written; the old one is as it was.</exception>
    public static void Write(string path, IReadOnlyDictionary<string, NamedTensor> tensors, IReadOnlyDictionary<string, string>? metadata = null) => Write(path, tensors, metadata, FileLayer.Disk);

    /// <summary>Writes a file.</summary>
    internal static void Write(string path, IReadOnlyDictionary<string, NamedTensor> tensors, IReadOnlyDictionary<string, string>? metadata, FileLayer files)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(tensors);
        var header = Header(tensors, metadata ?? new Dictionary<string, string>(StringComparer.Ordinal));
        Sign(header, tensors.Values);
        WholeFile.Write(path, file =>
        {
            Span<byte> length = stackalloc byte[8];
            BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
            file.Write(length);
            file.Write(header);
            foreach (var tensor in tensors.Values) file.Write(LittleEndian(tensor.Values));
        }, files);
    }

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="requireChecksum">Whether a file without a checksum is refused. Other programs write none.</param>
    /// <exception cref="DataException">It is no safetensors file, is damaged, or holds something else than float32.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static (IReadOnlyDictionary<string, NamedTensor> Tensors, IReadOnlyDictionary<string, string> Metadata) Read(string path, bool requireChecksum = false)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!File.Exists(path)) throw new DataException($"{path}: there is no such file.");
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read);
        var bytes = file.Length;
        Span<byte> start = stackalloc byte[8];
        if (bytes < 8) throw Damaged($"has {bytes} bytes, too few for a safetensors file");
        file.ReadExactly(start);
        var length = BinaryPrimitives.ReadInt64LittleEndian(start);
        if (length < 2 || length > Math.Min(LargestHeader, bytes - 8)) throw Damaged("is no safetensors file, or was cut off: its header would be longer than the file");
        var header = new byte[length];
        file.ReadExactly(header);
        try
        {
            using var json = JsonDocument.Parse(header);
            var contents = Contents(json.RootElement, file, bytes - 8 - length, Damaged);
            if (!contents.Metadata.Remove(ChecksumName, out var checksum))
            {
                if (requireChecksum) throw Damaged("has no checksum: it is damaged, or was not written by SimpleFlow");
            }
            else if (!IsSignedBy(checksum, start, header, file))
            {
                throw Damaged("is damaged: its bytes are not those that were written");
            }
            return contents;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException or KeyNotFoundException or DecoderFallbackException)
        {
            throw Damaged($"has a header that cannot be read: {exception.Message}");
        }

        DataException Damaged(string what) => new($"{path} {what}.");
    }

    private static (IReadOnlyDictionary<string, NamedTensor> Tensors, Dictionary<string, string> Metadata) Contents(JsonElement root, FileStream file, long available, Func<string, DataException> damaged)
    {
        var places = new List<(string Name, long[] Shape, long Begin, long End)>();
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var entry in root.EnumerateObject())
        {
            if (entry.Name == MetadataName)
            {
                foreach (var text in entry.Value.EnumerateObject()) metadata[text.Name] = text.Value.GetString()!;
                continue;
            }
            if (entry.Value.GetProperty("dtype").GetString() != "F32") throw damaged($"holds '{entry.Name}' as {entry.Value.GetProperty("dtype")}; only F32 is read");
            long[] shape = [.. entry.Value.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64())];
            long[] place = [.. entry.Value.GetProperty("data_offsets").EnumerateArray().Select(offset => offset.GetInt64())];
            if (place.Length != 2 || place[0] < 0 || place[1] < place[0] || place[1] > available) throw damaged($"says that '{entry.Name}' stands where the file has ended");
            places.Add((entry.Name, shape, place[0], place[1]));
        }
        // The bytes must be used once each, without gaps, as the format wants it.
        var expected = 0L;
        foreach (var (name, shape, begin, end) in places.OrderBy(place => place.Begin).ThenBy(place => place.End))
        {
            var count = 1L;
            foreach (var size in shape) count = size >= 0 && (size == 0 || count <= int.MaxValue / size) ? count * size : throw damaged($"gives '{name}' a shape that is too large");
            if (end - begin != 4 * count) throw damaged($"gives '{name}' {end - begin} bytes, and its shape needs {4 * count}");
            if (begin != expected) throw damaged($"leaves a gap before '{name}', or uses bytes twice");
            expected = end;
        }
        if (expected != available) throw damaged($"has {available - expected} bytes that belong to nothing");

        var origin = file.Position;
        var tensors = new Dictionary<string, NamedTensor>(StringComparer.Ordinal);
        foreach (var (name, shape, begin, end) in places)
        {
            var values = new float[(end - begin) / 4];
            file.Position = origin + begin;
            file.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan()));
            if (!BitConverter.IsLittleEndian) Turn(values);
            if (!tensors.TryAdd(name, new NamedTensor(shape, values))) throw damaged($"holds '{name}' twice");
        }
        return (tensors, metadata);
    }

    private static byte[] Header(IReadOnlyDictionary<string, NamedTensor> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteStartObject(MetadataName);
            json.WriteString(ChecksumName, NoChecksum);
            foreach (var (name, text) in metadata) json.WriteString(name, text);
            json.WriteEndObject();
            var at = 0L;
            foreach (var (name, tensor) in tensors)
            {
                if (name == MetadataName || tensor.Shape.Aggregate(1L, (count, size) => checked(count * size)) != tensor.Values.Length)
                    throw new DataException($"'{name}' cannot be written: its name is taken, or its shape does not fit its {tensor.Values.Length} numbers.");
                json.WriteStartObject(name);
                json.WriteString("dtype", "F32");
                json.WriteStartArray("shape");
                foreach (var size in tensor.Shape) json.WriteNumberValue(size);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(at);
                json.WriteNumberValue(at += 4L * tensor.Values.Length);
                json.WriteEndArray();
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        // Spaces until the bytes of the tensors begin at a multiple of eight.
        while (stream.Length % 8 != 0) stream.WriteByte((byte)' ');
        return stream.ToArray();
    }

    private static Span<byte> ChecksumIn(byte[] header, string checksum)
    {
        var at = header.AsSpan().IndexOf(Encoding.UTF8.GetBytes($"\"{ChecksumName}\":\"{checksum}\""));
        return at < 0 ? default : header.AsSpan(at + ChecksumName.Length + 4, checksum.Length);
    }

    private static void Sign(byte[] header, IEnumerable<NamedTensor> tensors)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        hash.AppendData(length);
        hash.AppendData(header);
        foreach (var tensor in tensors) hash.AppendData(LittleEndian(tensor.Values));
        Encoding.UTF8.GetBytes(Convert.ToHexStringLower(hash.GetHashAndReset()), ChecksumIn(header, NoChecksum));
    }

    private static bool IsSignedBy(string checksum, ReadOnlySpan<byte> length, byte[] header, FileStream file)
    {
        var place = ChecksumIn(header, checksum);
        if (place.Length != NoChecksum.Length) return false;
        place.Fill((byte)'0');
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(length);
        hash.AppendData(header);
        file.Position = length.Length + header.Length;
        var buffer = new byte[64 * 1024];
        for (int read; (read = file.Read(buffer)) > 0;) hash.AppendData(buffer, 0, read);
        return Convert.ToHexStringLower(hash.GetHashAndReset()) == checksum;
    }

    private static ReadOnlySpan<byte> LittleEndian(float[] values)
    {
        if (!BitConverter.IsLittleEndian) Turn(values = [.. values]);
        return MemoryMarshal.AsBytes(values.AsSpan());
    }

    private static void Turn(float[] values) => BinaryPrimitives.ReverseEndianness(MemoryMarshal.Cast<float, int>(values.AsSpan()), MemoryMarshal.Cast<float, int>(values.AsSpan()));
}
