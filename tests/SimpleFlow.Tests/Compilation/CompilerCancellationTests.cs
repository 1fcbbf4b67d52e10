using SimpleFlow.Compilation;
using SimpleFlow.Execution;
using SimpleFlow.Kernels;

namespace SimpleFlow.Tests.Compilation;

/// <summary>Everything between a graph and its plan looks at the token at every node:
/// what is counted are the questions that an op is asked after the token has fired, not seconds.</summary>
[Trait("Promise", "14")]
public sealed class CompilerCancellationTests(ITestOutputHelper output)
{
    // What one node may be asked by one rule before the next look at the token.
    private const int MostAfterwards = 8;

    [Theory, InlineData(false), InlineData(true)]
    public void The_compiler_stops_at_the_node_at_which_it_is_cancelled(bool inference)
    {
        StopsAnywhere((graph, token) =>
        {
            var options = Reading.OneThread with { Inference = inference };
            new Session([graph.Loss], new StepClock(), options).For(new Dictionary<Placeholder, Shape> { [graph.X] = Shape.Of(3, 4) },
                token);
        });
    }

    [Fact]
    public void So_does_back_propagation_of_the_graph() =>
        StopsAnywhere((graph, token) => _ = new BackwardSweep(graph.Loss, [graph.Weights], token));

    [Fact]
    public void So_does_its_derivation() => StopsAnywhere((graph, token) => Derivation.Of(graph.Loss, cancellation: token));

    [Fact]
    public void A_fit_that_is_cancelled_while_it_compiles_has_made_no_step_and_can_be_begun_again()
    {
        var graph = Graph.Create(new Asked());
        var model = new Model(graph.Loss, optimizer: new GradientDescent(0.01f), threads: 1);
        var before = graph.Weights.Values.ToArray();
        using var source = new CancellationTokenSource();
        graph.Asked.At(50, source.Cancel);
        Assert.ThrowsAny<OperationCanceledException>(() =>
            model.Fit(new Dataset { [graph.X] = new float[3, 4] }, epochs: 2, cancellation: source.Token));
        Assert.Equal(0, model.Iterations);
        Assert.Equal(before, graph.Weights.Values.ToArray());
        model.Fit(new Dataset { [graph.X] = new float[3, 4] }, epochs: 2);
        Assert.Equal(2, model.Iterations);
    }

    private void StopsAnywhere(Action<Graph, CancellationToken> work)
    {
        var all = Graph.Create(new Asked());
        var before = all.Asked.Count;
        work(all, CancellationToken.None);
        var questions = all.Asked.Count - before;
        var most = 0;
        for (var at = 1; at <= questions; at += Math.Max(1, questions / 200))
        {
            var graph = Graph.Create(new Asked());
            using var source = new CancellationTokenSource();
            graph.Asked.At(at, source.Cancel);
            var made = graph.Asked.Count;
            try { work(graph, source.Token); }
            catch (OperationCanceledException) { }
            most = Math.Max(most, graph.Asked.Count - made - at);
        }
        output.WriteLine($"{questions} questions to ops; at most {most} after the token fired");
        Assert.InRange(questions, 50, int.MaxValue);
        Assert.InRange(most, 0, MostAfterwards);
    }

    private sealed record Graph(Placeholder X, Variable Weights, Node Loss, Asked Asked)
    {
        public static Graph Create(Asked asked)
        {
            var (x, w) = (new Placeholder("x", [null, 4]), new Variable("w", [4]));
            Node node = x * w;
            for (var i = 0; i < 40;
            i++)
                node = i % 3 == 0 ? Flow.AddFlow(node, new Curious(asked, i)).Relu() : Flow.AddFlow(node, new Curious(asked, i));
            return new Graph(x, w, node.Mean(), asked);
        }
    }

    /// <summary>Counts what ops are asked, and does something at the n-th question from now.</summary>
    private sealed class Asked
    {
        private int _left = -1;
        private Action? _then;

        public int Count { get; private set; }

        public void At(int questions, Action then) => (_left, _then) = (questions, then);

        public void Ask()
        {
            Count++;
            if (--_left == 0) _then!();
        }
    }

    /// <summary>Hands its input on, and notes whatever it is asked.</summary>
    private sealed record Curious(Asked Asked, int Number) : Op
    {
        internal override Signature Infer(ReadOnlySpan<Operand> inputs) => Noted(Signature.Float(inputs[0].Shape));

        protected internal override Node? Gradient(Operation node, Node upstream, int input) => Noted(upstream);

        internal override PlainTensor Evaluate(PlainTensor[] inputs, in StepIdentity step) => inputs[0];

        internal override bool UsesOnlyShape(int input) => Noted(false);

        internal override Node? AtInference(Operation node) => Noted((Node?)null);

        internal override Node? Lower(Operation node) => Noted((Node?)null);

        internal override Node? Simplify(Operation node) => Noted((Node?)null);

        internal override bool TakesOver(Operation node, Shape made) => Noted(false);

        internal override bool HandsOn(Operation node) => Noted(false);

        internal override long ScratchFloats(Operation node, int parts) => Noted(0L);

        internal override double Cost(Operation node) => Noted(1.0);

        internal override Kernel Compile(in Binding binding) => Noted(new Copying());

        private T Noted<T>(T answer)
        {
            Asked.Ask();
            return answer;
        }
    }

    private sealed class Copying : Kernel
    {
        public override void Run(int part, int parts) { }
    }
}
