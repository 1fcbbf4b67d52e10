using System.Diagnostics;
using SimpleFlow.Kernels;

namespace SimpleFlow.Benchmarks;

/// <summary>Row 13: from the first node to a plan that can run, warm and in a process that has done nothing before.</summary>
internal static class CompilingRow
{
    private const string ColdVerb = "cold-compile";

    public static IEnumerable<Result> Measure(Bench bench)
    {
        var repeats = bench.Options.Quick ? 3 : 9;
        yield return Row("building and compiling the seed's MNIST, warm", Warm(Mnist, repeats), 50e-3, 10e-3);
        yield return Row("the same as the first thing a process does", Cold(Environment.ProcessPath!, repeats), 50e-3, 10e-3);
        yield return Published(repeats);
        var deep = Warm(Deep, Math.Max(2, repeats / 3));
        yield return Row($"building and compiling a training step of {NodesCompiled:N0} nodes, warm", deep, 2, 0.5);
    }

    /// <summary>What the child process does.</summary>
    public static bool RunChild(string[] args)
    {
        if (args is not [ColdVerb]) return false;
        Console.WriteLine(Time(Mnist).ToString("R"));
        return true;
    }

    private static Result Row(string work, Sample seconds, double must, double goal) => new("13", work)
    {
        Ours = Write.Seconds(seconds.Median),
        Figure = seconds,
        Written = Write.Seconds,
        Must = must,
        Goal = goal,
        MoreIsBetter = false,
    };

    private static Sample Warm(Action build, int repeats)
    {
        build();
        Thread.Sleep(200);
        build();
        return new Sample(Enumerable.Range(0, repeats).Select(_ => Time(build)));
    }

    private static double Time(Action build)
    {
        var began = Stopwatch.GetTimestamp();
        build();
        return Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    private static Result Published(int repeats)
    {
        // As `dotnet publish` compiles a user's program ahead of time, for any processor.
        using var published = new Published(Path.Combine("benchmarks", "SimpleFlow.Benchmarks"), "--use-current-runtime",
            "--no-self-contained", "-p:PublishReadyToRun=true");
        const string work = "the same, published with ReadyToRun";
        return published.Program is { } program ? Row(work, Cold(program, repeats), 50e-3, 10e-3)
            : new Result("13", work) { Remark = "not published" };
    }

    private static Sample Cold(string program, int repeats)
    {
        string[] arguments = Path.GetFileNameWithoutExtension(program) == "dotnet" ? [Environment.GetCommandLineArgs()[0], ColdVerb]
            : [ColdVerb];
        return new Sample(Enumerable.Range(0, repeats).Select(_ => double.Parse(Child.Output(program, arguments)!)));
    }

    // The placeholders stand for a batch of 200; nothing is fed or run.
    private static void Mnist()
    {
        var x = new Placeholder("img", [200, 784]);
        var y = new Placeholder("label", [200, 10]);
        var hidden = Layers.Dense(x, 64, Activation.Relu, Initializer.Normal(0.3f), Initializer.Constant(0.1f), name: "dense_layer_1");
        var predicted = Layers.Dense(hidden, 10, Activation.Softmax, Initializer.Normal(0.3f), Initializer.Constant(0.1f),
            name: "predict_dense");
        Compile(Losses.CrossEntropy(predicted, y), x, y);
    }

    private static void Deep()
    {
        var x = new Placeholder("x", [16, 16]);
        Node node = x;
        for (var i = 0; i < DeepLayers; i++) node = Layers.Dense(node, 16, Activation.Relu, Initializer.Constant(0.1f), name: $"layer {i}");
        Compile(node.Power(2).Mean(), x);
    }

    // A layer of 16 units is 19 nodes with its gradients and updates, which makes about 10,000; the table says how many.
    private const int DeepLayers = 526;

    private static void Compile(Node loss, params Placeholder[] fed)
    {
        var trained = GraphOrder.Of([loss], valuesOnly: true).OfType<Variable>().ToList();
        var updates = new GradientDescent().Updates(trained, Gradients.Of(loss, trained));
        Node[] outputs = [loss, .. updates];
        var session = new Execution.Session(outputs, new StepClock(), new Compilation.CompilerOptions());
        session.For(fed.ToDictionary(placeholder => placeholder, placeholder => placeholder.Shape));
        NodesCompiled = GraphOrder.Of(outputs).Count;
    }

    /// <summary>The size of the graph that was compiled last.</summary>
    private static int NodesCompiled { get; set; }
}
