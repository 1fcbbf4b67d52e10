using SimpleFlow.Cli.Sources;

namespace SimpleFlow.Cli.Recipes;

/// <summary>What a recipe leaves.</summary>
/// <param name="Model">The model that was trained: of a network on a frozen base, the layers after it.</param>
/// <param name="Batch">A batch as it was trained on.</param>
/// <param name="Network">The network that can be saved.</param>
/// <param name="Validation">What it was watched by; null if by nothing, or by the test itself, as the seed's is.</param>
/// <param name="BestEpoch">The epoch whose weights were kept; null if those of the last were.</param>
internal sealed record Trained(Model Model, Feed Batch, Network Network, ExampleSet? Validation = null, int? BestEpoch = null);
