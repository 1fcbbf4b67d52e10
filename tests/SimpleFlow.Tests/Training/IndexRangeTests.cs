using SimpleFlow.Compilation;
using SimpleFlow.Execution;
using SimpleFlow.Kernels;

namespace SimpleFlow.Tests.Training;

/// <summary>A class or row index that does not exist is refused wherever one is taken, with its row, in every way to run;
/// nothing is changed by the step that meets it.</summary>
[Trait("Promise", "21")]
public class IndexRangeTests
{
    private const int Classes = 3, Rows = 40;

    private static readonly Placeholder X = new("x", [null, 2]), Label = new("label", [null], ElementType.Int32);

    // −1, the count, far outside.
    public static TheoryData<int> Outside => [-1, Classes, 99, int.MaxValue, int.MinValue, -100];

    private static Node Scores => Layers.Dense(Layers.Dense(X, 8, Activation.Tanh, name: "hidden"), Classes, name: "scores");

    /// <summary>Everything that takes indices, as a number that depends on them.</summary>
    private static Dictionary<string, Func<Node, Node>> Takers { get; } = new(StringComparer.Ordinal)
    {
        ["softmax cross-entropy"] = label => Losses.SoftmaxCrossEntropy(Scores, label),
        ["smoothed"] = label => Losses.SoftmaxCrossEntropy(Scores, label, smoothing: 0.1f),
        ["weighted"] = label => Losses.SoftmaxCrossEntropy(Scores, label, classWeights: [1, 2, 3]),
        ["ignoring another"] = label => Losses.SoftmaxCrossEntropy(Scores, label, ignoreIndex: -7),
        ["cross-entropy"] = label => Losses.CrossEntropy(Scores.Softmax(), label),
        ["accuracy"] = label => Metrics.Accuracy(Scores, label),
        ["accuracy ignoring another"] = label => Metrics.Accuracy(Scores, label, ignoreIndex: -7),
        ["top-k"] = label => Metrics.TopK(Scores, label, 2),
        ["one-hot"] = label => label.OneHot(Classes).Sum(),
        ["embedding"] = label => Layers.Embedding(label, Classes, 4).Power(2).Mean(),
        ["gather along the last axis"] = label => new Variable("table", [2, Classes]).Gather(label, axis: -1).Power(2).Mean(),
        ["gather of what is computed"] = label => new Variable("table", [Classes, 2]).Exp().Gather(label).Mean(),
        ["gather of constants"] = label => new Constant("table", [1f, 2, 3]).Gather(label).Mean(),
    };

    public static MatrixTheoryData<string, int> Cases => new(Takers.Keys, [-1, Classes, 99, int.MinValue]);

    [Theory, MemberData(nameof(Cases))]
    public void Every_taker_refuses_in_every_reading_and_plan(string taker, int index)
    {
        var node = Takers[taker](Label);
        var (x, labels) = Data();
        labels[29] = labels[31] = index;
        var feed = new Feed { [X] = x, [Label] = labels };
        foreach (var options in new CompilerOptions[] { new() { Threads = 1 },
            new() { Threads = 1, Without = ["Fuse", "Simplify", "Fold", "Merge", "Drop"] }, new() { Threads = 3, CostWorthSplitting = 0 },
            new() { Threads = 8, CostWorthSplitting = 0, ReuseMemory = false } })
        {
            var model = new Model([], node);            // gives the variables their values
            var executable = new Executable(Compiler.Compile([node],
                new Dictionary<Placeholder, Shape> { [X] = [Rows, 2], [Label] = [Rows] }, options), new StepClock());
            foreach (var placeholder in new[] { X, Label }.Where(executable.Reads))
                FeedShape.Copy(feed[placeholder], executable.Feed(placeholder), placeholder.ElementType);
            Refused(() => executable.Run(), index, 29);
            Refused(() => executable.Run(), index, 29);
            executable.Feed(Label).IntegerSpan[29] = 0;
            Refused(() => executable.Run(), index, 31);
            executable.Feed(Label).IntegerSpan[31] = 0;
            Assert.True(executable.Run());
        }
        Refused(() => PlainReading.Of([node], feed), index, 29);
        Refused(() => new Model([], node).Predict(feed), index, 29);
        Refused(() => new Model([], metrics: node).Evaluate(new Dataset { [X] = x, [Label] = labels }, batchSize: 7), index, 29,
            " of the dataset");
    }

