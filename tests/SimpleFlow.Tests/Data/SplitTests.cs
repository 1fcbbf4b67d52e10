namespace SimpleFlow.Tests.Data;

/// <summary>How a dataset is dealt out.</summary>
public class SplitTests
{
    private static readonly Placeholder X = new("x", [null, 1]);
    private static readonly Placeholder Y = new("y", [null], ElementType.Int32);

    [Theory]
    [InlineData(100, 0.7)]
    [InlineData(103, 0.5)]
    [InlineData(7, 0.9)]
    public void A_stratified_split_keeps_the_shares_of_the_classes(int rows, double fraction)
    {
        var data = Numbered(rows, row => row % 10 == 0 ? 2 : row % 10 < 4 ? 1 : 0);
        var (train, rest) = data.Split(fraction, seed: 3, stratify: Y);
        Assert.Equal((int)Math.Round(fraction * rows), train.Rows);
        Assert.Equal(Enumerable.Range(0, rows), Rows(train).Concat(Rows(rest)).Order());
        foreach (var label in Enumerable.Range(0, 3))
            Assert.InRange(Classes(train).Count(one => one == label) - fraction * Classes(data).Count(one => one == label), -1.0, 1.0);
    }

    [Fact]
    public void A_class_of_one_row_is_in_the_first_part_of_a_stratified_split()
    {
        for (var seed = 0ul; seed < 20; seed++)
        {
            var (train, rest) = Numbered(50, row => row switch { 7 => 1, 30 => 2, _ => 0 }).Split(0.5, seed, Y);
            Assert.Equal((25, 25), (train.Rows, rest.Rows));
            Assert.Equal([0, 1, 2], Classes(train).Distinct().Order());
            Assert.Equal(Enumerable.Range(0, 50), Rows(train).Concat(Rows(rest)).Order());
        }
        // Where there is no room for all, as many as there is room for.
        Assert.Equal(2, Numbered(4, row => row).Split(0.5, stratify: Y).Train.Rows);
    }

    [Fact]
    public void Labels_may_be_one_hot_rows()
    {
        var hot = new Placeholder("hot", [null, 3]);
        int[] labels = [.. Enumerable.Range(0, 30).Select(row => row % 3)];
        var data = new Dataset { [Y] = labels, [hot] = ((DataArray)labels).OneHot(3) };
        var (train, _) = data.Split(0.5, seed: 1, stratify: hot);
        Assert.All(Classes(train).CountBy(one => one), count => Assert.Equal(5, count.Value));
    }

    [Fact]
    public void Three_parts_hold_every_row_once()
    {
        var (train, validation, test) = Numbered(200, row => row % 2).SplitInThree(0.7, 0.2, seed: 5, stratify: Y);
        Assert.Equal((140, 40, 20), (train.Rows, validation.Rows, test.Rows));
        Assert.Equal(Enumerable.Range(0, 200), Rows(train).Concat(Rows(validation)).Concat(Rows(test)).Order());
        Assert.Equal(10, Classes(test).Count(one => one == 1));
        Assert.Equal(0, Numbered(5, _ => 0).SplitInThree(1, 0).Test.Rows);
        Assert.Equal(0, Numbered(10, _ => 0).SplitInThree(0.7, 0.3).Test.Rows);
        Assert.Throws<ArgumentOutOfRangeException>(() => Numbered(5, _ => 0).SplitInThree(0.7, 0.4));
        Assert.Throws<ArgumentOutOfRangeException>(() => Numbered(5, _ => 0).SplitInThree(0.7, -0.1));
        Assert.Throws<KeyNotFoundException>(() => Numbered(5, _ => 0).Split(0.5, 0, new Placeholder("z", [null])));
    }

    [Fact]
    public void Objects_become_rows()
    {
        (string Name, int Age, float Height)[] people = [("Ada", 36, 1.65f), ("Alan", 41, 1.78f)];
        var rows = DataArray.From(people, one => [one.Age, one.Height]);
        Assert.Equal([2, 2], rows.Dimensions.ToArray());
        var numbers = new float[4];
        rows.CopyTo(numbers);
        Assert.Equal([36, 1.65f, 41, 1.78f], numbers);
        var ages = new int[2];
        DataArray.From(people, one => one.Age).CopyTo(ages);
        Assert.Equal([36, 41], ages);
        Assert.Equal([2], DataArray.From(people, one => one.Height).Dimensions.ToArray());
        var error = Assert.Throws<DataException>(() => DataArray.From(people, one => new float[one.Name.Length]));
        Assert.Contains("Row 1 has 4 numbers, and row 0 has 3", error.Message, StringComparison.Ordinal);
    }

    private static Dataset Numbered(int rows, Func<int, int> label) => new()
    {
        [X] = DataArray.From(Enumerable.Range(0, rows), row => [row]),
        [Y] = DataArray.From(Enumerable.Range(0, rows), label),
    };

    private static int[] Rows(Dataset data) => Read(data, X);

    private static int[] Classes(Dataset data) => Read(data, Y);

    private static int[] Read(Dataset data, Placeholder placeholder)
    {
        var numbers = new int[data.Rows];
        data[placeholder].CopyTo(numbers);
        return numbers;
    }
}
