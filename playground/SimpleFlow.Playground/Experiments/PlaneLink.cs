using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace SimpleFlow.Playground.Experiments;

/// <summary>Writes an experiment as the part of an address behind <c>#plane?</c>, and reads it. Only what is not the default is
/// written.</summary>
public static class PlaneLink
{
    /// <summary>The most characters that data may take: programs for messages cut longer addresses.</summary>
    public const int MostData = 6000;

    private static readonly PlaneSettings Default = new();

    /// <summary>The text of an experiment.</summary>
    /// <param name="experiment">The experiment.</param>
    /// <param name="leftOut">Whether its data were too large, and are left out.</param>
    public static string Of(PlaneExperiment experiment, out bool leftOut)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        var (settings, parts) = (experiment.Settings, new List<string>());
        Add("source", settings.Source, Default.Source);
        Add("points", settings.Points, Default.Points);
        Add("classes", settings.Classes, Default.Classes);
        Add("noise", settings.Noise, Default.Noise);
        Add("train", settings.TrainShare, Default.TrainShare);
        Add("function", settings.Function, Default.Function);
        Add("batch", settings.BatchSize, Default.BatchSize);
        Add("features", string.Join(',', settings.Features), string.Join(',', Default.Features));
        Add("layers", Text(settings.Layers), Text(Default.Layers));
        Add("norm", settings.BatchNorm, Default.BatchNorm);
        Add("dropout", settings.Dropout, Default.Dropout);
        Add("initial", settings.Initial, Default.Initial);
        Add("optimizer", settings.Optimizer, Default.Optimizer);
        Add("rate", settings.LearningRate, Default.LearningRate);
        Add("schedule", settings.Schedule, Default.Schedule);
        Add("span", settings.ScheduleEpochs, Default.ScheduleEpochs);
        Add("l1", settings.L1, Default.L1);
        Add("l2", settings.L2, Default.L2);
        Add("data", settings.DataSeed, Default.DataSeed);
        Add("seed", settings.Seed, Default.Seed);
        leftOut = false;
        if (settings.Source == PlaneSource.Painted && experiment.Painted is { } painted) AddData("painted", Pack(painted), ref leftOut);
        if (settings.Source == PlaneSource.Table && experiment.Table is { } table)
        {
            AddData("table", Packed.Of(Encoding.UTF8.GetBytes(table.Text)), ref leftOut);
            Add("columns", $"{table.Horizontal},{table.Vertical},{table.Target}", "");
        }
        Add("hide", string.Join(',', experiment.Hidden), "");
        Add("text", experiment.Text.Trim(), "");
        return string.Join('&', parts);

        void Add<T>(string key, T value, T usual)
        {
            if (EqualityComparer<T>.Default.Equals(value, usual)) return;
            var text = string.Create(CultureInfo.InvariantCulture, $"{value}");
            // Commas and spaces are what links are read by.
            parts.Add($"{key}={Uri.EscapeDataString(text).Replace("%2C", ",", StringComparison.Ordinal)}");
        }

