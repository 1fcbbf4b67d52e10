namespace SimpleFlow.Cli;

/// <summary>Checks files that are written at the end and must not fail then.</summary>
internal static class WritableFile
{
    /// <summary>Checks, before anything is trained, whether the file can be written. Leaves nothing behind but its folder.</summary>
    /// <param name="path">The file.</param>
    /// <param name="what">What will be written there, for the message.</param>
    /// <exception cref="IOException">It cannot.</exception>
    public static void Check(string path, string what)
    {
        try
        {
            // The target of a link is written.
            if (WholeFile.Target(path) is not { } file)
            {
                if (!File.Exists(path)) throw new IOException("There is no such device.");
                return;
            }
            if (Path.GetDirectoryName(file) is { } folder) Directory.CreateDirectory(folder);
            if (File.Exists(file))
            {
                // A pipe has no length. Opening and closing it here would tell its reader that everything was written.
                if (new FileInfo(file).Length > 0) using (new FileStream(file, FileMode.Open, FileAccess.Write)) { }
            }
            // Beside it, so that a kill at this moment leaves no empty file of its name.
            else using (new FileStream($"{file}.{Guid.NewGuid():N}.tmp", FileMode.CreateNew, FileAccess.Write, FileShare.None,
                bufferSize: 1, FileOptions.DeleteOnClose)) { }
            if (Directory.Exists(file)) throw new IOException("It is a folder.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"{path}: the {what} cannot be written there. {exception.Message}", exception);
        }
    }
}
