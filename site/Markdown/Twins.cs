namespace SimpleFlow.Site.Markdown;

/// <summary>The same page in two languages: <c>learn/01.md</c> and <c>learn/zh-CN/01.md</c>, or <c>README.md</c> and
/// <c>README.zh-CN.md</c>.</summary>
public static class Twins
{
    public static Language LanguageOf(string source) =>
        source.Contains("zh-CN/", StringComparison.Ordinal) || source.EndsWith(".zh-CN.md", StringComparison.Ordinal)
            ? Language.Chinese : Language.English;

    /// <summary>The same page in the other language, if the repository has it.</summary>
    public static string? Of(string source, Repository repository)
    {
        string[] candidates = LanguageOf(source) == Language.Chinese
            ? [source.Replace("zh-CN/", "", StringComparison.Ordinal).Replace(".zh-CN.md", ".md", StringComparison.Ordinal)]
            : [Paths.Folder(source) + "zh-CN/" + Path.GetFileName(source), source.Replace(".md", ".zh-CN.md", StringComparison.Ordinal)];
        return candidates.FirstOrDefault(candidate => candidate != source && repository.HasFile(candidate));
    }

    /// <summary>The page in a language, or the one that there is.</summary>
    public static string In(Language language, string source, Repository repository) =>
        LanguageOf(source) == language ? source : Of(source, repository) ?? source;
}
