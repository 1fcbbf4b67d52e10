using System.Text;
using System.Text.Json;

namespace SimpleFlow;

/// <summary>The position of a tensor in a safetensors file.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">How its numbers are stored.</param>
/// <param name="Shape">Its sizes.</param>
/// <param name="Begin">Its first byte, counted from the end of the header.</param>
/// <param name="End">The byte after its last.</param>
internal readonly record struct TensorPlace(string Name, StoredNumber Type, long[] Shape, long Begin, long End)
{
    /// <summary>How many numbers it has.</summary>
    public int Count => DataArray.TryCount(Shape, out var count) ? (int)count : 0;
}

/// <summary>
/// The header of a safetensors file, read without trusting it: names must differ, sizes must match the number of bytes if the type is
/// known, and each byte must be used once, from the first to the last. It is read token by token, as a tree would take many times its
/// length: once to count the tensors, and once to take them.
/// </summary>
internal sealed class SafetensorsHeader
{
    /// <summary>The format's own limit.</summary>
    public const int Longest = 100_000_000;

    public const string MetadataName = "__metadata__";

    /// <summary>The most texts: each takes ten times the memory that it takes in the file.</summary>
    public const int MostTexts = 4096;

    // From this length on, a text is not unescaped in a buffer of twice its size.
    private const int LongText = 1 << 16;

    private readonly long _available;
    private readonly Func<string, DataException> _damaged;
    private readonly Dictionary<string, string> _metadata = new(StringComparer.Ordinal);
    private readonly List<TensorPlace> _places;
    private bool _hasMetadata;

