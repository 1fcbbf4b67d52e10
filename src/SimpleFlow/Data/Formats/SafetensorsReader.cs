using System.Buffers.Binary;

namespace SimpleFlow;

/// <summary>An open safetensors file. Its header is read and its checksum compared; each tensor can then be read straight to where it is
/// needed, so that loading takes no memory beside what is loaded.</summary>
internal sealed class SafetensorsReader : IDisposable
{
    // How many numbers are looked at in one go.
    private const int Piece = 1 << 16;

    private readonly Stream _file;
    private readonly SafetensorsHeader _header;
    private readonly long _origin;
    private Dictionary<string, int>? _byName;

    private SafetensorsReader(string path, out byte[] text)
    {
        Path = path;
        _file = ReadableFile.Open(path);
        try
        {
            var bytes = _file.Length;
            Span<byte> start = stackalloc byte[8];
            if (bytes < 8) throw Damaged($"has {bytes} bytes, too few for a safetensors file");
            _file.ReadExactly(start);
            var length = BinaryPrimitives.ReadInt64LittleEndian(start);
            if (length < 2 || length > Math.Min(SafetensorsHeader.Longest, bytes - 8))
                throw Damaged(
                    "is not a safetensors file, or was cut off: its header would be longer than the file, or than the format allows");
            text = new byte[length];
            if (_file.ReadAtLeast(text, text.Length, throwOnEndOfStream: false) < text.Length) throw Shorter();
            _origin = 8 + length;
            _header = SafetensorsHeader.Parse(text, bytes - _origin, Damaged);
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    /// <summary>Opens a file and compares its checksum.</summary>
    /// <param name="path">The file.</param>
    /// <param name="requireChecksum">Whether a file without a checksum is refused.</param>
    /// <exception cref="DataException">It is not a safetensors file, or is damaged.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static SafetensorsReader Open(string path, bool requireChecksum)
    {
        var file = new SafetensorsReader(path, out var text);
        try
        {
            if (!file.Metadata.Remove(SafetensorsChecksum.Name, out var checksum))
            {
                if (requireChecksum) throw file.Damaged("has no checksum: it is damaged, or was not written by SimpleFlow");
            }
            else if (!SafetensorsChecksum.IsOf(checksum, text, file._file))
            {
                throw file.Damaged("is damaged: its bytes are not those that were written");
            }
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Opens a file of whose tensors nothing will be read.</summary>
    /// <exception cref="DataException">It is not a safetensors file, or its header is damaged.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static SafetensorsReader OpenUnchecked(string path)
    {
        var file = new SafetensorsReader(path, out _);
        file.Metadata.Remove(SafetensorsChecksum.Name);
        return file;
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>The tensors, in the order of the header.</summary>
    public IReadOnlyList<TensorPlace> Places => _header.Places;

    /// <summary>The texts, apart from the checksum.</summary>
    public Dictionary<string, string> Metadata => _header.Metadata;

    /// <summary>The names and shapes of the tensors.</summary>
    /// <exception cref="DataException">The file holds a name twice.</exception>
    public IReadOnlyList<(string Name, IReadOnlyList<long> Shape)> Shapes()
    {
        Index();
        return [.. Places.Select(place => (place.Name, (IReadOnlyList<long>)place.Shape))];
    }

    public void Dispose() => _file.Dispose();

    /// <summary>The tensor of a name; null if there is none.</summary>
    /// <exception cref="DataException">The file holds a name twice.</exception>
    public TensorPlace? Find(string name) => Index().TryGetValue(name, out var index) ? Places[index] : null;

    /// <summary>Reads a tensor.</summary>
    /// <exception cref="DataException">Its numbers are of a type that is not supported, or too large.</exception>
    public NamedTensor Read(TensorPlace place)
    {
        RequireKnown(place);
        if (place.Type.IsInteger)
        {
            var stored = ReadBytes(place);
            RequireValid(place, stored, before: 0);
            return NamedTensor.Of(place.Shape, new StoredNumbers(place.Type, stored));
        }
        float[] values = place.Count == 0 ? [] : new float[place.Count];
        Fill(place, values, before: 0);
        return new NamedTensor(place.Shape, values);
    }

    /// <summary>Reads the bytes of a tensor as they are stored.</summary>
    public byte[] ReadBytes(TensorPlace place)
    {
        _file.Position = _origin + place.Begin;
        var bytes = EarnedArray.Read<byte>(_file, checked((int)(place.End - place.Begin)), place.End - place.Begin, out var arrived);
        return arrived == bytes.Length ? bytes : throw Shorter();
    }

    /// <summary>Refuses a tensor whose numbers cannot become float32. What passes can be read, unless the file fails.</summary>
    /// <exception cref="DataException">Its numbers are of a type that is not supported, or too large.</exception>
    public void Check(TensorPlace place)
    {
        RequireKnown(place);
        if (place.Type == StoredNumber.Float32) return;
        _file.Position = _origin + place.Begin;
        var (values, bytes) = (new float[Math.Min(Piece, place.Count)], new byte[place.Type.Size * Math.Min(Piece, place.Count)]);
        for (var at = 0; at < place.Count; at += values.Length)
        {
            var piece = Math.Min(values.Length, place.Count - at);
            if (!place.Type.IsInteger)
            {
                Fill(place, values.AsSpan(0, piece), at);
                continue;
            }
            var stored = bytes.AsSpan(0, place.Type.Size * piece);
            if (_file.ReadAtLeast(stored, stored.Length, throwOnEndOfStream: false) < stored.Length) throw Shorter();
            RequireValid(place, stored, at);
        }
    }

    /// <summary>Reads a tensor that was <see cref="Check">checked</see> to where its numbers belong.</summary>
    /// <exception cref="DataException">The file has changed.</exception>
    /// <exception cref="IOException">It cannot be read any longer.</exception>
    public void Read(TensorPlace place, Span<float> values)
    {
        _file.Position = _origin + place.Begin;
        if (!place.Type.Read(_file, values, out _)) throw Shorter();
    }

    /// <summary>The error that a name appears twice.</summary>
    public DataException Twice(string name) => Damaged($"holds '{Quotation.Of(name)}' twice");

    /// <summary>An error, from what comes after the file's name.</summary>
    public DataException Damaged(string what) => new($"{Path} {what}.");

    private Dictionary<string, int> Index()
    {
        if (_byName is not null) return _byName;
        var byName = new Dictionary<string, int>(Places.Count, StringComparer.Ordinal);
        for (var i = 0; i < Places.Count; i++)
        {
            if (!byName.TryAdd(Places[i].Name, i)) throw Twice(Places[i].Name);
        }
        return _byName = byName;
    }

    // The file stands at the first of the numbers, or at the first of the tensor.
    private void Fill(TensorPlace place, Span<float> values, int before)
    {
        if (before == 0) _file.Position = _origin + place.Begin;
        if (!place.Type.Read(_file, values, out var beyond)) throw Shorter();
        if (beyond >= 0)
            throw Damaged(
                $"holds '{Quotation.Of(place.Name)}' as {place.Type.Name}, and its number {before + beyond} is too large for a float32");
    }

    private void RequireKnown(TensorPlace place)
    {
        if (!place.Type.IsKnown)
            throw Damaged($"holds '{Quotation.Of(place.Name)}' as {place.Type.Name}; "
                + $"{string.Join(", ", StoredNumber.All.Select(one => one.Name))} are read");
    }

    private void RequireValid(TensorPlace place, ReadOnlySpan<byte> stored, int before)
    {
        if (place.Type.FirstInvalid(stored) is >= 0 and var odd)
            throw Damaged($"holds '{Quotation.Of(place.Name)}' as {place.Type.Name}, and its number {before + odd} is {stored[odd]}");
    }

    private DataException Shorter() => Damaged("became shorter while it was being read");
}
