namespace SimpleFlow.Site;

/// <summary>The drawings on buttons, in the colour of the text.</summary>
internal static class Icons
{
    public const string Menu = Open + "<path d=\"M4 7h16M4 12h16M4 17h16\"/></svg>";

    public const string Search = Open + "<circle cx=\"11\" cy=\"11\" r=\"6.5\"/><path d=\"m16 16 4.5 4.5\"/></svg>";

    public const string Theme = Open
        + "<circle cx=\"12\" cy=\"12\" r=\"8\"/><path d=\"M12 4a8 8 0 0 1 0 16z\" fill=\"currentColor\"/></svg>";

    public const string Close = Open + "<path d=\"M6 6l12 12M18 6 6 18\"/></svg>";

    private const string Open = "<svg viewBox=\"0 0 24 24\" width=\"20\" height=\"20\" fill=\"none\" stroke=\"currentColor\" "
        + "stroke-width=\"2\" stroke-linecap=\"round\" aria-hidden=\"true\">";
}
