namespace SimpleFlow.Tests.Training;

/// <summary>Whole numbers come out of a model as they are, or not at all.</summary>
[Trait("Promise", "12")]
public class WholeNumberTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(16_777_216)]
    [InlineData(-16_777_216)]
    [InlineData(16_777_217)]
    [InlineData(-16_777_217)]
    [InlineData(1 << 30)]
    [InlineData(int.MaxValue)]
    [InlineData(int.MinValue)]
    public void A_whole_number_is_predicted_whole_or_refused(int number)
    {
        var x = new Placeholder("x", [3], ElementType.Int32);
        var feed = new Feed { [x] = new[] { 1, number, -1 } };
        // As it is fed, and moved by ops that work on any type.
        Node[] nodes = [x, x.Reshape([3, 1]).Transpose(), x.Slice(0, 1, 2), Flow.Concat([x, x], 0)];
        foreach (var node in nodes)
        {
            Assert.Contains(number, PlainReading.Of([node], feed)[0]);
            var model = new Model(default, node);
            if ((long)(float)number == number) Assert.Contains(number, model.Predict(feed));
            else Assert.Contains($"is {number}, a whole number that a float does not hold",
                Assert.Throws<GraphException>(() => model.Predict(feed)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_index_of_the_largest_of_many_elements_is_whole_or_refused()
    {
        const int Largest = 16_777_217;
        var x = new Placeholder("x", [null]);
        var elements = new float[Largest + 1];
        elements[^1] = 1;
        var index = x.ArgMax();
        var error = Assert.Throws<GraphException>(() => new Model(default, index).Predict(new Feed { [x] = elements }));
        Assert.Contains("is 16777217", error.Message, StringComparison.Ordinal);
        // Compared as whole numbers they are exact.
        var found = new Model(default, index.Equal(new Constant([Largest], Shape.Scalar, ElementType.Int32)).Cast());
        Assert.Equal(1, found.Predict(new Feed { [x] = elements })[0]);
    }
}
