using System.Text;

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
        Assert.True(vocabulary.Knows(new Rune('b')));
        Assert.Contains("'B' (U+0042) at place 4", Assert.Throws<DataException>(() => vocabulary.Encode("to Be")).Message,
            StringComparison.Ordinal);
        Assert.Throws<DataException>(() => new Vocabulary("aba"));
        Assert.Throws<DataException>(() => Vocabulary.Of(""));
    }

    [Fact]
    public void An_emoji_is_one_character_and_half_of_one_is_refused()
    {
        var vocabulary = Vocabulary.Of("a😀b🎉😀");
        Assert.Equal((4, "ab🎉😀"), (vocabulary.Count, vocabulary.Characters));
        Assert.Equal([3, 0, 2], vocabulary.Encode("😀a🎉"));
        Assert.Equal("🎉b", vocabulary.Decode([2, 1]));
        Assert.Contains("'🙃' (U+1F643) at place 3", Assert.Throws<DataException>(() => vocabulary.Encode("😀a🙃")).Message,
            StringComparison.Ordinal);
        Assert.Contains("place 2, U+D83D", Assert.Throws<DataException>(() => Vocabulary.Of("a\ud83d")).Message, StringComparison.Ordinal);
        Assert.Contains("place 1, U+DE00", Assert.Throws<DataException>(() => new Vocabulary("\ude00a")).Message, StringComparison.Ordinal);
        Assert.Throws<DataException>(() => vocabulary.Encode("\ud83d\ud83d"));
        // What a person sees as one may be several characters, as Unicode counts.
        Assert.Equal(2, Vocabulary.Of("e\u0301").Count);
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
        Assert.Contains("at least 8", Assert.Throws<DataException>(() => vocabulary.Windows("abcdefg", 7)).Message,
            StringComparison.Ordinal);
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