    private SafetensorsHeader(int tensors, long available, Func<string, DataException> damaged) =>
        (_places, _available, _damaged) = (new(tensors), available, damaged);

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
        try
        {
            var header = new SafetensorsHeader(CountOf(json), available, damaged);
            header.Read(json);
            header.CheckPlaces();
            return header;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or DecoderFallbackException)
        {
            // Text that is not Unicode gives the last two.
            throw damaged($"has a header that cannot be read: {exception.Message}");
        }
    }

    private static int CountOf(ReadOnlySpan<byte> text)
    {
        var json = new Utf8JsonReader(text);
        var count = 0;
        while (json.Read())
        {
            if (json.CurrentDepth == 1 && json.TokenType == JsonTokenType.PropertyName && !json.ValueTextEquals(MetadataName)) count++;
        }
        return count;
    }

    private void Read(ReadOnlySpan<byte> text)
    {
        if (text[0] != '{') throw _damaged("has a header that does not begin with {");
        var json = new Utf8JsonReader(text);
        json.Read();
        while (Next(ref json) == JsonTokenType.PropertyName)
        {
            var name = Text(ref json);
            if (Next(ref json) != JsonTokenType.StartObject)
                throw _damaged($"has a header that cannot be read: '{Quotation.Of(name)}' is not an object");
            if (name != MetadataName) _places.Add(Place(ref json, name));
            else if (_hasMetadata) throw _damaged($"has a header with '{MetadataName}' twice");
            else ReadMetadata(ref json);
        }
        // Reading further finds anything that follows except spaces.
        json.Read();
    }

    private void ReadMetadata(ref Utf8JsonReader json)
    {
        _hasMetadata = true;
        while (Next(ref json) == JsonTokenType.PropertyName)
        {
            var name = Text(ref json);
            if (Next(ref json) != JsonTokenType.String)
                throw _damaged($"has a header that cannot be read: its text '{Quotation.Of(name)}' is not a string");
            if (_metadata.Count == MostTexts) throw _damaged($"has a header with more than {MostTexts:N0} texts");
            if (!_metadata.TryAdd(name, Text(ref json))) throw _damaged($"has a header with the text '{Quotation.Of(name)}' twice");
        }
    }

    private TensorPlace Place(ref Utf8JsonReader json, string name)
    {
        var (type, hasOffsets, shape) = ((StoredNumber?)null, false, (long[]?)null);
        Span<long> sizes = stackalloc long[Variable.MostAxes], offsets = stackalloc long[2];
        while (Next(ref json) == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("dtype"u8) && type is null)
            {
                type = Type(ref json, name);
            }
            else if (json.ValueTextEquals("shape"u8) && shape is null)
            {
                shape = [.. sizes[..Numbers(ref json, name, sizes)]];
            }
            else if (json.ValueTextEquals("data_offsets"u8) && !hasOffsets)
            {
                hasOffsets = Numbers(ref json, name, offsets) == 2;
            }
            else
            {
                throw _damaged(
                    $"has a header that cannot be read: '{Quotation.Of(name)}' has a '{Quotation.Of(json.ValueSpan)}' that does not "
                        + "belong there");
            }
        }
        if (type is null || shape is null || !hasOffsets)
            throw _damaged($"has a header that cannot be read: '{Quotation.Of(name)}' lacks its dtype, its shape or its two data_offsets");
        var (begin, end) = (offsets[0], offsets[1]);
        if (begin < 0 || end < begin || end > _available)
            throw _damaged($"places '{Quotation.Of(name)}' beyond the end of the file");
        if (!DataArray.TryCount(shape, out var count) || count > Array.MaxLength)
            throw _damaged($"gives '{Quotation.Of(name)}' a shape that is too large");
        if (type.IsKnown && end - begin != type.Size * count)
            throw _damaged($"gives '{Quotation.Of(name)}' {end - begin} bytes, and its shape needs {type.Size * count}");
        if (type.IsInteger && end - begin > Array.MaxLength) throw _damaged($"gives '{Quotation.Of(name)}' a shape that is too large");
        return new TensorPlace(name, type, shape, begin, end);
    }

    private StoredNumber Type(ref Utf8JsonReader json, string name)
    {
        if (Next(ref json) != JsonTokenType.String)
            throw _damaged($"has a header that cannot be read: the dtype of '{Quotation.Of(name)}' is not a string");
        // Without an enumerator for each tensor.
        for (var i = 0; i < StoredNumber.All.Count; i++)
        {
            if (json.ValueTextEquals(StoredNumber.All[i].Name)) return StoredNumber.All[i];
        }
        return StoredNumber.Unknown(Quotation.Of(json.ValueSpan));
    }

    private int Numbers(ref Utf8JsonReader json, string name, scoped Span<long> numbers)
    {
        if (Next(ref json) != JsonTokenType.StartArray)
            throw _damaged($"has a header that cannot be read: sizes or offsets of '{Quotation.Of(name)}' are not a list");
        var count = 0;
        while (Next(ref json) == JsonTokenType.Number)
        {
            if (count == numbers.Length)
                throw _damaged($"has a header that cannot be read: '{Quotation.Of(name)}' has more than {numbers.Length} sizes or offsets");
            if (!json.TryGetInt64(out numbers[count++]))
                throw _damaged($"has a header that cannot be read: a size or an offset of '{Quotation.Of(name)}' is not a whole number");
        }
        return json.TokenType == JsonTokenType.EndArray ? count
            : throw _damaged($"has a header that cannot be read: a size or an offset of '{Quotation.Of(name)}' is not a number");
    }

    // The format requires that each byte is used once, without gaps. Most files hold their tensors in the order of the header.
    private void CheckPlaces()
    {
        int[]? order = null;
        for (var i = 1; i < _places.Count && order is null; i++)
        {
            if (_places[i].Begin >= _places[i - 1].End) continue;
            order = [.. Enumerable.Range(0, _places.Count)];
            order.AsSpan()
                .Sort((left, right) => (_places[left].Begin, _places[left].End).CompareTo((_places[right].Begin, _places[right].End)));
        }
        var expected = 0L;
        for (var i = 0; i < _places.Count; i++)
        {
            var place = _places[order is null ? i : order[i]];
            if (place.Begin != expected) throw _damaged($"leaves a gap before '{Quotation.Of(place.Name)}', or uses bytes twice");
            expected = place.End;
        }
        if (expected != _available) throw _damaged($"has {_available - expected} bytes that belong to nothing");
    }

    private static string Text(ref Utf8JsonReader json)
    {
        if (!json.ValueIsEscaped || json.ValueSpan.Length < LongText) return json.GetString()!;
        var text = new byte[json.ValueSpan.Length];
        return StrictUtf8.Encoding.GetString(text, 0, json.CopyString(text));
    }

    private static JsonTokenType Next(ref Utf8JsonReader json)
    {
        json.Read();
        return json.TokenType;
    }
}
