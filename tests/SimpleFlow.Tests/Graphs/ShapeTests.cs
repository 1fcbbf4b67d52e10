namespace SimpleFlow.Tests.Graphs;

public class ShapeTests
{
    /// <summary>A count of anything else would make every pattern and every loop over a shape wrong.</summary>
    [Fact]
    public void A_shape_is_a_list_of_its_sizes()
    {
        Shape shape = [2, null, 3];
        Assert.Equal([3, 3, 3], new[] { shape.Rank, shape.Count, ((IReadOnlyCollection<long?>)shape).Count });
        Assert.True(shape is [2, null, 3]);
        Assert.Equal([2, null, 3], Enumerable.Range(0, shape.Count).Select(axis => shape[axis]));
        Assert.True(Shape.Scalar is { Count: 0, ElementCount: 1 } and []);
    }
}
