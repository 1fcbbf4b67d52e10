namespace SimpleFlow.Benchmarks;

/// <summary>One figure over a row of sizes: a line of the text, a line of the picture.</summary>
internal sealed record Curve(string Label, IReadOnlyList<(double At, double Value)> Points);

/// <summary>What the curves of one picture have in common.</summary>
/// <param name="File">The picture's name.</param>
/// <param name="Title">What was measured.</param>
/// <param name="Across">What grows; it is drawn as its logarithm to base 2.</param>
/// <param name="Up">What it is measured in.</param>
/// <param name="Curves">The curves.</param>
internal sealed record Figure(string File, string Title, string Across, string Up, params Curve[] Curves);
