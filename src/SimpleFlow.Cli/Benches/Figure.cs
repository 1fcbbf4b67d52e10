namespace SimpleFlow.Cli.Benches;

/// <summary>A number that was measured.</summary>
internal sealed record Figure(string Name, double Value, string Unit);
