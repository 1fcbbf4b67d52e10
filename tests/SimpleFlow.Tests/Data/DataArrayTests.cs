using System.Numerics.Tensors;

namespace SimpleFlow.Tests.Data;

public class DataArrayTests
{
    [Fact]
    public void Every_conversion_keeps_dimensions_and_elements()
    {
        Check(2.5f, [], [2.5f]);
        Check(new[] { 1f, 2.5f }, [2], [1, 2.5f]);
        Check(new[,] { { 1f, 2f, 3f }, { 4f, 5f, 6f } }, [2, 3], [1, 2, 3, 4, 5, 6]);
        Check(new[] { 1.0, 0.1 }, [2], [1, 0.1f]);
        Check(new[,] { { 1.0 }, { 2.0 } }, [2, 1], [1, 2]);
        Check(new[] { 3, -4, int.MaxValue }, [3], [3, -4, 2147483648f]);
        Check(new[,] { { 3, 4 } }, [1, 2], [3, 4]);
        Check(new float[,,] { { { 1 }, { 2 } } }, [1, 2, 1], [1, 2]);
        Check(new double[,,] { { { 1 }, { 2 } } }, [1, 2, 1], [1, 2]);
        Check(new[, ,] { { { 1 }, { 2 } } }, [1, 2, 1], [1, 2]);
        Check(new float[,,,] { { { { 1, 2 } } } }, [1, 1, 1, 2], [1, 2]);
        Check(new double[,,,] { { { { 1, 2 } } } }, [1, 1, 1, 2], [1, 2]);
        Check(new[, , ,] { { { { 1, 2 } } } }, [1, 1, 1, 2], [1, 2]);
        Check(new byte[] { 0, 128, 255 }, [3], [0, 128, 255]);
        Check(Tensor.Create([1f, 2f, 3f, 4f], [2, 2]), [2, 2], [1, 2, 3, 4]);
        Check(Tensor.Create([1.0, 2.0], [1, 2]), [1, 2], [1, 2]);
        Check(Tensor.Create([1, 2, 3], [3, 1]), [3, 1], [1, 2, 3]);
        Check(DataArray.From(new float[1, 1, 1, 1, 2]), [1, 1, 1, 1, 2], [0, 0]);
        Check(DataArray.From(new byte[,] { { 1, 2 }, { 3, 4 } }), [2, 2], [1, 2, 3, 4]);
        Check(DataArray.Bytes([0, 51, 255, 102], [2, 2], 1 / 255f), [2, 2], [0, 51 * (1 / 255f), 1, 102 * (1 / 255f)]);
        Check(DataArray.Bytes([0, 255], [2, 1], 2 / 255f, -1), [2, 1], [-1, 1]);
        Check(Array.Empty<float>(), [0], []);
        Check(new float[0, 5], [0, 5], []);

        static void Check(DataArray array, long[] dimensions, float[] elements)
        {
            Assert.Equal(dimensions, array.Dimensions.ToArray());
            Assert.Equal(elements.Length, array.Count);
            Assert.Equal(dimensions.Length == 0 ? 1 : dimensions[0], array.Rows);
            Assert.Equal(elements, Floats(array));
        }
    }

    [Fact]
    public void Tensors_whose_elements_do_not_lie_in_order_are_read_in_order()
    {
        var tensor = Tensor.Create([1f, 2f, 3f, 4f, 5f, 6f], [2, 3]);
        Assert.Equal([1, 4, 2, 5, 3, 6], Floats(Tensor.PermuteDimensions(tensor, [1, 0])));
        Assert.Equal([2, 3, 5, 6], Floats(tensor.Slice([0..2, 1..3])));
        Assert.Equal([4, 5, 6], Floats(tensor.Slice([1..2, 0..3])));
        Assert.Equal([3, 6], Floats(tensor.Slice([0..2, 2..3])));
    }

    [Fact]
    public void Whole_numbers_come_out_whole_or_not_at_all()
    {
        Assert.Equal([1, -2, 3], Whole(new[] { 1f, -2f, 3f }));
        Assert.Equal([1, int.MinValue, int.MaxValue], Whole(new double[] { 1, int.MinValue, int.MaxValue }));
        Assert.Equal([0, 255], Whole(new byte[] { 0, 255 }));
        Assert.Equal([int.MinValue, int.MaxValue], Whole(new[] { int.MinValue, int.MaxValue }));

        Assert.Contains("Row 1: 2.5", Assert.Throws<DataException>(() => Whole(new[] { 1f, 2.5f })).Message);
        foreach (var bad in new[] { float.NaN, float.PositiveInfinity, float.NegativeInfinity, 2147483648f, -2147483904f, 1e-30f })
            Assert.Throws<DataException>(() => Whole(new[] { bad }));
        foreach (var bad in new[] { double.NaN, double.PositiveInfinity, 2147483648.0, 0.1 })
            Assert.Throws<DataException>(() => Whole(new[] { bad }));
        Assert.Throws<DataException>(() => Whole(DataArray.Bytes([1], [1], scale: 0.5f)));
    }

