using System.Text;

namespace SimpleFlow;

/// <summary>
/// The characters of a text, each with its number: what a network at character level reads and writes.
/// A character is a Unicode scalar value (a <see cref="Rune"/>), so that an emoji is one, although .NET stores it as two halves. What a
/// person sees as one may be several of them: a letter and the accent over it, a family of emojis.
/// The network learns their order as it learns that of letters.
/// </summary>
public sealed class Vocabulary
{
    private readonly Dictionary<Rune, int> _numbers = [];
    private readonly Rune[] _runes;

    /// <summary>Exactly these characters, in this order.</summary>
    /// <exception cref="DataException">There are none, one appears twice, or one is half a character.</exception>
    public Vocabulary(string characters)
    {
        ArgumentNullException.ThrowIfNull(characters);
        if (characters.Length == 0) throw new DataException("A vocabulary needs at least one character.");
        Characters = characters;
        RequireWhole(characters);
        _runes = [.. characters.EnumerateRunes()];
        foreach (var one in _runes)
        {
            if (!_numbers.TryAdd(one, _numbers.Count)) throw new DataException($"The character '{one}' appears twice in the vocabulary.");
        }
    }

    /// <summary>The characters that occur in a text, in the order of their codes.</summary>
    /// <exception cref="DataException">The text is empty, or holds half a character.</exception>
    public static Vocabulary Of(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        RequireWhole(text);
        var occurring = new HashSet<Rune>();
        foreach (var one in text.EnumerateRunes()) occurring.Add(one);
        return new Vocabulary(string.Concat(occurring.Order()));
    }

    /// <summary>The characters; the number of each is its place among them.</summary>
    public string Characters { get; }

    /// <summary>How many there are.</summary>
    public int Count => _runes.Length;

    /// <summary>The character of a number.</summary>
    internal Rune this[int number] => _runes[number];

    /// <summary>The numbers of a text's characters.</summary>
    /// <exception cref="DataException">A character is unknown; the message says which, and where.</exception>
    public int[] Encode(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        RequireWhole(text);
        var numbers = new int[CountOf(text)];
        var i = 0;
        foreach (var one in text.EnumerateRunes())
        {
            if (!_numbers.TryGetValue(one, out numbers[i++]))
                throw new DataException(
                    $"The character '{one}' (U+{one.Value:X4}) at place {i} does not occur in the training text.");
        }
        return numbers;
    }

    /// <summary>Whether a character is known.</summary>
    public bool Knows(Rune character) => _numbers.ContainsKey(character);

    /// <summary>The text of some numbers.</summary>
    /// <exception cref="DataException">A number is not that of a character.</exception>
    public string Decode(ReadOnlySpan<int> numbers)
    {
        var text = new StringBuilder(numbers.Length);
        foreach (var number in numbers)
        {
            if ((uint)number >= (uint)Count)
                throw new DataException($"There is no character {number}; the vocabulary has {Count}, counted from 0.");
            text.Append(_runes[number]);
        }
        return text.ToString();
    }

    /// <summary>
    /// Cuts a text into pieces, with the character that comes next for each place in them:
    /// two arrays of dimensions [pieces, length]. However much the pieces overlap, both are views of
    /// one array, so that a character takes four bytes.
    /// </summary>
    /// <param name="text">A text longer than a piece.</param>
    /// <param name="length">How many characters a piece has.</param>
    /// <param name="stride">The distance from the beginning of one piece to that of the next; by default the length of a piece, so that
    /// each character is learned once per epoch.</param>
    /// <exception cref="DataException">The text is too short, or has an unknown character.</exception>
    public (DataArray Pieces, DataArray Next) Windows(string text, int length, int? stride = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        var step = stride ?? length;
        ArgumentOutOfRangeException.ThrowIfLessThan(step, 1, nameof(stride));
        var numbers = Encode(text);
        if (numbers.Length <= length)
            throw new DataException(
                $"The text has {NumberText.Count(numbers.Length, "character")}, and pieces of {length} with the one after them need at "
                    + $"least {length + 1}.");
        var count = (numbers.Length - length - 1) / step + 1;
        return (new TextWindows(numbers, 0, step, [count, length]), new TextWindows(numbers, 1, step, [count, length]));
    }

    /// <summary>How many characters a text has.</summary>
    internal static int CountOf(string text)
    {
        var count = 0;
        foreach (var unit in text) count += char.IsLowSurrogate(unit) ? 0 : 1;
        return count;
    }

    private static void RequireWhole(string text)
    {
        if (WholeCharacters.FirstHalf(text) is { } place)
            throw new DataException(
                $"The text has half a character at place {place + 1}, U+{(int)text[place]:X4}: the other half of the pair is missing. "
                    + "Read it from a file in UTF-8, and cut it between characters.");
    }
}
