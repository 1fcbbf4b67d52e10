using SimpleFlow.Compilation;

namespace SimpleFlow.Benchmarks;

/// <summary>Something that grows, and what it costs at a size.</summary>
/// <param name="Name">What it is, and what grows.</param>
/// <param name="Unit">What the cost is measured in.</param>
/// <param name="Sizes">The sizes, each twice the one before.</param>
/// <param name="Cost">The cost at a size.</param>
/// <param name="Before">What was found when growth was first measured.</param>
internal sealed record GrowingWork(string Name, string Unit, int[] Sizes, Func<int, double> Cost, string Before)
{
    /// <summary>By which power the cost grew with the last two doublings.</summary>
    public static double Exponent(IReadOnlyList<(double At, double Value)> points) =>
        Math.Log(points[^1].Value / points[^3].Value) / Math.Log(points[^1].At / points[^3].At);

    /// <summary>What tempts into more work than grows: the processor's milliseconds, or bytes.</summary>
    public static IReadOnlyList<GrowingWork> All { get; } =
        [
        Compiling("a sum of n variables", 10_000, "exponent 1.9; 30,000 terms overflow the stack",
            n => Range(n).Select(Weight).Aggregate((sum, w) => sum + w)),
        Compiling("one variable in n terms", 10_000, "exponent 1.9–2.0",
            n => Repeated(Weight(0), n).Aggregate((sum, term) => sum + term)),
        Compiling("n residual blocks", 10_000, "", n => Range(n).Aggregate(Weight(0), (h, _) => h + h.Tanh())),
        Compiling("a Concat of n", 10_000, "exponent 2.0–2.3; 8,000 parts: 19 s",
            n => Flow.Concat([.. Range(n).Select(Weight)], 0).Tanh()),
        Compiling("n slices summed", 10_000, "exponent 1.9–2.0",
            n => SlicesOf(new Variable("x", [n, 4]), n).Aggregate((sum, slice) => sum + slice)),
        Compiling("n layers that read all before", 50, "exponent 2.0–2.3: there are n² / 2 edges", Dense),
        Compiling("a plan of n steps", 12_000, "exponent 1.9 above 50,000", n => Range(n).Aggregate((Node)new Variable("w", [4, 4]),
            (h, _) => h.Transpose([1, 0]).Tanh())),
        new("a gradient check of n nodes", "ms", Doubled(400), n => Milliseconds(() =>
            GradientCheck.Of(Range(n).Aggregate(Weight(0), (h, _) => h.Tanh()).Mean(), new Feed())), "quadratic; 160 layers: 6–16 s"),
        new("n layers, explained with numbers", "ms", Doubled(20), n => Milliseconds(Explaining(n)), "quadratic; 160 layers: 6–16 s"),
        new("a call while n batch sizes alternate", "ms for all", [4, 8, 16, 32, 64], Alternating,
            "a 17th shape: 30 times as long a call"),
        new("cells of n texts in 20,000 rows, encoded", "bytes", Doubled(250), n => Bytes(Encoding(20_000, n)),
            "4 bytes a row and text: 1 GiB for 120,000 × 2,000"),
        new("a table of n rows, read and encoded", "ms", Doubled(10_000), n => Milliseconds(Reading(n)), "10⁶ × 10: 14 s"),
        new("a file of n rows, predicted in pieces", "bytes at once", Doubled(20_000), PredictedAtOnce, "875 MB for 56 MB"),
        new("a shuffled epoch of n rows", "ms", Doubled(250_000), n => Milliseconds(Shuffled(n)), "4–5 times one in order"),
        new("a stratified split of n rows", "bytes", Doubled(50_000), n => Bytes(Splitting(n)), "95 bytes a row"),
        new("windows over a text of n characters", "bytes", Doubled(50_000), n => Bytes(Cutting(n)), "38 bytes a character"),
        new("a model of n × 1,000 parameters, saved", "bytes", Doubled(250), n => Bytes(Saving(n)), "2.0 times the model"),
        new("a history of n epochs, saved", "bytes", Doubled(20_000), SavedHistory, "308,000 epochs: a file that nobody can load"),
        new("checkpoints of n epochs", "bytes in all", Doubled(250), Checkpoints, "quadratic; 10,000 epochs: 16 GB"),
        ];