        void AddData(string key, string data, ref bool leftOut)
        {
            if (data.Length > MostData) leftOut = true;
            else Add(key, data, "");
        }
    }

    /// <summary>Reads an experiment.</summary>
    /// <exception cref="FormatException">A part is not one; the message names it and says what can stand there.</exception>
    public static PlaneExperiment Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var experiment = new PlaneExperiment(Default);
        (string Text, int[] Columns) table = ("", []);
        foreach (var part in text.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var at = part.IndexOf('=', StringComparison.Ordinal);
            if (at < 0) throw new FormatException($"The link has '{part}' without a value. Copy the whole link.");
            var (key, value, settings) = (part[..at], Uri.UnescapeDataString(part[(at + 1)..]), experiment.Settings);
            experiment = key switch
            {
                "painted" => experiment with { Painted = Unpack(value) },
                "hide" => experiment with { Hidden = [.. value.Split(',').Select(one => Kind<HiddenControl>(key, one))] },
                "text" => experiment with { Text = value },
                "table" or "columns" => experiment,
                _ => experiment with { Settings = Read(settings, key, value) },
            };
            if (key == "table") table.Text = Encoding.UTF8.GetString(Packed.Unpack(value));
            if (key == "columns") table.Columns = [.. value.Split(',').Select(one => Whole(key, one, 0, 9999))];
        }
        if (table.Columns.Length is not (0 or 3)) throw new FormatException("The link needs three columns: columns=0,1,2.");
        if (table.Text.Length > 0)
            experiment = experiment with
            {
                Table = (table.Text, table.Columns.ElementAtOrDefault(0), table.Columns.ElementAtOrDefault(1),
                table.Columns.ElementAtOrDefault(2))
            };
        if (experiment.Painted is { } painted && painted.Targets.Any(target => target >= experiment.Settings.Classes))
            throw new FormatException($"The link has points of more than {experiment.Settings.Classes} classes. Copy the whole link.");
        if (experiment.Settings.Source == PlaneSource.Function) _ = Expression.Parse(experiment.Settings.Function);
        return experiment;
    }

    private static PlaneSettings Read(PlaneSettings settings, string key, string value) => key switch
    {
        "source" => settings with { Source = Kind<PlaneSource>(key, value) },
        "points" => settings with { Points = Whole(key, value, 10, 1000) },
        "classes" => settings with { Classes = Whole(key, value, 2, PlaneSettings.MostClasses) },
        "noise" => settings with { Noise = Share(key, value, 0, 0.5f) },
        "train" => settings with { TrainShare = Share(key, value, 0.1f, 0.9f) },
        "function" => settings with { Function = value },
        "batch" => settings with { BatchSize = Whole(key, value, 1, 1000) },
        "features" => settings with { Features = FeaturesOf(key, value) },
        "layers" => settings with { Layers = LayersOf(key, value) },
        "norm" => settings with { BatchNorm = bool.TryParse(value, out var norm) ? norm : throw Fault(key, value, "true or false") },
        "dropout" => settings with { Dropout = Share(key, value, 0, 0.9f) },
        "initial" => settings with { Initial = Kind<InitialKind>(key, value) },
        "optimizer" => settings with { Optimizer = Kind<OptimizerKind>(key, value) },
        "rate" => settings with { LearningRate = Share(key, value, 0, 100) },
        "schedule" => settings with { Schedule = Kind<ScheduleKind>(key, value) },
        "span" => settings with { ScheduleEpochs = Whole(key, value, 1, 1_000_000) },
        "l1" => settings with { L1 = Share(key, value, 0, 100) },
        "l2" => settings with { L2 = Share(key, value, 0, 100) },
        "data" => settings with { DataSeed = Seed(key, value) },
        "seed" => settings with { Seed = Seed(key, value) },
        _ => throw new FormatException($"The link says '{key}', which this page does not know. A newer page may have made it."),
    };

    private static string Text(IReadOnlyList<HiddenLayer> layers) =>
        layers.Count == 0 ? "none" : string.Join(',', layers.Select(layer => $"{layer.Units}{layer.Activation}"));

    private static List<HiddenLayer> LayersOf(string key, string value)
    {
        if (value == "none") return [];
        List<HiddenLayer> layers = [.. value.Split(',').Select(Layer)];
        return layers.Count <= PlaneSettings.MostLayers ? layers
            : throw Fault(key, value, $"at most {PlaneSettings.MostLayers} layers");

        HiddenLayer Layer(string text)
        {
            var digits = text.TakeWhile(char.IsAsciiDigit).Count();
            if (digits == 0 || digits == text.Length) throw Fault(key, text, "units and an activation, such as 4Tanh");
            return new(Whole(key, text[..digits], 1, PlaneSettings.MostUnits), Kind<ActivationKind>(key, text[digits..]));
        }
    }

    private static List<PlaneFeature> FeaturesOf(string key, string value)
    {
        List<PlaneFeature> features = [.. value.Split(',').Select(one => Kind<PlaneFeature>(key, one)).Distinct()];
        return features;
    }

    private static T Kind<T>(string key, string value) where T : struct, Enum =>
        value.All(char.IsAsciiLetter) && Enum.TryParse<T>(value, ignoreCase: true, out var kind) ? kind
            : throw Fault(key, value, string.Join(", ", Enum.GetNames<T>()));

    private static int Whole(string key, string value, int least, int most) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most ? number
            : throw Fault(key, value, $"a whole number from {least} to {most}");

    private static ulong Seed(string key, string value) =>
        ulong.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var seed) ? seed
            : throw Fault(key, value, "a whole number from 0");

    private static float Share(string key, string value, float least, float most) =>
        float.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number : throw Fault(key, value, string.Create(CultureInfo.InvariantCulture, $"a number from {least} to {most}"));

    private static FormatException Fault(string key, string value, string expected) =>
        new($"The link says {key}={value}. Expected: {expected}.");

    // x, y and class of each point, as they lie in memory: the order counts, and the bits too.
    private static string Pack(PlanePoints points) =>
        Packed.Of(MemoryMarshal.AsBytes<float>((float[])[.. points.X, .. points.Y, .. points.Targets]));

    private static PlanePoints Unpack(string text)
    {
        var bytes = Packed.Unpack(text);
        var numbers = MemoryMarshal.Cast<byte, float>(bytes).ToArray();
        if (bytes.Length == 0 || bytes.Length % 12 != 0 || numbers.Any(number => !float.IsFinite(number)))
            throw new FormatException("The painted points of the link are damaged. Copy the whole link.");
        var count = numbers.Length / 3;
        var targets = numbers[(2 * count)..];
        if (targets.Any(target => target != MathF.Floor(target) || target is < 0 or >= PlaneSettings.MostClasses))
            throw new FormatException("The painted points of the link are damaged. Copy the whole link.");
        return new PlanePoints(numbers[..count], numbers[count..(2 * count)], targets, PlaneSettings.MostClasses);
    }
}
