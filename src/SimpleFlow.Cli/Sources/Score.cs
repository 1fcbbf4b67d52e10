namespace SimpleFlow.Cli.Sources;

/// <summary>The one number that says how well a network does: the accuracy of classes, the mean absolute error
/// of numbers, the perplexity of text.</summary>
/// <param name="Key">Its name in JSON.</param>
/// <param name="From">Takes it from an evaluation.</param>
/// <param name="Say">Writes it for people: <c>accuracy 98.12 %</c>.</param>
/// <param name="SayShort">A shorter form for the live display.</param>
internal sealed record Score(string Key, Func<Evaluation, double> From, Func<double, string> Say, Func<double, string> SayShort)
{
    public static readonly Score Accuracy = new("accuracy", one => one.Metrics["accuracy"], share => $"accuracy {100 * share:F2} %",
        share => $"accuracy {100 * share:F1} %");

    private static readonly Score Error = new("meanAbsoluteError", one => one.Metrics["mean absolute error"],
        error => $"mean absolute error {Number(error)}", error => $"error {Number(error)}");

    // The number of characters among which the network might as well guess: e to the mean of −ln p(next character).
    private static readonly Score Perplexity = new("perplexity", one => Math.Exp(one.Loss), number => $"perplexity {number:F3}",
        number => $"perplexity {number:F2}");

    public static Score Of(NetworkOutput output) => output switch
    {
        ClassOutput => Accuracy,
        NumberOutput => Error,
        _ => Perplexity,
    };

    // Prices in hundreds of thousands and ratios below one: four digits each.
    private static string Number(double number) => Math.Abs(number) >= 1000 ? $"{number:N0}" : $"{number:G4}";
}