    [Theory, MemberData(nameof(Outside))]
    public void A_training_stops_before_the_step_that_meets_it_and_names_the_row_of_the_data_set(int index)
    {
        foreach (var accumulate in new[] { 1, 3 })
        {
            var (stopped, never) = (Net(), Net());
            var (x, labels) = Data();
            // The second model never sees a bad label: up to the batch that holds it, both are the same.
            labels[29] = index;
            Refused(() => stopped.Fit(new Dataset { [X] = x, [Label] = labels }, new FitOptions
            {
                Epochs = 3,
                BatchSize = 4,
                Accumulate = accumulate,
            }), index, 29, " of the dataset");
            var order = new int[Rows];
            Shuffle.Fill(order, stopped.Seed, 0);
            Assert.Equal(Array.IndexOf(order, 29) / 4, stopped.Iterations);
            labels[29] = 0;
            var steps = stopped.Iterations;
            if (steps > 0)
            {
                using var stop = new CancellationTokenSource();
                Assert.Throws<OperationCanceledException>(() => never.Fit(new Dataset { [X] = x, [Label] = labels }, new FitOptions
                {
                    Epochs = 3,
                    BatchSize = 4,
                    Callbacks = [new StopAfter(steps, stop)],
                    Accumulate = accumulate,
                }, stop.Token));
            }
            AssertSame(never, stopped);
            // The next fit works.
            foreach (var model in new[] { stopped, never }) model.Fit(new Feed { [X] = x, [Label] = labels }, 5);
            AssertSame(never, stopped);
        }
    }

    [Theory, InlineData(1), InlineData(2), InlineData(5)]
    public void So_does_a_fit_on_a_feed(int threads)
    {
        var model = Net(threads);
        var (x, labels) = Data();
        model.Fit(new Feed { [X] = x, [Label] = labels }, 3);
        var before = Everything(model);
        labels[7] = -1;
        Refused(() => model.Fit(new Feed { [X] = x, [Label] = labels }, 3), -1, 7);
        Assert.Equal(3, model.Iterations);
        Weights.AssertSame(before, Everything(model));
        Refused(() => model.Evaluate(new Feed { [X] = x, [Label] = labels }), -1, 7);
        Refused(() => model.Evaluate(new Dataset { [X] = x, [Label] = labels }, batchSize: 3), -1, 7, " of the dataset");
        Refused(() => model.Trace(new Feed { [X] = x, [Label] = labels }), -1, 7);
        Refused(() => model.Profile(new Feed { [X] = x, [Label] = labels }, 2), -1, 7);
        Refused(() => GradientCheck.Of(model.Losses[0], new Feed { [X] = x, [Label] = labels }), -1, 7);
        Refused(() => model.FindLearningRate(new Dataset { [X] = x, [Label] = labels }, from: 1e-4f, to: 1, steps: 100), -1, 7,
            " of the dataset");
        // A prediction reads labels only if it gathers by them.
        Refused(() => new Model([], Layers.Embedding(Label, Classes, 4)).Predict(new Dataset { [Label] = labels }, batchSize: 3), -1, 7,
            " of the dataset");
        Weights.AssertSame(before, Everything(model));
    }

    [Fact]
    public void A_validation_refuses_too()
    {
        var (x, labels) = Data();
        var bad = (int[])labels.Clone();
        bad[3] = 77;
        Refused(() => Net().Fit(new Dataset { [X] = x, [Label] = labels }, epochs: 1, validation: new Dataset { [X] = x, [Label] = bad }),
            77, 3, " of the dataset");
    }

