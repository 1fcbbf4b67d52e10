using System.Text.Json;

namespace SimpleFlow;

/// <summary>Where a tensor lies in a safetensors file.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">How its numbers are stored.</param>
/// <param name="Shape">Its sizes.</param>
/// <param name="Begin">Its first byte, counted from the end of the header.</param>
/// <param name="End">The byte after its last.</param>
internal readonly record struct TensorPlace(string Name, StoredFloat Type, long[] Shape, long Begin, long End);

/// <summary>
/// The header of a safetensors file, read without trusting it: names that differ, types that are known, sizes whose product is the number of bytes, and bytes that are used once each, from the first to the last.
/// It is read word by word, as a tree of it would take many times its length.
/// </summary>
internal sealed class SafetensorsHeader
{
    /// <summary>The format's own limit.</summary>
    public const int Longest = 100_000_000;

    public const string MetadataName = "__metadata__";

    // More axes than NumPy and PyTorch know.
    private const int MostAxes = 64;

    private readonly Func<string, DataException> _damaged;
    private readonly Dictionary<string, string> _metadata = new(StringComparer.Ordinal);
    private readonly List<TensorPlace> _places = [];
    private bool _hasMetadata;

    private SafetensorsHeader(Func<string, DataException> damaged) => _damaged = damaged;

    /// <summary>The texts.</summary>
    public Dictionary<string, string> Metadata => _metadata;

    /// <summary>The tensors, in the order of the header.</summary>
    public IReadOnlyList<TensorPlace> Places => _places;

    /// <summary>Reads the header.</summary>
    /// <param name="json">Its text.</param>
    /// <param name="available">How many bytes follow it.</param>
    /// <param name="damaged">Makes the error, from what comes after the file's name.</param>
    /// <exception cref="DataException">It breaks a rule of the format.</exception>
    public static SafetensorsHeader Parse(ReadOnlySpan<byte> json, long available, Func<string, DataException> damaged)
    {
        var header = new SafetensorsHeader(damaged);
        try
        {
            header.Read(json);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // The second is what text that is not Unicode gives.
            throw damaged($"has a header that cannot be read: {exception.Message}");
        }
        header.CheckPlaces(available);
        return header;
    }

    private void Read(ReadOnlySpan<byte> text)
    {
        if (text[0] != '{') throw _damaged("has a header that does not begin with {");
        var json = new Utf8JsonReader(text);
        json.Read();
        while (Next(ref json) == JsonTokenType.PropertyName)
        {
            var name = json.GetString()!;
            if (Next(ref json) != JsonTokenType.StartObject) throw _damaged($"has a header that cannot be read: '{name}' is no object");
            if (name != MetadataName) _places.Add(Place(ref json, name));
            else if (_hasMetadata) throw _damaged($"has a header with '{MetadataName}' twice");
            else ReadMetadata(ref json);
        }
        // Reading on finds anything but the spaces that may follow.
        json.Read();
    }

    private void ReadMetadata(ref Utf8JsonReader json)
    {
        _hasMetadata = true;
        while (Next(ref json) == JsonTokenType.PropertyName)
        {
            var name = json.GetString()!;
            if (Next(ref json) != JsonTokenType.String) throw _damaged($"has a header that cannot be read: its text '{name}' is no text");
            if (!_metadata.TryAdd(name, json.GetString()!)) throw _damaged($"has a header with the text '{name}' twice");
        }
    }

    private TensorPlace Place(ref Utf8JsonReader json, string name)
    {
        var type = StoredFloat.Float32;
        var (hasType, shape, offsets) = (false, (long[]?)null, (long[]?)null);
        while (Next(ref json) == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("dtype"u8) && !hasType)
            {
                (type, hasType) = (Type(ref json, name), true);
            }
            else if (json.ValueTextEquals("shape"u8) && shape is null)
            {
                shape = Numbers(ref json, name, MostAxes);
            }
            else if (json.ValueTextEquals("data_offsets"u8) && offsets is null)
            {
                offsets = Numbers(ref json, name, 2);
            }
            else
            {
                throw _damaged($"has a header that cannot be read: '{name}' has a '{json.GetString()}' that does not belong there");
            }
        }
        if (!hasType || shape is null || offsets is not [var begin, var end]) throw _damaged($"has a header that cannot be read: '{name}' lacks its dtype, its shape or its two data_offsets");
        return new TensorPlace(name, type, shape, begin, end);
    }

    private StoredFloat Type(ref Utf8JsonReader json, string name)
    {
        if (Next(ref json) != JsonTokenType.String) throw _damaged($"has a header that cannot be read: the dtype of '{name}' is no text");
        foreach (var type in StoredFloat.All)
        {
            if (json.ValueTextEquals(type.Name)) return type;
        }
        throw _damaged($"holds '{name}' as {json.GetString()}; {string.Join(", ", StoredFloat.All.Select(type => type.Name))} are read");
    }

    private long[] Numbers(ref Utf8JsonReader json, string name, int most)
    {
        if (Next(ref json) != JsonTokenType.StartArray) throw _damaged($"has a header that cannot be read: sizes or offsets of '{name}' are no list");
        Span<long> numbers = stackalloc long[most];
        var count = 0;
        while (Next(ref json) == JsonTokenType.Number)
        {
            if (count == most) throw _damaged($"has a header that cannot be read: '{name}' has more than {most} sizes or offsets");
            if (!json.TryGetInt64(out numbers[count++])) throw _damaged($"has a header that cannot be read: a size or an offset of '{name}' is no whole number");
        }
        return json.TokenType == JsonTokenType.EndArray ? numbers[..count].ToArray() : throw _damaged($"has a header that cannot be read: a size or an offset of '{name}' is no number");
    }

    // The bytes must be used once each, without gaps, as the format wants it.
    private void CheckPlaces(long available)
    {
        var names = new HashSet<string>(_places.Count, StringComparer.Ordinal);
        foreach (var (name, type, shape, begin, end) in _places)
        {
            if (!names.Add(name)) throw _damaged($"holds '{name}' twice");
            if (begin < 0 || end < begin || end > available) throw _damaged($"says that '{name}' stands where the file has ended");
            if (!DataArray.TryCount(shape, out var count) || count > Array.MaxLength) throw _damaged($"gives '{name}' a shape that is too large");
            if (end - begin != type.Size * count) throw _damaged($"gives '{name}' {end - begin} bytes, and its shape needs {type.Size * count}");
        }
        var expected = 0L;
        foreach (var (name, _, _, begin, end) in _places.OrderBy(place => place.Begin).ThenBy(place => place.End))
        {
            if (begin != expected) throw _damaged($"leaves a gap before '{name}', or uses bytes twice");
            expected = end;
        }
        if (expected != available) throw _damaged($"has {available - expected} bytes that belong to nothing");
    }

    private static JsonTokenType Next(ref Utf8JsonReader json)
    {
        json.Read();
        return json.TokenType;
    }
}
