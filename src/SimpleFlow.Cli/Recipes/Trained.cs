namespace SimpleFlow.Cli.Recipes;

/// <summary>What a recipe leaves.</summary>
/// <param name="Model">The network.</param>
/// <param name="Batch">A batch as it was trained on.</param>
internal sealed record Trained(Model Model, Feed Batch);
