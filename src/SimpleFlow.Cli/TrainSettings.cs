namespace SimpleFlow.Cli;

/// <summary>What a person asked for. Null: whatever the recipe finds best.</summary>
internal sealed record TrainSettings(
    int[]? Hidden, int? Epochs, int? Batch, string? Optimizer, float? LearningRate, ulong Seed, int? Threads);
