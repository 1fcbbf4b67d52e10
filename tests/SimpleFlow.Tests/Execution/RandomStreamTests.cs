using System.Reflection;
using SimpleFlow.Kernels;
using SimpleFlow.Tests.Compilation;

namespace SimpleFlow.Tests.Execution;

/// <summary>Nobody draws the random numbers of somebody else.</summary>
[Trait("Promise", "5")]
public class RandomStreamTests
{
    private static readonly List<(string Name, StreamRange Range)> Table =
        [.. typeof(RandomStreams).GetProperties(BindingFlags.Static | BindingFlags.Public)
            .Select(property => (property.Name, (StreamRange)property.GetValue(null)!))];

    [Fact]
    public void Every_stream_belongs_to_one_purpose()
    {
        var next = 0L;
        foreach (var (name, range) in Table.OrderBy(entry => entry.Range.First))
        {
            Assert.True(next == range.First, $"{name} begins at {range.First:X8}, and the range before it ends before {next:X8}");
            next = (long)range.Last + 1;
        }
        Assert.Equal(1L << 32, next);
    }

    [Fact]
    public void Each_range_is_large_enough_for_all_that_draw_from_it()
    {
        Assert.Equal(1L << 30, RandomStreams.RandomOps.Count);
        Assert.Equal(1L << 30, RandomStreams.Dropouts.Count);
        Assert.True(RandomStreams.Variables.Count > Array.MaxLength / 8, "a model has more variables than streams for them");
        Assert.True(RandomStreams.NamedVariables.Count > 1L << 29, "two names meet too often in one stream");
    }

    [Fact]
    public void Nobody_outside_the_table_names_a_stream()
    {
        var numbers = from file in Architecture.SourceFile.Of("SimpleFlow")
                      where !file.Path.EndsWith("RandomStreams.cs", StringComparison.Ordinal)
                      from line in file.Code.Split('\n')
                      where System.Text.RegularExpressions.Regex.IsMatch(line, "[sS]tream.*(0x[0-9A-F]{4}_?[0-9A-F]{4}|\\d{9})")
                      select $"{file.Path}: {line.Trim()}";
        Assert.Empty(numbers);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(int.MinValue + 3)]
    [InlineData(1 << 30)]
    [InlineData(int.MaxValue)]
    public void A_stream_outside_of_its_range_is_refused(int stream)
    {
        var x = new Placeholder("x", [4]);
        Action[] calls = [() => x.RandomUniform(stream: stream), () => x.RandomNormal(stream: stream), () => x.RandomMask(0.5f, stream),
            () => x.Dropout(0.5f, stream)];
        foreach (var call in calls) Assert.Equal("stream", Assert.Throws<ArgumentOutOfRangeException>(call).ParamName);
    }

    [Theory]
    [InlineData(0)]
    [InlineData((1 << 30) - 1)]
    public void The_first_and_the_last_stream_draw_numbers_of_their_own(int stream)
    {
        var x = new Placeholder("x", [1000]);
        var feed = new Feed { [x] = Enumerable.Repeat(1f, 1000).ToArray() };
        var uniform = PlainReading.Of([x.RandomUniform(stream: stream), x.RandomUniform(stream: 7), x.Dropout(0.5f, stream),
            x.Dropout(0.5f, 7)], feed);
        Assert.NotEqual(Elements(uniform[0]), Elements(uniform[1]));
        Assert.NotEqual(Elements(uniform[2]), Elements(uniform[3]));
        Assert.NotEqual(Array.ConvertAll(Elements(uniform[0]), number => number < 0.5 ? 0.0 : 2), Elements(uniform[2]));
    }

    [Fact]
    public void Dropout_layers_side_by_side_with_one_name_drop_different_elements()
    {
        var x = new Placeholder("x", [1000]);
        var w = new Variable("w", [1000], Initializer.Ones());
        Node[] layers = [Layers.Dropout(x * w), Layers.Dropout(x * w), Layers.Dropout(x * w), Layers.Dropout(Layers.Dropout(x * w))];
        var loss = layers.Aggregate((sum, layer) => sum + layer).Sum();
        var model = new Model(loss, optimizer: new GradientDescent(1, 0));

        var feed = new Feed { [x] = Enumerable.Repeat(1f, 1000).ToArray() };
        var read = PlainReading.Of([.. layers, loss, Gradients.Of(loss, w)[0]], feed);
        for (var i = 0; i < layers.Length; i++)
            for (var j = 0; j < i; j++)
                Assert.InRange(Elements(read[i]).Zip(Elements(read[j])).Count(pair => pair.First != 0 == (pair.Second != 0)), 300, 700);

        // The plan draws the same, forwards and backwards.
        Assert.Equal((float)Elements(read[^2])[0], model.Fit(feed, 1).Loss, 1e-3f * 1000);
        Assert.Equal(Elements(read[^1]).Select(gradient => 1 - (float)gradient), w.Memory.Span.ToArray());
    }

