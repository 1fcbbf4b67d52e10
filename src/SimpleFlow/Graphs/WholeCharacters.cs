using System.Buffers;
using System.Text;

namespace SimpleFlow;

/// <summary>Finds halves of characters. .NET's texts may hold one half of a surrogate pair;
/// files, which are in UTF-8, cannot, and what was saved would be another text when it is read.</summary>
internal static class WholeCharacters
{
    /// <summary>Where the first half without its other half stands; null where all characters are whole.</summary>
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
