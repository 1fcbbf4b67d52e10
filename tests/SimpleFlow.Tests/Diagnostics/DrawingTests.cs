using System.Globalization;
using System.Xml.Linq;
using SimpleFlow.Tests.Ops;

namespace SimpleFlow.Tests.Diagnostics;

/// <summary>Pictures of graphs: nothing lies over anything else, whatever the graph.</summary>
public class DrawingTests
{
    public static TheoryData<string> Samples => [.. OpSamples.All.Keys];

    public static TheoryData<string, bool, bool> Networks => new()
    {
        { "parabola", false, false }, { "parabola", true, false }, { "mnist", false, false }, { "mnist", true, false },
        { "mnist", false, true }, { "mnist", true, true },
        { "complicated", false, false }, { "complicated", true, false }, { "random", false, false }, { "random", true, false },
    };

    [Theory, MemberData(nameof(Networks))]
    public void Nothing_lies_over_anything_else(string name, bool gradients, bool collapse) =>
        AssertClear(Drawing.Of(Network(name), new DrawingOptions { Gradients = gradients, Collapse = collapse, Title = name }));

    [Theory, MemberData(nameof(Samples))]
    public void Every_op_is_drawn_in_every_form(string name)
    {
        var sample = OpSamples.All[name];
        var output = sample.Output.ElementType == ElementType.Float32 ? sample.Output : sample.Output.Cast();
        foreach (var gradients in (bool[])[false, true])
        {
            var drawing = Drawing.Of(output, new DrawingOptions { Gradients = gradients });
            AssertClear(drawing);
            Assert.StartsWith("digraph", drawing.ToDot(), StringComparison.Ordinal);
            Assert.StartsWith("flowchart", drawing.ToMermaid(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_marked_node_is_framed_alone_or_in_its_layer()
    {
        var loss = SeedNetworks.Parabola.Create().Loss;
        var variable = loss.Variables()[0];
        foreach (var collapse in (bool[])[false, true])
        {
            var drawing = Drawing.Of(loss, new DrawingOptions { Collapse = collapse });
            Assert.DoesNotContain("stroke-width=\"4.5\"", drawing.ToSvg(), StringComparison.Ordinal);
            Assert.Equal(2, drawing.ToSvg([variable]).Split("stroke-width=\"4.5\"").Length);
            Assert.Equal(drawing.ToSvg(), drawing.ToSvg([new Placeholder("not drawn", [1])]));
        }
    }

    [Fact]
    public void Every_box_is_below_what_it_reads()
    {
        var drawing = Drawing.Of(Network("random"), new DrawingOptions { Gradients = true });
        Assert.All(drawing.Graph.Arrows,
            arrow => Assert.True(drawing.Layout.Boxes[arrow.From].Bottom < drawing.Layout.Boxes[arrow.To].Top));
        Assert.All(drawing.Layout.Arrows, arrow =>
        {
            var (from, to) = (drawing.Layout.Boxes[arrow.Arrow.From], drawing.Layout.Boxes[arrow.Arrow.To]);
            Assert.InRange(arrow.Points[0].X, from.Left, from.Right);
            Assert.Equal(from.Bottom, arrow.Points[0].Y, 1e-6);
            Assert.InRange(arrow.Points[^1].X, to.Left, to.Right);
            Assert.Equal(to.Top, arrow.Points[^1].Y, 1e-6);
        });
    }

    [Fact]
    public void Arrows_that_need_not_cross_do_not()
    {
        // Two ladders with their rungs, built in an order that crosses everything.
        Node[] x = [.. Enumerable.Range(0, 6).Select(i => new Placeholder($"x{i}", [2]))];
        var first = x[0] + x[3];
        var second = x[1] + x[4];
        var third = x[2] + x[5];
        var rows = new Rows(Drawing.Of([third, first, second]).Graph);
        Crossings.Reduce(rows);
        Assert.Equal(0, Crossings.Count(rows));
    }

    [Fact]
    public void Fewer_arrows_cross_than_as_they_come()
    {
        var rows = new Rows(Drawing.Of(Network("random")).Graph);
        var before = Crossings.Count(rows);
        Crossings.Reduce(rows);
        Assert.True(Crossings.Count(rows) * 2 < before, $"{Crossings.Count(rows)} of {before} are left");
    }

    [Fact]
    public void The_seeds_networks_have_no_crossing()
    {
        foreach (var name in (string[])["parabola", "mnist"])
        {
            var rows = new Rows(Drawing.Of(Network(name)).Graph);
            Crossings.Reduce(rows);
            Assert.Equal(0, Crossings.Count(rows));
        }
    }

    [Fact]
    public void A_layer_becomes_one_box_with_its_activation()
    {
        var boxes = Drawing.Of(Network("mnist"), new DrawingOptions { Collapse = true }).Graph.Boxes;
        var layer = Assert.Single(boxes, box => box.Kind == BoxKind.Group && box.Lines[0].Text == "dense_layer_1");
        Assert.Equal(["dense_layer_1", "MatMul → Add → Relu", "w [784, 64]", "b [64]"], layer.Lines.Select(line => line.Text));
    }

    [Fact]
    public void With_a_feed_boxes_hold_values_and_gradients()
    {
        var x = new Placeholder("x", [null]);
        var w = new Variable("w", [], Initializer.Constant(3f));
        var loss = (w * x).Sum(name: "loss");
        var boxes = Drawing.Of(loss, new DrawingOptions { Feed = new Feed { [x] = new float[] { 1, 2 } } }).Graph.Boxes;
        var variable = Assert.Single(boxes, box => box.Kind == BoxKind.Variable);
        Assert.Equal(["w", "value 3", "gradient 3"], variable.Lines.Select(line => line.Text));
        Assert.Equal("[2]", Assert.Single(boxes, box => box.Kind == BoxKind.Placeholder).ArrowLabel);
    }

    [Fact]
    public void Odd_names_harm_no_form()
    {
        var x = new Placeholder("a \"quoted\" <b> & `c`; #1\\", [1]);
        var drawing = Drawing.Of(x.Tanh("line\nbreak"));
        XDocument.Parse(drawing.ToSvg());
        Assert.Contains("label=\"a \\\"quoted\\\" <b> & `c`; #1\\\\\"", drawing.ToDot(), StringComparison.Ordinal);
        Assert.Contains("a #34;quoted#34; #60;b#62; #38; #96;c#96;#59; #35;1", drawing.ToMermaid(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_graph_gives_the_same_picture() =>
        Assert.Equal(Drawing.Of(Network("random"), new DrawingOptions { Gradients = true }).ToSvg(),
            Drawing.Of(Network("random"), new DrawingOptions { Gradients = true }).ToSvg());

    [Fact]
    public void A_huge_graph_is_drawn()
    {
        Node node = new Placeholder("x", [2]);
        for (var i = 0; i < 5_000; i++) node = node.Tanh();
        Assert.Contains("</svg>", Drawing.Of(node).ToSvg(), StringComparison.Ordinal);
    }

    [Fact]
    public void In_a_deep_network_what_is_far_away_is_named_again_instead_of_drawn_to()
    {
        Node node = new Variable("w", [2]);
        for (var i = 0; i < 1_000; i++) node = node.Tanh();
        var drawing = Drawing.Of(node.Sum(name: "loss"), new DrawingOptions { Gradients = true });
        Assert.Contains(drawing.Graph.Boxes, box => box.Kind == BoxKind.Reference);
        AssertClear(drawing);
        Assert.InRange(drawing.ToSvg().Length, 100_000, 6_000_000);
    }

    [Fact]
    public void The_plan_shows_every_node_of_every_step_and_every_result()
    {
        var parabola = SeedNetworks.Parabola.Create();
        var model = new Model(parabola.Loss, parabola.Predicted, new GradientDescent());
        var svg = XDocument.Parse(model.PlanSvg(parabola.Feed(4)));
        var titles = svg.Descendants().Where(element => element.Name.LocalName == "title").Select(element => element.Value).ToList();
        Assert.Contains(titles, title => title.StartsWith("relu(l_1) [4, 20]", StringComparison.Ordinal));
        Assert.Equal(2, titles.Count(title => title == "loss []"));                    // computed in a step, and lying in the arena
    }

    [Fact]
    public void Endings_and_graphs_that_cannot_be_drawn_are_refused()
    {
        var x = new Placeholder("x", [2], ElementType.Int32);
        Assert.Contains("only floats have gradients",
            Assert.Throws<GraphException>(() => Drawing.Of(x, new DrawingOptions { Gradients = true })).Message, StringComparison.Ordinal);
        Assert.Contains(".svg, .dot or .mmd", Assert.Throws<ArgumentException>(() => Drawing.Of(x).Save("x.png")).Message,
            StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Drawing.Of([]));
        Assert.Throws<GraphException>(() => Drawing.Of(new Placeholder("y", [2]).Tanh(), new DrawingOptions { Feed = [] }));
    }

    private static void AssertClear(Drawing drawing)
    {
        var layout = drawing.Layout;
        List<(string Name, Place Place)> things = [.. layout.Boxes.Select((place, i) => (drawing.Graph.Boxes[i].Tooltip, place)),
            .. layout.Arrows.Where(arrow => arrow.Label is not null).Select(arrow => (arrow.Label!.Value.Text, arrow.Label.Value.Place))];
        things.Sort((a, b) => a.Place.Top.CompareTo(b.Place.Top));
        for (var i = 0; i < things.Count; i++)
        {
            for (var j = i + 1; j < things.Count && things[j].Place.Top < things[i].Place.Bottom; j++)
                Assert.False(things[i].Place.Overlaps(things[j].Place), $"{things[i]} overlaps {things[j]}");
            Assert.True(things[i].Place.Left >= 0 && things[i].Place.Right <= layout.Width && things[i].Place.Bottom <= layout.Height);
        }
        // An arrow only moves aside between rows, and goes down straight beside boxes and labels.
        foreach (var arrow in layout.Arrows)
        {
            for (var i = 1; i < arrow.Points.Count; i++)
            {
                var (from, to) = (arrow.Points[i - 1], arrow.Points[i]);
                var way = new Place((from.X + to.X) / 2, (from.Y + to.Y) / 2, Math.Abs(from.X - to.X), Math.Max(0, to.Y - from.Y - 1e-6));
                foreach (var (name, place) in things)
                {
                    if (place.Top >= to.Y || place.Bottom <= from.Y || !place.Overlaps(way)) continue;
                    Assert.True(arrow.Label?.Place == place, $"an arrow passes over {name}");
                }
            }
        }
        XDocument.Parse(drawing.ToSvg());
    }

    private static IReadOnlyList<Node> Network(string name)
    {
        switch (name)
        {
            case "parabola": return [SeedNetworks.Parabola.Create().Loss];
            case "mnist": return [SeedNetworks.Mnist.Create().Loss];
            case "complicated":
                var x = new Placeholder("x", [null, 3]);
                var hidden = (x.MatMul(new Variable("w", [3, 4])) + new Variable("b", [4])).Tanh("hidden");
                var scores = hidden.Slice(1, 0, 2) * new Variable("scale", []) + hidden.Slice(1, 2, 4);
                return [-scores.Softmax().Log().Mean(), (hidden * hidden).Mean(name: "second")];
            default:
                var random = new Random(3);
                List<Node> nodes = [new Placeholder("x", [null, 4]), new Variable("w", [4]), new Variable("v", [4])];
                for (var i = 0; i < 200; i++)
                {
                    var (a, b) = (nodes[Math.Max(0, nodes.Count - 1 - random.Next(6))],
                        nodes[Math.Max(0, nodes.Count - 1 - random.Next(12))]);
                    nodes.Add(random.Next(4) switch
                    {
                        0 => a + b,
                        1 => a * b,
                        2 => a.Tanh(),
                        _ => a.Relu(string.Create(CultureInfo.InvariantCulture, $"h_{i}")),
                    });
                }
                return [nodes[^1].Mean(name: "loss")];
        }
    }
}
