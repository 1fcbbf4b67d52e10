namespace SimpleFlow;

/// <summary>Some rows of a table, as they stand there and as a network takes them.</summary>
/// <param name="Table">The rows. Errors number them as the file does.</param>
/// <param name="Numbers">The same rows as numbers, [rows, <see cref="TableInput.Width"/>].</param>
/// <param name="FirstRow">How many rows of the file stand before them.</param>
public sealed record TablePiece(CsvTable Table, DataArray Numbers, int FirstRow);