    private static GrowingWork Compiling(string name, int size, string before, Func<int, Node> graph) =>
        new(name, "ms", Doubled(size), n => CompileTime(graph(n)), before);

    private static int[] Doubled(int size) => [size, 2 * size, 4 * size, 8 * size];

    private static double CompileTime(Node result)
    {
        var loss = result.Mean();
        return Milliseconds(() =>
        {
            var gradients = Gradients.Of(loss, [.. GraphOrder.Of([loss]).OfType<Variable>()]);
            Compiler.Compile([loss, .. gradients], new Dictionary<Placeholder, Shape>(), new CompilerOptions());
        });
    }

    // The processor's time, which other processes on the machine do not lengthen; the least of three.
    private static double Milliseconds(Action work) => Range(3).Min(_ =>
    {
        GC.Collect();
        var began = Environment.CpuUsage.TotalTime;
        work();
        return (Environment.CpuUsage.TotalTime - began).TotalMilliseconds;
    });

    private static double Bytes(Action work)
    {
        work();
        var before = GC.GetTotalAllocatedBytes(precise: true);
        work();
        return GC.GetTotalAllocatedBytes(precise: true) - before;
    }

    private static double Alternating(int shapes)
    {
        const int rounds = 50;
        var x = new Placeholder("x", [null, 4]);
        var model = new Model(default, Range(20).Aggregate((Node)x, (h, _) => h.Tanh().Transpose([1, 0]).Transpose([1, 0])));
        Feed[] feeds = [.. Range(shapes).Select(i => new Feed { [x] = new float[i + 1, 4] })];
        foreach (var feed in feeds) model.Predict(feed);
        return Milliseconds(() =>
        {
            foreach (var _ in Range(rounds)) foreach (var feed in feeds) model.Predict(feed);
        });
    }

    private static Action Encoding(int rows, int texts)
    {
        var table = CsvTable.Parse(TableOf(rows, texts));
        return () => TableInput.Of(table, "y", out _).Encode(table);
    }

    private static Action Reading(int rows)
    {
        var text = TableOf(rows, 100);
        return () =>
        {
            var table = CsvTable.Parse(text);
            TableInput.Of(table, "y", out _).Encode(table);
        };
    }

    private static string TableOf(int rows, int texts) => "word,n,y\n" + string.Concat(Range(rows)
        .Select(row => FormattableString.Invariant($"w{row * 7919L % texts},{row * 0.25},{row % 3}\n")));

    private static Action Splitting(int rows)
    {
        var labels = new Placeholder("labels", [null], ElementType.Int32);
        var data = new Dataset { [labels] = Range(rows).Select(i => i * 7 % 10).ToArray() };
        return () => data.Split(0.8, stratify: labels);
    }

    private static Action Cutting(int characters)
    {
        var text = string.Concat(Range(characters).Select(i => "abcdef ghij"[i * 7 % 11]));
        var vocabulary = Vocabulary.Of(text);
        return () => vocabulary.Windows(text, 64, 16);
    }

    private static Action Saving(int thousands)
    {
        var x = new Placeholder("x", [null, thousands]);
        var model = new Model(x.MatMul(new Variable("w", [thousands, 1_000])).Mean(), optimizer: new Adam());
        var path = Path.Combine(Path.GetTempPath(), "simpleflow-growth.safetensors");
        return () =>
        {
            model.Save(path);
            File.Delete(path);
        };
    }