    [Fact]
    public void What_a_program_assigns_waits_for_the_check()
    {
        // The counter does not depend on the labels, and a plan without a guard could assign it first.
        var counter = new Variable("counter", [], Initializer.Zeros(), trainable: false);
        var plan = Compiler.Compile([counter.Assign(counter + 1f), Label.OneHot(Classes).Sum()],
            new Dictionary<Placeholder, Shape> { [Label] = [2] }, new CompilerOptions());
        counter.Initialize(0, 0);
        var executable = new Executable(plan, new StepClock());
        executable.Feed(Label).IntegerSpan[1] = 9;
        Refused(() => executable.Run(), 9, 1);
        Assert.Equal(0, counter.Value);
        executable.Feed(Label).IntegerSpan[1] = 2;
        executable.Run();
        Assert.Equal(1, counter.Value);
    }

    [Theory]
    [InlineData(2.5, "2.5 is not a whole number")]
    [InlineData(double.NaN, "NaN is not a whole number")]
    [InlineData(3e9, "3000000000 is not a whole number that an int can hold")]
    [InlineData(-1.0, "the class -1")]
    public void Labels_fed_as_doubles_and_floats_are_refused_alike(double label, string why)
    {
        var (x, _) = Data();
        foreach (var labels in new DataArray[] { Enumerable.Range(0, Rows).Select(row => row == 5 ? label : 0).ToArray(),
            Enumerable.Range(0, Rows).Select(row => row == 5 ? (float)label : 0).ToArray() })
        {
            var model = Net();
            var before = Everything(model);
            foreach (var use in new Action[]
            {
                () => model.Fit(new Feed { [X] = x, [Label] = labels }, 1),
                () => model.Fit(new Dataset { [X] = x, [Label] = labels }, epochs: 1, batchSize: Rows),
                () => model.Evaluate(new Feed { [X] = x, [Label] = labels }),
                () => model.Trace(new Feed { [X] = x, [Label] = labels }),
            })
            {
                var error = Assert.Throws<DataException>(use).Message.Replace("3E+09", "3000000000", StringComparison.Ordinal);
                Assert.Contains(why, error, StringComparison.Ordinal);
                Assert.Contains("ow 5", error, StringComparison.Ordinal);
            }
            Weights.AssertSame(before, Everything(model));
        }
    }

