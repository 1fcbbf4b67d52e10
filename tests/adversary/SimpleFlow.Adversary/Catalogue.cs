namespace SimpleFlow.Adversary;

/// <summary>A way to add a node to a program. It may fail by a typed error, which is then not part of the program.</summary>
internal sealed record Move(string Name, Func<RandomProgram, Node> Make);

/// <summary>All moves.</summary>
internal static class Catalogue
{
    public static IReadOnlyList<Move> Moves { get; } = [.. ElementMoves.All, .. AxisMoves.All, .. WindowMoves.All, .. LayerMoves.All];
}