    private static Node Dense(int layers)
    {
        var x = new Variable("x", [4, 4]);
        var outputs = new List<Node> { x };
        for (var layer = 0; layer < layers; layer++)
        {
            var all = Flow.Concat([.. outputs], 1);
            outputs.Add(all.MatMul(new Variable($"w{layer}", [4 * outputs.Count, 4])).Tanh());
        }
        return outputs[^1];
    }

    private static Action Explaining(int layers)
    {
        var x = new Placeholder("x", [null, 4]);
        var loss = Range(layers).Aggregate((Node)x, (h, layer) => Layers.Dense(h, 4, Activation.Tanh, name: $"layer {layer}"))
            .Power(2).Mean();
        var model = new Model(loss, optimizer: new Adam());
        var feed = new Feed { [x] = new float[2, 4] };
        return () => model.ExplanationHtml(feed);
    }

    // What is alive after each piece, beyond what was before the first.
    private static double PredictedAtOnce(int rows)
    {
        var path = Path.Combine(Path.GetTempPath(), "simpleflow-growth.csv");
        File.WriteAllText(path, TableOf(rows, 100));
        var table = CsvTable.ReadPieces(path).First();
        var input = TableInput.Of(table, "y", out _);
        var network = new Network(new NetworkDescription(input, NumberOutput.Of(table, "y"), [new Layer.Dense(8)]));
        var (before, most) = (GC.GetTotalMemory(forceFullCollection: true), 0L);
        foreach (var piece in input.EncodePieces(path))
        {
            network.EstimateEncoded(piece.Numbers);
            most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: true) - before);
        }
        File.Delete(path);
        return most;
    }

    private static Action Shuffled(int rows)
    {
        var x = new Placeholder("x", [null, 8]);
        var data = new Dataset { [x] = DataArray.From(new float[rows * 8]).Reshape(rows, 8) };
        var model = new Model(Losses.MeanSquaredError(Layers.Dense(x, 1), x.Mean([1], keep: true)), optimizer: new GradientDescent());
        return () => model.Fit(data, epochs: 1, batchSize: 1_000);
    }

    private static (Model Model, Dataset Data) Line()
    {
        var x = new Placeholder("x", [null, 1]);
        return (new Model((x * new Variable("w", [1])).Power(2).Mean(), optimizer: new GradientDescent(), threads: 1),
            new Dataset { [x] = new float[,] { { 1 } } });
    }

    private static double SavedHistory(int epochs)
    {
        var (model, data) = Line();
        model.Fit(data, epochs);
        var path = Path.Combine(Path.GetTempPath(), "simpleflow-growth.safetensors");
        model.Save(path);
        var length = new FileInfo(path).Length;
        File.Delete(path);
        return length;
    }

    private static double Checkpoints(int epochs)
    {
        var folder = Directory.CreateTempSubdirectory("simpleflow-growth-");
        var (model, data) = Line();
        var written = new WrittenBytes(folder);
        model.Fit(data, new FitOptions { Epochs = epochs, Callbacks = [new Checkpoint(folder.FullName), written] });
        folder.Delete(recursive: true);
        return written.Total;
    }

    /// <summary>Counts the bytes of all files that appear in a folder.</summary>
    private sealed class WrittenBytes(DirectoryInfo folder) : Callback
    {
        private readonly HashSet<string> _seen = new(StringComparer.Ordinal);

        public long Total { get; private set; }

        protected internal override void Paused(TrainingRun run, TrainingPause pause)
        {
            foreach (var file in folder.EnumerateFiles().Where(file => _seen.Add(file.Name))) Total += file.Length;
        }
    }

    private static IEnumerable<int> Range(int n) => Enumerable.Range(0, n);

    private static Node Weight(int i) => new Variable($"w{i}", [4]);

    private static IEnumerable<Node> Repeated(Node w, int n) => Range(n).Select(_ => w.Tanh());

    private static IEnumerable<Node> SlicesOf(Node x, int n) => Range(n).Select(i => x.Slice(0, i, i + 1).Tanh());
}
