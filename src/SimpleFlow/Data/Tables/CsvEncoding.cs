using System.Text;
using System.Text.Unicode;

namespace SimpleFlow;

/// <summary>A table's bytes as UTF-8. A byte order mark says how characters are stored; UTF-16 without one is detected by its zeros, as
/// every delimiter, digit and line break has one.</summary>
internal static class CsvEncoding
{
    private const int Looked = 4096, FewestZeros = 10;

    /// <summary>The text in UTF-8, and the name of the encoding that it was in.</summary>
    /// <exception cref="DecoderFallbackException">It is in none of these encodings.</exception>
    public static (byte[] Text, string Name) ToUtf8(byte[] text)
    {
        var (other, name) = Of(text, text.Length);
        if (other is not null) return (Encoding.Convert(other, StrictUtf8.Encoding, text), name);
        if (!Utf8.IsValid(text)) StrictUtf8.Encoding.GetCharCount(text);        // throws, and says where
        return (text, name);
    }

    /// <summary>The encoding of a text, null if it is UTF-8, and its name.</summary>
    /// <param name="begin">The beginning of the text.</param>
    /// <param name="length">How many bytes it has.</param>
    public static (Encoding? Other, string Name) Of(ReadOnlySpan<byte> begin, long length) => begin switch
    {
        [0xFF, 0xFE, 0, 0, ..] => (new UTF32Encoding(bigEndian: false, byteOrderMark: true, throwOnInvalidCharacters: true), "UTF-32"),
        [0, 0, 0xFE, 0xFF, ..] => (new UTF32Encoding(bigEndian: true, byteOrderMark: true, throwOnInvalidCharacters: true), "UTF-32"),
        [0xFF, 0xFE, ..] => (Utf16(bigEndian: false), "UTF-16"),
        [0xFE, 0xFF, ..] => (Utf16(bigEndian: true), "UTF-16"),
        _ when length % 2 == 0 && HasZeros(begin, at: 1) => (Utf16(bigEndian: false), "UTF-16 without a mark"),
        _ when length % 2 == 0 && HasZeros(begin, at: 0) => (Utf16(bigEndian: true), "UTF-16 without a mark"),
        _ => (null, "UTF-8"),
    };

    private static UnicodeEncoding Utf16(bool bigEndian) => new(bigEndian, byteOrderMark: true, throwOnInvalidBytes: true);

    // Whether a tenth of the characters or more have a zero as this one of their two bytes, and hardly any as the other one.
    private static bool HasZeros(ReadOnlySpan<byte> text, int at)
    {
        if (text.Length < 4) return false;
        var (here, there, length) = (0, 0, Math.Min(text.Length, Looked) / 2 * 2);
        for (var i = 0; i < length; i += 2)
        {
            if (text[i + at] == 0) here++;
            if (text[i + 1 - at] == 0) there++;
        }
        return here * FewestZeros >= length / 2 && there * FewestZeros <= here;
    }
}
