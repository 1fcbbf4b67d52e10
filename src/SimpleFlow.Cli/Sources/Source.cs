namespace SimpleFlow.Cli.Sources;

/// <summary>What kinds of examples there are.</summary>
internal enum SourceKind
{
    Images,
    Table,
    Text,
}

/// <summary>What a name on the command line stands for.</summary>
internal static class Source
{
    /// <summary>Tells by the ending of the name; what has none is a folder of images.</summary>
    /// <exception cref="DataException">It is a file of a kind that is not known.</exception>
    public static SourceKind KindOf(string name)
    {
        if (name == "mnist" || Directory.Exists(name)) return SourceKind.Images;
        return Path.GetExtension(name).ToUpperInvariant() switch
        {
            ".CSV" or ".TSV" => SourceKind.Table,
            ".TXT" => SourceKind.Text,
            _ => File.Exists(name)
                ? throw new DataException(
                    $"{name}: this kind of file is not known. A table ends in .csv or .tsv, a text in .txt; images are named by their folder.") : SourceKind.Images,
        };
    }
}
