using System.Globalization;
using System.Text;

namespace SimpleFlow.Playground.Experiments;

/// <summary>Writes a run on the plane down as a program of one file, which <c>dotnet run</c> executes. It prints the losses of the page,
/// digit for digit.</summary>
public sealed class PlaneProgram
{
    // A page of output shows how a run went.
    private const int MostLines = 40;

    private readonly PlaneSettings _settings;
    private readonly PlanePoints _points;
    private readonly int _epochs;
    private readonly IReadOnlyList<(long Step, float Rate)> _rates;
    private readonly StringBuilder _text = new();

    private PlaneProgram(PlaneRun run, int epochs) =>
        (_settings, _points, _epochs, _rates) = (run.Settings, run.Points, epochs, run.Rates);

    private int TrainCount => _points.TrainCount(_settings.TrainShare);

    // Rates that were chosen before the first step follow each other there; the last one counts.
    private float First => _rates.Last(change => change.Step == 0).Rate;

    private bool HasTest => TrainCount < _points.Count;

    private bool HasPenalties => _settings.L1 > 0 || _settings.L2 > 0;

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

            // Each row is a point: {string.Join(", ", _settings.Features.Select(feature => feature.Symbol()))}.

            """);
        WritePoints();
        WriteNetwork();
        WriteModel();
        WriteTraining();
        return _text.ToString();
    }

    private static string Version => typeof(Model).Assembly.GetName().Version!.ToString(3);

    private void WritePoints()
    {
        var (inputs, width) = (_points.Inputs(_settings.Features), _settings.Features.Count);
        Line("float[,] inputs =");
        Line("{");
        for (var row = 0; row < _points.Count; row++)
            Line($"    {{ {string.Join(", ", inputs.Skip(row * width).Take(width).Select(Number))} }},");
        Line("};");
        if (_points.Classes > 2) Line($"int[] targets = [{Rows(value => $"{(int)value}")}];");
        else Line($"float[,] targets = {{ {Rows(value => $"{{ {Number(value)} }}")} }};");
        Line();

        string Rows(Func<float, string> text) => string.Join(", ", _points.Targets.Chunk(12).Select((values, i) =>
            (i == 0 ? "" : "\n    ") + string.Join(", ", values.Select(text))));
    }

    private void WriteNetwork()
    {
        Line($"var x = new Placeholder(\"x\", [null, {_settings.Features.Count}]);");
        Line(_points.Classes > 2 ? "var target = new Placeholder(\"target\", [null], ElementType.Int32);"
            : "var target = new Placeholder(\"target\", [null, 1]);");
        if (_settings.Layers.Any(layer => layer.Activation == ActivationKind.Step))
            Line("Activation step = sums => sums.Greater(0).Cast();");
        var previous = "x";
        foreach (var (index, layer) in _settings.Layers.Index())
        {
            var (name, number) = ($"hidden{index + 1}", index + 1);
            var weights = Code(_settings.Initial) ?? Code(Kinds.FittingKind(layer.Activation));
            var dense = $"Layers.Dense({previous}, {layer.Units}, {(_settings.BatchNorm ? "" : $"{Code(layer.Activation)}, ")}"
                + $"weights: {weights}, name: \"layer {number}\")";
            Line($"var {name} = {dense};");
            if (_settings.BatchNorm)
            {
                Line($"{name} = Layers.BatchNorm({name}, name: \"norm {number}\");");
                if (layer.Activation != ActivationKind.Linear) Line($"{name} = {Applied(layer.Activation, name)};");
            }
            if (_settings.Dropout > 0) Line($"{name} = Layers.Dropout({name}, {Number(_settings.Dropout)}, \"dropout {number}\");");
            previous = name;
        }
        var initial = Code(_settings.Initial) is { } code ? $", weights: {code}" : "";
        Line($"var scores = Layers.Dense({previous}, {(_points.Classes > 2 ? _points.Classes : 1)}{initial}, name: \"output\");");
        var (prediction, loss) = _points.Classes switch
        {
            0 => ("scores", "MeanSquaredError"),
            2 => ("scores.Sigmoid()", "BinaryCrossEntropy"),
            _ => ("scores.Softmax()", "SoftmaxCrossEntropy"),
        };
        Line($"var prediction = {prediction};");
        Line($"var loss = Losses.{loss}(scores, target);");
        Line();
    }

    private void WriteModel()
    {
        if (HasPenalties)
            Line("Variable[] weights = [.. loss.Variables().Where(variable => variable.Name.EndsWith(\"/w\"))];");
        List<string> losses = ["loss"];
        if (_settings.L1 > 0) losses.Add($"Losses.L1({Number(_settings.L1)}, weights)");
        if (_settings.L2 > 0) losses.Add($"Losses.L2({Number(_settings.L2)}, weights)");
        var loss = HasPenalties ? $"new Node[] {{ {string.Join(", ", losses)} }}" : "loss";
        var optimizer = $"new {_settings.Optimizer}({Number(First)})";
        Line($"var model = new Model({loss}, prediction, {optimizer}{(HasPenalties ? ", metrics: loss" : "")}, seed: {_settings.Seed});");
        Line("var data = new Dataset { [x] = inputs, [target] = targets };");
        Line($"var train = {(HasTest ? $"data.Take({TrainCount})" : "data")};");
        if (HasTest) Line($"var test = data.Skip({TrainCount});");
        Line();
    }

    private void WriteTraining()
    {
        var batch = Math.Min(_settings.BatchSize, TrainCount);
        var perEpoch = (TrainCount + batch - 1) / batch;
        var schedule = Code(_settings.Schedule, (long)perEpoch * _settings.ScheduleEpochs, _settings.ScheduleEpochs);
        var every = LinesEvery(_epochs);
        var (loss, tested) = HasPenalties ? ("result[loss.Name!]", "model.Evaluate(test).Metrics[loss.Name!]")
            : ("result.Loss", "model.Evaluate(test).Loss");
        Line($"const int Epochs = {_epochs}, BatchSize = {batch};");
        if (schedule is not null)
        {
            Line($"const int StepsPerEpoch = {perEpoch}, ScheduleEpochs = {_settings.ScheduleEpochs};");
            Line($"var schedule = {schedule};");
        }
        var changes = _rates.Where((change, i) => i == _rates.Count - 1 || _rates[i + 1].Step > change.Step).ToList();
        if (changes.Count > 1)
        {
            var list = string.Join(", ", changes.Select(change => $"({change.Step}, {Number(change.Rate)})"));
            Line($"(long Step, float Rate)[] rates = [{list}];");
        }
        Line("for (var epoch = 0; epoch < Epochs; epoch++)");
        Line("{");
        Line("    var (sum, rows) = (0.0, 0);");
        Line("    foreach (var batch in train.Batches(BatchSize, epoch, model.Seed))");
        Line("    {");
        if (changes.Count > 1)
            Line("        model.Optimizer!.LearningRate = rates.Last(change => change.Step <= model.Iterations).Rate;");
        if (schedule is not null)
        {
            Line("        var rate = model.Optimizer!.LearningRate;");
            Line("        var position = new TrainingPosition(model.Iterations, (long)StepsPerEpoch * ScheduleEpochs, StepsPerEpoch);");
            Line("        rate *= schedule.At(position);");
        }
        Line($"        var result = model.Step(batch{(schedule is null ? "" : ", rate")});");
        Line("        var count = Math.Min(BatchSize, train.Rows - rows);");
        Line($"        sum += count * (double){loss};");
        Line("        rows += count;");
        Line("    }");
        if (every > 1) Line($"    if ((epoch + 1) % {every} != 0 && epoch != Epochs - 1) continue;");
        var shown = "$\"epoch {epoch + 1}: training loss {(float)(sum / rows)}" + (HasTest ? $", test loss {{(float){tested}}}\"" : "\"");
        Line($"    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, {shown}));");
        Line("}");
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

    private static string? Code(ScheduleKind kind, long steps, int epochs) => kind switch
    {
        ScheduleKind.Linear => "Schedule.Linear()",
        ScheduleKind.Step => $"Schedule.Step({Math.Max(1, epochs / 4)}, factor: 0.5)",
        ScheduleKind.Exponential => "Schedule.Exponential(0.99)",
        ScheduleKind.Cosine => "Schedule.Cosine(0.01)",
        ScheduleKind.OneCycle => "Schedule.OneCycle()",
        ScheduleKind.WarmUp => $"Schedule.Constant.WithWarmUp({steps / 10})",
        _ => null,
    };
}
