using SimpleFlow.Compilation;

namespace SimpleFlow.Tests.Growth;

/// <summary>
/// That nothing recurses along a graph, and that twice the graph is twice the work.
/// The first is shown on a thread with little stack, the second by the bytes that are allocated.
/// </summary>
public class GraphGrowthTests
{
    // A frame takes a hundred bytes at least: with one for every node of 2,500 the stack would not do.
    private const int Stack = 128 << 10, Nodes = 2_500;
    private const int LargeStack = 256 << 10, HundredThousand = 100_000, Million = 1_000_000;

    private static readonly Dictionary<string, Action<Node>> Uses = new(StringComparer.Ordinal)
    {
        ["gradients"] = loss => Gradients.Of(loss, Variables(loss)),
        ["second derivatives"] = loss => Gradients.Of(TotalLoss.Of([.. Gradients.Of(loss, Variables(loss))]), Variables(loss)),
        ["plan"] = loss => Plan(loss),
        ["plan as text"] = loss => Plan(loss).ToText(),
        ["plain reading"] = loss =>
            PlainReading.ValuesOf(GraphOrder.Of([loss]).Count < 2 * Nodes ? [loss, .. Gradients.Of(loss, Variables(loss))] : [loss],
                new Feed()),
        ["fit"] = loss => new Model(loss, loss, new GradientDescent(1e-3f)).Fit(new Feed(), 1),
        ["predict"] = loss => new Model(default, loss).Predict(new Feed()),
        ["save and load"] = SaveAndLoad,
        ["trace with differences"] = loss => Trace.Of(loss, new Feed(), differences: GraphOrder.Of([loss]).Count < 400).ToText(),
        ["derivation"] = loss => Derivation.Of(loss).ToText(),
        ["derivation with the norm of all gradients"] = loss => new Model(loss, loss, new Adam { ClipNorm = 1 }).Derivation().ToHtml(),
        ["drawing"] = loss => Drawing.Of([loss], new DrawingOptions { Collapse = true }).ToDot(),
        ["summary"] = loss => new Model(loss, loss).Summary(),
        ["names of saved variables"] = loss => SavedVariables.Named(GraphOrder.Of([loss]).OfType<Variable>()),
        ["labels"] = loss => Assert.All(GraphOrder.Of([loss]), node => Assert.NotEmpty(node.Label)),
        ["report of a number that is not finite"] = loss => Assert.Throws<TrainingException>(() =>
        {
            // Whoever reads it from the far end of the graph.
            new Model(loss * float.PositiveInfinity, loss, new GradientDescent(1e-3f)).Fit(new Feed(), 1);
        }),
    };

    // These are for people, who do not read millions of lines.
    private static readonly string[] ForReaders = ["trace with differences", "derivation", "derivation with the norm of all gradients",
        "drawing"];

    public static TheoryData<string, string> Cases =>
        [.. from graph in DeepGraphs.All.Keys from use in Uses.Keys where IsTaken(graph, use) select (graph, use)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_stack_does_not_grow_with_the_graph(string graph, string use) =>
        OnThread(Stack, () => Uses[use](Loss(DeepGraphs.All[graph](Nodes))));

    [Theory]
    [MemberData(nameof(Cases))]
    public void Twice_the_graph_is_twice_the_work(string graph, string use)
    {
        long Bytes(int nodes)
        {
            var loss = Loss(DeepGraphs.All[graph](nodes));
            var before = GC.GetAllocatedBytesForCurrentThread();
            Uses[use](loss);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
        OnThread(LargeStack, () =>
        {
            Bytes(40);
            var (once, twice) = (Bytes(300), Bytes(600));
            // A list or a dictionary that grows doubles at some size.
            Assert.True(twice < 2.35 * once + 100_000, $"{use} of {graph}: {once:N0} bytes for 300 nodes, {twice:N0} for 600.");
        });
    }

    [Fact]
    public void What_is_joined_again_and_again_takes_a_plan_as_long_as_it_is() => OnThread(Stack, () =>
    {
        long Bytes(int nodes)
        {
            var loss = Loss(DeepGraphs.Joined(nodes));
            var before = GC.GetAllocatedBytesForCurrentThread();
            Plan(loss);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
        Bytes(40);
        var (once, twice) = (Bytes(300), Bytes(600));
        Assert.True(twice < 2.35 * once, $"{once:N0} bytes for 300 nodes, {twice:N0} for 600.");
    });

    [Theory]
    [InlineData("a chain")]
    [InlineData("a sum of variables")]
    [InlineData("one node used in every term")]
    [InlineData("nested residual blocks")]
    public void A_hundred_thousand_nodes_need_no_more_stack(string graph) => OnThread(LargeStack, () =>
    {
        var loss = Loss(DeepGraphs.All[graph](HundredThousand));
        Uses["gradients"](loss);
        PlainReading.ValuesOf([loss], new Feed());
    });

    [Fact]
    public void What_nobody_can_read_is_refused_in_words()
    {
        var loss = Loss(DeepGraphs.All["a chain"](ReadableGraph.MostNodes));
        foreach (var use in ForReaders)
            Assert.Contains("anyone can read", Assert.Throws<GraphException>(() => Uses[use](loss)).Message, StringComparison.Ordinal);
    }

    [Theory(Explicit = true)]
    [MemberData(nameof(Cases))]
    public void A_million_nodes_need_no_more_stack(string graph, string use) => OnThread(LargeStack, () =>
    {
        var loss = Loss(DeepGraphs.All[graph](Million));
        if (ForReaders.Contains(use)) Assert.Contains("anyone can read", Assert.Throws<GraphException>(() => Uses[use](loss)).Message,
            StringComparison.Ordinal);
        else Uses[use](loss);
    });

    // What comes back to each of n slices, before the plan joins it, is n tensors as long as the whole.
    private static bool IsTaken(string graph, string use) =>
        graph != "slices summed" || use is not ("plain reading" or "second derivatives" or "report of a number that is not finite");

    private static Node Loss(Node result) => result.Shape.Rank == 0 ? result : result.Mean(name: "loss");

    private static List<Variable> Variables(Node loss) => [.. GraphOrder.Of([loss]).OfType<Variable>()];

    private static void SaveAndLoad(Node loss)
    {
        var path = Path.GetTempFileName();
        try
        {
            var model = new Model(loss, loss, new Momentum());
            model.Save(path);
            model.Load(path);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static Plan Plan(Node loss) =>
        Compiler.Compile([loss, .. Gradients.Of(loss, Variables(loss))], new Dictionary<Placeholder, Shape>(), new CompilerOptions());

    private static void OnThread(int stack, Action action)
    {
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                action();
            }
            catch (Exception exception)
            {
                failure = exception;
            }
        }, stack);
        thread.Start();
        thread.Join();
        if (failure is not null) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
    }
}
