using System.Runtime.InteropServices.JavaScript;

namespace SimpleFlow.Playground.Components;

/// <summary>What the page asks of the browser. The other side is <c>wwwroot/playground.js</c>.</summary>
public sealed partial class Browser
{
    private const string Module = "playground";

    private static Action<double>? s_frame;

    /// <summary>Called before each picture of the screen, with the time in milliseconds, while somebody listens.</summary>
    public event Action<double>? Frame
    {
        add
        {
            if (s_frame is null) StartFrames();
            s_frame += value;
        }
        remove => s_frame -= value;
    }

    /// <summary>Loads the other side.</summary>
    public Task Load() => JSHost.ImportAsync(Module, "../playground.js");

    /// <summary>The part of the address after #.</summary>
    [JSImport("fragment", Module)]
    public static partial string Fragment();

    /// <summary>Replaces the part of the address after #, without a new entry in the history.</summary>
    [JSImport("setFragment", Module)]
    public static partial void SetFragment(string fragment);

    /// <summary>The address without the part after #.</summary>
    [JSImport("address", Module)]
    public static partial string Address();

    /// <summary>Puts a text on the clipboard.</summary>
    [JSImport("copy", Module)]
    public static partial void Copy(string text);

    /// <summary>What was kept under a name in an earlier visit; empty: nothing.</summary>
    [JSImport("recall", Module)]
    public static partial string Recall(string name);

    /// <summary>Keeps a text for later visits.</summary>
    [JSImport("keep", Module)]
    public static partial void Keep(string name, string text);

    /// <summary>The language that the browser is set to.</summary>
    [JSImport("preferredLanguage", Module)]
    public static partial string PreferredLanguage();

    /// <summary>Sets the language and the title of the document.</summary>
    [JSImport("describe", Module)]
    public static partial void Describe(string language, string title);

    /// <summary>Switches between light and dark.</summary>
    [JSImport("switchColours", Module)]
    public static partial void SwitchColours();

    /// <summary>Offers a file for download.</summary>
    [JSImport("download", Module)]
    public static partial void Download(string name, string type, [JSMarshalAs<JSType.MemoryView>] Span<byte> bytes);

    /// <summary>Where a point of the window lies within an element, from 0 to 1 in each direction.</summary>
    [JSImport("placeIn", Module)]
    public static partial double[] PlaceIn(string id, double x, double y);

    /// <summary>Scrolls to an element.</summary>
    [JSImport("openSection", Module)]
    public static partial void ScrollTo(string id);

    /// <summary>Scrolls an element into view within what scrolls around it, once the page shows it.</summary>
    /// <param name="selector">The selector of the element.</param>
    [JSImport("showWithin", Module)]
    public static partial void ShowWithin(string selector);

    [JSImport("startFrames", Module)]
    private static partial void StartFrames();

    /// <summary>Called by the other side before each picture.</summary>
    /// <returns>Whether anybody still listens.</returns>
    [JSExport]
    internal static bool OnFrame(double milliseconds)
    {
        s_frame?.Invoke(milliseconds);
        return s_frame is not null;
    }

    /// <summary>Called by the other side when the part of the address after # has changed.</summary>
    [JSExport]
    internal static void OnFragment() => Moved?.Invoke();

    /// <summary>Called when the reader follows a link within the playground, or goes back.</summary>
    public static event Action? Moved;
}
