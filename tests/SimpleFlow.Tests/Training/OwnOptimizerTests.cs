using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using SimpleFlow.Tests.Architecture;
using SimpleFlow.Tests.Learn;

namespace SimpleFlow.Tests.Training;

/// <summary>An optimizer of a user's own does what the library's do, which are written as it is.</summary>
public sealed class OwnOptimizerTests : IDisposable
{
    private readonly Plots.TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void It_makes_the_steps_of_its_paper()
    {
        var (w, x) = (new Variable("w", [3], Initializer.Constant(0.5f, -1, 2)), new Placeholder("x", [3]));
        var model = new Model((w * x).Power(2).Sum(), optimizer: new Lion(0.01f, 0.8f, 0.95f, 0.1f));
        double[] weights = [0.5, -1, 2], factors = [1, -0.5, 0.25], momenta = [0, 0, 0];
        for (var step = 0; step < 60; step++)
        {
            model.Fit(new Feed { [x] = Array.ConvertAll(factors, factor => (float)factor) }, 1);
            for (var i = 0; i < weights.Length; i++)
            {
                var gradient = 2 * weights[i] * factors[i] * factors[i];
                weights[i] -= 0.01 * (Math.Sign(0.8 * momenta[i] + 0.2 * gradient) + 0.1 * weights[i]);
                momenta[i] = 0.95 * momenta[i] + 0.05 * gradient;
            }
        }
        for (var i = 0; i < weights.Length; i++) Assert.Equal(weights[i], w.Memory.Span[i], 1e-5);
    }

    [Fact]
    public void Its_rule_is_explained()
    {
        var text = Net(new Lion(0.01f)).Model.Derivation().ToText();
        Assert.Contains("sign(", text, StringComparison.Ordinal);
        Assert.Contains("hidden/w/momentum ←", text, StringComparison.Ordinal);
    }

