namespace SimpleFlow.Images;

/// <summary>How far the reading of image files is.</summary>
/// <param name="Done">How many files are read.</param>
/// <param name="Total">How many there are.</param>
public readonly record struct ReadingProgress(int Done, int Total);
