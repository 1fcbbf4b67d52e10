namespace SimpleFlow.Tests.Data;

/// <summary>Characters as numbers.</summary>
public class VocabularyTests
{
    [Fact]
    public void A_text_becomes_numbers_and_back()
    {
        var vocabulary = Vocabulary.Of("to be or not");
        Assert.Equal(" benort", vocabulary.Characters);
        Assert.Equal("not to", vocabulary.Decode(vocabulary.Encode("not to")));
        Assert.True(vocabulary.Knows('b'));
        Assert.Contains("'B' (U+0042) at place 4", Assert.Throws<DataException>(() => vocabulary.Encode("to Be")).Message, StringComparison.Ordinal);
        Assert.Throws<DataException>(() => new Vocabulary("aba"));
        Assert.Throws<DataException>(() => Vocabulary.Of(""));
    }

    [Fact]
    public void Pieces_come_with_what_follows_each_character()
    {
        var vocabulary = new Vocabulary("abcdefg");
        var (pieces, next) = vocabulary.Windows("abcdefg", 3);
        Assert.Equal([0, 1, 2, 3, 4, 5], Read(pieces));
        Assert.Equal([1, 2, 3, 4, 5, 6], Read(next));
        Assert.Equal(4, vocabulary.Windows("abcdefg", 3, stride: 1).Pieces.Rows);
        Assert.Equal(1, vocabulary.Windows("abcdefg", 6).Pieces.Rows);
        Assert.Contains("at least 8", Assert.Throws<DataException>(() => vocabulary.Windows("abcdefg", 7)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => vocabulary.Windows("abcdefg", 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => vocabulary.Windows("abcdefg", 1, 0));
    }

    private static int[] Read(DataArray array)
    {
        var numbers = new int[array.Count];
        array.CopyTo(numbers);
        return numbers;
    }
}
