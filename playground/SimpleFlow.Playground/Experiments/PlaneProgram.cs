using System.Globalization;
using System.Text;

namespace SimpleFlow.Playground.Experiments;

/// <summary>Writes a run on the plane down as a program of one file, which <c>dotnet run</c> executes. It prints the losses of the page,
/// digit for digit.</summary>
public sealed class PlaneProgram
{
    // A page of output shows how a run went.
    private const int MostLines = 40;

    private readonly PlaneSettings _beginning;
    private readonly PlanePoints _points;
    private readonly int _epochs;
    private readonly IReadOnlyList<PlaneChange> _changes;
    private readonly StringBuilder _text = new();

    private PlaneProgram(PlaneRun run, int epochs) =>
        (_beginning, _points, _epochs, _changes) = (run.Beginning, run.Points, epochs, run.Changes);

    private int TrainCount => _points.TrainCount(_beginning.TrainShare);

    private bool HasTest => TrainCount < _points.Count;

    // Networks that follow each other on the way.
    private IEnumerable<PlaneSettings> Networks =>
        [_beginning, .. Others.Where(change => change.IsNetwork).Select(change => change.Settings)];

    private IEnumerable<PlaneChange.OtherSettings> Others => _changes.OfType<PlaneChange.OtherSettings>();

    private bool HasOneNetwork => Networks.Count() == 1;

    private bool HasSchedule => Networks.Concat(Others.Select(change => change.Settings)).Any(settings => Code(settings) is not null);

    // Penalties are part of what is minimised, and not of the losses that are shown.
    private bool HasPenalties => Networks.Any(settings => settings.L1 > 0 || settings.L2 > 0);

    private int BatchSize => Math.Min(_beginning.BatchSize, TrainCount);

    private int StepsPerEpoch => (TrainCount + BatchSize - 1) / BatchSize;

    /// <summary>The program of a run, up to its last complete epoch; before that, of its first.</summary>
    public static string Of(PlaneRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        return new PlaneProgram(run, Math.Max(1, run.Training.Epoch)).Write();
    }

    /// <summary>The line that a program prints for an epoch.</summary>
    /// <param name="epoch">Its number, from 1.</param>
    /// <param name="losses">Its losses.</param>
    public static string Line(int epoch, EpochLosses losses) => float.IsNaN(losses.Test)
        ? string.Create(CultureInfo.InvariantCulture, $"epoch {epoch}: training loss {losses.Train}")
        : string.Create(CultureInfo.InvariantCulture, $"epoch {epoch}: training loss {losses.Train}, test loss {losses.Test}");

    /// <summary>After how many epochs each a program prints a line; the last epoch always has one.</summary>
    public static int LinesEvery(int epochs)
    {
        var every = 1;
        foreach (var factor in Enumerable.Repeat(new[] { 2.0, 2.5, 2.0 }, 10).SelectMany(factors => factors))
        {
            if (epochs <= MostLines * every) break;
            every = (int)(every * factor);
        }
        return every;
    }

    private string Write()
    {
        _text.Append(CultureInfo.InvariantCulture, $"""
            // An experiment of SimpleFlow's playground: DOTNET_EnableAVX=0 dotnet run experiment.cs
            // A browser has vectors of 128 bits and no fused multiply-add. With that variable your processor computes like it, and the
            // losses are those of the page, digit for digit; without it the last digits differ.
            #:package SimpleFlow@{Version}

            using System.Globalization;
            using SimpleFlow;

            // Each row is a point: {string.Join(", ", _beginning.Features.Select(feature => feature.Symbol()))}.

            """);
        WritePoints();
        if (HasOneNetwork)
        {
            WriteNetwork(_beginning, "");
            Line();
        }
        else
        {
            Line("// The network as it was first, and after each change of it.");
            foreach (var (index, settings) in Networks.Index())
            {
                Line($"(Node Loss, Model Model) Network{index + 1}()");
                Line("{");
                WriteNetwork(settings, "    ");
                Line("    return (loss, model);");
                Line("}");
                Line();
            }
        }
        WriteTraining();
        WriteHelpers();
        return _text.ToString();
    }

    private static string Version => typeof(Model).Assembly.GetName().Version!.ToString(3);

    private void WritePoints()
    {
        var (inputs, width) = (_points.Inputs(_beginning.Features), _beginning.Features.Count);
        Line("float[,] inputs =");
        Line("{");
        for (var row = 0; row < _points.Count; row++)
            Line($"    {{ {string.Join(", ", inputs.Skip(row * width).Take(width).Select(Number))} }},");
        Line("};");
        if (_points.Classes > 2) Line($"int[] targets = [{Rows(value => $"{(int)value}")}];");
        else Line($"float[,] targets = {{ {Rows(value => $"{{ {Number(value)} }}")} }};");
        Line();
        Line($"var x = new Placeholder(\"x\", [null, {width}]);");
        Line(_points.Classes > 2 ? "var target = new Placeholder(\"target\", [null], ElementType.Int32);"
            : "var target = new Placeholder(\"target\", [null, 1]);");

        string Rows(Func<float, string> text) => string.Join(", ", _points.Targets.Chunk(12).Select((values, i) =>
            (i == 0 ? "" : "\n    ") + string.Join(", ", values.Select(text))));
    }

