using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace SimpleFlow;

/// <summary>
/// The header of an npy file: a magic word, a version, and a dictionary as Python writes it.
/// It is parsed by this grammar, and anything else is refused:
/// <code>
/// dictionary = "{" entry ("," entry)* [","] "}"
/// entry      = "'descr':" text | "'fortran_order':" ("True" | "False") | "'shape':" "(" [number ("," number)*] [","] ")"
/// </code>
/// with spaces anywhere between the words, and a line's end after them.
/// </summary>
/// <param name="Type">The numpy type, such as <c>&lt;f4</c>.</param>
/// <param name="IsFortranOrder">Whether the first axis is the one that moves fastest.</param>
/// <param name="Shape">The sizes.</param>
/// <param name="Length">How many bytes the header has, the magic word included.</param>
internal readonly record struct NpyHeader(string Type, bool IsFortranOrder, long[] Shape, int Length)
{
    // NumPy's own limit for untrusted files, and its largest number of axes.
    private const int Longest = 10_000, MostAxes = 64;

    private static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>Reads a header.</summary>
    /// <param name="stream">The file, at its beginning.</param>
    /// <param name="length">How many bytes it has.</param>
    /// <param name="error">Makes the error, from what is wrong.</param>
    /// <exception cref="DataException">It is not a header.</exception>
    public static NpyHeader Read(Stream stream, long length, Func<string, DataException> error)
    {
        Span<byte> start = stackalloc byte[12];
        var begun = stream.ReadAtLeast(start[..8], 8, throwOnEndOfStream: false);
        if (begun < 8 || !start[..6].SequenceEqual(Magic))
            throw error("is not an npy file: it does not begin with the six bytes that mark one");
        var (major, minor) = (start[6], start[7]);
        if (major is not (1 or 2 or 3) || minor != 0)
            throw error($"is of version {major}.{minor} of the npy format; 1.0, 2.0 and 3.0 are read");
        var prefix = major == 1 ? 10 : 12;
        if (stream.ReadAtLeast(start[8..prefix], prefix - 8, throwOnEndOfStream: false) < prefix - 8) throw error("ends within its header");
        var declared = major == 1 ? BinaryPrimitives.ReadUInt16LittleEndian(start[8..])
            : BinaryPrimitives.ReadUInt32LittleEndian(start[8..]);
        if (declared > length - prefix)
            throw error(
                $"declares a header of {NumberText.Count(declared, "byte")}, and {Math.Max(0, length - prefix):N0} follow: it "
                    + "was cut short");
        if (declared > Longest) throw error($"declares a header of {NumberText.Count(declared, "byte")}; at most {Longest:N0} are read");
        Span<byte> text = stackalloc byte[Longest];
        text = text[..(int)declared];
        if (stream.ReadAtLeast(text, text.Length, throwOnEndOfStream: false) < text.Length) throw error("ends within its header");
        return new Grammar(text, error).Header(prefix + text.Length);
    }

    /// <summary>The header of float32 numbers in C order: version 1.0, filled with spaces up to a
    /// multiple of 64 bytes, as NumPy writes it.</summary>
    /// <exception cref="DataException">There are too many axes.</exception>
    public static byte[] Write(ReadOnlySpan<long> shape)
    {
        if (shape.Length > MostAxes) throw new DataException($"An npy file has at most {MostAxes} axes, and there are {shape.Length}.");
        var sizes = shape.Length == 1 ? string.Create(CultureInfo.InvariantCulture, $"{shape[0]},") : string.Join(", ", shape.ToArray());
        var text = $"{{'descr': '<f4', 'fortran_order': False, 'shape': ({sizes}), }}";
        var length = (10 + text.Length + 1 + 63) / 64 * 64;
        var bytes = new byte[length];
        Magic.CopyTo(bytes);
        bytes[6] = 1;
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(8), (ushort)(length - 10));
        Encoding.ASCII.GetBytes(text.PadRight(length - 11) + '\n', bytes.AsSpan(10));
        return bytes;
    }

    private ref struct Grammar(ReadOnlySpan<byte> text, Func<string, DataException> error)
    {
        private readonly ReadOnlySpan<byte> _text = text;
        private int _at;

        public NpyHeader Header(int length)
        {
            var (type, order, shape) = ((string?)null, (bool?)null, (long[]?)null);
            Expect('{');
            while (!Take('}'))
            {
                var key = Text();
                Expect(':');
                if (key.SequenceEqual("descr"u8) && type is null) type = Descr();
                else if (key.SequenceEqual("fortran_order"u8) && order is null) order = Truth();
                else if (key.SequenceEqual("shape"u8) && shape is null) shape = Sizes();
                else throw Wrong($"the key '{Quotation.Of(key)}' does not belong there, or appears twice");
                if (Take(',')) continue;
                Expect('}');
                break;
            }
            if (!_text[_at..].Trim((byte)' ').SequenceEqual("\n"u8) && _text[_at..].ContainsAnyExcept((byte)' '))
                throw Wrong("something follows its end");
            if (type is null || order is not { } isFortran || shape is null) throw Wrong("it lacks 'descr', 'fortran_order' or 'shape'");
            return new NpyHeader(type, isFortran, shape, length);
        }

        private string Descr() =>
            Peek() is '\'' or '"' ? Quotation.Of(Text()) : throw error("holds records of several fields; arrays of plain numbers are read");

        private ReadOnlySpan<byte> Text()
        {
            var quote = Peek();
            if (quote is not ('\'' or '"')) throw Wrong("a text in quotes is missing");
            var rest = _text[(_at + 1)..];
            var end = rest.IndexOfAny((byte)quote, (byte)'\\');
            if (end < 0 || rest[end] != quote) throw Wrong("a text does not end");
            _at += end + 2;
            return rest[..end];
        }

        private bool Truth()
        {
            Peek();
            var isTrue = _text[_at..].StartsWith("True"u8);
            if (!isTrue && !_text[_at..].StartsWith("False"u8)) throw Wrong("'fortran_order' is neither True nor False");
            _at += isTrue ? 4 : 5;
            return isTrue;
        }

        private long[] Sizes()
        {
            Span<long> sizes = stackalloc long[MostAxes];
            var count = 0;
            Expect('(');
            while (!Take(')'))
            {
                if (count == MostAxes) throw Wrong($"it has more than {MostAxes} axes");
                sizes[count++] = Number();
                if (Take(',')) continue;
                // (3) is a number in Python, and (3,) a tuple.
                if (count == 1) throw Wrong("'shape' is not a tuple");
                Expect(')');
                break;
            }
            return [.. sizes[..count]];
        }

        private long Number()
        {
            Peek();
            var rest = _text[_at..];
            var digits = rest.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
            if (digits < 0) digits = rest.Length;
            if (!long.TryParse(rest[..digits], NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                throw Wrong("a size is not a whole number that can be counted");
            _at += digits;
            // Python 2 wrote long numbers this way.
            if (_at < _text.Length && _text[_at] == 'L') _at++;
            return number;
        }

        private char Peek()
        {
            while (_at < _text.Length && _text[_at] is (byte)' ' or (byte)'\n') _at++;
            return _at < _text.Length ? (char)_text[_at] : '\0';
        }

        private bool Take(char wanted)
        {
            if (Peek() != wanted || _at >= _text.Length) return false;
            _at++;
            return true;
        }

        private void Expect(char wanted)
        {
            if (!Take(wanted)) throw Wrong($"'{wanted}' is missing");
        }

        private readonly DataException Wrong(string what) => error($"has a header that cannot be read: {what}, at character {_at + 1}");
    }
}
