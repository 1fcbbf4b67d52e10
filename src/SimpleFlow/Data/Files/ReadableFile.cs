namespace SimpleFlow;

/// <summary>The one way to open files of known formats: they are read at any position, and their length is compared with what they
/// declare.</summary>
internal static class ReadableFile
{
    /// <summary>Opens a file. What cannot be read twice, such as the output of another program (<c>&lt;(cat network)</c>), is read into
    /// memory first.</summary>
    /// <exception cref="DataException">There is no such file.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static Stream Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        Require(path);
        return OpenThere(path);
    }

    /// <summary>Refuses a path that names no file.</summary>
    /// <exception cref="DataException">There is no such file, or it is a folder.</exception>
    public static void Require(string path)
    {
        if (Directory.Exists(path)) throw new DataException($"{path}: this is a folder. Name a file in it.");
        if (!File.Exists(path)) throw new DataException($"{path}: there is no such file.");
    }

    /// <summary>Opens a file; a missing one is the platform's own error.</summary>
    /// <exception cref="IOException">It is missing, or cannot be read.</exception>
    public static Stream OpenThere(string path)
    {
        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        if (file.CanSeek) return file;
        using (file)
        {
            var memory = new MemoryStream();
            file.CopyTo(memory);
            memory.Position = 0;
            return memory;
        }
    }
}
