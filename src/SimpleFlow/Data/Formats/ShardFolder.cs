namespace SimpleFlow;

/// <summary>A folder whose files hold the rows of one array, part after part: <c>part-000.npy</c>, <c>part-001.npy</c>, …</summary>
public static class ShardFolder
{
    /// <summary>Opens all of them as one array, in the order of their names. The elements stay in the files: rows are read when they are
    /// used, so together they may be larger than memory, and a rank of a cluster reads only its own.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="pattern">Which files of it: <c>images-*.npy</c>. Files that end in <c>.npy</c> are NumPy's, all others IDX.</param>
    /// <param name="scale">What each byte of an IDX file is multiplied by.</param>
    /// <param name="offset">What is added after that.</param>
    /// <exception cref="DataException">There is no such folder or no such file in it, a file cannot be opened in place, or the rows of two
    /// have different dimensions; the message names the file.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static DataArray Open(string folder, string pattern, float scale = 1, float offset = 0)
    {
        var paths = Paths(folder, pattern);
        var parts = paths.ConvertAll(path => path.EndsWith(".npy", StringComparison.OrdinalIgnoreCase) ? NpyFile.Open(path)
            : IdxFile.Open(path, scale, offset));
        for (var i = 1; i < parts.Count; i++)
        {
            if (!parts[i].Dimensions[1..].SequenceEqual(parts[0].Dimensions[1..]))
                throw new DataException($"{paths[i]}: its dimensions [{DataArray.Text(parts[i].Dimensions)}] are, apart from the first, "
                    + $"not those of {paths[0]}, [{DataArray.Text(parts[0].Dimensions)}].");
        }
        return DataArray.Join(parts);
    }

    /// <summary>Opens columns of the CSV files in a folder as one array, [rows, columns], in the order of the files' names. The rows stay
    /// in the files, as with <see cref="CsvFile.Open"/>.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="pattern">Which files of it: <c>part-*.csv</c>. Each begins with a row of names.</param>
    /// <param name="columns">The names of the columns.</param>
    /// <param name="options">How the files are written, as far as that is known; null: detect it.</param>
    /// <param name="cancellation">Stops the first look at the files.</param>
    /// <exception cref="DataException">There is no such folder or no such file in it, or a file is not such a table.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static DataArray OpenColumns(string folder, string pattern, IReadOnlyList<string> columns, CsvOptions? options = null,
        CancellationToken cancellation = default) =>
        DataArray.Join(Paths(folder, pattern).ConvertAll(path => CsvFile.Open(path, columns, options, cancellation)));

    private static List<string> Paths(string folder, string pattern)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentException.ThrowIfNullOrEmpty(pattern);
        if (!Directory.Exists(folder)) throw new DataException($"{folder}: there is no such folder.");
        var paths = FileLayer.Disk.List(folder, pattern).Order(StringComparer.Ordinal).ToList();
        return paths.Count > 0 ? paths : throw new DataException($"{folder}: no file there is called {pattern}.");
    }
}
