using System.Globalization;
using SimpleFlow.Cli.Sources;

namespace SimpleFlow.Defaults;

/// <summary>How a table's predictions are judged.</summary>
internal enum Measure
{
    RSquared,
    Accuracy,
    AreaUnderCurve,
}

/// <summary>A table of numbers with a column to predict.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Measure">How predictions are judged.</param>
/// <param name="Inputs">The rows without the target.</param>
/// <param name="Targets">The target: amounts, or the numbers of classes.</param>
/// <param name="Ceiling">What the rule scores by which the rows were made; null if there is no such rule.</param>
internal sealed record Table(string Name, Measure Measure, float[][] Inputs, float[] Targets, double? Ceiling = null)
{
    /// <summary>The target's column.</summary>
    public const string Target = "y";

    /// <summary>The share of the rows that is kept to test with: the tool's default.</summary>
    public const double TestShare = 0.2;

    /// <summary>How many seeds it is measured with.</summary>
    public int Seeds { get; init; } = 5;

    public bool IsClassification => Measure != Measure.RSquared;

    public int Classes => (int)Targets.Max() + 1;

    /// <summary>Writes it as the file that the tool trains on. Classes have names: numbers could be amounts.</summary>
    public void WriteCsv(string path)
    {
        using var file = new StreamWriter(path);
        file.WriteLine(string.Join(',', Enumerable.Range(1, Inputs[0].Length).Select(number => $"x{number}").Append(Target)));
        foreach (var (inputs, target) in Inputs.Zip(Targets))
        {
            foreach (var number in inputs)
            {
                file.Write(number.ToString(CultureInfo.InvariantCulture));
                file.Write(',');
            }
            file.WriteLine(IsClassification ? ClassName((int)target) : target.ToString(CultureInfo.InvariantCulture));
        }
    }

    /// <summary>The rows that the tool trains on and those that it tests with.</summary>
    public (int[] Train, int[] Test) Split(ulong seed) =>
        RowNumbers.Split(Inputs.Length, 1 - TestShare, seed, IsClassification ? Array.ConvertAll(Targets, target => (int)target) : null);

    // In the order of their numbers, in which the tool numbers them too.
    private static string ClassName(int number) => $"class {number:D2}";
}