    [Fact]
    public void Parts_of_placeholders_keep_the_row()
    {
        // A column of a table of indices, and places of a text.
        var table = new Placeholder("table", [null, 3], ElementType.Int32);
        var entries = new Variable("entries", [4, 2]);
        var rows = new int[5, 3];
        rows[3, 1] = 4;
        foreach (var node in new[] { entries.Gather(table), entries.Gather(table.Slice(1, 1, 2)),
            entries.Gather(table.Slice(1, 1, 2).Reshape([null])), entries.Gather(table.Reshape([null])) })
        {
            Refused(() => new Model([], node).Predict(new Feed { [table] = rows }), 4, 3);
            Refused(() => PlainReading.Of([node], new Feed { [table] = rows }), 4, 3);
        }
        // What was moved or computed has no row, but a place.
        var error =
            Assert.Throws<DataException>(() => new Model([], entries.Gather(table.Transpose([1, 0]))).Predict(new Feed { [table] = rows }));
        Assert.Null(error.Row);
        Assert.Contains("at position 8", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_constant_index_is_refused_when_it_is_computed_ahead()
    {
        var table = new Constant("table", [1f, 2]);
        var node = table.Gather(new Constant([2], Shape.Of(1), ElementType.Int32));
        Assert.Throws<DataException>(() => new Model([], node).Predict(new Feed()));
        Assert.Throws<DataException>(() => PlainReading.Of([node], new Feed()));
    }

    [Fact]
    public void Data_sets_of_networks_reports_and_weights_refuse_with_the_row()
    {
        var network = new Network(new NetworkDescription(new ImageInput(1, 2, 2), new ClassOutput("kind", ["a", "b", "c"]), []),
            new Adam());
        foreach (var index in new[] { -1, 3, 99, int.MinValue })
        {
            int[] labels = [0, 1, 2, 0, index];
            Assert.Equal(4, Assert.Throws<DataException>(() => network.EncodedDataset(new float[5, 4], labels)).Row);
            Assert.Equal(4, Assert.Throws<DataException>(() => ClassWeights.Balanced(labels, 3)).Row);
            Assert.Equal(4, Assert.Throws<DataException>(() => ((DataArray)labels).OneHot(3)).Row);
            Assert.Equal(4,
                Assert.Throws<DataException>(() => ClassificationReport.Of(System.Numerics.Tensors.Tensor.Create(new float[15], [5, 3]),
                    labels)).Row);
            Assert.Throws<ArgumentOutOfRangeException>(() => ((DataArray)labels).SelectRows([0, index is 3 ? 5 : index]));
        }
        var text = new Network(new NetworkDescription(new TextInput("abc", 4), new NextCharacterOutput(3), [new Layer.Embedding(3, 4)]),
            new Adam());
        var next = new int[2000, 4];
        next[1999, 2] = 3;
        Assert.Equal(1999, Assert.Throws<DataException>(() => text.EncodedDataset(new int[2000, 4], next)).Row);
        foreach (var label in new[] { 2.5, double.NaN, 3e9 })
        {
            Assert.Throws<DataException>(() => network.EncodedDataset(new float[2, 4], new[] { 0, label }));
            Assert.Throws<DataException>(() => new Dataset { [Label] = new[] { 0, label } }.Split(0.5, stratify: Label));
            Assert.Throws<DataException>(() => ClassWeights.Balanced(new[] { 0, label }, 3));
        }
    }

    [Fact]
    public void The_errors_say_what_to_do()
    {
        var model = new Model([], Losses.SoftmaxCrossEntropy(Scores, Label));
        var error = Assert.Throws<DataException>(() => model.Predict(new Feed { [X] = new float[2, 2], [Label] = new[] { 1, -100 } }));
        Assert.Equal(
            "`label` has the class -100 in row 1, but there are 3 classes: indices run from 0 to 2. Number the classes from 0; if "
                + "-100 marks rows that should not count, pass ignoreIndex: -100.", error.Message);
        var table = Layers.Embedding(Label, 3, 2, name: "words");
        error = Assert.Throws<DataException>(() => new Model([], table).Predict(new Feed { [Label] = new[] { 99 } }));
        Assert.Equal(
            "`label` has the index 99 in row 0, but `words/table` has 3 entries: indices run from 0 to 2, and negative ones do not count "
                + "from the end. Correct the index, or make the table larger.", error.Message);
    }

    private static void Refused(Action run, int index, int row, string place = "")
    {
        var error = Assert.Throws<DataException>(run);
        Assert.Equal(row, error.Row);
        Assert.Contains($" {index} in row {row}{place}", error.Message, StringComparison.Ordinal);
    }

    private static Model Net(int threads = 1)
    {
        var scores = Scores;
        return new Model(Losses.SoftmaxCrossEntropy(scores, Label), scores, new Adam(), Metrics.Accuracy(scores, Label), seed: 5,
            threads: threads);
    }

    private static (float[,] X, int[] Labels) Data()
    {
        var random = new Random(3);
        var x = new float[Rows, 2];
        for (var row = 0; row < Rows; row++) (x[row, 0], x[row, 1]) = (random.NextSingle(), random.NextSingle());
        return (x, [.. Enumerable.Range(0, Rows).Select(row => row % Classes)]);
    }

    private static float[] Everything(Model model) => [.. model.AllVariables.SelectMany(variable => variable.Memory.Span.ToArray())];

    private static void AssertSame(Model expected, Model actual) => Weights.AssertSame(Everything(expected), Everything(actual));

    private sealed class StopAfter(long steps, CancellationTokenSource stop) : Callback
    {
        protected internal override void AfterStep(TrainingRun run)
        {
            if (run.Position.Step + 1 >= steps) stop.Cancel();
        }
    }
}
