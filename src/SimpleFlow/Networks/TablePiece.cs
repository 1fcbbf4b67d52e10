namespace SimpleFlow;

/// <summary>Some rows of a table, as text and as the numbers that a network takes.</summary>
/// <param name="Table">The rows. Errors number them as the file does.</param>
/// <param name="Numbers">The same rows as numbers, [rows, <see cref="TableInput.Width"/>].</param>
/// <param name="FirstRow">How many rows of the file come before them.</param>
public sealed record TablePiece(CsvTable Table, DataArray Numbers, int FirstRow);
