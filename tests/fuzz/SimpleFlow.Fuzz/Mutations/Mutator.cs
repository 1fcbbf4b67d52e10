using System.Buffers.Binary;
using System.Text;
using System.Text.RegularExpressions;

namespace SimpleFlow.Fuzz;

/// <summary>Changes files at random: the same seed changes them in the same way.</summary>
internal sealed partial class Mutator(int seed)
{
    // Where whole numbers change their nature: signs, widths, and products that overflow.
    private static readonly long[] Boundaries =
        [0, 1, -1, 2, 3, 7, 8, 127, 128, 255, 256, 32767, 32768, 65535, 65536, int.MaxValue - 1, int.MaxValue, int.MaxValue + 1L,
            uint.MaxValue, uint.MaxValue + 1L, 1L << 33, long.MaxValue / 4, long.MaxValue - 1, long.MaxValue, long.MinValue];

    private static readonly string[] Words =
        ["null", "true", "false", "True", "{}", "[]", "[null]", "\"\"", "\"a\"", "\"\\ud800\"", "\"../../etc/passwd\"", "-0", "1e400",
            "1.5", "NaN", "\"NaN\"", "99999999999999999999", "()", ",", ":", "{", "}", "[", "]", "\"", "\\", "'", "\n", "#", " ", "\0",
            "é"];

    private readonly Random _random = new(seed);

    /// <summary>How many values of JSON texts were changed so far.</summary>
    public int FieldsEdited { get; private set; }

    /// <summary>Counts a value that was changed.</summary>
    public void CountField() => FieldsEdited++;

    /// <summary>A number from 0 to below a limit.</summary>
    public int Next(int limit) => _random.Next(limit);

    /// <summary>Changes bytes in one to four places.</summary>
    public byte[] Bytes(byte[] bytes, IReadOnlyList<byte[]> others)
    {
        List<byte> changed = [.. bytes];
        for (var change = Next(4); change >= 0; change--)
        {
            // What is near the beginning decides what the rest means.
            var at = Next(Next(2) == 0 ? changed.Count + 1 : Math.Min(changed.Count, 64) + 1);
            var length = Math.Min(Next(Next(4) == 0 ? 4096 : 16) + 1, changed.Count - at);
            switch (Next(9))
            {
                case 0 when length > 0: changed[at] ^= (byte)(1 << Next(8)); break;
                case 1 when length > 0: changed[at] = (byte)Next(256); break;
                case 2: changed.RemoveRange(at, changed.Count - at); break;
                case 3: changed.RemoveRange(at, length); break;
                case 4: changed.InsertRange(at, changed.GetRange(at, length)); break;
                case 5: changed.InsertRange(at, RandomBytes(Next(16) + 1)); break;
                case 6: changed.InsertRange(Next(changed.Count + 1), changed.GetRange(at, length)); break;
                case 7: Overwrite(changed, at, Boundary()); break;
                default: Splice(changed, at, others[Next(others.Count)]); break;
            }
        }
        return [.. changed];
    }

    /// <summary>Changes words of a text: numbers, texts in quotes, brackets.</summary>
    public byte[] Text(byte[] text) => Encoding.UTF8.GetBytes(Text(Encoding.UTF8.GetString(text)));

    /// <summary>Changes words of a text: numbers, texts in quotes, brackets.</summary>
    public string Text(string text)
    {
        for (var change = Next(2) * Next(3); change >= 0; change--)
        {
            // Numbers are few among brackets and commas, and decide the most.
            var (words, numbers) = (Word().Matches(text), Number().Matches(text));
            if (words.Count == 0) return text + Words[Next(Words.Length)];
            var (one, other) = (words[Next(words.Count)], words[Next(words.Count)]);
            if (numbers.Count > 0 && Next(2) == 0) one = numbers[Next(numbers.Count)];
            var (start, end) = (Math.Min(one.Index, other.Index), Math.Max(one.Index, other.Index));
            text = Next(8) switch
            {
                0 or 1 => Replaced(text, one, Boundaries[Next(Boundaries.Length)].ToString()),
                2 => Replaced(text, one, Words[Next(Words.Length)]),
                3 => Replaced(text, one, other.Value),
                4 => text.Remove(one.Index, one.Length),
                5 => text.Remove(start, end - start),
                6 => text.Length < 1 << 16 ? text.Insert(end, text[start..end]) : text,
                _ => Nested(text, one),
            };
        }
        return text;
    }

    /// <summary>Changes a JSON text: mostly its values, so that it stays JSON, else its words.</summary>
    public string Json(string text) => Next(4) > 0 ? JsonMutation.Of(text, this) : Text(text);

    private static string Replaced(string text, Match word, string by) => text.Remove(word.Index, word.Length).Insert(word.Index, by);

    private string Nested(string text, Match word)
    {
        var depth = Next(2) == 0 ? 2 : 20_000;
        return Replaced(text, word, Next(2) == 0 ? new string('[', depth) + word.Value + new string(']', depth)
            : string.Concat(Enumerable.Repeat("{\"a\":", depth)) + word.Value + new string('}', depth));
    }

    private byte[] RandomBytes(int count)
    {
        var bytes = new byte[count];
        _random.NextBytes(bytes);
        return bytes;
    }

    private byte[] Boundary()
    {
        var bytes = new byte[1 << Next(4)];
        Span<byte> number = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(number, Boundaries[Next(Boundaries.Length)]);
        number[..bytes.Length].CopyTo(bytes);
        if (Next(2) == 0) Array.Reverse(bytes);
        return bytes;
    }

    private static void Overwrite(List<byte> changed, int at, byte[] by)
    {
        for (var i = 0; i < by.Length && at + i < changed.Count; i++) changed[at + i] = by[i];
    }

    private void Splice(List<byte> changed, int at, byte[] other)
    {
        changed.RemoveRange(at, changed.Count - at);
        changed.AddRange(other[Math.Min(Next(2) == 0 ? at : Next(other.Length + 1), other.Length)..]);
    }

    [GeneratedRegex(@"-?\b\d+(?:\.\d+)?")]
    private static partial Regex Number();

    [GeneratedRegex("""
        "(?:[^"\\]|\\.)*"|'[^']*'|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|\w+|[\[\]{}(),:;]
        """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Word();
}
