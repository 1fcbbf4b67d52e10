namespace SimpleFlow.Benchmarks;

/// <summary>Prints results, and puts them between two marks of a page where that is asked for.</summary>
internal static class Report
{
    public static void Write(Options options, string mark, string text)
    {
        Console.WriteLine(text);
        if (options.Into is not { } path) return;
        var (open, close) = ($"<!-- {mark} -->\n", $"<!-- end of {mark} -->");
        var page = File.ReadAllText(path);
        var start = page.IndexOf(open, StringComparison.Ordinal);
        var end = page.IndexOf(close, StringComparison.Ordinal);
        if (start < 0 || end < start) throw new InvalidOperationException($"{path} has no lines \"{open.TrimEnd()}\" and \"{close}\".");
        File.WriteAllText(path, $"{page[..(start + open.Length)]}{text}{page[end..]}");
    }
}
