using System.Globalization;

namespace SimpleFlow;

/// <summary>The settings of a fit. A fit that resumes must have the same settings, or it would be another training run under the old one's
/// name.</summary>
/// <param name="Rows">How many rows its data have.</param>
/// <param name="BatchSize">Rows per step, on all ranks together.</param>
/// <param name="Shuffle">Whether they come in random order.</param>
/// <param name="Accumulate">Of how many batches gradients are averaged.</param>
/// <param name="LearningRate">The rate before the schedule's factor.</param>
/// <param name="Optimizer">The optimizer with its settings.</param>
/// <param name="Schedule">The schedule in words.</param>
/// <param name="Data">The fingerprints of the data, a line for each array.</param>
/// <param name="Callbacks">The types of the callbacks.</param>
/// <param name="CallbackSettings">The settings of each of them; null in files of version 1, which do not have them.</param>
/// <param name="Changed">The variables of the model that a step changes; null in files before these were written.</param>
/// <param name="Groups">The variables with a rate or decay of their own, a line for each; null in files before these were written.</param>
internal sealed record FitSettings(
    int Rows, int BatchSize, bool Shuffle, int Accumulate, float LearningRate, string Optimizer, string Schedule,
    IReadOnlyList<string> Data, IReadOnlyList<string> Callbacks, IReadOnlyList<string>? CallbackSettings = null,
    IReadOnlyList<string>? Changed = null, IReadOnlyList<string>? Groups = null)
{
    /// <summary>The settings of a fit, without the fingerprints of its data.</summary>
    public static FitSettings Of(int rows, FitOptions options, Model model) => new(
        rows, options.BatchOfAll, options.Shuffle, options.Accumulate, model.Optimizer!.LearningRate, $"{model.Optimizer}",
        $"{options.Schedule ?? SimpleFlow.Schedule.Constant}", Data: [],
        [.. options.Callbacks.Select(callback => callback.GetType().Name)],
        [.. options.Callbacks.Select(callback => Required.Text(callback.Settings))],
        [.. model.Variables.Intersect(model.TrainingSteps.Written).Select(variable => variable.Name!)],
        [.. model.Groups.Select(one => Line(one.Key, one.Value))]);

    /// <summary>All settings, each with a name.</summary>
    public IEnumerable<(string Name, string Value)> Facts() =>
        [
        ("the number of rows", Text(Rows)), ("the batch of all ranks", Text(BatchSize)), ("the shuffle", Text(Shuffle)),
        ("the number of accumulated batches", Text(Accumulate)), ("the learning rate", Text(LearningRate)), ("the optimizer", Optimizer),
        ("the schedule", Schedule), .. Data.Select((line, i) => ($"the fingerprint {i + 1} of the data", line)),
        ("the callbacks", string.Join(", ", Callbacks)), ("the settings of callbacks", string.Join(", ", CallbackSettings ?? [])),
        ("the list of trained variables", string.Join(", ", Changed ?? [])), ("the list of groups", string.Join(", ", Groups ?? [])),
        ];

    private static string Text(object value) => string.Create(CultureInfo.InvariantCulture, $"{value}");

    private static string Line(Variable variable, VariableGroup group)
    {
        var decay = group.WeightDecay?.ToString(CultureInfo.InvariantCulture) ?? "of the optimizer";
        return string.Create(CultureInfo.InvariantCulture, $"{variable.Name}: rate {group.RateFactor}, decay {decay}");
    }

    /// <summary>What is wrong with it although its types are right; null if nothing is.</summary>
    public string? Fault() =>
        Rows < 1 || BatchSize < 1 || Accumulate < 1 || !(LearningRate >= 0 && float.IsFinite(LearningRate))
            ? "settings that are invalid" :
        Data.Contains(null!, StringComparer.Ordinal) || Callbacks.Contains(null!, StringComparer.Ordinal)
            || CallbackSettings?.Contains(null!, StringComparer.Ordinal) == true || Changed?.Contains(null!, StringComparer.Ordinal) == true
            || Groups?.Contains(null!, StringComparer.Ordinal) == true ? "a setting that is null" :
        CallbackSettings is { } settings && settings.Count != Callbacks.Count ? "settings of other callbacks" : null;

    /// <summary>How these saved settings differ from those of the program that wants to resume.</summary>
    /// <param name="here">The settings of the program.</param>
    /// <param name="ranks">With how many ranks it runs.</param>
    public IEnumerable<string> DifferencesFrom(FitSettings here, int ranks = 1)
    {
        if (here.Rows != Rows) yield return $"its data have {NumberText.Count(Rows, "row")} and not {here.Rows}";
        if (here.BatchSize != BatchSize)
            yield return $"its batches have {BatchSize} rows and not {here.BatchSize}"
                + (ranks == 1 ? "" : BatchSize % ranks == 0 ? $", which are {BatchSize / ranks} on each of {ranks} ranks"
                    : $", which {ranks} ranks cannot share evenly");
        if (here.Shuffle != Shuffle) yield return Shuffle ? "its rows are shuffled" : "its rows are not shuffled";
        if (here.Accumulate != Accumulate)
            yield return $"it accumulates the gradients of {Accumulate} batches and not of {here.Accumulate}";
        if (here.LearningRate != LearningRate)
            yield return string.Create(CultureInfo.InvariantCulture, $"its learning rate is {LearningRate} and not {here.LearningRate}");
        if (here.Optimizer != Optimizer) yield return $"its optimizer is {Optimizer} and not {here.Optimizer}";
        if (here.Schedule != Schedule) yield return $"its schedule is {Schedule} and not {here.Schedule}";
        if (!here.Callbacks.SequenceEqual(Callbacks, StringComparer.Ordinal))
            yield return $"its callbacks are [{string.Join(", ", Callbacks)}] and not [{string.Join(", ", here.Callbacks)}]";
        else if (CallbackSettings is { } settings && here.CallbackSettings is { } settingsHere)
        {
            for (var i = 0; i < settings.Count; i++)
            {
                if (settings[i] != settingsHere[i])
                    yield return $"its {Callbacks[i]} was made with {Quoted(settings[i])} and not with {Quoted(settingsHere[i])}";
            }
        }
        foreach (var name in (Changed ?? []).Except(here.Changed ?? Changed ?? [], StringComparer.Ordinal))
            yield return $"it trains `{name}`, which is frozen or not trained here";
        foreach (var name in (here.Changed ?? []).Except(Changed ?? here.Changed ?? [], StringComparer.Ordinal))
            yield return $"it does not train `{name}`, which is trained here";
        if (Groups is not null && here.Groups is not null)
        {
            foreach (var group in Groups.Except(here.Groups, StringComparer.Ordinal)) yield return $"it has the group `{group}`";
            foreach (var group in here.Groups.Except(Groups, StringComparer.Ordinal)) yield return $"it does not have the group `{group}`";
        }
        // Without fingerprints, another rank compares them.
        if (here.Rows != Rows || here.Data.Count == 0) yield break;
        for (var i = 0; i < Math.Max(Data.Count, here.Data.Count); i++)
        {
            var (saved, now) = (Data.ElementAtOrDefault(i) ?? "nothing", here.Data.ElementAtOrDefault(i) ?? "nothing");
            if (saved != now) yield return $"its data differ: {saved} there and {now} here";
        }
    }

    private static string Quoted(string settings) => settings.Length == 0 ? "nothing" : $"[{settings}]";
}
