namespace SimpleFlow.Cli.Recipes;

/// <summary>What a recipe leaves.</summary>
/// <param name="Model">The model.</param>
/// <param name="Batch">A batch as it was trained on.</param>
/// <param name="Network">The network that can be saved; none for the seed's, which is a graph of its own.</param>
internal sealed record Trained(Model Model, Feed Batch, Network? Network = null);