    [Fact]
    public void Bytes_become_floats_the_same_way_at_every_length_and_start()
    {
        var bytes = Enumerable.Range(0, 400).Select(i => (byte)(i * 37)).ToArray();
        for (var length = 0; length <= 140; length++)
        {
            for (var start = 0; start < 5; start++)
            {
                var padded = new float[length + 2];
                padded.AsSpan().Fill(-7);
                DataArray.Bytes(bytes, [bytes.Length], 1 / 255f, 0.25f).Slice(start, length).CopyTo(padded.AsSpan(1, length));
                for (var i = 0; i < length; i++) Assert.Equal(bytes[start + i] * (1 / 255f) + 0.25f, padded[i + 1]);
                Assert.Equal((-7, -7), (padded[0], padded[^1]));
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(31)]
    [InlineData(33)]
    [InlineData(65)]
    [InlineData(784)]
    public void Gathering_rows_picks_the_right_ones(int width)
    {
        const int Rows = 23;
        var bytes = new byte[Rows * width];
        new Random(1).NextBytes(bytes);
        var floats = Array.ConvertAll(bytes, value => (float)value);
        var doubles = Array.ConvertAll(bytes, value => (double)value);
        var ints = Array.ConvertAll(bytes, value => (int)value);
        int[] rows = [3, 22, 0, 0, 17];
        var expected = rows.SelectMany(row => floats.AsSpan(row * width, width).ToArray()).ToArray();
        DataArray[] arrays = [DataArray.Bytes(bytes, [Rows, width]), Shaped(floats), Shaped(doubles), Shaped(ints)];
        foreach (var array in arrays)
        {
            var gathered = new float[rows.Length * width];
            var whole = new int[rows.Length * width];
            array.GatherRows(rows, gathered);
            array.GatherRows(rows, whole);
            Assert.Equal(expected, gathered);
            Assert.Equal(expected, Array.ConvertAll(whole, value => (float)value));
            Assert.Equal(expected, Floats(array.SelectRows(rows)));
            Assert.Equal(expected, Floats(array.SelectRows([5, .. rows]).Slice(1, rows.Length)));
            Assert.Equal(expected[..width], Floats(array.Slice(2, 5).Slice(1, 1)));
            Assert.Equal(expected[..(2 * width)], Floats(array.SelectRows([0, 22, 3]).SelectRows([2, 1])));
        }

        DataArray Shaped(Array array) => DataArray.From(array).Reshape(Rows, width);
    }

    [Fact]
    public void Gathering_allocates_nothing()
    {
        var bytes = new byte[100 * 33];
        DataArray[] arrays =
            [
            DataArray.Bytes(bytes, [100, 33], 1 / 255f), new float[100, 33], new double[100, 33], new int[100, 33],
            Tensor.Create(new float[3300], [100, 33]),
            DataArray.Bytes(bytes, [100, 33], 1 / 255f).SelectRows([.. Enumerable.Range(0, 100).Reverse()]),
            new byte[100].AsLabels().OneHot(33), new float[200, 33].AsRows(50, 100),
        ];
        int[] rows = [1, 99, 5, 5, 0];
        var floats = new float[5 * 33];
        var whole = new int[5 * 33];
        foreach (var array in arrays)
        {
            array.GatherRows(rows, floats);
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 100; i++) array.GatherRows(rows, floats);
            Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        }
        foreach (var array in new[] { arrays[1], arrays[2], arrays[3], arrays[6] })
        {
            array.GatherRows(rows, whole);
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 100; i++) array.GatherRows(rows, whole);
            Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        }
    }

    [Fact]
    public void Labels_become_one_hot_rows()
    {
        float[] expected = [0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 1];
        foreach (var labels in new DataArray[] { new byte[] { 2, 0, 3 }, new[] { 2, 0, 3 }, new[] { 2f, 0f, 3f },
            new[,] { { 2 }, { 0 }, { 3 } } })
        {
            var rows = labels.OneHot(4);
            Assert.Equal([3, 4], rows.Dimensions.ToArray());
            Assert.Equal(expected, Floats(rows));
            Assert.Equal(Array.ConvertAll(expected, value => (int)value), Whole(rows));
            Assert.Equal([0, 0, 0, 1, 1, 0, 0, 0], Floats(rows.SelectRows([2, 1])));
            Assert.Equal([1, 0, 0, 0], Floats(rows.Slice(1, 1)));
        }
        Assert.Contains("Row 1: the label is 4", Assert.Throws<DataException>(() => ((DataArray)new[] { 0, 4 }).OneHot(4)).Message);
        Assert.Contains("Row 0: the label is -1", Assert.Throws<DataException>(() => ((DataArray)new[] { -1 }).OneHot(4)).Message);
        Assert.Throws<ArgumentException>(() => ((DataArray)new int[2, 2]).OneHot(4));
        Assert.Throws<ArgumentOutOfRangeException>(() => ((DataArray)new int[2]).OneHot(0));

        var changing = new[] { 1, 2 };
        var view = ((DataArray)changing).OneHot(3);
        changing[1] = 3;
        Assert.Throws<DataException>(() => Floats(view));
    }