    [Theory, InlineData(1), InlineData(3)]
    public void A_training_with_clipping_accumulation_and_a_schedule_is_resumed_bit_for_bit(int accumulate)
    {
        static Optimizer Make() => new Lion(0.01f) { ClipNorm = 0.1f, ClipValue = 0.05f };
        FitOptions Options(int epochs, string folder, bool resumes) => new()
        {
            Epochs = epochs,
            BatchSize = 2,
            Accumulate = accumulate,
            Schedule = Schedule.Of(at => Math.Pow(0.5, at.Epoch), "halved in every epoch"),
            Callbacks = [new Checkpoint(folder)],
            Resume = resumes ? folder : null,
        };
        var (whole, data) = Net(Make());
        whole.Fit(data, Options(6, _folder.File("whole"), false));
        var (first, begun) = Net(Make());
        first.Fit(begun, Options(3, _folder.File("run"), false));
        var (second, again) = Net(Make());
        second.Fit(again, Options(6, _folder.File("run"), true));
        Weights.AssertSame(Weights.Of(whole), Weights.Of(second));

        var (other, otherData) = Net(new Lion(0.01f, beta1: 0.8f) { ClipNorm = 0.1f, ClipValue = 0.05f });
        var error = Assert.Throws<DataException>(() => other.Fit(otherData, Options(7, _folder.File("run"), true)));
        Assert.Contains("Lion(beta 1 0.9, beta 2 0.99, decay 0, clip value 0.05, clip norm 0.1)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_update_that_assigns_nothing_or_not_the_variable_is_named()
    {
        static string Message(Func<Variable, Node, OptimizerState, IEnumerable<Node>> update) =>
            Assert.Throws<GraphException>(() => Net(new Careless(update)).Model.Derivation()).Message;
        Assert.StartsWith("The update of Careless for `hidden/w` returns `hidden/w - ",
            Message((variable, gradient, _) => [variable - gradient]), StringComparison.Ordinal);
        Assert.StartsWith("The update of Careless for `hidden/w` does not assign that variable.",
            Message((variable, gradient, state) => [state.Beside(variable, "only").Assign(gradient)]), StringComparison.Ordinal);
        Assert.StartsWith("The update of Careless for `hidden/w` does not assign that variable.",
            Message((_, _, _) => null!), StringComparison.Ordinal);
        Assert.StartsWith("The update of Careless for `hidden/w` returns null", Message((_, _, _) => [null!]),
            StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_kept_under_one_name_is_one_variable()
    {
        OptimizerState? kept = null;
        _ = Net(new Careless((variable, gradient, state) =>
        {
            kept = state;
            Assert.Same(state.Beside(variable, "a"), state.Beside(variable, "a"));
            Assert.NotSame(state.Beside(variable, "a"), state.Beside(variable, "b"));
            return [variable.Assign(variable - gradient)];
        })).Model.Derivation();
        Assert.NotNull(kept);
    }

    public static TheoryData<string, string> Members => new()
    {
        { "Update", "throws" }, { "RateOf", "throws" }, { "RateOf", "null" }, { "Settings", "throws" }, { "Settings", "null" },
    };

    [Theory, MemberData(nameof(Members))]
    public void What_its_code_throws_names_it_and_so_does_null(string member, string fault)
    {
        var error = Assert.Throws<GraphException>(() =>
        {
            var (model, data) = Net(new Broken(member, fault == "null"));
            model.Fit(data, new FitOptions { Epochs = 1, BatchSize = 4 });
            _ = model.Optimizer!.ToString();
        });
        var inner = fault == "null" ? typeof(InvalidOperationException) : typeof(FormatException);
        Assert.StartsWith($"{member} of the optimizer Broken threw {inner.Name}", error.Message, StringComparison.Ordinal);
        Assert.Contains(fault == "null" ? $"{member} returned null." : "it is broken", error.Message, StringComparison.Ordinal);
        Assert.IsType(inner, error.InnerException);
    }

    private sealed class Broken(string member, bool isNull) : Optimizer(0.1f)
    {
        protected override IEnumerable<(string Name, float Value)> Settings => At(nameof(Settings), base.Settings);

        protected override Node RateOf(Node rate, OptimizerState state) => At(nameof(RateOf), rate);

        protected override IEnumerable<Node> Update(Variable variable, Node gradient, Node rate, OptimizerState state) =>
            At(nameof(Update), new[] { variable.Assign(variable - rate * gradient) });

        private T At<T>(string here, T right) where T : class =>
            here != member ? right : isNull ? null! : throw new FormatException("it is broken");
    }

    /// <summary>Compiled in a program of its own, which sees what is public and nothing else.</summary>
    [Fact]
    public void Those_of_the_library_are_written_with_what_users_have()
    {
        string[] parts = ["Optimizer", "OptimizerState", "OptimizerUpdates", "Schedule", "VariableGroup"];
        var files = SourceFile.Of("SimpleFlow").Where(file => file.SubFolder == "Training/Optimizers"
            && !parts.Contains(Path.GetFileNameWithoutExtension(file.Path))).ToList();
        Assert.Equal(10, files.Count(file => file.Types.Any()));
        var program = FileProgram.Compile("""
            using System;
            """, [.. files.Select(file => file.Text
                .Replace("namespace SimpleFlow;", "using SimpleFlow;\nnamespace Outside;", StringComparison.Ordinal)
                // Elsewhere, the same member is overridden by this word.
                .Replace("protected internal override", "protected override", StringComparison.Ordinal))]);
        Assert.Empty(program.GetDiagnostics(TestContext.Current.CancellationToken)
            .Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error && diagnostic.Id != "CS5001"));
    }

    private static (Model Model, Dataset Data) Net(Optimizer optimizer)
    {
        var x = new Placeholder("x", [null, 4]);
        var loss = Layers.Dense(Layers.Dense(x, 4, Activation.Tanh, name: "hidden"), 2, name: "out").Power(2).Mean(name: "loss");
        var random = new Random(3);
        var rows = new float[12, 4];
        for (var row = 0; row < 12; row++)
            for (var column = 0; column < 4; column++) rows[row, column] = random.NextSingle() - 0.5f;
        return (new Model(loss, optimizer: optimizer, seed: 5, threads: 1), new Dataset { [x] = rows });
    }

    private sealed class Careless(Func<Variable, Node, OptimizerState, IEnumerable<Node>> update) : Optimizer(0.1f)
    {
        protected override IEnumerable<Node> Update(Variable variable, Node gradient, Node rate, OptimizerState state) =>
            update(variable, gradient, state);
    }
}
