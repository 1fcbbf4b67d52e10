namespace SimpleFlow.Tests.Data;

public class DatasetTests
{
    private readonly Placeholder _x = new("images", [null, 2]);
    private readonly Placeholder _y = new("labels", [null], ElementType.Int32);

    [Fact]
    public void A_feed_holds_what_it_was_given()
    {
        var rate = new Placeholder("rate", []);
        var feed = new Feed { [_x] = new float[,] { { 1, 2 } }, [_y] = new[] { 3 }, [rate] = 0.5f };
        Assert.Equal(3, feed.Count);
        Assert.Equal([_x, _y, rate], feed.Select(entry => entry.Key));
        Assert.Equal([1, 2], Floats(feed[_x]));
        Assert.Empty(feed[rate].Dimensions.ToArray());

        feed[_x] = new double[,] { { 7, 8 }, { 9, 10 } };
        Assert.Equal(3, feed.Count);
        Assert.Equal([7, 8, 9, 10], Floats(feed[_x]));
        Assert.False(feed.TryGet(new Placeholder("images", [null, 2]), out _));
        Assert.Contains("`labels`", Assert.Throws<KeyNotFoundException>(() => new Feed()[_y]).Message);
        Assert.Throws<ArgumentNullException>(() => feed[_x] = (float[])null!);
    }

    [Fact]
    public void Arrays_of_a_dataset_have_equally_many_rows()
    {
        var dataset = new Dataset { [_x] = new float[3, 2], [_y] = new int[3] };
        Assert.Equal((3, 2), (dataset.Rows, dataset.Count));
        var error = Assert.Throws<DataException>(() => new Dataset { [_x] = new float[3, 2], [_y] = new int[4] });
        Assert.Contains("`images` has 3 rows, `labels` has 4", error.Message);
        Assert.Contains("`labels`", Assert.Throws<DataException>(() => new Dataset { [_y] = 1f }).Message);

        var replaced = new Dataset { [_x] = new float[3, 2] };
        replaced[_x] = new float[5, 2];
        Assert.Equal(5, replaced.Rows);
    }

    [Fact]
    public void Take_and_skip_part_the_rows()
    {
        var dataset = Numbered(10);
        Assert.Equal([0, 1, 2], Labels(dataset.Take(3)));
        Assert.Equal([7, 8, 9], Labels(dataset.Skip(7)));
        Assert.Equal([4, 5], Labels(dataset.Skip(4).Take(2)));
        Assert.Equal(10, dataset.Take(99).Rows);
        Assert.Equal(0, dataset.Skip(99).Rows);
        Assert.Throws<ArgumentOutOfRangeException>(() => dataset.Take(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => dataset.Skip(-1));
        Assert.Equal(0, new Dataset().Take(1).Rows);
    }

    [Fact]
    public void A_split_deals_every_example_to_one_side_with_its_label()
    {
        var dataset = Numbered(101);
        var (train, validation) = dataset.Split(0.8, seed: 5);
        Assert.Equal((81, 20), (train.Rows, validation.Rows));
        Assert.Equal(Enumerable.Range(0, 101), Labels(train).Concat(Labels(validation)).Order());
        Assert.NotEqual(Labels(train).Order(), Labels(train));
        foreach (var side in new[] { train, validation })
            Assert.Equal(Labels(side).SelectMany(label => new float[] { 2 * label, 2 * label + 1 }), Floats(side[_x]));

        Assert.Equal(Labels(train), Labels(dataset.Split(0.8, seed: 5).Train));
        Assert.NotEqual(Labels(train), Labels(dataset.Split(0.8, seed: 6).Train));
        Assert.Equal((101, 0), (dataset.Split(1).Train.Rows, dataset.Split(1).Validation.Rows));
        Assert.Equal(0, dataset.Split(0).Train.Rows);
        foreach (var wrong in new[] { -0.1, 1.1, double.NaN }) Assert.Throws<ArgumentOutOfRangeException>(() => dataset.Split(wrong));
    }

    [Fact]
    public void A_sample_is_different_rows_with_their_labels_anew_at_every_draw()
    {
        var dataset = Numbered(50);
        var drawn = new HashSet<string>(StringComparer.Ordinal);
        for (var draw = 0; draw < 20; draw++)
        {
            var feed = dataset.Sample(16, seed: 5, draw);
            var labels = Floats(feed[_y]);
            Assert.Equal([16, 2], feed[_x].Dimensions.ToArray());
            Assert.Equal(16, labels.Distinct().Count());
            Assert.Equal(labels.SelectMany(label => new[] { 2 * label, 2 * label + 1 }), Floats(feed[_x]));
            Assert.True(drawn.Add(string.Join(',', labels)));
        }
        Assert.Equal(Floats(dataset.Sample(16, 5, 3)[_y]), Floats(dataset.Sample(16, 5, 3)[_y]));
        Assert.NotEqual(Floats(dataset.Sample(16, 5, 3)[_y]), Floats(dataset.Sample(16, 6, 3)[_y]));
        Assert.Equal(Enumerable.Range(0, 50).Select(row => (float)row), Floats(dataset.Sample(50)[_y]).Order());
        Assert.Equal(0, dataset.Sample(0)[_y].Rows);
        Assert.Throws<ArgumentOutOfRangeException>(() => dataset.Sample(51));
        Assert.Throws<ArgumentOutOfRangeException>(() => dataset.Sample(-1));
    }

    private Dataset Numbered(int rows) => new()
    {
        [_x] = DataArray.From(Enumerable.Range(0, 2 * rows).ToArray()).Reshape(rows, 2),
        [_y] = Enumerable.Range(0, rows).ToArray(),
    };

    private int[] Labels(Dataset dataset)
    {
        var labels = new int[dataset.Rows];
        dataset[_y].CopyTo(labels);
        return labels;
    }

    private static float[] Floats(DataArray array)
    {
        var floats = new float[array.Count];
        array.CopyTo(floats);
        return floats;
    }
}