    [Fact]
    public void Layers_that_were_in_models_of_their_own_drop_different_elements_in_one_model()
    {
        var (x, y) = (new Placeholder("x", [1000]), new Placeholder("y", [1000]));
        var (left, right) = (Layers.Dropout(x * new Variable("left", [1000])), Layers.Dropout(y * new Variable("right", [1000])));
        _ = new Model(left.Sum());
        _ = new Model(right.Sum());
        _ = new Model((left + right).Sum());
        Assert.NotEqual(StreamOf(left), StreamOf(right));
    }

    [Fact]
    public void A_layer_leaves_the_streams_that_were_given_to_ops()
    {
        var x = new Placeholder("x", [10]);
        var layer = Layers.Dropout(x);
        var op = x.Dropout(0.5f, StreamOf(layer));
        _ = new Model((layer + op).Sum());
        Assert.NotEqual(StreamOf(op), StreamOf(layer));
    }

    [Fact]
    public void The_same_program_gives_its_layers_the_same_streams()
    {
        static int[] Streams()
        {
            var x = new Placeholder("x", [10]);
            Node[] layers = [Layers.Dropout(x), Layers.Dropout(x), Layers.Dropout(x, name: "other")];
            _ = new Model(layers.Aggregate((sum, layer) => sum + layer).Sum());
            return [.. layers.Select(StreamOf)];
        }
        Assert.Equal(Streams(), Streams());
    }

    // What version 0.1.0 gave: trainings of its checkpoints continue with the same masks.
    [Fact]
    public void Layers_that_share_with_nobody_have_the_streams_they_have_always_had()
    {
        var x = new Placeholder("x", [10]);
        var first = Layers.Dropout(x);
        Assert.Equal((StreamOf010("dropout", 0), StreamOf010("dropout", 1)), (StreamOf(first), StreamOf(Layers.Dropout(first))));

        static int StreamOf010(string name, uint before)
        {
            var stream = 2166136261u + before;
            foreach (var character in name) stream = unchecked((stream ^ character) * 16777619);
            return (int)(stream & 0x3FFF_FFFF);
        }
    }

    [Fact]
    public void Variables_that_meet_in_one_model_do_not_start_alike()
    {
        Variable[] variables = [new("a", [100]), new("b", [100]), new("c", [100])];
        _ = new Model((variables[0] + variables[1]).Sum());
        _ = new Model((variables[2] + variables[0] + variables[1]).Sum());          // the first one here, as `a` was there
        Assert.Equal(3, variables.Select(variable => variable.Memory.Span[0]).Distinct().Count());
    }

    [Theory]
    [InlineData(1, 1, 4096)]
    [InlineData(28, 28, 4096)]
    [InlineData(294, 294, 4096)]
    [InlineData(295, 295, 4248)]
    [InlineData(3, 5000, 5760)]
    [InlineData(4000, 3000, 496_816)]
    public void The_numbers_of_an_image_end_before_those_of_the_next_begin(int rows, int columns, long draws)
    {
        var image = new ImageAugmentation(rows, columns) { Elastic = 1 };
        Assert.Equal(draws, image.DrawsOfAnImage);
        // Ten single draws, then a push to the side and one downwards for every point of a grid of seven pixels,
        // with one point before the image and two after it.
        Assert.InRange(16 + 2L * ((rows - 1) / 7 + 4) * ((columns - 1) / 7 + 4), 1, draws);
        Assert.True(int.MaxValue * draws < 1L << 50, "the largest data set has more images than the stream has runs of numbers");
    }

    private static int StreamOf(Node node) => ((Dropout)((Operation)node).Op).Stream;

    private static double[] Elements(System.Numerics.Tensors.Tensor<double> tensor) => TensorMemory.ToArray(tensor);
}
