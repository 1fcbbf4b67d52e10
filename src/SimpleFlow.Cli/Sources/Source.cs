namespace SimpleFlow.Cli.Sources;

/// <summary>The kinds of examples.</summary>
internal enum SourceKind
{
    Images,
    Table,
    Text,
}

/// <summary>Finds out what a name on the command line refers to.</summary>
internal static class Source
{
    /// <summary>Decides by the ending of the name; one without an ending is a folder of images. Any other file, such as <c>/dev/stdin</c>,
    /// is a table if a column of it is to be predicted.</summary>
    /// <exception cref="DataException">It is a file of an unknown kind.</exception>
    public static SourceKind KindOf(string name, bool hasTarget)
    {
        if (DataFolder.IsKnown(name) || Directory.Exists(name)) return SourceKind.Images;
        return Path.GetExtension(name).ToUpperInvariant() switch
        {
            ".CSV" or ".TSV" => SourceKind.Table,
            ".TXT" => SourceKind.Text,
            _ when !File.Exists(name) => SourceKind.Images,
            _ when hasTarget => SourceKind.Table,
            _ => throw new DataException($"{name}: this kind of file is unknown. A table ends in .csv or .tsv, "
                + "or --target names its column; a text ends in .txt; images are named by their folder."),
        };
    }
}