    private void WriteNetwork(PlaneSettings settings, string indent)
    {
        if (settings.Layers.Any(layer => layer.Activation == ActivationKind.Step))
            Add("Activation step = sums => sums.Greater(0).Cast();");
        var previous = "x";
        foreach (var (index, layer) in settings.Layers.Index())
        {
            var (name, number) = ($"hidden{index + 1}", index + 1);
            var weights = Code(settings.Initial) ?? Code(Kinds.FittingKind(layer.Activation));
            var dense = $"Layers.Dense({previous}, {layer.Units}, {(settings.BatchNorm ? "" : $"{Code(layer.Activation)}, ")}"
                + $"weights: {weights}, name: \"layer {number}\")";
            Add($"var {name} = {dense};");
            if (settings.BatchNorm)
            {
                Add($"{name} = Layers.BatchNorm({name}, name: \"norm {number}\");");
                if (layer.Activation != ActivationKind.Linear) Add($"{name} = {Applied(layer.Activation, name)};");
            }
            if (settings.Dropout > 0) Add($"{name} = Layers.Dropout({name}, {Number(settings.Dropout)}, name: \"dropout {number}\");");
            previous = name;
        }
        var initial = Code(settings.Initial) is { } code ? $", weights: {code}" : "";
        Add($"var scores = Layers.Dense({previous}, {(_points.Classes > 2 ? _points.Classes : 1)}{initial}, name: \"output\");");
        var (prediction, loss) = _points.Classes switch
        {
            0 => ("scores", "MeanSquaredError"),
            2 => ("scores.Sigmoid()", "BinaryCrossEntropy"),
            _ => ("scores.Softmax()", "SoftmaxCrossEntropy"),
        };
        Add($"var prediction = {prediction};");
        Add($"var loss = Losses.{loss}(scores, target);");
        var losses = "loss";
        if (settings.L1 > 0 || settings.L2 > 0)
        {
            Add("Variable[] weights = [.. loss.Variables().Where(variable => variable.Name.EndsWith(\"/w\"))];");
            List<string> all = ["loss"];
            if (settings.L1 > 0) all.Add($"Losses.L1({Number(settings.L1)}, weights)");
            if (settings.L2 > 0) all.Add($"Losses.L2({Number(settings.L2)}, weights)");
            losses = $"new Node[] {{ {string.Join(", ", all)} }}";
        }
        var optimizer = $"new {settings.Optimizer}({Number(settings.LearningRate)})";
        Add($"var model = new Model({losses}, prediction, {optimizer}{(HasPenalties ? ", metrics: loss" : "")}, seed: {settings.Seed});");

        void Add(string line) => Line(indent + line);
    }

    private void WriteTraining()
    {
        var every = LinesEvery(_epochs);
        var (trained, tested) = HasPenalties ? ("result[loss.Name!]", "model.Evaluate(test).Metrics[loss.Name!]")
            : ("result.Loss", "model.Evaluate(test).Loss");
        if (!HasOneNetwork) Line("var (loss, model) = Network1();");
        Line("var data = new Dataset { [x] = inputs, [target] = targets };");
        Line($"var train = {(HasTest ? $"data.Take({TrainCount})" : "data")};");
        if (HasTest) Line($"var test = data.Skip({TrainCount});");
        Line();
        Line($"const int Epochs = {_epochs}, BatchSize = {BatchSize};");
        if (HasSchedule)
        {
            Line($"const int StepsPerEpoch = {StepsPerEpoch}, ScheduleEpochs = {_beginning.ScheduleEpochs};");
            Line($"Schedule? schedule = {Code(_beginning) ?? "null"};");
        }
        var counts = HasSchedule || _changes.Count > 0;
        if (counts) Line("var steps = 0L;");
        Line("for (var epoch = 0; epoch < Epochs; epoch++)");
        Line("{");
        Line("    var (sum, rows) = (0.0, 0);");
        Line("    foreach (var batch in train.Batches(BatchSize, epoch, model.Seed))");
        Line("    {");
        WriteChanges();
        if (HasSchedule)
        {
            Line("        var rate = model.Optimizer!.LearningRate;");
            Line("        var position = new TrainingPosition(steps, (long)StepsPerEpoch * ScheduleEpochs, StepsPerEpoch);");
            Line("        if (schedule is not null) rate *= schedule.At(position);");
        }
        Line($"        var result = model.Step(batch{(HasSchedule ? ", rate" : "")});");
        Line("        var count = Math.Min(BatchSize, train.Rows - rows);");
        Line($"        sum += count * (double){trained};");
        Line("        rows += count;");
        if (counts) Line("        steps++;");
        Line("    }");
        if (every > 1) Line($"    if ((epoch + 1) % {every} != 0 && epoch != Epochs - 1) continue;");
        var shown = "$\"epoch {epoch + 1}: training loss {(float)(sum / rows)}" + (HasTest ? $", test loss {{(float){tested}}}\"" : "\"");
        Line($"    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, {shown}));");
        Line("}");
    }

