using Microsoft.AspNetCore.Components;

namespace SimpleFlow.Playground.Components;

/// <summary>The drawings on buttons, in the colour of the text.</summary>
public static class Icons
{
    public static MarkupString Play { get; } = new("<svg viewBox=\"0 0 24 24\" width=\"26\" height=\"26\" aria-hidden=\"true\">"
        + "<path d=\"M8 5v14l11-7z\" fill=\"currentColor\"/></svg>");

    public static MarkupString Pause { get; } = new("<svg viewBox=\"0 0 24 24\" width=\"26\" height=\"26\" aria-hidden=\"true\">"
        + "<path d=\"M7 5h3.6v14H7zM13.4 5H17v14h-3.6z\" fill=\"currentColor\"/></svg>");

    public static MarkupString Step { get; } = Lined(
        "<path d=\"M6 5v14l9-7z\" fill=\"currentColor\" stroke=\"none\"/><path d=\"M18 5v14\"/>");

    public static MarkupString Epoch { get; } = Lined(
        "<path d=\"M4 5v14l7-7zM12 5v14l7-7z\" fill=\"currentColor\" stroke=\"none\"/><path d=\"M21 5v14\"/>");

    public static MarkupString Reset { get; } = Lined("<path d=\"M4 4v6h6\"/><path d=\"M4.6 10A8 8 0 1 1 4 13\"/>");

    public static MarkupString Dice { get; } = Lined("<rect x=\"4\" y=\"4\" width=\"16\" height=\"16\" rx=\"4\"/>"
        + "<g fill=\"currentColor\" stroke=\"none\"><circle cx=\"9\" cy=\"9\" r=\"1.5\"/><circle cx=\"15\" cy=\"15\" r=\"1.5\"/>"
        + "<circle cx=\"15\" cy=\"9\" r=\"1.5\"/><circle cx=\"9\" cy=\"15\" r=\"1.5\"/></g>");

    public static MarkupString Close { get; } = Lined("<path d=\"M6 6l12 12M18 6 6 18\"/>");

    private static MarkupString Lined(string content) => new("<svg viewBox=\"0 0 24 24\" width=\"20\" height=\"20\" fill=\"none\" "
        + $"stroke=\"currentColor\" stroke-width=\"2\" stroke-linecap=\"round\" aria-hidden=\"true\">{content}</svg>");
}
