using System.Buffers;
using System.Text;

namespace SimpleFlow;

/// <summary>Finds half characters. A .NET string may contain one half of a surrogate pair. Files, which are in UTF-8, cannot, and the text
/// would be different when it is read back.</summary>
internal static class WholeCharacters
{
    /// <summary>The position of the first half without its other half, or null if all characters are whole.</summary>
    public static int? FirstHalf(ReadOnlySpan<char> text)
    {
        for (var at = 0; at < text.Length;)
        {
            if (text[at..].IndexOfAnyInRange('\ud800', '\udfff') is var next && next < 0) return null;
            at += next;
            if (Rune.DecodeFromUtf16(text[at..], out _, out var length) != OperationStatus.Done) return at;
            at += length;
        }
        return null;
    }
}
