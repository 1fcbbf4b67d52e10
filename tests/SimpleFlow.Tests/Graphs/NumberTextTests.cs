namespace SimpleFlow.Tests.Graphs;

public sealed class NumberTextTests
{
    [Fact]
    public void Numbers_and_their_nouns_agree()
    {
        Assert.Equal(["0 rows", "1 row", "2 rows", "2,000 rows"],
            ((long[])[0, 1, 2, 2000]).Select(number => NumberText.Count(number, "row")));
        Assert.Equal(["1 class", "2 classes"], ((long[])[1, 2]).Select(number => NumberText.Count(number, "class", "classes")));
    }
}
