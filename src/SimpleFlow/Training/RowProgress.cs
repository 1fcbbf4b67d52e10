namespace SimpleFlow;

/// <summary>How many rows of a dataset are computed.</summary>
/// <param name="Done">How many are.</param>
/// <param name="Total">How many there are.</param>
public readonly record struct RowProgress(int Done, int Total);
