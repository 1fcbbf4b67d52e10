using Deque.AxeCore.Commons;

namespace SimpleFlow.Tests.Site;

/// <summary>axe-core, which finds what keeps a screen reader, a keyboard or weak eyes from using a page.</summary>
internal static class Axe
{
    private const string Colours = "runOnly: ['color-contrast', 'link-in-text-block'],";

    /// <summary>The script that a page runs before.</summary>
    public static string Script { get; } = new BundledAxeScriptProvider().GetScript();

    /// <summary>An expression of JavaScript for what is wrong with a page, as texts: it scrolls sideways, or axe-core has a serious
    /// finding.</summary>
    /// <param name="name">What the page is called.</param>
    /// <param name="width">How wide it is.</param>
    /// <param name="coloursAlone">Whether only colours are looked at: the same page in the other ones.</param>
    public static string Complaints(string name, int width, bool coloursAlone) => $$"""
        axe.run({ {{(coloursAlone ? Colours : "")}} resultTypes: ['violations'] }).then(found => [
            ...document.documentElement.scrollWidth > {{width}}
                ? ['{{name}}: ' + document.documentElement.scrollWidth + ' wide on {{width}}'] : [],
            ...found.violations.filter(one => one.impact === 'serious' || one.impact === 'critical')
                .map(one => '{{name}} at {{width}}: ' + one.id + ': ' + one.nodes[0].html + ' ' + one.nodes[0].failureSummary)])
        """;
}