    [Fact]
    public void Views_share_the_users_array()
    {
        var array = new float[,] { { 1, 2 }, { 3, 4 }, { 5, 6 } };
        DataArray data = array;
        var tail = data.Slice(1, 2);
        array[2, 1] = 60;
        Assert.Equal([3, 4, 5, 60], Floats(tail));
        Assert.Equal([3, 4, 5, 60], Floats(tail.Reshape(2, 1, 2)));
        Assert.Equal([2, 1, 2], tail.Reshape(2, 1, 2).Dimensions.ToArray());
        Assert.Equal([1, 2, 3, 4, 5, 60], Floats(data.Reshape(6)));
    }

    [Fact]
    public void Wrong_uses_say_what_is_wrong()
    {
        DataArray data = new float[4, 3];
        Assert.Throws<ArgumentException>(() => data.CopyTo(new float[11]));
        Assert.Throws<ArgumentException>(() => data.CopyTo(new float[13]));
        Assert.Throws<ArgumentException>(() => data.GatherRows([0, 1], new float[5]));
        Assert.Contains("row 4", Assert.Throws<ArgumentOutOfRangeException>(() => data.GatherRows([4], new float[3])).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => data.GatherRows([-1], new int[3]));
        Assert.Throws<ArgumentOutOfRangeException>(() => data.SelectRows([0, 4]));
        Assert.Throws<ArgumentOutOfRangeException>(() => data.Slice(3, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => data.Slice(-1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => data.Slice(5, 0));
        Assert.Throws<ArgumentException>(() => data.Reshape(5, 3));
        Assert.Throws<ArgumentException>(() => data.Reshape(-4, -3));
        Assert.Throws<ArgumentException>(() => data.Reshape(long.MaxValue, long.MaxValue));
        Assert.Throws<ArgumentException>(() => data.Slice(0, 4).Reshape(3, 4));
        Assert.Throws<ArgumentException>(() => DataArray.Bytes(new byte[3], [4]));
        Assert.Throws<ArgumentException>(() => DataArray.From(new long[1]));
        Assert.Contains("Single[,]", Assert.Throws<ArgumentException>(() => DataArray.From(new float[][] { [1] })).Message);
        Assert.Throws<DataException>(() => DataArray.Bytes([], [0]).Reshape(1L << 40, 0));
    }

    private static float[] Floats(DataArray array)
    {
        var floats = new float[array.Count];
        array.CopyTo(floats);
        return floats;
    }

    [Fact]
    public void Views_of_views_read_through_a_few_at_most()
    {
        const int rows = 3_000;
        var all = Enumerable.Range(0, 2 * rows).ToArray();
        DataArray ranges = all, selections = all[..rows];
        int[] allButFirst = [.. Enumerable.Range(1, rows - 1)];
        for (var i = 0; i < rows; i++)
        {
            ranges = ranges.Slice(1, ranges.Rows - 1);
            if (selections.Rows > 100) selections = selections.SelectRows(allButFirst.AsSpan(0, selections.Rows - 1));
        }
        // A frame for each view would not fit this stack.
        var (first, last) = (new int[ranges.Rows], new int[selections.Rows]);
        var thread = new Thread(() =>
        {
            ranges.CopyTo(first);
            selections.CopyTo(last);
        }, 128 << 10);
        thread.Start();
        thread.Join();
        Assert.Equal(all[rows..], first);
        Assert.Equal(all[(rows - 100)..rows], last);
    }

    [Fact]
    public void Views_of_views_have_the_rows_that_copies_would_have()
    {
        DataArray source = new[,] { { 0, 1 }, { 2, 3 }, { 4, 5 }, { 6, 7 }, { 8, 9 } };
        Assert.Equal([8, 9, 2, 3], Whole(source.SelectRows([3, 4, 1, 0]).Slice(1, 2)));
        Assert.Equal([4, 5, 2, 3], Whole(source.Slice(1, 3).SelectRows([2, 1, 0]).Slice(1, 2)));
        Assert.Equal([6, 7], Whole(source.Slice(1, 4).Slice(1, 3).Slice(1, 1)));
        Assert.Equal([4, 5, 6, 7], Whole(source.Slice(1, 3).Slice(1, 2).Reshape(2, 1, 2)));
        var order = new[] { 4, 3, 2, 1, 0 };
        var turned = Enumerable.Range(0, 21).Aggregate(source, (view, _) => view.SelectRows(order));
        Assert.Equal([8, 9, 6, 7, 4, 5, 2, 3, 0, 1], Whole(turned));
    }

    private static int[] Whole(DataArray array)
    {
        var whole = new int[array.Count];
        array.CopyTo(whole);
        return whole;
    }
}

file static class Arrays
{
    public static DataArray AsLabels(this byte[] labels) => labels;

    public static DataArray AsRows(this float[,] array, int start, int count) => ((DataArray)array).Slice(start, count);
}
