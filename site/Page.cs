namespace SimpleFlow.Site;

/// <summary>A page of the site: its text, and what the frame around it needs to know.</summary>
/// <param name="Path">Where it lies in the site: <c>docs/map.html</c>.</param>
public sealed record Page(string Path, Language Language, string Title, string Body)
{
    /// <summary>What a search engine shows below the title.</summary>
    public string Description { get; init; } = "";

    /// <summary>The headings to jump to.</summary>
    public IReadOnlyList<Heading> Headings { get; init; } = [];

    /// <summary>What the search finds on it.</summary>
    public IReadOnlyList<Passage> Passages { get; init; } = [];

    /// <summary>The page in the other language, if there is one.</summary>
    public string? Twin { get; init; }

    /// <summary>The kind of page, as a class for the style sheet: page, home, source, api.</summary>
    public string Kind { get; init; } = "page";

    /// <summary>Where its breadcrumb leads up to.</summary>
    public (string Title, string Path)? Above { get; init; }
}

/// <summary>A heading of a page.</summary>
public sealed record Heading(int Level, string Anchor, string Text);

/// <summary>A piece of a page that the search finds by itself: a section, an entry of a list, a member.</summary>
/// <param name="Kind">Where it is from, shown beside it: a page, an error, a method.</param>
public sealed record Passage(string Title, string Anchor, string Text, string Kind);