    // What was changed on the way, at the steps at which it was.
    private void WriteChanges()
    {
        var (before, network) = (_beginning, 1);
        foreach (var change in _changes)
        {
            switch (change)
            {
                case PlaneChange.OtherWeight weight:
                    Add(change.Step, $"Set(\"{weight.Variable}\", {weight.Index}, {Number(weight.Value)});");
                    break;
                case PlaneChange.OtherSettings { Settings: var now } other:
                    var keeps = other.KeepsOptimizer ? "true" : "false";
                    if (other.IsNetwork)
                        Add(change.Step, $"(loss, model) = Continue(model, Network{++network}(), keepsOptimizer: {keeps});");
                    else if (now.LearningRate != before.LearningRate)
                        Add(change.Step, $"model.Optimizer!.LearningRate = {Number(now.LearningRate)};");
                    if (now.Schedule != before.Schedule) Add(change.Step, $"schedule = {Code(now) ?? "null"};");
                    before = now;
                    break;
            }
        }

        void Add(long step, string what) => Line($"        if (steps == {step}) {what}");
    }
    private void WriteHelpers()
    {
        var setsWeights = _changes.Any(change => change is PlaneChange.OtherWeight);
        if (!HasOneNetwork)
            _text.Append("""

                // The weights of the network before; the same optimizer also keeps what it remembers.
                (Node Loss, Model Model) Continue(Model before, (Node Loss, Model Model) next, bool keepsOptimizer)
                {
                    foreach (var variable in next.Model.Variables)
                        if (before.Variables.FirstOrDefault(old => old.Name == variable.Name) is { } old) variable.Set(Elements(old));
                    if (!keepsOptimizer) return next;
                    var (rate, file) = (next.Model.Optimizer!.LearningRate, Path.GetTempFileName());
                    before.Save(file);
                    try
                    {
                        next.Model.Load(file);
                    }
                    catch (DataException)
                    {
                        // Weights before a step are not trained, so it remembers other ones.
                    }
                    File.Delete(file);
                    next.Model.Optimizer!.LearningRate = rate;
                    return next;
                }

                """);
        if (setsWeights)
            _text.Append("""

                void Set(string name, int index, float value)
                {
                    var variable = model.Variables.Single(variable => variable.Name == name);
                    var elements = Elements(variable);
                    elements[index] = value;
                    variable.Set(elements);
                }

                """);
        if (!HasOneNetwork || setsWeights)
            _text.Append("""

                static float[] Elements(Variable variable)
                {
                    var elements = new float[variable.Values.FlattenedLength];
                    variable.Values.FlattenTo(elements);
                    return elements;
                }

                """);
    }

    private void Line(string line = "") => _text.Append(line).Append('\n');

    private static string Number(float value) => value.ToString("R", CultureInfo.InvariantCulture) + "f";

    private static string Code(ActivationKind kind) => kind switch
    {
        ActivationKind.Linear => "Activation.None",
        ActivationKind.Step => "step",
        _ => $"Activation.{kind}",
    };

    private static string Applied(ActivationKind kind, string sums) =>
        kind == ActivationKind.Step ? $"step({sums})" : $"{Code(kind)}({sums})";

    private static string? Code(InitialKind kind) => kind switch
    {
        InitialKind.Glorot => "Initializer.Glorot()",
        InitialKind.He => "Initializer.He()",
        InitialKind.SmallNormal => "Initializer.Normal(0.1f)",
        InitialKind.LargeNormal => "Initializer.Normal(1)",
        InitialKind.Uniform => "Initializer.Uniform(-0.5f, 0.5f)",
        InitialKind.Same => "Initializer.Constant(0.5f)",
        InitialKind.Zeros => "Initializer.Zeros()",
        _ => null,
    };

    private string? Code(PlaneSettings settings) => settings.Schedule switch
    {
        ScheduleKind.Linear => "Schedule.Linear()",
        ScheduleKind.Step => $"Schedule.Step({Math.Max(1, settings.ScheduleEpochs / 4)}, factor: 0.5)",
        ScheduleKind.Exponential => "Schedule.Exponential(0.99)",
        ScheduleKind.Cosine => "Schedule.Cosine(0.01)",
        ScheduleKind.OneCycle => "Schedule.OneCycle()",
        ScheduleKind.WarmUp => $"Schedule.Constant.WithWarmUp({(long)StepsPerEpoch * settings.ScheduleEpochs / 10})",
        _ => null,
    };
}
