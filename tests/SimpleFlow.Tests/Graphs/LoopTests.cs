namespace SimpleFlow.Tests.Graphs;

/// <summary>Nodes are made after their inputs, so a loop takes force; it is refused all the same.</summary>
public class LoopTests
{
    private const string Text =
        "The graph has a loop through `first`: its value would depend on itself. Compute nodes from placeholders, variables and constants.";

    [Fact]
    public void A_loop_is_refused_by_every_reading()
    {
        var w = new Variable("w", [2]);
        var first = w.Exp(name: "first");
        var loss = first.Relu(name: "second").Sum(name: "loss");
        first.InputArray[0] = loss;
        foreach (var read in new Func<object?>[]
        {
            () => GraphOrder.Of([loss]), () => GraphOrder.Of([loss], valuesOnly: true), () => Gradients.Of(loss, w),
            () => PlainReading.Of([loss], []), () => new Model(loss), () => Ops.Check.Run([loss], []),
        })
        {
            Assert.Contains("loop through", Assert.Throws<GraphException>(read).Message, StringComparison.Ordinal);
        }
        Assert.Equal(Text, Assert.Throws<GraphException>(() => GraphOrder.Of([first])).Message);
    }

    [Fact]
    public void A_node_may_not_be_its_own_input()
    {
        var node = new Placeholder("x", []).Exp(name: "first");
        node.InputArray[0] = node;
        Assert.Equal(Text, Assert.Throws<GraphException>(() => GraphOrder.Of([node])).Message);
    }

    [Fact]
    public void The_same_node_twice_is_no_loop()
    {
        var x = new Placeholder("x", []);
        var y = x * x;
        Assert.Equal([x, y], GraphOrder.Of([y, y, x]));
    }

    [Fact]
    public void A_graph_may_be_very_deep()
    {
        Node x = new Variable("x", [], Initializer.Constant(1f));
        var end = x;
        for (var i = 0; i < 50_000; i++) end = end + x;
        Assert.Equal(50_001, PlainReading.Of([end], [])[0][0]);
        Assert.Equal(50_001, PlainReading.Of(Gradients.Of(end, x), [])[0][0]);
    }
}
