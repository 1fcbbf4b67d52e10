namespace SimpleFlow;

/// <summary>The characters of a text, each with its number: what a network at character level reads and writes. Pairs of surrogates count as the two halves they are stored as.</summary>
public sealed class Vocabulary
{
    private readonly Dictionary<char, int> _numbers = [];

    /// <summary>Exactly these characters, in this order.</summary>
    /// <exception cref="DataException">There are none, or one stands there twice.</exception>
    public Vocabulary(string characters)
    {
        ArgumentNullException.ThrowIfNull(characters);
        if (characters.Length == 0) throw new DataException("A vocabulary has at least one character.");
        Characters = characters;
        foreach (var one in characters)
        {
            if (!_numbers.TryAdd(one, _numbers.Count)) throw new DataException($"The character '{one}' stands twice in the vocabulary.");
        }
    }

    /// <summary>The characters that occur in a text, in the order of their codes.</summary>
    public static Vocabulary Of(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new Vocabulary(new string([.. text.Distinct().Order()]));
    }

    /// <summary>The characters; the number of each is its place.</summary>
    public string Characters { get; }

    /// <summary>How many there are.</summary>
    public int Count => Characters.Length;

    /// <summary>The numbers of a text's characters.</summary>
    /// <exception cref="DataException">A character is not known; the message says which, and where.</exception>
    public int[] Encode(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var numbers = new int[text.Length];
        for (var i = 0; i < numbers.Length; i++)
        {
            if (_numbers.TryGetValue(text[i], out numbers[i])) continue;
            throw new DataException($"The character '{text[i]}' (U+{(int)text[i]:X4}) at place {i + 1} does not occur in the text that was trained on.");
        }
        return numbers;
    }

    /// <summary>Whether a character is known.</summary>
    public bool Knows(char character) => _numbers.ContainsKey(character);

    /// <summary>The text of some numbers.</summary>
    /// <exception cref="DataException">A number is that of no character.</exception>
    public string Decode(ReadOnlySpan<int> numbers)
    {
        var text = new char[numbers.Length];
        for (var i = 0; i < text.Length; i++)
        {
            if ((uint)numbers[i] >= (uint)Count) throw new DataException($"There is no character {numbers[i]}; the vocabulary has {Count}, counted from 0.");
            text[i] = Characters[numbers[i]];
        }
        return new string(text);
    }

    /// <summary>Pieces of a text that follow each other, and for each place in them the character that comes next: two arrays of dimensions [pieces, length].</summary>
    /// <param name="text">A text longer than a piece.</param>
    /// <param name="length">How many characters a piece has.</param>
    /// <param name="stride">From the beginning of one piece to that of the next; as far as it is long where nothing is said, so that each character is learned once in an epoch.</param>
    /// <exception cref="DataException">The text is too short, or has a character that is not known.</exception>
    public (DataArray Pieces, DataArray Next) Windows(string text, int length, int? stride = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        var step = stride ?? length;
        ArgumentOutOfRangeException.ThrowIfLessThan(step, 1, nameof(stride));
        var numbers = Encode(text);
        if (numbers.Length <= length) throw new DataException($"The text has {numbers.Length} characters, and pieces of {length} with the one after them need at least {length + 1}.");
        var count = (numbers.Length - length - 1) / step + 1;
        var (pieces, next) = (new int[count, length], new int[count, length]);
        for (var piece = 0; piece < count; piece++)
        {
            for (var i = 0; i < length; i++) (pieces[piece, i], next[piece, i]) = (numbers[piece * step + i], numbers[piece * step + i + 1]);
        }
        return (pieces, next);
    }
}
